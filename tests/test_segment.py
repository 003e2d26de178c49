# ruff: noqa: RUF001 - full stops and brackets of many languages
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from annotate.corpus.segment import UNITS, segment
from tests.endless import ENDLESS


def cut(text, unit="sentence"):
    return [text[start:end] for start, end in segment(text, unit)]


# Each is a line; " ¦ " stands where the next sentence begins, "¦" where it does without a space.
MARKED = {
    "quotation after a stop": "The beds were stripped. ¦ “I was there,” the nurse said.",
    "quotation after a word that nupunkt takes for an abbreviation": (
        "They were held at gunpoint. ¦ “I saw it,” she said. ¦ Nobody slept in that bed. ¦ Orsolya wept for them all. ¦ "
        "Xerwyn came late."
    ),
    "quotation of several sentences": "“We were twelve. ¦ Nobody spoke.” ¦ Then the lamps went out.",
    "closing marks": "He said “no.” ¦ (She had left.) ¦ They said 'we saw it.' ¦ The end is here!'” ¦ Nobody came.",
    "stop without a space": "They were ready to listen.¦In a report, he denied it.¦The list was burnt!¦Who knew?¦She did.",
    "stop and quotation mark without a space": "They took the names.”¦The list was burnt.",
    "names with stops": "The U.S.Government wrote to www.Kell.Org about report.Final.docx and e.g. Kell.Com today.",
    "abbreviations": (
        "On Sept. 14 Dr. Venn met Mr. J. R. Tolm vs. Kell Corp. at St. Orlin's, Ward No. 3, cf. Fig. 2 on p. 7. ¦ It rained."
    ),
    "abbreviation at an end": "He lives in the U.S. ¦ The family does not. ¦ It was 5 p.m. ¦ “We left,” he said.",
    "abbreviation within": "The U.S. Congress met at 5 p.m. on Monday (e.g. The Kell Times wrote so), i.e. Late.",
    "no is a word": "The clerk said no. ¦ Petrov left. ¦ It was No. 3. ¦ The ward is empty.",
    "ranks": "Said Lt. Col. A. Orne and Maj. Gen. Venn. ¦ Nobody listened.",
    "letter at an end": "So did I. ¦ The others got an A. ¦ They lacked vitamin C. ¦ He saw what I saw and I. ¦ “We all did,” he said.",
    "initials": "Edda K. Kornfeld and Robert E. “The Lamp” Venn met George W. Will and K. Von Orne.",
    "list items in a line": "1. The first truck. ¦ 2. The second truck. ¦ a) The third.",
    "ellipses": "He left… ¦ Then he came ... and went. ¦ They left... ¦ Then it rained.",
    "questions within": "“Was it so?” she asked. ¦ The firm Yahoo! in Kell fell. ¦ The guard (really?) and his cart left.",
    "attribution to a name": "“Who came?” Halka Dorn asked. ¦ “Stop!” the old guard shouted in the yard. ¦ “Go!” ¦ The guard ran.",
    "notes": "It rained.[1] ¦ It snowed. [2, 3] ¦ The list was burnt.12 ¦ The clerk kept it.",
    "semicolon after an abbreviation": "They came from Kell, Ont.; Orne, Ont.; and Venn.",
    "figures": "Prices rose 3.5 %. ¦ 12 shops closed in 2021. ¦ 240 people left.",
    "rank of days in German": "Am 3. Mai 2021 kam er, z. B. aus Kell. ¦ „Wir sahen es.“ ¦ Dann ging er.",
    "French": "« Nous y étions. » ¦ M. Kell partit.",
    "Spanish": "¿Quién vino? ¦ ¡Nadie! ¦ Él se fue.",
    "a comma behind a stop": "“Where is it?” , he asked. ¦ He said “Stop!”, and left. ¦ Yahoo! , Kell and Orne merged. ¦ «¡No!», gritó ella.",
    "a small letter behind an abbreviation": "See p. 4 ff. and vol. ii of it. ¦ Dr. med. Venn and Prof. em. Kell of Orne Inc. who left, came.",
    "who said what was asked": (
        "“It is over!” Dr. Venn told the court. ¦ “Why?” Orsolya Venn warned them. ¦ “No!” the old clerk of the court muttered. ¦ "
        "“Go!” – he cried. ¦ “Is it so?” ¦ He said nothing."
    ),
    "who said it in French": "« Qui vient ! » s'exclame-t-il. ¦ « Qui vient ? » demanda le maire. ¦ Personne.",
    "who said it in Polish": "„Kto tam?” – śpiewała Maria. ¦ Nikt.",
    "who said it in Russian": "«Мы уйдём!» — сказала она. ¦ Никто не пришёл.",
    "Arabic": "هل جاء؟ ¦ نعم جاء۔ ¦ ثم ذهب.",
    "Devanagari": "वह आया। ¦ फिर गया॥ ¦ अंत",
    "Chinese": "他来了。¦（他走了。）¦“真的吗？”¦没有人知道！",
    "Japanese": "「来た。」と言った。¦終わり。",
}


@pytest.mark.parametrize("marked", MARKED.values(), ids=MARKED)
def test_sentences_are_cut_where_the_language_ends_them(marked):
    expected = [piece.strip() for piece in marked.split("¦")]
    assert cut(marked.replace(" ¦ ", " ").replace("¦", "")) == expected


@given(st.text(alphabet="aB .,;!?”“»…", max_size=60))
def test_no_passage_begins_with_a_comma(text):
    for piece in cut(text)[1:]:
        assert piece[0] not in ",;"


