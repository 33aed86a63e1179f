"""Lists and updates orders as V2 does, with everything that a careless update sets off."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.bigcommerce.refusals import Refused, body_of
from include.sandbox.bigcommerce.store import STATUSES, Record, Store
from include.sandbox.bigcommerce.times import moment, understood

PAGING = {"page", "limit", "sort", "include", "consignment_structure"}
EQUAL = {"customer_id", "status_id", "channel_id", "payment_method", "external_order_id", "cart_id"}
DATES = {"min_date_modified", "max_date_modified"}
FILTERS = EQUAL | DATES | {"min_id", "max_id", "email", "is_deleted"}
LARGEST = 250
LONGEST = 65_535

PLAIN = {"customer_id", "staff_notes", "customer_message", "external_id", "channel_id"}
COSTS = {"shipping_cost_inc_tax", "shipping_cost_ex_tax", "handling_cost_inc_tax", "wrapping_cost_inc_tax"}
RECALCULATED = {"billing_address", "shipping_addresses"} | COSTS
WRITABLE = PLAIN | RECALCULATED | {"products", "fees", "status_id", "is_deleted"}


class Orders:
    """The orders' endpoints."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def page(self, request: Request) -> Response:
        """A page of orders by id; past the last one, or when nothing matches, 204 and no body."""
        asked = dict(request.query_params)
        if unknown := sorted(set(asked) - FILTERS - PAGING):
            raise Refused(400, f"The field '{unknown[0]}' is not supported by this resource.")
        asked = understood(asked, request.url.query, DATES, self.store.desk.switches)
        limit, number = self._limit(asked.get("limit", "50")), int(asked.get("page", "1"))
        field, _, direction = asked.get("sort", "id:asc").partition(":")
        if "is_deleted" in asked and not self.store.desk.switches["bigcommerce_deleted_filter"]:
            raise Refused(400, "The field 'is_deleted' is not supported by this resource.")
        deleted = asked.get("is_deleted", "false") == "true"
        there = (order for order in self._by_id(asked) if order["is_deleted"] is deleted)
        found: Iterator[Record] = (order for order in there if self._matches(order, asked))
        if (field, direction) != ("id", "asc"):
            found = iter(sorted(found, key=lambda order: _sorted_by(order, field), reverse=direction == "desc"))
        told = list(islice(found, (number - 1) * limit, number * limit))
        return JSONResponse(told) if told else Response(status_code=204)

    async def get(self, request: Request) -> Response:
        """One order."""
        return JSONResponse(self._order(request))

    async def shipping(self, request: Request) -> Response:
        """Where an order goes; here always to who is billed. An order of nothing that is shipped goes nowhere."""
        order = self._order(request)
        sent = {"id": order["id"], "order_id": order["id"], "shipping_method": "Flat"} | order["billing_address"]
        return self._part(request, [sent | self.store.shifted.get((order["id"], "shipping"), {})])

    async def products(self, request: Request) -> Response:
        """The lines of an order."""
        id = self._order(request)["id"]
        lines = [{"id": id * 10, "order_id": id, "name": "Shirt", "quantity": 1, "applied_discounts": [{"id": "sale"}]}]
        return self._part(request, [line | self.store.shifted.get((id, "lines"), {}) for line in lines])

    async def update(self, request: Request) -> Response:
        """Change an order, and whatever hangs on what was sent."""
        order, wished = self._order(request), await body_of(request)
        if not isinstance(wished, dict):
            raise Refused(400, "The request body is not valid.")
        try:
            wanted = self._wanted(order, wished)
        except Refused:
            asked = {name: [order.get(name), value] for name, value in wished.items()}
            self.store.wrote(request, "order", order["id"], asked, "refused")
            raise
        self.store.changed(request, "order", order, wanted)
        return JSONResponse(order)

    def _by_id(self, asked: dict[str, str]) -> Iterator[Record]:
        """Every order from `min_id` on, in the order of ids."""
        ids = sorted(self.store.orders)
        return (self.store.orders[id] for id in ids[bisect_left(ids, int(asked.get("min_id", "0"))) :])

    def _part(self, request: Request, told: list[Record]) -> Response:
        """A page of what hangs on an order: 204 when there is nothing more."""
        limit, page = self._limit(request.query_params.get("limit", "50")), int(request.query_params.get("page", "1"))
        told = told[(page - 1) * limit : page * limit]
        return JSONResponse(told) if told else Response(status_code=204)

    def _order(self, request: Request) -> Record:
        order = self.store.orders.get(request.path_params["id"])
        if order is None:
            raise Refused(404, "The requested resource was not found.")
        return order

    def _limit(self, said: str) -> int:
        limit = int(said) if said.isdecimal() else 0
        if limit < 1 or (limit > LARGEST and self.store.desk.switches["bigcommerce_limit_refused"]):
            raise Refused(400, "The field 'limit' is invalid.")
        return min(limit, LARGEST)

    def _matches(self, order: Record, asked: dict[str, str]) -> bool:
        guests = self.store.desk.switches["bigcommerce_guest_email_filter"]
        for name, value in asked.items():
            if name in EQUAL and str(order.get(name, "")) != value:
                return False
            if name == "email" and (not (guests or order["customer_id"]) or _email(order) != value.casefold()):
                return False
            if name == "min_id" and order["id"] < int(value):
                return False
            if name == "max_id" and order["id"] > int(value):
                return False
            if name.endswith("_date_modified"):
                bound, changed = moment(value), parsedate_to_datetime(order["date_modified"])
                if (changed < bound) if name.startswith("min") else (changed > bound):
                    return False
        return True

    def _wanted(self, order: Record, sent: Record) -> Record:
        """What the order will hold once this is written."""
        for name in sent:
            if name not in WRITABLE:
                says = "cannot be written to. Please remove it from your request before trying again."
                raise Refused(400, f"The field '{name}' {says}")
        wanted = {name: sent[name] for name in PLAIN & set(sent)}
        if "customer_id" in wanted:
            self._may(order, wanted["customer_id"])
            wanted |= self._beside(order)
        if len(str(wanted.get("staff_notes") or "")) > LONGEST:
            raise Refused(400, "The field 'staff_notes' is invalid.")
        if "billing_address" in sent:
            wanted["billing_address"] = order["billing_address"] | sent["billing_address"]
        if "products" in sent:
            wanted["discount_amount"] = "0.0000"
        if RECALCULATED & set(sent) or "products" in sent:
            wanted["total_inc_tax"] = f"{Decimal(order['total_inc_tax']) + Decimal('1.37'):.4f}"
        if "fees" in sent:
            kept = {fee.get("id") for fee in sent["fees"]}
            wanted["fees"] = [fee for fee in order["fees"] if fee["id"] in kept]
        if "status_id" in sent:
            wanted |= {"status_id": sent["status_id"], "status": STATUSES[sent["status_id"]]}
        if "is_deleted" in sent:
            wanted["is_deleted"] = bool(sent["is_deleted"])
        return wanted

    def _beside(self, order: Record) -> Record:
        """What an attach changes that nobody asked for, where that is switched."""
        switched = self.store.desk.switches["bigcommerce_attach_recalculates"]
        if "lines" in switched:
            self.store.shifted[order["id"], "lines"] = {"applied_discounts": []}
        if "shipping" in switched:
            self.store.shifted[order["id"], "shipping"] = {"street_1": "1 Home Street"}
        moved: Record = {"fees": []} if "fees" in switched else {}
        if "totals" in switched:
            moved["total_inc_tax"] = f"{Decimal(order['total_inc_tax']) + Decimal('1.37'):.4f}"
        return moved

    def _may(self, order: Record, customer: Any) -> None:
        switches = self.store.desk.switches
        if customer == 0:
            if switches["bigcommerce_detach"] == "refused":
                raise Refused(400, "The field 'customer_id' is invalid.")
            return
        found = self.store.customers.get(customer) if isinstance(customer, int) else None
        if found is None:
            if switches["bigcommerce_unknown_customer"] == "refused":
                raise Refused(400, "The field 'customer_id' is invalid.")
            return
        allowed = found["channel_ids"]
        if switches["bigcommerce_channels_enforced"] and allowed and order["channel_id"] not in allowed:
            raise Refused(400, "The field 'customer_id' is invalid.")


def _email(order: Record) -> str:
    return str(order["billing_address"]["email"]).casefold()


def _sorted_by(order: Record, field: str) -> Any:
    value = order.get(field, order["id"])
    return parsedate_to_datetime(value) if field.startswith("date_") and value else value
