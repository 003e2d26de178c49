import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from annotate.agreement import measure
from annotate.codebook.scale import scales_of
from annotate.present.methods import methods_paragraph
from annotate.present.study_tables import agreement_table
from annotate.present.summary import summarise
from annotate.present.tables import cell
from annotate.present.wording import coefficient
from annotate.present.workbook import write_workbook
from annotate.sampling import Interval
from annotate.study.study import Study, read_study, study_of_ratings

EXAMPLE = Path(__file__).parent.parent / "exports" / "example"


def test_every_figure_of_the_paragraph_is_in_the_tables():
    study = read_study(EXAMPLE)
    agreement = summarise(study, interval=Interval(replicates=50)).agreement
    text = methods_paragraph(study, agreement, seed=7)
    whole = agreement[agreement["source"].isna()]
    for row in whole.to_dict("records"):
        assert f"{cell(row['value'])} [{cell(row['ci_low'])}, {cell(row['ci_high'])}]" in text
    assert text.startswith("3 annotators coded 100 passages from 13 sources, 1,355 judgements in all.")
    assert "jackknife over 13 documents on the scale log(1 - coefficient) (t with " in text
    assert "(2 cancelled)" in text
    names = ("value", "ci_low", "ci_high", "p_below_0.667", "p_below_0.8")
    told = {cell(row[name]) for row in whole.to_dict("records") for name in names}
    assert set(re.findall(r"(?<![\w.])\d\.\d{3}\b", text.replace("alpha < 0.667", ""))) <= told
    alpha = whole.set_index(["variable", "coefficient"]).loc[("certainty", "krippendorff_alpha")]
    chances = (
        f"P(alpha < 0.667) = {cell(alpha['p_below_0.667'])}, P(alpha < 0.8) = {cell(alpha['p_below_0.8'])}"
    )
    assert text.count("P(alpha < 0.667)") == whole["variable"].nunique()
    assert f"{cell(alpha['ci_high'])}], {chances}" in text


def test_what_is_undefined_is_said_with_its_reason():
    study = read_study(EXAMPLE)
    of_one = study.first_round[study.first_round["annotator"] == "A2"]
    agreement = measure(of_one, scales=scales_of(study.levels, study.categories))
    assert "Gwet's AC1 undefined (no item has two ratings)" in methods_paragraph(study, agreement)


def test_without_agreement_the_design_remains():
    study = read_study(EXAMPLE)
    nothing = summarise(study, interval=Interval(replicates=1)).agreement.iloc[:0]
    assert methods_paragraph(study, nothing).endswith("(2 cancelled).")


def table(*rows: tuple[str, ...], level: str, **more: str) -> tuple[Study, pd.DataFrame]:
    """A study of coders c1, c2 and so on, one row of choices an item, and its agreement on ``tone``."""
    long = [
        (f"i{n}", "S", f"c{who}", "tone", choice)
        for n, row in enumerate(rows)
        for who, choice in enumerate(row)
    ]
    study = study_of_ratings(
        pd.DataFrame(long, columns=["item", "source", "annotator", "variable", "category"]), None, "a table"
    )
    scales = scales_of({"tone": level}, {"tone": ("1", "2", "3")}, **more)
    return study, measure(
        study.rated, scales=scales, by="source", coefficients="all", interval=Interval("none")
    )


ROWS = (("1", "1"), ("2", "3"), ("3", "3"), ("1", "2"), ("2", "2"))


@pytest.mark.parametrize("level", ["ordinal", "interval", "ratio"])
def test_what_ignores_the_order_says_so_in_the_paragraph_and_below_the_table(level):
    study, found = table(*ROWS, level=level)
    text = methods_paragraph(study, found)
    (sentence,) = re.findall(r"Of ordered categories \(tone\), (.*?) ignore the order\.", text)
    below = agreement_table(found).attrs["below"]
    (line,) = [one for one in below if "without regard to the order" in one]
    for name in ("percent_agreement", "gwet_ac1", "cohen_kappa", "fleiss_kappa", "brennan_prediger"):
        assert coefficient(name).name in sentence
    for name in ("krippendorff_alpha", "gwet_ac2"):
        assert coefficient(name).name not in sentence
    assert line.startswith("Percent, AC1, ")
    assert "(Tone)" in line
    assert f"level: {level} (Tone)" in below


