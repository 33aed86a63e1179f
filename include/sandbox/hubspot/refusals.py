"""What the sandbox's HubSpot answers when it says no, in HubSpot's own words and shapes."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

CORRELATION = "aeb5f871-7f07-4993-9211-075dc63e7cbf"


class Refused(Exception):
    """A refusal: its status and body."""

    def __init__(self, status: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "status": "error",
            "message": message,
            "correlationId": CORRELATION,
            "category": category,
        } | more

    @classmethod
    def scope(cls, scope: str) -> Refused:
        says = "This app hasn't been granted all required scopes to make this call."
        errors = [{"message": says, "context": {"requiredGranularScopes": [scope]}}]
        return cls(403, "MISSING_SCOPES", says, errors=errors)

    @classmethod
    def gone(cls, id: int | str) -> Refused:
        return cls(404, "OBJECT_NOT_FOUND", f"Object not found. objectId is usually positive ({id})")

    @classmethod
    def invalid(cls, name: str, error: str, message: str) -> Refused:
        """A property's value that will not do; HubSpot puts JSON into the sentence."""
        told = [{"isValid": False, "message": message, "error": error, "name": name, "portalId": 891936587}]
        return cls(400, "VALIDATION_ERROR", f"Property values were not valid: {json.dumps(told)}")

    @classmethod
    def required(cls, form: str, names: list[str]) -> Refused:
        """What the portal's own rules want filled in; which of these forms an update gets is not documented."""
        says = "Some required properties were not set."
        match form:
            case "errors":
                told = {"message": says, "code": "REQUIRED_PROPERTY", "context": {"propertyName": names}}
                return cls(400, "VALIDATION_ERROR", "Error updating CONTACT.", errors=[told])
            case "context":
                return cls(400, "VALIDATION_ERROR", f"Error updating CONTACT. {says}", context={"properties": names})
            case _:
                return cls.invalid(names[0], "REQUIRED_PROPERTY", f'"{names[0]}" is required')

    @classmethod
    def taken(cls, form: str, email: str, holder: str) -> Refused:
        """An address that belongs to another contact, in each form that was seen."""
        match form:
            case "rich" | "profile" | "exists":
                says = f"A contact with email {email} already exists."
                says += "" if form == "profile" else f" Existing ID: {holder}"
                identity = [{"type": "EMAIL", "value": email, "isPrimary": True}]
                return cls(
                    400 if form == "exists" else 409,
                    "OBJECT_ALREADY_EXISTS",
                    "Contact already exists",
                    error="CONTACT_EXISTS",
                    errors=[{"message": says, "in": "email"}],
                    identityProfile={"vid": int(holder), "identity": identity, "linkedVid": []},
                )
            case "no_id":
                return cls(409, "CONFLICT", "Contact already exists.")
            case "validation":
                return cls.invalid("email", "CONFLICTING_UNIQUE_VALUE", f"{email} is already in use")
            case "bad":
                return cls(400, "VALIDATION_ERROR", f"Contact already exists. Existing ID: {holder}")
            case _:
                return cls(409, "CONFLICT", f"Contact already exists. Existing ID: {holder}")


async def body_of(request: Request, **fields: type) -> dict[str, Any]:
    """The JSON object that was sent. Refuses anything else, and a field that is there and not of its type."""
    try:
        body = await request.json()
    except ValueError as error:
        raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON") from error
    if not isinstance(body, dict):
        raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: an object is required")
    for name, kind in fields.items():
        if name in body and not isinstance(body[name], kind):
            raise Refused(400, "VALIDATION_ERROR", f"Invalid input JSON: {name} is not valid")
    return body


async def inputs_of(request: Request) -> tuple[dict[str, Any], list[str]]:
    """What a batch was sent, and the ids in its `inputs`."""
    body = await body_of(request, inputs=list, properties=list)
    inputs = body.get("inputs", [None])
    if not all(isinstance(one, dict) and isinstance(one.get("id"), str | int) for one in inputs):
        raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: inputs need an id each")
    return body, [str(one["id"]) for one in inputs]


def not_there(ids: list[str]) -> dict[str, Any]:
    """What an otherwise good answer to a batch says of the inputs that lead to nobody."""
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
        "context": {"ids": ids},
        "links": {},
        "errors": [],
    }


def refused(no: Refused) -> Response:
    """The refusal as an answer."""
    return JSONResponse(no.body, no.status)


def unknown_key() -> Response:
    """The answer to a request without a valid token."""
    says = "Authentication credentials not found. This API supports OAuth 2.0 authentication"
    return refused(Refused(401, "INVALID_AUTHENTICATION", says))
