"""A finding's records side by side, in words: which fields they have, where they differ, and what was before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from include.review import words
from include.store.dossiers import Dossier

# Fields in the order they are read; only those that compare are ever coloured.
COMPARED = ("Name", "Address", "Company", "Phone", "Postal address")
STATES = {"activated": "activated", "invited": "invited, never activated", "guest": "guest", "disabled": "disabled"}
NOT_A_DIGIT = re.compile(r"\D")


def table(dossier: Dossier, refs: Sequence[str]) -> dict[str, Any]:
    """
    `records`: the columns. `fields`: the rows, each with a value a record, and whether it differs from the first.

    `same`: all records have it, and alike.
    """
    by_ref = {one["ref"]: one for one in dossier.records}
    shown = [by_ref.get(ref, {"ref": ref}) for ref in refs]
    told = [_fields(one) for one in shown]
    names = list(dict.fromkeys(name for one in told for name in one))
    order = [name for name in ORDER if name in names]
    fields = []
    for name in order:
        said = [one.get(name) for one in told]
        same = None not in said and len({_plain(name, str(one)) for one in said}) == 1
        fields.append({"name": name, "same": same, "values": _values(name, said)})
    return {"records": [words.record(ref) for ref in refs], "fields": fields}


ORDER = (
    "Name", "Address", "Additional addresses", "Company", "Phone", "Postal address", "Account", "Order", "Belongs to",
    "Storefronts", "Since", "Last changed",
)  # fmt: skip


def _fields(record: Mapping[str, Any]) -> dict[str, str]:
    place = " ".join(str(record[name]) for name in ("postcode", "city") if record.get(name))
    postal = [record.get("address"), place, record.get("country")]
    number, status = _numbered(record.get("number")), record.get("status")
    told = {
        "Name": _words(record.get("first_name"), record.get("last_name")),
        "Address": record.get("email"),
        "Additional addresses": ", ".join(record.get("other_emails") or ()),
        "Company": record.get("company"),
        "Phone": record.get("phone"),
        "Postal address": ", ".join(str(one) for one in postal if one),
        "Account": STATES.get(str(record.get("state")), record.get("state")),
        "Order": ", ".join(str(one) for one in (number, status) if one),
        "Belongs to": words.record(record["contact"]) if record.get("contact") else None,
        "Storefronts": ", ".join(record.get("channels") or ()),
        "Since": day(record.get("created_at") or record.get("placed_at")),
        "Last changed": day(record.get("updated_at")),
    }
    return {name: str(value) for name, value in told.items() if value}


def _values(name: str, said: Sequence[str | None]) -> list[dict[str, Any]]:
    first = next((_plain(name, one) for one in said if one), None)
    differs = [name in COMPARED and one is not None and _plain(name, one) != first for one in said]
    return [{"text": one, "differs": is_other} for one, is_other in zip(said, differs, strict=True)]


def _plain(name: str, said: str) -> str:
    """A value as it is compared: what only looks otherwise is no difference."""
    if name == "Phone":
        return NOT_A_DIGIT.sub("", said)[-9:] or said
    return " ".join(said.casefold().replace(",", " ").split())


def history(dossier: Dossier) -> list[str]:
    """What the nights saw change, and with which addresses orders were placed, in sentences."""
    told = [
        f"{one['night']}: {words.record(one['ref'])} changed from {one['from']} to {one['to']}."
        for one in dossier.history
    ]
    for record in dossier.records:
        for span in record.get("placed") or ():
            first, last = day(span.get("first")), day(span.get("last"))
            when = f", on {first}" if first == last else f", from {first} to {last}"
            number = "1 order" if span["orders"] == 1 else f"{span['orders']} orders"
            with_what = f"with {span['email']}" if span.get("email") else "without an address"
            told.append(f"{words.record(record['ref'])}: {number} {with_what}{when if first else ''}.")
    return told


def orders(dossier: Dossier) -> list[dict[str, str]]:
    """The newest orders of its customers."""
    return [
        {
            "record": words.record(record["ref"]),
            "order": _numbered(one.get("number")) or "without a number",
            "placed": day(one.get("placed_at")) or "",
            "status": str(one.get("status") or ""),
            "email": str(one.get("email") or ""),
        }
        for record in dossier.records
        for one in record.get("orders") or ()
    ]


def _numbered(number: Any) -> str | None:
    """An order's number with its sign, which some platforms write themselves."""
    return f"#{str(number).removeprefix('#')}" if number else None


def who(dossier: Dossier | None) -> dict[str, Any]:
    """Whom a finding is about: the different names and addresses of its records, in their order. `called`: a few."""
    records = dossier.records if dossier else ()
    names = _different(_words(one.get("first_name"), one.get("last_name")) for one in records)
    addresses = (str(one.get("email") or "") for one in records)
    return {"names": names, "called": words.few(names, " / "), "addresses": _different(addresses)}


def _different(said: Any) -> list[str]:
    told: dict[str, str] = {}
    for one in said:
        if one:
            told.setdefault(one.casefold(), one)
    return list(told.values())


def _words(*parts: Any) -> str:
    return " ".join(str(part) for part in parts if part)


def day(moment: Any) -> str | None:
    """The day of a time as it is kept."""
    try:
        return date.fromisoformat(str(moment)[:10]).isoformat() if moment else None
    except ValueError:
        return None
