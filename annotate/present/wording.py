"""The words of the workbook and the report: what each number is called, what it means, where it is from.

Both say the same, because both take it from here. Nothing here measures.
"""
# ruff: noqa: RUF001 (minus signs and dashes between pages are meant)

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from annotate.agreement import COEFFICIENTS as MEASURES
from annotate.agreement import MEANINGS
from annotate.agreement.benchmark import BENCHMARKS, convention
from annotate.codebook.read import Codebook
from annotate.counts.distance import UNORDERED
from annotate.counts.shares import MEANINGS as OF_SHARES
from annotate.present.tables import titled
from annotate.study.exports import REASONS
from annotate.study.study import Study
from annotate.study.words import choice, in_words, visible

ALL_SOURCES = "All sources"


@dataclass(frozen=True)
class Term:
    """A measure: its name in words, a short one for axes and headings, its definition, its reference."""

    name: str
    short: str
    definition: str
    reference: str = ""


COEFFICIENTS: Mapping[str, Term] = {
    "percent_agreement": Term(
        "Percent agreement",
        "Percent",
        "Of each passage with two or more annotators, the share of pairs of annotators who gave the same "
        "answer; then the mean over these passages. It is not corrected for agreement by chance, so it is "
        "high wherever nearly everything falls into one category.",
        "Fleiss 1971; Gwet 2014, ch. 2",
    ),
    "krippendorff_alpha": Term(
        "Krippendorff's alpha",
        "Alpha",
        "1 − Dₒ / Dₑ: the disagreement observed inside passages over the disagreement among all answers "
        "drawn at random. 1 is full agreement, 0 is what chance gives, below 0 is worse than chance. The "
        "distance between two answers follows the level of the variable: the same or not (nominal), "
        "Krippendorff's ordinal distance, squared differences of numbers (at ratio level relative to their sum), and MASI for sets. Where nearly everything lies in one "
        "category, little disagreement is to be expected, so that a few disagreements lower it much; it stays "
        "high where the rare categories are agreed upon.",
        "Krippendorff 2019, ch. 12; Passonneau 2006 for sets",
    ),
    "gwet_ac1": Term(
        "Gwet's AC1",
        "AC1",
        "(observed − expected) / (1 − expected), where observed is percent agreement and expected is "
        "Σ p(1 − p) / (K − 1) over the K categories that the variable offers; p is how common a category "
        "is among all rated passages. It stays steady where one category dominates.",
        "Gwet 2008; 2014, ch. 5",
    ),
}

NAMES: Mapping[str, str] = {
    "cohen_kappa": "Cohen's kappa",
    "conger_kappa": "Conger's kappa",
    "fleiss_kappa": "Fleiss' kappa",
    "light_kappa": "Light's kappa",
    "scott_pi": "Scott's pi",
    "brennan_prediger": "Brennan-Prediger",
    "gwet_ac2": "AC2",
    "cross_kappa": "Cross-kappa",
}
"""What coefficients are called that need no words beside their name."""

COUNTS: Mapping[str, Term] = {
    "passages": Term("Passages", "Passages", "Passages of the source, annotated or not."),
    "annotated_passages": Term(
        "Annotated passages", "Annotated", "Passages that at least one annotator has coded."
    ),
    "claims": Term(
        "Claims",
        "Claims",
        "Passages with a claim, each counted by the share of its annotators who saw one; so it need not be "
        "a whole number.",
    ),
}

