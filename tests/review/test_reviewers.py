"""Over HTTP: who is no reviewer reads and decides nothing, and who is too fast is told when to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from include.settings import settings
from include.store.schema import decision
from tests.store.cases import a_finding, again, decide, filed, rows


@pytest.fixture(autouse=True)
def fresh_settings():
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_who_is_not_on_the_list_reads_and_decides_nothing(ann, bob, sqlite_ledger, monkeypatch):
    monkeypatch.setenv("ROLLCALL_REVIEWERS", "bob")
    row = filed(sqlite_ledger, a_finding())
    answer = ann.decide(row)
    assert (answer.status_code, answer.json()["kind"]) == (403, "NotReviewer")
    assert ann.get(f"/findings/{row.id}").status_code == 200
    assert rows(sqlite_ledger, decision) == []
    assert bob.decide(row).status_code == 200


def test_an_approval_too_soon_after_another_says_so(ann, bob, sqlite_ledger):
    told = [a_finding(subject=f"hubspot:contact:{number}") for number in range(3)]
    filed(sqlite_ledger, *told)
    rows_ = [again(sqlite_ledger, one) for one in told]
    now = datetime.now(UTC)
    for row, reviewer, seconds in zip(rows_, ("ann", "Ann", "bob"), (0, 1.9, 2.0), strict=True):
        decide(sqlite_ledger, row, reviewer=reviewer, now=now + timedelta(seconds=seconds))
    flagged = ["Within 2 seconds" in bob.get(f"/findings/{row.id}").text for row in rows_]
    assert flagged == [False, True, False]


def test_who_is_too_fast_is_told_when_to_go_on(ann, bob, sqlite_ledger, monkeypatch):
    monkeypatch.setenv("ROLLCALL_APPROVALS_PER_MINUTE", "1")
    told = [a_finding(subject=f"hubspot:contact:{number}") for number in range(2)]
    filed(sqlite_ledger, *told)
    first, second = (again(sqlite_ledger, one) for one in told)
    assert ann.decide(first).status_code == 200
    answer = ann.decide(second)
    assert (answer.status_code, answer.json()["kind"]) == (429, "TooFast")
    assert "Within a minute one person may approve 1, and you have approved 1." in answer.json()["detail"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert again(sqlite_ledger, second).state == "open"
    assert bob.decide(second).status_code == 200


def test_while_nobody_is_named_every_page_says_what_to_set_and_nothing_is_decided(ann, sqlite_ledger, monkeypatch):
    row = filed(sqlite_ledger, a_finding())
    pages = ["/", f"/findings/{row.id}", "/requests", "/requests/new", "/people", "/nights", "/caps"]
    assert [path for path in pages if "Nobody may decide yet" in ann.get(path).text] == []
    monkeypatch.setenv("ROLLCALL_REVIEWERS", "")
    settings.cache_clear()
    assert [path for path in pages if "set ROLLCALL_REVIEWERS to the Airflow names" in ann.get(path).text] == pages
    answer = ann.decide(row)
    assert (answer.status_code, answer.json()["kind"]) == (403, "NotReviewer")
    assert "Nobody may decide yet" in answer.json()["detail"]
    assert rows(sqlite_ledger, decision) == []
