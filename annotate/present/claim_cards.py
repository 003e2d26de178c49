"""Claims for reading in HTML: their figures, a time line, passages side by side, the network, and a page for each.

All of it is text and drawing without a script. What a drawing shows stands in a table beside it.
"""

import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from markupsafe import Markup

from annotate.coordination.linking import marked
from annotate.corpus.dates import read_published
from annotate.corpus.languages import languages_of
from annotate.errors import InputError, counted
from annotate.frames import records
from annotate.present import charts, wording
from annotate.present.claim_tables import claim_range
from annotate.present.wording import decided, source_name, web_address
from annotate.provenance.claims.measured import Claims, measure, steps
from annotate.provenance.ledger import VARIABLES
from annotate.reuse.stems import read_words
from annotate.sampling import Interval
from annotate.study.words import visible

MOST_PAIRS = 6  # passages side by side, of a claim
MOST_DRAWN = 40  # of each kind of node in the network
_HOW = {
    "coded": "annotators of the pair say so",
    "cites": "annotators marked it as cited",
    "text": "shared text and dates, unconfirmed",
    "names": "it names the other text, unconfirmed",
}
_WIDTH, _ROW, _TOP, _LEFT, _RIGHT = 680, 24, 30, 250, 560
_COLUMNS, _STEP, _LETTERS = (10, 330, 660), 26, 40


def cards(claims: Claims, interval: Interval, most: int) -> dict[int, dict[str, Any]]:
    """What is shown of each claim besides its mentions, by its number: the first ``most`` of them."""
    book = replace(claims.book, claims=claims.book.claims.head(most))
    some = replace(claims, book=book)
    figures = {row["claim"]: row for row in records(measure(some, interval))}
    ways: dict[int, list[dict[str, Any]]] = {}
    for row in steps(some).to_dict("records"):
        ways.setdefault(int(row["claim"]), []).append({str(key): value for key, value in row.items()})
    language = next((name for name, _ in languages_of(claims.passages).most_common() if name), "english")
    return {
        number: _card(figures[number], row["mentions"], ways.get(number, []), language)
        for number, row in ((int(row["claim"]), row) for row in book.claims.to_dict("records"))
    }


def _card(
    figures: Mapping[str, Any],
    mentions: Sequence[dict[str, Any]],
    ways: Sequence[dict[str, Any]],
    language: str,
) -> dict[str, Any]:
    of = {mention["item"]: mention for mention in mentions}
    ways = [way for way in ways if way["item"] in of and way["from_item"] in of]
    return {
        "origins": claim_range(figures),
        "ends": [visible(name) for name in figures["origins"]],
        "figures": list(_figures(figures)),
        "status": figures["status"],
        "flips": [*filter(None, [figures["caution"]]), *figures["flips"]],
        "timeline": Markup(_timeline(figures["claim"], mentions, ways)),  # noqa: S704 (our own SVG, text escaped in it)
        "steps": [(_named(of[way["item"]]), _named(of[way["from_item"]]), _HOW[way["how"]]) for way in ways],
        "pairs": list(_side_by_side(mentions, ways, language)),
        "proof": [_named(of[item]) for item in figures["proof"] if item in of],
        "circular": figures["circular"] != "no",
    }


