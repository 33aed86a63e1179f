"""
Recorded requests to live Shopify stores, put so that the sandbox can be asked the same.

Of many only the variables and the answer are known: the document is made from what the answer holds. Fields that the
sandbox does not have are left out on both sides, and a time is compared by its form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import get_named_type, is_composite_type, parse, validate

from include.sandbox.shopify.resolvers import make_schema
from include.sandbox.world import World
from tests.sandbox.shopify.worlds import LATELY, customer, order

RECORDED = Path(__file__).parents[4] / "shared" / "specs" / "shopify" / "recorded_cases.json"
SCHEMA: Any = make_schema()
ROOTS: dict[str, Any] = SCHEMA.mutation_type.fields | SCHEMA.query_type.fields

# The roots that are replayed, each with its arguments' types.
ARGUMENTS = {
    "customerUpdate": {"input": "CustomerInput!"},
    "customerSendAccountInviteEmail": {"customerId": "ID!"},
    "orderCustomerSet": {"orderId": "ID!", "customerId": "ID!"},
    "orderUpdate": {"input": "OrderInput!"},
    "customer": {"id": "ID!"},
    "customerByIdentifier": {"identifier": "CustomerIdentifierInput!"},
    "order": {"id": "ID!"},
}
OF_THE_WORLD = {"defaultAddress", "billingAddress", "shippingAddress", "orders", "displayFinancialStatus"}
GONE = ("does not exist", "can't be found")
STATES = {"ENABLED": "activated", "INVITED": "invited"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
BEFORE: dict[str, Any] = {
    "email": "before@example.com",
    "phone": "+14155550100",
    "firstName": "Before",
    "lastName": "Then",
    "note": "before",
    "tags": ["before"],
}

Record = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One root field of a recorded request, and what Shopify answered to it."""

    name: str
    root: str
    variables: Record
    said: Record
    query: str | None
    points: int

    @property
    def verbatim(self) -> bool:
        """Whether the recorded document can be sent as it is."""
        return self.query is not None and not validate(SCHEMA, parse(self.query))

    @property
    def document(self) -> str:
        """The recorded document if the sandbox has all its fields, otherwise one that asks for what was answered."""
        if self.verbatim:
            return str(self.query)
        taken = ARGUMENTS[self.root]
        kind = "query" if self.root in SCHEMA.query_type.fields else "mutation"
        declared = ", ".join(f"${name}: {type_}" for name, type_ in taken.items())
        given = ", ".join(f"{name}: ${name}" for name in taken)
        return f"{kind} ({declared}) {{ {self.root}({given}) {_selection(self.said, ROOTS[self.root].type)} }}"

    @property
    def expected(self) -> Any:
        """What was answered, as far as the sandbox has it."""
        return plainly(_known(self.said, ROOTS[self.root].type))

    @property
    def given(self) -> Record:
        """The fields that the request names."""
        return dict(self.variables.get("input") or self.variables)

    @property
    def record(self) -> Record:
        """The customer or order in the answer; empty where there is none."""
        if kind_of(self.said):
            return self.said
        return next((one for one in self.said.values() if isinstance(one, dict)), {})


def recorded() -> Iterator[Case]:
    """Every recorded request of a root we use, where it asks for no more than the sandbox knows."""
    for case in cases():
        data, variables = (case["body"] or {}).get("data") or {}, case["variables"] or {}
        for root in sorted(data.keys() & ARGUMENTS.keys()):
            taken = {name: variables.get(name) for name in ARGUMENTS[root]}
            fields = SCHEMA.type_map["OrderInput" if root == "orderUpdate" else "CustomerInput"].fields
            worded = "email" in variables  # an invitation in words of one's own, which we never send
            if None in taken.values() or worded or data[root] is None or set(taken.get("input", ())) - set(fields):
                continue
            name = f"{Path(case['file']).stem}{case['case'].replace('/', '-')}-{root}"
            points = case["body"]["extensions"]["cost"]["requestedQueryCost"]
            yield Case(name, root, taken, data[root], case["query"], points)


