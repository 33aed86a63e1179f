"""
What signs our requests to a shop: the token that the connection holds, or one that its app is given for a day.

An app that was made in Shopify's admin before 2026 has a token that lasts. An app of the Dev Dashboard has a client id
and a secret instead, and asks its shop for a token with them; that one is kept in this process's memory alone and asked
for anew a minute before it ends. The secret goes to the host of the connection only, and into no message.
"""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

from include.errors import UnexpectedAnswer
from include.pace import number
from include.platforms.shopify.quotas import TOKENS

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Http

HEADER = "X-Shopify-Access-Token"
PATH = "/admin/oauth/access_token"
LASTING = "shpat_"  # what an access token begins with, and no client secret: whatever the login is, it is a token
EARLY = 60  # seconds before a token's end at which it is used no more

Signed = dict[str, str]


class Access:
    """What signs the requests to one shop. One may be used by many threads at once."""

    def __init__(self, http: Http, key: Key) -> None:
        self._http = http
        self._secret = key.secret
        self._client = "" if self._secret.startswith(LASTING) else key.login.strip()
        self._lock = threading.Lock()
        self._token: str | None = None
        self._until = -math.inf

    def headers(self) -> Signed:
        """What the next request is signed with."""
        if not self._client:
            return {HEADER: self._secret}
        with self._lock:
            if self._token is None or self._http.clock() >= self._until:
                self._token, self._until = self._asked()
            return {HEADER: self._token}

    def refused(self, signed: Signed) -> bool:
        """Use this no more: Shopify did not accept it. Returns whether there can be another one."""
        with self._lock:
            if self._token == signed[HEADER]:
                self._token = None
        return bool(self._client)

    def _asked(self) -> tuple[str, float]:
        """A new token, and until when it is used. Asking for it changes nothing: earlier ones stay what they are."""
        began = self._http.clock()
        form = {"grant_type": "client_credentials", "client_id": self._client, "client_secret": self._secret}
        body = self._http.read("POST", PATH, TOKENS, data=form).body
        said = body if isinstance(body, dict) else {}
        token, seconds = said.get("access_token"), number(said.get("expires_in"))
        if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
            raise UnexpectedAnswer("shopify: its answer to the app's client id and secret holds no access token")
        return token, math.inf if seconds is None else began + seconds - EARLY
