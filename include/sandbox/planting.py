"""
Plants the world: mostly people whose records agree, and among them the cases that rules must find or leave alone.

Each planted person is free of any other plant, so that what should be found about them is beyond doubt.
"""

from __future__ import annotations

from datetime import timedelta

from include.sandbox import planted_drift as drift
from include.sandbox.people import Maker
from include.sandbox.world import TODAY, Account, Human, Planted, World

SHOPS = ("shopify", "bigcommerce")
EVERYWHERE = ("shopify", "bigcommerce", "hubspot", "whmcs")


def plant(people: int, seed: int) -> World:
    """A world of about `people` humans."""
    make = Maker(seed)
    planted: list[Planted] = []

    def some(share: float) -> range:
        return range(max(1, round(people * share)))

    for number in some(0.04):
        planted.append(_changed_email(make, number))
    for number in some(0.04):
        planted.append(_duplicate(make, number))
    for number in some(0.04):
        planted.append(_guest_order(make, SHOPS[number % 2]))
    for number in some(0.02):
        planted.append(_stub_order(make, number))
    for number in some(0.015):
        planted.append(_household(make, number))
    for number in some(0.025):
        planted.append(drift.billing_drift(make, number))
    for number in some(0.01):
        planted += [drift.registrant_drift(make), drift.shared_mailbox(make, number)]
    for shape in (_role_mailbox, _namesakes, _father_and_son, _succession):
        planted += [shape(make) for _ in some(0.008)]
    planted += [_true_guest(make, SHOPS[number % 2]) for number in some(0.02)]
    while len(make.humans) < people:
        _clean(make)
    _shared_login(make)
    _bought_before(make, planted)
    return World(seed, make.humans, make.accounts, make.purchases, planted)


def _clean(make: Maker) -> None:
    """Somebody whose records agree, spelled as differently as honest records are."""
    human = make.human()
    platforms = make.dice.sample(EVERYWHERE, make.dice.choice((1, 1, 2, 2, 3, 4)))
    accounts = _records(make, human, platforms)
    for account in accounts:
        spelling = make.dice.random()
        if spelling < 0.10 and account.platform in {"shopify", "hubspot"}:
            account.email = human.email.title()
        elif spelling < 0.15 and human.email.endswith("@gmail.com") and account.platform == "bigcommerce":
            account.email = human.email.replace("@", "+shop@")
    known = next((a for a in accounts if a.platform == "hubspot"), None)
    shop = next((a for a in accounts if a.platform in SHOPS), None)
    if known and shop and make.dice.random() < 0.10:
        other = make.address(human.first_name, human.last_name)
        shop.email = other
        known.other_emails = [other]
    for account in accounts:
        if account.platform in SHOPS:
            for _ in range(make.dice.choice((0, 1, 1, 2, 3))):
                order = make.purchase(account.platform, human, account)
                if make.dice.random() < 0.05:
                    order.email = make.address(human.first_name, human.last_name)
        if account.platform == "whmcs":
            make.purchase("whmcs", human, account)


def _records(make: Maker, human: Human, platforms: list[str] | tuple[str, ...]) -> list[Account]:
    """A record on each platform; HubSpot names the others."""
    accounts = [make.account(platform, human) for platform in EVERYWHERE if platform in platforms]
    contact = next((a for a in accounts if a.platform == "hubspot"), None)
    for account in accounts:
        if contact and account is not contact:
            make.link(contact, account)
    return accounts


def _changed_email(make: Maker, number: int) -> Planted:
    """They told one shop (or the CRM) of a new address, and nobody else."""
    human = make.human()
    told = ("shopify", "bigcommerce", "hubspot")[number % 3]
    platforms = {"hubspot", told, *make.dice.sample(EVERYWHERE, 2)}
    if not platforms & set(SHOPS):
        platforms.add("shopify")  # WHMCS does not say when a record changed: nothing would tell who is ahead
    accounts = _records(make, human, sorted(platforms))
    human.old_email, human.email = human.email, make.address(human.first_name, human.last_name)
    records = []
    for account in accounts:
        account.updated_at = min(account.updated_at, TODAY - timedelta(days=60))
        if account.platform == told:
            account.email = human.email
            account.updated_at = make.later(TODAY - timedelta(days=30), make.dice.randint(0, 20))
        records.append(account.ref)
    drift.redact_registrants(make, human)
    right = {"email": human.email, "old": human.old_email}
    # The orders of a shop tell what its address was before; nothing tells that of a contact of HubSpot.
    return Planted("changed_email", "email_mismatch", records, right | (drift.BY_A_PERSON if told == "hubspot" else {}))


def _bought_before(make: Maker, planted: list[Planted]) -> None:
    """Whoever told a shop of a new address had bought there with the old one."""
    accounts, humans = {account.ref: account for account in make.accounts}, {human.id: human for human in make.humans}
    for plant in planted:
        if plant.kind != "changed_email" or "recommended" in plant.right:
            continue
        told = next(accounts[ref] for ref in plant.records if accounts[ref].email == plant.right["email"])
        placed = TODAY - timedelta(days=90)
        given = {"email": plant.right["old"], "placed_at": placed, "updated_at": placed}
        make.purchase(told.platform, humans[told.human], told, **given)


