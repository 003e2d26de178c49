import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.cells import cell_len
from rich.console import Console

from annotate.cli import _status
from annotate.codebook.read import read_codebook
from annotate.errors import InputError
from annotate.present.label_tables import codebook_frame
from annotate.present.study_tables import readable, side_by_side
from annotate.present.tables import FORMATS, rendered, write_table, write_tables
from annotate.studio.projects import Project
from annotate.studio.pull import Look
from annotate.study.study import read_study
from tests.export_example import CONFIG

FRAME = pd.DataFrame(
    {
        "source": [None, "S | T"],
        "measure": ["share", "share"],
        "value": [0.123456789, np.nan],
        "ci_low": [0.1, np.nan],
        "ci_high": [0.2, np.nan],
        "n": [3, 0],
        "undefined": [None, "nothing to count"],
    }
)


def test_json_is_a_list_of_records_with_every_digit_and_null_for_undefined(capsys):
    write_table(FRAME, "json")
    assert json.loads(capsys.readouterr().out) == [
        {"source": None, "measure": "share", "value": 0.123456789, "ci_low": 0.1, "ci_high": 0.2, "n": 3, "undefined": None},
        {
            "source": "S | T", "measure": "share", "value": None, "ci_low": None, "ci_high": None, "n": 0,
            "undefined": "nothing to count",
        },
    ]  # fmt: skip


def test_every_format_goes_to_a_file_and_a_file_comes_back(tmp_path):
    for form in FORMATS:
        path = tmp_path / f"out.{form}"
        write_table(FRAME, form, path)
        assert path.stat().st_size > 0
    assert pd.read_csv(tmp_path / "out.csv")["value"].iloc[0] == 0.123456789
    assert pd.read_parquet(tmp_path / "out.parquet")["n"].tolist() == [3, 0]
    assert "S \\| T" in (tmp_path / "out.markdown").read_text(encoding="utf-8")


def test_parquet_needs_a_file():
    with pytest.raises(InputError, match="-o FILE"):
        write_table(FRAME, "parquet")


def test_a_file_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_table(FRAME, "csv", tmp_path / "file" / "out.csv")


def test_a_table_in_a_pipe_is_never_cut(capsys):
    write_table(pd.DataFrame({"text": ["word " * 60], "also": ["[bold]not markup[/bold]"]}), "table")
    out = capsys.readouterr().out
    assert "word " * 60 in out
    assert "[bold]not markup[/bold]" in out


def test_side_by_side_shows_the_interval_or_the_reason():
    wide = side_by_side(FRAME, ["source"], "measure")
    assert wide.fillna("").to_dict("records") == [
        {"source": "(all)", "share": "0.123 [0.100,0.200]", "undefined because": ""},
        {"source": "S | T", "share": "undefined", "undefined because": "nothing to count"},
    ]


def test_shares_are_in_per_cent_and_counts_are_whole():
    wide = side_by_side(FRAME, ["source"], "measure", shares=["share"])
    assert wide["share"].tolist() == ["12% [10,20]", "undefined"]
    assert side_by_side(FRAME.assign(value=7.0), ["n"], "measure", counts=["share"])["share"].tolist() == [
        "7 [0,0]",
        "7",
    ]


def test_the_codebook_is_listed_whole():
    frame = codebook_frame(read_codebook(CONFIG))
    assert set(frame["variable"]) == {
        "kind",
        "flags",
        "force",
        "depth",
        "topic",
        "marks",
        "relations",
        "comment",
    }
    assert frame.loc[frame["variable"] == "kind", "category"].tolist() == ["a", "b"]


SOURCES = pd.DataFrame(
    {
        "source": ["Upper Tessel Gazette"] * 2 + ["Kestwire"] * 2,
        "variable": ["Kind", "Force"] * 2,
        "value": ["0.767 [0.700,0.830]"] * 4,
        "n": [1, 2, 30, 4],
        "undefined because": ["only one category", "", "", ""],
    }
)


def test_what_does_not_fit_is_broken_between_words_then_put_under_headings_then_on_cards():
    widths = {width: rendered(SOURCES, "table", width) for width in (200, 66, 45, 35, 15)}
    for width, text in widths.items():
        assert max(map(len, text.splitlines())) <= width
        words = set(text.split())
        assert {"Upper", "Tessel", "Gazette", "Kestwire", "[0.700,0.830]", "30", "category"} <= words
    assert len(widths[200].splitlines()) == 6
    assert "    ^ only one category\n" in widths[45]
    assert "Upper Tessel Gazette\n" in widths[35]
    assert widths[35].count("Upper Tessel Gazette") == 1
    assert "Kestwire variable: Kind value: 0.767" in " ".join(widths[15].split())


def test_what_is_the_same_in_every_row_stands_below():
    frame = SOURCES.assign(interval="percentile", variable="kind").drop(columns="undefined because")
    text = rendered(readable(frame), "table")
    assert "percentile" not in text.partition("interval: percentile")[0]
    assert text.endswith("variable: Kind\ninterval: percentile\nn: passages with two ratings or more\n")


def test_a_wide_letter_takes_two_columns():
    frame = pd.DataFrame({"source": ["新" * 30, "b"], "text": ["語 " * 30, "c"], "n": [1, 2]})
    for width in (80, 40, 30):
        assert max(map(cell_len, rendered(frame, "table", width).splitlines())) <= width


