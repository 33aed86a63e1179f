"""Whether a registrar holds a domain locked, in all the ways in which that may not be told."""

from __future__ import annotations

import pytest

from include.errors import Unauthorized, Unreachable
from include.model import Ref
from include.platforms.whois.find import locked
from tests.sandbox.hosting_world import Stack

DOMAIN = Ref("whois", "domain", "31")


@pytest.mark.parametrize(("held", "told"), [(["31"], True), (["32"], False), ([], False)])
def test_a_lock_is_told(stack: Stack, held: list[str], told: bool) -> None:
    stack.desk.switches["whois_locked"] = held
    assert locked(stack.platform("whois").api, DOMAIN) is told


def test_a_registrar_without_a_word_for_it_leaves_it_open(stack: Stack) -> None:
    stack.desk.switches["whois_refused"] = ["31"]
    assert locked(stack.platform("whois").api, DOMAIN) is None


def test_a_role_that_may_not_ask_leaves_it_open(stack: Stack) -> None:
    stack.desk.switches["whmcs_denied"] = ["DomainGetLockingStatus"]
    assert locked(stack.platform("whois").api, DOMAIN) is None


def test_a_wrong_key_and_a_silent_server_are_no_answer(stack: Stack) -> None:
    with pytest.raises(Unauthorized):
        locked(stack.platform("whois", secret="wrong").api, DOMAIN)
    stack.arm("503", "DomainGetLockingStatus", times=1000)
    with pytest.raises(Unreachable):
        locked(stack.platform("whois").api, DOMAIN)
