"""What a coordinator should look at."""

from collections.abc import Sequence
from dataclasses import dataclass

_NAMED = 3


@dataclass(frozen=True)
class Warned:
    """One thing to look at.

    ``kind`` is one of ``far_from_others``, ``too_fast``, ``edited_by_another``, ``several_annotations``,
    ``not_assigned``, ``config_changed``, ``lacks_annotators``, ``held``. ``annotator`` is whom it concerns
    (None: nobody in particular), ``n`` how many annotations or passages, and ``passages`` which. Where a
    rule decides, ``value`` with its interval is what was compared with ``limit``.
    """

    kind: str
    message: str
    n: int
    annotator: str | None = None
    passages: tuple[str, ...] = ()
    value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    limit: float | None = None


def some(names: Sequence[str]) -> str:
    """Name the first few of many."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def counted(number: int, one: str, many: str | None = None) -> str:
    """Put a number before its noun.

    >>> counted(1, "passage"), counted(2, "passage")
    ('1 passage', '2 passages')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"
