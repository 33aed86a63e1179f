"""What must hold of the links: every contact is in one person at most, and no person is larger than the cap."""

from __future__ import annotations

from typing import Any

from include.settings import Settings


def expectations(settings: Settings) -> list[Any]:
    """Each with the sentence that is shown when it does not hold."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeUnique(column="contact", description="no contact belongs to two people"),
        gxe.ExpectColumnValuesToNotBeNull(column="person", description="every linked contact names its person"),
        gxe.ExpectColumnValuesToBeBetween(
            column="size",
            min_value=2,
            max_value=settings.group_size,
            description=f"no person has more than {settings.group_size} contacts",
        ),
    ]
