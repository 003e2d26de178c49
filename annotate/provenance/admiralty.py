"""The two Admiralty scales as a second pass: passages whose publisher is shown, and what their answers rest on.

How reliable a source is, and how credible what it says, are rated apart and stay apart. "Confirmed by other sources" (1) is
accepted only where two independent origins of the claim are known. F and 6 say that nothing can be judged: they are no
step of the order. Variables and categories are those of the MISP taxonomy admiralty-scale.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.consensus import majority
from annotate.corpus.tasks import Task
from annotate.errors import InputError, some
from annotate.frames import records
from annotate.provenance.claims._figures import Figures
from annotate.provenance.claims._told import most
from annotate.provenance.claims.measured import Claims
from annotate.study.study import Study

CONFIG = "admiralty_config.xml"
RELIABILITY, CREDIBILITY = SCALES = ("source-reliability", "information-credibility")
CONFIRMED = "1"
NOT_JUDGED: Mapping[str, str] = {RELIABILITY: "f", CREDIBILITY: "6"}
"""What says that there is no basis for a judgement, by scale."""
CHECKED_COLUMNS = (
    *("item", "document", "source", "annotator", *SCALES),
    *("claim", "n_mentions", "origins_low", "origins_high", "accepted", "because"),
)
RATING_COLUMNS = ("item", "source", "annotator", "variable", "category", "document")
_NO_CLAIM = "no_claim"
_AROUND = 2  # passages of context on either side
_OTHERS = 8  # mentions that are shown beside a passage


@dataclass(frozen=True)
class ToRate:
    """The tasks of a second pass, and how many passages are not among them.

    ``open`` are passages that fewer annotators have coded blind than are to; ``no_claim`` those in which most see no claim.
    """

    tasks: list[Task]
    open: int
    no_claim: int


@dataclass(frozen=True)
class Checked:
    """What was rated, held against the origins that are known.

    ``table`` has one row a passage and annotator (:data:`CHECKED_COLUMNS`); ``ratings`` are those that stand, as a table of
    ratings: without each 1 that is refused (``refused`` of them), and without F and 6 (``not_judged``).
    """

    table: pd.DataFrame
    ratings: pd.DataFrame
    refused: int
    not_judged: int


def asks_for_admiralty(codebook: Codebook) -> bool:
    """Whether a label config asks the two Admiralty scales, with their categories."""
    asked = {one.name: {each.id for each in one.categories} for one in codebook.variables}
    return (
        all(NOT_JUDGED[scale] in asked.get(scale, ()) for scale in SCALES) and CONFIRMED in asked[CREDIBILITY]
    )


def to_rate(claims: Claims, *, config_sha256: str, coded_by: int) -> ToRate:
    """Make tasks of the passages that were coded blind, each with its publisher and what else is said of its claim.

    Parameters
    ----------
    claims
        Of :func:`annotate.provenance.claims.measured.gather`.
    config_sha256
        Of the label config.
    coded_by
        How many annotators must have coded a passage: whoever codes it later would know its publisher.

    Raises
    ------
    InputError
        If no passage is left.

    """
    rated = claims.study.first_round
    coders = rated.groupby("item")["annotator"].nunique()
    types = rated.loc[rated["variable"] == "claim_type"]
    said = (
        {} if types.empty else dict(majority(types)[["item", "category"]].itertuples(index=False, name=None))
    )
    rows = records(claims.passages)
    known = _known(claims)
    done = [place for place, row in enumerate(rows) if coders.get(row["item"], 0) >= coded_by]
    taken = [place for place in done if said.get(rows[place]["item"]) != _NO_CLAIM]
    if not taken:
        raise InputError(
            f"{claims.study.name}: no passage with a claim has been coded by {coded_by} or more; finish the blind pass, and pull again"
        )
    screen = _Screen(claims, rows, known)
    tasks = [{"data": {**screen.shown(place), "config_sha256": config_sha256}} for place in taken]
    return ToRate(tasks, len(rows) - len(done), len(done) - len(taken))


@dataclass(frozen=True)
class _Known:
    """What is known of the claim of a passage: its number, and its figures."""

    claim: int
    figures: Figures


def _known(claims: Claims) -> dict[str, _Known]:
    """The claim of each passage that makes one; of several, the one with the most known origins."""
    found: dict[str, _Known] = {}
    for claim, scope in claims.scopes:
        figures = claims.figures(scope)
        for item in figures.mentions:
            if item not in found or figures.low > found[item].figures.low:
                found[item] = _Known(int(claim["claim"]), figures)
    return found


class _Screen:
    """What a rater sees of a passage."""

    def __init__(
        self, claims: Claims, rows: Sequence[Mapping[str, Any]], known: Mapping[str, _Known]
    ) -> None:
        self._claims, self._rows, self._known = claims, rows, known
        self._row = {row["item"]: row for row in rows}

    def shown(self, place: int) -> dict[str, Any]:
        row = self._rows[place]
        item = str(row["item"])
        known = self._known.get(item)
        others = [] if known is None else [one for one in known.figures.mentions if one != item]
        return {
            "passage_id": item,
            "document_id": row["document"],
            **{name: row[name] for name in ("source", "text", "kind", "start", "end")},
            **{name: row[name] for name in ("title", "published", "url") if row[name]},
            "before": self._around(row, range(place - _AROUND, place)),
            "after": self._around(row, range(place + 1, place + 1 + _AROUND)),
            "heading": f"{row['source']}, {_when(row)}{self._put_down_to(item)}",
            "told": _told(known, len(others)),
            "others": "\n\n".join(self._others(others)),
            "origins_low": 1 if known is None else known.figures.low,
            "origins_high": 1 if known is None else known.figures.high,
        }

    def _around(self, row: Mapping[str, Any], places: range) -> str:
        near = [self._rows[place] for place in places if 0 <= place < len(self._rows)]
        return " ".join(one["text"] for one in near if one["document"] == row["document"])

    def _put_down_to(self, item: str) -> str:
        told = most(self._claims.coding.told.get(item, {}))
        return f"; put down to {told.origin}" if told.origin and not told.is_own else ""

    def _others(self, items: Sequence[str]) -> Iterator[str]:
        for item in items[:_OTHERS]:
            row = self._row[item]
            yield f"{row['source']}, {_when(row)}{self._put_down_to(item)}:\n{row['text']}"
        if more := items[_OTHERS:]:
            yield f"and {len(more)} more"


def _when(row: Mapping[str, Any]) -> str:
    return f"published {row['published']}" if row["published"] else "date not known"


def _told(known: _Known | None, others: int) -> str:
    if known is None:
        return "No other passage is known to say the same: 1 origin"
    low, high = known.figures.low, known.figures.high
    origins = f"at least {low}" if low == high else f"at least {low}, at most {high}"
    return f"{'1 other passage says' if others == 1 else f'{others} other passages say'} the same; independent origins: {origins}"


def checked(rated: Study, claims: Claims) -> Checked:
    """Hold what was rated against the origins of the claims.

    Parameters
    ----------
    rated
        The second pass: of a label config with the two scales.
    claims
        Of the blind pass, of the same passages.

    Raises
    ------
    InputError
        If ``rated`` is of another label config, nobody has rated anything, or it has passages that the study does not have
        or that have another text there.

    """
    if rated.codebook is None or not asks_for_admiralty(rated.codebook):
        raise InputError(
            f"{rated.name}: does not ask the two Admiralty scales; give the snapshot of the project that annotate rate made"
        )
    given = rated.rated
    _hold_against(rated, claims)
    known = _known(claims)
    wide = given.loc[given["variable"].isin(SCALES)].pivot_table(
        "category", ["item", "document", "source", "annotator"], "variable", aggfunc="first"
    )
    rows = []
    for row in records(wide.reindex(columns=list(SCALES)).astype(object).reset_index()):
        one = known.get(row["item"])
        counts = (0, 1, 1) if one is None else (len(one.figures.mentions), one.figures.low, one.figures.high)
        refused = row[CREDIBILITY] == CONFIRMED and counts[1] < 2  # noqa: PLR2004 - two origins confirm
        rows.append(
            {
                **row,
                "claim": None if one is None else one.claim,
                **dict(zip(("n_mentions", "origins_low", "origins_high"), counts, strict=True)),
                "accepted": not refused,
                "because": _because(one) if refused else None,
            }
        )
    table = pd.DataFrame(rows, columns=list(CHECKED_COLUMNS), dtype=object)
    table = table.astype({"claim": "Int64", "n_mentions": "int64", "origins_low": "int64", "origins_high": "int64", "accepted": "bool"})  # fmt: skip
    judged = given.loc[given["variable"].isin(SCALES)]
    outside = judged["category"] == judged["variable"].map(dict(NOT_JUDGED))
    wrong = pd.MultiIndex.from_frame(table.loc[~table["accepted"], ["item", "annotator"]])
    refused_rows = (judged["variable"] == CREDIBILITY) & pd.MultiIndex.from_frame(judged[["item", "annotator"]]).isin(wrong)  # fmt: skip
    stands = judged.loc[~outside & ~refused_rows, list(RATING_COLUMNS)].reset_index(drop=True)
    return Checked(table, stands, int((~table["accepted"]).sum()), int(outside.sum()))


def _because(known: _Known | None) -> str:
    if known is None:
        return "no other passage is known to say the same"
    n = len(known.figures.mentions)
    return f"{n} passages say it, and 1 independent origin is known at least"


def _hold_against(rated: Study, claims: Claims) -> None:
    text = dict(zip(claims.study.passages["item"], claims.study.passages["text"], strict=True))
    said = dict(zip(rated.passages["item"], rated.passages["text"], strict=True))
    foreign = [item for item in said if item not in text]
    changed = [item for item, words in said.items() if item in text and words != text[item]]
    for found, what in ((foreign, "are not in the study"), (changed, "have another text in the study")):
        if found:
            raise InputError(
                f"{rated.name}: {len(found)} of its passages {what} {claims.study.name}: {some(found)}; "
                "give the ratings that were made of this study"
            )
