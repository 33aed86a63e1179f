"""What HTTP to a platform gives away: nothing to another host, nothing of a person or a key in an error or a log."""

from __future__ import annotations

import logging
import traceback

import pytest
import requests

from include.errors import RollcallError, UnexpectedAnswer
from include.transport import Http, pooled
from tests.scripted import Line, says, serve

SECRET, PERSON = "s3cret-token", "ann@old.example"
BODY = {"phone": "5035550144"}
PRIVATE = (SECRET, PERSON, "ann%40old", "ann@", "%40", "5035550144", "Odum")
PATHS = [
    pytest.param("/contacts/ann@old.example", "GET /contacts/{email}", id="an-address-in-the-path"),
    pytest.param("/contacts/ann%40old.example/merge", "GET /contacts/{email}/merge", id="an-encoded-one"),
    pytest.param("/contacts/7?email=ann@old.example&phone=5035550144", "GET /contacts/7", id="a-query"),
]
ANSWERS: list[object] = [
    pytest.param(b"", id="no-answer"),
    pytest.param(says(500, {"message": f"{PERSON} {SECRET}"}), id="500"),
    pytest.param(says(418, {"message": f"{PERSON} {SECRET}"}), id="418"),
    pytest.param(says(429, {"message": f"{PERSON} {SECRET}"}), id="429"),
    pytest.param(says(200, f"<html>{PERSON} {SECRET}".encode()), id="no-json"),
    pytest.param(says(302, None, Location=f"https://127.0.0.1/{PERSON}?token={SECRET}"), id="a-redirect"),
    pytest.param(says(200, {"name": "Odum"})[:-3], id="cut-short"),
]


def client(url: str) -> Http:
    session = pooled(requests.Session(), url)
    session.headers["Authorization"] = f"Bearer {SECRET}"
    session.auth = ("rollcall", SECRET)
    return Http("hubspot", session, url, lambda answer: None, sleep=lambda seconds: None)


@pytest.mark.parametrize("verb", ["read", "write"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_the_other_host_hears_nothing(status, verb):
    with serve(says(200, {"id": 1})) as other, serve(says(status, None, Location=f"{other.url}/contacts")) as platform:
        http = client(platform.url)
        with pytest.raises(UnexpectedAnswer, match=f"answered {status} .* redirects are not followed. Put the address"):
            getattr(http, verb)("POST", "/contacts", json={"email": PERSON})
        assert (len(platform.asked), other.asked) == (1, [])


def test_a_redirect_on_the_same_host_is_not_followed_either():
    with serve(says(301, None, Location="/elsewhere"), says(200, {"id": 1})) as platform:
        with pytest.raises(UnexpectedAnswer):
            client(platform.url).read("GET", "/contacts")
        assert platform.asked == ["GET /contacts"]


@pytest.mark.parametrize(("path", "call"), PATHS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_no_error_and_no_log_tells_of_a_person_or_a_key(answer: Line, path, call, caplog):
    with caplog.at_level(logging.DEBUG), serve(answer) as platform:
        for verb in ("read", "write"):
            with pytest.raises(RollcallError) as failed:
                getattr(client(platform.url), verb)("GET", path, json=BODY)
            told = "".join(traceback.format_exception(failed.value)) + repr(failed.value) + caplog.text
            assert [private for private in PRIVATE if private in told] == []
            assert call in str(failed.value)
    assert platform.asked


def test_a_read_that_works_logs_no_address_either(caplog):
    with caplog.at_level(logging.DEBUG), serve(says(200, {"email": PERSON})) as platform:
        client(platform.url).read("GET", "/contacts", params={"email": PERSON})
    assert platform.asked == ["GET /contacts?email=ann%40old.example"]
    assert [private for private in PRIVATE if private in caplog.text] == []


def test_a_key_of_the_users_own_netrc_never_takes_the_place_of_ours(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serve(says(200, {})) as vendor:
        session = pooled(requests.Session(), vendor.url)
        Http("hubspot", session, vendor.url, lambda answer: None).read("GET", "/", headers={"Authorization": "ours"})
        assert vendor.headers[-1]["Authorization"] == "ours"


def test_the_proxies_and_certificates_of_the_environment_hold(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "near.example")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ours.pem")
    far, near = (pooled(requests.Session(), f"https://{host}.example") for host in ("far", "near"))
    assert (far.proxies.get("https"), near.proxies.get("https")) == ("http://proxy.example:3128", None)
    assert far.verify == "/etc/ours.pem"
