"""What a pull makes of values and shapes no platform should send (E8, E11, E12, E15; others: test_pull_faults.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

from include import stages
from include.errors import UnexpectedAnswer
from include.people import addresses
from include.registry import names
from include.settings import Settings
from include.store.snapshots import Snapshot, Snapshots, open_store
from tests.platforms.between import between, drop, kept, of_one, put, records, whole

# platform, where its records stand in an answer, a field that every one of them has
FIELDS = [
    pytest.param("bigcommerce", ("data",), "email", id="bigcommerce-customers"),
    pytest.param("bigcommerce", (), "status_id", id="bigcommerce-orders"),
    pytest.param("cpanel", ("data", "acct"), "email", id="cpanel-accounts"),
    pytest.param("hubspot", ("results",), "properties.lastname", id="hubspot-contacts"),
    pytest.param("shopify", ("data", "customers", "nodes"), "firstName", id="shopify-customers"),
    pytest.param("shopify", ("data", "orders", "nodes"), "email", id="shopify-orders"),
    pytest.param("whmcs", ("clients", "client"), "datecreated", id="whmcs-clients"),
    pytest.param("whmcs", ("client",), "lastname", id="whmcs-details"),
    pytest.param("whmcs", ("users", "user"), "datecreated", id="whmcs-users"),
    pytest.param("whmcs", ("products", "product"), "serverid", id="whmcs-products"),
    pytest.param("whmcs", ("orders", "order"), "userid", id="whmcs-orders"),
    pytest.param("whois", ("domains", "domain"), "status", id="whois-domains"),
]

CYRILLIC_E = "\u0435"


@pytest.fixture
def store(tmp_path) -> Snapshots:
    return open_store(str(tmp_path))


@pytest.fixture
def snapshot(store) -> Snapshot:
    return store.begin("2026-11-23")


def last_of(path: tuple[str, ...], field: str, act: Callable[[dict[str, Any], str], None]) -> Callable[[Any], Any]:
    """Change the last record of the first answer that holds such records with such a field."""
    first, done = field.split(".")[0], []

    def change(body: Any) -> Any:
        if done or of_one(body):
            return body
        found = [record for record in records(body, *path) if first in record]
        if found:
            done.append(1)
            act(found[-1], field)
        return body

    return change


def renamed(record: dict[str, Any], field: str) -> None:
    drop(record, field)
    put(record, f"{field}_v2", "as before")


def retyped(record: dict[str, Any], field: str) -> None:
    put(record, field, {"value": "as before"})


@pytest.mark.parametrize("drift", [renamed, retyped], ids=["gone-for-another-name", "of-another-type"])
@pytest.mark.parametrize(("name", "path", "field"), FIELDS)
def test_e12_a_field_that_is_not_as_it_was_fails_the_pull_by_its_name(sandbox, snapshot, name, path, field, drift):
    with (
        between(sandbox, name, last_of(path, field, drift)) as vendor,
        pytest.raises(UnexpectedAnswer, match=field.rpartition(".")[2]) as failed,
    ):
        stages.pull(vendor.platform, snapshot)
    assert not snapshot.raw(name).complete()
    assert "as before" not in str(failed.value)


@pytest.mark.parametrize(("name", "path", "field"), FIELDS)
def test_e12_a_field_nobody_knows_passes(sandbox, snapshot, name, path, field):
    def add(record: dict[str, Any], field: str) -> None:
        put(record, f"{field}_v2", {"new": ["and", 2**70]})

    with between(sandbox, name, last_of(path, field, add)) as vendor:
        stages.pull(vendor.platform, snapshot)
    assert sorted(kept(vendor.platform, snapshot), key=repr) == sorted(whole(sandbox, name), key=repr)
    assert "_v2" in str([list(stream) for stream in snapshot.raw(name).bodies().values()])


# platform, where its records stand, the time of the last change, the form of it with a day and a zone
TIMES = [
    pytest.param("bigcommerce", ("data",), "date_modified", "{}T00:00:00{}", id="bigcommerce-customers"),
    pytest.param("hubspot", ("results",), "properties.lastmodifieddate", "{}T00:00:00.000{}", id="hubspot-contacts"),
    pytest.param("shopify", ("data", "customers", "nodes"), "updatedAt", "{}T00:00:00{}", id="shopify-customers"),
    pytest.param("shopify", ("data", "orders", "nodes"), "updatedAt", "{}T00:00:00{}", id="shopify-orders"),
]


@pytest.mark.parametrize(("name", "path", "field", "form"), TIMES)
def test_e11_a_change_in_the_year_2999_moves_no_watermark(sandbox, snapshot, name, path, field, form):
    def later(record: dict[str, Any], field: str) -> None:
        put(record, field, form.format("2999-01-01", "Z"))

    with between(sandbox, name, last_of(path, field, later)) as vendor:
        stages.pull(vendor.platform, snapshot)
    told = [row.updated_at for row in kept(vendor.platform, snapshot)]
    assert [moment.year for moment in told].count(2999) == 1
    assert snapshot.raw(name).manifest().watermark == max(at for at in told if at.year < 2999).isoformat()


def test_e11_an_order_of_the_year_2999_moves_no_watermark_in_the_other_form_of_a_time(sandbox, snapshot):
    def later(record: dict[str, Any], field: str) -> None:
        put(record, field, "Tue, 01 Jan 2999 00:00:00 +0000")

    with between(sandbox, "bigcommerce", last_of((), "date_modified", later)) as vendor:
        stages.pull(vendor.platform, snapshot)
    assert 2999 in [row.updated_at.year for row in kept(vendor.platform, snapshot)]
    assert snapshot.raw("bigcommerce").manifest().watermark < "2027"


@pytest.mark.parametrize(("name", "path", "field", "form"), TIMES)
@pytest.mark.parametrize(
    ("day", "zone"),
    [("2026-09-01", ""), ("0001-01-01", "+14:00"), ("2026-02-30", "Z")],
    ids=["without-a-zone", "before-all-time", "a-day-that-is-none"],
)
def test_e11_a_time_that_cannot_be_fails_the_pull_by_its_name(sandbox, snapshot, name, path, field, form, day, zone):
    def wrong(record: dict[str, Any], field: str) -> None:
        put(record, field, form.format(day, zone))

    with (
        between(sandbox, name, last_of(path, field, wrong)) as vendor,
        pytest.raises(UnexpectedAnswer, match=field.rpartition(".")[2]),
    ):
        stages.pull(vendor.platform, snapshot)
    assert not snapshot.raw(name).complete()


def test_e11_seconds_beyond_all_calendars_fail_the_pull_by_their_name(sandbox, snapshot):
    def wrong(record: dict[str, Any], field: str) -> None:
        put(record, field, 10**20)

    with (
        between(sandbox, "cpanel", last_of(("data", "acct"), "unix_startdate", wrong)) as vendor,
        pytest.raises(UnexpectedAnswer, match="unix_startdate"),
    ):
        stages.pull(vendor.platform, snapshot)


@pytest.mark.parametrize(("name", "path", "field", "form"), TIMES)
def test_e11_records_that_changed_in_the_same_second_are_all_there(sandbox, snapshot, name, path, field, form):
    def same(body: Any) -> Any:
        for record in records(body, *path):
            if field.split(".")[0] in record:
                put(record, field, form.format("2026-09-30", "Z"))
        return body

    with between(sandbox, name, same) as vendor:
        stages.pull(vendor.platform, snapshot)
    assert [row.ref for row in kept(vendor.platform, snapshot)] == [row.ref for row in whole(sandbox, name)]


NAMES = [
    pytest.param("bigcommerce", ("data",), "first_name", id="bigcommerce"),
    pytest.param("hubspot", ("results",), "properties.firstname", id="hubspot"),
    pytest.param("shopify", ("data", "customers", "nodes"), "firstName", id="shopify"),
    pytest.param("whmcs", ("client",), "firstname", id="whmcs"),
    pytest.param("whois", ("Registrant",), "First Name", id="whois"),
]


EMAILS = [
    pytest.param("bigcommerce", ("data",), "email", id="bigcommerce"),
    pytest.param("cpanel", ("data", "acct"), "email", id="cpanel"),
    pytest.param("hubspot", ("results",), "properties.email", id="hubspot"),
    pytest.param("shopify", ("data", "customers", "nodes"), "defaultEmailAddress.emailAddress", id="shopify"),
    pytest.param("whmcs", ("client",), "email", id="whmcs"),
    pytest.param("whois", ("Registrant",), "Email", id="whois"),
]


@pytest.mark.parametrize(("name", "path", "field"), EMAILS)
def test_e8_an_address_at_a_domain_that_looks_like_another_is_kept_by_letters_as_another(
    sandbox, snapshot, name, path, field
):
    changed: list[tuple[str, str]] = []

    def look_alike(body: Any) -> Any:
        for record in records(body, *path):
            if not (changed or of_one(body)) and field.split(".")[0] in record:
                said = reduce(lambda part, step: part[step], field.split("."), record) or ""
                local, at, domain = said.partition("@")
                if at:  # a registrar may hide it
                    changed.append((said, f"{local}@{domain.replace('e', CYRILLIC_E)}"))
                    put(record, field, changed[-1][1])
        return body

    with between(sandbox, name, look_alike) as vendor:
        stages.pull(vendor.platform, snapshot)
    ((said, alike),) = changed
    told = [[row.email, *getattr(row, "other_emails", ())] for row in kept(vendor.platform, snapshot)]
    assert sum(emails.count(alike) for emails in told) == 1
    assert addresses.normal(alike).key != addresses.normal(said).key
    assert "xn--" in addresses.foreign_domain(alike)


HOSTILE = [
    "a" * 1_000_000,
    "Ann\x00e",
    "Ann\ud83d",  # half of a pair
    "Ann\U0001f469\u200d\U0001f4bb",
    "\u202emoc.elpmaxe@nnA",  # shown from right to left
    "A" + "\u0301" * 200 + "nn",
    "=cmd|' /C calc'!A0'; DROP TABLE contacts;--<script>",
]


@pytest.mark.parametrize(("name", "path", "field"), NAMES)
def test_e15_hostile_names_are_kept_as_they_came_and_the_night_goes_on(sandbox, store, snapshot, name, path, field):
    left, given = list(HOSTILE), {}

    def hostile(body: Any) -> Any:
        for record in records(body, *path):
            if field.split(".")[0] in record:
                whose = record.get("id", len(given))  # a record that is asked for again says the same again
                if left and whose not in given:
                    given[whose] = left.pop()
                if whose in given:
                    put(record, field, given[whose])
        return body

    with between(sandbox, name, hostile) as vendor:
        stages.pull(vendor.platform, snapshot)
    rows = list(vendor.platform.rows.contacts(snapshot.raw(name).bodies()))
    told = [row.first_name for row in rows]
    assert len(left) < 2  # there are enough records to hold them
    assert {value: told.count(value) for value in given.values()} == dict.fromkeys(given.values(), 1)
    others = ",".join(set(names("platforms")) - {name})
    assert stages.tabulate(snapshot, store, Settings(leave_out=others))["contacts"] == len(rows)
