"""Following a study: counts, the expected end, the rules of the warnings, and planted annotators."""

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.codebook.read import config_hash, load_codebook, read_codebook
from annotate.coordination.assignment import annotator_key
from annotate.coordination.following import follow, progress_frame
from annotate.coordination.following.progress import pace
from annotate.corpus import ingest
from annotate.demo.scripted import CAST, Habits, code, read_reference
from annotate.errors import InputError
from annotate.files import bundled
from annotate.sampling import Interval, wilson
from annotate.study.exports import tabulate
from tests.export_example import CONFIG, annotation, choice, task

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
RANDOM = Habits("random", "chooses at random", slip=1.0)


def seen(tasks, overlap=2, config=CONFIG, addresses=None, now=NOW, replicates=50):
    return follow(
        tasks,
        overlap=overlap,
        config=config,
        now=now,
        addresses=addresses or {},
        interval=Interval(replicates=replicates),
    )


def on(day, hour=10):
    return f"2026-01-{day:02}T{hour:02}:00:00Z"


def made(number, annotator, *results, day=1, seconds=30.0, **fields):
    at = {"created_at": on(day), "updated_at": on(day), "lead_time": seconds}
    return annotation(number, annotator, *(results or (choice("a"),)), **{**at, **fields})


def skipped(number, annotator, day=1):
    return made(number, annotator, day=day, was_cancelled=True, result=[])


def kinds(found):
    return [(one.kind, one.annotator) for one in found.warnings]


# --- counts --------------------------------------------------------------------------------------


def test_done_open_and_skipped_by_annotator_source_and_day():
    tasks = [
        task("p1", made(1, 3, day=1, seconds=10), made(2, 12, day=2, seconds=50), source="A"),
        task("p2", made(3, 3, day=2, seconds=20), skipped(4, 12, day=2), source="A"),
        task("p3", source="B"),
    ]
    found = seen(tasks, addresses={3: "ada@example.org"})
    assert (found.tasks, found.complete, found.done, found.annotations) == (3, 1, 3, 3)
    assert (found.open, found.skipped, found.by_number) == (3, 1, (1, 1, 1))
    assert found.median_seconds == 20
    assert [
        (a.annotator, a.email, a.done, a.open, a.skipped, a.median_seconds) for a in found.annotators
    ] == [
        ("A3", "ada@example.org", 2, 1, 0, 15),
        ("A12", None, 1, 1, 1, 50),
    ]
    assert [(s.source, s.passages, s.complete, s.done, s.open, s.skipped) for s in found.sources] == [
        ("A", 2, 1, 3, 1, 1),
        ("B", 1, 0, 0, 2, 0),
    ]
    assert [(d.day, d.done, d.skipped, d.open, d.annotators) for d in found.days] == [
        ("2026-01-01", 1, 0, 5, 1),
        ("2026-01-02", 2, 1, 3, 2),
    ]


def test_one_idle_hour_does_not_move_the_median():
    tasks = [task(f"p{n}", made(n, 1, seconds=20 if n else 3600)) for n in range(5)]
    assert seen(tasks).annotators[0].median_seconds == 20


def test_a_second_annotation_by_the_same_person_is_no_second_annotator():
    found = seen([task("p1", made(1, 3), made(2, 3))])
    assert (found.done, found.annotations, found.open, found.complete) == (1, 2, 1, 0)
    assert kinds(found) == [("several_annotations", "A3")]


def test_open_follows_the_assignment():
    ada, ben, cleo = (annotator_key(f"{name}@example.org", "") for name in ("ada", "ben", "cleo"))
    tasks = [
        task("p1", made(1, 3), assigned=f"|{ada}|{ben}|", queue="1-000001"),
        task("p2", assigned=f"|{ada}|{cleo}|", queue="1-000002"),
    ]
    found = seen(tasks, addresses={3: "Ada@example.org", 4: "ben@example.org"})
    assert [(one.annotator, one.done, one.open) for one in found.annotators] == [
        ("A3", 1, 1),
        ("A4", 0, 1),
        (cleo, 0, 1),
    ]


