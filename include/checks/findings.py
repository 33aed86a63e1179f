"""What a reviewer relies on in findings: each can be told from the others, has its reasons, and can be carried out."""

from __future__ import annotations

from typing import Any

from include.registry import names
from include.settings import Settings


def expectations(settings: Settings) -> list[Any]:
    """Each with the sentence that is shown when it does not hold."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeUnique(column="key", description="no two findings have the same key"),
        gxe.ExpectColumnValuesToBeInSet(
            column="rule", value_set=list(names("rules")), description="every finding belongs to a rule"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="confidence", min_value=0, max_value=1, description="confidence lies between 0 and 1"
        ),
        gxe.ExpectColumnValuesToBeBetween(column="reasons", min_value=1, description="every finding has a reason"),
        gxe.ExpectColumnValuesToBeInSet(
            column="complete", value_set=[True], description="every option has a label and fixes that change something"
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="recommended_exists", value_set=[True], description="a recommended option is one that exists"
        ),
    ]
