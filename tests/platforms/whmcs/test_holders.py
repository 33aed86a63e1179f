"""Who else holds an address in WHMCS, and a sub-contact that would keep the old one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from include.errors import Conflict, NotFound, Refusal, SettingsWrong
from include.model import Action, Fix, Ref
from include.platforms.whmcs.find import owner_of
from include.platforms.whmcs.holders import contacts_holding, holders
from tests.sandbox.hosting_world import Stack, hosting_world, served, set_email

ANN, BOB = Ref("whmcs", "client", "11"), Ref("whmcs", "client", "12")
CONTACTS = {
    "11": [
        {"id": "41", "email": "Ann@Example.com"},
        {"id": "42", "email": "books@example.com"},
        {"id": "43", "email": "ann@example.company"},
    ],
    "12": [{"id": "44", "email": "ann@example.com"}],
}


def contact(contact_id: str) -> Ref:
    return Ref("whmcs", "contact", contact_id)


@pytest.fixture
def stack() -> Iterator[Stack]:
    company = hosting_world()
    for account in company.accounts:
        if account.platform == "whmcs" and account.kind == "client":
            account.extra["contacts"] = CONTACTS.get(account.id, [])
    with served(company) as running:
        yield running


@pytest.fixture
def whmcs(stack: Stack) -> Any:
    return stack.platform("whmcs", page_size=1)


@pytest.mark.parametrize("search", ["equal", "begins"])
def test_every_record_that_holds_an_address_is_named(stack: Stack, whmcs: Any, search: str) -> None:
    stack.desk.switches["whmcs_contact_search"] = search
    assert holders(whmcs.api, "ANN@example.com") == (
        Ref("whmcs", "login", "5"),
        ANN,
        contact("41"),
        contact("44"),
    )
    assert holders(whmcs.api, "ann@shop.example") == (Ref("whmcs", "client", "13"),)
    assert holders(whmcs.api, "books@example.com") == (contact("42"),)


@pytest.mark.parametrize("address", ["nobody@example.com", "ann@example.co", "ann"])
def test_a_free_address_is_nobody_s_however_another_begins(whmcs: Any, address: str) -> None:
    assert holders(whmcs.api, address) == ()


def test_only_the_client_s_own_sub_contacts_are_left_behind(whmcs: Any) -> None:
    assert contacts_holding(whmcs.api, ANN, "ann@example.com") == (contact("41"),)
    assert contacts_holding(whmcs.api, BOB, "ann@example.com") == (contact("44"),)
    assert contacts_holding(whmcs.api, Ref("whmcs", "client", "13"), "ann@example.com") == ()


def test_no_change_of_client_and_login_moves_a_sub_contact(whmcs: Any) -> None:
    for target in ("whmcs:login:5", "whmcs:client:11"):
        whmcs.fixes.write(whmcs.api, set_email(target, "ann@example.com", "ann@new.example"))
    assert holders(whmcs.api, "ann@example.com") == (contact("41"), contact("44"))


@pytest.mark.parametrize("duplicates", ["contacts", "everyone"])
@pytest.mark.parametrize("search", ["equal", "begins"])
def test_a_sub_contact_s_address_is_a_fix_of_its_own(stack: Stack, whmcs: Any, search: str, duplicates: str) -> None:
    stack.desk.switches.update(whmcs_contact_search=search, whmcs_contact_duplicates=duplicates)
    fix = set_email("whmcs:contact:41", "Ann@Example.com", "ann@new.example")
    assert whmcs.fixes.read(whmcs.api, fix) == fix.before
    image = whmcs.fixes.image(whmcs.api, fix)
    whmcs.fixes.write(whmcs.api, fix)
    assert whmcs.fixes.read(whmcs.api, fix) == fix.after
    assert whmcs.fixes.image(whmcs.api, fix) == image | {"email": "ann@new.example"}
    (written,) = stack.desk.writes
    assert (written["record"], written["effect"]) == ("whmcs:contact:41", "applied")


@pytest.mark.parametrize("duplicates", ["contacts", "everyone"])
def test_whether_a_sub_contact_may_share_its_client_s_address_is_for_whmcs_to_say(
    stack: Stack, whmcs: Any, duplicates: str
) -> None:
    stack.desk.switches["whmcs_contact_duplicates"] = duplicates
    whmcs.fixes.write(whmcs.api, set_email("whmcs:client:11", "ann@example.com", "ann@new.example"))
    fix = set_email("whmcs:contact:41", "Ann@Example.com", "ann@new.example")
    if duplicates == "everyone":
        with pytest.raises(Conflict, match="See who does"):
            whmcs.fixes.write(whmcs.api, fix)
    else:
        whmcs.fixes.write(whmcs.api, fix)
    assert whmcs.fixes.read(whmcs.api, fix) == (fix.before if duplicates == "everyone" else fix.after)


def test_a_sub_contact_is_found_by_its_id_when_it_has_another_address_by_now(whmcs: Any) -> None:
    fix = set_email("whmcs:contact:42", "never@example.com", "nor@example.com")
    assert whmcs.fixes.read(whmcs.api, fix) == {"email": "books@example.com"}
    with pytest.raises(NotFound, match="whmcs:contact:49 does not exist"):
        whmcs.fixes.read(whmcs.api, set_email("whmcs:contact:49", "a@example.com", "b@example.com"))


def test_a_sub_contact_is_neither_renamed_nor_given_notes(stack: Stack, whmcs: Any) -> None:
    names = {"first_name": "A", "last_name": "B"}
    for fix in (
        Fix(contact("41"), Action.SET_NAME, names, names),
        Fix(contact("41"), Action.ADD_NOTE, {"note": None}, {"note": "m", "text": "t"}),
    ):
        with pytest.raises(Refusal, match="no way to"):
            whmcs.fixes.write(whmcs.api, fix)
    assert stack.desk.writes == []


def test_changing_the_login_of_one_client_changes_what_its_owner_signs_in_with_for_the_others(whmcs: Any) -> None:
    others = owner_of(whmcs.api, ANN).owns
    assert others == (Ref("whmcs", "client", "13"),)
    whmcs.fixes.write(whmcs.api, set_email("whmcs:login:5", "ann@example.com", "ann@new.example"))
    for client in (ANN, *others):
        (user,) = [row for row in whmcs.api.logins("ann@new") if owner_of(whmcs.api, client).login.id == str(row["id"])]
        assert user["email"] == "ann@new.example"


@pytest.mark.parametrize(
    "fix",
    [
        set_email("whmcs:client:11", "ann@example.com", "ann@new.example"),
        set_email("whmcs:login:5", "ann@example.com", "ann@new.example"),
        set_email("whmcs:contact:41", "Ann@Example.com", "ann@new.example"),
    ],
    ids=lambda fix: fix.target.kind,
)
def test_nothing_is_written_to_a_whmcs_whose_clients_are_their_own_logins(stack: Stack, whmcs: Any, fix: Fix) -> None:
    stack.desk.switches["whmcs_version"] = "8.0.4-release.1"
    with pytest.raises(SettingsWrong, match=r"needs 8\.1"):
        whmcs.fixes.write(whmcs.api, fix)
    with pytest.raises(SettingsWrong, match=r"needs 8\.1"):
        holders(whmcs.api, "ann@example.com")
    assert stack.desk.writes == []
