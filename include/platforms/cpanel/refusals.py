"""
What WHM refuses, in our words. Its own are not repeated: they may hold an address.

A function that failed answers 200 with `metadata.result` 0 and a `reason`; a wrong token answers 403 in another
envelope. Reasons are free text in the server's language: what none of ours is found in stays a plain refusal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from include.errors import NotFound, NotPermitted, Refusal, RollcallError, Unauthorized, UnexpectedAnswer

if TYPE_CHECKING:
    from include.transport import Answer

# The first pattern that is found in a reason says what it means, and the words say what to do next.
CATALOGUE: tuple[tuple[str, type[Refusal], str], ...] = (
    (
        r"unknown app requested",
        NotPermitted,
        "whm does not know a function that Rollcall needs: is its host the WHM of a cPanel server, and up to date?",
    ),
    (
        r"not a valid email|invalid email|email address .*(is )?invalid",
        Refusal,
        "whm holds the new address to be invalid: ask the customer for another.",
    ),
    (
        r"does not exist|no such (user|account)|could not find|do not have access to an account",
        NotFound,
        "whm has no such account (any more), or it is another reseller's: see on which server WHMCS has it.",
    ),
    (
        r"permission|privilege|not authorized|access denied",
        NotPermitted,
        "whm's API token lacks a right: it needs list-accts, acct-summary and edit-account.",
    ),
    (
        r"license",
        Refusal,
        "whm refused for want of a valid cPanel license on its server: renew it, then approve again.",
    ),
)
NO_POST = (
    'whm takes no POST: nothing was changed. Put {"method": "GET"} into the extra of the connection whm, then approve'
    " again; the new address will then stand in that server's access log."
)
OTHERWISE = "whm refused in words of its own; the server's log /usr/local/cpanel/logs/error_log holds them."


def judge(answer: Answer) -> RollcallError | None:
    """The error that an answer is; None when it is none."""
    body = answer.body
    if answer.status == 429:
        return None  # a proxy in front of WHM: transport knows what to do
    if answer.status == 401 or (isinstance(body, dict) and "cpanelresult" in body):
        return Unauthorized(
            "whm did not accept the user and API token of its connection, or not from this machine: see that the token"
            " is there, has not expired, and allows this machine's IP."
        )
    if answer.status == 405:
        return Refusal(NO_POST)
    told = body.get("metadata") if isinstance(body, dict) else None
    if not isinstance(told, dict) or "result" not in told:
        if answer.status == 403:
            return UnexpectedAnswer(
                "whm answered 403 in words that are not its own: let the server's firewall and cPHulk pass this"
                " machine."
            )
        return UnexpectedAnswer(
            f"whm answered {answer.status} without metadata.result: is its host https://server:2087?"
        )
    if str(told["result"]) == "1" and answer.status < 400:
        return None
    said = str(told.get("reason", ""))
    for pattern, error, words in CATALOGUE:
        if re.search(pattern, said, re.IGNORECASE):
            return error(words)
    return Refusal(OTHERWISE)
