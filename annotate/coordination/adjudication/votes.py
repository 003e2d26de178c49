"""What the annotators of a passage chose, as a small table in HTML for the adjudicator's screen."""

from collections.abc import Collection, Iterator, Sequence
from html import escape

from annotate.codebook.read import Codebook
from annotate.coordination.adjudication.coders import Coder
from annotate.study.words import choice, in_words, visible


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
