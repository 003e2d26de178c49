"""Cautions: what speaks against believing a consensus, as data beside it.

What a model estimates is always computed. Whether the ratings suffice for it is
another matter: three annotators an item are the least from which frequencies of categories and error
rates can be told apart (Allman, Matias & Rhodes 2009, Identifiability of parameters in latent structure
models with many observed variables, Annals of Statistics 37, pp. 3099-3132). The other thresholds are
conventions; each is a constant here.
"""

import numpy as np

from annotate.consensus._responses import Responses
from annotate.consensus.em import Climb, Model, Start, rivals, shares
from annotate.sampling import FloatArray

DAWID_SKENE = "dawid-skene"

LEAST = 3
"""Annotators, and ratings an item, below which the model is not identified."""

FEW = 10
"""An error rate from fewer ratings than this moves by a tenth with every rating."""

HALF = 0.5
"""Above this share of items, or of error rates, a caution is about most of the table."""

(
    ONE_RATING,
    ONE_CATEGORY,
    FEW_ANNOTATORS,
    UNCONNECTED,
    FEW_AN_ITEM,
    FEW_RATINGS,
    FEW_A_RATE,
    FEW_RATINGS_HERE,
    NEVER_AHEAD,
    SWAPPED,
    RIVAL,
    ELSEWHERE,
    NOT_CONVERGED,
) = (
    "one rating",
    "one category",
    "fewer than three annotators",
    "unconnected annotators",
    "few ratings an item",
    "fewer ratings than parameters",
    "few ratings a rate",
    "few ratings",
    "category never ahead",
    "category mostly called another",
    "another maximum as high",
    "starts end apart",
    "not converged",
)
MEANINGS: dict[str, str] = {
    ONE_RATING: "the item was rated once, so it is decided by one annotator",
    ONE_CATEGORY: "one category was used only, so nothing can be learnt of error rates",
    FEW_ANNOTATORS: "with fewer than three annotators error rates cannot be told from how frequent categories are",
    UNCONNECTED: "the annotators fall into groups that share no item, so error rates of one group say nothing of another",
    FEW_AN_ITEM: "more than half of the items have fewer than three ratings",
    FEW_RATINGS: "the model has more parameters than there are ratings",
    FEW_A_RATE: f"more than half of the annotators' categories rest on fewer than {FEW} ratings",
    FEW_RATINGS_HERE: f"the figure rests on fewer than {FEW} ratings",
    NEVER_AHEAD: "a category has the majority on no item, so what it is rests on errors alone",
    SWAPPED: "items of a category are mostly called another, so categories may have changed places",
    RIVAL: "from another start another maximum was reached that is as likely or more",
    ELSEWHERE: "most of the starts ended at another maximum",
    NOT_CONVERGED: "the steps that were allowed ended before the maximum was reached",
}


def cautions(model: Model, found: Responses, kept: Climb, starts: tuple[Start, ...]) -> tuple[str, ...]:
    """What applies to the model of one variable: keys of :data:`MEANINGS`, in their order."""
    size, people = found.n_categories, found.n_annotators
    met = rated(found, kept.expected.posterior)
    if model.name != DAWID_SKENE:
        met = met.sum(axis=1)  # in the others no figure is of one category alone
    applies = {
        ONE_CATEGORY: size == 1,
        FEW_ANNOTATORS: people < LEAST,
        UNCONNECTED: _groups(found) > 1,
        FEW_AN_ITEM: found.n[found.n_answers < LEAST].sum() > HALF * found.n.sum(),
        FEW_RATINGS: found.n_ratings < model.n_parameters(found),
        FEW_A_RATE: size > 1 and np.mean(met < FEW) > HALF,
        NEVER_AHEAD: _never_ahead(found),
        SWAPPED: _swapped(found, kept.expected.posterior),
        RIVAL: bool(rivals(starts, kept.expected.log_likelihood)),
        ELSEWHERE: np.mean([not start.agrees for start in starts]) > HALF,
        NOT_CONVERGED: not kept.converged,
    }
    return tuple(name for name, said in applies.items() if said)


def rated(found: Responses, posterior: FloatArray) -> FloatArray:
    """Ratings that each annotator gave to items of each true category, as expected (annotators x K)."""
    counts = found.totals(found.n * posterior)
    return np.asarray(counts.reshape(found.n_annotators, found.n_categories, -1).sum(axis=1), dtype=float)


def _never_ahead(found: Responses) -> bool:
    share = shares(found)
    top = share.max(axis=0)
    alone = (share == top).sum(axis=0) == 1
    return len(np.unique(share.argmax(axis=0)[alone])) < found.n_categories


def _swapped(found: Responses, posterior: FloatArray) -> bool:
    counts = found.totals(found.n * posterior)
    called = counts.reshape(found.n_annotators, found.n_categories, -1).sum(axis=0)  # answers x true
    return bool((called.max(axis=0) > np.diag(called)).any())


def _groups(found: Responses) -> int:
    """How many groups of annotators share no item: the parts of the graph of patterns and annotators."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    patterns, cells = found.answers
    people = len(found.n) + cells // found.n_categories
    size = len(found.n) + found.n_annotators
    edges = coo_array((np.ones(len(people)), (patterns, people)), shape=(size, size))
    return int(connected_components(edges, directed=False, return_labels=False))
