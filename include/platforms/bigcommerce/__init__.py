"""
BigCommerce: customers through V3, orders through V2 (V3 has no list of orders). Guests are no customers.

Airflow connection `bigcommerce` (type `http`): host `https://api.bigcommerce.com/stores/<store hash>`, password the
store's API token. Scopes: `store_v2_customers` and `store_v2_orders` (modify).

What we know (the vendor's specifications and documents, and answers other programs recorded; seen 2026-11):

* V3 answers `{data, meta}` with ISO times, V2 bare lists with RFC 2822 times and money as text. Errors: V3 one object
  whose `errors` map a path to a sentence, V2 a list. An empty V2 list is a 204 without a body.
* An address is unique per channel, not per store: `channel_ids` null means that a customer may use all of them. There
  is no merge of customers. Who holds a taken address is not told; we look it up. Whether that search minds its case is
  not documented: the address is asked for as given and in small letters.
* A cursor cannot be entered in its middle. Many customers are pulled side by side, in spans of when they were created
  (`spans.py`), whose ends are found by page number; whether a filter's ends are among what it gives is not documented.
  `{"one_cursor": true}` in the connection's extra has one cursor go through all.
* In which time zone a store reads a filter's time is not documented. What changed is asked for from a day earlier, and
  what did not change since is left out here; the colons of times are sent as they are, for encoded ones are said to be
  misunderstood.
* A 429 says how long to wait in `X-Rate-Limit-Time-Reset-Ms`. Without that header the vendor itself is busy, and we
  wait as we see fit. The quota is shared with every other app of the store.
* An order takes a new customer by `{"customer_id": n}` alone. Sending anything else beside it recalculates totals,
  drops discounts, deletes fees or tells the buyer. The guest's address on the order stays. Nothing prevents giving an
  order to a customer of another channel: we do.
* Notes are one text, replaced as a whole: ours is put below what is there. No write has a concurrency token.
* No call sends a mail to reset a password. Access is taken back by a password that nobody knows, and a forced reset;
  the customer asks for the mail at the store's own sign-in. No password is ever told, and `force_password_reset` may
  have been set by anybody and goes once it was used: a marker in the notes, sent along, tells what we did.
* Neither a store's rules for passwords nor what becomes of sessions that are open is documented.
* Whether several customers in one PUT are saved together or not at all is not documented: one at a time.
"""

from __future__ import annotations

CONNECTION = "bigcommerce"
HOSTS: tuple[str, ...] = ("api.bigcommerce.com",)  # where the vendor is; our key is sent to no other
LAG_SECONDS = 1  # a record asked for by its id is up to date
AT_ONCE = 16  # lanes walked side by side: as many as the largest quota times latency needs
KINDS = {"customer": "Store"}  # of its contacts, and what each is to the person it is about
SIGNS_IN: frozenset[str] = frozenset({"customer"})  # the kinds whose address is what a person signs in with
TAKES_NOTE: frozenset[str] = frozenset({"customer", "order"})  # the kinds of record that have a place for a note
PUTS_BACK: frozenset[str] = frozenset({"set_email", "set_name", "attach", "detach"})  # what it lets us undo
