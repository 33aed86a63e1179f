"""
Which WHMCS the connection opens, and which actions its API role lacks.

WHMCS tells no id of an installation: its address stands for it. Nor does it list what a role allows (GetAdminDetails
tells the administrator's permissions, which are others, and a person's name): each action that reads is asked for one
record, which is let go. That the role's allow list is looked at before the record is, is how public clients saw it
(8.13 and 9.0). Actions that change something are not tried: a missing one shows at the first fix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from include.platforms import About, address, fingerprint, installation

if TYPE_CHECKING:
    from include.whmcs_endpoint import Endpoint

READS: Mapping[str, Mapping[str, int]] = {
    "WhmcsDetails": {},
    "GetClients": {"limitnum": 1},
    "GetClientsDetails": {"clientid": 0},
    "GetUsers": {"limitnum": 1},
    "GetContacts": {"limitnum": 1},
    "GetClientsProducts": {"limitnum": 1},
    "GetServers": {},
    "GetOrders": {"limitnum": 1},
    "GetActivityLog": {"limitnum": 1},
}


def about(whmcs: Endpoint) -> About:
    """Ask for each action and for the version. WHMCS tells no quota."""
    missing = whmcs.lacking(READS)
    version = None if "WhmcsDetails" in missing else whmcs.version
    return About(f"WHMCS at {address(whmcs.url)}", version, missing, None)


def account(whmcs: Endpoint) -> str:
    """The fingerprint of the installation. Nothing is asked for it."""
    return fingerprint("whmcs", installation(whmcs.url))
