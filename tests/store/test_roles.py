"""The database's own roles on PostgreSQL: who is there for one thing can do nothing else, whatever its code does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from include import audit, store
from include.forgetting import ageing
from include.model import FixState
from include.settings import Settings
from include.store import fixes, objections, outbox, requests, schema, switch, undone
from include.store.ledger import Ledger
from tests.store.cases import NOW, a_finding, after, again, approved, decide, ends, filed, fix_ids, rows, three_fixes
from tests.store.test_outbox import notice, put

ROLES = Path(store.__file__).parent / "roles.sql"
REFUSED = r"permission denied|must be owner"
NAMES = ("detector", "reviewer", "applier", "forgetter", "auditor")

pytestmark = pytest.mark.postgres


@pytest.fixture
def ledger_url(postgres_server, request) -> Iterator[str]:
    """A ledger on PostgreSQL whose roles were made by the file that is shipped."""
    name = f"roles_{abs(hash(request.node.name)) % 10**8}"
    yield postgres_server.create(name, "rollcall_template")
    postgres_server.drop(name)


@pytest.fixture
def of(ledger, ledger_url) -> Callable[[str], Ledger]:
    """The same ledger as somebody in a role opens it."""
    run(ledger)

    def opened(role: str) -> Ledger:
        user = f"a_{role}"
        with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if (
                connection.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :user"), {"user": user}).first()
                is None
            ):
                connection.execute(sa.text(f"CREATE ROLE {user} LOGIN IN ROLE rollcall_{role}"))
        return Ledger(str(sa.make_url(ledger_url).set(username=user)))

    return opened


def run(ledger: Ledger) -> None:
    with closing(ledger.engine.raw_connection()) as raw:
        raw.cursor().execute(ROLES.read_text("utf-8"))
        raw.commit()


def granted(ledger: Ledger, verb: str) -> dict[str, set[str]]:
    """By role, the tables (and the columns, where not all of them) that it may do this to."""
    told: dict[str, set[str]] = {name: set() for name in NAMES}
    whole = "SELECT grantee, table_name, NULL FROM information_schema.role_table_grants WHERE privilege_type = :verb"
    parts = (
        "SELECT grantee, table_name, column_name FROM information_schema.column_privileges WHERE privilege_type = :verb"
    )
    with ledger.read() as connection:
        tables = {(role, table) for role, table, _ in connection.execute(sa.text(whole), {"verb": verb})}
        columns = connection.execute(sa.text(parts), {"verb": verb}).all() if verb == "UPDATE" else []
    for role, table in tables:
        told.setdefault(role.removeprefix("rollcall_"), set()).add(table)
    for role, table, column in columns:
        if (role, table) not in tables:
            told.setdefault(role.removeprefix("rollcall_"), set()).add(f"{table}.{column}")
    return {name: told[name] for name in NAMES}


def columns(table: str, *names: str) -> set[str]:
    return {f"{table}.{name}" for name in names}


SENT = columns("notice", "state", "tries", "due_at", "lease_owner", "problem", "sent_at")
MOVED = columns("request", "state", "finding_id", "client", "found", "changed_at")
FILED = {"finding", "option", "fix", "notice", "audit", "dossier"}
MATRIX = {
    "INSERT": {
        "detector": FILED | {"step"},
        "reviewer": FILED | {"decision", "request", "undo", "switch", "receipt", "objection"},
        "applier": FILED | {"receipt", "switch", "alias"},
        "forgetter": {"audit"},
        "auditor": set(),
    },
    "UPDATE": {
        "detector": {"finding"} | SENT | MOVED,
        "reviewer": {"finding"} | MOVED | columns("fix", "state", "lease_owner", "lease_until"),
        "applier": {"finding", "alias"}
        | SENT
        | columns("fix", "state", "lease_owner", "lease_until", "sent_at", "image"),
        "forgetter": columns("finding", "because", "state", "until", "changed_at")
        | columns("option", "label")
        | columns("fix", "before", "after", "image")
        | columns("decision", "reason", "consents")
        | columns("receipt", "detail")
        | columns("notice", "recipient", "subject", "text", "html", "headers", "pictures", "state", "problem")
        | columns("request", "asked", "found", "client", "state", "changed_at")
        | columns("undo", "why")
        | columns("switch", "why")
        | columns("objection", "why"),
        "auditor": set(),
    },
    "DELETE": {
        "detector": {"dossier"},
        "reviewer": {"dossier"},
        "applier": {"dossier", "alias"},
        "forgetter": {"dossier"},
        "auditor": set(),
    },
    "TRUNCATE": {name: set() for name in NAMES},
}


@pytest.mark.parametrize("verb", MATRIX)
def test_who_may_do_what_to_which_table(ledger, of, verb):
    run(ledger)  # running the file again changes nothing
    assert granted(ledger, verb) == MATRIX[verb]


def test_everybody_reads_every_table(ledger, of):
    tables = {*schema.metadata.tables, "alembic_version"}
    assert granted(ledger, "SELECT") == {name: tables for name in NAMES}


REWRITING = (
    "UPDATE audit SET body = '{}'",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_only_grows ON audit",
    "UPDATE decision SET option_id = 1",
    "DELETE FROM decision",
    "UPDATE receipt SET outcome = 'applied'",
    "UPDATE option SET hash = ''",
    "UPDATE fix SET target = 'hubspot:contact:9'",
)


@pytest.mark.parametrize("role", NAMES)
def test_nobody_rewrites_what_was_decided_or_what_became_of_it(ledger, of, role):
    approved(ledger, three_fixes())
    somebody = of(role)
    for statement in REWRITING:
        with pytest.raises(sa.exc.ProgrammingError, match=REFUSED), somebody.write() as connection:
            connection.execute(sa.text(statement))


@pytest.mark.parametrize("role", ["detector", "applier", "forgetter", "auditor"])
def test_only_the_page_can_decide(ledger, of, role):
    row = filed(ledger, a_finding())
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        decide(of(role), row)
    assert rows(ledger, schema.decision) == []


def test_a_finding_that_a_detector_calls_approved_is_not_applied(ledger, of):
    filed(ledger, a_finding())
    with of("detector").write() as connection:
        connection.execute(sa.text("UPDATE finding SET state = 'approved'"))
    assert fixes.approved(of("applier")) == []
    assert audit.checked(of("auditor")).problems != []


def test_each_can_do_what_it_is_there_for(ledger, of):
    detector, reviewer, applier, auditor = (of(role) for role in ("detector", "reviewer", "applier", "auditor"))
    row = filed(detector, a_finding(three_fixes()))
    decide(reviewer, row)
    first, second, _ = fix_ids(again(reviewer, row))
    ends(applier, first, FixState.APPLIED, notices=[notice("told")], aliases={"hubspot:contact:8": "hubspot:contact:9"})
    ends(applier, second, FixState.STALE)
    taken = outbox.take(applier, "worker", after(1), 60)
    assert outbox.delivered(applier, taken.id, "worker", after(2))
    filed(detector, a_finding(), night="2026-11-02")
    put(detector, notice("digest"))
    taken = outbox.take(detector, "worker", after(3), 60)
    assert outbox.delivered(detector, taken.id, "worker", after(4))
    (asked,) = requests.add(reviewer, [{"client": "42", "new_address": "x@b.example"}], "carl", NOW)
    assert requests.move(detector, asked, [requests.WAITING], requests.TROUBLE)
    assert requests.move(reviewer, asked, [requests.TROUBLE], requests.WITHDRAWN, by="carl")
    switch.throw(reviewer, "ann", "Odd.", NOW, stop=True)
    objections.record(reviewer, row.id, "ann", "He called.", NOW)
    objections.lift(reviewer, row.id, "ann", "A mistake.", NOW)
    with reviewer.write() as connection:
        undone.asked(connection, row.id, row.id, "ann", "Wrong.", NOW)
    ageing.forget_rows(of("forgetter"), Settings(keep_findings_days=0), after(10**7))
    assert audit.checked(auditor).problems == []
