"""One person is erased: afterwards their address is in no byte of the ledger and of the data, and stays out."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from include import audit, stages
from include.errors import NotAllowed, SettingsWrong, TryLater
from include.forgetting import erasing
from include.forgetting.pseudonyms import ERASED, erased, read_key
from include.forgetting.redacting import keeping
from include.registry import names
from include.settings import Settings
from include.store import findings, requests, schema, switch
from include.store.ledger import Ledger
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.store.cases import NOW, decide, rows
from tests.test_stages import PLATFORMS

NIGHT, NEXT_NIGHT = "2026-11-23", "2026-11-24"


@dataclass
class House:
    """Both stores, filled by one night, and somebody in them."""

    served: object
    ledger: Ledger
    folder: Path
    address: str = ""

    @property
    def settings(self) -> Settings:
        return Settings(data=str(self.folder))

    @property
    def store(self) -> Snapshots:
        return open_store(str(self.folder))

    def night(self, night: str) -> Snapshot:
        snapshot, before = self.store.begin(night), None
        keep = keeping(self.ledger, self.settings)
        for name in PLATFORMS:
            stages.pull(self.served.open(name), snapshot, before, keep=keep)
        stages.tabulate(snapshot, self.store, self.settings)
        stages.link(snapshot, self.store, self.ledger)
        for rule in names("rules"):
            stages.detect(rule, snapshot, self.store)
        stages.file(snapshot, self.store, self.ledger, self.settings)
        return snapshot

    def erase(self, address: str | None = None) -> dict[str, int]:
        return erasing.erase(self.ledger, self.store, self.settings, address or self.address, NOW)

    def states(self) -> dict[str, str]:
        return dict(rows(self.ledger, schema.finding, "id", "state"))

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def places(self, text: str) -> list[str]:
        """Where a text is, in any case, in the bytes of the files, and in what their tables read."""
        wanted = text.casefold().encode()
        found = [str(path) for path in self.files() if wanted in path.read_bytes().lower()]
        for path in self.files():
            if path.suffix == ".parquet":
                import pyarrow.parquet as pq

                if text.casefold() in str(pq.read_table(path).to_pylist()).casefold():
                    found.append(str(path))
        return found


@pytest.fixture(scope="module")
def filled(served, tmp_path_factory, sqlite_template) -> House:
    served.reset()
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(sqlite_template, folder / "ledger.db")
    house = House(served, Ledger(f"sqlite:///{folder / 'ledger.db'}"), folder)
    house.night(NIGHT)
    row = next(row for row in findings.page(house.ledger, rule="email_mismatch", limit=500) if row.options)
    address = row.options[0].fixes[0].before["email"]
    decide(house.ledger, row, "deferred", until="2027-01-01", reason=f"{address} is on leave.")
    requests.add(house.ledger, [{"client": address, "new_address": "x@example.org"}], "carl", NOW)
    switch.throw(house.ledger, "ann", f"Ask {address} first.", NOW, stop=False)
    with house.ledger.engine.connect() as connection:
        connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    house.address = address
    return house


@pytest.fixture
def house(filled, tmp_path) -> House:
    """A copy of the house, so that each test may erase in it."""
    folder = Path(shutil.copytree(filled.folder, tmp_path / "house"))
    return replace(filled, ledger=Ledger(f"sqlite:///{folder / 'ledger.db'}"), folder=folder)


def test_the_address_is_in_no_byte_afterwards_and_the_audit_still_accounts_for_everything(house):
    assert len(house.places(house.address)) > 5  # the search can find it
    told = house.erase()
    assert house.places(house.address) == []
    assert told["findings"] >= 1
    assert (told["requests"], told["nights"]) == (1, 1)
    assert audit.checked(house.ledger).problems == []
    (line,) = (body for kind, body in rows(house.ledger, schema.audit, "kind", "body") if kind == "erased")
    key = read_key(house.settings)
    assert key is not None
    assert (line["person"], line["key"]) == (key.pseudonym(house.address), key.mark)


def test_everybody_else_stays(house):
    snapshot = house.store.get(f"{NIGHT}.1")
    before = {table: snapshot.part(table).table().to_pylist() for table in ("contacts", "orders")}
    states = {
        row.id: row.state
        for state in ("open", "deferred")
        for row in findings.page(house.ledger, state=state, limit=999)
    }
    told = house.erase()
    for table, then in before.items():
        now = snapshot.part(table).table().to_pylist()
        gone = [row for row in then if row not in now]
        assert [row for row in now if row not in then] == []
        assert [row["id"] for row in gone if house.address not in str(row)] == []
        assert len(gone) < 12
    left = house.states()
    changed = {id for id in states if left[id] != states[id]}
    assert len(changed) == told["findings"] < len(states) / 5
    assert all(snapshot.part(f"findings/{rule}").complete() for rule in names("rules"))
    assert sum(1 for rule in names("rules") for _ in snapshot.part(f"findings/{rule}").findings()) > 10


def test_the_night_can_still_be_judged_again_from_what_is_left(house):
    house.erase()
    snapshot = house.store.get(f"{NIGHT}.1")
    for name in PLATFORMS:
        for stream, bodies in snapshot.raw(name).bodies().items():
            assert list(bodies), stream  # every page is what its checksum says
    again = snapshot.again
    for rule in names("rules"):
        stages.detect(rule, again, house.store)
    assert house.places(house.address) == []
    told = json.loads((snapshot.folder / "erased.json").read_text())
    assert len(told) == 1
    assert told[0]["parts"].keys() >= {"contacts/part.parquet"}


def test_who_was_erased_is_left_out_of_later_pulls_whole_and_by_the_numbers(house):
    house.erase()
    snapshot = house.night(NEXT_NIGHT)
    assert house.places(house.address) == []
    assert ERASED not in str(
        snapshot.part("contacts").table().to_pylist() + snapshot.part("orders").table().to_pylist()
    )
    first = house.store.get(f"{NIGHT}.1")
    for name in PLATFORMS:
        assert snapshot.raw(name).manifest().held == first.raw(name).manifest().held
    assert audit.checked(house.ledger).problems == []


def test_another_spelling_of_the_address_is_the_same_person(house):
    local, _, domain = house.address.partition("@")
    house.erase(f" {local.upper()}@{domain.title()} \n")
    assert house.places(house.address) == []


def test_an_address_that_contains_theirs_is_somebody_else_s(house):
    other = f"jo{house.address}"
    requests.add(house.ledger, [{"client": other, "new_address": "y@example.org"}], "carl", NOW)
    house.erase()
    assert [row.asked.get("client") for row in requests.page(house.ledger)] == [other, None]


def test_nothing_is_erased_while_a_write_may_be_under_way(house):
    (row,) = [row for row in findings.page(house.ledger, state="deferred")]
    (first, *_) = row.options[0].fixes
    with house.ledger.write() as connection:
        connection.execute(sa.update(schema.fix).where(schema.fix.c.id == first.id).values(state="in_flight"))
    with pytest.raises(NotAllowed, match=rf"A write of the finding {row.id} may be under way"):
        house.erase()
    assert len(house.places(house.address)) > 5
    assert erased(house.ledger, house.settings) is None


def test_what_is_no_address_erases_nobody(house):
    with pytest.raises(NotAllowed, match="no address"):
        house.erase("Ann Lee")


def test_without_the_key_nothing_is_pulled_that_could_bring_somebody_back(house):
    house.erase()
    (house.folder / "erasure.key").unlink()
    with pytest.raises(SettingsWrong, match="is gone or another"):
        keeping(house.ledger, house.settings)


def test_what_a_night_under_way_brought_back_is_swept(house):
    later = house.store.begin(NEXT_NIGHT)
    house.erase()
    for name in PLATFORMS:
        stages.pull(house.served.open(name), later)
    assert house.places(house.address) != []
    told = erasing.sweep(house.ledger, house.store, house.settings, NOW.replace(day=24))
    assert house.places(house.address) == []
    assert told["nights"] >= 1
    assert audit.checked(house.ledger).problems == []


def test_while_somebody_reads_the_ledger_the_file_is_not_said_to_be_clean(house):
    with house.ledger.read() as reader:
        reader.execute(sa.select(schema.finding.c.id)).all()
        with pytest.raises(TryLater, match="others are reading"):
            house.erase()
    house.erase()
    assert house.places(house.address) == []
