"""Talks to WHM API 1 about cPanel accounts. What its answers mean, `rows` and `fixes` say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.errors import (
    NotFound,
    NotPermitted,
    Refusal,
    RollcallError,
    Unauthorized,
    UnexpectedAnswer,
)
from include.platforms import About, Lane, Page, Pulled
from include.platforms.cpanel.about import about, account

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Answer, Http

FIELDS = "user,domain,email,owner,suspended,is_locked,unix_startdate"

NOT_FOUND = re.compile(r"does not exist|no such (user|account)|could not find", re.IGNORECASE)
NOT_PERMITTED = re.compile(r"permission|privilege|not authorized|access denied", re.IGNORECASE)


def judge(answer: Answer) -> RollcallError | None:
    """What WHM refuses, in our words. Its own words are not repeated: they may hold an address."""
    body = answer.body
    if answer.status == 429:
        return None  # a proxy in front of WHM: transport knows what to do
    if answer.status == 401 or (isinstance(body, dict) and "cpanelresult" in body):
        return Unauthorized("whm did not accept the user and API token of its connection, or not from this machine.")
    told = body.get("metadata") if isinstance(body, dict) else None
    if not isinstance(told, dict) or "result" not in told:
        return UnexpectedAnswer(
            f"whm answered {answer.status} without metadata.result: is its host https://server:2087?"
        )
    if str(told["result"]) == "1" and answer.status < 400:
        return None
    said = str(told.get("reason", ""))
    if NOT_FOUND.search(said):
        return NotFound("whm has no such account (any more).")
    if NOT_PERMITTED.search(said):
        return NotPermitted("whm's API token lacks a right: it needs list-accts, acct-summary and edit-account.")
    return Refusal("whm refused in words of its own; the server's log /usr/local/cpanel/logs/error_log holds them.")


class Api(Pulled):
    """One server's WHM."""

    def __init__(self, http: Http, key: Key) -> None:
        self._http = http
        self._signed = {"Authorization": f"whm {key.login}:{key.secret}"}
        self._method = str(key.options.get("method", "POST"))

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
