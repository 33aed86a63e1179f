"""
How the fields of `schema.graphql` are answered: scopes first, then the shop's records.

Fields without a word here are answered by the record's own entry of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import phonenumbers
from graphql import GraphQLError, GraphQLSchema, build_schema

from include.sandbox.shopify.connections import connection, refused
from include.sandbox.shopify.merging import Merging
from include.sandbox.shopify.mutations import Mutations
from include.sandbox.shopify.shop import DOMAIN, Record, Shop

if TYPE_CHECKING:
    from starlette.requests import Request

NEEDS = {
    "customers": "read_customers",
    "customer": "read_customers",
    "customerByIdentifier": "read_customers",
    "orders": "read_orders",
    "order": "read_orders",
    "customerMergePreview": "read_customer_merge",
    "customerMergeJobStatus": "read_customer_merge",
    "customerMerge": "write_customer_merge",
    "customerUpdate": "write_customers",
    "customerSendAccountInviteEmail": "write_customers",
    "orderCustomerSet": "write_orders",
    "orderUpdate": "write_orders",
}


@dataclass
class Asked:
    """One request on its way through the resolvers."""

    shop: Shop
    request: Request
    searches: list[dict[str, Any]] = field(default_factory=list)

    @property
    def scopes(self) -> set[str]:
        granted = set(self.shop.desk.switches["shopify_scopes"])
        return granted | {scope.replace("write_", "read_", 1) for scope in granted}

    def switched(self, name: str) -> Any:
        return self.shop.desk.switches[f"shopify_{name}"]


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


def _of_kind(id: str, kind: str, root: str) -> str:
    if not id.startswith(f"gid://shopify/{kind}/"):
        raise refused(root, f"Invalid id: {id}", "RESOURCE_NOT_FOUND")
    return id


def _customer(asked: Asked, id: str) -> Record | None:
    return asked.shop.customers.get(_of_kind(id, "Customer", "customer"))


def _order(asked: Asked, id: str) -> Record | None:
    order = asked.shop.orders.get(_of_kind(id, "Order", "order"))
    return order if order in _visible_orders(asked) else None


def _identified(asked: Asked, identifier: Mapping[str, str]) -> Record | None:
    ((by, value),) = identifier.items()
    if by == "id":
        return asked.shop.customers.get(value)
    return asked.shop.holder({"emailAddress": "email", "phoneNumber": "phone"}[by], value)


def _customers(asked: Asked, **arguments: Any) -> Record:
    return connection(asked.shop.customers.values(), "customers", asked.searches.append, arguments)


def _orders(asked: Asked, **arguments: Any) -> Record:
    return connection(_visible_orders(asked), "orders", asked.searches.append, arguments)


def _visible_orders(asked: Asked) -> Any:
    return asked.shop.orders.values() if "read_all_orders" in asked.scopes else asked.shop.recent_orders()


def _orders_of(customer: Record, info: Any, **arguments: Any) -> Record:
    return connection(info.context.shop.orders_of(customer["id"]), "orders", info.context.searches.append, arguments)


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


def _make(asked: Asked) -> Mutations:
    return Mutations(asked.shop, asked.request)


ANSWERS: dict[str, dict[str, Callable[..., Any]]] = {
    "QueryRoot": {
        "customer": _customer,
        "customers": _customers,
        "customerByIdentifier": _identified,
        "customerMergePreview": _merge_preview,
        "customerMergeJobStatus": lambda asked, jobId: asked.shop.jobs.get(jobId),
        "order": _order,
        "orders": _orders,
        "shop": _shop,
        "currentAppInstallation": _installation,
    },
    "Mutation": {
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
