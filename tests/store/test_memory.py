"""What people decided is remembered: through merges, other orders and other words, and only in its own account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from include.model import Action, Contact, Evidence, Fix, FixState, Option, Ref
from include.store import apart, findings, own, schema
from include.store.filing import Filed
from include.store.tables import Tables, of_rows
from tests.store.cases import (
    NEXT_NIGHT,
    NIGHT,
    NOW,
    a_finding,
    after,
    again,
    by_hand,
    decide,
    ends,
    everything,
    fix_ids,
    rows,
    set_email,
)

HERE = {"hubspot": "a" * 16, "shopify": "b" * 16}
OLD, NEW = "old@a.example", "new@b.example"
NOTE = Fix(Ref.parse("hubspot:contact:1"), Action.ADD_NOTE, {"note": None}, {"note": "Rollcall 1", "text": "Done."})


def use(email: str, contact: str = "1", was: str = OLD, *more: Fix) -> Option:
    return Option(f"Use {email}", (set_email(f"hubspot:contact:{contact}", email, was), *more))


def mismatch(contact: str = "1", *because: Evidence, was: str = OLD, customer: str = "5"):
    """A HubSpot contact with one address and a Shopify customer with another."""
    theirs = Option(f"Use {was}", (set_email(f"shopify:customer:{customer}", was, NEW),))
    told = a_finding(
        use(NEW, contact, was, NOTE),
        theirs,
        subject=f"hubspot:contact:{contact}",
        others=(f"shopify:customer:{customer}",),
    )
    return replace(told, because=because or told.because)


def file(ledger, *told, night=NEXT_NIGHT, accounts=HERE, **given):
    return findings.file(ledger, told, night, accounts=accounts, **given)


def decided(ledger, told, verdict, reason="They share an office."):
    file(ledger, told, night=NIGHT)
    row = again(ledger, told)
    decide(ledger, row, verdict, reason=reason, until="2026-12-01" if verdict == "deferred" else None)
    return row


def merged(ledger, **names):
    """Records that go by other names from now on, in the order of the merges."""
    for number, (old, new) in enumerate(names.items()):
        by_hand(
            ledger,
            "INSERT INTO alias (old, new, at) VALUES (:old, :new, :at)",
            old=f"hubspot:contact:{old.strip('_')}",
            new=f"hubspot:contact:{new}",
            at=after(number).replace(tzinfo=None).isoformat(" "),
        )


def stands(ledger):
    return sorted((row.state, row.version) for row in everything(ledger))


PHONE = Evidence("phone", 0.5, "The phone numbers are equal.")
STREET = Evidence("street", 2.0, "They live in one house.")
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


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        pytest.param("Not the same person", [("hubspot:contact:1", "shopify:customer:5")], id="the-reason"),
        pytest.param("not the  same person: twins", [("hubspot:contact:1", "shopify:customer:5")], id="and-more"),
        pytest.param("They like both addresses", [], id="another-reason"),
        pytest.param("Perhaps not the same person", [], id="perhaps"),
    ],
)
def test_who_was_judged_not_to_be_the_same_person_is_told(ledger, reason, told):
    decided(ledger, mismatch("1"), "rejected", reason)
    assert apart.pairs(ledger, HERE) == told
    assert apart.table(ledger, HERE).to_pydict() == {
        "left": [one for one, _ in told],
        "right": [other for _, other in told],
    }


@pytest.mark.parametrize(
    ("accounts", "told"),
    [
        pytest.param(HERE, True, id="here"),
        pytest.param({"shopify": "b" * 16}, True, id="a-platform-is-left-out"),
        pytest.param(HERE | {"hubspot": "d" * 16}, False, id="another-account"),
    ],
)
def test_people_are_kept_apart_by_their_names_of_today_in_the_account_that_was_judged(ledger, accounts, told):
    decided(ledger, mismatch("1"), "rejected", apart.REASON)
    merged(ledger, _1="3")
    assert apart.pairs(ledger, accounts) == ([("hubspot:contact:3", "shopify:customer:5")] if told else [])


def test_people_are_no_longer_kept_apart_once_somebody_decides_otherwise(ledger):
    row = decided(ledger, mismatch("1"), "rejected", apart.REASON)
    file(ledger, mismatch("1", PHONE, STREET))
    decide(ledger, again(ledger, row))
    assert apart.pairs(ledger, HERE) == []


def test_an_order_is_nobody_to_be_kept_apart(ledger):
    told = replace(mismatch("1"), subject=Ref.parse("shopify:order:9"))
    decided(ledger, told, "rejected", apart.REASON)
    assert apart.pairs(ledger, HERE) == []


def test_what_touches_a_record_that_was_not_seen_as_we_left_it_is_neither_raised_nor_changed_nor_closed(ledger):
    decided(ledger, mismatch("1"), "rejected")
    merged(ledger, _1="3")
    alone = {Ref.parse("hubspot:contact:3")}
    assert file(ledger, left_alone=alone) == Filed()
    assert file(ledger, mismatch("3", STREET), mismatch("7"), left_alone=alone) == Filed(new=1)


def applied(ledger, outcome=FixState.APPLIED):
    file(ledger, mismatch("1"), night=NIGHT)
    row = again(ledger, mismatch("1"))
    decide(ledger, row)
    ends(ledger, fix_ids(row)[0], outcome)
    return own.writes(ledger, HERE)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [(FixState.APPLIED, 1), (FixState.UNKNOWN, 1), (FixState.STALE, 0), (FixState.REFUSED, 0), (FixState.FAILED, 0)],
)
def test_what_may_have_been_written_is_our_own(ledger, outcome, told):
    assert len(applied(ledger, outcome)) == told
    assert own.writes(ledger, HERE | {"hubspot": "d" * 16}) == []


CONTACT = Ref.parse("hubspot:contact:1")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("begun", "partly", "time", "told"),
    [
        pytest.param(NOW - DAY, {}, NOW - DAY, True, id="the-pull-began-before"),
        pytest.param(NOW + DAY, {}, NOW - DAY, False, id="everything-was-pulled-after"),
        pytest.param(NOW + DAY, {"hubspot": NOW - DAY}, NOW - DAY, True, id="the-change-has-not-come-by"),
        pytest.param(NOW + DAY, {"hubspot": NOW - DAY}, NOW, False, id="the-change-has-come-by"),
        pytest.param(NOW + DAY, {"hubspot": NOW + DAY}, NOW - DAY, False, id="everything-was-pulled-since"),
        pytest.param(NOW + DAY, {"shopify": NOW - DAY}, NOW - DAY, False, id="another-platform"),
        pytest.param(NOW + DAY, {"hubspot": NOW - DAY}, None, False, id="it-says-no-time"),
    ],
)
def test_a_record_is_left_alone_while_the_night_does_not_see_our_change_of_it(ledger, begun, partly, time, told):
    assert own.unseen(applied(ledger), begun, partly, {CONTACT: time}) == ({CONTACT} if told else set())


def contacts(email, updated_at, name="Ann"):
    one = Contact("hubspot", "contact", "1", email, first_name=name, updated_at=updated_at)
    other = Contact("shopify", "customer", "5", NEW, first_name="Ann", updated_at=NOW - DAY)
    return {"contacts": of_rows("contacts", [one, other])}


@pytest.mark.parametrize(
    ("then", "now", "updated_at", "told"),
    [
        pytest.param(OLD, NEW, NOW, (NEW, NEW, None), id="we-changed-it"),
        pytest.param(OLD, NEW.upper(), NOW, (NEW.upper(), NEW.upper(), None), id="spelled-by-the-platform"),
        pytest.param(OLD, NEW, NOW + DAY, (NEW, NEW, NOW + DAY), id="and-a-person-something-else"),
        pytest.param(OLD, "c@c.example", NOW + DAY, (OLD, "c@c.example", NOW + DAY), id="and-a-person-after-us"),
        pytest.param(OLD, OLD, NOW - DAY, (OLD, OLD, NOW - DAY), id="it-is-not-there-yet"),
        pytest.param("c@c.example", NEW, NOW + DAY, ("c@c.example", NEW, NOW + DAY), id="a-person-did-the-same-later"),
        pytest.param(NEW, NEW, NOW, (NEW, NEW, None), id="the-night-before-saw-it"),
    ],
)
def test_our_own_change_is_not_taken_for_a_persons(ledger, then, now, updated_at, told):
    tables = Tables.of_arrow(contacts(now, updated_at), Tables.of_arrow(contacts(then, NOW - DAY)))
    try:
        seen = own.without_echo(tables, own.table(applied(ledger)))
        before, after_ = (
            {row["id"]: row for row in each.contacts.to_pyarrow().to_pylist()} for each in (seen.before, seen)
        )
        assert (before["1"]["email"], after_["1"]["email"], after_["1"]["updated_at"]) == told
        assert (before["5"]["email"], after_["5"]["updated_at"]) == (NEW, NOW - DAY)
        assert seen.contacts.schema() == tables.contacts.schema()
        assert seen.before.contacts.schema() == tables.before.contacts.schema()
    finally:
        tables.close()
