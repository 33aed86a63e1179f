"""
Persons keep their identity from night to night, so that what is said of a person stays said of the same one.

A group takes the name of the person of the night before most of whose contacts it holds. A new person is named by its
smallest reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

MARK = "+"


def renamed(groups: ir.Table, before: ir.Table) -> ir.Table:
    """
    The groups that are not to be named by their smallest reference: group (that reference), person.

    `groups`: group, contact (references). `before`: person, contact, of the night before.
    """
    import ibis

    lasting = before.filter(~before.person.endswith(MARK)).select("person", "contact")
    shared = groups.join(lasting, "contact").group_by("group", "person").agg(shared=ibis._.contact.count())
    heir = ibis.row_number().over(group_by="person", order_by=[ibis.desc("shared"), "group"])
    heirs = shared.mutate(place=heir).filter(ibis._.place == 0).drop("place")
    chosen = ibis.row_number().over(group_by="group", order_by=[ibis.desc("shared"), "person"])
    kept = heirs.mutate(place=chosen).filter(ibis._.place == 0).select("group", "person")
    # A reference that names another group by now is not free. A group whose members all do takes one with a mark,
    # which is for that night only: so no two groups ever have one name.
    taken = kept.filter(kept.group != kept.person)
    without = groups.select("group").distinct().anti_join(kept, "group")
    rest = groups.semi_join(without.semi_join(taken.select(group="person"), "group"), "group")
    fresh = rest.anti_join(taken.select(contact="person"), "contact").group_by("group").agg(person=ibis._.contact.min())
    marked = rest.select("group").distinct().anti_join(fresh, "group").mutate(person=ibis._.group + MARK)
    return taken.union(fresh).union(marked)
