"""What the sandbox's WHMCS holds: clients, users, services, domains, orders and logs, made from the world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from include.sandbox.whmcs.registrar import Registrar
from include.sandbox.whmcs.shapes import Wrong

if TYPE_CHECKING:
    from starlette.requests import Request

    from include.sandbox.desk import Desk
    from include.sandbox.world import Account, World

SERVERS: tuple[dict[str, Any], ...] = (
    {"id": 1, "name": "Web 1", "hostname": "web1.example.net", "module": "cpanel", "active": True},
    {"id": 2, "name": "Machines", "hostname": "vps.example.net", "module": "virtualizor", "active": True},
    {"id": 3, "name": "Web 2", "hostname": "web2.example.net", "module": "cpanel", "active": True},
)


class Books:
    """Everything the twin remembers. Ids are numbers, flags are truth values: drifting is for the door."""

    def __init__(self, world: World, desk: Desk) -> None:
        self.desk = desk
        self.calls = 0
        logins = {account.id: account for account in world.of("whmcs", "login")}
        self.users = {int(key): _user(account) for key, account in logins.items()}
        self.clients = {int(account.id): _client(account) for account in world.of("whmcs", "client")}
        self.owner = {int(account.id): int(account.extra["owner"] or 0) for account in world.of("whmcs", "client")}
        self.users_of = {int(account.id): _users(account) for account in world.of("whmcs", "client")}
        self.contacts = _contacts(world)
        self.services = _services(world)
        used = {int(service["serverid"]) for service in self.services.values()} | {1, 2}
        self.servers = [server for server in SERVERS if server["id"] in used]  # the third where something runs on it
        self.domains = {int(account.id): _domain(account) for account in world.of("whois", "domain")}
        self.orders = {int(purchase.id): _order(purchase, self.owner) for purchase in world.purchases_of("whmcs")}
        self.registrar = Registrar(world.of("whois", "domain"), desk)
        self.activity: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []

    def client(self, form: Mapping[str, str], key: str = "clientid", words: str = "Client Not Found") -> dict[str, Any]:
        """The client a request names by its id."""
        found = self.clients.get(int(form[key])) if form.get(key, "").isdecimal() else None
        if found is None:
            raise Wrong(words)
        return found

    def wrote(
        self, request: Request, record: str, action: str, changed: Mapping[str, list[Any]], effect: str = "applied"
    ) -> None:
        """Write down what a request did to a record."""
        self.desk.wrote(record.partition(":")[0], request, record, action, dict(changed), effect)


def _client(account: Account) -> dict[str, Any]:
    return {
        "client_id": int(account.id),
        "id": int(account.id),
        "userid": int(account.id),
        "uuid": f"00000000-0000-4000-8000-{int(account.id):012d}",
        "firstname": account.first_name or "",
        "lastname": account.last_name or "",
        "companyname": account.company or "",
        "email": account.email or "",
        "address1": account.street or "",
        "address2": "",
        "city": account.city or "",
        "state": "",
        "postcode": account.postcode or "",
        "countrycode": account.country or "",
        "country": account.country or "",
        "phonenumber": account.phone or "",
        "status": account.extra.get("status", "Active"),
        "billingcid": 0,
        "email_verified": True,
        "email_preferences": {"general": "1", "invoice": "1", "support": "1", "product": "1", "domain": "1"},
        "customfields": [{"id": 1, "value": "service-secret in a free field"}],
        "notes": "",
        "lastlogin": "Date: 03/10/2016 10:26<br>IP Address: 192.0.2.1<br>Host: host.example.net",
        "datecreated": account.created_at.date().isoformat(),
    }


def _user(account: Account) -> dict[str, Any]:
    return {
        "id": int(account.id),
        "firstname": account.first_name or "",
        "lastname": account.last_name or "",
        "email": account.email,
        "datecreated": account.created_at.strftime("%Y-%m-%d %H:%M:%S"),
        "validationdata": "",
    }


def _users(account: Account) -> list[int]:
    """Who may sign in for a client: its owner, when it has one, and those invited beside it."""
    told = (account.extra["owner"], *account.extra.get("users", ()))
    return [int(user) for user in told if user]


def _contacts(world: World) -> dict[int, dict[str, Any]]:
    """The sub-contacts of every client."""
    told = [(account, one) for account in world.of("whmcs", "client") for one in account.extra.get("contacts", ())]
    return {
        int(one["id"]): {
            "id": int(one["id"]),
            "userid": int(account.id),
            "firstname": one.get("first_name", ""),
            "lastname": one.get("last_name", ""),
            "email": one["email"],
            "address1": "",
            "city": "",
            "postcode": "",
            "country": "",
            "phonenumber": "",
        }
        for account, one in told
    }


def _services(world: World) -> dict[int, dict[str, Any]]:
    """The services of every client, and beside every third one a machine that no cPanel runs on."""
    found: dict[int, dict[str, Any]] = {}
    for account in world.of("whmcs", "client"):
        for product in account.extra.get("products", ()):
            found[int(product["id"])] = _service(account.id, int(product["id"]), product, int(product.get("server", 1)))
    top = max(found, default=0)
    for place, service in enumerate([*found.values()][::3], start=1):
        machine = {"username": "root", "domain": f"vps{place}.example.net"}
        found[top + place] = _service(service["clientid"], top + place, machine, server=2)
    return found


def _service(client: str, service: int, product: Mapping[str, Any], server: int) -> dict[str, Any]:
    return {
        "id": str(service),
        "clientid": client,
        "pid": str(server),
        "domain": product["domain"],
        "serverid": str(server),
        "servername": SERVERS[server - 1]["name"],
        "serverhostname": SERVERS[server - 1]["hostname"],
        "status": "Active",
        "username": product["username"],
        "password": f"service-secret-{service}",
        "dedicatedip": "",
    }


def _domain(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "userid": str(account.extra["client"]),
        "domainname": account.extra["domain"],
        "registrar": account.extra["registrar"],
        "regdate": account.created_at.date().isoformat(),
        "expirydate": "0000-00-00",
        "status": "Active",
        "idprotection": "0",
        "donotrenew": "0",
    }


def _order(purchase: Any, owner: Mapping[int, int]) -> dict[str, Any]:
    client = int(purchase.account or 0)
    return {
        "id": int(purchase.id),
        "ordernum": purchase.number,
        "userid": client,
        "contactid": 0,
        "requestor_id": owner.get(client, 0),
        "date": purchase.placed_at.strftime("%Y-%m-%d %H:%M:%S"),
        "status": str(purchase.status).capitalize(),
        "name": f"{purchase.first_name or ''} {purchase.last_name or ''}".strip(),
        "ipaddress": "192.0.2.1",
        "fraudoutput": "service-secret fraud data",
        "lineitems": {"lineitem": []},
    }
