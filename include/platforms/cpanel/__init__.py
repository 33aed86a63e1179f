"""
cPanel: hosting accounts and the address each is reached at, through the server's WHM.

Airflow connection `whm`: host `https://server:2087`, login the WHM user, password an API token with the rights
`list-accts`, `acct-summary` and `edit-account` only; extra may hold `{"method": "GET"}` for a server that takes no
POST.

What we know (cPanel's OpenAPI 11.137, seen 2026-09-05):
* A function that failed answers 200 with `metadata.result` 0; a wrong token answers 403 in another envelope.
* An account's address resets its password. It can be set (`modifyacct`, parameter `contactemail`); the second address
  (`CONTACTEMAIL2`) can be seen in that answer, but not set.
* `modifyacct` can also rename an account or change its owner: nothing but `user` and `contactemail` is ever sent.
* `*unknown*` is how it says that an account has no address.
* The documentation shows changes as GET; they are sent as POST, because a query string ends up in access logs. Whether
  WHM takes a POST is not documented: where it answers 405, nothing was changed and the fix says to name the method.
"""

CONNECTION = "whm"
HOSTS: tuple[str, ...] = ()  # everybody has their own: ROLLCALL_HOSTS names it
LAG_SECONDS = 0
AT_ONCE = 1  # lanes walked side by side: one call tells all
KINDS = {"hosting": "Web hosting"}  # of its contacts, and what each is to the person it is about
SIGNS_IN: frozenset[str] = frozenset()  # the kinds whose address is what a person signs in with
TAKES_NOTE: frozenset[str] = frozenset()  # the kinds of record that have a place for a note
PUTS_BACK: frozenset[str] = frozenset({"set_email"})  # what it lets us undo
