"""Which cPanel accounts a client has, and which of them are on a server that we do not reach."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from include.errors import SettingsWrong
from include.model import Ref
from include.platforms.whmcs.services import Hosting, accounts, hosting_of
from include.settings import settings
from tests.sandbox.hosting_world import Stack, hosting_world, served

ANN, BOB = Ref("whmcs", "client", "11"), Ref("whmcs", "client", "12")
WEB1 = {"id": 1, "hostname": "web1.example.net", "module": "cpanel"}
VPS = {"id": "2", "hostname": "vps.example.net", "module": "virtualizor"}
WEB2 = {"id": 3, "hostname": "", "module": "cpanel"}


@pytest.fixture
def two_servers() -> Iterator[Stack]:
    """Ann's site is on the first of two cPanel servers, Bob's on the second."""
    company = hosting_world()
    next(one for one in company.accounts if one.id == "12").extra["products"][0]["server"] = 3
    with served(company) as running:
        yield running


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def name(server: str) -> None:
        monkeypatch.setenv("ROLLCALL_WHM_SERVER", server)
        settings.cache_clear()

    yield name
    settings.cache_clear()


def links_of(stack: Stack, client: Ref) -> tuple[str, ...]:
    whmcs = stack.platform("whmcs")
    raw: dict[str, list[Any]] = {}
    for page in whmcs.api.pages():
        raw.setdefault(page.stream, []).append(page.body)
    (found,) = [contact for contact in whmcs.rows.contacts(raw) if contact.ref == client]
    return tuple(link for link in found.links if link.startswith("cpanel:"))


def test_a_client_s_accounts_come_with_the_domain_the_server_must_agree_to(stack: Stack) -> None:
    (found,) = hosting_of(stack.platform("whmcs").api, ANN)
    assert found == Hosting(ANN, Ref("cpanel", "hosting", "annsite"), "annsite.example")
    assert found.reached
    assert hosting_of(stack.platform("whmcs").api, Ref("whmcs", "client", "13")) == ()


@pytest.mark.parametrize(
    ("server", "anns", "bobs"),
    [
        pytest.param("web1.example.net", "hosting:annsite", "elsewhere:web2.example.net/bobsite", id="the-first"),
        pytest.param("WEB2.example.net", "elsewhere:web1.example.net/annsite", "hosting:bobsite", id="the-second"),
        pytest.param(
            "", "elsewhere:web1.example.net/annsite", "elsewhere:web2.example.net/bobsite", id="nobody-said-which"
        ),
    ],
)
def test_of_several_servers_only_the_accounts_on_ours_are_ours_and_the_others_are_named(
    two_servers: Stack, opened: Any, server: str, anns: str, bobs: str
) -> None:
    opened(server)
    for client, account, domain in ((ANN, anns, "annsite.example"), (BOB, bobs, "bobsite.example")):
        ours = (f"cpanel:domain:{domain}",) if account.startswith("hosting") else ()
        assert links_of(two_servers, client) == (*ours, f"cpanel:{account}")
    for client, account in ((ANN, anns), (BOB, bobs)):
        (found,) = hosting_of(two_servers.platform("whmcs").api, client)
        assert str(found.account) == f"cpanel:{account}"
        assert found.reached is account.startswith("hosting")


def test_a_server_that_whmcs_does_not_know_is_a_wrong_setting(two_servers: Stack, opened: Any) -> None:
    opened("web9.example.net")
    with pytest.raises(SettingsWrong, match=r"web9\.example\.net.*: web1\.example\.net, web2\.example\.net"):
        links_of(two_servers, ANN)


@pytest.mark.parametrize(
    ("servers", "ours", "account"),
    [
        pytest.param([WEB1, VPS], "", "cpanel:hosting:a", id="the-only-one"),
        pytest.param([WEB1, VPS], "web1.example.net", "cpanel:hosting:a", id="the-only-one-by-name"),
        pytest.param([WEB1, WEB2], "", "cpanel:elsewhere:web1.example.net/a", id="one-of-two"),
        pytest.param([{**WEB1, "hostname": ""}, WEB2], "", "cpanel:elsewhere:1/a", id="servers-without-a-hostname"),
    ],
)
def test_an_account_s_server_decides_what_it_is_called(servers: Any, ours: str, account: str) -> None:
    service = {"clientid": "11", "serverid": "1", "status": "Active", "username": "a", "domain": "a.example"}
    (found,) = accounts([service], servers, ours)
    assert (str(found.account), found.domain) == (account, "a.example")


def test_two_servers_of_one_name_are_a_wrong_setting() -> None:
    with pytest.raises(SettingsWrong, match="2 of WHMCS's cPanel servers have that hostname"):
        list(accounts([], [WEB1, {**WEB1, "id": 3}], "web1.example.net"))


def test_no_service_password_comes_with_a_client_s_services(stack: Stack) -> None:
    assert "service-secret" in json.dumps(stack.ask("GetClientsProducts", clientid=11))
    assert "service-secret" not in json.dumps(stack.platform("whmcs").api.services("11"))
