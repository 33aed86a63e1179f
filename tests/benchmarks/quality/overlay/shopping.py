"""Orders, and guests who hold an account."""

from __future__ import annotations

from datetime import timedelta

from tests.benchmarks.quality.overlay.mailboxes import made, mistyped, spelled
from tests.benchmarks.quality.people import Person, Reading
from tests.benchmarks.quality.world import TONIGHT, World

SHOPS = ("shopify", "bigcommerce")


def orders_of_accounts(world: World) -> None:
    """Half of the shop accounts have one to three orders of their own, attached; nothing is wrong with them."""
    for person, ref in _accounts(world):
        chance = world.chance("orders_of_accounts", ref)
        for _ in range(chance.randrange(1, 4) if chance.random() < 0.5 else 0):
            order = _order(world, person, person.readings[0], ref, world.contacts[ref]["email"], chance)
            world.orders[order]["contact_id"] = world.contacts[ref]["id"]
            world.truth.closed.add(order)


def guest_orders(world: World) -> None:
    """
    One account in six has an order its holder made as a guest.

    The address: half the account's, 15 of 100 another spelling of it, 15 mistyped, 20 another mailbox of the buyer's,
    with name, phone and street as the account has them. On BigCommerce, and on Shopify where the address is the
    account's, the order hangs on nobody (class A); with another address, on Shopify, on the nameless customer that the
    checkout left (class B). One in twelve was cancelled, and on BigCommerce one in twenty belongs to a storefront that
    the account may not use: both are to be left alone.
    """
    for person, ref in _accounts(world):
        chance, row = world.chance("guest_orders", ref), world.contacts[ref]
        if chance.random() > 1 / 6 or not row["email"]:
            continue
        how = chance.choices(("same", "spelling", "typo", "other"), (50, 15, 15, 20))[0]
        address = row["email"]
        if how == "spelling":
            address = spelled(world, address, chance) or address
        elif how == "typo":
            address = mistyped(world, address, chance)
        elif how == "other":
            address = made(world, person, "checkout")
        reading = next(each for each in person.readings if each.id == world.truth.reading[ref])
        order = _order(world, person, reading, ref, address, chance)
        if row["platform"] == "shopify" and address != row["email"]:
            _stub(world, person, order, reading, address)
        if row["platform"] == "bigcommerce" and chance.random() < 1 / 20:
            row["channels"] = ["2"]
            world.truth.closed.add(order)
        if chance.random() < 1 / 12:
            world.orders[order]["status"] = "cancelled"
            world.truth.closed.add(order)


def guests_of_the_family(world: World) -> None:
    """In one account of forty, somebody else of the household bought with its address."""
    homes = world.households()
    for person, ref in _accounts(world):
        chance, row = world.chance("guests_of_the_family", ref), world.contacts[ref]
        others = [each for each in homes.get(person.household, []) if each.id != person.id]
        if others and row["email"] and chance.random() < 1 / 40:
            buyer = chance.choice(others)
            _order(world, buyer, buyer.readings[0], ref, row["email"], chance)


def recycled_mailboxes(world: World) -> None:
    """For one account of eighty, a stranger buys with its address: the provider gave the mailbox to another."""
    for person, ref in _accounts(world):
        chance, row = world.chance("recycled_mailboxes", ref), world.contacts[ref]
        if row["email"] and chance.random() < 1 / 80:
            buyer = chance.choice(world.people)
            if buyer.household != person.household:
                _order(world, buyer, buyer.readings[0], ref, row["email"], chance)


def _accounts(world: World) -> list[tuple[Person, str]]:
    return [
        (person, ref)
        for person in world.people
        for ref in world.of(person)
        if world.contacts[ref]["kind"] == "customer" and ref not in world.truth.successor
    ]


def _order(world: World, buyer: Person, reading: Reading, account: str, address: str | None, chance) -> str:
    row = world.contacts[account]
    placed = TONIGHT - timedelta(days=chance.randrange(1, 400), minutes=chance.randrange(1_440))
    number = world.number(chance)
    order = f"{row['platform']}:order:{number}"
    world.orders[order] = {
        "platform": row["platform"],
        "id": number,
        "number": f"#{number[-5:]}",
        "contact_id": None,
        "email": address,
        "first_name": reading.first or None,
        "last_name": reading.last or None,
        "phone": row["phone"] if world.truth.person[account] == buyer.id else None,
        "address": reading.street or None,
        "city": reading.city or None,
        "postcode": reading.postcode or None,
        "country": buyer.country,
        "status": "completed",
        "channel": "1",
        "placed_at": placed,
        "updated_at": placed,
    }
    world.truth.buyer[order] = buyer.id
    return order


def _stub(world: World, buyer: Person, order: str, reading: Reading, address: str | None) -> None:
    """The nameless, never activated customer to whom a guest's order belongs."""
    ref = world.add(buyer, reading, "shopify", "customer", f"stub{order}")
    row = world.contacts[ref]
    row |= dict.fromkeys(("first_name", "last_name", "address", "city", "postcode", "country"))
    row |= {"state": "disabled", "email": address}
    world.truth.stubs.add(ref)
    world.orders[order]["contact_id"] = row["id"]
