"""Details of the hosting procedure: its note, its access check, its locks, who may approve. See `test_played`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from include.errors import NotAllowed
from include.model import Ref
from include.platforms.whmcs.find import access
from tests.apply.cases import receipts_of, told_to
from tests.planning.desk import NEW, SupportDesk
from tests.sandbox.hosting_world import Stack, hosting_world, served

OLD, REVIEWERS = "ann@example.com", "reviewers@example.com"
TOLD = sorted([REVIEWERS, OLD, OLD, NEW])  # the old address beforehand, and both once it is done
IN_WHMCS = [
    ("whmcs:login:5", "update"),
    ("whmcs:client:11", "update"),
    ("whmcs:client:11", "log"),
    ("whmcs:client:11", "note"),
]
EVERYWHERE = [
    *IN_WHMCS,
    ("cpanel:hosting:annsite", "update"),
    ("whois:domain:31", "update"),
    ("whois:domain:33", "update"),
]


def written(stack: Stack) -> list[tuple[str, str]]:
    return [(one["record"], one["action"]) for one in stack.desk.writes if one["effect"] == "applied"]


def note(stack: Stack) -> str:
    (said,) = (one["changed"]["note"][1] for one in stack.desk.writes if one["action"] == "note")
    return str(said)


def signs_in(stack: Stack, address: str = NEW) -> bool:
    return access(stack.platform("whmcs").api, Ref("whmcs", "client", "11"), address).granted


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Ann's login owns three clients."""
    world = hosting_world()
    second = next(one for one in world.accounts if one.ref == "whmcs:client:13")
    world.accounts.append(replace(second, id="14", email="ann@third.example"))
    next(one for one in world.accounts if one.ref == "whmcs:login:5").extra["clients"].append("14")
    with served(world) as running:
        yield running


def test_the_note_says_when_why_and_who_authorised(desk: SupportDesk, stack: Stack) -> None:
    desk.done()
    said, today = note(stack), datetime.now(UTC).date().isoformat()
    for told in (
        "her provider closes down",
        "ticket 4711",
        "Sam Support",
        f"on {today}",
        "ann support",
        "bob and cleo",
    ):
        assert told in said
    assert OLD not in said
    assert NEW not in said


def test_the_access_check_stands_before_anything_beyond_whmcs(desk: SupportDesk) -> None:
    row = desk.done()
    fixes = desk.finding(row.id).options[0].fixes
    assert [fix.action for fix in fixes] == [
        "set_email", "set_email", "add_note", "check_access", "set_email", "set_email", "set_email",
    ]  # fmt: skip
    assert (fixes[3].state, fixes[3].detail) == (
        "already", "The client is active, and its owner signs in with the new address.",
    )  # fmt: skip


def test_a_client_without_access_after_the_change_stops_the_rest_and_comes_back(
    desk: SupportDesk, stack: Stack
) -> None:
    row = desk.planned()
    desk.approve(row.id)
    stack.desk.switches["whmcs_owner_doubt"] = "unlisted"
    desk.apply()
    assert written(stack) == IN_WHMCS
    outcome, detail = receipts_of(desk.ledger)[-1]
    assert (outcome, "does not name one owner" in str(detail)) == ("refused", True)
    assert desk.row(row.id).finding_state == "open"
    assert told_to(desk.ledger) == TOLD  # whoever reads the old address hears of it now


def test_an_address_taken_between_the_approval_and_the_change_changes_nothing(desk: SupportDesk, stack: Stack) -> None:
    row = desk.planned()
    desk.approve(row.id)
    stack.ask("UpdateUser", user_id=6, email=NEW)
    before = written(stack)
    desk.apply()
    assert written(stack) == before
    assert receipts_of(desk.ledger)[-1][0] == "refused"
    assert desk.row(row.id).finding_state == "open"
    assert told_to(desk.ledger) == [OLD, REVIEWERS]  # beforehand, and then nothing came of it


def test_a_domain_under_lock_goes_last_and_the_rest_is_done(desk: SupportDesk, stack: Stack) -> None:
    stack.desk.switches["whois_locked"] = ["31"]
    row = desk.planned()
    (said,) = (one for one in desk.finding(row.id).because if one["evidence"] == "locked")
    assert said["says"].startswith("a.example is locked at its registrar")
    desk.approve(row.id)
    desk.apply()
    assert written(stack) == [*EVERYWHERE[:-2], EVERYWHERE[-1], EVERYWHERE[-2]]
    assert desk.row(row.id).finding_state == "settled"


def test_a_registrar_that_does_not_answer_for_a_locked_domain_leaves_it_to_a_person(
    desk: SupportDesk, stack: Stack
) -> None:
    stack.desk.switches["whois_refused"] = ["31"]
    row = desk.planned()
    (said,) = (one for one in desk.finding(row.id).because if one["evidence"] == "registrar_refuses")
    assert "a.example" in said["says"]
    desk.approve(row.id)
    desk.apply()
    assert written(stack) == [one for one in EVERYWHERE if one[0] != "whois:domain:31"]
    assert desk.row(row.id).finding_state == "settled"


def test_nobody_approves_what_they_took_down(desk: SupportDesk) -> None:
    row = desk.planned(by="bob")
    for name in ("bob", " BOB "):
        with pytest.raises(NotAllowed, match="another person must approve"):
            desk.approve(row.id, name)
    assert desk.row(row.id).finding_state == "open"
    assert desk.approve(row.id, "cleo", "dan") == "approved"
