"""The report: one HTML page that holds all it needs, and opens without a network.

Its script only helps to find one's way (search, sorting, the menu): all but the list of passages is there without it. The
policy of the page lets this one script run, by its hash, and nothing that a text could bring.
"""

import base64
import hashlib
import importlib.metadata
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from annotate.consensus import NOT_ASKED
from annotate.coordination.adjudication.decisions import ADJUDICATED, UNANIMOUS
from annotate.errors import counted
from annotate.files import refuse_ending, whole
from annotate.frames import records
from annotate.present import charts, wording
from annotate.present.claim_cards import cards, network
from annotate.present.label_tables import how_decided, shown_label
from annotate.present.methods import methods_paragraph
from annotate.present.summary import Summary, warnings_of
from annotate.present.tables import cell
from annotate.present.wording import coefficient, decided, source_name, web_address
from annotate.provenance.ledger import VARIABLES, Ledger
from annotate.provenance.profiles import BASIS, CLAIM_TYPE, NO_CLAIM
from annotate.study.exports import REASONS
from annotate.study.study import Study
from annotate.study.words import Choices, choice, in_words, visible

if TYPE_CHECKING:
    from annotate.codebook.read import Category

MOST_DISAGREEMENTS = 150
MOST_CLAIMS = 60
MOST_PASSAGES = 20_000
MOST_LETTERS = 4_000  # of a passage in the list; the workbook has the rest
_WHOM = ("attributed_share", "named_source_share")
_GROUNDS = ("primary_share", "secondary_share", "unsupported_share")


@dataclass(frozen=True)
class Figure:
    """A value as it is shown: the number, its interval, n, or the reason why there is none."""

    value: str
    interval: str
    n: str
    undefined: str

    @property
    def said(self) -> str:
        """What the pointer is told."""
        told = [f"n = {self.n}" if self.n else "", f"interval {self.interval}" if self.interval else ""]
        return ", ".join(filter(None, told))


def write_report(path: Path, summary: Summary, *, notes: Sequence[str] = ()) -> None:
    """Write the report of :func:`render_report` to a file, whole or not at all."""
    if path.suffix.lower() != ".htm":
        refuse_ending(path, ".html", "a report")
    page = render_report(summary, notes=notes)
    with whole(path) as temporary:
        temporary.write_text(page, encoding="utf-8", newline="\n")


def render_report(summary: Summary, *, notes: Sequence[str] = ()) -> str:
    """Render the report.

    Parameters
    ----------
    summary
        Of :func:`annotate.present.summary.summarise`.
    notes
        Sentences that a reader must not miss: they stand at the top.

    Returns
    -------
    str
        HTML. Nothing in it is loaded from elsewhere, nothing from outside runs, and every text from outside
        is escaped. The same summary gives the same page.

    """
    study, agreement, claims = summary.study, summary.agreement, summary.claims
    told = {} if claims is None else cards(claims, summary.interval, MOST_CLAIMS)
    script = charts.PAGES.get_template("report.js").render()
    return charts.PAGES.get_template("report.html.j2").render(
        script=Markup(script),  # noqa: S704 (our own, and nothing is put into it)
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        warnings=list(warnings_of(summary)),
        labels=_labels(summary),
        passages=_passages(summary),
        notes=[visible(note) for note in notes],
        project=visible(str(study.about.get("project title", ""))),
        version=importlib.metadata.version("annotate"),
        about=wording.about(study),
        counts=[(what, f"{number:,}") for what, number in wording.counts(study)],
        coefficients=[coefficient(name) for name in _coefficients(agreement)],
        overview=_overview(study, agreement),
        variables=_variables(study, agreement),
        profile=_profile(study, summary.provenance),
        ledger=_ledger(study, summary.ledger, told),
        network=None if claims is None else network(claims, told),
        disagreements=_disagreements(study, summary.disagreements),
        seed=summary.seed,
        exclusions=_exclusions(study),
        codebook=_codebook(study),
        paragraph=visible(
            methods_paragraph(
                study, agreement, confidence=summary.confidence, seed=summary.seed, icc=summary.icc
            )
        ),
        interval_level=wording.interval_level(summary.confidence),
        wording=wording,
    )


