"""Reuse: what was planted is found, spans slice to the text, and no order or name matters."""
# ruff: noqa: RUF001 - quotation marks and letters of many languages are what is tested

import json
import string
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.corpus.dates import read_published
from annotate.errors import StatisticsError, TableError
from annotate.reuse import COLUMNS, MIN_SCORE, alignment, candidates, reuse, stretches
from annotate.reuse.alignment import EXTEND, MISMATCH, OPEN
from annotate.reuse.reading import quoted
from annotate.reuse.stems import Vocabulary, places, read_words
from annotate.study.passages import read_passages

EXAMPLE = Path(__file__).parent.parent / "tasks"
TEXT = "Eleven lorries with covered lamps drove past the old chapel towards the flooded quarry before dawn."
PARAPHRASE = "Before dawn eleven lorries with dimmed lamps had driven past the chapel to the flooded quarry."


def table(*rows: tuple[str, str], **columns: Any) -> pd.DataFrame:
    """Passages (document, text), in the order of their documents, a space between them."""
    made, at = [], dict.fromkeys([document for document, _ in rows], 0)
    for number, (document, text) in enumerate(rows):
        made.append((f"p{number}", document, f"source of {document}", at[document], "body", text))
        at[document] += len(text) + 1
    frame = pd.DataFrame(made, columns=["item", "document", "source", "start", "kind", "text"])
    frame["published"] = pd.Series([None] * len(frame), dtype=object)
    return frame.assign(**columns).astype({"start": "int64"})


def only(found: pd.DataFrame) -> dict[str, Any]:
    assert len(found) == 1
    return found.iloc[0].to_dict()


class TestPlanted:
    def test_all_that_is_planted_is_found_and_nothing_else_scores_above_it(self) -> None:
        passages = read_passages(EXAMPLE / "example.json")
        every = json.loads((EXAMPLE / "example" / "planted.json").read_text(encoding="utf-8"))
        planted = every["reuse"]
        claimed = [{one["sentence"] for one in claim["mentions"]} for claim in every["claims"]]
        kinds = {frozenset([one["from"]["sentence"], one["to"]["sentence"]]): one["kind"] for one in planted}
        text = dict(zip(passages["item"], passages["text"], strict=True))
        found = reuse(passages)
        both = [{text[a], text[b]} for a, b in zip(found["a_item"], found["b_item"], strict=True)]
        echoes = [any(pair <= claim for claim in claimed) and frozenset(pair) not in kinds for pair in both]
        found = found.loc[
            [not echo for echo in echoes]
        ]  # what says the same in like words may well share some
        pairs = [frozenset(pair) for pair, echo in zip(both, echoes, strict=True) if not echo]
        assert set(pairs[: len(planted)]) == set(kinds)
        assert found["score"].iloc[len(planted) :].max() < found["score"].iloc[len(planted) - 1] - 0.05
        for pair, kind, direction in zip(pairs, found["kind"], found["direction"], strict=True):
            if pair in kinds:
                assert kind == ("quotation" if kinds[pair] == "same_quotation" else "text")
                assert direction == (None if kind == "quotation" else "a_to_b")

    def test_the_direction_is_that_of_the_dates(self) -> None:
        planted = json.loads((EXAMPLE / "example" / "planted.json").read_text(encoding="utf-8"))["reuse"]
        found = reuse(read_passages(EXAMPLE / "example.json"))
        taken = set(zip(found["a_document"], found["b_document"], strict=True))
        assert {(one["from"]["document"], one["to"]["document"]) for one in planted} <= taken


