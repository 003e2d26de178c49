import json

import numpy as np
import pandas as pd
import pytest

from annotate.codebook.read import read_codebook
from annotate.errors import InputError
from annotate.present.study_tables import codebook_frame, readable, side_by_side
from annotate.present.tables import FORMATS, _text, write_table, write_tables
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


def test_a_narrow_terminal_breaks_cells_between_words_only():
    frame = pd.DataFrame(
        {"source": ["Upper Tessel Gazette"] * 2, "n": [1, 2], "undefined because": ["only one category", ""]}
    )
    lines = _text(frame, "table", 10).splitlines()
    words = {word for line in lines for word in line.split()}
    assert {"Upper", "Tessel", "Gazette", "undefined", "because", "category"} <= words
    assert len(_text(frame, "table", 200).splitlines()) == 4


def test_a_date_is_written_into_json():
    frame = pd.DataFrame({"topic": [pd.Timestamp("2024-05-01")]})
    assert json.loads(_text(frame, "json")) == [{"topic": "2024-05-01T00:00:00"}]


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
