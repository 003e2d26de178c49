import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.codebook.read import read_codebook
from annotate.errors import InputError, TableError
from annotate.study.ratings import check_ratings, decode_set, encode_set, read_ratings, write_ratings

CONFIG = """<View><Text name="text" value="$text"/>
<Choices name="kind" toName="text"><Choice value="a"/><Choice value="b"/></Choices>
<Choices name="flags" toName="text" choice="multiple"><Choice value="x"/><Choice value="y"/></Choices></View>"""
COLUMNS = ["item", "source", "annotator", "variable", "category"]


def table(*rows, **extra) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(**extra)


GOOD = table(
    ("p1", "S", "A1", "kind", "a"), ("p1", "S", "A2", "kind", "b"), ("p2", "S", "A1", "flags", '["x"]')
)


def test_a_good_table_gets_its_canonical_form():
    checked = check_ratings(GOOD, read_codebook(CONFIG))
    assert list(checked.columns) == [*COLUMNS, "round"]
    assert checked["round"].tolist() == [1, 1, 1]


def test_other_columns_are_kept_and_white_space_around_a_category_is_not():
    checked = check_ratings(table(("p1", "S", "A1", "kind", " a "), team="north"))
    assert checked["team"].tolist() == ["north"]
    assert checked["category"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (GOOD.drop(columns="source"), "no column source; a ratings table has item, source"),
        (GOOD.iloc[:0], "the table is empty"),
        (table(("p1", "S", "A1", "kind", "  ")), "row 1 has no category"),
        (table(("p1", None, "A1", "kind", "a")), "row 1 has no source"),
        (
            table(("p1", "S", "A1", "kind", "a"), ("p1", "T", "A2", "kind", "a")),
            "item p1 has two sources, S and T",
        ),
        (
            table(("p1", "S", "A1", "kind", "c")),
            "item p1, annotator A1, variable kind: c is not in the codebook",
        ),
        (table(("p1", "S", "A1", "flags", '["x","z"]')), "variable flags: z is not in the codebook"),
        (table(("p1", "S", "A1", "flags", "x")), "is no set"),
        (table(("p1", "S", "A1", "mood", "a")), "mood"),
        (table(("p1", "S", "A1", "kind", "a"), round="first"), "round 'first' is no whole number"),
    ],
)
def test_a_bad_table_is_one_clear_line(frame, message):
    with pytest.raises(Exception, match=message) as caught:
        check_ratings(frame, read_codebook(CONFIG), where="t.csv")
    assert "\n" not in str(caught.value)


def test_two_ratings_by_one_annotator_name_both():
    rows = (("p17", "S", "A3", "kind", "a"), ("p17", "S", "A3", "kind", "b"))
    with pytest.raises(
        TableError, match=r"item p17, annotator A3, variable kind: 2 ratings, annotations 91 and 104"
    ):
        check_ratings(table(*rows, annotation=["91", "104"]))
    with pytest.raises(TableError, match=r"2 ratings, rows 1 and 2"):
        check_ratings(table(*rows))
    assert len(check_ratings(table(*rows, round=[1, 2]))) == 2


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_comes_back_as_it_was_written(tmp_path, ending):
    path = tmp_path / f"ratings.{ending}"
    checked = check_ratings(
        table(("p1", "S;T", "A1", "kind", 'NA, "x"\nnew line'), ("p1", "S;T", "A2", "kind", "null"))
    )
    write_ratings(checked, path)
    pd.testing.assert_frame_equal(read_ratings(path), checked)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b";;\n", "the file is empty"),
        ("a.csv", b"item,item\n1,2\n", "names the column item twice"),
        ("a.csv", b'item,source\n"1,2\n', "check the quotation marks"),
        ("a.csv", b"item\n\xff\n", "not UTF-8"),
        ("a.parquet", b"PAR0", "no readable parquet file"),
        ("a.parquet", None, "no such file"),
        ("a.csv", None, "no such file"),
        ("a.xls", b"", "a table is read from .csv or .parquet"),
    ],
)
def test_a_file_that_is_no_table_is_one_clear_line(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_ratings(path)
    assert "\n" not in str(caught.value)


def test_a_table_saved_with_semicolons_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\ufeffitem;source;annotator;variable;category\np1;S;A1;kind;a\n", encoding="utf-8")
    assert read_ratings(path)["category"].tolist() == ["a"]


@given(st.lists(st.text()), st.lists(st.text()))
def test_a_set_is_written_in_one_way_only(values, order):
    text = encode_set(values, order)
    assert set(decode_set(text)) == set(values)
    assert encode_set(reversed(values), order) == text


def parquet(tmp_path, **columns):
    path = tmp_path / "r.parquet"
    base = {"item": ["i", "j"], "source": "s", "annotator": "a", "variable": "v", "category": ["x", "y"]}
    pd.DataFrame({**base, **columns}).to_parquet(path)
    return path


def test_lists_in_a_parquet_file_are_sets(tmp_path):
    frame = read_ratings(parquet(tmp_path, category=[["b", "a"], []]))
    assert frame["category"].tolist() == ['["a","b"]', "[]"]


@pytest.mark.parametrize(
    "columns", [{"category": [b"x", b"y"]}, {"category": [{"a": 1}, {"a": 2}]}, {"item": [["i"], ["j"]]}]
)
def test_what_is_no_text_is_refused(tmp_path, columns):
    with pytest.raises(TableError, match=r"row 1: (category|item) is no text"):
        read_ratings(parquet(tmp_path, **columns))


@pytest.mark.parametrize("number", [float("inf"), "1e30"])
def test_a_round_beyond_all_measure_is_refused(tmp_path, number):
    with pytest.raises(TableError, match=r"row 1: round .* is no whole number"):
        read_ratings(parquet(tmp_path, round=number))


@pytest.mark.parametrize("text", ["[" * 100_000, f"[{'1' * 5000}]"])
def test_a_set_that_json_cannot_hold_is_no_set(text):
    with pytest.raises(TableError, match="is no set"):
        decode_set(text)


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0c"])
def test_only_a_line_end_ends_a_line_of_a_csv(tmp_path, sign):
    path = tmp_path / "r.csv"
    path.write_text(f"\n\nitem,source,annotator,variable,category\np{sign}1,s,a,v,x\n", encoding="utf-8")
    assert read_ratings(path)["item"].tolist() == [f"p{sign}1"]


def test_a_long_cell_is_read(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(f"item,source,annotator,variable,category\n{'p' * 200_000},s,a,v,x\n", encoding="utf-8")
    assert len(read_ratings(path)["item"].iloc[0]) == 200_000
