"""The digest: counts, a trend and a link, once a night, and only when something is new; to the mailbox and the chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from include import notices
from include.model import Evidence, Finding, Notice, Option, Ref
from include.notices.pictures import Bar, trend
from include.settings import Settings
from include.store import findings
from include.store.nights import Night, Step
from tests.notices.mailing import NOW, OLD, rows, set_email

SETTINGS = Settings(reviewers_mail="desk@harbor.example", page_url="https://airflow.harbor.example/review/?a=1&b=2")
WITH_CHAT = replace(SETTINGS, chat="desk_chat")
NIGHT = "2026-11-23.1"


WAITING = {"duplicate_contact": 12, "email_mismatch": 1, "orphaned_order": 0}


def messages(new: int = 0, reopened: int = 0, attempt: str = NIGHT, settings: Settings = SETTINGS) -> list[Notice]:
    return notices.digest_of(attempt, settings, NIGHTS)(new, reopened, WAITING)


def night(attempt: str, waiting: int, new: int, reopened: int = 0) -> Night:
    """A night that was filed."""
    told = {"new": new, "reopened": reopened, "waiting": {"email_mismatch": waiting - 1, "duplicate_contact": 1}}
    return Night(attempt, {"filed": Step("filed", NOW, told)})


NIGHTS = [
    night("2026-11-21.1", 9, 4),
    Night("2026-11-22.1", {"pulls": Step("pulls", NOW, {}, "no platform says that it holds nobody")}),
    night("2026-11-22.2", 10, 0, 3),
    night("2026-11-23.1", 99, 99),  # an earlier attempt of this night
]


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
    assert [one.subject for one in messages(new, reopened)] == ([subject] if subject else [])


def test_one_digest_goes_out_a_night_however_often_the_night_is_tried(ledger):
    for attempt, number in ((NIGHT, 3), (NIGHT, 3), ("2026-11-23.2", 4), ("2026-11-24.1", 5)):
        digest = notices.digest_of(attempt, WITH_CHAT)
        findings.file(ledger, duplicates(number), attempt.partition(".")[0], digest=digest)
    ids = [row.message_id.partition("@")[0] for row in rows(ledger)]
    assert ids == [f"<2026-11-{day}.digest{kind}" for day in (23, 24) for kind in ("", ".chat")]


def test_the_mail_shows_the_trend_of_the_last_nights_as_a_picture_and_in_words():
    (told,) = messages(3, 1)
    assert told.html is not None
    words = "2026-11-21 9, of these 4 new; 2026-11-22 10, of these 3 new; 2026-11-23 13, of these 4 new"
    assert '<img src="cid:trend@rollcall"' in told.html
    assert f'alt="Waiting night by night: {words}"' in told.html
    assert "  2026-11-21: 9 (4)\n  2026-11-22: 10 (3)\n  2026-11-23: 13 (4)\n" in told.text
    expected = trend([Bar("2026-11-21", 9, 4), Bar("2026-11-22", 10, 3), Bar("2026-11-23", 13, 4)])
    assert told.pictures == {"trend@rollcall": expected}


def test_the_trend_shows_a_fortnight_at_most():
    nights = [night(f"2026-10-{day:02}.1", day, 1) for day in range(1, 31)]
    (told,) = notices.digest_of(NIGHT, SETTINGS, nights)(1, 0, WAITING)
    assert told.text.count("2026-10-") == 13
    assert "2026-10-18: 18 (1)" in told.text


def test_the_first_night_has_no_trend_in_words():
    (told,) = notices.digest_of(NIGHT, SETTINGS)(1, 0, WAITING)
    assert "Night by night" not in told.text


def test_the_chat_hears_of_the_same_news_in_a_few_lines():
    mail, posted = messages(3, 1, settings=WITH_CHAT)
    assert (mail.recipient, posted.recipient) == ("desk@harbor.example", "chat")
    assert posted.subject == mail.subject
    assert posted.text == (
        "The night of 2026-11-23 found 3 new and brought back 1 whose decision no longer holds. "
        "Waiting for a decision: 13 (10 after the night before).\n"
        "- Duplicate contact: 12\n"
        "- Email mismatch: 1\n"
        "Decide here: https://airflow.harbor.example/review/?a=1&b=2\n"
    )
    assert messages(settings=WITH_CHAT) == []


def test_the_digest_counts_what_is_open_by_rule_and_links_to_the_page():
    (told,) = messages(13)
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
        findings.file(ledger, told, "2026-11-23", digest=notices.digest_of(NIGHT, WITH_CHAT))
    row, posted = rows(ledger)
    assert "Waiting for a decision: 3" in row.text
    for form in (row.subject, row.text, row.html.replace("cid:trend@rollcall", ""), posted.text):
        assert "@" not in form
        assert "example" not in form.replace("airflow.harbor.example", "")
        assert "hubspot:contact" not in form


def test_a_night_that_cannot_be_filed_tells_nobody(ledger):
    def breaks(new: int, reopened: int, waiting: Mapping[str, int]) -> list[Notice]:
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
