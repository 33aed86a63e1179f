"""
Adds a note to a customer or an order, and a tag where the connection names one: staff find by it what was changed.

What is there stays: the note grows at its end, and a tag is added by `tagsAdd`, for `tags` in an update would replace
them all. Both go in one request, and a note whose tag is missing reads as not made, so that only the tag is added then.
Shopify replaces a note as a whole, whatever it is by then: what somebody adds to it between our look and our write is
lost, in some tenths of a second, or as long as a turn is waited for where the points are spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from include.errors import Refusal, SettingsWrong

if TYPE_CHECKING:
    from include.key import Key
    from include.model import Fix
    from include.platforms.shopify.api import Api

NOTE_MAX = 5000  # characters
TAG_MAX, TAGS_MAX = 40, 250  # characters of a tag of an order (a customer's may have 255), and tags of a record

NOTE_CUSTOMER = """
mutation NoteCustomer($input: CustomerInput!, $id: ID!, $tags: [String!]!) {
  customerUpdate(input: $input) { customer { id } userErrors { field message } }
  tagsAdd(id: $id, tags: $tags) { node { id } userErrors { field message } }
}
"""

NOTE_ORDER = """
mutation NoteOrder($input: OrderInput!, $id: ID!, $tags: [String!]!) {
  orderUpdate(input: $input) { order { id } userErrors { field message } }
  tagsAdd(id: $id, tags: $tags) { node { id } userErrors { field message } }
}
"""


def tag(key: Key) -> str:
    """The tag that the connection names, or nothing. Raises SettingsWrong for what Shopify would take for another."""
    said = key.options.get("tag", "")
    if not isinstance(said, str) or "," in said or len(said.strip()) > TAG_MAX:
        raise SettingsWrong(
            f"shopify: tag in the connection's extra must be one tag: at most {TAG_MAX} characters, without a comma"
        )
    return said.strip()


def read(api: Api, fix: Fix, record: Mapping[str, Any]) -> dict[str, Any]:
    """The note's marker, where the record has the note and the tag."""
    marker = str(fix.after["note"])
    return {"note": marker if marker in (record["note"] or "") and _tagged(api, record) else None}


def add(api: Api, fix: Fix, record: Mapping[str, Any]) -> None:
    """Add what is missing of the two. Raises Refusal where there is no room for it: nothing was sent."""
    before = record["note"] or ""
    line = f"{fix.after['text']} [{fix.after['note']}]"
    note = f"{before.rstrip()}\n\n{line}" if before.strip() else line
    if str(fix.after["note"]) in before:
        note = before
    if len(note) > NOTE_MAX:
        raise Refusal(f"shopify: the note of {fix.target} is full ({NOTE_MAX} characters); shorten it by hand")
    if not _tagged(api, record) and len(record["tags"]) >= TAGS_MAX:
        raise Refusal(f"shopify: {fix.target} has {TAGS_MAX} tags and takes no more; remove some by hand")
    api.add_note(fix.target.kind, fix.target.id, note)


def _tagged(api: Api, record: Mapping[str, Any]) -> bool:
    """Whether the record has the tag, in whatever case; it has, where there is none to be had."""
    return not api.tag or api.tag.casefold() in {one.casefold() for one in record["tags"]}
