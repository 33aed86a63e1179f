"""An erasure that breaks off is gone on with: nobody has to know that it did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from include.forgetting import compacting, erasing, unfinished
from include.store.snapshots import Snapshot, Snapshots
from tests.forgetting.test_erasing import NIGHT, filled, house
from tests.store.cases import NOW

__all__ = ["filled", "house"]  # fixtures


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True)
class Mortal(Snapshots):
    """Nights that end the process when they are to be cleared: the ledger was blanked by then."""

    def all(self) -> Iterator[Snapshot]:
        if (self.root.parent / unfinished.FOLDER).is_dir():
            raise Killed
        return super().all()


@pytest.mark.parametrize("again", ["the next run of the DAG", "somebody who asks again"])
def test_an_erasure_that_is_killed_before_the_nights_are_cleared_is_gone_on_with(house, again):
    night = house.store.root / "2026-10-01"  # far older than any night that is under way
    shutil.copytree(house.store.root / NIGHT, night)
    with pytest.raises(Killed):
        erasing.erase(house.ledger, Mortal(house.store.root), house.settings, house.address, NOW)
    assert len(house.places(house.address)) > 5
    if again == "the next run of the DAG":
        erasing.sweep(house.ledger, house.store, house.settings, NOW)
        compacting.compact(house.ledger)
    else:
        house.erase()
    assert house.places(house.address) == []
    assert list(unfinished.left(house.store)) == []
