"""What a night did is kept step by step: the last try of each step counts, and the newest nights come first."""

from __future__ import annotations

from datetime import timedelta

from include.store import nights
from tests.store.cases import NOW


def tell(ledger, attempt, name, hours=0.0, problem=None, **told):
    nights.tell(ledger, attempt, name, told, problem, NOW + timedelta(hours=hours))


def test_of_a_step_that_was_done_again_the_last_time_counts(ledger):
    tell(ledger, "2026-11-01.1", "begun")
    tell(ledger, "2026-11-01.1", "pulls", 1, "closed")
    (night,) = nights.recent(ledger)
    assert night.stopped is not None
    tell(ledger, "2026-11-01.1", "pulls", 2, held=21)
    (night,) = nights.recent(ledger)
    assert (night.stopped, night.steps["pulls"].told) == (None, {"held": 21})
    assert night.steps["pulls"].at == NOW + timedelta(hours=2)


def test_the_newest_attempts_come_first_and_only_as_many_as_asked_for(ledger):
    for attempt in ("2026-11-01.1", "2026-11-02.1", "2026-11-02.2", "2026-11-01.2"):
        tell(ledger, attempt, "begun")
    assert [night.attempt for night in nights.recent(ledger, 3)] == ["2026-11-01.2", "2026-11-02.2", "2026-11-02.1"]


def test_the_trend_has_one_attempt_of_each_night_that_was_filed_the_oldest_first(ledger):
    for attempt in ("2026-11-01.1", "2026-11-02.1", "2026-11-02.2", "2026-11-03.1"):
        tell(ledger, attempt, "begun")
        if attempt != "2026-11-03.1":
            tell(ledger, attempt, nights.FILED)
    assert [night.attempt for night in nights.trend(ledger)] == ["2026-11-01.1", "2026-11-02.2"]
    assert [night.attempt for night in nights.trend(ledger, 1)] == ["2026-11-02.2"]


def test_a_night_is_found_by_its_name(ledger):
    tell(ledger, "2026-11-01.1", "begun")
    found = nights.get(ledger, "2026-11-01.1")
    assert found is not None
    assert (found.date, list(found.steps)) == ("2026-11-01", ["begun"])
    assert nights.get(ledger, "2026-11-01.2") is None
