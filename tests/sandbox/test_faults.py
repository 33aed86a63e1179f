"""Trouble on demand: every kind of fault strikes the request it was armed for, as it is called, and then is gone."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from include.sandbox.server import build, serve_in_thread
from tests.sandbox.whole import GRAPHQL, LATE, LIST, NEW, OTHER, PLATFORMS, WHMCS, Asked, Whole, outcome


@pytest.mark.parametrize(
    ("fault", "became"),
    [
        pytest.param({"fault": "429"}, "429", id="429"),
        pytest.param({"fault": "500"}, "500", id="500"),
        pytest.param({"fault": 503}, "503", id="503-as-a-number"),
        pytest.param({"fault": "404"}, "404", id="404"),
        pytest.param({"fault": "delay", "seconds": LATE}, "late", id="delay"),
        pytest.param({"fault": "reset_before"}, "reset", id="reset-before"),
        pytest.param({"fault": "reset_after"}, "reset", id="reset-after"),
        pytest.param({"fault": "truncate"}, "cut", id="truncate"),
        pytest.param({"fault": "html"}, "html", id="html"),
        pytest.param({"fault": "empty"}, "empty", id="empty"),
        pytest.param({"fault": "expired_cursor"}, "400", id="expired-cursor"),
    ],
)
def test_a_fault_strikes_the_chosen_request_and_is_gone(whole: Whole, fault: dict[str, Any], became: str):
    whole.arm("hubspot", "GET .*/contacts", after=2, **fault)
    assert [outcome(whole, LIST) for _ in range(5)] == ["well", "well", became, "well", "well"]


def test_a_fault_strikes_as_often_as_it_is_told(whole: Whole):
    whole.arm("hubspot", "GET .*/contacts", "502", after=1, times=2)
    assert [outcome(whole, LIST) for _ in range(4)] == ["well", "502", "502", "well"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_fault_leaves_other_platforms_and_other_requests_alone(whole: Whole, platform: str):
    other = next(name for name in PLATFORMS if name != platform)
    whole.arm(other, ".*", "500")
    assert whole.send(whole.read(platform)).status_code == 200
    whole.arm(platform, "DELETE ", "500")
    assert whole.send(whole.read(platform)).status_code == 200
    assert whole.own("writes") == {"writes": []}
    assert [fault.times for fault in whole.sandbox.faults.armed] == [1]


@pytest.mark.parametrize(
    ("platform", "match"),
    [
        pytest.param("shopify", r"POST /admin/api/2026-10/graphql.json customerUpdate", id="a-mutation-of-shopify"),
        pytest.param("whmcs", r"POST /includes/api.php UpdateClient", id="an-action-of-whmcs"),
    ],
)
def test_where_all_requests_have_one_path_a_fault_is_chosen_by_the_operation(whole: Whole, platform: str, match: str):
    whole.arm(platform, match, "500")
    assert whole.send(whole.read(platform)).status_code == 200
    assert whole.send(whole.write(platform)).status_code == 500
    assert whole.send(whole.write(platform)).status_code == 200


@pytest.mark.parametrize(
    ("platform", "status", "said"),
    [
        pytest.param("hubspot", 429, {"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}, id="hubspot"),
        pytest.param("bigcommerce", 429, {"status": 429, "title": "Too Many Requests"}, id="bigcommerce"),
        pytest.param("whm", 429, {}, id="whm"),
        pytest.param("whmcs", 429, {}, id="whmcs"),
    ],
)
def test_too_many_requests_are_refused_in_each_vendors_form(whole: Whole, platform: str, status: int, said: Any):
    whole.arm(platform, ".*", "429")
    answer = whole.send(whole.write(platform))
    assert answer.status_code == status
    assert said.items() <= answer.json().items()
    assert whole.own("writes") == {"writes": []}


def test_shopify_says_throttled_with_status_200(whole: Whole):
    whole.arm("shopify", ".*", "429")
    answer = whole.send(whole.write("shopify"))
    assert answer.status_code == 200
    (error,) = answer.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("Throttled", "THROTTLED")
    assert whole.own("writes") == {"writes": []}


def test_bigcommerce_says_when_there_is_room_again_and_hubspot_does_not(whole: Whole):
    whole.arm("bigcommerce", ".*", "429")
    assert int(whole.send(whole.read("bigcommerce")).headers["X-Rate-Limit-Time-Reset-Ms"]) > 0
    whole.arm("hubspot", ".*", "429")
    assert "Retry-After" not in whole.send(whole.read("hubspot")).headers


@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        pytest.param("reset_before", [], id="reset-before-the-effect"),
        pytest.param("reset_after", ["applied"], id="reset-after-the-effect"),
        pytest.param("truncate", ["applied"], id="the-answer-is-cut"),
    ],
)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_broken_connection_hides_whether_a_write_happened(whole: Whole, platform: str, fault: str, effect: list[str]):
    whole.arm(platform, ".*", fault)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        whole.send(whole.write(platform))
    assert [each for _, each in whole.happened()] == effect
    assert (whole.email(platform) == NEW) == bool(effect)


@pytest.mark.parametrize("fault", ["500", "html", "expired_cursor"])
def test_what_is_answered_in_a_twins_place_writes_nothing(whole: Whole, fault: str):
    whole.arm("hubspot", "PATCH", fault)
    whole.send(whole.write("hubspot"))
    assert whole.happened() == []


def test_a_truncated_body_ends_in_its_middle(whole: Whole):
    whole_body = whole.send(LIST).content
    whole.arm("hubspot", ".*", "truncate")
    answer = whole.send(LIST, stream=True)
    read: list[bytes] = []
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        read.extend(answer.iter_content(1))
    got = b"".join(read)
    assert got == whole_body[: len(got)]
    assert 0 < len(got) <= len(whole_body) // 2


def test_a_duplicate_page_is_the_one_that_was_answered_last(whole: Whole):
    first = whole.send(LIST).json()
    following = Asked("GET", f"{LIST.path}&after={first['paging']['next']['after']}")
    whole.arm("hubspot", ".*", "duplicate_page")
    assert whole.send(following).json() == first
    assert whole.send(following).json()["results"][0]["id"] != first["results"][0]["id"]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_an_expired_cursor_is_refused_as_hubspot_does(whole: Whole, status: int):
    whole.arm("hubspot", "GET .*", "expired_cursor", status=status)
    answer = whole.send(LIST)
    assert answer.status_code == status
    assert answer.json()["message"] == "The cursor is invalid or has expired."


@pytest.mark.parametrize("platform", PLATFORMS)
def test_somebody_elses_edit_comes_just_before_the_chosen_request(whole: Whole, platform: str):
    whole.arm(platform, ".*", "edit", after=1, request=whole.write(platform, OTHER).as_edit())
    before = whole.email(platform)
    assert before != OTHER
    assert whole.happened() == []
    assert whole.email(platform) == OTHER
    whole.send(whole.write(platform))
    assert whole.email(platform) == NEW
    assert [write["changed"]["email"] for write in whole.own("writes")["writes"]] == [[before, OTHER], [OTHER, NEW]]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_search_lags_behind_a_write_once(whole: Whole, platform: str):
    before = whole.email(platform)
    whole.send(whole.write(platform))
    whole.arm(platform, ".*", "search_lag")
    assert [whole.email(platform) for _ in range(3)] == [before, NEW, NEW]


def test_a_search_that_was_never_asked_before_has_nothing_to_lag_behind(whole: Whole):
    whole.send(whole.write("hubspot"))
    whole.arm("hubspot", ".*", "search_lag")
    assert whole.email("hubspot") == NEW


def test_a_page_of_another_query_is_no_answer_of_a_lagging_search(whole: Whole):
    first = whole.send(LIST).json()
    following = Asked("GET", f"{LIST.path}&after={first['paging']['next']['after']}")
    whole.arm("hubspot", ".*", "search_lag")
    assert whole.send(following).json()["results"] != first["results"]


def test_an_emptied_answer_keeps_its_form_and_counts_nothing(whole: Whole):
    whole.arm("whmcs", "GetClients", "empty")
    told = whole.send(Asked("POST", WHMCS, form={"action": "GetClients"})).json()
    assert (told["result"], int(told["totalresults"]), int(told["numreturned"])) == ("success", 0, 0)
    whole.arm("shopify", ".*", "empty")
    query = "{ customers(first: 3) { nodes { id } pageInfo { hasNextPage } } }"
    told = whole.send(Asked("POST", GRAPHQL, json={"query": query})).json()["data"]["customers"]
    assert told == {"nodes": [], "pageInfo": {"hasNextPage": False}}
    whole.arm("bigcommerce", ".*", "empty")
    answer = whole.send(Asked("GET", "/bigcommerce/stores/sandbox/v2/orders"))
    assert (answer.status_code, answer.content) == (204, b"")


def test_no_fault_strikes_the_sandboxs_own_endpoints(whole: Whole):
    everywhere = [{"platform": platform, "match": ".*", "fault": "500", "times": 9} for platform in PLATFORMS]
    whole.tell("faults", everywhere)
    assert whole.own("writes") == {"writes": []}
    assert {whole.send(whole.read(platform)).status_code for platform in PLATFORMS} == {500}


def test_latency_makes_every_answer_late():
    served = serve_in_thread(build(1, 7, latency=LATE))
    late = outcome(Whole(served), LIST)
    served.stop()
    assert late == "late"
