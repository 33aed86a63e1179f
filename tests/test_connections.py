"""An Airflow connection becomes an open platform or a mailer; what is missing is named, and no secret is ever shown."""

from __future__ import annotations

from typing import Any

import pytest

from include import connections
from include.errors import SettingsWrong, Unauthorized
from include.platforms import connection_of
from tests.connecting import LOGIN, PLATFORMS, SECRET, airflow, connect, set_to
from tests.scripted import says, serve

pytestmark = pytest.mark.airflow

__all__ = ["airflow", "connect", "set_to"]  # fixtures


def url_of(platform: Any) -> str:
    return str(platform.api._http.base_url)


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_is_pulled_through_its_connection(sandbox, connect, name):
    for connection, told in sandbox._get("connections").items():
        connect(connection, **told)
    pulled = [page.stream for page in connections.platform(name).api.pages()]
    assert pulled == [page.stream for page in sandbox.open(name).api.pages()] != []


@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize(
    ("said", "says"),
    [
        pytest.param(None, "There is no Airflow connection '{}'. Add it in Airflow", id="no-connection"),
        pytest.param({"host": ""}, "The connection {} has no host", id="no-host"),
        pytest.param({"password": ""}, "The connection {} has no password: put the platform's key there", id="no-key"),
        pytest.param({"host": "ftp://x.example"}, "The connection {} has no usable host: put a URL", id="no-http"),
        pytest.param({"host": "http://"}, "The connection {} has no usable host", id="half-a-url"),
        pytest.param({"extra": "{no json " + SECRET}, "The connection {} has an extra that is no JSON", id="no-json"),
        pytest.param({"extra": [SECRET]}, "The connection {} has an extra that is no JSON object", id="a-list"),
    ],
)
def test_a_connection_that_cannot_be_used_is_named_and_its_secret_is_not(connect, caplog, name, said, says):
    connection = connection_of(name)
    if said is not None:
        connect(connection, **{"host": "https://api.vendor.example"} | said)
    with pytest.raises(SettingsWrong) as wrong:
        connections.platform(name)
    assert str(wrong.value).startswith(says.format(connection))
    assert SECRET not in str(wrong.value) + caplog.text


@pytest.mark.parametrize(
    ("said", "url"),
    [
        pytest.param({"host": "https://api.hubapi.com"}, "https://api.hubapi.com", id="a-url"),
        pytest.param({"host": "api.hubapi.com"}, "https://api.hubapi.com", id="a-name-is-never-asked-in-clear"),
        pytest.param({"host": "api.hubapi.com", "port": 8443}, "https://api.hubapi.com:8443", id="a-name-and-a-port"),
        pytest.param({"host": "api.hubapi.com", "schema": "https"}, "https://api.hubapi.com", id="a-scheme"),
        pytest.param({"host": "10.0.0.7", "schema": "http"}, "http://10.0.0.7", id="plain-http-when-it-is-said"),
        pytest.param({"host": "127.0.0.1", "port": 9400}, "http://127.0.0.1:9400", id="this-machine"),
        pytest.param({"host": "http://sandbox:9400/hubspot"}, "http://sandbox:9400/hubspot", id="the-sandbox"),
    ],
)
def test_the_host_of_a_connection_is_the_platforms_address(connect, said, url):
    connect("hubspot", **said)
    assert url_of(connections.platform("hubspot")) == url