def cases() -> list[Record]:
    """All that was recorded, or nothing where the recordings are not beside this checkout."""
    if not RECORDED.is_file():
        return []
    told: list[Record] = json.loads(RECORDED.read_text("utf-8"))["cases"]
    return told


def world_before(case: Case) -> World:
    """The shop as it must have been: as the answer tells it, and another value in each field that was to change."""
    told, given = case.record, case.given
    errors = case.said.get("userErrors") or ()
    gone = {one["field"][-1] for one in errors if any(words in one["message"] for words in GONE)}
    buyer = told.get("customer") if kind_of(told) == "Order" else told
    ids = [given.get("id"), given.get("customerId"), given.get("orderId"), told.get("id"), (buyer or {}).get("id")]
    named = {id for id in ids if id} - {given[name] for name in gone}
    accounts = [_account(id, buyer or {}, given) for id in sorted(named) if "/Customer/" in id]
    owner = accounts[0].id if accounts and case.root != "orderCustomerSet" else None
    purchases = [_purchase(id, told, given, owner) for id in sorted(named) if "/Order/" in id]
    return World(seed=1, humans=[], accounts=accounts, purchases=purchases, planted=[])


def noted_before(case: Case) -> Iterator[tuple[str, Record]]:
    """The requests that give the record a note and tags: the world has none."""
    known = {name: _before(name, case.record, case.given) for name in ("note", "tags")}
    kind, id = kind_of(case.record), case.record.get("id")
    if kind and any(value is not None for value in known.values()):
        root, type_ = f"{kind.lower()}Update", f"{kind}Input!"
        document = f"mutation ($input: {type_}) {{ {root}(input: $input) {{ userErrors {{ message }} }} }}"
        yield document, {"input": {"id": id} | known}


def kind_of(record: Mapping[str, Any]) -> str | None:
    """Whether it is a `Customer`, an `Order`, or no record at all."""
    parts = str(record.get("id", "")).split("/")
    return parts[3] if len(parts) == 5 else None


def plainly(value: Any) -> Any:
    """`value` with each time replaced by a word for its form."""
    match value:
        case dict():
            return {name: plainly(inner) for name, inner in value.items()}
        case list():
            return [plainly(inner) for inner in value]
        case str() if TIME.fullmatch(value):
            return "a time"
        case _:
            return value


def _account(id: str, told: Record, given: Record) -> Any:
    email = _before("email", told, given)
    full = "" if told.get("displayName") == told.get("email") else told.get("displayName") or ""
    first, _, last = ("", "", "") if "firstName" in told else full.partition(" ")
    return customer(
        id.rpartition("/")[2],
        email,
        _before("firstName", told, given) or first,
        _before("lastName", told, given) or last,
        state=STATES.get(told.get("state", ""), "disabled"),
        phone=_before("phone", told, given) or (told.get("defaultPhoneNumber") or {}).get("phoneNumber"),
    )


def _purchase(id: str, told: Record, given: Record, owner: str | None) -> Any:
    number = str(told.get("name", "#1")).removeprefix("#")
    return order(id.rpartition("/")[2], number, owner, _before("email", told, given), LATELY)


def _before(name: str, told: Record, given: Record) -> Any:
    return BEFORE[name] if name in given else told.get(name)


def _has(name: str, type_: Any) -> bool:
    return name in type_.fields and name not in OF_THE_WORLD


def _selection(value: Any, type_: Any) -> str:
    """What to select so that the answer holds what `value` does, `type_` being what it is of."""
    type_ = get_named_type(type_)
    if not is_composite_type(type_):
        return ""
    one = next(iter(value), {}) if isinstance(value, list) else value or {}
    if type_.name.endswith("Error"):
        one = {"field": None, "message": None} | one
    names = [f"{name} {_selection(one[name], type_.fields[name].type)}" for name in one if _has(name, type_)]
    return f"{{ {' '.join(names) or '__typename'} }}"


def _known(value: Any, type_: Any) -> Any:
    type_ = get_named_type(type_)
    match value:
        case dict():
            return {name: _known(inner, type_.fields[name].type) for name, inner in value.items() if _has(name, type_)}
        case list():
            return [_known(one, type_) for one in value]
        case _:
            return value