SHARES: Mapping[str, Term] = {
    "attributed_share": Term(
        "Attributed",
        "Attributed",
        "Claims that are put down to somebody, named or not, and not to the text itself; over all claims.",
    ),
    "named_source_share": Term(
        "Put down to a named origin",
        "Named origin",
        "Claims that are put down to a named person, body, document or outlet; over all claims.",
    ),
    "primary_share": Term(
        "Primary ground",
        "Primary",
        "Claims that rest on a first-hand account, a record or image, or official data; over all claims.",
    ),
    "secondary_share": Term(
        "Secondary ground",
        "Secondary",
        "Claims that rest on a relayed account, a study or inquiry, the word of an authority, another "
        "publication, or reasoning; over all claims.",
    ),
    "unsupported_share": Term(
        "No ground offered",
        "None offered",
        "Claims for which the passage offers no ground; over all claims. It does not say that a claim is "
        "wrong.",
    ),
}
CLAIM_TYPES = Term(
    "Kinds of claim", "Kinds", "How the claims of a source spread over the kinds of claim; over all claims."
)
WEIGHTS = (
    "Every passage has weight one, however many annotators it had: a passage that two of its three "
    "annotators coded as attributed counts two thirds. Disagreement is carried along, not voted away. "
    "n is the number of passages that a value rests on."
)
INTERVALS = (
    "Where the passages lie in several documents, the intervals of agreement draw whole documents, because passages "
    "of one text resemble each other: each document is left out in turn (jackknife on the scale log(1 − coefficient)). "
    "Shares of claims do the same on the scale of the logit. For a source of a single document, passages of it are drawn "
    "with replacement (percentile bootstrap; Efron & Tibshirani 1993, ch. 13), which says nothing of other documents. An interval says how far a value could move with other "
    "documents, or passages, of the same kind, not with other annotators. Where all are alike it is exact "
    "(Clopper & Pearson 1934), of shares Wilson's (1927)."
)
READING = (
    "Read percent agreement, alpha and AC1 side by side, with n, with the interval, and with the most "
    "chosen category. Where one category takes nearly all answers, percent agreement and AC1 are high, and "
    "alpha can be low for the same answers: it is where annotators do not agree on the few others (Feinstein & "
    "Cicchetti 1990). No single one of them ranks "
    "sources, so sources stand in the order of the alphabet."
)
UNDEFINED = (
    "A value that cannot be computed is left undefined, with the reason, and is never replaced by 0 or 1. "
    "Nothing pairable: no passage has two annotators. Only one category: a coefficient that is corrected "
    "for chance cannot tell agreement from a lack of variation."
)
NEUTRAL = (
    "Annotators record what a passage says, whom it puts a claim down to, and on what ground. Nothing here "
    "decides whether a claim is true. A source is who published a passage; an origin is whom the passage "
    "puts a claim down to."
)
MOST_CHOSEN = (
    "The category chosen most often, and its share of all answers on the variable (of two that are equal, "
    "the first in the codebook)."
)
DISAGREEMENT = (
    "Agreeing pairs: of all pairs of annotators of a passage, the share who gave the same answer to a "
    "variable. A passage's disagreement is 1 minus the mean of these shares over the variables that two "
    "or more annotators answered. Passages with most disagreement come first."
)

LEDGER = (
    "A claim of the ledger is a figure that several sources carry, or a text that more than one document "
    "shares. Each is followed through the documents in order of date, in the words of each, with the origin "
    "it is put down to there. Figures of different sources are the same, overlap, share a bound, or cannot "
    "both hold. Texts that share words are counted once under separate texts, and so are documents that share "
    "several passages or of which one cites the other: which of them was first, and whether the separate ones "
    "know of each other all the same, the words alone do not say. Nor do they say who is right."
)
LEDGER_KINDS: Mapping[str, str] = {
    "claim": "Linked claim",
    "figure": "Figure",
    "text": "Reused text",
    "quotation": "Same quotation",
}
RELATIONS: Mapping[str, str] = {
    "same": "the same",
    "overlap": "overlap",
    "shared_bound": "share a bound",
    "part": "one is of a part",
    "apart": "differ",
    "conflict": "cannot both hold",
}

REFERENCES = (
    "Efron, B., & Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman & Hall.",
    (
        "Feinstein, A. R., & Cicchetti, D. V. (1990). High agreement but low kappa: I. The problems of two "
        "paradoxes. Journal of Clinical Epidemiology, 43, 543–549."
    ),
    (
        "Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological Bulletin, "
        "76, 378–382."
    ),
    (
        "Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high "
        "agreement. British Journal of Mathematical and Statistical Psychology, 61, 29–48."
    ),
    "Gwet, K. L. (2014). Handbook of Inter-Rater Reliability (4th ed.). Advanced Analytics.",
    "Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology (4th ed.). Sage.",
    (
        "Passonneau, R. J. (2006). Measuring agreement on set-valued items (MASI) for semantic and pragmatic "
        "annotation. Proceedings of LREC, 831–836."
    ),
)


