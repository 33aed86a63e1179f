"""What the rules rely on in `contacts`: references unique and of known kinds, addresses that look like some."""

from __future__ import annotations

from typing import Any

from include.registry import names, said
from include.settings import Settings


def expectations(settings: Settings) -> list[Any]:
    """Each with the sentence that is shown when it does not hold."""
    import great_expectations.expectations as gxe

    kinds = {kind for each in said("KINDS").values() for kind in each}
    return [
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=["platform", "kind", "id"], description="no contact is in the table twice"
        ),
        gxe.ExpectColumnValuesToNotBeNull(column="id", description="every contact has an id"),
        gxe.ExpectColumnValuesToBeInSet(
            column="platform", value_set=list(names("platforms")), description="every contact is on a known platform"
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="kind", value_set=sorted(kinds), description="every contact is of a known kind"
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="address_has_form", value_set=[True], mostly=0.99, description="addresses hold an @"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="days_ahead", max_value=1, mostly=0.999, description="no change lies in the future"
        ),
    ]
