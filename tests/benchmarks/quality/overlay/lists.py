"""What the platforms themselves see to, laid on last: no address stands twice in one place, records name each other."""

from __future__ import annotations

from tests.benchmarks.quality.world import World

ONE_HOLDER = (("hubspot", "contact"), ("shopify", "customer"), ("bigcommerce", "customer"), ("whmcs", "login"))


def one_holder(world: World) -> None:
    """HubSpot, both shops and the WHMCS logins give an address to one record only: on the later one it is missing."""
    held: dict[tuple[str, str], set[str]] = {where: set() for where in ONE_HOLDER}
    for row in world.contacts.values():
        taken = held.get((row["platform"], row["kind"]))
        if taken is None:
            continue
        if row["email"] and row["email"].lower() in taken:
            row["email"] = None
        row["other_emails"] = [address for address in row["other_emails"] if address.lower() not in taken]
        taken.update(address.lower() for address in (row["email"], *row["other_emails"]) if address)


def explicit_links(world: World) -> None:
    """Of the accounts of people who are on HubSpot, four in ten are named by the first of their HubSpot contacts."""
    for person in world.people:
        found = world.of(person)
        hubspot = [ref for ref in found if ref.startswith("hubspot:")]
        if not hubspot or any(person.id == world.truth.person[ref] for pair in world.truth.apart for ref in pair):
            continue
        for ref in found:
            row, chance = world.contacts[hubspot[0]], world.chance("explicit_links", ref)
            kind = world.contacts[ref]["kind"]
            if kind in ("customer", "client") and ref not in row["links"] and chance.random() < 0.4:
                row["links"].append(ref)
