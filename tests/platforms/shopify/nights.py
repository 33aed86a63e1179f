"""Shopify pulled night after night into snapshots: what it was asked, and the rows that came of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from include import stages
from include.key import Key
from include.platforms import Platform, open_platform
from include.platforms.shopify import rows
from include.pull import overlay
from include.sandbox.shopify.shop import stamp
from include.sandbox.world import World
from include.store.snapshots import Snapshot, open_store
from tests.sandbox.shopify.serving import Shopify
from tests.sandbox.shopify.worlds import LONG_AGO, customer, order

FULL_PULL_DAYS = 7
FIRST_NIGHT = date(2026, 11, 23)
NAMED = re.compile(r"\s*(?:query|mutation) (\w+)")


class Killed(Exception):
    """The task is no more."""


class Listening(requests.Session):
    """Writes down the name of every document that is sent, and asks for small pages when told to."""

    def __init__(self, page: int | None) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.then: Callable[[str], None] = lambda name: None
        self._page = page

    def request(self, method: Any, url: Any, *args: Any, **how: Any) -> Any:
        sent = how["json"]
        if self._page and "first" in sent["variables"]:
            how["json"] = sent | {"variables": sent["variables"] | {"first": self._page}}
        found = NAMED.match(sent["query"])
        assert found, sent["query"]
        self.asked.append(found[1])
        answer = super().request(method, url, *args, **how)
        try:
            self.then(found[1])
        except Killed:
            answer.close()
            raise
        return answer


class Nights:
    """One shop's nights. `options`: of its connection. `page`: how many records a page has at most."""

    def __init__(self, folder: Path, there: Shopify, page: int | None = None, **options: Any) -> None:
        self.there, self._store = there, open_store(str(folder))
        self.session = Listening(page)
        self.waited: list[float] = []
        key = Key("", "sandbox", options)
        self.platform: Platform = open_platform("shopify", self.session, there.base, key, sleep=self.waited.append)
        self._count = 0

    @property
    def asked(self) -> list[str]:
        return self.session.asked

    def close(self) -> None:
        self.session.close()

    def begin(self) -> Snapshot:
        """The next night."""
        self._count += 1
        return self._store.begin((FIRST_NIGHT + timedelta(days=self._count)).isoformat())

    def pull(self, snapshot: Snapshot | None = None) -> Snapshot:
        """Pull a night that then is a good one. Only what it asked is in `asked`."""
        snapshot = snapshot or self.begin()
        self.asked.clear()
        stages.pull(self.platform, snapshot, self._store.before(snapshot), FULL_PULL_DAYS)
        raw = snapshot.raw("shopify")
        base = self._store.get(raw.manifest().planned.rests_on) if raw.manifest().planned.rests_on else None
        for name, table in overlay.tables("shopify", rows, raw, base).items():
            snapshot.part(name).write_table(table)
        snapshot.mark_filed()
        return snapshot


def held(snapshot: Snapshot) -> dict[str, list[dict[str, Any]]]:
    """A night's contacts and orders, in the order of their ids."""
    found = {table: snapshot.rows_of(table, ["shopify"]).to_pylist() for table in overlay.TABLES}
    return {table: sorted(rows, key=lambda row: int(row["id"])) for table, rows in found.items()}


def changed_only(snapshot: Snapshot) -> bool:
    """Whether what counts of a night is what changed since the one before."""
    return snapshot.raw("shopify").manifest().phases[0] != "full"


def busy_shop(customers: int, orders: int, apart: int = 1) -> World:
    """A world of so many customers and orders, whose ids are so far apart."""
    accounts = [customer(str(1_000 + apart * n), f"p{n}@example.com", "P", f"N{n}") for n in range(customers)]
    purchases = [
        order(str(5_000_000 + apart * n), str(n), accounts[n % customers].id, f"p{n}@example.com", LONG_AGO)
        for n in range(orders)
    ]
    return World(seed=1, humans=[], accounts=accounts, purchases=purchases, planted=[])


def edit(there: Shopify, kind: str, index: int, **fields: Any) -> dict[str, Any]:
    """Somebody changes the customer or order at this place, just now."""
    shelf = {"customer": there.shop.customers, "order": there.shop.orders}[kind]
    record: dict[str, Any] = list(shelf.values())[index]
    record.update(fields, updatedAt=stamp(datetime.now(UTC)))
    return record
