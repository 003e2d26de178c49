"""Names that differ in nothing that a reader sees or means, such as ``neutral`` and ``Neutral``.

Two forms of Unicode, and white space around a name, are read as one. All else counts as two, since it may be
meant; so it is said, with both spellings and how often each occurs.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook

_MOST = 3  # told of each column; the others are counted
_NUMBER = re.compile(r"([+-]?)0*([0-9]+?)(?:\.([0-9]*?)0*)?")
PERHAPS_CHANGED = r"[^!-~]|^[+-]?0[0-9]|^\+|\.[0-9]*0$|\.$"
_VARIATION = ("\ufe00", "\ufe0f")


def nfc(text: str) -> str:
    """Compose letters and their accents (Unicode Normalization Form C).

    >>> len("cafe\u0301"), len(nfc("cafe\u0301"))
    (5, 4)
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def composed(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Compose the texts of a column; what is not text stays."""
    if pd.api.types.infer_dtype(column, skipna=True) != "string" or column.astype("str").str.isascii().all():
        return column
    found = [text for text in column.unique() if isinstance(text, str)]
    changed = {text: new for text in found if (new := nfc(text)) != text}
    return column.map(lambda text: changed.get(text, text)) if changed else column


def spelling_cautions(ratings: pd.DataFrame, codebook: Codebook | None = None) -> tuple[str, ...]:
    """Name what stands in a table of ratings in several spellings.

    Parameters
    ----------
    ratings
        As they were read, with the columns item, source, annotator, variable and category.
    codebook
        Categories that it has are meant to differ.

    Returns
    -------
    tuple
        One sentence for each name, with its spellings, how many ratings have each, in what they differ, and
        whether they count as one.

    """
    names = {column: _counts(ratings[column]) for column in ("source", "annotator", "variable")}
    # Items and documents are many; without such a one no two are alike.
    odd = ratings["item"].str.contains(PERHAPS_CHANGED).any()
    documents: dict[str, int] = {}
    if "document" in ratings.columns:
        cells = ratings["document"]
        is_text = pd.api.types.infer_dtype(cells, skipna=True) == "string"
        if is_text and pd.Series(cells.dropna().unique(), dtype="str").str.contains(PERHAPS_CHANGED).any():
            documents = _counts(cells)
    categories = {
        str(variable): _counts(cells)
        for variable, cells in ratings.groupby("variable", sort=False)["category"]
    }
    return counted_cautions(names, _counts(ratings["item"]) if odd else {}, categories, codebook, documents)


def counted_cautions(
    names: Mapping[str, Mapping[str, int]],
    items: Mapping[str, int],
    categories: Mapping[str, Mapping[str, int]],
    codebook: Codebook | None = None,
    documents: Mapping[str, int] = {},
) -> tuple[str, ...]:
    """Say the same of counts of rows: by column and name, by item, by variable and category, and by document."""
    said: list[str] = []
    for column, counts in names.items():
        said += _told(column, counts)
    said += _told("item", items, with_case=False)
    seen = {text: n for text, n in documents.items() if _without_white_space(_without_invisible(text))}
    said += _told("document", seen, with_case=False, stripped=False)
    declared = {} if codebook is None else {one.name: one.categories for one in codebook.variables}
    for variable, counts in categories.items():
        known = {category.id for category in declared.get(variable, ())}
        said += _told(f"variable {variable}: category", _category_counts(counts), known)
    return tuple(said)


def plain_spelling(item: str) -> str:
    """What an item has in common with those that differ from it in nothing that a reader sees."""
    return _changed(item, {name: change for name, change in _CHANGES.items() if name != "case"})


def _counts(cells: "pd.Series[Any]") -> dict[str, int]:
    return {str(text): int(count) for text, count in cells.value_counts(sort=False).items()}


def _category_counts(texts: Mapping[str, int]) -> dict[str, int]:
    """How often each category stands in cells with these texts, also within sets."""
    counts: dict[str, int] = {}
    for text, count in texts.items():
        for one in _members(text):
            counts[one] = counts.get(one, 0) + count
    return counts


def _members(text: str) -> Sequence[str]:
    """What a set holds, or the category itself."""
    try:
        found = json.loads(text) if text.startswith("[") else None
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, list) and all(isinstance(one, str) for one in found) else (text,)


def _told(
    what: str,
    counts: Mapping[str, int],
    declared: Collection[str] = (),
    *,
    with_case: bool = True,
    stripped: bool = True,
) -> Iterator[str]:
    changes = {name: change for name, change in _CHANGES.items() if with_case or name != "case"}
    alike: dict[str, list[str]] = {}
    for text in counts:
        alike.setdefault(_changed(text, changes), []).append(text)
    several = [group for group in alike.values() if len(group) > 1 and not set(group) <= set(declared)]
    for group in several[:_MOST]:
        first, *others = sorted(group, key=lambda text: (-counts[text], text))
        read = {nfc(text).strip() if stripped else nfc(text) for text in group}
        differing = [
            name
            for name in changes
            if len(
                {
                    _changed(text, {other: changes[other] for other in changes if other != name})
                    for text in group
                }
            )
            > 1
        ]
        also = " and ".join(f"{shown(text)} ({counts[text]})" for text in others)
        so = (
            "read as one"
            if len(read) == 1
            else f"they count as {len(read)}: write them alike if they are one"
        )
        yield (
            f"{what} {shown(first)} ({counts[first]}) also stands as {also}, which differs in "
            f"{' and '.join(differing) or 'several ways'}; {so}"
        )
    if len(several) > _MOST:
        yield f"{what}: {len(several) - _MOST} more stand in several spellings"


def shown(text: str) -> str:
    r"""Quote a text so that two which look alike do not.

    >>> shown("caf\u00e9"), shown("cafe\u0301"), shown("a\u00a0b")
    ("'café'", "'cafe\\u0301'", "'a\\xa0b'")
    """
    plain = text == nfc(text) and text.isprintable() and unicodedata.normalize("NFKC", text) == text
    return repr(text) if plain else ascii(text)


def _changed(text: str, changes: Mapping[str, Callable[[str], str]]) -> str:
    for change in changes.values():
        text = change(text)
    return text


def _plain_form(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _without_white_space(text: str) -> str:
    return "".join(text.split())


def _without_invisible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign
        for sign in text
        if sign.isspace()
        or (unicodedata.category(sign) not in ("Cc", "Cf") and not _VARIATION[0] <= sign <= _VARIATION[1])
    )


def _plain_number(text: str) -> str:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    sign, whole, part = found.groups()
    return f"{sign.replace('+', '')}{whole}{f'.{part}' if part else ''}"


_CHANGES: Mapping[str, Callable[[str], str]] = {
    "Unicode form": _plain_form,
    "invisible signs": _without_invisible,
    "white space": _without_white_space,
    "case": str.casefold,
    "the way a number is written": _plain_number,
}


def unseen(column: "pd.Series[Any]") -> "pd.Series[bool]":
    """Tell the cells that are missing, or in which nothing is to be seen."""
    blank = column.isna() | (column.str.strip() == "")
    other = column.loc[~blank & ~column.str.isascii().astype("bool")].unique()
    nothing = [text for text in other if not _without_white_space(_without_invisible(str(text)))]
    return blank | column.isin(nothing) if nothing else blank
