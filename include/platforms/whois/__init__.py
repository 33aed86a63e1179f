"""
WHOIS: the contacts a registrar holds for a domain, through WHMCS and its registrar modules.

Airflow connection `whmcs` (see that platform). API role: WhmcsDetails, GetClientsDomains, DomainGetWhoisInfo; to
apply fixes also DomainUpdateWhoisInfo; DomainGetLockingStatus tells a request that a domain is locked. Extra holds
`whois_blank`, what stands for a blank in the name of an XML element (`"_"`, or `""` where it is left out): without it
nothing is sent to a registrar whose fields have blanks in their names.

What we know (developers.whmcs.com at 2026-01-05, and three public registrar modules):
* Roles and field names are the registrar module's own: `Email`, `Email Address`, ... A role may be a JSON text.
* Modules read every field of every role on saving: what is not sent may be blanked, so all of it is sent back.
* How a name with a blank (`First Name`) is spelled as an XML element is not documented, and a field whose name is not
  recognised may be saved empty. Try it on a domain of your own: send its contacts back by DomainUpdateWhoisInfo with
  `_` for each blank, and without any, and see in the registrar's panel at which none is lost.
* In which order GetClientsDomains lists is not documented: where it is by id, a killed pull goes on beyond the last one
  whose registrar was asked; otherwise it begins anew.
* A save may succeed and change nothing: only reading back tells.
* Under ICANN's transfer policy a new registrant address is a change of registrant: both addresses may have to
  confirm, the domain may be locked against transfer for 60 days, and it is suspended when the new address is not
  verified within 15. So a change here is proposed by itself and needs its own consent (`registrant_change`).
* A redacted address means unknown, never different. Nothing is sent back while any value of any role is redacted: the
  words that hide it would be saved in its place.
* A lock (DomainGetLockingStatus) is meant against transfers. Whether a registrar refuses a new address because of it is
  not documented: a locked domain is asked last.
"""

CONNECTION = "whmcs"
HOSTS: tuple[str, ...] = ()  # everybody has their own: ROLLCALL_HOSTS names it
LAG_SECONDS = 5
AT_ONCE = 1  # lanes walked side by side: each call asks a registrar
KINDS = {"domain": "Domain registration"}  # of its contacts, and what each is to the person it is about
SIGNS_IN: frozenset[str] = frozenset()  # the kinds whose address is what a person signs in with
TAKES_NOTE: frozenset[str] = frozenset()  # the kinds of record that have a place for a note
PUTS_BACK: frozenset[str] = frozenset({"set_email"})  # what it lets us undo
