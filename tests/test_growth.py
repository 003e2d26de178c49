"""What somebody else wrote takes time that grows with its length, and no faster: counted in calls or in CPU time."""

import itertools
import time

import pandas as pd
import pytest

from annotate.codebook.check import check_config
from annotate.codebook.config_xml import parse_config
from annotate.corpus.readers import read_documents
from annotate.errors import AnnotateError, InputError
from annotate.figures import arithmetic, quantities
from tests.pdf_example import _written, column, pdf

HEAD = '<View><Text name="t" value="$text"/>'
TAIL = '<Choices name="c" toName="t"><Choice value="a"/><Choice value="b"/></Choices></View>'
CONFIGS = {
    "comments": lambda n: HEAD + "<!-- a -->" * n + TAIL,
    "comments on lines": lambda n: HEAD + "<!-- a -->\n" * n + TAIL,
    "comments that do not end": lambda n: HEAD + "<!--" * n + TAIL,
    "sections that do not end": lambda n: HEAD + "<![CDATA[" * n + TAIL,
    "both by turns": lambda n: HEAD + "<!-- <![CDATA[ -->" * n + TAIL,
    "declarations": lambda n: "<?xml " * n + HEAD + TAIL,
    "choices": lambda n: HEAD + TAIL.replace('<Choice value="a"/>', "".join(f'<Choice value="{i}"/>' for i in range(n))),
}  # fmt: skip
GROWTH, LEAST = 8, 0.02


def seconds(act):
    """The least of three, so that only what the act needs counts."""
    taken = []
    for _ in range(3):
        begin = time.process_time()
        act()
        taken.append(time.process_time() - begin)
    return min(taken)


def grows_too_fast(make, act, size):
    """Whether eight times the length takes more than thirty-two times the CPU: linear is 8, quadratic 64."""
    texts = [make(n) for n in (size, GROWTH * size)]
    short, long = (seconds(lambda text=text: act(text)) for text in texts)
    return long > 32 * max(short, LEAST)


def checked(config):
    for act in (parse_config, check_config):
        try:
            act(config)
        except AnnotateError:
            continue


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_label_config(kind):
    assert not grows_too_fast(CONFIGS[kind], checked, 2500)


def passages(*texts):
    rows = [
        {"item": f"p{n}", "document": f"d{n}", "source": f"s{n}", "text": text, "start": 0, "end": len(text)}
        for n, text in enumerate(texts)
    ]
    return pd.DataFrame(rows).assign(title=None, published=None, url=None, kind=None)


SUMS = {
    "ones": lambda n: "1 and " * n + "1.",
    "counted": lambda n: "A total of 5: " + ", ".join(["1 man"] * n) + ".",
    "of these": lambda n: "Of the 9 men, " + ", ".join(["1 man"] * n) + ".",
    "in all": lambda n: ", ".join(["1 man"] * n) + ", which makes 12 in all.",
    "shares": lambda n: "5 of 10 men, or 50%, " * n,
}


@pytest.mark.parametrize("kind", SUMS)
def test_arithmetic(kind):
    """In CPU time: what is compared within one operator is not a call."""
    texts = [passages(SUMS[kind](n)) for n in (300, 300 * GROWTH)]
    figures = [(quantities(text), text) for text in texts]
    short, long = (seconds(lambda given=given: arithmetic(*given)) for given in figures)
    assert long <= 32 * max(short, LEAST)


def page(tmp_path, attributes):
    path = tmp_path / "a.html"
    path.write_text(
        f"<html><body><p {attributes}>The quarry closed in spring, its owner said on Monday, and nobody was told.</p></body></html>"
    )
    return path


