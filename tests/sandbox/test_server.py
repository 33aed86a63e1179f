"""The sandbox's own endpoints: its truth, what was written, how to reach it, its switches, and beginning anew."""

from __future__ import annotations

import json

import pytest
import requests

from include.sandbox.server import bases, build, serve_in_thread
from include.sandbox.world import make_world
from tests.sandbox.whole import NEW, OTHER, PLATFORMS, Asked, Whole

WRONG_BODIES = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"{", id="half-an-object"),
    pytest.param(b"\xff\xfe", id="no-text"),
    pytest.param(b"null", id="null"),
    pytest.param(b"5", id="a-number"),
    pytest.param(b'"hubspot"', id="a-word"),
    pytest.param(b"[5]", id="a-list-of-numbers"),
    pytest.param(b'[["a", 1]]', id="a-list-of-pairs"),
    pytest.param(b'{"platform": "hubspot"}', id="an-object-of-something-else"),
]


def test_every_platform_is_served_below_its_own_name():
    assert tuple(bases()) == PLATFORMS
    assert all(base.split("/")[1] == name for name, base in bases().items())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_answers_with_what_the_world_holds(whole: Whole, platform: str):
    place = ("cpanel", whole.id(platform)) if platform == "whm" else (platform, whole.id(platform))
    emails = {a.email for a in whole.sandbox.world.accounts if (a.platform, a.id) == place}
    assert whole.email(platform).casefold() in {email.casefold() for email in emails}


def test_the_truth_is_the_worlds_own(whole: Whole):
    assert whole.own("truth") == json.loads(json.dumps(make_world(40, 7).truth()))


def test_the_truth_stays_what_it_was_when_a_platform_changes(whole: Whole):
    before = whole.own("truth")
    for platform in PLATFORMS:
        whole.send(whole.write(platform))
    assert whole.own("truth") == before


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_write_is_listed_with_what_it_changed(whole: Whole, platform: str):
    before = whole.email(platform)
    whole.send(whole.write(platform))
    (write,) = whole.own("writes")["writes"]
    record = {"whm": "cpanel:hosting", "whmcs": "whmcs:client", "hubspot": "hubspot:contact"}
    assert write["record"] == f"{record.get(platform, f'{platform}:customer')}:{whole.id(platform)}"
    assert (write["seq"], write["effect"]) == (1, "applied")
    assert write["changed"]["email"] == [before, NEW]
    assert write["method"] == whole.write(platform).method
    assert whole.email(platform) == NEW


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_write_that_changes_nothing_is_listed_as_none_and_a_wrong_one_as_refused(whole: Whole, platform: str):
    for email in (NEW, NEW, "no address at all"):
        whole.send(whole.write(platform, email))
    assert [effect for _, effect in whole.happened()] == ["applied", "none", "refused"]
    assert whole.email(platform) == NEW


def test_writes_to_several_platforms_are_listed_in_the_order_they_came(whole: Whole):
    order = ("whmcs", "hubspot", "shopify", "hubspot", "bigcommerce")
    for platform, email in zip(order, (NEW, NEW, NEW, OTHER, NEW), strict=True):
        whole.send(whole.write(platform, email))
    writes = whole.own("writes")["writes"]
    assert [write["platform"] for write in writes] == list(order)
    assert [write["seq"] for write in writes] == [1, 2, 3, 4, 5]
    moments = [write["at"] for write in writes]
    assert moments == sorted(moments)


def test_reads_are_not_listed_as_writes(whole: Whole):
    for platform in PLATFORMS:
        whole.email(platform)
    assert whole.own("writes") == {"writes": []}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_request_with_a_wrong_key_is_not_answered_and_writes_nothing(whole: Whole, platform: str):
    asked = whole.write(platform)
    form = asked.form and {"identifier": "sandbox", "secret": "guessed", **asked.form}
    answer = requests.request(asked.method, whole.url + asked.path, json=asked.json, data=form, timeout=5)
    assert answer.status_code in {401, 403}
    assert whole.own("writes") == {"writes": []}


