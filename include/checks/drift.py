"""What must not happen to addresses from one night to the next: many changed at once, or many gone."""

from __future__ import annotations

from typing import Any

from include.settings import Settings


def expectations(settings: Settings) -> list[Any]:
    """Each with the sentence that is shown when it does not hold."""
    import great_expectations.expectations as gxe

    most = settings.drift_percent / 100
    return [
        gxe.ExpectColumnValuesToBeBetween(
            column="changed",
            max_value=most,
            description=f"no platform changed over {settings.drift_percent} % of its addresses in a night",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column="newly_missing",
            max_value=most,
            description=f"no platform lost over {settings.drift_percent} % of its addresses in a night",
        ),
    ]
