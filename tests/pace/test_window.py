"""So many requests in so many seconds, counted from the answers, whoever else uses the same quota."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from include.pace import MAIN, Memory
from include.pace.window import GRAIN
from tests.pace.pacing import REQUEST, Paced, Said, soon, window


def test_a_window_lets_its_limit_through_at_once_and_the_next_when_the_first_is_free():
    paced = Paced(window())
    assert paced.send(5) == 0
    assert paced.send() == soon(10)


def test_a_turn_is_free_a_window_after_its_answer_not_after_its_call():
    paced = Paced(window(limit=1))
    paced.send(takes=3)
    assert paced.send() == soon(10)


def test_a_window_rolls():
    paced = Paced(window())
    paced.send(3)
    paced.time.now += 6
    paced.send(2)
    assert paced.send(3) == soon(4)
    assert paced.send(2) == soon(6)


def test_never_more_than_the_limit_is_counted_in_any_window_of_the_platform():
    paced, arrived = Paced(window(limit=7)), []
    for number in range(60):
        with paced.turn():
            paced.time.now += 0.01 * (number % 5)
            arrived.append(paced.time.now)
            paced.time.now += 0.02 * (number % 3)
    crowded = [sum(start < moment <= start + 10 for moment in arrived) for start in (then - 1e-9 for then in arrived)]
    assert max(crowded) == 7


def test_requests_on_their_way_hold_their_turns():
    paced = Paced(window(limit=2))
    with paced.turn(), paced.turn():
        paced.time.now += 20
        waiting = threading.Thread(target=paced.send)
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
    waiting.join(5)
    assert paced.time.slept == [soon(10)]


def test_a_window_learns_its_limit_and_its_seconds_from_an_answer():
    paced = Paced(window())
    paced.send(says={"limit": 8, "seconds": 20})
    assert paced.send(7) == 0
    assert paced.send() == soon(20, 20)
    paced.send(says={"limit": 2})
    paced.time.now += 20.1
    assert paced.send(2) == 0
    assert paced.send() == soon(20, 20)


@pytest.mark.parametrize("said", [{"limit": 0}, {"seconds": 0}, {}], ids=["no-limit", "no-seconds", "nothing"])
def test_an_answer_that_says_nothing_usable_leaves_the_window_as_it_was(said: Any):
    paced = Paced(window())
    assert paced.send(5, says=said) == 0
    assert paced.send() == soon(10)


def test_requests_of_others_are_counted_as_turns():
    paced = Paced(window())
    paced.send(says={"limit": 5, "left": 1})
    assert paced.send() == 0
    assert paced.send() == soon(10)


def test_nobody_else_is_counted_where_the_platform_counts_only_ours():
    paced, counted = Paced(window(limit=20)), []
    began = paced.time.now
    for number in range(200):
        with paced.turn() as turn:
            paced.time.now += 0.05 + 0.04 * (number % 3)  # on its way there
            counted = [then for then in counted if paced.time.now - then < 10] + [paced.time.now]
            turn.answer = Said({"limit": 20, "left": 20 - len(counted)})
            paced.time.now += 0.3 * (number % 2)  # and back
    assert 90 < paced.time.now - began < 100


def test_a_window_of_no_seconds_caps_what_is_on_its_way_and_nothing_else():
    paced = Paced(window(limit=2, seconds=0))
    assert paced.send(100) == 0
    reached = threading.Semaphore(0)
    done = threading.Event()

    def call() -> None:
        with paced.turn():
            reached.release()
            done.wait(5)

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert reached.acquire(timeout=5)
    assert reached.acquire(timeout=5)
    assert not reached.acquire(timeout=0.1)
    done.set()
    assert reached.acquire(timeout=5)
    for thread in threads:
        thread.join()


def test_a_turn_whose_task_died_lapses_after_the_request_and_the_window():
    kept = Memory()
    dead, living = Paced(window(limit=1), kept=kept), Paced(window(limit=1), kept=kept)
    never_left = dead.turn()
    never_left.__enter__()
    living.time.now += REQUEST + 10 - 0.1
    waiting = threading.Thread(target=living.send)
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    living.time.now += 0.2
    waiting.join(5)
    assert not waiting.is_alive()


def test_turns_kept_together_stay_few():
    paced = Paced(window(limit=100_000))
    for _ in range(5_000):
        paced.send()
        paced.time.now += 0.001
    assert len(paced.pace.kept._state["quotas"][MAIN]["spent"]) <= GRAIN


def test_state_from_before_the_machine_started_is_forgotten():
    kept = Memory()
    before, after = Paced(window(), kept=kept), Paced(window(), kept=kept)
    before.send(5)
    before.refused(50)
    after.time.now -= 900
    assert after.send(5) == 0
