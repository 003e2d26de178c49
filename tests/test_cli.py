"""The command line against the library as its reference."""

import contextlib
import importlib.metadata
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest
from typer.main import get_command

from annotate import cli
from annotate.agreement import COEFFICIENTS, measure
from annotate.cli.commands import app
from annotate.codebook.read import load_codebook
from annotate.codebook.scale import Scale
from annotate.corpus import read_tasks
from annotate.files import bundled
from annotate.sampling import Interval
from annotate.study.ratings import read_ratings
from tests.export_example import CONFIG, annotation, choice, task
from tests.patience import PATIENCE_SECONDS, until

ROOT = Path(__file__).parent.parent
TABLE = "item,source,annotator,variable,category\n" + "".join(
    f"p{n},{'ST'[n % 2]},A{a},kind,{'xyz'[(n * (a + 1)) % 3 if n % 4 == 0 else n % 3]}\n"
    for n in range(30)
    for a in range(3)
)


@pytest.fixture
def table(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path / "t.csv"


def test_agreement_is_what_the_library_computes(run, table):
    code, out, _ = run(
        "agreement", "t.csv", "--level", "kind=nominal", "--by", "source", "--format", "json", "--seed", "7"
    )
    assert code == 0
    expected = measure(
        read_ratings(table), by=("source",), scales={"kind": Scale("nominal")}, interval=Interval(seed=7)
    )
    records = json.loads(out)
    assert list(records[0]) == [
        "source", "variable", "level", "coefficient", "value", "observed", "expected", "ci_low", "ci_high",
        "interval", "n_items", "n_pairable_items", "n_ratings", "n_annotators", "undefined",
        "prevalent_category", "prevalence", "caution", "left_out",
    ]  # fmt: skip
    assert [record["value"] for record in records] == expected["value"].tolist()
    assert [record["source"] for record in records] == [None] * 3 + ["S"] * 3 + ["T"] * 3


@pytest.mark.parametrize("form", ["csv", "markdown", "table"])
def test_every_format_is_printed(run, table, form):
    code, out, _ = run("agreement", "t.csv", "--level", "kind=nominal", "--format", form)
    assert code == 0
    assert ("krippendorff_alpha" if form == "csv" else "Alpha") in out


def test_a_file_is_written_and_nothing_printed(run, table, tmp_path):
    code, out, _ = run(
        "agreement", "t.csv", "--level", "kind=nominal", "--format", "parquet", "-o", "out/a.parquet"
    )
    assert (code, out) == (0, "")
    assert len(pd.read_parquet(tmp_path / "out" / "a.parquet")) == 3


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.csv", "source,"), ("a.json", "["), ("a.md", "| "), ("a.parquet", "PAR1"), ("a.txt", "variable ")],
)
def test_a_file_holds_what_its_name_says(run, table, tmp_path, name, begins):
    code, out, err = run("agreement", "t.csv", "--level", "kind=nominal", "-o", name)
    assert (code, out) == (0, ""), err
    assert (tmp_path / name).read_bytes().lstrip().startswith(begins.encode())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "a.xlsx"], "a.xlsx: a single table is written to .csv, .json, .md, .parquet; annotate workbook writes the whole study to .xlsx"),
        (["-o", "a.tsv"], "a.tsv: a table is written to .csv, .json, .md, .parquet, or as a text to .txt; name such a file"),
        (["-o", "a.tex"], "a.tex: a table is written to"),
        (["-o", "a.csv", "--format", "json"], "a.csv: would hold json, not what its name says; name it otherwise, or say --format csv"),
        (["-o", "a.parquet", "--format", "table"], "a.parquet: would hold table, not what its name says"),
    ],
)  # fmt: skip
def test_a_file_that_would_hold_something_else_is_refused(run, table, tmp_path, options, said):
    code, _, err = run("agreement", "t.csv", "--level", "kind=nominal", *options)
    assert code == 1
    assert said in err
    assert not (tmp_path / options[1]).exists()


def test_weights_that_apply_to_nothing_are_said(run, table):
    asked = ("agreement", "t.csv", "--level", "kind=nominal", "--weights", "quadratic", "--coefficient")
    code, out, _ = run(*asked, "percent_agreement")
    assert code == 0
    assert "weights: none; they do not apply to Percent" in " ".join(out.split())
    assert "weights: quadratic" in run(*asked, "gwet_ac2")[1]


