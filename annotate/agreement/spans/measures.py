"""Agreement on marked text: every label, for the whole table and by group."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from annotate.agreement.result import Estimate
from annotate.agreement.spans.estimates import COEFFICIENTS, NOTHING_MARKED, estimate_spans
from annotate.agreement.spans.gamma import continua, gamma
from annotate.agreement.spans.marks import MarkedGroup, marked_groups, span_columns
from annotate.agreement.spans.matching import MATCHINGS, match
from annotate.errors import StatisticsError
from annotate.sampling import Interval, generator

__all__ = ["COEFFICIENTS", "COLUMNS", "PAIR_COLUMNS", "measure_span_pairs", "measure_spans"]

_COUNTS = ("n_items", "n_pairable_items", "n_spans", "n_annotators")
_PAIR_COUNTS = ("n_items", "n_spans", "n_reference_spans", "n_matched")
_FIGURES = ("value", "observed", "expected", "ci_low", "ci_high")
GAMMA = "gamma"
UNITS = {
    **dict.fromkeys(("token_alpha", "token_label_alpha"), "token"),
    **dict.fromkeys(("character_alpha", "unitizing_alpha", GAMMA), "character"),
    **dict.fromkeys((f"f1_{how}" for how in MATCHINGS), "span"),
}
COLUMNS = ("label", "coefficient", "unit", *_FIGURES, "interval", *_COUNTS, "undefined")
PAIR_COLUMNS = ("label", "annotator", "reference", "coefficient", "value", *_PAIR_COUNTS, "undefined")


def measure_spans(
    spans: pd.DataFrame,
    annotated: pd.DataFrame,
    passages: pd.DataFrame,
    *,
    by: str | Sequence[str] = (),
    labels: Sequence[str] | None = None,
    interval: Interval = Interval(),
    samples: int = 0,
) -> pd.DataFrame:
    """Measure how well annotators agree on what they marked.

    Parameters
    ----------
    spans
        The table of :mod:`annotate.study.spans`, one round of it. What an annotator marked twice with one label
        in the same place counts once. For the alphas, spans of one annotator and label that overlap are
        one; for F1 they stay as they were marked.
    annotated
        Who annotated what: item, annotator; pairs may repeat, so a table of ratings will do. Whoever is
        named here and has no span marked nothing. Whoever has a span need not be named.
    passages
        One row an item: item, text and the columns of ``by``. Those that nobody annotated do not count.
    by
        Columns of ``passages`` to group by, such as ``("source",)``. The whole comes first.
    labels
        The labels to measure, in order; default: those in the spans, by the alphabet.
    interval
        What is drawn: documents where ``passages`` tell them and one has two passages (each left out in turn, a
        jackknife on the scale of ``log(1 - coefficient)``; ``percentile`` is a bootstrap of them), otherwise passages
        (percentile bootstrap). All coefficients and labels of a group are computed on the same samples, and a
        group's digits do not depend on the other groups or labels.
    samples
        How many random continua gamma may draw (300 are plenty); with 0 it is not computed. What it costs grows with the
        number of units and, beyond two annotators, with how many lie near each other, times the samples.

    Returns
    -------
    DataFrame
        For each group, label (None, for all together, first) and coefficient: source (None for the whole
        table), further ``by`` columns, label, coefficient, unit (what is counted: token, character or span), value,
        observed, expected (NaN for F1, which
        knows no chance), ci_low, ci_high, interval (what it is, or None), n_items (passages that somebody
        annotated), n_pairable_items (that two annotators or more did; the others count for nothing else),
        n_spans, n_annotators, undefined (None, or why ``value`` is NaN). Nothing is rounded.

        Coefficients are token_alpha and character_alpha (:mod:`annotate.agreement.spans.alphas`),
        unitizing_alpha (:mod:`annotate.agreement.spans.alphas`), f1_exact and f1_overlap, the mean over
        pairs of annotators (:mod:`annotate.agreement.spans.matching`); of all labels together also token_label_alpha,
        in which a token is one of the labels or none. With ``samples`` also gamma (:mod:`annotate.agreement.spans.gamma`),
        which has no interval; observed and expected are 1 less its disorders.

        For all labels together, an alpha takes the means of both disagreements over the labels, as
        Krippendorff does for unitizing (2004, Content Analysis, 2nd ed., ch. 11): ``1 - alpha`` is the
        mean of the labels' own, each weighing as much as its disagreement by chance. So labels that cover
        much text speak loudest; read each label's own row. F1 counts the spans of all labels alike, and
        only spans of the same label match.

    Raises
    ------
    TableError
        If a column is missing, a cell that is needed is blank, nobody annotated anything, an annotated
        item has no text, or a span does not hold its text or ends beyond the passage.
    StatisticsError
        If a label is not one of ``labels``, an annotator has several rounds, or a setting makes no sense.

    """
    interval.with_annotators_fixed()
    columns = span_columns(by)
    groups = marked_groups(spans, annotated, passages, columns, interval.cluster)
    names = _labels(spans, labels)
    rows: list[dict[str, object]] = []
    for group in groups:
        named = _named(columns, group)
        stream = [[column, str(value)] for column, value in named.items() if value is not None]
        found = estimate_spans(
            group.pairable,
            names,
            interval,
            rng=generator(interval.seed, "spans", stream),
            clustered_by=group.clustered_by,
        )
        counts = {
            "n_items": len(group.passages),
            "n_pairable_items": len(group.pairable),
            "n_annotators": group.n_annotators,
        }
        if samples:
            found |= {
                (label, GAMMA): _gamma(group, label, names, samples, interval, stream)
                for label in (None, *names)
            }
        order = {label: place for place, label in enumerate((None, *names))}
        rows.extend(
            {
                **named,
                "label": label,
                "unit": UNITS[one.coefficient],
                **asdict(one),
                **counts,
                "n_spans": group.n_spans(label),
            }
            for (label, _), one in sorted(found.items(), key=lambda pair: order[pair[0][0]])
        )
    return _frame(rows, columns, COLUMNS)


def _gamma(
    group: MarkedGroup,
    label: str | None,
    labels: Sequence[str],
    samples: int,
    interval: Interval,
    stream: list[list[str]],
) -> Estimate:
    found = gamma(
        continua(group.pairable, labels if label is None else [label]),
        generator(interval.seed, GAMMA, stream, [] if label is None else [label]),
        most_samples=samples,
    )
    nan = float("nan")
    figures = (found.value, 1 - found.disorder, 1 - found.expected)
    return Estimate(GAMMA, *figures, nan, nan, None, nan, found.undefined)


def measure_span_pairs(
    spans: pd.DataFrame,
    annotated: pd.DataFrame,
    passages: pd.DataFrame,
    *,
    by: str | Sequence[str] = (),
    labels: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Compare every annotator's spans with every other's.

    The parameters, and what is raised, are those of :func:`measure_spans`.

    Returns
    -------
    DataFrame
        For each group, label (None, for all together, first), ordered pair of annotators who share a
        passage, and coefficient: source, further ``by`` columns, label, annotator, reference,
        coefficient, value, n_items (passages of both), n_spans (of the annotator there),
        n_reference_spans, n_matched, undefined. Precision is the share of the annotator's spans that
        match one of the reference's, recall the share of the reference's; each pair comes both ways
        round, and f1 is the same in both.

    """
    columns = span_columns(by)
    groups = marked_groups(spans, annotated, passages, columns)
    names = _labels(spans, labels)
    rows: list[dict[str, object]] = []
    for group in groups:
        for label in (None, *names):
            matched = match(group.pairable, names if label is None else [label])
            for index, pair in enumerate(matched.pairs):
                here = matched.pair == index
                spans_of = dict(zip(pair, matched.spans[here].sum(axis=0).tolist(), strict=True))
                found = {how: int(matched.matched[how][here].sum()) for how in MATCHINGS}
                for annotator, reference in (pair, pair[::-1]):
                    base = {**_named(columns, group), "label": label, "n_items": int(here.sum())}
                    base |= {"annotator": annotator, "reference": reference}
                    shares = _shares(spans_of[annotator], spans_of[reference], found)
                    rows.extend({**base, **share} for share in shares)
    return _frame(rows, columns, PAIR_COLUMNS)


