"""
The token endpoint: an app of the Dev Dashboard gets an access token for a day by its client id and secret.

It also says which tokens the Admin endpoint takes. Nothing of the shop is read or changed here.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from include.sandbox.shopify.shop import Shop

LASTING = "sandbox"  # the token of an app that was made in Shopify's admin before 2026
ASKED = {"grant_type": "client_credentials", "client_id": "sandbox", "client_secret": "sandbox"}


class Tokens:
    """The access tokens of one shop's apps."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.given: dict[str, float] = {}  # each with the moment at which it ends
        self._used: dict[str, int] = {}

    async def answer(self, request: Request) -> Response:
        """The answer to an app that asks for a token."""
        switches = self._shop.desk.switches
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        if any(form.get(name) != [value] for name, value in ASKED.items()):
            return self._refusal("invalid_client")
        if why := switches["shopify_token_refused"]:
            return self._refusal(why)
        token, lives = f"shpat_{len(self.given) + 1:032d}", switches["shopify_token_seconds"]
        self.given[token] = time.monotonic() + lives
        scopes = ",".join(switches["shopify_scopes"])
        return JSONResponse({"access_token": token, "scope": scopes, "expires_in": lives})

    def takes(self, token: str | None) -> bool:
        """Whether a request may be signed with this."""
        if token == LASTING:
            return True
        if token is None or time.monotonic() >= self.given.get(token, -math.inf):
            return False
        self._used[token] = self._used.get(token, 0) + 1
        most = self._shop.desk.switches["shopify_token_requests"]
        return most is None or self._used[token] <= most

    def _refusal(self, code: str) -> Response:
        if self._shop.desk.switches["shopify_token_refused_as"] == "html":
            return Response(f"<html><body>Oauth error {code}: no.</body></html>", 400, media_type="text/html")
        return JSONResponse({"error": code, "error_description": "no"}, 400)
