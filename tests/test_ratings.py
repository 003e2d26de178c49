import contextlib
import json

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotate
from annotate.agreement import measure
from annotate.codebook.read import read_codebook
from annotate.codebook.scale import Scale
from annotate.errors import AnnotateError, InputError, TableError
from annotate.study.missing import MARKERS
from annotate.study.passages import check_file
from annotate.study.ratings import check_ratings, decode_set, encode_set, read_ratings, write_ratings
from annotate.study.study import read_study
from tests.test_queried import the_same


@pytest.fixture(autouse=True)
def both_ways(monkeypatch, tmp_path):
    """Whatever a test here reads is read by queries as well, and comes out the same."""
    in_memory, of_file, of_study = check_ratings, read_ratings, read_study

    def both_of_file(path, codebook=None, *, missing=()):
        if path.suffix in (".csv", ".parquet"):
            the_same(path, missing=missing)
        return of_file(path, codebook, missing=missing)

    def both_of_study(path, *, config=None, missing=()):
        the_same(path, config=config, missing=missing)
        return of_study(path, config=config, missing=missing)

    def both_in_memory(frame, codebook=None, where="ratings", *, missing=()):
        path, config = tmp_path / "checked.parquet", None if codebook is None else tmp_path / "checked.xml"
        if config is not None:
            config.write_text(codebook.config, encoding="utf-8")
        with contextlib.suppress(pa.ArrowException, ValueError, TypeError):  # what Parquet cannot hold
            frame.to_parquet(path)
            the_same(path, config=config, missing=missing)
        return in_memory(frame, codebook, where, missing=missing)

    monkeypatch.setitem(globals(), "check_ratings", both_in_memory)
    monkeypatch.setitem(globals(), "read_ratings", both_of_file)
    monkeypatch.setitem(globals(), "read_study", both_of_study)


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
        (table(("p1", "S", "A1", "flags", "x")), "is not a set"),
        (table(("p1", "S", "A1", "mood", "a")), "mood"),
        (table(("p1", "S", "A1", "kind", "a"), round="first"), "round 'first' is not a whole number"),
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
        table(("p1", "S;T", "A1", "kind", 'NA, "x"\nnew line'), ("p1", "S;T", "A2", "kind", "null")),
        missing="none",
    )
    write_ratings(checked, path)
    pd.testing.assert_frame_equal(read_ratings(path, missing="none"), checked)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b";;\n", "the file is empty"),
        ("a.csv", b"item,item\n1,2\n", "names the column item twice"),
        ("a.csv", b'item,source\n"1,2\n', "check the quotation marks"),
        ("a.csv", b"item\n\xff\n", "not UTF-8"),
        ("a.parquet", b"PAR0", "not a readable parquet file"),
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
    with pytest.raises(AnnotateError, match=r"row 1: item is not text|the column category holds no texts"):
        read_ratings(parquet(tmp_path, **columns))


@pytest.mark.parametrize("number", [float("inf"), "1e30"])
def test_a_round_beyond_all_measure_is_refused(tmp_path, number):
    with pytest.raises(TableError, match=r"row 1: round .* is not a whole number"):
        read_ratings(parquet(tmp_path, round=number))


@pytest.mark.parametrize("text", ["[" * 100_000, f"[{'1' * 5000}]"])
def test_a_set_that_json_cannot_hold_is_no_set(text):
    with pytest.raises(TableError, match="is not a set"):
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


HEADER = ",".join(COLUMNS)
# Three coders of four items. r2 has no judgement of i3, and r3 none of i1: of the twelve cells two are missing.
CODED = {("i1", "r1"): "1", ("i1", "r2"): "1", ("i2", "r1"): "1", ("i2", "r2"): "1", ("i2", "r3"): "1"} | {
    ("i3", "r1"): "2", ("i3", "r3"): "2", ("i4", "r1"): "2", ("i4", "r2"): "1", ("i4", "r3"): "2",
}  # fmt: skip
MISSED = {("i3", "r2"), ("i1", "r3")}


def coded(marker: object = None) -> pd.DataFrame:
    cells = CODED if marker is ... else CODED | dict.fromkeys(sorted(MISSED), marker)
    return pd.DataFrame([(item, "S", who, "v", cell) for (item, who), cell in cells.items()], columns=COLUMNS)


