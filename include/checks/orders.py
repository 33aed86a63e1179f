"""What the rules rely on in `orders`: references that are unique, and changes that have happened."""

from __future__ import annotations

from typing import Any

from include.registry import names
from include.settings import Settings


def expectations(settings: Settings) -> list[Any]:
    """Each with the sentence that is shown when it does not hold."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=["platform", "id"], description="no order is in the table twice"
        ),
        gxe.ExpectColumnValuesToNotBeNull(column="id", description="every order has an id"),
        gxe.ExpectColumnValuesToBeInSet(
            column="platform", value_set=list(names("platforms")), description="every order is on a known platform"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="days_ahead", max_value=1, mostly=0.999, description="no change lies in the future"
        ),
    ]
