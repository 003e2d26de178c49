"""Label Studio's export, a list of tasks with their annotations, becomes tables.

Pure functions: no file, no network. What is left out is a row of ``exclusions``, with one of
:data:`REASONS`: the first seven concern annotations, the others single answers. :data:`STRICT` names
those that stop a reader who did not ask for exclusion: they mean that the config is the wrong one, or
that two ratings claim to be one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from annotate.codebook.read import Codebook
from annotate.errors import counted
from annotate.study.annotation_rows import Rows, rows_of
from annotate.study.annotations import OnEdited, Reader, is_imported, left_to_adjudication, sort_copies
from annotate.study.answers import Answer, Excluded
from annotate.study.exported import PASSAGE_COLUMNS, as_meant, passage_of, said_twice
from annotate.study.people import NOBODY, annotator_id, identified, key_of
from annotate.study.ratings import canonical_ratings
from annotate.study.repeated import Section, Sections
from annotate.study.spans import COLUMNS as SPAN_COLUMNS
from annotate.study.spans import inside_frame, relation_frame
from annotate.study.streamed import Gathered, TaskFile
from annotate.study.surveyed import Survey, Which, survey

REASONS: Mapping[str, str] = {
    "cancelled": "skipped by the annotator",
    "no_annotator": "nobody is named as the annotator: the account may have been deleted",
    "ground_truth": "imported as ground truth, which is not a rating by an annotator",
    "adjudicated": "made by an adjudicator: a decision, which is not a rating by an annotator",
    "edited_by_another": "last changed by somebody else, or forged: not the annotator's own",
    "superseded": "an earlier annotation of the same passage by the same annotator",
    "empty": "nothing was answered and nothing was marked",
    "unknown_control": "an answer to a control that the label config does not have",
    "unknown_category": "a choice, label or relation that the label config does not have",
    "malformed": "an answer that the format does not allow, or out of bounds",
    "blank": "an answer that says nothing: no choice, no text, a mark without a label",
    "several_choices": "several values where one is allowed",
    "answered_twice": "a second answer to one control in one annotation",
    "hidden": "an answer to a question that was hidden when it was submitted",
    "span_mismatch": "a marked stretch whose place does not give the text that was marked",
    "unknown_offsets": "a marked stretch without its text, whose offsets may count one thing or another",
    "marks_incomplete": "an annotator's marks on a passage, for the agreement on marks: one of them was left out",
    "no_stretch": "a relation to, or an answer inside, a marked stretch that cannot be read",
    "not_tabulated": "an answer to a control of no use for text",
    "suggested": "coded with a suggested label in sight, and left out on request",
    "missing": "a row of a table whose category stands for no judgement, as --missing says",
}
STRICT = ("unknown_control", "unknown_category", "superseded")
_TWO = 2

RATING_COLUMNS = (
    "item", "source", "annotator", "variable", "category",
    "document", "annotation", "created_at", "updated_at", "lead_time", "round", "suggested",
)  # fmt: skip
ANNOTATED_COLUMNS = ("item", "annotator", "annotation", "round", "marks_whole")
EXCLUSION_COLUMNS = ("reason", "item", "annotator", "annotation", "variable", "detail")
COMMENT_COLUMNS = ("item", "annotator", "variable", "text", "annotation")


@dataclass(frozen=True)
class Tables:
    """What an export says: judgements, marked text, free text, the passages, and what was left out.

    ``annotated`` has one row for each annotation that counts: who annotated what, also where nothing was answered
    and nothing marked; ``marks_whole`` is False where one of its marks was left out.
    What else the tasks say of a passage in a word, such as a country, is a column of the ratings and the passages.
    ``gold`` are the judgements of annotations that were starred as ground truth, as in the ratings; ``annotator`` is
    None where it was imported. ``cautions`` are sentences on what was kept though it may be doubted. ``key`` has the
    names or addresses of annotators by their pseudonyms, where the export says them.
    """

    ratings: pd.DataFrame
    spans: pd.DataFrame
    comments: pd.DataFrame
    passages: pd.DataFrame
    exclusions: pd.DataFrame
    annotated: pd.DataFrame
    relations: pd.DataFrame
    inside: pd.DataFrame
    gold: pd.DataFrame
    cautions: tuple[str, ...]
    key: Mapping[str, str]


def tabulate(
    tasks: Sequence[Mapping[str, Any]],
    codebook: Codebook,
    where: str = "export",
    *,
    on_edited: OnEdited = "keep",
) -> Tables:
    """Turn an export into tables.

    Parameters
    ----------
    tasks
        Label Studio's JSON: ``[{"id": .., "data": {..}, "annotations": [..]}, ..]``.
    codebook
        The codebook of the project's label config.
    where
        The file's name, for messages.
    on_edited
        What to do with annotations that were starred as ground truth and last changed by somebody else: whether
        more than the star was changed cannot be known. ``keep`` counts them among the ``cautions``.

    Returns
    -------
    Tables
        All of them, also when nobody has annotated yet (then ``ratings`` is empty, with its columns).

    Raises
    ------
    ExportError
        If a task has not the shape of one, or two tasks give one passage id to different texts.

    """
    tasks = tasks if isinstance(tasks, TaskFile) else [as_meant(task) for task in tasks]
    found = survey(tasks, codebook, where)
    made = _Making(tasks, codebook, found, on_edited, packed=isinstance(tasks, TaskFile))
    made.make()
    frames = {name: one.frame() for name, one in made.rows.items()}
    return Tables(
        ratings=_rating_frame(frames["rating"], where),
        spans=frames["span"].astype({"start": "int64", "end": "int64", "round": "int64"}),
        comments=frames["free_text"],
        passages=_passages(frames["passage"], frames["annotated"]),
        exclusions=frames["exclusion"],
        annotated=frames["annotated"].astype({"round": "int64", "marks_whole": "bool"}),
        relations=relation_frame(made.relations),
        inside=inside_frame(made.inside),
        gold=pd.DataFrame(made.gold, columns=list(RATING_COLUMNS)),
        cautions=tuple(made.cautions()),
        key=key_of(found.numbers),
    )


def tabulate_into(
    folder: Path, tasks: TaskFile, codebook: Codebook, where: str, *, on_edited: OnEdited
) -> "Filed":
    """Do what :func:`tabulate` does, and write the large tables into a folder: nothing of them stays in memory."""
    found = survey(tasks, codebook, where)
    made = _Making(tasks, codebook, found, on_edited, packed=True, into=folder)
    made.make()
    for one in made.rows.values():
        one.close()
    return Filed(folder, len(tasks), made.rows["rating"].count, tuple(made.cautions()))


@dataclass(frozen=True)
class Filed:
    """The tables of an export as Parquet files in a ``folder``, and how many tasks and ratings there are."""

    folder: Path
    tasks: int
    ratings: int
    cautions: tuple[str, ...]

    @property
    def place(self) -> Path:
        """Where the ratings lie."""
        return self.folder / "rating.parquet"

    def exclusions(self, reasons: Sequence[str]) -> pd.DataFrame:
        """What was left out for one of these reasons."""
        return pd.read_parquet(self.folder / "exclusion.parquet", filters=[("reason", "in", [*reasons])])

    @property
    def left_out(self) -> dict[str, int]:
        """How many annotations and answers were left out, by reason, the most frequent first."""
        reasons = pd.read_parquet(self.folder / "exclusion.parquet", columns=["reason"])["reason"]
        return {str(reason): int(count) for reason, count in reasons.value_counts().items()}


class _Making:
    """The second pass: each passage is read when the first task that brings it comes by."""

    def __init__(
        self,
        tasks: Sequence[Any],
        codebook: Codebook,
        found: Survey,
        on_edited: OnEdited,
        *,
        packed: bool,
        into: Path | None = None,
    ) -> None:
        self._tasks, self._codebook, self._found, self._on_edited = tasks, codebook, found, on_edited
        self._sections, self._reader = Sections(codebook), Reader(codebook, found.units)
        columns = {
            "rating": (*RATING_COLUMNS, *found.facts),
            "span": SPAN_COLUMNS,
            "free_text": COMMENT_COLUMNS,
            "exclusion": EXCLUSION_COLUMNS,
            "annotated": ANNOTATED_COLUMNS,
            "passage": (*PASSAGE_COLUMNS, *found.facts),
        }
        self.rows = {
            name: Gathered(told, packed=packed, into=into and into / f"{name}.parquet")
            for name, told in columns.items()
        }
        self.relations: list[dict[str, Any]] = []
        self.inside: list[dict[str, Any]] = []
        self.gold: list[dict[str, Any]] = []
        self._judged: set[str] = set()
        self._latest = {item: one.latest for item, one in found.items.items()}
        self._starred = self._again = self._coded = 0
        self._twice = ""

    def make(self) -> None:
        """Make all rows."""
        found = self._found
        decided: dict[str, dict[str, Any]] = {}
        # what an adjudicator made comes before what else is left out, wherever it stands
        for number in (number for number, which in enumerate(found.which) if which is None):
            passage = passage_of(self._tasks[number])
            for row in left_to_adjudication(passage["item"], self._known(self._tasks[number])["annotations"]):
                self.rows["exclusion"].append(row)
            decided.setdefault(passage["item"], passage)
        for number, task in enumerate(self._tasks):
            which = found.which[number]
            if which is not None and found.groups[which][0] == number:
                self._passage(which, task)
        for item, passage in decided.items():
            if item not in self._judged:
                self.rows["passage"].append(passage)

    def _known(self, task: Any) -> Any:
        """A task with the numbers of persons in the place of their names."""
        return identified([task], self._found.numbers)[0]

    def _passage(self, which: Which, first: Mapping[str, Any]) -> None:
        """Read all annotations of an item in a round."""
        item, repeat = which
        numbers = self._found.groups[which]
        tasks = [first, *(self._tasks[number] for number in numbers[1:])]
        copies = [str(task.get("id") or number + 1) for number, task in zip(numbers, tasks, strict=True)]
        by_copy: dict[str, list[Mapping[str, Any]]] = {}
        for copy, task in zip(copies, tasks, strict=True):
            # tasks without our id may be two places with the same words: no later time, but a contradiction
            of_copy = by_copy.setdefault(copy if task["data"].get("passage_id") else "", [])
            of_copy.extend(self._known(task)["annotations"])
        data = first["data"]
        if len(copies) > 1 and not self._twice:
            self._twice = said_twice(copies, data)
        self._coded += which in self._found.ranked and any(by_copy.values())
        found = sort_copies(
            list(by_copy.values()), marks_only=not self._codebook.variables, on_edited=self._on_edited
        )
        earliest = self._found.items[item].first
        brought = first if earliest == numbers[0] else self._tasks[earliest]
        facts = {name: _fact(data.get(name)) for name in self._found.facts}
        parts = self._sections.of({**passage_of(brought), **facts}, data)
        for row in self._sections.items(parts):
            if row["item"] not in self._judged:
                self._judged.add(row["item"])
                self.rows["passage"].append(row)
        for row in found.left_out:
            self.rows["exclusion"].append({**_with_twins(row, copies, data), "item": item})
        self._starred += found.starred
        latest = self._latest[item]
        for time, of_time in enumerate((found.kept, *found.again)):
            self._again += len(of_time) if time else 0
            self._read_all(of_time, parts, latest + time if time else repeat)
        self._latest[item] = latest + len(found.again)
        for rows, answers in _read(found.gold, parts, self._sections, self._reader, repeat):
            self.gold += _gold(rows, answers)

    def _read_all(self, made: Sequence[Mapping[str, Any]], parts: Sequence[Section], repeat: int) -> None:
        others = {"relation": self.relations, "inside": self.inside}
        for rows, answers in _read(made, parts, self._sections, self._reader, repeat):
            for kind, row in rows_of(rows, answers, self._codebook):
                (others[kind] if kind in others else self.rows[kind]).append(row)

    def cautions(self) -> Iterator[str]:
        """Say what was kept though it may be doubted."""
        if self._starred:
            yield (
                f"{counted(self._starred, 'annotation starred as ground truth was', 'annotations starred as ground truth were')} last changed by somebody else than their "
                "annotator, and are kept as the annotator's own: a star changes no answer, and what else was changed is "
                "not recorded; --on-edited exclude leaves them out"
            )
        twice = sum(len(numbers) > 1 for numbers in self._found.groups.values())
        if twice:
            more = f" (and {twice - 1} more such)" if twice > 1 else ""
            coded = (
                f"; {counted(self._again, 'annotation is', 'annotations are')} the annotator's second of one passage: none is left out, each counts as a later round"
                if self._again
                else ""
            )
            yield f"{self._twice}{more}{coded}; give each task a passage_id if they are not one"
        yield from self._found.twins
        ranked = len(self._found.ranked)
        if 0 < self._coded < ranked:
            yield (
                f"{self._coded} of {counted(ranked, 'passage')} {'was' if self._coded == 1 else 'were'} coded in the order of annotate suggest, the most uncertain first: they "
                "are not a random sample, and agreement and shares among them are not those of all passages until all are coded"
            )


def _read(
    made: Sequence[Mapping[str, Any]],
    parts: Sequence[Section],
    sections: Sections,
    reader: Reader,
    repeat: int,
) -> Iterator[tuple[Rows, list[Answer | Excluded]]]:
    """Read the annotations of a task, item by item."""
    for annotation in made:
        found = list(sections.split(annotation, parts))
        once = next((own["result"] for part, own in found if part.repeat is None), ())
        for part, own in found:
            beside = once if part.repeat else ()
            answers = list(reader.answers(own, part.data, repeat=part.repeat, beside=beside))
            yield Rows(part.passage, own, repeat), answers


def _gold(rows: Rows, answers: Sequence[Answer | Excluded]) -> Iterator[dict[str, Any]]:
    """The judgements of a starred annotation, and whose own it is."""
    for answer in answers:
        if isinstance(answer, Answer) and answer.kind == "rating":
            own = annotator_id(rows.annotation.get("completed_by"))
            nobody = own == NOBODY or is_imported(rows.annotation)
            yield {**rows.rating(answer), "annotator": None if nobody else own}


def _with_twins(row: dict[str, Any], copies: Sequence[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """Say which tasks are one passage where an annotator seems to have annotated it twice."""
    if len(copies) < _TWO or row["reason"] != "superseded":
        return row
    return {**row, "detail": f"{row['detail']}; {said_twice(copies, data)}"}


def _passages(passages: pd.DataFrame, annotated: pd.DataFrame) -> pd.DataFrame:
    """The passages, with how many annotations of the first round count."""
    counts = annotated.loc[annotated["round"] == 1, "item"].value_counts()
    return passages.assign(n_annotations=passages["item"].map(counts).fillna(0).astype("int64"))


def _fact(value: object) -> str | None:
    """A fact in words: 3 and 3.0 are one."""
    whole = isinstance(value, float) and value.is_integer()
    return None if value is None else str(int(value) if whole and isinstance(value, float) else value)


def _rating_frame(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    frame = frame.astype({"lead_time": "float64"})
    if frame.empty:
        return frame.astype({"round": "int64"})
    return canonical_ratings(frame, where=where)