def test_ingest_then_check(run, tmp_path):
    (tmp_path / "a.txt").write_text("One claim. Another claim.", encoding="utf-8")
    code, out, err = run("ingest", "a.txt", "-o", "tasks/a.json", "--source", "The Gazette")
    assert (code, out) == (0, "")
    assert "2 passages from 1 document by 1 source" in err
    tasks = read_tasks(tmp_path / "tasks" / "a.json")
    assert tasks[0]["data"]["source"] == "The Gazette"
    assert tasks[0]["data"]["config_sha256"] == load_codebook(bundled("label_config.xml")).sha256
    code, out, _ = run("check", "tasks/a.json")
    assert (code, out) == (0, "tasks/a.json: ok, 2 passages\n")


def test_check_finds_what_label_studio_lets_pass(run, tmp_path):
    (tmp_path / "c.xml").write_text(CONFIG.replace('value="b"', 'value="b" alias="a"'), encoding="utf-8")
    code, out, err = run("check", "--config", "c.xml")
    assert (code, out) == (1, "")
    assert "c.xml: line " in err
    assert run("check")[0] == 0


def test_check_reads_every_kind_of_file(run, table, tmp_path):
    (tmp_path / "c.xml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "e.json").write_text(
        json.dumps([task("p1", annotation(1, 1, choice("a")))]), encoding="utf-8"
    )
    (tmp_path / "bad.json").write_text("[", encoding="utf-8")
    code, out, _ = run("check", "t.csv", "e.json", "c.xml", "--config", "c.xml")
    assert code == 1  # the table has variables that this config does not have
    assert "e.json: ok, 2 ratings of 1 passage, 0 exclusions" in out
    assert run("check", "t.csv")[0] == 0
    assert run("check", "bad.json")[0] == 1


def test_an_example_export_gives_provenance(run, tmp_path):
    config = bundled("label_config.xml")
    rows = [
        task(
            f"p{n}",
            annotation(
                n + 1, 1, choice("incident", name="claim_type"), choice("author_voice", name="attribution")
            ),
        )
        for n in range(4)
    ]
    (tmp_path / "e.json").write_text(json.dumps(rows), encoding="utf-8")
    code, out, _ = run("provenance", "e.json", "--format", "json", "--config", str(config))
    assert code == 0
    shares = {row["measure"]: row["value"] for row in json.loads(out) if row["source"] == "S"}
    assert (shares["claims"], shares["attributed_share"]) == (4, 0)
    code, out, _ = run("provenance", "e.json")
    assert code == 0
    assert "attributed" in out
    assert "0%" in out


def test_exclusions_are_said(run, tmp_path):
    one = annotation(1, 1, choice("incident", name="claim_type"))
    skipped = annotation(2, 2, was_cancelled=True)
    (tmp_path / "e.json").write_text(json.dumps([task("p1", one, skipped)]), encoding="utf-8")
    code, out, err = run("agreement", "e.json", "--format", "json")
    assert code == 0
    assert "left out: 1 cancelled" in err
    assert {str(row["left_out"]) for row in json.loads(out)} == {"{'cancelled': 1}"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ingest", "gone.txt", "-o", "x.json"], "gone.txt: no such file"),
        (["ingest", "gone", "-o", "x.json"], "gone: no such file"),
        (["agreement", "gone.json"], "gone.json: no such file"),
        (["agreement", "t.csv"], "say --level kind=nominal"),
        (["agreement", "t.csv", "--level", "kind=often"], "there are nominal, ordinal"),
        (["agreement", "t.csv", "--level", "kind=nominal", "--by", "colour"], "colour"),
        (["agreement", "t.csv", "--level", "kind=nominal", "--format", "parquet"], "-o FILE"),
        (["provenance", "t.csv"], "the variables here are kind"),
        (["push", "t.json", "--project", "P"], "t.json: no such file"),
        (["pull", "P"], "annotate server start"),
        (["status", "P"], "annotate server start"),
        (["check", "--config", "gone.xml"], "gone.xml: no such file"),
        (["codebook", "--config", "t.csv"], "t.csv, line 1: not well-formed XML"),
        (["workbook", "gone.csv", "-o", "w.xlsx"], "gone.csv: no such file"),
        (["report", "gone.csv", "-o", "r.html"], "gone.csv: no such file"),
    ],
)
def test_bad_input_is_one_clear_line_and_status_1(run, table, tmp_path, arguments, message):
    before = sorted(path.name for path in tmp_path.iterdir())
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith("annotate: ")
    assert err.count("\n") == 1
    assert message in err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["agreement"],
        ["ingest", "a.txt"],
        ["agreement", "t.csv", "--level", "kind"],
        ["fly"],
        ["workbook", "t.csv", "--level", "kind=nominal"],
        ["report", "t.csv", "--level", "kind=nominal"],
    ],
)
def test_wrong_usage_is_status_2(run, arguments):
    assert run(*arguments)[0] == 2


