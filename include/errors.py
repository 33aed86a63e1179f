"""
What can go wrong, and whether trying again can help. The DAGs' retry policy is this page.

* RollcallError                    no retry   (any error of ours that is not listed below)
  + TryLater                       retry
    - RateLimited                  retry in 5 minutes    the platform says: too many requests
    - Unreachable                  retry in 10 minutes   no connection, time-out, 5xx, or a broken body on a read
  + Refusal                        no retry   the platform understood and said no
    - Unauthorized                 no retry   the connection's key is wrong or was revoked
    - NotPermitted                 no retry   the key lacks a right; the message names it
    - NotFound                     no retry   the record is not there
    - Ambiguous                    no retry   several records answer to what was asked (`candidates`: which)
    - Conflict                     no retry   the value belongs to another record (`holder`, when the platform says)
  + UnclearOutcome                 never      a write may or may not have happened: only a read can tell
  + UnexpectedAnswer               no retry   the platform answered in a shape we do not know; names the field
  + GateClosed                     no retry   a check failed, or could not be run
  + SnapshotMissing                no retry   a night, or one platform's part of it, is not complete
  + BadTable                       no retry   a table given by hand has a wrong column or value
  + RequestWrong                   no retry   a client's request lacks something or contradicts itself (`problems`)
  + TableWrong                     no retry   a table of requests has such lines (`problems`, with the line)
  + AlreadyAsked                   no retry   a request asks for what another one asks that is not over (`known`)
  + SettingsWrong                  no retry   a setting or a connection is missing or contradictory
  + OtherAccount                   no retry   a connection opens another account than a fix was found in
  + LedgerOutdated                 no retry   the ledger needs `python -m include.store upgrade`
  + LedgerBehind                   no retry   the ledger lacks what it held before: a restored copy, or a changed audit
  + AlreadyDecided                 no retry   somebody else decided first
  + FindingChanged                 no retry   the finding is no longer what the reviewer saw
  + NotAllowed                     no retry   this person may not take this decision
    - NotReviewer                  no retry   nor any other: they are not on the list
    - TooFast                      no retry   not yet: they approved too much within too short a time
    - Objected                     no retry   a client objects: nothing of these records until a reviewer lifts it
  + OverCap                        no retry   more fixes are approved than a cap allows: nothing is applied
  + Stopped                        no retry   a person has stopped every write
  + LeaseLost                      no retry   a worker was held up for so long that its fix may be another's

A message says what happened and what to do next. It never holds a token, an address, a name or a phone number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class RollcallError(Exception):
    """Anything that went wrong in a way Rollcall has a word for."""


class TryLater(RollcallError):
    """It may work if tried again later. `seconds`: how long the platform asks to wait, if it said so."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class RateLimited(TryLater):
    """The platform refused because of too many requests; nothing was done."""


class Unreachable(TryLater):
    """The platform gave no usable answer to a read, or the ledger's server none at all."""


class Refusal(RollcallError):
    """The platform understood the request and refused it; nothing was changed."""


class Unauthorized(Refusal):
    """The connection's key was not accepted."""


class NotPermitted(Refusal):
    """The key is valid but lacks a right."""


class NotFound(Refusal):
    """The record does not exist."""


class Ambiguous(Refusal):
    """Several records answer to what was asked. `candidates`: their references, for a person to choose from."""

    def __init__(self, candidates: Sequence[str]) -> None:
        self.candidates = tuple(candidates)
        named = ", ".join(self.candidates)
        super().__init__(f"{len(self.candidates)} records answer to that: {named}. Choose one and ask by its id.")


class Conflict(Refusal):
    """The value belongs to another record. `holder`: that record's reference, where the platform names it."""

    def __init__(self, message: str, holder: str | None = None) -> None:
        super().__init__(message)
        self.holder = holder


class UnclearOutcome(RollcallError):
    """A write was sent and no clear answer came back. It is never sent again; only a read settles it."""


class UnexpectedAnswer(RollcallError):
    """The platform's answer has a shape we do not know."""


class GateClosed(RollcallError):
    """A check failed or could not be run; nothing after it may run."""


class SnapshotMissing(RollcallError):
    """A night, or one platform's part of it, is not complete."""


class BadTable(RollcallError):
    """A table has a column or a value that cannot be used; names column and row."""


class RequestWrong(RollcallError):
    """A client's request cannot be taken. `problems`: field, and what is wrong there, repeating nothing of it."""

    def __init__(self, message: str, problems: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class TableWrong(RollcallError):
    """A table of requests cannot be taken, and none of it was. `problems`: line, field, and what is wrong there."""

    def __init__(self, message: str, problems: Sequence[tuple[int, str, str]] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class AlreadyAsked(RollcallError):
    """Nothing was taken. `known`: by the place of a request among those that were sent, the one that asks the same."""

    def __init__(self, message: str, known: Mapping[int, int] | None = None) -> None:
        super().__init__(message)
        self.known = dict(known or {})


class SettingsWrong(RollcallError):
    """A setting or a connection is missing or contradictory."""


class OtherAccount(RollcallError):
    """A connection opens another account than the one that a fix was found in."""


class LedgerOutdated(RollcallError):
    """The ledger's schema is older or newer than this code."""


class LedgerBehind(RollcallError):
    """The ledger's audit does not hold the line that was kept elsewhere."""


class AlreadyDecided(RollcallError):
    """The finding already carries a decision."""


class FindingChanged(RollcallError):
    """The finding is no longer what the reviewer saw."""


class NotAllowed(RollcallError):
    """This person may not take this decision."""


class NotReviewer(NotAllowed):
    """This person is not on the list of reviewers."""


class TooFast(NotAllowed):
    """This person approved more than a reviewer can have read. `seconds`: when the next approval may come."""

    def __init__(self, message: str, seconds: int = 60) -> None:
        super().__init__(message)
        self.seconds = seconds


class Objected(NotAllowed):
    """A client objects to a change; nothing of these records is approved or written meanwhile."""


class OverCap(RollcallError):
    """More fixes are approved than a cap allows."""


class Stopped(RollcallError):
    """A person has stopped every write; nothing was sent."""


class LeaseLost(RollcallError):
    """The lease of a fix may run out before a write of it would be answered; nothing was sent."""
