"""Each change reads as its `before`, is made by one request, reads as its `after`, and moves nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from include.errors import Conflict, NotFound, Refusal, UnclearOutcome
from include.model import Action, Fix, Ref
from include.platforms.bigcommerce import fixes
from include.platforms.bigcommerce.holders import holders
from tests.platforms.bigcommerce.wanted import MARKER, attach, bodies, fix, note, set_email
from tests.sandbox.people_world import (
    CARA,
    CARA_ELSEWHERE,
    CARAS_ORDER,
    DEE,
    GUEST_ON_TWO,
    GUESTS_ORDER,
    UNFINISHED,
    account,
    people_world,
)
from tests.sandbox.twin import OpenTwin, Twin

CHANGES = [
    pytest.param(
        set_email(DEE, "dee@example.com", "dee+shop@new.example"),
        {"email": ["dee@example.com", "dee+shop@new.example"]},
        id="set-email",
    ),
    pytest.param(
        set_email(DEE, "dee@example.com", "DEE@example.com"),
        {"email": ["dee@example.com", "DEE@example.com"]},
        id="only-the-case",
    ),
    pytest.param(
        fix(
            "customer",
            DEE,
            Action.SET_NAME,
            {"first_name": "Dee", "last_name": "Fox"},
            {"first_name": "Mia", "last_name": "Fox"},
        ),
        {"first_name": ["Dee", "Mia"]},
        id="set-name",
    ),
    pytest.param(attach(GUESTS_ORDER, None, CARA), {"customer_id": [0, int(CARA)]}, id="attach-a-guests-order"),
    pytest.param(attach(GUEST_ON_TWO, None, DEE), {"customer_id": [0, int(DEE)]}, id="to-who-may-use-every-channel"),
    pytest.param(attach(CARAS_ORDER, CARA, None), {"customer_id": [int(CARA), 0]}, id="back-to-nobody"),
    pytest.param(
        fix("customer", DEE, Action.RESET_ACCESS, {"access": "kept"}, {"access": "reset", "note": MARKER}),
        {
            "authentication": [{"force_password_reset": False}, {"force_password_reset": True}],
            "notes": ["", f"{fixes.HANDED_OVER} [{MARKER}]"],
            "password": ["old", "new"],
        },
        id="reset-access",
    ),
    pytest.param(note("customer", DEE), {"notes": ["", f"Changed on request. [{MARKER}]"]}, id="note-on-a-customer"),
    pytest.param(
        note("order", CARAS_ORDER), {"staff_notes": ["", f"Changed on request. [{MARKER}]"]}, id="note-on-an-order"
    ),
]


@pytest.mark.parametrize(("change", "moved"), CHANGES)
def test_a_change_is_read_made_once_and_read_back(change: Fix, moved: dict, bigcommerce: Twin) -> None:
    api = bigcommerce.ours().api
    assert fixes.read(api, change) == change.before
    before = fixes.image(api, change)
    fixes.write(api, change)
    after = fixes.image(api, change)
    assert fixes.read(api, change) == {name: change.after[name] for name in change.before}
    assert {name for name in before if before[name] != after[name]} <= fixes.CAN[change.action]
    ((record, _, changed, effect),) = bigcommerce.changes()
    assert (record, changed, effect) == (str(change.target), moved, "applied")


def test_every_action_we_can_do_is_shown_here() -> None:
    assert {case.values[0].action for case in CHANGES} == set(fixes.CAN)


@pytest.mark.parametrize("path", [".customer_update", "0.email"])
@pytest.mark.parametrize(
    ("id", "old", "new", "holder"),
    [
        pytest.param(DEE, "dee@example.com", "CARA@example.com", None, id="held-on-two-channels"),
        pytest.param(CARA, "cara@example.com", "dee@example.com", f"bigcommerce:customer:{DEE}", id="held-everywhere"),
    ],
)
def test_a_taken_address_names_who_holds_it_where_that_is_one(
    path: str, id: str, old: str, new: str, holder: str | None, bigcommerce_with: OpenTwin
) -> None:
    bigcommerce = bigcommerce_with(bigcommerce_taken=path)
    with pytest.raises(Conflict) as conflict:
        fixes.write(bigcommerce.ours().api, set_email(id, old, new))
    assert conflict.value.holder == holder
    says = f"belongs to {holder}" if holder else "belongs to another customer. Which one could not be told"
    assert says in str(conflict.value)
    assert [effect for *_, effect in bigcommerce.changes()] == ["refused"]


@pytest.mark.parametrize("minds", [True, False], ids=["minds-case", "does-not"])
@pytest.mark.parametrize("held", ["hal@example.com", "Hal@Example.com", "HAL@example.com"])
def test_who_holds_an_address_is_found_in_the_case_asked_and_in_small_letters(
    minds: bool, held: str, bigcommerce_with: OpenTwin
) -> None:
    world = people_world()
    world.accounts.append(account("bigcommerce", "16", held, "Hal", "Ode"))
    api = bigcommerce_with(world, bigcommerce_email_case=minds).ours().api
    told = held != "HAL@example.com" or not minds
    assert holders(api, "Hal@Example.com") == ((Ref("bigcommerce", "customer", "16"),) if told else ())
    with pytest.raises(Conflict) as conflict:
        fixes.write(api, set_email(DEE, "dee@example.com", "Hal@Example.com"))
    assert conflict.value.holder == ("bigcommerce:customer:16" if told else None)
    assert told or "whatever the case of its letters" in str(conflict.value)


def test_an_address_is_taken_by_who_shares_a_channel_and_named_is_that_one(bigcommerce_with: OpenTwin) -> None:
    world = people_world()
    mine = account("bigcommerce", "14", "fay@example.com", "Fay", "Ode", channels=["1", "3"])
    world.accounts += [mine, account("bigcommerce", "15", "gil@example.com", "Gil", "Ode", channels=["2"])]
    api = bigcommerce_with(world).ours().api
    with pytest.raises(Conflict) as conflict:
        fixes.write(api, set_email("14", "fay@example.com", "cara@example.com"))
    assert conflict.value.holder == f"bigcommerce:customer:{CARA}"
    fixes.write(api, set_email("15", "gil@example.com", "fay@example.com"))  # no channel is shared


def test_one_address_may_be_two_customers_on_two_channels(bigcommerce: Twin) -> None:
    api = bigcommerce.ours().api
    fixes.write(api, set_email(CARA, "cara@example.com", "cara@new.example"))
    fixes.write(api, set_email(CARA_ELSEWHERE, "cara@example.com", "cara@new.example"))
    assert len(api.customers_with("Cara@new.example")) == 2


@pytest.mark.parametrize(
    ("switches", "change", "says"),
    [
        pytest.param({}, attach(GUEST_ON_TWO, None, CARA), "channel", id="a-customer-of-another-channel"),
        pytest.param({}, attach(UNFINISHED, None, CARA), "incomplete", id="a-checkout-never-finished"),
        pytest.param({}, attach(CARAS_ORDER, None, DEE), "meanwhile", id="somebody-elses-order"),
        pytest.param({}, attach(GUESTS_ORDER, None, "77"), "does not have customer 77", id="nobody-there"),
        pytest.param({}, set_email(DEE, "dee@example.com", "no address"), "email", id="no-address"),
        pytest.param(
            {"bigcommerce_detach": "refused"}, attach(CARAS_ORDER, CARA, None), "customer_id", id="no-way-back"
        ),
        pytest.param({}, fix("customer", DEE, Action.MERGE, {}, {}), "merge", id="what-we-cannot-do"),
        pytest.param({}, set_email("7", "a@example.com", "b@example.com"), "does not have", id="a-customer-gone"),
    ],
)
def test_what_bigcommerce_or_we_refuse_changes_nothing(
    switches: dict[str, Any], change: Fix, says: str, bigcommerce_with: OpenTwin
) -> None:
    bigcommerce = bigcommerce_with(bigcommerce_unknown_customer="accepted", **switches)
    with pytest.raises(Refusal, match=says) as refusal:
        fixes.write(bigcommerce.ours().api, change)
    assert "@" not in str(refusal.value)
    assert "applied" not in [effect for *_, effect in bigcommerce.changes()]


@pytest.mark.parametrize(
    "change", [set_email("7", "a@example.com", "b@example.com"), attach("7", None, CARA)], ids=["customer", "order"]
)
def test_a_record_that_is_gone_is_not_found(change: Fix, bigcommerce: Twin) -> None:
    for act in (fixes.read, fixes.image, fixes.write):
        with pytest.raises(NotFound):
            act(bigcommerce.ours().api, change)


@pytest.mark.parametrize(
    ("kind", "id", "field"),
    [
        pytest.param("customer", DEE, "notes", id="customer"),
        pytest.param("order", CARAS_ORDER, "staff_notes", id="order"),
    ],
)
def test_a_note_is_added_below_what_is_there_and_never_cut(kind: str, id: str, field: str, bigcommerce: Twin) -> None:
    api = bigcommerce.ours().api
    tell = api.update_customer if kind == "customer" else api.update_order
    tell(id, **{field: "Prefers mornings.\n"})
    fixes.write(api, note(kind, id))
    assert fixes.image(api, note(kind, id))[field] == f"Prefers mornings.\n\nChanged on request. [{MARKER}]"
    tell(id, **{field: "x" * 65_500})
    with pytest.raises(Refusal, match="65535"):
        fixes.write(api, note(kind, id))


@pytest.mark.parametrize(
    ("fault", "reads"), [pytest.param("reset_after", "after", id="done"), pytest.param("502", "before", id="not-done")]
)
@pytest.mark.parametrize(
    "change", [set_email(DEE, "dee@example.com", "d@new.example"), attach(GUESTS_ORDER, None, CARA)], ids=["v3", "v2"]
)
def test_a_write_without_an_answer_is_unclear_and_sent_once(
    fault: str, reads: str, change: Fix, bigcommerce: Twin
) -> None:
    api = bigcommerce.ours().api
    bigcommerce.trouble("PUT", fault)
    with pytest.raises(UnclearOutcome) as unclear:
        fixes.write(api, change)
    assert "@" not in str(unclear.value)
    assert fixes.read(api, change) == getattr(change, reads)
    assert len(bigcommerce.changes()) == (reads == "after")


def test_an_answer_that_does_not_name_the_record_is_unclear(bigcommerce: Twin) -> None:
    bigcommerce.trouble("PUT", "empty")
    with pytest.raises(UnclearOutcome, match="without naming it"):
        fixes.write(bigcommerce.ours().api, set_email(DEE, "dee@example.com", "d@new.example"))


def test_a_name_that_stays_is_not_sent_for_an_empty_one_is_refused(bigcommerce_with: OpenTwin) -> None:
    world = people_world()
    next(one for one in world.accounts if one.ref == f"bigcommerce:customer:{DEE}").last_name = None
    api = bigcommerce_with(world).ours().api
    before, after = ({"first_name": name, "last_name": None} for name in ("Dee", "Mia"))
    change = fix("customer", DEE, Action.SET_NAME, before, after)
    assert fixes.read(api, change) == before
    fixes.write(api, change)
    assert fixes.read(api, change) == after


def test_a_name_and_an_address_change_one_customer_a_request(bigcommerce: Twin) -> None:
    api, sent = bigcommerce.ours().api, bodies(bigcommerce)
    names = ({"first_name": first, "last_name": last} for first, last in (("Dee", "Fox"), ("Mia", "Roe")))
    fixes.write(api, set_email(DEE, "dee@example.com", "mia@new.example"))
    fixes.write(api, fix("customer", DEE, Action.SET_NAME, *names))
    assert sent == [
        [{"id": int(DEE), "email": "mia@new.example"}],
        [{"id": int(DEE), "first_name": "Mia", "last_name": "Roe"}],
    ]


def test_a_record_carries_its_own_id(bigcommerce: Twin) -> None:
    ref = Ref("bigcommerce", "customer", CARA)
    assert fixes.current(bigcommerce.ours().api, ref) == ref
