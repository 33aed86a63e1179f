"""What is looked at before anything is filed: what stands in the way is said at once, what is doubtful to reviewers."""

from __future__ import annotations

from typing import Any

import pytest

from include.model import Action
from include.store import requests
from tests.planning.desk import NEW, SupportDesk
from tests.sandbox.hosting_world import Stack, hosting_world, served


def said(desk: SupportDesk, id: int) -> dict[str, dict[str, Any]]:
    return {str(one["evidence"]): dict(one) for one in desk.finding(id).because}


def changed(desk: SupportDesk, id: int) -> list[str]:
    return [fix.target for fix in desk.finding(id).options[0].fixes if fix.action == Action.SET_EMAIL]


@pytest.mark.parametrize("asked", ["11", "0011", "ann@example.com", "ANN@Example.com"])
def test_a_client_is_found_by_its_id_or_its_address(desk: SupportDesk, asked: str) -> None:
    row = desk.planned(client=asked)
    assert (row.state, row.client) == ("filed", "whmcs:client:11")


def test_a_client_is_found_by_its_whole_name(desk: SupportDesk, stack: Stack) -> None:
    row = desk.planned(client="bob stone", cpanel=False, domains=[])
    assert (row.state, row.client) == ("filed", "whmcs:client:12")
    assert desk.finding(row.id).recommended == 0  # nothing speaks against it


def test_who_writes_from_the_owner_s_login_is_found_by_it(desk: SupportDesk, stack: Stack) -> None:
    stack.ask("UpdateUser", user_id=6, email="bob@elsewhere.example")
    row = desk.planned(client="bob@elsewhere.example", cpanel=False, domains=[])
    assert (row.state, row.client) == ("filed", "whmcs:client:12")
    assert "login_differs" in said(desk, row.id)
    stack.ask("UpdateUser", user_id=5, email="ann@elsewhere.example")
    row = desk.planned(client="ann@elsewhere.example", new_address="ann@third.example")
    assert [one["ref"] for one in row.found["candidates"]] == ["whmcs:client:11", "whmcs:client:13"]


@pytest.mark.parametrize("asked", ["99", "nobody@example.com", "Ann", "ann@example"])
def test_whom_nobody_knows_is_said_and_may_be_looked_for_again(desk: SupportDesk, asked: str) -> None:
    row = desk.planned(client=asked)
    assert row.state == requests.TROUBLE
    assert "has no client" in row.found["troubles"][0]
    requests.again(desk.ledger, row.id, "ann support")
    assert desk.row(row.id).state == requests.WAITING


BLOCKED: list[Any] = [
    pytest.param(("UpdateUser", {"user_id": 6, "email": NEW}), "login 6 signs in with the new", id="another-login"),
    pytest.param(("UpdateUser", {"user_id": 6, "email": NEW.upper()}), "login 6 signs in", id="in-another-case"),
    pytest.param(("UpdateClient", {"clientid": 12, "email": NEW, "skipvalidation": "1"}), "client 12 has", id="client"),
    pytest.param(("UpdateContact", {"contactid": 41, "email": NEW}), "contact 41 is a sub-contact", id="sub-contact"),
]


@pytest.fixture
def stack() -> Any:
    """Bob's client has a sub-contact."""
    world = hosting_world()
    bob = next(one for one in world.accounts if one.ref == "whmcs:client:12")
    bob.extra["contacts"] = [{"id": "41", "email": "carl@example.com"}]
    with served(world) as running:
        yield running


@pytest.mark.parametrize(("before", "told"), BLOCKED)
def test_an_address_that_somebody_has_in_whmcs_is_in_the_way(
    desk: SupportDesk, stack: Stack, before: tuple[str, dict[str, Any]], told: str
) -> None:
    assert stack.ask(before[0], **before[1])["result"] == "success"
    row = desk.planned()
    assert row.state == requests.TROUBLE
    assert told in row.found["troubles"][0]
    assert row.finding_id is None


def test_the_owner_of_the_new_address_is_no_obstacle_to_itself(desk: SupportDesk, stack: Stack) -> None:
    """The login has it already, because somebody began by hand."""
    stack.ask("UpdateUser", user_id=5, email=NEW)
    row = desk.planned()
    assert changed(desk, row.id) == [
        "whmcs:client:11", "cpanel:hosting:annsite", "whois:domain:31", "whois:domain:33",
    ]  # fmt: skip
    desk.approve(row.id)
    desk.apply()
    assert desk.row(row.id).finding_state == "settled"


def test_what_is_done_already_is_said_and_files_nothing(desk: SupportDesk) -> None:
    desk.done()
    row = desk.planned(client="11", reason="she asked again")
    assert (row.state, row.finding_id) == (requests.DONE, None)


def test_everything_in_the_way_is_said_at_once(desk: SupportDesk, stack: Stack) -> None:
    stack.ask("UpdateUser", user_id=6, email=NEW)
    row = desk.planned(domains=["a.example", "b.example", "nowhere.example"])
    troubles = "\n".join(row.found["troubles"])
    for told in ("login 6", "no domain b.example", "no domain nowhere.example"):
        assert told in troubles


