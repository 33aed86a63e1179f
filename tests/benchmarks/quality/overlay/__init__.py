"""
The written rules that make records of people, each a function whose docstring says what it does and how often.

They are laid on in this order. `FEBRL` people have neither households nor jobs, so that fewer rules apply to them.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.benchmarks.quality.overlay import families, lists, mailboxes, moving, placing, shopping
from tests.benchmarks.quality.world import World

ON_HUBSPOT: list[Callable[[World], None]] = [
    placing.all_on_hubspot,
    mailboxes.personal,
    mailboxes.duplicates_differ,
    mailboxes.phones_of_febrl,
    lists.one_holder,
]
OVER_PLATFORMS: list[Callable[[World], None]] = [
    placing.one_platform_a_reading,
    mailboxes.personal,
    mailboxes.phones_of_febrl,
    mailboxes.plus_and_dots,
    mailboxes.typos,
    moving.drift,
    lists.one_holder,
    lists.explicit_links,
]
HOUSEHOLDS: list[Callable[[World], None]] = [
    families.fathers_and_sons,
    placing.platforms,
    placing.hubspot_duplicates,
    mailboxes.personal,
    mailboxes.phones_of_households,
    mailboxes.duplicates_differ,
    mailboxes.plus_and_dots,
    mailboxes.typos,
    mailboxes.two_live,
    mailboxes.additional,
    mailboxes.roles,
    families.shared_mailboxes,
    moving.drift,
    moving.succession,
    moving.two_activated_logins,
    moving.hosting,
    lists.one_holder,
    lists.explicit_links,
    shopping.orders_of_accounts,
    shopping.guest_orders,
    shopping.guests_of_the_family,
    shopping.recycled_mailboxes,
]


def laid(world: World, rules: list[Callable[[World], None]]) -> World:
    """The world with these rules laid over it."""
    for rule in rules:
        rule(world)
    return world
