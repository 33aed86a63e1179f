"""
A domain's contacts as its registrar names them: role -> field -> value.

It finds the address in a role by rule, because every registrar module has names of its own. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from include.errors import UnexpectedAnswer
from include.whmcs_shapes import plain

Roles = dict[str, dict[str, str]]

EMAIL = ("email", "emailaddress")
FIRST_NAME = ("firstname",)
LAST_NAME = ("lastname",)
FULL_NAME = ("fullname", "name", "contactname")
COMPANY = ("companyname", "organisationname", "organizationname", "company", "organisation", "organization")
STREETS = ("address1", "address2", "address3", "address", "street")
CITY = ("city",)
POSTCODE = ("postcode", "zip", "zipcode", "postalcode")
COUNTRY = ("country", "countrycode")
PHONE = ("phonenumber", "phone", "telephone")


def roles(said: Mapping[str, Any], *, strict: bool) -> Roles:
    """
    The roles in an answer of DomainGetWhoisInfo. A role may be an object or a JSON text of one.

    A role of any other form is left out; `strict`, for one who is about to write, refuses it.
    """
    found: Roles = {}
    for name, value in said.items():
        if name in ("result", "message"):
            continue
        fields = _object(value)
        if fields is not None:
            found[name] = {key: plain("" if inner is None else str(inner)) for key, inner in fields.items()}
        elif strict:
            raise UnexpectedAnswer(f"whois: the role {name!r} has a shape we do not know.")
    return found


def registrant(found: Roles) -> dict[str, str]:
    """The registrant's fields, or none."""
    return next((fields for role, fields in found.items() if letters(role) in ("registrant", "owner")), {})


def email_fields(fields: Mapping[str, str]) -> list[str]:
    """The names of a role's fields that hold its address."""
    return [key for key in fields if letters(key) in EMAIL]


def value(fields: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """The first filled field that goes by one of `names`, unless it is redacted."""
    for name in names:
        for key, told in fields.items():
            if letters(key) == name and told.strip() and not redacted(told):
                return told.strip()
    return None


def email(fields: Mapping[str, str]) -> str | None:
    """A role's address, or None when it is absent or redacted."""
    told = value(fields, EMAIL)
    return told if told and "@" in told else None


def redacted(told: str) -> bool:
    """Whether a registrar hides the value."""
    return any(word in told.lower() for word in ("redacted", "not disclosed", "withheld", "data protected"))


def letters(key: str) -> str:
    """A field's name without blanks, underscores and case: `Email_Address` -> `emailaddress`."""
    return "".join(sign for sign in key.lower() if sign.isalnum())


def _object(told: Any) -> Mapping[str, Any] | None:
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except ValueError:
            return None
    if not isinstance(told, dict) or any(isinstance(inner, dict | list) for inner in told.values()):
        return None
    return told