class TestSpans:
    def test_a_paraphrase(self) -> None:
        row = only(reuse(table(("a", TEXT), ("b", PARAPHRASE))))
        assert (
            row["a_text"]
            == "Eleven lorries with covered lamps drove past the old chapel towards the flooded quarry"
        )
        assert (
            row["b_text"]
            == "eleven lorries with dimmed lamps had driven past the chapel to the flooded quarry"
        )
        assert (row["a_item"], row["b_item"], row["kind"], row["direction"]) == ("p0", "p1", "text", None)
        assert row["shared_stems"] == 7  # eleven, lorri, lamp, past, chapel, flood, quarri

    def test_an_active_turned_passive(self) -> None:
        row = only(
            reuse(
                table(
                    ("a", "The harbour master keeps the log of the ferries under seal."),
                    ("b", "The log of the ferries is kept under seal by the harbour master."),
                )
            )
        )
        assert row["a_text"] == "the log of the ferries under seal"

    def test_one_sentence_against_two(self) -> None:
        first, second = "Nobody at the mill had seen the two brothers since the flood.", TEXT
        joined = f"{first[:-1]}, and {second[0].lower()}{second[1:]}"
        found = reuse(table(("a", joined), ("b", first), ("b", second)))
        assert sorted(found["b_text"]) == [second[:-1], first[:-1]]

    def test_parts_that_change_places_are_spans_of_one_pair_and_all_count(self) -> None:
        other = (
            "The harbour master keeps a log of the ferries under seal in a cellar below the customs house."
        )
        third = "Paraffin burned over the granite steps until the herring fleet came home to nets in cinders."
        parts = (TEXT, other, third)
        kept = only(reuse(table(("a", " ".join(parts)), ("b", " ".join(parts)))))
        assert kept["n_spans"] == 1
        for order in permutations(range(3)):
            moved = " ".join(parts[place] for place in order)
            row = only(reuse(table(("a", " ".join(parts)), ("b", moved))))
            assert row["score"] > kept["score"] - 0.02
            assert row["shared_stems"] == kept["shared_stems"]
            assert row["n_spans"] == len(row["spans"])
            assert (row["n_spans"] == 1) is (order == (0, 1, 2))
            assert [row["spans"][0][key] for key in ("a_start", "a_end")] == [row["a_start"], row["a_end"]]
            for part in parts:
                assert any(part[:-1] in moved[span["b_start"] : span["b_end"]] for span in row["spans"])

    def test_a_part_that_moves_over_another_is_a_span_within_the_other(self) -> None:
        before, after = "A widow sold the lighthouse lens to a glazier.", "Ombrey clerks copied forty pages."
        moved = "The harbour master keeps a log of the ferries under seal."
        row = only(
            reuse(table(("a", f"{TEXT} {moved} {before} {after}"), ("b", f"{TEXT} {before} {moved} {after}")))
        )
        assert row["n_spans"] == 2

    def test_long_passages_that_change_the_places_of_their_parts(self) -> None:
        rng = np.random.default_rng(5)
        parts = [" ".join("".join(rng.choice(list("bdfgklmnpr"), 7)) for _ in range(150)) for _ in range(4)]
        row = only(reuse(table(("a", " ".join(parts)), ("b", " ".join(parts[n] for n in (2, 0, 3, 1))))))
        assert row["score"] > 0.98
        assert row["shared_stems"] == 600
        assert row["n_spans"] > 1

    def test_what_texts_on_one_matter_share_besides_is_no_further_span(self) -> None:
        one = f"{TEXT} Since the flood the clerk of Ombrey had counted boats."
        other = f"A clerk in Ombrey was at sea. {TEXT} It was the year of the flood."
        assert only(reuse(table(("a", one), ("b", other))))["n_spans"] == 1

    def test_long_passages_are_aligned_around_what_they_share(self) -> None:
        words = [f"{a}{b}{c}{d}" for a in "bdkl" for b in "aeiou" for c in "mnrst" for d in "aeiou"]
        rng = np.random.default_rng(2)
        one, other = (" ".join(rng.choice([w + end for w in words], 4000)) for end in ("x", "z"))
        found = reuse(table(("a", f"{one} {TEXT} {one[::-1]}"), ("b", f"{other} {TEXT} {other[::-1]}")))
        row = only(found)
        assert row["a_text"] == row["b_text"] == TEXT[:-1]
        assert found.attrs["cut"] == 0

    def test_a_stretch_that_is_longer_than_the_window_is_said_to_be_cut(self) -> None:
        rng = np.random.default_rng(3)
        long = " ".join("".join(rng.choice(list("bdfgklmnprst"), 7)) for _ in range(2600))
        found = reuse(table(("a", f"Quarry lamps. {long}"), ("b", f"Flooded chapel. {long}")))
        row = only(found)
        assert found.attrs["cut"] == 1
        assert row["a_text"] == row["b_text"]
        assert row["shared_stems"] > stretches.WINDOW / 2
        same = reuse(table(("a", long), ("b", long)))
        assert only(same)["a_text"] == long
        assert same.attrs["cut"] == 0


