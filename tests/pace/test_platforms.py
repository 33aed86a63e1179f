"""What each platform's answers say of its quotas, and what a refusal of each means for the next request."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import requests

from include.errors import RateLimited
from include.pace import MAIN, Left, Pace, Points, Window
from include.platforms.hubspot.quotas import SEARCH
from include.platforms.shopify.quotas import STOREFRONT, asks, points
from include.registry import load, names
from include.transport import Answer, Http, pooled
from tests.scripted import says, serve

FINE = {"result": "success", "metadata": {"result": 1}, "data": {"shop": {}}}
COST = {"requestedQueryCost": 752, "actualQueryCost": None}
BUCKET = {"maximumAvailable": 1000.0, "currentlyAvailable": 702, "restoreRate": 50.0}
THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {"cost": COST | {"throttleStatus": BUCKET}},
}


@pytest.mark.parametrize("name", names("platforms"))
def test_every_platform_names_the_quota_of_all_its_requests(name: str):
    assert MAIN in load("platforms", name, "quotas").quotas()


@pytest.mark.parametrize("name", ["cpanel", "whmcs", "whois"])
def test_platforms_that_publish_no_quota_are_asked_two_at_a_time(name: str):
    quota = load("platforms", name, "quotas").quotas()[MAIN]
    assert isinstance(quota, Window)
    assert (quota.limit, quota.seconds) == (2, 0)


HUBSPOT = {
    "X-HubSpot-RateLimit-Max": "190",
    "X-HubSpot-RateLimit-Remaining": "7",
    "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
}
BIGCOMMERCE = {
    "X-Rate-Limit-Requests-Quota": "450",
    "X-Rate-Limit-Requests-Left": "35",
    "X-Rate-Limit-Time-Window-Ms": "30000",
    "X-Rate-Limit-Time-Reset-Ms": "15000",
}


@pytest.mark.parametrize(
    ("name", "headers", "left"),
    [
        pytest.param("hubspot", HUBSPOT, Left(190, 10, 7), id="hubspot"),
        pytest.param("hubspot", {"X-HubSpot-RateLimit-Daily-Remaining": "3"}, Left(), id="hubspot-the-day-only"),
        pytest.param("hubspot", HUBSPOT | {"X-HubSpot-RateLimit-Max": "-1"}, Left(None, 10, 7), id="no-limit"),
        pytest.param("bigcommerce", BIGCOMMERCE, Left(450, 30, 35), id="bigcommerce"),
        pytest.param("bigcommerce", {"X-Rate-Limit-Requests-Left": "many"}, Left(), id="no-number"),
        pytest.param("bigcommerce", {}, Left(), id="nothing"),
    ],
)
def test_what_headers_say_of_a_window(name: str, headers: dict[str, str], left: Left):
    assert load("platforms", name, "quotas").left(Answer(200, headers, None)) == left


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(THROTTLED, Points(752, None, 702, 1000, 50), id="throttled"),
        pytest.param(
            {"extensions": {"cost": COST | {"actualQueryCost": 8, "throttleStatus": BUCKET}}},
            Points(752, 8, 702, 1000, 50),
            id="answered",
        ),
        pytest.param({"extensions": {"cost": COST}}, Points(752), id="without-the-bucket"),
        pytest.param({"extensions": {"cost": "much"}}, Points(), id="no-cost"),
        pytest.param({"extensions": []}, Points(), id="no-extensions"),
        pytest.param(None, Points(), id="no-body"),
    ],
)
def test_what_an_answer_of_shopify_says_of_its_bucket(body: Any, told: Points):
    assert points(Answer(200, {}, body)) == told


def test_a_document_of_shopify_is_known_by_itself_and_by_how_much_it_asks_for():
    def named(query: str, **variables: Any) -> str:
        return asks({"json": {"query": query, "variables": variables}})

    assert named("{a}", first=250, after="x") == named("{a}", first=250, after="y")
    others = [("{b}", {"first": 250}), ("{a}", {"first": 50}), ("{a}", {"ids": [1, 2]}), ("{a}", {"ids": [1]})]
    assert len({named("{a}", first=250), *(named(query, **asked) for query, asked in others)}) == 5
    assert named("{c}", email="ann@example.com") == named("{c}", email="bob@example.com")


REFUSALS: list[Any] = [
    pytest.param("hubspot", 429, {"policyName": "TEN_SECONDLY_ROLLING"}, {}, 10, id="hubspot"),
    pytest.param("hubspot", 429, {"policyName": "SECONDLY"}, {}, 1, id="hubspot-search"),
    pytest.param("bigcommerce", 429, {}, {"X_Rate_Limit_Time_Reset_Ms": "12000"}, 12, id="bigcommerce"),
    pytest.param("bigcommerce", 429, {}, {"X_Retry_After": "4"}, 4, id="bigcommerce-in-seconds"),
    pytest.param("shopify", 200, THROTTLED, {}, 1, id="shopify"),
    pytest.param("shopify", 429, None, {"Retry_After": "2.0"}, 2, id="shopify-at-the-edge"),
    pytest.param("whmcs", 429, None, {"Retry_After": "3"}, 3, id="a-proxy-before-whmcs"),
]


def opened(name: str, url: str, slept: list[float], **more: Any) -> Http:
    judge = load("platforms", name, "api").judge
    pace = Pace(name, load("platforms", name, "quotas").quotas())
    return Http(name, pooled(requests.Session(), url), url, judge, sleep=slept.append, pace=pace, **more)


@pytest.mark.parametrize(("name", "status", "body", "headers", "seconds"), REFUSALS)
def test_one_refusal_stops_the_next_request_too_for_as_long_as_the_platform_asks(
    name: str, status: int, body: Any, headers: dict[str, str], seconds: float
):
    slept: list[float] = []
    with serve(says(status, body, **headers), says(200, FINE)) as script:
        http = opened(name, script.url, slept)
        with pytest.raises(RateLimited):
            http.write("POST", "/first")
        http.write("POST", "/second")
    assert (len(script.asked), sum(slept)) == (2, pytest.approx(seconds, abs=0.2))


def test_when_hubspots_day_is_used_up_nothing_more_is_sent():
    slept: list[float] = []
    with serve(says(429, {"policyName": "DAILY"})) as script:
        http = opened("hubspot", script.url, slept)
        for _ in range(3):
            with pytest.raises(RateLimited):
                http.read("GET", "/contacts")
        with pytest.raises(RateLimited, match="nothing was sent"):
            http.write("PATCH", "/contacts/7")
    assert (len(script.asked), slept) == (1, [])


def test_a_write_waits_for_its_turn_no_longer_than_a_request_may_take():
    slept: list[float] = []
    with serve(says(429, {"policyName": "TEN_SECONDLY_ROLLING"})) as script:
        http = opened("hubspot", script.url, slept, request_seconds=9.0)
        for sent in ("it asks us to wait", "nothing was sent"):
            with pytest.raises(RateLimited, match=sent):
                http.write("PATCH", "/contacts/7")
    assert (len(script.asked), slept) == (1, [])


def test_waiting_for_a_turn_takes_nothing_from_the_time_of_the_request():
    now = itertools.count(step=0.01)
    offset = [0.0]

    def sleep(seconds: float) -> None:
        offset[0] += seconds

    with serve(says(429, {"policyName": "TEN_SECONDLY_ROLLING"}), says(200, FINE)) as script:
        http = opened("hubspot", script.url, [], request_seconds=5.0, clock=lambda: next(now) + offset[0])
        slow = Http("hubspot", http.session, script.url, http.judge, 5.0, sleep, http.clock, pace=http.pace)
        assert slow.read("GET", "/contacts").body == FINE
    assert offset[0] > 9


def test_hubspots_search_waits_by_itself():
    slept: list[float] = []
    with serve(says(200, FINE)) as script:
        http = opened("hubspot", script.url, slept)
        for _ in range(6):
            http.read("POST", "/search", SEARCH)
        searched = sum(slept)
        for _ in range(6):
            http.read("GET", "/contacts")
    assert 0.5 < searched == sum(slept) <= 1.1


def test_the_storefront_spends_no_points_of_the_admin():
    slept: list[float] = []
    poor = BUCKET | {"currentlyAvailable": 0, "maximumAvailable": 100.0}
    body = FINE | {"extensions": {"cost": COST | {"actualQueryCost": 90, "throttleStatus": poor}}}
    with serve(says(200, body), says(200, FINE)) as script:
        http = opened("shopify", script.url, slept)
        http.read("POST", "/admin", json={"query": "{a}"})
        http.write("POST", "/storefront", STOREFRONT, json={"query": "{b}"})
        assert slept == []
        http.read("POST", "/admin", json={"query": "{a}"})
    assert slept == [pytest.approx(2, abs=0.1)]
