"""What stands between a request and a decision: who may ask, from where, with what, and what every answer carries."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include.model import Option
from include.review.app import METHODS
from include.review.guards import CSRF, HEADERS, LARGEST_BODY, csrf_token
from include.store.ledger import Ledger
from include.store.schema import decision
from tests.review.page import HOST, SECRET, Reader, app_over, decision_of
from tests.store.cases import a_finding, filed, rows, set_email

CANARY = "canary.lovelace@example.org"
CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


@pytest.fixture
def row(sqlite_ledger):
    return filed(sqlite_ledger, a_finding(Option(f"use {CANARY}", (set_email(email=CANARY),)), says=CANARY))


def every_path(row: Any) -> list[str]:
    """A path for each route that the app has, whoever added it."""
    known = {"{finding}": row.id, "{number}": "1", "{fix}": "1", "{name}": "page.css", "{path:path}": "anything/at all"}
    known |= {"{attempt}": "2026-11-20.1", "{person}": "0" * 16}
    paths = []
    for route in app_over(lambda: None).routes:  # type: ignore[arg-type,return-value]
        path = str(route.path)  # type: ignore[attr-defined]
        for part, value in known.items():
            path = path.replace(part, value)
        assert "{" not in path, f"say here what stands for the parts of {path}"
        paths.append(path)
    return paths


@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_told_anything_on_any_route(nobody, row, method):
    paths = every_path(row)
    assert decision_of(row) in paths
    for path in [*paths, "/docs", "/openapi.json", "/findings/0000000000000000", "/?state=nonsense"]:
        for body in (None, b"{", json.dumps({"verdict": "approved", "version": 1}).encode()):
            answer = nobody.ask(method, path, {"Content-Type": "application/json"}, content=body)
            assert (path, answer.status_code) == (path, 401)
            assert method == "HEAD" or answer.json() == {"detail": "Not authenticated"}


@pytest.mark.parametrize("path", ["/", "/static/page.css", "/api/session", "/nonsense"])
def test_a_person_without_a_login_reads_that_in_words(nobody, path):
    answer = nobody.get(path)
    assert answer.status_code == 401
    assert "Log in first" in answer.text


def without(name: str) -> dict[str, str | None]:
    return {name: None}


FORGED = [
    pytest.param(without(CSRF), 403, "token", id="no token"),
    pytest.param({CSRF: "0" * 64}, 403, "token", id="a wrong token"),
    pytest.param({CSRF: "é" * 64}, 403, "token", id="a token that is no ASCII"),
    pytest.param({CSRF: csrf_token(SECRET, "bob")}, 403, "token", id="the token of another reviewer"),
    pytest.param({CSRF: csrf_token("another secret", "ann")}, 403, "token", id="a token by another secret"),
    pytest.param({"Origin": "https://evil.example"}, 403, "the review page itself", id="another site"),
    pytest.param({"Origin": "http://sub.airflow.test"}, 403, "the review page itself", id="a sibling sub-domain"),
    pytest.param({"Origin": HOST + ":8080"}, 403, "the review page itself", id="another port"),
    pytest.param({"Origin": "null"}, 403, "the review page itself", id="an opaque origin"),
    pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, "the review page itself", id="sent cross-site"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, 403, "the review page itself", id="sent from the same site"),
    pytest.param({"Sec-Fetch-Site": "none"}, 403, "the review page itself", id="typed into the address bar"),
    pytest.param({"Content-Type": "text/plain"}, 415, "JSON", id="JSON that calls itself text"),
    pytest.param({"Content-Type": "application/x-www-form-urlencoded"}, 415, "JSON", id="a form"),
    pytest.param({"Content-Type": "multipart/form-data; boundary=x"}, 415, "JSON", id="a form with files"),
    pytest.param(without("Content-Type"), 415, "JSON", id="without a type"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "status", "told"), FORGED)
def test_a_decision_that_our_page_did_not_send_decides_nothing(ann, row, sqlite_ledger, changed, status, told):
    headers = {**ann.signature(), "Content-Type": "application/json", **changed}
    body = {"verdict": "approved", "version": 1, "option_hash": row.options[0].hash}
    sent = {name: value.encode() for name, value in headers.items() if value is not None}
    answer = ann.ask("POST", decision_of(row), sent, content=json.dumps(body))
    assert answer.status_code == status
    assert told in answer.json()["detail"]
    assert rows(sqlite_ledger, decision) == []
    true = ann.signature() | {"Content-Type": "application/json; charset=utf-8"}
    assert ann.ask("POST", decision_of(row), true, content=json.dumps(body)).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(0, 200), (1, 200), (2, 403), (-1, 403)])
def test_a_page_left_open_over_midnight_still_decides(ann, row, days, status):
    day = datetime.now(UTC).date() - timedelta(days=days)
    body = {"verdict": "rejected", "version": 1, "reason": "no"}
    signature = ann.signature() | {CSRF: csrf_token(SECRET, "ann", day)}
    assert ann.ask("POST", decision_of(row), signature, json=body).status_code == status


def test_a_program_without_an_origin_needs_the_token_all_the_same(ann, row):
    body = {"verdict": "rejected", "version": 1, "reason": "no"}
    assert ann.ask("POST", decision_of(row), json=body).status_code == 403
    token = ann.get("/api/session").json()["csrf"]
    assert ann.ask("POST", decision_of(row), {CSRF: token}, json=body).status_code == 200


UNREADABLE = [
    pytest.param({CANARY: 1}, "body", id="an unknown field"),
    pytest.param({"verdict": CANARY}, "body.verdict", id="no verdict of ours"),
    pytest.param({"version": CANARY}, "body.version", id="a version that is no number"),
    pytest.param({"version": "1"}, "body.version", id="a version that is text"),
    pytest.param({"version": True}, "body.version", id="a version that is a truth"),
    pytest.param({"version": 10**30}, "body.version", id="a version beyond any database's numbers"),
    pytest.param({"option_hash": CANARY * 3}, "body.option_hash", id="a hash that is too long"),
    pytest.param({"option_hash": [CANARY]}, "body.option_hash", id="a list of hashes"),
    pytest.param({"reason": CANARY * 100}, "body.reason", id="a reason that is too long"),
    pytest.param({"reason": {CANARY: 1}}, "body.reason", id="a reason that is no text"),
    pytest.param({"until": CANARY}, "body.until", id="a date that is too long"),
    pytest.param(CANARY.encode(), "body", id="no JSON"),
    pytest.param(f'["{CANARY}"]'.encode(), "body", id="a list"),
    pytest.param(b'{"verdict": "rejected", "version": 1, "reason": "\\ud800"}', "body", id="half a character"),
    pytest.param(b"[" * 60_000, "body", id="deeper than any decision"),
    pytest.param(b"", "body", id="nothing"),
]


@pytest.mark.parametrize(("body", "where"), UNREADABLE)
def test_what_cannot_be_read_is_named_by_its_place_and_not_repeated(ann, row, sqlite_ledger, body, where):
    if isinstance(body, dict):
        body = json.dumps({"verdict": "rejected", "version": 1, "reason": "no"} | body).encode()
    headers = ann.signature() | {"Content-Type": "application/json"}
    answer = ann.ask("POST", decision_of(row), headers, content=body)
    assert (answer.status_code, answer.json()) == (422, {"detail": f"This cannot be read: {where}."})
    assert rows(sqlite_ledger, decision) == []


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not on this machine")
def test_no_body_of_the_json_test_suite_decides_or_breaks_anything(ann, row, sqlite_ledger):
    headers = ann.signature() | {"Content-Type": "application/json"}
    bodies = sorted((CORPORA / "jsontestsuite").glob("*.json"))
    assert len(bodies) > 300
    told = {path.name: ann.ask("POST", decision_of(row), headers, content=path.read_bytes()) for path in bodies}
    unexpected = {name: answer.status_code for name, answer in told.items() if answer.status_code not in {413, 422}}
    assert unexpected == {}
    assert rows(sqlite_ledger, decision) == []


@pytest.mark.parametrize("path", [f"/api/findings?limit={CANARY}", f"/?after={CANARY}", f"/?rule={CANARY}",
                                  f"/?state={CANARY}", f"/api/findings?after={CANARY}", f"/findings/{CANARY}",
                                  f"/api/findings?state={CANARY}", f"/static/{CANARY}", f"/{CANARY}"])  # fmt: skip
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_an_address_that_is_none_of_ours_is_refused_and_not_repeated(ann, path, accept):
    answer = ann.get(path, accept)
    assert answer.status_code in {404, 422}
    assert CANARY not in answer.text


def test_a_body_larger_than_any_decision_is_refused(ann, row, sqlite_ledger):
    headers = ann.signature() | {"Content-Type": "application/json"}
    in_parts = (b" " * 1024 for _ in range(LARGEST_BODY // 1024 + 1))
    assert ann.ask("POST", decision_of(row), headers, content=b" " * (LARGEST_BODY + 1)).status_code == 413
    assert ann.ask("POST", decision_of(row), headers, content=in_parts).status_code == 413
    assert rows(sqlite_ledger, decision) == []


def answers(ledger: Ledger, row: Any) -> dict[int, Any]:
    """An answer of every status that the page gives."""

    def broken() -> Ledger:
        raise RuntimeError(CANARY)

    ann, nobody = Reader(ledger), Reader(ledger, None)
    sign = ann.signature() | {"Content-Type": "application/json"}
    return {
        200: ann.get(f"/findings/{row.id}"),
        401: nobody.get("/"),
        403: ann.ask("POST", decision_of(row), content=b"{}"),
        404: ann.get("/nonsense"),
        405: ann.ask("PROPFIND", "/"),
        409: ann.decide(row, option_hash="0" * 64),
        413: ann.ask("POST", decision_of(row), sign, content=b" " * LARGEST_BODY * 2),
        415: ann.ask("POST", decision_of(row), sign | {"Content-Type": "text/plain"}, content=b"{}"),
        422: ann.ask("POST", decision_of(row), sign, content=b"{"),
        500: Reader(app_over(broken)).get("/"),
    }


def test_every_answer_forbids_scripts_that_are_not_ours_and_being_kept(sqlite_ledger, row, ann):
    told = answers(sqlite_ledger, row)
    assert {status: answer.status_code for status, answer in told.items()} == {status: status for status in told}
    for answer in [*told.values(), *(ann.get(f"/static/{name}") for name in ("page.css", "page.js", "icon.svg"))]:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, answer.status_code
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["frame-ancestors"] == "'self'"


def test_an_error_of_ours_tells_nothing_of_what_it_was_about(sqlite_ledger, row):
    answer = answers(sqlite_ledger, row)[500]
    assert CANARY not in answer.text
    assert "Reload the page" in answer.json()["detail"]
