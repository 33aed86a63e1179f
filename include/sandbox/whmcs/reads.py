"""The actions of WHMCS that change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from include.sandbox.whmcs.books import Books
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
        if _begins(client, form.get("search", ""), books) and form.get("status") in (None, "", client["status"])
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
    told = encoded(
        {key: value for key, value in found.items() if key != "datecreated"}
        | {
            "owner_user_id": _owner(books, found["id"]),
            "fullname": f"{found['firstname']} {found['lastname']}",
            "users": Container("user", [_listed(books, found["id"], user) for user in books.users_of[found["id"]]]),
        }
    )
    return {"client": told, **{key: value for key, value in told.items() if key != "users"}}


def users(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetUsers: a bare list, and `isOwner` where GetClientsDetails says `is_owner`."""
    doubt, reach = books.desk.switches["whmcs_owner_doubt"], _reach(books)
    found = [
        user | {"clients": Container(None, reach.get(user["id"], []))}
        for user in _ordered(books, books.users)
        if _begins(user, form.get("search", ""), books) and not (doubt == "gone" and user["id"] in books.owner.values())
    ]
    return _page("users", None, found, form)


def products(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetClientsProducts, with the password of every service."""
    found = [row for row in _ordered(books, books.services) if form.get("clientid") in (None, "", row["clientid"])]
    return _page("products", "product", found, form)


def servers(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetServers."""
    return {"servers": Container(None, [dict(server) for server in books.servers]), "fetchStatus": ""}


def contacts(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetContacts; its `userid` is the client. An id cannot be asked for."""
    asked = form.get("email", "").casefold()
    begins = books.desk.switches["whmcs_contact_search"] == "begins"
    found = [
        contact
        for _, contact in sorted(books.contacts.items())
        if form.get("userid") in (None, "", str(contact["userid"]))
        and (not asked or contact["email"].casefold() == asked or (begins and contact["email"].startswith(asked)))
    ]
    return _page("contacts", "contact", found, form)


def domains(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetClientsDomains."""
    found = [row for row in _ordered(books, books.domains) if form.get("clientid") in (None, "", row["userid"])]
    return _page("domains", "domain", found, form)


def whois(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """DomainGetWhoisInfo."""
    return books.registrar.told(_domain_id(books, form))


def lock(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """DomainGetLockingStatus."""
    return {"lockstatus": "locked" if books.registrar.locked(_domain_id(books, form)) else "unlocked"}


def orders(books: Books, form: Mapping[str, str]) -> dict[str, Any]:
    """GetOrders; its `userid` is the client."""
    found = [row for row in _ordered(books, books.orders) if form.get("userid") in (None, "", str(row["userid"]))]
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


def _ordered(books: Books, kept: Mapping[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a list that is asked for in no order: by id, or otherwise where that is switched."""
    return [row for _, row in sorted(kept.items(), reverse=bool(books.desk.switches["whmcs_newest_first"]))]


def _begins(row: Mapping[str, Any], search: str, books: Books) -> bool:
    kept = encoded(row) if books.desk.switches["whmcs_search_html"] else row
    full = f"{kept['firstname']} {kept['lastname']}"
    values = (kept["email"], kept["firstname"], kept["lastname"], full, kept.get("companyname", ""))
    return any(str(value).lower().startswith(search.lower()) for value in values)


def _owner(books: Books, client: int) -> Any:
    """What `owner_user_id` says."""
    owner = books.owner[client]
    if not owner:
        return books.desk.switches["whmcs_no_owner"]
    return owner + 1 if books.desk.switches["whmcs_owner_doubt"] == "named" else owner


def _listed(books: Books, client: int, user: int) -> dict[str, Any]:
    """A user as its client lists it."""
    known = books.users[user]
    doubted = books.desk.switches["whmcs_owner_doubt"] == "nobody"
    return encoded(
        {
            "id": user,
            "name": f"{known['firstname']} {known['lastname']}",
            "email": known["email"],
            "is_owner": user == books.owner[client] and not doubted,
        }
    )


def _reach(books: Books) -> dict[int, list[dict[str, Any]]]:
    """User -> the clients it lists."""
    doubt = books.desk.switches["whmcs_owner_doubt"]
    found: dict[int, list[dict[str, Any]]] = {}
    for client in books.clients:
        for user in books.users_of[client]:
            owned = books.owner[client] == user
            if not (owned and doubt == "unlisted"):
                found.setdefault(user, []).append({"id": client, "isOwner": owned and doubt != "unmarked"})
    return found


READS: Mapping[str, Callable[[Books, Mapping[str, str]], dict[str, Any]]] = {
    "whmcsdetails": details,
    "getclients": clients,
    "getclientsdetails": client,
    "getusers": users,
    "getcontacts": contacts,
    "getclientsproducts": products,
    "getservers": servers,
    "getclientsdomains": domains,
    "domaingetwhoisinfo": whois,
    "domaingetlockingstatus": lock,
    "getorders": orders,
    "getactivitylog": activity,
}
