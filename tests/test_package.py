"""The tables of a study for other tools: what the descriptions promise holds of the files, and the same study gives the same bytes.

What Frictionless, mlcroissant and datasets check of such folders is checked here by hand: these libraries are not among the
packages of the tests.
"""

import csv
import hashlib
import json
import math
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from annotate.errors import InputError
from annotate.notebook import open_study
from annotate.present.hub import categories_of, soft_labels, write_dataset
from annotate.present.package import _described, tables_of, write_package
from annotate.present.report import write_report
from annotate.present.summary import summarise
from annotate.present.workbook import write_workbook
from annotate.sampling import Interval
from annotate.study.ratings import decode_set

EXAMPLE = Path(__file__).parent.parent / "exports" / "example"
_READ = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": {"True": True, "False": False}.__getitem__,
}


@pytest.fixture(scope="module")
def summary():
    return summarise(open_study(EXAMPLE), interval=Interval(replicates=50))


@pytest.fixture(scope="module")
def folder(summary, tmp_path_factory):
    place = tmp_path_factory.mktemp("package") / "tables"
    write_package(place, summary)
    return place


def _rows(folder, resource):
    """The rows of a resource, each cell read as its schema says."""
    fields = resource["schema"]["fields"]
    with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [field["name"] for field in fields]
    return [
        {
            field["name"]: None if cell == "" else _READ[field["type"]](cell)
            for field, cell in zip(fields, row, strict=True)
        }
        for row in rows
    ]


def test_the_data_package_says_what_the_files_hold(folder, summary):
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert package["profile"] == "tabular-data-package"
    held = {one["name"]: _rows(folder, one) for one in package["resources"]}
    assert {"ratings", "passages", "agreement", "provenance", "labels", "codebook"} <= set(held)
    for one in package["resources"]:
        content = (folder / one["path"]).read_bytes()
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["bytes"] == len(content)
        schema, rows = one["schema"], held[one["name"]]
        keys = [tuple(row[name] for name in schema.get("primaryKey", ())) for row in rows]
        assert not schema.get("primaryKey") or len(set(keys)) == len(rows)
        for foreign in schema.get("foreignKeys", ()):
            known = {row["item"] for row in held[foreign["reference"]["resource"]]}
            assert {row[foreign["fields"][0]] for row in rows} <= known
    assert len(held["ratings"]) == len(summary.study.ratings)


def test_csv_and_parquet_hold_the_same_and_what_the_library_computed(folder, summary):
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    frames = {one.name: one.frame for one in tables_of(summary)}
    for one in package["resources"]:
        rows = _rows(folder, one)
        parquet = pq.read_table(folder / f"{one['name']}.parquet").to_pylist()
        assert rows == [{name: None if cell == "" else cell for name, cell in row.items()} for row in parquet]
        for name in [field["name"] for field in one["schema"]["fields"] if field["type"] == "number"]:
            for row, value in zip(rows, frames[one["name"]][name], strict=True):
                assert row[name] == value or (row[name] is None and math.isnan(value))


def test_every_table_and_column_is_described_in_words(summary):
    for table in tables_of(summary):
        assert table.row
        for name in table.frame.columns:
            assert _described(str(name)).endswith(".")


def test_the_croissant_names_files_and_columns_that_are_there(folder):
    said = json.loads((folder / "croissant.json").read_text("utf-8"))
    files = {one["@id"]: one for one in said["distribution"]}
    for name, one in files.items():
        assert one["sha256"] == hashlib.sha256((folder / one["contentUrl"]).read_bytes()).hexdigest()
        assert name == one["contentUrl"]
    for records in said["recordSet"]:
        columns = set(pq.read_schema(folder / f"{records['@id']}.parquet").names)
        taken = {field["source"]["extract"]["column"] for field in records["field"]}
        assert taken == columns
        assert {field["source"]["fileObject"]["@id"] for field in records["field"]} <= set(files)


def test_the_tables_of_the_paper_are_rounded_and_the_statement_counts(folder, summary):
    names = {path.stem for path in (folder / "paper").glob("*.tex")}
    assert names == {path.stem for path in (folder / "paper").glob("*.md")} - {"methods"}
    assert {"agreement", "agreement_by_source", "provenance", "pairs"} <= names
    assert r"\toprule" in (folder / "paper" / "agreement.tex").read_text("utf-8")
    statement = (folder / "data_statement.md").read_text("utf-8")
    passages = summary.study.passages
    documents = passages["document"].nunique()
    assert (
        f"{len(passages)} passages of {documents} documents by {passages['source'].nunique()} sources, of which {len(passages)} were"
        in statement
    )
    assert f"English: {documents} documents" in statement
    assert statement.count("\n## ") == 9  # Bender & Friedman 2018, sections A to I
    assert "3 annotators" in statement


