"""
What the sandbox's Shopify changes, with its own normal forms, refusals and sentences (as recorded 2026-05 to 07).

Nothing is applied when anything is refused. Every request that gets here is told to the desk, with its effect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import phonenumbers

from include.sandbox.shopify.shop import Record, Shop, ref

if TYPE_CHECKING:
    from starlette.requests import Request

Error = dict[str, Any]

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
TEXT_MAX = {"firstName": 255, "lastName": 255, "note": 5000}
TAGS_MAX = 250


class Mutations:
    """The changes one request asks for."""

    def __init__(self, shop: Shop, request: Request) -> None:
        self._shop, self._request = shop, request

    def update_customer(self, fields: Mapping[str, Any]) -> Record:
        """customerUpdate: what is not named stays; null clears."""
        customer = self._shop.customers.get(fields.get("id") or "")
        if customer is None:
            return self._answer("customer", None, "update", {}, [_error("id", "Customer does not exist")])
        values, errors = _normal(fields)
        errors += self._taken(customer, values)
        after = {**customer, **values}
        if not errors and not any(after[name] for name in ("email", "phone", "firstName", "lastName")):
            errors = [_error(None, "A name, phone number, or email address must be present")]
        return self._answer("customer", customer, "update", values, errors)

    def update_order(self, fields: Mapping[str, Any]) -> Record:
        """orderUpdate: of the order alone; its customer's own address stays."""
        order = self._shop.orders.get(fields["id"])
        if order is None:
            return self._answer("order", None, "update", {}, [_error("id", "Order does not exist")])
        values, errors = self._normal(order, fields)
        if not values and not errors:
            errors = [_error(None, "No valid update parameters have been provided")]
        return self._answer("order", order, "update", values, errors)

    def set_order_customer(self, order_id: str, customer_id: str) -> Record:
        """orderCustomerSet: whoever had the order; the profile it came from stays."""
        order, customer = self._shop.orders.get(order_id), self._shop.customers.get(customer_id)
        errors = []
        if order is None:
            errors.append(_error("orderId", "Order does not exist", "NOT_FOUND"))
        elif customer is None:
            errors.append(_error("customerId", "Customer does not exist", "NOT_FOUND"))
        values: dict[str, Any] = {"customerId": customer_id}
        if customer and customer["email"] and self._shop.desk.switches["shopify_order_set_rewrites_email"]:
            values["email"] = customer["email"]
        return self._answer("order", order, "attach", values, errors)

    def invite(self, customer_id: str) -> Record:
        """customerSendAccountInviteEmail: on legacy accounts only; the letter itself is never sent from here."""
        customer = self._shop.customers.get(customer_id)
        errors = []
        if customer is None:
            errors.append(_error("customerId", "Customer can't be found", None))
        elif (
            self._shop.desk.switches["shopify_customer_accounts"] != "CLASSIC"
            or customer["state"] in self._uninvitable()
            or not customer["email"]
        ):
            errors.append(_error("customerId", "Error sending account invite to customer.", "INVALID"))
        return self._answer("customer", customer, "invite", {"state": "INVITED"}, errors, always=True)

    def _uninvitable(self) -> set[str]:
        return {"ENABLED"} if self._shop.desk.switches["shopify_invites_declined"] else {"ENABLED", "DECLINED"}

    def add_tags(self, id: str, tags: list[str]) -> Record:
        """tagsAdd: to what is there."""
        record = self._shop.customers.get(id) or self._shop.orders.get(id)
        if record is None:
            return self._answer("node", None, "tag", {}, [_error("id", "Node does not exist")])
        values, errors = self._normal(record, {"tags": [*record["tags"], *tags]})
        return self._answer("node", record, "tag", values, errors)

    def _normal(self, record: Record, fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[Error]]:
        """The fields as Shopify stores them, and what it refuses of them; an order's tags are shorter."""
        values, errors = _normal(fields)
        most = self._shop.desk.switches["shopify_order_tag_most"]
        of_an_order = record["id"] in self._shop.orders
        if of_an_order and any(len(tag) > most for tag in values.get("tags", ())):
            errors.append(_error("tags", f"Tags is too long (maximum is {most} characters)"))
        return values, errors

    def _taken(self, customer: Record, values: Mapping[str, Any]) -> list[Error]:
        errors = []
        for field in ("email", "phone"):
            holder = self._shop.holder(field, values[field]) if values.get(field) else None
            if holder is not None and holder is not customer:
                errors.append(_error(field, f"{field.capitalize()} has already been taken"))
        return errors

    def _answer(
        self,
        root: str,
        record: Record | None,
        action: str,
        values: Mapping[str, Any],
        errors: list[Error],
        always: bool = False,
    ) -> Record:
        """Apply `values` unless refused, write it down, and word the payload. `always`: it counts though all stays."""
        if record is None or errors:
            self._write_down(ref(record), action, {}, "refused")
            return {root: None, "userErrors": errors}
        changed = {name: [record[name], value] for name, value in values.items() if record[name] != value}
        record.update(values)
        if changed or always:
            self._shop.touch(record)
        self._write_down(ref(record), action, _told(changed), "applied" if changed or always else "none")
        return {root: record, "userErrors": []}

    def _write_down(self, record: str | None, action: str, changed: dict[str, list[Any]], effect: str) -> None:
        self._shop.desk.wrote("shopify", self._request, record or "", action, changed, effect)


