"""A large shop is pulled from files that Shopify writes: whole, or by pages instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, OperationDefinitionNode, parse

from include.errors import NotPermitted, Refusal, UnexpectedAnswer
from include.platforms import Lane
from include.platforms.shopify import documents
from include.platforms.shopify.bulk import RECORDS, SHORTEST_WAIT
from tests.platforms.shopify.nights import Killed, Nights, busy_shop, edit, held
from tests.sandbox.shopify.serving import OpenShop, Shopify

CUSTOMERS, ORDERS = 30, 20

Record = dict[str, Any]


InBulk = Callable[..., Nights]
Of = Callable[..., Nights]


@pytest.fixture
def in_bulk(nights: Of, shopify_with: OpenShop) -> InBulk:
    """Nights of a shop that is pulled in bulk, with these switches."""

    def of(customers: int = CUSTOMERS, orders: int = ORDERS, **switches: Any) -> Nights:
        return nights(shopify_with(world=busy_shop(customers, orders), **switches), bulk_from=1)

    return of


def operations(there: Shopify) -> list[Record]:
    return list(there.shop.operations.values())


def test_what_comes_in_bulk_is_what_comes_by_pages(in_bulk: InBulk, nights: Of) -> None:
    night = in_bulk()
    told = held(night.pull())
    assert told == held(nights(night.there).pull())
    assert (len(told["contacts"]), len(told["orders"])) == (CUSTOMERS, ORDERS)
    assert [one["status"] for one in operations(night.there)] == ["COMPLETED", "COMPLETED"]
    assert night.asked.count("Customers") == 1  # only to see that no field is kept back
    assert night.asked.count("SomeCustomers") == 1  # only what changed meanwhile


def test_a_small_shop_is_pulled_by_pages(nights: Of, shopify: Shopify) -> None:
    nights(shopify).pull()
    assert operations(shopify) == []


def test_an_empty_shop_has_no_file(in_bulk: InBulk) -> None:
    night = in_bulk(1, 1)
    night.there.shop.orders.clear()
    told = held(night.pull())
    assert (len(told["contacts"]), told["orders"]) == (1, [])
    assert [one["url"] is None for one in operations(night.there)].count(True) == 1


@pytest.mark.parametrize(
    ("switches", "status"),
    [
        pytest.param({"denied": True}, None, id="the-app-may-not"),
        pytest.param({"limited": True}, None, id="no-more-are-taken"),
        pytest.param({"others": 5}, None, id="others-keep-their-places"),
        pytest.param({"status": "FAILED"}, "FAILED", id="it-failed-and-offers-partial-data"),
        pytest.param({"status": "FAILED", "error": "TIMEOUT"}, "FAILED", id="it-took-too-long-for-shopify"),
        pytest.param({"status": "CANCELED"}, "CANCELED", id="somebody-canceled-it"),
        pytest.param({"status": "EXPIRED"}, "EXPIRED", id="it-expired"),
        pytest.param({"lost_lines": 1}, "COMPLETED", id="its-file-lacks-a-line"),
        pytest.param({"looks": 10**6}, "CANCELING", id="it-takes-too-long-for-us"),
    ],
)
def test_what_bulk_does_not_bring_whole_is_asked_for_by_pages(
    switches: dict[str, Any], status: str | None, in_bulk: InBulk, nights: Of
) -> None:
    night = in_bulk(**{f"shopify_bulk_{name}": value for name, value in switches.items()})
    snapshot = night.pull()
    assert held(snapshot) == held(nights(night.there).pull())
    told = snapshot.raw("shopify").manifest()
    assert told.rows == told.distinct == {"customers": CUSTOMERS, "orders": ORDERS}
    assert {one["status"] for one in operations(night.there)} == ({status} if status else set())


def test_the_places_of_others_are_waited_for(in_bulk: InBulk) -> None:
    night = in_bulk(shopify_bulk_others=6, shopify_bulk_others_end=True)
    night.pull()
    assert [one["status"] for one in operations(night.there)] == ["COMPLETED", "COMPLETED"]
    assert night.asked.count("RunInBulk") > 2


def test_it_is_looked_at_ever_less_often_and_no_longer_than_the_pages_would_take(
    in_bulk: InBulk,
) -> None:
    night = in_bulk(1, 1, shopify_bulk_looks=10**6)
    list(night.platform.api.walk(Lane("customers", {"way": "bulk", "records": 1, "newest": 1_000})))
    assert night.waited[:6] == [1, 2, 4, 8, 16, 30]
    assert SHORTEST_WAIT <= sum(night.waited) < SHORTEST_WAIT + 30


@pytest.mark.parametrize("becomes", ["FAILED", "null"])
@pytest.mark.parametrize("field", ["Customer.defaultEmailAddress", "Order.email"])
def test_a_field_that_is_kept_back_is_never_read_as_empty(field: str, becomes: str, in_bulk: InBulk) -> None:
    night = in_bulk(shopify_redacted=[field], shopify_bulk_redacted=becomes)
    with pytest.raises(NotPermitted, match=field.partition(".")[2]):
        night.pull()


def test_a_pull_that_was_killed_while_it_waited_goes_on_with_the_same_operations(in_bulk: InBulk) -> None:
    night = in_bulk()
    snapshot = night.begin()

    def kill(name: str) -> None:
        if name == "BulkOperation":
            raise Killed

    night.session.then = kill
    with pytest.raises(Killed):
        night.pull(snapshot)
    begun = len(operations(night.there))
    night.session.then = lambda name: None
    night.pull(snapshot)
    assert night.asked.count("RunInBulk") == 2 - begun
    assert len(held(snapshot)["contacts"]) == CUSTOMERS


def test_a_lane_goes_on_in_the_middle_of_its_file(in_bulk: InBulk) -> None:
    api = in_bulk(RECORDS + 5, 1).platform.api
    (lane, _) = api.lanes()
    way_back, first, last = api.walk(lane)
    assert [len(page.body["data"]["customers"]["nodes"]) for page in (way_back, first, last)] == [0, RECORDS, 5]
    assert json.loads(first.content()) == first.body
    assert [page.body for page in api.walk(lane, first.after)] == [last.body]
    assert list(api.walk(lane, last.after)) == []


def test_a_lane_whose_file_is_gone_is_begun_anew_rather_than_mixed(in_bulk: InBulk) -> None:
    night = in_bulk(RECORDS + 5, 1)
    (lane, _) = night.platform.api.lanes()
    _, first, _ = night.platform.api.walk(lane)
    night.there.shop.operations.clear()
    with pytest.raises(Refusal) as refused:
        list(night.platform.api.walk(lane, first.after))
    assert type(refused.value) is Refusal  # which the walk takes for a dead cursor


def test_an_order_that_is_edited_during_the_pull_is_told_as_it_then_is(in_bulk: InBulk) -> None:
    night = in_bulk()

    def meanwhile(name: str) -> None:
        if name == "RunInBulk" and sum("brought" in one for one in operations(night.there)) == 2:
            edit(night.there, "order", 3, email="edited@example.com")

    night.session.then = meanwhile
    assert held(night.pull())["orders"][3]["email"] == "edited@example.com"


def ended(change: Callable[[Record], None]) -> Callable[[Nights], None]:
    """Change how each operation will have ended, as soon as it was begun."""

    def arrange(night: Nights) -> None:
        def meanwhile(name: str) -> None:
            mine = object()
            for operation in operations(night.there) if name == "RunInBulk" else ():
                if "brought" in operation and operation.setdefault("changed by", mine) is mine:
                    change(operation)

        night.session.then = meanwhile

    return arrange


def with_parts(operation: Record) -> None:
    """Lines that belong to a record, before and after it."""
    objects, roots, url = operation["brought"]
    part = json.dumps({"id": "gid://shopify/Customer/9", "__parentId": "gid://shopify/Customer/1000"}).encode() + b"\n"
    operation["file"] = part + operation["file"] + part
    operation["brought"] = objects + 2, roots, url


def broken(operation: Record) -> None:
    operation["file"] = operation["file"].replace(b"}\n", b"\n", 1)


def another_count(operation: Record) -> None:
    objects, roots, url = operation["brought"]
    operation["brought"] = objects, roots - 1, url


@pytest.mark.parametrize(
    ("change", "pages"),
    [
        pytest.param(with_parts, 1, id="parts-of-records-are-no-records"),
        pytest.param(broken, 2, id="a-line-is-no-json"),
        pytest.param(another_count, 2, id="as-many-lines-but-fewer-records"),
    ],
)
def test_every_line_of_a_file_is_accounted_for(change: Callable[[Record], None], pages: int, in_bulk: InBulk) -> None:
    night = in_bulk()
    ended(change)(night)
    told = night.pull().raw("shopify").manifest()
    assert told.rows == told.distinct == {"customers": CUSTOMERS, "orders": ORDERS}
    assert night.asked.count("SomeCustomers") == pages


def test_a_file_at_a_host_that_is_not_shopifys_storage_is_not_asked_for(in_bulk: InBulk) -> None:
    def elsewhere(operation: Record) -> None:
        objects, roots, _ = operation["brought"]
        operation["brought"] = objects, roots, "https://storage.example.com/file?Signature=secret"

    night = in_bulk()
    ended(elsewhere)(night)
    with pytest.raises(UnexpectedAnswer, match=r"storage\.example\.com") as refused:
        night.pull()
    assert "secret" not in str(refused.value)


def fields(document: str) -> set[str]:
    """The path of every field that is asked for of a record, whatever the connection's form."""
    parsed = parse(document)
    fragments = {d.name.value: d for d in parsed.definitions if isinstance(d, FragmentDefinitionNode)}

    def within(selection: Any, path: str) -> set[str]:
        found = set()
        for part in selection.selections if selection else ():
            if isinstance(part, FragmentSpreadNode):
                found |= within(fragments[part.name.value].selection_set, path)
            elif isinstance(part, FieldNode):
                step = "" if part.name.value in {"edges", "node", "nodes"} else f".{part.name.value}"
                found |= {path + step} | within(part.selection_set, path + step)
        return found

    (operation,) = (d for d in parsed.definitions if isinstance(d, OperationDefinitionNode))
    return {path for path in within(operation.selection_set, "") if "pageInfo" not in path}


@pytest.mark.parametrize(
    ("all_at_once", "by_page"),
    [
        pytest.param(documents.ALL_CUSTOMERS, documents.CUSTOMERS, id="customers"),
        pytest.param(documents.ALL_ORDERS, documents.ORDERS, id="orders"),
    ],
)
def test_in_bulk_the_same_fields_are_asked_for(all_at_once: str, by_page: str) -> None:
    assert fields(all_at_once) == fields(by_page)
