import re
from pathlib import Path

from annotate.agreement import measure
from annotate.codebook.scale import scales_of
from annotate.present.summary import methods_paragraph, summarise
from annotate.present.tables import cell
from annotate.sampling import Interval
from annotate.study.study import read_study

EXAMPLE = Path(__file__).parent.parent / "exports" / "example"


def test_every_figure_of_the_paragraph_is_in_the_tables():
    study = read_study(EXAMPLE)
    agreement = summarise(study, interval=Interval(replicates=50)).agreement
    text = methods_paragraph(study, agreement)
    whole = agreement[agreement["source"].isna()]
    for row in whole.to_dict("records"):
        assert f"{cell(row['value'])} [{cell(row['ci_low'])}, {cell(row['ci_high'])}]" in text
    assert text.startswith("3 annotators coded 78 passages from 8 sources, 1,070 judgements in all.")
    assert "jackknife over 8 documents on the scale log(1 - coefficient) (t with " in text
    assert "(2 cancelled)" in text
    told = {cell(row[name]) for row in whole.to_dict("records") for name in ("value", "ci_low", "ci_high")}
    assert set(re.findall(r"(?<![\w.])\d\.\d{3}\b", text)) <= told


def test_what_is_undefined_is_said_with_its_reason():
    study = read_study(EXAMPLE)
    of_one = study.first_round[study.first_round["annotator"] == "A2"]
    agreement = measure(of_one, scales=scales_of(study.levels, study.categories))
    assert "Gwet's AC1 undefined (no item has two ratings)" in methods_paragraph(study, agreement)


def test_without_agreement_the_design_remains():
    study = read_study(EXAMPLE)
    nothing = summarise(study, interval=Interval(replicates=1)).agreement.iloc[:0]
    assert methods_paragraph(study, nothing).endswith("(2 cancelled).")
