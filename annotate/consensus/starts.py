"""Several climbs from different places, and what they say of the maximum that is kept.

The likelihood has many maxima, and it is the same if the categories change their names. So the first
climb starts where Dawid & Skene (1979, eq. 3.1) start, at the shares of the votes: its maximum is the one
whose categories are those that annotators meant. Each further climb trusts the annotators unequally, at
random, and so starts near the votes, but elsewhere. Where they end shows how much the data decide.
"""

from dataclasses import dataclass

import numpy as np

from annotate.consensus._responses import Responses
from annotate.consensus.em import Climb, climb
from annotate.sampling import FloatArray, IntArray

_HIGHER = 1e-7  # share of the log-likelihood by which a maximum must be higher to count as higher


@dataclass(frozen=True)
class Start:
    """Where one climb ended, seen from the maximum that is kept.

    ``agrees`` says that it ended there too, ``n_differing`` how many items it decides otherwise.
    """

    log_likelihood: float
    agrees: bool
    n_differing: int


def shares(found: Responses, trust: FloatArray | None = None) -> FloatArray:
    """The share of the votes of each category, weighed by the ``trust`` in each annotator (K x patterns)."""
    weight = np.ones(found.n_annotators) if trust is None else trust
    cells = np.asarray(np.kron(weight[:, None], np.eye(found.n_categories)), dtype=float)
    scores = found.sums(cells).T
    return np.ascontiguousarray(scores / scores.sum(axis=0))


def best(
    found: Responses,
    *,
    starts: int,
    keep: str,
    rng: np.random.Generator,
    tolerance: float,
    most: int,
) -> tuple[Climb, tuple[Start, ...]]:
    """Climb from several starts.

    Returns
    -------
    tuple
        The climb that is kept (from the votes; or, if ``keep`` is "highest", the one that got highest),
        and what became of each start, the votes first.

    """
    kept = climb(found, shares(found), tolerance=tolerance, most=most)
    ends = [(kept.expected.log_likelihood, _decided(kept), kept)]
    for _ in range(1, starts):
        trust = rng.exponential(size=found.n_annotators) + np.finfo(float).tiny
        known = kept.expected.posterior
        one = climb(found, shares(found, trust), tolerance=tolerance, most=most, known=known)
        if keep == "highest" and not one.joined and _above(one, kept):
            kept = one
        ends.append((one.expected.log_likelihood, _decided(one), kept if one.joined else one))
    decided = _decided(kept)
    return kept, tuple(
        Start(reached, end is kept, int(found.n[choice != decided].sum())) for reached, choice, end in ends
    )


def _above(one: Climb, other: Climb) -> bool:
    reached, before = one.expected.log_likelihood, other.expected.log_likelihood
    return reached > before + _HIGHER * max(1.0, abs(before))


def rivals(starts: tuple[Start, ...], log_likelihood: float) -> tuple[Start, ...]:
    """The starts that ended elsewhere, and as high as the maximum that is kept or higher."""
    near = log_likelihood - _HIGHER * max(1.0, abs(log_likelihood))
    return tuple(start for start in starts if not start.agrees and start.log_likelihood >= near)


def _decided(one: Climb) -> IntArray:
    return np.asarray(one.expected.posterior.argmax(axis=0), dtype=np.int64)
