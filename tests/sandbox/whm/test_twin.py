"""The sandbox's WHM behaves as the real one is known to: its two envelopes, its placeholders, its second contact."""

from __future__ import annotations

import pytest

SIGNED = {"Authorization": "whm sandbox:sandbox"}


def call(stack, function, headers=SIGNED, method="GET", **fields):
    form = {"api.version": "1", **fields}
    how = {"params": form} if method == "GET" else {"data": form}
    return stack.session.request(method, f"{stack.url}/whm/json-api/{function}", headers=headers, timeout=10, **how)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "whm sandbox:guess"}, {"Authorization": "Bearer sandbox"}])
def test_a_wrong_token_gets_403_in_another_envelope(stack, headers):
    answer = call(stack, "listaccts", headers)
    assert answer.status_code == 403
    assert answer.json()["cpanelresult"]["error"] == "Access denied"


@pytest.mark.parametrize(
    ("function", "fields", "reason"),
    [
        ("accountsummary", {"user": "nobody"}, "Account does not exist"),
        ("modifyacct", {"user": "annsite", "contactemail": "nobody"}, "“nobody” is not a valid email address."),
        ("modifyacct", {"user": "annsite", "newuser": "other"}, "Invalid parameters: newuser"),
        ("removeacct", {"user": "annsite"}, "Unknown app requested for this version (1) of the API: removeacct"),
    ],
)
def test_a_failure_comes_with_status_200_and_result_0(stack, function, fields, reason):
    answer = call(stack, function, **fields)
    assert answer.status_code == 200
    assert answer.json()["metadata"] == {"command": function, "version": 1, "result": 0, "reason": reason}


def test_a_list_is_all_accounts_with_the_fields_that_are_wanted(stack):
    accounts = call(stack, "listaccts", want="user,email").json()["data"]["acct"]
    assert accounts == [
        {"user": "annsite", "email": "ann@example.com"},
        {"user": "bobsite", "email": "bob@example.com"},
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_change_tells_the_second_contact_and_keeps_it(stack, method):
    answer = call(stack, "modifyacct", method=method, user="annsite", contactemail="ann@new.example").json()
    settings = answer["data"]["cpuser"]
    assert (settings["CONTACTEMAIL"], settings["CONTACTEMAIL2"]) == ("ann@new.example", "ann@example.com")
    (account,) = call(stack, "accountsummary", user="annsite").json()["data"]["acct"]
    assert account["email"] == "ann@new.example"
    assert [written["changed"] for written in stack.desk.writes] == [{"email": ["ann@example.com", "ann@new.example"]}]


def test_a_server_may_take_no_post(stack):
    stack.desk.switches["whm_post"] = False
    assert call(stack, "modifyacct", method="POST", user="annsite", contactemail="x@new.example").status_code == 405
    assert stack.desk.writes == []
