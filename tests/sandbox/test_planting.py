"""Every kind of plant: there in every world, naming its rule and its records, and being what it is called."""

from __future__ import annotations

from collections import Counter

import pytest

from include.sandbox.world import Account, Human, Planted, Purchase, World, make_world

KINDS = {
    "changed_email": "email_mismatch",
    "hubspot_duplicate": "duplicate_contact",
    "guest_order": "orphaned_order",
    "stub_order": "orphaned_order",
    "billing_drift": "billing_drift",
    "registrant_drift": "billing_drift",
    "shared_mailbox": "shared_mailbox",
    "household": None,
    "role_mailbox": None,
    "namesake": None,
    "father_and_son": None,
    "succession": None,
    "true_guest": None,
}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(500, 7)


def records(world: World, planted: Planted) -> list[Account | Purchase]:
    """What a plant names, in its order. Raises KeyError for a record that does not exist."""
    known = {record.ref: record for record in (*world.accounts, *world.purchases)}
    return [known[ref] for ref in planted.records]


def owners(world: World, planted: Planted) -> list[Human]:
    """Whose the named records are, each person once."""
    ids = {record.human for record in records(world, planted)}
    return [human for human in world.humans if human.id in ids]


@pytest.mark.parametrize("people", [1, 2, 30])
def test_even_a_small_world_holds_every_kind_of_plant(people: int):
    assert {planted.kind for planted in make_world(people, 5).planted} == set(KINDS)


def test_every_kind_is_planted_several_times_and_names_its_rule(world: World):
    counted = Counter(planted.kind for planted in world.planted)
    assert set(counted) == set(KINDS)
    assert min(counted.values()) >= 4
    assert {planted.kind: planted.rule for planted in world.planted} == KINDS


def test_nobody_is_in_two_plants(world: World):
    people = [human.id for planted in world.planted for human in owners(world, planted)]
    assert len(people) == len(set(people))


def a_changed_email(world: World, planted: Planted) -> bool:
    held = {account.email for account in records(world, planted)}
    (human,) = owners(world, planted)
    newest = max(records(world, planted), key=lambda account: account.updated_at)
    return (
        held == {planted.right["email"], planted.right["old"]}
        and human.email == newest.email == planted.right["email"]
        and human.old_email == planted.right["old"]
    )


def a_hubspot_duplicate(world: World, planted: Planted) -> bool:
    copies = records(world, planted)
    addresses_held = {copy.email for copy in copies}
    return {copy.platform for copy in copies} == {"hubspot"} and len(addresses_held) == len(copies) in {2, 3}


def a_guest_order(world: World, planted: Planted) -> bool:
    order, account = records(world, planted)
    return (
        planted.right == {"order": order.ref, "contact": account.ref}
        and order.account is None
        and (order.platform, order.email, order.human) == (account.platform, account.email, account.human)
    )


def a_stub_order(world: World, planted: Planted) -> bool:
    order, account, stub = records(world, planted)
    return (
        order.account == stub.id
        and (stub.first_name, stub.last_name, stub.state) == (None, None, "disabled")
        and (order.email, order.human) == (account.email, account.human)
        and planted.right["invite"] == (account.state == "disabled")
    )


def a_billing_drift(world: World, planted: Planted) -> bool:
    client, *beside = records(world, planted)
    (human,) = owners(world, planted)
    held = {record.kind: record.email for record in beside}
    orders = sorted((o for o in world.purchases if o.human == human.id), key=lambda order: order.placed_at)
    return (
        client.email == human.email == planted.right["email"]
        and held["hosting"] == human.old_email == planted.right["old"]
        and held["login"] in {human.email, human.old_email}
        and [order.email for order in orders] == [human.old_email, human.email]
    )


def a_registrant_drift(world: World, planted: Planted) -> bool:
    client, domain = records(world, planted)
    return (client.email, client.human) != (domain.email, domain.human) and client.human == domain.human


def a_shared_mailbox(world: World, planted: Planted) -> bool:
    one, other = records(world, planted)
    return one.email == other.email and one.human != other.human and one.last_name == other.last_name


def a_household(world: World, planted: Planted) -> bool:
    first, second = owners(world, planted)
    return (
        first.first_name != second.first_name
        and (first.last_name, first.phone, first.street) == (second.last_name, second.phone, second.street)
        and {record.human for record in records(world, planted)} == {first.id, second.id}
    )


def a_role_mailbox(world: World, planted: Planted) -> bool:
    (email,) = {record.email for record in records(world, planted)}
    names = {(record.first_name, record.last_name) for record in records(world, planted)}
    return email.startswith("info@") and len(owners(world, planted)) == len(names) == 3


def a_namesake(world: World, planted: Planted) -> bool:
    first, second = owners(world, planted)
    return (
        (first.first_name, first.last_name) == (second.first_name, second.last_name)
        and first.phone != second.phone
        and first.email != second.email
        and first.street != second.street
    )


def a_father_and_son(world: World, planted: Planted) -> bool:
    father, son = owners(world, planted)
    return (
        father.last_name.replace(" Sr.", "") == son.last_name.replace(" Jr.", "")
        and father.last_name.endswith(" Sr.")
        and son.last_name.endswith(" Jr.")
        and (father.first_name, father.phone) == (son.first_name, son.phone)
        and father.email != son.email
    )


def a_succession(world: World, planted: Planted) -> bool:
    contact, shop = records(world, planted)
    gone, successor = (next(h for h in world.humans if h.id == planted.right[who]) for who in ("gone", "successor"))
    return (
        contact.links == [shop.ref]
        and (contact.human, shop.human) == (gone.id, successor.id)
        and gone.company == successor.company
        and shop.updated_at > contact.updated_at
        and contact.email != shop.email
    )


def a_true_guest(world: World, planted: Planted) -> bool:
    orders = records(world, planted)
    (human,) = owners(world, planted)
    return (
        {order.account for order in orders} == {None}
        and "cancelled" in {order.status for order in orders}
        and human.id not in {account.human for account in world.accounts}
    )


SHAPES = [
    a_changed_email,
    a_hubspot_duplicate,
    a_guest_order,
    a_stub_order,
    a_billing_drift,
    a_registrant_drift,
    a_shared_mailbox,
    a_household,
    a_role_mailbox,
    a_namesake,
    a_father_and_son,
    a_succession,
    a_true_guest,
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__.replace("_", "-"))
def test_every_plant_is_what_it_is_called(shape, world: World):
    kind = shape.__name__.removeprefix("a_")
    wrong = [planted for planted in world.planted if planted.kind == kind and not shape(world, planted)]
    assert wrong == []
    assert kind in KINDS


def test_every_second_household_shares_its_mailbox_too(world: World):
    shared = [len({r.email for r in records(world, p)}) == 1 for p in world.planted if p.kind == "household"]
    assert shared == [number % 2 == 0 for number in range(len(shared))]


def test_a_login_stayed_behind_in_every_second_billing_drift(world: World):
    logins = [
        next(record for record in records(world, planted) if record.kind == "login").email == planted.right["old"]
        for planted in world.planted
        if planted.kind == "billing_drift"
    ]
    assert logins == [number % 2 == 1 for number in range(len(logins))]
