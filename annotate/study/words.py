"""Names and answers as the annotators saw them, with nothing in them that acts on a reader's screen."""

import re

from annotate.codebook.read import Codebook
from annotate.study.ratings import decode_set


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


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    r"""Write control characters, which neither XML nor a reader can take, as what they are.

    Line ends become ``\n``; tabs stay.

    >>> visible("a\x0bb")
    'a\\x0bb'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSEEN.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 256 else f"\\u{ord(m[0]):04x}", lines)  # noqa: PLR2004