def test_a_closed_pipe_is_no_traceback(table):
    command = [
        sys.executable,
        "-m",
        "annotate",
        "agreement",
        str(table),
        "--level",
        "kind=nominal",
        "--format",
        "json",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        process.wait(PATIENCE_SECONDS)


@pytest.fixture
def reading(tmp_path):
    """A command that has begun to read its table and waits for more of it, and where to write that."""
    pipe = tmp_path / "waits.csv"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "annotate", "agreement", str(pipe), "--level", "kind=nominal"]

    @contextlib.contextmanager
    def start(*before):
        kwargs = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen([*before, *command], text=True, **kwargs) as process:
            try:
                with opened(pipe, process) as table:
                    settle(process, table)
                    yield process, table
            finally:
                process.kill()

    return start


def opened(pipe, process):
    """Open a pipe for writing as soon as a process reads it."""
    while process.poll() is None:
        with contextlib.suppress(OSError):
            return os.fdopen(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK), "w")
        time.sleep(0.02)
    raise AssertionError(process.stderr.read())


def settle(process, table):
    """Wait until the reader of a pipe has taken a line of it and sleeps until there is more.

    A signal that comes just before a blocking call sets Python's flag, and the call blocks all the same. A
    process that only waits for the processor does not sleep.
    """
    fcntl, termios = (pytest.importorskip(name) for name in ("fcntl", "termios"))  # Windows has neither
    table.write("\n")
    table.flush()
    until(
        lambda: not int.from_bytes(fcntl.ioctl(table, termios.FIONREAD, bytes(4)), sys.byteorder),
        "the command takes nothing from the pipe",
    )
    time.sleep(0.2)
    if sys.platform == "linux":  # elsewhere psutil calls a process that sleeps a running one
        reader = psutil.Process(process.pid)
        until(lambda: reader.status() == psutil.STATUS_SLEEPING, "the command does not ask for more")


@pytest.mark.skipif(sys.platform == "win32", reason="signals end no command there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_stopped_from_outside_it_says_one_line(reading, name):
    with reading() as (process, _):
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (out, err) == ("", "annotate: stopped\n")
    assert process.returncode == 128 + getattr(signal, name)


def test_little_is_imported_before_ctrl_c_is_minded():
    words = "import annotate.cli, sys; print({'pandas', 'typer', 'lxml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals end no command there")
def test_under_nohup_a_closed_terminal_is_no_end(reading):
    with reading("nohup") as (process, table):
        process.send_signal(signal.SIGHUP)
        table.write(TABLE)
        table.close()
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"LABEL_STUDIO_URL": "http://127.0.0.1:9", "LABEL_STUDIO_API_KEY": "x"}, "no server answers there"),
        ({"LABEL_STUDIO_URL": "http://127.0.0.1:9"}, "LABEL_STUDIO_API_KEY: not set"),
        ({"LABEL_STUDIO_API_KEY": "x"}, "LABEL_STUDIO_URL: not set"),
        ({"LABEL_STUDIO_URL": "not an address", "LABEL_STUDIO_API_KEY": "x"}, "LABEL_STUDIO_URL"),
    ],
)
def test_a_server_that_cannot_be_reached_is_one_clear_line(run, monkeypatch, environment, message):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    code, out, err = run("pull", "P")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert message in err


