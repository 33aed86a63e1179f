"""
The ledger's tables beside what its audit leads to: every row that the audit does not account for, in words.

No sentence holds a person's data. It compares and changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from include.audit.replay import State
from include.digests import canonical
from include.model import Action, Fix, FixState, Option, Ref
from include.store import audit, outbox
from include.store.schema import (
    alias,
    decision,
    finding,
    fix,
    notice,
    objection,
    option,
    receipt,
    request,
    switch,
    undo,
)
from include.store.versions import bound_hash

MEANWHILE = {"planned", "in_flight"}  # how a fix may stand between two lines
Row = tuple[int, dict[str, Any], dict[str, Any], str]  # its number, what it says, people's words in it, what it is
ENDED = {str(state) for state in FixState} - MEANWHILE - {"held"}


def differences(connection: sa.Connection, state: State) -> Iterator[str]:
    """What the tables hold otherwise than the audit tells, the findings first."""
    yield from _findings(connection, state)
    yield from _decisions(connection, state)
    yield from _options(connection, state)
    yield from _fixes(connection, state)
    yield from _receipts(connection, state)
    yield from _notices(connection, state)
    yield from _requests(connection, state)
    yield from _aliases(connection, state)
    yield from _undone(connection, state)
    yield from _switches(connection, state)
    yield from _objections(connection, state)


def _findings(connection: sa.Connection, state: State) -> Iterator[str]:
    wanted = sa.select(finding.c.id, finding.c.version, finding.c.state).order_by(finding.c.id)
    held = {row.id: f"{row.state} in version {row.version}" for row in connection.execute(wanted)}
    told = {id: f"{stands} in version {version}" for id, (version, stands) in state.findings.items()}
    yield from _unlike("the finding", held, told)


def _fixes(connection: sa.Connection, state: State) -> Iterator[str]:
    rows = {row.id: row.state for row in connection.execute(sa.select(fix.c.id, fix.c.state).order_by(fix.c.id))}
    for id, stands in rows.items():
        told = state.fixes.get(id, "planned")
        allowed = {told} if told in ENDED else MEANWHILE | {told}
        if stands not in allowed:
            yield f"The fix {id} is {stands}; by the audit it is {told}."
    for id in sorted(state.fixes.keys() - rows.keys()):
        yield f"The fix {id} is gone; by the audit it is {state.fixes[id]}."


def _options(connection: sa.Connection, state: State) -> Iterator[str]:
    """Options whose fixes are not what their checksum says, unless what they said was forgotten."""
    wanted = (
        sa.select(option.c.id, option.c.finding_id, option.c.version, option.c.number, option.c.label, option.c.hash)
        .add_columns(finding.c.key, fix.c.platform, fix.c.account, fix.c.target, fix.c.action)
        .add_columns(fix.c.before, fix.c.after)
        .select_from(option.join(finding, finding.c.id == option.c.finding_id).outerjoin(fix))
        .order_by(option.c.id, fix.c.position)
    )
    rows: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(wanted):
        if row.finding_id not in state.blanked.get("findings", ()):
            rows[row.id].append(row)
    for held in rows.values():
        first = held[0]
        filed = [row for row in held if row.target is not None]
        fixes = tuple(Fix(Ref.parse(row.target), Action(row.action), row.before, row.after) for row in filed)
        accounts = {row.platform: row.account for row in filed if row.account is not None}
        if bound_hash(Option(first.label, fixes), first.key, accounts) != first.hash:
            where = f"option {first.number} of version {first.version} of the finding {first.finding_id}"
            yield f"The fixes of {where} are not what was filed."


def _decisions(connection: sa.Connection, state: State) -> Iterator[str]:
    rows = []
    for row in connection.execute(sa.select(decision).order_by(decision.c.id)):
        told = {name: getattr(row, name) for name in ("finding_id", "version", "option_hash", "verdict", "reviewer")}
        words = _words(row, ("reason", "consents"), state.blanked.get("findings", ()))
        about = f"({row.verdict}, on the finding {row.finding_id})"
        late = {"not_before": audit.moment(row.not_before) if row.not_before else None, "at": audit.moment(row.at)}
        rows.append((row.id, {**told, "until": row.until, **late}, words, about))
    yield from _unaccounted("decision", rows, state)


def _receipts(connection: sa.Connection, state: State) -> Iterator[str]:
    rows = []
    of = sa.select(receipt, option.c.finding_id).select_from(receipt.join(fix).join(option))
    for row in connection.execute(of.order_by(receipt.c.id)):
        told = {"fix": row.fix_id, "outcome": row.outcome, "moved": row.moved, "at": audit.moment(row.at)}
        words = _words(row, ("detail",), state.blanked.get("findings", ()))
        rows.append((row.id, told, words, f"({row.outcome}, of the fix {row.fix_id})"))
    yield from _unaccounted("receipt", rows, state)


def _undone(connection: sa.Connection, state: State) -> Iterator[str]:
    rows = []
    for row in connection.execute(sa.select(undo).order_by(undo.c.id)):
        told = {"of": row.of, "finding_id": row.finding_id, "who": row.who, "at": audit.moment(row.at)}
        words = _words(row, ("why",), state.blanked.get("findings", ()))
        rows.append((row.id, told, words, f"(of the finding {row.of})"))
    yield from _unaccounted("undo", rows, state)


def _switches(connection: sa.Connection, state: State) -> Iterator[str]:
    rows = []
    for row in connection.execute(sa.select(switch).order_by(switch.c.id)):
        told = {"stopped": row.stopped, "who": row.who, "at": audit.moment(row.at)}
        rows.append((row.id, told, {"why": audit.sealed(row.why) if row.why else ...}, "of the stop switch"))
    yield from _unaccounted("switch", rows, state)


def _objections(connection: sa.Connection, state: State) -> Iterator[str]:
    rows = []
    for row in connection.execute(sa.select(objection).order_by(objection.c.id)):
        told = {name: getattr(row, name) for name in ("finding_id", "stands", "records", "who")}
        words = _words(row, ("why",), state.blanked.get("findings", ()))
        rows.append((row.id, {**told, "at": audit.moment(row.at)}, words, f"(at the finding {row.finding_id})"))
    yield from _unaccounted("objection", rows, state)


def _notices(connection: sa.Connection, state: State) -> Iterator[str]:
    rows = connection.execute(sa.select(notice).order_by(notice.c.id)).all()
    yield from _unlike("the notice", {row.message_id: row.state for row in rows}, state.notices)
    for row in rows:
        told = state.contents.get(row.message_id)
        if row.message_id in state.blanked.get("notices", ()) or told is None:
            continue
        if outbox.content(dict(row._mapping)) != told:
            yield f"The notice {row.message_id} does not say what was written, or not to whom."


def _requests(connection: sa.Connection, state: State) -> Iterator[str]:
    held = {row.id: row.state for row in connection.execute(sa.select(request.c.id, request.c.state))}
    yield from _unlike("the request", held, state.requests)


def _aliases(connection: sa.Connection, state: State) -> Iterator[str]:
    held = {row.old: row.new for row in connection.execute(sa.select(alias.c.old, alias.c.new))}
    yield from _unlike("the record", held, state.aliases, "called")


def _unlike(what: str, held: Mapping[Any, str], told: Mapping[Any, str], word: str = "") -> Iterator[str]:
    """Rows that stand otherwise than told, that nothing tells of, and that are gone."""
    is_so = f"is {word} ".strip() + " "
    what = what[0].upper() + what[1:]
    for id, stands in held.items():
        if id not in told:
            yield f"{what} {id} {is_so}{stands}; the audit tells nothing of it."
        elif told[id] != stands:
            yield f"{what} {id} {is_so}{stands}; by the audit it {is_so}{told[id]}."
    for id in sorted(told.keys() - held.keys()):
        yield f"{what} {id} is gone; by the audit it {is_so}{told[id]}."


def _words(row: sa.Row[Any], names: Iterable[str], blanked: Collection[str]) -> dict[str, Any]:
    """What people wrote in a row, as the audit keeps it; of what was forgotten, anything it may have been."""
    told = {name: getattr(row, name) or None for name in names}
    gone = row.finding_id in blanked
    return {name: ... if gone and said is None else audit.sealed(said) for name, said in told.items()}


def _unaccounted(table: str, rows: list[Row], state: State) -> Iterator[str]:
    """Rows without a line of their own, and lines without a row."""
    lines: dict[str, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    for line in state.added.get(table, ()):
        lines[canonical(line.row)].append((line.seq, line.words))
    for id, row, words, about in rows:
        if id <= state.rows.get(table, 0):
            continue
        fitting = lines[canonical(row)]
        place = next((at for at, (_, said) in enumerate(fitting) if _fits(words, said)), None)
        if place is None:
            yield f"No line of the audit tells of row {id} of the table {table} {about} as it is now."
        else:
            del fitting[place]
    for seq in sorted(seq for left in lines.values() for seq, _ in left):
        yield f"Line {seq} of the audit tells of a row of the table {table} that is not there."


def _fits(words: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    return all(word in (..., said.get(name)) for name, word in words.items())
