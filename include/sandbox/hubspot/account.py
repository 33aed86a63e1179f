"""What the sandbox's HubSpot tells of the account and of the key: its portal, and the scopes it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from include.sandbox.hubspot.refusals import Refused, body_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from include.sandbox.hubspot.portal import Portal

PORTAL = 891936587


class Account:
    """The account behind the key."""

    def __init__(self, portal: Portal) -> None:
        self._desk = portal.desk

    async def details(self, _: Request) -> Response:
        """The account's details, which every key may see, or only those with a certain scope."""
        wanted = self._desk.switches["hubspot_details_want"]
        if wanted and wanted not in self._desk.switches["hubspot_scopes"]:
            raise Refused.scope(wanted)
        told = {
            "portalId": self._desk.switches["hubspot_portal"],
            "accountType": "DEVELOPER_TEST",
            "timeZone": "US/Eastern",
            "companyCurrency": "USD",
            "additionalCurrencies": [],
            "utcOffset": "-04:00",
            "utcOffsetMilliseconds": -14400000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        }
        return JSONResponse(told)

    async def key(self, request: Request) -> Response:
        """What a key is: its app, its user and its scopes."""
        body = await body_of(request, tokenKey=str)
        if not self._desk.switches["hubspot_tells_scopes"] or body.get("tokenKey") != "sandbox":
            raise Refused(404, "OBJECT_NOT_FOUND", "No private app has this access token")
        told = {
            "userId": 1,
            "hubId": self._desk.switches["hubspot_portal"],
            "appId": 2,
            "scopes": self._desk.switches["hubspot_scopes"],
        }
        return JSONResponse(told)
