"""Records around one WHMCS client, for the tests of `billing_drift`."""

from __future__ import annotations

from tests.rules.tables import ANN, NEW, OLD, SPRING, SUMMER, contact, found, order

SITE, LOGIN, DOMAIN = "cpanel:hosting:annsite", "whmcs:login:5", "whois:domain:31"
NAME = {key: ANN[key] for key in ("first_name", "last_name")}
LINKS = (LOGIN, "cpanel:domain:ann.example", SITE)


def client(email=NEW, id="9", links=LINKS, **said):
    return contact("whmcs", id, email, links=links, updated_at=None, **(ANN | said))


def login(email=NEW, id="5", **said):
    return contact("whmcs", id, email, kind="login", **(NAME | said))


def site(email=NEW, id="annsite", domain="ann.example", **said):
    return contact("cpanel", id, email, links=(f"cpanel:domain:{domain}",) if domain else (), **said)


def registered(email=NEW, id="31", name="ann.example", **said):
    return contact("whois", id, email, links=("whmcs:client:9", f"whois:name:{name}"), **(NAME | said))


def shop(email=NEW, **said):
    return contact("shopify", "7", email, **(ANN | said))


ALL = (client(), login(), site(), registered())
LINKED = contact("hubspot", "1", NEW, links=("shopify:customer:7", "whmcs:client:9"), **ANN)
ORDERED = (
    order("shopify", "70", OLD, contact_id="7", placed_at=SPRING),
    order("shopify", "71", NEW, contact_id="7", placed_at=SUMMER),
)


def only(*rows, **more):
    (finding,) = found("billing_drift", *rows, **more)
    return finding


def changes(option):
    return [(str(fix.target), fix.after["email"]) for fix in option.fixes if fix.action == "set_email"]


def kinds(finding):
    return {evidence.evidence for evidence in finding.because}


def said(finding, kind):
    return " ".join(evidence.says for evidence in finding.because if evidence.evidence == kind)
