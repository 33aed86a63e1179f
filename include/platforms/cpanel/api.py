"""Talks to WHM API 1 about cPanel accounts. What its answers mean, `rows` and `fixes` say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.errors import NotFound, UnexpectedAnswer
from include.platforms import About, Lane, Page, Pulled
from include.platforms.cpanel.about import about, account
from include.platforms.cpanel.refusals import judge

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Http

__all__ = ["Api", "judge"]

FIELDS = "user,domain,email,owner,suspended,is_locked,unix_startdate"


class Api(Pulled):
    """One server's WHM."""

    def __init__(self, http: Http, key: Key) -> None:
        self._http = http
        self._signed = {"Authorization": f"whm {key.login}:{key.secret}"}
        self._method = str(key.options.get("method", "POST")).upper()

    def about(self) -> About:
        """Which server this is, and which rights the token lacks."""
        return about(self._read, self._http.base_url)

    def account(self) -> str:
        """The fingerprint of this server."""
        return account(self._http.base_url)

    def clock(self) -> datetime | None:
        return self._http.date()

    def lanes(self) -> list[Lane]:
        return [Lane("accounts")]

    def walk(self, lane: Lane, after: str | None = None) -> Iterator[Page]:
        """The full pull: `accounts`, all in one answer, as WHM gives them."""
        yield Page("accounts", self._read("listaccts", want=FIELDS))

    def hosting(self, user: str) -> dict[str, Any]:
        """One account's summary. Raises NotFound when there is none of exactly this name."""
        data = self._read("accountsummary", user=user).get("data")
        found = data.get("acct") if isinstance(data, dict) else None
        if not isinstance(found, list):
            raise UnexpectedAnswer("cpanel accountsummary: the field 'data.acct' is missing.")
        for row in found:
            if isinstance(row, dict) and row.get("user") == user:
                return row
        raise NotFound(f"cpanel:hosting:{user} does not exist (any more).")

    def set_contact_email(self, user: str, email: str) -> dict[str, Any]:
        """Send the change once; answers the account's settings afterwards as WHM tells them."""
        fields = {"api.version": "1", "user": user, "contactemail": email}
        form: dict[str, Any] = {"params": fields} if self._method == "GET" else {"data": fields}
        answer = self._http.write(self._method, "/json-api/modifyacct", headers=self._signed, **form)
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        settings = data.get("cpuser") if isinstance(data, dict) else None
        return settings if isinstance(settings, dict) else {}

    def _read(self, function: str, **fields: str) -> dict[str, Any]:
        params = {"api.version": "1", **fields}
        answer = self._http.read("GET", f"/json-api/{function}", params=params, headers=self._signed)
        body: dict[str, Any] = answer.body
        return body
