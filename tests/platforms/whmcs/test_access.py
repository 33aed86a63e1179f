"""Whether a client can sign in after a change, as a step of an option; who is found by the login; what a client is."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import NotFound, Refusal
from include.model import Action, Fix, Ref
from include.platforms.whmcs.find import owned_with
from include.platforms.whmcs.profile import profile
from tests.sandbox.hosting_world import Stack

ANN, OLD, NEW = Ref("whmcs", "client", "11"), "ann@example.com", "ann@new.example"
CHECK = Fix(ANN, Action.CHECK_ACCESS, {"access": "not yet"}, {"access": "granted", "email": NEW})


def test_access_is_granted_once_the_owner_signs_in_with_the_new_address(stack: Stack) -> None:
    whmcs = stack.platform("whmcs")
    assert whmcs.fixes.read(whmcs.api, CHECK) == CHECK.before
    stack.ask("UpdateUser", user_id=5, email=NEW)
    assert whmcs.fixes.read(whmcs.api, CHECK) == {"access": "granted"}
    assert "signs in with the new address" in whmcs.fixes.already(whmcs.api, CHECK)


IN_THE_WAY: list[Any] = [
    pytest.param("unlisted", NEW, "does not name one owner", id="the-login-does-not-list-the-client"),
    pytest.param("", OLD, "signs in with another address", id="the-login-has-another-address"),
    pytest.param("named", OLD, "does not name one owner of it, and its owner signs in with another", id="both"),
]


@pytest.mark.parametrize(("doubt", "address", "told"), IN_THE_WAY)
def test_what_is_in_the_way_is_said_and_nothing_is_written(stack: Stack, doubt: str, address: str, told: str) -> None:
    whmcs = stack.platform("whmcs")
    stack.ask("UpdateUser", user_id=5, email=address)
    stack.desk.switches["whmcs_owner_doubt"] = doubt
    before = len(stack.desk.writes)
    with pytest.raises(Refusal, match=told) as refused:
        whmcs.fixes.write(whmcs.api, CHECK)
    assert "@" not in str(refused.value)
    assert len(stack.desk.writes) == before


def test_only_a_check_has_something_to_say_of_what_was_so_already(stack: Stack) -> None:
    whmcs = stack.platform("whmcs")
    note = Fix(ANN, Action.ADD_NOTE, {"note": None}, {"note": "m", "text": "t"})
    assert whmcs.fixes.already(whmcs.api, note) is None


@pytest.mark.parametrize("asked", [OLD, OLD.upper()])
def test_the_clients_that_a_login_owns_are_found_by_its_address(stack: Stack, asked: str) -> None:
    owned = owned_with(stack.platform("whmcs").api, asked)
    assert [ref.id for ref in owned] == ["11", "13"]
    assert owned_with(stack.platform("whmcs").api, "ann@example.co") == ()


def test_a_profile_is_what_a_person_tells_clients_apart_by(stack: Stack) -> None:
    whmcs = stack.platform("whmcs").api
    known = profile(whmcs, ANN)
    assert (known.name, known.company, known.email, known.active) == ("Ann O'Brien", None, OLD, True)
    with pytest.raises(NotFound):
        profile(whmcs, Ref("whmcs", "client", "99"))
