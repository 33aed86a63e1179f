"""Every refusal that WHMCS documents, or that its public clients saw, becomes one of ours that says what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from include.errors import Conflict, NotFound, NotPermitted, Refusal, RollcallError, Unauthorized, UnexpectedAnswer
from include.sandbox.whmcs.reads import READS
from include.sandbox.whmcs.writes import WRITES
from include.transport import Answer
from include.whmcs_refusals import OTHERWISE, judge

TABLE = Path(__file__).parents[2] / "shared/specs/whmcs/whmcs-actions.yaml"

ICANN = (
    "You must have at least one email address enabled to receive domain related notifications as required by ICANN. "
)
CATALOGUE: list[tuple[int, str, type[RollcallError], str]] = [
    # at the door: the key, its role, the caller
    (403, "Authentication Failed", Unauthorized, "make new ones in WHMCS"),
    (403, "Invalid or missing credentials", Unauthorized, "make new ones in WHMCS"),
    (403, "Invalid IP 192.0.2.1", NotPermitted, "add its IP"),
    (400, "Invalid IP 192.0.2.1", NotPermitted, "add its IP"),
    (200, "Invalid IP 2001:db8::1", NotPermitted, "add its IP"),
    (403, 'Invalid Permissions: API action "mergeticket" is not allowed', NotPermitted, "mergeticket: add it to"),
    (200, 'Invalid Permissions: API action "getusers" is not allowed', NotPermitted, "getusers: add it to"),
    (400, "Empty action request", Refusal, "report it as a fault of Rollcall"),
    (200, "The requested API Action could not be found", NotPermitted, "upgrade it to 8.1"),
    # GetClientsDetails, UpdateClient
    (200, "Either clientid Or email Is Required", Refusal, "report it as a fault of Rollcall"),
    (200, "Client Not Found", NotFound, "look it up in WHMCS"),
    (200, "Client ID Not Found", NotFound, "look it up in WHMCS"),
    (200, "Duplicate Email Address", Conflict, "See who does"),
    (200, "The email address entered is not valid", Refusal, "ask the customer for another"),
    (200, ICANN + "To disable domain notifications, please create an alternative contact", Refusal, "Enable them"),
    (200, "Multiple Credit Card Pay Methods Found", Refusal, "change the client by hand"),
    (200, "Multiple Bank Account Pay Methods Found", Refusal, "change the client by hand"),
    (200, "You did not enter your phone number", Refusal, "fill it in by hand"),
    # UpdateUser
    (200, "Invalid User ID requested", NotFound, "look it up in WHMCS"),
    (200, "One of `email`, `firstname`, `lastname`, or `language` is required", Refusal, "report it as a fault"),
    (200, "A user already exists with that email address", Conflict, "See who does"),
    # UpdateContact, AddClientNote
    (200, "Contact ID Not Found", NotFound, "look it up in WHMCS"),
    (200, ICANN + "please enable domain notifications for the primary account holder", Refusal, "Enable them"),
    (200, "Client ID not found", NotFound, "look it up in WHMCS"),
    (200, "Notes can not be empty", Refusal, "report it as a fault of Rollcall"),
    # DomainGetWhoisInfo, DomainUpdateWhoisInfo
    (200, "Domain ID Not Found", NotFound, "look it up in WHMCS"),
    (200, "XML Required", Refusal, "report it as a fault of Rollcall"),
]
REGISTRARS = [  # their own words, which WHMCS passes on with 200
    ("Registrar Error Message", "module log"),
    ("Registrar Error: Jane Doe (jane@example.com) must confirm first", "module log"),
    ("Domain not found", "module log"),
    ("Registrar Error: Domain not found in account", "module log"),
    ("Authentication failed", "module log"),
    ("Invalid IP address of the reseller", "module log"),
    ("The domain is locked", "module log"),
    ("", "module log"),
    ("Contact updates are not supported for this TLD", "the registrar's panel"),
]


def refused(status: int, message: str) -> RollcallError | None:
    return judge(Answer(status, {}, {"result": "error", "message": message}))


@pytest.mark.parametrize(("status", "message", "error", "next_step"), CATALOGUE)
def test_a_refusal_says_in_our_words_what_to_do_next(
    status: int, message: str, error: type[RollcallError], next_step: str
) -> None:
    told = refused(status, message)
    assert type(told) is error
    assert next_step in str(told)
    assert "192.0.2.1" not in str(told)


@pytest.mark.parametrize(("message", "next_step"), REGISTRARS)
def test_a_registrar_s_words_are_neither_repeated_nor_taken_for_whmcs_s(message: str, next_step: str) -> None:
    told = refused(200, message)
    assert type(told) is Refusal
    assert next_step in str(told)
    assert "jane" not in str(told).lower()


@pytest.mark.skipif(not TABLE.is_file(), reason="the table of WHMCS's documentation is not beside this checkout")
def test_no_documented_error_of_an_action_we_use_is_without_a_word() -> None:
    actions: dict[str, Any] = yaml.safe_load(TABLE.read_text("utf-8"))["actions"]
    used = {name: said["errors"] for name, said in actions.items() if name.lower() in {*READS, *WRITES}}
    assert {"UpdateClient", "UpdateUser", "UpdateContact", "AddClientNote", "DomainUpdateWhoisInfo"} <= set(used)
    messages = {message for errors in used.values() for message in errors}
    assert {message for message in messages if str(refused(200, message)) == OTHERWISE} == {"Registrar Error Message"}
    listed = {message.casefold() for _, message, _, _ in CATALOGUE}
    assert {m for m in messages if not m.startswith(ICANN) and m.casefold() not in listed} == {
        "Registrar Error Message"
    }


@pytest.mark.parametrize("body", [{}, [], {"status": "ok"}, {"result": 1}, None])
def test_an_answer_that_is_not_whmcs_s_is_unexpected_and_a_firewall_s_is_said_so(body: Any) -> None:
    assert isinstance(judge(Answer(200, {}, body)), UnexpectedAnswer)
    firewall = judge(Answer(403, {}, body))
    assert isinstance(firewall, UnexpectedAnswer)
    assert "firewall" in str(firewall)


def test_success_is_not_refused_unless_its_status_is_and_too_much_is_left_to_transport() -> None:
    assert judge(Answer(200, {}, {"result": "success"})) is None
    assert judge(Answer(403, {}, {"result": "success"})) is not None
    assert judge(Answer(429, {"Retry-After": "7"}, None)) is None
