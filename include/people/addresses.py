"""
Email addresses in a form in which two spellings of one mailbox are equal. For comparing only: never for writing.

What a provider ignores is ignored only at that provider: tags after a plus where it drops them, dots at Gmail alone.
A value that is no address has no normal form. Nothing is guessed: a typo stays another address, and an address that
looks like another says so (`looks_like`), which is for people to read and never a match.

`normal` is the truth. `plainly` gives the same for whole columns in the engine, where `PLAIN` holds for the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from include.people import domains
from include.people.lists import listed

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Every engine and Python read this alike. What it leaves out is not wrong: it takes the way through `normal`.
WORD, LABEL = "[A-Za-z0-9_][A-Za-z0-9_-]*", "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
PLAIN = f"{WORD}(?:[.]{WORD})*(?:[+][A-Za-z0-9_-]+(?:[.]{WORD})*)?@(?:{LABEL}[.])+[A-Za-z][A-Za-z]+"
LONGEST_PLAIN = 64  # so short that no limit of a part can be broken
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"  # what copying from a page drags along


@dataclass(frozen=True, slots=True)
class Address:
    """
    `key`: equal for two spellings of one mailbox. `role`: it belongs to a task, so it is no evidence of a person.

    `site`: the domain where it may speak for a company, None at providers of free and of disposable mailboxes.
    `looks_like`: the key of the address it may have been meant for, or may be made to be taken for.
    """

    key: str
    role: bool
    free: bool = False
    disposable: bool = False
    site: str | None = None
    looks_like: str | None = None


@lru_cache(maxsize=1 << 17)
def normal(text: str | None) -> Address | None:
    """The normal form of an address, or None when it is no address."""
    from email_validator import EmailNotValidError, validate_email

    bare = _unwrapped(text or "")
    if not bare:
        return None
    try:
        checked = validate_email(bare, check_deliverability=False, allow_smtputf8=True, allow_quoted_local=True)
    except EmailNotValidError:
        return None
    domain = (checked.ascii_domain or checked.domain).lower()
    known = domains.facts(domain)
    local = checked.local_part.lower()
    key, base = _key(local, known)
    site = None if known.free or known.disposable else domain
    like = _looks_like(local, checked.domain.lower(), known)
    return Address(key, base in _roles(), known.free, known.disposable, site, like if like != key else None)


def foreign_domain(text: str) -> str | None:
    """An address's domain as mail systems write it, where that is not how people do: `xn--ggle-55da.com`."""
    forms = _domain_forms(text)
    return forms[1] if forms and forms[0] != forms[1] else None


def mixes_scripts(text: str) -> bool:
    """Whether a word of an address's domain is made of the letters of two scripts."""
    from confusable_homoglyphs import confusables  # type: ignore[import-untyped]  # it says no types

    forms = _domain_forms(text)
    return forms is not None and any(confusables.is_mixed_script(word) for word in forms[0].split("."))


def _domain_forms(text: str) -> tuple[str, str] | None:
    """An address's domain in its own letters, and in ASCII."""
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(_unwrapped(text), check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        return None
    return checked.domain.lower(), (checked.ascii_domain or checked.domain).lower()


def plainly(raw: ir.Table, known: ir.Table) -> ir.Table:
    """
    The columns of `Address` for the column `raw`, and `plain`: whether they hold, or only `normal` can tell.

    `known`: `domains.table()` in the same engine. Each step is a projection of its own, so that nothing is done twice.
    """
    import ibis
    from ibis import _

    low = raw.mutate(low=_.raw.lower())
    at = low.mutate(at=_.low.find("@"))
    cut = at.mutate(local=_.low.left(_.at), domain=_.low.substr(_.at + 1))
    told = cut.left_join(known, "domain").drop("domain_right")
    unusual = "|".join(_unusual_endings())
    base = told.mutate(
        base=_.local.contains("+").ifelse(_.local.re_replace("[+].*$", ""), _.local),
        plain=_.raw.re_search(rf"^(?:{PLAIN})\z")
        & (_.raw.length() <= LONGEST_PLAIN)
        & _.typo_of.isnull()
        & ~_.domain.re_search(rf"(?:^|[.])(?:{unusual})\z"),
    )
    tagless = base.mutate(kept=_.drops_tags.fill_null(False).ifelse(_.base, _.local))
    dotless = tagless.mutate(kept=_.ignores_dots.fill_null(False).ifelse(_.kept.replace(".", ""), _.kept))
    return dotless.select(
        "raw",
        "plain",
        key=_.kept + "@" + _.same.fill_null(_.domain),
        role=_.base.isin(sorted(_roles())),
        free=_.free.fill_null(False),
        disposable=_.disposable.fill_null(False),
        site=(_.free | _.disposable).fill_null(False).ifelse(None, _.domain),
        looks_like=ibis.null("string"),
    )


def _key(local: str, known: domains.Facts) -> tuple[str, str]:
    """An address in normal form, and the part of it that says whose it is."""
    base = local.partition("+")[0] or local
    kept = base if known.drops_tags else local
    if known.ignores_dots:
        kept = kept.replace(".", "") or kept
    return f"{kept}@{known.same}", base


def _unwrapped(text: str) -> str:
    """An address without what it was copied with: `mailto:`, `Ann Lee <...>`, blanks and invisible characters."""
    bare = text.translate(dict.fromkeys(map(ord, INVISIBLE))).strip()
    if bare.endswith(">") and bare.count("<") == 1 and bare.count(">") == 1:
        bare = bare[bare.index("<") + 1 : -1].strip()
    return bare[7:] if bare[:7].lower() == "mailto:" else bare


def _looks_like(local: str, domain: str, known: domains.Facts) -> str:
    """The key of the address with its domain spelled right, and with Latin letters for those that only look so."""
    meant = domains.facts(_in_latin(domain)) if _in_latin(domain) != domain else known
    return _key(_in_latin(local), domains.facts(meant.typo_of) if meant.typo_of else meant)[0]


def _in_latin(text: str) -> str:
    """`text` in ASCII letters that look the same, where each of its letters has one; else as it is."""
    if text.isascii():
        return text
    letters = [letter if letter.isascii() else _twin(letter) for letter in text]
    return "".join(letters).lower() if all(letters) else text


@cache
def _twin(letter: str) -> str:
    from confusable_homoglyphs import confusables

    found = confusables.is_confusable(letter, preferred_aliases=["latin"]) or []
    twins = (twin["c"] for entry in found for twin in entry["homoglyphs"])
    return next((twin for twin in twins if twin.isascii() and twin.isalnum()), "")


@cache
def _roles() -> frozenset[str]:
    return frozenset(listed("role_mailboxes"))


@cache
def _unusual_endings() -> tuple[str, ...]:
    """Endings of domains that no plain address has: those of no mail system, and those that are no domain's."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    return (*sorted(SPECIAL_USE_DOMAIN_NAMES), *domains.misspelled_endings())
