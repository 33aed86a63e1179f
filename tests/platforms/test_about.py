"""Every platform tells which account its key opens and what the key lacks, and nothing that is secret or a person's."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from include.errors import NotPermitted, SettingsWrong, Unauthorized, UnexpectedAnswer
from include.key import Key
from include.platforms import About, address, connection_of, open_platform
from include.registry import names
from tests.sandboxes import Sandbox
from tests.scripted import Scripted, says, serve

PLATFORMS = names("platforms")
CONTACTS = "crm.objects.contacts"
LEVEL_2 = "protected customer data (level 2)"
HUBSPOTS = [f"{CONTACTS}.read", f"{CONTACTS}.write", "oauth"]
WHM_RIGHTS = ("list-accts", "acct-summary", "edit-account")

LACKING: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("bigcommerce", {"bigcommerce_scopes": ["store_v2_customers"]}, ("store_v2_orders",)),
    ("bigcommerce", {"bigcommerce_missing_scope": True}, ("store_v2_customers", "store_v2_orders")),
    ("cpanel", {"whm_privileges": ["list-accts", "acct-summary"]}, ("edit-account",)),
    ("cpanel", {"whm_privileges": []}, WHM_RIGHTS),
    ("hubspot", {"hubspot_scopes": [f"{CONTACTS}.read"]}, (f"{CONTACTS}.write",)),
    ("hubspot", {"hubspot_scopes": []}, (f"{CONTACTS}.read", f"{CONTACTS}.write")),
    ("hubspot", {"hubspot_scopes": [], "hubspot_tells_scopes": False}, (f"{CONTACTS}.read",)),
    ("shopify", {"shopify_scopes": ["write_customers", "write_orders"]}, ("read_all_orders",)),
    ("shopify", {"shopify_scopes": ["read_all_orders"]}, ("write_customers", "write_orders")),
    ("shopify", {"shopify_redacted": ["Customer.defaultEmailAddress"]}, (LEVEL_2,)),
    ("whmcs", {"whmcs_denied": ["GetOrders", "GetClientsDetails"]}, ("GetClientsDetails", "GetOrders")),
    ("whmcs", {"whmcs_denied": ["WhmcsDetails"]}, ("WhmcsDetails",)),
    ("whois", {"whmcs_denied": ["DomainGetWhoisInfo"]}, ("DomainGetWhoisInfo",)),
]
ENOUGH: list[tuple[str, dict[str, Any]]] = [
    ("bigcommerce", {"bigcommerce_scopes": ["store_v2_customers_read_only", "store_v2_orders_read_only"]}),
    ("cpanel", {"whm_privileges": ["all"]}),
    ("cpanel", {"whm_denied": ["version"]}),
    ("hubspot", {"hubspot_tells_scopes": False}),
    ("hubspot", {"hubspot_details_want": "oauth"}),
    ("hubspot", {"hubspot_details_want": "oauth", "hubspot_tells_scopes": False, "hubspot_scopes": HUBSPOTS}),
]


def about(sandbox: Sandbox, name: str, **how: Any) -> About:
    told: About = sandbox.open(name, **how).api.about()
    return told


@pytest.mark.parametrize(
    ("name", "account", "version"),
    [
        ("bigcommerce", "store sandbox", "V3 and V2"),
        ("cpanel", "WHM at {}/whm", "11.138.0.10"),
        ("hubspot", "portal 891936587", "v3"),
        ("shopify", "shop 1 (sandbox.myshopify.com)", "2026-10"),
        ("whmcs", "WHMCS at {}/whmcs", "8.13.0"),
        ("whois", "WHMCS at {}/whmcs", "8.13.0"),
    ],
)
def test_it_tells_the_account_and_the_version_that_answered(sandbox, name, account, version):
    told = about(sandbox, name)
    assert (told.account, told.version) == (account.format(sandbox.served.url.removeprefix("http://")), version)


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_key_with_every_right_lacks_nothing(sandbox, name):
    assert about(sandbox, name).missing == ()


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_wrong_key_is_unauthorized(sandbox, name):
    with pytest.raises(Unauthorized, match=connection_of(name)) as refused:
        about(sandbox, name, secret="guessed")
    assert "guessed" not in str(refused.value)


def test_every_platform_is_tested_for_what_its_key_may_lack():
    assert {name for name, _, _ in LACKING} == set(PLATFORMS)


@pytest.mark.parametrize(("name", "switches", "missing"), LACKING)
def test_what_the_key_lacks_is_named(sandbox, name, switches, missing):
    sandbox.switch(**switches)
    assert about(sandbox, name).missing == missing


@pytest.mark.parametrize(("name", "switches"), ENOUGH)
def test_what_is_not_needed_or_not_told_is_not_held_to_be_missing(sandbox, name, switches):
    sandbox.switch(**switches)
    assert about(sandbox, name).missing == ()


MERGES = "write_customer_merge (to merge customers)"
RESETS = "with the scope unauthenticated_write_customers (to reset access)"
SCOPES_OF_PULLS = ["write_customers", "write_orders", "read_all_orders"]


@pytest.mark.parametrize(
    ("switches", "token", "wanting"),
    [
        ({}, "sandbox", ()),
        ({}, "shpat_sandbox", ()),
        ({"shopify_scopes": SCOPES_OF_PULLS}, "sandbox", (MERGES,)),
        ({}, None, (f"storefront_token {RESETS}",)),
        *(
            (
                {"shopify_storefront_unauthorized": status},
                "guessed",
                (f"a storefront_token that Shopify accepts, {RESETS}",),
            )
            for status in (200, 401, 403)
        ),
        ({"shopify_customer_accounts": "NEW_CUSTOMER_ACCOUNTS"}, None, ()),
        ({"shopify_scopes": SCOPES_OF_PULLS}, None, (MERGES, f"storefront_token {RESETS}")),
    ],
)
def test_what_shopifys_merges_and_resets_need_is_named_apart(sandbox, switches, token, wanting):
    sandbox.switch(**switches)
    host = sandbox._get("connections")["shopify"]["host"]
    key = Key("", "sandbox", {"storefront_token": token} if token else {})
    told = open_platform("shopify", requests.Session(), host, key, sleep=lambda _: None).api.about()
    assert (told.missing, told.wanting) == ((), wanting)
    assert sandbox._get("writes")["writes"] == []


def test_a_store_that_does_not_tell_its_hash_is_known_by_the_host(sandbox):
    sandbox.switch(bigcommerce_scopes=["store_v2_customers", "store_v2_orders"])
    assert about(sandbox, "bigcommerce").account == "store sandbox"


@pytest.mark.parametrize("name", PLATFORMS)
def test_nothing_secret_and_nobody_shows(sandbox, name):
    said = repr(about(sandbox, name))
    world = sandbox.world.of(name)
    people = {value for a in world for value in (a.email, a.phone, a.last_name) if value}
    assert not [value for value in (*people, "@", "Jane", "Doe") if value in said]
    key = Key("a-login", "a-secret", {"accesskey": "a-third"})
    with serve(says(200, {})) as nothing, pytest.raises((UnexpectedAnswer, SettingsWrong)) as failed:
        open_platform(name, requests.Session(), nothing.url, key, sleep=lambda _: None).api.about()
    assert not [value for value in ("a-login", "a-secret", "a-third") if value in str(failed.value)]


@pytest.mark.parametrize("name", PLATFORMS)
def test_it_changes_nothing(sandbox, name):
    about(sandbox, name)
    assert sandbox._get("writes")["writes"] == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("bigcommerce", "1,000,000 of 1,000,000 calls left in 30 s"),
        ("cpanel", None),
        ("hubspot", "1,000,000 of 1,000,000 calls left in 10 s"),
        ("whmcs", None),
        ("whois", None),
    ],
)
def test_the_quota_left_is_told_where_the_platform_says_it(sandbox, name, says):
    assert about(sandbox, name).quota == says


def test_shopifys_quota_is_its_bucket_of_points(sandbox):
    sandbox.switch(shopify_points=1000)
    left, whole = (about(sandbox, "shopify").quota or "").removesuffix(" points left").split(" of ")
    assert 0 < int(left) <= 1000
    assert whole == "1,000"


def test_a_hubspot_key_that_may_not_see_the_details_is_for_the_same_account(sandbox):
    seen = sandbox.open("hubspot").api
    account, told = seen.account(), seen.about()
    sandbox.switch(hubspot_details_want="oauth")
    without = sandbox.open("hubspot").api
    assert (without.account(), without.about()) == (account, told)


def test_a_hubspot_key_that_is_told_no_account_is_refused_with_the_scope_that_tells_it(sandbox):
    sandbox.switch(hubspot_details_want="oauth", hubspot_tells_scopes=False)
    for ask in ("about", "account"):
        with pytest.raises(NotPermitted, match="grant it the scope oauth"):
            getattr(sandbox.open("hubspot").api, ask)()


def hubspot_at(script: Scripted, version: str = "v3") -> About:
    key = Key("", "sandbox", {"version": version})
    told: About = open_platform("hubspot", requests.Session(), script.url, key, sleep=lambda _: None).api.about()
    return told


SCOPES = says(200, {"scopes": [f"{CONTACTS}.read", f"{CONTACTS}.write"]})


def test_hubspots_quota_of_the_day_is_told_beside_that_of_the_moment():
    headers = {
        "X_HubSpot_RateLimit_Daily": "250000",
        "X_HubSpot_RateLimit_Daily_Remaining": "249000",
        "X_HubSpot_RateLimit_Max": "100",
        "X_HubSpot_RateLimit_Remaining": "98",
    }
    with serve(says(200, {"portalId": 5}), SCOPES, says(200, {"results": []}, **headers)) as script:
        told = hubspot_at(script)
    assert told == About("portal 5", "v3", (), "249,000 of 250,000 calls left today, 98 of 100 calls left in 10 s")


def test_a_version_hubspot_does_not_know_is_named_with_the_way_out():
    with (
        serve(says(200, {"portalId": 5}), SCOPES, says(404, {"message": "no"})) as script,
        pytest.raises(SettingsWrong, match=r"no version 2031-03: put one .* into the extra"),
    ):
        hubspot_at(script, "2031-03")


def test_a_shopify_version_answered_by_another_is_an_error_that_names_both(sandbox):
    connection = sandbox._get("connections")["shopify"]
    old = open_platform(
        "shopify", requests.Session(), connection["host"], Key("", "sandbox", {"api_version": "2024-01"})
    )
    with pytest.raises(UnexpectedAnswer, match="2024-01 was asked and 2026-10 answered"):
        old.api.about()


@pytest.mark.parametrize("name", ["whmcs", "whois"])
def test_a_caller_that_whmcs_does_not_let_in_is_not_a_missing_action(sandbox, name):
    sandbox.switch(whmcs_ip_refused=True)
    with pytest.raises(NotPermitted, match="add its IP"):
        about(sandbox, name)


@pytest.mark.parametrize("name", ["whmcs", "whois"])
def test_a_whmcs_that_is_too_old_is_refused(sandbox, name):
    sandbox.switch(whmcs_version="7.10.2")
    with pytest.raises(SettingsWrong, match="too old"):
        about(sandbox, name)


def test_a_host_that_is_no_store_is_told_how_it_should_read(sandbox):
    host = sandbox._get("connections")["bigcommerce"]["host"].removesuffix("/stores/sandbox")
    wrong = open_platform("bigcommerce", requests.Session(), host, Key("", "sandbox"), sleep=lambda _: None)
    with pytest.raises(SettingsWrong, match=r"https://api\.bigcommerce\.com/stores/<store hash>"):
        wrong.api.about()


def test_an_address_is_shown_without_what_signs_in():
    assert address("https://name:word@billing.example:8443/whmcs/?key=1") == "billing.example:8443/whmcs"
