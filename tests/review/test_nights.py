"""The page of nights: what each did in words and numbers, and the trend as a picture."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from include.review import charts, nightly
from include.store import nights as kept
from tests.review import nights
from tests.review.nights import BEGAN


def text(answer) -> str:
    assert answer.status_code == 200
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", main)).split())


def bars(answer) -> list[tuple[float, float]]:
    """Of each bar of the first picture: how high it is, and how much of it is marked."""
    drawn = answer.text.partition("<svg")[2].partition("</svg>")[0].split("<g>")[1:]
    high = [dict(re.findall(r'class="(bar|part|hit)"[^>]* height="([\d.]+)"', one)) for one in drawn]
    return [(float(one["bar"]), float(one.get("part", 0))) for one in high]


def test_before_the_first_night_the_page_says_so(ann):
    assert "No night has been written down here yet." in text(ann.get("/nights"))


def test_the_last_nights_are_listed_with_what_each_brought(ann, sqlite_ledger):
    nights.filed(sqlite_ledger)
    nights.stopped(
        sqlite_ledger, "2026-11-21.1", "pulls: expected that <b>nobody</b> is nobody", BEGAN + timedelta(days=1)
    )
    nights.filed(sqlite_ledger, "2026-11-21.2", BEGAN + timedelta(days=1.1), new=1200, left_out=["hubspot"])
    said = text(ann.get("/nights"))
    assert "2026-11-20 filed 4 2 1 28 16 min" in said
    assert "2026-11-21 stopped pulls: expected that <b>nobody</b> is nobody nothing was filed" in said
    assert "2026-11-21 attempt 2 filed without HubSpot 1,200 2 1 28 16 min" in said
    assert said.index("attempt 2") < said.index("stopped") < said.index("2026-11-20 filed")


def test_the_trend_is_drawn_of_the_nights_that_were_filed(ann, sqlite_ledger):
    for day, (waiting, new) in enumerate([(10, 5), (40, 0), (20, 20)]):
        at = BEGAN + timedelta(days=day)
        told = {"waiting": {"email_mismatch": waiting}, "new": new, "reopened": 0}
        nights.filed(sqlite_ledger, f"{at:%Y-%m-%d}.1", at, **told)
    nights.stopped(sqlite_ledger, "2026-11-23.1", "no", BEGAN + timedelta(days=3))
    answer = ann.get("/nights")
    assert bars(answer) == [(25, 12.5), (100, 0), (50, 50)]
    assert "20 after the night of 2026-11-22, 40 after the one before" in text(answer)
    assert "<title>2026-11-22: 20 waited, 20 of them new</title>" in answer.text
    assert "style=" not in answer.text


def test_a_night_shows_its_gates_what_it_pulled_and_what_it_left_out(ann, sqlite_ledger):
    nights.filed(sqlite_ledger, left_out=["hubspot", "whois"])
    said = text(ann.get("/nights/2026-11-20.1"))
    assert "Left out: HubSpot, WHOIS." in said
    assert "Held Pull all 21 expectations held 12 min Held Tabulate all 33 expectations held 41 s" in said
    assert "Held File filed in the ledger 9 s" in said
    assert "BigCommerce 1,204 what changed HubSpot 48,210 everything" in said
    assert "Email mismatch 12 8" in said
    assert "no address 14 value shared by many 3" in said


def test_a_night_that_stopped_shows_the_gate_that_closed(ann, sqlite_ledger):
    nights.stopped(sqlite_ledger, "2026-11-20.1", "pulls: expected that no platform says that it holds nobody")
    said = text(ann.get("/nights/2026-11-20.1"))
    assert "stopped" in said
    assert "Closed Pull pulls: expected that no platform says that it holds nobody 9 min" in said


@pytest.mark.parametrize("name", ["2026-11-21.1", "2026-11-20.2", "nonsense", "2026-11-20.1'--", "2026-11-20.1234567"])
def test_a_night_that_is_not_there_is_not_found(ann, sqlite_ledger, name):
    nights.filed(sqlite_ledger)
    answer = ann.get(f"/nights/{name}")
    assert answer.status_code == 404
    assert name not in answer.text


@pytest.mark.parametrize(
    ("hours", "problem", "state"),
    [
        pytest.param(1, None, "running", id="goes on"),
        pytest.param(9, None, "not finished", id="was killed"),
        pytest.param(1, "no", "stopped", id="stopped"),
    ],
)
def test_a_night_without_an_end_runs_or_stopped_or_was_killed(hours, problem, state):
    steps = {"begun": kept.Step("begun", BEGAN, {}), "pulls": kept.Step("pulls", BEGAN, {}, problem)}
    night = kept.Night("2026-11-20.1", steps)
    assert nightly.listed(night, BEGAN + timedelta(hours=hours))["state"] == state


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7500, "2 h 5 min")]
)
def test_a_span_is_said_in_words(seconds, said):
    assert nightly.took(seconds) == said


def test_a_chart_of_nothing_has_no_bars_and_one_of_zeros_has_flat_ones():
    assert charts.chart([]).bars == ()
    assert [bar.height for bar in charts.chart([("a", 0, 0), ("b", 0, 0)]).bars] == [0, 0]


def test_now_is_not_needed_to_read_a_night_of_last_year(ann, sqlite_ledger):
    nights.filed(sqlite_ledger, "2025-01-01.1", datetime(2025, 1, 1, tzinfo=UTC))
    assert "2025-01-01 filed" in text(ann.get("/nights"))
