"""
How the sandbox's Shopify merges two customers: who survives, what stands against it, and the job that does it later.

The rules and sentences are Shopify's own, as recorded 2026-05 to 07. The duplicate is gone when the job is done: its id
answers nothing, its address is lost, and its orders, with their addresses, are the survivor's.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from include.sandbox.shopify.connections import refused
from include.sandbox.shopify.shop import Record, Shop, ref

if TYPE_CHECKING:
    from starlette.requests import Request

NOTE_MAX, TAGS_MAX = 5000, 250
RANK = {"ENABLED": 2, "INVITED": 1}
OVERRIDES = {
    "email": "customerIdOfEmailToKeep",
    "phone": "customerIdOfPhoneNumberToKeep",
    "firstName": "customerIdOfFirstNameToKeep",
    "lastName": "customerIdOfLastNameToKeep",
    "defaultAddress": "customerIdOfDefaultAddressToKeep",
}
SENTENCES = {
    "GIFT_CARDS": "{} has gift cards and can't be merged.",
    "MERGE_IN_PROGRESS": "{} is already being merged.",
}

Given = Mapping[str, Any] | None
Error = dict[str, Any]


class Merging:
    """Merges, and what is told of them. `customers` are given by their global ids, in the order they were named."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def preview(self, one_id: str, two_id: str, given: Given) -> Record:
        """customerMergePreview: what would become of the two; nothing changes."""
        if one_id == two_id:
            raise refused("Customers must be different.")
        one, two = self._shop.customers.get(one_id), self._shop.customers.get(two_id)
        if one is None or two is None:
            raise refused("Customer does not exist.")
        errors = [*self._errors(one), *self._errors(two), *_override_errors(given, one, two)]
        if errors:
            return {"customerMergeErrors": errors, "resultingCustomerId": None}
        survivor = _survivor(one, two, given)
        merged = _merged(survivor, two if survivor is one else one, given)
        blocked = len(merged["note"] or "") > NOTE_MAX or len(merged["tags"]) > TAGS_MAX
        return {
            "customerMergeErrors": None,
            "resultingCustomerId": survivor["id"],
            "defaultFields": None if blocked else merged,
            "blockingFields": {"note": merged["note"], "tags": merged["tags"]} if blocked else None,
        }

    def merge(self, request: Request, one_id: str, two_id: str, given: Given) -> Record:
        """customerMerge: refused at once, or a job that does it."""
        named = {"customerOneId": one_id, "customerTwoId": two_id}
        found = {name: self._shop.customers.get(id) for name, id in named.items()}
        errors = self._refusals(named, found, given)
        one, two = found["customerOneId"], found["customerTwoId"]
        if errors or one is None or two is None:
            self._write_down(request, one or two, {}, "refused")
            return {"resultingCustomerId": None, "job": None, "userErrors": errors[:2]}
        survivor = _survivor(one, two, given)
        duplicate = two if survivor is one else one
        switches = self._shop.desk.switches
        fails = switches["shopify_merge_fails"]
        job = {
            "jobId": f"gid://shopify/Job/{uuid.uuid4()}",
            "resultingCustomerId": survivor["id"],
            "status": "IN_PROGRESS",
            "customerMergeErrors": [],
            "pair": (survivor, duplicate),
            "merged": _merged(survivor, duplicate, given),
            "left": switches["shopify_merge_polls"],
        }
        self._shop.jobs[job["jobId"]] = job
        changed = {"duplicate": [ref(duplicate), None]}
        self._write_down(request, survivor, {} if fails else changed, "none" if fails else "applied")
        return {
            "resultingCustomerId": survivor["id"],
            "job": {"id": job["jobId"], "done": False},
            "userErrors": [],
        }

    def mergeable(self, customer: Record) -> Record:
        """Customer.mergeable."""
        errors = self._errors(customer)
        return {
            "isMergeable": not errors,
            "reason": errors[0]["message"] if errors else None,
            "errorFields": [field for error in errors for field in error["errorFields"]],
            "mergeInProgress": self._job(customer),
        }

    def progress(self) -> None:
        """A request came in: each job under way is one step further, and what is due is done."""
        for job in self._shop.jobs.values():
            if job["status"] != "IN_PROGRESS":
                continue
            if job["left"] > 0:
                job["left"] -= 1
            elif self._shop.desk.switches["shopify_merge_fails"]:
                told = {"errorFields": ["SUBSCRIPTIONS"], "message": "Customers with subscriptions can't be merged."}
                job.update(status="FAILED", customerMergeErrors=[told])
            else:
                survivor, duplicate = job["pair"]
                self._carry_out(survivor, duplicate, job["merged"])
                job["status"] = "COMPLETED"

    def _carry_out(self, survivor: Record, duplicate: Record, merged: Record) -> None:
        survivor.update(merged)
        self._shop.touch(survivor)
        for order in self._shop.orders_of(duplicate["id"]):
            order["customerId"] = survivor["id"]
            order["email"] = survivor["email"] or order["email"]
            self._shop.touch(order)
        del self._shop.customers[duplicate["id"]]

    def _refusals(self, named: Mapping[str, str], found: Mapping[str, Record | None], given: Given) -> list[Error]:
        for name, id in named.items():
            if found[name] is None:
                said = f"Customer does not exist with ID {id.rpartition('/')[2]}"
                return [_error(name, said, "INVALID_CUSTOMER_ID")]
        one, two = [customer for customer in found.values() if customer is not None]
        if one is two:
            return [_error(None, "Customers IDs should not match", "INVALID_CUSTOMER_ID")]
        errors = [
            _error(name, error["message"], "INVALID_CUSTOMER")
            for name, customer in zip(named, (one, two), strict=True)
            for error in self._errors(customer)
        ]
        if wrong := _override_errors(given, one, two):
            errors.append(_error("overrideFields", wrong[0]["message"], "OVERRIDE_ATTRIBUTE_INVALID"))
        merged = _merged(one, two, given)
        for much, said in (
            (len(merged["tags"]) > TAGS_MAX, "Customers must have 250 tags or less."),
            (len(merged["note"] or "") > NOTE_MAX, "Customer notes must be 5,000 characters or less."),
        ):
            errors += [_error(name, said, "INVALID_CUSTOMER") for name in named if much]
        return errors

    def _errors(self, customer: Record) -> list[Error]:
        """What stands against merging this customer at all."""
        fields = list(self._shop.desk.switches["shopify_unmergeable"].get(customer["legacyResourceId"], ()))
        if self._job(customer):
            fields.append("MERGE_IN_PROGRESS")
        name = " ".join(filter(None, (customer["firstName"], customer["lastName"]))) or customer["email"]
        return [
            {"errorFields": [field], "message": SENTENCES.get(field, "{} can't be merged.").format(name)}
            for field in fields
        ]

    def _job(self, customer: Record) -> Record | None:
        under_way = (job for job in self._shop.jobs.values() if job["status"] == "IN_PROGRESS")
        return next((job for job in under_way if any(one is customer for one in job["pair"])), None)

    def _write_down(self, request: Request, record: Record | None, changed: dict[str, Any], effect: str) -> None:
        self._shop.desk.wrote("shopify", request, ref(record) or "", "merge", changed, effect)


