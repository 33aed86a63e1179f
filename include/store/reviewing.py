"""
Who may decide, and how quickly one person may approve: by the settings, held where the decision is written down.
When two names are one person's is said here too, for all who ask whether somebody else decides.

It knows nothing of logins: that the reviewer is who they say, whoever calls has made sure of.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from include.errors import NotReviewer, TooFast
from include.model import Verdict
from include.settings import Settings, settings
from include.store.schema import decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from include.store.findings import DecisionRow
    from include.store.ledger import Ledger

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
EVERYBODY = "*"  # on the list: whoever Airflow lets onto the page
UNLISTED = (
    "Nobody may decide yet: set ROLLCALL_REVIEWERS to the Airflow names of those who may, separated by commas "
    f"(or to {EVERYBODY} for everybody who may open the page)."
)
UNSEEN = (  # Unicode's Default_Ignorable_Code_Point: what is not drawn; its signs of format (Cf) are left out here
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF),
)  # fmt: skip
QUICK = timedelta(seconds=2)  # nobody has read a finding in less


def person(name: str) -> str:
    """
    Whom a login's name stands for: the same for all its spellings that Unicode holds to be one (NFKC, letters' case).

    What is not seen of a name, like a joiner of no width, makes nobody another person.
    """
    whole, before = name, ""
    while whole != before:
        before = whole
        whole = unicodedata.normalize("NFKC", "".join(sign for sign in whole if not _unseen(sign))).casefold()
    return whole.strip()


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf" or any(first <= ord(sign) <= last for first, last in UNSEEN)


def may_decide(reviewer: str, by: Settings | None = None) -> bool:
    """
    Whether this login is on the list of reviewers, letter for letter: one that looks alike is another one. Without a
    list nobody is, but in the sandbox everybody.
    """
    by = by or settings()
    if EVERYBODY in by.approvers:
        return True
    return _login(reviewer) in {_login(name) for name in by.approvers} if by.approvers else by.sandbox


def _login(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def nobody_may(by: Settings | None = None) -> bool:
    """Whether nobody may decide yet, because nobody has said who may."""
    by = by or settings()
    return not (by.approvers or by.sandbox)


def require_reviewer(reviewer: str, by: Settings | None = None) -> None:
    """Raise NotReviewer for somebody who is not on the list."""
    if nobody_may(by):
        raise NotReviewer(f"{UNLISTED} Nothing was changed.")
    if not may_decide(reviewer, by):
        raise NotReviewer(
            f"{reviewer} is not among the people who may decide (ROLLCALL_REVIEWERS, letter for letter). Nothing was "
            "changed."
        )


def insist(connection: sa.Connection, reviewer: str, verdict: Verdict, now: datetime) -> None:
    """
    Raise NotReviewer for somebody who is not on the list, and TooFast for who approved too much too recently.

    Asked within the transaction that writes the decision: of several that come at once, each counts the ones before.
    """
    by = settings()
    require_reviewer(reviewer, by)
    if verdict is not Verdict.APPROVED:
        return
    for span, most in ((MINUTE, by.approvals_per_minute), (HOUR, by.approvals_per_hour)):
        times = _approvals(connection, reviewer, now - span)
        if len(times) < most:
            continue
        wait = max(1, round((times[-most] + span - now).total_seconds())) if most else round(span.total_seconds())
        raise TooFast(
            f"Within {'a minute' if span == MINUTE else 'an hour'} one person may approve {most}, and you have "
            f"approved {len(times)}. Nothing was changed; the next one can be approved in {_words(wait)}.",
            wait,
        )


def pace(ledger: Ledger, reviewer: str, now: datetime) -> tuple[int, int]:
    """How many findings this person approved within the last minute and the last hour."""
    with ledger.read() as connection:
        times = _approvals(connection, reviewer, now - HOUR)
    return sum(at > now - MINUTE for at in times), len(times)


def quick(ledger: Ledger, decisions: Sequence[DecisionRow]) -> list[bool]:
    """Of each decision, whether it is an approval too soon after another by the same person to have been read."""
    told = []
    with ledger.read() as connection:
        for one in decisions:
            lately = _approvals(connection, one.reviewer, one.at - QUICK)
            told.append(one.verdict == str(Verdict.APPROVED) and any(at < one.at for at in lately))
    return told


def _approvals(connection: sa.Connection, reviewer: str, since: datetime) -> list[datetime]:
    """When this person approved something since then, however the name is spelled."""
    said = sa.select(decision.c.at, decision.c.reviewer).where(
        decision.c.at > since, decision.c.verdict == str(Verdict.APPROVED)
    )
    who = person(reviewer)
    return sorted(row.at for row in connection.execute(said) if person(row.reviewer) == who)


def _words(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} minutes"
