"""Requests on the page: taken down by form or by table, chosen among several, looked up again, withdrawn."""

from __future__ import annotations

from typing import Any

import pytest

from include.requests import COLUMNS
from include.store import requests
from include.store.schema import request
from tests.planning.desk import form
from tests.review.page import Reader, Seen
from tests.store.cases import rows


def filled(**said: Any) -> dict[str, Any]:
    return form() | {"domains": "a.example\nc.example"} | said


def post(reader: Reader, path: str, body: Any) -> Any:
    return reader.ask("POST", path, reader.signature(), json=body)


def test_a_request_is_taken_down_with_who_took_it_down(ann, sqlite_ledger):
    answer = post(ann, "/api/requests", filled())
    assert (answer.status_code, answer.json()) == (200, {"number": 1})
    row = requests.get(sqlite_ledger, 1)
    assert row is not None
    assert (row.requester, row.state, row.genuine) == ("ann", "waiting", True)
    assert row.asked["domains"] == ["a.example", "c.example"]
    shown = Seen(ann.get("/requests/1").text)
    assert "Request 1: ann@example.com" in " ".join(shown.all("<h1>"))
    assert "Take a request down" in ann.get("/requests").text
