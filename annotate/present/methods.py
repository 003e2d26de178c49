"""The paragraph of the methods, every figure of it taken from what was measured."""

import importlib.metadata
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from annotate.agreement import BENCHMARKS
from annotate.errors import counted
from annotate.frames import records
from annotate.present.tables import cell
from annotate.present.wording import coefficient, order_ignored
from annotate.study.study import Study
from annotate.study.words import in_words

_CITED = {
    "percent_agreement": "percent agreement (pairwise, averaged over passages with two ratings or more)",
    "krippendorff_alpha": "Krippendorff's alpha (Krippendorff 2019, ch. 12)",
    "gwet_ac1": "Gwet's AC1 (Gwet 2008)",
}
_DISTANCES = {
    "nominal": "nominal",
    "ordinal": "ordinal",
    "interval": "interval",
    "ratio": "ratio",
    "set": "set-valued, with the MASI distance of Passonneau 2006",
}


def methods_paragraph(
    study: Study,
    agreement: pd.DataFrame,
    *,
    confidence: float = 0.95,
    seed: int | None = None,
    icc: pd.DataFrame | None = None,
) -> str:
    """Write one paragraph in plain words, every figure of it taken from the table of agreement.

    Parameters
    ----------
    study
        What was rated, and what was left out.
    agreement
        Of :func:`annotate.agreement.measure`; the rows of all sources together are used.
    confidence, seed
        Of its intervals.
    icc
        Of :func:`annotate.agreement.icc`; the rows of all sources together are used.

    """
    whole = agreement[agreement["source"].isna()] if len(agreement) else agreement
    if whole.empty:
        return f"{_design(study)} {left_out_sentence(study)}"
    names = list(dict.fromkeys(whole["coefficient"]))
    return " ".join(
        sentence
        for sentence in (
            _design(study),
            _measures(names, whole),
            _weights(whole),
            _intervals(whole, confidence, seed),
            *_results(whole),
            *_benchmarked(whole),
            *correlated(icc),
            left_out_sentence(study),
            f"Computed with annotate {importlib.metadata.version('annotate')}.",
        )
        if sentence
    )


def _design(study: Study) -> str:
    ratings = study.first_round
    annotators, sources = ratings["annotator"].nunique(), ratings["source"].nunique()
    return (
        f"{counted(annotators, 'annotator')} coded {counted(ratings['item'].nunique(), 'passage')} from "
        f"{counted(sources, 'source')}, {counted(len(ratings), 'judgement')} in all. {_coders(ratings)}"
    )


def _coders(ratings: pd.DataFrame) -> str:
    """How many annotators a passage had, and in how many documents the passages lie."""
    if ratings.empty:
        return ""
    coders = ratings.groupby("item")["annotator"].nunique()
    least, most = int(coders.min()), int(coders.max())
    each = f"{least}" if least == most else f"{least} to {most} (mean {coders.mean():.2f})"
    said = f"A passage had {each} annotator{'' if most == 1 else 's'}"
    documents = ratings["document"].nunique() if "document" in ratings.columns else 0
    return f"{said}; the passages are from {counted(documents, 'document')}." if documents else f"{said}."


def _measures(names: list[str], whole: pd.DataFrame) -> str:
    levels = whole.drop_duplicates("variable").set_index("variable")["level"]
    named = ", ".join(_CITED.get(name, coefficient(name).name) for name in names)
    kinds = "; ".join(
        f"{', '.join(in_words(variable).lower() for variable in group.index)}: {_DISTANCES[str(level)]}"
        for level, group in levels.groupby(levels, sort=False)
    )
    said = f"Inter-annotator agreement was measured by {named}, at these levels of measurement: {kinds}."
    if "distance" in whole.columns:
        by = whole.dropna(subset="distance").drop_duplicates("variable")
        other = [
            f"{in_words(variable).lower()}: {distance}"
            for variable, distance, level in by[["variable", "distance", "level"]].itertuples(
                index=False, name=None
            )
            if distance not in (level, "masi")
        ]
        said += (
            f" Alpha measured with another distance than that of the level: {'; '.join(other)}."
            if other
            else ""
        )
    return said


def _weights(whole: pd.DataFrame) -> str:
    """What weighs how, and what ignores the order of the categories."""
    said = []
    if "weights" in whole.columns:
        pairs = whole[["coefficient", "weights"]].dropna().drop_duplicates()
        kinds = [
            f"{coefficient(name).name}: {kind}" for name, kind in pairs.itertuples(index=False, name=None)
        ]
        said += [f"Weights were: {'; '.join(kinds)}."] if kinds else []
    names, variables = order_ignored(whole)
    if names:
        of = ", ".join(in_words(variable).lower() for variable in variables)
        said.append(
            f"Of ordered categories ({of}), {' and '.join(coefficient(name).name for name in names)} "
            f"{'ignores' if len(names) == 1 else 'ignore'} the order."
        )
    return " ".join(said)


