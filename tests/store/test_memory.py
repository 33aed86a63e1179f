"""What people decided is remembered: through merges, other orders and other words, and only in its own account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from include.model import Evidence, Option
from include.store import schema
from include.store.filing import Filed
from tests.store.cases import (
    NEXT_NIGHT,
    a_finding,
    again,
    by_hand,
    everything,
    rows,
    set_email,
)
from tests.store.remembering import HERE, NEW, NOTE, OLD, PHONE, STREET, decided, file, merged, mismatch, stands, use

DOUBT = Evidence("other_name", -3.0, "They bear different names.")
BASE = mismatch("1", PHONE, DOUBT)
SAME_WORDS = [
    pytest.param(mismatch("1", replace(PHONE, says="Both say the same number."), DOUBT), id="other-words"),
    pytest.param(mismatch("1", replace(PHONE, weight=4.0), replace(DOUBT, weight=-1.0)), id="other-weights"),
    pytest.param(mismatch("1", DOUBT, PHONE), id="another-order"),
    pytest.param(mismatch("1", PHONE, DOUBT, Evidence("hint", 0.0, "Nothing.")), id="a-remark"),
    pytest.param(mismatch("1", PHONE, DOUBT, Evidence("changed_last", 2.0, "Now.")), id="what-passes"),
    pytest.param(replace(BASE, options=BASE.options[::-1], recommended=1), id="options-in-another-order"),
    pytest.param(
        replace(BASE, options=tuple(replace(one, label="Take it") for one in BASE.options)), id="options-in-other-words"
    ),
    pytest.param(replace(BASE, options=(use(NEW), BASE.options[1])), id="without-the-note"),
    pytest.param(
        replace(BASE, options=(use(NEW, "1", OLD, replace(NOTE, after={"note": "2", "text": "Hm."})), BASE.options[1])),
        id="another-note",
    ),
]  # fmt: skip


@pytest.mark.parametrize("told", SAME_WORDS)
@pytest.mark.parametrize("verdict", ["approved", "rejected", "deferred"])
def test_what_a_newer_version_of_the_code_says_otherwise_reopens_nothing(ledger, verdict, told):
    row = decided(ledger, BASE, verdict)
    for night in (NEXT_NIGHT, "2026-11-03"):
        assert file(ledger, told, night=night) == Filed(known=1)
        assert stands(ledger) == [(verdict, 1)]
    shown = again(ledger, row)
    assert shown.options[shown.recommended].fixes[0].after == {"email": NEW}


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        pytest.param(mismatch("1", PHONE), "open", id="less-speaks-against-it"),
        pytest.param(mismatch("1", PHONE, DOUBT, STREET), "open", id="more-speaks-for-it"),
        pytest.param(mismatch("1", PHONE, DOUBT, was="third@c.example"), "open", id="another-address"),
        pytest.param(mismatch("1", DOUBT), "rejected", id="less-speaks-for-it"),
        pytest.param(mismatch("1", PHONE, DOUBT, replace(STREET, weight=-1.0)), "rejected", id="more-against-it"),
        pytest.param(replace(BASE, options=BASE.options[:1]), "rejected", id="fewer-options"),
        pytest.param(
            replace(BASE, options=(*BASE.options, Option("New", (set_email("hubspot:contact:1", "x@x.example"),)))),
            "rejected",
            id="one-more-option",
        ),
    ],
)  # fmt: skip
def test_a_rejection_holds_until_more_speaks_for_the_finding_or_its_records_change(ledger, told, verdict):
    decided(ledger, BASE, "rejected")
    for night in (NEXT_NIGHT, "2026-11-03"):
        file(ledger, told, night=night)
    assert stands(ledger) == [(verdict, 1 if verdict == "rejected" else 2)]


def test_a_mailbox_without_options_comes_back_when_another_address_is_shared(ledger):
    def shared(address):
        says = f"{address} is the address of Ann and of Ben."
        return replace(a_finding(), options=(), recommended=None, because=(Evidence("other_names", 4.0, says),))

    decided(ledger, shared("info@a.example"), "rejected")
    assert file(ledger, shared("INFO@a.example")) == Filed(known=1)
    assert file(ledger, shared("shop@a.example")) == Filed(reopened=1)


def test_a_ledger_that_summed_up_what_was_judged_in_another_way_is_compared_by_what_it_holds(ledger):
    decided(ledger, BASE, "rejected")
    by_hand(ledger, "UPDATE finding SET content = :other", other="0" * 64)
    assert file(ledger, BASE) == Filed(known=1)
    assert rows(ledger, schema.finding, "content") != [("0" * 64,)]


MERGES = [
    pytest.param({"_1": "3", "_2": "3"}, "3", id="both-into-a-third"),
    pytest.param({"_1": "2"}, "2", id="one-into-the-other"),
    pytest.param({"_1": "3", "_3": "4"}, "4", id="a-chain"),
    pytest.param({"_3": "4", "_4": "5", "_1": "3"}, "5", id="a-chain-in-another-order"),
    pytest.param({"_1": "3", "_3": "1"}, "1", id="round-in-a-circle"),
]


@pytest.mark.parametrize(("names", "now"), MERGES)
@pytest.mark.parametrize("verdict", ["approved", "rejected", "deferred"])
def test_a_decision_is_found_by_the_name_that_a_merge_gave_its_record(ledger, verdict, names, now):
    row = decided(ledger, mismatch("1"), verdict)
    merged(ledger, **names)
    for night in (NEXT_NIGHT, "2026-11-03"):
        assert file(ledger, mismatch(now), night=night) == Filed(known=1)
    kept = again(ledger, row)
    assert (kept.state, kept.version, kept.subject) == (verdict, 1, f"hubspot:contact:{now}")
    assert len(everything(ledger)) == 1


def test_a_decision_on_a_merged_record_comes_back_when_the_survivor_reads_otherwise(ledger):
    row = decided(ledger, mismatch("1"), "rejected")
    merged(ledger, _1="3")
    assert file(ledger, mismatch("3", was="third@c.example")) == Filed(reopened=1)
    assert again(ledger, row).options[0].fixes[0].target == "hubspot:contact:3"


def test_the_same_records_in_another_order_are_the_same_question(ledger):
    one = a_finding(Option("keep", ()), subject="hubspot:contact:1", others=("hubspot:contact:2",))
    other = replace(one, subject=one.others[0], others=(one.subject,))
    decided(ledger, one, "rejected")
    assert file(ledger, other) == Filed(known=1)
    assert stands(ledger) == [("rejected", 1)]


def test_of_two_findings_that_a_merge_makes_one_the_decided_one_stays(ledger):
    decided(ledger, mismatch("1"), "rejected")
    file(ledger, mismatch("1"), mismatch("2"))
    merged(ledger, _1="2")
    for night, gone in (("2026-11-03", 1), ("2026-11-04", 0)):
        assert file(ledger, mismatch("2"), night=night) == Filed(known=1, gone=gone)
    assert stands(ledger) == [("gone", 1), ("rejected", 1)]


def test_a_finding_of_two_records_that_are_one_now_is_closed(ledger):
    both = a_finding(subject="hubspot:contact:1", others=("hubspot:contact:2",), rule="duplicate_contact")
    decided(ledger, both, "deferred")
    merged(ledger, _1="3", _2="3")
    assert file(ledger) == Filed(gone=1)


@pytest.mark.parametrize("platform", ["hubspot", "shopify"])
@pytest.mark.parametrize("options", [True, False], ids=["with-options", "without"])
def test_a_decision_is_worth_nothing_in_another_account(ledger, platform, options):
    told = mismatch("1") if options else replace(mismatch("1"), options=(), recommended=None)
    decided(ledger, told, "rejected")
    there = HERE | {platform: "d" * 16}
    assert file(ledger, told, accounts=there) == Filed(reopened=1)


def test_a_name_that_a_merge_gave_is_another_record_in_another_account(ledger):
    decided(ledger, mismatch("1"), "rejected")
    merged(ledger, _1="3")
    assert file(ledger, mismatch("3"), accounts=HERE | {"hubspot": "d" * 16}) == Filed(new=1, gone=1)
