# ruff: noqa: RUF001 - quotation marks, dashes and full stops of many languages
"""What a line is by its place on the page: headings, links, pleas, and what stands beside known lines.

Each rule takes the lines of a document and the kinds that are known so far, and changes kinds in place.
The head of a document is what stands before its first line of prose, the foot what stands after the last.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, get_args

from annotate.corpus import furniture

Kind = Literal["body", "heading", "byline", "caption", "boilerplate"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_HEADING_WORDS = 16
_RUN = 2  # more lines without a full stop one after the other are a list or a poem
_FILLING_WORDS = 8
_PLEA_LINES = 4
_CAPTION_WORDS = 40
_LINK_WORDS = 4  # a shorter line after "Related articles" can be a heading
_HEAD_LINES = 8
_STOPPED = re.compile(r".*[.!…:;,。！؟।۔—–-][\"'”’»)\]]*", re.DOTALL)
_LISTED = re.compile(r"(?:[-*+•–—>]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
_QUOTED = re.compile(r"[\"“„«‘'].*[\"”“»’']")
_PICTURED = re.compile(r"(?:day|\bon|\bin),? [^\W\d_]{3,9}\.? \d{1,2}, (?:19|20)\d\d[.,]")
_FULL_STOP = re.compile(r".*[.!?…][\"'”’»)\]]*", re.DOTALL)


def settle(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Apply every rule of place, in order."""
    if len(lines) > 1:
        for rule in (
            _pleas,
            _timed_links,
            _labelled_links,
            _fillings,
            _writers,
            _captioned,
            _headings,
            _foot,
        ):
            rule(lines, kinds)


def could_be_heading(line: str) -> bool:
    """Whether a line has the form of a heading: short, with a capital, without a full stop, no list item."""
    opening = next((character for character in line if character.isalnum()), "")
    return (
        bool(opening)
        and not opening.islower()
        and len(line.split()) <= _HEADING_WORDS
        and not _STOPPED.fullmatch(line)
        and not _LISTED.match(line)
        and not _QUOTED.fullmatch(line)
    )