def test_weights_of_the_level_regard_the_order():
    study, found = table(*ROWS, level="ordinal", weights="level")
    _, linear = table(*ROWS, level="ordinal", weights="ordinal")
    pd.testing.assert_frame_equal(found, linear)
    text = methods_paragraph(study, found)
    assert re.search(r"\), Percent agreement and Gwet's AC1 ignore the order", text)
    assert f"{coefficient('cohen_kappa').name}: ordinal" in text
    for level, meant in (("interval", "quadratic"), ("ratio", "quadratic"), ("nominal", "identity")):
        pd.testing.assert_frame_equal(
            table(*ROWS, level=level, weights="level")[1], table(*ROWS, level=level, weights=meant)[1]
        )


def test_nothing_ignores_an_order_that_there_is_not():
    study, found = table(*ROWS, level="nominal")
    assert "ignore" not in methods_paragraph(study, found)
    assert not any("without regard" in one for one in agreement_table(found).attrs["below"])


def test_the_paragraph_says_who_coded_what_and_what_the_intervals_are_of():
    study = read_study(EXAMPLE)
    found = summarise(study, interval=Interval("percentile", replicates=20, seed=7)).agreement
    text = methods_paragraph(study, found, seed=7)
    coders = study.first_round.groupby("item")["annotator"].nunique()
    assert f"A passage had {coders.min()} to {coders.max()} (mean {coders.mean():.2f}) annotators" in text
    assert f"from {study.first_round['document'].nunique()} documents" in text
    assert "Annotators are fixed: the intervals say how far values may move with other documents, not" in text
    assert "Random numbers start from seed 7." in text
    still = summarise(study, interval=Interval("analytic")).agreement
    assert "seed" not in methods_paragraph(study, still, seed=7)


def test_alpha_is_high_beside_a_frequent_category_where_the_rare_one_is_agreed_upon():
    agreed = [("1", "1")] * 950 + [("2", "2")] * 49 + [("1", "2")]
    not_agreed = [("1", "1")] * 950 + [("1", "2")] * 50
    for rows, expected in ((agreed, 0.989), (not_agreed, -0.025)):
        _, found = table(*rows, level="nominal")
        alpha = found.loc[found["coefficient"] == "krippendorff_alpha", "value"].iloc[0]
        assert alpha == pytest.approx(expected, abs=5e-4)
    explained = (Path(__file__).parent.parent / "docs" / "explanation.md").read_text(encoding="utf-8")
    assert "alpha is .989" in explained
    assert "it is -.025" in explained


def test_the_paragraph_says_that_passages_are_drawn_where_they_are():
    study, _ = table(*ROWS, level="nominal")
    found = measure(
        study.rated, scales=scales_of({"tone": "nominal"}), by="source", interval=Interval(replicates=9)
    )
    text = methods_paragraph(study, found)
    assert "may move with other passages, not with other annotators" in text
    assert "A passage had 2 annotators." in text


def test_numbers_have_their_intraclass_correlations_and_a_scale_its_words(tmp_path):
    rows = [
        (f"p{item}", "S", f"A{who}", "mark", str(item % 5 + (item * who) % 3 % 2))
        for item in range(20)
        for who in range(3)
    ]
    frame = pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])
    study = study_of_ratings(frame, None, "table")
    made = summarise(study, scales=scales_of({"mark": "interval"}), benchmark="altman")
    text = methods_paragraph(study, made.agreement, icc=made.icc)
    for form in ("ICC(A,1)", "ICC(A,k)"):
        one = made.icc.set_index("form").loc[form]
        assert (
            f"{form} of mark is {cell(one['value'])} [{cell(one['ci_low'])}, {cell(one['ci_high'])}]" in text
        )
    whole = made.agreement[made.agreement["source"].isna()].set_index("coefficient")
    assert f"] ({whole.loc['krippendorff_alpha', 'benchmark']}), P(alpha < 0.667) = " in text
    assert "those of Altman 1991" in text
    write_workbook(tmp_path / "made.xlsx", made)
    cells = list(openpyxl.load_workbook(tmp_path / "made.xlsx")["Agreement"].iter_rows(values_only=True))
    assert "Of numbers also intraclass correlations" in str(cells[0][0])
    heads = next(row for row in cells if row[0] == "Source")
    row = dict(zip(heads, next(row for row in cells if row[0] == "All sources"), strict=True))
    assert row["Alpha below 0.667"] == pytest.approx(whole.loc["krippendorff_alpha", "p_below_0.667"])
    assert row["Alpha: benchmark"] == whole.loc["krippendorff_alpha", "benchmark"]
    assert "ICC" not in methods_paragraph(study, made.agreement)
