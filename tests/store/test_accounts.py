"""A finding is bound to the accounts it was found in: what a decision is worth in another account is nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from include.errors import FindingChanged, NotAllowed
from include.model import FixState, Option
from include.store import findings, fixes, schema, versions
from tests.store.cases import (
    NEXT_NIGHT,
    NIGHT,
    a_finding,
    after,
    again,
    by_hand,
    decide,
    ends,
    fix_ids,
    rows,
    set_email,
)

BOTH = Option("use it everywhere", (set_email("hubspot:contact:1"), set_email("shopify:customer:1")))
TOLD = a_finding(BOTH, Option("keep both", ()))
HERE = {"hubspot": "a" * 16, "shopify": "b" * 16, "whmcs": "c" * 16}


def filed_in(ledger, accounts, night=NIGHT, told=TOLD):
    findings.file(ledger, [told], night, accounts=accounts)
    return again(ledger, told)


def test_each_fix_keeps_the_account_of_its_platform(ledger):
    filed_in(ledger, HERE)
    assert rows(ledger, schema.fix, "platform", "account") == [("hubspot", "a" * 16), ("shopify", "b" * 16)]


def test_an_option_is_another_in_another_account_of_a_platform_that_it_touches(ledger):
    hashes = {
        filed_in(ledger, accounts).options[0].hash
        for accounts in (HERE, HERE | {"whmcs": "d" * 16}, HERE | {"hubspot": "d" * 16}, HERE | {"shopify": "d" * 16})
    }
    assert len(hashes) == 3


@pytest.mark.parametrize("state", ["open", "approved", "rejected", "deferred"])
def test_what_was_found_in_another_account_comes_back_to_the_page(ledger, state):
    row = filed_in(ledger, HERE)
    if state != "open":
        decide(ledger, row, state, reason="No.", until="2026-12-01" if state == "deferred" else None)
    moved = filed_in(ledger, HERE | {"shopify": "d" * 16}, NEXT_NIGHT)
    assert (moved.state, moved.version) == ("open", 2)


@pytest.mark.parametrize("state", ["approved", "rejected"])
def test_a_decision_stands_while_the_accounts_it_touches_stay(ledger, state):
    row = filed_in(ledger, HERE)
    decide(ledger, row, state, reason="No.")
    same = filed_in(ledger, HERE | {"whmcs": "d" * 16}, NEXT_NIGHT)
    assert (same.state, same.version) == (state, 1)


def test_who_approves_what_was_found_in_another_account_meanwhile_is_refused(ledger):
    row = filed_in(ledger, HERE)
    moved = filed_in(ledger, HERE | {"shopify": "d" * 16}, NEXT_NIGHT)
    with pytest.raises(FindingChanged, match="no such option"):
        decide(ledger, moved, option_hash=row.options[0].hash)


def test_an_account_that_was_altered_in_the_ledger_is_no_longer_what_was_approved(ledger):
    decide(ledger, filed_in(ledger, HERE))
    (option,) = fixes.approved(ledger)
    option.require_approval()
    by_hand(ledger, "UPDATE fix SET account = :other WHERE platform = 'shopify'", other="d" * 16)
    (option,) = fixes.approved(ledger)
    with pytest.raises(NotAllowed, match="not what was approved"):
        option.require_approval()


def test_what_goes_back_to_the_page_by_itself_stays_in_its_account(ledger):
    row = filed_in(ledger, HERE)
    decide(ledger, row)
    assert versions.reopen_approved(ledger, row.id, 1, "too old", after(9))
    assert again(ledger, row).options[0].hash == row.options[0].hash
    assert {account for _, account in rows(ledger, schema.fix, "platform", "account")} == {"a" * 16, "b" * 16}


def test_what_became_of_a_fix_in_another_account_is_not_told_of_this_one(ledger):
    row = filed_in(ledger, HERE)
    decide(ledger, row)
    ends(ledger, fix_ids(row)[0], FixState.STALE, detail="changed since it was found: email")
    here = filed_in(ledger, HERE, NEXT_NIGHT)
    assert here.options[0].fixes[0].detail is not None
    there = filed_in(ledger, HERE | {"hubspot": "d" * 16}, NEXT_NIGHT)
    assert there.options[0].fixes[0].detail is None


def test_an_approval_of_before_accounts_were_kept_still_says_what_it_approves(ledger):
    decide(ledger, filed_in(ledger, None))
    (option,) = fixes.approved(ledger)
    option.require_approval()
    with ledger.read() as connection:
        assert set(connection.execute(sa.select(schema.fix.c.account)).scalars()) == {None}
