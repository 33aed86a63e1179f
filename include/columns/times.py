"""The forms in which platforms write a time, each read from one text, and from a column of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

from include.columns.parts import Doubt

if TYPE_CHECKING:
    import pyarrow as pa

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Form:
    """`read` says what a text means. `iso` gives texts of the usual shape in ISO's form, and doubts any other."""

    read: Callable[[str], datetime]
    iso: Callable[[pa.Array], pa.Array]

    def every(self, texts: pa.Array) -> pa.Array:
        """Texts as times. Arrow reads no time without a zone, and no day that is none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        told = self.iso(texts).cast(pa.timestamp("us", tz="UTC"))
        bounds = pc.min_max(told.cast(pa.int64())).as_py()
        if bounds["min"] is not None and not FIRST <= bounds["min"] <= bounds["max"] <= LAST:
            raise Doubt
        return told


def _as_it_is(texts: pa.Array) -> pa.Array:
    return texts


def _from_rfc2822(texts: pa.Array) -> pa.Array:
    """`Tue, 05 Mar 2019 21:40:11 +0000`; its zone `-0000` is none, and a year of two digits is one of this century."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def joined(*parts: Any) -> Any:
        return pc.binary_join_element_wise(*parts, "")

    cuts = ((0, 3), (5, 7), (8, 11), (12, 16), (17, 25), (26, 31))
    day, date, month, year, clock, zone = (pc.utf8_slice_codeunits(texts, *cut) for cut in cuts)
    number = pa.array([f"{number:02d}" for number in range(1, 13)]).take(pc.index_in(month, pa.array(MONTHS)))
    usual = [
        pc.equal(joined(day, ", ", date, " ", month, " ", year, " ", clock, " ", zone), texts),
        pc.is_in(day, pa.array(DAYS)),
        pc.equal(pc.utf8_length(texts), 31),
        pc.is_valid(number),
        pc.greater_equal(year, "0100"),
        pc.not_equal(zone, "-0000"),
    ]
    if not pc.all(pc.or_(reduce(pc.and_, usual), pc.is_null(texts))).as_py():
        raise Doubt
    return joined(year, "-", number, "-", date, "T", clock, zone)


BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# Beyond these Python has no times.
FIRST = (datetime.min.replace(tzinfo=UTC) - BEGINNING) // MICROSECOND
LAST = (datetime.max.replace(tzinfo=UTC) - BEGINNING) // MICROSECOND

ISO = Form(datetime.fromisoformat, _as_it_is)
RFC2822 = Form(parsedate_to_datetime, _from_rfc2822)
