"""Merging: people told apart, passages joined, nothing lost, and the same alpha as in one project."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from annotate.agreement import measure, pairs
from annotate.cli.commands import app
from annotate.codebook.read import read_codebook
from annotate.consensus import resolve
from annotate.errors import ExportError, InputError
from annotate.sampling import Interval
from annotate.study.exports import tabulate
from annotate.study.merging import merge
from annotate.study.parts import accounts_table
from annotate.study.snapshot import read_manifest, write_snapshot
from annotate.study.study import read_study
from tests.export_example import CONFIG, annotation, choice, span, task

ANNOTATORS = "export,annotator,name\n"


@pytest.fixture
def pulled(tmp_path):
    """Write tasks as the snapshot of a project."""

    def write(name, tasks, config=CONFIG, url=None, **meta):
        server = {"url": url or f"http://{name}.example"}
        meta = {"project": {"id": 1, "title": name}, "server": server, **meta}
        return write_snapshot(tmp_path / "pulled", name, tasks, config, meta)

    return write


@pytest.fixture
def exported(tmp_path):
    """Write tasks as a JSON export, and their label config."""

    def write(name, tasks):
        (tmp_path / "config.xml").write_text(CONFIG)
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(tasks))
        return path

    return write


@pytest.fixture
def names(tmp_path):
    """Write a table of annotators."""

    def write(rows):
        (tmp_path / "names.csv").write_text(ANNOTATORS + rows)
        return tmp_path / "names.csv"

    return write


def alone(annotator, answers, first=1, **fields):
    """A project in which one annotator answers, passage by passage."""
    return [
        task(f"p{n}", annotation(first + n, annotator, choice(answer), **fields))
        for n, answer in enumerate(answers)
    ]


def test_equal_numbers_of_two_projects_are_two_people(pulled, tmp_path):
    made = merge([pulled("one", alone(3, "ab")), pulled("two", alone(3, "aa"))], tmp_path / "m")
    study = read_study(made.folder)
    kind = study.ratings[study.ratings["variable"] == "kind"]
    assert sorted(zip(kind["item"], kind["annotator"], kind["category"], strict=True)) == [
        ("p0", "A3@1", "a"), ("p0", "A3@2", "a"), ("p1", "A3@1", "b"), ("p1", "A3@2", "a"),
    ]  # fmt: skip
    assert (made.passages, made.shared) == (2, 2)
    assert list(study.passages["n_annotations"]) == [2, 2]
    assert made.notices == []


ONE = "http://one.example"


def test_one_account_of_one_server_is_one_person(pulled, tmp_path):
    first, second = alone(3, "ab"), [task(f"q{n}", annotation(50 + n, 3, choice("a"))) for n in range(2)]
    made = merge([pulled("one", first, url=ONE), pulled("two", second, url=ONE)], tmp_path / "m")
    assert set(read_study(made.folder).ratings["annotator"]) == {"A3@1"}
    assert made.notices == [
        "A3 of part 1, A3 of part 2 count as one person, A3@1; if they are several, say so with --annotators"
    ]


def test_agreement_does_not_rise_where_a_person_is_counted_once(pulled, tmp_path):
    """As one study of two annotators, split into two projects of the same accounts of one server."""
    answers = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "a"), ("a", "a"), ("b", "b")]
    tasks = [
        task(f"p{n}", *(annotation(10 * n + who, 3 + who, choice(answer)) for who, answer in enumerate(pair)))
        for n, pair in enumerate(answers)
    ]
    whole = read_study(pulled("whole", tasks))
    halves = [pulled("left", tasks[:3], url=ONE), pulled("right", tasks[3:], url=ONE)]
    merged = read_study(merge(halves, tmp_path / "m").folder)
    assert merged.ratings["annotator"].nunique() == whole.ratings["annotator"].nunique() == 2
    how = {"interval": Interval(replicates=20)}
    found, expected = (pairs(study.ratings, scales=study.scales, **how) for study in (merged, whole))
    assert found["krippendorff_alpha"].tolist() == pytest.approx(
        expected["krippendorff_alpha"].tolist(), nan_ok=True
    )


def test_accounts_of_several_servers_are_matched_by_their_address(pulled, exported, tmp_path):
    def named(number, who, name, item):
        return task(
            item, annotation(number, who, choice("a"), created_username=f" {name}@example.org, {who}")
        )

    parts = [
        pulled("one", [named(1, 3, "ada", "p0"), named(2, 4, "ben", "p1")]),
        exported("two", [named(1, 3, "ben", "p2"), named(2, 9, "ADA", "p3")]),
    ]
    made = merge(parts, tmp_path / "m", config=tmp_path / "config.xml")
    who = read_study(made.folder).ratings.drop_duplicates("item").set_index("item")["annotator"]
    assert who.to_dict() == {"p0": "A3@1", "p1": "A4@1", "p2": "A4@1", "p3": "A3@1"}
    table = accounts_table(made.names)
    table.to_csv(tmp_path / "who.csv", index=False)
    again = merge(parts, tmp_path / "n", annotators=tmp_path / "who.csv", config=tmp_path / "config.xml")
    assert {which: name.replace("@", "-") for which, name in made.names.items()} == dict(again.names)


def test_two_machines_that_both_call_themselves_localhost_are_told_apart_by_address(pulled, tmp_path):
    def of(name, number, item):
        return [task(item, annotation(number, 3, choice("a"), created_username=f" {name}@example.org, 3"))]

    url = "http://localhost:8080"
    made = merge(
        [pulled("one", of("ada", 1, "p0"), url=url), pulled("two", of("ben", 2, "p0"), url=url)],
        tmp_path / "m",
    )
    assert set(read_study(made.folder).ratings["annotator"]) == {"A3@1", "A3@2"}


def test_no_notice_where_the_servers_differ(pulled, tmp_path):
    parts = [pulled("one", alone(3, "ab")), pulled("two", alone(3, "aa"))]
    assert merge(parts, tmp_path / "m").notices == []


def test_every_row_says_where_it_comes_from(pulled, tmp_path):
    parts = [pulled("one", alone(3, "ab", first=91)), pulled("two", alone(4, "a", first=91, unique_id="u"))]
    folder = merge(parts, tmp_path / "m").folder
    study = read_study(folder)
    rows = study.ratings[["annotator", "annotation"]].drop_duplicates()
    assert sorted(rows.itertuples(index=False, name=None)) == [
        ("A3@1", "91@1"),
        ("A3@1", "92@1"),
        ("A4@2", "91@2"),
    ]
    first = json.loads((folder / "tasks.json").read_text())[0]
    assert [one["origin"] for one in first["annotations"]] == [
        {"part": part, "project": None, "task": None, "annotation": 91, "completed_by": who}
        for part, who in ((1, 3), (2, 4))
    ]
    parts_said = read_manifest(folder)["parts"]
    for said, path in zip(parts_said, parts, strict=True):
        assert said["name"] == path.name
        assert said["sha256"] == read_manifest(path)["sha256"]["tasks.json"]
        assert said["project"] == read_manifest(path)["project"]


def test_two_accounts_of_one_person(pulled, names, tmp_path):
    parts = [pulled("one", alone(3, "ab")), pulled("two", [task("p9", annotation(5, 7, choice("a")))])]
    table = names("1,A3,A-north\ntwo,7,A-north\n")
    made = merge(parts, tmp_path / "m", annotators=table)
    study = read_study(made.folder)
    assert set(study.ratings["annotator"]) == {"A-north"}
    assert study.ratings["item"].nunique() == 3
    assert read_manifest(made.folder)["annotators"] == [
        {
            "annotator": "A-north",
            "annotations": 3,
            "skipped": 0,
            "accounts": [{"part": 1, "annotator": "A3"}, {"part": 2, "annotator": "A7"}],
        }
    ]


def test_an_edit_by_the_other_account_of_a_person_is_their_own(pulled, names, tmp_path):
    """Part 2 shows that account 8 changed what account 7 had made."""
    parts = [
        pulled("one", alone(3, "a")),
        pulled("two", [task("p0", annotation(5, 7, choice("b"), updated_by=8))]),
    ]
    assert set(read_study(merge(parts, tmp_path / "m").folder).exclusions["reason"]) == {"edited_by_another"}
    table = names("2,7,A1\n2,8,A1\n")
    assert read_study(merge(parts, tmp_path / "joined", annotators=table).folder).exclusions.empty


def test_a_person_who_annotated_a_passage_twice(pulled, names, tmp_path):
    later = [task("p0", annotation(50, 7, choice("b")))]
    parts, table = [pulled("one", alone(3, "ab")), pulled("two", later)], names("1,A3,A1\n2,A7,A1\n")
    with pytest.raises(ExportError, match="A1 annotated passage p0 in each; correct the table"):
        merge(parts, tmp_path / "m", annotators=table)
    assert not (tmp_path / "m").exists()
    study = read_study(merge(parts, tmp_path / "m", annotators=table, on_invalid="exclude").folder)
    assert list(study.exclusions["reason"]) == ["superseded"]
    kind = study.ratings[(study.ratings["item"] == "p0") & (study.ratings["variable"] == "kind")]
    assert list(kind["category"]) == ["b"]


def test_one_id_with_two_texts_or_sources(pulled, tmp_path):
    first = pulled("one", alone(3, "a"))
    for name, other in (("text", task("p0", text="She said so.")), ("source", task("p0", source="T"))):
        with pytest.raises(
            ExportError, match=f"passage p0 has another {name} than in .*one; passages of one id"
        ):
            merge([first, pulled(name, [other])], tmp_path / "m")


def test_what_else_differs_is_kept_and_said(pulled, tmp_path):
    parts = [
        pulled("one", [task("p0", title="Early")]),
        pulled("two", [task("p0", title="Late"), task("p1")]),
    ]
    made = merge(parts, tmp_path / "m")
    assert made.notices == [
        "the parts differ in data of passages: title (1); those of the first part stand, the others' under origin"
    ]
    first = json.loads((made.folder / "tasks.json").read_text())[0]
    assert first["data"]["title"] == "Early"
    assert first["origin"] == [{"part": 1, "task": 1}, {"part": 2, "task": 1, "data": {"title": "Late"}}]


def test_another_label_config_is_refused_by_name_or_read_with_the_first(pulled, tmp_path):
    wider = CONFIG.replace('<Choice value="b"/>', '<Choice value="b"/><Choice value="c"/>')
    parts = [pulled("one", alone(3, "ab")), pulled("two", alone(3, "ac"), config=wider)]
    with pytest.raises(
        ExportError, match=r"another label config than .*one, different in kind; annotators who saw"
    ):
        merge(parts, tmp_path / "m")
    study = read_study(merge(parts, tmp_path / "m", on_config_change="first").folder)
    assert list(study.exclusions["reason"]) == ["unknown_category"]
    assert len(study.ratings[study.ratings["variable"] == "kind"]) == 3


def test_a_config_that_differs_in_layout_only(pulled, tmp_path):
    parts = [
        pulled("one", alone(3, "a")),
        pulled("two", alone(3, "a", first=5), config=CONFIG.replace("</View>", " </View>")),
    ]
    with pytest.raises(ExportError, match="different in the layout only"):
        merge(parts, tmp_path / "m")


def test_two_pulls_of_one_project(pulled, tmp_path):
    early = alone(3, "a", unique_id="u1")
    later = [*early, task("p5", annotation(9, 3, choice("b"), unique_id="u2"))]
    with pytest.raises(InputError, match=r"later: holds annotations that .*early holds too"):
        merge([pulled("early", early), pulled("later", later)], tmp_path / "m")
    same = pulled("same", alone(3, "a"))
    with pytest.raises(InputError, match="two pulls of one project"):
        merge([same, same], tmp_path / "m")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("3,A3,A1\n", "row 1: '3' is not an export that is merged; write the number of one: 1 "),
        ("1,A9,A1\n", "row 1: .* has no annotator A9; it has A3"),
        ("1,A3,A1\n1,3,A2\n", "row 2: A3 of .* is listed twice"),
        ("1,A3,ada\n", "row 1: 'ada' is not the name of an annotator; such a name begins with A"),
        ("1,A3,A3@2\n", "the name A3@2 is that of an account which is not listed"),
    ],
)
def test_a_wrong_table_of_annotators(pulled, names, tmp_path, rows, message):
    parts = [pulled("one", alone(3, "a")), pulled("two", alone(3, "a", first=7))]
    with pytest.raises(InputError, match=message):
        merge(parts, tmp_path / "m", annotators=names(rows))


def test_a_table_of_annotators_without_its_columns(pulled, tmp_path):
    (tmp_path / "names.csv").write_text("annotator,name\nA3,A1\n")
    parts = [pulled("one", alone(3, "a")), pulled("two", alone(3, "a", first=7))]
    with pytest.raises(InputError, match=r"names\.csv: no column export"):
        merge(parts, tmp_path / "m", annotators=tmp_path / "names.csv")


def test_what_is_no_part(pulled, tmp_path):
    one = pulled("one", alone(3, "a"))
    (tmp_path / "ratings.csv").write_text("item,source,annotator,variable,category\n")
    with pytest.raises(InputError, match="takes two exports or more"):
        merge([one], tmp_path / "m")
    with pytest.raises(
        InputError, match=r"ratings\.csv: neither a snapshot folder nor a Label Studio JSON export"
    ):
        merge([one, tmp_path / "ratings.csv"], tmp_path / "m")
    with pytest.raises(InputError, match=r"none\.json: no such file"):
        merge([one, tmp_path / "none.json"], tmp_path / "m")
    with pytest.raises(InputError, match="exists already"):
        merge([one, one], one)


def test_nothing_is_pulled_that_cannot_be_merged(run, tmp_path):
    (tmp_path / "m").mkdir()
    code, out, err = run("merge", "--project", "P", "--project", "Q", "-o", "m")
    assert (code, out, err) == (
        1,
        "",
        "annotate: m: exists already; a snapshot is never changed, say another folder\n",
    )
    assert (
        run("merge", "--project", "P", "-o", "n")[2]
        == "annotate: merge takes two exports or more; one is read as it is\n"
    )


def test_exports_and_snapshots_mix_and_no_address_gets_in(pulled, exported, tmp_path):
    drafted = {
        **task("p0", annotation(1, 3, choice("a"), created_username=" ada@example.org, 3")),
        "drafts": [{"user": "ben@example.org"}],
    }
    parts = [pulled("one", alone(3, "b"), drafts_left_out=2), exported("two", [drafted])]
    made = merge(parts, tmp_path / "m", config=tmp_path / "config.xml")
    for path in made.folder.iterdir():
        assert b"@example.org" not in path.read_bytes()
    assert read_manifest(made.folder)["drafts_left_out"] == 3
    assert set(read_study(made.folder).ratings["annotator"]) == {"A3@1", "A3@2"}


def test_a_json_export_is_held_to_its_config(pulled, exported, tmp_path):
    parts = [pulled("one", alone(3, "b")), exported("two", alone(3, "z"))]
    with pytest.raises(ExportError, match=r"two\.json: item p0, annotator A3"):
        merge(parts, tmp_path / "m", config=tmp_path / "config.xml")


def test_repeats_stay_repeats(pulled, tmp_path):
    again = task("p0-round2", annotation(8, 3, choice("b")), repeat_of="p0", round=2)
    parts = [pulled("one", [*alone(3, "a"), again]), pulled("two", alone(3, "a", first=20))]
    study = read_study(merge(parts, tmp_path / "m").folder)
    kind = study.ratings[study.ratings["variable"] == "kind"]
    assert sorted(zip(kind["annotator"], kind["round"], kind["category"], strict=True)) == [
        ("A3@1", 1, "a"),
        ("A3@1", 2, "b"),
        ("A3@2", 1, "a"),
    ]


def test_passages_without_an_id_are_told_by_their_data(pulled, tmp_path):
    bare = {"id": 1, "data": {"text": "The ferry sank."}}
    parts = [
        pulled(name, [{**bare, "annotations": [annotation(number, 3, choice("a"))]}])
        for number, name in enumerate(("one", "two"))
    ]
    made = merge(parts, tmp_path / "m")
    assert (made.passages, made.shared) == (1, 1)


def test_a_merged_study_can_be_merged(pulled, tmp_path):
    two = merge([pulled("one", alone(3, "a")), pulled("two", alone(3, "b", first=5))], tmp_path / "m").folder
    study = read_study(merge([two, pulled("three", alone(3, "a", first=9))], tmp_path / "n").folder)
    assert set(study.ratings["annotator"]) == {"A3@1@1", "A3@2@1", "A3@2"}


answers = st.lists(
    st.lists(st.sampled_from(["a", "b", "skip", None]), min_size=3, max_size=3), min_size=2, max_size=6
)


def answered(number, who, answer, item):
    if answer == "skip":
        return annotation(number, who, was_cancelled=True)
    return annotation(number, who, choice(answer), span(0, 2, "He"), lead_time=float(item + 1))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(answers)
def test_alpha_and_all_counts_are_those_of_one_project(tmp_path_factory, answers):
    """One annotator a project, each account 3, against the same ratings in one project."""
    folder = tmp_path_factory.mktemp("merged")
    whole, projects = [], [[], [], []]
    for n, row in enumerate(answers):
        made = [(who, answer) for who, answer in enumerate(row) if answer is not None]
        whole.append(task(f"p{n}", *(answered(10 * n + who, who, answer, n) for who, answer in made)))
        for who, project in enumerate(projects):
            own = [answered(n, 3, answer, n) for other, answer in made if other == who]
            project.append(task(f"p{n}", *own))
    paths = [
        write_snapshot(folder, f"part{who}", [*tasks, task(f"only{who}")], CONFIG, {})
        for who, tasks in enumerate(projects)
    ]
    merged = read_study(merge(paths, folder / "m").folder)
    single = tabulate(whole, read_codebook(CONFIG))
    assert len(merged.ratings) == len(single.ratings)
    assert len(merged.spans) == len(single.spans)
    assert (
        len(merged.exclusions)
        == len(single.exclusions)
        == sum(len(read_study(path).exclusions) for path in paths)
    )
    assert len(merged.passages) == len(answers) + 3
    if len(single.ratings):
        how = {"scales": merged.scales, "interval": Interval(replicates=20)}
        found, expected = measure(merged.ratings, **how), measure(single.ratings, **how)
        assert found.astype(object).equals(expected.astype(object))


def test_every_reader_takes_a_merged_study(pulled, tmp_path):
    made = merge([pulled("one", alone(3, "abab")), pulled("two", alone(3, "abba", first=20))], tmp_path / "m")
    study = read_study(made.folder)
    assert study.about["project title"] == "one + two"
    assert study.about["merged_at"]
    assert [study.about[f"part {number}"].split(",")[0] for number in (1, 2)] == ["one", "two"]
    assert len(resolve(study.first_round, scales=study.scales))
    run = CliRunner()
    for command in (
        ["agreement"],
        ["consensus"],
        ["disagreements"],
        ["workbook", "-o", str(tmp_path / "b.xlsx")],
    ):
        done = run.invoke(app, [command[0], str(made.folder), *command[1:]])
        assert done.exit_code == 0, (command, done.output, done.exception)


def test_the_command_says_who_is_who(pulled, tmp_path):
    parts = [pulled("one", alone(3, "ab")), pulled("two", alone(3, "aa", first=20))]
    done = CliRunner().invoke(app, ["merge", *map(str, parts), "-o", str(tmp_path / "m")])
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{tmp_path / 'm'}\n"
    assert "2 tasks, annotators A3@1" in done.stderr
    assert "2 passages, 2 of them in several exports" in done.stderr
