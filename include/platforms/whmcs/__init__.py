"""
WHMCS: clients (who is billed), logins (who signs in) and orders.

Airflow connection `whmcs`: host is the folder that holds `includes/api.php`, login the API identifier, password its
secret; extra may hold `accesskey` (when the IP allow list is bypassed so) and `page_size`.
API role: WhmcsDetails, GetClients, GetClientsDetails, GetUsers, GetContacts, GetClientsProducts, GetServers, GetOrders
and GetActivityLog; to apply fixes also UpdateClient, UpdateUser, UpdateContact, AddClientNote and LogActivity. Never
CreateSsoToken, ValidateLogin or GetClientPassword.

What we know (developers.whmcs.com at 2026-01-05):
* Since 8.0 the login is a user, the client is a billing record; they do not follow one another: an address is changed
  in both. One user may own several clients, and its address is the login of all of them.
* A user cannot be looked up by its id, a note cannot be read back, and nothing tells when a record was last changed.
* A client may have sub-contacts, with addresses of their own that get its mail; they sign in nowhere. They are not
  pulled: `holders` asks for them when a client wants another address.
* A client's cPanel accounts may be on several servers (`services`); the connection `whm` opens one of them.
* `userid` means the client in GetOrders and AddClientNote. Searches match beginnings only.
* Lists go by offsets, which shift when a record comes or goes. A killed pull goes on beyond the last id it kept; a list
  that does not come by id (clients before 8.2, and what is asked for in no order) is then pulled from its beginning.
* Times carry no zone; they are taken as UTC.
"""

CONNECTION = "whmcs"
HOSTS: tuple[str, ...] = ()  # everybody has their own: ROLLCALL_HOSTS names it
LAG_SECONDS = 0
AT_ONCE = 1  # lanes walked side by side: each call boots its PHP application
KINDS = {"client": "Billing", "login": "Sign-in"}  # of its contacts, and what each is to the person it is about
SIGNS_IN: frozenset[str] = frozenset({"login"})  # the kinds whose address is what a person signs in with
TAKES_NOTE: frozenset[str] = frozenset({"client"})  # the kinds of record that have a place for a note
PUTS_BACK: frozenset[str] = frozenset({"set_email", "set_name"})  # what it lets us undo
