"""
Talks to HubSpot's CRM API: asks, pages, and tells one change at a time.

It hands on what HubSpot said as it came, and translates only failures. It never repeats a change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from include.errors import NotFound, SettingsWrong, UnclearOutcome, UnexpectedAnswer
from include.platforms import About
from include.platforms.hubspot.about import about, account
from include.platforms.hubspot.pulls import PAGE, Pulls, following
from include.platforms.hubspot.refusals import judge
from include.platforms.hubspot.rows import PROPERTIES

if TYPE_CHECKING:
    from include.key import Key
    from include.transport import Http

__all__ = ["Api", "judge"]

NOTES_PAGE = 500
VERSION = re.compile(r"v3|20\d\d-(03|09)")
NOTE_OF_CONTACT = 202  # HubSpot's own type of association
ADDITIONAL = "hs_additional_emails"


class Api(Pulls):
    """One HubSpot account."""

    def __init__(self, http: Http, key: Key) -> None:
        self._key = key
        version = str(key.options.get("version", "v3"))
        if not VERSION.fullmatch(version):
            raise SettingsWrong("The connection hubspot needs a version such as 'v3' or '2026-03' in its extra.")
        dated = version != "v3"
        self._version = version
        objects = f"/crm/objects/{version}" if dated else "/crm/v3/objects"
        self._related = f"/crm/objects/{version}" if dated else "/crm/v4/objects"
        properties = f"/crm/properties/{version}/contacts" if dated else "/crm/v3/properties/contacts"
        one_cursor = key.options.get("one_cursor") is True
        super().__init__(http, {"Authorization": f"Bearer {key.secret}"}, objects, properties, one_cursor)

    def about(self) -> About:
        """Which portal this is, and which scopes the key lacks."""
        return about(self._http, self._key, f"{self._objects}/contacts", self._version)

    def account(self) -> str:
        """The fingerprint of this portal. It is asked for once."""
        return self._account

    def contact(self, id: str) -> dict[str, Any]:
        """One contact; an id that was merged away gives the contact it went into, under its own id."""
        asked = {"properties": ",".join(PROPERTIES), "archived": "false"}
        return _record(self._ask("GET", f"{self._objects}/contacts/{id}", params=asked))

    def whole(self, id: str, properties: Sequence[str]) -> dict[str, Any]:
        """One contact with many properties (more than fit into an address). `id` must not be a merged one."""
        body = self._batch("contacts", [id], properties)
        if not body:
            raise NotFound(f"hubspot does not have contact {id}")
        return body[0]

    def holder(self, email: str) -> str | None:
        """The id of the contact that has this address, as its first or as an additional one."""
        path = f"{self._objects}/contacts/batch/read"
        asked = {"idProperty": "email", "inputs": [{"id": email}], "properties": ["email", ADDITIONAL]}
        found = self._ask("POST", path, json=asked).get("results")
        return str(_record(found[0])["id"]) if found else None

    def update_contact(self, id: str, **properties: str) -> None:
        """Change properties of a contact; those not named stay as they are, and `""` empties one."""
        self._tell("PATCH", f"{self._objects}/contacts/{id}", {"properties": properties})

    def merge_contacts(self, survivor: str, duplicate: str) -> None:
        """Merge two contacts into a third, whose values are the survivor's. There is no way back."""
        ids = {"primaryObjectId": survivor, "objectIdToMerge": duplicate}
        self._tell("POST", f"{self._objects}/contacts/merge", ids)

    def put_secondary_email(self, id: str, email: str) -> None:
        """Add an address by the v1 route, which the vendor calls a preview and ends in September 2027."""
        path = f"/contacts/v1/secondary-email/{id}/email/{quote(email, safe='')}"
        self._http.write("PUT", path, headers=self._headers)

    def notes(self, contact: str) -> list[str]:
        """The bodies of all notes on a contact."""
        ids: list[str] = []
        seen: set[str | None] = set()
        after: str | None = None
        while after not in seen:  # a cursor that was there leads in a circle
            seen.add(after)
            asked = {"limit": NOTES_PAGE} | ({"after": after} if after else {})
            body = self._ask("GET", f"{self._related}/contacts/{contact}/associations/notes", params=asked)
            ids += [str(one["toObjectId"]) for one in _results(body, "toObjectId")]
            if (after := following(body)) is None:
                break
        batches = [ids[start : start + PAGE] for start in range(0, len(ids), PAGE)]
        notes = [note for batch in batches for note in self._batch("notes", batch, ["hs_note_body"])]
        return [str(note["properties"].get("hs_note_body") or "") for note in notes]

    def create_note(self, contact: str, body: str) -> None:
        """Put a note on a contact. Twice told is twice there."""
        kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_OF_CONTACT}
        note = {
            "properties": {"hs_timestamp": _now(), "hs_note_body": body},
            "associations": [{"to": {"id": contact}, "types": [kind]}],
        }
        self._tell("POST", f"{self._objects}/notes", note)

    @cached_property
    def _account(self) -> str:
        return account(self._http, self._key)

    def _batch(self, kind: str, ids: Sequence[str], properties: Sequence[str]) -> list[dict[str, Any]]:
        """Those of these records that exist (a 207 says that some do not, and is no failure)."""
        asked = {"inputs": [{"id": id} for id in ids], "properties": list(properties)}
        body = self._ask("POST", f"{self._objects}/{kind}/batch/read", json=asked)
        return [_record(one) for one in _results(body, "id")]

    def _tell(self, method: str, path: str, said: Mapping[str, Any]) -> None:
        """Send one change, once. Returns only when HubSpot answers with the record that came of it."""
        answer = self._http.write(method, path, json=said, headers=self._headers)
        if not isinstance(answer.body, dict) or "id" not in answer.body:
            raise UnclearOutcome(f"hubspot answered {answer.status} without a record ({method} {path})")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _results(body: Mapping[str, Any], needs: str) -> list[dict[str, Any]]:
    found = body.get("results")
    if not isinstance(found, list) or not all(isinstance(one, dict) and needs in one for one in found):
        raise UnexpectedAnswer(f"hubspot: results is not a list of objects with {needs}")
    return found


def _record(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or not isinstance(body.get("properties"), dict) or "id" not in body:
        raise UnexpectedAnswer("hubspot: a record without id or properties")
    return body
