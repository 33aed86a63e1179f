"""What people who live together share, beyond their address and telephone."""

from __future__ import annotations

from dataclasses import replace

from tests.benchmarks.quality.people import Person
from tests.benchmarks.quality.world import World

GENERATION = 18  # years between a father and his son, at least


def fathers_and_sons(world: World) -> None:
    """
    In one of three households with a man and one who could be his son, of one surname, the son bears his first name.

    Every reading of the son says Jr. after the surname; of the father six in ten say Sr.
    """
    changed: dict[str, Person] = {}
    for household, members in sorted(world.households().items()):
        men = sorted(
            (each for each in members if each.sex == "M" and each.born.isdecimal()), key=lambda each: each.born
        )
        if len(men) < 2 or world.chance("fathers_and_sons", household).random() > 1 / 3:
            continue
        father, son = men[0], men[-1]
        if int(son.born) - int(father.born) < GENERATION or father.last != son.last:
            continue
        world.truth.father_and_son.add(frozenset((father.id, son.id)))
        given = father.readings[0].first
        sons = tuple(replace(each, first=given, last=f"{each.last} Jr.") for each in son.readings)
        fathers = tuple(
            replace(each, last=f"{each.last} Sr.") if world.chance("sr", each.id).random() < 0.6 else each
            for each in father.readings
        )
        changed |= {son.id: replace(son, readings=sons), father.id: replace(father, readings=fathers)}
    world.people = [changed.get(person.id, person) for person in world.people]
    world.known = {person.id: person for person in world.people}


def shared_mailboxes(world: World) -> None:
    """In one household of ten, two members give one mailbox of the family's, each on another platform."""
    for household, members in sorted(world.households().items()):
        chance = world.chance("shared_mailboxes", household)
        if chance.random() > 1 / 10:
            continue
        one, other = chance.sample(members, 2)
        pairs = [
            (left, right)
            for left in world.of(one)
            for right in world.of(other)
            if left.split(":")[0] != right.split(":")[0] and not {left.split(":")[1], right.split(":")[1]} & {"login"}
        ]
        if not pairs:
            continue
        surname = "".join(filter(str.isalpha, one.last.lower())) or "our"
        address, mailbox = f"the{surname}s.{chance.randrange(100)}@comcast.net", f"family/{household}"
        for ref, person in zip(chance.choice(pairs), (one, other), strict=True):
            world.contacts[ref]["email"] = world.reaches(address, mailbox)
            world.truth.live[person.id].add(mailbox)