FIRST, SECOND = choice("incident", name="claim_type"), choice("practice", name="claim_type")


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        (
            [annotation(4, 3, choice("rumour", name="claim_type"))],
            "item p1, annotator A3: annotation 4, claim_type: rumour is not in the label config",
        ),
        (
            [annotation(4, 3, FIRST), annotation(5, 3, SECOND)],
            "item p1, annotator A3: two annotations by one annotator, 4 is the older",
        ),
    ],
)
def test_an_export_with_what_cannot_be_stops_or_is_counted_on_request(run, tmp_path, annotations, message):
    (tmp_path / "e.json").write_text(json.dumps([task("p1", *annotations)]), encoding="utf-8")
    code, out, err = run("agreement", "e.json")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert message in err
    others = [annotation(9, 8, FIRST), *annotations]
    (tmp_path / "e.json").write_text(json.dumps([task("p1", *others)]), encoding="utf-8")
    code, _, err = run("agreement", "e.json", "--on-invalid", "exclude")
    assert code == 0
    assert "left out: 1 " in err


def test_a_misspelt_variable_is_not_passed_over(run, table):
    for command in (["agreement"], ["workbook", "-o", "w.xlsx"], ["report", "-o", "r.html"]):
        code, _, err = run(*command, "t.csv", "--level", "kind=nominal", "--level", "knid=ordinal")
        assert (code, err) == (1, "annotate: knid: no such variable; there are kind\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["annotators", "pairs", "--interval", "none"], "No such option: --interval"),
        (["agreement", "--pairs", "--interval", "none"], "No such option: --interval"),
        (["annotators", "majority", "--coefficient", "gwet_ac1"], "No such option: --coefficient"),
        (["compare", "--per-category"], "No such option: --per-category"),
        (["agreement", "--order", "kind=x,y,x"], "kind: x stands twice"),
        (
            ["agreement", "--order", "kind=x,y,z", "--order", "kind=z,y,x"],
            "kind is named twice; say one order",
        ),
        (["agreement", "--level", "kind=ordinal"], "kind is named twice; say one level"),
    ],
)
def test_what_would_do_nothing_or_contradicts_itself_is_refused(run, table, words, message):
    code, out, err = run(*words, "t.csv", "--level", "kind=nominal")
    assert (code, out) == (2, "")
    assert message in " ".join(err.split())


def test_an_item_written_in_two_ways_is_said(run, tmp_path):
    rows = "".join(f"{item},S,{who},v,{said}\n" for item, who, said in
                   (("1", "A", "3.0"), ("1", "B", "3"), ("2", "A", "2"), ("2.0", "B", "2")))  # fmt: skip
    (tmp_path / "n.csv").write_text("item,source,annotator,variable,category\n" + rows, encoding="utf-8")
    err = run("agreement", "n.csv", "--level", "v=nominal")[2]
    assert (
        "caution: item '2' (1) also stands as '2.0' (1), which differs in the way a number is written" in err
    )


def test_nothing_is_written_over_what_is_read(run, table, tmp_path):
    (tmp_path / "a.txt").write_text("One claim.", encoding="utf-8")
    for command in (
        ["agreement", "t.csv", "--level", "kind=nominal", "-o", "t.csv"],
        ["ingest", "a.txt", "-o", "a.txt"],
    ):
        code, _, err = run(*command)
        assert code == 1
        assert "would write over what is read" in err
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "One claim."
    assert table.read_text(encoding="utf-8") == TABLE


def test_a_message_is_one_line_whatever_it_quotes(run, tmp_path):
    (tmp_path / "c.xml").write_text(CONFIG, encoding="utf-8")
    exports = [task("a\nb", annotation(1, 1, choice("z\x1b[31m\n" + "z" * 100_000)))]
    (tmp_path / "e.json").write_text(json.dumps(exports), encoding="utf-8")
    for command in ("agreement", "check"):
        code, _, err = run(command, "e.json", "--config", "c.xml")
        assert (code, err.count("\n")) == (1, 1)
        assert len(err) < 1100
        assert "\x1b" not in err
        assert err.endswith("--on-invalid exclude\n")


