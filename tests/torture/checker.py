"""
Whether the promises were kept, told from what is left behind: the platforms' write log, the ledger's rows, the mail.

It shares no code with what it checks but the names of tables and columns: a mistake of the engine must not be its own.

    R1   no write without an approval of exactly that change
    R2   no approved change has its effect twice
    R3   no outcome is lost: nothing stays in flight, and what was written is not said to have failed
    R4   nothing else is changed on a record than what was approved
    R5   nothing is written over a value that is not the one that was approved to be replaced
    R8   the old and the new address hear of an applied change, and of each service it was made in, never twice in the
         same words; nobody else does; of what was mailed, one message at most went out twice, as it was the first time
    R12  the audit is one unbroken chain, with a line for every decision and receipt
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from tests.torture.matching import same, wrong

BEFOREHAND = {"coming", "off"}  # which message it is: that an address is going to go, and that it is not
DONE = {"applied", "unknown"}
SERVICES = {
    "bigcommerce": "BigCommerce", "cpanel": "cPanel", "hubspot": "HubSpot", "shopify": "Shopify", "whmcs": "WHMCS",
    "whois": "WHOIS",
}  # fmt: skip

Row = Mapping[str, Any]


def violations(
    engine: sa.Engine,
    writes: Collection[Row],
    *,
    over: bool = False,
    foreign: Collection[int] = (),
    mails: Iterable[tuple[str, str]] | None = None,
) -> list[str]:
    """
    Every promise that was broken, in words; none is an empty list.

    `writes`: the sandbox's log. `over`: the engine has come to rest, so that nothing may be under way any more.
    `foreign`: numbers of writes that somebody else than Rollcall made. `mails`: Message-ID and recipient of each
    message that the mail server accepted, where there is one.
    """
    with engine.connect() as connection:
        held = {
            name: _rows(connection, name)
            for name in ("fix", "option", "decision", "receipt", "notice", "alias", "audit")
        }
        held["finding"] = _rows(connection, "finding")
    ours = [one for one in writes if one["effect"] == "applied" and one["seq"] not in foreign and _counts(one)]
    matched, told = _matched(ours, held)
    logs = [str(one["changed"]) for one in writes if one["effect"] == "applied" and not _counts(one)]
    told += [*_approved(matched, held), *_outcomes(matched, held, over, logs), *_notices(held, over), *_chain(held)]
    return told if mails is None else [*told, *_mailed(list(mails), held)]


def _rows(connection: sa.Connection, table: str) -> list[dict[str, Any]]:
    order = "seq" if table == "audit" else "old" if table == "alias" else "id"
    return [dict(row._mapping) for row in connection.execute(sa.text(f'SELECT * FROM "{table}" ORDER BY {order}'))]


def _counts(write: Row) -> bool:
    """WHMCS's activity log is the first half of a note, not a change of its own."""
    return write["action"] != "log"


def _matched(writes: list[Row], held: Mapping[str, list[dict[str, Any]]]) -> tuple[dict[int, Row], list[str]]:
    """Each write with the one fix that may have sent it."""
    names = _names(held["alias"])
    free = [fix for fix in held["fix"] if fix["sent_at"] is not None]
    matched: dict[int, Row] = {}
    told = []
    for write in writes:
        fits = [fix for fix in free if same(write, fix, names)]
        if not fits:
            told.append(f"R1, R2: write {write['seq']} ({write['action']} of {write['record']}) was not ours to send")
            continue
        fix = next((one for one in fits if one["state"] in DONE), fits[0])
        free.remove(fix)
        matched[fix["id"]] = write
        told += wrong(write, fix)
    return matched, told


