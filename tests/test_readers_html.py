# ruff: noqa: RUF001 - quotation marks and the sign of a product
"""Web pages: the article comes through whole, and what the page says of itself is a guess."""

import pytest

from annotate.corpus import ingest
from annotate.corpus.readers import read_documents
from annotate.errors import InputError

HEAD = """<title>The barges of Tessel - The Harbour Gazette</title>
<meta property="og:title" content="The barges of Tessel"><meta property="og:site_name" content="The Harbour Gazette">
<meta name="author" content="Mira Tal"><meta property="article:published_time" content="2021-03-04T05:06:07Z">
<link rel="canonical" href="https://gazette.example.org/2021/03/04/barges">"""
ARTICLE = """<h1>The barges of Tessel</h1>
<p>On 3 March the harbour office <a href="/x">counted the barges</a> twice, and both counts were sent to the
<b>upper</b> house before noon on <time datetime="2021-03-03">Wednesday</time>; nobody kept the list of them.</p>
<h2>What the ferryman saw</h2>
<figure><img src="a.jpg"><figcaption>The ferryman at the gate of the yard in winter.</figcaption></figure>
<blockquote><p>“We were told to leave the letters where they were,” said the ferryman of the upper harbour.</p></blockquote>
<ul><li>The first count came to nine barges in all.</li><li>The second count came to eleven barges.</li></ul>
<table><tr><th>Yard</th><th>Barges</th></tr><tr><td>Upper</td><td>9</td></tr><tr><td>Lower</td><td>11</td></tr></table>
<p>The office said later that <ins>both</ins> lists had been lost in the fire, which nobody else has ever seen.</p>"""
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">{HEAD}
<script>var tracker = "do not read me";</script><style>p {{color: red}}</style></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article>{ARTICLE}</article>
<div class="comments"><p>A reader writes that it is all wrong.</p></div>
<footer><p>© The Harbour Gazette. All rights reserved.</p></footer></body></html>"""
LINES = [
    "The barges of Tessel",
    "On 3 March the harbour office counted the barges twice, and both counts were sent to the upper house before noon on Wednesday; nobody kept the list of them.",
    "What the ferryman saw",
    "The ferryman at the gate of the yard in winter.",
    "“We were told to leave the letters where they were,” said the ferryman of the upper harbour.",
    "The first count came to nine barges in all.",
    "The second count came to eleven barges.",
    "Yard | Barges",
    "Upper | 9",
    "Lower | 11",
    "The office said later that both lists had been lost in the fire, which nobody else has ever seen.",
]


def read(tmp_path, page, encoding="utf-8"):
    (tmp_path / "page.html").write_bytes(page if isinstance(page, bytes) else page.encode(encoding))
    return read_documents(tmp_path / "page.html")[0]


def test_the_article_comes_through_and_the_rest_of_the_page_does_not(tmp_path):
    assert read(tmp_path, PAGE).text.split("\n") == LINES


def test_what_the_page_says_of_itself_is_guessed(tmp_path):
    assert read(tmp_path, PAGE).guessed == {
        "source": "The Harbour Gazette",
        "title": "The barges of Tessel",
        "author": "Mira Tal",
        "published": "2021-03-04",
        "url": "https://gazette.example.org/2021/03/04/barges",
    }


def test_a_page_that_says_nothing_gets_no_date_from_its_text(tmp_path):
    page = PAGE.replace(HEAD, "").replace('datetime="2021-03-03"', "")
    assert set(read(tmp_path, page).guessed) == {"title"}


def test_the_address_that_a_browser_notes_in_a_saved_page_is_taken(tmp_path):
    page = PAGE.replace(HEAD, "").replace(
        "<html", "<!-- saved from url=(0041)https://gazette.example.org/barges -->\n<html", 1
    )
    assert read(tmp_path, page).guessed["url"] == "https://gazette.example.org/barges"


@pytest.mark.parametrize(
    ("declared", "encoding", "notice"),
    [
        ("utf-8", "utf-8", None),
        ("windows-1252", "cp1252", "read as windows-1252, as it declares"),
        ("iso-8859-1", "cp1252", "read as windows-1252, as it declares"),
        ("utf-8", "utf-16", None),
        ("no-such-code", "cp1252", "read as windows-1252, which is a guess"),
    ],
)
def test_the_declared_encoding_is_taken_and_said(tmp_path, declared, encoding, notice):
    document = read(tmp_path, PAGE.replace('charset="utf-8"', f'charset="{declared}"'), encoding)
    assert document.text.split("\n") == LINES
    assert [notice in said for said in document.notices] == [True] * bool(notice)


def test_a_few_broken_bytes_are_counted_and_the_rest_is_read(tmp_path):
    document = read(tmp_path, PAGE.encode().replace("“We".encode(), b"\xe2\x80We"))
    assert "1 places cannot be read so" in document.notices[0]
    assert "\ufffdWe were told" in document.text


def test_signs_that_nobody_sees_are_taken_out_and_counted(tmp_path):
    document = read(tmp_path, PAGE.replace("harbour office", "har\u00adbour\u200b \x01office"))
    assert document.text.split("\n") == LINES
    assert "3 signs that nobody sees" in document.notices[0]


@pytest.mark.parametrize(
    "heading", ["“Nobody told us”", "'Nobody told us'", "It burnt for days.", "The yard"]
)
def test_what_the_page_marks_as_a_heading_is_one(tmp_path, heading):
    page = tmp_path / "a.html"
    page.write_text(PAGE.replace("What the ferryman saw", heading), encoding="utf-8")
    kinds = {task["data"]["text"]: task["data"]["kind"] for task in ingest([page], config_sha256="").tasks}
    assert [text for text, kind in kinds.items() if kind == "heading"] == [LINES[0], heading]


BOX = "It was the ninth fire in the yard since the war, as the book of the harbour shows."
COMMENT = "I have lived by this yard for nine years, and I never saw a barge burn there."


@pytest.mark.parametrize(
    "name", ["related-facts", "comment-body", "banner-story", "social-policy", "footer-note"]
)
def test_a_box_of_text_among_the_paragraphs_is_kept_whatever_its_class(tmp_path, name):
    box = f'<div class="{name}"><p>{BOX}</p></div>'
    document = read(tmp_path, PAGE.replace("<h2>", f"{box}<h2>"))
    assert document.text.split("\n") == [*LINES[:2], BOX, *LINES[2:]]
    assert not document.notices


@pytest.mark.parametrize(
    "box",
    [
        '<div class="related-links"><p><a href="/a">Nine barges were burnt in the yard by the guards in spring.</a></p></div>',
        '<div class="newsletter-box"><p>Every morning we send the news of the harbour to your house by post.</p></div>',
        '<div class="widget-text"><p>Sign up for our newsletter to read all the news of the harbour each day.</p></div>',
        f'<div class="social-box"><p>{BOX}</p><form><input name="a"></form></div>',
        f'<section class="comments"><p>{COMMENT}</p><div class="comment-body"><p>{COMMENT}</p></div></section>',
    ],
    ids=["links", "newsletter", "call", "form", "comments"],
)  # fmt: skip
def test_other_boxes_among_the_paragraphs_are_not(tmp_path, box):
    assert read(tmp_path, PAGE.replace("<h2>", f"{box}<h2>")).text.split("\n") == LINES


def test_paragraphs_of_the_article_that_are_left_out_are_counted(tmp_path):
    box = f'<div class="sidebar-story">{f"<p>{COMMENT}</p>" * 3}</div></article>'
    document = read(tmp_path, PAGE.replace("</article>", box))
    assert document.text.split("\n") == LINES
    assert (
        f": left out as no part of it: {3 * len(COMMENT)} characters of paragraphs in its article"
        in document.notices[0]
    )


def test_soft_hyphens_that_a_page_names_are_taken_out_and_counted(tmp_path):
    document = read(tmp_path, PAGE.replace("harbour office", "har&shy;bour of&#173;fice"))
    assert document.text.split("\n") == LINES
    assert "2 signs that nobody sees" in document.notices[0]


WORDS = "the truck left the yard before dawn and nobody in the town asked why it had come at all "


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (b"", "the file is empty"),
        (b"<html><body></body></html>", "no article was found"),
        (b"<" * 1_000_000, "holds no page"),
        (b"<p>" + b"x" * (20 * 2**20), "20 MB of HTML, 20 at most"),
        (f"<html><body><p>{WORDS * 60_000}".encode(), "5 MB without its scripts and pictures, 4 at most"),
        (b"\x1f\x8b\x08\x00\xff\xfe\x00\x81", "holds a NUL character"),
        (f"<html><body>{'<div>' * 50_000}{WORDS}".encode(), "no article was found"),
    ],
    ids=["empty", "blank", "angles", "large", "long", "packed", "deep"],
)
def test_a_bad_page_is_one_clear_line_and_little_work(tmp_path, page, message, calls):
    def refused():
        with pytest.raises(InputError, match=message) as caught:
            read(tmp_path, page)
        assert "\n" not in str(caught.value)

    refused()  # what is imported once is imported now
    assert calls(refused) < len(page) + 10_000


@pytest.mark.parametrize(
    "bulk",
    [
        f"<img src='data:image/png;base64,{'A' * 9_000_000}'>",
        f"<script>{'var a = 1; ' * 500_000}</script>",
        "<script>" * 100_000 + "</script>",
        "<svg><path d='M0 0'/></svg>" * 50_000,
    ],
    ids=["picture", "script", "scripts", "drawings"],
)
def test_bulk_that_no_reader_sees_does_not_count(tmp_path, bulk):
    assert read(tmp_path, PAGE.replace("</article>", f"</article>{bulk}")).text.split("\n") == LINES


def test_nothing_is_said_on_the_terminal(tmp_path, capfd):
    with pytest.raises(InputError):
        read(tmp_path, "<html><body><p></p>")
    assert capfd.readouterr() == ("", "")


COUNT = (
    "The harbour office counted the barges twice on that day, and both counts were sent to the upper house."
)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<article><h1>The barges</h1><p>{0}</p><p>{0}</p></article>", ["The barges", COUNT, COUNT]),
        (
            "<div>{0}<br>Second: {0}</div><ul><li>nine <b>barges</b></li></ul>",
            [COUNT, f"Second: {COUNT}", "nine barges"],
        ),
        (
            "<table><tr><td><p>1: {0}</p><p>2: {0}</p><p>3: {0}</p></td></tr></table>",
            [f"{number}: {COUNT}" for number in (1, 2, 3)],
        ),
        (
            "<table><tr><td>{0}<br><br>2: {0}<br><br>3: {0}</td></tr></table>",
            [COUNT, f"2: {COUNT}", f"3: {COUNT}"],
        ),
        (
            "<table><tr><td><table><tr><td><p>1: {0}</p></td></tr></table></td></tr><tr><td><p>2: {0}</p></td></tr></table>",
            [f"{number}: {COUNT}" for number in (1, 2)],
        ),
    ],
    ids=["short article", "line breaks", "a cell of paragraphs", "a cell of line breaks", "tables in tables"],
)
def test_blocks_are_lines_of_their_own_in_their_order(tmp_path, body, lines):
    page = f"<html><head><title>x</title></head><body>{body.format(COUNT)}</body></html>"
    assert read(tmp_path, page).text.split("\n") == lines


PROSE = [
    "The dyke office wrote on Tuesday that 31 pumps had stood still since the first frost of the winter.",
    "Engineers said that the spare parts for each of them had been ordered and paid for in the autumn.",
    "A farmer told the office that water had stood in the lower fields for more than nineteen days in all.",
]
MENU = '<footer><ul><li><a href="/a">About us</a></li><li><a href="/b">Contact</a></li></ul></footer>'


@pytest.mark.parametrize("around", ["", "div", "section", "article", "main"])
@pytest.mark.parametrize(
    ("items", "lines"),
    [
        ("<ul><li>The office knew of the <b>frost</b>.</li><li>Three pumps</li></ul>", ["The office knew of the frost.", "Three pumps"]),
        ("<ol><li>First: nine</li><li>Second: <i>ten</i><ul><li>two of them new</li></ul></li></ol>", ["First: nine", "Second: ten", "two of them new"]),
        ("<ul><li><p>Nine.</p><p>Ten.</p></li></ul>", ["Nine.", "Ten."]),
        ("<dl><dt>Pump</dt><dd>A thing that moves water.</dd></dl>", ["Pump", "A thing that moves water."]),
    ],
)  # fmt: skip
def test_a_list_of_text_stays_whatever_holds_it(tmp_path, around, items, lines):
    inner = f"<h1>Who knew?</h1><p>{PROSE[0]}</p><p>Here are the points:</p>{items}<p>{PROSE[1]}</p><p>{PROSE[2]}</p>"
    held = f"<{around}>{inner}</{around}>" if around else inner
    made = read(tmp_path, f"<html><head><title>Dykes</title></head><body>{held}{MENU}</body></html>")
    assert made.text.split("\n") == ["Who knew?", PROSE[0], "Here are the points:", *lines, *PROSE[1:]]
    assert made.around == len("AboutusContact")


def test_what_stands_around_the_articles_is_counted(tmp_path):
    read(tmp_path, PAGE)
    made = ingest([tmp_path / "page.html"], config_sha256="")
    assert "left out: 72 letters and digits around the articles of 1 web page" in made.notices


def test_quotation_marks_exponents_and_marks_of_notes(tmp_path):
    text = (
        "It found 4.2 × 10<sup>6</sup> grains<sup><a href='#n1'>1</a></sup> on 3 km<sup>2</sup> in 2019,<sup>12</sup> the"
        " 1<sup>st</sup> time; at 10<sup>-3</sup> of CO<sub>2</sub>.<sup>[4]</sup> She called it <q>a lost <q>dry</q> year</q>."
    )
    page = f"<html><body><article><p>{PROSE[0]}</p><p>{text}</p><p>{PROSE[1]}</p></article></body></html>"
    made = read(tmp_path, page)
    assert made.text.split("\n")[1] == (
        "It found 4.2 × 10^6 grains on 3 km² in 2019, the 1st time; at 10^-3 of CO2. She called it “a lost ‘dry’ year”."
    )
    assert made.notices == (f"{tmp_path / 'page.html'}: left out: 3 marks of notes",)


MILL = "<p>The harbour office said on Monday that the mill will stay shut for the whole winter.</p>"


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ("<p hidden>Seen by nobody.</p>", 12),
        ('<div style="color: red; display : NONE"><p>Seen by <b>nobody</b>.</p></div>', 12),
        ('<p style="visibility:hidden">Seen by nobody.</p>', 12),
        ("<noscript><p>Turn it on.</p></noscript>", 8),
        ("<p hidden><s>Struck</s> and hidden.</p>", 15),
    ],
)
def test_what_a_page_hides_is_left_out_and_counted(tmp_path, inner, left):
    made = read(tmp_path, f"<html><body><article>{MILL}{inner}{MILL}</article></body></html>")
    assert set(made.text.split("\n")) == {MILL[3:-4]}
    assert [notice.partition(": ")[2] for notice in made.notices] == [
        f"left out: {left} letters of hidden or struck text"
    ]


def test_a_page_that_hides_its_text_until_a_script_shows_it_is_read(tmp_path):
    made = read(
        tmp_path, f'<html><body><div style="display:none"><article>{MILL}</article></div></body></html>'
    )
    assert made.text == MILL[3:-4]


def test_what_is_struck_on_a_page_is_left_out_and_what_is_put_in_its_place_stays(tmp_path):
    struck = "<p>He paid <del>40</del> <ins>50</ins> marks for it, and <s>nothing</s> some for the cart.</p>"
    made = read(tmp_path, f"<html><body><article>{MILL}{struck}{MILL}</article></body></html>")
    assert made.text.split("\n")[1] == "He paid 50 marks for it, and some for the cart."
    assert made.notices[-1].endswith("left out: 9 letters of hidden or struck text")


BEFORE = """<p>The clerk of the upper harbour kept a register of all the barges that passed the gate in that winter, and a copy of
it went to the office every week.</p><p>Nobody in the office has been able to say where the copies are, though three people were asked
for them in writing before the spring.</p>"""
BEHIND = """<p>The council has since asked for both registers to be shown to whoever wants to see them, and the office says that it
will do so by the end of the year.</p><p>A hearing about the missing copies is set for the autumn, and the clerk will be heard there as
the first of nine witnesses.</p>"""


def between(tmp_path, inner, around):
    page = f"<html><body><nav><a href='/'>Home</a></nav><{around}><h1>The register</h1>{BEFORE}{inner}{BEHIND}</{around}></body></html>"
    lines = read(tmp_path, page).text.split("\n")
    assert len(lines) >= 5, lines
    return lines[3:-2]


EMPTY = ("area", "embed", "img", "link", "meta", "source", "track", "wbr")
WITH_WORDS = (
    *("abbr", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "ins", "kbd", "label", "mark", "meter", "nobr"),
    *("output", "progress", "samp", "slot", "small", "span", "strong", "sub", "time", "tt", "u", "var", "x-note"),
)  # fmt: skip


@pytest.mark.parametrize("name", [*EMPTY, *WITH_WORDS])
def test_no_element_within_a_paragraph_takes_the_rest_of_it_away(tmp_path, name):
    element, words = (f"<{name}>", "") if name in EMPTY else (f"<{name}>of the gate</{name}>", "of the gate ")
    (line,) = between(tmp_path, f"<p>The keeper {element} had left before the snow came.</p>", "article")
    assert line == f"The keeper {words}had left before the snow came."


@pytest.mark.parametrize("around", ["article", "div"])
@pytest.mark.parametrize(
    ("inner", "lines"),
    [
        ("<h3>The second count</h3>", ["The second count"]),
        ("<p>Donau<wbr>dampf<wbr>schiff is a word.</p>", ["Donaudampfschiff is a word."]),
        (
            "<blockquote><p>We never saw the list.</p><footer>Harbour master Okoro</footer></blockquote>",
            ["We never saw the list.", "Harbour master Okoro"],
        ),
        ("<blockquote>We never saw it.<cite>Mira Tal, clerk</cite></blockquote>", ["We never saw it.", "Mira Tal, clerk"]),
        ("<details><summary>What he said</summary><p>The vents were shut.</p></details>", ["What he said", "The vents were shut."]),
        ("<pre>I saw it.\nSo did I.\n</pre>", ["I saw it.", "So did I."]),
        (
            "<div>A bare division has a sentence of its own about the river there.</div>",
            ["A bare division has a sentence of its own about the river there."],
        ),
        (
            "<h2>Findings</h2><ul><li>Nine barges were dry.<ul><li>Four of them since May.</li></ul></li></ul>",
            ["Findings", "Nine barges were dry.", "Four of them since May."],
        ),
        (
            "<table><caption>By yard</caption><tr><th>Yard</th><th>Barges</th></tr><tr><td>Upper</td><td>9</td></tr></table>",
            ["By yard", "Yard | Barges", "Upper | 9"],
        ),
    ],
)  # fmt: skip
def test_whatever_stands_between_paragraphs_is_kept_in_its_lines(tmp_path, around, inner, lines):
    assert between(tmp_path, inner, around) == lines


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<p>A piece of a page, about 300 sheep.</p><p>And another one.", ["A piece of a page, about 300 sheep.", "And another one."]),
        (
            "<html><body><p>He told us:</p><blockquote><p>We never saw it.</p><footer>The clerk</footer></blockquote><p>Nobody agreed.</p></body></html>",
            ["He told us:", "We never saw it.", "The clerk", "Nobody agreed."],
        ),
        ("<html><body><p>The toll is <del>40</del> <ins>44</ins>, it said; 10<sup>6</sup> m<sup>2</sup> of CO<sub>2</sub>.</p></body></html>",
         ["The toll is 44, it said; 10^6 m² of CO2."]),
        (
            "<html><body><section><h2>Findings</h2><ul><li>Nine were dry.<ul><li>Four since May.</li></ul></li></ul></section></body></html>",
            ["Findings", "Nine were dry.", "Four since May."],
        ),
        (
            "<html><body><p>It shows the counts.</p><table><tr><th>Yard</th><th>Barges</th></tr><tr><td>Upper</td><td>9</td></tr></table></body></html>",
            ["It shows the counts.", "Yard | Barges", "Upper | 9"],
        ),
    ],
)  # fmt: skip
def test_a_page_of_a_few_words_has_each_once_and_as_it_stands(tmp_path, page, lines):
    assert read(tmp_path, page).text.split("\n") == lines