def alpha(ratings: pd.DataFrame) -> float:
    found = measure(ratings, scales={"v": Scale("nominal")}, coefficients="krippendorff_alpha")
    return float(found["value"].iloc[0])


@pytest.mark.parametrize("marker", ["NA", "NaN", "nan", "None", "null", "N/A", "<NA>", "-", ".", "#N/A"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_stands_for_missing_elsewhere_is_refused_left_out_or_a_category(tmp_path, marker, ending):
    path = tmp_path / f"r.{ending}"
    write_ratings(coded(marker).assign(category=lambda frame: frame["category"] + " "), path)
    with pytest.raises(
        TableError, match="2 of 12 cells of category may stand for a missing judgement"
    ) as caught:
        read_study(path)
    assert f"{marker} in 2; the first in row 11" in str(caught.value)
    assert f"--missing {marker} " in str(caught.value).replace("'", "")
    assert "--missing none" in str(caught.value)
    left = read_study(path, missing=marker)
    assert alpha(left.ratings) == alpha(check_ratings(coded(...)))
    assert left.left_out == {"missing": 2}
    assert set(zip(left.exclusions["item"], left.exclusions["annotator"], strict=True)) == MISSED
    assert set(left.exclusions["detail"]) == {marker}
    assert left.cautions == ()
    kept = read_study(path, missing="none")
    assert (len(kept.ratings), kept.left_out) == (12, {})
    assert f"{marker} (2)" in kept.cautions[0]
    assert alpha(kept.ratings) < alpha(left.ratings)


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, "", " ", "\u200b", pd.NaT])
def test_a_cell_that_holds_nothing_is_refused_or_left_out(nothing):
    with pytest.raises(TableError, match=r"row 11 has no category \(and 1 more\).*--missing ''"):
        check_ratings(coded(nothing))
    with pytest.raises(TableError, match=r"row 11 has no category"):
        check_ratings(coded(nothing), missing="none")
    for said in ("", "NA"):
        left = check_ratings(coded(nothing), missing=said)
        pd.testing.assert_frame_equal(left, check_ratings(coded(...)))


def test_nulls_of_a_parquet_file_and_several_markers_are_left_out_together(tmp_path):
    frame = coded()
    frame.loc[11, "category"] = "."
    frame.loc[9, "category"] = "k. A."
    path = tmp_path / "r.parquet"
    frame.to_parquet(path)
    with pytest.raises(TableError, match=r"1 of 12 cells of category.*\. in 1"):
        read_study(path, missing="NA")
    study = read_study(path, missing=["NA", ".", "k. A."])
    assert study.exclusions["detail"].tolist() == ["k. A.", "", "."]
    assert len(study.ratings) == 9


def test_each_text_that_may_be_missing_is_counted():
    frame = pd.concat([coded("NA"), coded("null").replace({"i1": "i5", "i3": "i6"}).iloc[-2:]])
    with pytest.raises(
        TableError, match=r"4 of 14 cells.*NA in 2, null in 2.*say --missing NA --missing null"
    ):
        check_ratings(frame)


def test_a_category_of_the_codebook_is_none_that_is_missing():
    book = read_codebook(
        CONFIG.replace('<Choice value="a"/>', '<Choice value="None"/><Choice value="-"/>').replace(
            '"kind"', '"v"'
        )
    )
    rows = [("p1", "S", "A1", "v", "None"), ("p1", "S", "A2", "v", "-"), ("p2", "S", "A1", "flags", '["x"]')]
    assert len(check_ratings(table(*rows), book)) == 3
    assert len(check_ratings(table(*rows), book, missing=["None", "-"])) == 3
    with pytest.raises(TableError, match="NA in 1"):
        check_ratings(table(*rows, ("p2", "S", "A2", "v", "NA")), book)
    assert len(check_ratings(table(*rows, ("p2", "S", "A2", "v", "NA")), book, missing="NA")) == 3


def test_a_category_of_a_codebook_stays_though_it_was_said_to_be_missing(tmp_path):
    (tmp_path / "c.xml").write_text(CONFIG.replace('value="a"', 'value="None"'), encoding="utf-8")
    path = tmp_path / "r.csv"
    write_ratings(table(("p1", "S", "A1", "kind", "None"), ("p1", "S", "A2", "kind", "b")), path)
    study = read_study(path, config=tmp_path / "c.xml", missing="None")
    assert len(study.ratings) == 2
    assert study.cautions == ("variable kind: None is a category of the codebook, and so not missing",)


