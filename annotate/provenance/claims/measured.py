"""Claims with their figures: gathered from a study and its links, measured, and looked at again with parts left out.

How sure the figures are is told by drawing: for each passage one of its annotators, with all that they answered and marked
there, and for each pair one of those who linked it; or, if asked for, readings with the probability that a model of how
reliable annotators are gives them (:mod:`annotate.provenance.claims._posterior`). The interval runs from the lower limit of the least number of
origins to the upper limit of the greatest; ``circular_share`` and ``single_root_share`` say in which part of the
draws a claim is that. Passages and pairs of one annotator do not vary: nobody disagreed there, and nobody could.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from annotate.consensus import majority, without_hidden
from annotate.corpus.dates import read_published
from annotate.figures import compare, quantities
from annotate.provenance.claims._drift import DRIFT_COLUMNS, TYPES, Wording, drifts, wording
from annotate.provenance.claims._evidence import Place, evidence
from annotate.provenance.claims._figures import HEADLINES, Chances, Coding, Figures, Scope, settled, spread
from annotate.provenance.claims._found import UNCONFIRMED
from annotate.provenance.claims._told import told
from annotate.provenance.claims.corrections import Corrections
from annotate.provenance.claims.pairs import answers, contradictions
from annotate.provenance.ledger import Ledger, ledger
from annotate.provenance.origins import Origins, origins_of
from annotate.reuse import MIN_SCORE, reuse
from annotate.sampling import Interval, generator, percentiles
from annotate.study.links import Links, of_pairs, pairs_for_passages
from annotate.study.passages import passages_of_study
from annotate.study.study import Study

FIGURE_COLUMNS = (
    *(
        "claim",
        "status",
        "kind",
        "what",
        "n_mentions",
        "n_sources",
        "n_documents",
        "origins_low",
        "origins_high",
    ),
    *(
        "ci_low",
        "ci_high",
        "interval",
        "mentions_ci_low",
        "mentions_ci_high",
        "origins",
        "echo_low",
        "echo_high",
    ),
    *("depth", "first_source", "first_published", "last_published", "n_undated", "span_days", "recency_days"),
    *("drift", "circular", "circular_share", "single_root", "single_root_share", "proof", "flips"),
    "caution",
)
OUT_COLUMNS = ("claim", "left_out", "name", "n_mentions", "origins_low", "origins_high", *HEADLINES, "flips")
STEP_COLUMNS = ("claim", "item", "from_item", "how", "confirmed")
YES, NO = "yes", "no"
_DECIDED = ("attribution", "certainty")
ANSWERS, CONSENSUS = DRAWS = ("answers", "posterior")
"""What is drawn for an interval: annotators' answers, or the consensus posterior."""
ONE_ANNOTATOR = "one annotator a passage and a pair"
POSTERIOR = "the consensus posterior of each passage and pair (Dawid-Skene)"
_FULL = 3  # parts of a date that names a day


@dataclass(frozen=True)
class Claims:
    """The claims of a study and what they rest on.

    ``book`` is the ledger of them; ``coding`` what was said of passages and pairs; ``contradictions`` the pairs to adjudicate.
    ``chances`` are those of the consensus posterior, None where annotators are drawn alike.
    """

    study: Study
    passages: pd.DataFrame
    book: Ledger
    coding: Coding
    origins: Origins
    words: Wording
    contradictions: pd.DataFrame
    n_linkers: int = 0
    chances: Chances | None = None

    @property
    def scopes(self) -> Iterator[tuple[dict[str, Any], Scope]]:
        """Each claim of the ledger, and what bears on it."""
        for row in self.book.claims.to_dict("records"):
            items = list(dict.fromkeys(mention["item"] for mention in row["mentions"]))
            claim = {str(name): value for name, value in row.items()}
            yield claim, Scope.of(items, self.coding, linked=row["status"] != UNCONFIRMED)

    def figures(self, scope: Scope) -> Figures:
        """The figures of a claim, as most annotators say."""
        return scope.read(*settled(scope, self.coding), self.coding)


