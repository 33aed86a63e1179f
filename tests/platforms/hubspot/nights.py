"""HubSpot pulled night after night into snapshots: what it was asked, and the contacts that came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from include import stages
from include.platforms.hubspot import rows
from include.pull import overlay
from include.sandbox.world import World
from include.store.raw import RawStore
from include.store.snapshots import Snapshot, open_store
from tests.sandbox.people_world import LATER, account
from tests.sandbox.twin import Twin

FULL_PULL_DAYS = 7
MINUTE = timedelta(minutes=1)
SOON = datetime(2026, 11, 23, tzinfo=UTC)


def people(ids: Iterable[int], **more: Any) -> World:
    """A world of contacts with these ids, each changed a minute after the one before it."""
    made = [
        account("hubspot", str(id), f"p{id}@example.com", "P", None, **{"updated_at": LATER + place * MINUTE} | more)
        for place, id in enumerate(ids)
    ]
    return World(1, [], made, [], [])


@dataclass
class Asked:
    """ASGI: writes down every request of a platform, and hands it on. `then` is called before each."""

    app: ASGIApp
    lists: list[str | None] = field(default_factory=list)  # the cursors the list was asked from
    searches: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    then: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.then()
        messages: list[Message] = []
        while not messages or messages[-1].get("more_body"):
            messages.append(await receive())
        path = str(scope["path"])
        self.paths.append(path)
        if path.endswith("/search"):
            self.searches.append(json.loads(b"".join(message.get("body", b"") for message in messages)))
        elif path.endswith("/objects/contacts") and scope["method"] == "GET":
            self.lists.append(parse_qs(scope["query_string"].decode()).get("after", [None])[0])

        async def again() -> Message:
            return messages.pop(0) if messages else await receive()

        await self.app(scope, again, send)


class Nights:
    """One account's nights. `twin` may be another from one night to the next."""

    def __init__(self, folder: Path, twin: Twin) -> None:
        self._store = open_store(str(folder))
        self._count = 0
        self.now_is(twin)

    def now_is(self, twin: Twin, minutes: float = 0) -> None:
        """From now on `twin` is asked, whose changes are dated `minutes` after the Date of its answers."""
        self.twin = twin
        twin.desk._now = datetime.now(UTC) + timedelta(minutes=minutes)
        self.asked = Asked(twin.faults.app)
        twin.faults.app = self.asked

    def begin(self) -> Snapshot:
        """The next night."""
        self._count += 1
        return self._store.begin((SOON + timedelta(days=self._count)).date().isoformat())

    def pull(self, snapshot: Snapshot | None = None, **options: Any) -> Snapshot:
        """Pull a night that then is a good one. Only what it asked is in `asked`."""
        snapshot = snapshot or self.begin()
        for told in (self.asked.lists, self.asked.searches, self.asked.paths):
            told.clear()
        before = self._store.before(snapshot)
        stages.pull(self.twin.ours(**options), snapshot, before, FULL_PULL_DAYS)
        raw = snapshot.raw("hubspot")
        base = self._store.get(raw.manifest().planned.rests_on) if raw.manifest().planned.rests_on else None
        for name, table in overlay.tables("hubspot", rows, raw, base).items():
            snapshot.part(name).write_table(table)
        snapshot.mark_filed()
        return snapshot


def contacts(snapshot: Snapshot) -> list[dict[str, Any]]:
    """A night's contacts, in the order of their ids."""
    found: list[dict[str, Any]] = snapshot.rows_of("contacts", ["hubspot"]).to_pylist()
    return sorted(found, key=lambda row: int(row["id"]))


def ids(snapshot: Snapshot) -> list[int]:
    return [int(row["id"]) for row in contacts(snapshot)]


def lanes(raw: RawStore, phase: str = "full") -> int:
    """How many lanes a phase was walked in."""
    told = json.loads((raw.phase(phase).folder / "manifest.json").read_text())
    return len(told["lanes"])


def changed_only(snapshot: Snapshot) -> bool:
    """Whether what counts of a night is what changed since the one before."""
    return snapshot.raw("hubspot").manifest().phases[0] != "full"
