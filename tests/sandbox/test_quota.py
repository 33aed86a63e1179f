"""Every request is counted by platform, and refused in its vendor's form when the plan is used up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from include.sandbox.desk import Desk
from include.sandbox.quota import Quota
from include.sandbox.server import serve_in_thread
from include.sandbox.world import World
from tests.sandbox.whole import PLATFORMS, Whole


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Metered:
    """A server that answers everything, behind a quota whose clock is ours."""

    def __init__(self, app: Starlette, url: str, plan: str) -> None:
        self.clock, self.url = Clock(), url
        self.desk = Desk(World(seed=1, humans=[], accounts=[], purchases=[], planted=[]))
        self._session = requests.Session()
        quota = Quota(Starlette(routes=[Route("/{rest:path}", well)]), self.desk, plan, self.clock)
        app.router.routes[:] = []
        app.router.default = quota

    def ask(self, platform: str, times: int = 1, path: str = "something") -> requests.Response:
        """The last answer of several."""
        for _ in range(times):
            answer = self._session.get(f"{self.url}/{platform}/{path}", timeout=5)
        return answer

    def close(self) -> None:
        self._session.close()


async def well(_: Any) -> PlainTextResponse:
    return PlainTextResponse("well")


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Starlette, str]]:
    app = Starlette()
    served = serve_in_thread(app)
    yield app, served.url
    served.stop()


@pytest.fixture
def metered(server: tuple[Starlette, str], request: pytest.FixtureRequest) -> Iterator[Metered]:
    quota = Metered(*server, getattr(request, "param", "standard"))
    yield quota
    quota.close()


def test_requests_are_counted_by_platform(whole: Whole):
    for times, platform in enumerate(PLATFORMS, start=1):
        for _ in range(times):
            whole.send(whole.read(platform))
    told = whole.own("quota")["platforms"]
    counted = {platform: (told[platform]["requests"], told[platform]["throttled"]) for platform in PLATFORMS}
    assert counted == {platform: (times, 0) for times, platform in enumerate(PLATFORMS, start=1)}


def test_the_sandboxs_own_endpoints_count_nowhere(whole: Whole):
    whole.own("truth")
    whole.own("writes")
    assert whole.own("quota") == {"platforms": {}}


def test_shopifys_points_are_counted_too(whole: Whole):
    whole.send(whole.read("shopify"))
    once = whole.own("quota")["platforms"]["shopify"]["points"]
    whole.send(whole.read("shopify"))
    assert whole.own("quota")["platforms"]["shopify"]["points"] == 2 * once > 0


@pytest.mark.parametrize(
    ("metered", "platform", "most"),
    [
        pytest.param("standard", "hubspot", 100, id="hubspot-standard"),
        pytest.param("usual", "hubspot", 190, id="hubspot-usual"),
        pytest.param("usual", "bigcommerce", 150, id="bigcommerce-usual"),
        pytest.param("professional", "hubspot", 190, id="hubspot-professional"),
        pytest.param("standard", "bigcommerce", 150, id="bigcommerce-standard"),
        pytest.param("professional", "bigcommerce", 450, id="bigcommerce-professional"),
    ],
    indirect=["metered"],
)
def test_a_plan_lets_through_what_it_grants_and_no_more(metered: Metered, platform: str, most: int):
    assert metered.ask(platform, most).status_code == 200
    assert metered.ask(platform, 3).status_code == 429
    assert metered.desk.quota[platform] == {"requests": most + 3, "throttled": 3}


@pytest.mark.parametrize(("platform", "window"), [("hubspot", 10.0), ("bigcommerce", 30.0)])
def test_there_is_room_again_when_the_window_has_passed_and_not_before(metered: Metered, platform: str, window: float):
    metered.ask(platform, 200)
    metered.clock.now += window - 0.001
    assert metered.ask(platform).status_code == 429
    metered.clock.now += 0.001
    assert metered.ask(platform).status_code == 200


def test_the_window_rolls_so_only_the_oldest_requests_make_room(metered: Metered):
    metered.ask("hubspot", 60)
    metered.clock.now += 6
    metered.ask("hubspot", 40)
    metered.clock.now += 4
    assert metered.ask("hubspot", 60).status_code == 200
    assert metered.ask("hubspot").status_code == 429


def test_a_refused_request_takes_no_room(metered: Metered):
    metered.ask("hubspot", 100)
    metered.clock.now += 9
    metered.ask("hubspot", 50)
    metered.clock.now += 1
    assert metered.ask("hubspot", 100).status_code == 200


def test_hubspot_says_what_is_left_and_refuses_without_saying_when(metered: Metered):
    first = metered.ask("hubspot").headers
    assert (first["X-HubSpot-RateLimit-Max"], first["X-HubSpot-RateLimit-Remaining"]) == ("100", "99")
    refused = metered.ask("hubspot", 100)
    assert refused.headers["X-HubSpot-RateLimit-Remaining"] == "0"
    assert "Retry-After" not in refused.headers
    assert refused.json()["policyName"] == "TEN_SECONDLY_ROLLING"


@pytest.mark.parametrize("path", ["crm/v3/objects/contacts/search", "crm/objects/2026-03/contacts/search"])
def test_hubspots_search_has_a_quota_of_its_own_and_says_nothing_of_it(metered: Metered, path: str):
    metered.ask("hubspot", 100)
    found = metered.ask("hubspot", 5, path)
    refused = metered.ask("hubspot", 1, path)
    assert (found.status_code, refused.status_code, refused.json()["policyName"]) == (200, 429, "SECONDLY")
    assert not [name for answer in (found, refused) for name in answer.headers if "ratelimit" in name.lower()]
    assert metered.desk.quota["hubspot"] == {"requests": 106, "throttled": 1}
    metered.clock.now += 1
    assert metered.ask("hubspot", 5, path).status_code == 200
    assert metered.ask("hubspot").status_code == 429


def test_bigcommerce_says_what_is_left_and_when_there_is_room(metered: Metered):
    first = metered.ask("bigcommerce").headers
    assert (first["X-Rate-Limit-Requests-Quota"], first["X-Rate-Limit-Requests-Left"]) == ("150", "149")
    metered.clock.now += 12
    refused = metered.ask("bigcommerce", 150)
    assert (refused.status_code, refused.headers["X-Rate-Limit-Time-Reset-Ms"]) == (429, "18000")
    assert refused.json()["title"] == "Too Many Requests"


@pytest.mark.parametrize("platform", ["shopify", "whmcs", "whm"])
def test_platforms_without_a_published_quota_are_counted_and_never_refused(metered: Metered, platform: str):
    assert metered.ask(platform, 500).status_code == 200
    assert metered.desk.quota[platform] == {"requests": 500, "throttled": 0}


@pytest.mark.parametrize("metered", ["unlimited"], indirect=True)
def test_without_a_plan_nothing_is_refused(metered: Metered):
    assert {metered.ask(platform, 500).status_code for platform in ("hubspot", "bigcommerce")} == {200}
    assert {count["throttled"] for count in metered.desk.quota.values()} == {0}
