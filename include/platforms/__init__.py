"""
One folder per platform, each with the same files and nothing shared between folders.

* `__init__.py` says what we know of it: its connection, its scopes, how long a read may lag behind a write.
* `api.py` talks: authentication, paging, what a refusal means. It yields the platform's own JSON, page by page.
* `about.py` asks which account the key opens, and what the key lacks.
* `rows.py` translates that JSON into `Contact` and `Order`. Pure; no network.
* `quotas.py` says how many requests the vendor permits, and reads what its answers tell of that.
* `fixes.py` says what it `CAN` change, reads the fields a fix speaks of, and writes them. What `write` answers, if
  anything, is what a person must know of a change that took.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from include.digests import digest
from include.registry import load

if TYPE_CHECKING:
    from include.key import Key
    from include.pace import Kept
    from include.transport import Session


@dataclass(frozen=True, slots=True)
class Lane:
    """
    Pages that are asked for one after the other. The lanes of a pull overlap in nothing, and are walked side by side.

    `name` is unique in its pull; `bounds` (JSON) says what the lane covers, in the platform's own terms.
    """

    name: str
    bounds: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "bounds": dict(self.bounds)}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Lane:
        return cls(said["name"], said["bounds"])


@dataclass(frozen=True, slots=True)
class Page:
    """
    One answer of a pull as it came: parsed JSON, with service passwords dropped at the door.

    `after` says where its lane goes on, for a pull that was killed to go on from; None where that cannot be told.
    `raw` is the JSON as it came over the wire, when the body is just that.
    """

    stream: str
    body: Any
    after: str | None = None
    raw: bytes | None = None

    def content(self) -> bytes:
        """The body as JSON that loses nothing: lone surrogates and huge numbers too."""
        return self.raw if self.raw is not None else json.dumps(self.body, ensure_ascii=True).encode("ascii")


class Pulled(ABC):
    """
    What can be pulled: the records of a platform in pages.

    A platform that cannot tell what changed, or how many records it holds, leaves `changes` and `totals` as they are;
    one whose lanes cannot be cut in two leaves `cut`.
    """

    @abstractmethod
    def account(self) -> str:
        """The fingerprint of the account that our key opens."""

    @abstractmethod
    def clock(self) -> datetime | None:
        """What the platform's own clock showed when it last answered, None when it did not say."""

    @abstractmethod
    def lanes(self) -> list[Lane]:
        """The lanes in which every record is pulled."""

    @abstractmethod
    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        """A lane's pages in order, from its beginning or from a page's `after` on."""

    def changes(self, since: datetime) -> list[Lane] | None:
        """The lanes in which every record is pulled that changed since, None when the platform cannot tell."""
        return None

    def totals(self) -> dict[str, int]:
        """How many records of each stream the platform says it holds; a stream it does not count is left out."""
        return {}

    def cut(self, lane: Lane, page: Page) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """The bounds of the near and the far half of what `lane` has left after `page`; None: it is not worth it."""
        return None

    def pages(self) -> Iterator[Page]:
        """Every record, lane by lane."""
        for lane in self.lanes():
            yield from self.walk(lane)


@dataclass(frozen=True, slots=True)
class About:
    """
    What a platform says of the account our key opens. Nothing in it is a secret or a person's.

    `account` tells it from the vendor's other accounts, `version` is the API version that answered, `missing` names the
    scopes or rights that the key lacks, `quota` is what is left of it where the platform says so. `wanting` names what
    only some changes need, each with what it is for: without it everything else goes on.
    """

    account: str
    version: str | None
    missing: tuple[str, ...]
    quota: str | None
    wanting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that can be talked to: its name, its open `api`, and its two modules of translation and change."""

    name: str
    api: Any
    rows: ModuleType
    fixes: ModuleType
    lag_seconds: float
    at_once: int = 1  # lanes that are walked side by side


def open_platform(
    name: str, session: Session, base_url: str, key: Key, kept: Kept | None = None, **more: Any
) -> Platform:
    """
    The platform `name` behind `session`. `kept`: where the state of its quotas is, if others share it. `more`: further
    fields of `transport.Http`, such as `request_seconds`.
    """
    from include.pace import Memory, Pace
    from include.transport import Http, pooled

    api, rows, fixes, quotas = (load("platforms", name, part) for part in ("api", "rows", "fixes", "quotas"))
    pace = Pace(name, quotas.quotas(), kept or Memory())
    http = Http(name, pooled(session, base_url), base_url, api.judge, pace=pace, **more)
    about = load("platforms", name)
    lag, at_once = float(about.LAG_SECONDS), int(about.AT_ONCE)
    return Platform(name, api.Api(http, key), rows, fixes, lag, at_once)


def connection_of(name: str) -> str:
    """The Airflow connection `name` is reached through."""
    return str(load("platforms", name).CONNECTION)


def hosts_of(name: str) -> tuple[str, ...]:
    """The hosts its vendor has: whole names, and endings that begin with a dot. Empty where everybody has their own."""
    return tuple(load("platforms", name).HOSTS)


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