@pytest.mark.parametrize(
    "attributes",
    [
        " ".join(f'a{n}="x"' for n in range(1001)),
        " ".join(f"a{n}" for n in range(1001)),
        "/".join(f"a{n}='>'" for n in range(1001)),
        " ".join(f'a{n} = "<p a=1>"' for n in range(1001)),
        " ".join(f"a{n}=" for n in range(2002)),
        'a="\'" ' * 1001,
    ],
)  # fmt: skip
def test_a_tag_of_very_many_attributes_is_refused(tmp_path, attributes):
    with pytest.raises(InputError, match=r"a tag has more than 1000 attributes; save its text as .txt"):
        read_documents(page(tmp_path, attributes))


@pytest.mark.parametrize("attributes", ['class="a"' + " " * 100_000, 'title="' + "a " * 2000 + '"'])
def test_a_tag_of_few_attributes_is_read(tmp_path, attributes):
    (document,) = read_documents(page(tmp_path, attributes))
    assert "The quarry closed" in document.text


@pytest.mark.parametrize("piece", ["<a b='", '<a b="', "<a b=", "<a ", "<a = ", "<", 'a="b', "<p/ /", "<!--"])
def test_tags_without_an_end(tmp_path, piece):
    def read(text):
        path = tmp_path / "a.html"
        path.write_text(f"<p>The quarry closed in spring.</p>{text}")
        try:
            read_documents(path)
        except InputError:
            return

    assert not grows_too_fast(lambda n: piece * n, read, 2000)


def shared(content, pages):
    """A PDF file whose pages all show the same stream."""
    one = pdf([column(content)])
    ids = b"5 0 R " * pages
    return one.replace(b"/Kids [5 0 R] /Count 1", b"/Kids [%b] /Count %d" % (ids, pages))


def test_pages_that_share_a_stream_are_refused_where_they_are_a_bomb(tmp_path):
    path = tmp_path / "a.pdf"
    lines = "\n".join(f"Line {n} of the report on the quarry." for n in range(4000))
    path.write_bytes(shared(lines, 900))
    assert path.stat().st_size < 2**19
    with pytest.raises(InputError, match="its pages show the same over and over"):
        read_documents(path)


def test_pictures_that_show_each_other_are_no_bomb(tmp_path):
    """Ten pictures, each of which shows the next ten times: ten thousand million."""
    forms = [
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /N %d 0 R >> >> /Length %d >>\nstream\n%b\nendstream"
        % (11 + n, len(show), show)
        for n, show in itertools.product(range(10), [b"/N Do\n" * 10])
    ]
    forms.append(
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 12 >>\nstream\nBT (a) Tj ET\nendstream"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Resources << /XObject << /N 10 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length 6 >>\nstream\n/N Do\n\nendstream",
        *[b"null"] * 5,
        *forms,
    ]
    path = tmp_path / "a.pdf"
    path.write_bytes(_written(objects))
    with pytest.raises(InputError, match=r"its pages show the same over and over|holds no text"):
        read_documents(path)


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<blockquote>"])
def test_a_page_that_is_nested_a_hundred_thousand_deep(tmp_path, piece):
    def read(text):
        path = tmp_path / "a.html"
        path.write_text(f"<html><body>{text}<p>The quarry closed in spring, its owner said on Monday.</p>")
        try:
            read_documents(path)
        except InputError:
            return

    assert not grows_too_fast(lambda n: piece * n, read, 100_000 // GROWTH)


SENTENCE = "The quarry closed in spring, its owner said on Monday. "
ONE_LINE = {
    "a.txt": "{}",
    "a.md": "{}",
    "a.html": "<p>{}</p>",
    "a.csv": 'text,source\n"{}",Herald\n',
    "a.jsonl": '{{"text": "{}", "source": "Herald"}}\n',
}


@pytest.mark.parametrize("name", ONE_LINE)
def test_ten_megabytes_in_one_line(tmp_path, name):
    def read(text):
        path = tmp_path / name
        path.write_text(ONE_LINE[name].format(text))
        try:
            read_documents(path)
        except InputError:
            return

    assert not grows_too_fast(lambda n: SENTENCE * n, read, 10_000_000 // len(SENTENCE) // GROWTH)
