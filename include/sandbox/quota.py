"""
Counts every request per platform, and refuses in each vendor's own form when its plan is used up.

Sources: HubSpot usage guidelines (100 or 190 per rolling 10 s; search apart, 5 a second, without a word of it in the
headers; no Retry-After on a 429) and BigCommerce API rate limits (150 or 450 per 30 s window), as read 2026-11.
Shopify's bucket of points is its twin's own, and holds under every plan; WHMCS and WHM publish none.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse

from include.sandbox.desk import Desk

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLANS: dict[str, dict[str, int]] = {
    "unlimited": {},
    "standard": {"hubspot": 100, "hubspot search": 5, "bigcommerce": 150},
    "usual": {"hubspot": 190, "hubspot search": 5, "bigcommerce": 150},
    "professional": {"hubspot": 190, "hubspot search": 5, "bigcommerce": 450},
}
WINDOW = {"hubspot": 10.0, "hubspot search": 1.0, "bigcommerce": 30.0}
PLENTY = 1_000_000
SEARCH = re.compile(r"/hubspot/crm/(v3/objects|objects/[^/]+)/[^/]+/search/?")


@dataclass
class Quota:
    """ASGI: lets a request through, or answers 429 as its vendor would."""

    app: ASGIApp
    desk: Desk
    plan: str = "unlimited"
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._limits = PLANS[self.plan]
        self._seen: dict[str, deque[float]] = {name: deque() for name in WINDOW}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        platform = scope["path"].strip("/").partition("/")[0]
        count = self.desk.quota.setdefault(platform, {"requests": 0, "throttled": 0})
        count["requests"] += 1
        measured = "hubspot search" if SEARCH.fullmatch(scope["path"]) else platform
        if measured not in WINDOW:
            await self.app(scope, receive, send)
            return
        left, reset = self._take(measured)
        headers = self._headers(measured, left, reset)
        if left < 0:
            count["throttled"] += 1
            await JSONResponse(too_many(measured), 429, headers)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await self.app(scope, receive, with_headers)

    def _take(self, platform: str) -> tuple[int, float]:
        """How many requests are left after this one (below 0: none), and the seconds until there is room again."""
        now, seen, limit = self.clock(), self._seen[platform], self._limits.get(platform, PLENTY)
        while seen and now - seen[0] >= WINDOW[platform]:
            seen.popleft()
        reset = WINDOW[platform] - (now - seen[0]) if seen else WINDOW[platform]
        if len(seen) >= limit:
            return -1, reset
        if limit < PLENTY:
            seen.append(now)
        return limit - len(seen), reset

    def _headers(self, platform: str, left: int, reset: float) -> dict[str, str]:
        limit = self._limits.get(platform, PLENTY)
        if platform == "hubspot search":
            return {}
        if platform == "hubspot":
            return {
                "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
                "X-HubSpot-RateLimit-Max": str(limit),
                "X-HubSpot-RateLimit-Remaining": str(max(left, 0)),
            }
        return {
            "X-Rate-Limit-Time-Window-Ms": "30000",
            "X-Rate-Limit-Time-Reset-Ms": str(int(reset * 1000)),
            "X-Rate-Limit-Requests-Quota": str(limit),
            "X-Rate-Limit-Requests-Left": str(max(left, 0)),
        }


def too_many(platform: str) -> Any:
    """The body of a vendor's 429 (Shopify's comes with status 200)."""
    match platform:
        case "hubspot":
            return {
                "status": "error",
                "message": "You have reached your ten_secondly_rolling limit.",
                "errorType": "RATE_LIMIT",
                "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24",
                "policyName": "TEN_SECONDLY_ROLLING",
            }
        case "hubspot search":
            return too_many("hubspot") | {
                "message": "You have reached your secondly limit.",
                "policyName": "SECONDLY",
            }
        case "shopify":
            extensions = {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"}
            return {"errors": [{"message": "Throttled", "extensions": extensions}]}
        case _:
            return {
                "status": 429,
                "title": "Too Many Requests",
                "type": "https://developer.bigcommerce.com/",
                "errors": {},
            }
