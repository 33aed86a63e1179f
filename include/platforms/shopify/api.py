"""
Talks to the Shopify Admin API: asks, pages, and tells one change at a time.

It hands on what Shopify said as it came, and translates only failures. It never retries a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, RollcallError, SettingsWrong, UnclearOutcome, UnexpectedAnswer
from include.platforms import About
from include.platforms.shopify import documents, notes
from include.platforms.shopify.about import NEW_ACCOUNTS, about, account
from include.platforms.shopify.access import Access
from include.platforms.shopify.pulls import PAGE, SMALL, Pulls
from include.platforms.shopify.refusals import judge, refused
from include.platforms.shopify.rows import number
from include.platforms.shopify.storefront import Storefront

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Http

__all__ = ["NEW_ACCOUNTS", "Api", "judge"]

API_VERSION = "2026-10"
MOST_PAGES = 100  # of a customer's orders: as many records as a cursor is sure to lead past


class Api(Pulls):
    """One shop."""

    def __init__(self, http: Http, key: Key) -> None:
        version = str(key.options.get("api_version", API_VERSION))
        small = key.options.get("bulk_from", SMALL)
        if not isinstance(small, int):
            raise SettingsWrong("shopify: bulk_from in the connection's extra is not a whole number")
        super().__init__(http, version, Access(http, key), small)
        self._storefront = Storefront(http, key, version)
        self.tag = notes.tag(key)

    def about(self) -> About:
        """Which shop this is, and what the app lacks."""
        return about(self._answer, self._storefront)

    def account(self) -> str:
        """The fingerprint of this shop. It is asked for once."""
        return self._account

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

    def has_order(self, customer: str, order: str) -> bool:
        """Whether the order is among the customer's. Raises NotFound without the customer."""
        told = self._ask(documents.HAS_ORDER, {"id": gid("Customer", customer), "order": f"id:{order}"})["customer"]
        if told is None:
            raise NotFound(f"shopify: customer {customer} does not exist")
        if gid("Order", order) in {node["id"] for node in told["orders"]["nodes"]}:
            return True
        return order in self.order_ids(customer)  # the search may lag, the list does not

    def order_ids(self, customer: str) -> list[str]:
        """The numbers of all orders of a customer. Raises NotFound."""
        ids: list[str] = []
        after: str | None = None
        seen: set[str] = set()
        while len(seen) < MOST_PAGES:
            variables = {"id": gid("Customer", customer), "first": PAGE, "after": after}
            told = self._ask(documents.ORDER_IDS, variables)["customer"]
            if told is None:
                raise NotFound(f"shopify: customer {customer} does not exist")
            ids += [number(node["id"], "Order") for node in told["orders"]["nodes"]]
            info = told["orders"]["pageInfo"]
            if not info["hasNextPage"]:
                return ids
            after = info["endCursor"]
            if not isinstance(after, str) or not after or after in seen:
                raise UnexpectedAnswer("shopify orders of a customer: there is a next page but no new cursor to it")
            seen.add(after)
        raise UnexpectedAnswer(f"shopify orders of a customer: there are more than {MOST_PAGES * PAGE:,}")

    def preview_merge(self, duplicate: str, survivor: str, keep: Mapping[str, str]) -> dict[str, Any]:
        """What Shopify would make of two customers, and what stands against it."""
        return self._ask(documents.PREVIEW_MERGE, _merge(duplicate, survivor, keep))

    def merge_customers(self, duplicate: str, survivor: str, keep: Mapping[str, str]) -> str:
        """Have Shopify merge one customer into another, by a job whose id is answered. It cannot be undone."""
        told = self._tell(documents.MERGE_CUSTOMERS, "customerMerge", _merge(duplicate, survivor, keep))
        return str(told["job"]["id"])

    def merge_status(self, job: str) -> dict[str, Any] | None:
        """How far a merge's job is; None where Shopify knows it no longer."""
        status: dict[str, Any] | None = self._ask(documents.MERGE_STATUS, {"jobId": job})["customerMergeJobStatus"]
        return status

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._http.sleep(seconds)

    def update_customer(self, id: str, **fields: str | None) -> None:
        """Change fields of a customer; those not named stay as they are."""
        self._tell(documents.UPDATE_CUSTOMER, "customerUpdate", {"input": {"id": gid("Customer", id), **fields}})

    def update_order(self, id: str, **fields: str | None) -> None:
        """Change fields of an order; those not named stay as they are."""
        self._tell(documents.UPDATE_ORDER, "orderUpdate", {"input": {"id": gid("Order", id), **fields}})

    def add_note(self, kind: str, id: str, note: str) -> None:
        """Give a customer or an order this note and, where the connection names one, the tag."""
        update = self.update_order if kind == "order" else self.update_customer
        if not self.tag:
            return update(id, note=note)
        global_id = gid("Order" if kind == "order" else "Customer", id)
        document, root = (
            (notes.NOTE_ORDER, "orderUpdate") if kind == "order" else (notes.NOTE_CUSTOMER, "customerUpdate")
        )
        variables = {"input": {"id": global_id, "note": note}, "id": global_id, "tags": [self.tag]}
        body = self._sent(document, variables).body
        refusals = [why for each in (root, "tagsAdd") if (why := _refusal(body, each, variables))]
        if len(refusals) == 1:
            raise UnclearOutcome(f"shopify made only one of note and tag: {refusals[0]}") from refusals[0]
        if refusals:
            raise refusals[0]

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

    def _record(self, document: str, root: str, id: str) -> dict[str, Any]:
        record = self._ask(document, {"id": id})[root]
        if record is None:
            raise NotFound(f"shopify: {root} {id.rpartition('/')[2]} does not exist")
        return dict(record)

    def _tell(self, document: str, root: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Send one change, once. Returns what Shopify says of it, and only if it says that it was made."""
        body = self._sent(document, variables).body
        if why := _refusal(body, root, variables):
            raise why
        return dict(body["data"][root])


def _refusal(body: Any, root: str, variables: Mapping[str, Any]) -> RollcallError | None:
    """What is refused of a change by what was answered to it. Raises UnclearOutcome where that cannot be told."""
    data = body.get("data") if isinstance(body, dict) else None
    payload = data.get(root) if isinstance(data, dict) else None
    if not isinstance(payload, dict) or body.get("errors"):
        raise UnclearOutcome(f"shopify gave no clear answer to {root}")
    if problems := payload.get("userErrors"):
        return refused(root, problems, variables)
    if not any(isinstance(value, dict) for value in payload.values()):
        raise UnclearOutcome(f"shopify answered {root} with neither a record nor an error")
    return None


def gid(kind: str, id: str) -> str:
    """A reference's number as Shopify's global id."""
    return f"gid://shopify/{kind}/{id}"


def _merge(duplicate: str, survivor: str, keep: Mapping[str, str]) -> dict[str, Any]:
    return {"duplicate": gid("Customer", duplicate), "survivor": gid("Customer", survivor), "keep": dict(keep)}
