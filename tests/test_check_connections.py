"""The command that checks the connections: a line for each platform, what is missing by name, and no secret."""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from include import check_connections
from include.platforms import connection_of
from include.registry import names
from include.settings import settings

pytestmark = pytest.mark.airflow

PLATFORMS = names("platforms")
CONNECTIONS = sorted({*map(connection_of, PLATFORMS), "smtp_default"})
SECRET = "s3cret-of-mine"


@pytest.fixture(scope="module", autouse=True)
def airflow(tmp_path_factory) -> None:
    """Airflow, imported once: it makes its home where it is told to, and warns of what others deprecated."""
    os.environ.setdefault("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import airflow.providers.http.hooks.http
        import airflow.sdk  # noqa: F401


@pytest.fixture
def connect(monkeypatch) -> Iterator[Any]:
    """Set a connection as an operator does; at first there is none."""
    monkeypatch.setenv("ROLLCALL_SANDBOX", "true")
    settings.cache_clear()
    for name in CONNECTIONS:
        monkeypatch.delenv(f"AIRFLOW_CONN_{name.upper()}", raising=False)

    def put(name: str, said: Any) -> None:
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", said if isinstance(said, str) else json.dumps(said))

    yield put
    settings.cache_clear()


@pytest.fixture
def all_of(sandbox, connect) -> dict[str, Any]:
    """Every connection, to the sandbox."""
    given = sandbox._get("connections") | {"smtp_default": {"conn_type": "smtp", "host": "localhost"}}
    for name, said in given.items():
        connect(name, said)
    return dict(given)


@pytest.fixture
def check(capsys) -> Any:
    """The command: its exit code, and its line for each name."""

    def run() -> tuple[int, dict[str, str]]:
        code = check_connections.main()
        out = capsys.readouterr().out
        said = dict(re.findall(r"^(\w+) +(.+)$", out, re.MULTILINE))
        assert SECRET not in out
        assert "@" not in out
        return code, said

    return run


def test_connections_that_work_are_a_line_each_and_exit_code_0(all_of, check):
    code, said = check()
    assert code == 0
    assert sorted(said) == sorted(PLATFORMS)
    assert said["hubspot"].startswith("usable: portal 891936587, API v3, 1,000,000 of 1,000,000 calls left in 10 s")
    assert all(line.startswith("usable: ") for line in said.values())


def test_each_line_ends_with_the_fingerprint_that_findings_are_filed_with(all_of, sandbox, check):
    _, said = check()
    assert {name: line.rpartition("fingerprint ")[2] for name, line in said.items()} == {
        name: sandbox.open(name).api.account() for name in PLATFORMS
    }


def test_a_missing_scope_is_named_and_is_exit_code_1(all_of, sandbox, check):
    sandbox.switch(shopify_scopes=["write_orders", "read_all_orders"])
    code, said = check()
    assert code == 1
    assert said["shopify"].startswith("lacks write_customers (shop 1 (sandbox.myshopify.com), API 2026-10")
    assert said["hubspot"].startswith("usable")


def test_what_only_some_changes_need_is_named_and_no_failure(all_of, connect, sandbox, check):
    connect("shopify", all_of["shopify"] | {"extra": {}})
    sandbox.switch(shopify_scopes=["write_customers", "write_orders", "read_all_orders"])
    code, said = check()
    assert code == 0
    assert said["shopify"].startswith("usable: shop 1")
    assert said["shopify"].endswith(
        "; some changes need more: write_customer_merge (to merge customers), "
        "storefront_token with the scope unauthenticated_write_customers (to reset access)"
    )


def test_a_shopify_app_that_has_only_a_client_id_and_secret_is_checked_like_one_with_a_token(
    all_of, connect, sandbox, check
):
    lasting = check()[1]["shopify"]
    connect("shopify", all_of["shopify"] | {"login": "sandbox"})
    code, said = check()
    assert code == 0
    assert re.sub(r"\d+ of", "of", said["shopify"]) == re.sub(r"\d+ of", "of", lasting)
    connect("shopify", all_of["shopify"] | {"login": "sandbox", "password": SECRET})
    code, said = check()
    assert code == 1
    assert said["shopify"].startswith(
        "not usable. Unauthorized: shopify does not accept the app's client id and secret"
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": SECRET}, "not usable. Unauthorized: {} .*connection"),
        ({"password": ""}, "not usable. SettingsWrong: The connection {} has no password"),
        ({"host": ""}, "not usable. SettingsWrong: The connection {} has no host"),
        ({"extra": "{" + SECRET}, "not usable. SettingsWrong: The connection {} has an extra that is no JSON"),
    ],
)
@pytest.mark.parametrize("name", ["bigcommerce", "cpanel", "whois"])
def test_a_connection_that_fails_is_told_in_our_words_and_the_others_are_still_checked(
    all_of, connect, check, name, wrong, says
):
    connection = connection_of(name)
    connect(connection, all_of[connection] | wrong)
    code, said = check()
    assert code == 1
    assert re.match(says.format(connection), said[name])
    assert {other for other, line in said.items() if line.startswith("usable")} == {
        other for other in PLATFORMS if connection_of(other) != connection
    }


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_of_a_half_configured_set_the_missing_connection_is_named(all_of, monkeypatch, check, connection):
    monkeypatch.delenv(f"AIRFLOW_CONN_{connection.upper()}")
    code, said = check()
    assert code == 1
    assert said[connection].startswith(f"not configured: there is no Airflow connection '{connection}'")
    assert f"AIRFLOW_CONN_{connection.upper()}" in said[connection]
    usable = {name for name, line in said.items() if line.startswith("usable")}
    assert usable == {name for name in PLATFORMS if connection_of(name) != connection}


