"""
Phone numbers as E.164, so that two spellings of one number are equal; numbers that only fill a field are none.

`normal` is the truth. `plainly` gives the same for whole columns in the engine: for numbers with their country's code,
and in North America for those without.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

SEQUENCES = ("0123456789", "1234567890", "9876543210")
LINE = 7  # the last digits of a number, without the area
RUNS = "|".join(sequence[at : at + LINE] for sequence in SEQUENCES for at in range(4))
FEW = "|".join(f"[{one}{other}]{{{LINE}}}" for one, other in combinations("0123456789", 2))
WRITTEN = "[0-9 .()-]"  # what a plain number is written with, but for a plus before it
SHORTEST, LONGEST = 7, 12  # of a plain number, without its country's code


@lru_cache(maxsize=1 << 17)
def normal(text: str | None, region: str) -> str | None:
    """
    The number in E.164 (`+15035550100`, an extension after `;ext=`), or None when it is none or only fills a field.

    `region`: the two letters of the country whose numbers are written without a country code. A number without its
    area is none: it is another one in every town.
    """
    import phonenumbers

    if not text or not text.strip():
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not possible or _fills(str(number.national_number)):
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain


def plainly(raw: ir.Table, region: str) -> ir.Table:
    """`raw`, its `number`, and `plain`: whether that holds, or only `normal` can tell."""
    from ibis import _

    whole, taken = _with_code()
    here = ["1?[2-9][0-9]{9}"] if _north_american(region) else []
    digits = raw.mutate(digits=_.raw.re_replace("[ .()-]+", ""))
    return digits.select(
        "raw",
        number=_.digits.startswith("+").ifelse(_.digits, "+1" + _.digits.right(10)),
        plain=_.raw.re_search(rf"^[+]?{WRITTEN}{{7,24}}\z")
        & _.digits.re_search(rf"^(?:{'|'.join([*whole, *here])})\z")
        & ~_.digits.re_search(rf"^(?:{'|'.join(taken)})")
        & ~_.digits.re_search(rf"{RUNS}|(?:{FEW})\z"),
    )


def _fills(digits: str) -> bool:
    """Whether the digits are one or two repeated, run in order (123 456 7890), or end in one (503 555 5555)."""
    ends_in_one = len(digits) > LINE and len(set(digits[-LINE:])) == 1
    return ends_in_one or len(set(digits)) <= 2 or any(digits in run or run in digits for run in SEQUENCES)


@cache
def _with_code() -> tuple[list[str], list[str]]:
    """
    Regular expressions for numbers with a plus: those as long as their country's are, and those among them from which
    the library may take something off before it counts (what is dialled between towns).
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    whole, taken = [], []
    for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()):
        if regions[0] == "001":
            continue  # no country's, but freephone and satellites
        told = PhoneMetadata.metadata_for_region(regions[0])
        if told is None or told.general_desc is None:
            continue
        lengths = [length for length in told.general_desc.possible_length if SHORTEST <= length <= LONGEST]
        whole += [f"[+]{code}[1-9][0-9]{{{length - 1}}}" for length in lengths]
        if told.national_prefix_for_parsing:
            taken.append(f"[+]{code}(?:{told.national_prefix_for_parsing})")
    return whole, taken


def _north_american(region: str) -> bool:
    from phonenumbers import country_code_for_region

    return bool(country_code_for_region(region) == 1)
