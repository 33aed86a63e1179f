"""The digest: counts and a link, once for each attempt of a night, and only when something is new."""

from __future__ import annotations

import pytest

from include import notices
from include.model import Evidence, Finding, Fix, Option, Ref
from include.settings import Settings
from include.store import findings
from tests.notices.mailing import FINDING, NOW, OLD, rows, set_email

SETTINGS = Settings(reviewers_mail="desk@harbor.example", page_url="https://airflow.harbor.example/review/?a=1&b=2")
NIGHT = "2026-11-23.1"


def filed(new: int = 0, reopened: int = 0) -> dict[str, int]:
    return {"new": new, "known": 9, "reopened": reopened, "gone": 9}


def merges(ledger, number: int) -> None:
    """A night that also found this many duplicates, full of what a person may be known by."""
    told = [FINDING]
    for n in range(number):
        because = (Evidence("email", 4.0, f"Both records hold {OLD}."),)
        option = Option(f"Use {OLD} everywhere", (_fix(n),))
        told.append(Finding("duplicate_contact", Ref("hubspot", "contact", str(n)), (), 0.9, because, (option,), 0))
    findings.file(ledger, told, "2026-11-23")


def _fix(number: int) -> Fix:
    return set_email(f"hubspot:contact:{number}")


@pytest.mark.parametrize(
    ("said", "subjects"),
    [
        pytest.param(filed(), [], id="nothing-new"),
        pytest.param(filed(new=3), ["Rollcall: 3 new for review"], id="something-new"),
        pytest.param(filed(reopened=1), ["Rollcall: 0 new for review, 1 came back"], id="something-came-back"),
        pytest.param(filed(3, 1), ["Rollcall: 3 new for review, 1 came back"], id="both"),
    ],
)
def test_the_reviewers_hear_of_a_night_only_when_something_waits_that_did_not_before(ledger, said, subjects):
    notices.digest(ledger, said, NIGHT, SETTINGS, NOW)

    assert [row.subject for row in rows(ledger)] == subjects


def test_each_attempt_of_a_night_is_told_once(ledger):
    for attempt in (NIGHT, NIGHT, "2026-11-23.2"):
        notices.digest(ledger, filed(new=1), attempt, SETTINGS, NOW)

    assert [row.message_id.partition("@")[0] for row in rows(ledger)] == [
        "<2026-11-23.1.digest",
        "<2026-11-23.2.digest",
    ]


def test_the_digest_counts_what_is_open_by_rule_and_links_to_the_page(ledger):
    merges(ledger, 12)

    notices.digest(ledger, filed(new=13), NIGHT, SETTINGS, NOW)

    (row,) = rows(ledger)
    assert row.recipient == "desk@harbor.example"
    assert row.headers == {"Auto-Submitted": "auto-generated"}
    assert "Waiting for a decision: 13" in row.text
    assert "  Duplicate contact: 12\n    HubSpot holds one person as two or more contacts.\n" in row.text
    assert "  Email mismatch: 1\n" in row.text
    assert "https://airflow.harbor.example/review/?a=1&b=2" in row.text
    assert '<a href="https://airflow.harbor.example/review/?a=1&amp;b=2">' in row.html


@pytest.mark.parametrize(
    ("left", "said"),
    [
        pytest.param(1, ["  Duplicate contact: 1"], id="one-of-two-is-gone"),
        pytest.param(0, [], id="both-are-gone"),
    ],
)
def test_a_finding_that_nobody_has_to_decide_on_is_not_counted(ledger, left, said):
    merges(ledger, 2)
    merges(ledger, left)

    notices.digest(ledger, filed(new=1), NIGHT, SETTINGS, NOW)

    assert [line for line in rows(ledger)[0].text.splitlines() if "Duplicate contact" in line] == said


def test_the_digest_holds_nobodys_data(ledger):
    merges(ledger, 3)

    notices.digest(ledger, filed(new=3), NIGHT, SETTINGS, NOW)

    (row,) = rows(ledger)
    for form in (row.subject, row.text, row.html):
        assert "@" not in form
        assert "example" not in form.replace("airflow.harbor.example", "")
        assert "hubspot:contact" not in form
