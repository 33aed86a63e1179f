"""
How the fields of `schema.graphql` are answered: scopes first, then the shop's records.

Fields without a word here are answered by the record's own entry of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import phonenumbers
from graphql import GraphQLError, GraphQLSchema, build_schema, execute_sync

from include.sandbox.shopify.asked import Asked
from include.sandbox.shopify.bulk import Bulk
from include.sandbox.shopify.connections import refused
from include.sandbox.shopify.merging import Merging
from include.sandbox.shopify.mutations import Mutations
from include.sandbox.shopify.shop import DOMAIN, Record

if TYPE_CHECKING:
    pass

NEEDS = {
    "customers": "read_customers",
    "customer": "read_customers",
    "customerByIdentifier": "read_customers",
    "customersCount": "read_customers",
    "orders": "read_orders",
    "order": "read_orders",
    "ordersCount": "read_orders",
    "customerMergePreview": "read_customer_merge",
    "customerMergeJobStatus": "read_customer_merge",
    "customerMerge": "write_customer_merge",
    "customerUpdate": "write_customers",
    "customerSendAccountInviteEmail": "write_customers",
    "orderCustomerSet": "write_orders",
    "orderUpdate": "write_orders",
}


@cache
def make_schema() -> GraphQLSchema:
    """The schema, with every field that is not a plain entry of its record bound to its answer."""
    schema = build_schema((Path(__file__).parent / "schema.graphql").read_text("utf-8"))
    for type_name, answers in ANSWERS.items():
        for name, answer in answers.items():
            bound = _behind_scope(name, answer) if type_name in {"QueryRoot", "Mutation"} else answer
            schema.type_map[type_name].fields[name].resolve = bound  # type: ignore[attr-defined]
    return schema


def redact(answer: Callable[..., Any], record: Any, info: Any, **arguments: Any) -> Any:
    """Middleware: a protected field the app is not approved for is null, with an error beside it."""
    name = f"{info.parent_type.name}.{info.field_name}"
    if name in info.context.switched("redacted"):
        raise GraphQLError(
            f"This app is not approved to use the {info.field_name} field. "
            "See https://shopify.dev/docs/apps/launch/protected-customer-data for more details."
        )
    return answer(record, info, **arguments)


def _behind_scope(name: str, answer: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(_: Any, info: Any, **arguments: Any) -> Any:
        scope = NEEDS.get(name)
        if scope and scope not in info.context.scopes:
            raise GraphQLError(
                f"Access denied for {name} field. Required access: `{scope}` access scope.",
                extensions={
                    "code": "ACCESS_DENIED",
                    "documentation": "https://shopify.dev/api/usage/access-scopes",
                    "requiredAccess": f"`{scope}` access scope.",
                },
            )
        return answer(info.context, **arguments)

    return guarded


def _of_kind(id: str, kind: str) -> str:
    if not id.startswith(f"gid://shopify/{kind}/"):
        raise refused(f"Invalid id: {id}", "RESOURCE_NOT_FOUND")
    return id


def _customer(asked: Asked, id: str) -> Record | None:
    return asked.shop.customers.get(_of_kind(id, "Customer"))


def _order(asked: Asked, id: str) -> Record | None:
    order = asked.shop.orders.get(_of_kind(id, "Order"))
    return order if order in _visible_orders(asked) else None


def _identified(asked: Asked, identifier: Mapping[str, str]) -> Record | None:
    ((by, value),) = identifier.items()
    if by == "id":
        return asked.shop.customers.get(value)
    return asked.shop.holder({"emailAddress": "email", "phoneNumber": "phone"}[by], value)


def _customers(asked: Asked, **arguments: Any) -> Record:
    return asked.connection(asked.shop.in_order("customers"), "customers", arguments)


def _orders(asked: Asked, **arguments: Any) -> Record:
    return asked.connection(_visible_orders(asked), "orders", arguments)


def _visible_orders(asked: Asked) -> Any:
    return asked.shop.in_order("orders") if "read_all_orders" in asked.scopes else asked.shop.recent_orders()


def _orders_of(customer: Record, info: Any, **arguments: Any) -> Record:
    found: Record = info.context.connection(info.context.shop.orders_of(customer["id"]), "orders", arguments)
    return found


def _shop(asked: Asked) -> Record:
    return {
        "id": f"gid://shopify/Shop/{asked.switched('shop')}",
        "name": "Sandbox",
        "myshopifyDomain": DOMAIN,
        "customerAccountsV2": {
            "customerAccountsVersion": asked.switched("customer_accounts"),
            "loginRequiredAtCheckout": False,
        },
    }


def _installation(asked: Asked) -> Record:
    scopes = [{"handle": scope} for scope in sorted(asked.switched("scopes"))]
    return {"id": "gid://shopify/AppInstallation/1", "accessScopes": scopes}


def _name(customer: Record, _: Any) -> str:
    names = " ".join(filter(None, (customer["firstName"], customer["lastName"])))
    return names or customer["email"] or _international(customer["phone"] or "")


def _international(phone: str) -> str:
    """A number as Shopify shows it: +1 415-555-0100."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _merge_preview(asked: Asked, customerOneId: str, customerTwoId: str, overrideFields: Any = None) -> Record:
    return Merging(asked.shop).preview(customerOneId, customerTwoId, overrideFields)


