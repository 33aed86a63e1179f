"""No text in place of an address becomes two recipients, a name or a header, and it keeps no other from its message."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from include.notices.channels import deliver
from include.notices.recipients import NotDeliverable, mailbox
from tests.notices.mailing import HOSTILE, NEW, NOW, OLD, put, rows, states

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


@pytest.mark.parametrize("address", [*HOSTILE, pytest.param("", id="nothing"), pytest.param(" ", id="a-blank")])
def test_a_recipient_that_is_not_one_mailbox_is_refused_before_the_server_hears_of_it(ledger, mail, address):
    put(ledger, address, NEW)

    assert deliver(ledger, mail.sender(), NOW) == 1

    assert states(ledger) == ["refused", "sent"]
    assert rows(ledger)[0].problem.startswith("The recipient is ")
    assert mail.connections == 1
    assert mail.recipients == [NEW]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"subject": "Hello\r\nBcc: eve@evil.example"}, id="a-header-in-the-subject"),
        pytest.param({"headers": {"X-About": "a\nBcc: eve@evil.example"}}, id="a-header-in-a-header"),
        pytest.param({"headers": {"To": "eve@evil.example"}}, id="a-second-recipient"),
    ],
)
def test_a_message_that_is_no_mail_is_refused_and_keeps_no_other_from_going(ledger, mail, said):
    put(ledger, OLD, **said)
    put(ledger, NEW)

    assert deliver(ledger, mail.sender(), NOW) == 1
    assert states(ledger) == ["refused", "sent"]
    assert mail.recipients == [NEW]


@pytest.mark.parametrize(
    ("domain", "goes_to"), [("m\u00fcller.example", "xn--mller-kva.example"), ("NEW.example", "new.example")]
)
def test_a_domain_is_written_as_mail_servers_know_it(ledger, mail, domain, goes_to):
    put(ledger, f"Ann.O'Neil+tag@{domain}")

    assert deliver(ledger, mail.sender(), NOW) == 1
    assert mail.recipients == [f"Ann.O'Neil+tag@{goes_to}"]


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not here")
def test_no_text_of_the_corpora_becomes_two_recipients_or_a_header():
    texts = {line for name in ("crlf", "xss", "blns", "isemail", "email_validator") for line in _strings(name)}
    tails = {f"ann@x.example{line}" for line in _strings("crlf")} | {
        f"ann{line}@x.example" for line in _strings("crlf")
    }
    assert len(texts) > 1000
    for text in texts | tails | {f"ann@x.example\r\n{line}" for line in texts}:
        try:
            known = mailbox(text)
        except NotDeliverable:
            continue
        message = EmailMessage(policy=SMTP)
        message["To"] = known
        assert [address.addr_spec for address in message["To"].addresses] == [known.addr_spec], ascii(text)
        assert message.as_bytes().split() == [b"To:", known.addr_spec.encode()], ascii(text)


def _strings(corpus: str) -> set[str]:
    """Every line of a corpus, and every quoted string or text of a tag in it."""
    found = set()
    for path in (CORPORA / corpus).iterdir():
        if path.suffix in {".txt", ".json", ".xml"} and path.name != "SOURCE.txt":
            read = path.read_text("utf-8", errors="replace")
            found |= set(read.splitlines())
            found |= {text for pair in re.findall(r'"((?:[^"\\]|\\.)*)"|<address>([^<]*)<', read) for text in pair}
    return {text for text in found if text}
