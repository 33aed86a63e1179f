"""The actions of WHMCS that change something; each writes down what it did, also when it refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from include.sandbox.whmcs.books import Books
from include.sandbox.whmcs.shapes import Wrong

if TYPE_CHECKING:
    from starlette.requests import Request

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
CLIENT_FIELDS = (
    "firstname",
    "lastname",
    "companyname",
    "email",
    "address1",
    "city",
    "postcode",
    "phonenumber",
    "notes",
)
CONTACT_FIELDS = ("firstname", "lastname", "companyname", "email", "address1", "city", "postcode", "phonenumber")
USER_FIELDS = ("firstname", "lastname", "email")


def update_client(books: Books, form: Mapping[str, str], request: Request) -> dict[str, Any]:
    """UpdateClient: the billing record, never the login."""
    client = books.client(form, words="Client ID Not Found")
    record = f"whmcs:client:{client['id']}"
    new = form.get("email")
    holders = [one["email"] for key, one in books.clients.items() if key != client["id"]]
    if books.desk.switches["whmcs_refuses_login_address"]:
        holders += [one["email"] for key, one in books.users.items() if key != books.owner[client["id"]]]
    if books.desk.switches["whmcs_contact_duplicates"] == "everyone":
        holders += [one["email"] for one in books.contacts.values()]
    complaint = None
    if new is not None:
        complaint = _complaint(new, holders, "Duplicate Email Address")
    if not complaint and form.get("skipvalidation") not in ("true", "1") and not client["phonenumber"]:
        complaint = "You did not enter your phone number"
    if complaint:
        books.wrote(request, record, "update", {}, "refused")
        raise Wrong(complaint)
    _change(books, request, record, client, {name: form[name] for name in CLIENT_FIELDS if name in form})
    return {"clientid": form["clientid"]}


def update_user(books: Books, form: Mapping[str, str], request: Request) -> dict[str, Any]:
    """UpdateUser: the login, never the billing record. A new address is unverified until its owner follows a link."""
    user = books.users.get(int(form["user_id"])) if form.get("user_id", "").isdecimal() else None
    if user is None:
        raise Wrong("Invalid User ID requested")
    record = f"whmcs:login:{user['id']}"
    wanted = {name: form[name] for name in USER_FIELDS if name in form}
    complaint = None if wanted else "One of `email`, `firstname`, `lastname`, or `language` is required"
    if "email" in wanted:
        others = [one["email"] for key, one in books.users.items() if key != user["id"]]
        complaint = _complaint(wanted["email"], others, "A user already exists with that email address")
    if complaint:
        books.wrote(request, record, "update", {}, "refused")
        raise Wrong(complaint)
    moved = "email" in wanted and wanted["email"] != user["email"]
    _change(books, request, record, user, wanted)
    for client, owner in books.owner.items():
        if moved and owner == user["id"]:
            books.clients[client]["email_verified"] = False
    return {"user_id": form["user_id"]}


def update_contact(books: Books, form: Mapping[str, str], request: Request) -> dict[str, Any]:
    """UpdateContact: a sub-contact of a client."""
    contact = books.contacts.get(int(form["contactid"])) if form.get("contactid", "").isdecimal() else None
    if contact is None:
        raise Wrong("Contact ID Not Found")
    record = f"whmcs:contact:{contact['id']}"
    holders = [one["email"] for key, one in books.contacts.items() if key != contact["id"]]
    if books.desk.switches["whmcs_contact_duplicates"] == "everyone":
        holders += [one["email"] for one in books.clients.values()]
    wanted = {name: form[name] for name in CONTACT_FIELDS if name in form}
    if "email" in wanted and (complaint := _complaint(wanted["email"], holders, "Duplicate Email Address")):
        books.wrote(request, record, "update", {}, "refused")
        raise Wrong(complaint)
    _change(books, request, record, contact, wanted)
    return {"contactid": form["contactid"]}


def add_note(books: Books, form: Mapping[str, str], request: Request) -> dict[str, Any]:
    """AddClientNote; its `userid` is the client. No action tells notes."""
    client = books.client(form, "userid", "Client ID not found")
    if not form.get("notes"):
        raise Wrong("Notes can not be empty")
    books.notes.append({"id": len(books.notes) + 1, "client": client["id"], "note": form["notes"]})
    books.wrote(request, f"whmcs:client:{client['id']}", "note", {"note": [None, form["notes"]]})
    return {"noteid": str(len(books.notes))}


def log_activity(books: Books, form: Mapping[str, str], request: Request) -> dict[str, Any]:
    """LogActivity."""
    client = int(form["clientid"]) if form.get("clientid", "").isdecimal() else 0
    words = form.get("description", "")
    books.activity.append(
        {
            "id": len(books.activity) + 1,
            "clientId": client,
            "userId": 0,
            "adminId": 1,
            "date": books.desk.tick().strftime("%Y-%m-%d %H:%M:%S"),
            "description": words,
            "username": "api",
            "ipaddress": "192.0.2.10",
            "userid": client,
        }
    )
    record = f"whmcs:client:{client}" if client else "whmcs:activity:0"
    books.wrote(request, record, "log", {"activity": [None, words]})
    return {}


def delete_client(books: Books, form: Mapping[str, str], request: Request) -> dict[str, Any]:
    """DeleteClient: what another program may do while we look; Rollcall itself has no such call."""
    client = books.client(form, words="Client ID Not Found")
    del books.clients[client["id"]]
    books.wrote(request, f"whmcs:client:{client['id']}", "delete", {})
    return {"clientid": form["clientid"]}


def save_whois(books: Books, form: Mapping[str, str], request: Request) -> dict[str, Any]:
    """DomainUpdateWhoisInfo."""
    if not form.get("domainid", "").isdecimal() or int(form["domainid"]) not in books.domains:
        raise Wrong("Domain ID Not Found")
    if not form.get("xml"):
        raise Wrong("XML Required")
    record = f"whois:domain:{form['domainid']}"
    try:
        root = ElementTree.fromstring(form["xml"])  # noqa: S314  # our own tests are all that ever speaks to it
        sent = {role.tag: {part.tag: part.text or "" for part in role} for role in root}
        changed = books.registrar.save(int(form["domainid"]), sent)
    except (ElementTree.ParseError, Wrong) as wrong:
        books.wrote(request, record, "update", {}, "refused")
        raise Wrong(str(wrong)) from wrong
    books.wrote(request, record, "update", changed, "applied" if changed else "none")
    return {}


def _complaint(new: str, held: list[str], taken: str) -> str | None:
    if not ADDRESS.fullmatch(new):
        return "The email address entered is not valid"
    return taken if new.casefold() in {one.casefold() for one in held} else None


def _change(books: Books, request: Request, record: str, row: dict[str, Any], wanted: Mapping[str, str]) -> None:
    changed = {name: [row[name], value] for name, value in wanted.items() if row[name] != value}
    row.update(wanted)
    books.wrote(request, record, "update", changed, "applied" if changed else "none")


WRITES: Mapping[str, Callable[[Books, Mapping[str, str], Request], dict[str, Any]]] = {
    "updateclient": update_client,
    "updateuser": update_user,
    "updatecontact": update_contact,
    "addclientnote": add_note,
    "logactivity": log_activity,
    "deleteclient": delete_client,
    "domainupdatewhoisinfo": save_whois,
}
