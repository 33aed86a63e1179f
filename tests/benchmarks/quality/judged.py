"""One world, judged: every contender's scores by rule, and Rollcall's errors with both records and the evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from include.registry import names
from tests.benchmarks.quality import judging, tables
from tests.benchmarks.quality.contenders import pairs, rollcall
from tests.benchmarks.quality.judging import Pair
from tests.benchmarks.quality.labels import Audit, audit
from tests.benchmarks.quality.scoring import Recommended, Score, score
from tests.benchmarks.quality.sets import run
from tests.benchmarks.quality.world import World

SPLINK = Path(__file__).parent / "contenders" / "splink_em.py"
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999)
SURE = 0.99  # a pair of Splink's that counts as recommended
Json = dict[str, Any]


@dataclass
class Judged:
    """`scores`: by rule and contender."""

    scores: dict[tuple[str, str], Score] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    errors: list[Json] = field(default_factory=list)
    audit: Audit = field(default_factory=lambda: Audit(frozenset(), frozenset()))


class Bench:
    """What is right in one world, and whoever is held against it."""

    def __init__(self, world: World, scratch: Path, python: Path) -> None:
        self.world, self.scratch, self.python = world, scratch, python
        self.tonight, self.before = scratch / "tonight", scratch / "before"
        tables.write(world, self.tonight, self.before)
        self.audit = audit(world)
        left_out = self.audit.left_out()
        self.wanted = {rule: found - left_out for rule, found in judging.expected(world).items()}
        self.rules = [rule for rule in judging.RULES if self.wanted[rule]]

    def judged(self) -> Judged:
        found = Judged(audit=self.audit)
        self._rollcall(found)
        self._splink(found)
        claims = pairs.claims(self.world, pairs.exact(self.world) | pairs.explicit(self.world))
        for rule in self._linked():
            options = pairs.recommended(self.world, claims[rule])
            found.scores[rule, "exact email"] = self._score(rule, claims[rule], options)
        return found

    def _rollcall(self, found: Judged) -> None:
        findings = rollcall.detect(self.tonight, self.before, self.scratch / "findings.jsonl")
        claims: dict[str, set[Pair]] = defaultdict(set)
        options: dict[str, list[Recommended]] = defaultdict(list)
        for finding in findings:
            claims[finding["rule"]] |= rollcall.claimed(self.world, finding)
            if option := rollcall.recommended(self.world, finding):
                options[finding["rule"]].append(option)
        for rule in self.rules:
            if rule in names("rules"):
                found.scores[rule, "Rollcall"] = self._score(rule, claims[rule], options[rule])
        found.errors = list(self._errors(findings, claims))

    def _splink(self, found: Judged) -> None:
        out = self.scratch / "splink.parquet"
        run(self.python, SPLINK, str(self.tonight), str(out))
        rows = pq.read_table(out).to_pylist()
        explicit = pairs.explicit(self.world)
        claims = {}
        for least in (*THRESHOLDS, SURE):
            linked = {judging.pair(row["left"], row["right"]) for row in rows if row["probability"] >= least}
            claims[least] = pairs.claims(self.world, linked | explicit)
        for rule in self._linked():
            options = pairs.recommended(self.world, claims[SURE][rule])
            scores = {least: self._score(rule, claims[least][rule], options) for least in THRESHOLDS}
            best = max(THRESHOLDS, key=lambda least: (scores[least].f1 or 0, least))
            found.scores[rule, "Splink"], found.thresholds[rule] = scores[best], best

    def _linked(self) -> list[str]:
        return [rule for rule in self.rules if rule in pairs.LINKED]

    def _score(self, rule: str, named: set[Pair], options: list[Recommended]) -> Score:
        return score(named, self.wanted[rule], options, lambda two: self._ignored(rule, two))

    def _ignored(self, rule: str, two: Pair) -> bool:
        return two in self.audit.left_out() or judging.ignored(self.world, rule, two)

    def _errors(self, findings: list[Json], claims: dict[str, set[Pair]]) -> Iterator[Json]:
        for finding in findings:
            rule = finding["rule"]
            if rule not in self.rules:
                continue
            wrong = [
                two
                for two in rollcall.claimed(self.world, finding)
                if two not in self.wanted[rule] and not self._ignored(rule, two)
            ]
            for two in sorted(wrong, key=sorted):
                yield self._error("false", rule, two, finding)
            option = rollcall.recommended(self.world, finding)
            if option and not option.right:
                refs = frozenset([finding["subject"], *finding["others"]])
                violations = list(option.violations)
                yield self._error("wrong_recommendation", rule, refs, finding) | {"violations": violations}
        for rule in self.rules:
            for two in sorted(self.wanted[rule] - claims[rule], key=sorted):
                yield self._error("missed", rule, two, None)

    def _error(self, error: str, rule: str, refs: Pair, finding: Json | None) -> Json:
        truth, records = self.world.truth, []
        for ref in sorted(refs):
            row = self.world.contacts.get(ref) or self.world.orders[ref]
            said = {field: value for field, value in row.items() if value not in (None, [])}
            records.append({"ref": ref, "person": truth.person.get(ref) or truth.buyer[ref], **said})
        found = {"error": error, "rule": rule, "records": records}
        people = {record["person"] for record in records}
        found["live"] = sorted(set().union(*(truth.live[person] for person in people)))
        if len(refs) == 2 and len(people) == 2:
            found["relation"] = judging.relation(self.world, *sorted(refs))
        if finding:
            chosen = finding["recommended"]
            found |= {"key": finding["key"], "because": finding["because"], "confidence": finding["confidence"]}
            found["recommended"] = None if chosen is None else finding["options"][chosen]
        return found