def _approved(matched: Mapping[int, Row], held: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    options = {one["id"]: one for one in held["option"]}
    keys = {one["id"]: one["key"] for one in held["finding"]}
    fixes: dict[int, list[dict[str, Any]]] = {}
    for fix in sorted(held["fix"], key=lambda one: one["position"]):
        fixes.setdefault(fix["option_id"], []).append(fix)
    for option_id in {fix["option_id"] for fix in held["fix"] if fix["id"] in matched}:
        option = options[option_id]
        bound = _hash(keys[option["finding_id"]], json.loads(option["label"]), fixes[option_id])
        people = {
            one["reviewer"].strip().casefold()
            for one in held["decision"]
            if one["verdict"] == "approved" and one["option_id"] == option_id and one["option_hash"] == bound
        }
        needed = 2 if any(fix["action"] == "merge" for fix in fixes[option_id]) else 1
        if len(people) < needed:
            yield f"R1: option {option_id} was written and has {len(people)} approvals of what it holds"


def _hash(key: str, label: str, fixes: Iterable[Row]) -> str:
    """What a decision is bound to, worked out from the rows alone."""
    made = [
        {
            "target": one["target"],
            "action": one["action"],
            "before": json.loads(one["before"]),
            "after": json.loads(one["after"]),
        }
        for one in fixes
    ]
    hash = _sha({"finding": key, "label": label, "fixes": made})
    accounts = {one["platform"]: one["account"] for one in fixes if one["account"] is not None}
    return _sha({"option": hash, "accounts": accounts}) if accounts else hash


def _outcomes(
    matched: Mapping[int, Row], held: Mapping[str, list[dict[str, Any]]], over: bool, logs: list[str]
) -> Iterator[str]:
    last = {one["fix_id"]: one for one in held["receipt"]}
    for fix in held["fix"]:
        if fix["id"] in matched and fix["state"] not in {*DONE, "in_flight"}:
            yield f"R3: fix {fix['id']} is {fix['state']}, and write {matched[fix['id']]['seq']} of it took effect"
        if over and fix["state"] == "in_flight":
            yield f"R3: fix {fix['id']} is in flight and nobody is at it"
        if fix["state"] == "applied" and fix["id"] not in matched and not _by_half(fix, last.get(fix["id"]), logs):
            yield f"R3: fix {fix['id']} is said to be applied and was never written"
        said = last[fix["id"]]["outcome"] if fix["id"] in last else None
        if fix["state"] not in {"planned", "held", "in_flight"} and said != fix["state"]:
            yield f"R3: fix {fix['id']} is {fix['state']} and its last receipt says {said}"


def _by_half(fix: Row, receipt: Row | None, logs: list[str]) -> bool:
    """A note of WHMCS cut off after its first request: its line is in the log, and its receipt says what may lack."""
    told = receipt is not None and "the note may be missing" in str(receipt["detail"])
    return told and fix["action"] == "add_note" and any(json.loads(fix["after"])["note"] in line for line in logs)


def _notices(held: Mapping[str, list[dict[str, Any]]], over: bool) -> Iterator[str]:
    options = {one["id"]: one for one in held["option"]}
    told = Counter((one["about"], json.loads(one["recipient"]).casefold(), one["message_id"]) for one in held["notice"])
    heard: dict[tuple[str, str, str], list[str]] = {}
    for one in held["notice"]:
        version = one["message_id"].split(".")[1]
        text = json.loads(one["text"])
        heard.setdefault((one["about"], version, json.loads(one["recipient"]).casefold()), []).append(text)
    concerned: set[tuple[str, str]] = set()
    warned: set[tuple[str, str]] = set()  # who hears beforehand that an address is going to go
    for fix in held["fix"]:
        if fix["action"] != "set_email":
            continue
        about, version = (str(options[fix["option_id"]][name]) for name in ("finding_id", "version"))
        warned.add((about, str(json.loads(fix["before"])["email"]).casefold()))
        if fix["state"] not in DONE | {"in_flight", "failed"}:
            continue
        service = f"({SERVICES[fix['target'].partition(':')[0]]})"
        both = {str(json.loads(fix[side])["email"]).casefold() for side in ("before", "after")}
        concerned |= {(about, who) for who in both}
        ended = all(
            one["state"] not in {"planned", "in_flight"} for one in held["fix"] if one["option_id"] == fix["option_id"]
        )
        if over and fix["state"] in DONE and ended:
            yield from (
                f"R8: fix {fix['id']} took, and an address did not hear of it"
                for who in both
                if not any(service in text for text in heard.get((about, version, who), ()))
            )
    yield from (
        f"R8: somebody heard of finding {about} in the same words more than once"
        for (about, _, _), texts in heard.items()
        if about and len(texts) > len(set(texts))
    )
    yield from (
        f"R8: message {id} goes to nobody whom it concerns"
        for about, who, id in told
        if about and (about, who) not in (warned if id.split(".")[2] in BEFOREHAND else concerned)
    )


def _mailed(mails: list[tuple[str, str]], held: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    """What left the house, beside what the ledger says of it. One crash may double one message, and no more."""
    whom = {one["message_id"]: json.loads(one["recipient"]).casefold() for one in held["notice"]}
    copies = Counter(id for id, _ in mails)
    for id, recipient in mails:
        if recipient.casefold() != whom.get(id):
            yield f"R8: message {id} went to somebody whom the ledger does not name"
    for one in held["notice"]:
        if one["state"] == "sent" and not copies[one["message_id"]]:
            yield f"R8: message {one['message_id']} is said to be sent and never arrived"
    if copies.total() - len(copies) > 1:
        yield f"R8: {copies.total() - len(copies)} messages too many went out"


def _chain(held: Mapping[str, list[dict[str, Any]]]) -> Iterator[str]:
    previous = "0" * 64
    kinds: Counter[str] = Counter()
    for number, line in enumerate(held["audit"], 1):
        body = {
            "seq": line["seq"],
            "at": line["at"],
            "kind": line["kind"],
            "body": json.loads(line["body"]),
            "previous": line["previous"],
        }
        if (line["seq"], line["previous"], line["hash"]) != (number, previous, _sha(body)):
            yield f"R12: the audit breaks at line {number}"
            return
        previous = line["hash"]
        kinds[line["kind"]] += 1
    for kind, table in (("decided", "decision"), ("receipt", "receipt")):
        if kinds[kind] != len(held[table]):
            yield f"R12: {kinds[kind]} lines of the audit tell of {len(held[table])} rows of {table}"


def _names(aliases: Iterable[Row]) -> dict[str, str]:
    return {one["old"]: one["new"] for one in aliases}


def _sha(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
