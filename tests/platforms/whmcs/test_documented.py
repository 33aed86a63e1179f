"""What we send WHMCS, and what we read of its answers, held against the table made from its documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml

from include.model import Action, Fix, Ref
from include.platforms import whmcs, whois
from include.platforms.whmcs.find import access, find_client, owner_of
from include.platforms.whmcs.holders import contacts_holding, holders
from include.platforms.whmcs.services import hosting_of
from include.platforms.whois.find import domains_of
from tests.platforms.noted import noted, paths
from tests.sandbox.hosting_world import Stack, hosting_world, served, set_email

TABLE = Path(__file__).parents[4] / "shared" / "specs" / "whmcs" / "whmcs-actions.yaml"

NAMES = {"first_name": "Anne", "last_name": "Smith"}
NOTE = {"note": "Rollcall 0123456789ab", "text": "Address changed on request."}
FIXES = [
    set_email("whmcs:client:11", "ann@example.com", "ann@new.example"),
    set_email("whmcs:login:5", "ann@example.com", "ann@new.example"),
    set_email("whmcs:contact:41", "ann@example.com", "ann@new.example"),
    set_email("whois:domain:31", "ann@example.com", "ann@new.example"),
    Fix(Ref.parse("whmcs:client:11"), Action.SET_NAME, dict.fromkeys(NAMES), NAMES),
    Fix(Ref.parse("whmcs:login:5"), Action.SET_NAME, dict.fromkeys(NAMES), NAMES),
    Fix(Ref.parse("whmcs:client:11"), Action.ADD_NOTE, {"note": None}, NOTE),
]

# What our rows read of each stream, and the action that answers it. A registrar's own fields are found by rule.
STREAMS = {
    "clients": "GetClients",
    "details": "GetClientsDetails",
    "users": "GetUsers",
    "products": "GetClientsProducts",
    "servers": "GetServers",
    "orders": "GetOrders",
    "domains": "GetClientsDomains",
    "whois": "DomainGetWhoisInfo",
}

Table = dict[str, Any]


@pytest.fixture(scope="module")
def table() -> Table:
    if not TABLE.is_file():
        pytest.skip("the table of WHMCS's documentation is not beside this checkout")
    told: Table = yaml.safe_load(TABLE.read_text("utf-8"))
    return told


@pytest.fixture
def stack() -> Iterator[Stack]:
    company = hosting_world()
    ann = next(one for one in company.accounts if one.platform == "whmcs" and one.id == "11")
    ann.extra["contacts"] = [{"id": "41", "email": "ann@example.com"}]
    with served(company) as running:
        yield running


@pytest.fixture
def sent(stack: Stack) -> list[dict[str, str]]:
    """Every form of a whole pull, of finding a client, and of every change, with what is read before and after it."""
    forms: list[dict[str, str]] = []
    stack.session.hooks["response"].append(lambda answer, **_: forms.append(dict(parse_qsl(answer.request.body))))
    for name in ("whmcs", "whois"):
        platform = stack.platform(name, accesskey="sandbox")
        assert list(platform.api.pages())
        if name == "whmcs":
            client = find_client(platform.api, "ann@example.com")
            assert access(platform.api, client, "ann@example.com").login == owner_of(platform.api, client).login
            assert holders(platform.api, "ann@example.com")
            assert contacts_holding(platform.api, client, "ann@example.com")
            assert hosting_of(platform.api, client)
        else:
            assert domains_of(platform.api, Ref("whmcs", "client", "11"))
        for fix in FIXES:
            if fix.target.platform == name:
                platform.fixes.read(platform.api, fix)
                platform.fixes.write(platform.api, fix)
                platform.fixes.image(platform.api, fix)
    return forms


def test_every_action_and_parameter_we_send_is_documented(sent: list[dict[str, str]], table: Table) -> None:
    common = set(table["about"]["transport"]["common_fields"])
    assert {form["action"] for form in sent} <= set(table["actions"])
    unknown = {
        (form["action"], name)
        for form in sent
        for name in set(form) - common - {one["name"] for one in table["actions"][form["action"]]["request"]}
    }
    assert unknown == set()


def test_no_parameter_that_whmcs_requires_is_left_out(sent: list[dict[str, str]], table: Table) -> None:
    for form in sent:
        action = table["actions"][form["action"]]
        assert {one["name"] for one in action["request"] if one["required"]} <= set(form), form["action"]
        assert not (choice := set(action.get("one_of", ()))) or choice & set(form), form["action"]


@pytest.mark.parametrize("platform", [whmcs, whois], ids=["whmcs", "whois"])
def test_the_api_role_we_ask_for_holds_every_action_we_send(
    platform: Any, sent: list[dict[str, str]], table: Table
) -> None:
    asked = re.search(r"API role: (.*?)\. ?[A-Z\n]", platform.__doc__, re.DOTALL)
    assert asked
    role = {word for word in re.findall(r"\w+", asked[1]) if word in table["actions"]}
    domains = {"GetClientsDomains", "DomainGetWhoisInfo", "DomainUpdateWhoisInfo"}
    used = {form["action"] for form in sent}
    assert (used & domains if platform is whois else used - domains) <= role


def test_every_field_our_rows_read_is_documented(stack: Stack, table: Table) -> None:
    stack.desk.switches["whmcs_shapes"] = False  # containers as the documentation shows them
    read: set[tuple[str, ...]] = set()
    for name in ("whmcs", "whois"):
        platform = stack.platform(name)
        raw: dict[str, list[Any]] = {}
        for page in platform.api.pages():
            raw.setdefault(page.stream, []).append(_noted(page.stream, page.body, read))
        assert list(platform.rows.contacts(raw))
        assert bool(list(platform.rows.orders(raw))) == (name == "whmcs")
    documented = set(_documented(table))
    assert {action for action, *_ in read} == set(STREAMS.values()) - {"DomainGetWhoisInfo"}
    assert read - documented == set()


def _noted(stream: str, body: Any, read: set[tuple[str, ...]]) -> Any:
    """A page that notes what is read of WHMCS's answers. Two streams wrap those in a list of our own making."""
    at = (STREAMS[stream],)
    match stream:
        case "details":
            return {"clients": [noted(answer, at, read) for answer in body["clients"]]}
        case "whois":
            return {"whois": [one | {"said": noted(one["said"], at, read)} for one in body["whois"]]}
        case _:
            return noted(body, at, read)


def _documented(table: Table) -> Iterator[tuple[str, ...]]:
    for name, action in table["actions"].items():
        yield from paths(action["response_shape"], (name,))
