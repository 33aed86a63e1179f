"""
Talks to BigCommerce: customers through V3, orders through V2, and one change at a time.

It hands on what BigCommerce said as it came, and translates only failures. It never repeats a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, UnclearOutcome, UnexpectedAnswer
from include.platforms import About
from include.platforms.bigcommerce.about import about, account
from include.platforms.bigcommerce.pulls import CUSTOMERS, ORDERS, Pulls, listed
from include.platforms.bigcommerce.refusals import judge
from include.record import records

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Http

__all__ = ["Api", "judge"]

PARTS = 250  # lines or addresses of one order that come at once
MOST_PAGES = 20


class Api(Pulls):
    """One store."""

    def __init__(self, http: Http, key: Key) -> None:
        headers = {"X-Auth-Token": key.secret, "Accept": "application/json"}
        super().__init__(http, headers, key.options.get("one_cursor") is True)

    def about(self) -> About:
        """Which store this is, and which scopes the token lacks."""
        return about(self._http, self._headers)

    def account(self) -> str:
        """The fingerprint of this store. Nothing is asked for it."""
        return account(self._http.base_url)

    def customer(self, id: str) -> dict[str, Any]:
        """One customer. Raises NotFound."""
        found = self._ask_customers({"id:in": id, "include": "addresses"})
        if not found:
            raise NotFound(f"bigcommerce does not have customer {id}")
        return found[0]

    def customers_with(self, email: str) -> list[dict[str, Any]]:
        """
        The customers that have this address: at most one on each channel.

        Whether BigCommerce minds its case is not documented. Asked are the spelling given and the one in small letters;
        a store that minds it does not tell of a customer in a third.
        """
        found = self._ask_customers({"email:in": ",".join(dict.fromkeys((email, email.lower())))})
        return [one for one in found if str(one.get("email", "")).casefold() == email.casefold()]

    def order(self, id: str) -> dict[str, Any]:
        """One order. Raises NotFound."""
        body = self._http.read("GET", f"{ORDERS}/{id}", headers=self._headers).body
        if not isinstance(body, dict) or "id" not in body:
            raise UnexpectedAnswer("bigcommerce orders: the answer is not an order")
        return body

    def order_parts(self, id: str, part: str) -> list[Any]:
        """What an order only links to: all of its `products` or `shipping_addresses`."""
        found: list[Any] = []
        for page in range(1, MOST_PAGES + 1):
            asked = {"limit": PARTS, "page": page}
            told = listed(self._http.read("GET", f"{ORDERS}/{id}/{part}", params=asked, headers=self._headers))
            if not isinstance(told, list):
                raise UnexpectedAnswer(f"bigcommerce orders: the answer is not a list of {part}")
            found += told
            if len(told) < PARTS:
                return found
        raise UnexpectedAnswer(f"bigcommerce orders: order {id} holds more {part} than any order does")

    def update_customer(self, id: str, **fields: Any) -> None:
        """Change fields of one customer; those not named stay as they are."""
        sent = [{"id": int(id), **fields}]
        answer = self._http.write("PUT", CUSTOMERS, json=sent, headers=self._headers)
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        if not isinstance(data, list) or [one.get("id") for one in data if isinstance(one, dict)] != [int(id)]:
            raise UnclearOutcome(f"bigcommerce answered {answer.status} to a change of customer {id} without naming it")

    def update_order(self, id: str, **fields: Any) -> None:
        """Change fields of one order. Only what is safe to send alone may be named: see this folder's first page."""
        answer = self._http.write("PUT", f"{ORDERS}/{id}", json=fields, headers=self._headers)
        if not isinstance(answer.body, dict) or answer.body.get("id") != int(id):
            raise UnclearOutcome(f"bigcommerce answered {answer.status} to a change of order {id} without naming it")

    def _ask_customers(self, filters: Mapping[str, str]) -> list[dict[str, Any]]:
        body = self._http.read("GET", CUSTOMERS, params=filters, headers=self._headers).body
        found = body.get("data") if isinstance(body, dict) else None
        return [dict(record.fields) for record in records("bigcommerce customers", found)]
