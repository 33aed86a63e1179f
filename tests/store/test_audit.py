"""The audit: whatever is done to its lines by hand shows, and where."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from include.digests import digest, finding_id
from include.store import audit, schema
from tests.store.cases import NEXT_NIGHT, NIGHT, NOW, a_finding, by_hand, filed, rows
from tests.store.test_findings import STRANGE

LINES = 6


@pytest.fixture
def chain(ledger):
    """A ledger whose audit has six lines."""
    with ledger.write() as connection:
        for number in range(LINES):
            audit.append(connection, f"kind {number}", {"number": number}, NOW)
    return ledger


def test_lines_are_numbered_and_each_holds_the_hash_of_the_one_before(chain):
    kept = rows(chain, schema.audit, "seq", "at", "kind", "body", "previous", "hash")
    names = ("seq", "at", "kind", "body", "previous")
    assert [row[0] for row in kept] == list(range(1, LINES + 1))
    assert [row[5] for row in kept] == [digest(dict(zip(names, row[:5], strict=True))) for row in kept]
    assert [row[4] for row in kept] == [audit.START, *(row[5] for row in kept[:-1])]
    assert kept[2][1:4] == ("2026-11-01T12:00:00.000000+00:00", "kind 2", {"number": 2})
    assert audit.head(chain) == (LINES, kept[-1][5])
    assert audit.verify(chain) is None


def test_an_empty_audit_is_whole(ledger):
    assert (audit.verify(ledger), audit.head(ledger)) == (None, (0, audit.START))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param("UPDATE audit SET at = '2026-11-01' WHERE seq = 3", "Line 3.*was changed", id="its-time"),
        pytest.param("UPDATE audit SET kind = 'kind 4' WHERE seq = 3", "Line 3.*was changed", id="its-kind"),
        pytest.param("""UPDATE audit SET body = '{"number": 9}' WHERE seq = 3""", "Line 3.*was changed", id="its-body"),
        pytest.param("UPDATE audit SET previous = hash WHERE seq = 3", "Line 3.*not follow", id="what-it-follows"),
        pytest.param("UPDATE audit SET hash = previous WHERE seq = 3", "Line 3.*was changed", id="its-hash"),
        pytest.param("UPDATE audit SET body = '{}' WHERE seq IN (2, 5)", "Line 2.*was changed", id="two-of-them"),
        pytest.param("DELETE FROM audit WHERE seq = 3", "Line 3.*is missing", id="one-gone"),
        pytest.param("DELETE FROM audit WHERE seq = 1", "Line 1.*is missing", id="the-first-gone"),
        pytest.param("UPDATE audit SET seq = 9 WHERE seq = 6", "Line 6.*is missing", id="the-last-elsewhere"),
        pytest.param("UPDATE audit SET seq = 0 WHERE seq = 1", "Line 1.*is missing", id="the-first-elsewhere"),
        pytest.param(
            "UPDATE audit SET seq = 99 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4; "
            "UPDATE audit SET seq = 4 WHERE seq = 99",
            "Line 3.*not follow",
            id="two-swapped",
        ),
        pytest.param(
            "UPDATE audit SET body = (SELECT other.body FROM audit other WHERE other.seq = 7 - audit.seq)",
            "Line 1.*was changed",
            id="all-bodies-in-another-order",
        ),
        pytest.param(
            "INSERT INTO audit (seq, at, kind, body, previous, hash) "
            "SELECT 7, at, kind, body, previous, hash FROM audit WHERE seq = 6",
            "Line 7.*not follow",
            id="one-copied-to-the-end",
        ),
        pytest.param(
            "INSERT INTO audit (seq, at, kind, body, previous, hash) SELECT 7, at, kind, body, hash, hash FROM audit "
            "WHERE seq = 6",
            "Line 7.*was changed",
            id="one-made-up-at-the-end",
        ),
    ],
)
def test_the_first_line_that_does_not_follow_is_named(chain, change, told):
    for statement in change.split("; "):
        by_hand(chain, statement)
    assert re.match(told, audit.verify(chain) or "")


def test_lines_cut_off_at_the_end_show_beside_a_head_kept_elsewhere(chain):
    kept = audit.head(chain)
    by_hand(chain, "DELETE FROM audit WHERE seq > 4")
    assert audit.verify(chain) is None
    assert audit.head(chain) != kept


def test_a_line_rewritten_with_a_new_hash_breaks_the_next(chain):
    seq, at, kind, _, previous = rows(chain, schema.audit, "seq", "at", "kind", "body", "previous")[2]
    forged = digest({"seq": seq, "at": at, "kind": kind, "body": {}, "previous": previous})
    by_hand(chain, "UPDATE audit SET body = '{}', hash = :hash WHERE seq = 3", hash=forged)
    assert audit.verify(chain) == "Line 4 of the audit does not follow from the line before it."


@pytest.mark.parametrize("told", STRANGE.values(), ids=STRANGE)
def test_every_character_survives_and_is_held_by_the_hash(ledger, told):
    with ledger.write() as connection:
        audit.append(connection, "strange", {told: [told]})
    assert rows(ledger, schema.audit, "body") == [({told: [told]},)]
    assert audit.verify(ledger) is None


def test_the_audit_tells_of_each_night_without_naming_anybody(ledger):
    filed(ledger, a_finding())
    filed(ledger, a_finding(says="The names differ."), a_finding(rule="orphaned_order"), night=NEXT_NIGHT)
    one, two = (finding_id(each.key) for each in (a_finding(), a_finding(rule="orphaned_order")))
    first = {"night": NIGHT, "new": 1, "known": 0, "reopened": 0, "gone": 0, "became": {one: [1, "open"]}}
    became = {one: [2, "open"], two: [1, "open"]}
    second = {"night": NEXT_NIGHT, "new": 1, "known": 1, "reopened": 0, "gone": 0, "became": became}
    assert rows(ledger, schema.audit, "kind", "body") == [("filed", first), ("filed", second)]


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit SET kind = kind", "DELETE FROM audit WHERE seq = 6", "UPDATE audit SET hash = '' WHERE seq = 1"],
)
def test_the_database_itself_refuses_to_change_a_line(chain, change):
    before = rows(chain, schema.audit)
    with pytest.raises(sa.exc.DBAPIError, match="only added to"), chain.write() as connection:
        connection.execute(sa.text(change))
    assert rows(chain, schema.audit) == before


@pytest.mark.postgres
@pytest.mark.parametrize("ledger_url", ["postgres"], indirect=True)
def test_postgresql_refuses_to_empty_it_too(chain):
    with pytest.raises(sa.exc.DBAPIError, match="only added to"), chain.write() as connection:
        connection.execute(sa.text("TRUNCATE audit"))


def test_a_head_that_was_kept_is_held_while_the_chain_goes_on_from_it(chain):
    kept = audit.head(chain)
    assert audit.holds(chain, *kept)
    with chain.write() as connection:
        audit.append(connection, "one more", {}, NOW)
    assert audit.holds(chain, *kept)
    assert audit.holds(chain, 0, audit.START)
    assert not audit.holds(chain, LINES, audit.START)
    by_hand(chain, "DELETE FROM audit WHERE seq > 5")
    assert not audit.holds(chain, *kept)
