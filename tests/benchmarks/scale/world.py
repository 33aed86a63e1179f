"""
A night of any size as the snapshot has it: `contacts.parquet`, `orders.parquet`, and what was planted in it.

Made in columns, and the same for the same number of contacts. Shares are those of `SHARES`: most people are on two
platforms, a few share an address, a phone number or a house, some contacts are held twice, and a tenth of the orders
are guests'. What each rule must find is planted on people of their own, so that no two plants meet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.store.tables import schema
from tests.benchmarks.scale import people
from tests.benchmarks.scale.people import People

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

ORDERS = 3  # for each contact
SHARES = {  # of all contacts
    ("hubspot", "contact"): 0.37,
    ("shopify", "customer"): 0.34,
    ("bigcommerce", "customer"): 0.20,
    ("whmcs", "client"): 0.035,
    ("whmcs", "login"): 0.035,
    ("cpanel", "hosting"): 0.01,
    ("whois", "domain"): 0.01,
}
LINKED, ACTIVATED, GUESTS, BUYERS_WITH_ACCOUNT = 0.6, 0.7, 0.10, 0.2
DAY = 86_400_000_000
BEGUN = 1_700_000_000_000_000


@dataclass(frozen=True)
class Records:
    """The records of one platform: which people they are, and what differs from what the person says."""

    platform: str
    kind: str
    who: Numbers
    email: pa.Array

    @property
    def ids(self) -> pa.Array:
        return pa.array(self.who * 10 + 1).cast(pa.string())

    @property
    def refs(self) -> pa.Array:
        return joined(f"{self.platform}:{self.kind}:", self.ids)


def joined(*parts: Any) -> pa.Array:
    """Texts, one after the other, row by row."""
    return pc.binary_join_element_wise(*parts, "")


def write(contacts: int, folder: Path) -> None:
    """Write the two tables and `planted.json`: the records of every plant, by rule."""
    dice = np.random.default_rng(contacts)
    who = People.of(contacts // 2, dice)
    records = list(_records(who, contacts, dice))
    planted: dict[str, list[list[str]]] = {"email_mismatch": [], "duplicate_contact": [], "orphaned_order": []}
    tables = [_table(who, each, records, dice) for each in records]
    twice = _twice(who, records[0], planted)
    held = {str(each.platform): each for each in records if each.kind == "customer"}
    _moved(who, records, planted)
    made = pa.concat_tables([*tables, twice])
    pq.write_table(_sorted(made), folder / "contacts.parquet", compression="zstd")
    orders = _orders(who, held, contacts * ORDERS, planted, dice)
    pq.write_table(orders, folder / "orders.parquet", compression="zstd")
    (folder / "planted.json").write_text(json.dumps(planted))


def _records(who: People, contacts: int, dice: np.random.Generator) -> Iterator[Records]:
    """Who is on which platform. Those with a plant are on HubSpot and Shopify at least."""
    clients: Numbers = np.array([], dtype=np.int64)
    for (platform, kind), share in SHARES.items():
        size = max(int(contacts * share), 1)
        if kind == "customer" or platform == "hubspot":
            sure = np.flatnonzero(who.planted) if platform in ("hubspot", "shopify") else np.array([], dtype=np.int64)
            drawn = dice.permutation(np.flatnonzero(~who.planted))[: max(size - len(sure), 0)]
            chosen = np.sort(np.concatenate([sure, drawn]))
        elif kind == "client":
            clients = chosen = np.sort(dice.permutation(np.flatnonzero(~who.planted))[:size])
        else:
            chosen = clients[:size]
        moved = who.moved[chosen] if platform == "shopify" else np.zeros(len(chosen), dtype=bool)
        email = pc.if_else(pa.array(moved), who.later.take(chosen), who.email.take(chosen))
        yield Records(platform, kind, chosen, people.dirty(email, who.free[chosen], dice))


def _table(who: People, of: Records, records: list[Records], dice: np.random.Generator) -> pa.Table:
    """The contacts of one platform."""
    count, rows = len(of.who), of.who
    bare = of.kind in ("hosting", "domain")
    state = np.where(dice.random(count) < ACTIVATED, "activated", "disabled")
    links = _links(who, of, records)
    changed = BEGUN + dice.integers(0, 500, count) * DAY
    return _made(
        "contacts",
        count,
        platform=pa.array([of.platform]).take(pa.array(np.zeros(count, dtype=np.int64))),
        kind=pa.array([of.kind]).take(pa.array(np.zeros(count, dtype=np.int64))),
        id=of.ids,
        email=of.email,
        other_emails=_listed(people.some(who.further.take(rows), dice.random(count) < (0.04 if not bare else 0))),
        **({} if bare else {name: value.take(rows) for name, value in who.said.items()}),
        state=pa.array(state) if of.kind == "customer" else pa.nulls(count, pa.string()),
        channels=_listed(pa.nulls(count, pa.string())),
        created_at=_time(BEGUN - rows % 900 * DAY),
        updated_at=_time(changed),
        links=links,
    )


def _links(who: People, of: Records, records: list[Records]) -> pa.Array:
    """HubSpot contacts name a customer, clients their login and cPanel account, domains their client."""
    to = {"contact": ("shopify", "customer"), "client": ("whmcs", "login"), "domain": ("whmcs", "client")}
    if of.kind not in to:
        return _listed(pa.nulls(len(of.who), pa.string()))
    other = next(each for each in records if (each.platform, each.kind) == to[of.kind])
    known = np.isin(of.who, other.who)
    if of.kind == "contact":
        known &= who.linked[of.who]
    prefix = f"{other.platform}:{other.kind}:"
    return _listed(people.some(joined(prefix, of.ids), known))


def _twice(who: People, of: Records, planted: dict[str, list[list[str]]]) -> pa.Table:
    """The second HubSpot contact of some: with an address of its own, or another spelling of the same."""
    rows = np.flatnonzero(who.twice)
    ids = pa.array(rows * 10 + 2).cast(pa.string())
    spelled = pc.replace_substring(who.email.take(rows), "@", "+news@")
    same = pc.match_substring_regex(spelled, "@gmail[.]com$").to_numpy(zero_copy_only=False) & (rows % 2 == 0)
    first = joined("hubspot:contact:", pa.array(rows * 10 + 1).cast(pa.string()))
    pairs = zip(first.to_pylist(), joined("hubspot:contact:", ids).to_pylist(), strict=True)
    planted["duplicate_contact"] += [list(pair) for pair in pairs]
    nobody = np.zeros(len(rows), dtype=np.int64)
    return _made(
        "contacts",
        len(rows),
        platform=pa.array(["hubspot"]).take(pa.array(nobody)),
        kind=pa.array(["contact"]).take(pa.array(nobody)),
        id=ids,
        email=pc.if_else(pa.array(same), spelled, who.later.take(rows)),
        other_emails=_listed(pa.nulls(len(rows), pa.string())),
        **{name: value.take(rows) for name, value in who.said.items()},
        channels=_listed(pa.nulls(len(rows), pa.string())),
        created_at=_time(np.full(len(rows), BEGUN)),
        updated_at=_time(np.full(len(rows), BEGUN)),
        links=_listed(pa.nulls(len(rows), pa.string())),
    )


def _moved(who: People, records: list[Records], planted: dict[str, list[list[str]]]) -> None:
    """Whoever has another address on Shopify than on HubSpot."""
    ids = pa.array(np.flatnonzero(who.moved) * 10 + 1).cast(pa.string())
    sides = [joined(each, ids).to_pylist() for each in ("hubspot:contact:", "shopify:customer:")]
    planted["email_mismatch"] += [list(pair) for pair in zip(*sides, strict=True)]


def _orders(
    who: People, held: dict[str, Records], count: int, planted: dict[str, list[list[str]]], dice: np.random.Generator
) -> pa.Table:
    """Orders of customers in both shops; of the guests some hold an account, and the others are nobody known."""
    shops = sorted(held)
    sizes = [count // 3, count - count // 3]
    tables = []
    for shop, size in zip(shops, sizes, strict=True):
        of = held[shop]
        rows = dice.integers(0, len(of.who), size)
        guest = dice.random(size) < GUESTS
        known = guest & (dice.random(size) < BUYERS_WITH_ACCOUNT) & ~who.shared[of.who[rows]]
        number = pa.array(np.arange(size)).cast(pa.string())
        stranger = joined(pc.utf8_lower(who.said["last_name"].take(of.who[rows])), ".", number, "@guests.example")
        email = pc.if_else(pa.array(guest & ~known), stranger, who.email.take(of.who[rows]))
        own = pc.if_else(pa.array(who.moved[of.who[rows]]), of.email.take(rows), email)
        said = {name: value.take(of.who[rows]) for name, value in who.said.items() if name != "company"}
        said["first_name"] = pc.if_else(
            pa.array(guest & ~known), pc.utf8_reverse(said["first_name"]), said["first_name"]
        )
        said["phone"] = people.some(said["phone"], ~(guest & ~known))
        said["postcode"] = people.some(said["postcode"], ~(guest & ~known))
        placed = BEGUN + dice.integers(0, 400, size) * DAY
        tables.append(
            _made(
                "orders",
                size,
                platform=pa.array([shop]).take(pa.array(np.zeros(size, dtype=np.int64))),
                id=number,
                number=joined("#", number),
                contact_id=people.some(of.ids.take(rows), ~guest),
                email=pc.if_else(pa.array(known), of.email.take(rows), own),
                **said,
                status=pa.array(["completed"]).take(pa.array(np.zeros(size, dtype=np.int64))),
                placed_at=_time(placed),
                updated_at=_time(placed),
            )
        )
        found = np.flatnonzero(known)
        sides = joined(f"{shop}:order:", number.take(found)), of.refs.take(rows[found])
        planted["orphaned_order"] += [list(pair) for pair in zip(*(side.to_pylist() for side in sides), strict=True)]
    return _sorted(pa.concat_tables(tables))


def _made(table: str, count: int, **columns: Any) -> pa.Table:
    """A table of ours; a column that is not said is empty."""
    told = schema(table)
    return pa.table([columns.get(each.name, pa.nulls(count, each.type)).cast(each.type) for each in told], schema=told)


def _sorted(table: pa.Table) -> pa.Table:
    keys = [(name, "ascending") for name in ("platform", "kind", "id") if name in table.column_names]
    return table.sort_by(keys)


def _time(values: Numbers) -> pa.Array:
    return pa.array(values).cast(pa.timestamp("us", tz="UTC"))


def _listed(values: pa.Array) -> pa.Array:
    """Each value as a list of one, and nothing as an empty list."""
    filled = values.is_valid().to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(filled)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values.drop_null())
