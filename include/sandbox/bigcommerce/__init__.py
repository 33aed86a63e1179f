"""
A BigCommerce to practice on: customers through V3, orders through V2.

It recalculates, deletes and refuses when an order is sent more than it needs, as the vendor says that it would. It
mails nobody, and forgets everything when it stops. What the vendor does not document is a switch on the desk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from include.sandbox.bigcommerce.customers import Customers
from include.sandbox.bigcommerce.orders import Orders
from include.sandbox.bigcommerce.refusals import Refused
from include.sandbox.bigcommerce.store import INFORMATION, Store

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from include.sandbox.desk import Desk
    from include.sandbox.world import World

SWITCHES = {
    "bigcommerce_taken": ".customer_update",  # the path under which a taken address is told
    "bigcommerce_batch": "atomic",  # or "good_rows": are the good customers of a PUT saved when one is bad?
    "bigcommerce_unknown_customer": "refused",  # or "accepted": an order given to a customer that is not there
    "bigcommerce_attach_recalculates": [],  # "totals", "fees", "lines", "shipping": what an attach changes beside it
    "bigcommerce_detach": "applied",  # or "refused": an order given back to nobody
    "bigcommerce_channels_enforced": False,  # is an order refused to a customer of another channel?
    "bigcommerce_email_case": False,  # does `email:in` tell apart addresses that differ in case?
    "bigcommerce_dates_exclusive": False,  # are customers of the very moment a filter names left out?
    "bigcommerce_dates_zone": 0,  # hours by which a store reads the times of its filters otherwise than as UTC
    "bigcommerce_encoded_dates": "served",  # or "ignored": is a time understood whose colons are percent-encoded?
    "bigcommerce_sort_refused": False,  # are customers not sorted for whoever asks?
    "bigcommerce_deleted_filter": True,  # are deleted orders told when they are asked for by `is_deleted`?
    "bigcommerce_guest_email_filter": False,  # does `email` among the orders' filters find guests' orders?
    "bigcommerce_limit_refused": 422,  # or 413, or 0 (served with 250): the answer to `limit=251`
    "bigcommerce_password_refused": False,  # do the store's rules refuse whatever password is sent?
    "bigcommerce_reset_shown": True,  # does a forced reset still show when the customer is read again?
    "bigcommerce_missing_scope": False,  # the token may not do this
    "bigcommerce_scopes": ["store_v2_customers", "store_v2_orders", "store_v2_information"],  # or `..._read_only`
}

SCOPES = {"customers": "store_v2_customers", "orders": "store_v2_orders"}  # the rest is the store's information

Handler = Callable[["Request"], Awaitable["Response"]]


def routes(world: World, desk: Desk) -> list[BaseRoute]:
    """The store's routes, below `/stores/<hash>`."""
    for name, value in SWITCHES.items():
        desk.switches.setdefault(name, value)
    store = Store(world, desk)
    customers, orders = Customers(store), Orders(store)

    def granted(path: str, method: str) -> bool:
        scope = SCOPES.get(path.split("/")[2], "store_v2_information")
        enough = {scope, f"{scope}_read_only"} if method == "GET" else {scope}
        return not enough.isdisjoint(desk.switches["bigcommerce_scopes"])

    def route(path: str, method: str, handler: Handler) -> Route:
        async def guarded(request: Request) -> Response:
            if request.headers.get("X-Auth-Token") != "sandbox":
                return Refused(401, "X-Auth-Token header is required").answer(request)
            if desk.switches["bigcommerce_missing_scope"] or not granted(path, method):
                return Refused(403, "You don't have a required scope to access the endpoint").answer(request)
            if method == "PUT" and "json" not in request.headers.get("Content-Type", ""):
                return Refused(415, "The Content-Type header is missing or not supported").answer(request)
            try:
                return await handler(request)
            except Refused as no:
                return no.answer(request)

        return Route(path, guarded, methods=[method])

    async def time(_: Request) -> Response:
        return JSONResponse({"time": int(desk.tick().timestamp())})

    async def information(_: Request) -> Response:
        return JSONResponse(INFORMATION)

    return [
        route("/v2/store", "GET", information),
        route("/v3/customers", "GET", customers.page),
        route("/v3/customers", "PUT", customers.update),
        route("/v2/orders", "GET", orders.page),
        route("/v2/orders/{id:int}", "GET", orders.get),
        route("/v2/orders/{id:int}", "PUT", orders.update),
        route("/v2/orders/{id:int}/shipping_addresses", "GET", orders.shipping),
        route("/v2/orders/{id:int}/products", "GET", orders.products),
        route("/v2/time", "GET", time),
    ]
