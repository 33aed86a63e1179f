"""
Bulk operations: Shopify writes all records of a stream into one file, which costs no points.

How long that takes is Shopify's own affair, minutes to hours. It is waited for about as long as the pages would take,
so that a shop is never pulled in more than twice the time of the better way. Of a file, all or nothing is taken: its
lines are counted before the first record is handed on, and partial data is refused.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from include.download import download, origin
from include.errors import NotPermitted, Refusal, UnclearOutcome, UnexpectedAnswer
from include.platforms import Page
from include.platforms.shopify import documents
from include.platforms.shopify.refusals import refused

if TYPE_CHECKING:
    from include.transport import Http

DOCUMENTS = {"customers": documents.ALL_CUSTOMERS, "orders": documents.ALL_ORDERS}
STORAGE = "https://storage.googleapis.com"  # where Shopify keeps the files
RECORDS = 1_000  # of a page that is made of a file's lines
SHORTEST_WAIT = 600.0  # seconds an operation is given, however small the shop
RECORDS_A_SECOND = 1_000  # by pages: 100 points/s on the smallest plan, 25 a page of 250
PAUSES = (1.0, 30.0)  # seconds between two looks at an operation: the first, and the longest
FILE_OF = "bulk:"
UNDER_WAY = {"CREATED", "RUNNING"}
BRINGS_NOTHING = {"CANCELING", "CANCELED", "EXPIRED", "FAILED"}

Ask = Callable[[str, Mapping[str, Any]], dict[str, Any]]


class NotInBulk(Exception):
    """This stream cannot be had in bulk now, and by pages it can. Never leaves this folder."""


def begun_in_bulk(after: str | None) -> bool:
    """Whether a lane goes on in a file, rather than by pages."""
    return after is not None and after.startswith(FILE_OF)


class Bulk:
    """The bulk operations of one shop. `ask` asks a whole answer's data; `run` sends a mutation once."""

    def __init__(self, http: Http, ask: Ask, run: Callable[[str, Mapping[str, Any]], Any]) -> None:
        self._http, self._ask, self._run = http, ask, run

    def pages(self, stream: str, records: int, after: str | None) -> Iterator[Page]:
        """
        A stream's pages, from a page's `after` on. `records`: about how many there are.

        The first page holds nothing but the way back to the operation, for a pull that is killed while it waits.
        Raises NotInBulk before any record was handed on, and Refusal when the file of a begun lane is gone.
        """
        pauses = _Pauses(self._http.sleep, max(SHORTEST_WAIT, records / RECORDS_A_SECOND))
        if after is None:
            id, taken = self._started(stream, pauses), 0
            yield _page(stream, [], id, 0)
        else:
            number, _, lines = after.removeprefix(FILE_OF).partition(":")
            id, taken = f"gid://shopify/BulkOperation/{number}", int(lines)
        try:
            yield from self._brought(stream, id, taken, pauses)
        except NotInBulk as why:
            if taken:
                raise Refusal(f"shopify {stream}: {why}; it is pulled anew") from why
            raise

    def _started(self, stream: str, pauses: _Pauses) -> str:
        """Have Shopify begin, waiting while others' operations take up the app's five places. Returns its id."""
        while True:
            try:
                told = self._run(documents.RUN_IN_BULK, {"query": DOCUMENTS[stream]})
            except NotPermitted as denied:
                raise NotInBulk("the app may not run bulk operations") from denied
            except UnclearOutcome as unclear:
                raise NotInBulk("whether an operation began is not clear") from unclear
            problems = told.get("userErrors") or ()
            codes = {str(problem.get("code")) for problem in problems}
            if "LIMIT_REACHED" in codes:
                raise NotInBulk("Shopify takes no more bulk operations now")
            if "OPERATION_IN_PROGRESS" in codes:
                pauses.rest("the app's places for bulk operations stayed taken")
                continue
            if problems:
                raise refused("bulkOperationRunQuery", problems, {})
            id = (told.get("bulkOperation") or {}).get("id")
            if not isinstance(id, str):
                raise UnexpectedAnswer("shopify began a bulk operation without an id")
            return id

    def _brought(self, stream: str, id: str, taken: int, pauses: _Pauses) -> Iterator[Page]:
        operation = self._finished(id, pauses)
        expected = _count(operation, "objectCount"), _count(operation, "rootObjectCount")
        url = operation.get("url")
        if operation.get("partialDataUrl") or (url is None and expected[0]):
            raise NotInBulk("its bulk operation brought only part of the records")
        if url is None:
            return
        with tempfile.TemporaryFile() as file:
            try:
                download(str(url), file, {STORAGE, origin(self._http.base_url)})
            except Refusal as gone:
                raise NotInBulk("the file of its bulk operation is gone") from gone
            if _counted(file) != expected:
                raise NotInBulk("the file of its bulk operation is not whole")
            file.seek(0)
            lines = islice(filter(bytes.strip, file), taken, None)
            while part := list(islice(lines, RECORDS)):
                taken += len(part)
                yield _page(stream, part, id, taken)

    def _finished(self, id: str, pauses: _Pauses) -> dict[str, Any]:
        """The operation once it has ended well."""
        while True:
            operation = self._ask(documents.BULK_OPERATION, {"id": id})["bulkOperation"]
            if operation is None:
                raise NotInBulk("its bulk operation is gone")
            status = operation.get("status")
            if status == "COMPLETED":
                return dict(operation)
            if status in BRINGS_NOTHING:
                raise NotInBulk(f"its bulk operation is {status} ({operation.get('errorCode')})")
            if status not in UNDER_WAY:
                raise UnexpectedAnswer("shopify: the status of a bulk operation is not one we know")
            try:
                pauses.rest("its bulk operation takes longer than its pages would")
            except NotInBulk:
                self._ask(documents.CANCEL_BULK_OPERATION, {"id": id})  # it would keep one of five places
                raise


class _Pauses:
    """Pauses that grow, until `seconds` are over."""

    def __init__(self, sleep: Callable[[float], None], seconds: float) -> None:
        self._sleep, self._left = sleep, seconds
        self._next, self._longest = PAUSES

    def rest(self, otherwise: str) -> None:
        """Wait a little. Raises NotInBulk with `otherwise` when no time is left."""
        if self._left <= 0:
            raise NotInBulk(otherwise)
        self._sleep(self._next)
        self._left -= self._next
        self._next = min(2 * self._next, self._longest)


def _counted(file: IO[bytes]) -> tuple[int, int]:
    """How many lines a file has, and how many of them are records rather than parts of one. Raises NotInBulk."""
    file.seek(0)
    lines = roots = 0
    for line in filter(bytes.strip, file):
        record = _record(line)
        lines += 1
        roots += "__parentId" not in record
    return lines, roots


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise NotInBulk("the file of its bulk operation has a line that is no JSON object")
    return record


def _page(stream: str, lines: list[bytes], id: str, taken: int) -> Page:
    """Lines of a file in the form that a page by cursor has."""
    roots = [(line, record) for line in lines if "__parentId" not in (record := _record(line))]
    raw = b'{"data": {"%s": {"nodes": [%s]}}}' % (stream.encode(), b", ".join(line.strip() for line, _ in roots))
    body = {"data": {stream: {"nodes": [record for _, record in roots]}}}
    return Page(stream, body, f"{FILE_OF}{id.rpartition('/')[2]}:{taken}", raw)


def _count(operation: Mapping[str, Any], name: str) -> int:
    said = str(operation.get(name))
    if not said.isdecimal():
        raise UnexpectedAnswer(f"shopify: a bulk operation's {name} is not a number")
    return int(said)
