"""Every coefficient for marked text, of every label and of all, each with its interval.

What is drawn for an interval is passages with two annotators or more. No two passages are alike (they
have different lengths, for one thing), so each is a pattern of its own; what it needs to bring along is
a few counts, and a replicate is a sum of those counts, weighted by how often each passage was drawn.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from annotate.agreement.result import Agreement, Estimate, Settled, settle
from annotate.agreement.spans._intervals import Drawn, drawn_of
from annotate.agreement.spans.alphas import (
    CHARACTER,
    TOKEN,
    coverage,
    coverage_alpha,
    cut,
    label_coverage,
    unitize,
    unitizing_alpha,
)
from annotate.agreement.spans.marks import MarkedPassage
from annotate.agreement.spans.matching import MATCHINGS, Matched, match, mean_f1
from annotate.counts.patterns import FloatArray, IntArray
from annotate.sampling import Interval

ALPHAS = ("token_alpha", "character_alpha", "unitizing_alpha")
F1 = tuple(f"f1_{matching}" for matching in MATCHINGS)
OF_ALL = "token_label_alpha"  # of all labels together only
COEFFICIENTS = (*ALPHAS, *F1, OF_ALL)
NOTHING_MARKED = "no annotator marked anything"

# What an alpha is of samples (samples x passages), and how many categories each sample uses.
Alpha = Callable[[FloatArray], tuple[Agreement, IntArray]]
Key = tuple[str | None, str]  # label, None for all, and coefficient


def estimate_spans(
    passages: Sequence[MarkedPassage],
    labels: Sequence[str],
    interval: Interval,
    *,
    rng: np.random.Generator,
    clustered_by: str | None = None,
) -> dict[Key, Estimate]:
    """Compute every coefficient for all labels together (None) and for each, in that order.

    ``passages`` are those with two annotators or more. All coefficients and labels are computed on the
    same samples. ``clustered_by`` is the column that tells their clusters, None where passages are drawn.
    """
    alphas, called = _alphas(passages, labels), _called(passages, labels)
    matched: dict[str | None, Matched] = {None: match(passages, labels)}
    matched |= {label: match(passages, [label]) for label in labels}
    whole = _settled(alphas, called, matched, labels, np.ones((1, len(passages))))
    draws: dict[Key, list[FloatArray]] = {key: [np.empty(0)] for key in whole}
    units = drawn_of([passage.cluster for passage in passages], clustered_by)
    for samples in units.samples(interval, rng, len(matched[None].pair)):
        for key, settled in _settled(alphas, called, matched, labels, samples).items():
            draws[key].append(settled.value)
    return {key: _estimate(key[1], whole[key], np.concatenate(draws[key]), units, interval) for key in whole}


def _alphas(passages: Sequence[MarkedPassage], labels: Sequence[str]) -> dict[tuple[str, str], Alpha]:
    """Every alpha of every label, its counts taken, ready for samples."""
    tokens = [cut(passage.text, TOKEN) for passage in passages]
    characters = [cut(passage.text, CHARACTER) for passage in passages]
    alphas: dict[tuple[str, str], Alpha] = {}
    for label in labels:
        alphas[label, "token_alpha"] = _coverage(passages, tokens, label)
        alphas[label, "character_alpha"] = _coverage(passages, characters, label)
        alphas[label, "unitizing_alpha"] = _unitizing(passages, label)
    return alphas


def _coverage(passages: Sequence[MarkedPassage], tokens: Sequence[IntArray], label: str) -> Alpha:
    covered = coverage(passages, tokens, label)
    return lambda samples: (coverage_alpha(covered, samples), covered.categories_used(samples))


def _called(passages: Sequence[MarkedPassage], labels: Sequence[str]) -> Alpha:
    covered = label_coverage(passages, [cut(passage.text, TOKEN) for passage in passages], labels)
    return lambda samples: (coverage_alpha(covered, samples), covered.categories_used(samples))


def _unitizing(passages: Sequence[MarkedPassage], label: str) -> Alpha:
    unitized = unitize(passages, label)
    return lambda samples: (unitizing_alpha(unitized, samples), unitized.categories_used(samples))


def _settled(
    alphas: dict[tuple[str, str], Alpha],
    called: Alpha,
    matched: dict[str | None, Matched],
    labels: Sequence[str],
    samples: FloatArray,
) -> dict[Key, Settled]:
    """Settle every coefficient on the same samples."""
    items, weights = samples.sum(axis=1), samples[:, matched[None].passage]
    found = {key: alpha(samples) for key, alpha in alphas.items()}
    settled: dict[Key, Settled] = {}
    for label in (None, *labels):
        for name in ALPHAS:
            alpha = (
                _mean([found[one, name] for one in labels], len(items))
                if label is None
                else found[label, name]
            )
            settled[label, name] = settle(alpha[0], items, alpha[1])
        for name, values in zip(F1, mean_f1(matched[label], weights).values(), strict=True):
            plain = settle(Agreement(values, None), items, np.zeros(len(items), dtype=np.int64))
            nothing = np.isnan(values) & (items > 0)
            undefined = np.where(nothing, NOTHING_MARKED, plain.undefined)
            settled[label, name] = replace(plain, undefined=undefined)
        if label is None:
            agreement, used = called(samples)
            settled[label, OF_ALL] = settle(agreement, items, used)
    return settled


def _mean(alphas: Sequence[tuple[Agreement, IntArray]], size: int) -> tuple[Agreement, IntArray]:
    """Mean disagreements over labels: one that nobody used adds nothing to either."""
    observed, expected = np.zeros(size), np.zeros(size)
    used: IntArray = np.ones(size, dtype=np.int64)
    for agreement, categories in alphas:
        observed += (1 - agreement.observed) / len(alphas)
        if agreement.expected is not None:
            expected += (1 - agreement.expected) / len(alphas)
        used = np.maximum(used, categories)
    return Agreement(1 - observed, 1 - expected), used


def _estimate(
    coefficient: str, settled: Settled, values: FloatArray, units: Drawn, interval: Interval
) -> Estimate:
    value, observed, expected = (float(one[0]) for one in (settled.value, settled.observed, settled.expected))
    lowest = 0.0 if coefficient in F1 else -math.inf
    limits = units.limits(value, observed, expected, values, interval, lowest)
    return Estimate(
        coefficient=coefficient,
        value=value,
        observed=observed,
        expected=expected,
        ci_low=limits.low,
        ci_high=limits.high,
        interval=limits.how,
        design_effect=float("nan"),
        undefined=settled.undefined[0],
    )
