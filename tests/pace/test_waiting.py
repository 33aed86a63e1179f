"""Who waits, how long, and what a refusal means for everybody else."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from include.errors import RateLimited
from include.pace import MAIN, Memory, Patience
from tests.pace.pacing import REQUEST, Paced, soon, window


def test_a_refusal_stops_every_task_for_as_long_as_it_asks():
    kept = Memory()
    one, another = Paced(kept=kept), Paced(kept=kept)
    one.refused(7.0)
    assert another.send() == pytest.approx(7)
    assert another.send() == 0


def test_a_refusal_that_does_not_say_how_long_stops_all_for_a_second():
    paced = Paced()
    paced.refused(None)
    assert paced.send() == pytest.approx(1)


def test_a_shorter_pause_does_not_end_a_longer_one():
    kept = Memory()
    one, another, third = (Paced(kept=kept) for _ in range(3))
    with one.turn() as first, another.turn() as second:
        first.refused(9)
        second.refused(2)
    assert third.send() == pytest.approx(9)


def test_a_pause_too_long_to_wait_for_ends_the_task_at_once_and_says_how_long():
    paced = Paced()
    paced.refused(600)
    with pytest.raises(RateLimited, match="acme permits no further request for another 600 s") as limited:
        paced.send()
    assert (limited.value.seconds, paced.time.slept) == (600, [])


def test_a_pause_without_end_is_asked_about_again_within_the_hour():
    paced = Paced()
    paced.refused(float("inf"))
    paced.time.now += 3600
    assert paced.send() == 0


def test_a_quota_of_its_own_is_used_up_and_refused_by_itself_and_stops_with_the_whole():
    paced = Paced(window(limit=2), quotas={"search": window(limit=1, seconds=1.0)})
    paced.send(2)
    assert paced.send(quota="search") == 0
    assert paced.send(quota="search") == soon(1, 1)
    paced.time.now += 20
    paced.refused(5, "search")
    assert paced.send() == 0
    assert paced.send(quota="search") == pytest.approx(5)
    paced.time.now += 20
    paced.refused(6)
    assert paced.send(quota="search") == pytest.approx(6)


def test_who_may_wait_so_long_and_no_longer_is_told_when_it_would_be_longer():
    paced = Paced(window())
    paced.send(5)
    with pytest.raises(RateLimited, match="nothing was sent"), paced.turn(most=9.9):
        pass
    assert paced.time.slept == []
    with paced.turn(most=10.1):
        assert paced.time.slept == [soon(10)]


def test_a_write_does_not_wait_behind_a_read_for_longer_than_it_may():
    paced = Paced(window(limit=1, seconds=0))
    with ExitStack() as held:
        held.enter_context(paced.turn())
        reading = threading.Thread(target=paced.send)
        reading.start()
        reading.join(0.1)  # it is the one that waits
        with pytest.raises(RateLimited, match="permits no further request; nothing was sent"), paced.turn(most=0.02):
            pass
    reading.join(5)


def test_a_request_that_fails_ends_its_turn():
    paced = Paced(window(limit=1, seconds=0))
    with pytest.raises(ZeroDivisionError), paced.turn():
        raise ZeroDivisionError
    assert paced.send() == 0


def test_a_clock_that_stands_still_while_it_sleeps_is_not_asked_again_and_again():
    paced = Paced(window(limit=1))
    paced.send()
    slept: list[float] = []
    with paced.pace.turn(MAIN, {}, Patience(REQUEST, clock=lambda: 1_000.0, sleep=slept.append)):
        assert slept == [soon(10)]
