from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_furniture import HELD_OUT, TUNING, judged, read_pages

from annotate.corpus.segment import KINDS, UNITS, Kind, kinds_of, segment
from tests.endless import ENDLESS

BODY = "The clerk keeps the burial book in a tin chest, and nobody has read it since the slate strike."


def kinds(text, unit="sentence", title=None):
    spans = segment(text, unit)
    return list(zip((text[a:b] for a, b in spans), kinds_of(text, spans, title=title), strict=True))


def kind_of(line):
    """The kind of a line that stands after some body text and before some."""
    found = {kind for piece, kind in kinds(f"{BODY}\n\n{line}\n\n{BODY}") if piece in line}
    assert len(found) == 1
    return found.pop()


BYLINES = [
    "By Ana Petrov",
    "by Jørn Åkervik in Drellin",
    "BY HALKA DORN AND MILO TAVESH",
    "By Ana Petrov and Milo Tavesh, Staff writers",
    "By Ana Petrov, Sept. 14",
    "By Ana Petrov | 3 May 2021",
    "Words by Saskia Rowe, pictures by Emil Thorne",
    "Von Edda Kornfeld",
    "Par Anselm Rook",
    "Published 3 May 2021, 10:14",
    "Updated: May 3, 2021 at 5 p.m. GMT",
    "Monday, 3 May 2021",
    "2021-05-03",
    "Veröffentlicht am 3. Mai 2021",
    "(Reporting by Ana Petrov; editing by Milo Tavesh)",
    "ByKestwire News",
    "By Ana Petrov, Kestwire News, Drellin",
    "By Jørn van der Åkervik for The Observer",
    "By Ana Petrov @anapetrov",
    "Posted May 3, 2021 3:33 PM CDT",
    "Last modified on Tue 4 May 2021 12.00 BST",
    "3 hours ago",
    "Associated Press",
    "AFP/Reuters",
    "(From Reuters)",
    "With inputs from agencies",
    "Ana Petrov, Associated Press",
    "Ana Petrov | May 3, 2021",
    "The Associated Press contributed to this report.",
    "Ana Petrov is a staff writer at the Gazette.",
]
CAPTIONS = [
    "Photo: the north wall of the hospital, seen from the bridge",
    "(Photo by Emil Thorne)",
    "The yard at dawn. (Photo: Emil Thorne)",
    "Image: Gazette archive",
    "Figure 3: Beds and patients, by year",
    "Table 2. Trucks seen in the yard",
    "Emil Thorne / AFP",
    "The north wall of the hospital. (Emil Thorne/Getty Images)",
    "Screenshot via Drellin Notebook",
    "Foto: Emil Thorne",
    "Abb. 4: Der Hof",
    "This undated photo provided by the ministry shows the north wall.",
    "FILE - Trucks wait at the gate, May 3, 2021.",
    "Emil Thorne, The Canadian Press/AP/File",
    "Photograph: Emil Thorne/Getty Images",
    "Trucks at the gate, Drellin, 2021. Credit: Thorne",
    "Trucks wait at the gate. REUTERS/Emil Thorne",
    "Trucks wait at the gate. (AP Photo/Emil Thorne, File)",
    "Image source, Getty Images",
    "Map showing the road to the quarry",
    "The north wall (file photo)",
]
BOILERPLATE = [
    "Sign up and get the Lantern in your inbox!",
    "By subscribing you agree to our terms of use.",
    "Sign up for our newsletter! By subscribing, you agree to our privacy policy.",
    "Subscribe",
    "© 2021 The Upper Tessel Gazette. All rights reserved.",
    "All rights reserved",
    "Share this article",
    "Share on Facebook",
    "Read more: Eleven trucks left Drellin",
    "RELATED ARTICLES",
    "Advertisement",
    "Follow us on Twitter and Telegram",
    "Click here to watch the video",
    "Terms of use | Privacy policy | Contact",
    "Home > World > Kestovia",
    "12 Comments",
    "Support our journalism: donate today",
    "This website uses cookies to improve your experience.",
    "https://gazette.example.org/list",
    "desk@gazette.example.org",
    "Get the morning briefing delivered to your inbox.",
    "Your email address will not be published.",
    "Tags: Drellin, quarry, hospital",
    "4 min read",
    "* * *",
    "Lesen Sie auch: Elf Wagen verließen Drellin",
    "Alle Rechte vorbehalten.",
    "Abonnez-vous à notre lettre",
    "Suscríbete a nuestro boletín",
    'We use cookies. By clicking "OK" you agree to allow cookies to be placed. Read more in our privacy policy.',
    "We and our partners store personal data on your device.",
    "Install the Gazette News app",
    "Tap to install our app.",
    "1. Tap in your navigation bar.",
    "Allow notifications to get breaking news alerts.",
    "Required fields are marked *",
    "240 characters available",
    "Be the first to comment",
    "01:14",
    "Page last updated at 10:21 GMT, Monday, 3 May 2021",
    "• This story was updated on May 3, 2021.",
    "This article is more than 3 years old",
    "Your donation allows us to keep our reporters in the valley.",
    "We count what is hidden. If you value our reporting, please consider making a donation today. We answer to our readers.",
    "Thank you for subscribing!",
    "Our journalism is free for all, and paid for by readers.",
    "Story continues below advertisement",
    "Nous utilisons des cookies.",
    "Utilizamos cookies para mejorar su visita.",
]
SENTENCES = [
    "“Sign up for the list or leave the valley,” the guard said.",
    "Subscribe or be arrested, the guards said.",
    "Sign up for the brigade today, the posters told the men of the valley.",
    "Subscribers of the Observer were told to hand in their papers.",
    "Follow us to the quarry, the nurse told the men.",
    "Share prices fell by a third after the strike.",
    "Share the bread, the old man had asked them.",
    "Donate blood or lose your bed: that was the rule on Ward No. 3.",
    "Copyright law was changed after the strike.",
    "The ministry holds that all rights are reserved to the crown, and that the book may not be shown.",
    "Advertisement of the posts was forbidden in 2021.",
    "Comments by the minister were not printed.",
    "Read more than one account, she wrote, before you trust any of them.",
    "Contact with the families was forbidden.",
    "Join the strike and you will lose your post, the letter says.",
    "By signing the form, he gave up his bed.",
    "By Monday the ward was empty.",
    "By May 2021, nine trucks had left.",
    "Photo books of the hospital were burnt.",
    "Figure 3 shows the beds by year.",
    "Image after image shows the same wall.",
    "Home to 240 patients, the hospital was shut.",
    "VARRINSK (Kestwire) — Eleven trucks left the yard on the night of Sept. 14.",
    "Cookies were sold at the gate to pay for the search.",
    "More on the dead of the ward will be known in autumn.",
    "We use cookies in the ward as money, said Dr. Venn.",
    "Get out of the valley, the newsletter of the ministry warned.",
    "Support for the strike fell.",
    "“Was it so?”",
    "- Milo Tavesh",
    "The clerk shared this article with the court.",
    "Advertising the hospital as a spa would help the reporting of the ministry look honest.",
    "The ministry uses cookies to bribe inspectors, the guards said.",
    "We used cookies as coins in the ward.",
    "By clicking her tongue, she warned the men.",
    "The ministry asked every clerk to install the app of the guards.",
    "Tap water was cut off at noon.",
    "Your donation was sold by the guards, the nurse wrote to her.",
    "“Your support allows us to strike,” the men wrote.",
    "Our reporters counted eleven trucks at the gate.",
    "We need beds, and the ministry sends posters.",
    "In this photo the wall looks new.",
    "In this district, photo books are burnt.",
    "This image is all that is left of the north wall.",
    "File-sharing is a crime in the valley.",
    "The picture was sold to Reuters.",
    "She showed the letter to AFP and the Observer.",
    "Credit was given to nobody for the search.",
    "By the gate, Ana Petrov waited in the snow.",
    "On 3 May 2021.",
    "Last May 3 the gate fell.",
    "The page was last seen in the chest of the clerk.",
    "At 01:14 the gate fell.",
    "Map makers left the valley.",
    "The trucks were counted by the Associated Press.",
    "Ana Petrov is a clerk, and no writer.",
    "The list first appeared in the Gazette, and was copied by the guards.",
    "Notify me of a birth, the old law tells the clerk.",
    "If you value your bed, keep silent about the reporting of the strike, the nurse said.",
    "See the wall, and you know the ward.",
    "This article was amended on 9 June 1990 to protect the right of assembly.",
    "This article was amended by the upper house on 2 May 2021.",
]


