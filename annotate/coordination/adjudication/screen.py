"""The adjudicator's screen: the study's own label config with what each annotator answered beside the text, without names."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
from lxml import etree

from annotate.codebook.config_xml import Element, parse_config
from annotate.codebook.read import Codebook
from annotate.errors import ConfigError
from annotate.sampling import generator
from annotate.study.answers import Answer, AnswerReader, Excluded
from annotate.study.people import annotator_id
from annotate.study.words import choice, in_words, visible

Json = Mapping[str, Any]

# The parts of a result that an adjudicator gets; times, notes and who made it are left out.
_PARTS = (
    "id",
    "from_name",
    "to_name",
    "type",
    "value",
    "parentID",
    "from_id",
    "to_id",
    "direction",
    "labels",
)


@dataclass(frozen=True)
class Coder:
    """One annotator of one passage: the categories by variable, the comments, and Label Studio's results."""

    categories: Mapping[str, str]
    comments: tuple[str, ...]
    results: tuple[Json, ...]


def coders(
    item: str, ratings: pd.DataFrame, tasks: Sequence[Json], codebook: Codebook, *, seed: int
) -> list[Coder]:
    """List the annotators of an item in an order drawn for this item, so that the first is not always the same.

    Parameters
    ----------
    item
        The item.
    ratings
        Those of the item, of the first round.
    tasks
        Its tasks, as Label Studio exports them.
    codebook
        Of the study's label config.
    seed
        The same seed gives the same order.

    """
    made = {
        (annotator_id(one.get("completed_by")), str(one.get("id"))): (one, task["data"])
        for task in tasks
        for one in task["annotations"]
    }
    found, reader = [], AnswerReader(codebook)
    for (annotator, annotation), rows in ratings.groupby(["annotator", "annotation"], sort=True):
        one, data = made[str(annotator), str(annotation)]
        read = [(result, list(reader.read(result, data))) for result in one["result"]]
        said = (answer for _, answers in read for answer in answers if isinstance(answer, Answer))
        found.append(
            Coder(
                dict(zip(rows["variable"], rows["category"], strict=True)),
                tuple(answer.value for answer in said if answer.kind == "free_text"),
                tuple(_usable(read)),
            )
        )
    return [found[place] for place in generator(seed, "adjudicate", item).permutation(len(found))]


def _usable(read: Sequence[tuple[Json, Sequence[Answer | Excluded]]]) -> Iterator[Json]:
    """Give the results that can be taken over: valid ones, each control once, without the annotator's own words."""
    seen: set[str] = set()
    for result, answers in read:
        rated = {answer.variable for answer in answers if getattr(answer, "kind", None) == "rating"}
        if result.get("type") != "textarea" and not rated & seen and all(map(_is_usable, answers)):
            seen |= rated
            yield {part: result[part] for part in _PARTS if part in result}


def _is_usable(answer: Answer | Excluded) -> bool:
    return isinstance(answer, Answer) or answer.reason == "not_tabulated"


def votes_table(coders: Sequence[Coder], open_: Collection[str], codebook: Codebook) -> str:
    """Say for each variable what was chosen and by how many, the most frequent first.

    Annotators are numbered as in the predictions. All that they or the label config say is escaped.
    """
    used = {name for coder in coders for name in coder.categories}
    rows = [
        row
        for name in [*(name for name in codebook.levels if name in used), *sorted(used - {*codebook.levels})]
        for row in _rows(name, coders, is_open=name in open_, codebook=codebook)
    ]
    rows += [
        _row("settled", "Comment" if not place else "", f"“{visible(text)}”", f"coder {number}")
        for place, (number, text) in enumerate(
            (number, text) for number, coder in enumerate(coders, start=1) for text in coder.comments
        )
    ]
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def _rows(name: str, coders: Sequence[Coder], *, is_open: bool, codebook: Codebook) -> Iterator[str]:
    chosen: dict[str, list[int]] = {}
    for number, coder in enumerate(coders, start=1):
        if name in coder.categories:
            chosen.setdefault(coder.categories[name], []).append(number)
    ranked = sorted(chosen.items(), key=lambda one: (-len(one[1]), one[0]))
    for place, (category, who) in enumerate(ranked):
        title = "" if place else in_words(name) + (": open" if is_open else "")
        yield _row(
            "open" if is_open else "settled",
            title,
            f"{len(who)} \N{MULTIPLICATION SIGN} {choice(codebook, name, category)}",
            _numbers(who, len(coders)),
        )


