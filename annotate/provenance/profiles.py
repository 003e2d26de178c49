"""A profile of each source: how much it attributes, to whom, and on what ground; and what recurs, put into tasks.

Nothing here says whether a claim is true, and no source gets one number.

Every passage has weight one, however many annotators it had. A passage that two of its three
annotators coded as attributed counts two thirds towards attributed: disagreement is carried along,
not voted away. A share is a ratio of two such sums, over the claims of one source, and its interval
is over the source's documents where they are known, and over its passages otherwise; see
:mod:`annotate.counts.shares`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from narwhals.typing import IntoFrame

from annotate.corpus.tasks import Task
from annotate.counts.clusters import DOCUMENT, clusters_of
from annotate.counts.shares import Sums, shares
from annotate.counts.table import bring_home
from annotate.errors import TableError
from annotate.figures import quantities
from annotate.frames import records
from annotate.reuse import MIN_SCORE, reuse
from annotate.sampling import AUTO, FloatArray, Interval, generator
from annotate.study.passages import passages_of

CLAIM_TYPE, ATTRIBUTION, BASIS = "claim_type", "attribution", "evidentiary_basis"
VARIABLES = (CLAIM_TYPE, ATTRIBUTION, BASIS)
NO_CLAIM = "no_claim"
NAMED = ("named_person", "named_organisation", "named_document_or_outlet")
UNNAMED = ("unnamed_specific", "vague_or_impersonal")
PRIMARY = ("first_hand_testimony", "physical_or_digital_record", "official_data")
SECONDARY = (
    "relayed_testimony",
    "systematic_inquiry",
    "expert_or_body_judgement",
    "media_or_secondary_text",
    "inference_or_calculation",
)
UNSUPPORTED = ("none_offered",)

# Each share: the variable, and the categories that count towards it.
SHARES: dict[str, tuple[str, tuple[str, ...]]] = {
    "attributed_share": (ATTRIBUTION, NAMED + UNNAMED),
    "named_source_share": (ATTRIBUTION, NAMED),
    "primary_share": (BASIS, PRIMARY),
    "secondary_share": (BASIS, SECONDARY),
    "unsupported_share": (BASIS, UNSUPPORTED),
}
COUNTS = ("passages", "annotated_passages")
_ROUNDING = 1e-9  # what is left of claims where none is
CLAIM_TYPES = "claim_type_share"  # one row a category
COLUMNS = (
    *("source", "measure", "category", "value", "ci_low", "ci_high", "interval"),
    *("n", "n_documents", "caution", "undefined"),
)


def profile(
    ratings: IntoFrame,
    passages: pd.DataFrame | None = None,
    *,
    interval: Interval = Interval(),
) -> pd.DataFrame:
    """Profile each source, and all of them together (source None, first).

    Parameters
    ----------
    ratings
        One round of the ratings table, with the variables claim_type, attribution and
        evidentiary_basis, or those of them that were coded.
    passages
        All passages with ``item`` and ``source``, annotated or not; default: those that were rated.
    interval
        Its confidence, and what is drawn: documents where the ratings or the passages tell them and a document has
        two passages (a jackknife on the logit scale), otherwise passages (a percentile bootstrap), as in a source
        of one document. Where all are alike it is Wilson's. ``none`` is for no interval.

    Returns
    -------
    DataFrame
        One row a source and measure: source, measure, category (of ``claim_type_share`` only),
        value, ci_low, ci_high, interval (what it is, or None), n, n_documents (that a value rests on; None where
        passages are drawn), caution (what makes the interval unsafe, or None), undefined (the reason, where the
        value is NaN).
        ``passages`` and ``annotated_passages`` are counts; ``claims`` is the number of passages
        with a claim, each counted by the share of its annotators who saw one; the others are
        shares of claims. ``n`` is the number of passages that a value rests on.

    Raises
    ------
    TableError
        If none of the three variables was coded, a category is not in the scheme, or the column of ``interval``
        does not tell which passages are drawn together.

    """
    interval.with_annotators_fixed()
    told = DOCUMENT if interval.cluster == AUTO else interval.cluster
    home = bring_home(ratings, also=("source", *([told] if told else [])))
    coded = [name for name in VARIABLES if (home["variable"] == name).any()]
    if not coded:
        raise TableError(
            f"no ratings of {CLAIM_TYPE}, {ATTRIBUTION} or {BASIS}: a profile needs at least one of them; "
            f"the variables here are {', '.join(sorted(home['variable'].unique())) or 'none'}"
        )
    _check_scheme(home)
    sources = (passages if passages is not None else home).drop_duplicates("item").set_index("item")["source"]
    weights, documents = _weights(home), _documents(home, passages, told, interval.cluster)
    types = sorted(set(home.loc[home["variable"] == CLAIM_TYPE, "category"]) - {NO_CLAIM})
    rows: list[dict[str, Any]] = []
    for source in [None, *sorted(sources.unique())]:
        items = sources.index if source is None else sources.index[sources == source]
        here = weights.loc[weights.index.get_level_values("item").isin(items)]
        rng = generator(interval.seed, "provenance", source)
        annotated = here.index.get_level_values("item").nunique()
        rows += [
            _count(source, name, count, len(items))
            for name, count in zip(COUNTS, (len(items), annotated), strict=True)
        ]
        for row in _measures(*_sums(here, coded, types, documents), interval, rng):
            rows.append({"source": source, **row})
    kinds = {
        "value": "float64",
        "ci_low": "float64",
        "ci_high": "float64",
        "n": "int64",
        "n_documents": "Int64",
    }
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)


def without_each_part(
    ratings: pd.DataFrame, passages: pd.DataFrame
) -> Iterator[tuple[str, str, str, dict[str, float]]]:
    """The shares of each source without each annotator, and without each of its documents.

    Gives the source, what is left out (``annotator`` or ``document``; "" for nothing), its name, and the values of
    :data:`SHARES` then, NaN where no claim is left.
    """
    names = list(SHARES)
    known = passages.drop_duplicates("item").set_index("item")[["source", "document"]]

    def sums(rows: pd.DataFrame, also: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        weights = _weights(rows)
        found, both = _sums(weights, list(VARIABLES), [], None)
        at = [name for name, _ in found]
        items = known.loc[weights.pivot_table("share", "item", "category", aggfunc="sum").index]
        above, below = (
            pd.DataFrame(side, columns=at)[names].groupby([items[name].to_numpy() for name in also]).sum()
            for side in (both.above, both.below)
        )
        return above, below

    for annotator in ("", *sorted(set(ratings["annotator"]))):
        rows = ratings.loc[ratings["annotator"] != annotator]
        if not rows["variable"].isin(VARIABLES).any():
            continue
        above, below = sums(rows, ["source"])
        then = above / below.where(below > 0)
        for source, values in zip(list(then.index), then.to_dict("records"), strict=True):
            yield (
                str(source),
                "annotator" if annotator else "",
                str(annotator),
                {str(name): float(value) for name, value in values.items()},
            )
    above, below = sums(ratings, ["source", "document"])
    rest_above, rest_below = (side.groupby(level=0).transform("sum") - side for side in (above, below))
    rest = rest_above / rest_below.where(rest_below > _ROUNDING)
    for (source, document), values in zip(list(rest.index), rest.to_dict("records"), strict=True):
        yield (
            str(source),
            "document",
            str(document),
            {str(name): float(value) for name, value in values.items()},
        )


def _documents(
    ratings: pd.DataFrame, passages: pd.DataFrame | None, told: str | None, cluster: str | None
) -> "pd.Series[int] | None":
    """The document of each passage, a number by item, as the ratings tell it or else the passages."""
    if told is not None and told not in ratings.columns and passages is not None and told in passages.columns:
        return clusters_of(passages.loc[passages["item"].isin(ratings["item"])], cluster)
    return clusters_of(ratings, cluster)


def _check_scheme(ratings: pd.DataFrame) -> None:
    for variable, known in (
        (ATTRIBUTION, NAMED + UNNAMED + ("author_voice",)),
        (BASIS, PRIMARY + SECONDARY + UNSUPPORTED),
    ):
        used = set(ratings.loc[ratings["variable"] == variable, "category"])
        outside = sorted(used - set(known))
        if outside:
            raise TableError(
                f"variable {variable}: {', '.join(outside)} is not in the scheme of sources and grounds; "
                f"a profile knows {', '.join(known)}"
            )


def _weights(ratings: pd.DataFrame) -> pd.DataFrame:
    """One row an (item, variable, category): the share of the item's annotators who chose it.

    Its annotators are those who answered any of the three questions, and no other one alone.

    What an annotator said of a passage in which they saw no claim says nothing about a claim.
    """
    rows = ratings.loc[ratings["variable"].isin(VARIABLES)]
    no_claim = rows.loc[
        (rows["variable"] == CLAIM_TYPE) & (rows["category"] == NO_CLAIM), ["item", "annotator"]
    ]
    pairs = pd.MultiIndex.from_frame(rows[["item", "annotator"]])
    void = pairs.isin(pd.MultiIndex.from_frame(no_claim)) & (rows["variable"] != CLAIM_TYPE).to_numpy()
    rows = rows.loc[~void]
    annotators = rows.groupby("item")["annotator"].nunique()
    counts = rows.groupby(["item", "variable", "category"]).size().rename("count").to_frame()
    counts["share"] = counts["count"] / annotators.reindex(counts.index.get_level_values("item")).to_numpy()
    return counts


def _sums(
    weights: pd.DataFrame, coded: list[str], types: list[str], documents: "pd.Series[int] | None"
) -> tuple[list[tuple[str, str | None]], Sums]:
    """The measures, with the category of each, and what they are sums of."""
    table = weights.pivot_table("share", "item", ["variable", "category"], aggfunc="sum", fill_value=0.0)
    rows = len(table)

    def of(variable: str, categories: tuple[str, ...] | None = None) -> FloatArray:
        if variable not in table.columns.get_level_values("variable"):
            return np.zeros(rows)
        block = table[variable]
        chosen = block.columns if categories is None else block.columns.intersection(list(categories))
        total: FloatArray = block[chosen].to_numpy(dtype=np.float64).sum(axis=1)
        return total

    names: list[tuple[str, str | None]] = []
    above: list[FloatArray] = []
    below: list[FloatArray] = []
    if CLAIM_TYPE in coded:
        claims = of(CLAIM_TYPE) - of(CLAIM_TYPE, (NO_CLAIM,))
        names.append(("claims", None))
        above.append(claims)
        below.append(np.ones(rows))
        for category in types:
            names.append((CLAIM_TYPES, category))
            above.append(of(CLAIM_TYPE, (category,)))
            below.append(claims)
    for measure, (variable, categories) in SHARES.items():
        if variable in coded:
            names.append((measure, None))
            above.append(of(variable, categories))
            below.append(of(variable))
    shape = (rows, len(names))
    sums = np.array(above).T.reshape(shape), np.array(below).T.reshape(shape)
    if documents is None:
        return names, Sums(*sums)
    return names, Sums(*sums, np.asarray(documents.loc[table.index], dtype=np.int64), str(documents.name))


def _measures(
    names: list[tuple[str, str | None]], sums: Sums, interval: Interval, rng: np.random.Generator
) -> Iterator[Mapping[str, Any]]:
    """Estimate each measure and its interval."""
    for column, ((measure, category), found) in enumerate(
        zip(names, shares(sums, interval, rng), strict=True)
    ):
        claims = measure == "claims"  # a number of passages, not a share of them
        scale = found.n if claims else 1
        value = float(sums.above[:, column].sum()) if claims else found.value
        yield {
            "measure": measure,
            "category": category,
            "value": value,
            "ci_low": scale * found.low,
            "ci_high": scale * found.high,
            "interval": found.interval,
            "n": found.n,
            "n_documents": found.n_documents,
            "caution": found.caution,
            "undefined": "no claim was coded" if np.isnan(value) else None,
        }


def _count(source: str | None, measure: str, value: int, n: int) -> dict[str, Any]:
    none = dict.fromkeys(("category", "interval", "n_documents", "caution", "undefined"))
    return {"source": source, "measure": measure, "value": value, "n": n, **none}


_FIGURE = ("start", "end", "surface", "low", "high", "unit", "rate", "currency", "hedge")


def with_findings(tasks: list[Task], *, min_score: float = MIN_SCORE) -> list[Task]:
    """Add to the data of each task its figures (``quantities``) and what it shares (``reuse``).

    Parameters
    ----------
    tasks
        As :func:`annotate.corpus.ingest` makes them; they are not changed.
    min_score
        Of :func:`annotate.reuse.reuse`.

    Returns
    -------
    list of tasks
        With two more keys where there is something to say. ``quantities``: the columns of
        :func:`annotate.figures.quantities` that belong to the figure. ``reuse``: for each
        passage that shares text, best first: passage_id, document_id, source, score, kind, start and end here,
        their_start and their_end there. Open bounds and what is not known are null.

    """
    passages = passages_of(tasks)
    found: dict[str, dict[str, list[dict[str, object]]]] = {}
    for row in records(quantities(passages)):
        figures = found.setdefault(str(row["item"]), {}).setdefault("quantities", [])
        figures.append({name: row[name] for name in _FIGURE})
    for row in records(reuse(passages, min_score=min_score)):
        for here, there in (("a", "b"), ("b", "a")):
            shared = found.setdefault(str(row[f"{here}_item"]), {}).setdefault("reuse", [])
            shared.append(
                {
                    "passage_id": row[f"{there}_item"],
                    "document_id": row[f"{there}_document"],
                    "source": row[f"{there}_source"],
                    **{name: row[name] for name in ("score", "kind")},
                    **{name: row[f"{here}_{name}"] for name in ("start", "end")},
                    **{f"their_{name}": row[f"{there}_{name}"] for name in ("start", "end")},
                }
            )
    return [
        {**task, "data": task["data"] | found.get(task["data"]["passage_id"].strip(), {})} for task in tasks
    ]
