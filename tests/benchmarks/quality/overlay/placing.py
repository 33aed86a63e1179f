"""Who has a record where."""

from __future__ import annotations

from tests.benchmarks.quality.people import Person, Reading
from tests.benchmarks.quality.world import World

SPREAD = ("hubspot", "shopify", "bigcommerce", "whmcs")
KIND = {"hubspot": "contact", "shopify": "customer", "bigcommerce": "customer", "whmcs": "client"}
SHARE = {"hubspot": 0.75, "shopify": 0.40, "bigcommerce": 0.25, "whmcs": 0.12}


def all_on_hubspot(world: World) -> None:
    """Every reading of every person is a HubSpot contact."""
    for person in world.people:
        for reading in person.readings:
            world.add(person, reading, "hubspot", "contact", "all_on_hubspot")


def one_platform_a_reading(world: World) -> None:
    """
    A person's readings are dealt out over HubSpot, Shopify, BigCommerce and WHMCS, beginning at a random one.

    Where a set has two files, each file is a platform of its own: HubSpot and Shopify.
    """
    filed = len({reading.source for person in world.people for reading in person.readings}) > 1
    for person in world.people:
        begin = world.chance("one_platform_a_reading", person.id).randrange(len(SPREAD))
        for at, reading in enumerate(person.readings):
            platform = SPREAD[int(reading.source)] if filed else SPREAD[(begin + at) % len(SPREAD)]
            _place(world, person, reading, platform, "one_platform_a_reading")


def platforms(world: World) -> None:
    """
    A person is on HubSpot in 75 of 100 cases, Shopify 40, BigCommerce 25, WHMCS 12; on HubSpot if nowhere else.

    Each platform takes its own reading, so that the source's misspellings lie between platforms. A WHMCS client has a
    login of the same reading, which it names. One Shopify customer in five never activated the account.
    """
    for person in world.people:
        chance = world.chance("platforms", person.id)
        chosen = [platform for platform, share in SHARE.items() if chance.random() < share] or ["hubspot"]
        for platform in chosen:
            reading = chance.choice(person.readings)
            ref = _place(world, person, reading, platform, "platforms")
            if platform == "shopify" and chance.random() < 0.2:
                world.contacts[ref]["state"] = "disabled"


def hubspot_duplicates(world: World) -> None:
    """One person in twelve of those on HubSpot has two contacts there, of other readings; one in ten of them three."""
    for person in world.people:
        chance = world.chance("hubspot_duplicates", person.id)
        if chance.random() < 1 / 12 and any(ref.startswith("hubspot:") for ref in world.of(person)):
            for again in range(2 if chance.random() < 0.1 else 1):
                world.add(person, chance.choice(person.readings), "hubspot", "contact", f"hubspot_duplicates{again}")


def _place(world: World, person: Person, reading: Reading, platform: str, rule: str) -> str:
    ref = world.add(person, reading, platform, KIND[platform], rule)
    if platform == "whmcs":
        login = world.add(person, reading, "whmcs", "login", rule)
        world.contacts[login] |= {"address": None, "city": None, "postcode": None, "country": None}
        world.contacts[login]["state"] = "activated"
        world.contacts[ref]["links"].append(login)
    return ref
