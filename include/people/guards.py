"""
What speaks against two contacts being one person. A veto holds whatever speaks for them.

* `apart`: people judged earlier that they are not the same.
* `suffix`: a father's name and his son's (Sr., Jr.).
* `ids`: both name a record of one kind on one platform as their own, and not the same.
* `accounts`: both can sign in to one platform, under different addresses.

Names that disagree are no veto where one record names the other: see `grouping`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.people import names
from include.people.facts import NAMED, PARTS, listed

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from include.store.tables import Tables

APART, SUFFIX, IDS, ACCOUNTS, OTHER_NAMES = "apart", "suffix", "ids", "accounts", "other_names"
WEIGHTS = {APART: -6.0, SUFFIX: -4.0, IDS: -4.0, ACCOUNTS: -4.0, OTHER_NAMES: -3.0}
SAYS = {
    APART: "Much speaks for it, but these were judged not to be the same person.",
    SUFFIX: "Much speaks for it, but their names tell a father from his son.",
    IDS: "Much speaks for it, but they name different records of one platform as their own.",
    ACCOUNTS: "Much speaks for it, but both can sign in to one platform, under different addresses.",
    OTHER_NAMES: "Others link them, but their names differ.",
}


def agree(pairs: ir.Table) -> ir.BooleanValue:
    """Whether the names in a row can be one person's: the parts of the one, and `first_other` and so on."""
    return names.agreed(pairs, {part: pairs[f"{part}_other"] for part in PARTS})


def claims_of(tables: Tables, who: ir.Table) -> ir.Table:
    """What each contact names as its own on other platforms: n, space (platform and kind), to."""
    naming = listed(tables, who, "links").join(who.filter(who.naming).select("n", "platform", "kind"), "n")
    naming = naming.mutate(own=naming.platform + ":" + naming.kind, space=naming.value.re_extract("^([^:]+:[^:]+):", 1))
    named = naming.filter(naming.space.re_extract(":(.*)$", 1).isin(NAMED) & (naming.space != naming.own))
    return named.select("n", "space", to="value").distinct()


def judged(pairs: ir.Table, who: ir.Table, claims: ir.Table, apart: ir.Table) -> ir.Table:
    """
    `pairs` (left, right, each once, and more) with `agreed`, whether their names agree, and `veto`, or null.

    `apart`: the pairs, by number, that people judged not to be the same.
    """
    import ibis

    one = who.select("n", *PARTS, "key", "slot", "naming")
    other = one.rename({f"{name}_other": name for name in one.columns})
    both = pairs.join(one, [("left", "n")]).join(other, [("right", "n_other")])
    suffixes = (both.suffix != "") & (both.suffix_other != "") & (both.suffix != both.suffix_other)
    accounts = ((both.slot == both.slot_other) & (both.key != both.key_other)).fill_null(False)
    naming = both.naming & both.naming_other
    both = both.select(*pairs.columns, naming=naming, suffixes=suffixes, accounts=accounts, agreed=agree(both))
    ids = _contradicting(both.filter(both.naming), claims).mutate(ids=True)
    both = both.left_join(ids, ["left", "right"]).drop("left_right", "right_right")
    both = both.left_join(apart.mutate(apart=True), ["left", "right"]).drop("left_right", "right_right")
    veto = ibis.cases(
        (both.apart.fill_null(False), APART),
        (both.suffixes, SUFFIX),
        (both.ids.fill_null(False), IDS),
        (both.accounts, ACCOUNTS),
    )
    return both.select(*pairs.columns, "agreed", veto=veto)


def _contradicting(pairs: ir.Table, claims: ir.Table) -> ir.Table:
    """The pairs that name records of one kind on one platform, and none of them in common."""
    import ibis

    ours = pairs.join(claims, [("left", "n")]).select("left", "right", "space", ours="to")
    theirs = claims.select(n_other="n", space_other="space", theirs="to")
    both = ours.join(theirs, [("right", "n_other"), ("space", "space_other")])
    shared = both.group_by("left", "right", "space").agg(shared=(ibis._.ours == ibis._.theirs).any())
    return shared.filter(~shared.shared).select("left", "right").distinct()
