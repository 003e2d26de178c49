"""The study as an object: each method gives what the command line gives, and says what it is to be read with."""

import doctest
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from lxml import etree
from typer.testing import CliRunner

import annotate
from annotate.cli.commands import app
from annotate.errors import AnnotateError, InputError, StatisticsError
from annotate.files import bundled
from annotate.frames import records
from annotate.notebook import Agreement, Chart, OpenStudy, Result
from tests import study_example
from tests.export_example import annotation, span, task

RATING = ["item", "source", "annotator", "variable", "category"]
EXAMPLE = Path(__file__).parents[1] / "exports" / "example"


@pytest.fixture(scope="module")
def study() -> OpenStudy:
    return annotate.open_study(EXAMPLE)


@pytest.fixture(scope="module")
def by_source(study: OpenStudy) -> Agreement:
    return study.agreement(by="source", replicates=50)


def same(result: Result, *arguments: str) -> None:
    """Hold a frame to the digits that the command writes."""
    done = CliRunner().invoke(app, [*arguments, "--format", "json"])
    assert done.exit_code == 0, done.output
    rows = [{name: row[name] for name in row if name != "left_out"} for row in json.loads(done.stdout)]
    assert rows
    assert rows == json.loads(json.dumps(records(result.frame)))


def test_a_study_says_what_it_holds_and_what_was_left_out(study: OpenStudy) -> None:
    assert repr(study).splitlines() == [
        "100 passages, 13 sources, 3 annotators, 1,355 judgements, 660 marked stretches",
        "left out: 2 cancelled (skipped by the annotator)",
        f"snapshot of a Label Studio project, {EXAMPLE}",
    ]
    assert "100 passages" in study._repr_html_()


def test_agreement_is_that_of_the_command(by_source: Agreement) -> None:
    same(by_source, "agreement", str(EXAMPLE), "--by", "source", "--replicates", "50")


def test_consensus_is_that_of_the_command(study: OpenStudy) -> None:
    same(study.consensus(), "consensus", str(EXAMPLE))
    found = study.consensus("dawid-skene")
    same(found, "consensus", str(EXAMPLE), "--method", "dawid-skene")
    same(found.annotators, "consensus", str(EXAMPLE), "--method", "dawid-skene", "--annotators")
    same(study.consensus("one-coin"), "consensus", str(EXAMPLE), "--method", "one-coin")
    same(study.distribution(), "consensus", str(EXAMPLE), "--method", "distribution")
    assert found.models is not None
    assert "converged" in found.models.frame


@pytest.mark.parametrize(
    ("ask", "command"),
    [
        (lambda s: s.disagreements(top=3), ("disagreements", "--top", "3")),
        (lambda s: s.confusions(top=2), ("disagreements", "--confusions", "--top", "2")),
        (
            lambda s: s.plan(half_width=0.2, replicates=100),
            ("plan", "--half-width", "0.2", "--replicates", "100"),
        ),
        (lambda s: s.icc(), ("icc",)),
        (lambda s: s.concordance(), ("concordance",)),
        (lambda s: s.provenance(replicates=20), ("provenance", "--replicates", "20")),
        (lambda s: s.quantities(), ("quantities",)),
        (lambda s: s.reuse(), ("reuse",)),
        (lambda s: s.document_pairs(), ("reuse", "--documents")),
        (lambda s: s.suggest(top=2, overlap=4), ("suggest", "--top", "2", "--overlap", "4")),
        (
            lambda s: s.suggest(variables="claim_type").quality,
            ("suggest", "--variable", "claim_type", "--quality"),
        ),
        (lambda s: s.spans_agreement(replicates=20), ("spans", "agreement", "--replicates", "20")),
    ],
)
def test_every_other_method_is_its_command(study: OpenStudy, ask, command: tuple[str, ...]) -> None:
    length = 2 if command[0] == "spans" else 1
    same(ask(study), *command[:length], str(EXAMPLE), *command[length:])


