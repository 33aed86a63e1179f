"""Access is handed over by a password that nobody knows, is told by its marker alone, and leaves no password behind."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from include.errors import NotFound, Refusal, RollcallError, UnclearOutcome
from include.model import Action, Fix, Ref
from include.platforms.bigcommerce import fixes
from tests.sandbox.people_world import DEE
from tests.sandbox.twin import OpenTwin, Twin

MARKER, EARLIER = "Rollcall 0123456789ab", "Rollcall ba9876543210"


def handed_over(marker: str | None = MARKER, id: str = DEE) -> Fix:
    after = {"access": "reset"} | ({"note": marker} if marker else {})
    return Fix(Ref("bigcommerce", "customer", id), Action.RESET_ACCESS, {"access": "kept"}, after)


@pytest.fixture
def heard() -> Callable[[Twin], list[str]]:
    """The passwords that reach a twin from now on, in order."""

    def listen(twin: Twin) -> list[str]:
        passwords: list[str] = []
        app = twin.faults.app

        async def listening(scope: Any, receive: Any, send: Any) -> None:
            async def hear() -> Any:
                message = await receive()
                for one in json.loads(message.get("body") or b"[]"):
                    passwords.append(one["authentication"]["new_password"])
                return message

            await app(scope, hear if scope["method"] == "PUT" else receive, send)

        twin.faults.app = listening
        return passwords

    return listen


def test_each_reset_sends_another_password_that_a_store_may_accept(
    bigcommerce: Twin, heard: Callable[[Twin], list[str]]
) -> None:
    passwords = heard(bigcommerce)
    for marker in (EARLIER, MARKER):
        fixes.write(bigcommerce.ours().api, handed_over(marker))
    assert len(set(passwords)) == 2
    for password in passwords:
        assert len(password) >= 43
        assert any(map(str.isalpha, password))
        assert any(map(str.isdecimal, password))


@pytest.mark.parametrize(
    ("fault", "raises"),
    [
        pytest.param(None, None, id="done"),
        pytest.param("reset_after", UnclearOutcome, id="no-answer"),
        pytest.param("empty", UnclearOutcome, id="an-answer-that-does-not-name-the-customer"),
        pytest.param("refused", Refusal, id="refused-by-the-stores-rules"),
    ],
)
def test_no_password_is_left_anywhere(
    fault: str | None,
    raises: type[RollcallError] | None,
    bigcommerce_with: OpenTwin,
    heard: Callable[[Twin], list[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    bigcommerce = bigcommerce_with(bigcommerce_password_refused=fault == "refused")
    api, passwords, said = bigcommerce.ours().api, heard(bigcommerce), ""
    if fault in {"reset_after", "empty"}:
        bigcommerce.trouble("PUT", fault)
    if raises:
        with pytest.raises(raises) as failed:
            fixes.write(api, handed_over())
        said = repr(failed.value) + repr(failed.value.__cause__) + repr(failed.value.__context__)
    else:
        fixes.write(api, handed_over())
    (password,) = passwords
    kept = [bigcommerce.desk.writes, bigcommerce.get("/v3/customers"), fixes.image(api, handed_over())]
    for told in (said, caplog.text, json.dumps(kept)):
        assert password not in told


@pytest.mark.parametrize("fault", ["reset_after", "502"])
def test_a_reset_without_an_answer_is_settled_by_its_marker(fault: str, bigcommerce: Twin) -> None:
    api = bigcommerce.ours().api
    bigcommerce.trouble("PUT", fault)
    with pytest.raises(UnclearOutcome):
        fixes.write(api, handed_over())
    assert fixes.read(api, handed_over()) == {"access": "reset" if fault == "reset_after" else "kept"}


def test_a_reset_forced_by_somebody_else_is_not_taken_for_ours(bigcommerce: Twin) -> None:
    api = bigcommerce.ours().api
    api.update_customer(DEE, authentication={"force_password_reset": True})
    assert fixes.read(api, handed_over()) == {"access": "kept"}
    fixes.write(api, handed_over())
    assert bigcommerce.changes()[-1][2].keys() == {"notes", "password"}
    assert fixes.read(api, handed_over()) == {"access": "reset"}


def test_an_earlier_reset_is_not_taken_for_this_one(bigcommerce: Twin) -> None:
    api = bigcommerce.ours().api
    fixes.write(api, handed_over(EARLIER))
    assert fixes.read(api, handed_over()) == {"access": "kept"}


@pytest.mark.parametrize("shown", [True, False], ids=["not-used-yet", "used-or-never-shown"])
def test_a_reset_reads_as_done_whether_or_not_it_still_shows(shown: bool, bigcommerce_with: OpenTwin) -> None:
    api = bigcommerce_with(bigcommerce_reset_shown=shown).ours().api
    fixes.write(api, handed_over())
    assert fixes.image(api, handed_over())["authentication"] == {"force_password_reset": shown}
    assert fixes.read(api, handed_over()) == {"access": "reset"}


@pytest.mark.parametrize(
    ("change", "notes", "says"),
    [
        pytest.param(handed_over(None), "", "no marker", id="what-could-not-be-told-from-another"),
        pytest.param(handed_over(), "x" * 65_500, "65535", id="notes-that-are-full"),
    ],
)
def test_what_could_not_be_written_down_is_not_done(change: Fix, notes: str, says: str, bigcommerce: Twin) -> None:
    api = bigcommerce.ours().api
    api.update_customer(DEE, notes=notes)
    with pytest.raises(Refusal, match=says):
        fixes.write(api, change)
    assert fixes.read(api, change) == {"access": "kept"}
    assert len(bigcommerce.changes()) == 1


def test_nobody_is_handed_an_account_that_is_gone(bigcommerce: Twin) -> None:
    for act in (fixes.read, fixes.image, fixes.write):
        with pytest.raises(NotFound):
            act(bigcommerce.ours().api, handed_over(id="77"))