def _coefficients(agreement: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(agreement["coefficient"]))


def _figure(row: Mapping[str, Any] | None, n: str) -> Figure:
    """Round for the reader; a coefficient that was not measured is left blank."""
    if row is None:
        return Figure("", "", "", "")
    low, high = cell(row["ci_low"]), cell(row["ci_high"])
    value = row["value"]
    shown = cell(value if value is None else float(value))
    flat = row["ci_low"] is not None and row["ci_low"] == row["ci_high"]
    interval = "no variation" if flat else f"{low} to {high}" if low else ""
    return Figure(shown, interval, f"{row[n]:,}", visible(row["undefined"] or ""))


def _rows_by_source(rows: list[dict[str, Any]]) -> dict[str | None, list[dict[str, Any]]]:
    """All sources together first, then in the order of the alphabet."""
    names = sorted({row["source"] for row in rows} - {None}, key=lambda name: (name.casefold(), name))
    found: dict[str | None, list[dict[str, Any]]] = {name: [] for name in [None, *names]}
    for row in rows:
        found[row["source"]].append(row)
    return {name: of_one for name, of_one in found.items() if of_one}


def _line(study: Study, name: str, rows: list[dict[str, Any]], order: list[str]) -> dict[str, Any]:
    """One row of a table of agreement: the same counts belong to all its coefficients."""
    found = {row["coefficient"]: row for row in rows}
    first = rows[0]
    chosen = choice(study.codebook, first["variable"], first["prevalent_category"])
    return {
        "name": name,
        "n": f"{first['n_pairable_items']:,}",
        "items": f"{first['n_items']:,}",
        "annotators": f"{first['n_annotators']:,}",
        "figures": [_figure(found.get(key), "n_pairable_items") for key in order],
        "chosen": (chosen, cell(first["prevalence"])),
    }


def _overview(study: Study, agreement: pd.DataFrame) -> list[dict[str, Any]]:
    order = _coefficients(agreement)
    together = [row for row in records(agreement) if row["source"] is None]
    return [
        _line(study, in_words(name), [row for row in together if row["variable"] == name], order)
        for name in dict.fromkeys(row["variable"] for row in together)
    ]


def _variables(study: Study, agreement: pd.DataFrame) -> list[dict[str, Any]]:
    order = _coefficients(agreement)
    sections = []
    for number, name in enumerate(dict.fromkeys(agreement["variable"]), start=1):
        of_one = agreement.loc[agreement["variable"] == name]
        title = f"Agreement on {in_words(name).lower()}, by source"
        svg = charts.agreement_chart(of_one, key=f"agreement-{number}", title=title)
        sections.append(
            {
                "name": in_words(name),
                "level": of_one["level"].iloc[0],
                "chart": Markup(svg) if svg else None,  # noqa: S704 (our own SVG, text escaped in it)
                "rows": [
                    _line(study, source_name(source), rows, order)
                    for source, rows in _rows_by_source(records(of_one)).items()
                ],
            }
        )
    return sections


def _profile(study: Study, provenance: pd.DataFrame) -> dict[str, Any] | None:
    if provenance.empty:
        return None
    measures = set(provenance["measure"])
    shares = [name for name in wording.SHARES if name in measures]
    kinds = _kinds(study, provenance)
    lines = []
    for source, rows in _rows_by_source(records(provenance)).items():
        found = {row["measure"]: row for row in rows if row["category"] is None}
        of_kind = {row["category"]: row for row in rows if row["category"] is not None}
        lines.append(
            {
                "name": source_name(source),
                "passages": cell(int(found["passages"]["value"])),
                "annotated": cell(int(found["annotated_passages"]["value"])),
                "claims": _figure(found.get("claims"), "n"),
                "figures": [_figure(found.get(name), "n") for name in shares],
                "kinds": [_figure(of_kind.get(kind), "n") for kind in kinds],
            }
        )
    return {
        "terms": [wording.SHARES[name] for name in shares],
        "kinds": list(kinds.values()),
        "rows": lines,
        "charts": _share_charts(provenance, measures),
        "kind_chart": _drawn(
            charts.claim_type_chart(provenance, kinds, key="kinds", title="Kinds of claim, by source")
        ),
        "grounds_coded": bool((study.ratings["variable"] == BASIS).any()),
    }


