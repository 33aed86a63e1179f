"""Small tables written out by hand, for the tests of link and rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from include.model import Contact, Finding, Order
from include.people.link import link
from include.registry import load
from include.store.tables import Tables, of_rows

ANN = {"first_name": "Ann", "last_name": "Lee", "phone": "+15032348761"}
BOB = {"first_name": "Bob", "last_name": "Lee", "phone": "+15032348761"}
OLD, NEW = "ann@old.example", "ann@new.example"
SPRING, SUMMER = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
KINDS = {"hubspot": "contact", "whmcs": "client", "cpanel": "hosting", "whois": "domain"}


def contact(platform: str, id: str, email: str | None = OLD, **said: Any) -> Contact:
    facts: dict[str, Any] = {"kind": KINDS.get(platform, "customer"), "updated_at": SPRING, "created_at": SPRING} | said
    return Contact(platform=platform, id=id, email=email, **facts)


def order(platform: str, id: str, email: str | None = OLD, **said: Any) -> Order:
    facts: dict[str, Any] = {"status": "completed", "first_name": "Ann", "last_name": "Lee"} | said
    return Order(platform=platform, id=id, email=email, **facts)


def night(rows: Iterable[Contact | Order], before: Tables | None = None) -> Tables:
    """The tables of a night that holds these rows, with its people linked."""
    rows = list(rows)
    contacts = of_rows("contacts", [row for row in rows if isinstance(row, Contact)])
    orders = of_rows("orders", [row for row in rows if isinstance(row, Order)])
    tables = Tables.of_arrow({"contacts": contacts, "orders": orders}, before)
    return tables.with_people(*link(tables))


def found(rule: str, *rows: Contact | Order, before: Tables | None = None) -> list[Finding]:
    return list(load("rules", rule).find(night(rows, before)))


def people(*rows: Contact) -> list[set[str]]:
    """Which contacts were linked into one person."""
    table = night(rows).people.to_pyarrow().to_pylist()
    groups: dict[str, set[str]] = {}
    for row in table:
        groups.setdefault(row["person"], set()).add(row["contact"])
    return sorted(groups.values(), key=sorted)