def test_a_result_prints_rounded_with_its_exclusions_and_cautions(by_source: Agreement) -> None:
    printed = repr(by_source)
    assert "0.893 [" in printed
    assert "left out: 2 cancelled (skipped by the annotator)" in printed
    assert "caution, every row but (all), few items: fewer than 30 items have two ratings" in printed
    assert printed.count("few items") == 1
    assert by_source.left_out == {"cancelled": 2}
    assert by_source.cautions["skew"] == "one category has more than 80 % of the ratings"
    value = by_source.frame["value"].iloc[0]
    assert value != round(value, 3)  # the frame has every digit
    html = by_source._repr_html_()
    assert "<td>0.893 [" in html
    assert "left out: 2 cancelled" in html


def test_a_result_is_written_with_every_digit_or_for_reading(by_source: Agreement, tmp_path: Path) -> None:
    value = by_source.frame["value"].iloc[0]
    assert by_source.to_csv(tmp_path / "a.csv") is None
    assert pd.read_csv(tmp_path / "a.csv")["value"].iloc[0] == value
    assert (by_source.to_csv() or "").splitlines()[0].startswith("source,variable,level,coefficient,value")
    assert "| (all) | Claim type | 0.893 [" in (by_source.to_markdown() or "")
    assert "(all) & Claim type & 0.893 [" in (by_source.to_latex() or "")


def test_a_long_table_is_printed_in_part(study: OpenStudy) -> None:
    found = study.pairs(by="document")
    assert len(found) > 60
    assert f"and {len(found) - 60} more rows; .frame has all" in repr(found)
    assert f"and {len(found) - 60} more rows; .frame has all" in found._repr_html_()


