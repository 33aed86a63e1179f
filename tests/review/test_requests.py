"""Requests on the page: taken down by form or by table, chosen among several, looked up again, withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from include.digests import finding_id
from include.requests import COLUMNS
from include.review.guards import CSRF
from include.store import findings, requests
from include.store.schema import request
from tests.planning.desk import form
from tests.requests.tables import line, table
from tests.review.page import HOST, Reader, Seen
from tests.store.cases import a_finding, decide, rows

CANARY = "canary.lovelace@example.org"


def filled(**said: Any) -> dict[str, Any]:
    return form() | {"domains": "a.example\nc.example"} | said


def post(reader: Reader, path: str, body: Any = None) -> Any:
    return reader.ask("POST", path, reader.signature(), json={} if body is None else body)


def stands(ledger: Any, state: str, number: int = 1, **told: Any) -> None:
    """Let a request stand where the DAG would have left it."""
    with ledger.write() as connection:
        connection.execute(sa.update(request).where(request.c.id == number).values(state=state, **told))


def led_to(ledger: Any, state: str = "open") -> str:
    """File a finding for request 1 and let it be in a state."""
    one = a_finding(rule="requested_email_change")
    id = finding_id(one.key)

    def tie(connection: Any, *_: Any) -> None:
        requests.filed(connection, 1, id, datetime.now(UTC))

    findings.file(ledger, [one], "2026-11-23", whole=False, with_it=tie)
    if state != "open":
        decide(ledger, findings.get(ledger, id), "rejected", reason="no")
    return id


@pytest.fixture
def asked(ann):
    assert post(ann, "/api/requests", filled()).json() == {"number": 1}


def test_a_request_is_taken_down_with_who_took_it_down(ann, sqlite_ledger, asked):
    row = requests.get(sqlite_ledger, 1)
    assert row is not None
    assert (row.requester, row.state, row.genuine) == ("ann", "waiting", True)
    assert row.asked["domains"] == ["a.example", "c.example"]
    assert "Request 1: ann@example.com" in " ".join(Seen(ann.get("/requests/1").text).all("<h1>"))
    listed = Seen(ann.get("/requests").text)
    assert listed.all("stand quiet") == ["Waits to be looked up"]
    assert "/review/requests/1" in listed.links()


def test_what_is_wrong_is_told_by_field_and_nothing_is_taken(ann, sqlite_ledger):
    answer = post(ann, "/api/requests", filled(new_address=f"{CANARY} at home", reason=""))
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["problems"]} == {"new_address", "reason"}
    assert CANARY not in answer.text
    assert rows(sqlite_ledger, request) == []


def test_the_same_request_is_taken_once(ann, bob, sqlite_ledger, asked):
    answer = post(bob, "/api/requests", filled(client="ANN@example.com", reason="asked twice"))
    assert (answer.status_code, answer.json()["number"]) == (409, 1)
    assert len(rows(sqlite_ledger, request)) == 1
    post(ann, "/api/requests/1/withdraw")
    assert post(bob, "/api/requests", filled()).json() == {"number": 2}


def test_a_table_is_taken_whole(ann, sqlite_ledger):
    answer = post(ann, "/api/requests/table", {"csv": table(line(11), line(12))})
    assert (answer.status_code, answer.json()) == (200, {"numbers": [1, 2]})
    assert [row.asked["client"] for row in requests.page(sqlite_ledger)] == ["12", "11"]


def test_of_a_table_with_one_wrong_line_nothing_is_taken_and_the_line_is_told(ann, sqlite_ledger):
    answer = post(ann, "/api/requests/table", {"csv": table(line(11), line(12, proof_kind=CANARY), line(13))})
    assert answer.status_code == 422
    assert [(one["line"], one["field"]) for one in answer.json()["problems"]] == [(3, "proof_kind")]
    assert CANARY not in answer.text
    assert rows(sqlite_ledger, request) == []


def test_a_line_that_asks_what_was_asked_already_is_told_by_its_line(ann, sqlite_ledger, asked):
    again = line(11, client="ann@example.com")
    answer = post(ann, "/api/requests/table", {"csv": table(line(12), again)})
    assert answer.status_code == 422
    assert answer.json()["problems"] == [
        {"line": 3, "field": "client", "says": "Request 1 asks for the same and is not over."}
    ]
    assert len(rows(sqlite_ledger, request)) == 1


def test_the_form_asks_for_everything_that_a_table_has_a_column_for(ann):
    page = Seen(ann.get("/requests/new").text)
    asked_for = {attrs["name"] for _, attrs in page.tags if attrs.get("name") and attrs.get("name") != "viewport"}
    assert asked_for - {"color-scheme"} == set(COLUMNS)
    told = {attrs["data-for"] for _, attrs in page.tags if attrs.get("data-for")}
    assert told >= set(COLUMNS) - {"contacts", "cpanel", "mailbox_lost"}


def test_an_empty_table_has_every_column(ann):
    answer = ann.get("/requests/table.csv")
    assert answer.text == ",".join(COLUMNS) + "\r\n"
    assert "attachment" in answer.headers["Content-Disposition"]


CANDIDATES = [
    {
        "ref": f"whmcs:client:{number}",
        "name": "Ann O'Brien",
        "company": None,
        "email": "a@b.example",
        "status": "Active",
    }
    for number in (11, 13)
]


def test_only_who_heard_the_client_chooses_and_only_among_those_found(ann, bob, sqlite_ledger, asked):
    stands(sqlite_ledger, requests.CHOOSE, found={"candidates": CANDIDATES})
    assert len(Seen(ann.get("/requests/1").text).all("candidate")) == 2
    assert "Only ann, who heard the client" in bob.get("/requests/1").text
    assert post(bob, "/api/requests/1/choose", {"client": "whmcs:client:13"}).status_code == 409
    assert post(ann, "/api/requests/1/choose", {"client": "whmcs:client:99"}).status_code == 409
    assert requests.get(sqlite_ledger, 1).state == requests.CHOOSE
    assert post(ann, "/api/requests/1/choose", {"client": "whmcs:client:13"}).status_code == 200
    row = requests.get(sqlite_ledger, 1)
    assert (row.state, row.client) == (requests.WAITING, "whmcs:client:13")
    assert post(ann, "/api/requests/1/choose", {"client": "whmcs:client:11"}).status_code == 409


def test_what_stands_in_the_way_is_shown_and_looked_at_again(ann, bob, sqlite_ledger, asked):
    stands(sqlite_ledger, requests.TROUBLE, client="whmcs:client:11", found={"troubles": ["whmcs login 6 has it."]})
    assert Seen(ann.get("/requests/1").text).all("troubles") == ["WHMCS login 6 has it."]
    assert post(bob, "/api/requests/1/again").status_code == 200
    row = requests.get(sqlite_ledger, 1)
    assert (row.state, row.client, dict(row.found)) == (requests.WAITING, "whmcs:client:11", {})


@pytest.mark.parametrize(("state", "words"), [("open", "Waits for a reviewer"), ("rejected", "Rejected by a reviewer")])
def test_a_filed_request_leads_to_its_finding(ann, sqlite_ledger, asked, state, words):
    id = led_to(sqlite_ledger, state)
    page = ann.get("/requests/1")
    assert f"/review/findings/{id}" in Seen(page.text).links()
    assert words in page.text
    assert ("another person decides" in page.text) is (state == "open")
    assert post(ann, "/api/requests/1/withdraw").status_code == 409
    assert post(ann, "/api/requests/1/again").status_code == (200 if state == "open" else 409)


def test_who_took_a_request_down_is_refused_by_the_page_too(ann, bob, sqlite_ledger, asked):
    row = findings.get(sqlite_ledger, led_to(sqlite_ledger))
    answer = ann.decide(row)
    assert answer.status_code == 409
    assert "another person must approve" in answer.json()["detail"]
    assert bob.decide(row).status_code == 200


def test_a_withdrawn_request_goes_no_further(ann, sqlite_ledger, asked):
    assert post(ann, "/api/requests/1/withdraw").status_code == 200
    assert requests.to_plan(sqlite_ledger) == []
    assert post(ann, "/api/requests/1/again").status_code == 409
    assert "It was withdrawn" in ann.get("/requests/1").text


def test_a_request_that_somebody_changed_says_so(ann, sqlite_ledger, asked):
    stands(sqlite_ledger, requests.WAITING, requester="bob")
    assert "Somebody changed this request" in ann.get("/requests/1").text


def test_a_request_that_was_forgotten_shows_nothing_of_anybody(ann, sqlite_ledger, asked):
    stands(sqlite_ledger, requests.WITHDRAWN, asked={}, found=None, client=None)
    page = ann.get("/requests/1")
    assert "What was asked is forgotten" in page.text
    assert "ann@" not in page.text
    assert "(forgotten)" in ann.get("/requests").text


def test_what_a_client_said_is_text_and_nothing_else(ann, asked, sqlite_ledger):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    answer = post(ann, "/api/requests", filled(client=hostile, reason=hostile, proof_seen_by=hostile))
    shown = Seen(ann.get(f"/requests/{answer.json()['number']}").text)
    assert not any("onerror" in attrs or attrs.get("src") == "x" for _, attrs in shown.tags)
    assert any(hostile in text for text in shown.all("<dd>"))
    assert CANARY not in str(shown.links())


def test_older_requests_are_on_the_next_page(ann, sqlite_ledger):
    post(ann, "/api/requests/table", {"csv": table(*(line(number) for number in range(1, 61)))})
    first = Seen(ann.get("/requests").text)
    assert len(first.all("request-number")) == 50
    second = Seen(ann.get("/requests?before=11").text)
    assert second.all("request-number") == [str(number) for number in range(10, 0, -1)]


PATHS = ["/api/requests", "/api/requests/table", "/api/requests/1/choose", "/api/requests/1/again"]


@pytest.mark.parametrize("path", [*PATHS, "/api/requests/1/withdraw"])
@pytest.mark.parametrize("changed", [{CSRF: "0" * 64}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "none"}])
def test_what_our_page_did_not_send_takes_nothing_down(ann, sqlite_ledger, asked, path, changed):
    body = {"csv": table(line(12))} if path.endswith("table") else filled(client="12")
    answer = ann.ask("POST", path, {**ann.signature(), **changed}, json=body)
    assert answer.status_code == 403
    assert [row.state for row in requests.page(sqlite_ledger)] == ["waiting"]


@pytest.mark.parametrize("path", ["/requests/0", "/requests/99999999999", "/requests/x", "/requests?before=0"])
def test_a_number_that_no_request_has_is_not_found(ann, path):
    assert ann.get(path).status_code in {404, 422}
    assert HOST not in ann.get(path).text