def _intervals(whole: pd.DataFrame, confidence: float, seed: int | None) -> str:
    kinds = sorted(
        {str(kind).partition(", ")[::2] for kind in whole.loc[whole["ci_low"].notna(), "interval"]}
    )
    if not kinds:
        return ""
    settings: dict[str, dict[str, None]] = {}
    for kind, said in kinds:
        settings.setdefault(kind, {}).update({said: None} if said else {})
    how = " and ".join(f"{kind} ({' or '.join(said)})" if said else kind for kind, said in settings.items())
    over = re.search(r" over (?:[0-9,]+ annotators(?: and )?)?(?:[0-9,]+ )?([a-z]+)?", how)
    drawn = "passages" if over is None or over[1] in (None, "items") else over[1]
    started = f" Random numbers start from seed {seed}." if seed is not None and "bootstrap" in how else ""
    if sampled := re.search(r" over [0-9,]+ annotators( and )?", how):
        also = f" and with other {drawn}" if sampled[1] else f", not with other {drawn}"
        fixed = (
            "Annotators are taken for a sample of those who might have coded: the intervals say how far values may move "
            f"with other annotators{also}."
        )
    else:
        fixed = f"Annotators are fixed: the intervals say how far values may move with other {drawn}, not with other annotators."
    return f"Intervals in brackets are {100 * confidence:g} % intervals: {how} (Efron & Tibshirani 1993). {fixed}{started}"


def _results(whole: pd.DataFrame) -> list[str]:
    sentences = []
    for variable, rows in whole.groupby("variable", sort=False):
        first = rows.iloc[0]
        told = ", ".join(_result(record) for record in records(rows))
        sentences.append(
            f"{in_words(str(variable))}: {told} "
            f"(n = {counted(first['n_pairable_items'], 'passage')} with two ratings or more)."
        )
    return sentences


def _benchmarked(whole: pd.DataFrame) -> list[str]:
    """What the words of a scale are, where one was asked for."""
    if "benchmark" not in whole.columns:
        return []
    titles = [scale.title for scale in BENCHMARKS.values() if {*scale.columns} <= {*whole.columns}]
    return [
        f"The words after an interval are those of {title}, for the highest range that the coefficient lies in or above with "
        "95 % (Gwet 2014, ch. 6), which is a convention."
        for title in titles
    ]


def correlated(icc: pd.DataFrame | None) -> list[str]:
    """The intraclass correlations of one rating and of the mean of k, for the same numbers by any annotators."""
    if icc is None or icc.empty:
        return []
    told = []
    for record in records(icc[icc["source"].isna() & icc["form"].isin(["ICC(A,1)", "ICC(A,k)"])]):
        of = f"{record['form']} of {in_words(str(record['variable'])).lower()}"
        if record["value"] is None:
            told.append(f"{of} is undefined ({record['undefined']})")
        else:
            ends = f" [{cell(record['ci_low'])}, {cell(record['ci_high'])}]" if record["interval"] else ""
            told.append(f"{of} is {cell(record['value'])}{ends}")
    return (
        [f"Of numbers also intraclass correlations (McGraw & Wong 1996): {'; '.join(told)}."] if told else []
    )


def _chances(record: Mapping[str, Any]) -> str:
    """How likely alpha is to be below the thresholds that were asked for, and the words of a scale, if any."""
    said = [
        f"P(alpha < {name.removeprefix('p_below_')}) = {cell(value)}"
        for name, value in record.items()
        if name.startswith("p_below_") and value is not None
    ]
    return f", {', '.join(said)}" if said else ""


def _result(record: dict[str, object]) -> str:
    name = coefficient(str(record["coefficient"])).name
    if record["value"] is None:
        return f"{name} undefined ({record['undefined']})"
    text = f"{name} {cell(record['value'])}"
    if record["ci_low"] is None:
        return text
    named = f" ({record['benchmark']})" if record.get("benchmark") else ""
    chances = _chances(record) if record["coefficient"] == "krippendorff_alpha" else ""
    return f"{text} [{cell(record['ci_low'])}, {cell(record['ci_high'])}]{named}{chances}"


def left_out_sentence(study: Study) -> str:
    """What was left out, by reason."""
    counts = study.exclusions["reason"].value_counts()
    if counts.empty:
        return "No annotation was left out."
    told = ", ".join(f"{count} {in_words(str(reason)).lower()}" for reason, count in counts.items())
    return f"Left out were {counted(int(counts.sum()), 'annotation or answer', 'annotations or answers')} ({told})."