def test_what_is_left_when_all_is_left_out_is_said(run, tmp_path):
    (tmp_path / "c.xml").write_text(CONFIG, encoding="utf-8")
    exports = [task("p1", annotation(1, 1, choice("a"), was_cancelled=True))]
    (tmp_path / "e.json").write_text(json.dumps(exports), encoding="utf-8")
    code, _, err = run("agreement", "e.json", "--config", "c.xml")
    assert (code, err) == (1, "annotate: e.json: nothing is left to measure; left out are 1 cancelled\n")
    (tmp_path / "r.csv").write_text(
        "item,source,annotator,variable,category,round\np,s,a,kind,x,2\np,s,a,kind,x,3\n", encoding="utf-8"
    )
    code, _, err = run("agreement", "r.csv", "--level", "kind=nominal")
    assert code == 1
    assert "no ratings of round 1" in err


def test_links_pipes_and_permissions_outlive_a_new_file(run, table, tmp_path):
    (tmp_path / "real.csv").write_text("old", encoding="utf-8")
    (tmp_path / "real.csv").chmod(0o600)
    (tmp_path / "link.csv").symlink_to("real.csv")
    asked = ["agreement", "t.csv", "--level", "kind=nominal", "--replicates", "9", "--format", "csv", "-o"]
    assert run(*asked, "link.csv")[0] == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text(encoding="utf-8").startswith("source,variable")
    assert (tmp_path / "real.csv").stat().st_mode & 0o777 == 0o600
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE, text=True) as reader:
        assert run(*asked, "pipe")[0] == 0
        assert reader.communicate(timeout=PATIENCE_SECONDS)[0].startswith("source,variable")
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize(("setup", "redirect"), [("PYTHONIOENCODING=ascii", ""), ("", ">&-")])
def test_no_output_ends_in_a_traceback(setup, redirect):
    command = f"{setup} {sys.executable} -m annotate codebook --format table {redirect}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def records_of(run, *arguments: str) -> list[dict]:
    code, out, err = run(*arguments, "--format", "json")
    assert code == 0, err
    return json.loads(out)


def test_every_coefficient_on_request_and_what_to_read_it_with(run, table):
    rows = records_of(
        run, "agreement", "t.csv", "--level", "kind=nominal", "--coefficient", "all", "--by", "source"
    )
    assert {row["coefficient"] for row in rows} == set(COEFFICIENTS)
    cohen = next(row for row in rows if row["coefficient"] == "cohen_kappa")
    assert (cohen["value"], cohen["undefined"]) == (None, "needs exactly two annotators, there are 3")
    assert all(0 < row["prevalence"] <= 1 and row["prevalent_category"] in "xyz" for row in rows)
    assert {row["caution"] for row in rows if row["source"]} == {"few items"}
    assert {row["caution"] for row in rows if not row["source"]} == {None}


def test_the_published_ordinal_alpha_needs_its_order(run, tmp_path):
    golden = json.loads(
        (Path(__file__).parent / "golden" / "krippendorff2011_12x4.json").read_text(encoding="utf-8")
    )
    lines = [
        f"i{i},S,A{a},v,{value}"
        for i, row in enumerate(golden["data"])
        for a, value in enumerate(row)
        if value is not None
    ]
    (tmp_path / "k.csv").write_text(
        "\n".join(["item,source,annotator,variable,category", *lines]), encoding="utf-8"
    )
    code, _, err = run("agreement", "k.csv", "--level", "v=ordinal")
    assert code == 1
    assert "--order v=A,B,C" in err
    (row,) = records_of(
        run,
        "agreement",
        "k.csv",
        "--level",
        "v=ordinal",
        "--order",
        "v=1,2,3,4,5",
        "--coefficient",
        "krippendorff_alpha",
    )
    assert row["value"] == pytest.approx(108577 / 133160, abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("bca", "BCa bootstrap"),
        ("jackknife", "jackknife over items"),
        ("analytic", "analytic"),
        ("percentile", "percentile"),
    ],
)
def test_each_interval_says_what_it_is(run, table, kind, words):
    rows = records_of(run, "agreement", "t.csv", "--level", "kind=nominal", "--interval", kind)
    assert all(
        row["interval"].startswith(words) and row["ci_low"] <= row["value"] <= row["ci_high"] for row in rows
    )


