"""The sandbox's WHMCS behaves as the real one is known to: its errors, its pages, its shapes, its traps."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
import yaml

from include.sandbox.whmcs.reads import READS
from include.sandbox.whmcs.writes import WRITES
from include.whmcs_shapes import rows
from tests.sandbox.hosting_world import hosting_world, served

ACTIONS = Path(__file__).parents[4] / "shared/specs/whmcs/whmcs-actions.yaml"


def post(stack, **form):
    return requests.post(f"{stack.url}/whmcs/includes/api.php", data=form, timeout=10)


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        pytest.param({"action": "GetClients"}, 403, "Invalid or missing credentials", id="no-key"),
        pytest.param(
            {"action": "GetClients", "identifier": "sandbox", "secret": "x"},
            403,
            "Authentication Failed",
            id="wrong-key",
        ),
        pytest.param({"identifier": "sandbox", "secret": "sandbox"}, 400, "Empty action request", id="no-action"),
        pytest.param(
            {"action": "GetClientsDetails", "clientid": "99", "username": "sandbox", "password": "sandbox"},
            200,
            "Client Not Found",
            id="an-error-with-status-200-and-the-key-as-user-name",
        ),
    ],
)
def test_errors_come_as_whmcs_s_own(stack, form, status, message):
    answer = post(stack, **form)
    assert answer.status_code == status
    assert answer.json() == {"result": "error", "message": message}


def test_a_role_and_an_ip_are_refused_with_403(stack):
    stack.desk.switches["whmcs_denied"] = ("UpdateUser",)
    assert stack.ask("UpdateUser")["message"] == 'Invalid Permissions: API action "updateuser" is not allowed'
    stack.desk.switches["whmcs_ip_refused"] = True
    assert stack.ask("GetClients")["message"].startswith("Invalid IP ")


@pytest.mark.parametrize(
    ("action", "fields", "message"),
    [
        ("NoSuchAction", {}, "The requested API Action could not be found"),
        ("GetClientsDetails", {}, "Either clientid Or email Is Required"),
        ("UpdateClient", {"clientid": 99}, "Client ID Not Found"),
        ("UpdateClient", {"clientid": 11, "email": "nobody"}, "The email address entered is not valid"),
        ("UpdateClient", {"clientid": 11, "email": "BOB@example.com"}, "Duplicate Email Address"),
        ("UpdateUser", {"user_id": 99}, "Invalid User ID requested"),
        ("UpdateUser", {"user_id": 5}, "One of `email`, `firstname`, `lastname`, or `language` is required"),
        ("UpdateUser", {"user_id": 5, "email": "bob@example.com"}, "A user already exists with that email address"),
        ("UpdateContact", {"contactid": 99, "email": "x@example.com"}, "Contact ID Not Found"),
        ("AddClientNote", {"userid": 99, "notes": "x"}, "Client ID not found"),
        ("AddClientNote", {"userid": 11}, "Notes can not be empty"),
        ("DomainGetWhoisInfo", {"domainid": 99}, "Domain ID Not Found"),
        ("DomainUpdateWhoisInfo", {"domainid": 31}, "XML Required"),
    ],
)
def test_each_action_refuses_in_its_documented_words(stack, action, fields, message):
    assert stack.ask(action, **fields) == {"result": "error", "message": message}


@pytest.mark.skipif(not ACTIONS.exists(), reason="the table of WHMCS's actions is not on this machine")
def test_every_action_of_the_sandbox_is_one_of_whmcs_s():
    documented = {name.lower() for name in yaml.safe_load(ACTIONS.read_text())["actions"]}
    assert set(READS) | set(WRITES) - {"deleteclient"} <= documented


@pytest.fixture
def stack():
    company = hosting_world()
    ann = next(account for account in company.accounts if account.platform == "whmcs" and account.id == "11")
    ann.extra["contacts"] = [{"id": "41", "email": "ann@example.com"}, {"id": "42", "email": "ann@example.company"}]
    with served(company) as running:
        yield running


@pytest.mark.skipif(not ACTIONS.exists(), reason="the table of WHMCS's actions is not on this machine")
@pytest.mark.parametrize(
    ("action", "container", "singular", "fields"),
    [
        ("GetClients", "clients", "client", {}),
        ("GetClientsDetails", "client", "client", {"clientid": 11}),
        ("GetUsers", "users", "user", {}),
        ("GetClientsProducts", "products", "product", {}),
        ("GetClientsDomains", "domains", "domain", {}),
        ("GetContacts", "contacts", "contact", {"userid": 11}),
        ("GetOrders", "orders", "order", {}),
    ],
)
def test_its_records_have_only_documented_fields(stack, action, container, singular, fields):
    shape = yaml.safe_load(ACTIONS.read_text())["actions"][action]["response_shape"]
    answer = stack.ask(action, **fields)
    (documented,) = rows(shape[container], singular, action)
    found = rows(answer[container], singular, action)
    assert found
    assert {name for row in found for name in row} <= set(documented)
    assert set(answer) <= set(shape) | (set(documented) if action == "GetClientsDetails" else set())


def test_a_page_holds_25_unless_asked_for_less():
    world = hosting_world()
    client = next(account for account in world.accounts if account.id == "12")
    for number in range(100, 150):
        world.accounts.append(type(client)(**{**_fields(client), "id": str(number), "email": f"c{number}@example.com"}))
    with served(world) as stack:
        first = stack.ask("GetClients")
        last = stack.ask("GetClients", limitstart=50)
        few = stack.ask("GetClients", limitnum=2)
    sizes = [len(rows(page["clients"], "client", "GetClients")) for page in (first, last, few)]
    assert sizes == [25, 3, 2]
    assert int(first["totalresults"]) == 53


def test_a_search_matches_beginnings_not_whole_addresses(stack):
    stack.ask("UpdateClient", clientid=13, email="ann@example.company", skipvalidation="true")
    found = rows(stack.ask("GetClients", search="ann@example.com")["clients"], "client", "GetClients")
    assert [int(row["id"]) for row in found] == [11, 13]


@pytest.mark.parametrize(("search", "found"), [("equal", [41]), ("begins", [41, 42])])
def test_a_sub_contact_is_found_by_its_address_or_by_how_that_begins(stack, search, found):
    stack.desk.switches["whmcs_contact_search"] = search
    told = rows(stack.ask("GetContacts", email="ANN@example.com")["contacts"], "contact", "GetContacts")
    assert [int(row["id"]) for row in told] == found


@pytest.mark.parametrize(("duplicates", "refused"), [("contacts", [42]), ("everyone", [11, 42])])
def test_whose_address_a_sub_contact_may_not_take_differs(stack, duplicates, refused):
    stack.desk.switches["whmcs_contact_duplicates"] = duplicates
    stack.ask("UpdateClient", clientid=11, email="ann@new.example", skipvalidation="true")
    taken = {11: "ann@new.example", 42: "ann@example.company"}
    answers = {key: stack.ask("UpdateContact", contactid=41, email=email) for key, email in taken.items()}
    assert [key for key, told in answers.items() if told.get("message") == "Duplicate Email Address"] == refused


def test_the_same_container_comes_in_every_shape_and_the_same_order_again(stack):
    def shapes(running):
        return [str(running.ask("GetClients", search="Bob")["clients"]) for _ in range(40)]

    seen = shapes(stack)
    assert len({text.replace("'12'", "12") for text in seen}) >= 5
    with served(hosting_world()) as again:
        assert shapes(again) == seen


def test_names_come_as_html(stack):
    found = rows(stack.ask("GetUsers", search="ann@")["users"], "user", "GetUsers")
    assert found[0]["lastname"] == "O&#039;Brien"


def test_two_spellings_of_ownership(stack):
    stack.desk.switches["whmcs_shapes"] = False
    user = stack.ask("GetUsers", search="ann@")["users"][0]
    client = stack.ask("GetClientsDetails", clientid=11)["client"]
    assert user["clients"] == [{"id": 11, "isOwner": True}, {"id": 13, "isOwner": True}]
    assert [(owner["id"], owner["is_owner"]) for owner in client["users"]["user"]] == [(5, True)]
    assert client["owner_user_id"] == 5


def test_a_new_login_address_is_unverified_on_every_client_it_owns(stack):
    stack.desk.switches["whmcs_shapes"] = False
    stack.ask("UpdateUser", user_id=5, email="ann@new.example")
    verified = {key: stack.ask("GetClientsDetails", clientid=key)["client"]["email_verified"] for key in (11, 12, 13)}
    assert verified == {11: False, 12: True, 13: False}


def test_the_activity_log_is_searched_by_client_and_words(stack):
    stack.ask("LogActivity", clientid=11, description="Rollcall abc: changed")
    stack.ask("LogActivity", clientid=12, description="Rollcall abd: changed")
    found = rows(stack.ask("GetActivityLog", clientid=11, description="Rollcall ab")["activity"], "entry", "log")
    assert [line["description"] for line in found] == ["Rollcall abc: changed"]


def test_a_role_that_is_not_sent_back_is_blanked_or_refused_never_kept(stack):
    xml = "<contactdetails><Registrant><Email>x@example.com</Email></Registrant></contactdetails>"
    assert stack.ask("DomainUpdateWhoisInfo", domainid=32, xml=xml)["message"].startswith("Registrar Error")
    assert stack.desk.writes[-1]["effect"] == "refused"


def test_every_change_is_written_down_with_what_it_did(stack):
    stack.ask("UpdateClient", clientid=11, email="ann@new.example", skipvalidation="true")
    stack.ask("UpdateClient", clientid=11, email="ann@new.example", skipvalidation="true")
    stack.ask("UpdateClient", clientid=11, email="bob@example.com", skipvalidation="true")
    assert [(written["effect"], written["changed"]) for written in stack.desk.writes] == [
        ("applied", {"email": ["ann@example.com", "ann@new.example"]}),
        ("none", {}),
        ("refused", {}),
    ]


def _fields(account):
    return {name: getattr(account, name) for name in account.__dataclass_fields__}
