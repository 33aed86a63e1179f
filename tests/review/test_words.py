"""The words a reviewer reads, case by case."""

from __future__ import annotations

from datetime import date

import pytest

from include.model import Action, FixState
from include.registry import names
from include.review import words
from include.store import findings
from tests.store.cases import a_finding, filed


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The record on bigcommerce was changed last.", "The record on BigCommerce was changed last."),
        ("hubspot refused: it asks us to wait", "HubSpot refused: it asks us to wait"),
        ("Neither whmcs, cpanel nor whois.", "Neither WHMCS, cPanel nor WHOIS."),
        ("Ask help@shopify.com or hubspot@example.org.", "Ask help@shopify.com or hubspot@example.org."),
        ("Read shopify.dev and hubspot:contact:1.", "Read shopify.dev and hubspot:contact:1."),
        ("myshopify is another word", "myshopify is another word"),
    ],
)  # fmt: skip
def test_platforms_are_spelled_as_their_vendors_do(said, shown):
    assert words.spelled(said) == shown


def test_every_platform_of_ours_has_its_vendors_spelling():
    assert set(names("platforms")) <= set(words.PLATFORMS)
    assert {name: word.lower() for name, word in words.PLATFORMS.items()} == {name: name for name in words.PLATFORMS}


def test_every_action_and_every_outcome_has_words():
    assert set(words.ACTIONS) == set(Action)
    assert set(words.OUTCOMES) == {str(state) for state in FixState}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("Ünïcode 👨‍👩‍👧", "Ünïcode 👨‍👩‍👧", id="letters"),
        pytest.param("a\u202eb", "a⟨U+202E⟩b", id="turned around"),
        pytest.param("a\x00b", "a⟨U+0000⟩b", id="nothing"),
        pytest.param("a\u200bb", "a⟨U+200B⟩b", id="invisible"),
        pytest.param("\ud800", "⟨U+D800⟩", id="half a character"),
        pytest.param("two\nlines", "two\nlines", id="lines"),
        pytest.param("x" * 4001, "x" * 4000 + " … and 1 more characters", id="too long"),
        pytest.param(7, 7, id="a number"),
        pytest.param(None, None, id="nothing to show"),
    ],
)
def test_what_is_hidden_in_a_text_is_named(said, shown):
    assert words.plain(said) == shown


def test_an_address_may_be_folded_at_its_sign_and_nothing_in_it_is_markup():
    assert words.foldable("<b>@x\u202e") == "&lt;b&gt;@<wbr>x⟨U+202E⟩"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (None, "(none)"),
        ("", "(none)"),
        ([], "(none)"),
        (["a@a.example", "b@b.example"], "a@a.example, b@b.example"),
        ("hubspot:contact:12", "HubSpot contact 12"),
        ("shopify:order:a:b", "Shopify order a:b"),
        ("10:30:00", "10:30:00"),
        (True, "True"),
    ],
)
def test_a_value_reads_as_text(said, shown):
    assert words.value(said) == shown