def test_each_view_of_annotators_and_groups(run, table):
    given = ("t.csv", "--level", "kind=nominal")
    pairs = records_of(run, "annotators", "pairs", *given)
    assert {(row["annotator_a"], row["annotator_b"]) for row in pairs} == {
        ("A0", "A1"), ("A0", "A2"), ("A1", "A2"),
    }  # fmt: skip
    for view in ("leave-one-out", "majority"):
        assert [row["annotator"] for row in records_of(run, "annotators", view, *given)] == ["A0", "A1", "A2"]
    assert records_of(run, "annotators", "rounds", *given) == []
    assert "nobody has coded a passage a second time" in run("annotators", "rounds", *given)[2]
    compared = records_of(run, "compare", *given)
    assert {row["source"] for row in compared} == {"S", "T"}
    assert all(0 < row["p_value"] <= row["p_adjusted"] <= 1 for row in compared)
    for view in ("pairs", "leave-one-out", "majority", "rounds"):
        assert run("annotators", view, *given)[0] == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["--pairs"], ["annotators", "pairs"]),
        (["--leave-one-out"], ["annotators", "leave-one-out"]),
        (["--majority"], ["annotators", "majority"]),
        (["--rounds"], ["annotators", "rounds"]),
        (["--compare"], ["compare"]),
    ],
)
def test_an_old_option_still_does_what_its_command_does_and_says_its_name(run, table, old, new):
    given = ("t.csv", "--level", "kind=nominal", "--format", "csv")
    code, out, said = run("agreement", *given, *old)
    assert code == 0
    assert (out, said) == (run(*new, *given)[1], said)
    assert said.startswith(f"hint: annotate agreement {old[0]} is now annotate {' '.join(new)};")
    assert run("agreement", *given, "--pairs", "--compare")[0] == 2


def test_the_marked_text_of_the_example_snapshot(run):
    example = Path(__file__).parent.parent / "exports" / "example"
    rows = records_of(run, "spans", "agreement", str(example))
    alphas = {row["label"]: row["value"] for row in rows if row["coefficient"] == "token_alpha"}
    assert alphas["SOURCE"] == 1  # scripted annotators mark alike
    assert alphas["CUE"] < 0.6  # and one of them marks no cue
    pairs = records_of(run, "spans", "pairs", str(example))
    assert {row["coefficient"] for row in pairs} >= {"precision_exact", "recall_overlap", "f1_exact"}
    assert {row["annotator"] for row in pairs} == {row["reference"] for row in pairs} == {"A2", "A3", "A4"}
    assert run("spans", "agreement", str(example))[0] == 0
    assert records_of(run, "agreement", str(example), "--spans") == rows
    assert records_of(run, "agreement", "--spans", str(example), "--pairs") == pairs


def test_disagreements_and_confusions_add_up(run, table):
    given = ("disagreements", "t.csv", "--level", "kind=nominal")
    assert sum(row["share"] for row in records_of(run, *given)) == pytest.approx(1)
    assert len(records_of(run, *given, "--top", "1")) == 1
    assert sum(row["share"] for row in records_of(run, *given, "--confusions")) == pytest.approx(1)
    assert run(*given)[0] == run(*given, "--confusions")[0] == 0


