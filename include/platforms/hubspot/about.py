"""
Which portal the connection opens, and which scopes its key lacks.

A private app's key is told its scopes (POST /oauth/v2/private-apps/get/access-token-info, whose body carries the key to
the host that every request carries it to; HubSpot's page on private apps, and public clients, seen 2026-11). Whether a
service key is told them is not documented. Where it is not, reading is tried, and that writing is granted stays unseen
until the first write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, NotPermitted, Refusal, SettingsWrong
from include.platforms import About, fingerprint
from include.record import Record

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Answer, Http

READ, WRITE = "crm.objects.contacts.read", "crm.objects.contacts.write"
ACCOUNT = "/account-info/v3/details"  # served to every key, whatever the version of the objects' paths
SCOPES_OF_KEY = "/oauth/v2/private-apps/get/access-token-info"


def about(http: Http, key: Key, contacts: str, version: str) -> About:
    """Ask for the portal and the key's scopes, then for one contact's id at `contacts`."""
    signed = {"Authorization": f"Bearer {key.secret}"}
    portal, answer = _portal(http, signed)
    granted = _granted(http, key, signed)
    missing = set() if granted is None else {READ, WRITE} - granted
    try:
        answer = http.read("GET", contacts, params={"limit": 1, "properties": "hs_object_id"}, headers=signed)
    except NotPermitted:
        missing.add(READ)
    except NotFound:
        raise SettingsWrong(
            f"hubspot knows no version {version}: put one that it serves into the extra of the connection, such as "
            '{"version": "v3"}.'
        ) from None
    return About(f"portal {portal}", version, tuple(sorted(missing)), _quota(answer.headers))


def account(http: Http, key: Key) -> str:
    """The fingerprint of the portal."""
    portal, _ = _portal(http, {"Authorization": f"Bearer {key.secret}"})
    return fingerprint("hubspot", str(portal))


def _portal(http: Http, signed: Mapping[str, str]) -> tuple[int, Answer]:
    """The portal's id, and the answer that told it."""
    answer = http.read("GET", ACCOUNT, headers=signed)
    return Record("hubspot account", _object(answer.body)).number("portalId"), answer


def _granted(http: Http, key: Key, signed: Mapping[str, str]) -> set[str] | None:
    """The scopes of this key; None when HubSpot does not tell those of its kind."""
    try:
        answer = http.read("POST", SCOPES_OF_KEY, json={"tokenKey": key.secret}, headers=signed)
    except Refusal:
        return None
    scopes = _object(answer.body).get("scopes")
    return {str(scope) for scope in scopes} if isinstance(scopes, list) else None


def _quota(headers: Mapping[str, str]) -> str | None:
    """What is left of the day's calls (the whole account's) and of the moment's (this key's), where it is told."""
    told = []
    for left, whole, period in (
        ("X-HubSpot-RateLimit-Daily-Remaining", "X-HubSpot-RateLimit-Daily", "today"),
        ("X-HubSpot-RateLimit-Remaining", "X-HubSpot-RateLimit-Max", "in 10 s"),
    ):
        said = headers.get(left, ""), headers.get(whole, "")
        if all(number.isdecimal() for number in said):
            told.append(f"{int(said[0]):,} of {int(said[1]):,} calls left {period}")
    return ", ".join(told) or None


def _object(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}
