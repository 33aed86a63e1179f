"""Spellings of one address, name and number are equal; different ones stay different."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.people import addresses, companies, domains, names, phones

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("Ann@Example.com", "ann@example.COM", id="case"),
        pytest.param(" ann@example.com ", "ann@example.com", id="blanks-around"),
        pytest.param("ann.lee@gmail.com", "annlee@gmail.com", id="dots-at-gmail"),
        pytest.param("annlee@googlemail.com", "annlee@gmail.com", id="gmail-by-its-other-name"),
        pytest.param("ann+shop@gmail.com", "ann@gmail.com", id="tag-where-it-is-dropped"),
        pytest.param("ann@bücher.example", "ann@xn--bcher-kva.example", id="a-domain-in-its-two-forms"),
    ],
)
def test_two_spellings_of_one_mailbox_are_equal(left, right):
    assert addresses.normal(left).key == addresses.normal(right).key


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("ann.lee@example.com", "annlee@example.com", id="dots-elsewhere"),
        pytest.param("ann+shop@example.com", "ann@example.com", id="tag-elsewhere"),
        pytest.param("ann@gmail.com", "ann@gmail.co", id="a-typo-of-the-domain"),
        pytest.param("ann@example.com", "anne@example.com", id="a-typo-of-the-name"),
        pytest.param("ann@example.com", "\u0430nn@example.com", id="a-look-alike-letter"),
        pytest.param("ann@example.com", "ann@ex\u0430mple.com", id="a-look-alike-domain"),
        pytest.param("ann@example.com", "ann@xn--exmple-4nf.com", id="a-look-alike-domain-in-ascii"),
    ],
)
def test_different_mailboxes_stay_different(left, right):
    assert addresses.normal(left).key != addresses.normal(right).key


@pytest.mark.parametrize("text", [None, "", "  ", "nobody", "a@", "@b.example", "a@b@c.example", "a b@example.com"])
def test_what_is_no_address_has_no_normal_form(text):
    assert addresses.normal(text) is None


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("info@shop.example", True),
        ("SALES+de@shop.example", True),
        ("no-reply@shop.example", True),
        ("ann@info.example", False),
        ("information@shop.example", False),
    ],
)
def test_role_mailboxes_are_known(text, role):
    assert addresses.normal(text).role is role


@given(st.text(max_size=80))
def test_any_text_has_a_stable_normal_form_or_none(text):
    found = addresses.normal(text)
    assert found is None or addresses.normal(found.key) == found


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not here")
def test_addresses_the_corpus_holds_for_valid_are_known_and_none_raises():
    cases = json.loads((CORPORA / "email_validator" / "cases.json").read_text("utf-8"))
    texts = [text for case in cases if isinstance(case, dict) for text in case.values() if isinstance(text, str)]
    assert len(texts) > 50
    for text in texts:
        addresses.normal(text)


@pytest.mark.parametrize(
    ("left", "right", "agreed"),
    [
        pytest.param(("Ann", "Lee"), ("ANN", "lee"), True, id="case"),
        pytest.param(("José", "Núñez"), ("Jose", "Nunez"), True, id="accents"),
        pytest.param(("Søren", "Ørsted"), ("Soren", "Orsted"), True, id="letters-that-do-not-decompose"),
        pytest.param(("Dr. Ann", "Lee PhD"), ("Ann", "Lee"), True, id="titles-and-degrees"),
        pytest.param(("Bill", "O'Brien"), ("William", "OBrien"), True, id="nickname-and-apostrophe"),
        pytest.param(("A.", "Lee"), ("Ann", "Lee"), True, id="an-initial"),
        pytest.param(("Lee", "Ann"), ("Ann", "Lee"), True, id="the-wrong-way-round"),
        pytest.param(("Ann", None), ("Ann", "Lee"), True, id="no-last-name"),
        pytest.param(("Ann", "Lee"), ("Bob", "Lee"), False, id="a-household"),
        pytest.param(("Ann", "Lee"), ("Ann", "Low"), False, id="another-family"),
        pytest.param(("John", "Roe Sr."), ("John", "Roe Jr."), False, id="father-and-son"),
        pytest.param(("John", "Roe Senior"), ("John", "Roe sr"), True, id="one-suffix-in-two-spellings"),
        pytest.param(("V.", "Lee"), ("Victor", "Lee"), True, id="an-initial-that-is-a-numeral-too"),
        pytest.param(("Lee, Ann", None), ("Ann", "Lee"), True, id="the-whole-name-in-one-field"),
        pytest.param(("Ann", "van den Berg"), ("Ann", "Vandenberg"), True, id="written-in-one-word"),
        pytest.param(("John Allen", "Roe"), ("John Robert", "Roe"), False, id="two-middle-names"),
        pytest.param(("John A.", "Roe"), ("John Allen", "Roe"), True, id="a-middle-initial"),
        pytest.param(("John", "Roe Jr."), ("John", "Roe"), None, id="a-father-seldom-bears-a-suffix"),
        pytest.param(("Ann", "Smith-Jones"), ("Ann", "Smith"), None, id="a-part-of-a-double-name"),
        pytest.param(("Jennifer", "Null"), ("Jenny", "Null"), True, id="a-name-that-looks-like-none"),
        pytest.param(("Test", "User"), ("Test", "User"), None, id="what-fills-a-field"),
        pytest.param(("N/A", None), ("n/a", None), None, id="what-says-that-there-is-none"),
        pytest.param(("Unknown", "Lee"), ("Ann", "Lee"), None, id="no-first-name-but-a-word"),
        pytest.param((None, None), ("Ann", "Lee"), None, id="nothing-known"),
        pytest.param(("", "Lee"), ("Ann", "Lee"), None, id="no-first-name"),
    ],
)
def test_names_agree_or_they_do_not(left, right, agreed):
    one, other = names.normal(*left), names.normal(*right)
    assert names.agree(one, other) is agreed
    assert names.agree(other, one) is agreed


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_name_always_agrees_with_itself(first, last):
    name = names.normal(first, last)
    assert names.agree(name, name) is not False


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+1 (503) 234-8761", "+15032348761"),
        ("503.234.8761", "+15032348761"),
        ("503-234-8761 ext. 12", "+15032348761;ext=12"),
        ("+44 20 7946 0018", "+442079460018"),
        ("555 555 5555", None),
        ("123-456-7890", None),
        ("0000000", None),
        ("000-000-0000", None),
        ("503 555 5555", None),
        ("234-8761", None),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("call me", None),
        ("", None),
        (None, None),
    ],
)
def test_numbers_are_compared_in_one_form_and_fillers_are_none(text, number):
    assert phones.normal(text, "US") == number


@pytest.mark.parametrize(
    ("text", "looks_like"),
    [
        ("ann.lee@gmial.com", "annlee@gmail.com"),
        ("ann@hotmail.con", "ann@hotmail.com"),
        ("ann@gnail.con", "ann@gmail.com"),
        ("ann@acme.con", "ann@acme.com"),
        ("\u0430nn@example.com", "ann@example.com"),
        ("ann@\u0435xample.com", "ann@example.com"),
        ("ann@example.com", None),
        ("ann@ymail.com", None),
        ("ann@b\u00fccher.example", None),
        ("\u043e\u043b\u044c\u0433\u0430@example.com", None),
    ],
)
def test_what_looks_like_another_address_says_so_and_stays_its_own(text, looks_like):
    found = addresses.normal(text)
    assert found.looks_like == looks_like
    assert found.key != looks_like


@pytest.mark.parametrize("text", ["mailto:ann@b.example", "Ann Lee <ann@b.example>", "\u200bann@b.example\ufeff"])
def test_what_an_address_was_copied_with_is_no_part_of_it(text):
    assert addresses.normal(text).key == "ann@b.example"


@pytest.mark.parametrize(
    ("text", "site"), [("ann@acme.example", "acme.example"), ("ann@gmail.com", None), ("ann@yopmail.com", None)]
)
def test_a_domain_speaks_for_a_company_only_where_nobody_else_is_served(text, site):
    assert addresses.normal(text).site == site


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not here")
def test_misspelled_domains_of_the_corpus_are_known():
    pairs = json.loads((CORPORA / "mailcheck_typos" / "pairs.json").read_text("utf-8"))
    meant = {pair["typo"].lower().rpartition("@")[2]: pair["intended_domain"] for pair in pairs}
    told = {domain: domains.facts(domain).typo_of for domain in meant}
    # Guesses about domains that exist, which only an edit distance can make, and a character that is none of a domain
    differ = {"emaildomain.co", "mail.randomsmallcompany.cmo", "#gmail.com"}
    assert {domain for domain in meant if told[domain] != meant[domain]} == differ


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Acme, Inc.", "ACME"),
        ("The Acme Company", "acme co"),
        ("M\u00fcller GmbH & Co. KG", "Muller"),
        ("A & B", "A and B"),
    ],
)
def test_two_spellings_of_one_company_are_equal(left, right):
    assert companies.normal(left) == companies.normal(right) is not None


@pytest.mark.parametrize("text", [None, "", "-", "N/A", "none", "Self-Employed"])
def test_what_names_no_company_has_no_normal_form(text):
    assert companies.normal(text) is None
