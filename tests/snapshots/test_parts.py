"""A part is complete or absent: a killed writer leaves none, and one that was changed since is noticed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from include.errors import SnapshotMissing
from include.model import Evidence, Finding, Ref
from include.store.snapshots import Snapshot
from include.store.tables import of_rows
from tests.rules.tables import contact

TABLE = of_rows("contacts", [contact("hubspot", str(number)) for number in range(50)])
SAYS = "Ann \x00 \ud800 \U0001f600 \u202eeel\u202c says: " + "a" * 1_000_000


def finding(number: int) -> Finding:
    because = (Evidence("link", 6.0, SAYS if number == 1 else "HubSpot names the account."),)
    return Finding("email_mismatch", Ref("hubspot", "contact", str(number)), (), 0.9, because)


def test_a_part_is_absent_until_it_is_written(store):
    part = store.begin("2026-11-23").part("contacts")
    assert not part.complete()
    with pytest.raises(SnapshotMissing, match=r"^2026-11-23\.1 contacts is not complete"):
        part.manifest()
    with pytest.raises(SnapshotMissing, match="contacts is not complete"):
        part.whole("parquet")


def test_a_part_says_its_rows_and_its_checksum(store):
    part = store.begin("2026-11-23").part("contacts")
    assert part.write_table(TABLE) == 50
    written = part.whole("parquet").read_bytes()
    assert dataclasses.asdict(part.manifest()) == {"rows": 50, "sha256": hashlib.sha256(written).hexdigest()}


def test_a_part_is_written_once(store):
    snapshot = store.begin("2026-11-23")
    snapshot.part("contacts").write_table(TABLE)
    snapshot.part("findings/email_mismatch").write_findings([finding(1)])
    before = snapshot.part("contacts").path("parquet").read_bytes()
    assert snapshot.part("contacts").write_table(TABLE.slice(0, 3)) == 50
    assert snapshot.part("findings/email_mismatch").write_findings([]) == snapshot.findings_of("email_mismatch") == 1
    assert snapshot.part("contacts").path("parquet").read_bytes() == before


def test_equal_tables_make_equal_bytes(store):
    parts = [store.begin("2026-11-23").part("contacts") for _ in range(2)]
    for part in parts:
        part.write_table(TABLE)
    assert parts[0].path("parquet").read_bytes() == parts[1].path("parquet").read_bytes()


def test_findings_come_back_as_they_were_sorted_by_key(store):
    part = store.begin("2026-11-23").part("findings/email_mismatch")
    assert part.write_findings([finding(3), finding(1), finding(2)]) == 3
    assert list(part.findings()) == [finding(1), finding(2), finding(3)]


def test_no_findings_are_findings_too(store):
    part = store.begin("2026-11-23").part("findings/email_mismatch")
    part.write_findings([])
    assert (part.complete(), list(part.findings())) == (True, [])


def failing() -> Iterator[Finding]:
    yield finding(1)
    raise OSError("the disk is gone")


def test_a_rule_that_fails_half_way_leaves_no_part(store):
    part = store.begin("2026-11-23").part("findings/email_mismatch")
    with pytest.raises(OSError, match="disk"):
        part.write_findings(failing())
    assert not part.complete()
    part.write_findings([finding(1)])
    assert list(part.findings()) == [finding(1)]


KILLED = """
import os, signal, sys
from include.model import Contact
from include.store.snapshots import open_store
from include.store.tables import of_rows

root, event, ending = sys.argv[1:]

def kill(what, arguments):
    if what == event and str(arguments[0]).endswith(ending):
        os.kill(os.getpid(), signal.SIGKILL)

part = open_store(root).get("2026-11-23.1").part("contacts")
table = of_rows("contacts", [Contact("hubspot", "contact", "1")])
sys.addaudithook(kill)
part.write_table(table)
"""


@pytest.mark.parametrize(
    ("event", "ending"),
    [
        pytest.param("open", "part.parquet", id="before-its-file"),
        pytest.param("open", ".manifest.json.partial", id="before-its-manifest"),
        pytest.param("os.rename", ".manifest.json.partial", id="before-its-manifest-has-its-name"),
    ],
)
def test_a_killed_writer_leaves_no_part_and_the_next_one_writes_it(attempt, tmp_path, event, ending):
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), event, ending], timeout=60)
    assert ended.returncode == -signal.SIGKILL
    part = attempt.part("contacts")
    assert not part.complete()
    assert part.write_table(TABLE) == 50
    assert part.whole("parquet").is_file()


FLIPPED: dict[str, Callable[[bytes], bytes]] = {
    "a-flipped-byte": lambda raw: raw[:60] + bytes([raw[60] ^ 1]) + raw[61:],
    "cut-short": lambda raw: raw[:-1],
    "emptied": lambda raw: b"",
    "one-byte-more": lambda raw: raw + b"\n",
}


def damaged(attempt: Snapshot, name: str, kind: str, damage: Callable[[bytes], bytes]) -> None:
    path = Path(str(attempt.part(name).path(kind)))
    path.write_bytes(damage(path.read_bytes()))


@pytest.mark.parametrize("damage", FLIPPED.values(), ids=FLIPPED)
def test_a_table_that_was_changed_since_is_not_opened(attempt, damage):
    for name in ("contacts", "orders"):
        attempt.part(name).write_table(of_rows(name, []) if name == "orders" else TABLE)
    attempt.tables().close()
    damaged(attempt, "contacts", "parquet", damage)
    with pytest.raises(SnapshotMissing, match="contacts is not what was written"):
        attempt.tables()


@pytest.mark.parametrize("damage", FLIPPED.values(), ids=FLIPPED)
def test_findings_that_were_changed_since_are_not_read(attempt, damage):
    part = attempt.part("findings/email_mismatch")
    part.write_findings([finding(2), finding(3)])
    damaged(attempt, "findings/email_mismatch", "jsonl", damage)
    with pytest.raises(SnapshotMissing, match="email_mismatch is not what was written"):
        list(part.findings())


def test_a_part_whose_file_is_gone_is_missing(store):
    snapshot = store.begin("2026-11-23")
    snapshot.part("contacts").write_table(TABLE)
    snapshot.part("contacts").path("parquet").unlink()
    with pytest.raises(SnapshotMissing, match="its file is gone"):
        snapshot.tables()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param('{"rows": 50', id="cut-short"),
        pytest.param('{"rows": 50}', id="no-checksum"),
        pytest.param("[]", id="a-list"),
        pytest.param(json.dumps({"rows": 1, "sha256": "", "more": 1}), id="of-another-version"),
    ],
)
def test_a_damaged_manifest_is_missing(attempt, text):
    part = attempt.part("contacts")
    part.write_table(TABLE)
    (part.folder / "manifest.json").write_text(text)
    with pytest.raises(SnapshotMissing, match="manifest is damaged"):
        part.manifest()
