"""Changing a hosting account's address, and what WHM's refusals become."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from include.errors import NotFound, NotPermitted, Refusal, Unauthorized
from tests.sandbox.hosting_world import set_email

ANN = set_email("cpanel:hosting:annsite", "ann@example.com", "ann@new.example")


def test_a_pull_gives_every_account(stack):
    cpanel = stack.platform("cpanel")
    raw = {page.stream: [page.body] for page in cpanel.api.pages()}
    assert {c.id: c.email for c in cpanel.rows.contacts(raw)} == {
        "annsite": "ann@example.com",
        "bobsite": "bob@example.com",
    }


@pytest.mark.parametrize("options", [{}, {"method": "GET"}, {"method": "get"}], ids=["as-a-form", "asked", "in-small"])
def test_an_address_is_changed_and_nothing_else(stack, options):
    cpanel = stack.platform("cpanel", **options)
    stack.desk.switches["whm_post"] = not options
    assert cpanel.fixes.read(cpanel.api, ANN) == ANN.before
    image = cpanel.fixes.image(cpanel.api, ANN)
    cpanel.fixes.write(cpanel.api, ANN)
    assert cpanel.fixes.read(cpanel.api, ANN) == ANN.after
    assert cpanel.fixes.image(cpanel.api, ANN) == image | {"email": "ann@new.example"}
    (written,) = stack.desk.writes
    assert written["record"] == "cpanel:hosting:annsite"
    assert written["changed"] == {"email": ["ann@example.com", "ann@new.example"]}


def test_a_server_that_takes_no_post_changes_nothing_and_the_way_out_is_told(stack):
    cpanel = stack.platform("cpanel")
    stack.desk.switches["whm_post"] = False
    with pytest.raises(Refusal, match=r'takes no POST: nothing was changed. Put \{"method": "GET"\}'):
        cpanel.fixes.write(cpanel.api, ANN)
    assert stack.desk.writes == []
    assert cpanel.fixes.read(cpanel.api, ANN) == ANN.before


def test_an_account_that_holds_another_address_by_now_is_left_alone(stack):
    cpanel = stack.platform("cpanel")
    stale = set_email("cpanel:hosting:annsite", "older@example.com", "ann@new.example")
    with pytest.raises(Refusal, match="cpanel:hosting:annsite does not hold"):
        cpanel.fixes.write(cpanel.api, stale)
    assert stack.desk.writes == []


@pytest.mark.parametrize(
    ("target", "old", "told"),
    [("cpanel:hosting:annsite", "ann@example.com", True), ("cpanel:hosting:bobsite", "bob@example.com", False)],
)
def test_a_second_contact_that_keeps_the_old_address_is_reported_without_it(stack, target, old, told):
    cpanel = stack.platform("cpanel")
    remark = cpanel.fixes.write(cpanel.api, set_email(target, old, "new@new.example"))
    assert bool(remark) is told
    assert not told or (target in remark and "CONTACTEMAIL2" in remark and "@" not in remark)


def test_an_account_that_is_gone_is_not_found(stack):
    cpanel = stack.platform("cpanel")
    with pytest.raises(NotFound):
        cpanel.fixes.read(cpanel.api, set_email("cpanel:hosting:nobody", "a@example.com", "b@example.com"))


def test_a_wrong_token_is_said_so_in_spite_of_its_other_envelope(stack):
    cpanel = stack.platform("cpanel", secret="guess")
    with pytest.raises(Unauthorized, match="API token"):
        list(cpanel.api.pages())


def test_a_right_that_the_token_lacks_is_said_so(stack):
    stack.desk.switches["whm_denied"] = ("modifyacct",)
    cpanel = stack.platform("cpanel")
    with pytest.raises(NotPermitted, match="edit-account"):
        cpanel.fixes.write(cpanel.api, ANN)


def test_an_account_under_another_domain_than_whmcs_says_is_left_alone(stack):
    cpanel = stack.platform("cpanel")
    stranger = set_email("cpanel:hosting:annsite", "ann@example.com", "ann@new.example", domain="other.example")
    with pytest.raises(Refusal, match=r"another main domain .* on which server"):
        cpanel.fixes.write(cpanel.api, stranger)
    assert stack.desk.writes == []


def test_an_account_under_the_domain_that_whmcs_says_is_changed(stack):
    cpanel = stack.platform("cpanel")
    ours = set_email("cpanel:hosting:annsite", "ann@example.com", "ann@new.example", domain="AnnSite.example")
    cpanel.fixes.write(cpanel.api, ours)
    assert cpanel.fixes.read(cpanel.api, ours) == {"email": "ann@new.example"}


def test_an_account_on_a_server_we_do_not_reach_is_named_and_nothing_is_sent(stack):
    cpanel = stack.platform("cpanel")
    asked: list[str] = []
    stack.session.hooks["response"].append(lambda answer, **_: asked.append(answer.url))
    there = set_email("cpanel:elsewhere:web2.example.net/annsite", "ann@example.com", "ann@new.example")
    for call in (cpanel.fixes.read, cpanel.fixes.write):
        with pytest.raises(NotFound, match=r"cpanel:elsewhere:web2\.example\.net/annsite is on a server that"):
            call(cpanel.api, there)
    assert asked == []


@pytest.mark.parametrize("options", [{}, {"method": "GET"}], ids=["as-a-form", "as-documented"])
def test_whatever_a_fix_carries_nothing_but_the_account_and_its_address_is_sent(stack, options):
    cpanel = stack.platform("cpanel", **options)
    sent: list[dict[str, str]] = []

    def note(answer, **_):
        if "modifyacct" in answer.url:
            sent.append(
                dict(parse_qsl(urlsplit(answer.request.url).query)) | dict(parse_qsl(answer.request.body or ""))
            )

    stack.session.hooks["response"].append(note)
    more = {"newuser": "other", "owner": "root", "shell": "/bin/bash", "QUOTA": "0", "domain": "annsite.example"}
    cpanel.fixes.write(cpanel.api, set_email("cpanel:hosting:annsite", "ann@example.com", "ann@new.example", **more))
    assert sent == [{"api.version": "1", "user": "annsite", "contactemail": "ann@new.example"}]
