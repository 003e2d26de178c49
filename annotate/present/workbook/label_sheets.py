"""The sheets for a meeting: where annotators differ, with a place for the decision, and the final labels; and back."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from annotate.coordination.adjudication import DECISION_COLUMNS
from annotate.corpus.readers.archive import check_archive
from annotate.errors import InputError
from annotate.frames import records
from annotate.present.label_tables import how_decided, shown_label
from annotate.present.summary import Summary
from annotate.present.wording import source_name
from annotate.present.workbook.cell import Column, Value
from annotate.present.workbook.sheet import Sheet
from annotate.study.study import Study
from annotate.study.words import Choices, in_words, natural

MOST_ANNOTATORS = 60  # beyond, the answers to a passage share one column
DISAGREEMENTS = "Disagreements"
DECISION, DECIDER, REMARK = "Decision", "Decided by", "Remark"
_ITEM, _VARIABLE = "Item", "Variable"


def differences(summary: Summary, offered: dict[str, str]) -> Sheet:
    """One row a passage and question on which annotators differ, each annotator's answer in a column of its own.

    ``offered`` gives the range of cells that lists what may be decided, by variable.
    """
    study, differing = summary.study, summary.disagreements
    words = Choices(study.codebook)
    given: dict[tuple[str, str], dict[str, str]] = {
        key: {} for key in zip(differing["item"], differing["variable"], strict=True)
    }
    wanted = study.first_round.loc[study.first_round["item"].isin(set(differing["item"]))]
    for item, variable, annotator, category in wanted[
        ["item", "variable", "annotator", "category"]
    ].itertuples(index=False, name=None):
        if (item, variable) in given:
            given[item, variable][annotator] = words.label(variable, category)
    people = sorted({name for answers in given.values() for name in answers}, key=natural)
    many = len(people) > MOST_ANNOTATORS
    columns = [
        Column("Passage", "long", 56, "What the annotators read."),
        Column("Source", "long", 20, "Who published it."),
        Column("Question", "long", 16, "What was asked."),
        *(
            [Column("Answers", "long", 44)]
            if many
            else [
                Column(name, "long", max(13, min(20, 66 / max(1, len(people)))), band="What each chose")
                for name in people
            ]
        ),
        Column(DECISION, "long", 20, "Choose from the list.", _DECIDE, to_fill=True),
        Column(DECIDER, "long", 13, "A name.", _DECIDE, to_fill=True),
        Column(REMARK, "long", 18, "Why, if you like.", _DECIDE, to_fill=True),
        Column("Agreeing pairs", "share", 10, "Of the annotators.", folded=True),
        Column(_ITEM, "text", 20, "The id of the passage.", folded=True),
        Column(_VARIABLE, "text", 18, "The name of the question.", folded=True),
    ]
    texts = study.passages.set_index("item")["text"].to_dict()
    made = {} if summary.decisions is None else _made(summary, words)
    rows: list[list[Value]] = []
    lists: list[tuple[int, str, str]] = []
    for number, row in enumerate(records(differing)):
        item, variable = row["item"], row["variable"]
        answers, text = given[item, variable], texts.get(item)
        cells: list[Value] = [
            text if isinstance(text, str) else f"(no text: {item})",
            source_name(row["source"]),
            in_words(variable),
        ]
        if many:
            cells.append("\n".join(f"{name}: {answers[name]}" for name in people if name in answers))
        else:
            cells += [answers.get(name) for name in people]
        cells += [*made.get((item, variable), (None, None, None)), row["agreeing_pairs"], item, variable]
        rows.append(cells)
        if variable in offered:
            lists.append((number, DECISION, offered[variable]))
    return Sheet(
        columns,
        rows,
        len(rows),
        top=[_HOW],
        empty="No two annotators gave different answers to one passage.",
        lists=lists,
        quiet_again="Passage",
        tab="#E69F00",
    )


_DECIDE = "For the meeting"
_HOW = (
    "Decide in the yellow columns; a list opens in each cell. Then: annotate adjudicate EXPORT --from-workbook THIS FILE "
    "-o decisions.csv, which workbook and report take with --adjudicated."
)


def _made(summary: Summary, words: Choices) -> dict[tuple[str, str], tuple[Value, Value, Value]]:
    """What was decided already, so that it stands in its cells."""
    if summary.decisions is None:
        return {}
    return {
        (row["item"], row["variable"]): (
            words.label(row["variable"], row["category"]),
            row["decided_by"],
            row.get("remark"),
        )
        for row in records(summary.decisions.categories)
    }


def read_decisions_sheet(path: Path) -> pd.DataFrame:
    """Read what was written into the yellow columns of the sheet Disagreements.

    Returns
    -------
    DataFrame
        A row for each passage and question of the sheet, with :data:`DECISION_COLUMNS`; the category is the label that
        was chosen, or empty.

    Raises
    ------
    InputError
        If the file is not a workbook of annotate.

    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    check_archive(path, ".xlsx")
    try:
        book = CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_name(DISAGREEMENTS).to_python() if DISAGREEMENTS in book.sheet_names else []
    except (CalamineError, PasswordError, OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable workbook ({str(error).splitlines()[0]})") from error
    wanted = (_ITEM, _VARIABLE, DECISION, DECIDER, REMARK)
    for number, row in enumerate(rows):
        head = [str(cell).strip() for cell in row]
        if set(wanted) <= set(head):
            places = [head.index(name) for name in wanted]
            told = [[_written(one[place]) for place in places] for one in rows[number + 1 :]]
            kept = [one for one in told if one[0] and one[1]]
            return pd.DataFrame(kept, columns=list(DECISION_COLUMNS), dtype=object)
    raise InputError(
        f"{path}: has no sheet {DISAGREEMENTS} with the columns {', '.join(wanted)}; give a workbook that annotate workbook "
        "wrote, and leave its headings as they are"
    )


def _written(value: object) -> str:
    """What stands in a cell; a whole number as one."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def final_labels_sheet(summary: Summary) -> Sheet:
    """One row a passage: its text, its source, and of each question the label and who decided it."""
    study, words = summary.study, Choices(summary.study.codebook)
    labels = summary.labels
    order = dict.fromkeys([*study.levels, *(labels["variable"].unique() if len(labels) else ())])
    variables = [name for name in order if len(labels) and (labels["variable"] == name).any()]
    columns = [
        Column("Passage", "long", 56, "What the annotators read."),
        Column("Source", "long", 20, "Who published it."),
    ]
    for name in variables:
        columns.append(Column(in_words(name), "long", 18))
        columns.append(Column(f"{in_words(name)}: decided", "long", 18, folded=True))
    columns += [
        Column("Decided by", "long", 24, "How the labels came about, and who decided what was not settled."),
        Column("Item", "text", 20, "The id of the passage.", folded=True),
    ]
    of: dict[str, dict[str, dict[str, object]]] = {}
    for row in records(labels):
        of.setdefault(row["item"], {})[row["variable"]] = row
    texts = study.passages.drop_duplicates("item").set_index("item")
    rows: list[list[Value]] = []
    order_of = {item: place for place, item in enumerate(study.passages["item"])}
    for item, found in sorted(of.items(), key=lambda one: order_of.get(one[0], len(order_of))):
        known = texts.loc[item] if item in texts.index else None
        text = None if known is None else known["text"]
        cells: list[Value] = [
            text if isinstance(text, str) else f"(no text: {item})",
            source_name(None if known is None else known["source"]),
        ]
        for name in variables:
            one = found.get(name)
            cells += [shown_label(one, words), how_decided(one)]
        cells += [_settled(found), item]
        rows.append(cells)
    return Sheet(
        columns,
        rows,
        len(rows),
        top=[_FINAL],
        empty="No labels yet: no passage has been coded.",
    )


_FINAL = (
    "The label of each passage: what all or most annotators chose, and what was decided where they differed. "
    "A decision says what the passage says, not that it is true."
)


def _settled(found: dict[str, dict[str, object]]) -> str:
    """How the labels of a passage came about, each way with the questions that went it where there are several."""
    ways: dict[str, list[str]] = {}
    for name, row in found.items():
        said = how_decided(row) or ""
        ways.setdefault("majority" if " of " in said else said, []).append(in_words(name))
    if len(ways) == 1:
        return next(iter(ways))
    return "; ".join(
        f"{way}: {', '.join(names)}" for way, names in ways.items() if not way.startswith("all ")
    )


def lists_of(study: Study, variables: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What may be decided on each variable, in the words of the codebook."""
    words = Choices(study.codebook)
    return {name: offered for name in variables if (offered := words.offered(name))}
