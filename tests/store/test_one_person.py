"""One person under several spellings of a name: nobody is a second person by the letters that a name is written in."""

from __future__ import annotations

import unicodedata

import pytest
import sqlalchemy as sa

from include.errors import NotAllowed, NotReviewer
from include.model import Option
from include.settings import settings
from include.store import fixes, requests, reviewing, undone
from include.store.schema import decision
from tests.store.cases import NOW, a_finding, approved, decide, filed, merge

ONE = [
    pytest.param("ann", " ANN", id="letters' case"),
    pytest.param("strauß", "STRAUSS", id="a sharp s"),
    pytest.param(unicodedata.normalize("NFC", "josé"), unicodedata.normalize("NFD", "José"), id="an accent apart"),
    pytest.param("ann", "\uff41\uff4e\uff4e", id="full width"),
    pytest.param("finn", "\ufb01nn", id="a ligature"),
    pytest.param("anne", "ann\U0001d41e", id="a mathematical letter"),
    pytest.param("ann", "a\u200bnn", id="a space of no width"),
    pytest.param("ann", "ann\u034f", id="a joiner of marks"),
    pytest.param("ann", "ann\ufe0f", id="a choice of glyph"),
    pytest.param("ann", "\u3164ann\u115f", id="fillers"),
    pytest.param("ann", "ann\u17b4\uffa0", id="an inherent vowel"),
    pytest.param("josé", "Jose\u200d\u0301", id="a joiner before the accent"),
    pytest.param("ann", "\u2060ann\u00a0", id="spaces around"),
]


@pytest.fixture(autouse=True)
def fresh_settings():
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(("one", "other"), ONE)
def test_whoever_approved_a_merge_is_no_second_person_for_it(ledger, one, other):
    row = filed(ledger, a_finding(Option("merge", (merge(),))))
    assert decide(ledger, row, reviewer=one) == "half_approved"
    with pytest.raises(NotAllowed, match="you approved it first"):
        decide(ledger, row, reviewer=other)
    assert decide(ledger, row, reviewer="eve") == "approved"


@pytest.mark.parametrize(("one", "other"), ONE)
def test_whoever_asked_for_something_is_who_asked_for_it(ledger, one, other):
    row = approved(ledger)
    requests.add(ledger, [{"client": "11", "new_address": "new@b.example"}], one)
    requests.move(ledger, 1, ["waiting"], "filed", finding_id=row.id)
    with ledger.write() as connection:
        undone.asked(connection, row.id, row.id, one, "a mistake", NOW)
        for who, asked in ((other, True), ("eve", False)):
            assert requests.asked_by(connection, row.id, who) is asked
            assert undone.asked_by(connection, row.id, who) is asked


@pytest.mark.parametrize(("one", "other"), ONE)
def test_a_request_is_narrowed_down_by_whoever_took_it_down(ledger, one, other):
    requests.add(ledger, [{"client": "11", "new_address": "new@b.example"}], one)
    requests.move(ledger, 1, ["waiting"], "choose", found={"candidates": [{"ref": "whmcs:client:11"}]})
    with pytest.raises(NotAllowed, match="Only who took the request down"):
        requests.choose(ledger, 1, "whmcs:client:11", "eve")
    requests.choose(ledger, 1, "whmcs:client:11", other)


@pytest.mark.parametrize(("one", "other"), ONE)
def test_two_approvals_in_the_table_by_one_person_are_one(ledger, one, other):
    row = approved(ledger, Option("merge", (merge(),)), reviewers=(one, "eve"))
    with ledger.write() as connection:
        connection.execute(sa.update(decision).where(decision.c.reviewer == "eve").values(reviewer=other))
    (option,) = fixes.approved(ledger)
    assert (option.approvals, option.needed, option.finding_id) == (1, 2, row.id)
    assert reviewing.pace(ledger, other, NOW) == (2, 2)


@pytest.mark.parametrize(("one", "other"), ONE)
def test_no_other_spelling_of_a_listed_login_decides(ledger, one, other, monkeypatch):
    monkeypatch.setenv("ROLLCALL_REVIEWERS", f"bob, {one}")
    assert reviewing.may_decide(one)
    assert not reviewing.may_decide(other)
    with pytest.raises(NotReviewer, match="letter for letter"):
        reviewing.require_reviewer(other)


def test_a_listed_login_may_be_written_in_either_of_unicodes_normal_forms(monkeypatch):
    monkeypatch.setenv("ROLLCALL_REVIEWERS", unicodedata.normalize("NFD", "josé"))
    assert reviewing.may_decide(unicodedata.normalize("NFC", "josé "))
