"""The tables that the benchmark prints."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import add

from rich.table import Table

from tests.benchmarks.quality.judged import Judged
from tests.benchmarks.quality.judging import RULES
from tests.benchmarks.quality.scoring import Score
from tests.benchmarks.quality.sets import Labelled

CONTENDERS = ("Rollcall", "Splink", "exact email")
MUST_NOT_MERGE = (
    "household",
    "namesake",
    "father_and_son",
    "shared_mailbox",
    "role_mailbox",
    "two_activated_logins",
    "stranger",
)
MEASURED = """\
P, R, F1: of the pairs of records that the findings name (duplicates: two HubSpot contacts; mismatches: two records with
different mailboxes on different platforms; orders: an order and an account). Options: the recommended ones; P counts
options, R the pairs that right ones cover. Right is an option that joins one person's records only, attaches to the
buyer's account, and gives an address that is right today without taking away another that is. Broken:
pairs that recommended options join and that must not be, by kind. Splink's findings are at the threshold that suits it
best on that very set (of eight between 0.5 and 0.99999; with the labels in hand), its options are its pairs
at 0.99, and so are groups of them; a mismatch's option is right there if both are one person. Splink and the exact
address are given the explicit links too. How Splink is set up: tests/benchmarks/quality/contenders/splink_em.py."""


def table(title: str, results: list[tuple[Labelled, int, Judged]]) -> Table:
    """A row for each set, rule and contender; several seeds of a set are added up."""
    shown = Table(title=title, title_justify="left")
    for heading in ("set", "rule", "contender"):
        shown.add_column(heading, no_wrap=True)
    for heading in ("pairs", "P", "R", "F1", "options", "P", "R", "F1"):
        shown.add_column(heading, justify="right")
    shown.add_column("broken")
    for name in dict.fromkeys(labelled.name for labelled, _, _ in results):
        judged = [each for labelled, _, each in results if labelled.name == name]
        for rule in RULES:
            for contender in CONTENDERS:
                scores = [each.scores[rule, contender] for each in judged if (rule, contender) in each.scores]
                if scores:
                    shown.add_row(name, rule, contender, *_cells(reduce(add, scores)))
        shown.add_section()
    return shown


def _cells(score: Score) -> list[str]:
    options = score.options_right + score.options_wrong
    broken = score.violations.total()
    kinds = ", ".join(f"{score.violations[kind]} {kind}" for kind in MUST_NOT_MERGE if score.violations[kind])
    return [
        f"{score.right + score.missed:,}",
        *map(_share, (score.precision, score.recall, score.f1)),
        f"{options:,}",
        *map(_share, (score.options_precision, score.options_recall, score.options_f1)),
        f"{broken}: {kinds}" if broken else "0",
    ]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def audits(results: list[tuple[Labelled, int, Judged]]) -> Table:
    """How many labels of each set nobody could know; `--audit FILE` lists them by id."""
    shown = Table(title="Labels left out (two records)", title_justify="left")
    shown.add_column("set")
    for heading in ("seed", "equal, but labelled two people", "nothing in common, but labelled one"):
        shown.add_column(heading, justify="right")
    for labelled, seed, judged in results:
        counts = Counter(same=len(judged.audit.same_but_two), none=len(judged.audit.one_with_nothing_in_common))
        shown.add_row(labelled.name, str(seed), f"{counts['same']:,}", f"{counts['none']:,}")
    return shown