def test_the_chart_is_that_of_the_report(study: OpenStudy, by_source: Agreement, tmp_path: Path) -> None:
    chart = by_source.plot()
    assert len(chart.drawn) == 5
    with pytest.raises(InputError, match="there are 5 charts"):
        _ = chart.svg
    one = by_source.plot("attribution")
    texts = set(etree.fromstring(one.svg.encode()).itertext())
    assert {"All sources", "Kestwire", "Alpha"} <= texts
    one.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == one.svg
    chart.save(tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text(encoding="utf-8").count("<svg") == 5
    with pytest.raises(InputError, match=r"written to \.svg or \.html"):
        one.save(tmp_path / "a.png")
    with pytest.raises(StatisticsError, match="was not measured; there are claim_type"):
        by_source.plot("mood")
    documents = study.agreement(by=["document"], replicates=0).plot("attribution")
    assert "drellin-notebook" in set(etree.fromstring(documents.svg.encode()).itertext())
    assert set(study.provenance(replicates=10).plot().drawn) == {
        "Shares of claims, by source",
        "Claim type, by source",
    }


def test_more_groups_than_a_chart_holds_are_refused() -> None:
    rows = [
        {"item": f"i{n}", "source": f"s{n}", "annotator": who, "variable": "v", "category": "a"}
        for n in range(61)
        for who in ("A1", "A2")
    ]
    found = annotate.open_study(pd.DataFrame(rows)).agreement("source", level="nominal", replicates=0)
    with pytest.raises(StatisticsError, match="a chart holds 60 groups at most"):
        found.plot()


def test_a_column_alone_is_a_list_of_one(study: OpenStudy, by_source: Agreement) -> None:
    pd.testing.assert_frame_equal(by_source.frame, study.agreement(by=["source"], replicates=50).frame)
    pd.testing.assert_frame_equal(
        study.compare("source", coefficients="krippendorff_alpha", permutations=9).frame,
        study.compare(["source"], coefficients=["krippendorff_alpha"], permutations=9).frame,
    )


def test_a_level_is_said_for_all_or_for_each(study: OpenStudy) -> None:
    plain = study.agreement(level="nominal", replicates=0)
    assert set(plain.frame["level"]) == {"nominal"}
    one = study.agreement(level={"certainty": "ordinal"}, replicates=0)
    assert dict(zip(one.frame["variable"], one.frame["level"], strict=True)) == {
        **study.levels,
        "certainty": "ordinal",
    }


def test_a_data_frame_is_a_study(study: OpenStudy) -> None:
    columns = ["item", "document", "source", "annotator", "variable", "category"]
    plain = annotate.open_study(study.ratings[columns])
    assert "1,355 judgements" in repr(plain)
    assert "nothing was left out" in repr(plain)
    expected = study.agreement(level="nominal", replicates=0).frame
    pd.testing.assert_frame_equal(
        plain.agreement(level=dict.fromkeys(study.levels, "nominal"), replicates=0).frame, expected
    )


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda _: annotate.open_study(5), "open_study: int is neither a path nor a frame"),
        (lambda _: annotate.open_study(EXAMPLE, config=5), "config: 5 (int) is not a path"),
        (lambda _: annotate.open_study(EXAMPLE, on_invalid="drop"), "on_invalid: 'drop' is not known"),
        (lambda _: annotate.open_study(pd.DataFrame({"a": [1]})), "no column item"),
        (
            lambda _: annotate.open_study(pd.Series(["a", "b"], name="item")),
            "open_study: Series is neither a path nor a frame",
        ),
        (annotate.open_study, "open_study: OpenStudy is neither a path nor a frame"),
        (lambda s: s.kinds(5), "kind_of: 5 does not say what each annotator is"),
        (lambda s: s.kinds("kinds.csv"), "kind_of: 'kinds.csv' does not say"),
        (
            lambda s: annotate.open_study(pd.concat([s.ratings, s.ratings["item"]], axis=1)),
            "column item is there twice",
        ),
        (lambda s: s.agreement(by=5), "by: 5 is neither a name nor a list of names"),
        (lambda s: s.agreement(by=["source", None]), "is neither a name nor a list of names"),
        (lambda s: s.agreement(by="country"), "country"),
        (lambda s: s.agreement(level="nominel"), "level: 'nominel' is not known; there are nominal"),
        (lambda s: s.agreement(level=5), 'level: 5 is not a level of measurement; write level="nominal"'),
        (lambda s: s.agreement(level={"mood": "nominal"}), "mood: no such variable; there are claim_type"),
        (lambda s: s.agreement(order=["a"]), "order: ['a'] names no variable"),
        (lambda s: s.agreement(coefficients="kapa"), "kapa"),
        (lambda s: s.agreement(coefficients=3), "coefficients: 3 is neither a name"),
        (lambda s: s.agreement(replicates="many"), "replicates: 'many' is not a whole number of 0 or more"),
        (lambda s: s.agreement(replicates=-1), "replicates: -1 is not a whole number of 0 or more"),
        (lambda s: s.agreement(confidence="high"), "confidence: 'high' is not a number"),
        (lambda s: s.agreement(seed=1.5), "seed: 1.5 is not a whole number of 0 or more"),
        (lambda s: s.disagreements(top=0), "top: 0 is not a whole number of 1 or more"),
        (lambda s: s.plan(half_width="small"), "half_width: 'small' is not a number"),
        (lambda s: s.consensus("guess"), "method: 'guess' is not known; there are majority, dawid-skene"),
        (lambda s: s.reuse(min_score="low"), "min_score: 'low' is not a number"),
        (lambda s: s.report(5), "path: 5 (int) is not a path"),
        (lambda s: s.pairs().to_csv(5), "path: 5 (int) is not a path"),
        (lambda s: s.pairs().to_csv("a.xlsx"), "a.xlsx: such a table is written to .csv; name such a file"),
        (lambda s: s.pairs().to_markdown("a.csv"), "a.csv: such a table is written to .md; name such a file"),
        (lambda s: s.pairs().to_latex("a.csv"), "a.csv: such a table is written to .tex; name such a file"),
        (lambda s: s.provenance(replicates=0).plot().save(5), "path: 5 (int) is not a path"),
        (lambda s: s.agreement(by=pd.Series(["source"])), "is neither a name nor a list of names"),
        (lambda s: s.agreement(by=""), "ratings: no column ''; the table has item"),
        (lambda s: s.agreement(coefficients=[]), "coefficient: none is named; there are percent_agreement"),
        (lambda s: s.agreement(cluster=""), "cluster: '' is neither the name of a column"),
        (lambda s: s.agreement(per_category="yes"), "per_category: 'yes' is neither True nor False"),
        (lambda s: s.relations_agreement(), "nobody has drawn a relation"),
        (lambda s: s.inside_agreement(), "nobody answered a question inside a mark"),
        (lambda s: s.suggest(overlap=0), "overlap: 0 is not a whole number of 1 or more"),
        (lambda s: s.report("page.txt"), "page.txt: a report is written to .html"),
        (lambda s: s.workbook("book.xls"), "book.xls: a workbook is written to .xlsx"),
        (
            lambda _: annotate.open_study(EXAMPLE, config=bundled("link_config.xml")),
            "a snapshot is read with its own label config",
        ),
        (lambda _: annotate.open_study(EXAMPLE, config="nowhere.xml"), "nowhere.xml"),
        (lambda s: s.spans_agreement(pairs="yes"), "pairs: 'yes' is neither True nor False"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(study: OpenStudy, ask, message: str) -> None:
    with pytest.raises(AnnotateError) as refused:
        ask(study)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("engine", ["pandas", "polars", "polars lazy", "duckdb"])
def test_a_frame_of_any_engine_is_a_study(study: OpenStudy, engine: str) -> None:
    rows = study.ratings[RATING]
    frame = {
        "pandas": lambda: rows,
        "polars": lambda: pl.from_pandas(rows),
        "polars lazy": lambda: pl.from_pandas(rows).lazy(),
        "duckdb": lambda: duckdb.from_df(rows),
    }[engine]()
    opened = annotate.open_study(frame)
    assert sorted(opened.ratings[list(rows)].itertuples(index=False)) == sorted(rows.itertuples(index=False))


@pytest.mark.parametrize("write", ["report", "workbook"])
def test_a_table_of_ratings_is_reported_with_its_level(study: OpenStudy, tmp_path: Path, write: str) -> None:
    rows = study.ratings.loc[study.ratings["variable"] == "claim_type", RATING]
    plain = annotate.open_study(rows)
    written = tmp_path / ("written.html" if write == "report" else "written.xlsx")
    with pytest.raises(StatisticsError, match=r"in Python level=\{'claim_type': 'nominal'\}"):
        getattr(plain, write)(written)
    getattr(plain, write)(written, level="nominal", replicates=20)
    assert written.stat().st_size > 1000


def test_what_a_table_of_ratings_lacks_is_said(study: OpenStudy) -> None:
    plain = annotate.open_study(study.ratings)
    with pytest.raises(InputError, match="holds no texts"):
        plain.ledger()
    with pytest.raises(InputError, match="nobody marked any text"):
        plain.spans_agreement()
    with pytest.raises(StatisticsError, match="level of measurement"):
        plain.agreement()
    rounds = plain.rounds(level="nominal")
    assert repr(rounds) == "no rows\nnobody rated a passage twice"
    assert rounds._repr_html_() == "<p>no rows</p>\n<p>nobody rated a passage twice</p>"


def test_a_study_without_a_judgement_says_so(tmp_path: Path) -> None:
    tasks = [{**task, "annotations": []} for task in study_example.export()]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    with pytest.raises(InputError, match="nobody has annotated a passage yet"):
        annotate.open_study(path).agreement()


def test_what_was_coded_with_a_suggestion_in_sight_can_be_left_out(study: OpenStudy) -> None:
    seen = study.ratings.assign(suggested=[f"m{n}" if n < 5 else None for n in range(len(study.ratings))])
    kept = annotate.open_study(seen).without_suggested()
    assert (len(kept.ratings), kept.left_out) == (1350, {"suggested": 5})
    assert "left out: 5 suggested (coded with a suggested label in sight" in repr(kept)


def test_the_report_and_the_workbook_are_written(tmp_path: Path) -> None:
    made = study_example.study(tmp_path)
    study = annotate.open_study(tmp_path / "export.json", on_invalid="exclude")
    pd.testing.assert_frame_equal(study.ratings, made.ratings)
    study.report(tmp_path / "r.html")
    study.workbook(str(tmp_path / "w.xlsx"))
    assert "Kestwire" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert (tmp_path / "w.xlsx").stat().st_size > 5000


def test_marked_text_is_measured_by_pairs_too(study: OpenStudy) -> None:
    whole = study.spans_agreement(replicates=0)
    assert whole.frame["label"].iloc[0] is None
    assert "(all)" in repr(whole)
    assert set(study.spans_agreement(pairs=True).frame["annotator"]) == {"A2", "A3", "A4"}


def test_a_chart_has_no_more_than_its_title(by_source: Agreement) -> None:
    assert isinstance(by_source.plot(), Chart)
    assert repr(by_source.plot("flags")) == "Chart of Agreement on flags; .save(path) writes it"


def test_importing_the_package_imports_nothing_else() -> None:
    """What takes time is not the package's own file: it is what that would import. So that is counted."""
    count = "import sys; before = set(sys.modules); import annotate; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True)
    imported = set(json.loads(done.stdout.replace("'", '"')))
    assert {name for name in imported if name.startswith("annotate")} == {"annotate"}
    assert {name.partition(".")[0] for name in imported} - {"annotate"} <= set(sys.stdlib_module_names)
    assert len(imported) < 40  # importlib and typing, and what they take


def test_the_public_names_are_there_once_the_package_is_imported() -> None:
    tell = (
        "import annotate; print(annotate.__version__, annotate.agreement.measure.__name__, "
        "annotate.reuse.reuse.__name__, *dir(annotate))"
    )
    done = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [annotate.__version__, "measure", "reuse", *sorted(annotate.__all__)]
    assert {"open_study", "OpenStudy", "AnnotateError", "agreement", "__version__"} <= set(dir(annotate))
    with pytest.raises(AttributeError, match="has no attribute 'agreemnt'"):
        _ = annotate.agreemnt


MARKS = """<View><Text name="text" value="$text"/>
<Labels name="marks" toName="text"><Label value="W"/></Labels></View>"""


def test_a_study_of_marks_alone_is_measured_by_them(tmp_path: Path, run) -> None:
    tasks = [
        task("p1", annotation(1, 1, span(0, 2, "He", "W")), annotation(2, 2, span(0, 2, "He", "W"))),
        task("p2", annotation(3, 1, span(3, 7, "said", "W")), annotation(4, 2), text="He said no."),
    ]
    (tmp_path / "config.xml").write_text(MARKS, encoding="utf-8")
    (tmp_path / "e.json").write_text(json.dumps(tasks), encoding="utf-8")
    read = [str(tmp_path / "e.json"), "--config", str(tmp_path / "config.xml")]
    study = annotate.open_study(tmp_path / "e.json", config=tmp_path / "config.xml")
    assert "2 annotators" in repr(study)
    frame = study.spans_agreement(replicates=0).frame
    same(study.spans_agreement(replicates=10), "spans", "agreement", *read, "--replicates", "10")
    assert frame.loc[frame["coefficient"] == "f1_overlap", "value"].iloc[0] == pytest.approx(2 / 3)
    status, _, said = run("agreement", *read)
    assert status == 1
    assert (
        "text was marked, and no question was answered; measure the marks with annotate spans agreement"
        in said
    )
    status, out, _ = run("check", read[0], "--config", read[2])
    assert (status, "0 ratings of 2 passages, 3 marks, 0 exclusions" in out) == (0, True)


def test_the_page_on_python_is_a_session_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE.parents[1])
    failed, tried = doctest.testfile("docs/python.md", module_relative=False, verbose=False)
    assert (failed, tried > 20) == (0, True)


def test_what_the_readme_says_of_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE.parents[1])
    block = Path("README.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    assert "annotate.open_study" in block
    names: dict[str, object] = {}
    exec(block, names)
    assert isinstance(names["study"], OpenStudy)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_table_of_ratings_is_written_and_read_by_a_path_that_is_a_text(ending: str, tmp_path: Path) -> None:
    rows = pd.DataFrame([["a", "s", "X", "v", "yes"], ["a", "s", "Y", "v", "no"]], columns=RATING)
    annotate.write_ratings(rows, f"{tmp_path}/ratings.{ending}")
    read = annotate.read_ratings(f"{tmp_path}/ratings.{ending}")
    assert read[RATING].to_numpy().tolist() == rows.to_numpy().tolist()
    with pytest.raises(InputError, match=r"nothing\.csv: no such file"):
        annotate.read_ratings(f"{tmp_path}/nothing.csv")
