"""Notes and tags are added below and beside what is there, both or none, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from include.errors import NotFound, Refusal, SettingsWrong, UnclearOutcome
from include.model import Action, Fix, Ref
from include.platforms import Platform
from include.platforms.shopify import fixes
from include.platforms.shopify.api import Api
from tests.sandbox.shopify.serving import Shopify
from tests.sandbox.shopify.worlds import BO, NOBODYS_ORDER

Ours = Callable[..., Platform]

MARKER = "Rollcall 0123456789ab"
LINE = f"Address changed on request. [{MARKER}]"
PLACES = [pytest.param("customer", BO, id="a-customer"), pytest.param("order", NOBODYS_ORDER, id="an-order")]


def note(kind: str, id: str) -> Fix:
    after = {"note": MARKER, "text": "Address changed on request."}
    return Fix(Ref("shopify", kind, id), Action.ADD_NOTE, {"note": None}, after)


def put(api: Api, kind: str, id: str, **fields: Any) -> None:
    (api.update_order if kind == "order" else api.update_customer)(id, **fields)


def test_a_note_is_added_below_what_is_there_and_found_again(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify).api
    api.update_customer(BO, note="Prefers mornings.")
    fixes.write(api, note("customer", BO))
    assert api.customer(BO)["note"] == f"Prefers mornings.\n\n{LINE}"
    assert fixes.read(api, note("customer", BO)) == {"note": MARKER}


def test_a_full_note_is_not_cut(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, tag="rollcall").api
    api.update_customer(BO, note="x" * 4990, tags=["vip"])
    with pytest.raises(Refusal, match="5000"):
        fixes.write(api, note("customer", BO))
    assert api.customer(BO)["note"] == "x" * 4990
    assert api.customer(BO)["tags"] == ["vip"]


@pytest.mark.parametrize(("kind", "id"), PLACES)
def test_the_connections_tag_comes_beside_those_there(kind: str, id: str, shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, tag=" Rollcall ").api
    put(api, kind, id, note="Prefers mornings.", tags=["vip", "winter"])
    assert fixes.read(api, note(kind, id)) == {"note": None}
    fixes.write(api, note(kind, id))
    assert fixes.read(api, note(kind, id)) == {"note": MARKER}
    record = fixes.image(api, note(kind, id))
    assert record["tags"] == ["Rollcall", "vip", "winter"]
    assert record["note"] == f"Prefers mornings.\n\n{LINE}"


@pytest.mark.parametrize(("kind", "id"), PLACES)
def test_the_longest_tag_is_one_that_every_record_takes(kind: str, id: str, shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, tag="x" * 40).api
    fixes.write(api, note(kind, id))
    assert fixes.read(api, note(kind, id)) == {"note": MARKER}


@pytest.mark.parametrize(("kind", "id"), PLACES)
def test_a_note_without_its_tag_is_not_written_twice(kind: str, id: str, shopify: Shopify, ours: Ours) -> None:
    fixes.write(ours(shopify).api, note(kind, id))
    tagging = ours(shopify, tag="rollcall").api
    assert fixes.read(tagging, note(kind, id)) == {"note": None}
    fixes.write(tagging, note(kind, id))
    record = fixes.image(tagging, note(kind, id))
    assert record["note"].count(MARKER) == 1
    assert record["tags"] == ["rollcall"]


def test_a_tag_that_is_there_in_another_case_is_the_same(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, tag="rollcall").api
    api.update_customer(BO, tags=["ROLLCALL"])
    fixes.write(api, note("customer", BO))
    assert fixes.read(api, note("customer", BO)) == {"note": MARKER}
    assert api.customer(BO)["tags"] == ["ROLLCALL"]


def test_a_record_that_takes_no_more_tags_gets_no_note_either(shopify: Shopify, ours: Ours) -> None:
    api = ours(shopify, tag="rollcall").api
    api.update_customer(BO, note="Prefers mornings.", tags=[f"tag {number}" for number in range(250)])
    with pytest.raises(Refusal, match="250 tags"):
        fixes.write(api, note("customer", BO))
    assert api.customer(BO)["note"] == "Prefers mornings."


def test_a_record_that_is_gone_is_not_found(shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(NotFound):
        ours(shopify, tag="rollcall").api.add_note("customer", "7", "A note.")


@pytest.mark.parametrize(
    ("note_problems", "tag_problems"),
    [
        pytest.param([], [{"field": ["tags"], "message": "Tags cannot be more than 250"}], id="the-tag"),
        pytest.param([{"field": ["note"], "message": "Note is too long"}], [], id="the-note"),
    ],
)
def test_when_only_one_of_both_is_refused_it_is_unclear_until_it_is_read(
    note_problems: list[Any], tag_problems: list[Any], ours: Ours, saying: Callable[..., Api]
) -> None:
    made = {"customer": {"id": "gid://shopify/Customer/1"}, "userErrors": note_problems}
    tagged = {"node": {"id": "gid://shopify/Customer/1"}, "userErrors": tag_problems}
    api = saying({"data": {"customerUpdate": made, "tagsAdd": tagged}})
    api.tag = "rollcall"
    with pytest.raises(UnclearOutcome, match="only one of note and tag"):
        api.add_note("customer", "1", "A note.")


@pytest.mark.parametrize(
    "tag", ["vip,winter", "x" * 41, 7, ["vip"]], ids=["two-tags", "too-long", "a-number", "a-list"]
)
def test_what_is_not_one_tag_is_an_error_that_says_so(tag: object, shopify: Shopify, ours: Ours) -> None:
    with pytest.raises(SettingsWrong, match="must be one tag"):
        ours(shopify, tag=tag)