def test_a_marker_that_no_cell_holds_is_said_and_one_that_all_hold_refused(tmp_path):
    path = tmp_path / "r.csv"
    write_ratings(coded(...), path)
    assert read_study(path, missing="99").cautions == ("no category is '99', which was said to be missing",)
    with pytest.raises(TableError, match="every category is missing"):
        check_ratings(coded(...).assign(category="NA"), missing="NA")


def test_items_without_a_judgement_left_are_passages_still(tmp_path):
    path = tmp_path / "r.csv"
    write_ratings(pd.concat([coded("NA"), table(("i9", "S", "r1", "v", "NA"))]), path)
    study = read_study(path, missing="NA")
    assert dict(zip(study.passages["item"], study.passages["n_annotations"], strict=True)) == {
        "i1": 2, "i2": 3, "i3": 2, "i4": 3, "i9": 0
    }  # fmt: skip


def test_a_message_names_the_row_of_the_table_also_behind_rows_that_are_left_out():
    frame = pd.concat([coded("NA").iloc[::-1], table(("i1", "S", "r1", "v", "2"))])
    with pytest.raises(TableError, match=r"2 ratings, rows 12 and 13"):
        check_ratings(frame, missing="NA")


def test_a_coder_or_source_called_na_is_said(tmp_path):
    path = tmp_path / "r.csv"
    write_ratings(table(("p1", "-", "NA", "v", "x"), ("p1", "-", "A", "v", "x")), path)
    assert read_study(path).cautions == (
        "source - (2 ratings) counts as a source like any other",
        "annotator NA (1 rating) counts as an annotator like any other",
    )


@pytest.mark.parametrize(
    ("first", "second", "differing", "shown", "is_one"),
    [
        ("caf\u00e9", "cafe\u0301", "Unicode form", ["'café'", "'cafe\\u0301'"], True),
        ("biased", "biased ", "white space", ["'biased'", "'biased '"], True),
        ("a", "\uff41", "Unicode form", ["'a'", "'\\uff41'"], False),
        ("neutral", "Neutral", "case", ["'neutral'", "'Neutral'"], False),
        ("not  biased", "not biased", "white space", ["'not  biased'", "'not biased'"], False),
        ("biased", "bia\u200bsed", "invisible signs", ["'biased'", "'bia\\u200bsed'"], False),
        ("biased", "\ufeffBiased", "invisible signs and case", ["'\\ufeffBiased'"], False),
        ("1", "1.0", "the way a number is written", ["'1'", "'1.0'"], False),
        ("7", "007", "the way a number is written", ["'7'", "'007'"], False),
    ],
)
@pytest.mark.parametrize("column", ["category", "annotator", "source", "item"])
def test_two_spellings_of_one_name_are_said_with_both(
    tmp_path, column, first, second, differing, shown, is_one
):
    rows = [
        {"item": f"p{n}", "source": "S", "annotator": f"A{n}", "variable": "v", "category": "x"}
        for n in range(4)
    ]
    for row, name in zip(rows, (first, first, second, "other"), strict=True):
        row[column] = name
    path = tmp_path / "r.csv"
    write_ratings(pd.DataFrame(rows), path)
    study = read_study(path)
    if column == "item" and differing.endswith("case"):  # which ids may differ in
        assert study.cautions == ()
        return
    (said,) = study.cautions
    assert f"which differs in {differing}; " in said
    assert column in said
    assert f"{shown[0]} (" in said
    assert all(one in said for one in shown)
    assert {"(2)", "(1)"} <= set(said.replace(",", "").split())
    assert said.endswith("read as one") is is_one
    assert study.ratings[column].nunique() == (2 if is_one else 3)


def test_names_that_differ_in_more_than_spelling_are_not_said(tmp_path):
    path = tmp_path / "r.csv"
    rows = [
        (f"p{n}", "S", f"A{n}", "v", text)
        for n, text in enumerate(["1", "10", "1.5", "15", "a b", "a-b", "[1]"])
    ]
    write_ratings(table(*rows, ("p1", "S", "A2", "w", "A B")), path)
    assert read_study(path).cautions == ()