EXAMPLE = Path(__file__).parent.parent / "exports/example"


@pytest.mark.parametrize(
    "words",
    [
        "agreement EXPORT --by source",
        "agreement EXPORT --per-category --replicates 10",
        "compare EXPORT",
        "annotators pairs EXPORT",
        "annotators leave-one-out EXPORT --by source",
        "annotators majority EXPORT",
        "annotators rounds EXPORT",
        "spans agreement EXPORT --replicates 10",
        "spans pairs EXPORT",
        "disagreements EXPORT",
        "disagreements EXPORT --confusions",
        "plan EXPORT --half-width 0.1 --replicates 100",
        "consensus EXPORT",
        "consensus EXPORT --method dawid-skene --annotators",
        "provenance EXPORT --replicates 10",
        "reuse EXPORT",
        "quantities EXPORT",
        "quantities EXPORT --compare",
        "quantities EXPORT --arithmetic",
        "ledger EXPORT",
        "ledger EXPORT --mentions",
        "codebook",
        "suggest EXPORT --overlap 9 --top 5",
    ],
)
def test_every_table_fits_a_terminal_and_has_labels_for_ids(words, run, monkeypatch):
    shown = []

    def seen(frames, form, output=None):
        shown.extend(frames)
        return write_tables(frames, form, output)

    monkeypatch.setattr("annotate.present.tables.write_tables", seen)
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    monkeypatch.setenv("COLUMNS", "80")
    code, out, err = run(*(EXAMPLE if word == "EXPORT" else word for word in words.split()))
    assert code == 0, err
    assert "\x1b" not in out
    assert max(map(cell_len, out.splitlines()), default=0) <= 80
    for width in (120, 200):
        for frame in shown:
            assert max(map(cell_len, rendered(frame, "table", width).splitlines()), default=0) <= width
    if words != "codebook":
        assert not re.search(r"\b[0-9a-f]{16}\b", out)
        book = read_study(EXAMPLE).codebook
        ids = {name for one in book.variables for name in (one.name, *(c.id for c in one.categories))}
        assert not {name for name in ids if "_" in name} & set(out.split())


def test_a_date_is_written_into_json():
    frame = pd.DataFrame({"topic": [pd.Timestamp("2024-05-01")]})
    assert json.loads(rendered(frame, "json")) == [{"topic": "2024-05-01T00:00:00"}]


def test_for_reading_empty_columns_go_and_all_sources_are_named():
    shown = readable(FRAME.assign(nothing=None))
    assert "nothing" not in shown.columns
    assert shown["source"].tolist() == ["(all)", "S | T"]
    assert readable(FRAME.iloc[:0]).empty


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_no_text_steers_the_terminal(form, capsys):
    write_table(pd.DataFrame({"text": ["\x1b]0;title\x07red\x1b[31m"]}), form)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\x1b]0;title\\x07red\\x1b[31m" in out


@pytest.mark.parametrize("form", FORMATS)
def test_several_tables_are_one_text_to_read_and_no_file_for_programs(form, tmp_path):
    frames, path = [pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [2]})], tmp_path / "t"
    if form in ("table", "markdown"):
        write_tables(frames, form, path)
        assert {"a", "b", "1", "2"} <= set(path.read_text().split())
    else:
        with pytest.raises(InputError, match=f"^{form}: a file holds one table, and these are 2"):
            write_tables(frames, form, path)
        assert not path.exists()


def test_how_far_a_project_is_fits_a_terminal_too(monkeypatch, capsys):
    """What annotate status shows once and while it watches, of an export in place of a server's answer."""
    tasks = json.loads((EXAMPLE / "tasks.json").read_text(encoding="utf-8"))
    config = (EXAMPLE / "label_config.xml").read_text(encoding="utf-8")
    project = Project(7, "Harbour", "http://127.0.0.1:8080/projects/7", config, 4, len(tasks))
    addresses = {number: f"somebody.with.a.long.name.{number}@annotators.example" for number in (2, 3, 4)}
    seen = Look(project, tasks, addresses, datetime(2026, 1, 10, 12, tzinfo=UTC))
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    monkeypatch.setenv("COLUMNS", "80")
    _status.show(seen, "table", None)
    shown = capsys.readouterr().out
    assert "A2" in shown
    assert "Upper Tessel Gazette" in shown
    assert "\x1b" not in shown
    assert max(map(cell_len, shown.splitlines())) <= 80
    for width in (80, 200):
        page = Console(width=width, file=io.StringIO(), force_terminal=False)
        page.print(_status._page(seen, seen.followed(), width))
        assert "Ctrl+C ends this" in page.file.getvalue()
        assert max(map(cell_len, page.file.getvalue().splitlines())) <= width


def test_no_cell_of_a_latex_table_is_read_as_the_argument_of_the_line_before():
    text = rendered(pd.DataFrame({"[a]": ["[b]", "*", "d"], "100 %": ["x_1 & y", "#", "$"]}), "latex")
    assert not re.search(r"(\\\\|rule)\n *[\[*]", text)
    assert r"x\_1 \& y" in text
