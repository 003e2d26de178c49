"""Pairs of passages as tasks of a project of their own, and what their answers say of the pairs that are not coded.

A coder sees the two passages side by side, with what stands around them and with the date of each, but not who
published them; words and figures that both have are marked. Most pairs come from the top of the list of candidates. A few
come at random from below the cut and look like all others (the control): the links that the list has missed are
estimated from them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta

from annotate.corpus.tasks import Task
from annotate.errors import InputError
from annotate.reuse.stems import BoolArray, places, read_words
from annotate.study.links import CANDIDATE, CONTROL, RELATION, SAME, pair_id, pairs_of

AROUND = 2  # passages of context on either side
NEAR = 10  # times the cut: as far as the list goes from which half of the control is drawn
_SIDES = ("item", "document", "source", "published", "text")
LOOKED_BACK = 20  # candidates by rank of which none is the same claim: then it is time to stop
CONFIDENCE = 0.95


def link_tasks(
    candidates: pd.DataFrame,
    passages: pd.DataFrame,
    *,
    top: int,
    control: float,
    config_sha256: str,
    seed: int = 0,
    language: str = "english",
) -> list[Task]:
    """Make tasks of the best candidates and of a control from below them.

    Parameters
    ----------
    candidates
        Of :func:`annotate.provenance.candidates` of these passages, with at least ten times ``top`` rows where there are
        so many.
    passages
        Of :func:`~annotate.study.passages.read_passages`.
    top
        How many of the candidates become tasks: the cut.
    control
        How many pairs are drawn besides, as a share of the candidates taken: one half from the candidates below the cut
        down to ten times it, the other from all other pairs of different documents.
    config_sha256
        Of the label config.
    seed
        The same seed gives the same control in the same places.
    language
        By whose stems shared words are marked.

    Returns
    -------
    list of dict
        In the order of the score, the control scattered among them.

    Raises
    ------
    InputError
        If there is no candidate, or ``control`` is not a share.

    """
    if candidates.empty:
        raise InputError(
            "no two passages of different documents have anything in common; there is nothing to link"
        )
    if not 0 <= control <= 1:
        raise InputError(f"control {control}: is not a share; give one from 0 to 1, such as 0.1")
    rng = np.random.default_rng(seed)
    body = passages.sort_values(["document", "start", "item"], kind="stable").reset_index(drop=True)
    taken = candidates.head(top).assign(stratum=CANDIDATE, drawn=1.0)
    pairs = taken[[*_columns(), "score", "rank", "reasons", "stratum", "drawn"]].to_dict("records")
    drawn = _control(candidates, body, len(taken), math.ceil(control * len(taken)), rng)
    for pair in drawn:
        pairs.insert(int(rng.integers(0, len(pairs) + 1)), pair)
    screen = _Screen(body, pairs, language)
    return [{"data": _data(pair, screen, config_sha256)} for pair in pairs]


def _columns() -> list[str]:
    return [f"{side}_{name}" for name in _SIDES for side in ("a", "b")]


def _control(
    candidates: pd.DataFrame, body: pd.DataFrame, cut: int, number: int, rng: np.random.Generator
) -> list[dict[Any, Any]]:
    """Draw pairs from below the cut: from the list that follows, and from what is in no list."""
    near = candidates.iloc[cut : NEAR * cut]
    apart = body.loc[body["kind"] != "boilerplate"].reset_index(drop=True)
    sizes = apart.groupby("document").size().to_numpy()
    far_size = (len(apart) ** 2 - int((sizes**2).sum())) // 2 - cut - len(near)
    of_near = min(len(near), number - number // 2) if far_size else min(len(near), number)
    of_far = min(far_size, number - of_near)
    chosen = near.iloc[np.sort(rng.choice(len(near), of_near, replace=False))] if of_near else near.iloc[:0]
    told = chosen.assign(stratum=CONTROL, drawn=of_near / max(len(near), 1))
    pairs = told[[*_columns(), "score", "rank", "reasons", "stratum", "drawn"]].to_dict("records")
    listed = {
        pair_id(*both)
        for both in candidates.head(NEAR * cut)[["a_item", "b_item"]].itertuples(index=False, name=None)
    }
    rows = apart.to_dict("records")
    while len(pairs) < of_near + of_far:
        one, other = (rows[place] for place in sorted(rng.integers(0, len(rows), 2).tolist()))
        if one["document"] == other["document"] or (name := pair_id(one["item"], other["item"])) in listed:
            continue
        listed.add(name)
        sides: dict[Any, Any] = {
            f"{side}_{key}": row[key] for side, row in (("a", one), ("b", other)) for key in _SIDES
        }
        pairs.append(
            sides
            | {
                "score": None,
                "rank": None,
                "reasons": [],
                "stratum": CONTROL,
                "drawn": of_far / far_size,
            }
        )
    return pairs


def _data(pair: Mapping[Any, Any], screen: "_Screen", config_sha256: str) -> dict[str, Any]:
    known = {str(key): None if value is pd.NA else value for key, value in pair.items()}
    known["rank"] = None if known["rank"] is None else int(known["rank"])
    text = f"{known['a_text']}\n\n{known['b_text']}"
    return {
        "passage_id": pair_id(str(known["a_item"]), str(known["b_item"])),
        "document_id": " + ".join(sorted(str(known[f"{side}_document"]) for side in ("a", "b"))),
        "source": " + ".join(sorted(str(known[f"{side}_source"]) for side in ("a", "b"))),
        "text": text,
        "kind": "body",
        "start": 0,
        "end": len(text),
        **known,
        **screen.shown(known),
        "config_sha256": config_sha256,
    }


class _Screen:
    """What is shown of a pair: either passage as HTML with what both have marked, its context, and its date."""

    def __init__(self, body: pd.DataFrame, pairs: Sequence[Mapping[Any, Any]], language: str) -> None:
        """Read the words of all passages that are shown once."""
        self._rows = body.to_dict("records")
        self._place = {row["item"]: place for place, row in enumerate(self._rows)}
        items = list(dict.fromkeys(str(pair[f"{side}_item"]) for pair in pairs for side in ("a", "b")))
        words = read_words([self._rows[self._place[item]]["text"] for item in items], language)
        self._codes = {item: words.codes[words.of(number)] for number, item in enumerate(items)}

    def shown(self, pair: Mapping[str, Any]) -> dict[str, Any]:
        codes = {side: self._codes[pair[f"{side}_item"]] for side in ("a", "b")}
        shared = np.intersect1d(codes["a"], codes["b"])
        shared = shared[shared >= 0]  # no function words
        found: dict[str, Any] = {}
        for side in ("a", "b"):
            place = self._place[pair[f"{side}_item"]]
            row = self._rows[place]
            found |= {
                f"{side}_start": int(row["start"]),
                f"{side}_end": int(row["end"]),
                f"{side}_heading": f"{side.upper()}, {_when(row['published'])}",
                f"{side}_before": self._around(row, range(place - AROUND, place)),
                f"{side}_after": self._around(row, range(place + 1, place + 1 + AROUND)),
                f"{side}_html": marked(row["text"], np.isin(codes[side], shared)),
            }
        return found

    def _around(self, row: Mapping[Any, Any], places: range) -> str:
        """Read the passages around it in the same document; boilerplate is not context."""
        rows = [self._rows[place] for place in places if 0 <= place < len(self._rows)]
        return " ".join(
            one["text"] for one in rows if one["document"] == row["document"] and one["kind"] != "boilerplate"
        )


def _when(published: object) -> str:
    return f"published {published}" if published else "date not known"


def marked(text: str, which: BoolArray) -> str:
    """Write a text as HTML with the chosen ones of its words marked; neighbours are marked in one stretch.

    >>> marked("Eleven trucks left & came.", np.array([True, True, False, False]))
    '<mark>Eleven trucks</mark> left &amp; came.'
    """
    spans: list[list[int]] = []
    for (start, end), chosen in zip(places(text), which.tolist(), strict=True):
        if chosen and spans and not text[spans[-1][1] : start].strip():
            spans[-1][1] = end
        elif chosen:
            spans.append([start, end])
    html, at = [], 0
    for start, end in spans:
        html += [escape(text[at:start], quote=False), f"<mark>{escape(text[start:end], quote=False)}</mark>"]
        at = end
    return "".join([*html, escape(text[at:], quote=False)])


@dataclass(frozen=True)
class LinkProgress:
    """How far the linking is, and what is still to be found.

    A pair counts as coded once an annotator has answered, and as ``same`` if half of its annotators or more say that it
    is the same claim. ``same_in_last`` are those among the ``last`` coded candidates by rank. ``missed`` estimates
    how many pairs below the cut are the same claim, from ``control_coded`` pairs drawn there, with an interval;
    None where none was drawn or coded. ``enough`` says whether it is time to stop.
    """

    candidates: int
    coded: int
    same: int
    last: int
    same_in_last: int
    control: int
    control_coded: int
    control_same: int
    missed: float | None
    missed_low: float | None
    missed_high: float | None
    confidence: float
    enough: bool

    def as_json(self) -> dict[str, Any]:
        """The same as an object of numbers."""
        return asdict(self)


def link_progress(
    datas: Sequence[Mapping[str, Any]], ratings: pd.DataFrame, *, confidence: float = CONFIDENCE
) -> LinkProgress:
    """Say how far the linking is.

    Parameters
    ----------
    datas
        The data of all tasks of the project.
    ratings
        Its ratings of the first round.
    confidence
        Of the interval of missed links.

    Notes
    -----
    The control is drawn in two bands, below the cut and far below it. In each the share of same claims has the
    interval of Clopper and Pearson (1934), Biometrika 26, pp. 404-413, at a confidence by which both hold at once
    (Bonferroni); the bounds are added up over the sizes of the bands. So the interval is rather too wide.

    """
    pairs = pairs_of(datas)
    answers = ratings.loc[ratings["variable"] == RELATION]
    share = (answers["category"] == SAME).groupby(answers["item"]).mean()
    pairs["same"] = pairs["item"].map(share)
    coded = pairs.loc[pairs["same"].notna()]
    known = coded.loc[coded["stratum"] == CANDIDATE].sort_values("rank")
    last = known.tail(LOOKED_BACK)
    control = pairs.loc[pairs["stratum"] == CONTROL]
    drawn = control.loc[control["same"].notna()]
    missed = _missed(control, confidence)
    n_last_same = int((last["same"] >= 1 / 2).sum())
    return LinkProgress(
        candidates=int((pairs["stratum"] == CANDIDATE).sum()),
        coded=len(known),
        same=int((known["same"] >= 1 / 2).sum()),
        last=len(last),
        same_in_last=n_last_same,
        control=len(control),
        control_coded=len(drawn),
        control_same=int((drawn["same"] >= 1 / 2).sum()),
        missed=missed[0],
        missed_low=missed[1],
        missed_high=missed[2],
        confidence=confidence,
        enough=len(last) == LOOKED_BACK and not n_last_same,
    )


def _missed(control: pd.DataFrame, confidence: float) -> tuple[float | None, float | None, float | None]:
    """Estimate how many pairs below the cut are the same claim; None if nothing of a band was coded."""
    bands = [rows for _, rows in control.groupby("drawn")]
    if not bands or any(rows["same"].isna().all() for rows in bands):
        return None, None, None
    level = 1 - (1 - confidence) / len(bands)
    sums = np.zeros(3)
    for rows in bands:
        size = round(len(rows) / float(rows["drawn"].iloc[0]))
        n, hits = int(rows["same"].notna().sum()), int((rows["same"] >= 1 / 2).sum())
        low = beta.ppf((1 - level) / 2, hits, n - hits + 1) if hits else 0.0
        high = beta.ppf((1 + level) / 2, hits + 1, n - hits) if hits < n else 1.0
        # What was drawn is known; the share speaks for what was not.
        sums += hits + (size - n) * np.array([hits / n, low, high])
    estimate, low, high = sums.tolist()
    return estimate, low, high
