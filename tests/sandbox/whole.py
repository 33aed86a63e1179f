"""The whole sandbox on one port, its own endpoints, and one record of each platform to ask for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from include.sandbox.server import Served, build, serve_in_thread

PLATFORMS = ("bigcommerce", "hubspot", "shopify", "whm", "whmcs")
NEW, OTHER = "somebody.new@post.example", "somebody.else@post.example"
SIGNED = {
    "bigcommerce": {"X-Auth-Token": "sandbox"},
    "hubspot": {"Authorization": "Bearer sandbox"},
    "shopify": {"X-Shopify-Access-Token": "sandbox"},
    "whm": {"Authorization": "whm sandbox:sandbox"},
    "whmcs": {},
}
GRAPHQL = "/shopify/admin/api/2026-10/graphql.json"
READ = "query ($id: ID!) { customer(id: $id) { defaultEmailAddress { emailAddress } } }"
WRITE = "mutation ($input: CustomerInput!) { customerUpdate(input: $input) { userErrors { message } } }"
CUSTOMERS = "/bigcommerce/stores/sandbox/v3/customers"
WHMCS = "/whmcs/includes/api.php"


LATE = 0.8  # seconds


@dataclass(frozen=True)
class Asked:
    """One request: also what a fault of the kind `edit` takes."""

    method: str
    path: str
    json: Any = None
    form: dict[str, str] | None = None

    def as_edit(self) -> dict[str, Any]:
        said = {"method": self.method, "path": self.path, "json": self.json, "form": self.form}
        return {name: value for name, value in said.items() if value is not None}


LIST = Asked("GET", "/hubspot/crm/v3/objects/contacts?limit=2")


class Whole:
    """A sandbox of 40 people."""

    def __init__(self, served: Served) -> None:
        self.url = served.url
        self.sandbox = served.app.state.sandbox

    def own(self, what: str) -> Any:
        """What `GET /_sandbox/<what>` answers."""
        return requests.get(f"{self.url}/_sandbox/{what}", timeout=5).json()

    def tell(self, what: str, body: Any) -> requests.Response:
        return requests.post(f"{self.url}/_sandbox/{what}", json=body, timeout=5)

    def arm(self, platform: str, match: str, fault: str, **more: Any) -> None:
        """Arm one fault."""
        answer = self.tell("faults", [{"platform": platform, "match": match, "fault": fault, **more}])
        assert answer.json() == {"armed": 1}, answer.text

    def send(self, asked: Asked, timeout: float = 5, **more: Any) -> requests.Response:
        """Send a request with the key that its platform wants."""
        platform = asked.path.split("/")[1]
        form = {"identifier": "sandbox", "secret": "sandbox"} | asked.form if asked.form is not None else None
        return requests.request(
            asked.method,
            self.url + asked.path,
            headers=SIGNED[platform],
            json=asked.json,
            data=form,
            timeout=timeout,
            **more,
        )

    def id(self, platform: str) -> str:
        """The record that these tests ask for."""
        kinds = {"whm": ("cpanel", "hosting"), "whmcs": ("whmcs", "client")}
        return str(self.sandbox.world.of(*kinds.get(platform, (platform, None)))[0].id)

    def read(self, platform: str) -> Asked:
        """The request that reads the record."""
        id = self.id(platform)
        match platform:
            case "bigcommerce":
                return Asked("GET", f"{CUSTOMERS}?id:in={id}")
            case "hubspot":
                return Asked("GET", f"/hubspot/crm/v3/objects/contacts/{id}?properties=email")
            case "shopify":
                variables = {"id": f"gid://shopify/Customer/{id}"}
                return Asked("POST", GRAPHQL, json={"query": READ, "variables": variables})
            case "whm":
                return Asked("GET", f"/whm/json-api/accountsummary?api.version=1&user={id}")
            case _:
                return Asked("POST", WHMCS, form={"action": "GetClientsDetails", "clientid": id})

    def write(self, platform: str, email: str = NEW) -> Asked:
        """The request that changes the record's address."""
        id = self.id(platform)
        match platform:
            case "bigcommerce":
                return Asked("PUT", CUSTOMERS, json=[{"id": int(id), "email": email}])
            case "hubspot":
                return Asked("PATCH", f"/hubspot/crm/v3/objects/contacts/{id}", json={"properties": {"email": email}})
            case "shopify":
                given = {"input": {"id": f"gid://shopify/Customer/{id}", "email": email}}
                return Asked("POST", GRAPHQL, json={"query": WRITE, "variables": given})
            case "whm":
                return Asked("GET", f"/whm/json-api/modifyacct?api.version=1&user={id}&contactemail={email}")
            case _:
                return Asked("POST", WHMCS, form={"action": "UpdateClient", "clientid": id, "email": email})

    def said(self, platform: str, answer: requests.Response) -> Any:
        """The address in an answer to `read`."""
        body = answer.json()
        match platform:
            case "bigcommerce":
                return body["data"][0]["email"]
            case "hubspot":
                return body["properties"]["email"]
            case "shopify":
                return body["data"]["customer"]["defaultEmailAddress"]["emailAddress"]
            case "whm":
                return body["data"]["acct"][0]["email"]
            case _:
                return body.get("client", body)["email"]

    def email(self, platform: str) -> Any:
        """The record's address, as the platform says it now."""
        return self.said(platform, self.send(self.read(platform)))

    def happened(self) -> list[tuple[str, str]]:
        """What was written: platform and effect, in order."""
        return [(write["platform"], write["effect"]) for write in self.own("writes")["writes"]]


def outcome(whole: Whole, asked: Asked) -> str:
    """What became of one request, in a word."""
    begun = time.monotonic()
    try:
        answer = whole.send(asked)
    except requests.exceptions.ChunkedEncodingError:
        return "cut"
    except requests.ConnectionError:
        return "reset"
    if answer.status_code != 200:
        return str(answer.status_code)
    if "html" in answer.headers["Content-Type"]:
        return "html"
    if answer.json() == {"results": []}:
        return "empty"
    return "late" if time.monotonic() - begun >= LATE else "well"


@pytest.fixture(scope="session")
def whole_server() -> Iterator[Whole]:
    served = serve_in_thread(build(40, 7))
    yield Whole(served)
    served.stop()


@pytest.fixture
def whole(whole_server: Whole) -> Whole:
    """The sandbox, begun anew."""
    whole_server.sandbox.reset()
    return whole_server