def _pleas(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Join to a plea what stands between its first line and its last."""
    asking = [number for number, line in enumerate(lines) if _asks(line)]
    for first, last in pairwise(asking):
        between = range(first + 1, last)
        near = len(between) <= _PLEA_LINES
        if near and all(kinds[n] == "boilerplate" or furniture.may_be_of_plea(lines[n]) for n in between):
            kinds[first : last + 1] = ["boilerplate"] * (last + 1 - first)


def _asks(line: str) -> bool:
    return len(line) <= furniture.LONGEST and (furniture.may_open_plea(line) or furniture.is_plea(line))


def _timed_links(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Mark the titles of recordings in a list that alternates with their durations."""
    times = [number for number, line in enumerate(lines) if furniture.is_duration(line)]
    for place, time in enumerate(times):
        title = time + 1
        listed = title + 1 in times[place + 1 : place + 2] or time - 2 in times[max(0, place - 1) : place]
        before_prose = title + 1 < len(lines) and title + 1 not in times[place + 1 : place + 2]
        if title < len(lines) and listed and not before_prose and not _STOPPED.fullmatch(lines[title]):
            kinds[title] = "boilerplate"


def _labelled_links(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Mark the links below a label such as "Related articles": one within the text, all in the foot."""
    end = _end_of_prose(lines, kinds)
    for number, line in enumerate(lines):
        if not furniture.is_link_label(line):
            continue
        for link in range(number + 1, len(lines)):
            fits = kinds[link] == "body" and could_be_heading(lines[link])
            if link >= end and (furniture.is_dateline(lines[link]) or _is_teaser(lines[link])):
                fits = True
            if not fits or (link < end and (link > number + 1 or len(lines[link].split()) <= _LINK_WORDS)):
                break
            kinds[link] = "boilerplate"


def _fillings(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Mark a few words between two lines of boilerplate in the foot: "in two easy steps:"."""
    end = _end_of_prose(lines, kinds, but_fillings=True)
    for number in range(max(1, end), len(lines) - 1):
        if kinds[number] == "body" and _fills(lines, kinds, number):
            kinds[number] = "boilerplate"


def _fills(lines: Sequence[str], kinds: Sequence[Kind], number: int) -> bool:
    beside = (number - 1, number + 1)
    short = len(lines[number].split()) <= _FILLING_WORDS and not _FULL_STOP.fullmatch(lines[number])
    return short and all(kinds[n] == "boilerplate" and _has_words(lines[n]) for n in beside)


def _has_words(line: str) -> bool:
    return any(map(str.isalnum, line))


def _writers(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Mark names and posts that stand beside a by-line before the text begins."""
    head = min(_start_of_prose(lines, kinds), _HEAD_LINES)
    for step in (range(head - 1, 0, -1), range(1, head)):
        for number in step:
            beside = "byline" in kinds[max(1, number - 1) : number + 2]
            if kinds[number] == "body" and beside and _is_writer(lines[number]):
                kinds[number] = "byline"


def _is_writer(line: str) -> bool:
    return furniture.is_role(line) or furniture.is_bare_name(line) or furniture.is_publication_label(line)


def _captioned(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Mark what a line of credit belongs to: the photographer above it, and what describes the picture."""
    for number, line in enumerate(lines[:-1]):
        if furniture.is_caption_label(line) and kinds[number + 1] == "body":
            kinds[number + 1] = "caption"
    start = min(_start_of_prose(lines, kinds), _HEAD_LINES)
    for number in range(len(lines) - 1, 0, -1):
        if kinds[number] != "caption" or not _credits(lines, number) or kinds[number - 1] != "body":
            continue
        line, in_head = lines[number - 1], 1 < number <= start + 1 and number + 1 < len(lines)
        if furniture.is_bare_name(line) or _describes(line, in_head=in_head):
            kinds[number - 1] = "caption"


def _credits(lines: Sequence[str], number: int) -> bool:
    """Whether a line is a credit, or the name above one."""
    if furniture.is_credit(lines[number]):
        return True
    below = number + 1 < len(lines) and furniture.is_credit(lines[number + 1])
    return below and furniture.is_bare_name(lines[number])


def _describes(line: str, *, in_head: bool) -> bool:
    """Whether a line above a credit says what a picture shows: it names a day, or reports nothing."""
    words = len(line.split())
    if _PICTURED.search(line):
        return words <= 2 * _CAPTION_WORDS
    short = words <= _CAPTION_WORDS and not furniture.reports(line)
    return short and (in_head or not _FULL_STOP.fullmatch(line))


def _headings(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Mark short runs of lines without a full stop that stand before text, and the first line over prose."""
    for first, last in _runs(lines, kinds):
        leads = last < len(lines) and kinds[last] == "body"
        if last - first <= _RUN and (leads or first == 0):
            kinds[first:last] = ["heading"] * (last - first)
        elif first == 0 and leads and _is_prose(lines[last]) and _is_title(lines):
            kinds[first] = "heading"


def _is_title(lines: Sequence[str]) -> bool:
    """Whether the first line of a run reads like a title: most lines of the document are prose."""
    return 2 * sum(map(_is_prose, lines)) > len(lines)


def _foot(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Mark what has no stop and stands in the foot, after boilerplate."""
    end = _end_of_prose(lines, kinds)
    known = False
    for number in range(end, len(lines)):
        line = lines[number]
        known = known or (kinds[number] == "boilerplate" and _has_words(line))
        fits = (
            kinds[number] in ("body", "heading") and could_be_heading(line) and not _FULL_STOP.fullmatch(line)
        )
        if end and known and fits:
            kinds[number] = "boilerplate"


def _is_teaser(line: str) -> bool:
    """Whether a line breaks off: the first words of another page."""
    return line.endswith(("…", "...", "[…]"))


def _is_prose(line: str) -> bool:
    long = len(line.split()) > _HEADING_WORDS
    stopped = bool(_FULL_STOP.fullmatch(line)) and not could_be_heading(line)  # a heading may ask
    return not _is_teaser(line) and (long or stopped)


def _start_of_prose(lines: Sequence[str], kinds: Sequence[Kind]) -> int:
    prose = (n for n, line in enumerate(lines) if kinds[n] == "body" and _is_prose(line))
    return next(prose, len(lines))


def _end_of_prose(lines: Sequence[str], kinds: Sequence[Kind], *, but_fillings: bool = False) -> int:
    """One past the last line of prose, or 0."""
    for number in range(len(lines) - 1, -1, -1):
        inside = but_fillings and 0 < number < len(lines) - 1
        if inside and _fills(lines, kinds, number):
            continue
        if kinds[number] == "body" and (_is_prose(lines[number]) or _LISTED.match(lines[number])):
            return number + 1
    return 0


def _runs(lines: Sequence[str], kinds: Sequence[Kind]) -> Iterator[tuple[int, int]]:
    """Find lines that could be headings, one after the other, as (first, one past the last)."""
    first = None
    for number, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
        fits = kind == "body" and could_be_heading(line)
        if fits and first is None:
            first = number
        if not fits and first is not None:
            yield first, number
            first = None
    if first is not None:
        yield first, len(lines)