def test_assigned_by_other_means_is_refused():
    with pytest.raises(InputError, match="is not what annotate assign writes"):
        seen([task("p1", assigned="everybody, please")])


def test_nobody_has_begun():
    found = seen([task("p1"), task("p2")])
    assert (found.open, found.annotators, found.days, found.warnings) == (4, (), (), ())
    assert found.agreement_undefined == "nothing was rated yet"
    assert found.pace.end is None
    assert found.pace.basis == "unknown: nothing was done yet"


def test_progress_does_not_need_a_readable_config():
    found = seen([task("p1", made(1, 3))], config="<View></View>")
    assert found.done == 1
    assert found.agreement.empty
    assert found.agreement_undefined


def test_as_json_is_json_and_undefined_is_null():
    found = seen([task("p1", made(1, 3), made(2, 4)), task("p2")])
    said = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert list(said) == [
        *("at", "overlap", "tasks", "complete", "annotations", "done", "open", "skipped", "by_number"),
        *("median_seconds", "pace", "annotators", "sources", "days"),
        *("agreement_undefined", "warnings", "agreement"),
    ]
    assert said["agreement"][0]["variable"] == "kind"
    assert said["agreement"][0]["value"] is None
    assert said["agreement"][0]["undefined"] == "only one category was used"


def test_the_table_has_a_row_for_each_source_annotator_and_day():
    frame = progress_frame(seen([task("p1", made(1, 3)), task("p2")], addresses={3: "ada@example.org"}))
    assert list(zip(frame["of"], frame["name"], frame["annotations"], strict=True)) == [
        ("source", "S", 1),
        ("annotator", "A3 ada@example.org", 1),
        ("day", "2026-01-01", 1),
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(1, 9)), max_size=5),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 4),
)
def test_every_count_adds_up(work, overlap):
    """However many there are: parts add up to the whole, and the last day's rest is what is open."""
    tasks = [
        task(
            f"p{n}",
            *(
                skipped(i, who, day) if skip else made(i, who, day=day)
                for i, (who, skip, day) in enumerate(of_one)
            ),
            source=f"S{n % 2}",
        )
        for n, of_one in enumerate(work)
    ]
    found = seen(tasks, overlap, replicates=1)
    for name in ("done", "skipped"):
        for part in (found.annotators, found.sources):
            assert sum(getattr(one, name) for one in part) == getattr(found, name)
    assert sum(one.open for one in found.sources) == found.open
    assert sum(one.done for one in found.days) == found.done
    assert sum(found.by_number) == found.tasks
    assert sum(found.by_number[overlap:]) == found.complete
    if found.days:
        assert found.days[-1].open == found.open
        assert [one.open for one in found.days] == sorted((one.open for one in found.days), reverse=True)


# --- the expected end ----------------------------------------------------------------------------


def test_the_end_is_reckoned_from_the_last_seven_days():
    days = [date(2026, 1, 1)] * 100 + [date(2026, 1, 5)] * 14
    found = pace(days, 10, date(2026, 1, 10))
    assert (found.done, found.days, found.per_day, found.end) == (14, 7, 2.0, "2026-01-15")
    assert found.basis == "10 open, 14 done in the last 7 days"


def test_the_end_is_reckoned_from_the_first_day_of_a_new_study():
    found = pace([date(2026, 1, 9)] * 6, 7, date(2026, 1, 10))
    assert (found.days, found.per_day, found.end) == (2, 3.0, "2026-01-13")


@pytest.mark.parametrize(
    ("days", "open_", "basis"),
    [
        ([], 5, "unknown: nothing was done yet"),
        ([date(2026, 1, 1)], 5, "unknown: nothing was done in the last 7 days"),
        ([date(2026, 1, 10)], 0, "nothing is open"),
        ([date(2026, 1, 10)], 10**9, "unknown: 1000000000 open, 1 done today, which would take a century"),
    ],
)
def test_where_there_is_no_end_it_says_why(days, open_, basis):
    found = pace(days, open_, date(2026, 1, 10))
    assert (found.end, found.basis) == (None, basis)


