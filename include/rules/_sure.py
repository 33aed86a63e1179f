"""What counts as beyond doubt: an option is recommended only where a careful colleague would not ask."""

from __future__ import annotations

from include.people import names
from include.people.names import Name


def one_name(left: Name | None, right: Name | None) -> bool:
    """
    Whether two names are one beyond doubt: whole, and equal but for case, accents, titles and order.

    A nickname or an initial may be somebody else's in the same household, and so may a name of which a part is missing.
    """
    if left is None or right is None or names.agree(left, right) is not True:
        return False
    if left.last != right.last:
        return bool(left.last and right.last) and (
            left.first == right.last or _joined(left.last) == _joined(right.last)
        )
    return (
        bool(left.last)
        and len(left.given) > 1
        and (left.given == right.given or _joined(left.first) == _joined(right.first))
    )


def _joined(text: str) -> str:
    return text.replace(" ", "")
