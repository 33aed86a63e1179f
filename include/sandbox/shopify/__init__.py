"""
A Shopify to practice on: the Admin GraphQL endpoint, executed over a true subset of the official 2026-10 schema, and
of the Storefront's the one mutation that mails a way to a new password. Its apps have a token that lasts, or get one
for a day.

It mails nobody, and forgets everything when it stops. What Shopify does not document is a switch on the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route

from include.sandbox.shopify.admin import Admin
from include.sandbox.shopify.bulk import Files
from include.sandbox.shopify.shop import Shop
from include.sandbox.shopify.storefront import Storefront
from include.sandbox.shopify.tokens import Tokens

if TYPE_CHECKING:
    from include.sandbox.desk import Desk
    from include.sandbox.world import World

SWITCHES = {
    "shopify_shop": 1,  # the shop's number: another one is another shop
    "shopify_order_set_rewrites_email": True,  # does orderCustomerSet give the order its new customer's address?
    "shopify_customer_accounts": "CLASSIC",  # or NEW_CUSTOMER_ACCOUNTS
    "shopify_invites_declined": True,  # may somebody be invited again who declined?
    "shopify_order_tag_most": 40,  # characters of an order's tag, as Shopify's REST pages say; a customer's has 255
    "shopify_counters_lag": True,  # does numberOfOrders stay as it was when an order changes hands?
    "shopify_unmergeable": {},  # customers who cannot be merged: number -> what stands against it, as GIFT_CARDS
    "shopify_merge_polls": 1,  # requests that come in before a merge's job is done
    "shopify_merge_fails": False,  # does a merge's job end as FAILED?
    "shopify_not_indexed": [],  # numbers of records that the search index has not yet
    "shopify_deepest": 25_000,  # records a cursor leads past; None: as many as there are
    "shopify_most_counted": None,  # or 25_001, what is said of more than 25,000 records
    "shopify_bulk_denied": False,  # may the app not run bulk operations?
    "shopify_bulk_limited": False,  # are no more of them taken now?
    "shopify_bulk_others": 0,  # of the app's five places that others' operations take
    "shopify_bulk_others_end": False,  # does one of those end each time somebody was refused?
    "shopify_bulk_looks": 2,  # at an operation, before it has ended
    "shopify_bulk_status": "COMPLETED",  # or FAILED, CANCELED, EXPIRED: how it ends
    "shopify_bulk_error": "INTERNAL_SERVER_ERROR",  # or TIMEOUT, ACCESS_DENIED: why it failed
    "shopify_bulk_redacted": "FAILED",  # or "null": what becomes of a field the app is not approved for
    "shopify_bulk_lost_lines": 0,  # that the counts have and the file lacks
    "shopify_scopes": [
        "read_all_orders",
        "read_customers",
        "read_orders",
        "write_customer_merge",
        "write_customers",
        "write_orders",
    ],
    "shopify_token_seconds": 86_399,  # that a token lives which an app was given by its client id and secret
    "shopify_token_requests": None,  # or after how many it is accepted no more, whatever was said of its end
    "shopify_token_refused": None,  # or shop_not_permitted, app_not_installed: why an app is given none
    "shopify_token_refused_as": "json",  # or "html": the form of that
    "shopify_storefront_scopes": ["unauthenticated_write_customers"],
    "shopify_resets_limited": None,  # or "error", "coded", "user": how it says that it mails no more resets for now
    "shopify_storefront_unauthorized": 401,  # or 403 or 200: the status when the Storefront's token is wrong
    "shopify_redacted": [],  # fields the app is not approved for, as `Customer.defaultEmailAddress`
    "shopify_points": 2000,  # the bucket, and how fast it fills
    "shopify_points_a_second": 100,
}


def routes(world: World, desk: Desk, shop: Shop | None = None) -> list[BaseRoute]:
    """The routes of a shop, below its own host: of a new one with what the world has, unless another is given."""
    for name, value in SWITCHES.items():
        desk.switches.setdefault(name, value)
    shop = shop or Shop(world, desk)
    tokens = Tokens(shop)
    return [
        Route("/admin/oauth/access_token", tokens.answer, methods=["POST"]),
        Route("/admin/api/{version}/graphql.json", Admin(shop, tokens).answer, methods=["POST"]),
        Route("/bulk-operation-outputs/{name}", Files(shop).answer),
        Route("/api/{version}/graphql.json", Storefront(shop).answer, methods=["POST"]),
    ]