class TestScore:
    def test_more_in_common_scores_more(self) -> None:
        other = "The council will meet again on the first Monday of the month."
        whole = only(reuse(table(("a", TEXT), ("b", TEXT), ("c", other))))["score"]
        part = only(reuse(table(("a", TEXT), ("b", PARAPHRASE), ("c", other))))["score"]
        assert MIN_SCORE < part < whole < 1

    def test_what_many_passages_have_scores_less(self) -> None:
        rows = [("a", TEXT), ("b", PARAPHRASE)]
        alone = only(reuse(table(*rows)))["score"]
        nouns = ["mill", "ferry", "bakery", "kiln", "orchard", "tower"]
        common = [(f"c{noun}", f"The flooded quarry and the chapel lie behind the {noun}.") for noun in nouns]
        found = reuse(table(*rows, *common), min_score=0)
        assert found.loc[(found["a_document"] == "a") & (found["b_document"] == "b"), "score"].item() < alone

    @pytest.mark.parametrize("text", ["Press statement", "Background", "What we know", "Read more here"])
    def test_short_headings_hardly_score(self, text: str) -> None:
        assert reuse(table(("a", text), ("b", text), kind="heading")).empty

    def test_names_and_dates_alone_are_no_reuse(self) -> None:
        one = "On 14 September 2022 Deputy Minister Orsolya Venn visited a kiln near the river by train."
        other = "Critics of Deputy Minister Orsolya Venn met on 14 September 2022 to sing in the rain."
        assert reuse(table(("a", one), ("b", other))).empty

    def test_a_name_that_recurs_counts_less_than_words_that_do_not(self) -> None:
        filler = [
            (f"x{noun}", f"They met mayor ilka stromm beside the {noun} on a {day}.")
            for noun, day in zip(
                ["mill", "kiln", "pier", "barn"], ["tuesday", "friday", "sunday", "monday"], strict=True
            )
        ]
        name = [
            ("a", "A crowd of farmers cheered mayor ilka stromm loudly."),
            ("b", "Children sang while mayor ilka stromm slept."),
        ]
        words = [
            ("a", "A crowd of farmers cheered seven purple kites loudly."),
            ("b", "Children sang while seven purple kites slept."),
        ]

        def score(rows: list[tuple[str, str]]) -> float:
            found = reuse(table(*rows, *filler), min_score=0)
            return float(
                found.loc[(found["a_document"] == "a") & (found["b_document"] == "b"), "score"].item()
            )

        assert score(name) < 0.7 * score(words)

    def test_min_score_only_cuts(self) -> None:
        passages = read_passages(EXAMPLE / "example.json")
        whole = reuse(passages, min_score=0)
        for score in (0.2, 0.4, 0.6, 1):
            expected = whole.loc[whole["score"] >= score].reset_index(drop=True)
            pd.testing.assert_frame_equal(reuse(passages, min_score=score), expected)
        assert whole["score"].is_monotonic_decreasing
        assert whole["score"].between(0, 1, inclusive="neither").all()


