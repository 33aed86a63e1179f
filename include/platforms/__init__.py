"""
One folder per platform, each with the same files and nothing shared between folders.

* `__init__.py` says what we know of it: its connection, its scopes, how long a read may lag behind a write.
* `api.py` talks: authentication, paging, what a refusal means. It yields the platform's own JSON, page by page.
* `about.py` asks which account the key opens, and what the key lacks.
* `rows.py` translates that JSON into `Contact` and `Order`. Pure; no network.
* `fixes.py` says what it `CAN` change, reads the fields a fix speaks of, and writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from include.digests import digest
from include.registry import load

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Session


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a pull as it came: parsed JSON, with service passwords dropped at the door."""

    stream: str
    body: Any


@dataclass(frozen=True, slots=True)
class About:
    """
    What a platform says of the account our key opens. Nothing in it is a secret or a person's.

    `account` tells it from the vendor's other accounts, `version` is the API version that answered, `missing` names the
    scopes or rights that the key lacks, `quota` is what is left of it where the platform says so.
    """

    account: str
    version: str | None
    missing: tuple[str, ...]
    quota: str | None


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that can be talked to: its name, its open `api`, and its two modules of translation and change."""

    name: str
    api: Any
    rows: ModuleType
    fixes: ModuleType
    lag_seconds: float


def open_platform(name: str, session: Session, base_url: str, key: Key, **http: Any) -> Platform:
    """The platform `name` behind `session`. `http`: further fields of `transport.Http`, such as `request_seconds`."""
    from include.transport import Http

    api, rows, fixes = (load("platforms", name, part) for part in ("api", "rows", "fixes"))
    lag = float(load("platforms", name).LAG_SECONDS)
    return Platform(name, api.Api(Http(name, session, base_url, api.judge, **http), key), rows, fixes, lag)


def connection_of(name: str) -> str:
    """The Airflow connection `name` is reached through."""
    return str(load("platforms", name).CONNECTION)


def address(url: str) -> str:
    """A platform's address as it may be shown: host, port and folder, without a name or password before them."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}{parts.path.rstrip('/')}"


def fingerprint(vendor: str, account: str) -> str:
    """What tells one of a vendor's accounts from all others: short, lasting, and no secret."""
    return digest({"vendor": vendor, "account": account})[:16]


def installation(url: str) -> str:
    """Where a platform that tells no id of itself is installed: host and folder, whatever port it is reached at."""
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path.rstrip('/')}"
