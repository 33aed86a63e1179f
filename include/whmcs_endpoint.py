"""
Speaks to WHMCS's one endpoint, for the two platforms that stand behind it (`whmcs`, `whois`).

Every call is a form-encoded POST to `includes/api.php`, reads and writes alike. Secrets that WHMCS sends along
(service passwords above all) are dropped here, before anything else sees an answer. It knows no record's meaning.

Source: developers.whmcs.com, repository WHMCS/developer-docs at 2e75f454aa24 (2026-01-05).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from include.errors import NotPermitted, Refusal, SettingsWrong, Unauthorized, UnexpectedAnswer, Unreachable
from include.whmcs_shapes import number, record_id, rows

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Answer, Http

PATH = "/includes/api.php"
OLDEST = (8, 1)  # below 8.0 the client is the login; GetUsers came with 8.1
PAGE_SIZE = 100  # WHMCS says 25 when not asked; each call boots its PHP application
ATTEMPTS = 3  # a listing that changes while it is read is read again this often

# What no part of Rollcall may see: passwords, network addresses, payment data, the free fields that may hold them.
DROPPED = re.compile(
    r"pass(word|wd).*|securityq.*|customfields\d*|configoptions|lastlogin|.*ipaddress|cc.*|card.*|bank.*|gatewayid"
    r"|fraud.*|transfersecret|orderdata|validationdata",
    re.IGNORECASE,
)


def without_secrets(value: Any) -> Any:
    """`value` without the fields no part of Rollcall may see, at any depth and in any container."""
    match value:
        case dict():
            return {key: without_secrets(inner) for key, inner in value.items() if not DROPPED.fullmatch(str(key))}
        case list():
            return [without_secrets(inner) for inner in value]
        case _:
            return value


class Endpoint:
    """WHMCS's actions by name."""

    def __init__(self, http: Http, key: Key) -> None:
        self._http = http
        self._signed = {"identifier": key.login, "secret": key.secret, "responsetype": "json"}
        if accesskey := key.options.get("accesskey"):
            self._signed["accesskey"] = str(accesskey)
        self._page_size = int(key.options.get("page_size", PAGE_SIZE))

    @property
    def url(self) -> str:
        """Where this WHMCS is."""
        return self._http.base_url

    def date(self) -> datetime | None:
        """When WHMCS last answered, by its server's clock."""
        return self._http.date()

    def read(self, action: str, **fields: str | int) -> dict[str, Any]:
        """What WHMCS answers to an action that changes nothing."""
        answer = self._http.read("POST", PATH, data=self._form(action, fields))
        return self._opened(action, answer)

    def write(self, action: str, **fields: str | int) -> dict[str, Any]:
        """Send an action that changes something, once."""
        answer = self._http.write("POST", PATH, data=self._form(action, fields))
        return self._opened(action, answer)

    def lacking(self, reads: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
        """Which of these actions, each with fields to ask for little, the credential's API role does not have."""
        return tuple(action for action, fields in reads.items() if not self.allows(action, **fields))

    def allows(self, action: str, **fields: str | int) -> bool:
        """Whether the credential's API role has this action, which changes nothing. What it answers is let go."""
        try:
            self.read(action, **fields)
        except Unauthorized:
            raise
        except NotPermitted as refused:
            if action.lower() not in str(refused).lower():
                raise  # it is about the caller's address, not about the role
            return False
        except Refusal:
            return True  # it is allowed to ask
        return True

    def pages(self, action: str, container: str, singular: str, **fields: str | int) -> Iterator[dict[str, Any]]:
        """The pages of a list as they come; records may be missing or there twice when the list changes meanwhile."""
        start, where = 0, f"whmcs {action}"
        while True:
            page = self.read(action, limitstart=start, limitnum=self._page_size, **fields)
            found = len(rows(page.get(container), singular, where))
            yield page
            start += found
            if found == 0 or start >= number(page, "totalresults", where):
                return

    def listing(self, action: str, container: str, singular: str, **fields: str | int) -> list[dict[str, Any]]:
        """
        Every page of a list, complete and with no record twice.

        Offsets shift when a record comes or goes between two pages. What was read is held against the totals that
        WHMCS states with each page, and read again when they differ.
        """
        for _ in range(ATTEMPTS):
            pages = list(self.pages(action, container, singular, **fields))
            where = f"whmcs {action}"
            totals = {number(page, "totalresults", where) for page in pages}
            ids = [record_id(row, where) for page in pages for row in rows(page.get(container), singular, where)]
            if totals == {len(ids)} == {len(set(ids))}:
                return pages
        raise Unreachable(f"whmcs {action} kept changing while it was listed ({ATTEMPTS} attempts).")

    @cached_property
    def version(self) -> str:
        """WHMCS's version. Raises SettingsWrong when it is too old to keep logins and clients apart."""
        about = self.read("WhmcsDetails").get("whmcs")
        said = str(about.get("version", "")) if isinstance(about, dict) else ""
        parts = re.match(r"(\d+)\.(\d+)", said)
        if parts is None:
            raise UnexpectedAnswer("whmcs WhmcsDetails: the field 'whmcs.version' is missing.")
        if (int(parts[1]), int(parts[2])) < OLDEST:
            raise SettingsWrong(
                f"WHMCS {parts[0]} is too old: Rollcall needs 8.1, where logins are records of their own. "
                "Upgrade it, or name whmcs and whois in ROLLCALL_LEAVE_OUT."
            )
        return said

    def _form(self, action: str, fields: dict[str, str | int]) -> dict[str, str]:
        return {"action": action, **{name: str(value) for name, value in fields.items()}, **self._signed}

    def _opened(self, action: str, answer: Answer) -> dict[str, Any]:
        if not isinstance(answer.body, dict):
            raise UnexpectedAnswer(f"whmcs {action}: the answer is no JSON object.")
        opened: dict[str, Any] = without_secrets(answer.body)
        return opened
