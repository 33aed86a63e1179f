"""
What WHMCS refuses, in our words: every message its documentation or its public clients know of the actions we use.

WHMCS refuses with status 200; only the key, its role and the caller's address get a 403. Its own words are not
repeated, for they may name a person. It knows no record's meaning.

Source: developers.whmcs.com, repository WHMCS/developer-docs at 2e75f454aa24 (2026-01-05); of the key, its role and
the caller's address, what public clients saw of 8.13 and 9.0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from include.errors import Conflict, NotFound, NotPermitted, Refusal, RollcallError, Unauthorized, UnexpectedAnswer

if TYPE_CHECKING:
    from include.transport import Answer

ROLE = re.compile(r"invalid permissions: api action \"?(?P<action>\w+)\"? is not allowed", re.IGNORECASE)

# What WHMCS says at its door, with 403 (or 400). With 200 the same words are a registrar's, about a key of its own.
KEY = re.compile(r"authentication failed|invalid or missing credentials", re.IGNORECASE)
CALLER = re.compile(r"invalid ip [\da-f.:]+", re.IGNORECASE)

# The first pattern that is found in a message says what it means, and the words say what to do next. Those of missing
# records match whole messages only: a registrar's "domain not found" is no record of WHMCS that is gone.
CATALOGUE: tuple[tuple[str, type[Refusal], str], ...] = (
    (
        r"requested api action could not be found",
        NotPermitted,
        "whmcs does not know an action that Rollcall needs: upgrade it to 8.1 or newer.",
    ),
    (
        r"empty action request|(is|are|xml) required$|can not be empty",
        Refusal,
        "whmcs found a field missing in what was sent: nothing was changed. A proxy may have emptied the form; if not,"
        " report it as a fault of Rollcall.",
    ),
    (
        r"^(client|user|order)( id)? not found$|^(domain|contact) id not found$|^invalid user id requested$",
        NotFound,
        "whmcs has no such record (any more): it was deleted or merged, so look it up in WHMCS.",
    ),
    (
        r"duplicate email address|user already exists with that email|email address entered is not available",
        Conflict,
        "whmcs refused the address: another client or user holds it. See who does, and whether that is the same"
        " person, before anything else is changed.",
    ),
    (
        r"email address (you )?entered (is|was) not valid|email address invalid",
        Refusal,
        "whmcs holds the new address to be invalid: ask the customer for another.",
    ),
    (
        r"at least one email address enabled to receive domain related",
        Refusal,
        "whmcs refused: one address must stay enabled for domain notifications (an ICANN rule). Enable them on the"
        " client or on one of its contacts.",
    ),
    (
        r"multiple (credit card|bank account) pay methods found",
        Refusal,
        "whmcs refused, for the client has several pay methods and WHMCS cannot tell which is meant: change the client"
        " by hand.",
    ),
    (
        r"^you did not (enter|provide)|valid country required|invalid telephone",
        Refusal,
        "whmcs refused, for the client lacks a field that this WHMCS requires: fill it in by hand, then approve again.",
    ),
    (
        r"contact updates are not supported",
        Refusal,
        "the registrar changes contacts under this top-level domain in a way of its own: do it in the registrar's"
        " panel.",
    ),
)
# A registrar's own words come through here.
OTHERWISE = "whmcs refused in words of its own (or of a registrar): its activity log and module log hold them."


def judge(answer: Answer) -> RollcallError | None:
    """The error that an answer is; None when it is none."""
    body = answer.body
    if answer.status == 429:
        return None  # a proxy in front of WHMCS: transport knows what to do
    if not isinstance(body, dict) or not isinstance(body.get("result"), str):
        if answer.status == 403:
            return UnexpectedAnswer(
                "whmcs answered 403 in words that are not its own: let its firewall (ModSecurity, Cloudflare) pass"
                " calls of includes/api.php from this machine."
            )
        where = "is the connection's host the folder that holds includes/api.php?"
        return UnexpectedAnswer(f"whmcs answered {answer.status} without a result: {where}")
    if body["result"] == "success" and answer.status < 400:
        return None
    said = str(body.get("message", "")).strip()
    if lacking := ROLE.search(said):
        return NotPermitted(f"whmcs's API role does not allow the action {lacking['action']}: add it to the role.")
    if CALLER.fullmatch(said) or (answer.status >= 400 and CALLER.match(said)):
        return NotPermitted("whmcs does not allow calls from this machine: add its IP to the API access restriction.")
    if answer.status >= 400 and KEY.search(said):
        return Unauthorized(
            "whmcs did not accept the identifier and secret of its connection: make new ones in WHMCS (Manage API"
            " Credentials), and see that their administrator is active."
        )
    for pattern, error, words in CATALOGUE:
        if re.search(pattern, said, re.IGNORECASE):
            return error(words)
    return Refusal(OTHERWISE)