def _duplicate(make: Maker, number: int) -> Planted:
    """HubSpot holds them twice, some three times: under another address, or the same one differently known."""
    human = make.human()
    first = make.account("hubspot", human)
    if number % 2 == 0:
        make.link(first, make.account("shopify", human))
    again = [make.account("hubspot", human, email=make.address(human.first_name, human.last_name))]
    if number % 3 == 0:
        again.append(make.account("hubspot", human, email=make.address(human.first_name, human.last_name)))
    for copy in again:
        copy.created_at = make.later(first.created_at, 30)
        copy.updated_at = max(copy.created_at, copy.updated_at)
        copy.company = None
    return Planted("hubspot_duplicate", "duplicate_contact", [first.ref, *(copy.ref for copy in again)], {})


def _guest_order(make: Maker, platform: str) -> Planted:
    """They hold an account and bought as a guest."""
    human = make.human()
    account = make.account(platform, human)
    make.purchase(platform, human, account)
    order = make.purchase(platform, human, None)
    right = {"order": order.ref, "contact": account.ref}
    return Planted("guest_order", "orphaned_order", [order.ref, account.ref], right)


def _stub_order(make: Maker, number: int) -> Planted:
    """Shopify made a nameless customer of their guest checkout; every second real account was never activated."""
    human = make.human()
    state = ("activated", "disabled")[number % 2]
    account = make.account("shopify", human, state=state)
    nameless = {"first_name": None, "last_name": None, "phone": None, "street": None, "city": None, "postcode": None}
    wrong = human.email.replace("@", f"{make.dice.randint(10, 99)}@")
    stub = make.account("shopify", human, state="disabled", email=wrong, **nameless)
    order = make.purchase("shopify", human, stub, email=human.email)
    right = {"order": order.ref, "contact": account.ref, "invite": state == "disabled"}
    return Planted("stub_order", "orphaned_order", [order.ref, account.ref, stub.ref], right)


def _household(make: Maker, number: int) -> Planted:
    """One roof, one phone, one surname, several people; every second household shares its mailbox too."""
    first = make.human()
    given = {"last_name": first.last_name, "phone": first.phone, "street": first.street, "city": first.city}
    second = make.human(**given, postcode=first.postcode)
    while second.first_name == first.first_name:
        second.first_name = make.faker.first_name()
    shared = number % 2 == 0
    address = {"email": first.email} if shared else {}
    records = [
        make.account("hubspot", first),
        make.account("bigcommerce", second, **address),
        make.account("shopify", second, **address),
    ]
    return Planted("household", None, [record.ref for record in records], {})


def _role_mailbox(make: Maker) -> Planted:
    """One info@ mailbox of a company, written into the records of three colleagues."""
    company = make.faker.company()
    domain = make.faker.unique.domain_word() + ".example"
    records = []
    for platform in ("hubspot", "shopify", "bigcommerce"):
        colleague = make.human(company=company)
        records.append(make.account(platform, colleague, email=f"info@{domain}").ref)
    return Planted("role_mailbox", None, records, {})


def _namesakes(make: Maker) -> Planted:
    """Two people of one name and nothing else in common."""
    first = make.human()
    second = make.human(first_name=first.first_name, last_name=first.last_name)
    records = [make.account("hubspot", first), make.account("hubspot", second), make.account("shopify", second)]
    make.link(records[1], records[2])
    return Planted("namesake", None, [records[0].ref, records[1].ref], {})


def _father_and_son(make: Maker) -> Planted:
    """One name, one roof, one phone; Sr. and Jr."""
    father = make.human()
    father.last_name = f"{father.last_name} Sr."
    same = {"first_name": father.first_name, "phone": father.phone, "street": father.street, "city": father.city}
    son = make.human(**same, last_name=father.last_name.replace(" Sr.", " Jr."), postcode=father.postcode)
    records = [make.account("hubspot", father), make.account("hubspot", son)]
    return Planted("father_and_son", None, [record.ref for record in records], {})


def _succession(make: Maker) -> Planted:
    """A company's contact has left: the successor has the shop account, and HubSpot still knows the old one."""
    gone = make.human(company=make.faker.company())
    successor = make.human(company=gone.company, street=gone.street, city=gone.city, postcode=gone.postcode)
    contact = make.account("hubspot", gone)
    shop = make.account("shopify", successor, updated_at=make.later(TODAY - timedelta(days=25), 3))
    make.link(contact, shop)
    return Planted("succession", None, [contact.ref, shop.ref], {"successor": successor.id, "gone": gone.id})


def _true_guest(make: Maker, platform: str) -> Planted:
    """They bought as a guest and hold no account anywhere: some orders of theirs were cancelled."""
    human = make.human()
    order = make.purchase(platform, human, None)
    cancelled = make.purchase(platform, human, None, status="cancelled")
    return Planted("true_guest", None, [order.ref, cancelled.ref], {})


def _shared_login(make: Maker) -> None:
    """One WHMCS login that owns two clients, which changing it would change for both."""
    human = make.human()
    first = make.account("whmcs", human)
    second = make.account("whmcs", human)
    logins = {account.id: account for account in make.accounts if account.kind == "login"}
    spare = logins[second.extra["owner"]]
    make.accounts.remove(spare)
    second.extra["owner"] = first.extra["owner"]
    logins[first.extra["owner"]].extra["clients"].append(second.id)