def test_a_narrower_interval_takes_more_items(run, table):
    def needed(width: str) -> int:
        rows = records_of(
            run, "plan", "t.csv", "--level", "kind=nominal", "--half-width", width, "--replicates", "400"
        )
        return next(row["items_needed"] for row in rows if row["source"] is None)

    assert needed("0.05") > needed("0.1") > 30
    assert run("plan", "t.csv", "--level", "kind=nominal", "--half-width", "0.1")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--coefficient", "kappa"], "coefficient 'kappa' is not known; there are percent_agreement"),
        (["--weights", "w"], "weights 'w' are not known; there are identity, linear, quadratic, ordinal"),
        (["--interval", "wald"], "interval 'wald' is not known; there are auto, percentile"),
        (["--set-distance", "x"], "there are masi, jaccard"),
        (["--order", "mood=a,b"], "mood: no such variable; there are kind"),
    ],
)
def test_an_unknown_setting_lists_the_valid_ones(run, table, arguments, message):
    code, out, err = run("agreement", "t.csv", "--level", "kind=nominal", *arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert message in err


def test_agreement_can_leave_out_what_was_coded_with_a_suggestion(run, tmp_path):
    rows = [line.split(",") for line in TABLE.splitlines()]
    seen = {f"p{n}" for n in range(0, 30, 3)}
    lines = [",".join([*rows[0], "suggested"])]
    lines += [",".join([*row, "model 1" if row[0] in seen and row[2] == "A0" else ""]) for row in rows[1:]]
    (tmp_path / "s.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = ("--level", "kind=nominal", "--format", "json", "--replicates", "10")
    _, out, said = run("agreement", "s.csv", *asked, "--without-suggested")
    assert "left out: 10 suggested" in said
    kept = [row for row in rows[1:] if not (row[0] in seen and row[2] == "A0")]
    (tmp_path / "k.csv").write_text(
        "\n".join(",".join(row) for row in [rows[0], *kept]) + "\n", encoding="utf-8"
    )
    others = json.loads(run("agreement", "k.csv", *asked)[1])
    assert json.loads(out) == [{**row, "left_out": {"suggested": 10}} for row in others]


def test_the_help_needs_nothing_that_takes_its_time():
    words = (
        "import sys; sys.argv[:] = ['annotate', 'agreement', '--help']\n"
        "from annotate.cli import main\n"
        "try: main()\n"
        "finally: print(sorted({name.split('.')[0] for name in sys.modules} & set(sys.stdin.read().split())))"
    )
    heavy = "pandas numpy pyarrow lxml sklearn openpyxl label_studio_sdk httpx duckdb jinja2 rich"
    done = subprocess.run(
        [sys.executable, "-c", words], input=heavy, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0].startswith("Usage: annotate agreement")
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_that_of_the_package(run):
    assert run("--version") == (0, f"annotate {importlib.metadata.version('annotate')}\n", "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("annotate agree", {"agreement"}),
        (
            "annotate annotators ",
            {"add", "gold", "kinds", "leave-one-out", "machine", "majority", "pairs", "rounds"},
        ),
        ("annotate agreement x.csv --coefficient gwet", {"gwet_ac1", "gwet_ac2"}),
        (
            "annotate consensus x.csv --method ",
            {"majority", "dawid-skene", "one-coin", "mace", "glad", "distribution"},
        ),
    ],
)
def test_the_shell_completes_commands_coefficients_and_choices(typed, offered):
    asked = {
        "_ANNOTATE_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split(" ")) - 1),
    }
    command = [
        sys.executable,
        "-c",
        "import sys; sys.argv[0] = 'annotate'; from annotate.cli import main; main()",
    ]
    done = subprocess.run(command, env=os.environ | asked, capture_output=True, text=True, check=False)
    assert set(done.stdout.split()) == offered, done.stderr


def test_every_command_that_connects_lets_one_send_a_token_in_the_open():
    """Else the refusal would name an option that the command lacks."""
    places = sorted(Path(cli.__file__).parent.glob("*.py"))
    connecting = [
        line for path in places for line in re.findall(r"with connect\w*\(.*", path.read_text("utf-8"))
    ]
    assert len(connecting) >= 8
    assert [line for line in connecting if "insecure=insecure" not in line] == []


def _commands(group, before=()):
    for name, command in group.commands.items():
        yield from (
            _commands(command, (*before, name))
            if hasattr(command, "commands")
            else [((*before, name), command)]
        )


NEEDED = {"candidates": (), "link": ("-o", "pairs.json"), "annotators kinds": ("--annotators", "t.csv"),
          "annotators machine": ("--machine", "A1"), "adjudicate": ("--project", "Decide"), "plan": ("--half-width", "0.1"),
          "workbook": ("-o", "a.xlsx"), "report": ("-o", "a.html"), "graph": ("--format", "json"), "rated": ("--rated", str(ROOT / "exports" / "links-example"))}  # fmt: skip
READS_ONE = [
    name
    for name, command in _commands(get_command(app))
    if any("--config" in one.opts for one in command.params)
    and {one.name for one in command.params if one.param_type_name == "argument"} & {"export", "texts"}
]


@pytest.mark.parametrize("name", READS_ONE, ids=" ".join)
def test_a_snapshot_is_read_with_no_label_config_but_its_own(run, table, name):
    """Another one would be ignored in silence."""
    snapshot, other = (
        str(Path(__file__).parent.parent / "exports" / "example"),
        str(bundled("link_config.xml")),
    )
    code, out, err = run(*name, snapshot, *NEEDED.get(" ".join(name), ()), "--config", other)
    assert (code, out) == (1, "")
    assert "a snapshot is read with its own label config, and" in err


def _pulled(folder, name, title, when):
    shutil.copytree(ROOT / "exports" / "example", folder / "exports" / name)
    place = folder / "exports" / name / "manifest.json"
    manifest = json.loads(place.read_text("utf-8"))
    manifest["project"]["title"], manifest["pulled_at"] = title, when
    place.write_text(json.dumps(manifest), "utf-8")


def test_latest_and_the_title_of_a_project_stand_for_a_snapshot(run, tmp_path):
    _pulled(tmp_path, "one", "Harbour", "2026-01-01T00:00:00+00:00")
    _pulled(tmp_path, "two", "Harbour", "2026-01-02T00:00:00+00:00")
    _pulled(tmp_path, "three", "Quarry", "2026-01-03T00:00:00+00:00")
    for named, found in (("latest", "three"), ("harbour", "two"), ("Quarry", "three")):
        code, out, err = run("annotators", "majority", named, "--format", "csv")
        assert code == 0
        assert f"{named}: {Path('exports') / found}\n" in err
        assert out == run("annotators", "majority", f"exports/{found}", "--format", "csv")[1]
    assert run("agreement", "Port")[2] == "annotate: Port: no such file\n"


def test_check_codebook_merge_and_changes_take_a_title_too(run, tmp_path):
    _pulled(tmp_path, "one", "Harbour", "2026-01-01T00:00:00+00:00")
    _pulled(tmp_path, "three", "Quarry", "2026-01-03T00:00:00+00:00")
    place, found = tmp_path / "own.xml", tmp_path / "exports" / "one" / "label_config.xml"
    place.write_text(found.read_text("utf-8"), "utf-8")
    assert run("check", "latest")[1] == run("check", "exports/three")[1]
    assert (
        run("codebook", "--config", "Harbour", "--format", "csv")[1]
        == run("codebook", "--config", "own.xml", "--format", "csv")[1]
    )
    shutil.copy(tmp_path / "exports" / "three" / "tasks.json", tmp_path / "other.json")
    code, _, said = run("merge", "Harbour", "latest", "-o", "both")
    assert (code, said.splitlines()[:2]) == (1, ["Harbour: exports/one", "latest: exports/three"])
    assert "holds annotations that exports/one holds too" in said.splitlines()[-1]
    code, out, said = run("changes", "Harbour", "latest", "--format", "csv")
    assert (code, len(out.splitlines())) == (0, 1)
    assert "caution: another project: Harbour before, Quarry after" in said


def test_of_several_variables_only_those_that_are_named_are_shown(run):
    example = ROOT / "exports" / "example"
    code, out, _ = run("agreement", example, "--variable", "certainty", "--format", "json")
    assert code == 0
    assert {row["variable"] for row in json.loads(out)} == {"certainty"}
    whole = json.loads(run("agreement", example, "--format", "json")[1])
    assert json.loads(out) == [row for row in whole if row["variable"] == "certainty"]
    assert "no such variable" in run("agreement", example, "--variable", "colour")[2]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("agreement lat", "latest"),
        ("agreement exports/o", "exports/one"),
        ("provenance Har", "Harbour"),
        ("agreement latest --coefficient gwet_ac", "gwet_ac1"),
        ("agreement exports/one --variable cer", "certainty"),
    ],
)
def test_the_shell_completes(run, tmp_path, monkeypatch, typed, offered):
    _pulled(tmp_path, "one", "Harbour", "2026-01-01T00:00:00+00:00")
    monkeypatch.setenv("_ANNOTATE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"annotate {typed}")
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split())))
    assert offered in run()[1].splitlines()


def test_a_file_is_opened_when_it_is_written(run, monkeypatch):
    opened = []
    monkeypatch.setattr("typer.launch", opened.append)
    example = ROOT / "exports" / "example"
    assert run("report", example, "-o", "r.html", "--replicates", "20")[0] == 0
    assert opened == []
    assert run("report", example, "-o", "r.html", "--replicates", "20", "--open")[0] == 0
    assert opened == ["r.html"]
