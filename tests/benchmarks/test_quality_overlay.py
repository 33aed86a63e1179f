"""The written rules of the quality benchmark lay what their docstrings say, and the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.benchmarks.quality import judging, overlay, tables
from tests.benchmarks.quality.overlay import families, lists, mailboxes, moving, placing
from tests.benchmarks.quality.world import TONIGHT, World
from tests.benchmarks.test_quality import person, town


def test_the_same_seed_lays_the_same_world_and_another_seed_another():
    worlds = [overlay.laid(town(seed=seed), overlay.HOUSEHOLDS) for seed in (3, 3, 4)]
    assert worlds[0].contacts == worlds[1].contacts
    assert worlds[0].orders == worlds[1].orders
    assert worlds[0].truth == worlds[1].truth
    assert worlds[0].contacts != worlds[2].contacts


def test_every_address_of_a_laid_world_reaches_a_known_mailbox_and_every_record_is_somebody_s(tmp_path):
    world = overlay.laid(town(), overlay.HOUSEHOLDS)
    tables.write(world, tmp_path / "tonight", tmp_path / "before")
    assert world.contacts.keys() == world.truth.person.keys()
    assert all(judging.mailboxes(world, ref) is not None for ref in world.contacts)
    assert all(world.truth.mailbox[row["email"].lower()] for row in world.orders.values())
    assert world.before.keys() <= world.contacts.keys()
    assert all(row["updated_at"] <= TONIGHT for row in world.contacts.values())
    assert {kind for rule, kinds in judging.expected(world).items() if (kind := rule) and kinds} == set(judging.RULES)


def test_no_platform_that_gives_an_address_to_one_record_holds_it_twice():
    world = overlay.laid(town(), overlay.HOUSEHOLDS)
    for where in lists.ONE_HOLDER:
        rows = [row for row in world.contacts.values() if (row["platform"], row["kind"]) == where]
        held = [text.lower() for row in rows for text in (row["email"], *row["other_emails"]) if text]
        assert len(held) == len(set(held)) > 0


def test_nobody_s_address_is_another_s_however_alike_their_names():
    world = World([person(0), *(replace(person(0), id=str(number)) for number in range(1, 40))], 1)
    made = [mailboxes.made(world, each, "personal") for each in world.people]
    bare = [f"{a.split('@')[0].replace('.', '')}@{a.split('@')[1]}" if a.endswith("@gmail.com") else a for a in made]
    assert len(set(bare)) == 40


@pytest.mark.parametrize(
    ("address", "spellings"),
    [("ann.ruiz@gmail.com", True), ("ann@outlook.com", True), ("ann@yahoo.com", False), ("ann@firm.com", False)],
)
def test_a_mailbox_is_spelled_otherwise_only_where_its_provider_allows(address: str, spellings: bool):
    world = town(1)
    world.reaches(address, "ann")
    for seed in range(20):
        other = mailboxes.spelled(world, address, random.Random(seed))
        assert (other is not None) is spellings
        if other:
            assert other != address
            assert world.truth.mailbox[other] == "ann"


def test_a_mistyped_address_is_another_and_reaches_not_its_owner():
    world = town(1)
    world.reaches("annruiz@gmail.com", "ann")
    for seed in range(50):
        wrong = mailboxes.mistyped(world, "annruiz@gmail.com", random.Random(seed))
        assert world.truth.mailbox[wrong].startswith(mailboxes.MISTYPED)


def test_a_son_is_called_as_his_father_and_junior_and_only_a_man_who_could_be_one():
    homes = []
    for number in range(0, 300, 3):
        second = ("1980", "M") if number % 2 else ("1960", "M")
        sexes = (("1950", "M"), second, ("1979", "F"))
        for more, (born, sex) in enumerate(sexes):
            homes.append(person(number + more, household=f"h{number}", born=born, sex=sex, last="Ruiz"))
    world = World(homes, 1)
    families.fathers_and_sons(world)
    assert 5 < len(world.truth.father_and_son) < 30
    for ids in world.truth.father_and_son:
        father, son = sorted((world.known[each] for each in ids), key=lambda each: each.born)
        assert father.first == son.first
        assert all(reading.last.endswith("Jr.") for reading in son.readings)
        assert int(son.born) - int(father.born) >= families.GENERATION


def test_who_moved_has_the_new_mailbox_on_one_platform_and_no_other_is_right():
    world = town()
    for rule in (placing.platforms, mailboxes.personal, moving.drift):
        rule(world)
    moved = [each for each, live in world.truth.live.items() if live == {f"{each}/moved"}]
    assert moved
    for each in moved:
        told = [ref for ref in world.of(world.known[each]) if judging.mailbox(world, ref) == f"{each}/moved"]
        assert len(told) == 1
    assert {world.truth.person[ref] for ref in world.before} <= set(moved)
