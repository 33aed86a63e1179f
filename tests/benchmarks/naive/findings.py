"""
Tables to findings in plain pandas: which records each rule would name, and no more.

It weighs no evidence, proposes no fix and says nothing of why: the rules do all that besides, in the time they take.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from tests.benchmarks.naive.linking import agree, link, normal, of_a_role

HOLDERS = ["customer", "contact", "client"]
SHOPS = ["shopify", "bigcommerce"]
NEVER = ["cancelled", "canceled", "declined", "incomplete", "voided"]


def detect(tables: Path, orders: Path, out: Path) -> None:
    """Write the records of every finding, one finding a line."""
    contacts, bought = pd.read_parquet(tables), pd.read_parquet(orders)
    contacts["ref"] = contacts["platform"] + ":" + contacts["kind"] + ":" + contacts["id"]
    contacts["key"] = normal(contacts["email"])
    contacts["known"] = normal(contacts["other_emails"].explode().dropna().astype("str")).groupby(level=0).agg(set)
    contacts["person"] = contacts["ref"].map(link(contacts))
    found = {
        "email_mismatch": mismatches(contacts),
        "duplicate_contact": duplicates(contacts),
        "orphaned_order": orphans(contacts, bought),
    }
    lines = (json.dumps([rule, sorted(refs)]) for rule, groups in found.items() for refs in groups)
    out.write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="ascii")


def mismatches(contacts: pd.DataFrame) -> Iterator[set[str]]:
    """People whose addresses differ between platforms, and are not known side by side on one."""
    held = contacts[contacts["kind"].isin(HOLDERS) & contacts["key"].notna() & contacts["person"].notna()]
    several = held[held.groupby("person")["key"].transform("nunique") > 1]
    for _, rows in several.groupby("person"):
        if _disagree(rows):
            yield set(rows["ref"])


def _disagree(rows: pd.DataFrame) -> bool:
    held = list(zip(rows["platform"], rows["key"], rows["known"], strict=True))
    known: dict[str, set[str]] = {}
    for platform, key, others in held:
        known.setdefault(platform, set()).update({key}, others if isinstance(others, set) else ())
    return any(
        platform != other_platform and key != other and not any({key, other} <= keys for keys in known.values())
        for platform, key, _ in held
        for other_platform, other, _ in held
    )


def duplicates(contacts: pd.DataFrame) -> Iterator[set[str]]:
    """People whom HubSpot holds more than once."""
    held = contacts[(contacts["platform"] == "hubspot") & contacts["person"].notna()]
    for _, refs in held.groupby("person")["ref"]:
        if len(refs) > 1:
            yield set(refs)


def orphans(contacts: pd.DataFrame, orders: pd.DataFrame) -> Iterator[set[str]]:
    """Orders of guests and of nameless stubs whose buyer holds an account on the same platform."""
    customers = contacts[(contacts["kind"] == "customer") & contacts["platform"].isin(SHOPS)]
    nameless = customers["first_name"].fillna("") + customers["last_name"].fillna("") == ""
    stub = (customers["platform"] == "shopify") & customers["state"].isin(["disabled", "guest"]) & nameless
    stubs = customers[stub].rename(columns={"id": "contact_id"})[["platform", "contact_id", "ref"]]
    bought = orders[orders["platform"].isin(SHOPS) & ~orders["status"].str.lower().isin(NEVER)]
    bought = bought.merge(stubs.rename(columns={"ref": "stub"}), on=["platform", "contact_id"], how="left")
    bought = bought[bought["contact_id"].isna() | bought["stub"].notna()]
    bought = bought.assign(key=normal(bought["email"]), order=bought["platform"] + ":order:" + bought["id"])
    bought = bought[bought["key"].notna() & ~of_a_role(bought["key"])]
    wanted = ["platform", "key", "order", "stub", "channel", "first_name", "last_name"]
    accounts = customers[~stub][["platform", "key", "ref", "channels", "first_name", "last_name"]]
    pairs = bought[wanted].merge(accounts, on=["platform", "key"], suffixes=("_left", "_right"))
    open_to = [
        len(may) == 0 or channel in may for may, channel in zip(pairs["channels"], pairs["channel"], strict=True)
    ]
    pairs = pairs[pd.Series(open_to, index=pairs.index, dtype=bool) & (agree(pairs) != "no")]
    for order, rows in pairs.groupby("order"):
        yield {str(order), *rows["ref"], *rows["stub"].dropna()}
