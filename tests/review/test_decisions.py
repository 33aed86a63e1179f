"""Decisions over HTTP: what each leads to, what it is bound to, and that exactly one of many at once holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.model import Option
from include.store.schema import decision
from tests.review.page import Reader, Seen, app_over
from tests.store.cases import (
    NEXT_NIGHT,
    THREADS,
    a_finding,
    again,
    approved,
    at_once,
    claim,
    filed,
    fix_ids,
    merge,
    rows,
    set_email,
    tally,
    three_fixes,
)

TOMORROW = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
YESTERDAY = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
ONE_MERGE = Option("merge 2 into 1", (merge(),))
OTHER_MERGE = Option("merge 1 into 2", (merge("hubspot:contact:2", "1"),))


def decided(ledger: Any) -> list[tuple[Any, ...]]:
    return rows(ledger, decision, "verdict", "reviewer", "version", "option_hash", "reason", "until")


@pytest.mark.parametrize(
    ("verdict", "said", "kept", "shown"),
    [
        pytest.param("approved", {}, (None, None), "Approved, not applied yet", id="approved"),
        pytest.param("approved", {"reason": " it is so "}, ("it is so", None), "Approved", id="approved with a reason"),
        pytest.param("rejected", {"reason": "two people"}, ("two people", None), "Rejected", id="rejected"),
        pytest.param("deferred", {"until": TOMORROW}, (None, TOMORROW), "Deferred", id="deferred"),
    ],
)
def test_a_decision_is_kept_as_it_was_taken_and_shown_so(ann, sqlite_ledger, verdict, said, kept, shown):
    row = filed(sqlite_ledger, a_finding())
    answer = ann.decide(row, verdict, **said)
    assert (answer.status_code, answer.json()) == (200, {"state": verdict})
    bound = row.options[0].hash if verdict == "approved" else None
    assert decided(sqlite_ledger) == [(verdict, "ann", 1, bound, *kept)]
    page = ann.get(f"/findings/{row.id}").text
    assert shown in page
    which = " “use the new address”" if verdict == "approved" else ""
    assert f"<strong>{verdict}</strong>{which} by ann at {datetime.now(UTC):%Y-%m-%d} " in page
    offered = [attrs["data-verdict"] for _, attrs in Seen(page).tags if "data-verdict" in attrs]
    assert offered == (["rejected", "deferred"] if verdict == "approved" else [])
    assert row.id in ann.get(f"/?state={verdict}").text
    assert row.id not in ann.get("/").text


def test_an_approval_is_bound_to_the_exact_fixes_that_were_shown(ann, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding())
    shown = ann.get(f"/api/findings/{row.id}").json()
    finding = a_finding()
    assert [option["hash"] for option in shown["options"]] == [one.hash(finding.key) for one in finding.options]
    assert f'value="{shown["options"][1]["hash"]}"' in ann.get(f"/findings/{row.id}").text
    assert ann.decide(row, option=1).status_code == 200
    assert [one[3] for one in decided(sqlite_ledger)] == [shown["options"][1]["hash"]]


REFUSED = [
    pytest.param({"verdict": "rejected"}, "NotAllowed", "needs a reason", id="a rejection without a reason"),
    pytest.param({"verdict": "rejected", "reason": " "}, "NotAllowed", "needs a reason", id="a reason of blanks"),
    pytest.param({"verdict": "deferred"}, "NotAllowed", "until which date", id="deferred without a date"),
    pytest.param({"verdict": "deferred", "until": "soon"}, "NotAllowed", "until which date", id="deferred until soon"),
    pytest.param({"verdict": "deferred", "until": YESTERDAY}, "NotAllowed", "in the future", id="until yesterday"),
    pytest.param({"option_hash": None}, "NotAllowed", "which option", id="an approval of nothing"),
    pytest.param({"option_hash": "0" * 64}, "FindingChanged", "no such option", id="an option nobody filed"),
    pytest.param({"version": 2}, "FindingChanged", "has changed", id="a version that is not yet"),
]


@pytest.mark.parametrize(("said", "kind", "told"), REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing_behind(ann, sqlite_ledger, said, kind, told):
    row = filed(sqlite_ledger, a_finding())
    answer = ann.decide(row, **{"verdict": "approved", **said})
    assert (answer.status_code, answer.json()["kind"]) == (409, kind)
    assert told in answer.json()["detail"]
    assert decided(sqlite_ledger) == []
    assert again(sqlite_ledger, row).state == "open"


def test_an_approval_copied_to_another_finding_approves_nothing(ann, sqlite_ledger):
    one, other = a_finding(), a_finding(subject="hubspot:contact:9")
    first = filed(sqlite_ledger, one, other)
    answer = ann.decide(again(sqlite_ledger, other), option_hash=first.options[0].hash)
    assert (answer.status_code, answer.json()["kind"]) == (409, "FindingChanged")
    assert decided(sqlite_ledger) == []


def test_a_decision_sent_twice_is_taken_once(ann, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding())
    assert [ann.decide(row).status_code, ann.decide(row).status_code] == [200, 409]
    assert ann.decide(row, "rejected", reason="on second thoughts").json()["kind"] == "AlreadyDecided"
    assert len(decided(sqlite_ledger)) == 1


def test_a_merge_needs_two_people_who_agree(ann, bob, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding(ONE_MERGE, OTHER_MERGE))
    assert "needs two people" in ann.get(f"/findings/{row.id}").text
    assert ann.decide(row, option=1).json() == {"state": "half_approved"}
    for reader, option, told in ((ann, 1, "a second person"), (Reader(sqlite_ledger, "ANN "), 1, "a second person"),
                                 (bob, 0, "another option")):  # fmt: skip
        answer = reader.decide(row, option=option)
        assert (answer.status_code, answer.json()["kind"]) == (409, "NotAllowed")
        assert told in answer.json()["detail"]
    page = bob.get(f"/findings/{row.id}").text
    assert "A second one must agree" in page
    assert "approved by ann" in page
    chosen = [attrs["value"] for tag, attrs in Seen(page).tags if tag == "input" and "checked" in attrs]
    assert chosen == [row.options[1].hash]  # the one that ann approved, not the recommended one
    assert bob.decide(row, option=1).json() == {"state": "approved"}
    assert [one[1] for one in decided(sqlite_ledger)] == ["ann", "bob"]


def test_of_many_decisions_at_once_exactly_one_holds(ledger):
    row = filed(ledger, a_finding())
    app = app_over(ledger)
    ways: list[dict[str, Any]] = [
        {"verdict": "approved"},
        {"verdict": "approved", "option": 1},
        {"verdict": "rejected", "reason": "no"},
        {"verdict": "deferred", "until": TOMORROW},
    ]
    answers = at_once(lambda i: Reader(app, f"reviewer {i}").decide(row, **ways[i % len(ways)]))
    assert tally([answer.status_code for answer in answers]) == {200: 1, 409: THREADS - 1}
    winner = next(i for i, answer in enumerate(answers) if answer.status_code == 200)
    ((verdict, reviewer, *_),) = decided(ledger)
    assert (verdict, reviewer) == (ways[winner % len(ways)]["verdict"], f"reviewer {winner}")
    assert again(ledger, row).state == verdict == answers[winner].json()["state"]
    assert {answer.json()["kind"] for answer in answers if answer.status_code == 409} == {"AlreadyDecided"}


SEEN = a_finding(Option("use the new address", (set_email(),)), Option("keep both", ()))
CHANGES = [
    pytest.param(
        a_finding(Option("use the new address", (set_email(was="else@c.example"),)), Option("keep both", ())),
        ["No longer part of “use the new address”: HubSpot contact 1, Address: old@a.example → new@b.example",
         "Now part of “use the new address”: HubSpot contact 1, Address: else@c.example → new@b.example"],
        id="the record has another address now",
    ),
    pytest.param(
        a_finding(SEEN.options[0], Option("use a third", (set_email(email="c@c.example"),))),
        ["No longer offered: keep both", "Newly offered: use a third"],
        id="other options",
    ),
    pytest.param(
        a_finding(*SEEN.options, says="The phone numbers differ."),
        ["The options are the same; what speaks for or against them is not."],
        id="other evidence",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("now", "told"), CHANGES)
@pytest.mark.parametrize("verdict", ["approved", "rejected", "deferred"])
def test_a_page_that_has_gone_stale_decides_nothing_and_is_told_what_changed(ann, sqlite_ledger, now, told, verdict):
    row = filed(sqlite_ledger, SEEN)
    filed(sqlite_ledger, now, night=NEXT_NIGHT)
    answer = ann.decide(row, verdict, reason="it is so", until=TOMORROW)
    said = answer.json()
    assert (answer.status_code, said["kind"], said["changed"]) == (409, "FindingChanged", told)
    assert (said["now"]["version"], said["now"]["because"][0]["says"]) == (2, now.because[0].says)
    assert decided(sqlite_ledger) == []
    assert ann.decide(again(sqlite_ledger, row), verdict, reason="it is so", until=TOMORROW).status_code == 200


def test_a_finding_that_came_back_after_a_rejection_is_decided_afresh(ann, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding())
    assert ann.decide(row, "rejected", reason="not the same person").status_code == 200
    filed(sqlite_ledger, a_finding(says="The names are equal."), night=NEXT_NIGHT)
    page = ann.get(f"/findings/{row.id}").text
    assert "not the same person" in page
    assert ann.decide(again(sqlite_ledger, row)).json() == {"state": "approved"}


def test_an_approval_is_withdrawn_with_words_and_what_was_approved_stays_known(ann, bob, sqlite_ledger):
    row = filed(sqlite_ledger, a_finding(ONE_MERGE, OTHER_MERGE))
    for reader in (ann, bob):
        reader.decide(row, option=1)
    page = bob.get(f"/findings/{row.id}").text
    assert ("Withdraw the approval" in page, page.count("approved by"), "Approve the chosen" in page) == (
        True,
        2,
        False,
    )
    chosen = [attrs["value"] for tag, attrs in Seen(page).tags if tag == "input" and "checked" in attrs]
    assert chosen == [row.options[1].hash]  # the one they approved, not the recommended one
    assert bob.decide(row, "rejected", reason="I erred", withdraw=True).json() == {"state": "rejected"}
    page = ann.get(f"/findings/{row.id}").text
    assert ("Withdraw the approval" in page, page.count("approved by")) == (False, 0)
    assert "<strong>approved</strong> “merge 1 into 2” by ann" in page
    assert ann.decide(row, "rejected", reason="me too", withdraw=True).json()["kind"] == "AlreadyDecided"


def test_an_approval_whose_fixes_have_begun_is_not_offered_to_be_withdrawn(ann, sqlite_ledger):
    row = approved(sqlite_ledger, three_fixes())
    assert ann.get(f"/api/findings/{row.id}").json()["withdrawable"] is True
    assert claim(sqlite_ledger, fix_ids(row)[0])
    assert "Withdraw" not in ann.get(f"/findings/{row.id}").text
    answer = ann.decide(row, "rejected", reason="I erred", withdraw=True)
    assert (answer.status_code, answer.json()["kind"]) == (409, "AlreadyDecided")
    assert "have begun" in answer.json()["detail"]
