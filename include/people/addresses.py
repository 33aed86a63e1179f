"""
Email addresses in a form in which two spellings of one mailbox are equal. For comparing only: never for writing.

What a provider ignores is ignored only at that provider: tags after a plus where it drops them, dots at Gmail alone.
A value that is no address has no normal form. Nothing is guessed: a typo stays another address.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from include.people.lists import listed

IGNORES_DOTS = frozenset({"gmail.com", "googlemail.com"})
SAME_DOMAIN = {"googlemail.com": "gmail.com", "pm.me": "proton.me", "protonmail.com": "proton.me"}


@dataclass(frozen=True, slots=True)
class Address:
    """`key`: equal for two spellings of one mailbox. `role`: it belongs to a task, so it is no evidence of a person."""

    key: str
    role: bool


@lru_cache(maxsize=1 << 17)
def normal(text: str | None) -> Address | None:
    """The normal form of an address, or None when it is no address."""
    from email_validator import EmailNotValidError, validate_email

    if not text or not text.strip():
        return None
    try:
        checked = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        return None
    domain = (checked.ascii_domain or checked.domain).lower()
    local = checked.local_part.casefold()
    if domain in _drops_tags():
        local = local.partition("+")[0] or local
    if domain in IGNORES_DOTS:
        local = local.replace(".", "") or local
    return Address(f"{local}@{SAME_DOMAIN.get(domain, domain)}", local.partition("+")[0] in _roles())


@cache
def _drops_tags() -> frozenset[str]:
    return frozenset(listed("drops_tags"))


@cache
def _roles() -> frozenset[str]:
    return frozenset(listed("role_mailboxes"))
