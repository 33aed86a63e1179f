"""What we send WHM, and what we read of its answers, held against the table made from cPanel's documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from tests.platforms.noted import noted
from tests.sandbox.hosting_world import Stack, set_email

TABLE = Path(__file__).parents[4] / "shared" / "specs" / "whm" / "whm-api1-subset.yaml"
ANN = set_email("cpanel:hosting:annsite", "ann@example.com", "ann@new.example")
ACCOUNT = "data.acct[]"

Table = dict[str, Any]


@pytest.fixture(scope="module")
def table() -> Table:
    if not TABLE.is_file():
        pytest.skip("the table of WHM's documentation is not beside this checkout")
    told: Table = yaml.safe_load(TABLE.read_text("utf-8"))
    return told


@pytest.mark.parametrize("options", [{}, {"method": "GET"}], ids=["as-a-form", "as-documented"])
def test_every_function_and_parameter_we_send_is_documented(
    options: dict[str, str], stack: Stack, table: Table
) -> None:
    sent: list[tuple[str, dict[str, str]]] = []

    def note(answer: Any, **_: Any) -> None:
        url = urlsplit(answer.request.url)
        form = dict(parse_qsl(answer.request.body or ""))
        sent.append((url.path.rpartition("/")[2], dict(parse_qsl(url.query)) | form))

    stack.session.hooks["response"].append(note)
    cpanel = stack.platform("cpanel", **options)
    assert list(cpanel.api.pages())
    cpanel.fixes.write(cpanel.api, ANN)
    assert {function for function, _ in sent} == {"listaccts", "accountsummary", "modifyacct"}
    for function, fields in sent:
        said = table["functions"][function]
        parameters = said.get("request", said.get("request_used_by_us"))
        assert set(fields) <= {one["name"] for one in parameters} | {"api.version"}, function
        assert {one["name"] for one in parameters if one.get("required") is True} <= set(fields), function
        wanted = set(filter(None, fields.get("want", "").split(",")))
        assert wanted <= set(table["functions"]["accountsummary"]["response"][ACCOUNT]), function


def test_every_field_our_rows_read_is_documented(stack: Stack, table: Table) -> None:
    cpanel = stack.platform("cpanel")
    read: set[tuple[str, ...]] = set()
    raw = {page.stream: [noted(page.body, (), read)] for page in cpanel.api.pages()}
    assert list(cpanel.rows.contacts(raw))
    documented = {("data", "acct", name) for name in table["functions"]["accountsummary"]["response"][ACCOUNT]}
    assert ("data", "acct", "email") in read
    assert read - documented == {("data",), ("data", "acct")}
