"""What changes from one night to another: addresses, holders of accounts, second accounts, hosting left behind."""

from __future__ import annotations

from datetime import timedelta

from tests.benchmarks.quality.overlay.mailboxes import made
from tests.benchmarks.quality.world import TONIGHT, World


def drift(world: World) -> None:
    """
    One person in ten, of those with records on several platforms, has a new mailbox, and told one platform only.

    Half told it since the night before (whose tables have the old address there), half earlier. The new one alone is
    right. The record told was changed last in eight cases of ten; in the others another record was edited after it,
    for another reason.
    """
    for person in world.people:
        chance = world.chance("drift", person.id)
        found = [
            ref for ref in world.of(person) if world.contacts[ref]["kind"] != "login" and world.contacts[ref]["email"]
        ]
        if (
            len({ref.split(":")[0] for ref in found}) < 2
            or chance.random() > 1 / 10
            or len(world.truth.live[person.id]) > 1
        ):
            continue
        told, old = chance.choice(found), f"{person.id}/personal"
        row = world.contacts[told]
        if world.truth.mailbox[row["email"].lower()] != old:
            continue
        if chance.random() < 0.5:
            world.before[told] = row["email"]
            row["updated_at"] = TONIGHT - timedelta(hours=chance.randrange(1, 20))
        else:
            row["updated_at"] = TONIGHT - timedelta(days=chance.randrange(2, 40))
        row["email"] = made(world, person, "moved")
        world.truth.live[person.id] = {f"{person.id}/moved"}
        if chance.random() < 0.2:
            other = chance.choice([ref for ref in found if ref.split(":")[0] != told.split(":")[0]])
            world.contacts[other]["updated_at"] = TONIGHT - timedelta(minutes=chance.randrange(30))
        for ref in found:
            late = world.contacts[ref]["updated_at"] > row["updated_at"] - timedelta(days=2)
            if ref != told and late and world.contacts[ref]["updated_at"] < TONIGHT - timedelta(hours=1):
                world.contacts[ref]["updated_at"] = row["updated_at"] - timedelta(days=chance.randrange(2, 200))


def succession(world: World) -> None:
    """
    Of people with a HubSpot contact and a shop account, one in forty left, and a colleague took the account over.

    The account bears the colleague's name and address, the HubSpot contact names it and still bears the predecessor's.
    Half of the handovers happened since the night before. The colleague bears the name of somebody of another
    household; the address is one that nobody else has.
    """
    spare = [person for person in world.people if world.chance("succession", "spare", person.id).random() < 1 / 20]
    for person in world.people:
        chance = world.chance("succession", person.id)
        hubspot = [ref for ref in world.of(person) if ref.startswith("hubspot:")]
        account = [ref for ref in world.of(person) if world.contacts[ref]["kind"] == "customer"]
        if not spare or not hubspot or not account or chance.random() > 1 / 40 or person.id in world.truth.successor:
            continue
        colleague = spare.pop()
        if colleague.household == person.household or len(world.truth.live[person.id]) > 1:
            continue
        ref, reading = account[0], colleague.readings[0]
        row = world.contacts[ref]
        if chance.random() < 0.5:
            world.before[ref] = row["email"]
        mailbox = f"{person.id}/successor"
        address = world.reaches(
            f"{_letters(reading.first)}.{_letters(reading.last)}.{row['id'][:3]}@{_firm(chance)}", mailbox
        )
        row |= {"email": address, "first_name": reading.first, "last_name": reading.last}
        row["updated_at"] = TONIGHT - timedelta(hours=chance.randrange(1, 20))
        world.contacts[hubspot[0]]["links"].append(ref)
        world.truth.successor[ref] = mailbox
        world.truth.live[person.id] = {mailbox}


def two_activated_logins(world: World) -> None:
    """
    One person in eight with a WHMCS client has a second, each with a login of its own in use, and a HubSpot contact.

    Each HubSpot contact names its client. They are one human being, and must not become one contact.
    """
    for person in world.people:
        chance = world.chance("two_activated_logins", person.id)
        clients = [ref for ref in world.of(person) if ":client:" in ref]
        hubspot = [ref for ref in world.of(person) if ref.startswith("hubspot:")]
        if not clients or len(hubspot) != 1 or chance.random() > 1 / 8:
            continue
        address = made(world, person, "other_firm", "own-firm.net")
        second = world.add(person, person.readings[0], "whmcs", "client", "two_activated_logins")
        login = world.add(person, person.readings[0], "whmcs", "login", "two_activated_logins")
        contact = world.add(person, person.readings[0], "hubspot", "contact", "two_activated_logins")
        for ref in (second, login, contact):
            world.contacts[ref]["email"] = address
            world.contacts[ref]["phone"] = world.contacts[clients[0]]["phone"]
        world.contacts[login]["state"] = "activated"
        world.contacts[second]["links"].append(login)
        world.contacts[contact]["links"].append(second)
        world.contacts[hubspot[0]]["links"].append(clients[0])
        world.truth.live[person.id].add(f"{person.id}/other_firm")
        world.truth.apart[frozenset((hubspot[0], contact))] = "two_activated_logins"


def hosting(world: World) -> None:
    """Each WHMCS client has a hosting account and a domain; on one in six of each, a change left the address behind."""
    for person in world.people:
        for client in [ref for ref in world.of(person) if ":client:" in ref]:
            for platform, kind in (("cpanel", "hosting"), ("whois", "domain")):
                chance = world.chance("hosting", client, kind)
                name = f"site{chance.randrange(10**7)}"
                ref = world.add(person, person.readings[0], platform, kind, client)
                row = world.contacts.pop(ref)
                row |= {"id": f"host1/{name}" if kind == "hosting" else f"{name}.com", "state": None}
                row["email"] = world.contacts[client]["email"]
                if kind == "hosting":
                    row |= dict.fromkeys(("first_name", "last_name", "address", "city", "postcode", "country"))
                if chance.random() < 1 / 6:
                    row["email"] = made(world, person, "left_behind")
                mine = f"{platform}:{kind}:{row['id']}"
                world.contacts[mine] = row
                world.truth.person[mine], world.truth.reading[mine] = person.id, world.truth.reading.pop(ref)
                del world.truth.person[ref]
                if kind == "hosting":
                    world.contacts[client]["links"].append(mine)
                else:
                    row["links"].append(client)


def _firm(chance) -> str:
    return chance.choice(("northgate.com", "lakeside-supply.com", "bluewater.com", "hillcrest.org"))


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isascii() and letter.isalpha()) or "x"
