"""Who has an address here, asked of the platform itself. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.model import Ref

if TYPE_CHECKING:
    from include.platforms.bigcommerce.api import Api


def holders(api: Api, address: str) -> tuple[Ref, ...]:
    """Every customer who has this address, as it is spelled here or in small letters; mostly in any other case too."""
    return tuple(Ref("bigcommerce", "customer", str(one["id"])) for one in api.customers_with(address))
