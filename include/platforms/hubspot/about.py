"""
Which portal the connection opens, and which scopes its key lacks.

A private app's key is told its scopes (POST /oauth/v2/private-apps/get/access-token-info, whose body carries the key to
the host that every request carries it to; HubSpot's page on private apps, and public clients, seen 2026-11). Whether a
service key is told them is not documented. Where it is not, reading is tried, and that writing is granted stays unseen
until the first write.

The portal's details want the scope `oauth` by HubSpot's specification, which a key may lack: where they are denied,
what the key is told of itself names its portal.
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
ACCOUNT = "/account-info/v3/details"  # whatever the version of the objects' paths
KEY = "/oauth/v2/private-apps/get/access-token-info"


def about(http: Http, key: Key, contacts: str, version: str) -> About:
    """Ask for the portal and the key's scopes, then for one contact's id at `contacts`."""
    signed = {"Authorization": f"Bearer {key.secret}"}
    portal, headers = _portal(http, key, signed)
    told = _told_of_key(http, key, signed)
    scopes = _object(told.body).get("scopes") if told else None
    granted = {str(scope) for scope in scopes} if isinstance(scopes, list) else None
    missing = set() if granted is None else {READ, WRITE} - granted
    try:
        asked = {"limit": 1, "properties": "hs_object_id"}
        headers = http.read("GET", contacts, params=asked, headers=signed).headers
    except NotPermitted:
        missing.add(READ)
    except NotFound:
        raise SettingsWrong(
            f"hubspot knows no version {version}: put one that it serves into the extra of the connection, such as "
            '{"version": "v3"}.'
        ) from None
    return About(f"portal {portal}", version, tuple(sorted(missing)), _quota(headers))


def account(http: Http, key: Key) -> str:
    """The fingerprint of the portal."""
    portal, _ = _portal(http, key, {"Authorization": f"Bearer {key.secret}"})
    return fingerprint("hubspot", str(portal))


def _portal(http: Http, key: Key, signed: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
    """The portal's id, and the headers of the answer that told it."""
    try:
        answer = http.read("GET", ACCOUNT, headers=signed)
    except NotPermitted as denied:
        told = _told_of_key(http, key, signed)
        portal = _object(told.body).get("hubId") if told else None
        if told is None or type(portal) is not int:
            raise NotPermitted(
                "hubspot does not tell this key which account it is for: grant it the scope oauth, by which the "
                "account's details can be read"
            ) from denied
        return portal, told.headers
    return Record("hubspot account", _object(answer.body)).number("portalId"), answer.headers


def _told_of_key(http: Http, key: Key, signed: Mapping[str, str]) -> Answer | None:
    """What HubSpot tells a key of itself; None where it does not tell one of its kind."""
    try:
        return http.read("POST", KEY, json={"tokenKey": key.secret}, headers=signed)
    except Refusal:
        return None


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
