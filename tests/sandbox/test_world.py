"""The invented world: the same for the same seed everywhere, and honest people whose records agree."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import asdict

import pytest

from include.people import addresses
from include.sandbox.world import MARKED, TODAY, Account, World, make_world, word

PEOPLE = 500
DIGEST = """
import hashlib, json, sys
from dataclasses import asdict
from include.sandbox.world import make_world
world = make_world(int(sys.argv[1]), int(sys.argv[2]))
print(hashlib.sha256(json.dumps(asdict(world), default=str).encode()).hexdigest())
"""


def digest(world: World) -> str:
    """Every byte of a world, in the order it was made."""
    return hashlib.sha256(json.dumps(asdict(world), default=str).encode()).hexdigest()


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(PEOPLE, 7)


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_the_same_seed_makes_the_same_world_in_every_process(hash_seed: str, world: World):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    command = [sys.executable, "-c", DIGEST, str(PEOPLE), "7"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == digest(world)


def test_another_seed_makes_another_world(world: World):
    other = make_world(PEOPLE, 8)
    assert digest(other) != digest(world)
    emails = {account.email for account in world.accounts}
    assert len(emails & {account.email for account in other.accounts}) < len(emails) / 10


def test_making_a_second_world_is_not_swayed_by_the_first():
    assert digest(make_world(40, 3)) == digest(make_world(40, 3))


def test_a_world_of_nobody_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        make_world(0, 7)


def test_a_world_has_about_as_many_people_as_asked_for(world: World):
    assert PEOPLE <= len(world.humans) <= PEOPLE * 1.01


def test_no_two_records_share_a_reference(world: World):
    refs = [record.ref for record in (*world.accounts, *world.purchases)]
    assert len(refs) == len(set(refs))


def test_nothing_is_changed_before_it_was_made_or_after_today(world: World):
    for account in world.accounts:
        assert account.created_at <= account.updated_at <= TODAY, account.ref
    for purchase in world.purchases:
        assert purchase.placed_at <= purchase.updated_at <= TODAY, purchase.ref


def test_records_name_only_records_that_exist(world: World):
    accounts = {account.ref for account in world.accounts}
    assert {link for account in world.accounts for link in account.links} <= accounts
    owned = {f"{p.platform}:{'client' if p.platform == 'whmcs' else 'customer'}:{p.account}" for p in world.purchases}
    assert {ref for ref in owned if not ref.endswith(":None")} <= accounts


def test_truth_gives_every_record_to_one_person(world: World):
    truth = world.truth()
    told = [ref for human in truth["humans"] for ref in human["records"]]
    assert sorted(told) == sorted(record.ref for record in (*world.accounts, *world.purchases))
    assert truth["seed"] == 7
    assert [planted["records"] for planted in truth["planted"]] == [planted.records for planted in world.planted]


def clean(world: World) -> dict[str, list[Account]]:
    """The accounts of everybody about whom nothing was planted."""
    whose = {record.ref: record.human for record in (*world.accounts, *world.purchases)}
    planted = {whose[ref] for plant in world.planted for ref in plant.records}
    found: dict[str, list[Account]] = {human.id: [] for human in world.humans if human.id not in planted}
    for account in world.accounts:
        if account.human in found:
            found[account.human].append(account)
    return found


def test_most_people_are_clean(world: World):
    assert len(clean(world)) > PEOPLE * 0.6


def test_clean_people_hold_one_address_in_any_spelling_or_have_told_hubspot_of_the_other(world: World):
    for human, accounts in clean(world).items():
        keys = {addresses.normal(account.email).key for account in accounts}
        known = {addresses.normal(email).key for account in accounts for email in account.other_emails}
        assert len(keys - known) == 1, human


def test_clean_people_spell_their_address_in_more_than_one_way(world: World):
    spelled = [{a.email for a in accounts} for accounts in clean(world).values()]
    assert any("+" in email for emails in spelled for email in emails)
    assert any(email != email.lower() for emails in spelled for email in emails)
    assert any(account.other_emails for accounts in clean(world).values() for account in accounts)


@pytest.mark.parametrize("platform", ["shopify", "bigcommerce", "hubspot"])
def test_clean_people_are_at_most_once_on_a_platform(platform: str, world: World):
    held = Counter(a.human for accounts in clean(world).values() for a in accounts if a.platform == platform)
    assert set(held.values()) == {1}


def test_one_login_of_whmcs_owns_two_clients(world: World):
    (shared,) = [login for login in world.of("whmcs", "login") if len(login.extra["clients"]) > 1]
    owned = [client.id for client in world.of("whmcs", "client") if client.extra["owner"] == shared.id]
    assert owned == shared.extra["clients"]


def test_a_mark_stands_behind_every_name_and_place_and_changes_nothing_else():
    plain, marked = make_world(40, 3), make_world(40, 3, "zz")
    for kind in ("humans", "accounts", "purchases"):
        for one, other in zip(getattr(plain, kind), getattr(marked, kind), strict=True):
            told, now = asdict(one), asdict(other)
            expected = {name: text + word("zz", name) for name in MARKED if (text := told.get(name))}
            assert now == told | expected