def _told(changed: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Changed fields as the write log names them: a customer by its reference."""
    if "customerId" not in changed:
        return changed
    return {
        **{name: values for name, values in changed.items() if name != "customerId"},
        "customer": [gid and f"shopify:customer:{gid.rpartition('/')[2]}" for gid in changed["customerId"]],
    }


def _normal(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[Error]]:
    """The fields as Shopify stores them, and what it refuses of them."""
    values: dict[str, Any] = {}
    errors: list[Error] = []
    for name, said in fields.items():
        if name == "id":
            continue
        value, refusals = _one(name, said)
        values[name] = value
        errors += [_error(name, text) for text in refusals]
    return values, errors


def _one(name: str, said: Any) -> tuple[Any, list[str]]:
    if name == "tags":
        return _tags(said or [])
    if said is None or not str(said).strip():
        return "" if name == "note" and said is not None else None, []
    text = str(said)
    match name:
        case "email":
            text = re.sub(r"\s", "", text)
            return text, _too_long("Email", text, 255) + ([] if _is_email(text) else ["Email is invalid"])
        case "phone":
            number = _phone(text)
            return number, _too_long("Phone", text, 255) + ([] if number else ["Phone is invalid"])
        case "note":
            return text, _too_long("Note", text, TEXT_MAX["note"])
        case _:
            text = text.strip()
            return text, _too_long({"firstName": "First name", "lastName": "Last name"}[name], text, TEXT_MAX[name])


def _is_email(text: str) -> bool:
    return len(text) <= 255 and EMAIL.fullmatch(text) is not None


def _too_long(label: str, text: str, most: int) -> list[str]:
    return [f"{label} is too long (maximum is {most} characters)"] if len(text) > most else []


def _phone(text: str) -> str | None:
    if not re.fullmatch(r"[+\d\s().-]+", text):
        return None
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _tags(said: list[str]) -> tuple[list[str], list[str]]:
    kept: dict[str, str] = {}
    for tag in (part.strip() for entry in said for part in entry.split(",")):
        if tag:
            kept.setdefault(tag.casefold(), tag)
    if len(kept) > TAGS_MAX:
        return [], [f"Tags cannot be more than {TAGS_MAX}"]
    if any(len(tag) > 255 for tag in kept.values()):
        return [], ["Tags is too long (maximum is 255 characters)"]
    return sorted(kept.values(), key=str.casefold), []


def _error(field: str | None, message: str, *code: str | None) -> Error:
    error: Error = {"field": None if field is None else [field], "message": message}
    return {**error, "code": code[0]} if code else error
