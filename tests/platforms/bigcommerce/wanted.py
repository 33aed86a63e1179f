"""The changes that the tests want of BigCommerce, as the rules word them, and what of them reaches the vendor."""

from __future__ import annotations

import json
from typing import Any

from include.model import Action, Fix, Ref
from tests.sandbox.twin import Twin

MARKER = "Rollcall 0123456789ab"


def fix(kind: str, id: str, action: Action, before: dict[str, Any], after: dict[str, Any]) -> Fix:
    return Fix(Ref("bigcommerce", kind, id), action, before, after)


def set_email(id: str, old: str, new: str) -> Fix:
    return fix("customer", id, Action.SET_EMAIL, {"email": old}, {"email": new})


def attach(order: str, old: str | None, new: str | None) -> Fix:
    before, after = ({"contact": id and f"bigcommerce:customer:{id}"} for id in (old, new))
    return fix("order", order, Action.ATTACH, before, after)


def note(kind: str, id: str) -> Fix:
    return fix(kind, id, Action.ADD_NOTE, {"note": None}, {"note": MARKER, "text": "Changed on request."})


def bodies(twin: Twin) -> list[Any]:
    """What is sent to a twin from now on, in order."""
    sent: list[Any] = []
    app = twin.faults.app

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        async def hear() -> Any:
            message = await receive()
            sent.append(json.loads(message["body"]))
            return message

        await app(scope, hear if scope["method"] == "PUT" else receive, send)

    twin.faults.app = listening
    return sent
