"""Which findings are equal to a reviewer: of one rule, with options that do the same to records of the same kinds."""

from __future__ import annotations

from include.digests import digest
from include.model import Finding


def shape(one: Finding) -> str:
    """The short name of what may be done about a finding, whomever it is about; it carries no personal data."""
    options = [
        [[fix.target.platform, fix.target.kind, str(fix.action)] for fix in option.fixes] for option in one.options
    ]
    return digest({"rule": one.rule, "options": options, "recommended": one.recommended})[:16]


def platforms(one: Finding) -> str:
    """The platforms of a finding's records, each between two spaces, so that one can be looked for."""
    names = sorted({ref.platform for ref in (one.subject, *one.others)})
    return f" {' '.join(names)} "
