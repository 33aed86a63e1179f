"""
A platform's page without the records of erased people: their places stay, so that numbers and order still add up.

A record (an element of the page's outermost list) that names an erased address anywhere loses every address, name,
phone number and street in it. Its ids and times stay. What a platform keeps under a name that is not known here stays
until the page is forgotten for its age. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from include.forgetting.pseudonyms import ERASED, erased
from include.json_text import parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from include.forgetting.pseudonyms import Erased
    from include.settings import Settings
    from include.store.ledger import Ledger

PERSONAL = re.compile(
    r"((first|last|full|display|middle|nick|contact)?name|(mobile)?(phone|fax)(number)?|mobile|address(line)?[12]?|street[12]?"
    r"|city|town|zip(code)?|post(al)?code|company(name)?|organi[sz]ation(name)?|(staff)?notes?|comments|customermessage"
    r"|ip(address)?)"
)
SIGN = re.compile(r"[^a-z0-9]")


def keeping(ledger: Ledger, settings: Settings) -> Callable[[bytes], bytes]:
    """How a page is kept: as it came, but for people who were erased. Raises SettingsWrong (`pseudonyms.erased`)."""
    people = erased(ledger, settings)
    return bytes if people is None else partial(redacted, people=people)


def without(rows: pa.Table) -> pa.Table:
    """Contacts or orders without those of people who were erased."""
    import pyarrow.compute as pc

    gone = pc.equal(rows["email"], ERASED)
    if "other_emails" in rows.column_names:
        gone = pc.or_kleene(gone, pc.match_substring(pc.binary_join(rows["other_emails"], " "), ERASED))
    return rows.filter(pc.invert(pc.fill_null(gone, False)))


def redacted(body: bytes, people: Erased) -> bytes:
    """The page, byte for byte the same where it names none of them."""
    if b"@" not in body and b"\\u0040" not in body:
        return body
    page = parsed(body)
    if not people.are_anywhere_in(page):
        return body
    return json.dumps(_page(page, people), ensure_ascii=True).encode("ascii")


def without_records(body: bytes, theirs: Sequence[bool]) -> bytes:
    """The page without what these of its records tell of a person; `theirs`: whether each is, in their order."""
    if not any(theirs):
        return body
    page = parsed(body)
    records = _records(page, len(theirs))
    if records is None:  # a single one that is in no list
        page = _record(page)
    else:
        places = list(range(len(records))) if isinstance(records, list) else list(records)
        for at, own in zip(places, theirs, strict=True):
            records[at] = _record(records[at]) if own else records[at]
    return json.dumps(page, ensure_ascii=True).encode("ascii")


def _records(page: Any, number: int) -> Any:
    """The outermost list of so many records; PHP writes some lists as an object of numbered records."""
    level = [page]
    while level:
        for value in level:
            within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            if len(within) == number and all(isinstance(each, dict) for each in within):
                return value
        level = [each for value in level if isinstance(value, dict) for each in value.values()]
    return None


def _page(value: Any, people: Erased) -> Any:
    if isinstance(value, list):
        return [_record(each) if people.are_anywhere_in(each) else each for each in value]
    if isinstance(value, dict):
        if any(isinstance(each, dict | list) and people.are_anywhere_in(each) for each in value.values()):
            return {name: _page(each, people) for name, each in value.items()}
        return _record(value) if people.are_anywhere_in(value) else value
    return value


def _record(value: Any, personal: bool = False) -> Any:
    """A record without what tells of its person."""
    if isinstance(value, dict):
        return {name: _record(each, _tells(name)) for name, each in value.items()}
    if isinstance(value, list):
        return [_record(each, personal) for each in value]
    if not isinstance(value, str):
        return value
    if "@" in value:
        return ERASED
    return "" if personal else value


def _tells(name: str) -> bool:
    return PERSONAL.fullmatch(SIGN.sub("", name.casefold())) is not None
