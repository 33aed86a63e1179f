"""The actions of WHMCS that change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from include.sandbox.whmcs.books import SERVERS, Books
from include.sandbox.whmcs.shapes import Container, Wrong, encoded

PAGE_SIZE = 25


def details(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """WhmcsDetails."""
    version = str(books.desk.switches["whmcs_version"])
    return {"whmcs": {"version": version.partition("-")[0], "canonicalversion": version}}


def clients(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetClients: the short form, without phone or address."""
    names = ("id", "firstname", "lastname", "companyname", "email", "datecreated", "status")
    found = [
        {name: client[name] for name in names} | {"groupid": 0}
        for _, client in sorted(books.clients.items())
        if _begins(client, form.get("search", "")) and form.get("status") in (None, "", client["status"])
    ]
    return _page("clients", "client", found, form)


def client(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetClientsDetails."""
    if not form.get("clientid") and not form.get("email"):
        raise Wrong("Either clientid Or email Is Required")
    if form.get("clientid"):
        found = books.client(form)
    else:
        wanted = form["email"].casefold()
        found = next((one for one in books.clients.values() if one["email"].casefold() == wanted), {})
        if not found:
            raise Wrong("Client Not Found")
    owner = books.owner[found["id"]]
    user = books.users[owner]
    told = encoded(
        {key: value for key, value in found.items() if key != "datecreated"}
        | {
            "owner_user_id": owner,
            "fullname": f"{found['firstname']} {found['lastname']}",
            "users": Container(
                "user",
                [
                    encoded(
                        {
                            "id": owner,
                            "name": f"{user['firstname']} {user['lastname']}",
                            "email": user["email"],
                            "is_owner": True,
                        }
                    )
                ],
            ),
        }
    )
    return {"client": told, **{key: value for key, value in told.items() if key != "users"}}


def users(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetUsers: a bare list, and `isOwner` where GetClientsDetails says `is_owner`."""
    owned: dict[int, list[int]] = {}
    for key, owner in books.owner.items():
        owned.setdefault(owner, []).append(key)
    found = [
        user | {"clients": [{"id": key, "isOwner": True} for key in owned.get(user["id"], ())]}
        for _, user in sorted(books.users.items())
        if _begins(user, form.get("search", ""))
    ]
    return _page("users", None, found, form)


def products(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetClientsProducts, with the password of every service."""
    found = [row for _, row in sorted(books.services.items()) if form.get("clientid") in (None, "", row["clientid"])]
    return _page("products", "product", found, form)


def servers(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetServers."""
    return {"servers": Container(None, [dict(server) for server in SERVERS]), "fetchStatus": ""}


def domains(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetClientsDomains."""
    found = [row for _, row in sorted(books.domains.items()) if form.get("clientid") in (None, "", row["userid"])]
    return _page("domains", "domain", found, form)


def whois(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """DomainGetWhoisInfo."""
    return books.registrar.told(_domain_id(books, form))


def orders(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetOrders; its `userid` is the client."""
    found = [row for _, row in sorted(books.orders.items()) if form.get("userid") in (None, "", str(row["userid"]))]
    return _page("orders", "order", found, form)


def activity(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetActivityLog, newest first; it states no `numreturned`."""
    found = [
        line
        for line in reversed(books.activity)
        if form.get("clientid") in (None, "", str(line["clientId"]))
        and form.get("description", "") in line["description"]
    ]
    page = _page("activity", "entry", found, form)
    del page["numreturned"]
    return page


def _domain_id(books: Books, form: Mapping[str, str]) -> int:
    if not form.get("domainid", "").isdecimal() or int(form["domainid"]) not in books.domains:
        raise Wrong("Domain ID Not Found")
    return int(form["domainid"])


def _page(name: str, singular: str | None, found: Iterable[dict[str, Any]], form: Mapping[str, str]) -> dict[str, Any]:
    rows = list(found)
    start, size = int(form.get("limitstart") or 0), int(form.get("limitnum") or PAGE_SIZE)
    part = [encoded(row) for row in rows[start : start + size]]
    return {
        "totalresults": len(rows),
        "startnumber": start,
        "numreturned": len(part),
        name: Container(singular, part),
    }


def _begins(row: Mapping[str, Any], search: str) -> bool:
    full = f"{row['firstname']} {row['lastname']}"
    values = (row["email"], row["firstname"], row["lastname"], full, row.get("companyname", ""))
    return any(str(value).lower().startswith(search.lower()) for value in values)


READS: Mapping[str, Callable[[Books, Mapping[str, str]], dict[str, Any]]] = {
    "whmcsdetails": details,
    "getclients": clients,
    "getclientsdetails": client,
    "getusers": users,
    "getclientsproducts": products,
    "getservers": servers,
    "getclientsdomains": domains,
    "domaingetwhoisinfo": whois,
    "getorders": orders,
    "getactivitylog": activity,
}
