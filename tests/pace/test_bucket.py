"""So many points, which come back at a steady rate: what a request costs is learned, and reserved."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from include.pace import MAIN
from tests.pace.pacing import REQUEST, Paced, Said, shop


def test_a_bucket_guesses_once_and_then_knows_what_a_document_costs():
    paced = Paced(shop(guess=90))
    assert paced.send(says={"cost": 40, "used": 40}, document="orders") == 0
    assert paced.send(says={"cost": 40, "used": 40}, document="orders") == 0
    assert paced.send(document="orders") == pytest.approx(2)
    assert paced.send(document="customers") == pytest.approx(9)


def test_points_on_their_way_are_reserved_and_what_was_not_used_comes_back():
    paced = Paced(shop())
    with ExitStack() as held:
        turns = [held.enter_context(paced.turn()) for _ in range(5)]
        assert paced.time.slept == []
        for turn in turns:
            turn.answer = Said({"cost": 20, "used": 5})
    assert paced.send(3) == 0
    assert paced.send(2) == pytest.approx(2.5)


def test_a_bucket_learns_its_size_and_its_rate():
    paced = Paced(shop())
    paced.send(says={"cost": 20, "used": 20, "available": 1_980, "size": 2_000, "rate": 100})
    assert paced.send(99) == 0
    assert paced.send() == pytest.approx(0.2)


def test_others_at_the_bucket_are_noticed_and_only_what_is_certain_is_spent():
    paced = Paced(shop())
    paced.send(says={"cost": 20, "used": 20, "available": 15, "size": 100, "rate": 10})
    assert paced.send(says={"available": 0, "cost": 20, "used": 20}) == pytest.approx(0.5)
    with paced.turn() as early:
        with paced.turn() as late:
            late.answer = Said({"available": 60, "cost": 20, "used": 20})
        early.answer = Said({"available": 80, "cost": 20, "used": 20})
    state = paced.pace.kept._state["quotas"][MAIN]
    assert state["held"] == 60


def test_what_a_task_of_long_ago_left_of_the_bucket_has_come_back():
    paced = Paced(shop())
    paced.send(5)
    paced.time.now += 1_000
    assert paced.send(5) == 0
    assert paced.send() == pytest.approx(2)


def test_a_document_dearer_than_the_whole_bucket_waits_until_it_is_full_and_is_left_to_the_platform():
    paced = Paced(shop(guess=500))
    paced.send()
    assert paced.send() == pytest.approx(50)


def test_a_turn_that_lapsed_is_spent_and_its_late_answer_changes_no_points():
    paced = Paced(shop())
    with paced.turn() as late:
        paced.time.now += REQUEST + 1
        assert paced.send(5) == 0
        late.answer = Said({"cost": 20, "used": 0, "available": 100})
    assert paced.send() == pytest.approx(2)
