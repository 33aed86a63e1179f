"""Findings are listed page by page, read whole and counted, and hold every character that a platform told."""

from __future__ import annotations

import pytest

from include.model import Action, Fix, FixState, Option, Ref
from include.store import findings, schema
from tests.store.cases import (
    NIGHT,
    NOW,
    a_finding,
    again,
    approved,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    leave,
    merge,
    rows,
    send,
    set_email,
    three_fixes,
)

RULES = ("email_mismatch", "orphaned_order")
STRANGE = {
    "nul": "a\x00b",
    "a-lone-surrogate": "a\ud83db",
    "emoji": "👩‍👩‍👧‍👦 🏴‍☠️",
    "right-to-left": "\u202eمحمد שלום\u202c",
    "quotes": """'"\\`%s :name $1 {} \r\n\t\x7f\u2028""",
    "not-composed": "Zoe\u0308 is not Zo\u00eb",
    "spaces-around": "  \u00a0 ",
    "empty": "",
    "a-megabyte": "ü" + "x" * 1_000_000,
}


def some(ledger, number=7):
    told = [
        a_finding(rule=rule, subject=f"hubspot:contact:{at}", says=str(at)) for rule in RULES for at in range(number)
    ]
    filed(ledger, *told)
    return told


def walk(ledger, limit, **asked):
    pages, after = [], None
    while got := findings.page(ledger, limit=limit, after=after, **asked):
        pages.append([row.id for row in got])
        after = findings.cursor(got[-1])
    return pages


def test_a_finding_is_kept_as_it_was_found(ledger):
    told = a_finding(Option("merge", (merge(), set_email("whmcs:client:7"))), Option("keep both", ()))
    row = filed(ledger, told)
    assert (row.state, row.version, row.first_night, row.last_night) == ("open", 1, NIGHT, NIGHT)
    kept = {
        "key": row.key,
        "rule": row.rule,
        "subject": row.subject,
        "others": list(row.others),
        "confidence": row.confidence,
        "because": list(row.because),
        "options": [
            {
                "label": option.label,
                "fixes": [
                    {"target": fix.target, "action": fix.action, "before": fix.before, "after": fix.after}
                    for fix in option.fixes
                ],
            }
            for option in row.options
        ],
        "recommended": row.recommended,
    }
    assert kept == told.as_json()
    assert [option.hash for option in row.options] == [option.hash(told.key) for option in told.options]
    assert {fix.state for option in row.options for fix in option.fixes} == {FixState.PLANNED}


@pytest.mark.parametrize(
    ("limit", "asked", "sizes"),
    [
        pytest.param(50, {}, [14], id="all-in-one"),
        pytest.param(5, {}, [5, 5, 4], id="a-page-across-two-rules"),
        pytest.param(7, {}, [7, 7], id="a-page-a-rule"),
        pytest.param(1, {"rule": "orphaned_order"}, [1] * 7, id="one-by-one-of-a-rule"),
        pytest.param(5, {"rule": "email_mismatch"}, [5, 2], id="of-a-rule"),
        pytest.param(5, {"rule": "nosuch"}, [], id="of-no-rule"),
        pytest.param(5, {"state": "settled"}, [], id="in-a-state-nothing-is-in"),
    ],
)
def test_pages_hold_everything_once_by_rule(ledger, limit, asked, sizes):
    some(ledger)
    pages = walk(ledger, limit, **asked)
    assert [len(page) for page in pages] == sizes
    ids = [id for page in pages for id in page]
    shown = [findings.get(ledger, id) for id in ids]
    assert [(row.rule, row.id) for row in shown] == sorted({(row.rule, row.id) for row in shown})


def test_what_is_decided_between_two_pages_moves_nothing_on_the_next(ledger):
    some(ledger)
    first = findings.page(ledger, limit=5)
    expected = [row.id for row in findings.page(ledger, limit=5, after=findings.cursor(first[-1]))]
    for row in first:
        decide(ledger, row, "rejected", reason="Two people.")
    assert [row.id for row in findings.page(ledger, limit=5, after=findings.cursor(first[-1]))] == expected