def test_a_client_that_nobody_can_sign_in_to_is_made_active_first(desk: SupportDesk, stack: Stack) -> None:
    world = hosting_world()
    next(one for one in world.accounts if one.ref == "whmcs:client:11").extra["status"] = "Closed"
    with served(world) as running:
        desk.open = running.platform
        row = desk.planned()
    assert "is closed in WHMCS" in row.found["troubles"][0]


@pytest.mark.parametrize("doubt", ["named", "nobody", "unmarked", "unlisted", "gone"])
def test_a_doubtful_owner_is_nobody_s_to_change(desk: SupportDesk, stack: Stack, doubt: str) -> None:
    stack.desk.switches["whmcs_owner_doubt"] = doubt
    row = desk.planned()
    assert row.state == requests.TROUBLE
    assert row.finding_id is None


FLAGGED = [
    pytest.param("ann@gmial.com", "new_looks_like", "looks like ann@gmail.com", id="a-typo"),
    pytest.param("ann@g\u043eogle.com", "new_looks_like", "ann@google.com", id="a-look-alike"),
    pytest.param("ann@ex\u0430mple-\u0436.com", "new_mixed", "the letters of two scripts", id="two-scripts"),
    pytest.param("ann@mailinator.com", "new_disposable", "for one day", id="a-disposable-mailbox"),
    pytest.param("billing@a-company.com", "role", "of a task", id="the-mailbox-of-a-task"),
]


@pytest.mark.parametrize(("address", "kind", "told"), FLAGGED)
def test_a_doubtful_address_speaks_against_and_is_never_recommended(
    desk: SupportDesk, address: str, kind: str, told: str
) -> None:
    row = desk.planned(new_address=address)
    one = said(desk, row.id)[kind]
    assert told in one["says"]
    assert one["weight"] < 0
    assert desk.finding(row.id).recommended is None


def test_a_domain_in_other_letters_is_shown_as_mail_systems_write_it(desk: SupportDesk) -> None:
    row = desk.planned(new_address="ann@m\u00fcller.example")
    one = said(desk, row.id)["new_foreign"]
    assert "written xn--mller-kva.example" in one["says"]
    assert one["weight"] == 0


@pytest.mark.parametrize(
    ("doubt", "told"), [("weak_proof", {"proof_kind": "security_answer"}), ("mailbox_lost", {"mailbox_lost": True})]
)
def test_a_doubt_about_who_asks_speaks_against_and_takes_two(
    desk: SupportDesk, doubt: str, told: dict[str, Any]
) -> None:
    row = desk.planned(new_address="ann.obrien@example.com", **told)  # at the domain that she had
    assert said(desk, row.id)[doubt]["weight"] < 0
    assert desk.approve(row.id, "bob") == "half_approved"


def test_without_the_client_s_word_cpanel_and_domains_stay_and_no_server_is_asked(desk: SupportDesk) -> None:
    row = desk.planned(cpanel=False, domains=[])
    assert changed(desk, row.id) == ["whmcs:login:5", "whmcs:client:11"]
    assert "cpanel" not in desk.opened
    told = said(desk, row.id)
    assert "annsite keeps the address" in told["cpanel_stays"]["says"]
    assert "a.example and c.example keeps its address" in told["registrant_stays"]["says"]


def test_consent_for_one_domain_is_for_that_one(desk: SupportDesk) -> None:
    row = desk.planned(domains=["C.Example"])
    assert changed(desk, row.id)[-1] == "whois:domain:33"
    assert "whois:domain:31" not in changed(desk, row.id)
    after = desk.finding(row.id).options[0].fixes[-1].after
    assert f"request {row.id}" in after["consent"]
    assert "ticket 4711" in after["consent"]
    assert after["consent"].endswith("(whois:domain:33)")


def test_a_place_with_another_address_is_named_and_left(desk: SupportDesk, stack: Stack) -> None:
    stack.ask("UpdateClient", clientid=11, email="ann@moved.example", skipvalidation="1")
    stack.ask("UpdateUser", user_id=5, email="ann@moved.example")
    row = desk.planned(client="11")
    assert changed(desk, row.id) == ["whmcs:login:5", "whmcs:client:11"]
    told = said(desk, row.id)
    assert "not the client's old address" in told["cpanel_other"]["says"]
    assert "it is not changed" in told["registrant_other"]["says"]


def test_a_new_person_s_name_goes_onto_the_login_and_the_profile(desk: SupportDesk, stack: Stack) -> None:
    row = desk.planned(person="new", first_name="Bea", last_name="Lee")
    fixes = desk.finding(row.id).options[0].fixes
    assert [fix.target for fix in fixes if fix.action == Action.SET_NAME] == ["whmcs:login:5", "whmcs:client:11"]
    assert said(desk, row.id)["new_person"]["weight"] < 0
    assert desk.approve(row.id, "bob") == "half_approved"  # a change of owner: two people beside the one who asked
    assert desk.approve(row.id, "cleo") == "approved"
    desk.apply()
    client = stack.ask("GetClientsDetails", clientid=11)["client"]
    assert (client["firstname"], client["lastname"], client["email"]) == ("Bea", "Lee", NEW)
