"""Lists and updates customers as V3 does."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.bigcommerce.refusals import Refused, body_of
from include.sandbox.bigcommerce.store import Record, Store
from include.sandbox.bigcommerce.times import understood

FILTERS = {"id:in", "email:in", "name:in", "company:in", "phone:in", "customer_group_id:in"}
DATES = {f"{name}:{bound}" for name in ("date_created", "date_modified") for bound in ("min", "max")}
PAGING = {"limit", "page", "after", "before", "include", "sort"}
LARGEST = 250
MOST = 10  # customers in one PUT
WRITABLE = {"email", "first_name", "last_name", "company", "phone", "notes", "customer_group_id", "channel_ids"}
LENGTHS = {"email": (3, 255), "first_name": (1, 100), "last_name": (1, 100), "company": (0, 255), "phone": (0, 50)}
SHORTEST = 7  # characters of a password, with a letter and a digit among them
TITLE = "Update customers failed."


class Customers:
    """The customers' endpoints."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def page(self, request: Request) -> Response:
        """A page of customers, by cursor or by number."""
        asked = dict(request.query_params)
        unknown = sorted(set(asked) - FILTERS - DATES - PAGING)
        if unknown:
            raise Refused(422, f"The filter(s): {', '.join(unknown)} are not valid filter parameter(s).")
        limit = self._limit(asked.get("limit", "50"))
        if "sort" in asked and self.store.desk.switches["bigcommerce_sort_refused"]:
            raise Refused(422, "The sort is not valid.")
        asked = understood(asked, request.url.query, DATES, self.store.desk.switches)
        cursor, number = asked.get("after"), int(asked.get("page", "1"))
        found = self._found(asked, after=_opened(cursor) if cursor else None, most=limit + 1 if cursor else None)
        rest = found if cursor else found[(number - 1) * limit :]
        told = [_told(c, "addresses" in asked.get("include", "").split(",")) for c in rest[:limit]]
        meta: dict[str, Any] = {}
        if not cursor:
            pages = -(-len(found) // limit)
            meta["pagination"] = {"total": len(found), "count": len(told), "per_page": limit}
            meta["pagination"] |= {"current_page": number, "total_pages": pages, "links": {"current": "?page=1"}}
        if cursor or number == 1:
            meta["cursor_pagination"] = _cursors(told, limit, more=len(rest) > limit)
        return JSONResponse({"data": told, "meta": meta})

    async def update(self, request: Request) -> Response:
        """Change up to ten customers."""
        asked = await body_of(request)
        if not isinstance(asked, list) or not all(isinstance(one, dict) and "id" in one for one in asked):
            raise Refused(422, "JSON data is missing or invalid", {"id": "error.path.missing"})
        if len(asked) > MOST:
            raise Refused(413, f"At most {MOST} customers may be updated at once")
        errors: dict[str, str] = {}
        for number, one in enumerate(asked):
            wrong = self._wrong(number, one)
            errors |= wrong
            if wrong:
                self._refuse(request, one)
        good_rows = self.store.desk.switches["bigcommerce_batch"] == "good_rows"
        told = []
        for number, one in enumerate(asked):
            if (errors and not good_rows) or self._wrong(number, one):
                continue
            customer = self.store.customers[one["id"]]
            self.store.changed(request, "customer", customer, self._wanted(customer, one), _secret(one))
            told.append(_told(customer, addresses=False))
        if errors:
            raise Refused(422, TITLE, errors)
        return JSONResponse({"data": told, "meta": {}})

    def _found(self, asked: dict[str, str], after: int | None, most: int | None) -> list[Record]:
        """The customers that match; by their ids where no other order is asked for, at most so many after one's id."""
        ids = sorted(self.store.customers)
        ids = ids if after is None else ids[bisect_right(ids, after) :]
        tests = _tests(asked, self.store.desk.switches)
        customers = (self.store.customers[id] for id in ids)
        found = (customer for customer in customers if all(test(customer) for test in tests))
        if not (by := asked.get("sort")):
            return list(islice(found, most))
        field, _, way = by.partition(":")
        return sorted(found, key=lambda customer: str(customer[field]), reverse=way == "desc")

    def _limit(self, said: str) -> int:
        limit = int(said) if said.isdecimal() else 0
        status = self.store.desk.switches["bigcommerce_limit_refused"]
        if limit < 1 or (limit > LARGEST and status):
            raise Refused(status or 422, "The limit must be between 1 and 250.")
        return min(limit, LARGEST)

    def _wrong(self, number: int, sent: Record) -> dict[str, str]:
        """What V3 has against one customer of a PUT, by path."""
        customer = self.store.customers.get(sent["id"]) if isinstance(sent["id"], int) else None
        if customer is None:
            return {f"{number}.id": "invalid customer ID"}
        if unwritable := set(sent) - WRITABLE - {"id", "authentication"}:
            return {f"{number}.{name}": "error.field.readonly" for name in sorted(unwritable)}
        for name, (least, most) in LENGTHS.items():
            if name in sent and not isinstance(sent[name], str):
                return {f"{number}.{name}": "error.expected.jsstring"}
            if name in sent and not least <= len(sent[name]) <= most:
                return {f"{number}.{name}": f"{name} length must be between {least} and {most}"}
        email = str(sent.get("email", customer["email"]))
        if "email" in sent and "@" not in email:
            return {f"{number}.email": "email is invalid"}
        password = _access(sent).get("new_password")
        if password is not None and (self.store.desk.switches["bigcommerce_password_refused"] or _weak(str(password))):
            return {f"{number}.authentication.new_password": f"The password {password} does not meet the store's rules"}
        if self.store.holder(email, customer | {"channel_ids": sent.get("channel_ids", customer["channel_ids"])}):
            path = self.store.desk.switches["bigcommerce_taken"]
            return {path: f"Error updating customers: email {email} already in use"}
        return {}

    def _wanted(self, customer: Record, sent: Record) -> Record:
        """What the customer will hold. A password is never kept or told; whether it must be changed may be."""
        wanted = {name: value for name, value in sent.items() if name in WRITABLE}
        if (access := _access(sent)) and self.store.desk.switches["bigcommerce_reset_shown"]:
            forced = bool(access.get("force_password_reset", customer["authentication"]["force_password_reset"]))
            wanted["authentication"] = {"force_password_reset": forced}
        return wanted

    def _refuse(self, request: Request, sent: Record) -> None:
        before = self.store.customers.get(sent["id"], {}) if isinstance(sent["id"], int) else {}
        asked = {name: [before.get(name), value] for name, value in _shown(sent).items() if name != "id"}
        self.store.wrote(request, "customer", sent["id"], asked, "refused")


def _access(sent: Record) -> Record:
    access = sent.get("authentication")
    return access if isinstance(access, dict) else {}


def _secret(sent: Record) -> dict[str, list[Any]]:
    """That the password was set, as the write log tells it: never which."""
    return {"password": ["old", "new"]} if "new_password" in _access(sent) else {}


def _weak(password: str) -> bool:
    return len(password) < SHORTEST or not (any(map(str.isalpha, password)) and any(map(str.isdecimal, password)))


def _shown(sent: Record) -> Record:
    return {name: value for name, value in sent.items() if name != "authentication"}


def _tests(asked: dict[str, str], switches: Mapping[str, Any]) -> list[Callable[[Record], bool]]:
    """What a customer must be, one test a filter."""
    tests: list[Callable[[Record], bool]] = []
    for name, said in asked.items():
        field, _, how = name.partition(":")
        if name in FILTERS:
            read = str.strip if field == "email" and switches["bigcommerce_email_case"] else _any_case
            tests.append(partial(_is_one_of, field, {read(one) for one in said.split(",")}, read))
        elif name in DATES:
            tests.append(partial(_is_within, field, how, said, switches["bigcommerce_dates_exclusive"]))
    return tests


def _any_case(said: str) -> str:
    return said.strip().casefold()


def _is_one_of(field: str, values: set[str], read: Callable[[str], str], customer: Record) -> bool:
    held = f"{customer['first_name']} {customer['last_name']}" if field == "name" else str(customer[field])
    return read(held) in values


def _is_within(field: str, how: str, said: str, exclusive: bool, customer: Record) -> bool:
    bound, moment = datetime.fromisoformat(said), datetime.fromisoformat(customer[field])
    bound = bound if bound.tzinfo else bound.replace(tzinfo=moment.tzinfo)
    return bool(bound < moment if how == "min" else moment < bound) or (moment == bound and not exclusive)


def _told(customer: Record, addresses: bool) -> Record:
    return {name: value for name, value in customer.items() if addresses or name != "addresses"}


def _cursors(told: list[Record], limit: int, more: bool) -> dict[str, Any]:
    """Only on a page that is reached by a cursor, and on the first."""
    ends = {"start_cursor": _cursor(told[0]), "end_cursor": _cursor(told[-1])} if told else {}
    links = {"next": f"?after={ends['end_cursor']}&limit={limit}"} if more else {}
    return {"count": len(told), "per_page": limit, **ends, "links": links}


def _cursor(customer: Record) -> str:
    return base64.urlsafe_b64encode(f"customer/{customer['id']}".encode()).decode()


def _opened(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().rpartition("/")[2])
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refused(422, "The cursor is not valid.") from None