def _merge(asked: Asked, customerOneId: str, customerTwoId: str, overrideFields: Any = None) -> Record:
    return Merging(asked.shop).merge(asked.request, customerOneId, customerTwoId, overrideFields)


def _run_in_bulk(asked: Asked, query: str, grouped: bool) -> Record:
    schema = make_schema()

    def execute(document: Any) -> Any:
        middleware = (redact,) if asked.switched("redacted") else None
        whole = Asked(asked.shop, asked.request, whole=True)
        return execute_sync(schema, document, context_value=whole, middleware=middleware)

    return Bulk(asked.shop).run(schema, query, str(asked.request.base_url), execute)


def _make(asked: Asked) -> Mutations:
    return Mutations(asked.shop, asked.request)


ANSWERS: dict[str, dict[str, Callable[..., Any]]] = {
    "QueryRoot": {
        "bulkOperation": lambda asked, id: Bulk(asked.shop).look(id),
        "bulkOperations": lambda asked, **arguments: Bulk(asked.shop).listed(asked.searches.append, arguments),
        "customer": _customer,
        "customers": _customers,
        "customersCount": lambda asked, **arguments: asked.count(
            asked.shop.in_order("customers"), "customersCount", **arguments
        ),
        "customerByIdentifier": _identified,
        "customerMergePreview": _merge_preview,
        "customerMergeJobStatus": lambda asked, jobId: asked.shop.jobs.get(jobId),
        "order": _order,
        "orders": _orders,
        "ordersCount": lambda asked, **arguments: asked.count(_visible_orders(asked), "ordersCount", **arguments),
        "shop": _shop,
        "currentAppInstallation": _installation,
    },
    "Mutation": {
        "bulkOperationCancel": lambda asked, id: Bulk(asked.shop).cancel(id),
        "bulkOperationRunQuery": lambda asked, query, groupObjects: _run_in_bulk(asked, query, groupObjects),
        "customerMerge": _merge,
        "customerUpdate": lambda asked, input: _make(asked).update_customer(input),
        "customerSendAccountInviteEmail": lambda asked, customerId: _make(asked).invite(customerId),
        "orderCustomerSet": lambda asked, orderId, customerId: _make(asked).set_order_customer(orderId, customerId),
        "orderUpdate": lambda asked, input: _make(asked).update_order(input),
        "tagsAdd": lambda asked, id, tags: _make(asked).add_tags(id, tags),
    },
    "Customer": {
        "displayName": _name,
        "defaultEmailAddress": lambda c, _: {"emailAddress": c["email"]} if c["email"] else None,
        "defaultPhoneNumber": lambda c, _: {"phoneNumber": c["phone"]} if c["phone"] else None,
        "mergeable": lambda c, info: Merging(info.context.shop).mergeable(c),
        "numberOfOrders": lambda c, info: info.context.shop.number_of_orders(c["id"]),
        "orders": _orders_of,
    },
    "CustomerMergePreviewDefaultFields": {
        "email": lambda told, _: {"emailAddress": told["email"]} if told["email"] else None,
        "phoneNumber": lambda told, _: {"phoneNumber": told["phone"]} if told["phone"] else None,
    },
    "Order": {
        "customer": lambda order, info: info.context.shop.customers.get(order["customerId"] or ""),
    },
}
