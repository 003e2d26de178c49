"""What the model says of each annotator, and of itself, as tables."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from annotate.consensus._cautions import FEW, FEW_RATINGS_HERE
from annotate.consensus.model import Fit
from annotate.consensus.records import said

ACCURACY, ERROR_RATE = "accuracy", "error rate"
NEVER_MET = "the annotator rated no item of this category"
_KINDS = {"value": "float64", "n_ratings": "float64", "variable": "str", "annotator": "str", "figure": "str"}


def annotators(fits: Sequence[Fit]) -> pd.DataFrame:
    """Say how reliable each annotator is.

    Returns
    -------
    DataFrame
        For each variable, member (of sets; None otherwise) and annotator first one row whose figure is
        ``accuracy``: the share of the annotator's ratings that are the true category, each item's true
        category taken with its posterior; true_category and category are None. Then one of figure
        ``error rate`` for each true_category and each category that may be chosen: value, the probability
        of choosing it (where both are the same, of the right choice). n_ratings is how many ratings the
        value rests on, as expected; undefined the reason for NaN, or None; caution a key of
        :data:`~annotate.consensus._cautions.MEANINGS`, or None.

    """
    return pd.concat([_annotators(fit) for fit in fits], ignore_index=True)


def _annotators(fit: Fit) -> pd.DataFrame:
    people, size = len(fit.annotators), len(fit.categories)
    met = fit.counts.sum(axis=2)
    rated = met.sum(axis=1, keepdims=True)
    right = np.trace(fit.counts, axis1=1, axis2=2)[:, None]
    value = np.hstack([right / rated, fit.error_rates.reshape(people, -1)]).ravel()
    n_ratings = np.hstack([rated, met.repeat(size, axis=1)]).ravel()
    true = np.array([None, *np.repeat(fit.categories, size)], dtype=object)
    chosen = np.array([None, *fit.categories * size], dtype=object)
    nothing = np.isnan(value)
    data: dict[str, object] = {
        "variable": fit.variable,
        "member": fit.member,
        "annotator": fit.annotators.repeat(1 + size * size),
        "figure": np.tile([ACCURACY] + [ERROR_RATE] * size * size, people),
        "true_category": np.tile(true, people),
        "category": np.tile(chosen, people),
        "value": value,
        "n_ratings": n_ratings,
        "undefined": said(nothing, NEVER_MET),
        "caution": said((n_ratings < FEW) & ~nothing, FEW_RATINGS_HERE),
    }
    return pd.DataFrame(data, dtype=object).astype(_KINDS)


def models(fits: Sequence[Fit]) -> pd.DataFrame:
    """Say how each model was fitted and whether it is to be believed.

    Returns
    -------
    DataFrame
        One row a fit: variable, member, n_items, n_annotators, n_ratings, n_categories, n_parameters,
        log_likelihood, iterations, converged, n_starts, n_agreeing (starts that ended at the maximum that
        is kept), highest (the log-likelihood of the start that got highest), n_differing (items that it
        decides otherwise), caution (keys of :data:`~annotate.consensus._cautions.MEANINGS`, joined by ``; ``,
        or None).

    """
    rows = [_model(fit) for fit in fits]
    text = dict.fromkeys(("member", "caution"), object)
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype=text.get(name)) for name in rows[0]}
    )


def _model(fit: Fit) -> dict[str, object]:
    highest = max(fit.starts, key=lambda start: start.log_likelihood)
    return {
        "variable": fit.variable,
        "member": fit.member,
        "n_items": len(fit.items),
        "n_annotators": len(fit.annotators),
        "n_ratings": fit.responses.n_ratings,
        "n_categories": len(fit.categories),
        "n_parameters": fit.n_parameters,
        "log_likelihood": fit.log_likelihood,
        "iterations": fit.climb.iterations,
        "converged": fit.climb.converged,
        "n_starts": len(fit.starts),
        "n_agreeing": sum(start.agrees for start in fit.starts),
        "highest": highest.log_likelihood,
        "n_differing": highest.n_differing,
        "caution": "; ".join(fit.cautions) or None,
    }