def test_with_an_assignment_the_slowest_decides_and_one_who_does_nothing_leaves_it_open():
    ada, ben = (annotator_key(f"{name}@example.org", "") for name in ("ada", "ben"))
    names = {1: "ada@example.org", 2: "ben@example.org"}
    both = {"assigned": f"|{ada}|{ben}|"}

    def study(by_ben):
        return [
            task(
                f"p{n}",
                *([made(n, 1, day=10)] if n < 8 else []),
                *([made(99, 2, day=10)] if n < by_ben else []),
                **both,
            )
            for n in range(10)
        ]

    slow = seen(study(by_ben=1), addresses=names).pace
    assert slow.end == "2026-01-19"
    assert "the last of them" in slow.basis
    idle = seen(study(by_ben=0), addresses=names).pace
    assert (idle.end, idle.basis) == (None, "unknown: A2 did nothing in these days and still has passages")


# --- warnings about single annotations -----------------------------------------------------------


def test_edits_by_others_and_forged_ones():
    found = seen([task("p1", made(1, 3, updated_by=4), made(2, 4))])
    assert kinds(found) == [("edited_by_another", "A3")]
    assert found.warnings[0].passages == ("p1",)
    assert "1 by A4" in found.warnings[0].message


def test_a_passage_that_stands_twice():
    untouched = seen([task("p1"), task("p1"), task("p2", made(1, 3)), task("p2")])
    assert kinds(untouched) == [("stands_twice", None)]
    (one,) = untouched.warnings
    assert (one.n, one.passages) == (2, ("p1", "p2"))
    assert one.message.startswith("2 passages stand more than once in the project: p1, p2; annotators would")
    assert one.message.endswith("which removes copies that nobody has worked on")
    both = seen([task("p1", made(1, 3)), task("p1", made(2, 4))])
    assert both.warnings[0].message.endswith(
        "of 1 several copies have been worked on, and a pull keeps every rating"
    )
    assert kinds(seen([task("p1"), task("p1-2", repeat_of="p1", round=2)])) == []


def test_the_same_words_marked_twice():
    def mark(start, end, label="SOURCE"):
        value = {"start": start, "end": end, "text": "x", "labels": [label]}
        return {"from_name": "marks", "to_name": "text", "type": "labels", "value": value}

    twice, once = [mark(0, 4), mark(0, 4)], [mark(0, 4), mark(0, 4, "CUE"), mark(0, 5)]
    found = seen([task("p1", made(1, 3, result=twice)), task("p2", made(2, 3, result=once))])
    assert kinds(found) == [("marked_twice", "A3")]
    assert found.warnings[0].passages == ("p1",)
    assert not seen([task("p1", made(1, 3, result=twice, was_cancelled=True))]).warnings
    for odd in (None, {}, [None], [{"type": "labels", "value": None}]):
        assert seen([task("p1", made(1, 3, result=odd))]) is not None


def test_a_changed_config():
    same = {"config_sha256": config_hash(CONFIG)}
    tasks = [task("p1", **same), task("p2", config_sha256="0" * 64), task("p3")]
    found = seen(tasks)
    assert kinds(found) == [("config_changed", None)]
    assert found.warnings[0].passages == ("p2",)
    assert not seen([task("p1", **same)]).warnings


def test_work_on_what_is_assigned_to_others():
    ada = annotator_key("ada@example.org", "")
    tasks = [task("p1", made(1, 4), assigned=f"|{ada}|")]
    found = seen(tasks, overlap=1, addresses={3: "ada@example.org", 4: "ben@example.org"})
    assert kinds(found) == [("not_assigned", "A4")]


def test_assigned_passages_of_which_the_project_does_not_know_whose_they_are():
    """As after a push of a file that was assigned elsewhere: the salt of its pseudonyms is not there."""
    ada, ben = (annotator_key(f"{name}@example.org", "5a17" * 8) for name in ("ada", "ben"))
    names = {3: "ada@example.org", 4: "ben@example.org"}
    tasks = [task("p1", made(1, 4), assigned=f"|{ada}|"), task("p2", assigned=f"|{ben}|")]
    found = seen(tasks, overlap=1, addresses=names)
    assert kinds(found) == [("without_links", None)]
    assert found.warnings[0].message == (
        "2 passages are assigned, and the project does not know to whom; run annotate assign with the list of annotators and "
        "--project, which gives them their links"
    )


