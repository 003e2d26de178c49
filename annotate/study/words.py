"""Names and answers as the annotators saw them, with nothing in them that acts on a reader's screen."""

import re
from functools import cache

from annotate.codebook.read import Codebook
from annotate.study.ratings import decode_set, encode_set


def in_words(identifier: str) -> str:
    """A variable's or measure's name as words.

    >>> in_words("claim_type")
    'Claim type'
    """
    words = visible(identifier).replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def choice(codebook: Codebook | None, variable: str, category: str) -> str:
    """A category as the annotators saw it; a set is listed, an empty one is said to be."""
    found = [v for v in codebook.variables if v.name == variable] if codebook else []
    if not found:
        return visible(category)
    labels = {c.id: c.label for c in found[0].categories}
    if found[0].level != "set":
        return visible(labels.get(category, category))
    return ", ".join(visible(labels.get(value, value)) for value in decode_set(category)) or "none"


class Choices:
    """The answers of a codebook by the labels that annotators saw, and back.

    Two categories of one label are told apart by their ids. An answer that the codebook does not have is its own
    label.
    """

    def __init__(self, codebook: Codebook | None) -> None:
        self._labels: dict[str, dict[str, str]] = {}
        self._sets: set[str] = set()
        for variable in codebook.variables if codebook else ():
            shown = [visible(one.label) for one in variable.categories]
            self._labels[variable.name] = {
                one.id: f"{label} ({visible(one.id)})" if shown.count(label) > 1 else label
                for one, label in zip(variable.categories, shown, strict=True)
            }
            if variable.level == "set":
                self._sets.add(variable.name)
        self.label = cache(self._label)

    def is_set(self, variable: str) -> bool:
        """Whether several categories may be chosen."""
        return variable in self._sets

    def offered(self, variable: str) -> tuple[str, ...]:
        """The labels that may be chosen, in order; none where the codebook does not list them."""
        return tuple(self._labels.get(variable, {}).values())

    def _label(self, variable: str, category: str) -> str:
        """An answer as annotators saw it; of a set all that is in it, or ``none``."""
        labels = self._labels.get(variable, {})
        if variable not in self._sets:
            return labels.get(category) or visible(category)
        return ", ".join(labels.get(one) or visible(one) for one in decode_set(category)) or "none"

    def category(self, variable: str, said: str) -> str | None:
        """The answer that a label, or an id, stands for; of a set, labels with commas between; None if none does."""
        known = self._labels.get(variable, {})
        back = {**{one: one for one in known}, **{label: one for one, label in known.items()}}
        said = said.strip()
        if variable not in self._sets:
            return back.get(said, None if known else said)
        if said == "none" and said not in back:
            return encode_set([])
        chosen = [back.get(said)] if said in back else [back.get(one.strip()) for one in said.split(",")]
        found = [one for one in chosen if one is not None]
        return encode_set(found, list(known)) if len(found) == len(chosen) else None


UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    r"""Write control characters, and what turns the direction of the letters behind it, as what they are.

    Neither XML nor a reader can take them. The marks that text from right to left needs stay.

    Line ends become ``\n``; tabs stay.

    >>> visible("a\x0bb")
    'a\\x0bb'
    >>> visible("safe\u202etxt.exe")
    'safe\\u202etxt.exe'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 256 else f"\\u{ord(m[0]):04x}", lines)  # noqa: PLR2004


def natural(name: str) -> list[tuple[bool, int, str]]:
    """A key that puts A2 before A10.

    >>> sorted(["A10", "A2"], key=natural)
    ['A2', 'A10']
    """
    parts = re.split(r"(\d+)", name)
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
