"""Finding the client a request speaks of, who signs in for it, and whether they still can after a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from include.errors import Ambiguous, NotFound, Refusal, SettingsWrong, UnexpectedAnswer
from include.model import Ref
from include.platforms.whmcs.find import Access, Owner, access, find_client, owner_of
from include.sandbox.world import Account, World
from tests.sandbox.hosting_world import Stack, hosting_world, served


def client(client_id: str) -> Ref:
    return Ref("whmcs", "client", client_id)


def login(user_id: str) -> Ref:
    return Ref("whmcs", "login", user_id)


ANN, BOB, CLOSED, ORPHAN = client("11"), client("12"), client("16"), client("17")


def world() -> World:
    """The hosting company with more clients: Ann's third, near namesakes of Bob, one closed, one without an owner."""
    company = hosting_world()
    bob = next(one for one in company.accounts if one.id == "12")

    def another(client_id: str, owner: str | None, **known: Any) -> Account:
        extra = {"owner": owner, "products": [], **known.pop("extra", {})}
        return replace(bob, id=client_id, email=f"c{client_id}@example.com", extra=extra, **known)

    company.accounts += [
        another("14", "5", first_name="Zoë", last_name="Müller", company="Stone & Sons"),
        another("15", "6", last_name="Stoneman", company="Stone", extra={"users": ["5"]}),
        another("16", "6", first_name="Cy", last_name="Closed", company="Müller Ltd", extra={"status": "Closed"}),
        another("17", None, first_name="Stone", last_name="", company="Bob Stone Ltd"),
    ]
    return company


@pytest.fixture
def stack() -> Iterator[Stack]:
    with served(world()) as running:
        yield running


@pytest.fixture
def api(stack: Stack) -> Any:
    return stack.platform("whmcs", page_size=2).api


@pytest.mark.parametrize("html", [False, True], ids=["names-kept-plain", "names-kept-as-html"])
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("12", BOB, id="an-id"),
        pytest.param(" 012 ", BOB, id="an-id-with-blanks-and-a-nought"),
        pytest.param("bob@example.com", BOB, id="an-address"),
        pytest.param("BOB@Example.com ", BOB, id="an-address-in-another-case"),
        pytest.param("ann@shop.example", client("13"), id="one-address-of-an-owner-of-three"),
        pytest.param("Bob Stone", BOB, id="a-name-that-others-begin-with"),
        pytest.param("  bob STONE", BOB, id="a-name-in-another-case"),
        pytest.param("Bob Stoneman", client("15"), id="the-longer-name"),
        pytest.param("Zoe\u0308 Müller", client("14"), id="a-name-with-a-loose-accent"),
        pytest.param("stone & sons", client("14"), id="a-company-with-a-sign-that-html-encodes"),
        pytest.param("MÜLLER ltd", CLOSED, id="a-company-of-a-closed-client"),
    ],
)
def test_the_one_client_is_found(stack: Stack, api: Any, asked: str, found: Ref, html: bool) -> None:
    stack.desk.switches["whmcs_search_html"] = html
    assert find_client(api, asked) == found


@pytest.mark.parametrize("html", [False, True], ids=["names-kept-plain", "names-kept-as-html"])
@pytest.mark.parametrize(
    ("asked", "candidates"),
    [
        pytest.param("ann o'brien", (ANN, client("13")), id="two-clients-of-one-person"),
        pytest.param("Stone", (client("15"), ORPHAN), id="a-company-and-a-person-without-a-first-name"),
    ],
)
def test_an_ambiguous_name_is_refused_with_its_candidates(
    stack: Stack, api: Any, asked: str, candidates: tuple[Ref, ...], html: bool
) -> None:
    stack.desk.switches["whmcs_search_html"] = html
    with pytest.raises(Ambiguous) as refused:
        find_client(api, asked)
    assert refused.value.candidates == tuple(map(str, candidates))
    assert all(str(one) in str(refused.value) for one in candidates)
    assert asked.lower() not in str(refused.value).lower()


def test_two_clients_that_hold_one_address_are_both_named(stack: Stack, api: Any) -> None:
    company = world()
    company.accounts[:] = [replace(one, email="Ann@example.com") if one.id == "13" else one for one in company.accounts]
    with served(company) as doubled, pytest.raises(Ambiguous) as refused:
        find_client(doubled.platform("whmcs").api, "ann@example.com")
    assert refused.value.candidates == (str(ANN), str(client("13")))


