"""
Splink on the same records, unsupervised, as its manual says for deduplication: `python splink_em.py FOLDER OUT`.

Contacts that bear names and orders without an account become one table; strings are lower-cased and trimmed, numbers
cut to their last ten digits, and the suffix (Jr., Sr.) stands in a column of its own. Blocks: the address, the number,
the street, first with last name, the postcode with the last name, with its first three letters or with the first name,
the street's beginning with the first name's. Comparisons: Splink's own EmailComparison and NameComparison (first and
last name, with term frequencies), the suffix, the postcode, and one that knows households: number or street (but for
three letters) shared with an alike first name, shared with another first name, or not shared. The prior comes from
deterministic rules (same address and last name; same number and full name; same street and full name; recall 0.6), u
from a random sample of pairs, m from three passes of expectation maximisation: over equal full names, over equal
addresses (over streets, where fewer than 500 addresses stand twice), and over equal last names with postcodes.

FOLDER holds our two tables; OUT gets every pair of at least 0.5 as Parquet: left, right, probability. Run in
`.venv-quality`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NAMED = ("customer", "contact", "client", "login")
SUFFIX = re.compile(r"\b(jr|sr)\b\.?$")
HOME = "(phone_l = phone_r OR levenshtein(address_l, address_r) <= 3)"
ENOUGH = 500  # "at least a few hundred" comparisons, says Splink where it trains on none
ALIKE = "jaro_winkler_similarity(first_name_l, first_name_r) >= 0.88"


def main(folder: str, out: str) -> None:
    records = read(Path(folder))
    database = DuckDBAPI()
    linker = Linker(database.register(records), settings(suffixes=records["suffix"].notna().any()))
    exact = ["l.email = r.email AND l.last_name = r.last_name"]
    exact += [f"l.{shared} = r.{shared} AND {NAMES}" for shared in ("phone", "address")]
    linker.training.estimate_probability_two_random_records_match(exact, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    twice = records["email"].dropna().duplicated().sum() >= ENOUGH
    second = block_on("email" if twice else "address")
    for rule in (block_on("first_name", "last_name"), second, block_on("last_name", "postcode")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
    pairs = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    columns = {"unique_id_l": "left", "unique_id_r": "right", "match_probability": "probability"}
    pairs[list(columns)].rename(columns=columns).to_parquet(out)


NAMES = "l.first_name = r.first_name AND l.last_name = r.last_name"


def settings(suffixes: bool) -> SettingsCreator:
    unknown = "(phone_l IS NULL OR phone_r IS NULL) AND (address_l IS NULL OR address_r IS NULL)"
    household = cl.CustomComparison(
        output_column_name="home",
        comparison_levels=[
            cll.CustomLevel(unknown, "unknown").configure(is_null_level=True),
            cll.CustomLevel(f"{HOME} AND {ALIKE}", "shared, first names alike"),
            cll.CustomLevel(HOME, "shared, first names differ"),
            cll.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        comparisons=[
            cl.EmailComparison("email"),
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
            *([cl.ExactMatch("suffix")] if suffixes else []),
            household,
            cl.LevenshteinAtThresholds("postcode", [2]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"),
            block_on("phone"),
            block_on("address"),
            block_on("first_name", "last_name"),
            block_on("last_name", "postcode"),
            block_on("first_name", "postcode"),
            block_on("substr(last_name, 1, 3)", "postcode"),
            block_on("substr(address, 1, 8)", "substr(first_name, 1, 1)"),
        ],
    )


def read(folder: Path) -> pd.DataFrame:
    contacts, orders = (pd.read_parquet(folder / f"{name}.parquet") for name in ("contacts", "orders"))
    contacts = contacts[contacts["kind"].isin(NAMED)]
    stubs = contacts[(contacts["platform"] == "shopify") & contacts["first_name"].isna() & contacts["last_name"].isna()]
    contacts = contacts.drop(stubs.index)
    orphans = orders[orders["contact_id"].isna() | orders["contact_id"].isin(stubs["id"])].assign(kind="order")
    wanted = ["first_name", "last_name", "email", "phone", "address", "city", "postcode"]
    both = pd.concat([contacts[["platform", "kind", "id", *wanted]], orphans[["platform", "kind", "id", *wanted]]])
    both["unique_id"] = both["platform"] + ":" + both["kind"] + ":" + both["id"]
    for column in wanted:
        both[column] = both[column].str.lower().str.strip()
    both["suffix"] = both["last_name"].str.extract(SUFFIX, expand=False)
    both["last_name"] = both["last_name"].str.replace(SUFFIX, "", regex=True).str.strip()
    digits = both["phone"].str.replace(r"\D", "", regex=True).str[-10:]
    both["phone"] = digits.mask(digits.str.fullmatch(r"(\d)\1*", na=False))
    return both[["unique_id", "suffix", *wanted]].replace({"": None}).reset_index(drop=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