class TestWhatIsPaired:
    def test_copies_within_a_document_are_no_pairs(self) -> None:
        assert reuse(table(("a", TEXT), ("a", TEXT), ("a", PARAPHRASE))).empty

    def test_every_outlet_of_an_agency_text_pairs_with_every_other(self) -> None:
        found = reuse(table(*((f"d{number:02}", TEXT) for number in range(20))))
        assert len(found) == 20 * 19 / 2
        assert (found["a_document"] < found["b_document"]).all()

    def test_a_text_that_all_carry_is_paired_with_the_first_only(self) -> None:
        found = reuse(table(*((f"d{number:02}", TEXT) for number in range(60))))
        assert found["a_document"].tolist() == ["d00"] * 59

    def test_boilerplate_is_left_out_and_counted(self) -> None:
        rows = table(("a", TEXT), ("b", TEXT), ("c", TEXT), kind=["boilerplate", "body", "heading"])
        found = reuse(rows)
        assert only(found)["a_document"] == "b"
        assert found.attrs["left_out"] == 1

    def test_nothing_to_compare(self) -> None:
        for rows in ([], [("a", TEXT)], [("a", "…"), ("b", "…")], [("a", "of the"), ("b", "of the")]):
            found = reuse(table(*rows))
            assert list(found.columns) == list(COLUMNS)
            assert found.empty

    def test_large_tables_go_another_way_to_the_same_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        passages = read_passages(EXAMPLE / "example.json")
        expected = reuse(passages, min_score=0)
        monkeypatch.setattr(candidates, "IN_MEMORY", 0)
        pd.testing.assert_frame_equal(reuse(passages, min_score=0), expected, check_exact=True)


class TestRefusals:
    @pytest.mark.parametrize(
        ("settings_", "message"),
        [
            ({"min_score": 1.5}, "min_score 1.5: a score is from 0 to 1"),
            ({"min_score": float("nan")}, "min_score nan: a score is from 0 to 1"),
            ({"max_passages": 1}, "max_passages 1: what two passages share is in 2 at least"),
            ({"language": "klingon"}, "language klingon: there is no stemmer for it; choose one of arabic"),
        ],
    )
    def test_settings(self, settings_: dict[str, Any], message: str) -> None:
        with pytest.raises(StatisticsError, match=message):
            reuse(table(("a", TEXT), ("b", TEXT)), **settings_)

    def test_tables(self) -> None:
        with pytest.raises(TableError, match="passages: no column published, kind; read them with"):
            reuse(table(("a", TEXT)).drop(columns=["kind", "published"]))
        with pytest.raises(TableError, match="passages: text is not text in 1 row"):
            reuse(table(("a", TEXT), ("b", TEXT)).assign(text=[TEXT, None]))


class TestDates:
    @pytest.mark.parametrize(
        ("one", "other", "earlier"),
        [
            ("2022", "2023", True),
            ("2023", "2023-04-01", False),
            ("2023-04", "2023-05-01", True),
            ("2023-04-30", "2023-05-01", True),
            ("2023-5-1", "2023-05-02", True),
            ("2023-05-01", "2023-05-01", False),
            ("2023-05-01T09:00:00", "2023-05-01 10:00", True),
            ("2023-05-01T09:00:00Z", "2023-05-01T10:00:00+02:00", False),
            ("2023-05-01T23:30:00-05:00", "2023-05-02T05:00:00Z", True),
            ("2023-05-01T09:00:00Z", "2023-05-01T10:00:00", False),
            ("2023-05-01T09:00:00Z", "2023-05-02T08:00:00", True),
        ],
    )
    def test_earlier(self, one: str, other: str, earlier: bool) -> None:
        a, b = read_published(one), read_published(other)
        assert a is not None
        assert b is not None
        assert a.earlier_than(b) is earlier
        assert not (b.earlier_than(a) and earlier)

    @pytest.mark.parametrize(
        "written",
        [
            "",
            "soon",
            "2023-13",
            "2023-02-30",
            "0000-01-01",
            "01/02/2023",
            "2023-05-01T25:00",
            "2023-05-01T1",
            None,
            2023,
            float("nan"),
            "\uff12\uff10\uff12\uff13",
        ],
    )
    def test_no_date(self, written: object) -> None:
        assert read_published(written) is None

    def test_a_is_the_earlier_one(self) -> None:
        rows = [("a", TEXT), ("b", PARAPHRASE)]
        later = only(reuse(table(*rows, published=["2023-02-02", "2023-02"])))
        assert (later["a_document"], later["direction"]) == ("a", None)
        later = only(reuse(table(*rows, published=["2023-02-02", "2023-02-01T10:00:00Z"])))
        assert (later["a_document"], later["direction"]) == ("b", "a_to_b")
        assert (later["a_published"], later["a_source"]) == ("2023-02-01T10:00:00Z", "source of b")
        unknown = only(reuse(table(*rows, published=["2023-02-02", "last week"])))
        assert (unknown["a_document"], unknown["direction"], unknown["b_published"]) == (
            "a",
            None,
            "last week",
        )


