"""
The judged pairs as columns, and the table `edges` that is made of them. It decides which reasons of a pair hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.people import evidence, guards
from include.people.evidence import ADDRESS, BITS, COMPANY, LINK, OF_A_MAILBOX, OTHER_NAME
from include.people.grouping import Pairs

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from include.people.grouping import Numbers

STRONG = 3.0  # reasons of this weight that a guard forbids are a contradiction, and are told
KINDS = (*evidence.WEIGHTS, *guards.WEIGHTS)
WEIGHTS = evidence.WEIGHTS | guards.WEIGHTS
SAYS = evidence.SAYS | guards.SAYS


@dataclass(frozen=True, slots=True)
class Reasons:
    """Pairs with the reasons that hold (`bits`) and their weight. `veto`: the guard that forbids it, or empty."""

    pairs: Pairs
    bits: Numbers
    veto: NDArray[np.object_]

    @classmethod
    def of(cls, judged: ir.Table) -> Reasons:
        """
        What holds of judged pairs (left, right, bits, agreed, veto).

        An address, or an order, without a name on both sides may be anybody's who ever used it: it counts where one
        record names the other. Whatever is said of a name needs names that agree.
        """
        import numpy as np

        explicit = (judged.bits & BITS[LINK]) != 0
        told = judged.filter(explicit | judged.agreed.fill_null(False))
        columns = told.mutate(unknown=told.agreed.isnull(), agreed=told.agreed.fill_null(False)).to_pyarrow()
        left, right, bits, agreed, unknown = (
            columns.column(name).to_numpy() for name in ("left", "right", "bits", "agreed", "unknown")
        )
        nameless = bits & (BITS[LINK] | OF_A_MAILBOX)
        bits = np.where(agreed, bits, np.where(unknown, nameless, BITS[OTHER_NAME]))
        bits = np.where(bits & BITS[ADDRESS], bits & ~BITS[COMPANY], bits)  # who shares an address shares its domain
        weight = sum(((bits & bit) != 0) * evidence.WEIGHTS[kind] for kind, bit in BITS.items())
        veto = columns.column("veto").fill_null("").to_numpy(zero_copy_only=False)
        return cls(Pairs(left, right, weight, agreed), bits, veto)

    def allowed(self) -> Pairs:
        """The pairs that no guard forbids."""
        return self.pairs.where(self.veto == "")

    def contradictions(self) -> dict[tuple[int, int], str]:
        """The pairs that much joins and a guard forbids, and which."""
        import numpy as np

        rows = np.flatnonzero((self.veto != "") & (self.pairs.weight >= STRONG))
        ends = zip(self.pairs.left[rows].tolist(), self.pairs.right[rows].tolist(), strict=True)
        return dict(zip(ends, self.veto[rows].tolist(), strict=True))


def table(refs: pa.Array, reasons: Reasons, group: Numbers, against: dict[tuple[int, int], str]) -> pa.Table:
    """The table `edges`: why the contacts of each person are linked, and what is apart though much joins it."""
    import numpy as np
    import pyarrow as pa

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
    told = {kind: [values[name] for name in KINDS] for kind, values in (("weight", WEIGHTS), ("says", SAYS))}
    columns: dict[str, Any] = {
        "left": refs.take(pa.array(lefts[order])),
        "right": refs.take(pa.array(rights[order])),
        "evidence": pa.array(KINDS).take(pa.array(kinds[order])),
        **{kind: pa.array(values).take(pa.array(kinds[order])) for kind, values in told.items()},
    }
    return pa.table(columns).cast(schema("edges"))
