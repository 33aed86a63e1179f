"""
Shopify's quotas: a bucket of points for the Admin API; the Storefront API and the giving of tokens count no points.

What a document costs is learned from the answers to it; nothing is reckoned here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from include.pace import MAIN, Answered, Bucket, Points, Window, number

STOREFRONT = "storefront"
TOKENS = "tokens"


def quotas() -> dict[str, Bucket | Window]:
    """Each quota by its name. The sizes are the smallest seen, until an answer says better."""
    return {MAIN: Bucket(1000, 50, 100, asks, points), STOREFRONT: Window(2, 0), TOKENS: Window(2, 0)}


def asks(how: Mapping[str, Any]) -> str:
    """The document, and the numbers and lengths among its variables: how much it asks for makes its price."""
    sent = how.get("json") or {}
    sizes = {name: _size(value) for name, value in (sent.get("variables") or {}).items()}
    return hashlib.sha256(f"{sent.get('query')}{sorted(sizes.items())}".encode()).hexdigest()[:16]


def points(answer: Answered) -> Points:
    """What an answer says of its cost and of the bucket; a refused one does too."""
    extensions = answer.body.get("extensions") if isinstance(answer.body, dict) else None
    cost = extensions.get("cost") if isinstance(extensions, dict) else None
    if not isinstance(cost, dict):
        return Points()
    bucket = cost.get("throttleStatus")
    told = bucket if isinstance(bucket, dict) else {}
    sizes = (number(told.get(name)) for name in ("currentlyAvailable", "maximumAvailable", "restoreRate"))
    return Points(number(cost.get("requestedQueryCost")), number(cost.get("actualQueryCost")), *sizes)


def _size(value: Any) -> int:
    return value if isinstance(value, int) else len(value) if isinstance(value, list) else 0