class TestQuotations:
    @pytest.mark.parametrize(
        ("text", "inside"),
        [
            ("“Go,” she said. “Now.”", ["Go,", "Now."]),
            ('He said "go now" and left.', ["go now"]),
            ("‘Don’t go,’ she said, ‘it’s late.’", ["Don’t go,", "it’s late."]),
            ("She said 'don't go' to the workers' boys.", ["don't go"]),
            ("The workers’ boys and the ’90s", []),
            ("Il dit « partez » et sortit.", [" partez "]),
            ("Er sagte: „Geh jetzt“, und ging.", ["Geh jetzt"]),
            ("Er sagte: »Geh jetzt«, und ging.", ["Geh jetzt"]),
            ("“He said ‘go’ to me,” she said.", ["He said ‘go’ to me,"]),
            ("A 6' man, 5'' tall, paid 5\" of cloth.", []),
            ("An opening “ that nobody closes", [" that nobody closes"]),
            ("他说：「走吧」。", ["走吧"]),
        ],
    )
    def test_within_a_passage(self, text: str, inside: list[str]) -> None:
        assert [text[start:end] for start, end in quoted([(0, text)])] == inside

    def test_over_passages(self) -> None:
        texts = ["“We left at dawn.", "“Nobody asked why.", "“I still do not know,” he said.", "So it was."]
        starts = [0, 17, 36, 68]
        assert quoted(zip(starts, texts, strict=True)) == [(1, 57)]

    def test_not_over_a_gap(self) -> None:
        assert quoted([(0, "“We left."), (500, "Nobody asked ” why.")]) == [(1, 9)]

    def test_the_same_quotation_has_no_direction(self) -> None:
        words = "the kiln was cold and nobody had fed the mules since the flood"
        rows = [
            ("a", f"“{words.capitalize()},” a potter said."),
            ("b", f"A potter's letter says: '{words}'."),
        ]
        row = only(reuse(table(*rows, published=["2020", "2021"])))
        assert (row["kind"], row["direction"]) == ("quotation", None)
        assert row["b_text"] == words
        rows[1] = ("b", f"It is known that {words}.")
        row = only(reuse(table(*rows, published=["2020", "2021"])))
        assert (row["kind"], row["direction"]) == ("text", "a_to_b")

    def test_a_quotation_that_opened_in_an_earlier_passage(self) -> None:
        words = "The kiln was cold and nobody had fed the mules since the flood."
        rows = [("a", "A potter said: “I came at noon."), ("a", words), ("a", "I wept.”")]
        rows += [("b", f"She said, “{words}”")]
        assert only(reuse(table(*rows)))["kind"] == "quotation"


class TestWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Don’t stop—60,000–100,000 a year", ["Don’t", "stop", "60,000", "100,000", "a", "year"]),
            ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
            ("हिन्दी पाठ", ["हिन्दी", "पाठ"]),
            ("他们走了。", ["他", "们", "走", "了"]),
            ("snake_case x2 2nd", ["snake", "case", "x2", "2", "nd"]),
            ("🕯️ ☃ …", []),
        ],
    )
    def test_where_words_are(self, text: str, words: list[str]) -> None:
        assert [text[start:end] for start, end in places(text)] == words

    def test_words_of_one_stem_have_one_code(self) -> None:
        vocabulary = Vocabulary()
        for group in (
            ["remove", "Removed", "REMOVING"],
            ["don't", "don’t"],
            ["60,000", "60000"],
            ["potter", "potter’s"],
        ):
            assert len({vocabulary.codes[vocabulary[word]] for word in group}) == 1
        assert vocabulary.codes[vocabulary["the"]] < 0 <= vocabulary.codes[vocabulary["nothing"]]

    def test_other_languages(self) -> None:
        one = (
            "Onze camions aux lampes voilées ont longé la vieille chapelle vers l’ancienne carrière inondée."
        )
        other = (
            "Avant l’aube, onze camions aux lampes voilées longeaient la chapelle vers la carrière inondée."
        )
        row = only(reuse(table(("a", one), ("b", other)), language="french"))
        assert row["b_text"].startswith("onze camions aux lampes")
        chinese = "十一辆卡车在黎明前驶过旧教堂前往被淹的采石场。"
        row = only(reuse(table(("a", f"据说，{chinese}"), ("b", chinese + "没有人知道原因。"))))
        assert row["a_text"] == row["b_text"] == chinese[:-1]

    def test_what_is_read_is_where_it_is(self) -> None:
        texts = ["It’s 5 o’clock, e\u0301lan!", "", "नमस्ते दुनिया", "東京 Tōkyō ١٢٣"]
        words = read_words(texts)
        assert np.diff(words.bounds).tolist() == [len(places(text)) for text in texts]