def test_passages_that_lack_annotators_though_all_are_finished():
    ada, ben = (annotator_key(f"{name}@example.org", "") for name in ("ada", "ben"))
    names = {3: "ada@example.org", 4: "ben@example.org", 5: "cleo@example.org"}
    tasks = [
        task("p1", made(1, 3), skipped(2, 4), assigned=f"|{ada}|{ben}|"),
        task("p2", made(3, 3), assigned=f"|{ada}|{ben}|"),
    ]
    found = seen(tasks, addresses=names)
    assert kinds(found) == [("lacks_annotators", None)]
    assert found.warnings[0].passages == ("p1",)


def test_without_an_assignment_too_once_all_who_annotate_are_finished():
    tasks = [task("p1", made(1, 3), skipped(2, 4)), task("p2", made(3, 3))]
    assert [one.passages for one in seen(tasks).warnings] == [("p1",)]
    assert not seen([task("p1", made(1, 3)), task("p2", made(2, 3))]).warnings  # the second may yet come
    both = seen([tasks[0], task("p2", made(3, 3, day=9), made(4, 4))])
    assert both.pace.basis == "unknown: all who annotate are finished with what is open"


def test_what_is_begun_and_not_submitted():
    draft = {"user": "ada@example.org", "annotation": None}
    edit = {"user": "ben@example.org", "annotation": 7}
    tasks = [{**task("p1"), "drafts": [draft, edit]}, {**task("p2", made(1, 3)), "drafts": [draft]}]
    found = seen(tasks, addresses={3: "ada@example.org", 4: "ben@example.org"})
    assert kinds(found) == [("held", "A3")]
    assert found.warnings[0].passages == ("p1",)


# --- who is too fast -----------------------------------------------------------------------------


def timed(counts, seconds, text="He said so, and the others who were there said so too."):
    return [
        task(
            f"p{n}",
            *(made(10 * n + who, who, seconds=s) for who, s in seconds.items() if n < counts[who]),
            text=text,
        )
        for n in range(max(counts.values()))
    ]


def fast(tasks):
    return [one.annotator for one in seen(tasks, overlap=3, replicates=1).warnings if one.kind == "too_fast"]


def test_two_seconds_are_too_fast_beside_others_who_take_twenty():
    assert fast(timed({1: 20, 2: 20, 3: 20}, {1: 2.0, 2: 20.0, 3: 25.0})) == ["A1"]


def test_few_annotations_do_not_fire():
    assert fast(timed({1: 9, 2: 20}, {1: 0.5, 2: 20.0})) == []


def test_where_everybody_is_fast_nobody_is_named():
    assert fast(timed({1: 20, 2: 20, 3: 20}, {1: 2.0, 2: 2.5, 3: 3.0})) == []


def test_a_longer_text_takes_longer():
    counts, seconds = {1: 20, 2: 20}, {1: 8.0, 2: 40.0}
    assert fast(timed(counts, seconds, text="Words. " * 20)) == []
    assert fast(timed(counts, seconds, text="Words. " * 80)) == ["A1"]


def test_half_of_them_fast_is_no_more_than_half():
    tasks = [
        task(f"p{n}", made(2 * n, 1, seconds=1.0 if n % 2 else 9.0), made(2 * n + 1, 2, seconds=30.0))
        for n in range(40)
    ]
    assert fast(tasks) == []


def test_wilson_interval():
    """Against the value of statsmodels, proportion_confint(8, 10, method="wilson")."""
    assert wilson(0.8, 10, 0.95) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert wilson(0.0, 10, 0.95)[0] == pytest.approx(0, abs=1e-12)


