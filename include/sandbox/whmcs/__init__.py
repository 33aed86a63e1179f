"""
A small working copy of WHMCS: `includes/api.php`, with the domains' registrars behind it.

It speaks form-encoded POST, answers errors with status 200 and refusals of the key with 403, pages by 25, and gives the
same container in another shape whenever it likes. It holds only what the actions below touch, and forgets it all.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.whmcs.books import Books
from include.sandbox.whmcs.reads import READS
from include.sandbox.whmcs.shapes import Wrong, drifted, settled
from include.sandbox.whmcs.writes import WRITES

if TYPE_CHECKING:
    from include.sandbox.desk import Desk
    from include.sandbox.world import World

SECRET = "sandbox"
SWITCHES = {
    "whmcs_version": "8.13.0-release.1",
    "whmcs_denied": (),  # actions that the credential's API role does not allow
    "whmcs_ip_refused": False,  # the caller is not on the IP allow list
    "whmcs_shapes": True,  # containers, ids and flags drift from answer to answer
    "whmcs_newest_first": False,  # lists that are asked for in no order come by descending id
    "whmcs_search_html": False,  # names are kept, and so searched, as HTML: `O'Brien` finds nobody
    "whmcs_no_owner": 0,  # what `owner_user_id` says of a client that has none; "" or None elsewhere
    # How WHMCS contradicts itself about owners. Its client: "named" (names another), "nobody" (marks none as it);
    # its login: "unmarked", "unlisted" (does not list the client), "gone" (is not there).
    "whmcs_owner_doubt": "",
    "whmcs_refuses_login_address": False,  # UpdateClient also refuses an address that another user signs in with
    "whmcs_contact_search": "equal",  # GetContacts by address finds what equals it; "begins": what begins so, too
    # Whose address a sub-contact may not take: another "contacts"' alone, or "everyone"'s, clients' as well.
    "whmcs_contact_duplicates": "contacts",
    # What means `First Name` in the XML: "underscore", `First_Name`; "removed", `FirstName`; "verbatim": nothing does.
    "whois_blanks": "underscore",
    "whois_empty_refused": True,  # a registrar refuses a role without address or street; False: it saves them empty
    "whois_hidden": {},  # fields, as `Tech Email`, that a registrar tells in such words as `REDACTED FOR PRIVACY`
    # "ignored": the registrar module says success and does nothing; "registrant": it saves that role and skips others.
    "whois_save": "applied",
    "whois_locked": (),  # ids of domains that their registrar holds locked
    "whois_lock_refuses": False,  # a registrar saves nothing for a locked domain
    "whois_refused": (),  # ids of domains whose registrar answers with an error of its own
}


def routes(world: World, desk: Desk) -> list[BaseRoute]:
    """The one address WHMCS has."""
    for name, value in SWITCHES.items():
        desk.switches.setdefault(name, value)
    books = Books(world, desk)

    async def api(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        refusal = _refused(form, desk)
        if refusal:
            return JSONResponse({"result": "error", "message": refusal}, 403)
        action = form.get("action", "")
        if not action:
            return JSONResponse({"result": "error", "message": "Empty action request"}, 400)
        books.calls += 1
        try:
            told = _act(books, action, form, request)
        except Wrong as wrong:
            return JSONResponse({"result": "error", "message": str(wrong)})
        dice = random.Random(f"{world.seed}/{books.calls}")
        told = drifted(told, dice) if desk.switches["whmcs_shapes"] else settled(told)
        return JSONResponse({"result": "success", **told})

    return [Route("/includes/api.php", api, methods=["POST"])]


def _act(books: Books, action: str, form: dict[str, str], request: Request) -> dict[str, object]:
    name = action.lower()
    if name in READS:
        return READS[name](books, form)
    if name in WRITES:
        return WRITES[name](books, form, request)
    raise Wrong("The requested API Action could not be found")


def _refused(form: dict[str, str], desk: Desk) -> str | None:
    login, secret = form.get("identifier", form.get("username")), form.get("secret", form.get("password"))
    if not login or not secret:
        return "Invalid or missing credentials"
    if (login, secret) != (SECRET, SECRET):
        return "Authentication Failed"
    if desk.switches["whmcs_ip_refused"]:
        return "Invalid IP 192.0.2.10"
    action = form.get("action", "").lower()
    if action in {str(denied).lower() for denied in desk.switches["whmcs_denied"]}:
        return f'Invalid Permissions: API action "{action}" is not allowed'
    return None