def gather(
    study: Study,
    links: Links | None = None,
    origins: Origins | None = None,
    *,
    corrections: Corrections = Corrections(),
    decided: pd.DataFrame | None = None,
    min_score: float = MIN_SCORE,
    book: Ledger | None = None,
) -> Claims:
    """Gather the claims of a study.

    Parameters
    ----------
    study
        With texts.
    links
        What annotators said of pairs of its passages (:func:`annotate.study.links.read_links`); without them claims are
        what recurs, unconfirmed.
    origins
        Whom names stand for; default: as :func:`annotate.provenance.origins.origins_of` finds them.
    corrections
        Of :func:`annotate.provenance.claims.corrections.read_corrections`.
    decided
        What an adjudicator decided of pairs: item, variable, category.
    min_score
        Of :func:`annotate.reuse.reuse`.
    book
        The ledger of the study with these links and corrections, where it is at hand; then nothing is compared again.

    Raises
    ------
    InputError
        If the study is itself a link project.

    """
    if of_pairs(study):
        raise pairs_for_passages(study.name)
    passages = passages_of_study(study, study.name)
    passages = passages.loc[passages["kind"] != "boilerplate"].reset_index(drop=True)
    names = origins_of(study) if origins is None else origins
    coded = answers(links, corrections, decided)
    if book is None:
        found = quantities(passages)
        comparisons, shared = compare(found, passages), reuse(passages, min_score=min_score)
        rated = study.first_round
        book = ledger(
            passages,
            found,
            comparisons,
            shared,
            rated,
            spans=study.spans,
            coded=coded,
            corrections=corrections,
            codebook=study.codebook,
        )
    place = {
        row["item"]: Place(str(row["document"]), str(row["source"])) for row in passages.to_dict("records")
    }
    within = {both: said for both, said in coded.items() if set(both) <= place.keys()}
    coding = Coding(told(study, names), within, evidence(passages, book.pairs), place)
    rated = without_hidden(majority(study.first_round), study.codebook)
    rated = rated.loc[rated["variable"].isin(_DECIDED) & rated["category"].notna()]
    voted = {
        (item, name): category
        for item, name, category in zip(rated["item"], rated["variable"], rated["category"], strict=True)
    }
    linkers = {annotator for said in coded.values() for annotator in said}
    return Claims(
        study,
        passages,
        book,
        coding,
        names,
        wording(study, voted, book.comparisons),
        contradictions(coded),
        len(linkers),
    )


def by_posterior(claims: Claims, seed: int = 0) -> Claims:
    """The same claims, whose intervals are drawn from the consensus posterior of passages and pairs (Dawid & Skene 1979)."""
    from annotate.provenance.claims._posterior import chances

    return replace(claims, chances=chances(claims.study, claims.coding, seed))


def measure(claims: Claims, interval: Interval = Interval()) -> pd.DataFrame:
    """Measure each claim.

    Parameters
    ----------
    claims
        Of :func:`gather`.
    interval
        ``replicates`` is how often annotators are drawn, ``confidence`` and ``seed`` those of the interval.

    Returns
    -------
    DataFrame
        One row a claim, in the ledger's order: ``claim`` (its number), ``status``, ``kind``, ``what``; ``n_mentions``,
        ``n_sources``, ``n_documents``; ``origins_low`` and ``origins_high``, the independent origins if all that are not known
        are one (and may be one of those that are), and if all are different; ``ci_low`` and ``ci_high``, the interval
        of that range, and ``interval``, how it was made; those of the mentions; ``origins``, the names at the ends of the
        chains; ``echo_low`` and ``echo_high``, mentions an origin; ``depth``, the most steps from a mention to where its chain
        ends; ``first_source`` (those with the earliest date), ``first_published``, ``last_published``, ``n_undated``
        mentions (which may be earlier); ``span_days`` between first and last, ``recency_days`` from the last to the last
        date of the corpus (NaN without days); ``drift``, the types of it; ``circular`` and ``single_root`` (yes,
        unconfirmed, no) with the share of draws in which they hold; ``proof``, the passages of a circle, each of which has it
        from the next, or of the chains that end in one origin; ``flips``, what is said no more without one annotator or document.

    """
    latest = max(filter(None, map(_day, claims.passages["published"])), default=None)
    flips = leave_one_out(claims)
    told = flips.loc[flips["flips"].map(bool)].groupby("claim")
    by_claim = {number: _flips(rows) for number, rows in told}
    rows = []
    for claim, scope in claims.scopes:
        found = claims.figures(scope)
        rows.append(
            {
                **{name: claim[name] for name in ("claim", "status", "kind", "what")},
                **_counts(found, claims),
                **_interval(scope, claims, interval, int(claim["claim"])),
                **_dates(claim["mentions"], latest),
                **_ways(found, claims),
                "flips": by_claim.get(claim["claim"], []),
                "caution": "; ".join(map(_of_one_origin, found.sure.one)) or None,
            }
        )
    frame = pd.DataFrame(rows, columns=list(FIGURE_COLUMNS), dtype=object)
    whole = [name for name in FIGURE_COLUMNS if name.startswith("n_")]
    whole += ["claim", "origins_low", "origins_high", "depth"]
    real = [name for name in FIGURE_COLUMNS if name.endswith(("_days", "_share", "ci_low", "ci_high")) or name.startswith("echo")]  # fmt: skip
    return frame.astype({**dict.fromkeys(whole, "int64"), **dict.fromkeys(real, "float64")})