ABOUT: Mapping[str, str] = {
    "read": "Read from",
    "kind": "What it is",
    "project id": "Project number",
    "project title": "Project",
    "project overlap": "Annotators a passage, as planned",
    "server url": "Server",
    "server label_studio": "Label Studio",
    "pulled_at": "Pulled at",
    "merged_at": "Merged at",
    "config_sha256": "Label config, SHA-256",
    "sha256": "Data, SHA-256",
}


def about(study: Study) -> list[tuple[str, str]]:
    """What was read, as a list of what and which; of a path the name alone, which says nothing of this machine."""
    told = {**study.about, "read": PurePath(study.about.get("read", "study")).name}
    return [(ABOUT.get(key, key), visible(str(value))) for key, value in told.items()]


def source_name(source: object) -> str:
    """The source's name; None stands for all of them together."""
    return ALL_SOURCES if source is None or source is pd.NA or source != source else visible(str(source))  # noqa: PLR0124


def coefficient(name: str) -> Term:
    """The words for a coefficient; one that is not named here keeps its id."""
    return COEFFICIENTS.get(name, Term(NAMES.get(name, name), NAMES.get(name, name), ""))


def order_ignored(agreement: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Which coefficients of a table of agreement ignore the order of the categories, and of which variables.

    Percent agreement and AC1 do, and so does what may be weighed and is not: two answers are the same or not,
    however far they are apart.
    """
    names: dict[str, None] = {}
    variables: dict[str, None] = {}
    for row in agreement.to_dict("records"):
        known = MEASURES.get(str(row["coefficient"]))
        if known is None or row["level"] in UNORDERED or isinstance(row.get("category"), str):
            continue
        asked = row.get("weights")
        weighs = known.weighs_with(str(row["level"]), asked if isinstance(asked, str) else None)
        if not known.by_distance and weighs in (None, "identity"):
            names[str(row["coefficient"])] = variables[str(row["variable"])] = None
    return list(names), list(variables)


def term(name: str) -> str:
    """A coefficient or measure as words."""
    known = coefficient(name)
    return known.short if known.short != name else titled(in_words(name))


def measured_lines(result: pd.DataFrame) -> list[str]:
    """At which level, with which weights, and what ignores the order of the categories, as lines below a table."""
    if result.empty:
        return []
    told = []
    for what, of in (("level", "variable"), ("weights", "coefficient"), ("distance", "variable")):
        if what in result.columns:
            pairs = result[[what, of]].dropna().drop_duplicates()
            groups = {str(one): list(map(term, group[of])) for one, group in pairs.groupby(what, sort=False)}
            told += [
                f"{what}: " + "; ".join(f"{one} ({', '.join(names)})" for one, names in groups.items())
                if groups
                else f"{what}: none; they do not apply to {' and '.join(map(term, result['coefficient'].unique()))}"
            ]
    told += [
        convention(scale)
        for scale in BENCHMARKS.values()
        if "benchmark" in result.columns and {*scale.columns} <= {*result.columns}
    ]
    names, variables = order_ignored(result)
    if names:
        told.append(
            f"{', '.join(map(term, names))}: without regard to the order of the categories ({', '.join(map(term, variables))}); "
            "alpha and AC2 regard it, and kappas with the weights level"
        )
    return told


def interval_level(confidence: float) -> str:
    r"""What the intervals are, as a sentence.

    >>> interval_level(0.95)
    'All intervals are 95\xa0% intervals.'
    """
    return f"All intervals are {100 * confidence:g}\N{NO-BREAK SPACE}% intervals."


def exclusions_line(left_out: Mapping[str, int]) -> str:
    """What was left out, by reason, with what the reasons mean, in a line; nothing if nothing was."""
    said = [f"{count} {reason} ({REASONS.get(reason, reason)})" for reason, count in left_out.items()]
    return f"left out: {'; '.join(said)}" if said else ""


def study_lines(study: Study) -> list[str]:
    """Say what a study holds and what was left out, for people, in two or three lines."""
    sizes = {
        "passages": len(study.passages),
        "sources": study.passages["source"].nunique(),
        "annotators": len(study.annotators),
        "judgements": len(study.first_round),
        "marked stretches": int((study.spans["round"] == 1).sum()),
    }
    if again := len(study.ratings) - len(study.first_round):
        sizes["judgements of a second time"] = again
    if len(study.relations):
        sizes["relations"] = len(study.relations)
    if len(study.inside):
        sizes["inside answers"] = len(study.inside)
    held = ", ".join(
        f"{count:,} {what.removesuffix('s') if count == 1 else what}" for what, count in sizes.items()
    )
    where = f"{study.about.get('kind', 'study')}, {study.name}"
    said = [f"caution: {caution}" for caution in study.cautions]
    return [held, exclusions_line(study.left_out) or "nothing was left out", *said, where]


def counts(study: Study) -> list[tuple[str, int]]:
    """How much there is of everything, as a list of what and how many."""
    annotations, again = study.passages["n_annotations"], len(study.ratings) - len(study.first_round)
    return [
        ("Passages", len(study.passages)),
        ("Sources", int(study.passages["source"].nunique())),
        ("Passages with an annotator", int((annotations > 0).sum())),
        ("Passages with two annotators or more", int((annotations > 1).sum())),
        ("Annotators", len(study.annotators)),
        ("Judgements", len(study.first_round)),
        *([("Judgements of a second time, counted apart", again)] if again else []),
        ("Marked stretches of text", int((study.spans["round"] == 1).sum())),
        *([("Relations between marked stretches", len(study.relations))] if len(study.relations) else []),
        *([("Answers inside marked stretches", len(study.inside))] if len(study.inside) else []),
        ("Comments", len(study.comments)),
        ("Left out, with the reason", len(study.exclusions)),
    ]


def relations(found: Collection[str]) -> list[str]:
    """How the figures of a claim relate, as words."""
    return [words for name, words in RELATIONS.items() if name in found]


def decided(codebook: Codebook | None, variable: str, mention: Mapping[str, Any]) -> str | None:
    """What most annotators chose for a mention of the ledger, as they saw it; None where nobody coded."""
    if tied := mention[f"{variable}_tied"]:
        return "tie: " + " / ".join(choice(codebook, variable, category) for category in tied)
    return choice(codebook, variable, mention[variable]) if mention[variable] else None


def web_address(url: object) -> str | None:
    """An address that may become a link: http or https, with a host and without blanks; else None.

    >>> web_address("javascript:alert(1)") is None
    True
    """
    if not isinstance(url, str) or url != visible(url) or len(url.split()) != 1:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def in_each(said: Sequence[str | None]) -> tuple[str, ...]:
    """The cautions that stand in each of several cells, so that they can be said once; none of a single cell."""
    cells = [(one or "").split("; ") for one in said]
    return (
        tuple(one for one in cells[0] if one and all(one in cell for cell in cells)) if len(cells) > 1 else ()
    )


def but(said: str | None, told: Sequence[str]) -> str | None:
    """A cell without the cautions that were said elsewhere."""
    return "; ".join(one for one in (said or "").split("; ") if one not in told) or None


def cautions_once(said: Sequence[str | None], parts: Sequence[bool]) -> tuple[list[str | None], list[str]]:
    """The cells without the cautions that all have, or all of ``parts`` (rows not of all together), and lines for these."""
    cells = [one if isinstance(one, str) else None for one in said]
    every = in_each(cells)
    others = in_each([one for one, part in zip(cells, parts, strict=True) if part])
    meanings = {**OF_SHARES, **MEANINGS}
    told = [f"every row, {name}: {meanings.get(name, name)}" for name in every]
    told += [
        f"every row but (all), {name}: {meanings.get(name, name)}" for name in others if name not in every
    ]
    return [
        but(one, (*every, *others) if part else every) for one, part in zip(cells, parts, strict=True)
    ], told


def caution_sentences(agreement: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the cautions of all sources together mean, and those that every source has on its own; the rows of a measurement."""
    of: dict[str, dict[str, None]] = {}
    for row in agreement:
        if row["source"] is None:
            for caution in str(row["caution"] or "").split("; "):
                of.setdefault(caution, {})[in_words(row["variable"])] = None
    for caution, names in of.items():
        if caution in MEANINGS:
            yield f"{', '.join(names)}: {MEANINGS[caution]}. Read the agreement with care."
    for caution in in_each([row["caution"] for row in agreement if row["source"] is not None]):
        if caution in MEANINGS:
            yield f"Every source on its own: {MEANINGS[caution]}. Read the agreement by source with care."
