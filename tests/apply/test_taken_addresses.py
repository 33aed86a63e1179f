"""An address that another contact has leads to a question, asked for as long as it is one, and never to a merge."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

from include import stages
from include.digests import finding_id
from include.errors import RollcallError
from include.model import Action, Contact, Fix, Ref
from include.registry import names
from include.rules import duplicate_contact
from include.store import decisions, findings
from include.store.ledger import Ledger
from include.store.raw import RawManifest, RawPlan
from include.store.snapshots import open_store
from include.store.tables import of_rows
from tests.apply.cases import ACCOUNTS, SETTINGS, Worker, approved, email_fix, receipts_of, state_of
from tests.sandboxes import Sandbox

RULE = "duplicate_contact"


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.fixture
def night(ledger, tmp_path) -> Any:
    """Files a night with these HubSpot contacts, on which the rules found nothing but `found`."""
    store = open_store(str(tmp_path))

    def file(*contacts: Contact, found: tuple[Any, ...] = ()) -> dict[str, int]:
        snapshot = store.begin("2026-11-24")
        snapshot.part("contacts").write_table(of_rows("contacts", contacts))
        snapshot.part("orders").write_table(of_rows("orders", ()))
        plan = asdict(RawPlan(ACCOUNTS["hubspot"], "2026-11-24T02:00:00+00:00", "2026-11-24"))
        told = RawManifest(plan, snapshot.attempt, [], {}, {}, {}, {}, {}, len(contacts), None)
        snapshot.raw("hubspot").finish(told, pa.table({"stream": [], "id": []}))
        for rule in names("rules"):
            snapshot.part(f"findings/{rule}").write_findings(one for one in found if one.rule == rule)
        return stages.file(snapshot, store, ledger, replace(SETTINGS, leave_out="shop1"))

    return file


@pytest.fixture
def pair(sandbox) -> tuple[Contact, Contact]:
    """Two HubSpot contacts that have an address each: who is to get one, and who has it."""
    one, holder = [account for account in sandbox.world.of("hubspot", "contact") if account.email][:2]
    return tuple(
        Contact("hubspot", "contact", each.id, each.email, other_emails=tuple(each.other_emails))
        for each in (one, holder)
    )


def wanted(pair: Sequence[Contact]) -> Fix:
    one, holder = pair
    return Fix(one.ref, Action.SET_EMAIL, {"email": one.email}, {"email": holder.email})


def also(pair: Sequence[Contact]) -> Fix:
    one, holder = pair
    held = sorted(one.other_emails)
    after = {"other_emails": sorted([*held, holder.email])}
    return Fix(one.ref, Action.ADD_EMAIL, {"other_emails": held}, after)


def asked(ledger: Ledger) -> list[findings.FindingRow]:
    return findings.page(ledger, rule=RULE)


def say(ledger: Ledger, row: findings.FindingRow, reviewer: str, verdict: str = "approved", number: int = 0) -> str:
    told = {"verdict": verdict, "reviewer": reviewer, "reason": "I asked them both", "version": row.version}
    if verdict == "approved":
        told["option_hash"] = row.options[number].hash
    return decisions.decide(ledger, row.id, **told)


def merges(sandbox: Sandbox) -> int:
    return sum(write["action"] == "merge" for write in sandbox.writes())


@pytest.mark.parametrize("change", [wanted, also], ids=["as-the-first", "as-an-additional-one"])
def test_a_taken_address_asks_people_whether_to_merge_and_merges_nothing(worker, sandbox, ledger, pair, change):
    one, holder = pair
    id = approved(ledger, change(pair))
    assert worker.apply() == {"refused": 1}
    assert receipts_of(ledger) == [("refused", f"hubspot refused: the address already belongs to {holder.ref}")]
    assert state_of(ledger, id) == ("open", 2)
    (row,) = asked(ledger)
    assert {row.subject, *row.others} == {str(one.ref), str(holder.ref)}
    assert row.recommended is None
    assert [reason["evidence"] for reason in row.because] == ["taken_address"]
    survivors = [(option.fixes[0].action, option.fixes[0].target, option.fixes[0].before) for option in row.options]
    assert survivors == [
        ("merge", str(a.ref), {"duplicate": str(b.ref), "email": a.email, "duplicate_email": b.email})
        for a, b in (pair, pair[::-1])
    ]
    assert merges(sandbox) == 0


def test_two_people_merge_them_and_then_the_address_can_be_used(worker, sandbox, ledger, pair):
    id = approved(ledger, wanted(pair))
    worker.apply()
    (row,) = asked(ledger)
    assert say(ledger, row, "ada") == "half_approved"
    assert worker.apply() == {}
    assert say(ledger, row, "grace") == "approved"
    assert worker.apply() == {"applied": 2}
    assert (merges(sandbox), state_of(ledger, row.id)[0]) == (1, "settled")
    say(ledger, findings.get(ledger, id), "ada")
    assert worker.apply() == {"applied": 1}
    platform = sandbox.open("hubspot")
    assert platform.fixes.read(platform.api, wanted(pair)) == {"email": pair[1].email}


def test_the_question_stands_the_next_night_and_keeps_the_first_approval(worker, ledger, pair, night):
    approved(ledger, wanted(pair))
    worker.apply()
    (row,) = asked(ledger)
    say(ledger, row, "ada")
    assert night(*pair) == {"new": 0, "known": 1, "reopened": 0, "gone": 0}
    assert state_of(ledger, row.id) == ("half_approved", 1)


@pytest.mark.parametrize(
    "tonight",
    [
        pytest.param(lambda one, holder: (one, replace(holder, email="another@post.example")), id="no-longer-held"),
        pytest.param(lambda one, holder: (replace(one, other_emails=(holder.email,)),), id="merged-by-hand"),
        pytest.param(lambda one, holder: (holder,), id="nobody-wants-it-any-more"),
    ],
)
def test_the_question_goes_when_there_is_nothing_to_ask(worker, ledger, pair, night, tonight):
    approved(ledger, wanted(pair))
    worker.apply()
    (row,) = asked(ledger)
    assert night(*tonight(*pair))["gone"] == 1
    assert state_of(ledger, row.id)[0] == "gone"


def test_the_question_goes_with_the_finding_that_led_to_it(worker, ledger, pair, night):
    id = approved(ledger, wanted(pair))
    worker.apply()
    say(ledger, findings.get(ledger, id), "ada", "rejected")
    assert night(*pair)["gone"] == 1


def test_the_night_asks_what_a_worker_that_died_could_not(ledger, pair, night):
    approved(ledger, wanted(pair))
    with ledger.write() as connection:
        connection.execute(sa.text("UPDATE fix SET state = 'refused'"))
    one, holder = pair
    assert night(one, replace(holder, email=None, other_emails=(holder.email.upper(),)))["new"] == 1
    (row,) = asked(ledger)
    assert {row.subject, *row.others} == {str(one.ref), str(holder.ref)}


@pytest.mark.parametrize("third", [False, True], ids=["the-same-two", "these-two-and-a-third"])
def test_what_the_rule_finds_by_other_evidence_is_asked_once(worker, ledger, pair, night, third):
    approved(ledger, wanted(pair))
    worker.apply()
    (row,) = asked(ledger)
    one, holder = (each.ref for each in pair)
    found = duplicate_contact.proposed(one, pair[0].email, holder, pair[1].email, "other@post.example")
    if third:
        found = replace(found, others=(*found.others, Ref("hubspot", "contact", "1")))
    night(*pair, found=(found,))
    assert [each.id for each in asked(ledger)] == [finding_id(found.key)]
    assert state_of(ledger, row.id) == (("gone", 1) if third else ("open", 2))


def test_two_of_three_who_are_asked_about_already_are_not_asked_about_again(worker, ledger, pair, night):
    one, holder = (each.ref for each in pair)
    found = duplicate_contact.proposed(one, pair[0].email, holder, pair[1].email, "other@post.example")
    found = replace(found, others=(*found.others, Ref("hubspot", "contact", "1")))
    approved(ledger, wanted(pair))
    night(*pair, found=(found,))
    worker.apply()
    assert [row.id for row in asked(ledger)] == [finding_id(found.key)]


def test_who_was_said_to_be_another_person_is_not_asked_about_again(worker, ledger, pair, night):
    id = approved(ledger, wanted(pair))
    worker.apply()
    (row,) = asked(ledger)
    say(ledger, row, "ada", "rejected")
    say(ledger, findings.get(ledger, id), "ada")
    assert worker.apply() == {"refused": 1}
    night(*pair)
    assert (asked(ledger), state_of(ledger, row.id)) == ([], ("rejected", 1))


def test_a_refusal_of_another_kind_asks_nothing(worker, ledger, sandbox, pair, night):
    approved(ledger, replace(wanted(pair), after={"email": "no address"}))
    assert worker.apply() == {"refused": 1}
    night(*pair)
    assert asked(ledger) == []


@pytest.mark.parametrize(("platform", "kind"), [("bigcommerce", "customer"), ("whmcs", "client")])
def test_where_nothing_can_be_merged_nothing_is_asked(worker, ledger, sandbox, platform, kind):
    taken = email_fix(sandbox, platform, kind, skip=1).before["email"]
    approved(ledger, email_fix(sandbox, platform, kind, new=taken))
    assert worker.apply() == {"refused": 1}
    assert asked(ledger) == []


def test_who_has_it_may_be_out_of_reach_and_the_night_asks(worker, ledger, sandbox, pair, night):
    sandbox.arm({"platform": "hubspot", "match": "GET .*/contacts/", "fault": "502", "after": 3, "times": 99})
    approved(ledger, wanted(pair))
    with contextlib.suppress(RollcallError):
        worker.apply()
    assert [outcome for outcome, _ in receipts_of(ledger)] == ["refused"]
    assert asked(ledger) == []
    night(*pair)
    assert len(asked(ledger)) == 1