def _kinds(study: Study, provenance: pd.DataFrame) -> dict[str, str]:
    """The kinds of claim that somebody chose, in the order of the codebook."""
    used = set(provenance.loc[provenance["measure"] == "claim_type_share", "category"])
    order = [kind for kind in study.categories.get(CLAIM_TYPE, ()) if kind in used and kind != NO_CLAIM]
    return {kind: choice(study.codebook, CLAIM_TYPE, kind) for kind in [*order, *sorted(used - set(order))]}


def _share_charts(provenance: pd.DataFrame, measures: set[str]) -> list[dict[str, Any]]:
    drawn = []
    for key, title, wanted in (
        ("whom", "Whom claims are put down to", _WHOM),
        ("grounds", "On what ground claims rest", _GROUNDS),
    ):
        names = [name for name in wanted if name in measures]
        svg = charts.share_chart(provenance, names, key=key, title=f"{title}, by source") if names else None
        if svg:
            drawn.append({"title": title, "svg": _drawn(svg)})
    return drawn


def _drawn(svg: str | None) -> Markup | None:
    return Markup(svg) if svg else None  # noqa: S704 (our own SVG, text escaped in it)


def _ledger(study: Study, found: Ledger, told: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """The claims that most sources carry, each mention with its place in the passage's text."""
    book, claims = study.codebook, records(found.claims.head(MOST_CLAIMS))
    shown = [
        {
            "number": claim["claim"],
            "card": told.get(claim["claim"]),
            "kind": wording.LEDGER_KINDS[claim["kind"]],
            "what": visible(claim["what"]),
            "sources": claim["n_sources"],
            "texts": claim["n_separate_texts"],
            "relations": wording.relations(claim["relations"]),
            "drift": [choice(book, VARIABLES[0], one) for one in claim["attributions"]]
            if claim["attributions_differ"]
            else [],
            "mentions": [
                {
                    "source": source_name(one["source"]),
                    "published": visible(one["published"] or "undated"),
                    "parts": _around(one),
                    "coded": [decided(book, name, one) for name in VARIABLES],
                }
                for one in claim["mentions"]
            ],
        }
        for claim in claims
    ]
    return {"claims": shown, "all": len(found.claims)}


def _around(mention: Mapping[str, Any]) -> tuple[str, str, str]:
    """A passage's text before, in and behind the span of a mention."""
    text, start, end = (
        mention["text"],
        *(mention[name] - mention["text_start"] for name in ("start", "end")),
    )
    return visible(text[:start]), visible(text[start:end]), visible(text[end:])


def _disagreements(study: Study, found: pd.DataFrame) -> dict[str, Any]:
    items = list(dict.fromkeys(found["item"]))
    passages = {row["item"]: row for row in records(study.passages)}
    top = items[:MOST_DISAGREEMENTS]
    ratings = study.first_round.loc[study.first_round["item"].isin(top)]
    given: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in ratings.sort_values("annotator", kind="stable").to_dict("records"):
        said = choice(study.codebook, row["variable"], row["category"])
        given.setdefault((row["item"], row["variable"]), []).append((visible(row["annotator"]), said))
    cards: list[dict[str, Any]] = []
    for item in top:
        rows = records(found.loc[found["item"] == item])
        answers = [
            {
                "variable": in_words(row["variable"]),
                "pairs": cell(row["agreeing_pairs"]),
                "answers": given[item, row["variable"]],
            }
            for row in rows
        ]
        cards.append(
            {
                "number": len(cards) + 1,
                "passage": _passage(passages[item]),
                "rows": answers,
                "disagreement": cell(rows[0]["disagreement"]),
            }
        )
    return {"cards": cards, "items": len(items)}


def _labels(summary: Summary) -> list[dict[str, Any]]:
    """How the final labels of each question came about, and how they spread over the categories."""
    words, labels = Choices(summary.study.codebook), summary.labels
    if labels.empty:
        return []
    order = dict.fromkeys([*summary.study.levels, *labels["variable"].unique()])
    told = []
    for name in order:
        rows = records(labels.loc[labels["variable"] == name])
        if not rows:
            continue
        ways = Counter(_way(row) for row in rows)
        chosen = Counter(words.label(name, row["category"]) for row in rows if row["category"] is not None)
        told.append(
            {
                "name": in_words(name),
                "ways": [f"{ways[way]:,}" for way in WAYS],
                "most": ", ".join(f"{label} {count}" for label, count in chosen.most_common(4)),
            }
        )
    return told


WAYS = ("all agree", "most", "decided", "tie", NOT_ASKED)
"""How a final label comes about."""


def _way(row: Mapping[str, Any]) -> str:
    if row["method"] == ADJUDICATED:
        return "decided"
    if row["method"] == NOT_ASKED:
        return NOT_ASKED
    return "tie" if row["tie"] else "all agree" if row["method"] == UNANIMOUS else "most"


def _passages(summary: Summary) -> Markup | None:
    """The passages with their final labels, as data for the list, in which nothing can end the element around it."""
    study, words = summary.study, Choices(summary.study.codebook)
    of: dict[str, dict[str, list[str | None]]] = {}
    order = {name: place for place, name in enumerate(study.levels)}
    for row in sorted(records(summary.labels), key=lambda row: order.get(row["variable"], len(order))):
        label = shown_label(row, words)
        of.setdefault(row["item"], {})[in_words(row["variable"])] = [label, how_decided(row)]
    known = study.passages.loc[study.passages["item"].isin(list(of)) & study.passages["text"].notna()]
    if known.empty or len(known) > MOST_PASSAGES:
        return None
    listed = [
        {
            "text": _cut(visible(str(row["text"]))),
            "source": source_name(row["source"]),
            "labels": of[row["item"]],
        }
        for row in records(known)
    ]
    written = json.dumps(listed, ensure_ascii=True, separators=(",", ":"))
    return Markup(written.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def _cut(text: str) -> str:
    return (
        text
        if len(text) <= MOST_LETTERS
        else f"{text[:MOST_LETTERS]} … [cut: {counted(len(text), 'character')} in all]"
    )


def _passage(row: Mapping[str, Any]) -> dict[str, str | None]:
    text = {
        key: visible(str(row[key])) if row[key] is not None else None
        for key in ("item", "title", "published", "text")
    }
    return {**text, "source": source_name(row["source"]), "url": web_address(row["url"])}


def _exclusions(study: Study) -> list[tuple[str, str, str]]:
    counted = study.exclusions["reason"].value_counts(sort=False)
    return [
        (in_words(reason), REASONS.get(reason, ""), f"{counted[reason]:,}")
        for reason in sorted(counted.index)
    ]


def _codebook(study: Study) -> list[dict[str, Any]]:
    if study.codebook is None:
        return []
    groups: list[tuple[str, str, tuple[Category, ...]]] = [
        (v.name, v.level or "free text", v.categories) for v in study.codebook.variables
    ]
    groups += [(spans.name, "marked text", spans.labels) for spans in study.codebook.span_variables]
    return [
        {
            "name": in_words(name),
            "level": level,
            "categories": [
                (visible(c.label), c.id if c.id != c.label else "", visible(c.definition)) for c in categories
            ],
        }
        for name, level, categories in groups
    ]
