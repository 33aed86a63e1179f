"""A search finds who is called so, by any word of names, addresses and references, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from include.store.dossiers import Dossier
from include.store.ledger import Ledger
from include.store.listing import LONGEST_SEARCH, MOST_WORDS
from tests.store.cases import a_finding, again, decide
from tests.store.test_listing import found, named

PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@first.example", "company": "100 % pure_ltd"},
    "jose": {"first_name": "José", "last_name": "MÜLLER-Weiß", "email": "jose@first.example", "phone": "+49 30 1234"},
    "odd": {"first_name": "O'Hara", "last_name": '"The \\ Duke"', "other_emails": ["ODD@second.example"]},
    "order": {"number": "#1001", "email": "guest@third.example"},
    "gone by": {"last_name": "Lovelace", "email": "by@first.example"},  # was rejected
}
OPEN = sorted(set(PEOPLE) - {"gone by"})


@pytest.fixture(scope="module")
def people(place) -> tuple[Ledger, dict[str, str]]:
    ledger = place("people")
    told = {name: a_finding(subject=f"hubspot:contact:{at}", others=()) for at, name in enumerate(PEOPLE, 1)}
    shown = {
        one.key: Dossier([{"ref": str(one.subject), **PEOPLE[name]}, {"ref": "shopify:customer:77"}])
        for name, one in told.items()
    }
    names = named(ledger, told, shown)
    decided = again(ledger, told["gone by"])
    decide(ledger, decided, "rejected", reason="no")
    return ledger, names


@pytest.mark.parametrize(
    ("sought", "names"),
    [
        pytest.param("lovelace", ["ada"], id="a-name"),
        pytest.param("LOVE", ["ada"], id="part-of-it-in-other-letters"),
        pytest.param("ada lovelace", ["ada"], id="two-words"),
        pytest.param("lovelace  \t ada", ["ada"], id="in-any-order"),
        pytest.param("lovelace jose", [], id="all-words-must-be-there"),
        pytest.param("ada@first.example", ["ada"], id="an-address"),
        pytest.param("first.EXAMPLE", ["ada", "jose"], id="part-of-an-address"),
        pytest.param("odd@second", ["odd"], id="a-further-address"),
        pytest.param("JOSÉ", ["jose"], id="an-accent"),
        pytest.param("müller", ["jose"], id="an-umlaut"),
        pytest.param("weiss", ["jose"], id="a-letter-that-is-folded"),
        pytest.param("30 1234", ["jose"], id="parts-of-a-number"),
        pytest.param("#1001", ["order"], id="the-number-of-an-order"),
        pytest.param("contact:2", ["jose"], id="a-reference"),
        pytest.param("hubspot:contact:2", ["jose"], id="a-whole-reference"),
        pytest.param("shopify:customer:77", OPEN, id="a-record-that-all-share"),
        pytest.param("email_mismatch", OPEN, id="a-rule"),
        pytest.param("o'hara", ["odd"], id="an-apostrophe"),
        pytest.param('"the', ["odd"], id="a-quote"),
        pytest.param("\\", ["odd"], id="a-backslash"),
        pytest.param("%", ["ada"], id="a-percent-sign-is-no-wildcard"),
        pytest.param("e_l", ["ada"], id="an-underscore-is-no-wildcard"),
        pytest.param("a%a", [], id="nor-between-letters"),
        pytest.param("' OR 1=1 --", [], id="no-statement"),
        pytest.param("\u202e", [], id="what-is-invisible"),
        pytest.param("\x00", [], id="a-character-that-databases-refuse"),
        pytest.param("\ud800", [], id="half-a-character"),
        pytest.param("", OPEN, id="nothing"),
        pytest.param("   ", OPEN, id="blanks"),
        pytest.param("ada " * MOST_WORDS + "nobody", ["ada"], id="words-beyond-the-eighth-are-not-asked-for"),
        pytest.param("a" * LONGEST_SEARCH + "nobody", [], id="a-very-long-word"),
    ],
)
def test_a_search_finds_who_is_called_so_and_nobody_else(people, sought, names):
    assert found(people, sought=sought) == names


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"state": "rejected"}, ["gone by"]), ({"state": "open"}, ["ada"]), ({"rule": "email_mismatch"}, ["ada"]),
        ({"rule": "orphaned_order"}, []), ({"platform": "shopify"}, []), ({"state": "settled"}, []),
    ],
)  # fmt: skip
def test_a_search_is_within_its_list(people, asked, names):
    assert found(people, sought="lovelace", **asked) == names
