"""
Talks to the Shopify Admin API: asks, pages, and tells one change at a time.

It hands on what Shopify said as it came, and translates only failures. It never retries a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, NotPermitted, RollcallError, UnclearOutcome, UnexpectedAnswer, Unreachable
from include.platforms import About, Page
from include.platforms.shopify import documents
from include.platforms.shopify.about import about, account
from include.platforms.shopify.refusals import judge, refused
from include.platforms.shopify.rows import number
from include.platforms.shopify.storefront import Storefront

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Answer, Http

__all__ = ["Api", "judge"]

PAGE = 250  # the most a connection gives at once
API_VERSION = "2026-10"
NEW_ACCOUNTS = "NEW_CUSTOMER_ACCOUNTS"

# Reading orders without `read_all_orders` leaves out those older than 60 days, in silence.
SCOPES = ("read_customers", "read_orders", "read_all_orders")


class Api:
    """One shop. Between two queries it waits until the bucket of points holds enough for the next."""

    def __init__(self, http: Http, key: Key) -> None:
        self._http = http
        self._version = str(key.options.get("api_version", API_VERSION))
        self._path = f"/admin/api/{self._version}/graphql.json"
        self._headers = {"X-Shopify-Access-Token": key.secret}
        self._wait = 0.0
        self._storefront = Storefront(http, key, self._version)

    def about(self) -> About:
        """Which shop this is, and what the app lacks."""
        return about(self._answer)

    def account(self) -> str:
        """The fingerprint of this shop. It is asked for once."""
        return self._account

    def pages(self) -> Iterator[Page]:
        """Every customer and every order, page by page."""
        self._insist_on_scopes()
        yield from self._connection("customers", documents.CUSTOMERS)
        yield from self._connection("orders", documents.ORDERS)

    def customer(self, id: str) -> dict[str, Any]:
        """One customer as Shopify tells it. Raises NotFound."""
        return self._record(documents.CUSTOMER, "customer", gid("Customer", id))

    def order(self, id: str) -> dict[str, Any]:
        """One order as Shopify tells it. Raises NotFound."""
        return self._record(documents.ORDER, "order", gid("Order", id))

    def holder(self, email: str) -> str | None:
        """The number of the customer who has this address, whatever its case. Asks no search index: those lag."""
        found = self._ask(documents.HOLDER, {"identifier": {"emailAddress": email}})["customerByIdentifier"]
        return number(found["id"], "Customer") if found else None

    def accounts_version(self) -> str:
        """CLASSIC, or NEW_CUSTOMER_ACCOUNTS where nobody has a password and nobody can be invited."""
        return str(self._ask(documents.SHOP, {})["shop"]["customerAccountsV2"]["customerAccountsVersion"])

    def update_customer(self, id: str, **fields: str | None) -> None:
        """Change fields of a customer; those not named stay as they are."""
        self._tell(documents.UPDATE_CUSTOMER, "customerUpdate", {"input": {"id": gid("Customer", id), **fields}})

    def update_order(self, id: str, **fields: str | None) -> None:
        """Change fields of an order; those not named stay as they are."""
        self._tell(documents.UPDATE_ORDER, "orderUpdate", {"input": {"id": gid("Order", id), **fields}})

    def set_order_customer(self, order: str, customer: str) -> None:
        """Give an order to a customer, whoever had it."""
        ids = {"orderId": gid("Order", order), "customerId": gid("Customer", customer)}
        self._tell(documents.SET_ORDER_CUSTOMER, "orderCustomerSet", ids)

    def invite_customer(self, id: str) -> None:
        """Have Shopify mail the invitation to activate an account. Twice told is twice mailed."""
        self._tell(documents.INVITE_CUSTOMER, "customerSendAccountInviteEmail", {"customerId": gid("Customer", id)})

    def recover_customer(self, email: str) -> None:
        """Have Shopify mail who has this address the link to a new password. Twice told is twice mailed."""
        self._storefront.recover(email)

    @cached_property
    def _account(self) -> str:
        return account(self._answer)

    def _connection(self, stream: str, document: str) -> Iterator[Page]:
        after: str | None = None
        seen: set[str] = set()
        while True:
            answer = self._answer(document, {"first": PAGE, "after": after})
            yield Page(stream, answer.body)
            info = _part(answer.body["data"], stream, "pageInfo")
            if not info.get("hasNextPage"):
                return
            cursor = info.get("endCursor")
            if not isinstance(cursor, str) or cursor in seen:
                raise UnexpectedAnswer(f"shopify {stream}: there is a next page but no new cursor to it")
            seen.add(cursor)
            after = cursor

    def _insist_on_scopes(self) -> None:
        granted = self._ask(documents.SHOP, {})["currentAppInstallation"]["accessScopes"]
        handles = {scope["handle"] for scope in granted}
        handles |= {handle.replace("write_", "read_", 1) for handle in handles if handle.startswith("write_")}
        if missing := [scope for scope in SCOPES if scope not in handles]:
            raise NotPermitted(f"shopify: the app lacks the scope {', '.join(missing)}; grant it and reinstall")

    def _record(self, document: str, root: str, id: str) -> dict[str, Any]:
        record = self._ask(document, {"id": id})[root]
        if record is None:
            raise NotFound(f"shopify: {root} {id.rpartition('/')[2]} does not exist")
        return dict(record)

    def _ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._answer(document, variables).body["data"])

    def _answer(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """The answer to a query, in which nothing is missing, redacted, guessed or of another version."""
        if self._wait:
            self._http.sleep(self._wait)
        answer = self._http.read("POST", self._path, json=_body(document, variables), headers=self._headers)
        body = answer.body
        if not isinstance(body, dict):
            raise UnexpectedAnswer("shopify: the answer is not a JSON object")
        if errors := body.get("errors"):
            raise _incomplete(errors)
        if not isinstance(body.get("data"), dict):
            raise UnexpectedAnswer("shopify: the answer holds neither data nor errors")
        answered = answer.headers.get("X-Shopify-API-Version", self._version)
        if answered != self._version:
            raise UnexpectedAnswer(f"shopify: {self._version} was asked and {answered} answered; update api_version")
        extensions = body.get("extensions") or {}
        for search in extensions.get("search") or ():
            if search.get("warnings"):
                raise UnexpectedAnswer("shopify: a search field was not understood, so the answer holds everything")
        self._wait = _points_wait(extensions.get("cost") or {})
        return answer

    def _tell(self, document: str, root: str, variables: Mapping[str, Any]) -> None:
        """Send one change, once. Returns only if Shopify says that it was made."""
        answer = self._http.write("POST", self._path, json=_body(document, variables), headers=self._headers)
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        payload = data.get(root) if isinstance(data, dict) else None
        if not isinstance(payload, dict) or answer.body.get("errors"):
            raise UnclearOutcome(f"shopify gave no clear answer to {root}")
        if problems := payload.get("userErrors"):
            raise refused(root, problems, variables)
        if not any(isinstance(value, dict) for value in payload.values()):
            raise UnclearOutcome(f"shopify answered {root} with neither a record nor an error")


def gid(kind: str, id: str) -> str:
    """A reference's number as Shopify's global id."""
    return f"gid://shopify/{kind}/{id}"


def _body(document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"query": document, "variables": dict(variables)}


def _part(value: Any, *names: str) -> dict[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise UnexpectedAnswer(f"shopify: {'.'.join(names)} is missing")
    return value


def _incomplete(errors: Sequence[Any]) -> RollcallError:
    """Errors beside data: part of what was asked is missing, so all of it is worthless."""
    told = [error for error in errors if isinstance(error, dict)]
    paths = {re.sub(r"\.\d+", "", ".".join(map(str, error.get("path") or ()))) for error in told}
    codes = {str((error.get("extensions") or {}).get("code")) for error in told}
    where = ", ".join(sorted(paths - {""})) or "the query"
    if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
        return Unreachable(f"shopify failed inside at {where}")
    if "ACCESS_DENIED" in codes or any("not approved" in str(error.get("message")) for error in told):
        return NotPermitted(f"shopify keeps {where} back; the app needs protected customer data access (level 2)")
    return UnexpectedAnswer(f"shopify answered with an error at {where} ({', '.join(sorted(codes))})")


def _points_wait(cost: Mapping[str, Any]) -> float:
    """Seconds until the bucket holds enough points to ask the same again."""
    bucket = cost.get("throttleStatus") or {}
    short = float(cost.get("requestedQueryCost") or 0) - float(bucket.get("currentlyAvailable") or 0)
    rate = float(bucket.get("restoreRate") or 0)
    return short / rate if short > 0 and rate > 0 else 0.0
