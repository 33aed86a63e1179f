"""
A small working copy of one server's WHM API 1: listaccts, accountsummary, modifyacct, myprivs, version.

It answers failures with status 200 and `metadata.result` 0, and a wrong token with 403 in another envelope. It holds
only what these touch, and forgets it all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from include.sandbox.desk import Desk
    from include.sandbox.world import Account, World

SIGNED = "whm sandbox:sandbox"
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SWITCHES = {
    "whm_post": True,  # the server also takes its parameters as a POST form; the documentation shows GET only
    "whm_denied": (),  # functions that the token's privileges do not allow
    "whm_privileges": ("acct-summary", "edit-account", "list-accts"),  # what the token may do; `all` is every one
}
NEEDS = {"listaccts": "list-accts", "accountsummary": "acct-summary", "modifyacct": "edit-account"}
DENIED = {
    "cpanelresult": {
        "apiversion": "2",
        "error": "Access denied",
        "data": {"reason": "Access denied", "result": "0"},
        "type": "text",
    }
}


Accounts = dict[str, dict[str, Any]]
Function = Callable[[Accounts, Mapping[str, str], Request, Any], tuple[dict[str, Any], str]]


class Wrong(Exception):
    """A failure in WHM's own words."""


def routes(world: World, desk: Desk) -> list[BaseRoute]:
    """`/json-api/<function>`."""
    for name, value in SWITCHES.items():
        desk.switches.setdefault(name, value)
    accounts = {account.id: _account(account) for account in world.of("cpanel", "hosting")}

    async def run(request: Request) -> Response:
        if request.headers.get("Authorization") != SIGNED:
            return JSONResponse(DENIED, 403)
        if request.method == "POST" and not desk.switches["whm_post"]:
            return PlainTextResponse("Method Not Allowed", 405)
        fields = dict(request.query_params)
        if request.method == "POST":
            fields |= {name: str(value) for name, value in (await request.form()).items()}
        function = str(request.path_params["function"])
        told = {"command": function, "version": 1}
        try:
            data, reason = _function(function, desk)(accounts, fields, request, desk)
        except Wrong as wrong:
            return JSONResponse({"metadata": {**told, "result": 0, "reason": str(wrong)}})
        return JSONResponse({"data": data, "metadata": {**told, "result": 1, "reason": reason}})

    return [Route("/json-api/{function}", run, methods=["GET", "POST"])]


def _function(name: str, desk: Desk) -> Function:
    given = desk.switches["whm_privileges"]
    lacks = name in NEEDS and NEEDS[name] not in given and "all" not in given
    if lacks or name in desk.switches["whm_denied"]:
        raise Wrong("Permission denied")
    if name not in FUNCTIONS:
        raise Wrong(f"Unknown app requested for this version (1) of the API: {name}")
    return FUNCTIONS[name]


def _listed(
    accounts: Accounts, fields: Mapping[str, str], _request: Request, _desk: Desk
) -> tuple[dict[str, Any], str]:
    """listaccts; `want` picks fields."""
    want = [name for name in fields.get("want", "").split(",") if name]
    rows = [_row(account) for _, account in sorted(accounts.items())]
    return {"acct": [{key: value for key, value in row.items() if not want or key in want} for row in rows]}, "OK"


def _summary(
    accounts: Accounts, fields: Mapping[str, str], _request: Request, _desk: Desk
) -> tuple[dict[str, Any], str]:
    """accountsummary."""
    return {"acct": [_row(_found(accounts, fields))]}, "OK"


def _modified(
    accounts: Accounts, fields: Mapping[str, str], request: Request, desk: Desk
) -> tuple[dict[str, Any], str]:
    """modifyacct; every other parameter than these two would change something that nobody asked for."""
    account = _found(accounts, fields)
    record = f"cpanel:hosting:{account['user']}"
    stray = sorted(set(fields) - {"api.version", "user", "contactemail"})
    new = fields.get("contactemail", account["email"])
    if stray or not ADDRESS.fullmatch(new):
        desk.wrote("cpanel", request, record, "update", {}, "refused")
        raise Wrong(f"Invalid parameters: {', '.join(stray)}" if stray else f"“{new}” is not a valid email address.")
    changed = {"email": [account["email"], new]} if new != account["email"] else {}
    account["email"] = new
    account["mtime"] = int(desk.tick().timestamp())
    desk.wrote("cpanel", request, record, "update", changed, "applied" if changed else "none")
    settings = {
        "USER": account["user"],
        "DOMAIN": account["domain"],
        "CONTACTEMAIL": new,
        "CONTACTEMAIL2": account["contactemail2"],
        "MTIME": str(account["mtime"]),
        "OWNER": "root",
        "notify_contact_address_change": "1",
    }
    return {"user": account["user"], "domain": account["domain"], "cpuser": settings}, "Account Modified"


def _privileges(
    _accounts: Accounts, _fields: Mapping[str, str], _request: Request, desk: Desk
) -> tuple[dict[str, Any], str]:
    """myprivs: every privilege there is, and whether it was given by name."""
    given = desk.switches["whm_privileges"]
    names = sorted({*NEEDS.values(), "all", "create-acct", "kill-acct", "passwd"})
    return {"privileges": [{name: int(name in given) for name in names}]}, "OK"


def _version(
    _accounts: Accounts, _fields: Mapping[str, str], _request: Request, _desk: Desk
) -> tuple[dict[str, Any], str]:
    """version."""
    return {"version": "11.138.0.10"}, "OK"


def _found(accounts: Accounts, fields: Mapping[str, str]) -> dict[str, Any]:
    for account in accounts.values():
        if fields.get("user") == account["user"] or fields.get("domain") == account["domain"]:
            return account
    raise Wrong("Account does not exist")


def _account(account: Account) -> dict[str, Any]:
    return {
        "user": account.id,
        "domain": account.extra["domain"],
        "email": account.email or "*unknown*",
        "contactemail2": account.extra.get("contactemail2") or "",
        "suspended": account.state == "disabled",
        "started": int(account.created_at.timestamp()),
        "mtime": int(account.updated_at.timestamp()),
    }


def _row(account: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "user": account["user"],
        "domain": account["domain"],
        "email": account["email"],
        "owner": "root",
        "suspended": int(account["suspended"]),
        "suspendreason": "Unknown" if account["suspended"] else "not suspended",
        "is_locked": 0,
        "plan": "default",
        "ip": "192.0.2.20",
        "diskused": "10M",
        "unix_startdate": account["started"],
        "maxaddons": "*unknown*",
    }


FUNCTIONS: Mapping[str, Function] = {
    "listaccts": _listed,
    "accountsummary": _summary,
    "modifyacct": _modified,
    "myprivs": _privileges,
    "version": _version,
}
