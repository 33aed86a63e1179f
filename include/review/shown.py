"""A finding as the page shows it and as its API tells it: the ledger's row, with what a reviewer needs to read it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from include import requests
from include.model import Action, Verdict
from include.review import beside, sending, words
from include.store import consents, undone
from include.store.decisions import UNDECIDED

ONE_BY_ONE = frozenset({requests.RULE, undone.RULE})  # rules whose findings nobody approves without having opened them

if TYPE_CHECKING:
    from include.store.dossiers import Dossier
    from include.store.findings import FindingRow, OptionRow


def listed(row: FindingRow, today: date, dossier: Dossier | None = None) -> dict[str, Any]:
    """One line of the list. `bulk`: what a decision on it and its equals is bound to; None where it is one by one."""
    wanted = row.options[row.recommended] if row.recommended is not None else None
    recommended = wanted.label if wanted else None
    consent = wanted is not None and any(consents.waits(fix.after) for fix in wanted.fixes)
    one_by_one = wanted is None or consent or row.rule in ONE_BY_ONE
    return {
        "id": row.id,
        "version": row.version,
        "shape": row.shape,
        "bulk": None if one_by_one or wanted is None else wanted.hash,
        **beside.who(dossier),
        "rule": row.rule,
        "subject": words.record(row.subject),
        "others": [words.record(ref) for ref in row.others],
        "strength": words.strength(row.confidence),
        "recommended": recommended,
        "choices": len(row.options),
        "state": row.state,
        "state_words": words.STATES[row.state],
        "age": words.age(row.first_night, today),
    }


def detail(row: FindingRow, today: date, dossier: Dossier | None = None) -> dict[str, Any]:
    """Everything about one finding."""
    standing = {one.option_hash for one in row.decisions if one.version == row.version and one.option_hash}
    offered = [one for one in row.options if one.made_from is None or one.hash in standing]
    refs = list(dict.fromkeys([row.subject, *row.others]))
    return {
        "id": row.id,
        "key": row.key,
        "rule": row.rule,
        "version": row.version,
        "state": row.state,
        "state_words": words.STATES[row.state],
        "subject": row.subject,
        "records": [row.subject, *row.others],
        **beside.who(dossier),
        "beside": beside.table(dossier, refs) if dossier else None,
        "history": beside.history(dossier) if dossier else [],
        "orders": beside.orders(dossier) if dossier else [],
        "shape": row.shape,
        "confidence": row.confidence,
        "strength": words.strength(row.confidence),
        "age": words.age(row.first_night, today),
        "first_night": row.first_night,
        "last_night": row.last_night,
        "because": [
            {"evidence": one["evidence"], "weight": one["weight"], "says": words.spelled(one["says"])}
            for one in row.because
        ],
        "recommended": row.recommended,
        "options": [_option(option, row, today) for option in offered],
        "decisions": [
            {
                "verdict": decision.verdict,
                "option": next((one.label for one in row.options if one.hash == decision.option_hash), None),
                "reviewer": decision.reviewer,
                "reason": decision.reason,
                "until": decision.until,
                "consents": [{**one, "kind": consents.KINDS.get(one["kind"], "")} for one in decision.consents],
                "at": decision.at.isoformat(timespec="minutes"),
            }
            for decision in row.decisions
        ],
        "decidable": row.state in UNDECIDED,
        "withdrawable": row.state == "approved"
        and all(fix.state == "planned" for option in row.options for fix in option.fixes),
    }


def _option(option: OptionRow, row: FindingRow, today: date) -> dict[str, Any]:
    fixes: list[dict[str, Any]] = [
        {"target": fix.target, "action": fix.action, "before": fix.before, "after": fix.after} for fix in option.fixes
    ]
    own = [one for one in row.decisions if one.version == row.version]
    stands = bool(own) and own[-1].verdict == Verdict.APPROVED  # an approval that was withdrawn is history
    approved_by = [one.reviewer for one in own if stands and one.option_hash == option.hash]
    chosen = bool(approved_by) if stands else row.state in UNDECIDED and option.number == row.recommended
    return {
        "number": option.number,
        "label": option.label,
        "hash": option.hash,
        "recommended": option.number == row.recommended,
        "approved_by": approved_by,
        "chosen": chosen,
        "needs_two": option.people > 1,
        "irreversible": any(words.irreversible(fix.action) for fix in option.fixes),
        "mailed": words.mailed(fixes),
        "also_sent": sending.by_platforms(fixes),
        "asks_consent": sending.asks_consent(fixes, today),
        "tried": bool(approved_by) or any(fix.state != "planned" for fix in option.fixes),
        "became": sending.became([fix.state for fix in option.fixes]) if approved_by else None,
        "fixes": [
            {
                "id": fix.id,
                "target": fix.target,
                "action": fix.action,
                "action_words": words.ACTIONS[Action(fix.action)],
                "before": fix.before,
                "after": fix.after,
                "changes": words.changes(fix.action, fix.before, fix.after),
                "irreversible": words.irreversible(fix.action),
                "state": fix.state,
                "outcome": words.OUTCOMES[fix.state],
                "detail": words.spelled(fix.detail) if fix.detail else None,
                "also_changed": [words.FIELDS.get(name, name) for name in fix.moved],
            }
            for fix in option.fixes
        ],
    }
