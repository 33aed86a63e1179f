"""Addresses and numbers, which the sources do not have: each is made from the person by the scheme written here."""

from __future__ import annotations

import random

from tests.benchmarks.quality.people import Person
from tests.benchmarks.quality.world import World

FREE = ("gmail.com",) * 10 + ("yahoo.com",) * 4 + ("outlook.com", "hotmail.com", "icloud.com", "comcast.net", "aol.com")
DROPS_TAGS = ("gmail.com", "outlook.com", "hotmail.com", "icloud.com")
FIRMS = ("acme", "borealis", "cascade", "delphi", "evergreen", "fulcrum", "granite", "harbor", "ironwood", "juniper")
TYPOS = {"gmail.com": "gmial.com", "yahoo.com": "yaho.com", "outlook.com": "outlok.com", "hotmail.com": "hotmial.com"}
MISTYPED = "mistyped"  # the mailbox that a mistyped address reaches: nobody's, or a stranger's


def made(world: World, person: Person, purpose: str, domain: str = "") -> str:
    """
    An address of a person that nobody else has: first.last, firstlast, flast, last.first, or the first with the year.

    Where somebody has it already, a number follows. `purpose` names the mailbox; one purpose, one mailbox.
    """
    mailbox = f"{person.id}/{purpose}"
    if mailbox in world.address:
        return world.address[mailbox]
    chance = world.chance("made", purpose, person.id)
    first, last = _letters(person.first) or "x", _letters(person.last) or "y"
    year = person.born[-2:] or f"{chance.randrange(100):02d}"
    forms = (f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{last}.{first}", f"{first}{year}")
    local, at = chance.choice(forms), domain or chance.choice(FREE)
    address, more = f"{local}@{at}", 1
    while _taken(world, address):
        more += 1
        address = f"{local}{more}@{at}"
    world.address[mailbox] = address
    world.reaches(address.replace(".", "", local.count(".")) if at == "gmail.com" else address, mailbox)
    return world.reaches(address, mailbox)


def personal(world: World) -> None:
    """Everybody has one mailbox of their own, and all their records bear it, in a tenth of cases in capitals."""
    for person in world.people:
        address = made(world, person, "personal")
        world.truth.live[person.id] = {f"{person.id}/personal"}
        for ref in world.of(person):
            row = world.contacts[ref]
            capital = world.chance("capitals", ref).random() < 0.1
            row["email"] = address.title() if capital and row["kind"] != "login" else address


def duplicates_differ(world: World) -> None:
    """
    Of a person's HubSpot contacts only the first bears the address, for HubSpot gives an address to one contact.

    The others: 35 of 100 another address of the same person, 35 none, 15 a spelling of the same mailbox (a tag, dots
    at Gmail; where the provider allows neither: none), 15 a mistyped one.
    """
    for person in world.people:
        found = [ref for ref in world.of(person) if ref.startswith("hubspot:")]
        for ref in found[1:]:
            row, chance = world.contacts[ref], world.chance("duplicates_differ", ref)
            kind = chance.choices(("other", "none", "spelling", "typo"), (35, 35, 15, 15))[0]
            if kind == "other":
                row["email"] = made(world, person, "second")
                world.truth.live[person.id].add(f"{person.id}/second")
            elif kind == "none":
                row["email"] = None
            elif kind == "spelling":
                row["email"] = spelled(world, row["email"], chance)
            else:
                row["email"] = mistyped(world, row["email"], chance)


def plus_and_dots(world: World) -> None:
    """On one record in fifteen the address stands in another spelling of its mailbox, where the provider allows one."""
    for person in world.people:
        for ref in world.of(person):
            row, chance = world.contacts[ref], world.chance("plus_and_dots", ref)
            if row["email"] and row["kind"] != "login" and chance.random() < 1 / 15:
                row["email"] = spelled(world, row["email"], chance) or row["email"]


def typos(world: World) -> None:
    """On one shop or HubSpot record in forty, of people who have several, a letter or the domain is mistyped."""
    for person in world.people:
        found = [ref for ref in world.of(person) if world.contacts[ref]["kind"] in ("customer", "contact")]
        for ref in found if len(found) > 1 else ():
            row, chance = world.contacts[ref], world.chance("typos", ref)
            if row["email"] and chance.random() < 1 / 40:
                row["email"] = mistyped(world, row["email"], chance)


def two_live(world: World) -> None:
    """One person in thirty uses a second address, at a firm, on one platform: both are right, and no record says so."""
    for person in world.people:
        chance, found = world.chance("two_live", person.id), _without_logins(world, person)
        if len({ref.split(":")[0] for ref in found}) > 1 and chance.random() < 1 / 30:
            row, firm = world.contacts[found[-1]], chance.choice(FIRMS)
            row |= {"email": made(world, person, "work", f"{firm}-works.com"), "company": f"{firm.title()} Works Inc."}
            world.truth.live[person.id].add(f"{person.id}/work")


def additional(world: World) -> None:
    """One person in twenty, on HubSpot and elsewhere, has two addresses, and HubSpot knows both: nothing is wrong."""
    for person in world.people:
        chance, found = world.chance("additional", person.id), _without_logins(world, person)
        hubspot = [ref for ref in found if ref.startswith("hubspot:")]
        if hubspot and len(hubspot) < len(found) and chance.random() < 1 / 20:
            second = made(world, person, "additional")
            world.contacts[hubspot[0]]["other_emails"].append(second)
            world.contacts[next(ref for ref in found if ref not in hubspot)]["email"] = second
            world.truth.live[person.id].add(f"{person.id}/additional")


def roles(world: World) -> None:
    """One person in twenty-five works at a firm: one of their records bears a task's mailbox there, and its number."""
    staff: dict[str, list[Person]] = {}
    for person in world.people:
        chance = world.chance("roles", person.id)
        if chance.random() < 1 / 25:
            staff.setdefault(f"{chance.choice(FIRMS)}-{chance.randrange(len(world.people) // 1000 + 1)}", []).append(
                person
            )
    for firm, members in sorted(staff.items()):
        chance = world.chance("roles", firm)
        task, number = chance.choice(("info", "office", "sales", "accounts", "billing")), phone(chance)
        address = world.reaches(f"{task}@{firm}.com", f"{firm}/{task}")
        world.truth.roles.add(f"{firm}/{task}")
        for person in members:
            row = world.contacts[_without_logins(world, person)[-1]]
            row |= {"email": address, "company": f"{firm.title()} LLC", "phone": number}
            world.truth.live[person.id].add(f"{firm}/{task}")


def phones_of_febrl(world: World) -> None:
    """Half of the records bear a landline made of the reading's social security number, with FEBRL's errors in it."""
    for ref, reading in world.truth.reading.items():
        person = world.known[world.truth.person[ref]]
        number = next(each.number for each in person.readings if each.id == reading)
        if len(number) == 7 and world.chance("phones_of_febrl", ref).random() < 0.5:
            world.contacts[ref]["phone"] = f"+61 2 6{number[:3]} {number[3:]}"


def phones_of_households(world: World) -> None:
    """
    A third of households have a landline, which a third of their members give; others give a mobile of their own.

    One record in four bears none, one in a hundred a filler. Each record spells the number in its own way.
    """
    for person in world.people:
        own, home = phone(world.chance("mobile", person.id)), phone(world.chance("landline", person.household))
        shares = world.chance("shares", person.household).random() < 1 / 3
        number = home if shares and world.chance("gives", person.id).random() < 1 / 3 else own
        for ref in world.of(person):
            chance = world.chance("phones_of_households", ref)
            drawn = chance.random()
            if drawn > 0.25 and world.contacts[ref]["kind"] != "login":
                world.contacts[ref]["phone"] = spelled_number(number, chance) if drawn > 0.26 else "000-000-0000"


def phone(chance: random.Random) -> str:
    """Ten digits of a North American number that can be."""
    return f"206{chance.randrange(200, 999)}{chance.randrange(10_000):04d}"


def spelled_number(number: str, chance: random.Random) -> str:
    area, middle, end = number[:3], number[3:6], number[6:]
    forms = (f"+1{number}", f"({area}) {middle}-{end}", f"{area}-{middle}-{end}", f"{area}.{middle}.{end}", number)
    return chance.choice(forms)


def spelled(world: World, address: str | None, chance: random.Random) -> str | None:
    """Another spelling of the same mailbox, or None where its provider allows none."""
    local, _, domain = (address or "").partition("@")
    if domain.lower() not in DROPS_TAGS:
        return None
    if domain.lower() == "gmail.com" and chance.random() < 0.5:
        at = chance.randrange(1, len(local)) if len(local) > 1 else 0
        other = f"{local[:at]}.{local[at:]}" if at and "." not in local else local.replace(".", "")
    else:
        other = f"{local}+{chance.choice(('shop', 'news', 'orders'))}"
    return world.reaches(f"{other}@{domain}", world.truth.mailbox[address.lower()])


def mistyped(world: World, address: str, chance: random.Random) -> str:
    """The address with a letter left out or two swapped, or in a domain that looks like it."""
    local, _, domain = address.partition("@")
    if domain.lower() in TYPOS and chance.random() < 0.5:
        wrong = f"{local}@{TYPOS[domain.lower()]}"
    else:
        at = chance.randrange(1, len(local) - 1) if len(local) > 2 else 0
        swapped = local[:at] + local[at + 1 : at + 2] + local[at] + local[at + 2 :]
        wrong = f"{local[:at] + local[at + 1 :] if swapped == local or chance.random() < 0.5 else swapped}@{domain}"
    return world.reaches(wrong, f"{MISTYPED}/{wrong.lower()}")


def _without_logins(world: World, person: Person) -> list[str]:
    return [ref for ref in world.of(person) if world.contacts[ref]["kind"] != "login"]


def _taken(world: World, address: str) -> bool:
    local, _, domain = address.partition("@")
    bare = f"{local.replace('.', '')}@{domain}" if domain == "gmail.com" else address
    return address in world.truth.mailbox or bare in world.truth.mailbox


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter.isascii() and letter.isalpha())