@pytest.fixture(scope="module")
def held_out():
    """The lines of pages that nothing was fitted to, as (kind, kind that was found)."""
    return [(kind, found) for _, _, kind, found in judged(read_pages(HELD_OUT))]


def test_on_pages_that_nothing_was_fitted_to_no_line_of_the_text_is_lost(held_out):
    assert {found for kind, found in held_out if kind == "body"} == {"body"}


@pytest.mark.parametrize(
    ("kind", "precision", "recall"),
    [("heading", 0.75, 0.7), ("byline", 0.85, 0.85), ("caption", 0.9, 0.7), ("boilerplate", 0.97, 0.75)],
)
def test_on_pages_that_nothing_was_fitted_to_most_furniture_is_known(held_out, kind, precision, recall):
    right = held_out.count((kind, kind))
    assert right >= precision * sum(found == kind for _, found in held_out)
    assert right >= recall * sum(there == kind for there, _ in held_out)


def test_the_weights_are_those_of_the_marked_pages():
    found = [kind == found for _, _, kind, found in judged(read_pages(TUNING))]
    assert sum(found) > 0.93 * len(found)


@pytest.mark.parametrize("line", BYLINES)
def test_bylines(line):
    assert kind_of(line) == "byline"


@pytest.mark.parametrize("line", CAPTIONS)
def test_captions(line):
    assert kind_of(line) == "caption"


