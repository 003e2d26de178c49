"""A study as tables for other tools: CSV and Parquet, described as a Data Package and as a Croissant, and for a paper.

The same summary gives the same bytes: no clock and no path of this machine is in them.
"""

import csv
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from annotate.errors import InputError, some
from annotate.present.claim_tables import profile_tables
from annotate.present.data_statement import data_statement, title_of
from annotate.present.label_tables import codebook_frame
from annotate.present.methods import methods_paragraph
from annotate.present.study_tables import agreement_table, pairs_table
from annotate.present.summary import Summary
from annotate.present.tables import flat, rendered

DESCRIPTOR, CROISSANT, STATEMENT = "datapackage.json", "croissant.json", "data_statement.md"
_KINDS = {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "string": "sc:Text"}


@dataclass(frozen=True)
class Table:
    """One table of the package: its rows, what a row is, and the columns that tell rows apart, if some do."""

    name: str
    row: str
    frame: pd.DataFrame
    key: tuple[str, ...] = ()


def tables_of(summary: Summary) -> list[Table]:
    """List the tables of a study that have columns: what was read first, then what was computed."""
    study, book = summary.study, summary.study.codebook
    claims = summary.ledger.claims.drop(columns=["mentions"], errors="ignore")
    coded = pd.DataFrame() if book is None else codebook_frame(book)
    found = [
        Table("passages", "a passage, annotated or not", study.passages, ("item",)),
        Table("ratings", "a judgement: an annotator answered a question on a passage", study.ratings),
        Table("spans", "a marked stretch of text", study.spans),
        Table("relations", "a relation that an annotator drew between two marked stretches", study.relations),
        Table("inside", "an answer inside a marked stretch", study.inside),
        Table("comments", "a comment or free text by an annotator", study.comments),
        Table("exclusions", "an annotation or answer that was left out, with the reason", study.exclusions),
        Table("codebook", "a category that annotators could choose", coded),
        Table("labels", "the final label of a passage on a variable", summary.labels, ("item", "variable")),
        Table(
            "agreement", "a coefficient of a source and variable; without a source, of all", summary.agreement
        ),
        Table("pairs", "two annotators on a variable", summary.pairs),
        Table("rounds", "an annotator and the passages that came a second time", summary.rounds),
        Table("disagreements", "a passage and variable on which annotators differ", summary.disagreements),
        Table("provenance", "a measure of a source; without a source, of all", summary.provenance),
        Table("claims", "a claim that recurs", claims, ("claim",)),
        Table("mentions", "a passage that carries a claim", summary.ledger.mentions),
    ]
    return [one for one in found if len(one.frame.columns) and (len(one.frame) or one.name == "exclusions")]


def write_package(folder: Path, summary: Summary) -> list[Path]:
    """Write all tables of a study into a folder, whole or not at all; what this wrote there before is replaced.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        If the folder holds other files.

    """
    with whole_folder(folder) as made:
        _fill(made, summary)
    return sorted(files_in(folder))


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a draft to fill, which takes the folder's place whole or not at all.

    An older folder is replaced only if it has no file that the new one lacks, so that nothing else is ever deleted.

    Raises
    ------
    InputError
        If it is a file, or has such a file.

    """
    folder = folder.resolve()
    if folder.is_file():
        raise InputError(f"{folder}: is a file; name a folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".draft-", dir=folder.parent) as draft:
        made = Path(draft) / "made"
        made.mkdir()
        yield made
        written = {path.relative_to(made) for path in files_in(made)}
        others = sorted(str(path) for path in files_in(folder) if path.relative_to(folder) not in written)
        if others:
            raise InputError(
                f"{folder}: holds other files, {some(others)}; name a new folder, or an empty one"
            )
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
        folder.chmod(0o755)


def files_in(folder: Path) -> list[Path]:
    """Everything in a folder that is not a folder itself."""
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def _fill(folder: Path, summary: Summary) -> None:
    tables = [Table(one.name, one.row, tidy(one.frame), one.key) for one in tables_of(summary)]
    for table in tables:
        table.frame.to_csv(
            folder / f"{table.name}.csv", index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL
        )
        table.frame.to_parquet(folder / f"{table.name}.parquet", index=False)
    _write(folder / DESCRIPTOR, _json(_descriptor(folder, tables, summary)))
    _write(folder / CROISSANT, _json(_croissant(folder, tables, summary)))
    _write(folder / STATEMENT, data_statement(summary))
    (folder / "paper").mkdir()
    for name, frame in _for_paper(summary):
        _write(folder / "paper" / f"{name}.tex", rendered(frame, "latex"))
        _write(folder / "paper" / f"{name}.md", rendered(frame, "markdown"))
    study = summary.study
    words = methods_paragraph(
        study, summary.agreement, confidence=summary.confidence, seed=summary.seed, icc=summary.icc
    )
    _write(folder / "paper" / "methods.md", f"{words}\n")


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Give each column one kind of value: text, whole numbers, numbers, or true and false; lists become JSON."""
    shown = flat(frame).reset_index(drop=True).convert_dtypes()
    other = [name for name in shown.columns if kind_of(shown[name]) == "string"]
    return shown.astype(dict.fromkeys(other, "string"))


