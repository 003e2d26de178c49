"""Who is far from the others, and who answers faster than the passages can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.codebook.scale import Scale
from annotate.coordination.following.irregular import Warned
from annotate.coordination.following.work import Passage, Work
from annotate.counts.judgements import judgements, met
from annotate.counts.patterns import FloatArray
from annotate.counts.table import bring_home
from annotate.errors import counted
from annotate.sampling import t_quantile, wilson

LEAST_PASSAGES = 20
CONFIDENCE = 0.99
MARGIN = 0.10


@dataclass(frozen=True, eq=False)
class _Met:
    """By passage (I): pairs of judgements and those alike, of everybody (I,) and with each annotator (A, I)."""

    annotators: Sequence[str]
    pairs: FloatArray
    alike: FloatArray
    own_pairs: FloatArray
    own_alike: FloatArray


def far_from_others(
    ratings: IntoFrame,
    *,
    scales: Mapping[str, Scale],
) -> list[Warned]:
    """Warn of annotators who agree with the others clearly less than these agree among themselves.

    Compared are two shares of pairs of judgements, of one variable on one passage, that are alike: of the
    pairs with the annotator, and of the pairs among the others. Their difference is little touched by
    chance agreement, which is about the same in both. Its interval is that of a difference of two ratios,
    linearised over passages (Cochran 1977, Sampling Techniques, 3rd ed., ch. 6), with Student's t: the
    judgements of one passage are not independent, so passages are what counts. The warning fires if

    - there are 20 passages or more with pairs of the annotator, and as many with pairs of the others, which
      takes three annotators, and
    - the lower end of the 99 % interval of the difference is above 0.10.

    Two choices are alike or not, whatever the level. Ratings are those of the first round.
    """
    met_ = _meetings(ratings, scales)
    found = []
    for place, name in enumerate(met_.annotators):
        others_pairs = met_.pairs - met_.own_pairs[place]
        others_alike = met_.alike - met_.own_alike[place]
        passages = [int(np.count_nonzero(pairs)) for pairs in (met_.own_pairs[place], others_pairs)]
        if min(passages) < LEAST_PASSAGES:
            continue
        own, own_pull = _ratio(met_.own_alike[place], met_.own_pairs[place])
        others, others_pull = _ratio(others_alike, others_pairs)
        error = float(np.sqrt(((others_pull - own_pull) ** 2).sum()))
        reach = t_quantile((1 + CONFIDENCE) / 2, min(passages) - 1) * error
        difference = others - own
        if difference - reach > MARGIN:
            found.append(
                Warned(
                    "far_from_others",
                    f"{name} agrees with the others in {100 * own:.0f} % of the choices on {counted(passages[0], 'passage')}; "
                    f"the others agree in {100 * others:.0f} % among themselves",
                    passages[0],
                    name,
                    value=difference,
                    ci_low=difference - reach,
                    ci_high=difference + reach,
                    limit=MARGIN,
                )
            )
    return found


def _ratio(above: FloatArray, below: FloatArray) -> tuple[float, FloatArray]:
    """A ratio of two sums over passages, and how far each passage moves it, scaled for the variance."""
    total, passages = below.sum(), int(np.count_nonzero(below))
    ratio = above.sum() / total
    pull = (above - ratio * below) / total
    return float(ratio), pull * np.sqrt(passages / (passages - 1))


def _meetings(ratings: IntoFrame, scales: Mapping[str, Scale]) -> _Met:
    home = bring_home(ratings)
    items = pd.Index(home["item"].astype("str").unique())
    people = pd.Index(sorted(home["annotator"].astype("str").unique()))
    counts = _Met(
        list(people),
        np.zeros(len(items)),
        np.zeros(len(items)),
        np.zeros((len(people), len(items))),
        np.zeros((len(people), len(items))),
    )
    for judged in judgements(home, scales=scales):
        place = items.get_indexer(judged.items)[judged.item]
        person = people.get_indexer(judged.annotators)[judged.annotator]
        for one, other in met(judged.unit, judged.annotator):
            alike = (judged.category[one] == judged.category[other]).astype(float)
            where = place[one]
            np.add.at(counts.pairs, where, 1.0)
            np.add.at(counts.alike, where, alike)
            for member in (one, other):
                np.add.at(counts.own_pairs, (person[member], where), 1.0)
                np.add.at(counts.own_alike, (person[member], where), alike)
    return counts


LEAST_TIMED = 10
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
    timed = {name: times for name, times in timed.items() if len(times) >= LEAST_TIMED}
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
                    f"{name} answers in {medians[name]:.1f} s (median), {fast} of {counted(len(times), 'time')} faster than "
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
    """Compute how many seconds it takes at least to read and answer a passage."""
    return _SECONDS_TO_ANSWER + passage.characters / _CHARACTERS_A_SECOND
