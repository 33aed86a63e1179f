"""
What the audit's lines lead to, one after the other: the state of everything, without a look at any other table.

A line of a kind that is not known here changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from include.store.requests import WAITING

TAKEN_OVER = "taken over"


@dataclass(frozen=True, slots=True)
class Added:
    """A row that a line tells of; `words`: the checksums of what people wrote in it, by column."""

    seq: int
    row: Mapping[str, Any]
    words: Mapping[str, str | None]


@dataclass
class State:
    """
    How everything stands. `added`: by table, every row that was only added, as its line tells it; `rows`: up to which
    number such rows were there before the audit told everything. `blanked`: what personal data was taken out of.
    """

    findings: dict[str, tuple[int, str]] = field(default_factory=dict)
    fixes: dict[int, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    requests: dict[int, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    added: dict[str, list[Added]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    blanked: dict[str, set[Any]] = field(default_factory=dict)
    lines: int = 0

    def take(self, seq: int, kind: str, at: str, body: Mapping[str, Any]) -> None:
        """Let one line follow."""
        self.lines += 1
        if (what := LINES.get(kind)) is not None:
            what(self, seq, at, body)


def _add(state: State, table: str, seq: int, row: dict[str, Any], body: Mapping[str, Any], *words: str) -> None:
    state.added.setdefault(table, []).append(Added(seq, row, {name: body.get(name) for name in words}))


def _taken_over(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.findings = {id: (version, stands) for id, (version, stands) in body["findings"].items()}
    state.fixes = {int(id): stands for id, stands in body["fixes"].items()}
    state.notices, state.contents = dict(body["notices"]), {}
    state.requests = {int(id): stands for id, stands in body["requests"].items()}
    state.aliases = dict(body["aliases"])
    state.rows, state.added = dict(body["rows"]), {}


def _filed(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    for id, (version, stands) in body.get("became", {}).items():
        state.findings[id] = (version, stands)


DECIDED = ("finding_id", "version", "option_hash", "verdict", "reviewer", "until")
RECEIPT = ("fix", "outcome", "moved")


def _decided(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.findings[body["finding_id"]] = (body["version"], body["state"])
    told = {**{name: body[name] for name in DECIDED}, "not_before": body.get("not_before")}
    _add(state, "decision", seq, {**told, "at": at}, body, "reason", "consents")


def _receipt(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.fixes[body["fix"]] = body["outcome"]
    _add(state, "receipt", seq, {**{name: body[name] for name in RECEIPT}, "at": at}, body, "detail")


def _undo(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    told = {name: body[name] for name in ("of", "finding_id", "who")}
    _add(state, "undo", seq, {**told, "at": at}, body, "why")


def _objection(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    told = {name: body[name] for name in ("finding_id", "stands", "records", "who")}
    _add(state, "objection", seq, {**told, "at": at}, body, "why")


def _held(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.fixes.update(dict.fromkeys(body["fixes"], "held"))


def _settled(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.findings[body["finding"]] = (body["version"], "settled")


def _reopened(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.findings[body["finding"]] = (body["version"] + 1, "open")


def _alias(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    old, new = body["old"], body["new"]
    kept = {name: new if today == old else today for name, today in state.aliases.items() if name not in (old, new)}
    state.aliases = {**kept, old: new}


def _notice(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.notices[body["message_id"]] = "waiting"
    state.contents[body["message_id"]] = body["content"]


def _notice_closed(stands: str) -> Callable[[State, int, str, Mapping[str, Any]], None]:
    def close(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
        state.notices[body["message_id"]] = stands

    return close


def _requested(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.requests[body["request"]] = WAITING


def _request(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    state.requests[body["request"]] = body["state"]


def _thrown(stopped: bool) -> Callable[[State, int, str, Mapping[str, Any]], None]:
    def thrown(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
        _add(state, "switch", seq, {"stopped": stopped, "who": body["who"], "at": at}, body, "why")

    return thrown


def _blanked(state: State, seq: int, at: str, body: Mapping[str, Any]) -> None:
    for id in body["gone"]:
        state.findings[id] = (state.findings[id][0], "gone")
    for name in body["dropped"]:
        state.notices[name] = "refused"
    for table in ("findings", "notices", "requests"):
        state.blanked.setdefault(table, set()).update(body[table])


LINES: Mapping[str, Callable[[State, int, str, Mapping[str, Any]], None]] = {
    TAKEN_OVER: _taken_over,
    "filed": _filed,
    "decided": _decided,
    "receipt": _receipt,
    "undo": _undo,
    "objection": _objection,
    "held": _held,
    "settled": _settled,
    "reopened": _reopened,
    "alias": _alias,
    "notice": _notice,
    "notice sent": _notice_closed("sent"),
    "notice refused": _notice_closed("refused"),
    "requested": _requested,
    "request": _request,
    "stopped": _thrown(True),
    "resumed": _thrown(False),
    "erased": _blanked,
    "forgotten": _blanked,
}
