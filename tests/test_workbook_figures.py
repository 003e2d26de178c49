"""Every figure of the workbook is read back and compared with what the library computes, sheet by sheet.

A column that holds a number and is not compared fails too, so that a new column cannot come in unread.
"""

import datetime as dt
import subprocess
from itertools import combinations
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.escape import unescape

from annotate.frames import records
from annotate.present import wording
from annotate.present.summary import summarise
from annotate.present.wording import SHARES, coefficient, source_name
from annotate.present.workbook import write_workbook
from annotate.present.workbook.cell import as_date, as_text
from annotate.provenance.claims.measured import measure
from annotate.sampling import Interval
from annotate.study.study import read_study
from annotate.study.words import Choices, in_words, natural
from tests.patience import PATIENCE_SECONDS
from tests.study_example import export, study
from tests.test_workbook import EXAMPLE, SHEETS, SOFFICE, header_of, table

FIGURE = (int, float, dt.datetime)
_CALLED = {"claims": "Claims", **{name: term.name for name, term in SHARES.items()}}


def odd():
    """No text, no date, no seconds, an offset that is no number, one annotator on two passages only, repeats."""
    tasks = export()
    for place, task in enumerate(tasks):
        task["annotations"] = [one for one in task["annotations"] if one["completed_by"] != 3 or place < 2]
    for name in ("text", "published", "start", "end"):
        tasks[5]["data"].pop(name, None)
    tasks[6]["data"] |= {"start": float("nan"), "published": "2024-13-45"}
    for one in tasks[0]["annotations"]:
        one["lead_time"] = None
    again = {
        **tasks[1],
        "id": 99,
        "data": {**tasks[1]["data"], "passage_id": "p02-2", "repeat_of": "p02", "round": 2},
    }
    again["annotations"] = [{**one, "id": 900 + one["id"]} for one in tasks[1]["annotations"]]
    return [*tasks, again]


def no_claims():
    """Every annotator says of every passage that it makes no claim."""
    tasks = export()
    for task in tasks:
        for one in task["annotations"]:
            one["result"] = [dict(found) for found in one["result"] if found["from_name"] == "claim_type"]
            for found in one["result"]:
                found["value"] = {"choices": ["no_claim"]}
    return tasks


