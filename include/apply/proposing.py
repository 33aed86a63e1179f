"""
What follows a refused address: the two contacts go to people as a proposal to merge them, or not to.

It merges nothing. It reads both as they are now, and files one finding; where that cannot be done, the next night
does it from the refusal itself (`rules._taken`), which also keeps or closes what is filed here.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from include.errors import NotFound
from include.model import Ref
from include.rules import _making as making
from include.rules import _taken as taken
from include.rules import duplicate_contact
from include.store import findings, refused

if TYPE_CHECKING:
    from include.platforms import Platform
    from include.store.fixes import KeptFix
    from include.store.ledger import Ledger


def propose(ledger: Ledger, platform: Platform, kept: KeptFix, holder: str, now: datetime) -> None:
    """
    File whether to merge who was to get an address with who has it, unless a finding asks that already.

    Raises what keeps the platform from being read; who is gone meanwhile has no address any more.
    """
    if not taken.concerns(kept.fix.target):
        return
    try:
        one, other = (platform.fixes.current(platform.api, ref) for ref in (kept.fix.target, Ref.parse(holder)))
        read = platform.fixes.read(platform.api, making.merge(one, None, other, None))
    except NotFound:
        return
    address = next(taken.new_addresses(kept.fix), None)
    if one == other or address is None or refused.asked_already(ledger, duplicate_contact.RULE, {one, other}):
        return
    proposed = duplicate_contact.proposed(one, read["email"], other, read["duplicate_email"], address)
    accounts = {platform.name: kept.account} if kept.account else {}
    findings.file(ledger, [proposed], now.date().isoformat(), accounts=accounts, whole=False)
