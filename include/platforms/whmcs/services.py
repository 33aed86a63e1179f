"""
Which cPanel accounts a client has, on which server, and under which domain.

A service tells its server, and only the server tells that it runs cPanel. The connection `whm` opens one server: the
only one that WHMCS knows to run cPanel, or the one that `ROLLCALL_WHM_SERVER` names. An account anywhere else is named
`cpanel:elsewhere:<server>/<account>`, which no connection of ours reaches. The first part is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.errors import SettingsWrong
from include.model import Ref
from include.settings import settings
from include.whmcs_shapes import record_id, text

if TYPE_CHECKING:
    from include.platforms.whmcs.api import Api

LIVE = {"Active", "Suspended"}  # a service in any other status has no account on the server (any more)


@dataclass(frozen=True, slots=True)
class Hosting:
    """
    One cPanel account as WHMCS has it. WHMCS's word may be old: the server's own counts.

    `domain`: what the server must also hold to be the account's main domain before anything is changed there.
    """

    client: Ref
    account: Ref
    domain: str | None

    @property
    def reached(self) -> bool:
        """Whether it is on the server that our connection opens."""
        return self.account.kind == "hosting"


def accounts(products: Iterable[dict[str, Any]], servers: Iterable[dict[str, Any]], ours: str) -> Iterator[Hosting]:
    """The living cPanel accounts among services. `ours`: the hostname of the server our connection opens, or empty."""
    where = "whmcs products"
    runs_cpanel = {
        record_id(row, "whmcs servers"): row for row in servers if text(row, "module", "whmcs servers") == "cpanel"
    }
    opened = _opened(runs_cpanel, ours)
    for row in products:
        user, server = text(row, "username", where), text(row, "serverid", where)
        if not user or server not in runs_cpanel or text(row, "status", where) not in LIVE:
            continue
        account = Ref("cpanel", "hosting", user)
        if server != opened:
            account = Ref("cpanel", "elsewhere", f"{_hostname(runs_cpanel[server])}/{user}")
        yield Hosting(Ref("whmcs", "client", record_id(row, where, "clientid")), account, text(row, "domain", where))


def hosting_of(api: Api, client: Ref) -> tuple[Hosting, ...]:
    """A client's cPanel accounts as WHMCS has them now: those our connection reaches, and those it does not."""
    found = accounts(api.services(client.id), api.servers(), settings().whm_server)
    return tuple(sorted((one for one in found if one.client == client), key=lambda one: one.account))


def _opened(runs_cpanel: dict[str, dict[str, Any]], ours: str) -> str | None:
    """The id of the server that our connection opens; None when nobody said which of several it is."""
    if not ours:
        return next(iter(runs_cpanel)) if len(runs_cpanel) == 1 else None
    named = [key for key, row in runs_cpanel.items() if _hostname(row).casefold() == ours.casefold()]
    if runs_cpanel and len(named) != 1:
        known = ", ".join(sorted(map(_hostname, runs_cpanel.values())))
        raise SettingsWrong(
            f"ROLLCALL_WHM_SERVER is {ours!r}, but {len(named)} of WHMCS's cPanel servers have that hostname: {known}."
        )
    return named[0] if named else None


def _hostname(server: dict[str, Any]) -> str:
    """What WHMCS calls a server; its number where it has no hostname."""
    return text(server, "hostname", "whmcs servers") or record_id(server, "whmcs servers")
