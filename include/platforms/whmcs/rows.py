"""WHMCS's clients, logins and orders in our words. Pure: no network, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.model import Contact, Order, State
from include.platforms.whmcs.services import accounts
from include.settings import settings
from include.whmcs_shapes import field, flag, moment, number, record_id, rows, text

if TYPE_CHECKING:
    from include.platforms import Page

Raw = Mapping[str, Iterable[Any]]

# stream: the container and the name of one record in it
SHAPES = {
    "clients": ("clients", "client"),
    "details": ("clients", "client"),
    "users": ("users", "user"),
    "products": ("products", "product"),
    "servers": ("servers", "server"),
    "orders": ("orders", "order"),
}

# of whose references a stream's ids are
RECORDS = {"clients": "client", "details": "client", "users": "login", "orders": "order"}


def contacts(raw: Raw) -> Iterator[Contact]:
    """Every client and every login."""
    where = "whmcs clients"
    created = {record_id(row, where): moment(row, "datecreated", where) for row in _all(raw, "clients")}
    hosting = _hosting(raw)
    for answer in _all(raw, "details"):
        yield _client(field(answer, "client", "whmcs details"), created, hosting)
    for row in _all(raw, "users"):
        yield _login(row)


def orders(raw: Raw) -> Iterator[Order]:
    """Every order. WHMCS knows no guests, and an order tells no address of its own: its client's counts."""
    where = "whmcs orders"
    for row in _all(raw, "orders"):
        client = number(row, "userid", where)
        yield Order(
            platform="whmcs",
            id=record_id(row, where),
            number=text(row, "ordernum", where),
            contact_id=str(client) if client else None,
            status=(text(row, "status", where) or "").lower() or None,
            placed_at=moment(row, "date", where),
        )


def count(page: Page) -> int:
    """How many records a page holds."""
    return len(_in(page.stream, page.body))


def ids(page: Page) -> list[str]:
    """The ids of a page's records."""
    where = f"whmcs {page.stream}"
    found = _in(page.stream, page.body)
    if page.stream == "details":
        found = [field(answer, "client", where) for answer in found]
    return [record_id(row, where) for row in found]


def _client(row: dict[str, Any], created: Mapping[str, datetime | None], hosting: Mapping[str, list[str]]) -> Contact:
    where = "whmcs details"
    me = record_id(row, where)
    owner = _owner(row, where)
    phone = text(row, "phonenumberformatted", where) if "phonenumberformatted" in row else None
    streets = (text(row, "address1", where), text(row, "address2", where))
    return Contact(
        platform="whmcs",
        kind="client",
        id=me,
        email=text(row, "email", where),
        first_name=text(row, "firstname", where),
        last_name=text(row, "lastname", where),
        company=text(row, "companyname", where),
        phone=phone if phone and phone.startswith("+") else text(row, "phonenumber", where),
        address=", ".join(filter(None, streets)) or None,
        city=text(row, "city", where),
        postcode=text(row, "postcode", where),
        country=text(row, "countrycode", where),
        state=State.DISABLED if text(row, "status", where) == "Closed" else None,
        created_at=created.get(me),
        links=(*((f"whmcs:login:{owner}",) if owner else ()), *hosting.get(me, ())),
    )


def _owner(row: dict[str, Any], where: str) -> str | None:
    """The owner's login, where both places that name it agree; a doubtful owner is none."""
    named = text(row, "owner_user_id", where)  # 0, or empty, on a client without an owner
    marked = [
        record_id(user, where)
        for user in rows(field(row, "users", where), "user", where)
        if flag(user, "is_owner", where)
    ]
    return named if marked == [named] else None


def _login(row: dict[str, Any]) -> Contact:
    where = "whmcs users"
    return Contact(
        platform="whmcs",
        kind="login",
        id=record_id(row, where),
        email=text(row, "email", where),
        first_name=text(row, "firstname", where),
        last_name=text(row, "lastname", where),
        state=State.ACTIVATED,
        created_at=moment(row, "datecreated", where),
    )


def _hosting(raw: Raw) -> dict[str, list[str]]:
    """Client -> its cPanel accounts, those on servers that we do not reach too, and the main domains of the others."""
    found: dict[str, set[str]] = {}
    for one in accounts(_all(raw, "products"), _all(raw, "servers"), settings().whm_server):
        links = found.setdefault(one.client.id, set())
        links.add(str(one.account))
        if one.reached and one.domain:
            links.add(f"cpanel:domain:{one.domain.casefold()}")
    return {client: sorted(links) for client, links in found.items()}


def _all(raw: Raw, stream: str) -> Iterator[dict[str, Any]]:
    for body in raw[stream]:
        yield from _in(stream, body)


def _in(stream: str, body: Any) -> list[dict[str, Any]]:
    container, singular = SHAPES[stream]
    where = f"whmcs {stream}"
    if stream == "details":
        return list(field(body, container, where))  # a list of our own making: one answer per client
    return rows(field(body, container, where), singular, where)