@pytest.mark.parametrize(
    ("action", "before", "after", "told"),
    [
        pytest.param("set_email", {"email": "a@a"}, {"email": "b@b"}, [("Address", "a@a", "b@b")], id="an address"),
        pytest.param(
            "set_name",
            {"first_name": "Ada", "last_name": "King"},
            {"first_name": "Ada", "last_name": "Lovelace"},
            [("Last name", "King", "Lovelace")],
            id="only the name that changes",
        ),
        pytest.param(
            "attach", {"contact": None}, {"contact": "shopify:customer:7"},
            [("Belongs to", "(none)", "Shopify customer 7")], id="an order",
        ),
        pytest.param("add_note", {"note": None}, {"note": "m", "text": "t"}, [("Note", "", "t")], id="a note's text"),
        pytest.param(
            "merge",
            {"duplicate": "hubspot:contact:2", "email": "a@a", "duplicate_email": "b@b"},
            {"duplicate": None, "email": "a@a", "duplicate_email": None},
            [
                ("Goes into this contact", "HubSpot contact 2", "merged"),
                ("Main address", "a@a", "a@a"),
                ("Duplicate's address", "b@b", "additional"),
            ],
            id="a merge",
        ),
        pytest.param(
            "merge",
            {
                "duplicate": "shopify:customer:2",
                "email": "a@a",
                "duplicate_email": "b@b",
                "orders": {"shopify:order:9": {"contact": "shopify:customer:2", "email": "b@b"}},
            },
            {
                "duplicate": None,
                "email": "a@a",
                "duplicate_email": None,
                "orders": {"shopify:order:9": {"contact": "shopify:customer:1", "email": "a@a"}},
            },
            [
                ("Goes into this contact", "Shopify customer 2", "merged"),
                ("Main address", "a@a", "a@a"),
                ("Duplicate's address", "b@b", "given up"),
                ("Address of Shopify order 9", "b@b", "a@a"),
            ],
            id="a merge that moves orders and writes another address into them",
        ),
    ],
)  # fmt: skip
def test_a_fix_reads_as_what_changes(action, before, after, told):
    lines = words.changes(action, before, after)
    assert [(line["field"], line["before"], line["after"]) for line in lines] == told


def test_whoever_is_told_by_mail_is_named_once():
    both = {"action": "set_email", "before": {"email": "a@a"}, "after": {"email": "b@b"}}
    first = {"action": "set_email", "before": {"email": None}, "after": {"email": "b@b"}}
    other = {"action": "set_name", "before": {"email": "c@c"}, "after": {}}
    assert words.mailed([both, first, other, both]) == ["a@a", "b@b"]


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(1.0, "very likely"), (0.99, "very likely"), (0.989, "likely"), (0.9, "likely"), (0.899, "possible"),
     (0.5, "possible"), (0.499, "doubtful"), (0.0, "doubtful")],
)  # fmt: skip
def test_confidence_is_a_word(confidence, word):
    assert words.strength(confidence) == word


@pytest.mark.parametrize(
    ("first_night", "told"),
    [("2026-11-05", "tonight"), ("2026-11-06", "tonight"), ("2026-11-04", "1 day"), ("2026-10-05", "31 days")],
)
def test_an_age_is_counted_in_days(first_night, told):
    assert words.age(first_night, date(2026, 11, 5)) == told


def test_every_rule_is_a_tab_with_its_first_sentence():
    assert tuple(words.rules()) == (*names("rules"), "requested_email_change", "undo")
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in words.rules().values())


def test_the_states_of_the_ledger_all_have_words(sqlite_ledger):
    filed(sqlite_ledger, a_finding())
    filed(sqlite_ledger, a_finding(subject="hubspot:contact:2"), night="2026-11-02")
    states = {state for by_state in findings.counts(sqlite_ledger).values() for state in by_state}
    assert states == {"open", "gone"}
    assert states <= set(words.STATES)


@pytest.mark.parametrize(
    ("consent", "told"),
    [
        pytest.param({}, "none is written down: until then the registrar is not asked", id="outstanding"),
        pytest.param({"consent": "ticket 17 (whois:domain:3)"}, "ticket 17 (whois:domain:3)", id="given"),
    ],
)
def test_a_registrant_s_new_address_is_shown_with_its_consent_and_what_it_sets_off(consent, told):
    after = {"email": "b@x.example", "transfer_lock_days": 60, "verification_days": 15, **consent}
    address, agreed, sets_off = words.changes("set_email", {"email": "a@x.example"}, after)
    assert (address["before"], address["after"]) == ("a@x.example", "b@x.example")
    assert (agreed["field"], agreed["after"]) == ("Client's consent", told)
    assert "within 15 days" in sets_off["after"]
    assert "for 60 days" in sets_off["after"]
    of_a_country = words.changes("set_email", {"email": "a@x.example"}, {**after, "domain": "ann.de"})
    assert "registry has rules of its own" in of_a_country[-1]["after"]
