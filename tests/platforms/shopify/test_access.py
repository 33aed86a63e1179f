"""An app of the Dev Dashboard signs in by its client id and secret; the token it is given is renewed, never shown."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from include.errors import NotPermitted, Refusal, RollcallError, Unauthorized, UnexpectedAnswer
from include.key import Key
from include.platforms import Platform, open_platform
from include.platforms.shopify.api import Api
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO
from tests.scripted import Scripted, says, serve

Ours = Callable[..., Platform]

SECRET = "shpss_client-secret"
NOBODY = {"data": {"customerByIdentifier": None}}
DONE = {"data": {"customerUpdate": {"customer": {"id": "x"}, "userErrors": []}}}
WRONG = says(401, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})


def token(name: str, **more: Any) -> bytes:
    return says(200, {"access_token": name, "scope": "write_customers"} | more)


@contextmanager
def shop(*answers: Any, clock: Callable[[], float] = lambda: 0.0) -> Iterator[tuple[Api, Scripted]]:
    """Our side, with a client id and secret, of a Shopify that gives these answers."""
    with serve(*answers) as script, requests.Session() as session:
        key = Key("client-id", SECRET)
        opened = open_platform("shopify", session, script.url, key, sleep=lambda _: None, clock=clock)
        yield opened.api, script


def signed(script: Scripted) -> list[str | None]:
    """What each request was signed with, or None where it asked for a token."""
    return [headers.get("X-Shopify-Access-Token") for headers in script.headers]


def test_a_client_id_and_secret_are_enough_for_a_pull_and_a_change(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, login="sandbox").api
    assert [page.stream for page in api.pages()] == ["customers", "orders"]
    api.update_customer(BO, firstName="Bob")
    assert api.customer(BO)["firstName"] == "Bob"


def test_which_shop_it_is_and_what_the_app_lacks_is_told_with_a_token_of_a_day(
    shopify_with: OpenShop, ours: Ours
) -> None:
    there = shopify_with(shopify_scopes=["write_orders", "read_all_orders"])
    api = ours(there, login="sandbox").api
    assert api.about().missing == ("write_customers",)
    assert api.account() == ours(there).api.account()


def test_a_lasting_token_is_one_whatever_somebody_put_into_the_login() -> None:
    with serve(says(200, NOBODY)) as script, requests.Session() as session:
        key = Key("the shop's owner", "shpat_lasting")
        open_platform("shopify", session, script.url, key).api.holder("a@example.com")
    assert signed(script) == ["shpat_lasting"]


def test_the_token_is_asked_for_once_by_a_form_and_signs_what_follows() -> None:
    with shop(token("shpat_1", expires_in=86399), says(200, NOBODY)) as (api, script):
        api.holder("a@example.com")
        api.holder("b@example.com")
    assert script.asked[0] == "POST /admin/oauth/access_token"
    assert script.bodies[0] == f"grant_type=client_credentials&client_id=client-id&client_secret={SECRET}".encode()
    assert signed(script) == [None, "shpat_1", "shpat_1"]


@pytest.mark.parametrize(("later", "by"), [(86338.0, "shpat_1"), (86340.0, "shpat_2")])
def test_a_minute_before_its_end_another_token_is_asked_for(later: float, by: str) -> None:
    now = [1000.0]
    answers = [token("shpat_1", expires_in=86399), says(200, NOBODY)]
    answers += [token("shpat_2", expires_in=86399)] if by == "shpat_2" else []
    with shop(*answers, says(200, NOBODY), clock=lambda: now[0]) as (api, script):
        api.holder("a@example.com")
        now[0] += later
        api.holder("a@example.com")
    assert signed(script)[-1] == by


def test_many_threads_ask_for_one_token() -> None:
    begin = threading.Barrier(6)

    def one(api: Api) -> None:
        begin.wait()
        api.holder("a@example.com")

    answers = token("shpat_1", expires_in=86399), says(200, NOBODY)
    with shop(*answers) as (api, script), ThreadPoolExecutor(6) as pool:
        list(pool.map(one, [api] * 6))
    assert signed(script).count(None) == 1
    assert signed(script).count("shpat_1") == 6


def test_a_pull_goes_on_when_its_token_ends_before_it_should(shopify_with: OpenShop, ours: Ours) -> None:
    there = shopify_with(shopify_token_requests=1)
    with_one, lasting = (ours(there, login=login).api for login in ("sandbox", ""))
    assert [page.body["data"] for page in with_one.pages()] == [page.body["data"] for page in lasting.pages()]


def test_a_read_that_is_refused_with_a_new_token_too_is_not_asked_a_third_time() -> None:
    with shop(token("shpat_1"), WRONG, token("shpat_2"), WRONG) as (api, script):
        says_so = pytest.raises(Unauthorized, match="just given out; is the app still installed")
        with says_so:
            api.customer("7")
        assert signed(script) == [None, "shpat_1", None, "shpat_2"]


def test_a_change_that_is_not_signed_well_is_sent_once_and_the_next_has_a_new_token() -> None:
    with shop(token("shpat_1"), WRONG, token("shpat_2"), says(200, DONE)) as (api, script):
        with pytest.raises(Unauthorized, match="nothing was changed; try again"):
            api.update_customer("7", firstName="Bo")
        assert signed(script) == [None, "shpat_1"]
        api.update_customer("7", firstName="Bo")
    assert signed(script)[2:] == [None, "shpat_2"]


def test_a_token_that_lasts_is_neither_asked_for_nor_tried_twice() -> None:
    with serve(WRONG) as script, requests.Session() as session:
        api = open_platform("shopify", session, script.url, Key(" ", "shpat_lasting"), sleep=lambda _: None).api
        with pytest.raises(Unauthorized, match="client id"):
            api.customer("7")
    assert signed(script) == ["shpat_lasting"]


@pytest.mark.parametrize("form", ["json", "html"])
@pytest.mark.parametrize(
    ("why", "kind", "says"),
    [
        ("invalid_client", Unauthorized, "client id and secret; check the connection's login and password"),
        ("app_not_installed", NotPermitted, "install it in this shop first"),
        ("shop_not_permitted", NotPermitted, "one organisation"),
        ("invalid_request", Refusal, r"gives the app no access token \(invalid_request"),
    ],
)
def test_why_there_is_no_token_is_told(
    form: str, why: str, kind: type[RollcallError], says: str, shopify_with: OpenShop, ours: Ours
) -> None:
    there = shopify_with(shopify_token_refused=why, shopify_token_refused_as=form)
    with pytest.raises(kind, match=f"^shopify .*{says}") as refused:
        ours(there, login="sandbox").api.about()
    assert type(refused.value) is kind


@pytest.mark.parametrize(
    "answer",
    [
        says(200, {}),
        says(200, []),
        says(200, {"access_token": ""}),
        says(200, {"access_token": 7}),
        says(200, {"access_token": "shpat_1\r\nHost: elsewhere"}),
        says(400, {"error": f"{SECRET}"}),
        says(401, b"<html>no</html>", Content_Type="text/html"),
        WRONG,
    ],
)
def test_neither_secret_nor_token_is_in_an_error_or_a_log(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for answers in ([answer], [token("shpat_token-of-a-day"), answer]):
        with shop(*answers) as (api, _), pytest.raises((Refusal, UnexpectedAnswer)) as failed:
            api.customer("7")
        for told in (repr(failed.value), caplog.text, repr(vars(api))):
            assert not [value for value in (SECRET, "shpat_", "client-id") if value in told]
