"""Who answers faster than the passages can be read."""

from collections.abc import Mapping, Sequence
from statistics import median

from annotate.coordination.following.warning import Warned
from annotate.coordination.following.work import Passage, Work
from annotate.sampling import wilson

LEAST = 10
CONFIDENCE = 0.99
_CHARACTERS_A_SECOND = 40.0  # 400 words a minute of six characters, with the space
_SECONDS_TO_ANSWER = 2.0
_SHARE_OF_OTHERS = 0.5

OwnWork = Mapping[str, Sequence[tuple[Passage, Work]]]


def too_fast(work: OwnWork) -> list[Warned]:
    """Warn of annotators who answer most passages in less time than reading takes.

    An answer is too fast if it came in less than two seconds and the time to read the passage at 400 words
    a minute. Most adults read 175 to 300: Brysbaert (2019), How many words do we read per minute?, Journal
    of Memory and Language 109, 104047. The warning fires if

    - there are 10 timed annotations or more,
    - the share of those that are too fast is above one half, with the lower end of its 99 % interval
      (see :mod:`annotate.sampling`), and
    - the median time is below half of the median of the other annotators' medians, where others have
      timed annotations. Where everybody is fast, the passages are easy, or all should be asked.

    Parameters
    ----------
    work
        The annotations of each annotator, without skips.

    """
    timed = {
        name: [(one.seconds, _needed(passage)) for passage, one in own if one.seconds is not None]
        for name, own in work.items()
    }
    timed = {name: times for name, times in timed.items() if len(times) >= LEAST}
    medians = {name: median(seconds for seconds, _ in times) for name, times in timed.items()}
    found = []
    for name, times in timed.items():
        others = [value for other, value in medians.items() if other != name]
        if others and medians[name] >= _SHARE_OF_OTHERS * median(others):
            continue
        fast = sum(seconds < needed for seconds, needed in times)
        low, high = wilson(fast / len(times), len(times), CONFIDENCE)
        if low > 0.5:  # noqa: PLR2004 (one half)
            of_others = f"; the others take {median(others):.1f} s" if others else ""
            found.append(
                Warned(
                    "too_fast",
                    f"{name} answers in {medians[name]:.1f} s (median), {fast} of {len(times)} times faster than "
                    f"the passage can be read{of_others}",
                    fast,
                    name,
                    value=fast / len(times),
                    ci_low=low,
                    ci_high=high,
                    limit=0.5,
                )
            )
    return found


def _needed(passage: Passage) -> float:
    """The least seconds that a passage takes to read and answer."""
    return _SECONDS_TO_ANSWER + passage.characters / _CHARACTERS_A_SECOND
