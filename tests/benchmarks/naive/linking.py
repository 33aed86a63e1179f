"""
Which contacts are one person, in plain pandas: merges on a normal address and on name and number, then groups.

The lists of role mailboxes, nicknames and providers are the house's own: no colleague would type them again.
"""

from __future__ import annotations

import pandas as pd

from include.people import names
from include.people.lists import listed
from include.settings import settings

NAMED = ["customer", "contact", "client", "login"]


def normal(emails: pd.Series) -> pd.Series:
    """Addresses in one spelling: lower case, without what a provider ignores."""
    parts = emails.astype("str").str.strip().str.lower().str.split("@", n=1)
    local, domain = parts.str[0].astype("str"), parts.str[1].replace({"googlemail.com": "gmail.com"}).astype("str")
    local = local.mask(domain.isin(listed("drops_tags")), local.str.split("+").str[0])
    local = local.mask(domain == "gmail.com", local.str.replace(".", ""))
    return local + "@" + domain.replace({"pm.me": "proton.me", "protonmail.com": "proton.me"})


def of_a_role(keys: pd.Series) -> pd.Series:
    return keys.str.split("@").str[0].str.split("+").str[0].isin(listed("role_mailboxes"))


def agree(pairs: pd.DataFrame) -> pd.Series:
    """Whether the names of each pair can be one person's: "yes", "no" or "unknown". Most are simply equal."""
    left = pairs[["first_name_left", "last_name_left"]]
    right = pairs[["first_name_right", "last_name_right"]]
    same = left.notna().all(axis=1)
    for one, other in zip(left, right, strict=True):
        same &= left[one].astype("str").str.lower() == right[other].astype("str").str.lower()
    found = pd.Series("yes", index=pairs.index)
    for place in pairs.index[~same]:
        known = [names.normal(*side.loc[place].replace({float("nan"): None})) for side in (left, right)]
        found[place] = {True: "yes", False: "no", None: "unknown"}[names.agree(*known)]
    return found


def link(contacts: pd.DataFrame) -> pd.Series:
    """The person of every contact that shares one with another, by its reference."""
    facts = contacts[["ref", "kind", "email", "other_emails", "first_name", "last_name", "phone", "links"]]
    named = facts[facts["kind"].isin(NAMED)]
    links = facts[["ref", "links"]].explode("links").dropna()
    explicit = links[links["links"].isin(facts["ref"])]
    explicit = pd.DataFrame({"left": explicit.min(axis=1), "right": explicit.max(axis=1)}).drop_duplicates()
    by_address = _sharing(named, _addresses(named))
    by_address = by_address.merge(explicit.assign(explicit=True), on=["left", "right"], how="left")
    agreed = agree(by_address)
    by_address = by_address[(agreed == "yes") | ((agreed == "unknown") & by_address["explicit"].notna())]
    by_number = _sharing(named, _numbers(named))
    by_number = by_number[agree(by_number) == "yes"]
    shared = pd.concat([by_address, by_number])[["left", "right"]]
    pairs = pd.concat([explicit, shared[~_contradict(shared, links)]]).drop_duplicates()
    return _grouped(pairs)


def _addresses(named: pd.DataFrame) -> pd.DataFrame:
    others = named[["ref", "other_emails"]].explode("other_emails").set_axis(["ref", "email"], axis=1)
    held = pd.concat([named[["ref", "email"]], others]).dropna()
    held["key"] = normal(held["email"].astype("str"))
    return held[~of_a_role(held["key"])][["ref", "key"]].drop_duplicates()


def _numbers(named: pd.DataFrame) -> pd.DataFrame:
    digits = (
        named["phone"].astype("str").str.replace(r"\D", "", regex=True).str.replace(r"^1(?=\d{10}$)", "", regex=True)
    )
    usable = digits.str.fullmatch(r"\d{10}").fillna(False).astype(bool)
    usable &= digits.map(lambda number: len(set(number)) > 2, na_action="ignore").fillna(False).astype(bool)
    name = named["first_name"].str.lower() + "|" + named["last_name"].str.lower()
    return pd.DataFrame({"ref": named["ref"], "key": name + "|" + digits})[usable].dropna().drop_duplicates()


def _sharing(named: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Pairs that hold the same value, where not too many do, with the names of both."""
    size = held.groupby("key")["ref"].transform("size")
    few = held[(size > 1) & (size <= settings().hub_size)]
    pairs = few.merge(few, on="key", suffixes=("_left", "_right"))
    pairs = pairs[pairs["ref_left"] < pairs["ref_right"]].rename(columns={"ref_left": "left", "ref_right": "right"})
    pairs = pairs[["left", "right"]].drop_duplicates()
    known = named.set_index("ref")[["first_name", "last_name"]]
    for side in ("left", "right"):
        pairs = pairs.join(known.add_suffix(f"_{side}"), on=side)
    return pairs.reset_index(drop=True)


def _contradict(pairs: pd.DataFrame, links: pd.DataFrame) -> pd.Series:
    """Whether both sides name records of one kind on one platform as theirs, and none of them the same."""
    claims = links.assign(kind=links["links"].str.rsplit(":", n=1).str[0])
    claims = claims[claims["kind"].str.rsplit(":").str[-1].isin(NAMED)]
    both = pairs.merge(claims, left_on="left", right_on="ref").merge(
        claims, left_on=["right", "kind"], right_on=["ref", "kind"]
    )
    both["same"] = both["links_x"] == both["links_y"]
    met = both.groupby(["left", "right", "kind"])["same"].any()
    against = met[~met].reset_index()[["left", "right"]].drop_duplicates().assign(against=True)
    marked = pairs.merge(against, on=["left", "right"], how="left")["against"].notna()
    return marked.set_axis(pairs.index)


def _grouped(pairs: pd.DataFrame) -> pd.Series:
    """The smallest reference of every group that the pairs make; groups that are too large are left out."""
    above: dict[str, str] = {}

    def top(ref: str) -> str:
        while above.setdefault(ref, ref) != ref:
            ref = above[ref]
        return ref

    for left, right in pairs[["left", "right"]].itertuples(index=False):
        low, high = sorted((top(left), top(right)))
        above[high] = low
    person = pd.Series({ref: top(ref) for ref in above}, dtype="str")
    return person[person.groupby(person).transform("size") <= settings().group_size]