def test_members_of_sets_and_sources_of_an_export_are_held_against_each_other(tmp_path):
    path = tmp_path / "r.csv"
    write_ratings(table(("p1", "S", "A", "v", '["x","Y"]'), ("p1", "S", "B", "v", '["y"]')), path)
    assert "category 'Y' (1) also stands as 'y' (1)" in read_study(path).cautions[0]


def test_categories_that_a_codebook_tells_apart_are_not_said(tmp_path):
    (tmp_path / "c.xml").write_text(CONFIG.replace('value="b"', 'value="A"'), encoding="utf-8")
    path = tmp_path / "r.csv"
    write_ratings(table(("p1", "S", "A1", "kind", "a"), ("p1", "S", "A2", "kind", "A")), path)
    assert read_study(path, config=tmp_path / "c.xml").cautions == ()


@pytest.mark.parametrize("declared", ["caf\u00e9", "cafe\u0301"])
@pytest.mark.parametrize("written", ["caf\u00e9", "cafe\u0301"])
def test_a_category_is_that_of_the_codebook_in_whatever_form(declared, written):
    book = read_codebook(
        CONFIG.replace('value="a"', f'value="{declared}"').replace('value="x"', f'value="{declared}"')
    )
    rows = (("p1", "S", "A1", "kind", written), ("p1", "S", "A1", "flags", f'["{written}"]'))
    assert check_ratings(table(*rows), book)["category"].tolist() == [declared, f'["{declared}"]']


def test_further_columns_are_composed_too():
    checked = check_ratings(
        table(("p1", "S", "A1", "kind", "a"), team=["cafe\u0301"], document=["cafe\u0301"], hours=[2.5])
    )
    assert checked.loc[0, ["team", "document", "hours"]].tolist() == ["café", "café", 2.5]


def test_a_round_that_tells_waves_is_one_round(tmp_path):
    path = tmp_path / "r.csv"
    write_ratings(coded(...).assign(round=lambda frame: frame["item"].str[1:]), path)
    study = read_study(path)
    assert study.cautions == (
        "round tells waves here, since nobody rates an item twice: all 4 count as one round",
    )
    assert alpha(study.rated) == alpha(check_ratings(coded(...)))


def test_what_the_first_round_leaves_out_is_said(tmp_path):
    path = tmp_path / "r.csv"
    again = table(
        ("i1", "S", "r1", "v", "2"), ("i3", "S", "r2", "v", "1"), ("i8", "S", "r1", "v", "1"), round=2
    )
    write_ratings(pd.concat([coded(...).assign(round=1), again]), path)
    study = read_study(path)
    (said,) = study.cautions
    assert "leaves out 2 ratings by annotators who did not rate the item in it" in said
    assert "1 of 5 items altogether" in said
    assert len(study.rated) == len(CODED)
    only_repeats = table(("i1", "S", "r1", "v", "2"), round=2)
    write_ratings(pd.concat([coded(...).assign(round=1), only_repeats]), path)
    assert read_study(path).cautions == ()


def excel(*lines: str) -> bytes:
    return "\r\n".join(lines).encode("utf-8-sig")


@pytest.mark.parametrize(
    "content",
    [
        excel(f"{HEADER},,", "p1,S,A1,v,x,,", "p2,S,A1,v,y,,", ""),
        excel(f"{HEADER},,", "p1,S,A1,v,x", "p2,S,A1,v,y,"),
        excel(HEADER, "p1,S,A1,v,x,,", "p2,S,A1,v,y, ,"),
        excel("sep=;", HEADER.replace(",", ";"), "p1;S;A1;v;x", "p2;S;A1;v;y"),
        excel("sep=,", HEADER, "p1,S,A1,v,x", "p2,S,A1,v,y"),
        excel("SEP=\t", HEADER.replace(",", "\t"), "p1\tS\tA1\tv\tx", "p2\tS\tA1\tv\ty"),
        excel('"sep=|"', HEADER.replace(",", "|"), "p1|S|A1|v|x", "p2|S|A1|v|y"),
        excel("", "sep=;;;;", f"{HEADER};;".replace(",", ";"), ";;;;;;", "p1;S;A1;v;x;;", "p2;S;A1;v;y;;"),
        excel("sep=;", HEADER.replace(",", ";"), "p1;S;A1;v;x", "p2;S;A1;v;y").decode("utf-8-sig").encode("utf-16"),
    ],
)  # fmt: skip
def test_what_excel_adds_is_understood(tmp_path, content):
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    frame = read_ratings(path)
    assert frame[COLUMNS].to_numpy().tolist() == [["p1", "S", "A1", "v", "x"], ["p2", "S", "A1", "v", "y"]]
    assert list(frame.columns) == [*COLUMNS, "round"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (excel(f"{HEADER},,", "p1,S,A1,v,x,,", "p2,S,A1,v,y,,z"), "line 3 has 7 cells, the header 5"),
        (excel("sep=;", HEADER.replace(",", ";"), "p1;S;A1;v"), "line 3 has 4 cells, the header 5"),
        (excel("sep=;", HEADER.replace(",", ";"), 'p1;S;A1;v;"x'), "line 3: .*check the quotation marks"),
        (excel("sep=;"), "the file is empty"),
    ],
)
def test_a_line_is_named_as_it_stands_in_the_file(tmp_path, content, message):
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_ratings(path)


