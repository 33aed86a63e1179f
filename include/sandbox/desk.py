"""
What all twins share: the log of writes, the switches for what no vendor documents, the faults, the quotas, the clock.

It knows no platform's words: a twin says what a request did, and the desk writes it down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from include.sandbox.world import TODAY

if TYPE_CHECKING:
    from starlette.requests import Request

    from include.sandbox.world import World


class Desk:
    """One sandbox's desk. `switches` get their defaults from the twins, and their values from the tests."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.writes: list[dict[str, Any]] = []
        self.switches: dict[str, Any] = {}
        self.quota: dict[str, dict[str, float]] = {}
        self.now = TODAY

    def wrote(
        self,
        platform: str,
        request: Request,
        record: str,
        action: str,
        changed: Mapping[str, Sequence[Any]],
        effect: str,
    ) -> None:
        """
        Write down one changing request.

        `record`: `platform:kind:id`; `changed`: field -> [before, after]; `effect`: applied, refused or none.
        """
        self.writes.append(
            {
                "seq": len(self.writes) + 1,
                "platform": platform,
                "method": request.method,
                "path": request.url.path,
                "record": record,
                "action": action,
                "changed": {field: list(values) for field, values in changed.items()},
                "effect": effect,
                "at": self.now.isoformat(),
            }
        )

    def tick(self) -> datetime:
        """The world's clock, a second later at every look: what a write's time of change is taken from."""
        self.now += timedelta(seconds=1)
        return self.now
