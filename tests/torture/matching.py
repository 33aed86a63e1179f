"""
Whether a write in the platforms' log is what a fix was approved for: to which record, of what, and nothing else.

It is told from the log and the ledger's rows alone, and shares no code with the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

# What the sandbox calls a write of each action. Notes are told by what they change.
NAMES = {
    "set_email": {"update"}, "add_email": {"update"}, "set_name": {"update"}, "set_order_email": {"update"},
    "merge": {"merge"}, "attach": {"attach"}, "invite": {"invite"}, "reset_access": {"recover", "update"},
    "add_note": {"note"},
}  # fmt: skip
NOTE_FIELDS = {"note", "notes", "staff_notes"}
ACCESS = {"authentication", "password"}
ADDRESSES = {"set_email", "set_order_email"}

Row = Mapping[str, Any]


def same(write: Row, fix: Row, names: Mapping[str, str]) -> bool:
    """Whether this fix may have sent this write. `names`: what merged records are called now."""
    kind = "note" if write["changed"] and set(write["changed"]) <= NOTE_FIELDS else write["action"]
    if kind not in NAMES.get(fix["action"], ()):
        return False
    if names.get(write["record"], write["record"]) != names.get(fix["target"], fix["target"]):
        return False
    before, after = json.loads(fix["before"]), json.loads(fix["after"])
    new = [new for _, new in write["changed"].values()]
    match fix["action"]:
        case "set_email" | "set_order_email":
            return str(after["email"]).casefold() in {str(one).casefold() for one in new}
        case "add_email":
            return all(any(email in str(one) for one in new) for email in after["other_emails"])
        case "merge":
            ended = write["changed"]["duplicate"][0]
            return ended in {before["duplicate"], names.get(before["duplicate"])}
        case "attach":
            contact = after["contact"]
            return new == [int(contact.rpartition(":")[2]) if contact else 0]
        case "add_note":
            return any(after["note"] in str(one) for one in new)
        case _:
            return True


def wrong(write: Row, fix: Row) -> Iterator[str]:
    """What this write did that its fix was not approved for."""
    before, after = json.loads(fix["before"]), json.loads(fix["after"])
    changed = dict(write["changed"])
    told = f"write {write['seq']}"
    if fix["action"] in ADDRESSES:
        was, wanted = (str(side["email"]).casefold() for side in (before, after))
        if all(str(old).casefold() != was for old, _ in changed.values()):
            yield f"R5: {told} replaced another value than the one that fix {fix['id']} was approved for"
        changed = {name: new for name, (_, new) in changed.items() if str(new).casefold() != wanted}
    elif fix["action"] == "add_note":
        changed = {name: both for name, both in changed.items() if str(both[0] or "") not in str(both[1])}
    elif fix["action"] == "attach":
        changed.pop("customer_id", None)
    elif fix["action"] == "invite":
        changed = {name: new for name, (_, new) in changed.items() if (name, new) != ("state", "INVITED")}
    elif fix["action"] == "reset_access" and write["action"] != "recover":
        kept = {name for name in NOTE_FIELDS & set(changed) if str(changed[name][0] or "") in str(changed[name][1])}
        changed = {name: both for name, both in changed.items() if name not in ACCESS | kept}
    elif fix["action"] == "merge":  # what the survivor had not, it gets; its address stays
        changed = {name: both for name, both in changed.items() if name == "email" and both[0]}
    else:
        return
    if changed:
        yield f"R4: {told} changed {', '.join(sorted(changed))} besides what fix {fix['id']} was approved for"