def slow_alignment(a: alignment.Side, b: alignment.Side) -> float:
    """The best score by the recurrence as it is written in the papers, one cell at a time."""
    n, m = len(a[0]), len(b[0])
    h = [[0.0] * (m + 1) for _ in range(n + 1)]
    e = [[-np.inf] * (m + 1) for _ in range(n + 1)]
    f = [[-np.inf] * (m + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            e[i][j] = max(h[i - 1][j] - OPEN, e[i - 1][j] - EXTEND)
            f[i][j] = max(h[i][j - 1] - OPEN, f[i][j - 1] - EXTEND)
            same = a[0][i - 1] == b[0][j - 1]
            gain = min(a[1][i - 1], b[1][j - 1]) if same else -MISMATCH
            h[i][j] = max(0.0, h[i - 1][j - 1] + gain, e[i][j], f[i][j])
    return max(map(max, h))


def sides(draw: st.DrawFn) -> alignment.Side:
    codes = draw(st.lists(st.integers(-2, 5), min_size=1, max_size=14))
    weights = draw(st.lists(st.sampled_from([0.0, 0.2, 0.5, 1.0]), min_size=len(codes), max_size=len(codes)))
    return np.array(codes, dtype=np.int64), np.array(weights)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(pairs=st.lists(st.tuples(st.composite(sides)(), st.composite(sides)()), min_size=1, max_size=12))
def test_alignment_is_as_good_as_the_slow_one(pairs: list[tuple[alignment.Side, alignment.Side]]) -> None:
    found = alignment.align(pairs)
    for number, (a, b) in enumerate(pairs):
        assert found.score[number] == pytest.approx(slow_alignment(a, b))
        if found.score[number]:
            (i, j), (k, m) = found.start[number], found.end[number]
            stretch = (a[0][i:k], a[1][i:k]), (b[0][j:m], b[1][j:m])
            assert slow_alignment(*stretch) == pytest.approx(found.score[number])
            assert a[0][i] == b[0][j]
            assert a[0][k - 1] == b[0][m - 1]
            assert found.matches[number] <= min(k - i, m - j)
            met = alignment.matched_words([(a, b)])[0]
            assert (a[0][met[:, 0]] == b[0][met[:, 1]]).all()
            assert (np.diff(met, axis=0) < 0).all()
            assert (met[-1].tolist(), (met[0] + 1).tolist()) == ([i, j], [k, m])
            assert (a[0][met[:, 0]] >= 0).sum() == found.matches[number]


WORDS = [
    a + b + c
    for a in ("br", "fl", "kr", "pl", "st", "tr")
    for b in "aeiou"
    for c in ("ck", "mp", "nd", "rt", "sk")
]
ANY = st.text(
    alphabet=st.one_of(
        st.sampled_from(string.ascii_letters + " .,'\"“”‘’«»1234567890\n\t"),
        st.sampled_from(
            "🕯️👩‍👩‍👧e\u0301\u0915\u094d\u0937שלוםمرحبا漢字かな\u0000\u200b\u200d\u202e\ufeffİßﬁǅ"
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@st.composite
def corpora(draw: st.DrawFn) -> pd.DataFrame:
    """A few documents of passages of few words, and of any text at all."""
    sentence = st.lists(st.sampled_from(WORDS[:30]), min_size=1, max_size=14).map(" ".join)
    quotation = sentence.map(lambda text: f"“{text}”")
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from("abcd"), st.one_of(sentence, sentence, quotation, ANY)),
            min_size=1,
            max_size=14,
        )
    )
    dates = [None, "2020", "2021-03", "2021-03-04", "2021-03-04T10:00:00Z", "soon"]
    published = [draw(st.sampled_from(dates)) for _ in rows]
    return table(*rows, published=pd.Series(published, dtype=object))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(passages=corpora())
def test_spans_slice_to_the_texts(passages: pd.DataFrame) -> None:
    found = reuse(passages, min_score=0)
    by_item = passages.set_index("item")
    for row in found.to_dict("records"):
        assert row["a_document"] != row["b_document"]
        for side in "ab":
            passage = by_item.loc[row[f"{side}_item"]]
            start, end = row[f"{side}_start"] - passage["start"], row[f"{side}_end"] - passage["start"]
            assert 0 <= start < end <= len(passage["text"])
            assert passage["text"][start:end] == row[f"{side}_text"] == row[f"{side}_text"].strip()
            assert passage["document"] == row[f"{side}_document"]
            for span in row["spans"]:
                start, end = (span[f"{side}_{edge}"] - passage["start"] for edge in ("start", "end"))
                assert 0 <= start < end <= len(passage["text"])
    assert not found.duplicated(["a_item", "b_item"]).any()


def unordered(found: pd.DataFrame) -> set[tuple[Any, ...]]:
    """Rows as pairs of sides without an order."""
    sides_ = ("item", "start", "end", "text", "published")
    return {
        (
            frozenset(tuple(row[f"{side}_{name}"] for name in sides_) for side in "ab"),
            row["score"],
            row["kind"],
        )
        for row in found.to_dict("records")
    }


@settings(max_examples=15, deadline=None, derandomize=True)
@given(passages=corpora(), seed=st.integers(0, 99))
def test_no_order_and_no_name_matters(passages: pd.DataFrame, seed: int) -> None:
    found = reuse(passages, min_score=0)
    shuffled = passages.sample(frac=1, random_state=seed)
    pd.testing.assert_frame_equal(reuse(shuffled, min_score=0), found, check_exact=True)
    renamed = passages.assign(document=passages["document"].map(dict(zip("abcd", "dcba", strict=True))))
    assert unordered(reuse(renamed, min_score=0)) == unordered(found)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    sentence=st.lists(st.sampled_from(WORDS), min_size=8, max_size=20, unique=True).map(" ".join),
    before=ANY,
    after=ANY,
    others=corpora(),
)
def test_a_copied_sentence_is_always_found(
    sentence: str, before: str, after: str, others: pd.DataFrame
) -> None:
    around = f"{before} \n{sentence}. {after}"
    copies = table(("x", sentence), ("y", around)).assign(item=["copy x", "copy y"])
    found = reuse(pd.concat([copies, others], ignore_index=True), max_passages=30)
    row = only(found.loc[(found["a_item"] == "copy x") & (found["b_item"] == "copy y")])
    assert row["a_text"] == sentence
    at = around.index(sentence, len(before))
    assert row["b_start"] <= at
    assert row["b_end"] >= at + len(sentence)


def test_half_a_megabyte_in_one_passage() -> None:
    """Would take hours if all its words were compared with all others."""
    rng = np.random.default_rng(4)
    words = np.array([a + b + c for a in WORDS[:40] for b in "aeiou" for c in WORDS[:10]])
    long = " ".join(rng.choice(words, 60_000))
    half = len(long) // 2
    found = reuse(table(("a", long), ("b", f"{long[:half]} {TEXT} {long[:100:-1]}"), ("c", PARAPHRASE)))
    assert set(zip(found["a_document"], found["b_document"], strict=True)) >= {("a", "b"), ("b", "c")}
