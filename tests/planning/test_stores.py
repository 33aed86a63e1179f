"""The same person's records in the shops: changed with the client where a night knows them, and each as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from upath import UPath

from include import stages
from include.model import Ref
from include.planning.draft import to_read
from include.platforms import Platform
from include.registry import load, names
from include.sandbox.server import build, serve_in_thread
from include.settings import Settings
from include.store.ledger import Ledger
from include.store.snapshots import Snapshots
from tests.planning.desk import SupportDesk
from tests.sandboxes import Sandbox

SHOPS = ("shopify", "bigcommerce", "hubspot")
NEW = "somebody.else@post.example"


@dataclass
class Known:
    """A client of the sandbox whose address the shops have too."""

    client: str
    email: str
    records: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Path]]:
    """A sandbox of its own and one good night of it."""
    running = Sandbox(serve_in_thread(build(120, seed=11)))
    root = tmp_path_factory.mktemp("data")
    store = Snapshots(UPath(root) / "nights")
    snapshot = store.begin("2026-11-23")
    for name in names("platforms"):
        stages.pull(running.open(name), snapshot)
    stages.tabulate(snapshot, store, Settings())
    stages.link(snapshot, store)
    snapshot.mark_filed()
    yield running, root
    running.served.stop()


@pytest.fixture
def shops(world: tuple[Sandbox, Path]) -> Sandbox:
    world[0].reset()
    return world[0]


@pytest.fixture
def desk(book: Ledger, shops: Sandbox, world: tuple[Sandbox, Path]) -> SupportDesk:
    return SupportDesk(book, shops.open, world[1])


@pytest.fixture
def known(shops: Sandbox, world: tuple[Sandbox, Path]) -> Known:
    """A client with a login of its own, one address everywhere, and records in two shops or more."""
    snapshot = Snapshots(UPath(world[1]) / "nights").last_good()
    assert snapshot is not None
    people = snapshot.part("people").table().to_pylist()
    contacts = {f"{c['platform']}:{c['kind']}:{c['id']}": c for c in snapshot.part("contacts").table().to_pylist()}
    for client in (ref for ref in sorted(contacts) if ref.startswith("whmcs:client:")):
        persons = {row["person"] for row in people if row["contact"] == client}
        beside = [row["contact"] for row in people if row["person"] in persons]
        held = {ref.partition(":")[0]: ref for ref in beside if ref.partition(":")[0] in SHOPS}
        owned = [contacts[link] for link in contacts[client]["links"] if link.startswith("whmcs:login:")]
        records = [contacts[client], *owned, *(contacts[ref] for ref in beside)]
        one_address = len({str(one["email"]).casefold() for one in records}) == 1
        alone = len({ref.rpartition(":")[0] for ref in beside}) == len(beside)
        if {"shopify", "hubspot"} <= held.keys() and owned and alone and one_address:
            return Known(client, str(contacts[client]["email"]), held)
    raise AssertionError("the world has no such client: choose another seed")


def asked(known: Known, **said: Any) -> dict[str, Any]:
    told = {"client": known.client.rpartition(":")[2], "new_address": NEW, "cpanel": False, "domains": []}
    return told | said


def changes(desk: SupportDesk, id: int) -> list[tuple[str, str]]:
    return [(fix.target, fix.action) for fix in desk.finding(id).options[0].fixes]


def address_of(shops: Sandbox, ref: str) -> str:
    opened = shops.open(ref.partition(":")[0])
    return str(opened.fixes.read(opened.api, to_read(Ref.parse(ref), None, NEW))["email"])


def test_records_that_a_night_knows_as_the_same_person_s_come_after_the_client(
    desk: SupportDesk, shops: Sandbox, known: Known
) -> None:
    row = desk.planned(**asked(known))
    made = changes(desk, row.id)
    in_shops = [ref for ref, action in made if ref in known.records.values() and action == "set_email"]
    assert sorted(in_shops) == sorted(known.records.values())
    checked = made.index((known.client, "check_access"))
    assert all(made.index((ref, "set_email")) > checked for ref in in_shops)
    desk.approve(row.id)
    desk.apply()
    assert desk.row(row.id).finding_state == "settled"
    for ref in known.records.values():
        assert address_of(shops, ref) == NEW


def test_a_record_that_was_changed_since_the_night_is_named_and_left(
    desk: SupportDesk, shops: Sandbox, known: Known
) -> None:
    ref = known.records["shopify"]
    shopify = shops.open("shopify")
    shopify.fixes.write(shopify.api, to_read(Ref.parse(ref), known.email, "moved@post.example"))
    row = desk.planned(**asked(known))
    assert (ref, "set_email") not in changes(desk, row.id)
    assert any("not the old one" in one["says"] for one in desk.finding(row.id).because)


def test_an_address_that_somebody_else_has_in_a_shop_keeps_that_record_out(
    desk: SupportDesk, shops: Sandbox, known: Known
) -> None:
    ref = known.records["shopify"]
    other = next(one for one in shops.world.of("shopify", "customer") if one.ref != ref and one.email)
    row = desk.planned(**asked(known, new_address=other.email))
    assert (ref, "set_email") not in changes(desk, row.id)
    (said,) = (one for one in desk.finding(row.id).because if one["evidence"] == "taken_elsewhere")
    assert f"customer {other.id} already" in said["says"]
    assert said["weight"] < 0


def test_a_shop_that_cannot_be_opened_is_said_and_the_hosting_goes_on(
    desk: SupportDesk, shops: Sandbox, known: Known
) -> None:
    opens = desk.open
    desk.open = lambda name: shops.open(name, secret="wrong") if name == "shopify" else opens(name)
    row = desk.planned(**asked(known))
    assert row.state == "filed"
    assert (known.records["shopify"], "set_email") not in changes(desk, row.id)
    assert any(one["evidence"] == "not_looked_at" for one in desk.finding(row.id).because)


def test_a_new_person_takes_the_shop_s_account_over_too(desk: SupportDesk, shops: Sandbox, known: Known) -> None:
    row = desk.planned(**asked(known, person="new", first_name="Bea", last_name="Lee"))
    ref = known.records["shopify"]
    made = [action for target, action in changes(desk, row.id) if target == ref]
    assert made[:2] == ["set_email", "set_name"]
    assert made[-1] == "add_note"


def test_before_any_night_the_shops_are_not_looked_at(
    book: Ledger, shops: Sandbox, known: Known, tmp_path: Path
) -> None:
    desk = SupportDesk(book, shops.open, tmp_path)
    row = desk.planned(**asked(known))
    assert not set(known.records.values()) & {ref for ref, _ in changes(desk, row.id)}
    assert any(one["evidence"] == "no_night" for one in desk.finding(row.id).because)


@pytest.mark.parametrize("platform", SHOPS)
def test_each_shop_says_who_has_an_address_now(shops: Sandbox, platform: str) -> None:
    kind = "contact" if platform == "hubspot" else "customer"
    opened, holders = shops.open(platform), load("platforms", platform, "holders").holders
    held = next(one for one in shops.world.of(platform, kind) if one.email and one.email.isascii())
    assert str(held.ref) in {str(ref) for ref in holders(opened.api, held.email.upper())}
    assert holders(opened.api, "nobody@nowhere.example") == ()


class Elsewhere:
    """A shop's API behind a key of another account."""

    def __init__(self, api: Any) -> None:
        self._api = api

    def account(self) -> str:
        return "0" * 16

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)


def test_what_a_night_knows_of_another_account_is_not_used(desk: SupportDesk, shops: Sandbox, known: Known) -> None:
    def opens(name: str) -> Platform:
        opened = shops.open(name)
        return replace(opened, api=Elsewhere(opened.api)) if name == "shopify" else opened

    desk.open = opens
    row = desk.planned(**asked(known))
    made = {ref for ref, _ in changes(desk, row.id)}
    assert known.records["shopify"] not in made
    assert known.records["hubspot"] in made
    assert any(one["evidence"] == "other_account" for one in desk.finding(row.id).because)
