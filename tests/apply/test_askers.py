"""Who asked for something is asked of the audit too: a request that was cut loose from its finding approves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from include.digests import finding_id
from include.errors import NotAllowed
from include.requests import RULE
from include.store import authority, decisions, findings, requests, undone
from include.store.findings import FindingRow
from include.store.schema import finding, request
from tests.apply.cases import ACCOUNTS, Worker, a_finding, email_fix, receipts_of, state_of

NOW = datetime.now(UTC)
TODAY = {"seen_on": NOW.date().isoformat()}


@pytest.fixture
def worker(ledger, sandbox) -> Worker:
    return Worker(ledger, sandbox)


@pytest.fixture
def row(ledger, sandbox) -> FindingRow:
    """What the first of two requests led to: who took it down is ada; the second one was bob's."""
    told = replace(a_finding(email_fix(sandbox, "shopify", "customer")), rule=RULE)
    id = finding_id(told.key)
    asked = [{"client": str(number), "new_address": f"{number}@b.example", "proof": TODAY} for number in (1, 2)]
    requests.add(ledger, asked[:1], "ada", NOW)
    requests.add(ledger, asked[1:], "bob", NOW)

    def tie(connection, *_):
        requests.filed(connection, 1, id, NOW)

    findings.file(ledger, [told], "2026-11-23", whole=False, accounts=ACCOUNTS, with_it=tie)
    return findings.get(ledger, id)


def approve(ledger, row: FindingRow, reviewer: str) -> str:
    said = {"verdict": "approved", "version": row.version, "option_hash": row.options[0].hash}
    return decisions.decide(ledger, row.id, reviewer=reviewer, **said)


def cut_loose(connection) -> None:
    connection.execute(sa.update(request).where(request.c.id == 1).values(finding_id=None))


def another_ones(connection) -> None:
    id = connection.execute(sa.select(request.c.finding_id).where(request.c.id == 1)).scalar_one()
    cut_loose(connection)
    connection.execute(sa.update(request).where(request.c.id == 2).values(finding_id=id, state="filed"))


def of_another_rule(connection) -> None:
    cut_loose(connection)
    connection.execute(sa.update(finding).values(rule="email_mismatch"))


TIES = pytest.mark.parametrize("cut", [cut_loose, another_ones, of_another_rule])


@TIES
def test_whoever_asked_cannot_approve_it_by_cutting_the_request_loose(ledger, row, cut):
    with pytest.raises(NotAllowed, match="yourself"):
        approve(ledger, row, "ada")
    with ledger.write() as connection:
        cut(connection)
    with pytest.raises(NotAllowed, match="who asked for this"):
        approve(ledger, row, "ada")


@TIES
def test_what_was_cut_loose_after_its_approval_is_not_applied(ledger, worker, sandbox, row, cut):
    assert approve(ledger, row, "cleo") == "approved"
    with ledger.write() as connection:
        cut(connection)
    assert worker.apply(cool_off_hours=0) == {}
    assert (sandbox.writes(), state_of(ledger, row.id)) == ([], ("open", 2))
    assert "who asked for this" in str(receipts_of(ledger)[-1][1])


def test_what_is_tied_to_whoever_asked_is_applied(ledger, worker, row):
    assert approve(ledger, row, "cleo") == "approved"
    assert worker.apply(cool_off_hours=0) == {"applied": 1}


def test_a_request_that_led_elsewhere_since_holds_nothing_against_its_earlier_finding(ledger, row):
    with ledger.write() as connection:
        other = {
            column.name: getattr(connection.execute(sa.select(finding)).one(), column.name) for column in finding.c
        }
        connection.execute(sa.insert(finding).values({**other, "id": "f" * 16, "key": "email_mismatch/x/"}))
        requests.filed(connection, 2, "f" * 16, NOW)
        assert authority.tied(connection, "f" * 16)
        requests.filed(connection, 2, row.id, NOW)
        assert authority.tied(connection, "f" * 16)


def test_an_undo_that_nobody_asked_for_is_approved_by_nobody(ledger, sandbox):
    told = replace(a_finding(email_fix(sandbox, "shopify", "customer")), rule=undone.RULE)
    findings.file(ledger, [told], "2026-11-23", whole=False, accounts=ACCOUNTS)
    with pytest.raises(NotAllowed, match="who asked for this"):
        approve(ledger, findings.get(ledger, finding_id(told.key)), "cleo")


def test_every_rule_by_which_people_ask_is_held_to_who_did():
    assert authority.ASKED_FOR.keys() == {RULE, undone.RULE}
