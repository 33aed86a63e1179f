"""The pages of WHMCS, cPanel and WHOIS as tables; WHMCS gives one container in many shapes."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pandas as pd

from tests.benchmarks.naive.pages import moment, pages, renamed, texts


def listed(raw: Path, stream: str, name: str, singular: str) -> list[dict[str, Any]]:
    """A stream of WHMCS, whose containers come as a list, as `{"0": {...}}`, as a lone record, or empty."""
    found: list[dict[str, Any]] = []
    for page in pages(raw / stream):
        rows = page[name]
        rows = rows.get(singular, rows) if isinstance(rows, dict) else rows
        if isinstance(rows, dict):
            rows = [rows] if "id" in rows else list(rows.values())
        found += rows or []
    return found


def unescaped(table: pd.DataFrame, *names: str) -> None:
    for name in names:
        table[name] = table[name].map(html.unescape, na_action="ignore")


def whmcs_clients(raw: Path) -> pd.DataFrame:
    names = {"id": "id", "firstname": "first_name", "lastname": "last_name", "companyname": "company", "email": "email"}
    names |= {
        "address1": "line1",
        "address2": "line2",
        "city": "city",
        "postcode": "postcode",
        "countrycode": "country",
    }
    names |= {"phonenumber": "phone", "status": "status"}
    records = [answer["client"] for page in pages(raw / "whmcs" / "details") for answer in page["clients"]]
    table = renamed(records, names, platform="whmcs", kind="client", updated_at=pd.NaT)
    unescaped(table, "first_name", "last_name", "company", "line1", "line2", "city")
    table["id"] = texts(table["id"])
    created = renamed(listed(raw, "whmcs/clients", "clients", "client"), {"id": "id", "datecreated": "created_at"})
    table["created_at"] = moment(table["id"].map(created.set_index(texts(created["id"]))["created_at"]))
    table["state"] = table.pop("status").map({"Closed": "disabled"})
    names = {"clientid": "client", "serverid": "server", "status": "status", "username": "user", "domain": "domain"}
    services = renamed(listed(raw, "whmcs/products", "products", "product"), names)
    servers = {str(one["id"]) for one in listed(raw, "whmcs/servers", "servers", "server") if one["module"] == "cpanel"}
    live = services[texts(services["server"]).isin(servers) & services["status"].isin(["Active", "Suspended"])]
    domains = live["domain"].fillna("").str.casefold()
    named = pd.concat([("cpanel:hosting:" + live["user"]), ("cpanel:domain:" + domains)[domains != ""]])
    sites = named.groupby(texts(live["client"]).reindex(named.index)).agg(lambda refs: sorted(set(refs)))
    table["links"] = [
        [f"whmcs:login:{row['owner_user_id']}", *sites.get(id, [])]
        for id, row in zip(table["id"], records, strict=True)
    ]
    return table


def whmcs_logins(raw: Path) -> pd.DataFrame:
    names = {"id": "id", "firstname": "first_name", "lastname": "last_name", "email": "email"}
    names |= {"datecreated": "created_at"}
    records = listed(raw, "whmcs/users", "users", "user")
    table = renamed(records, names, platform="whmcs", kind="login", state="activated")
    unescaped(table, "first_name", "last_name")
    table["id"], table["created_at"] = texts(table["id"]), moment(table["created_at"])
    return table


def whmcs_orders(raw: Path) -> pd.DataFrame:
    names = {"id": "id", "ordernum": "number", "userid": "contact_id", "status": "status", "date": "placed_at"}
    table = renamed(listed(raw, "whmcs/orders", "orders", "order"), names, platform="whmcs")
    for name in ("id", "number", "contact_id"):
        table[name] = texts(table[name])
    table["status"], table["placed_at"] = table["status"].str.lower(), moment(table["placed_at"])
    return table


def cpanel(raw: Path) -> pd.DataFrame:
    records = [row for page in pages(raw / "cpanel" / "accounts") for row in page["data"]["acct"]]
    names = {"user": "id", "email": "email", "suspended": "suspended", "unix_startdate": "created_at"}
    table = renamed(records, names | {"domain": "domain"}, platform="cpanel", kind="hosting")
    table["links"] = [[f"cpanel:domain:{domain.casefold()}"] if domain else [] for domain in table.pop("domain")]
    held = table["email"].str.split(r"[\s,;]+", regex=True).map(lambda parts: [part for part in parts if "@" in part])
    table["email"], table["other_emails"] = held.str[0], held.str[1:]
    table["state"] = texts(table.pop("suspended")).map({"1": "disabled"})
    table["created_at"] = pd.to_datetime(table["created_at"].astype("int64"), unit="s", utc=True)
    return table


def whois(raw: Path) -> pd.DataFrame:
    """A registrar names a field as it likes: `Email_Address` and `Email` are one."""
    records = []
    for answer in (answer for page in pages(raw / "whois" / "whois") for answer in page["whois"]):
        roles = {name.lower(): role for name, role in (answer["said"] or {}).items()}
        role = roles.get("registrant", roles.get("owner")) or {}
        role = json.loads(role) if isinstance(role, str) else role
        records.append({"".join(filter(str.isalnum, name.lower())): value for name, value in role.items()})
    names = {"firstname": "first_name", "lastname": "last_name", "email": "email", "emailaddress": "email2"}
    names |= {"contactname": "name", "fullname": "name2", "companyname": "company", "phonenumber": "phone"}
    names |= {"phone": "phone2", "address1": "line1", "address2": "line2", "city": "city", "postcode": "postcode"}
    names |= {"country": "country"}
    table = renamed(records, names, platform="whois", kind="domain")
    for name in ("email", "name", "phone"):
        table[name] = table[name].fillna(table.pop(f"{name}2"))
    table["email"] = table["email"].where(table["email"].str.contains("@", na=False))
    whole = [name.rpartition(" ") for name in table.pop("name").fillna("")]
    table["first_name"] = table["first_name"].fillna(pd.Series([name[0] for name in whole], dtype="str"))
    table["last_name"] = table["last_name"].fillna(pd.Series([name[2] for name in whole], dtype="str"))
    unescaped(table, "first_name", "last_name", "company", "line1", "line2", "city")
    table["id"] = [str(answer["domainid"]) for page in pages(raw / "whois" / "whois") for answer in page["whois"]]
    names = {"id": "id", "userid": "client", "regdate": "created_at", "domainname": "name"}
    domains = renamed(listed(raw, "whois/domains", "domains", "domain"), names)
    domains = domains.set_index(texts(domains.pop("id")))
    table["created_at"] = moment(table["id"].map(domains["created_at"]))
    both = zip(table["id"].map(domains["client"]), table["id"].map(domains["name"]), strict=True)
    table["links"] = [[f"whmcs:client:{client}", f"whois:name:{name.casefold()}"] for client, name in both]
    return table
