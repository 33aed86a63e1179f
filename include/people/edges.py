"""
The judged pairs as columns, and the table `edges` that is made of them. It decides which reasons of a pair hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.people import evidence, guards, likeness_table
from include.people.evidence import ADDRESS, ALIKE, BITS, COMPANY, LINK, OF_A_MAILBOX, OTHER_NAME
from include.people.grouping import Pairs

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from include.people.grouping import Numbers

STRONG = 3.0  # reasons of this weight that a guard forbids are a contradiction, and are told
ALIKE_COLUMNS = (("left", "right"), ("points",), ("pattern",))
KINDS = (*evidence.WEIGHTS, *guards.WEIGHTS)
WEIGHTS = evidence.WEIGHTS | guards.WEIGHTS
SAYS = evidence.SAYS | guards.SAYS


@dataclass(frozen=True, slots=True)
class Reasons:
    """
    Pairs with the reasons that hold (`bits`) and their weight. `veto`: the guard that forbids it, or empty. `pattern`:
    of those that are only alike, in what (see `likeness_table`).
    """

    pairs: Pairs
    bits: Numbers
    veto: NDArray[np.object_]
    pattern: Numbers

    @classmethod
    def of(cls, judged: ir.Table, alike: ir.Table) -> Reasons:
        """
        What holds of judged pairs (left, right, bits, agreed, veto), and of those that are only alike (with points and
        pattern instead of bits).

        An address, or an order, without a name on both sides may be anybody's who ever used it: it counts where one
        record names the other. Whatever is said of a name needs names that agree.
        """
        import numpy as np

        told = holding(judged)
        columns = told.mutate(unknown=told.agreed.isnull(), agreed=told.agreed.fill_null(False)).to_pyarrow()
        left, right, bits, agreed, unknown = (
            columns.column(name).to_numpy() for name in ("left", "right", "bits", "agreed", "unknown")
        )
        nameless = bits & (BITS[LINK] | OF_A_MAILBOX)
        bits = np.where(agreed, bits, np.where(unknown, nameless, BITS[OTHER_NAME]))
        bits = np.where(bits & BITS[ADDRESS], bits & ~BITS[COMPANY], bits)  # who shares an address shares its domain
        weight = sum(((bits & bit) != 0) * evidence.WEIGHTS[kind] for kind, bit in BITS.items())
        more = alike.select("left", "right", "points", "pattern", "veto").to_pyarrow()
        ends, points, pattern = ([more.column(name).to_numpy() for name in names] for names in ALIKE_COLUMNS)
        veto = [table.column("veto").fill_null("").to_numpy(zero_copy_only=False) for table in (columns, more)]
        some = np.repeat([False, True], [len(left), more.num_rows])
        pairs = Pairs(
            np.concatenate([left, ends[0]]),
            np.concatenate([right, ends[1]]),
            np.concatenate([weight, points[0] / likeness_table.HALVES]),
            np.concatenate([agreed, np.zeros(more.num_rows, dtype=bool)]),
            some,
        )
        bits = np.concatenate([bits, np.full(more.num_rows, BITS[ALIKE])])
        return cls(pairs, bits, np.concatenate(veto), np.concatenate([np.zeros_like(left), pattern[0]]))

    def allowed(self) -> Pairs:
        """The pairs that no guard forbids."""
        return self.pairs.where(self.veto == "")

    def contradictions(self) -> dict[tuple[int, int], str]:
        """The pairs that much joins and a guard forbids, and which."""
        import numpy as np

        rows = np.flatnonzero((self.veto != "") & (self.pairs.weight >= STRONG))
        ends = zip(self.pairs.left[rows].tolist(), self.pairs.right[rows].tolist(), strict=True)
        return dict(zip(ends, self.veto[rows].tolist(), strict=True))


def holding(judged: ir.Table) -> ir.Table:
    """The judged pairs of which some reason holds."""
    return judged.filter(((judged.bits & BITS[LINK]) != 0) | judged.agreed.fill_null(False))


def table(refs: pa.Array, reasons: Reasons, group: Numbers, against: dict[tuple[int, int], str]) -> pa.Table:
    """The table `edges`: why the contacts of each person are linked, and what is apart though much joins it."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from include.store.tables import schema

    left, right = reasons.pairs.left, reasons.pairs.right
    within = (reasons.veto == "") & (group[left] == group[right])
    chosen = [np.flatnonzero(within & ((reasons.bits & bit) != 0)) for bit in BITS.values()]
    rows = np.concatenate(chosen)
    kinds = np.repeat(np.arange(len(chosen)), [len(some) for some in chosen])
    ends = np.array(sorted(against), dtype=np.int64).reshape(-1, 2)
    lefts, rights = np.concatenate([left[rows], ends[:, 0]]), np.concatenate([right[rows], ends[:, 1]])
    kinds = np.concatenate([kinds, np.array([KINDS.index(against[pair]) for pair in sorted(against)], dtype=np.int64)])
    names = np.argsort(np.argsort(np.array(KINDS)))
    order = np.lexsort((names[kinds], rights, lefts))
    row = np.concatenate([rows, np.zeros(len(ends), dtype=np.int64)])[order]
    alike = kinds[order] == KINDS.index(ALIKE)
    told = {kind: [values[name] for name in KINDS] for kind, values in (("weight", WEIGHTS), ("says", SAYS))}
    weight, says = (pa.array(told[kind]).take(pa.array(kinds[order])) for kind in ("weight", "says"))
    if alike.any():
        patterns, which = np.unique(reasons.pattern[row[alike]], return_inverse=True)
        theirs = pa.array([likeness_table.says(pattern) for pattern in patterns.tolist()]).take(pa.array(which))
        says = pc.replace_with_mask(says, pa.array(alike), theirs)
        weight = pc.replace_with_mask(weight, pa.array(alike), pa.array(reasons.pairs.weight[row[alike]]))
    columns: dict[str, Any] = {
        "left": refs.take(pa.array(lefts[order])),
        "right": refs.take(pa.array(rights[order])),
        "evidence": pa.array(KINDS).take(pa.array(kinds[order])),
        "weight": weight,
        "says": says,
    }
    return pa.table(columns).cast(schema("edges"))
