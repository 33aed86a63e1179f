"""What the audit leads to is what the tables hold; and whatever is done to the tables by hand is named."""

from __future__ import annotations

import re

import pytest

from include import audit
from include.model import FixState, Option
from include.store import audit as chain
from include.store import leases, outbox, requests, schema, switch, undone, versions
from tests.store.cases import (
    LATER_NIGHT,
    NEXT_NIGHT,
    NOW,
    a_finding,
    after,
    again,
    approved,
    by_hand,
    claim,
    decide,
    ends,
    filed,
    fix_ids,
    leave,
    merge,
    rows,
    send,
    three_fixes,
)
from tests.store.test_outbox import notice


@pytest.fixture
def told(ledger):
    """A ledger in which everything that changes a state has happened once."""
    row = approved(ledger, three_fixes())
    first, second, _ = fix_ids(row)
    ends(ledger, first, FixState.APPLIED, notices=[notice("told")])
    ends(ledger, second, FixState.REFUSED, detail="HubSpot says no.")
    merged = a_finding(Option("merge", (merge(),)), rule="duplicate_contact", others=("hubspot:contact:2",))
    put_off = a_finding(subject="hubspot:contact:7", others=())
    gone = a_finding(subject="hubspot:contact:8", others=())
    filed(ledger, merged, put_off, gone, a_finding(three_fixes()), night=NEXT_NIGHT)
    for reviewer in ("ann", "bob"):
        decide(ledger, again(ledger, merged), reviewer=reviewer)
    ends(ledger, *fix_ids(again(ledger, merged)), FixState.APPLIED, aliases={"hubspot:contact:2": "hubspot:contact:1"})
    decide(ledger, again(ledger, put_off), "deferred", until="2026-11-20", reason="On leave.")
    filed(ledger, put_off, night=LATER_NIGHT)
    switch.throw(ledger, "ann", "Something is odd.", NOW, stop=True)
    switch.throw(ledger, "bob", "It was nothing.", after(60), stop=False)
    with ledger.write() as connection:
        undone.asked(connection, row.id, again(ledger, merged).id, "ann", "It was wrong.", NOW)
    (one,) = requests.add(ledger, [{"client": "42", "new_address": "new@b.example"}], "carl", NOW)
    requests.move(ledger, one, [requests.WAITING], requests.TROUBLE, by="carl")
    waiting = outbox.take(ledger, "worker", after(1), 60)
    outbox.delivered(ledger, waiting.id, "worker", after(2))
    return ledger


def test_every_change_of_state_leaves_a_line_that_leads_to_it(told):
    found = audit.checked(told)
    assert found.problems == []
    assert (found.lines, found.head) == (len(rows(told, schema.audit)), chain.head(told))
    kinds = {kind for (kind,) in rows(told, schema.audit, "kind")}
    assert kinds == {
        "filed", "decided", "receipt", "held", "settled", "reopened", "alias", "notice", "notice sent", "requested",
        "request", "stopped", "resumed", "undo",
    }  # fmt: skip


def test_an_empty_ledger_is_accounted_for(ledger):
    assert audit.checked(ledger).problems == []


def test_what_happens_between_two_lines_is_no_difference(ledger):
    row = approved(ledger, three_fixes())
    assert claim(ledger, *fix_ids(row)[:1])
    assert send(ledger, *fix_ids(row)[:1])
    assert audit.checked(ledger).problems == []
    assert leave(ledger, fix_ids(row)[0], FixState.UNKNOWN)
    assert leases.take_over(ledger, fix_ids(row)[0], "another", after(500), 60)
    assert audit.checked(ledger).problems == []