def test_soft_labels_are_the_shares_of_the_annotators(summary, tmp_path):
    write_dataset(tmp_path / "hub", summary)
    card = (tmp_path / "hub" / "README.md").read_text("utf-8")
    told = yaml.safe_load(card.split("---\n")[1])
    paths = [tmp_path / "hub" / one["data_files"][0]["path"] for one in told["configs"]]
    assert all(path.is_file() for path in paths)
    rows, offered = pq.read_table(paths[0]).to_pylist(), categories_of(summary)
    assert rows == soft_labels(summary).to_pylist()
    rated = summary.study.first_round
    hidden = summary.labels.loc[summary.labels["method"] == "not asked", ["item", "variable"]]
    not_asked = {*hidden.itertuples(index=False, name=None)}
    assert not_asked
    for row in rows:
        for variable, categories in offered.items():
            given = rated.loc[(rated["item"] == row["item"]) & (rated["variable"] == variable), "category"]
            chosen = [set(decode_set(one)) if variable == "flags" else {one} for one in given]
            assert row[f"{variable}_n"] == len(given)
            if not chosen:
                assert row[f"{variable}_soft"] is None
                continue
            assert row[f"{variable}_soft"] == [
                sum(one in said for said in chosen) / len(chosen) for one in categories
            ]
            if variable != "flags":
                assert math.isclose(sum(row[f"{variable}_soft"]), 1)
                best = max(row[f"{variable}_soft"])
                tie = row[f"{variable}_soft"].count(best) > 1
                none = tie or (row["item"], variable) in not_asked
                assert (row[variable] is None) == none
                assert none or row[f"{variable}_soft"][categories.index(row[variable])] == best
    assert len(pd.read_parquet(paths[1])) == len(summary.study.ratings)


def _bytes(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_study_and_seed_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        made = summarise(open_study(EXAMPLE), interval=Interval(replicates=50, seed=3))
        write_package(tmp_path / name / "tables", made)
        write_dataset(tmp_path / name / "hub", made)
        write_workbook(tmp_path / name / "a.xlsx", made)
        write_report(tmp_path / name / "a.html", made)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    assert len(_bytes(tmp_path / "one")) > 30


@pytest.mark.parametrize(
    ("write", "sign"), [(write_package, "datapackage.json"), (write_dataset, "README.md")]
)
def test_what_was_written_is_replaced_and_nothing_else_is(write, sign, summary, tmp_path):
    """Also where a folder holds a file that the new one has as well, such as a README.md: the rest of it is not ours."""
    target = tmp_path / "t"
    written = write(target, summary)
    before = {path: path.read_bytes() for path in written}
    (target / sign).write_text("edited", "utf-8")
    assert write(target, summary) == written
    assert {path: path.read_bytes() for path in written} == before
    (target / "notes").mkdir()
    (target / "notes" / "thesis.txt").write_text("all", "utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / sign).write_text("mine", "utf-8")
    (tmp_path / "mine" / ".git").symlink_to(target)
    (tmp_path / "file").write_text("", "utf-8")
    for name, said in (
        ("t", r"holds other files, .*thesis\.txt;"),
        ("mine", r"holds other files, .*\.git;"),
        ("file", "is a file"),
    ):
        with pytest.raises(InputError, match=said):
            write(tmp_path / name, summary)
    assert (target / "notes" / "thesis.txt").read_text("utf-8") == "all"
    assert (tmp_path / "mine" / sign).read_text("utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mine", "t"]


def test_the_command_and_the_notebook_write_what_the_library_does(run, summary, tmp_path, folder):
    code, out, err = run("tables", EXAMPLE, "-o", "t", "--to-huggingface", "h", "--replicates", "50")
    assert (code, out) == (0, "")
    assert "t: " in err
    assert "h: 3 files written" in err
    assert _bytes(tmp_path / "t") == _bytes(folder)
    open_study(EXAMPLE).tables(tmp_path / "n", huggingface=tmp_path / "hn", replicates=50)
    assert _bytes(tmp_path / "n") == _bytes(folder)
    assert _bytes(tmp_path / "hn") == _bytes(tmp_path / "h")
    assert run("tables", EXAMPLE)[0] == 2
