"""What becomes of the claims of each source: which it published first, took over, has from one origin, or in a circle.

And on how many origins a source leans: how its passages are spread over those that they name. The Herfindahl-Hirschman
index is corrected for small samples by drawing without replacement (Simpson 1949, Measurement of diversity, Nature 163, 688),
Shannon's entropy by Miller and Madow (Miller 1955, Note on the bias of information estimates). Nothing here ranks.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from annotate.counts.shares import Sums, shares
from annotate.provenance.claims._chains import least
from annotate.provenance.claims._figures import Figures
from annotate.provenance.claims._told import most
from annotate.provenance.claims.measured import Claims, first_to_publish, without_each
from annotate.sampling import FloatArray, Interval, generator, percentiles

SHARES = ("claims_first", "claims_taken_over", "claims_single_rooted", "claims_circular")
"""Shares of the claims that a source makes."""
SPREADS = ("origins_hhi", "origins_effective", "origins_entropy")
"""How the passages of a source are spread over the origins that they name."""
COLUMNS = (
    *(
        "source",
        "measure",
        "value",
        "ci_low",
        "ci_high",
        "interval",
        "n",
        "n_documents",
        "caution",
        "undefined",
    ),
)
_TWO = 2


@dataclass(frozen=True)
class _Carried:
    """A claim as a source makes it: the document of its first mention there, and what is so of it (None: not known)."""

    source: str
    document: str
    is_so: dict[str, bool | None]
    known: frozenset[str]
    one: tuple[frozenset[str], ...]
    n_unknown: int


def by_source(claims: Claims, interval: Interval = Interval()) -> pd.DataFrame:
    """Measure what becomes of the claims of each source, and on how many origins it leans.

    Parameters
    ----------
    claims
        Of :func:`annotate.provenance.claims.measured.gather`.
    interval
        Shares are of claims, drawn together by the document in which the source makes them first (:mod:`annotate.counts.shares`);
        the spread over origins is drawn by documents, ``replicates`` times.

    Returns
    -------
    DataFrame
        One row a source and measure: source, measure, value, ci_low, ci_high, interval, n, n_documents, caution,
        undefined. ``claims`` is how many it makes; ``claims_first`` the share of those with a date that nobody published
        before it; ``claims_taken_over`` that of claims of which a mention of its own was taken from another source's, as
        annotators say; ``claims_single_rooted`` and ``claims_circular`` that of claims that are such, and of which it
        is a part; ``origins_low`` and ``origins_high`` the independent origins of all its claims, as of one claim;
        ``origins_named`` the different origins that its passages name, with ``origins_hhi`` (the chance that two
        passages name the same), ``origins_effective`` (its inverse) and ``origins_entropy`` (the exponential of the
        entropy: so many origins named alike often), of ``n`` passages.

    """
    carried: dict[str, list[_Carried]] = {}
    for claim, scope in claims.scopes:
        for one in _carried(claims.figures(scope), claim["mentions"], claims):
            carried.setdefault(one.source, []).append(one)
    rows: list[dict[str, Any]] = []
    for source in sorted(claims.study.passages["source"].unique()):
        rows += [{"source": source, **row} for row in _of_claims(carried.get(source, []), interval, source)]
        rows += [{"source": source, **row} for row in _of_origins(source, claims, interval)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    real = dict.fromkeys(("value", "ci_low", "ci_high"), "float64")
    return frame.astype({**real, "n": "int64", "n_documents": "Int64"})


def without_each_part(claims: Claims) -> Iterator[tuple[str, str, str, dict[str, float]]]:
    """What is told of the claims of each source without each annotator, linker and document that bears on one of them.

    Gives the source, what is left out (annotator, linker or document), its name, and the values of :data:`SHARES`,
    ``claims``, ``origins_low`` and ``origins_high`` then; what is left out and ``None`` for the values with everything.
    """
    whole: dict[str, dict[int, _Carried]] = {}
    parts: dict[tuple[str, str], dict[int, list[_Carried]]] = {}
    for claim, scope in claims.scopes:
        number = int(claim["claim"])
        for one in _carried(claims.figures(scope), claim["mentions"], claims):
            whole.setdefault(one.source, {})[number] = one
        for kind, name, found in without_each(scope, claims):
            some = list(_carried(found, claim["mentions"], claims)) if len(found.mentions) > 1 else []
            parts.setdefault((kind, name), {})[number] = some
    yield from ((source, "", "", _values(list(held.values()))) for source, held in whole.items())
    for (kind, name), changed in sorted(parts.items()):
        for source, held in whole.items():
            if held.keys() & changed.keys():
                then = {number: one for number, one in held.items() if number not in changed}
                then |= {
                    number: one for number, some in changed.items() for one in some if one.source == source
                }
                yield source, kind, name, _values(list(then.values()))


def _values(carried: Sequence[_Carried]) -> dict[str, float]:
    found: dict[str, float] = {"claims": len(carried)}
    for name in SHARES:
        known = [is_so for one in carried if (is_so := one.is_so[name]) is not None]
        found[name] = float(np.mean(known)) if known else np.nan
    low, high = _independent(carried) if carried else (np.nan, np.nan)
    return found | {"origins_low": low, "origins_high": high}


def _independent(carried: Sequence[_Carried]) -> tuple[int, int]:
    """Independent origins of all these claims together, at least and at most."""
    known = frozenset(name for one in carried for name in one.known)
    unknown = sum(one.n_unknown for one in carried)
    one = [names for each in carried for names in each.one]
    return least(known, one, unknown), len(known) + unknown


def _carried(found: Figures, mentions: Sequence[dict[str, Any]], claims: Claims) -> Iterator[_Carried]:
    place = claims.coding.place
    first = first_to_publish(mentions)
    circle = {item for around in found.sure.circles for item in around}
    taken = {taker for taker, giver, _ in found.steps if place[taker].source != place[giver].source}
    for source in dict.fromkeys(place[item].source for item in found.mentions):
        own = [item for item in found.mentions if place[item].source == source]
        dated = any(mention["source"] == source and mention["item"] in own for mention in first.dated)
        yield _Carried(
            source,
            place[own[0]].document,
            {
                "claims_first": source in first.sources if dated else None,
                "claims_taken_over": bool(taken & set(own)),
                "claims_single_rooted": found.single_root,
                "claims_circular": bool(circle & set(own)),
            },
            found.sure.known,
            found.sure.one,
            found.sure.n_unknown,
        )


def _of_claims(carried: Sequence[_Carried], interval: Interval, source: str) -> Iterator[dict[str, Any]]:
    yield {"measure": "claims", "value": len(carried), "n": len(carried)}
    low, high = _independent(carried)
    for name, value in (("origins_low", low), ("origins_high", high)):
        yield {"measure": name, "value": value, "n": len(carried)}
    table = [[one.is_so[name] for name in SHARES] for one in carried]
    shape = (len(carried), len(SHARES))
    above = np.array([[bool(cell) for cell in row] for row in table], dtype=float).reshape(shape)
    below = np.array([[cell is not None for cell in row] for row in table], dtype=float).reshape(shape)
    numbers = {document: at for at, document in enumerate(dict.fromkeys(one.document for one in carried))}
    documents = np.array([numbers[one.document] for one in carried], dtype=np.int64)
    rng = generator(interval.seed, "claims of", source)
    if not carried:
        yield from (
            {"measure": name, "value": np.nan, "n": 0, "undefined": "it makes no claim that recurs"}
            for name in SHARES
        )
        return
    for name, share in zip(
        SHARES, shares(Sums(above, below, documents, "document"), interval, rng), strict=True
    ):
        yield {
            "measure": name,
            "value": share.value,
            "ci_low": share.low,
            "ci_high": share.high,
            "interval": None if share.interval is None else share.interval.replace("passage", "claim"),
            "n": share.n,
            "n_documents": share.n_documents,
            "caution": share.caution,
            "undefined": "none of its claims has a date" if np.isnan(share.value) else None,
        }


def _of_origins(source: str, claims: Claims, interval: Interval) -> Iterator[dict[str, Any]]:
    """The spread of the passages of a source over the origins that most annotators name."""
    place = claims.coding.place
    named = [
        (place[item].document, origin)
        for item, said in claims.coding.told.items()
        if item in place and place[item].source == source and (origin := most(said).origin) is not None
    ]
    origins = list(dict.fromkeys(origin for _, origin in named))
    documents = list(dict.fromkeys(document for document, _ in named))
    counts = np.zeros((len(documents), len(origins)))
    for (document, origin), count in Counter(named).items():
        counts[documents.index(document), origins.index(origin)] = count
    head = {"n": len(named), "n_documents": len(documents)}
    yield {"measure": "origins_named", "value": len(origins), **head}
    values = _spreads(counts.sum(axis=0, keepdims=True))[0]
    low, high, how = np.full(3, np.nan), np.full(3, np.nan), None
    if (
        len(documents) >= _TWO
        and interval.replicates
        and interval.kind != "none"
        and not np.isnan(values).all()
    ):
        rng = generator(interval.seed, "origins of", source)
        times = rng.multinomial(
            len(documents), np.full(len(documents), 1 / len(documents)), interval.replicates
        )
        drawn = _spreads(times @ counts)
        ends = [percentiles(drawn[:, at], interval.confidence) for at in range(len(SPREADS))]
        low, high = np.array(ends).T
        how = f"percentile bootstrap over {len(documents)} documents, {interval.replicates} replicates"
    for at, name in enumerate(SPREADS):
        undefined = "fewer than two passages name an origin" if np.isnan(values[at]) else None
        if values[at] == np.inf:
            undefined, values[at] = "no two passages name the same origin", np.nan
        yield {
            "measure": name,
            "value": values[at],
            "ci_low": low[at] if np.isfinite(low[at]) else np.nan,
            "ci_high": high[at] if np.isfinite(high[at]) else np.nan,
            "interval": how if undefined is None else None,
            **head,
            "caution": "one document" if len(documents) == 1 else None,
            "undefined": undefined,
        }


def _spreads(counts: FloatArray) -> FloatArray:
    """Index, its inverse, and the exponential of the entropy, of rows of counts (R x K); NaN of fewer than two."""
    total = counts.sum(axis=1)
    found = np.full((len(counts), len(SPREADS)), np.nan)
    enough = total >= _TWO
    some, n = counts[enough], total[enough][:, None]
    index = (some * (some - 1)).sum(axis=1) / (n * (n - 1))[:, 0]
    share = some / n
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    entropy = -(share * logs).sum(axis=1) + ((some > 0).sum(axis=1) - 1) / (2 * n[:, 0])
    found[enough, 0] = index
    found[enough, 1] = np.divide(1, index, out=np.full(len(index), np.inf), where=index > 0)
    found[enough, 2] = np.exp(entropy)
    return found
