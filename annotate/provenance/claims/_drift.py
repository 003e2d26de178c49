"""What changes on the way from one passage to the next: whom it is put down to, how firmly, in which bounds, with which verb.

A change is listed, not judged: a later text may know more. How strong a verb is, is known of some English verbs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from annotate.study.study import Study

ATTRIBUTION, CERTAINTY, FIGURE, VERB = TYPES = ("attribution", "certainty", "figure", "verb")
DRIFT_COLUMNS = ("item", "from_item", "how", "type", "before", "after")
_WEAK = "alleg|claim|believ|think|thought|suspect|suggest|assert|reportedly|rumou?r|fear|purport|seem|may\\b|might\\b"
_STRONG = "confirm|find|found|show|prove|reveal|establish|document|conclud|demonstrat|determin|verif|acknowledg|admit"
_PLAIN = "sa(?:id|ys?)|told|tell|accord|wr[io]te|report|stat|add|describ|note|list|count|estimat|calculat|recall|quot"
_STRENGTHS = tuple(
    (name, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for name, words in (("weak", _WEAK), ("strong", _STRONG), ("plain", _PLAIN))
)


@dataclass(frozen=True)
class Wording:
    """What drift is told by: by passage and variable what most chose, by passage its cue, and figures that were compared."""

    chosen: Mapping[tuple[str, str], str]
    cues: Mapping[str, str]
    figures: Mapping[tuple[str, str], tuple[str, str]]


def wording(study: Study, decided: Mapping[tuple[str, str], str], comparisons: pd.DataFrame) -> Wording:
    """Gather what drift is told by.

    Parameters
    ----------
    study
        Whose cues were marked.
    decided
        What most annotators chose, by item and variable.
    comparisons
        Of :func:`annotate.figures.compare`: those that differ, or differ in their words of bounds, are a drift.

    """
    marks = study.spans.loc[(study.spans["round"] == 1) & (study.spans["label"] == "CUE")]
    cues = {
        str(item): str(group["text"].value_counts().sort_index().sort_values(kind="stable").index[-1])
        for item, group in marks.groupby("item")
    }
    figures: dict[tuple[str, str], tuple[str, str]] = {}
    for row in comparisons.to_dict("records"):
        if row["relation"] != "apart" and row["a_surface"].casefold() != row["b_surface"].casefold():
            figures[row["a_item"], row["b_item"]] = row["a_surface"], row["b_surface"]
            figures[row["b_item"], row["a_item"]] = row["b_surface"], row["a_surface"]
    return Wording(decided, cues, figures)


def drifts(steps: Iterable[tuple[str, str, str]], words: Wording) -> pd.DataFrame:
    """List what changes along each step from the passage that a claim was taken from to the one that took it.

    Returns
    -------
    DataFrame
        One row a change: ``item`` (the later passage), ``from_item``, ``how`` it is known that one has it from the other,
        ``type`` (attribution, certainty, figure, verb), ``before`` and ``after``.

    """
    rows = [
        (item, origin, how, kind, before, after)
        for item, origin, how in steps
        for kind, before, after in _changes(item, origin, words)
    ]
    return pd.DataFrame(rows, columns=list(DRIFT_COLUMNS), dtype=object)


def _changes(item: str, origin: str, words: Wording) -> Iterator[tuple[str, str, str]]:
    for variable in (ATTRIBUTION, CERTAINTY):
        before, after = words.chosen.get((origin, variable)), words.chosen.get((item, variable))
        if before and after and before != after:
            yield variable, before, after
    if (origin, item) in words.figures:
        yield FIGURE, *words.figures[origin, item]
    verbs = [words.cues.get(one) for one in (origin, item)]
    if all(verbs) and len({strength(str(verb)) for verb in verbs} - {None}) > 1:
        yield VERB, str(verbs[0]), str(verbs[1])


def strength(cue: str) -> str | None:
    """How strong the verb of a cue is: weak, plain or strong; None where it is not known.

    >>> strength("told us that"), strength("it is thought"), strength("confirmed"), strength("meint")
    ('plain', 'weak', 'strong', None)
    """
    return next((name for name, found in _STRENGTHS if found.search(cue)), None)
