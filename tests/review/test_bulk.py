"""Deciding on equal findings together: each by itself, what does not hold is refused and named, the others stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.model import Finding, Option
from include.review.parts.bulk import MOST
from include.store import findings
from include.store.findings import FindingRow
from include.store.ledger import Ledger
from include.store.schema import decision
from tests.review.page import Reader, app_over
from tests.store.cases import NEXT_NIGHT, NIGHT, a_finding, again, at_once, decide, merge, rows, set_email, tally

LATER = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
YESTERDAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()


def one_of(number: int, *options: Option) -> Finding:
    ref = f"hubspot:contact:{number}"
    return a_finding(*(options or (Option("use it", (set_email(ref),)),)), subject=ref, others=())


def equals(ledger: Ledger, number: int = 3) -> list[FindingRow]:
    told = [one_of(at) for at in range(number)]
    findings.file(ledger, told, NIGHT)
    return [again(ledger, one) for one in told]


def listed(row: FindingRow, option: int | None = 0) -> dict[str, Any]:
    """A finding as the list sends it."""
    return {"id": row.id, "version": row.version, "option_hash": None if option is None else row.options[option].hash}


def ask(reader: Reader, told: list[dict[str, Any]], verdict: str = "approved", **said: Any) -> Any:
    body = {"verdict": verdict, "findings": told, **said}
    return reader.ask("POST", "/api/decisions", reader.signature(), json=body)


def decided(ledger: Ledger) -> list[tuple[Any, ...]]:
    return rows(ledger, decision, "verdict", "reviewer", "reason", "until")


@pytest.mark.parametrize(
    ("verdict", "said", "kept"),
    [
        pytest.param("approved", {}, (None, None), id="approved"),
        pytest.param("approved", {"reason": "it is so"}, ("it is so", None), id="approved-with-a-reason"),
        pytest.param("rejected", {"reason": " no "}, ("no", None), id="rejected"),
        pytest.param("deferred", {"until": LATER}, (None, LATER), id="deferred"),
        pytest.param("deferred", {"until": LATER, "reason": "moving"}, ("moving", LATER), id="deferred-with-a-reason"),
        pytest.param("rejected", {"reason": "no", "until": LATER}, ("no", None), id="a-day-is-only-kept-to-defer"),
    ],
)
def test_equal_findings_are_decided_each_by_itself(ledger, verdict, said, kept):
    told = equals(ledger)
    answer = ask(Reader(ledger), [listed(row) for row in told], verdict, **said)
    assert (answer.status_code, answer.json()) == (
        200,
        {"took": 3, "not": 0, "findings": [{"id": row.id, "state": verdict, "why": None} for row in told]},
    )
    assert decided(ledger) == [(verdict, "ann", *kept)] * 3
    assert {again(ledger, row).state for row in told} == {verdict}
    assert {again(ledger, row).until for row in told} == {kept[1]}


def approved_elsewhere(ledger: Ledger, row: FindingRow) -> None:
    decide(ledger, row, reviewer="bob", now=datetime.now(UTC))


def rejected_elsewhere(ledger: Ledger, row: FindingRow) -> None:
    decide(ledger, row, "rejected", reviewer="bob", reason="no")


def has_changed(ledger: Ledger, row: FindingRow) -> None:
    findings.file(ledger, [one_of(0), one_of(1, Option("use it", (set_email("hubspot:contact:1", was="c@c.example"),))),
                           one_of(2)], NEXT_NIGHT)  # fmt: skip


def offers_something_else(ledger: Ledger, row: FindingRow) -> None:
    findings.file(ledger, [one_of(0), one_of(1, Option("merge", (merge(),))), one_of(2)], NEXT_NIGHT)


def is_gone(ledger: Ledger, row: FindingRow) -> None:
    findings.file(ledger, [one_of(0), one_of(2)], NEXT_NIGHT)


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        pytest.param(approved_elsewhere, "is approved already", id="another-has-approved-it"),
        pytest.param(rejected_elsewhere, "is rejected already", id="another-has-rejected-it"),
        pytest.param(has_changed, "has changed since it was shown", id="it-has-changed"),
        pytest.param(offers_something_else, "has changed since it was shown", id="it-is-no-longer-equal"),
        pytest.param(is_gone, "is gone already", id="it-is-gone"),
    ],
)
@pytest.mark.parametrize("verdict", ["approved", "rejected", "deferred"])
def test_one_that_went_stale_is_refused_and_named_and_the_others_stand(ledger, meanwhile, why, verdict):
    first, stale, last = equals(ledger)
    meanwhile(ledger, stale)
    before = decided(ledger)
    told = ask(Reader(ledger), [listed(row) for row in (first, stale, last)], verdict, reason="so", until=LATER).json()
    assert (told["took"], told["not"]) == (2, 1)
    assert [(one["id"], one["state"]) for one in told["findings"]] == [
        (first.id, verdict), (stale.id, None), (last.id, verdict)
    ]  # fmt: skip
    assert why in told["findings"][1]["why"]
    assert len(decided(ledger)) == len(before) + 2


def test_one_that_nobody_filed_is_refused_and_the_others_stand(ann, sqlite_ledger):
    (row,) = equals(sqlite_ledger, 1)
    told = ask(ann, [{"id": "0" * 16, "version": 1}, listed(row)], "rejected", reason="so").json()
    assert [one["state"] for one in told["findings"]] == [None, "rejected"]
    assert "There is no finding" in told["findings"][0]["why"]


def test_an_approval_is_bound_to_the_fixes_of_each(ann, sqlite_ledger):
    first, second = equals(sqlite_ledger, 2)
    swapped = [listed(first) | {"option_hash": second.options[0].hash}, listed(second)]
    told = ask(ann, swapped).json()
    assert [one["state"] for one in told["findings"]] == [None, "approved"]
    assert "no such option" in told["findings"][0]["why"]


def test_what_needs_two_people_goes_by_half(ann, bob, sqlite_ledger):
    told = [one_of(at, Option("merge", (merge(f"hubspot:contact:{at}", "9"),))) for at in range(2)]
    findings.file(sqlite_ledger, told, NIGHT)
    found = [listed(again(sqlite_ledger, one)) for one in told]
    assert [one["state"] for one in ask(ann, found).json()["findings"]] == ["half_approved"] * 2
    refused = ask(ann, found).json()
    assert (refused["took"], refused["not"]) == (0, 2)
    assert "a second person" in refused["findings"][0]["why"]
    assert [one["state"] for one in ask(bob, found).json()["findings"]] == ["approved"] * 2


@pytest.mark.parametrize(
    ("verdict", "said", "why"),
    [
        pytest.param("approved", {}, "which option", id="approved-without-an-option"),
        pytest.param("rejected", {"reason": " "}, "needs a reason", id="rejected-without-a-reason"),
        pytest.param("deferred", {}, "until which date", id="deferred-without-a-day"),
        pytest.param("deferred", {"until": YESTERDAY}, "in the future", id="deferred-until-yesterday"),
    ],
)
def test_what_lacks_something_decides_nothing(ann, sqlite_ledger, verdict, said, why):
    told = ask(ann, [listed(row, None) for row in equals(sqlite_ledger)], verdict, **said).json()
    assert (told["took"], told["not"]) == (0, 3)
    assert all(why in one["why"] for one in told["findings"])
    assert decided(sqlite_ledger) == []


def different(ledger: Ledger) -> list[dict[str, Any]]:
    told = [one_of(1), one_of(2, Option("merge", (merge("hubspot:contact:2"),)))]
    findings.file(ledger, told, NIGHT)
    return [listed(again(ledger, one)) for one in told]


def of_two_rules(ledger: Ledger) -> list[dict[str, Any]]:
    told = [one_of(1), a_finding(*one_of(1).options, rule="duplicate_contact", others=())]
    findings.file(ledger, told, NIGHT)
    return [listed(again(ledger, one)) for one in told]


def twice(ledger: Ledger) -> list[dict[str, Any]]:
    (row,) = equals(ledger, 1)
    return [listed(row), listed(row)]


@pytest.mark.parametrize("told", [different, of_two_rules, twice])
@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_what_is_not_equal_is_not_decided_together(ann, sqlite_ledger, told, verdict):
    answer = ask(ann, told(sqlite_ledger), verdict, reason="so")
    assert (answer.status_code, answer.json()) == (
        422, {"detail": "These findings are not equal: decide on each kind by itself."}
    )  # fmt: skip
    assert decided(sqlite_ledger) == []


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        pytest.param({"findings": []}, "body.findings", id="none"),
        pytest.param({"findings": [{"id": "0" * 16, "version": 1}] * (MOST + 1)}, "body.findings", id="too-many"),
        pytest.param({"findings": [{"id": "ann@a.example", "version": 1}]}, "body.findings.0.id", id="no-id"),
        pytest.param({"findings": [{"id": "0" * 16, "version": "1"}]}, "body.findings.0.version", id="no-version"),
        pytest.param({"verdict": "maybe"}, "body.verdict", id="no-verdict"),
        pytest.param({"until": "x" * 11}, "body.until", id="no-day"),
        pytest.param({"consents": []}, "body", id="a-consent-is-given-one-by-one"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_its_place(ann, sqlite_ledger, changed, where):
    (row,) = equals(sqlite_ledger, 1)
    body = {"verdict": "rejected", "reason": "no", "findings": [listed(row)]} | changed
    answer = ann.ask("POST", "/api/decisions", ann.signature(), json=body)
    assert (answer.status_code, answer.json()) == (422, {"detail": f"This cannot be read: {where}."})
    assert decided(sqlite_ledger) == []


def test_a_decision_on_many_needs_the_pages_own_token(ann, sqlite_ledger):
    body = {"verdict": "approved", "findings": [listed(row) for row in equals(sqlite_ledger)]}
    assert ann.ask("POST", "/api/decisions", json=body).status_code == 403
    assert decided(sqlite_ledger) == []


@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_a_whole_page_of_the_list_is_decided_at_once(ann, sqlite_ledger, verdict):
    told = equals(sqlite_ledger, MOST)
    assert ask(ann, [listed(row) for row in told], verdict, reason="so").json()["took"] == MOST


def test_a_person_who_approves_too_many_is_told_of_those_beyond(ann, sqlite_ledger, monkeypatch):
    from include.settings import settings

    monkeypatch.setenv("ROLLCALL_APPROVALS_PER_MINUTE", "2")
    settings.cache_clear()
    try:
        told = ask(ann, [listed(row) for row in equals(sqlite_ledger)]).json()
    finally:
        settings.cache_clear()
    assert (told["took"], told["not"]) == (2, 1)
    assert "one person may approve 2" in told["findings"][2]["why"]


def test_of_many_who_decide_on_the_same_ones_at_once_each_finding_has_one_decision(ledger):
    told = [listed(row) for row in equals(ledger)]
    app = app_over(ledger)
    answers = at_once(lambda at: ask(Reader(app, f"reviewer {at}"), told, "rejected", reason="no").json(), 8)
    assert sum(one["took"] for one in answers) == 3
    assert tally([one["took"] + one["not"] for one in answers]) == {3: 8}
    assert len(decided(ledger)) == 3
