"""A night that was pulled, tabulated, linked and detected, to be spoiled by a test and then checked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from include.checks import check_night
from include.errors import GateClosed
from include.model import Finding
from include.settings import Settings
from include.store.parts import Part
from include.store.snapshots import Snapshot, Snapshots


@dataclass
class Night:
    """Tonight, with a good night before it; what a test does to it is undone after the test."""

    store: Snapshots

    @property
    def tonight(self) -> Snapshot:
        return self.store.get("2026-11-23.1")

    @property
    def before(self) -> Snapshot:
        return self.store.get("2026-11-22.1")

    def check(self, gate: str, settings: Settings | None = None) -> int:
        return check_night(gate, self.tonight, self.store, settings or Settings())

    def closed(self, gate: str, settings: Settings | None = None) -> str:
        with pytest.raises(GateClosed) as closed:
            self.check(gate, settings)
        return str(closed.value)

    def change(self, table: str, made: Callable[[pa.Table], pa.Table]) -> None:
        part = self.tonight.part(table)
        told = made(pq.read_table(str(part.path("parquet"))))
        self.again(part).write_table(told)

    def again(self, part: Part) -> Part:
        shutil.rmtree(str(part.folder))
        return part

    def findings(self, made: Callable[[list[Finding]], list[Finding]], rule: str = "email_mismatch") -> None:
        part = self.tonight.part(f"findings/{rule}")
        told = made(list(part.findings()))
        self.again(part).write_findings(told)