def _of_one_origin(names: Iterable[str]) -> str:
    return f"coded as one origin, but named {' and '.join(sorted(names))}: join the names, or look at the pair again"


def _counts(found: Figures, claims: Claims) -> dict[str, Any]:
    n = len(found.mentions)
    return {
        "n_mentions": n,
        "n_sources": found.n_sources,
        "n_documents": len({claims.coding.place[item].document for item in found.mentions}),
        "origins_low": found.low,
        "origins_high": found.high,
        "origins": sorted(found.sure.known),
        "echo_low": n / found.high,
        "echo_high": n / found.low,
        "depth": max(found.sure.length.values()),
    }


def _interval(scope: Scope, claims: Claims, interval: Interval, number: int) -> dict[str, Any]:
    if not interval.replicates or interval.kind == "none":
        return {}
    rng = generator(interval.seed, "claim", number)
    drawn = spread(scope, claims.coding, interval.replicates, rng, claims.chances)
    ends = {
        name: percentiles(drawn[name].to_numpy(dtype=float), interval.confidence)
        for name in ("n_mentions", "low", "high")
    }
    return {
        "ci_low": ends["low"][0],
        "ci_high": ends["high"][1],
        "mentions_ci_low": ends["n_mentions"][0],
        "mentions_ci_high": ends["n_mentions"][1],
        "circular_share": drawn["circular"].mean(),
        "single_root_share": drawn["single_root"].mean(),
        "interval": f"{interval.replicates} draws of {ONE_ANNOTATOR if claims.chances is None else POSTERIOR}",
    }


def _day(published: object) -> date | None:
    """The day of a date that names one."""
    read = read_published(published)
    return date(*read.days) if read and len(read.days) == _FULL else None


@dataclass(frozen=True)
class First:
    """The mentions with a date, in order of it, and the sources of the earliest."""

    dated: tuple[dict[str, Any], ...]
    sources: tuple[str, ...]


def first_to_publish(mentions: Sequence[dict[str, Any]]) -> First:
    """Who published a claim first, of its mentions in the ledger's order: all of them, where none is strictly earlier."""
    dated = [(when, mention) for mention in mentions if (when := read_published(mention["published"]))]
    first = {mention["source"] for when, mention in dated if not dated[0][0].earlier_than(when)}
    return First(tuple(mention for _, mention in dated), tuple(sorted(first)))


def _dates(mentions: list[dict[str, Any]], latest: date | None) -> dict[str, Any]:
    first = first_to_publish(mentions)
    days = [day for mention in first.dated if (day := _day(mention["published"]))]
    return {
        "first_source": list(first.sources),
        "first_published": first.dated[0]["published"] if first.dated else None,
        "last_published": first.dated[-1]["published"] if first.dated else None,
        "n_undated": len(mentions) - len(first.dated),
        "span_days": (max(days) - min(days)).days if days else None,
        "recency_days": (latest - max(days)).days if latest and days else None,
    }


