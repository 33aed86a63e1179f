"""
Erased people: who they are is told by a keyed hash of their address alone, so that a later pull leaves them out.

The key lies in a file (`ROLLCALL_ERASURE_KEY`), and is made when somebody is erased for the first time. Without it
nobody can tell whom a hash stands for; and nothing is pulled once people were erased and it is gone.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from include.errors import SettingsWrong
from include.people.addresses import normal
from include.store.parts import write_bytes_whole
from include.store.schema import audit

if TYPE_CHECKING:
    from upath import UPath

    from include.settings import Settings
    from include.store.ledger import Ledger

FILE = "erasure.key"
ERASED = "erased@erased.invalid"  # stands where an erased address stood
TOKEN = re.compile(r"[^\s<>(),;:\"'\[\]{}|\\/=]+@[^\s<>(),;:\"'\[\]{}|\\/=]+")
OWN_MARK = b"rollcall: which key is this?"


@dataclass(frozen=True)
class Key:
    """What addresses are hashed with."""

    secret: bytes = field(repr=False)

    @property
    def mark(self) -> str:
        """Tells one key from another, and nothing else of it."""
        return hmac.new(self.secret, OWN_MARK, hashlib.sha256).hexdigest()[:16]

    def pseudonym(self, address: str) -> str:
        """HMAC-SHA256 of an address in its normal form."""
        known = normal(address)
        told = known.key if known else address.strip().casefold()
        return hmac.new(self.secret, told.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Erased:
    """People by their pseudonyms. Whoever is asked about an address tells nobody which."""

    key: Key
    pseudonyms: Collection[str]
    _known: dict[str, bool] = field(default_factory=dict, repr=False)

    def are_in(self, text: str) -> bool:
        """Whether a text names one of them by an address."""
        return "@" in text and any(self.names(token) for token in TOKEN.findall(text))

    def names(self, token: str) -> bool:
        """Whether this is an address of one of them."""
        told = token.strip().rstrip(".!?").casefold()
        if told not in self._known:
            self._known[told] = self.key.pseudonym(told) in self.pseudonyms
        return self._known[told]

    def are_anywhere_in(self, value: Any) -> bool:
        """The same of a JSON value."""
        if isinstance(value, str):
            return self.are_in(value)
        if isinstance(value, dict):
            return any(self.are_anywhere_in(each) for pair in value.items() for each in pair)
        return isinstance(value, list | tuple) and any(self.are_anywhere_in(each) for each in value)


def erased(ledger: Ledger, settings: Settings) -> Erased | None:
    """Everybody who was erased; None when nobody was. Raises SettingsWrong where the key of then is not there."""
    with ledger.read() as connection:
        lines = connection.execute(sa.select(audit.c.body).where(audit.c.kind == "erased")).scalars().all()
    if not lines:
        return None
    key = read_key(settings)
    if key is None or any(line["key"] != key.mark for line in lines):
        raise SettingsWrong(
            "People were erased, and the key that their addresses were hashed with is gone or another: what is pulled "
            f"could bring them back. Put it back at ROLLCALL_ERASURE_KEY (now: {_file(settings)})."
        )
    return Erased(key, frozenset(line["person"] for line in lines))


def read_key(settings: Settings) -> Key | None:
    path = _file(settings)
    return Key(path.read_bytes()) if path.is_file() else None


def make_key(settings: Settings) -> Key:
    """The key that is there, or a new one."""
    if (key := read_key(settings)) is not None:
        return key
    path = _file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_whole(path, secrets.token_bytes(32))
    if hasattr(path, "chmod") and path.protocol in {"", "file"}:
        path.chmod(0o600)
    return Key(path.read_bytes())


def _file(settings: Settings) -> UPath:
    from upath import UPath

    return UPath(settings.erasure_key) if settings.erasure_key else UPath(settings.data) / FILE
