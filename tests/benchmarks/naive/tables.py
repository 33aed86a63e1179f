"""
Pages to tables in plain pandas.

It knows what these platforms answer and trusts it: a field that is missing becomes an empty value, and nobody is told.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.benchmarks.naive import hosting, shops

PEOPLE = (
    shops.bigcommerce_customers,
    shops.hubspot_contacts,
    shops.shopify_customers,
    hosting.whmcs_clients,
    hosting.whmcs_logins,
    hosting.cpanel,
    hosting.whois,
)
ORDERS = (shops.bigcommerce_orders, shops.shopify_orders, hosting.whmcs_orders)
LISTS = ["other_emails", "channels", "links"]


def tabulate(raw: Path, out: Path) -> None:
    """Write `contacts.parquet` and `orders.parquet` of the pages below `raw`."""
    contacts = pd.concat([read(raw) for read in PEOPLE], ignore_index=True)
    for name in LISTS:
        contacts[name] = [value if isinstance(value, list) else [] for value in contacts[name]]
    _write(contacts, ["platform", "kind", "id"], out / "contacts.parquet")
    orders = pd.concat([read(raw) for read in ORDERS], ignore_index=True)
    _write(orders, ["platform", "id"], out / "orders.parquet")


def _write(table: pd.DataFrame, keys: list[str], path: Path) -> None:
    ordered = _clean(table).sort_values(keys, ignore_index=True)
    ordered.to_parquet(path, compression="zstd", index=False)


def _clean(table: pd.DataFrame) -> pd.DataFrame:
    """Text without outer blanks, and nothing where it is empty; the lines of an address as one."""
    lines = table.pop("line1").fillna("").str.cat(table.pop("line2").fillna(""), sep=", ")
    table["address"] = lines.str.strip(", ")
    for name in table.columns.difference([*LISTS, "created_at", "updated_at", "placed_at"]):
        table[name] = table[name].astype("str").str.strip().replace("", None)
    return table