def _survivor(one: Record, two: Record, given: Given) -> Record:
    """Who survives: whose address is to be kept, who alone has one, whose account is more active, or the second."""
    kept = (given or {}).get("customerIdOfEmailToKeep")
    if kept:
        return one if one["id"] == kept else two
    if bool(one["email"]) != bool(two["email"]):
        return one if one["email"] else two
    if one["email"] and RANK.get(one["state"], 0) > RANK.get(two["state"], 0):
        return one
    return two


def _override_errors(given: Given, one: Record, two: Record) -> list[Error]:
    """Values that are to be kept of a customer who is neither of the two, or who has none."""
    have = {customer["id"]: customer for customer in (one, two)}
    wrong = [
        name
        for field, name in OVERRIDES.items()
        if (kept := (given or {}).get(name)) and not (have.get(kept) or {}).get(field)
    ]
    return [{"errorFields": ["OVERRIDE_FIELDS"], "message": f"{name} is invalid."} for name in wrong]


def _merged(survivor: Record, duplicate: Record, given: Given) -> Record:
    """What the survivor holds afterwards."""
    told = given or {}
    both = {customer["id"]: customer for customer in (survivor, duplicate)}
    values = {
        field: both[told[name]][field] if told.get(name) in both else survivor[field] or duplicate[field]
        for field, name in OVERRIDES.items()
    }
    notes = "\n".join(filter(None, (survivor["note"], duplicate["note"])))
    tags = {tag.casefold(): tag for tag in (*duplicate["tags"], *survivor["tags"])}
    return {
        **values,
        "note": told["note"] if told.get("note") is not None else notes or None,
        "tags": sorted(told["tags"] if told.get("tags") is not None else tags.values(), key=str.casefold),
    }


def _error(field: str | None, message: str, code: str) -> Error:
    return {"field": None if field is None else [field], "message": message, "code": code}