def test_lines_are_never_joined_where_nothing_was_wrapped():
    text = "The Burial Book\nBy Ana Petrov\n\nThe clerk keeps the book.\nHe shows it to nobody"
    assert cut(text) == text.replace("\n\n", "\n").split("\n")


WRAPPED = """The burial book of the parish lists all who died at
the quarry hospital. The clerk calculates that 12 of
them came from Ward No. 1. “We were told to strip the
beds,” he says.

The book is kept in a tin chest, and nobody but the
clerk has ever read it.

* The first truck left the yard of the hospital soon
  after dawn.
* The second truck stayed.
"""


def test_sentences_run_over_the_line_ends_of_wrapped_text():
    pieces = cut(WRAPPED)
    assert pieces[0] == "The burial book of the parish lists all who died at\nthe quarry hospital."
    assert pieces[1] == "The clerk calculates that 12 of\nthem came from Ward No. 1."
    assert [" ".join(piece.split()) for piece in pieces[2:]] == [
        "“We were told to strip the beds,” he says.",
        "The book is kept in a tin chest, and nobody but the clerk has ever read it.",
        "* The first truck left the yard of the hospital soon after dawn.",
        "* The second truck stayed.",
    ]


@pytest.mark.parametrize("number", ["188.", "(188)", "9."])
def test_a_number_at_the_beginning_of_a_wrapped_line_makes_no_list(number):
    lines = ["The call to close the quarry on the first", "day of the year was lost by 212 votes to"]
    text = "\n".join([*lines, f"{number} Nearly all of the miners of the", "parish had come to vote."])
    assert cut(text, "paragraph") == [text]
    assert len(cut(text)) == 1 + number.endswith(".")


def test_numbered_items_of_wrapped_text_stay_apart():
    head = "The parish asked three things of the quarry and\nof its owners in that"
    items = [
        "1. A bell for the yard of the quarry hospital",
        "2. Lamps",
        "3) Carts for the dead of the whole of the\n   parish.",
    ]
    assert cut(f"{head} year:\n" + "\n".join(items), "paragraph") == [f"{head} year:", *items]
    assert cut(f"{head} year.\n12. Lamps for the yard.", "paragraph") == [
        f"{head} year.",
        "12. Lamps for the yard.",
    ]


def test_paragraphs_of_wrapped_text_are_whole_and_items_stay_apart():
    assert [piece.split()[:2] for piece in cut(WRAPPED, "paragraph")] == [
        ["The", "burial"], ["The", "book"], ["*", "The"], ["*", "The"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "The lamp is out\nNo cart will come\nWe wait in the yard for you\n\nThe snow is deep\nNo bell is rung",
        "Names of the dead:\n- Milo Tavesh\n- Orsolya Venn\n- Halka Dorn of the Lower Town",
        "Milo Tavesh\nOrsolya Venn\nHalka Dorn of the Lower Town\nTobin Hrast",
        "# The List\nThe clerk keeps it.\n\n## The Chest\nIt is of tin.",
    ],
    ids=["verses", "items", "names", "headings"],
)
@pytest.mark.parametrize("unit", ["sentence", "paragraph"])
def test_verses_items_and_headings_are_lines_of_their_own(text, unit):
    assert cut(text, unit) == [line for line in text.split("\n") if line]


PIECES = st.sampled_from(
    [
        " ", "\n", "\n\n", ".", ". ", "!", "?", "…", "...", "“", "”", '"', "'", "(", ")", "[1]", "No. 3", "U.S.", "Dr. ",
        "word", "Word ", "I", "1. ", "- ", "。", "」", "؟", "।", "🚚", "e\u0301", "\u200d", "\u2028", "\x00", "\x85", "\t",
        "\u00a0", "\u202e", "A", "said ", "#",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(UNITS))
@example(". . . . ”.", "sentence")
@settings(max_examples=400)
def test_passages_are_disjoint_in_order_bare_and_hold_all_that_is_no_white_space(text, unit):
    spans = segment(text, unit)
    assert spans == segment(text, unit)
    last = 0
    for start, end in spans:
        assert text[last:start].strip() == ""
        assert start < end
        assert text[start:end] == text[start:end].strip()
        last = end
    assert text[last:].strip() == ""


def test_no_text_without_words():
    assert segment("") == segment(" \n\t\n ") == []
    assert segment(" x\u2028") == [(1, 2)]


@pytest.mark.parametrize("piece", ENDLESS)
def test_the_work_grows_with_the_text_and_no_faster(piece, calls):
    one, five = (calls(lambda size=size: segment(piece * (size // len(piece)))) for size in (2_000, 10_000))
    assert five < 5.5 * one + 200


def test_a_long_line_of_prose_is_cut_as_its_parts_are():
    rng = random.Random(3)
    words = ["quarry", "ward", "lamp", "chest", "Dr. Venn", "No. 3", "Sept. 14", "“bed”"]
    sentences = [f"The {' '.join(rng.choices(words, k=9))} was shut." for _ in range(3000)]
    assert cut(" ".join(sentences)) == sentences


@pytest.mark.parametrize("name", ["Jean-\nPaul", "Aix-\nen-Provence", "Saxe-\nCoburg"])
def test_a_word_that_is_cut_at_the_end_of_a_line_goes_on(name):
    text = f"The well that was shut by the millers\nof the north was dug by {name} Orn in the days\nof old, and then again."
    assert [text[slice(*span)] for span in segment(text)] == [text]
