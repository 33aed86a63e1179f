"""
HubSpot, through its CRM API. Contacts only; it knows no orders. One contact can hold several addresses.

Airflow connection `hubspot` (type `http`): host `https://api.hubapi.com`, password the token of a service key (or of a
private app that still exists), extra `{"version": "v3"}` or a dated version such as `"2026-03"`. Scopes:
`crm.objects.contacts.read` and `crm.objects.contacts.write`; and `oauth` where HubSpot tells the key its account in no
other way (`make check-connections` says so).

What we know (developers.hubspot.com, the public spec collection, and answers other programs recorded; seen 2026-11):

* v3 goes unsupported in September 2027. The dated versions have the same bodies under other paths. From 2026-09 on the
  portal's own validation rules are enforced on API writes too: changing an address may then be refused because some
  other property is empty.
* An address is unique among all contacts' first *and* additional addresses. A taken one is a 409, whose sentence holds
  the id of its holder (perhaps one that was merged away), or a 400 that says so or CONFLICTING_UNIQUE_VALUE.
* Whether changing the first address keeps the old one as an additional one is not documented: either is expected
  here, and a person is told where it stays, for a form that is sent in with it makes it the first one again, and where
  another additional address is gone. `member_email`, by which members of a portal sign in, keeps the old address: a
  person is told that too.
  Case may be changed when an address is stored; compare without it.
* Additional addresses are read as `hs_additional_emails`. Whether that can be written differs: the account's list of
  properties says so (`readOnlyValue`). Where it cannot, there is the v1 route, until September 2027; where neither
  is open, a person has to.
* A merge makes a third record with a new id, and cannot be undone. Both old ids forward when they are asked for, and
  vanish from the list. Whether they can still be written through is not documented: we ask for the new id first.
  A record that holds 250 merges takes no more (status 414). No write has a concurrency token.
* Every value is text or null, also ids. A property that a key may not see is absent, not null.
* Search stops at 10,000, lags behind, and allows five requests a second. A full pull goes by the list, side by side in
  spans of ids (`spans.py`). Search is only asked what changed: while everything was pulled, and on the nights between
  since the newest change that is known less ten minutes, which its lag is well within; page by page by id, so that
  10,000 is never met (`changes.py`). It tells nothing of deletions: then its count is not the number of contacts we
  know of, and everything is pulled. What even that misses (as many restored as deleted) the weekly full pull finds.
* The list's cursor is opaque by its documentation, and an id in practice. Whether it is shows before the list is cut;
  where it is not, one cursor goes through all. `{"one_cursor": true}` in the extra has that always.
* Any change, and our own note too, moves `lastmodifieddate`.
"""

from __future__ import annotations

CONNECTION = "hubspot"
HOSTS: tuple[str, ...] = (".hubapi.com",)  # where the vendor is; our key is sent to no other
LAG_SECONDS = 2  # a record asked for by its id is up to date; associations of a note may take a moment
AT_ONCE = 24  # lanes walked side by side: as many as use a window's calls up at once
KINDS = {"contact": "Customer records"}  # of its contacts, and what each is to the person it is about
SIGNS_IN: frozenset[str] = frozenset()  # the kinds whose address is what a person signs in with
TAKES_NOTE: frozenset[str] = frozenset({"contact"})  # the kinds of record that have a place for a note
PUTS_BACK: frozenset[str] = frozenset({"set_email", "set_name"})  # what it lets us undo
