"""Pulling WHMCS over HTTP, and what its refusals become."""

from __future__ import annotations

import json

import pytest

from include.errors import NotPermitted, SettingsWrong, Unauthorized


def pulled(platform):
    raw: dict[str, list] = {}
    for page in platform.api.pages():
        raw.setdefault(page.stream, []).append(page.body)
    return raw


def test_a_pull_gives_every_client_login_and_order_whatever_shape_they_come_in(stack):
    whmcs = stack.platform("whmcs", page_size=2)
    raw = pulled(whmcs)
    contacts = {str(contact.ref): contact for contact in whmcs.rows.contacts(raw)}
    assert sorted(contacts) == [
        "whmcs:client:11", "whmcs:client:12", "whmcs:client:13", "whmcs:login:5", "whmcs:login:6",
    ]  # fmt: skip
    ann = contacts["whmcs:client:11"]
    assert (ann.first_name, ann.last_name, ann.phone) == ("Ann", "O'Brien", "+1 555 0123")
    assert ann.links == ("whmcs:login:5", "cpanel:domain:annsite.example", "cpanel:hosting:annsite")
    assert {order.id: order.contact_id for order in whmcs.rows.orders(raw)} == {"1": "11", "2": "12"}
    assert len(raw["clients"]) == len(raw["details"]) == 2


def test_no_service_password_gets_past_the_door(stack):
    assert "service-secret" in json.dumps(stack.ask("GetClientsProducts"))
    assert "service-secret" not in json.dumps(pulled(stack.platform("whmcs")))


@pytest.mark.parametrize("version", ["7.10.2-release.1", "8.0.4-release.1"])
def test_a_whmcs_without_separate_logins_is_refused_by_name(stack, version):
    stack.desk.switches["whmcs_version"] = version
    with pytest.raises(SettingsWrong, match=r"Rollcall needs 8\.1"):
        pulled(stack.platform("whmcs"))


def test_a_wrong_key_is_said_so(stack):
    with pytest.raises(Unauthorized, match="identifier and secret"):
        pulled(stack.platform("whmcs", secret="guess"))


def test_a_missing_right_is_named(stack):
    stack.desk.switches["whmcs_denied"] = ("GetUsers",)
    with pytest.raises(NotPermitted, match="action getusers"):
        pulled(stack.platform("whmcs"))


@pytest.mark.parametrize(
    ("fault", "match"),
    [
        ("500", "GetClientsDetails"),
        ("429", "GetUsers"),
        ("html", "GetOrders"),
        ("truncate", "GetClients$"),
        ("reset_before", "GetServers"),
        ("duplicate_page", "GetClients$"),
    ],
)
def test_trouble_on_the_way_loses_and_doubles_nothing(stack, fault, match):
    whmcs = stack.platform("whmcs", page_size=2)
    undisturbed = list(whmcs.rows.contacts(pulled(whmcs)))
    stack.arm(fault, match, after=1 if fault == "duplicate_page" else 0)
    assert list(whmcs.rows.contacts(pulled(whmcs))) == undisturbed
    assert all(fault.times == 0 for fault in stack.faults.armed)


def test_a_client_deleted_while_we_pull_is_simply_not_there(stack):
    whmcs = stack.platform("whmcs")
    pages = whmcs.api.pages()
    listed = next(pages)
    assert whmcs.rows.ids(listed) == ["11", "12", "13"]
    assert stack.ask("DeleteClient", clientid=12)["result"] == "success"
    assert whmcs.rows.ids(next(pages)) == ["11", "13"]