@pytest.mark.parametrize("line", BOILERPLATE)
def test_boilerplate(line):
    assert kind_of(line) == "boilerplate"


@pytest.mark.parametrize("line", SENTENCES)
def test_sentences_of_the_text_are_body(line):
    assert kind_of(line) == "body"


def test_headings_stand_before_text_and_have_no_full_stop():
    text = f"The Burial Book\nBy Ana Petrov\n\n{BODY}\n\nWho keeps it?\n{BODY}\n\n## The chest\n\n{BODY}"
    assert [kind for _, kind in kinds(text)] == [
        "heading", "byline", "body", "heading", "body", "heading", "body",
    ]  # fmt: skip


def test_a_line_that_repeats_the_title_is_a_heading():
    text = f"{BODY}\n\nThe list was burnt. Nobody knows by whom.\n\n{BODY}"
    assert kinds(text, "paragraph", "The list was burnt. Nobody knows by whom. | The Gazette")[1][1] == "body"
    assert kinds(text, "paragraph", "The list was burnt. Nobody knows by whom.")[1][1] == "heading"
    assert kinds(f"The book - The Gazette\n{BODY}", title="The book")[0][1] == "heading"


def test_verses_and_lists_are_no_headings():
    lines = ["The lamp is out", "No cart will come", "We wait for you", "The snow is deep"]
    assert {kind for _, kind in kinds("\n".join([BODY, *lines, BODY]))} == {"body"}
    assert {kind for _, kind in kinds(f"{BODY}\n- Milo Tavesh\n- Orsolya Venn\n{BODY}")} == {"body"}


def by_line(*lines):
    return [kind for _, kind in kinds("\n\n".join(lines), "paragraph")]


def test_durations_alternate_with_the_titles_of_recordings():
    titles = ["Eleven trucks leave the yard", "The clerk opens the tin chest"]
    assert by_line(BODY, "01:14", titles[0], "00:58", titles[1]) == ["body", *["boilerplate"] * 4]
    assert by_line(BODY, "The gate fell at night", BODY)[1] == "heading"


def test_links_below_a_label_in_the_foot():
    assert by_line(BODY, "Related articles", "Eleven trucks leave the yard", "3 May 2021") == [
        "body", *["boilerplate"] * 3,
    ]  # fmt: skip
    assert by_line(BODY, "Eleven trucks leave the yard", BODY, "Related articles", BODY) == [
        "body", "heading", "body", "boilerplate", "body",
    ]  # fmt: skip


def test_a_heading_below_a_label_within_the_text():
    assert by_line(BODY, "Read more", "The tin chest", BODY)[1] == "boilerplate"


def test_a_plea_is_boilerplate_and_a_report_within_it_is_not():
    first, last = "Your support helps us to count the trucks", "Your support makes all the difference."
    report = "The trucks left the yard at night. The minister of the valley holds that the yard is empty."
    found = by_line("The Burial Book", first, report, last, BODY)
    assert found == ["heading", "boilerplate", "body", "boilerplate", "body"]
    demand = "We call on the ministry to open the ward."
    assert by_line(BODY, "Share", demand, "Support our work", BODY)[2] == "body"


def test_the_text_among_boilerplate_stays_the_text():
    before, after = "Install the Gazette News app", "1. Tap in your navigation bar."
    assert by_line(BODY, before, "We call for an open ward.", after) == [
        "body", "boilerplate", "body", "boilerplate",
    ]  # fmt: skip
    assert by_line(BODY, "* * *", "Nobody came back.", "* * *")[2] == "body"


