"""
Which server the connection opens, and which rights its token lacks.

`myprivs` tells the rights of the user (cPanel's OpenAPI 11.137). Whether it leaves out those that a token was not given
is not documented: a right that the user has and the token lacks may show only when it is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from include.errors import NotPermitted, UnexpectedAnswer
from include.platforms import About, address, fingerprint, installation

NEEDED = ("list-accts", "acct-summary", "edit-account")


def about(read: Callable[[str], dict[str, Any]], url: str) -> About:
    """Ask for the rights, and for the version where that is one of them. WHM tells no quota."""
    said = _data(read("myprivs")).get("privileges")
    if not isinstance(said, list) or not all(isinstance(part, dict) for part in said):
        raise UnexpectedAnswer("cpanel myprivs: the field 'data.privileges' is missing.")
    rights = {name for part in said for name, value in part.items() if str(value) == "1"}
    missing = () if "all" in rights else tuple(right for right in NEEDED if right not in rights)
    return About(f"WHM at {address(url)}", _version(read), missing, None)


def account(url: str) -> str:
    """
    The fingerprint of the server: of its address, which its certificate vouches for.

    It would also tell its hostname, but which right a token needs to ask for that is not documented.
    """
    return fingerprint("whm", installation(url))


def _version(read: Callable[[str], dict[str, Any]]) -> str | None:
    try:
        said = _data(read("version")).get("version")
    except NotPermitted:
        return None
    return str(said) if said else None


def _data(body: dict[str, Any]) -> dict[str, Any]:
    data = body.get("data")
    return data if isinstance(data, dict) else {}