@pytest.mark.parametrize("asked", ["99", "0", "bob@example.co", "Bob Ston", "Bob", "nobody@example.com", "Stone &"])
def test_nobody_is_found_by_less_than_the_whole(api: Any, asked: str) -> None:
    with pytest.raises(NotFound, match=r"WHMCS.* ask by") as missing:
        find_client(api, asked)
    assert asked.isdecimal() or asked not in str(missing.value)


@pytest.mark.parametrize("asked", ["", "  "])
def test_nothing_asked_for_is_not_everybody(api: Any, asked: str) -> None:
    with pytest.raises(Refusal, match="give a client's id"):
        find_client(api, asked)


@pytest.mark.parametrize(
    ("of", "owner"),
    [
        pytest.param(ANN, Owner(login("5"), (client("13"), client("14")), (client("15"),)), id="an-owner-of-three"),
        pytest.param(BOB, Owner(login("6"), (client("15"), CLOSED), ()), id="another-user-is-no-owner"),
        pytest.param(client("15"), Owner(login("6"), (BOB, CLOSED), ()), id="one-of-two-users"),
    ],
)
def test_an_owner_comes_with_the_other_clients_its_address_opens(api: Any, of: Ref, owner: Owner) -> None:
    assert owner_of(api, of) == owner


@pytest.mark.parametrize("said", [0, "", None])
def test_a_client_without_an_owner_says_what_to_do(stack: Stack, api: Any, said: Any) -> None:
    stack.desk.switches["whmcs_no_owner"] = said
    with pytest.raises(NotFound, match=r"whmcs:client:17 has no owner: make one"):
        owner_of(api, ORPHAN)
    assert access(api, ORPHAN, "bob@example.com") == Access(None, listed=False, active=True, addressed=False)


@pytest.mark.parametrize(
    ("doubt", "words"),
    [
        ("named", "'owner_user_id' and 'users' of whmcs:client:11 disagree"),
        ("nobody", "'owner_user_id' and 'users' of whmcs:client:11 disagree"),
        ("unmarked", "whmcs:login:5 is not marked as the owner of whmcs:client:11"),
        ("unlisted", "whmcs:login:5 is not marked as the owner of whmcs:client:11"),
        ("gone", "the owner of whmcs:client:11, whmcs:login:5, is missing"),
    ],
)
def test_places_that_disagree_about_the_owner_are_not_chosen_between(
    stack: Stack, api: Any, doubt: str, words: str
) -> None:
    stack.desk.switches["whmcs_owner_doubt"] = doubt
    with pytest.raises(UnexpectedAnswer, match=words):
        owner_of(api, ANN)
    assert not access(api, ANN, "ann@example.com").listed


@pytest.mark.parametrize("wanted", ["ann@new.example", "Ann@NEW.example"])
def test_access_is_granted_once_the_login_has_the_wanted_address(stack: Stack, api: Any, wanted: str) -> None:
    before = access(api, ANN, wanted)
    assert (before, before.granted) == (Access(login("5"), listed=True, active=True, addressed=False), False)
    assert stack.ask("UpdateUser", user_id=5, email="ann@new.example")["result"] == "success"
    after = access(api, ANN, wanted)
    assert (after, after.granted) == (Access(login("5"), listed=True, active=True, addressed=True), True)


def test_a_new_address_of_the_client_alone_gives_no_access(stack: Stack, api: Any) -> None:
    assert stack.ask("UpdateClient", clientid=11, email="ann@new.example")["result"] == "success"
    assert not access(api, ANN, "ann@new.example").addressed


def test_a_closed_client_is_not_access(api: Any) -> None:
    found = access(api, CLOSED, "bob@example.com")
    assert (found, found.granted) == (Access(login("6"), listed=True, active=False, addressed=True), False)


def test_looking_changes_nothing_and_needs_a_whmcs_with_logins(stack: Stack) -> None:
    stack.desk.switches["whmcs_version"] = "8.0.4-release.1"
    api = stack.platform("whmcs").api
    for look in (lambda: find_client(api, "12"), lambda: owner_of(api, ANN), lambda: access(api, ANN, "x@y.example")):
        with pytest.raises(SettingsWrong, match=r"needs 8\.1"):
            look()
    assert stack.desk.writes == []