def _figures(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Independent origins", claim_range(row)
    yield (
        "At the ends of the chains",
        ", ".join(visible(name) for name in row["origins"]) or "nobody who is known",
    )
    yield (
        "Mentions",
        f"{row['n_mentions']} in {counted(row['n_documents'], 'document')} by {counted(row['n_sources'], 'source')}",
    )
    echo = " to ".join(dict.fromkeys(f"{row[name]:.3g}" for name in ("echo_low", "echo_high")))
    yield "Mentions for each origin", echo
    yield "Steps to where a chain ends", f"{row['depth']} at most"
    if row["first_source"]:
        first = ", ".join(visible(name) for name in row["first_source"])
        undated = f"; {counted(row['n_undated'], 'mention')} undated" if row["n_undated"] else ""
        yield "First by date", f"{first}, {visible(row['first_published'])}{undated}"
    for name, words in (("circular", "Circular"), ("single_root", "Of one root")):
        share = row[f"{name}_share"]
        drawn = "" if share is None or share in (0, 1) else f"; in {share:.0%} of the draws"
        yield words, f"{row[name]}{drawn}"
    if row["drift"]:
        yield "Changes on the way", ", ".join(row["drift"])


def _named(mention: Mapping[str, Any]) -> str:
    return f"{source_name(mention['source'])}, {visible(mention['published'] or 'undated')}"


def _timeline(number: int, mentions: Sequence[Mapping[str, Any]], ways: Sequence[Mapping[str, Any]]) -> str:
    """Draw each mention at its date, with an arrow from who took it over to where it is from."""
    days = {mention["item"]: _day(mention["published"]) for mention in mentions}
    known = [day for day in days.values() if day is not None]
    first, last = (min(known), max(known)) if known else (0, 0)
    rows = []
    for place, mention in enumerate(mentions):
        day = days[mention["item"]]
        share = 0.5 if last == first else ((day or first) - first) / (last - first)
        rows.append(
            {
                "x": _RIGHT + 60 if day is None else round(_LEFT + 10 + share * (_RIGHT - _LEFT - 20), 1),
                "y": _TOP + _ROW * place + 12,
                "name": _cut(source_name(mention["source"]), 34),
                "said": f"{_named(mention)}: {visible(mention['wording'])}",
                "published": visible(mention["published"] or "undated"),
                "taken": any(way["item"] == mention["item"] for way in ways),
            }
        )
    at: dict[str, dict[str, Any]] = {
        mention["item"]: row for mention, row in zip(mentions, rows, strict=True)
    }
    arrows = [
        {"one": at[way["item"]], "other": at[way["from_item"]], "confirmed": bool(way["confirmed"])}
        for way in ways
    ]
    return charts.PAGES.get_template("timeline.svg.j2").render(
        key=f"time-{number}",
        title=f"Claim {number} on a time line",
        described="; ".join(str(row["said"]) for row in rows),
        width=_WIDTH,
        height=_TOP + _ROW * len(rows) + 8,
        rows=rows,
        arrows=arrows,
        left=_LEFT,
        right=_RIGHT,
    )


def _day(published: object) -> int | None:
    read = read_published(published)
    return None if read is None else date(*(*read.days, 1, 1)[:3]).toordinal()


def _side_by_side(
    mentions: Sequence[Mapping[str, Any]], ways: Sequence[Mapping[str, Any]], language: str
) -> Iterator[dict[str, Any]]:
    """Who took it over beside where it is from, or the first mention beside the others; shared words are marked."""
    of = {mention["item"]: mention for mention in mentions}
    both = [(of[way["from_item"]], of[way["item"]]) for way in ways]
    both = both or [(mentions[0], other) for other in mentions[1:]]
    shown = both[:MOST_PAIRS]
    texts = [visible(side["text"]) for pair in shown for side in pair]
    words = read_words(texts, language)
    codes = [words.codes[words.of(number)] for number in range(len(texts))]
    for place, pair in enumerate(shown):
        left, right = codes[2 * place : 2 * place + 2]
        shared = np.intersect1d(left, right)
        shared = shared[shared >= 0]  # no function words
        yield {
            "sides": [
                (_named(side), Markup(marked(texts[2 * place + at], np.isin(one, shared))))  # noqa: S704 (escaped there)
                for at, (side, one) in enumerate(zip(pair, (left, right), strict=True))
            ]
        }


def network(claims: Claims, found: Mapping[int, Mapping[str, Any]]) -> dict[str, Any] | None:
    """Draw who makes which claim, and where its chains end: the claims that have a card, and a table of the same."""
    rows = []
    figures = claims.book.claims
    for claim in figures.to_dict("records"):
        number = int(claim["claim"])
        if number in found:
            sources = list(dict.fromkeys(source_name(one["source"]) for one in claim["mentions"]))
            rows.append(
                {
                    "number": number,
                    "what": visible(claim["what"]),
                    "sources": sources,
                    "ends": found[number]["ends"],
                    "origins": found[number]["origins"],
                }
            )
    if not rows:
        return None
    sources = list(dict.fromkeys(sorted(one for row in rows for one in row["sources"])))[:MOST_DRAWN]
    ends = list(dict.fromkeys(one for row in rows for one in row["ends"]))[:MOST_DRAWN]
    drawn = rows[:MOST_DRAWN]
    height = 40 + _STEP * max(len(sources), len(drawn), len(ends))
    y = {name: _places(names, height) for name, names in (("source", sources), ("end", ends))}
    y["claim"] = _places([row["number"] for row in drawn], height)
    nodes = {
        "sources": [
            _node(
                name,
                y["source"][name],
                [y["claim"][row["number"]] for row in drawn if name in row["sources"]],
            )
            for name in sources
        ],
        "claims": [
            _node(
                row["what"],
                y["claim"][row["number"]],
                [y["source"][one] for one in row["sources"] if one in y["source"]],
            )
            | {"number": row["number"], "right": [y["end"][one] for one in row["ends"] if one in y["end"]]}
            for row in drawn
        ],
        "ends": [
            _node(name, y["end"][name], [y["claim"][row["number"]] for row in drawn if name in row["ends"]])
            for name in ends
        ],
    }
    svg = charts.PAGES.get_template("network.svg.j2").render(
        **nodes, columns=_COLUMNS, width=_COLUMNS[-1] + 320, height=height
    )
    return {"svg": Markup(svg), "rows": rows, "left_out": len(rows) - len(drawn)}  # noqa: S704 (text escaped in it)


def _places(names: Iterable[Any], height: float) -> dict[Any, float]:
    listed = list(names)
    step = (height - 40) / max(len(listed), 1)
    return {name: round(40 + step * (place + 0.5), 1) for place, name in enumerate(listed)}


def _node(label: str, y: float, others: list[float]) -> dict[str, Any]:
    return {"label": label, "short": _cut(label, _LETTERS), "y": y, "others": others}


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def claim_page(claims: Claims, number: int, interval: Interval = Interval()) -> str:
    """Render one claim as a page of its own, to be sent to a reader who has nothing else of the study.

    Parameters
    ----------
    claims
        Of :func:`annotate.provenance.claims.measured.gather`.
    number
        Of the claim, as ``annotate claims`` shows it.
    interval
        Of its figures.

    Raises
    ------
    InputError
        If there is no such claim.

    """
    rows = claims.book.claims
    if number not in set(rows["claim"]):
        raise InputError(
            f"claim {number}: there is none; {claims.study.name} has claims 1 to {len(rows)}"
            if len(rows)
            else f"claim {number}: there is none; no claim recurs in {claims.study.name}"
        )
    one = replace(claims, book=replace(claims.book, claims=rows.loc[rows["claim"] == number]))
    claim = one.book.claims.to_dict("records")[0]
    passages = {row["item"]: row for row in records(claims.study.passages)}
    return charts.PAGES.get_template("claim.html.j2").render(
        card=cards(one, interval, 1)[number],
        number=number,
        what=visible(claim["what"]),
        study=visible(str(claims.study.about.get("project title", "") or claims.study.name)),
        mentions=[
            {
                "source": source_name(mention["source"]),
                "published": visible(mention["published"] or "undated"),
                "title": visible(passages[mention["item"]]["title"] or ""),
                "url": web_address(passages[mention["item"]]["url"]),
                "text": visible(mention["text"]),
                "coded": [decided(claims.study.codebook, name, mention) or "" for name in VARIABLES],
                "item": mention["item"],
            }
            for mention in claim["mentions"]
        ],
        replicates=interval.replicates,
        posterior=claims.chances is not None,
        confidence=f"{100 * interval.confidence:g}",
        version=importlib.metadata.version("annotate"),
        wording=wording,
    )
