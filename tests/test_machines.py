"""Machines among coders: the alternative annotator test, item by item, and on simulated coders."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from typer.testing import CliRunner

from annotate.agreement import kinds, machines, measure, measure_spans
from annotate.agreement.annotators._machines import NOBODY, rejected
from annotate.cli.commands import app
from annotate.codebook.scale import Scale
from annotate.consensus import resolve, turned
from annotate.errors import StatisticsError
from annotate.sampling import Interval
from annotate.study.study import read_study

EXAMPLE = Path(__file__).parents[1] / "exports" / "example"

NONE = Interval("none", cluster=None)


def coded(rng, n, people, right, right_machine, k=4, missing=0.0):
    truth = rng.integers(0, k, n)

    def of(chance):
        return np.where(rng.random(n) < chance, truth, rng.integers(0, k, n))

    columns = {f"A{who}": of(right) for who in range(people)} | {"model": of(right_machine)}
    rows = [
        (f"p{item}", f"d{item // 5}", name, "v", str(column[item]))
        for name, column in columns.items()
        for item in range(n)
        if rng.random() >= missing
    ]
    return pd.DataFrame(rows, columns=["item", "document", "annotator", "variable", "category"], dtype="str")


def by_hand(ratings, epsilon, distance):
    """The test as the paper has it, one item at a time."""
    table = ratings.pivot_table(index="item", columns="annotator", values="category", aggfunc="first")
    people = [name for name in table.columns if name != "model"]
    p_values, advantages = [], []
    for person in people:
        lead, close = [], []
        for _, row in table.iterrows():
            others = [row[name] for name in people if name != person and isinstance(row[name], str)]
            if not others or not isinstance(row[person], str) or not isinstance(row["model"], str):
                continue
            own = -np.mean([distance(row[person], other) for other in others])
            machine = -np.mean([distance(row["model"], other) for other in others])
            lead.append(float(own >= machine - 1e-12) - float(machine >= own - 1e-12))
            close.append(float(machine >= own - 1e-12))
        if len(lead) >= 30:
            p_values.append(stats.ttest_1samp(lead, epsilon, alternative="less").pvalue)
            advantages.append(np.mean(close))
    adjusted = stats.false_discovery_control(p_values, method="by")
    return np.mean(adjusted <= 0.05), np.mean(advantages)


@pytest.mark.parametrize(
    ("level", "distance"),
    [("nominal", lambda a, b: float(a != b)), ("interval", lambda a, b: (float(a) - float(b)) ** 2)],
)
@pytest.mark.parametrize("seed", range(6))
def test_is_what_the_paper_says_item_by_item(level, distance, seed):
    rng = np.random.default_rng(seed)
    ratings = coded(rng, 90, 4, 0.75, rng.choice([0.4, 0.7, 0.9]), missing=0.2)
    found = machines(ratings, ["model"], scales={"v": Scale(level)}, epsilon=0.1, interval=NONE).iloc[0]
    rate, advantage = by_hand(ratings, 0.1, distance)
    assert found["winning_rate"] == pytest.approx(rate)
    assert found["advantage"] == pytest.approx(advantage)
    assert found["replaces"] == (rate >= 0.5)


def test_a_good_machine_may_replace_a_person_and_a_bad_one_may_not():
    rng = np.random.default_rng(1)
    for right, replaces in ((0.9, True), (0.3, False)):
        ratings = coded(rng, 200, 4, 0.8, right)
        found = machines(
            ratings, ["model"], scales={"v": Scale("nominal")}, interval=Interval(cluster="document")
        )
        assert bool(found["replaces"].iloc[0]) is replaces


def test_people_are_measured_without_the_machine_and_it_with_them():
    ratings = coded(np.random.default_rng(2), 80, 3, 0.8, 0.6)
    scales = {"v": Scale("nominal")}
    found = machines(ratings, ["model"], scales=scales, interval=NONE).iloc[0]
    people = ratings[ratings["annotator"] != "model"]
    alone = measure(people, scales=scales, coefficients="krippendorff_alpha", interval=NONE)["value"].iloc[0]
    assert found["people_alpha"] == pytest.approx(alone, abs=1e-12)
    kind_of = {name: "machine" if name == "model" else "people" for name in ratings["annotator"].unique()}
    between = kinds(ratings, kind_of, scales=scales, interval=NONE).set_index("comparison").loc["between"]
    assert found["with_people"] == pytest.approx(between["value"], abs=1e-12)


def test_what_cannot_be_tested_says_why():
    ratings = coded(np.random.default_rng(3), 20, 3, 0.8, 0.6)
    found = machines(ratings, ["model"], scales={"v": Scale("nominal")}, interval=NONE).iloc[0]
    assert found["undefined"] == NOBODY
    with pytest.raises(StatisticsError, match="no annotator has this name; there are A0, A1, A2, model"):
        machines(ratings, ["gpt"], scales={"v": Scale("nominal")})
    with pytest.raises(StatisticsError, match="epsilon"):
        machines(ratings, ["model"], scales={"v": Scale("nominal")}, epsilon=2)


def test_benjamini_and_yekutieli():
    p_values = np.random.default_rng(4).random(12) ** 4
    adjusted = stats.false_discovery_control(p_values, method="by")
    assert rejected(p_values).tolist() == (adjusted <= 0.05).tolist()


def test_commands_keep_a_machine_apart(tmp_path):
    """Agreement is that of people; the consensus says what the machine turned; a wrong name is refused."""
    path = tmp_path / "ratings.csv"
    ratings = coded(np.random.default_rng(5), 60, 2, 0.8, 0.5).assign(source="s")
    ratings.to_csv(path, index=False)
    people = tmp_path / "people.csv"
    ratings[ratings["annotator"] != "model"].to_csv(people, index=False)

    def run(*words):
        return CliRunner().invoke(app, [*words, "--level", "v=nominal"])

    alone = run("agreement", str(people), "--format", "csv")
    found = run("agreement", str(path), "--machine", "model", "--format", "csv")
    assert found.stdout == alone.stdout
    assert "left out: 60 machine" in found.stderr
    assert "may replace" in run("annotators", "machine", str(path), "--machine", "model").stdout
    assert run("annotators", "machine", str(path)).exit_code == 1
    assert "no annotator has this name" in str(run("agreement", str(path), "--machine", "gpt").exception)
    said = run("consensus", str(path), "--machine", "model").stderr
    scales = {"v": Scale("nominal")}
    with_all = resolve(ratings, scales=scales).set_index("item")["category"]
    without = resolve(ratings[ratings["annotator"] != "model"], scales=scales).set_index("item")["category"]
    count = sum(not (a == b or (pd.isna(a) and pd.isna(b))) for a, b in zip(with_all, without, strict=True))
    assert f"model: turned {count} of the 60 labels" in said
    assert turned(resolve(ratings, scales=scales), resolve(ratings, scales=scales)) == (0, 60, 0)


def test_marks_of_a_machine_are_left_out_and_counted(run):
    code, out, err = run("spans", "agreement", EXAMPLE, "--machine", "A4", "--format", "json")
    assert code == 0
    assert "machine" in err
    people = read_study(EXAMPLE).without_machines(["A4"])
    assert "A4" not in set(people.spans["annotator"]) | set(people.annotated["annotator"])
    given, *_ = measure_spans(*people.marked, labels=people.labels).to_dict("records")
    assert json.loads(out)[0]["value"] == given["value"]
    code, _, err = run("spans", "agreement", EXAMPLE, "--machine", "nobody")
    assert code == 1
    assert "no annotator has this name" in err
