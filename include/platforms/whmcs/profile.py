"""A client as a person recognises it: what a request is confirmed by. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.model import Ref
from include.whmcs_shapes import text

if TYPE_CHECKING:
    from include.platforms.whmcs.api import Api


@dataclass(frozen=True, slots=True)
class Profile:
    """`status`: in WHMCS's own word; only an active client can be signed in to."""

    client: Ref
    first_name: str | None
    last_name: str | None
    company: str | None
    email: str | None
    status: str | None

    @property
    def active(self) -> bool:
        return self.status == "Active"

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))


def profile(api: Api, client: Ref) -> Profile:
    """What WHMCS says of a client now. Raises NotFound."""
    said = api.client(client.id)
    fields = ("firstname", "lastname", "companyname", "email", "status")
    return Profile(client, *(text(said, name, "whmcs client") for name in fields))
