"""Who has an address here, asked of the platform itself: no index that lags behind. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.model import Ref

if TYPE_CHECKING:
    from include.platforms.shopify.api import Api


def holders(api: Api, address: str) -> tuple[Ref, ...]:
    """The customer that has this address, in any spelling of its case."""
    found = api.holder(address)
    return (Ref("shopify", "customer", found),) if found else ()