def test_a_finding_nobody_filed_is_none(ledger):
    assert findings.get(ledger, "0" * 16) is None


def test_a_finding_shows_every_decision_in_order(ledger):
    row = filed(ledger, a_finding())
    decide(ledger, row, "deferred", until="2026-11-05", reviewer="ann", reason=" not now ")
    row = filed(ledger, a_finding(), night="2026-11-05")
    decide(ledger, row, "approved", reviewer="bob")
    assert again(ledger, row).decisions == (
        findings.DecisionRow(1, "deferred", "ann", "not now", "2026-11-05", NOW, None),
        findings.DecisionRow(2, "approved", "bob", None, None, NOW, row.options[0].hash),
    )


def test_findings_are_counted_by_rule_and_state(ledger):
    assert findings.counts(ledger) == {}
    some(ledger, 3)
    for row in findings.page(ledger, rule="email_mismatch", limit=2):
        decide(ledger, row, "rejected", reason="Two people.")
    assert findings.counts(ledger) == {"email_mismatch": {"open": 1, "rejected": 2}, "orphaned_order": {"open": 3}}


def test_settled_ones_are_those_whose_every_fix_took(ledger):
    row = approved(ledger, three_fixes())
    for id in fix_ids(row):
        assert findings.settled(ledger) == []
        ends(ledger, id, FixState.APPLIED)
    assert [one.id for one in findings.settled(ledger)] == [row.id]


def test_a_fix_shows_its_newest_receipt(ledger):
    row = approved(ledger, three_fixes())
    (first, *_) = fix_ids(row)
    ends(ledger, first, FixState.UNKNOWN, detail="No answer came.")
    assert [fix.detail for fix in again(ledger, row).options[0].fixes] == ["No answer came.", None, None]
    by_hand(ledger, "UPDATE fix SET lease_owner = 'worker' WHERE id = :id", id=first)
    leave(ledger, first, FixState.UNKNOWN, detail="Still no answer.")
    assert again(ledger, row).options[0].fixes[0].detail == "Still no answer."
    by_hand(ledger, "UPDATE fix SET lease_owner = 'worker' WHERE id = :id", id=first)
    leave(ledger, first, FixState.APPLIED)
    assert again(ledger, row).options[0].fixes[0].detail is None


def test_a_fix_in_two_options_shows_what_became_of_it_in_the_approved_one(ledger):
    row = approved(ledger, Option("only the address", (set_email(),)), Option("address and more", (set_email(),)))
    ends(ledger, *fix_ids(row), FixState.REFUSED, detail="It is taken.")
    told = [fix.detail for option in again(ledger, row).options for fix in option.fixes]
    assert told == ["When it was approved before: It is taken."] * 2


@pytest.mark.parametrize("told", STRANGE.values(), ids=STRANGE)
def test_every_character_survives(ledger, told):
    changes = Fix(Ref("hubspot", "contact", "1"), Action.INVITE, {told: [told]}, {"name": {"first": told, "n": None}})
    one = a_finding(Option(told, (changes,)), says=told)
    row = filed(ledger, one)
    decide(ledger, row, reason=f"because {told} it is")
    (id,) = fix_ids(row)
    assert claim(ledger, id)
    assert send(ledger, id, image={told: told})
    assert rows(ledger, schema.fix, "image") == [({told: told},)]
    assert leave(ledger, id, FixState.STALE, detail=told, moved=[told])

    row = again(ledger, row)
    (option,) = row.options
    (fix,) = option.fixes
    assert (row.because[0]["says"], option.label, fix.before, fix.after) == (told, told, changes.before, changes.after)
    assert (option.hash, row.decisions[0].reason) == (one.options[0].hash(one.key), f"because {told} it is")
    assert rows(ledger, schema.receipt, "detail", "moved") == [(told, [told])]
    assert rows(ledger, schema.finding, "first_night") == [(NIGHT,)]
