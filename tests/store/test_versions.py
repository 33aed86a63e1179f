"""A finding's versions: each shows what was found then, and no decision of an earlier one counts for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include.model import FixState, Notice, Option
from include.store import outbox, schema, versions
from tests.store.cases import (
    NEXT_NIGHT,
    a_finding,
    after,
    again,
    approved,
    audited,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    merge,
    rows,
    set_email,
    three_fixes,
)

NEW = Option("use the new address", (set_email(),))
OLDER = Option("use the new address", (set_email(was="older@a.example"),))


def test_a_new_version_shows_what_was_found_tonight(ledger):
    row = filed(ledger, a_finding(NEW))
    decide(ledger, row, "rejected", reason="Two people.")
    seen = filed(ledger, a_finding(OLDER), night=NEXT_NIGHT)
    assert seen.version == 2
    assert seen.options[0].fixes[0].before == {"email": "older@a.example"}
    assert [(told.version, told.verdict) for told in seen.decisions] == [(1, "rejected")]


def test_fixes_under_way_stay_as_they_were_approved(ledger):
    row = approved(ledger, NEW)
    claim(ledger, *fix_ids(row))
    seen = filed(ledger, a_finding(OLDER, says="The names differ."), night=NEXT_NIGHT)
    assert seen.because == row.because
    (fix,) = seen.options[0].fixes
    assert (fix.id, fix.before) == (*fix_ids(row), {"email": "old@a.example"})


def test_the_same_fix_in_a_new_version_tells_what_became_of_it_before(ledger):
    row = approved(ledger, NEW)
    ends(ledger, *fix_ids(row), FixState.APPLIED, detail="It took.")
    (fix,) = filed(ledger, a_finding(OLDER), night=NEXT_NIGHT).options[0].fixes
    assert fix.detail == "When it was approved before: It took."


def test_a_finding_that_is_back_on_the_page_shows_the_same_options_to_decide_anew(ledger):
    options = (three_fixes(), Option("another", (set_email(email="c@c.example"),)), Option("keep both", ()))
    row = approved(ledger, *options)
    ends(ledger, fix_ids(row)[0], FixState.STALE, detail="changed since it was found: email")
    back = again(ledger, row)
    assert [option.hash for option in back.options] == [option.hash for option in row.options]
    assert not set(fix_ids(back)) & set(fix_ids(row))
    assert {fix.state for option in back.options for fix in option.fixes} == {FixState.PLANNED}
    told = "When it was approved before: changed since it was found: email"
    assert [fix.detail for fix in back.options[0].fixes] == [told, None, None]
    assert decide(ledger, back, reviewer="bob") == "approved"
    assert claim(ledger, fix_ids(back)[0])


@pytest.mark.parametrize(
    ("version", "state", "done"),
    [
        pytest.param(1, "approved", True, id="as-approved"),
        pytest.param(2, "approved", False, id="another-version"),
        pytest.param(1, "settled", False, id="not-approved"),
    ],
)
def test_an_approval_can_be_taken_back_to_the_page(ledger, version, state, done):
    row = approved(ledger, three_fixes())
    by_hand(ledger, "UPDATE finding SET state = :state", state=state)
    assert versions.reopen_approved(ledger, row.id, version, "too old", after(9)) is done
    back = again(ledger, row)
    assert (back.state, back.version) == (("open", 2) if done else (state, 1))
    assert audited(ledger, "reopened") == [{"finding": row.id, "version": 1, "why": "too old"}] * done


def test_what_is_back_on_the_page_forgets_until_when_it_was_deferred(ledger):
    row = filed(ledger, a_finding())
    decide(ledger, row, "deferred", until="2026-11-05")
    assert filed(ledger, a_finding(Option("another", (set_email(was="c@c.example"),)))).until is None


def test_what_is_back_on_the_page_is_its_newest_version_and_nothing_of_another_finding(ledger):
    others = [a_finding(NEW, Option("another", (merge(),)), rule=f"rule_{number}") for number in range(4)]
    filed(ledger, a_finding(three_fixes(), Option("keep both", ())), *others)
    filed(ledger, a_finding(NEW), *(replace(one, because=()) for one in others), night=NEXT_NIGHT)
    row = again(ledger, a_finding())
    decide(ledger, row)
    notice = Notice("<one@rollcall.example>", "ann@a.example", "Your address", "It changed.")
    assert versions.reopen_approved(ledger, row.id, row.version, "too old", after(9), [notice])
    back = again(ledger, row)
    assert (back.version, [option.hash for option in back.options]) == (3, [NEW.hash(row.key)])
    assert dict(rows(ledger, schema.fix, "id", "earlier"))[fix_ids(back)[0]] == fix_ids(row)[0]
    assert (after(9),) in rows(ledger, schema.finding, "changed_at")
    assert outbox.counts(ledger) == {"waiting": 1}


def test_no_version_is_ever_altered(ledger):
    row = approved(ledger, three_fixes(), Option("keep both", ()))
    columns = ("id", "option_id", "position", "platform", "target", "action", "before", "after", "earlier")
    options, fixes = rows(ledger, schema.option), rows(ledger, schema.fix, *columns)
    ends(ledger, fix_ids(row)[0], FixState.STALE)
    filed(ledger, a_finding(OLDER), night=NEXT_NIGHT)
    assert again(ledger, row).version == 3
    assert rows(ledger, schema.option)[: len(options)] == options
    assert rows(ledger, schema.fix, *columns)[: len(fixes)] == fixes


def test_a_finding_shows_the_options_of_its_newest_version_in_order(ledger):
    options = tuple(Option(f"option {at}", (set_email(email=f"{at}@b.example"),)) for at in range(12))
    row = filed(ledger, a_finding(*options))
    newer = filed(ledger, a_finding(*reversed(options)))
    assert [option.label for option in row.options] == [f"option {at}" for at in range(12)]
    assert [option.label for option in newer.options] == [f"option {at}" for at in reversed(range(12))]
    assert (row.version, newer.version) == (1, 2)
