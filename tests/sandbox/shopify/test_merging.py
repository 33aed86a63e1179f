"""The sandbox merges customers as live stores were seen to: who survives, what is refused, and what is where then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from include.sandbox.world import World
from tests.sandbox.shopify.replaying import cases
from tests.sandbox.shopify.serving import OpenShop, Shopify
from tests.sandbox.shopify.worlds import BO, NOBODYS_ORDER, STUB, STUBS_ORDER, customer

MERGE = """mutation ($one: ID!, $two: ID!, $override: CustomerMergeOverrideFields) {
  customerMerge(customerOneId: $one, customerTwoId: $two, overrideFields: $override) {
    resultingCustomerId job { id done } userErrors { field message code } } }"""
PREVIEW = """query ($one: ID!, $two: ID!, $override: CustomerMergeOverrideFields) {
  customerMergePreview(customerOneId: $one, customerTwoId: $two, overrideFields: $override) {
    resultingCustomerId customerMergeErrors { errorFields message } blockingFields { note tags }
    defaultFields { firstName note tags email { emailAddress } phoneNumber { phoneNumber } } } }"""
STATUS = """query ($jobId: ID!) { customerMergeJobStatus(jobId: $jobId) {
  jobId resultingCustomerId status customerMergeErrors { errorFields message } } }"""
UPDATE = "mutation ($input: CustomerInput!) { customerUpdate(input: $input) { userErrors { message } } }"

NOBODY = "gid://shopify/Customer/999999999999999"


def gid(id: str) -> str:
    return f"gid://shopify/Customer/{id}"


def recorded(root: str) -> Iterator[Any]:
    """The recorded merges, or previews, of two customers."""
    for case in cases():
        asked, body = case["variables"] or {}, case["body"] or {}
        errors = [error.get("path") for error in body.get("errors") or () if isinstance(error, dict)]
        if {"one", "two"} <= asked.keys() and (root in (body.get("data") or {}) or [root] in errors):
            yield pytest.param(case, id=case["file"].rpartition("/")[2] + case["case"])


ABSENT = [pytest.param(None, marks=pytest.mark.skip(reason="the recorded answers are not beside this checkout"))]


def world_of(case: dict[str, Any]) -> World:
    """The two customers as the case's name says that they were."""
    name, asked = case["case"], case["variables"]
    emails = {"one": "one@example.com", "two": "two@example.com"}
    if "onlyCustomerOneHasEmail" in name:
        emails["two"] = ""
    if "neitherHasEmail" in name:
        emails = {"one": "", "two": ""}
    phone = {"one": "+14155550101", "two": "+14155550102"}
    accounts = {
        asked[side]: customer(
            asked[side].rpartition("/")[2],
            emails[side] or None,
            "Merge",
            side.capitalize(),
            state="activated" if side == "one" and "accountStateCustomerOne" in name else "disabled",
            phone=phone[side],
        )
        for side in ("one", "two")
        if asked[side] != NOBODY
    }
    return World(seed=1, humans=[], accounts=list(accounts.values()), purchases=[], planted=[])


@pytest.mark.parametrize("case", list(recorded("customerMerge")) or ABSENT)
def test_a_merge_is_answered_as_shopify_did(case: dict[str, Any], shopify_with: OpenShop) -> None:
    shopify = shopify_with(world=world_of(case))
    for side in ("one", "two"):
        much = {"tags": [f"{side}{n}" for n in range(200)]} if "tagsOverflow" in case["case"] else {}
        much |= {"note": "x" * 3000} if "noteOverflow" in case["case"] else {}
        if much:
            shopify.ask(UPDATE, input={"id": case["variables"][side]} | much)
    said, expected = (one["data"]["customerMerge"] for one in (shopify.ask(MERGE, **case["variables"]), case["body"]))
    assert (said["resultingCustomerId"], said["userErrors"]) == (
        expected["resultingCustomerId"],
        expected["userErrors"],
    )
    assert (said["job"] and said["job"]["done"]) == (expected["job"] and expected["job"]["done"])
    assert shopify.changes()[-1][3] == ("refused" if expected["userErrors"] else "applied")


@pytest.mark.parametrize("case", list(recorded("customerMergePreview")) or ABSENT)
def test_a_preview_is_refused_as_shopify_did(case: dict[str, Any], shopify_with: OpenShop) -> None:
    said = shopify_with(world=world_of(case)).ask(PREVIEW, **case["variables"])
    assert said["data"] is None
    told = [{name: error[name] for name in ("message", "extensions", "path")} for error in said["errors"]]
    assert told == [{name: error[name] for name in told[0]} for error in case["body"]["errors"]]


def test_the_job_is_under_way_and_then_done_and_only_then_is_anything_moved(shopify: Shopify) -> None:
    job = shopify.ask(MERGE, one=gid(STUB), two=gid(BO))["data"]["customerMerge"]["job"]["id"]
    statuses = [shopify.ask(STATUS, jobId=job)["data"]["customerMergeJobStatus"] for _ in range(2)]
    assert statuses == [
        {"jobId": job, "resultingCustomerId": gid(BO), "status": status, "customerMergeErrors": []}
        for status in ("IN_PROGRESS", "COMPLETED")
    ]
    read = "query ($id: ID!, $order: ID!) { customer(id: $id) { id } order(id: $order) { email customer { id } } }"
    then = shopify.ask(read, id=gid(STUB), order=f"gid://shopify/Order/{STUBS_ORDER}")["data"]
    assert then == {"customer": None, "order": {"email": "Bo.Wang@example.com", "customer": {"id": gid(BO)}}}
    other = shopify.ask(read, id=gid(BO), order=f"gid://shopify/Order/{NOBODYS_ORDER}")["data"]
    assert other["order"] == {"email": "bo.wang@example.com", "customer": None}


def test_a_preview_changes_nothing_and_tells_what_would_be(shopify: Shopify) -> None:
    keep = {"customerIdOfEmailToKeep": gid(STUB), "customerIdOfFirstNameToKeep": gid(BO)}
    told = shopify.ask(PREVIEW, one=gid(STUB), two=gid(BO), override=keep)["data"]["customerMergePreview"]
    assert told["resultingCustomerId"] == gid(STUB)
    assert told["defaultFields"]["email"] == {"emailAddress": "bo.wnag@example.com"}
    assert told["defaultFields"]["firstName"] == "Bo"
    assert told["defaultFields"]["phoneNumber"] == {"phoneNumber": "+15035550100"}
    assert shopify.changes() == []


@pytest.mark.parametrize(
    "keep",
    [
        pytest.param({"customerIdOfFirstNameToKeep": gid(STUB)}, id="of-who-has-none"),
        pytest.param({"customerIdOfEmailToKeep": NOBODY}, id="of-a-third"),
    ],
)
def test_what_is_not_there_cannot_be_kept(keep: dict[str, str], shopify: Shopify) -> None:
    told = shopify.ask(PREVIEW, one=gid(STUB), two=gid(BO), override=keep)["data"]["customerMergePreview"]
    assert [error["errorFields"] for error in told["customerMergeErrors"]] == [["OVERRIDE_FIELDS"]]
    said = shopify.ask(MERGE, one=gid(STUB), two=gid(BO), override=keep)["data"]["customerMerge"]
    assert [error["code"] for error in said["userErrors"]] == ["OVERRIDE_ATTRIBUTE_INVALID"]


def test_an_unknown_job_is_null(shopify: Shopify) -> None:
    assert shopify.ask(STATUS, jobId="gid://shopify/Job/1")["data"] == {"customerMergeJobStatus": None}
