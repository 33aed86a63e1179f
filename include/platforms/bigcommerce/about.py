"""
Which store the connection opens, and which scopes its token lacks.

BigCommerce does not list a token's scopes: what Rollcall reads is read, one record each, and let go. Whether the token
may also modify shows at the first fix. The store tells its hash only to tokens that may read its information, which
Rollcall does not need: for the others it is the one in the connection's host, where no other store's token is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from include.errors import NotFound, NotPermitted, SettingsWrong
from include.platforms import About, fingerprint
from include.record import Record

if TYPE_CHECKING:
    from include.transport import Answer, Http

STORE = "/v2/store"  # scope store_v2_information_read_only
HASH = re.compile(r"/stores/([A-Za-z0-9]+)$")
READS = {"store_v2_customers": "/v3/customers", "store_v2_orders": "/v2/orders"}
NO_STORE = "bigcommerce has no store at the connection's host: it is https://api.bigcommerce.com/stores/<store hash>."
VERSIONS = "V3 and V2"  # customers and orders: the version is in the path


def about(http: Http, headers: Mapping[str, str]) -> About:
    """Ask for the store, then for a customer and an order, of which nothing is kept."""
    missing = []
    store, last = _store(http, headers)
    for scope, path in READS.items():
        try:
            last = http.read("GET", path, params={"limit": 1}, headers=headers)
        except NotPermitted:
            missing.append(scope)
    return About(f"store {store}", VERSIONS, tuple(missing), _quota(last))


def account(url: str) -> str:
    """The fingerprint of the store: of its hash, below which no other store's token is accepted."""
    if named := _named(url):
        return fingerprint("bigcommerce", named)
    raise SettingsWrong(NO_STORE)


def _store(http: Http, headers: Mapping[str, str]) -> tuple[str, Answer | None]:
    """The store's hash, and the answer that told it."""
    try:
        answer = http.read("GET", STORE, headers=headers)
    except NotPermitted:
        if named := _named(http.base_url):
            return named, None
        raise
    except NotFound:
        raise SettingsWrong(NO_STORE) from None
    told = Record("bigcommerce store", answer.body if isinstance(answer.body, dict) else {})
    return str(told.field("id", str)), answer


def _named(url: str) -> str | None:
    """The store's hash as the connection's host has it."""
    found = HASH.search(urlsplit(url).path.rstrip("/"))
    return found[1] if found else None


def _quota(answer: Answer | None) -> str | None:
    """What is left of the window; all apps of the store share it."""
    names = ("X-Rate-Limit-Requests-Left", "X-Rate-Limit-Requests-Quota", "X-Rate-Limit-Time-Window-Ms")
    told = [answer.headers.get(name, "") for name in names] if answer else []
    if not told or not all(number.isdecimal() for number in told):
        return None
    left, whole, window = map(int, told)
    return f"{left:,} of {whole:,} calls left in {window / 1000:g} s"
