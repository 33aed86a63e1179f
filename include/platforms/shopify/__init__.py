"""
Shopify, through the Admin GraphQL API 2026-10. Customers are contacts; an order's buyer may be nobody or a stub.

Airflow connection `shopify` (type `http`): host `https://<shop>.myshopify.com`, extra `{"api_version": "2026-10"}`.
An app of the Dev Dashboard (since 2026 there are no other new ones): login its client id, password its client secret;
Rollcall asks the shop for the access token, which ends after a day, and keeps it in memory only. App and shop must
belong to one organisation. An app made in Shopify's admin before: no login, password its Admin access token.

Scopes: `write_customers`, `write_orders`, `read_all_orders` (without the last one Shopify leaves out orders older than
60 days and says nothing), and protected customer data, level 2. To merge customers, also `write_customer_merge`.
To reset access on legacy accounts, the extra also needs `storefront_token`: an access token of the Storefront API, with
the scope `unauthenticated_write_customers`.

`tag` in the extra: a tag that every customer and order with a note of Rollcall's is given too: at most 40 characters,
as many as an order's may have (default: none).
`bulk_from` in the extra: with at least so many customers and orders (10000) they are pulled by bulk operations.

What we know (shopify.dev, the 2026-10 schema, and answers recorded from development stores; seen 2026-11):

* 200 is not success: `errors`, then `userErrors`, then the payload. THROTTLED and ACCESS_DENIED come as 200 too.
* A field that is redacted comes as null with an error beside it. It is never read as "there is none".
* A search field Shopify does not know matches everything, and only `extensions.search` warns.
* A version that is no longer supported is answered by a newer one: the header `X-Shopify-API-Version` tells.
* An email is unique among customers whatever its case; case is kept, spaces are dropped, there are no aliases.
  `customerUpdate` has no error codes: a taken address is known by the field and the English sentence.
* An order without an account has `customer: null` (class A), or sits on a DISABLED profile that its checkout made
  (class B: a stub). A stub cannot be deleted once it has had an order; it stays behind.
* Whether `orderCustomerSet` also rewrites the order's email is not documented: either is expected here.
* There is no password to set or reset in this API; the invitation exists for legacy ("classic") accounts only. A reset
  mail is the Storefront API's `customerRecover`, on legacy accounts too: it goes to the address that the customer has
  by then, is throttled by IP, and nothing that can be read shows that it went. On new customer accounts nobody has a
  password: whoever has the address signs in with a code that is sent to it.
* A change of address leaves the old password and open sessions as they were; a new password ends them.
* A merge is a job, cannot be undone, and is refused for customers with gift cards, subscriptions and the like. Who
  survives follows from the address that is to be kept, not from the order of the two. The duplicate's id answers
  nothing from then on and its address is lost; its orders are the survivor's, and bear the survivor's address.
* All records: by bulk operation (no points, all or nothing, as fast as Shopify likes), five of an app's at a time.
  A cursor leads at most 25,000 records deep, says one page of Shopify's, and no count is higher; another says that
  the Admin API goes further. Ranges of ids in a search do without either, but the search index lags.
* Customers are found by the whole day of their last change, orders by the second. Deletions and merges show nowhere
  but in the counts.
* Counters (`numberOfOrders`) lag behind; a record asked for by its id does not.
"""

from __future__ import annotations

CONNECTION = "shopify"
HOSTS: tuple[str, ...] = (".myshopify.com",)  # where the vendor is; our key is sent to no other
LAG_SECONDS = 2  # a record read by its id is up to date; only the search index and counters lag
AT_ONCE = 8  # lanes walked side by side: more than quota times latency needs on every plan but the largest
KINDS = {"customer": "Store"}  # of its contacts, and what each is to the person it is about
SIGNS_IN: frozenset[str] = frozenset({"customer"})  # the kinds whose address is what a person signs in with
TAKES_NOTE: frozenset[str] = frozenset({"customer", "order"})  # the kinds of record that have a place for a note
PUTS_BACK: frozenset[str] = frozenset({"set_email", "set_name", "set_order_email", "attach"})  # what it lets us undo
