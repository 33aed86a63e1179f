"""The normal forms that the engine works out are those of the functions, value by value."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.people import addresses, companies, domains, names, normal, phones

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="the shared corpora are not here")
REGIONS = ["US", "CA", "BS", "GB", "DE", "BR", "IT"]
few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))

parts = st.from_regex(r"[A-Za-z0-9._+\-]{1,20}", fullmatch=True)
hosts = st.one_of(
    st.sampled_from(["gmail.com", "GoogleMail.com", "pm.me", "outlook.com", "gmial.com", "b.local", "x.test", "a.con"]),
    st.from_regex(r"[A-Za-z0-9.\-]{1,12}\.[A-Za-z]{1,4}", fullmatch=True),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
emails = st.one_of(
    st.from_regex(addresses.PLAIN, fullmatch=True),
    st.builds("{}@{}".format, parts, hosts),
    st.builds("{}@{}".format, st.sampled_from(["info", "INFO+x", "no-reply", "a" * 60, "x" * 64]), hosts),
    st.builds(lambda text, end: f"a@b.com{text}{end}", texts, st.sampled_from(["", "\n", "\r", "\u2028", "\u0085"])),
    texts,
)
said = st.one_of(
    st.from_regex(r"[A-Za-z]{0,8}", fullmatch=True),
    st.from_regex(r"[A-Za-z\u00c0-\u017f '.\u2019\-]{0,12}", fullmatch=True),
    st.sampled_from([*names.TITLES, *names.SUFFIXES, *names.DEGREES, *names.fillers(), "N/A", "Lee, Ann", "Lee, Jr."]),
    st.sampled_from(
        ["Ann", "Mary Ann", "van der Berg", "O'Brien", "STRASSE", "Straße", "İpek", "I", "Ann\n", "Æsa", "ŉo"]
    ),
    texts,
)
dialled = st.one_of(
    st.from_regex(r"[+]?[0-9 .()\-]{5,20}", fullmatch=True),
    st.from_regex(r"[+]?1?[ .-]?\(?[2-9][0-9]{2}\)?[ .-]?[0-9]{3}[ .-]?[0-9]{4}", fullmatch=True),
    st.builds(lambda code, rest: f"+{code}{rest}", st.integers(1, 999), st.from_regex("[0-9]{6,12}", fullmatch=True)),
    st.builds(lambda rest: f"+{rest}", st.sampled_from(["44180020" + "7" * 8, "5513" + "9" * 9, "15555555555"])),
    texts,
)
firms = st.one_of(
    st.from_regex(r"(The )?[A-Za-z0-9 &,.'/\-]{0,12}( Inc\.?|, LLC| & Co\. KG| and Co| Ltd)?", fullmatch=True),
    st.sampled_from(["The", "N/A", "n.a.", "Inc", "and", "& Co", "S.A.", "Müller GmbH", "Self-Employed", "A+B", "A/S"]),
    texts,
)


class Engine:
    """What DuckDB says of values that it calls plain. Each expression is compiled once."""

    def __init__(self):
        self.backend = ibis.duckdb.connect()
        self.known = self.backend.create_table("domains", domains.table(), temp=True)
        self.compiled = {}

    def plain(self, name, columns, plainly):
        spoken = pa.table(columns, schema=pa.schema([(column, pa.string()) for column in columns]))
        if name not in self.compiled:
            told = plainly(ibis.table(ibis.Schema.from_pyarrow(spoken.schema), name="spoken"))
            self.compiled[name] = ibis.to_sql(told.filter(told.plain).drop("plain"), dialect="duckdb")
        self.backend.con.register("spoken", spoken)
        return self.backend.con.sql(self.compiled[name]).to_arrow_table().to_pylist()


@pytest.fixture(scope="module")
def engine():
    made = Engine()
    yield made
    made.backend.disconnect()


def same_addresses(engine, values):
    rows = engine.plain("addresses", {"raw": sorted(set(values))}, lambda raw: addresses.plainly(raw, engine.known))
    for row in rows:
        assert addresses.Address(**{key: row[key] for key in row if key != "raw"}) == addresses.normal(row["raw"]), row
    return rows


def same_names(engine, pairs):
    pairs = sorted({pair for pair in pairs if normal.BETWEEN not in "".join(pair)})
    first, last = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    columns = {"raw_first": first, "raw_last": last, "said": [normal.BETWEEN.join(pair) for pair in pairs]}
    rows = engine.plain("names", columns, names.plainly)
    for row in rows:
        spoken = row.pop("said")
        assert names.Name(**row) == names.normal(*spoken.split(normal.BETWEEN, 1)), spoken
    return rows


def same_phones(engine, values, region):
    rows = engine.plain(region, {"raw": sorted(set(values))}, lambda raw: phones.plainly(raw, region))
    for row in rows:
        assert row["number"] == phones.normal(row["raw"], region), row
    return rows


def same_companies(engine, values):
    rows = engine.plain("companies", {"raw": sorted(set(values))}, companies.plainly)
    for row in rows:
        assert row["company"] == companies.normal(row["raw"]), row
    return rows


@few
@given(st.lists(emails, min_size=20, max_size=40))
def test_a_plain_address_has_the_form_that_the_function_gives_it(engine, values):
    same_addresses(engine, values)


@few
@given(st.lists(st.tuples(said, said), min_size=20, max_size=40))
def test_a_plain_name_has_the_form_that_the_function_gives_it(engine, pairs):
    same_names(engine, pairs)


@few
@given(st.lists(dialled, min_size=20, max_size=40), st.sampled_from(REGIONS))
def test_a_plain_number_has_the_form_that_the_function_gives_it(engine, values, region):
    same_phones(engine, values, region)


@few
@given(st.lists(firms, min_size=20, max_size=40))
def test_a_plain_company_has_the_form_that_the_function_gives_it(engine, values):
    same_companies(engine, values)


def corpus():
    """Every text of the corpora that somebody may have entered."""
    tree = ElementTree.parse(CORPORA / "isemail" / "tests.xml")
    found = [node.text or "" for node in tree.iter("address")]
    found += json.loads((CORPORA / "blns" / "blns.json").read_text("utf-8"))
    found += [case["input"] for case in json.loads((CORPORA / "email_validator" / "cases.json").read_text("utf-8"))]
    numbers = json.loads((CORPORA / "phones" / "libphonenumber_test_strings.json").read_text("utf-8"))
    found += [case["text"] for case in numbers]
    found += [pair["typo"] for pair in json.loads((CORPORA / "mailcheck_typos" / "pairs.json").read_text("utf-8"))]
    found += (CORPORA / "nicknames" / "names.csv").read_text("utf-8").replace("\n", ",").split(",")
    texts = (text for text in found if isinstance(text, str))
    return [text for text in texts if text.encode("utf-8", "ignore").decode() == text]


@needs_corpora
def test_what_is_plain_in_the_corpora_has_the_form_that_the_function_gives_it(engine):
    values = corpus()
    assert len(values) > 5000
    same_addresses(engine, values)
    same_names(engine, list(pairwise(values)))
    same_companies(engine, values)
    for region in REGIONS:
        same_phones(engine, values, region)
    listed = json.loads((CORPORA / "free_mail_domains" / "domains.json").read_text("utf-8"))
    assert len(same_addresses(engine, [f"Ann.Lee+x@{domain}" for domain in listed])) > 0.9 * len(listed)


@pytest.mark.parametrize(
    ("plainly", "values"),
    [
        pytest.param(same_addresses, ["Ann.Lee@Example.com", "a+b@gmail.com", "x_1-y@sub.b-c.co.uk"], id="addresses"),
        pytest.param(same_names, [("Ann", "Lee"), ("MARY ANN", "Núñez-O'Brien"), ("", "Lee")], id="names"),
        pytest.param(same_companies, ["Acme, Inc.", "The Roe & Sons Co.", "7 Eleven"], id="companies"),
    ],
)
def test_common_values_are_plain(engine, plainly, values):
    assert len(plainly(engine, values)) == len(values)


@pytest.mark.parametrize(
    "number", ["(503) 234-8761", "1 503 234 8761", "+15032348761", "+44 20 7946 0018", "+4930234762"]
)
def test_common_numbers_are_plain(engine, number):
    assert same_phones(engine, [number], "US")


FIRSTS = "Ann|Anne|A.|Ann Marie|Annmarie|Ann M|Ann Lou|Bob|Robert|Rob|Unknown|Test|Ol\u00e9|\u0416\u0430\u043d|"
LASTS = "Lee|Lee-Roe|van Roe|Vanroe|Roe|Roe Jr.|Roe III|Lee Sr|Ann|User|"
known = st.tuples(st.sampled_from(FIRSTS.split("|")), st.sampled_from(LASTS.split("|")))


def same_agreement(engine, pairs):
    """Both ways of asking whether names agree, for every two of `pairs`."""
    found = [names.normal(*pair) or names.Name("", "", "") for pair in pairs]
    columns = {column: [getattr(name, column) for name in found] for column in names.Name.__slots__}
    engine.backend.con.register("named", pa.table({"n": range(len(found)), **columns}))
    if "agreed" not in engine.compiled:
        kinds = dict.fromkeys(names.Name.__slots__, "string")
        left = ibis.table({"n": "int64", **kinds}, name="named")
        right = left.view()
        both = left.cross_join(right).select(one=left.n, other=right.n, agreed=names.agreed(left, right))
        engine.compiled["agreed"] = ibis.to_sql(both, dialect="duckdb")
    for row in engine.backend.con.sql(engine.compiled["agreed"]).to_arrow_table().to_pylist():
        left, right = found[row["one"]], found[row["other"]]
        assert row["agreed"] is names.agree(left, right), (left, right)


@few
@given(st.lists(st.one_of(known, known, st.tuples(said, said)), min_size=10, max_size=40))
def test_the_engine_and_the_function_say_the_same_of_two_names(engine, pairs):
    same_agreement(engine, pairs)
