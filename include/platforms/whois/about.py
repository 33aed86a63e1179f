"""
Which WHMCS the domains are asked of, and which actions its API role lacks.

WHMCS tells no id of an installation: its address stands for it. Nor does it list what a role allows: each action that
reads is tried, and what it answers is let go. No registrar is asked, for there is no domain 0. Whether the role allows
DomainUpdateWhoisInfo shows at the first fix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from include.platforms import About, address, fingerprint, installation

if TYPE_CHECKING:
    from include.whmcs_endpoint import Endpoint

READS: Mapping[str, Mapping[str, int]] = {
    "WhmcsDetails": {},
    "GetClientsDomains": {"limitnum": 1},
    "DomainGetWhoisInfo": {"domainid": 0},
}


def about(whmcs: Endpoint) -> About:
    """Ask for each action and for the version. WHMCS tells no quota."""
    missing = whmcs.lacking(READS)
    version = None if "WhmcsDetails" in missing else whmcs.version
    return About(f"WHMCS at {address(whmcs.url)}", version, missing, None)


def account(whmcs: Endpoint) -> str:
    """The fingerprint of the installation. Nothing is asked for it."""
    return fingerprint("whmcs", installation(whmcs.url))