# --- who is far from the others ------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus():
    book = load_codebook(bundled("label_config.xml"))
    folder = bundled("tasks/example")
    documents = sorted([*folder.glob("*.txt"), *folder.glob("*.md")])
    tasks = ingest(documents, config_sha256=book.sha256, manifest=folder / "sources.csv").tasks
    return book, tasks, read_reference(folder / "codes.csv")


def coded(corpus, people, overlap, seed, hurried=None, first=None):
    """The example corpus coded by scripted annotators, each passage by so many of them, at random."""
    book, tasks, reference = corpus
    rng = np.random.default_rng(seed)
    exported, number = [], 0
    for passage in tasks[:first]:
        work = []
        for who in sorted(rng.permutation(len(people))[:overlap].tolist()):
            number += 1
            result = code(passage["data"], reference, people[who], book)
            at = (datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=number)).isoformat()
            seconds = 2.0 if people[who].name == hurried else float(rng.gamma(4.0, 6.0))
            fields = {
                "created_at": at,
                "updated_at": at,
                "lead_time": seconds,
                "was_cancelled": result is None,
            }
            work.append(annotation(number, who + 1, **{**fields, "result": result or []}))
        exported.append({"id": len(exported) + 1, **passage, "annotations": work, "drafts": []})
    return seen(exported, overlap, config=book.config, replicates=50)


@pytest.mark.parametrize("overlap", [2, 3, 4])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_planted_careless_one_is_named_and_nobody_else(corpus, overlap, seed):
    found = coded(corpus, (*CAST, RANDOM), overlap, seed)
    far = [one for one in found.warnings if one.kind == "far_from_others"]
    assert [one.annotator for one in far] == ["A4"]
    assert far[0].ci_low > far[0].limit == 0.10
    assert "too_fast" not in {one.kind for one in found.warnings}


@pytest.mark.parametrize("overlap", [2, 3])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_habits_of_the_others_name_nobody(corpus, overlap, seed):
    found = coded(corpus, CAST, overlap, seed)
    assert not {"far_from_others", "too_fast"} & {one.kind for one in found.warnings}


def test_the_planted_hurried_one_is_named_and_nobody_else(corpus):
    found = coded(corpus, CAST, 3, 0, hurried="literal")
    assert [one.annotator for one in found.warnings if one.kind in ("too_fast", "far_from_others")] == ["A2"]


def test_a_few_passages_do_not_fire_even_for_the_careless_one(corpus):
    found = coded(corpus, (*CAST, RANDOM), 4, 0, first=15)
    assert not [one for one in found.warnings if one.kind == "far_from_others"]


def test_equals_are_rarely_told_apart():
    """Five annotators, each wrong in a fifth of the cases: in 40 studies none should be called far."""
    rng = np.random.default_rng(7)
    named = 0
    for _ in range(40):
        tasks = []
        for n in range(40):
            who = rng.permutation(5)[:3] + 1
            answers = np.where(rng.random(3) < 0.2, "b", "a")
            tasks.append(
                task(f"p{n}", *(made(3 * n + i, int(w), choice(str(answers[i]))) for i, w in enumerate(who)))
            )
        named += len(
            [one for one in seen(tasks, overlap=3, replicates=1).warnings if one.kind == "far_from_others"]
        )
    assert named == 0


def test_of_two_annotators_none_can_be_the_far_one():
    tasks = [task(f"p{n}", made(2 * n, 1), made(2 * n + 1, 2, choice("b"))) for n in range(50)]
    assert not seen(tasks, replicates=1).warnings


def test_alpha_is_that_of_the_first_round():
    first = [
        task(f"p{n}", made(2 * n, 1, choice("ab"[n % 2])), made(2 * n + 1, 2, choice("ab"[n % 2])))
        for n in range(6)
    ]
    again = [task("p1-round2", made(90, 1, choice("a")), made(91, 2, choice("b")), repeat_of="p1", round=2)]
    alpha = seen([*first, *again]).agreement.set_index("variable")
    assert alpha.loc["kind", "value"] == 1.0
    assert alpha.loc["kind", "n_ratings"] == 12
    assert (tabulate([*first, *again], read_codebook(CONFIG)).ratings["round"] == 2).any()
