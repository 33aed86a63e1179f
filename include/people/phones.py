"""Phone numbers as E.164, so that two spellings of one number are equal; numbers that only fill a field are none."""

from __future__ import annotations

from functools import lru_cache

SEQUENCES = ("0123456789", "1234567890", "9876543210")


@lru_cache(maxsize=1 << 17)
def normal(text: str | None, region: str) -> str | None:
    """
    The number in E.164 (`+15035550100`, an extension after `;ext=`), or None when it is none or only fills a field.

    `region`: the two letters of the country whose numbers are written without a country code.
    """
    import phonenumbers

    if not text or not text.strip():
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or _fills(str(number.national_number)):
        return None
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain


def _fills(digits: str) -> bool:
    """Whether the digits are one repeated (555 555 5555) or run in order (123 456 7890)."""
    return len(set(digits)) <= 2 or any(digits in sequence or sequence in digits for sequence in SEQUENCES)