def test_connections_reach_every_platform_and_every_secret_is_the_word_sandbox(whole: Whole):
    connections = whole.own("connections")
    assert set(connections) == set(PLATFORMS)
    assert {(told["conn_type"], told["password"]) for told in connections.values()} == {("http", "sandbox")}
    assert {name: told["login"] for name, told in connections.items()} == {
        name: "" if name == "shopify" else "sandbox" for name in connections
    }
    for platform, told in connections.items():
        assert told["host"].startswith(f"{whole.url}/{platform}")


def test_connections_name_the_mail_server_only_where_there_is_one(whole: Whole):
    served = serve_in_thread(build(1, 7, mail={"host": "127.0.0.1", "port": 2525}))
    told = requests.get(f"{served.url}/_sandbox/connections", timeout=5).json()
    served.stop()
    assert told["smtp_default"] == {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": 2525,
        "extra": {"disable_tls": True, "disable_ssl": True},
    }
    assert "smtp_default" not in whole.own("connections")


def test_a_reset_begins_anew_with_the_same_world(whole: Whole):
    truth, emails = whole.own("truth"), {platform: whole.email(platform) for platform in PLATFORMS}
    for platform in PLATFORMS:
        whole.send(whole.write(platform))
    whole.tell("switches", {"hubspot_merge_cap": 1})
    whole.arm("hubspot", ".*", "500", times=9)
    assert whole.tell("reset", None).json() == {"humans": len(truth["humans"])}
    assert whole.own("writes") == {"writes": []}
    assert whole.own("quota") == {"platforms": {}}
    assert {platform: whole.email(platform) for platform in PLATFORMS} == emails
    assert whole.own("truth") == truth
    assert whole.tell("switches", {}).json()["hubspot_merge_cap"] == 250


def test_a_switch_changes_what_its_twin_does(whole: Whole):
    answer = whole.tell("switches", {"hubspot_scopes": []})
    assert answer.json()["hubspot_scopes"] == []
    assert whole.send(whole.read("hubspot")).status_code == 403


def test_an_unknown_switch_is_refused_by_name_and_changes_nothing(whole: Whole):
    answer = whole.tell("switches", {"hubspot_v1": False, "hubspot_v9": True})
    assert answer.status_code == 400
    assert "hubspot_v9" in answer.json()["error"]
    assert "hubspot_merge_cap" in answer.json()["error"], "it names those there are"
    assert whole.tell("switches", {}).json()["hubspot_v1"] is True


@pytest.mark.parametrize("body", WRONG_BODIES)
@pytest.mark.parametrize("what", ["faults", "switches"])
def test_a_wrong_body_is_refused_in_words(whole: Whole, what: str, body: bytes):
    answer = requests.post(f"{whole.url}/_sandbox/{what}", data=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert whole.sandbox.faults.armed == []


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(Asked("GET", "/nobody/v3/customers"), id="no-platform"),
        pytest.param(Asked("GET", "/_sandbox/nothing"), id="nothing-of-its-own"),
        pytest.param(Asked("GET", "/hubspot/crm/v3/objects/unicorns"), id="no-object-of-the-platforms"),
    ],
)
def test_what_is_not_there_is_not_found(whole: Whole, asked: Asked):
    assert requests.get(whole.url + asked.path, timeout=5).status_code == 404


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # uvicorn exits in its thread
def test_a_taken_port_cannot_be_served(whole: Whole):
    port = int(whole.url.rpartition(":")[2])
    with pytest.raises(OSError, match=f"port {port}"):
        serve_in_thread(build(1, 7), port)


def test_two_sandboxes_of_one_seed_tell_the_same_truth():
    first, second, other = (serve_in_thread(build(20, seed)) for seed in (5, 5, 6))
    told = [requests.get(f"{served.url}/_sandbox/truth", timeout=5).json() for served in (first, second, other)]
    for served in (first, second, other):
        served.stop()
    assert told[0] == told[1] != told[2]
