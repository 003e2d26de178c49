"""Lines are glued together: with a space, without one, or with a hyphen undone."""

import itertools
import re
from collections.abc import Sequence

_BROKEN = re.compile(r"(?P<first>[^\W\d_]+)[-‐\u00ad]$")  # noqa: RUF001 - a hyphen
_REST = re.compile(r"(?P<second>[^\W\d_]+)")
_DASH = re.compile(r"(?:\w[-‐–]|—|/)$")  # noqa: RUF001 - dashes
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")  # noqa: RUF001 - a hyphen
# Scripts that part words with nothing: Han, Hiragana and Katakana, with their punctuation.
_UNPARTED = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff60"
_UNPARTED_END = re.compile(f"[{_UNPARTED}]$")
_UNPARTED_START = re.compile(f"[{_UNPARTED}]")
_LONG = 25  # characters: a line of running text
_OFTEN = 0.03  # of such lines end in a hyphen where words are broken; compounds alone come to less
# First parts that keep their hyphen.
_PARTS = {"all", "cross", "ex", "half", "non", "one", "self", "so", "two", "three", "vice", "well"}


class Words:
    """The words that a document writes within its lines, whole or with hyphens."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.known = {_plain(word.group()) for line in lines for word in _WORD.finditer(line)}
        broken = [
            _plain(first["first"] + second["second"])
            for upper, lower in itertools.pairwise(lines)
            if (first := _BROKEN.search(upper)) and (second := _REST.match(lower))
        ]
        long = sum(len(line) >= _LONG for line in lines)
        self.hyphenates = any(word in self.known for word in broken) or len(broken) >= max(3, _OFTEN * long)

    def knows(self, word: str) -> bool:
        """Whether the word stands within a line."""
        return _plain(word) in self.known

    def keep_hyphen(self, first: str, second: str) -> bool:
        """Whether a hyphen at a line's end belongs to the word.

        As the document writes the word elsewhere. Where it does not, the hyphen is taken to have come with the
        line's end if the document breaks words at all, except after such parts as ``self-``.
        """
        first, second = _plain(first), _plain(second)
        if first + second in self.known:
            return False
        return not self.hyphenates or f"{first}-{second}" in self.known or first in _PARTS


def _plain(word: str) -> str:
    return word.casefold().replace("‐", "-")  # noqa: RUF001 - a hyphen


def glued(lines: Sequence[str], words: Words) -> str:
    """Glue the lines of a paragraph together."""
    pieces = [lines[0]]
    for line in lines[1:]:
        last = pieces.pop()
        if _is_undone(last, line, words):
            pieces += [last[:-1], line]
        elif _parted(last, line):
            pieces += [last, " ", line]
        else:
            pieces += [last, line]
    return "".join(pieces).replace("\u00ad", "")


def _is_undone(last: str, line: str, words: Words) -> bool:
    if last.endswith("\u00ad"):
        return True
    first, second = _BROKEN.search(last), _REST.match(line)
    if first is None or second is None:
        return False
    if not line[0].islower():  # OP-/TIONAL, but not Anglo-/American
        return words.knows(first["first"] + second["second"])
    return not words.keep_hyphen(first["first"], second["second"])


def _parted(last: str, line: str) -> bool:
    return not (_DASH.search(last) or (_UNPARTED_END.search(last) and _UNPARTED_START.match(line)))