def kind_of(column: "pd.Series[Any]") -> str:
    """The type of a column as a Data Package names it."""
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    return "number" if pd.api.types.is_float_dtype(column) else "string"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def slug(title: str) -> str:
    """A title as a name of small letters.

    >>> slug("Drellin: a study")
    'drellin-a-study'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "study"


def _described(name: str) -> str:
    for ending, words in _ENDINGS.items():
        if name not in COLUMNS and name.endswith(ending):
            return f"{words} of {name.removesuffix(ending).replace('_', ' ')}."
    return COLUMNS.get(name, f"{name.replace('_', ' ').capitalize()}.")


def _fields(table: Table) -> list[dict[str, Any]]:
    return [
        {"name": str(name), "type": kind_of(table.frame[name]), "description": _described(str(name))}
        for name in table.frame.columns
    ]


def _descriptor(folder: Path, tables: Sequence[Table], summary: Summary) -> dict[str, Any]:
    """The Data Package (version 1, which version 2 reads): https://specs.frictionlessdata.io/tabular-data-package/."""
    title = title_of(summary)
    resources = []
    for table in tables:
        content = (folder / f"{table.name}.csv").read_bytes()
        schema: dict[str, Any] = {"fields": _fields(table), "missingValues": [""]}
        if table.key:
            schema["primaryKey"] = list(table.key)
        if table.name != "passages" and "item" in table.frame.columns and table.name != "exclusions":
            reference = {"resource": "passages", "fields": ["item"]}
            schema["foreignKeys"] = [{"fields": ["item"], "reference": reference}]
        resources.append(
            {
                "name": table.name,
                "profile": "tabular-data-resource",
                "path": f"{table.name}.csv",
                "title": f"{table.name.capitalize()}: one row is {table.row}",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(content),
                "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
                "schema": schema,
            }
        )
    return {
        "profile": "tabular-data-package",
        "name": slug(title),
        "title": title,
        "description": f"Annotations of a study, what was computed from them, and a data statement ({STATEMENT}). "
        "Each table is there as CSV, described here, and as Parquet.",
        "resources": resources,
    }


def _croissant(folder: Path, tables: Sequence[Table], summary: Summary) -> dict[str, Any]:
    """The same as Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html), over the Parquet files."""
    files, sets = [], []
    for table in tables:
        name = f"{table.name}.parquet"
        files.append(
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "encodingFormat": "application/x-parquet",
                "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            }
        )
        sets.append(
            {
                "@type": "cr:RecordSet",
                "@id": table.name,
                "name": table.name,
                "description": f"One record is {table.row}.",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{table.name}/{field['name']}",
                        "name": f"{table.name}/{field['name']}",
                        "description": field["description"],
                        "dataType": _KINDS[field["type"]],
                        "source": {"fileObject": {"@id": name}, "extract": {"column": field["name"]}},
                    }
                    for field in _fields(table)
                ],
            }
        )
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": slug(title_of(summary)),
        "description": f"{title_of(summary)}: annotations of passages, and what was computed from them.",
        "distribution": files,
        "recordSet": sets,
    }


def _for_paper(summary: Summary) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables that a paper shows, rounded."""
    book, found = summary.study.codebook, summary.agreement
    if len(found):
        yield "agreement", agreement_table(found[found["source"].isna()].drop(columns="source"), (), book)
        if found["source"].notna().any():
            yield "agreement_by_source", agreement_table(found, ("source",), book)
    if len(summary.pairs):
        yield "pairs", pairs_table(summary.pairs, book)
    if len(summary.provenance):
        shares, kinds = profile_tables(summary.provenance, book)
        yield "provenance", shares
        yield "kinds_of_claim", kinds


_ENDINGS = {
    "_ci_low": "Lower end of the interval",
    "_ci_high": "Upper end of the interval",
    "_undefined": "Why there is no value",
    "_share": "The share of annotators who chose it, of those who answered,",
    "_tied": "What is tied, where there is no majority",
}
COLUMNS: Mapping[str, str] = {
    "item": "The passage's id: 16 hexadecimal digits of the SHA-256 of document and text.",
    "document": "The document in which it stands.",
    "source": "Who published the passage; empty for all sources together.",
    "title": "The document's title.",
    "published": "When the document was published, as far as is known (ISO 8601).",
    "url": "The document's address.",
    "start": "Where it begins, in characters from 0.",
    "end": "Where it ends, in characters; the character there no longer belongs to it.",
    "text": "The words.",
    "n_annotations": "How many annotations the passage has.",
    "annotator": "Who: the name of an account in this study, which says nothing of the person.",
    "variable": "The question.",
    "category": "The answer, by its id in the codebook; of a set, a JSON list.",
    "annotation": "The id of the annotation in Label Studio.",
    "created_at": "When the annotation was submitted (ISO 8601, UTC).",
    "updated_at": "When it was last changed (ISO 8601, UTC).",
    "lead_time": "Seconds that the screen was open.",
    "round": "1, or 2 and on where the passage came to the same annotator again.",
    "suggested": "The model whose suggestion was in sight, if one was.",
    "label": "The label.",
    "reason": "Why it was left out.",
    "value": "The value.",
    "ci_low": "Lower end of the interval.",
    "ci_high": "Upper end of the interval.",
    "interval": "How the interval was made, and over what.",
    "undefined": "Why there is no value.",
    "caution": "What speaks against trusting the value.",
    "n_items": "Passages that were rated.",
    "n_pairable_items": "Passages with two ratings or more.",
    "coefficient": "The coefficient of agreement.",
    "level": "The level of measurement.",
    "observed": "Observed agreement.",
    "expected": "Agreement that chance would give.",
    "prevalence": "The share of the most chosen category among all answers.",
    "prevalent_category": "The most chosen category.",
    "n_clusters": "What was drawn together, mostly documents: how many there are.",
    "claim": "The number of the claim.",
    "wording": "The words of the passage that carry the claim.",
    "tie": "Whether no category has the majority.",
    "tied": "The categories that are tied, as a JSON list.",
    "method": "How the label came about.",
    "share": "The share of annotators who chose the label.",
}
_CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
