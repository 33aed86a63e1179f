"""The digest: counts and a link, once for each attempt of a night, and only when something is new."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from include import notices
from include.model import Evidence, Finding, Notice, Option, Ref
from include.settings import Settings
from include.store import findings
from tests.notices.mailing import NOW, OLD, rows, set_email

SETTINGS = Settings(reviewers_mail="desk@harbor.example", page_url="https://airflow.harbor.example/review/?a=1&b=2")
NIGHT = "2026-11-23.1"


WAITING = {"duplicate_contact": 12, "email_mismatch": 1, "orphaned_order": 0}


def message(new: int = 0, reopened: int = 0, attempt: str = NIGHT) -> Notice | None:
    return notices.digest_of(attempt, SETTINGS)(new, reopened, WAITING)


@pytest.mark.parametrize(
    ("new", "reopened", "subject"),
    [
        pytest.param(0, 0, None, id="nothing-new"),
        pytest.param(3, 0, "Rollcall: 3 new for review", id="something-new"),
        pytest.param(0, 1, "Rollcall: 0 new for review, 1 came back", id="something-came-back"),
        pytest.param(3, 1, "Rollcall: 3 new for review, 1 came back", id="both"),
    ],
)
def test_the_reviewers_hear_of_a_night_only_when_something_waits_that_did_not_before(new, reopened, subject):
    told = message(new, reopened)
    assert (told.subject if told else None) == subject


def test_each_attempt_of_a_night_has_a_message_of_its_own():
    told = [message(1, attempt=attempt) for attempt in (NIGHT, NIGHT, "2026-11-23.2")]
    ids = [one.message_id.partition("@")[0] for one in told if one]
    assert ids == ["<2026-11-23.1.digest", "<2026-11-23.1.digest", "<2026-11-23.2.digest"]


def test_the_digest_counts_what_is_open_by_rule_and_links_to_the_page():
    told = message(13)
    assert told is not None
    assert told.recipient == "desk@harbor.example"
    assert told.headers == {"Auto-Submitted": "auto-generated"}
    assert "Waiting for a decision: 13" in told.text
    assert "  Duplicate contact: 12\n    HubSpot holds one person as two or more contacts.\n" in told.text
    assert "  Email mismatch: 1\n" in told.text
    assert "Orphaned order" not in told.text
    assert "https://airflow.harbor.example/review/?a=1&b=2" in told.text
    assert told.html is not None
    assert '<a href="https://airflow.harbor.example/review/?a=1&amp;b=2">' in told.html


def duplicates(number: int) -> list[Finding]:
    """What a night found, full of what a person may be known by."""
    because = (Evidence("email", 4.0, f"Both records hold {OLD}."),)
    return [
        Finding(
            "duplicate_contact",
            Ref("hubspot", "contact", str(n)),
            (),
            0.9,
            because,
            (Option(f"Use {OLD} everywhere", (set_email(f"hubspot:contact:{n}"),)),),
            0,
        )
        for n in range(number)
    ]


def test_the_digest_is_put_into_the_outbox_with_the_findings_it_counts_and_holds_nobodys_data(ledger):
    for told in (duplicates(3), duplicates(3), duplicates(1)):
        findings.file(ledger, told, "2026-11-23", digest=notices.digest_of(NIGHT, SETTINGS))
    (row,) = rows(ledger)
    assert "Waiting for a decision: 3" in row.text
    for form in (row.subject, row.text, row.html):
        assert "@" not in form
        assert "example" not in form.replace("airflow.harbor.example", "")
        assert "hubspot:contact" not in form


def test_a_night_that_cannot_be_filed_tells_nobody(ledger):
    def breaks(new: int, reopened: int, waiting: Mapping[str, int]) -> Notice | None:
        raise ValueError("no words")

    before = findings.counts(ledger)
    with pytest.raises(ValueError, match="no words"):
        findings.file(ledger, duplicates(3), "2026-11-23", digest=breaks)
    assert (rows(ledger), findings.counts(ledger)) == ([], before)


def test_why_nothing_is_applied_is_told_once_a_day_for_each_reason(ledger):
    for why, at in (("A", NOW), ("A", NOW), ("B", NOW), ("A", NOW + timedelta(days=1))):
        notices.stopped(ledger, f"fixes: {why} <b>", SETTINGS, at)
    told = rows(ledger)
    assert [row.text.splitlines()[2].strip() for row in told] == ["fixes: A <b>", "fixes: B <b>", "fixes: A <b>"]
    assert {row.recipient for row in told} == {"desk@harbor.example"}
    assert "fixes: A &lt;b&gt;" in told[0].html
