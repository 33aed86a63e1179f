"""What must hold of approved fixes before one is applied: enough approvals, unchanged, recent, within the caps."""

from __future__ import annotations

from typing import Any

from include.model import Action
from include.registry import names
from include.settings import Settings


def expectations(settings: Settings) -> list[Any]:
    """Each with the sentence that is shown when it does not hold."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeUnique(column="fix_id", description="no fix is to be applied twice"),
        gxe.ExpectColumnValuesToBeInSet(
            column="platform", value_set=list(names("platforms")), description="every fix is for a known platform"
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="action", value_set=[str(action) for action in Action], description="every fix is a known action"
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="option_hash",
            column_B="approved_hash",
            description="every fix is exactly what was approved",
        ),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="approvals",
            column_B="needed",
            or_equal=True,
            description="every fix has as many approvals as it needs",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="age_days",
            max_value=settings.approval_days,
            description=f"no approval is older than {settings.approval_days} days",
        ),
        gxe.ExpectColumnValuesToBeInSet(
            column="in_cap", value_set=[True], description="no cap of this run or day is exceeded"
        ),
    ]