def test_names_beside_a_byline_before_the_text():
    assert by_line("The Burial Book", "Ana Petrov", "Associated Press", BODY)[1:3] == ["byline", "byline"]
    assert by_line("The Burial Book", "By Ana Petrov", "Health correspondent, Drellin", BODY)[2] == "byline"
    assert by_line("The Burial Book", "Published", "3 May 2021", BODY)[1:3] == ["byline", "byline"]
    assert by_line("The Burial Book", BODY, "Ana Petrov", BODY)[2] == "heading"


def test_what_a_credit_belongs_to():
    seen = "Trucks wait at the gate of the quarry in Drellin, on Monday, May 3, 2021. Snow covered the road."
    assert by_line("The Burial Book", "Trucks wait at the gate.", "Emil Thorne/AFP", BODY)[2] == "caption"
    assert by_line(BODY, seen, "Emil Thorne", "AP Photo", BODY)[3] == "caption"
    assert by_line(BODY, BODY, "Emil Thorne/AFP", BODY) == ["body", "body", "caption", "body"]
    assert by_line(BODY, "Image caption", "The yard is empty", BODY)[1] == "caption"


def test_the_first_lines_over_prose_are_headings():
    head = ["Poll finds more than 7m beds are empty", "Rise in one year", "A first for the valley"]
    assert by_line(*head, BODY, BODY, BODY, BODY)[0] == "heading"


def test_what_has_no_full_stop_below_boilerplate_in_the_foot():
    assert by_line(BODY, "Leave a Reply", "Your words here", "Cancel") == ["body", *["boilerplate"] * 3]
    assert by_line(BODY, "The lamp is out", "No cart will come") == ["body"] * 3
    assert by_line("The lamp is out", "* * *", "No cart will come")[2] == "body"


def test_a_call_within_a_paragraph_leaves_it_body():
    assert {kind for _, kind in kinds(f"{BODY} Sign up for our newsletter!")} == {"body"}
    assert {kind for _, kind in kinds(f"{BODY} Read more: Eleven trucks left.")} == {"body"}


def test_boilerplate_wrapped_by_an_editor_is_known():
    text = (
        "The clerk keeps the burial book in a tin\nchest, and nobody has read it since the\nslate strike was over.\n\n"
        "Sign up for our newsletter to receive\nour latest news in your inbox.\n"
    )
    assert [kind for _, kind in kinds(text)] == ["body", "boilerplate"]


def test_a_passage_of_several_kinds_is_body():
    text = f"The Burial Book\nBy Ana Petrov\n{BODY}"
    assert kinds(text, "document")[0][1] == "body"
    assert [kind for _, kind in kinds(text, "paragraph")] == ["heading", "byline", "body"]


@given(st.text(alphabet=st.sampled_from("Aab .,:|>©#\n-“”!?1@/"), max_size=200), st.sampled_from(UNITS))
@settings(max_examples=200)
def test_every_passage_has_one_kind(text, unit):
    spans = segment(text, unit)
    found = kinds_of(text, spans)
    assert len(found) == len(spans)
    assert set(found) <= set(KINDS) == set(get_args(Kind))


@given(st.lists(st.sampled_from([BODY, *BYLINES, *CAPTIONS, *BOILERPLATE, "The lamp is out"]), max_size=12))
@settings(max_examples=100, deadline=None)
def test_prose_is_body_among_all_that_surrounds_it(lines):
    text = "\n\n".join(lines)
    spans = segment(text, "paragraph")
    found = kinds_of(text, spans)
    assert all(kind == "body" for (a, b), kind in zip(spans, found, strict=True) if text[a:b] == BODY)
    assert found == kinds_of(text, spans)


def test_the_work_grows_with_the_length_of_the_text(calls):
    def work(times):
        text = f"Read more\n{BODY}\n01:14\nThe lamp is out\nYour support helps us\n" * times
        spans = segment(text, "paragraph")
        return calls(lambda: kinds_of(text, spans))

    assert work(800) < 4.4 * work(200) + 200


@pytest.mark.parametrize("piece", ENDLESS)
def test_no_line_takes_long(piece, calls):
    def work(size):
        text = "\n".join(
            start + piece * (size // len(piece)) + end
            for start in ("", "By ", "Photo: ")
            for end in ("", "!")
        )
        spans = segment(text)
        return calls(lambda: kinds_of(text, spans))

    assert work(480) < 4.8 * work(120) + 500
