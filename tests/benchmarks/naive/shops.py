"""The pages of the shops and of the CRM as tables: `json_normalize` and rename."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.benchmarks.naive.pages import moment, pages, renamed, texts

PLACE = {"address1": "line1", "address2": "line2", "city": "city", "zip": "postcode", "countryCodeV2": "country"}
STATES = {"ENABLED": "activated", "INVITED": "invited", "DISABLED": "disabled", "DECLINED": "disabled"}
LINKS = {"bigcommerce": "bigcommerce:customer", "shopify": "shopify:customer", "whmcs": "whmcs:client"}


def bigcommerce_customers(raw: Path) -> pd.DataFrame:
    records = [row for page in pages(raw / "bigcommerce" / "customers") for row in page["data"]]
    plain = ("id", "email", "first_name", "last_name", "company", "phone")
    names = {name: name for name in plain} | {"date_created": "created_at", "date_modified": "updated_at"}
    table = renamed(records, names, platform="bigcommerce", kind="customer", state="activated")
    place = {
        "address1": "line1",
        "address2": "line2",
        "city": "city",
        "postal_code": "postcode",
        "country_code": "country",
    }
    home = renamed([next(iter(row["addresses"]), {}) for row in records], place | {"phone": "home_phone"})
    table["phone"] = table["phone"].replace("", None).fillna(home.pop("home_phone"))
    table["id"] = texts(table["id"])
    table["channels"] = [[str(channel) for channel in row["channel_ids"] or []] for row in records]
    table["created_at"], table["updated_at"] = moment(table["created_at"]), moment(table["updated_at"])
    return table.join(home)


def bigcommerce_orders(raw: Path) -> pd.DataFrame:
    billed = {"email": "email", "first_name": "first_name", "last_name": "last_name", "phone": "phone"}
    billed |= {"street_1": "line1", "street_2": "line2", "city": "city", "zip": "postcode", "country_iso2": "country"}
    names = {"id": "id", "customer_id": "contact_id", "status": "status", "channel_id": "channel"}
    names |= {"date_created": "placed_at", "date_modified": "updated_at", "status_id": "status_id"}
    names |= {"is_deleted": "deleted"} | {f"billing_address.{theirs}": ours for theirs, ours in billed.items()}
    records = [row for page in pages(raw / "bigcommerce" / "orders") for row in page or []]
    table = renamed(records, names, platform="bigcommerce")
    table = table[(table.pop("status_id") != 0) & ~table.pop("deleted").astype(bool)].copy()
    table["contact_id"] = texts(table["contact_id"]).replace("0", None)
    table["id"], table["channel"] = texts(table["id"]), texts(table["channel"])
    table["number"], table["status"] = table["id"], table["status"].str.lower()
    for name in ("placed_at", "updated_at"):
        table[name] = moment(table[name], "%a, %d %b %Y %H:%M:%S %z")
    return table


def hubspot_contacts(raw: Path) -> pd.DataFrame:
    names = {"firstname": "first_name", "lastname": "last_name", "zip": "postcode", "address": "line1"}
    names |= {name: name for name in ("email", "company", "phone", "mobilephone", "city", "country")}
    names |= {"createdate": "created_at", "lastmodifieddate": "updated_at", "hs_additional_emails": "other_emails"}
    names |= {"bigcommerce_customer_id": "bigcommerce", "shopify_customer_id": "shopify", "whmcs_client_id": "whmcs"}
    names = {"id": "id"} | {f"properties.{theirs}": ours for theirs, ours in names.items()}
    records = [row for page in pages(raw / "hubspot" / "contacts") for row in page["results"]]
    table = renamed(records, names, platform="hubspot", kind="contact", line2=None)
    table["phone"] = table["phone"].fillna(table.pop("mobilephone"))
    others = table["other_emails"].fillna("").astype("str").str.split(";")
    table["other_emails"] = [sorted(filter(None, (one.strip() for one in each))) for each in others]
    ids = [table.pop(platform) for platform in LINKS]
    table["links"] = [
        [f"{prefix}:{id}" for prefix, id in zip(LINKS.values(), each, strict=True) if not pd.isna(id)]
        for each in zip(*ids, strict=True)
    ]
    table["created_at"], table["updated_at"] = moment(table["created_at"]), moment(table["updated_at"])
    return table


def shopify_customers(raw: Path) -> pd.DataFrame:
    names = {"id": "id", "firstName": "first_name", "lastName": "last_name", "state": "state"}
    names |= {"createdAt": "created_at", "updatedAt": "updated_at", "defaultEmailAddress.emailAddress": "email"}
    names |= {"defaultPhoneNumber.phoneNumber": "phone", "defaultAddress.phone": "home_phone"}
    names |= {f"defaultAddress.{theirs}": ours for theirs, ours in (PLACE | {"company": "company"}).items()}
    records = [row for page in pages(raw / "shopify" / "customers") for row in page["data"]["customers"]["nodes"]]
    table = renamed(records, names, platform="shopify", kind="customer")
    table["id"] = table["id"].str.rsplit("/").str[-1]
    table["phone"] = table["phone"].fillna(table.pop("home_phone"))
    table["state"] = table["state"].map(STATES)
    table["created_at"], table["updated_at"] = moment(table["created_at"]), moment(table["updated_at"])
    return table


def shopify_orders(raw: Path) -> pd.DataFrame:
    names = {"id": "id", "name": "number", "email": "email", "phone": "phone", "test": "test", "sourceName": "channel"}
    names |= {"displayFinancialStatus": "status", "processedAt": "placed_at", "updatedAt": "updated_at"}
    names |= {"cancelledAt": "cancelled", "customer.id": "contact_id"}
    person = PLACE | {"firstName": "first_name", "lastName": "last_name", "phone": "home_phone"}
    records = [row for page in pages(raw / "shopify" / "orders") for row in page["data"]["orders"]["nodes"]]
    table = renamed(records, names, platform="shopify")
    billed = renamed(records, {f"billingAddress.{theirs}": ours for theirs, ours in person.items()})
    shipped = renamed(records, {f"shippingAddress.{theirs}": ours for theirs, ours in person.items()})
    table = table.join(billed.fillna(shipped))
    table["phone"] = table["phone"].fillna(table.pop("home_phone"))
    table = table[~table.pop("test").astype(bool)].copy()
    for name in ("id", "contact_id"):
        table[name] = table[name].astype("str").str.rsplit("/").str[-1]
    status = table["status"].str.lower().str.replace("_", " ")
    table["status"] = status.where(table.pop("cancelled").isna(), "cancelled")
    table["placed_at"], table["updated_at"] = moment(table["placed_at"]), moment(table["updated_at"])
    return table