def _labels(spans: pd.DataFrame, labels: Sequence[str] | None) -> tuple[str, ...]:
    """The labels to measure; those in the spans, if nobody said."""
    used = sorted(spans["label"].astype("str").unique()) if len(spans) else []
    if labels is None:
        return tuple(used)
    for label in used:
        if label not in labels:
            row = spans.loc[spans["label"].astype("str") == label].iloc[0]
            msg = f"spans: item {row['item']}, annotator {row['annotator']}: label {label!r} is not one of the declared {', '.join(labels)}"
            raise StatisticsError(msg)
    return tuple(dict.fromkeys(labels))


def _named(by: Sequence[str], group: MarkedGroup) -> dict[str, object]:
    return {"source": None, **dict(zip(by, group.group, strict=True))}


def _shares(answered: int, asked: int, found: Mapping[str, int]) -> list[dict[str, object]]:
    """Precision, recall and F1 of one annotator's spans against another's, for each kind of matching."""
    rows: list[dict[str, object]] = []
    for how, matched in found.items():
        for name, part, whole, reason in (
            ("precision", matched, answered, "the annotator marked nothing"),
            ("recall", matched, asked, "the reference marked nothing"),
            ("f1", 2 * matched, answered + asked, NOTHING_MARKED),
        ):
            counts = {"n_spans": answered, "n_reference_spans": asked, "n_matched": matched}
            value = part / whole if whole else float("nan")
            undefined = None if whole else reason
            rows.append({"coefficient": f"{name}_{how}", "value": value, **counts, "undefined": undefined})
    return rows


def _frame(rows: list[dict[str, object]], by: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """A frame in which None stays None: pandas would make NaN of it in a column of text."""
    groups = ["source", *(column for column in by if column != "source")]
    data: dict[str, pd.Series[Any]] = {}
    for column in (*groups, *columns):
        kind = "int64" if column.startswith("n_") else "float64" if column in _FIGURES else object
        data[column] = pd.Series(
            [row[column] for row in rows], dtype=kind if column not in groups else object
        )
    return pd.DataFrame(data)
