"""What must hold of a pull: every platform was asked, nothing is missing or twice, and nothing dropped or jumped."""

from __future__ import annotations

from typing import Any

from include.registry import names
from include.settings import Settings

DROP, JUMP = 0.7, 10.0
ASTRAY = 0.005


def expectations(settings: Settings) -> list[Any]:
    """Each with the sentence that is shown when it does not hold."""
    import great_expectations.expectations as gxe

    asked = sorted(set(names("platforms")) - set(settings.left_out))
    return [
        gxe.ExpectColumnDistinctValuesToEqualSet(
            column="platform", value_set=asked, description="every platform was pulled, and none that was left out"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="contacts", min_value=1, description="no platform says that it holds nobody"
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="rows", column_B="distinct", description="no record came twice in one pull"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="astray",
            max_value=ASTRAY,
            description="every stream has as many records as its platform says it holds, but for half a percent",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="share",
            min_value=DROP,
            max_value=JUMP,
            description="no stream lost over 30 % of its rows since the last good night, or grew tenfold",
        ),
    ]
