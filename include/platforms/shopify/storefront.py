"""
Asks Shopify's Storefront API for the one thing the Admin API cannot do: to mail a customer the way to a new password.

It has a token of its own, in the connection's extra. That mail is asked for by one request, which is never sent again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.errors import NotPermitted, Refusal, Unauthorized, UnclearOutcome
from include.platforms.shopify.quotas import STOREFRONT
from include.platforms.shopify.refusals import refused

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Answer, Http

RECOVER = """
mutation RecoverCustomer($email: String!) {
  customerRecover(email: $email) { customerUserErrors { code field message } }
}
"""

NAME = "query Name { shop { name } }"

TOKEN = "storefront_token"  # noqa: S105  the extra's name, not what it holds
SCOPE = "unauthenticated_write_customers"
PRIVATE = "shpat_"  # what a private access token begins with; public ones are bare


class Storefront:
    """One shop's Storefront API."""

    def __init__(self, http: Http, key: Key, version: str) -> None:
        self._http = http
        self._path = f"/api/{version}/graphql.json"
        self._token = str(key.options.get(TOKEN) or "")

    def recover(self, email: str) -> None:
        """Have Shopify mail the link by which a password is reset. Twice told is twice mailed."""
        if not self._token:
            raise Refusal(
                f"shopify: a reset of access goes through the Storefront API; put one of its access tokens, with the "
                f"scope {SCOPE}, into the connection's extra as {TOKEN}"
            )
        body = self._told(email).body
        data = body.get("data") if isinstance(body, dict) else None
        payload = data.get("customerRecover") if isinstance(data, dict) else None
        problems = payload.get("customerUserErrors") if isinstance(payload, dict) else None
        if not isinstance(problems, list) or body.get("errors"):
            raise UnclearOutcome("shopify gave no clear answer to customerRecover")
        if problems:
            raise refused("customerRecover", problems, {"email": email})

    def lacking(self) -> str | None:
        """What the connection lacks for a reset, as far as reading shows it; None for nothing."""
        if not self._token:
            return f"{TOKEN} with the scope {SCOPE}"
        try:
            self._http.read("POST", self._path, STOREFRONT, json={"query": NAME}, headers=self._signed())
        except Refusal:
            return f"a {TOKEN} that Shopify accepts, with the scope {SCOPE}"
        return None

    def _signed(self) -> dict[str, str]:
        private = self._token.startswith(PRIVATE)
        return {"Shopify-Storefront-Private-Token" if private else "X-Shopify-Storefront-Access-Token": self._token}

    def _told(self, email: str) -> Answer:
        """The answer. A token that is not accepted is this change's trouble alone: the Admin API has another one."""
        asked = {"query": RECOVER, "variables": {"email": email}}
        try:
            return self._http.write("POST", self._path, STOREFRONT, json=asked, headers=self._signed())
        except NotPermitted as denied:
            raise NotPermitted(f"{denied} (the Storefront API; its token needs the scope {SCOPE})") from denied
        except Refusal as refusal:
            if isinstance(refusal, Unauthorized) or "UNAUTHORIZED" in str(refusal):
                raise NotPermitted(
                    f"shopify does not accept the {TOKEN} in the connection's extra; put a valid one there"
                ) from refusal
            raise