def test_a_connection_airflow_cannot_read_is_told_apart_from_none(all_of, connect, check):
    connect("hubspot", '{"conn_type": "http", "password": "' + SECRET)
    code, said = check()
    assert code == 1
    assert said["hubspot"].startswith("not configured: Airflow cannot read AIRFLOW_CONN_HUBSPOT")


def test_a_platform_that_is_left_out_needs_no_connection(all_of, monkeypatch, check, request):
    monkeypatch.delenv("AIRFLOW_CONN_SHOPIFY")
    monkeypatch.setenv("ROLLCALL_LEAVE_OUT", "shopify")
    settings.cache_clear()
    request.addfinalizer(settings.cache_clear)
    code, said = check()
    assert code == 0
    assert said["shopify"] == "left out by ROLLCALL_LEAVE_OUT"


def test_without_any_connection_it_says_how_to_configure_one(connect, capsys):
    assert check_connections.main() == 2
    out = capsys.readouterr().out
    assert "No connection is configured" in out
    assert "export AIRFLOW_CONN_HUBSPOT='{" in out
    assert all(connection in out for connection in CONNECTIONS)


def test_a_setting_that_cannot_be_used_is_one_line(monkeypatch, connect, capsys, request):
    monkeypatch.setenv("ROLLCALL_APPLY", "perhaps")
    settings.cache_clear()
    request.addfinalizer(settings.cache_clear)
    assert check_connections.main() == 1
    assert "SettingsWrong: ROLLCALL_APPLY must be" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("demo", "listed", "told"), [("false", "", True), ("false", "ann", False), ("true", "", False)]
)
def test_that_nobody_may_decide_yet_is_said(all_of, check, monkeypatch, demo, listed, told):
    monkeypatch.setenv("ROLLCALL_SANDBOX", demo)
    monkeypatch.setenv("ROLLCALL_REVIEWERS", listed)
    settings.cache_clear()
    said = check()[1].get("reviewers", "")
    assert said.startswith("Nobody may decide yet: set ROLLCALL_REVIEWERS") is told
