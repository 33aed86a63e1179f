"""Turns the templates into a message's text and HTML. A value that a template asks for and does not get is an error."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from include.notices.recipients import NotDeliverable, mailbox
from include.settings import Settings


def worded(template: str, settings: Settings, **values: Any) -> tuple[str, str]:
    """The text and the HTML of a message."""
    told = {"company": settings.company, "contact": settings.support_contact, **values}
    told["mailto"] = _is_mailbox(settings.support_contact)
    text, html = (_templates().get_template(f"{template}.{kind}").render(told) for kind in ("txt", "html"))
    return text, html


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _is_mailbox(contact: str) -> bool:
    """Whether the support contact can be a mailto link; it may also be a sentence or a phone number."""
    try:
        mailbox(contact)
    except NotDeliverable:
        return False
    return True
