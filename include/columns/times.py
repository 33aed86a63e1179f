"""The forms in which platforms write a time, each read from one text, and from a column of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from include.columns.parts import Doubt

if TYPE_CHECKING:
    import pyarrow as pa

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LENGTH = len("Tue, 05 Mar 2019 21:40:11 +0000")
PATTERN = b"2019-03-05T21:40:11+0000"


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
    import numpy as np
    import pyarrow as pa

    said = texts.drop_null()
    letters = _letters(said)
    months, known = _fours(letters, 7), _four_of(f" {month}" for month in MONTHS)
    in_order = np.argsort(known)
    place = in_order[np.searchsorted(known, months, sorter=in_order).clip(max=len(MONTHS) - 1)]
    usual = [
        np.isin(_fours(letters, 0), _four_of(f"{day}," for day in DAYS)),
        known[place] == months,
        *(letters[:, at] == ord(" ") for at in (4, 11, 16, 25)),
        (letters[:, 12] > ord("0")) | (letters[:, 13] > ord("0")),  # the year 100, or a later one
        (_fours(letters, 26) != _four_of(["-000"])) | (letters[:, 30] != ord("0")),
    ]
    if not all(each.all() for each in usual):
        raise Doubt
    iso = np.full((len(said), len(PATTERN)), tuple(PATTERN), np.uint8)
    for at, cut in ((0, slice(12, 16)), (8, slice(5, 7)), (11, slice(17, 25)), (19, slice(26, 31))):
        iso[:, at : at + cut.stop - cut.start] = letters[:, cut]
    iso[:, 5:7] = np.array([tuple(b"%02d" % number) for number in range(1, 13)], np.uint8)[place]
    ends = np.arange(len(said) + 1, dtype=np.int32) * len(PATTERN)
    told = pa.StringArray.from_buffers(len(said), pa.py_buffer(ends), pa.py_buffer(iso))
    if not texts.null_count:
        return told
    there = texts.is_valid().to_numpy(zero_copy_only=False)
    return told.take(pa.array(there.cumsum() - 1, mask=~there))


def _letters(texts: pa.Array) -> Any:
    """The bytes of texts without nulls, a row each. Doubts any that is longer or shorter than the usual."""
    import numpy as np

    if not len(texts):
        return np.empty((0, LENGTH), np.uint8)
    _, offsets, letters = texts.buffers()
    ends = np.frombuffer(offsets, np.int32, len(texts) + 1, 4 * texts.offset)
    if (np.diff(ends) != LENGTH).any():
        raise Doubt
    return np.frombuffer(letters, np.uint8)[ends[0] : ends[-1]].reshape(-1, LENGTH)


def _fours(letters: Any, at: int) -> Any:
    """Four letters of each row as a number."""
    import numpy as np

    return np.ascontiguousarray(letters[:, at : at + 4]).view("<u4").ravel()


def _four_of(texts: Iterable[str]) -> Any:
    import numpy as np

    return np.array([int.from_bytes(text.encode("ascii"), "little") for text in texts], np.uint32)


BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# Beyond these Python has no times.
FIRST = (datetime.min.replace(tzinfo=UTC) - BEGINNING) // MICROSECOND
LAST = (datetime.max.replace(tzinfo=UTC) - BEGINNING) // MICROSECOND

ISO = Form(datetime.fromisoformat, _as_it_is)
RFC2822 = Form(parsedate_to_datetime, _from_rfc2822)
