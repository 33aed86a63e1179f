"""Every way in which WHM is known to refuse becomes one of ours that says what to do next."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import NotFound, NotPermitted, Refusal, RollcallError, Unauthorized, UnexpectedAnswer
from include.platforms.cpanel.refusals import judge
from include.transport import Answer

DENIED = {
    "cpanelresult": {
        "apiversion": "2",
        "error": "Access denied",
        "data": {"reason": "Access denied", "result": "0"},
        "type": "text",
    }
}


def failed(reason: str, result: Any = 0) -> dict[str, Any]:
    return {"metadata": {"command": "modifyacct", "version": 1, "result": result, "reason": reason}}


CATALOGUE: list[tuple[int, Any, type[RollcallError], str]] = [
    (403, DENIED, Unauthorized, "has not expired"),
    (200, DENIED, Unauthorized, "has not expired"),
    (401, None, Unauthorized, "has not expired"),
    (200, failed("Account does not exist"), NotFound, "on which server"),
    (200, failed("No such user: jane"), NotFound, "on which server"),
    (200, failed("You do not have access to an account named “jane”."), NotFound, "on which server"),
    (200, failed("Permission denied"), NotPermitted, "it needs list-accts"),
    (200, failed("Access denied", "0"), NotPermitted, "it needs list-accts"),
    (403, failed("Permission denied"), NotPermitted, "it needs list-accts"),
    (200, failed("Unknown app requested for this version (1) of the API: modifyacct"), NotPermitted, "up to date"),
    (200, failed("“jane@example.com” is not a valid email address."), Refusal, "ask the customer"),
    (200, failed("Cannot Read License File"), Refusal, "renew it"),
    (200, failed("Something jane@example.com did"), Refusal, "error_log"),
    (403, {}, UnexpectedAnswer, "cPHulk"),
    (405, {}, Refusal, '{"method": "GET"}'),
    (404, {}, UnexpectedAnswer, "https://server:2087"),
    (200, {"status": 0}, UnexpectedAnswer, "https://server:2087"),
    (200, None, UnexpectedAnswer, "https://server:2087"),
]


@pytest.mark.parametrize(("status", "body", "error", "next_step"), CATALOGUE)
def test_a_refusal_says_in_our_words_what_to_do_next(
    status: int, body: Any, error: type[RollcallError], next_step: str
) -> None:
    told = judge(Answer(status, {}, body))
    assert type(told) is error
    assert next_step in str(told)
    assert "jane" not in str(told)


@pytest.mark.parametrize("result", [1, "1"])
def test_success_is_what_metadata_says_and_too_much_is_left_to_transport(result: Any) -> None:
    assert judge(Answer(200, {}, failed("Account Modified", result))) is None
    assert judge(Answer(429, {}, None)) is None