def test_an_approval_that_grew_too_old_is_accounted_for(ledger):
    row = approved(ledger, three_fixes())
    assert versions.reopen_approved(ledger, row.id, 1, "too old", NOW)
    assert audit.checked(ledger).problems == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(
            "INSERT INTO decision (finding_id, version, option_id, option_hash, verdict, reviewer, at) "
            "SELECT (SELECT max(id) FROM finding WHERE id <> finding_id), version, option_id, option_hash, verdict, "
            "reviewer, at FROM decision WHERE id = 1",
            r"No line of the audit tells of row 5 of the table decision \(approved, on the finding \w{16}\)",
            id="a-decision-copied-to-another-finding",
        ),
        pytest.param(
            "UPDATE decision SET reviewer = 'eve' WHERE id = 1", "row 1 of the table decision", id="its-reviewer"
        ),
        pytest.param("UPDATE decision SET version = 9 WHERE id = 1", "row 1 of the table decision", id="its-version"),
        pytest.param(
            """UPDATE decision SET reason = '"else"' WHERE id = 4""", "row 4 of the table deci", id="its-reason"
        ),
        pytest.param("UPDATE decision SET reason = NULL WHERE id = 4", "row 4 of the table deci", id="its-reason-gone"),
        pytest.param(
            "DELETE FROM decision WHERE id = 2",
            "Line 9 of the audit tells of a row",
            id="a-decision-gone",
        ),
        pytest.param(
            "UPDATE receipt SET outcome = 'applied' WHERE id = 2",
            "row 2 of the table receipt",
            id="a-receipt-s-outcome",
        ),
        pytest.param(
            """UPDATE receipt SET moved = '["x"]' WHERE id = 1""", "row 1 of the table receipt", id="what-moved"
        ),
        pytest.param("UPDATE receipt SET detail = NULL WHERE id = 2", "row 2 of the table receipt", id="a-detail"),
        pytest.param(
            "UPDATE fix SET state = 'applied' WHERE id = 3", "fix 3 is applied; by the audit it is held", id="a-fix"
        ),
        pytest.param(
            "UPDATE fix SET state = 'planned' WHERE id = 1",
            "fix 1 is planned; by the audit it is applied",
            id="to-do-again",
        ),
        pytest.param(
            """UPDATE fix SET after = '{"email":"eve@e.example"}' WHERE id = 3""", "fixes of option 0", id="its-aim"
        ),
        pytest.param(
            "UPDATE finding SET state = 'approved' WHERE state = 'gone'",
            "is approved in .* it is gone in",
            id="a-finding",
        ),
        pytest.param(
            "UPDATE finding SET version = 1 WHERE version = 2", "in version 1; by .* in version 2", id="its-version-2"
        ),
        pytest.param("UPDATE notice SET state = 'waiting'", "is waiting; by the audit it is sent", id="a-notice-again"),
        pytest.param(
            """UPDATE notice SET recipient = '"eve@e.example"'""", "does not say what was written", id="its-reader"
        ),
        pytest.param("DELETE FROM notice", "is gone; by the audit it is sent", id="a-notice-gone"),
        pytest.param(
            "UPDATE alias SET new = 'hubspot:contact:9'", "called hubspot:contact:9; by .* called", id="an-alias"
        ),
        pytest.param("DELETE FROM switch WHERE id = 2", "tells of a row of the table switch", id="the-stop-switch"),
        pytest.param(
            "UPDATE request SET state = 'filed'", "request 1 is filed; by the audit it is trouble", id="a-request"
        ),
        pytest.param("""UPDATE switch SET why = '"else"' WHERE id = 1""", "row 1 of the table swi", id="why-thrown"),
        pytest.param("UPDATE undo SET who = 'eve'", "row 1 of the table undo", id="who-undid"),
        pytest.param(
            """UPDATE decision SET consents = '[{}]' WHERE id = 1""", "row 1 of the table deci", id="consents"
        ),
        pytest.param("DELETE FROM audit WHERE seq = 4", "Line 4 of the audit is missing", id="a-line"),
    ],
)
def test_what_is_done_by_hand_is_named(told, change, says):
    by_hand(told, change)
    problems = audit.checked(told).problems
    assert re.search(says, problems[0]), problems


def test_no_sentence_names_anybody(told):
    by_hand(told, """UPDATE notice SET recipient = '"eve@e.example"'""")
    by_hand(told, """UPDATE fix SET after = '{"email":"eve@e.example"}' WHERE id = 3""")
    problems = audit.checked(told).problems
    assert len(problems) == 2
    assert "@" not in "".join(problems).replace("@rollcall.example", "")
