"""Who has an address here, asked of the platform itself: no index that lags behind. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from include.model import Ref

if TYPE_CHECKING:
    from include.platforms.hubspot.api import Api


def holders(api: Api, address: str) -> tuple[Ref, ...]:
    """The contact that has this address, in any spelling of its case, be it an additional one."""
    found = api.holder(address)
    return (Ref("hubspot", "contact", found),) if found else ()