def _ways(found: Figures, claims: Claims) -> dict[str, Any]:
    types = set(drifts((*found.steps, *found.maybe), claims.words)["type"])
    circles = found.sure.circles or found.all.circles
    single = found.n_sources > 1 and found.all.high == 1
    proof = list(circles[0]) if circles else list(found.mentions) if single else []
    return {
        "drift": [name for name in TYPES if name in types],
        "circular": _held(sure=found.circular, maybe=bool(found.all.circles)),
        "single_root": _held(sure=found.single_root, maybe=single),
        "proof": proof,
    }


def _held(*, sure: bool, maybe: bool) -> str:
    return YES if sure else UNCONFIRMED if maybe else NO


def steps(claims: Claims) -> pd.DataFrame:
    """Who has it from whom, claim by claim: ``claim``, ``item``, ``from_item``, ``how`` it is known, and whether ``confirmed``.

    ``how`` is coded (by annotators of the pair), cites (the passage names the other's source, as most marked it), text
    (shared text, and the dates), or names (title, address or outlet of the other document).
    """
    rows = [
        (claim["claim"], *step, step in found.steps)
        for claim, scope in claims.scopes
        for found in (claims.figures(scope),)
        for step in (*found.steps, *found.maybe)
    ]
    return pd.DataFrame(rows, columns=list(STEP_COLUMNS), dtype=object)


def drift(claims: Claims) -> pd.DataFrame:
    """What changes on the way of each claim: ``claim``, and the columns of drift (item, from_item, how, type, before, after)."""
    found = steps(claims)
    tables = []
    for number, rows in found.groupby("claim", sort=True):
        ways = rows[["item", "from_item", "how"]].itertuples(index=False, name=None)
        tables.append(drifts(ways, claims.words).assign(claim=number))
    columns = ["claim", *DRIFT_COLUMNS]
    return (
        pd.concat(tables, ignore_index=True)[columns]
        if tables
        else pd.DataFrame(columns=columns, dtype=object)
    )


def leave_one_out(claims: Claims) -> pd.DataFrame:
    """Look at each claim again without each annotator of passages, each of pairs, and each document.

    Returns
    -------
    DataFrame
        One row a claim and what is left out (``left_out``: annotator, linker or document; ``name``): the mentions, the
        origins and the headlines then, and ``flips``, those that are not what they are with everything.

    """
    rows: list[tuple[object, ...]] = []
    for claim, scope in claims.scopes:
        whole = claims.figures(scope)
        for kind, name, found in without_each(scope, claims):
            flips = [
                headline for headline in HEADLINES if getattr(found, headline) != getattr(whole, headline)
            ]
            counts = len(found.mentions), found.low, found.high
            rows.append(
                (claim["claim"], kind, name, *counts, *(getattr(found, one) for one in HEADLINES), flips)
            )
    return pd.DataFrame(rows, columns=list(OUT_COLUMNS), dtype=object)


def without_each(scope: Scope, claims: Claims) -> Iterator[tuple[str, str, Figures]]:
    """The figures of a claim without each annotator of passages, each of pairs (linker), and each document of its mentions."""
    coding = claims.coding
    for name in sorted({one for item in scope.items for one in coding.told.get(item, {})}):
        yield "annotator", name, scope.read(*settled(scope, coding, without=name), coding)
    for name in sorted({one for both in scope.pairs for one in coding.pairs[both]}):
        yield "linker", name, scope.read(*settled(scope, coding, without_linking=name), coding)
    everybody = settled(scope, coding)
    for name in sorted({coding.place[item].document for item in scope.mentions}):
        yield "document", name, scope.read(*everybody, coding, without=name)


def _flips(rows: pd.DataFrame) -> list[str]:
    """What is said no more, or only then, in words: without whom or what."""
    return flips_in_words(
        (f"{'' if row[headline] else 'not '}{HEADLINES[headline]}", row["left_out"], row["name"])
        for row in rows.to_dict("records")
        for headline in row["flips"]
    )


def flips_in_words(flips: Iterable[tuple[str, str, str]]) -> list[str]:
    """Gather what is said then, and the kind and name of what is left out, into a line for each."""
    without: dict[tuple[str, str], list[str]] = {}
    for said, kind, name in flips:
        without.setdefault((said, kind), []).append(name)
    return [
        f"{said} without {kind} {' or '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}"
        for (said, kind), names in without.items()
    ]
