"""How many findings a night may bring: a rule that suddenly finds three times as many is wrong before the world is."""

from __future__ import annotations

from typing import Any

from include.settings import Settings


def expectations(settings: Settings) -> list[Any]:
    """Each with the sentence that is shown when it does not hold."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeBetween(
            column="times",
            max_value=3,
            description="no rule found over three times as many as on the last good night",
        ),
    ]