@pytest.fixture(scope="module", params=["example", "odd", "no_claims"])
def made(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    found = (
        read_study(EXAMPLE)
        if request.param == "example"
        else study(folder, {"odd": odd, "no_claims": no_claims}[request.param]())
    )
    summary = summarise(found, interval=Interval(replicates=40, seed=3))
    path = folder / "study.xlsx"
    write_workbook(path, summary)
    return path, openpyxl.load_workbook(path), summary


def clean(value):
    """A value of the library as a cell holds it: nothing for what is undefined."""
    return None if value is None or value is pd.NaT or value != value else value  # noqa: PLR0124


def compare(rows, wanted):
    """Compare the figures of a table, row by row, and fail on a column of figures that nobody compares."""
    assert len(rows) == len(wanted)
    told = {title for row in wanted for title in row}
    unread = {t for row in rows for t, value in row.items() if isinstance(value, FIGURE) and t not in told}
    assert not unread
    for number, (row, want) in enumerate(zip(rows, wanted, strict=True)):
        for title, value in want.items():
            value = clean(value)  # noqa: PLW2901
            shown = row[title]
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert shown == pytest.approx(value, rel=1e-13, abs=1e-13), (number, title)
            elif isinstance(value, dt.datetime):
                assert abs(shown - value) < dt.timedelta(milliseconds=2), (number, title)
            else:
                assert shown == value, (number, title)


def day(value):
    """A date as openpyxl reads it: a day as its midnight."""
    found = as_date(value)
    return dt.datetime.combine(found, dt.time()) if type(found) is dt.date else found


def test_the_overview(made):
    _, book, summary = made
    cells = [cell.value for row in book["Overview"].iter_rows() for cell in row]
    figures = sorted(value for value in cells if isinstance(value, FIGURE))
    wanted = [number for _, number in wording.counts(summary.study)]
    whole = summary.agreement[summary.agreement["source"].isna()]
    for _, of in whole.groupby("variable", sort=False):
        first = of.iloc[0]
        wanted += [first["n_pairable_items"], first["prevalence"]]
        for value, low, high in of[["value", "ci_low", "ci_high"]].itertuples(index=False, name=None):
            wanted += [] if pd.isna(value) else [value]
            wanted += [] if pd.isna(value) or pd.isna(low) else [high - value, value - low]
    assert figures == pytest.approx(
        sorted(value for value in wanted if clean(value) is not None), rel=1e-13, abs=1e-13
    )
    assert cells.count("undefined") == int(whole["value"].isna().sum())


def test_sources(made):
    _, book, summary = made
    read, agreement, provenance = summary.study, summary.agreement, summary.provenance
    first = read.ratings[read.ratings["round"] == 1]
    words, basis = Choices(read.codebook), "evidentiary_basis"
    main = basis if (agreement["variable"] == basis).any() else agreement["variable"].iloc[0]
    last = list(dict.fromkeys(agreement["coefficient"]))[-1]
    wanted = []
    for source in [None, *sorted(set(read.passages["source"]), key=lambda name: (name.casefold(), name))]:
        own, coded = read.passages, first
        if source is not None:
            own, coded = own[own["source"] == source], coded[coded["source"] == source]
        coders = coded.groupby("item")["annotator"].nunique()
        row = {"Source": as_text(source_name(source)), "Passages": len(own), "Annotated": int((own["n_annotations"] > 0).sum()),
               "Coded by two": int((coders >= 2).sum()), "Annotators": coded["annotator"].nunique(), "Judgements": len(coded)}  # fmt: skip
        for one in records(agreement):
            if one["source"] == source:
                short = coefficient(one["coefficient"]).short
                title = short if one["variable"] == main else f"{in_words(one['variable'])}: {short}"
                row |= {title: one["value"], f"{title}: low": one["ci_low"], f"{title}: high": one["ci_high"]}
                row |= {f"{title}: n": one["n_pairable_items"]} if one["coefficient"] == last else {}
        for one in records(provenance):
            if one["source"] == source and one["measure"] in ("claim_type_share", *_CALLED):
                kind = one["measure"] == "claim_type_share"
                if kind and one["category"] in (None, "no_claim"):
                    continue
                title = (
                    f"Kind: {words.label('claim_type', one['category'])}" if kind else _CALLED[one["measure"]]
                )
                row |= {title: one["value"], f"{title}: low": one["ci_low"], f"{title}: high": one["ci_high"]}
                row |= {f"{title}: n": one["n"]} if one["measure"] in SHARES else {}
        wanted.append(row)
    rows = table(book, "Sources")
    shown = set(rows[0])
    compare(
        rows,
        [
            {title: value for title, value in row.items() if title in shown or clean(value) is not None}
            for row in wanted
        ],
    )


def test_agreement(made):
    _, book, summary = made
    parts = {
        "": "value",
        ": low": "ci_low",
        ": high": "ci_high",
        ": observed": "observed",
        ": expected": "expected",
    }
    parts |= {
        f" below {name.removeprefix('p_below_')}": name
        for name in summary.agreement.columns
        if name.startswith("p_below_")
    }
    assert len(parts) > 5
    wanted = []
    for (source, variable), of in summary.agreement.groupby(["source", "variable"], sort=False, dropna=False):
        one = of.iloc[0]
        row = {"Source": as_text(source_name(clean(source))), "Question": in_words(variable), "n": one["n_pairable_items"],
               "Passages": one["n_items"], "Ratings": one["n_ratings"], "Annotators": one["n_annotators"], "Its share": one["prevalence"]}  # fmt: skip
        for measured in records(of):
            short = coefficient(measured["coefficient"]).short
            row |= {f"{short}{end}": measured[part] for end, part in parts.items()}
        wanted.append(row)
    compare(table(book, "Agreement"), wanted)


def test_annotators_and_each_matrix(made):
    _, book, summary = made
    read = summary.study
    first = read.ratings[read.ratings["round"] == 1]
    chosen = first.set_index(["item", "variable", "annotator"])["category"].to_dict()
    names = sorted(read.annotators, key=natural)
    same: dict[str, list[bool]] = {name: [] for name in names}
    for _, of in first.groupby(["item", "variable"]):
        for one, other in combinations(of[["annotator", "category"]].itertuples(index=False, name=None), 2):
            for name in (one[0], other[0]):
                same[name].append(one[1] == other[1])
    wanted = []
    for name in names:
        own, later = (
            first[first["annotator"] == name],
            read.ratings[(read.ratings["annotator"] == name) & (read.ratings["round"] > 1)],
        )
        seconds = own.drop_duplicates("item")["lead_time"].median() if "lead_time" in own else None
        agreeing = sum(same[name]) / len(same[name]) if same[name] else None
        repeats = [chosen[item, variable, name] == category for item, variable, category in later[["item", "variable", "category"]].itertuples(index=False, name=None) if (item, variable, name) in chosen]  # fmt: skip
        wanted.append({
            "Annotator": name, "Passages": own["item"].nunique(), "Judgements": len(own),
            "A second time": later["item"].nunique() or None,
            "Marked stretches": int(((read.spans["annotator"] == name) & (read.spans["round"] == 1)).sum()),
            "Median seconds": seconds, "With the others": agreeing,
            "With themselves": sum(repeats) / len(repeats) if repeats else None,
        })  # fmt: skip
    sheet, header = book["Annotators"], header_of(book, "Annotators")
    titles = [cell.value for cell in sheet[header] if cell.value]
    rows = [
        dict(zip(titles, line, strict=False))
        for line in sheet.iter_rows(min_row=header + 1, max_row=header + len(names), values_only=True)
    ]
    compare(rows, wanted)
    pairs = {(one["variable"], *sorted((one["annotator_a"], one["annotator_b"]), key=natural)): one for one in records(summary.pairs)}  # fmt: skip
    read_back = 0
    for variable in dict.fromkeys(summary.pairs["variable"]):
        top = next(
            cell.row
            for cell in sheet["A"]
            if str(cell.value).startswith(f"{in_words(variable)}: Krippendorff")
        )
        assert [sheet.cell(top + 1, place).value for place in range(2, len(names) + 2)] == names
        for (down, one), (across, other) in ((a, b) for a in enumerate(names) for b in enumerate(names)):
            shown = sheet.cell(top + 2 + down, 2 + across).value
            found = pairs.get((variable, *sorted((one, other), key=natural)))
            value = None if found is None else clean(found["krippendorff_alpha"])
            if one == other:
                assert shown in (None, "")
            elif value is None:
                assert shown == ("undefined" if found and found["n_items"] else "none")
            else:
                assert shown == pytest.approx(value, abs=1e-13)
                read_back += 1
    below = [
        cell for row in sheet.iter_rows(min_row=header + 1 + len(names), values_only=True) for cell in row
    ]
    assert sum(isinstance(cell, FIGURE) for cell in below) == read_back


def test_disagreements_and_final_labels(made):
    _, book, summary = made
    read, words = summary.study, Choices(summary.study.codebook)
    if summary.disagreements.empty:
        assert table(book, "Disagreements")[0]["Passage"].startswith("No two annotators")
    else:
        first = read.ratings[read.ratings["round"] == 1]
        given = first.set_index(["item", "variable", "annotator"])["category"].to_dict()
        wanted = []
        for one in records(summary.disagreements):
            key = (one["item"], one["variable"])
            answers = {
                name: given.get((*key, name))
                for name in read.annotators
                if name in table(book, "Disagreements")[0]
            }
            row = {
                name: None if told is None else words.label(one["variable"], told)
                for name, told in answers.items()
            }
            wanted.append(
                {"Item": key[0], "Variable": key[1], "Agreeing pairs": one["agreeing_pairs"], **row}
            )
        compare(table(book, "Disagreements"), wanted)
    rows = {row["Item"]: row for row in table(book, "Final labels")}
    assert set(rows) == set(summary.labels["item"])
    for one in records(summary.labels):
        shown = rows[one["item"]][in_words(one["variable"])]
        if one["category"] is not None:
            assert shown == words.label(one["variable"], one["category"]), one
        else:
            assert shown is None or shown.startswith("Tie: "), one
    assert not [value for row in rows.values() for value in row.values() if isinstance(value, FIGURE)]


def test_claims_and_origins(made):
    _, book, summary = made
    if summary.ledger.claims.empty:
        for name in ("Claims", "Origins"):
            (row,) = table(book, name)
            assert str(row["Claim"]).startswith("No ")
        return
    claimed = summary.ledger.claims.set_index("claim")
    compare(table(book, "Claims"), [
        {"Claim": one["claim"], "Sources": claimed.loc[one["claim"], "n_sources"],
         "Separate texts": claimed.loc[one["claim"], "n_separate_texts"], "Published": day(one["published"]), "Item": one["item"]}
        for one in records(summary.ledger.mentions)
    ])  # fmt: skip
    told = {"Claim": "claim", "Mentions": "n_mentions", "Sources": "n_sources", "Origins, least": "origins_low",
            "Origins, most": "origins_high", "Steps": "depth"}  # fmt: skip
    ends = {"Interval, low": "ci_low", "Interval, high": "ci_high"}
    compare(table(book, "Origins"), [
        {title: one[name] for title, name in told.items()}
        | {title: None if one[name] is None else round(one[name], 1) for title, name in ends.items()}
        for one in records(measure(summary.claims, summary.interval))
    ])  # fmt: skip


def test_passages(made):
    _, book, summary = made
    read, words = summary.study, Choices(summary.study.codebook)
    first = read.ratings[read.ratings["round"] == 1]
    coded = read.annotated[read.annotated["round"] == 1]
    wanted = []
    for one in records(read.passages):
        row = {"Item": one["item"], "Annotators": coded.loc[coded["item"] == one["item"], "annotator"].nunique(),
               "Published": day(one["published"]), "From": one["start"], "To": one["end"]}  # fmt: skip
        wanted.append(row)
    rows = table(book, "Passages")
    compare(rows, wanted)
    for row in rows:
        for variable in dict.fromkeys(first["variable"]):
            own = first[(first["item"] == row["Item"]) & (first["variable"] == variable)]
            counts = {
                f"{words.label(variable, name).replace(', ', ' + ')} {number}"
                for name, number in own["category"].value_counts().items()
            }
            assert set(filter(None, (row[in_words(variable)] or "").split(", "))) == counts


def test_ratings_and_spans(made):
    _, book, summary = made
    read = summary.study
    seconds = "lead_time" in read.ratings and read.ratings["lead_time"].notna().any()
    rows = table(book, "Ratings")
    compare(rows, [
        {"Item": one["item"], "Round": one["round"], "Changed (UTC)": as_date(one["updated_at"]), "Annotation": int(one["annotation"])}
        | ({"Seconds": one["lead_time"]} if seconds else {})
        for one in records(read.ratings)
    ])  # fmt: skip
    if read.spans.empty:
        assert table(book, "Spans")[0]["Marked words"] == "Nobody has marked text."
        return
    compare(table(book, "Spans"), [
        {"Item": one["item"], "Round": one["round"], "From": one["start"], "To": one["end"]} for one in records(read.spans)
    ])  # fmt: skip


def test_exclusions_codebook_and_about(made):
    _, book, summary = made
    read = summary.study
    counts = read.exclusions["reason"].value_counts()
    compare(table(book, "Exclusions"), [
        {"Reason": in_words(one["reason"]), "How many with this reason": counts[one["reason"]], "Annotation": int(one["annotation"])}
        for one in records(read.exclusions.sort_values("reason", kind="stable"))
    ])  # fmt: skip
    compare(table(book, "Codebook"), [{}] * len(table(book, "Codebook")))
    about = table(book, "About")
    figures = [(row["What"], row["Says"]) for row in about if isinstance(row["Says"], FIGURE)]
    told = [pair for pair in wording.about(read) if isinstance(pair[1], FIGURE)]
    assert sorted(figures) == sorted([*told, *wording.counts(read), ("Seed", 3)])
    undefined = {row["Says"]: row["What"] for row in about if row["Part"] == "Undefined here"}
    for reason, number in summary.agreement["undefined"].dropna().value_counts().items():
        assert undefined[f"{reason} (see the sheet Agreement)"].split()[0] == f"{number:,}"


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice: apt-get install libreoffice-calc")
def test_libreoffice_opens_recalculates_and_saves_it_with_equal_values(made, tmp_path):
    path, book, _ = made
    done = subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path, path],
        capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    saved = tmp_path / Path(path).name
    assert saved.exists(), done.stderr + done.stdout
    again = openpyxl.load_workbook(saved)
    assert again.sheetnames == [name for name in SHEETS if name in book.sheetnames]
    for sheet in book:
        other = again[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                shown = other.cell(cell.row, cell.column)
                assert shown.data_type not in {"f", "e"}, (sheet.title, cell.coordinate)
                if isinstance(cell.value, int | float):
                    assert shown.value == pytest.approx(cell.value, rel=1e-13), (sheet.title, cell.coordinate)
                elif isinstance(cell.value, dt.datetime):
                    assert abs(shown.value - cell.value) < dt.timedelta(milliseconds=2), (
                        sheet.title,
                        cell.coordinate,
                    )
                else:
                    same = {
                        cell.value or None,
                        unescape(cell.value or "") or None,
                    }  # LibreOffice saves _x0041_ bare
                    assert (shown.value or None) in same, (sheet.title, cell.coordinate)