@pytest.mark.parametrize(
    ("name", "host"),
    [
        pytest.param("hubspot", "https://api.hubapi.com.evil.example", id="an-ending-of-another-host"),
        pytest.param("hubspot", "https://evilhubapi.com", id="an-ending-without-its-dot"),
        pytest.param("hubspot", "https://hubapi.com", id="an-ending-alone"),
        pytest.param("hubspot", "https://api.hubapi.com@evil.example", id="a-login-that-looks-like-it"),
        pytest.param("hubspot", "https://evil.example\\.hubapi.com", id="a-backslash-that-ends-a-host-for-others"),
        pytest.param("hubspot", "https://api.hub\u0430pi.com", id="a-look-alike"),
        pytest.param("hubspot", "https://\u0430pi.hubapi.com", id="a-look-alike-below-the-right-name"),
        pytest.param("hubspot", "https://api.xn--hubpi-6ve.com", id="a-look-alike-in-ascii"),
        pytest.param("bigcommerce", "https://api\u3002bigcommerce.com", id="a-dot-that-is-none"),
        pytest.param("hubspot", "https://acme.myshopify.com", id="another-vendors"),
        pytest.param("shopify", "https://shop.example", id="a-shops-own-domain"),
        pytest.param("bigcommerce", "https://x.api.bigcommerce.com/stores/a1", id="below-a-whole-name"),
        pytest.param("whmcs", "https://billing.example", id="a-host-of-ones-own"),
        pytest.param("cpanel", "https://169.254.169.254:2087", id="an-address"),
        pytest.param("hubspot", "http://127.0.0.1:9", id="this-machine"),
        pytest.param("hubspot", "http://[::1]:9", id="this-machine-by-version-6"),
    ],
)
def test_no_key_is_sent_to_a_host_that_nobody_allowed(connect, set_to, name, host):
    set_to(sandbox="false", hosts="")
    connection = connection_of(name)
    connect(connection, host=host)
    set_to(sandbox="false", hosts="")
    with pytest.raises(
        SettingsWrong, match=rf"The connection {connection} (names the host|has a host that is no)"
    ) as no:
        connections.platform(name)
    assert "ROLLCALL_HOSTS" in str(no.value) or "\\" in host or not host.isascii()


@pytest.mark.parametrize(
    ("name", "host", "said"),
    [
        pytest.param("hubspot", "https://api.hubapi.com", {}, id="hubspot"),
        pytest.param("shopify", "https://Acme-2.MyShopify.com", {}, id="shopify-in-capitals"),
        pytest.param("bigcommerce", "https://api.bigcommerce.com/stores/a1", {}, id="bigcommerce"),
        pytest.param("whmcs", "https://billing.example/whmcs", {"hosts": "x.example, Billing.example"}, id="ones-own"),
        pytest.param("cpanel", "https://s1.example:2087", {"hosts": "s1.example"}, id="a-server-at-a-port"),
        pytest.param("hubspot", "http://127.0.0.1:9400/hubspot", {"sandbox": "true"}, id="the-sandbox"),
        pytest.param("hubspot", "https://gateway.example", {"hosts": "gateway.example"}, id="a-gateway-of-ones-own"),
    ],
)
def test_a_host_that_is_the_vendors_or_allowed_is_named_in_the_log(connect, set_to, caplog, name, host, said):
    connect(connection_of(name), host=host)
    set_to(**{"sandbox": "false", "hosts": ""} | said)
    with caplog.at_level("INFO", "include.connections"):
        connections.platform(name)
    assert f"{name} is at {host.partition('://')[2].lower().partition('/')[0]}" in caplog.text
    assert SECRET not in caplog.text


def test_the_key_signs_the_platforms_way_and_no_extra_becomes_a_header(connect):
    with serve(says(401, {"message": "no"})) as script:
        connect("hubspot", host=script.url, extra={"version": "v3", "X-Extra": "told", "Authorization": "Basic guess"})
        with pytest.raises(Exception, match="hubspot"):
            list(connections.platform("hubspot").api.pages())
        asked = {name.lower(): value for name, value in script.headers[0].items()}
    assert asked["authorization"] == f"Bearer {SECRET}"
    assert not {"version", "x-extra"} & set(asked)


def test_no_netrc_replaces_the_key_of_a_connection(connect, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serve(says(401, {"message": "no"})) as script:
        connect("hubspot", host=script.url)
        with pytest.raises(Unauthorized):
            list(connections.platform("hubspot").api.pages())
        assert script.headers[0]["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("name", PLATFORMS)
def test_nothing_secret_shows_in_an_open_platform(connect, name):
    connect(connection_of(name), host="https://api.vendor.example")
    platform = connections.platform(name)
    inside = [value for value in vars(platform.api).values() if not isinstance(value, dict)]
    shown = [repr(platform), f"{platform.api}", *map(repr, inside)]
    assert [text for text in shown if SECRET in text or LOGIN in text] == []