@pytest.mark.parametrize("marker", MARKERS)
def test_the_command_says_what_may_be_missing_and_does_what_is_said(run, tmp_path, marker):
    write_ratings(coded(marker), tmp_path / "r.csv")
    arguments = ("agreement", "r.csv", "--level", "v=nominal", "--format", "json", "--interval", "none")
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert "2 of 12 cells" in err
    code, out, err = run(*arguments, f"--missing={marker}")
    assert (code, err) == (0, "left out: 2 missing\n")
    record = next(one for one in json.loads(out) if one["coefficient"] == "krippendorff_alpha")
    assert (record["value"], record["n_ratings"]) == (alpha(check_ratings(coded(...))), 10)
    code, out, err = run(*arguments, "--missing", "none")
    assert (code, "caution: counted as categories" in err) == (0, True)
    assert json.loads(out)[0]["n_ratings"] == 12


def test_the_command_says_spellings_and_waves(run, tmp_path):
    frame = coded(...).assign(round=lambda rows: rows["item"].str[1:])
    frame.loc[0, "category"] = "1.0"
    write_ratings(frame, tmp_path / "r.csv")
    code, _, err = run("agreement", "r.csv", "--level", "v=nominal", "--interval", "none")
    assert code == 0
    assert "caution: variable v: category '1' (5) also stands as '1.0' (1)" in err
    assert "caution: round tells waves here" in err
    assert "caution: round tells waves here" in check_file(tmp_path / "r.csv", None).summary


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("documents", "said"),
    [
        (["d1", "d1", "d2", "d2", None, "d2"], "1 item of 3 has no document, so documents do not tell"),
        (["d1", "d1", "d1", "d1", " ", None], "1 item of 3 has no document, so"),
        (["d1", "d1", "d1", "d2", "d2", "d2"], "1 item of 3 has several documents, so"),
        (["d1", "d1", "d1", "d2", None, None], "1 item of 3 has no document and 1 item of 3 has several"),
        (["NA", "NA", "d1", "d1", "d1", "d1"], "document NA (2 ratings) counts as a document like any other"),
        (["d 1", "d 1", "d  1", "d  1", "d1", "d1"], "which differs in white space; they count as 3"),
        (["1", "1", "1.0", "1.0", "2", "2"], "document '1' (2) also stands as '1.0' (2)"),
        (["d1", "d1", "d1", "d1", "d2", "d2"], None),
        ([None] * 6, None),
        ([1, 1, 1, 1, 2, 2], None),
    ],
)
def test_documents_that_do_not_tell_what_is_drawn_together_are_said(tmp_path, ending, documents, said):
    """Otherwise intervals would be those of single items in silence, and too narrow."""
    rows = [(f"p{item}", "S", f"A{who}", "kind", "a") for item in range(3) for who in range(2)]
    path = tmp_path / f"r.{ending}"
    frame = table(*rows, document=documents)
    frame.to_csv(path, index=False) if ending == "csv" else frame.to_parquet(path)
    cautions = read_study(path).cautions
    assert len(cautions) == (said is not None)
    assert said is None or said in cautions[0]


def test_what_is_no_table_is_refused_in_words():
    with pytest.raises(TableError, match="ratings: str is not a pandas data frame; read_ratings takes paths"):
        annotate.check_ratings("ratings.csv")
