"""What a page says of options that nobody chose, and to whoever has chosen one already."""

from __future__ import annotations

import pytest

from include.model import FixState, Option
from include.review import words
from tests.review.page import Seen
from tests.store.cases import a_finding, again, decide, ends, filed, fix_ids, merge, set_email

TWO = (Option("use the new address", (set_email(),)), Option("use the old one", (set_email("shopify:customer:1"),)))


def tables(reader, row) -> list[bool]:
    """Of each option, whether it says what came of its changes."""
    page = reader.get(f"/findings/{row.id}").text
    return ["Outcome</th>" in part for part in page.split('<div class="option">')[1:]]


def chosen(reader, row) -> list[bool]:
    page = Seen(reader.get(f"/findings/{row.id}").text)
    return ["checked" in attrs for tag, attrs in page.tags if tag == "input" and attrs.get("name") == "option"]


@pytest.mark.parametrize(
    ("verdict", "said", "told", "marked"),
    [
        pytest.param("approved", {"option": 0}, [True, False], [True, False], id="the first"),
        pytest.param("approved", {"option": 1}, [False, True], [False, True], id="the second"),
        pytest.param("rejected", {"reason": "no"}, [False, False], [False, False], id="none"),
    ],
)
def test_only_what_was_approved_is_said_to_wait_for_being_applied(ann, sqlite_ledger, verdict, said, told, marked):
    row = filed(sqlite_ledger, a_finding(*TWO))
    assert (tables(ann, row), chosen(ann, row)) == ([False, False], [True, False])
    decide(sqlite_ledger, row, verdict, **said)
    assert (tables(ann, row), chosen(ann, row)) == (told, marked)


def test_what_came_of_a_change_stays_told(ann, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding(*TWO))
    decide(sqlite_ledger, row, option=1)
    ends(sqlite_ledger, fix_ids(again(sqlite_ledger, row), 1)[0], FixState.APPLIED)
    assert again(sqlite_ledger, row).state == "settled"
    assert tables(ann, row) == [False, True]


def test_whoever_approved_first_is_not_asked_to_approve_once_more(ann, bob, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding(Option("merge", (merge(),))))
    decide(sqlite_ledger, row, reviewer="Ann")
    mine, theirs = (reader.get(f"/findings/{row.id}").text for reader in (ann, bob))
    assert "You have approved this. Another person must agree" in mine
    assert "One person has approved this. A second one must agree" in theirs
    assert ['data-verdict="approved"' in page for page in (mine, theirs)] == [False, True]
    assert ['data-verdict="rejected"' in page for page in (mine, theirs)] == [True, True]


@pytest.mark.parametrize("state", words.STATES)
def test_each_list_says_what_it_is_a_list_of(ann, state):
    assert Seen(ann.get(f"/?state={state}").text).all("<h1>") == [words.LISTS[state]]
