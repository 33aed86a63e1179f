"""Turns the templates into a message's text and HTML. A value that a template asks for and does not get is an error."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from include.notices.recipients import NotDeliverable, mailbox
from include.settings import Settings


def worded(template: str, settings: Settings, **values: Any) -> tuple[str, str]:
    """The text and the HTML of a message."""
    text, html = (_rendered(f"{template}.{kind}", settings, values) for kind in ("txt", "html"))
    return text, html


def worded_text(template: str, settings: Settings, **values: Any) -> str:
    """The text of a message that has no other form."""
    return _rendered(f"{template}.txt", settings, values)


def _rendered(name: str, settings: Settings, values: Mapping[str, Any]) -> str:
    told = {"company": settings.company, "contact": settings.support_contact, **values}
    told["mailto"] = _is_mailbox(settings.support_contact)
    return _templates().get_template(name).render(told)


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
