"""
Reads a request from the fields of a form or of a table's line, and says everything that is wrong with it at once.

A problem names its field and never repeats what was written there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from include.errors import RequestWrong
from include.people import addresses
from include.requests.asked import PROOFS, Proof, Request
from include.settings import settings
from include.store import proofs

LONGEST = {"client": 200, "reason": 500, "proof_reference": 200, "proof_seen_by": 100}
LONGEST_NAME, LONGEST_DOMAIN, MOST_DOMAINS = 100, 253, 50
NAMES = {
    "client": "whom it is about",
    "reason": "the reason",
    "proof_reference": "where the proof is written down",
    "proof_seen_by": "who saw the proof",
}


@dataclass
class _Reader:
    said: Mapping[str, Any]
    problems: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A field in one normal form, without outer blanks."""
        return unicodedata.normalize("NFC", str(self.said.get(name) or "")).strip()

    def wrong(self, name: str, says: str) -> None:
        self.problems.append((name, says))

    def line(self, name: str, what: str, longest: int) -> str:
        """A field that must be there, in one line of plain characters."""
        text = self.text(name)
        if not text:
            self.wrong(name, f"Say {what}.")
        elif len(text) > longest:
            self.wrong(name, f"This is longer than {longest} characters.")
        elif _hidden(text):
            self.wrong(name, "This holds characters that cannot be seen.")
        return text


def read(said: Mapping[str, Any], today: date) -> Request:
    """The request that these fields make. Raises RequestWrong with every problem."""
    form = _Reader(said)
    needed = {name: form.line(name, what, LONGEST[name]) for name, what in NAMES.items()}
    address = _address(form)
    names = _names(form)
    proof = _proof(form, needed, today)
    if proof and proof.kind == "registered_email" and said.get("mailbox_lost"):
        form.wrong("proof_kind", "The old mailbox is lost: a reply from it proves nothing. Choose another proof.")
    domains = _domains(form)
    if form.problems or proof is None:
        raise RequestWrong("Nothing was taken down: some of it must be put right first.", form.problems)
    first, last = names
    return Request(
        client=needed["client"],
        new_address=address,
        proof=proof,
        reason=needed["reason"],
        first_name=first,
        last_name=last,
        mailbox_lost=bool(said.get("mailbox_lost")),
        contacts=bool(said.get("contacts")),
        cpanel=bool(said.get("cpanel")),
        domains=domains,
    )


def _address(form: _Reader) -> str:
    """The new address, written twice alike, to which mail can be sent."""
    address, again = form.text("new_address"), form.text("new_address_again")
    if not address:
        form.wrong("new_address", "Say the new address.")
    elif not _one_mailbox(address):
        form.wrong("new_address", "This is not one plain address, such as name@example.com.")
    elif address != again:
        form.wrong("new_address_again", "The two addresses are not the same: read them out letter by letter.")
    return address


def _one_mailbox(text: str) -> bool:
    """Whether it stands for itself: no name or scheme around it, nothing that mail systems read differently."""
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    bare = text.isprintable() and "=?" not in text and not text.lower().startswith("mailto:")
    return bare and text.rpartition("@")[2].lower() in {checked.domain, checked.ascii_domain} and _normal(text)


def _normal(text: str) -> bool:
    return addresses.normal(text) is not None


def _names(form: _Reader) -> tuple[str | None, str | None]:
    match form.said.get("person") or "same":
        case "same":
            if form.text("first_name") or form.text("last_name"):
                form.wrong("person", "Names are for a new person only: say that it is one, or leave them empty.")
            return None, None
        case "new":
            told = [form.line(name, "the new person's first and last name", LONGEST_NAME) for name in _BOTH]
            return told[0], told[1]
        case _:
            form.wrong("person", "Say whether it is the same person or a new one: same or new.")
            return None, None


_BOTH = ("first_name", "last_name")


def _proof(form: _Reader, needed: Mapping[str, str], today: date) -> Proof | None:
    kind = form.text("proof_kind")
    if kind not in PROOFS:
        form.wrong("proof_kind", "Say which kind of proof there is of who asks.")
    try:
        seen_on = date.fromisoformat(form.text("proof_seen_on"))
    except ValueError:
        form.wrong("proof_seen_on", "Say the day on which the proof was seen, as YYYY-MM-DD.")
        return None
    if seen_on > today:
        form.wrong("proof_seen_on", "This day is still to come.")
    elif not proofs.fresh(seen_on, today, days := settings().proof_days):
        form.wrong("proof_seen_on", f"The proof is older than {days} days: make sure again who asks.")
    return Proof(kind, needed["proof_reference"], needed["proof_seen_by"], seen_on)


def _domains(form: _Reader) -> tuple[str, ...]:
    """The domains that the client agreed to, in small letters, each once."""
    given = form.said.get("domains") or ()
    words = given.replace(",", " ").replace(";", " ").split() if isinstance(given, str) else [str(one) for one in given]
    found = [one for word in words if (one := word.strip().rstrip(".").lower())]
    if any("." not in one or len(one) > LONGEST_DOMAIN or _hidden(one) or "@" in one or "/" in one for one in found):
        form.wrong("domains", "Write plain names of domains, such as example.com, one a line.")
    if len(found) > MOST_DOMAINS:
        form.wrong("domains", f"These are more than {MOST_DOMAINS} domains.")
    return tuple(dict.fromkeys(found))


def _hidden(text: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} for character in text)