def _numbers(who: Sequence[int], of: int) -> str:
    if len(who) == of:
        return "all"
    return f"coder{'s' if len(who) > 1 else ''} {', '.join(map(str, who))}"


def _row(kind: str, title: str, what: str, who: str) -> str:
    begins = " begins" if title else ""
    return (
        f'<tr class="{kind}{begins}"><th>{escape(title)}</th><td>{escape(what)}</td>'
        f'<td class="who">{escape(who)}</td></tr>'
    )


VOTES = "votes"
"""The key of the task's data under which the table of choices stands, and the name of its tag."""

_STYLE = """
    .adjudicate { display: flex; gap: 24px; align-items: flex-start; }
    .adjudicate .adjudicate-text { flex: 1 1 0; min-width: 0; }
    .adjudicate .adjudicate-votes { flex: 1 1 0; min-width: 0; max-height: 300px; overflow-y: auto; }
    .adjudicate-votes table { width: 100%; border-collapse: collapse; font-size: 13px; line-height: 18px; }
    .adjudicate-votes th { text-align: left; font-weight: 400; vertical-align: top; padding: 3px 12px 3px 0; white-space: nowrap; }
    .adjudicate-votes td { vertical-align: top; padding: 3px 0; }
    .adjudicate-votes .begins { border-top: 1px solid var(--color-neutral-border-subtle, #e1e1e1); }
    .adjudicate-votes .open th { font-weight: 600; }
    .adjudicate-votes .settled { color: var(--color-neutral-content-subtler, #737373); }
    .adjudicate-votes .who { color: var(--color-neutral-content-subtler, #737373); white-space: nowrap; padding-left: 10px; text-align: right; }
"""


def adjudication_config(config: str) -> str:
    """Put the table of choices beside the first text that a label config shows.

    The controls stay as they are, so what comes back is read as any annotation is. The tag of the table is
    ``<HyperText name="votes" value="$votes"/>``.

    Raises
    ------
    ConfigError
        If the config is not XML, shows nothing that is annotated, or has a tag named ``votes``.

    """
    root = parse_config(config)
    shown = {name for tag in root.iter() for name in (tag.get("toName") or "").split(",")}
    tags = [tag for tag in root.iter() if tag.get("name") in shown and tag.get("toName") is None]
    if not tags:
        raise ConfigError("label config: no control is about an object that it shows; see annotate check")
    if any(tag.get("name") == VOTES for tag in root.iter()):
        raise ConfigError(f"label config: a tag is named {VOTES!r}, as the table of choices is; rename it")
    part = _surroundings(tags[0])
    row = etree.Element("View", className="adjudicate")
    if part is root:
        row.append(root)
        root = etree.Element("View")
        root.append(row)
    else:
        part.getparent().replace(part, row)
        row.append(part)
    part.tail = None
    left = etree.Element("View", className="adjudicate-text")
    row.replace(part, left)
    left.append(part)
    right = etree.SubElement(row, "View", className="adjudicate-votes")
    etree.SubElement(right, "HyperText", name=VOTES, value=f"${VOTES}", inline="true")
    style = etree.Element("Style")
    style.text = _STYLE
    root.insert(0, style)
    return str(etree.tostring(root, encoding="unicode"))


def _surroundings(shown: Element) -> Element:
    """Find the largest part of the config around an object that holds no control: the object and its context."""
    part = shown
    while (parent := part.getparent()) is not None and all(
        tag.get("toName") is None for tag in parent.iter()
    ):
        part = parent
    return part


INSTRUCTIONS = """
<p>The annotators differ on these passages. The table beside the text says what they chose, without names; their
numbers are drawn anew for each passage. Decide on what is <b>open</b>. The rest is filled in, and may be changed.
Decide by the codebook and the text, not by the number of votes.</p>
<br>
<p>To take over all that one annotator answered, open the passage from the list of tasks, choose <b>coder 1</b>,
<b>coder 2</b> ... above the text, and in its menu (three dots) <b>Duplicate Annotation</b>; then submit.</p>
""".strip()
