# ruff: noqa: RUF001 - quotation marks and dashes of many languages
"""Lines that describe or credit a picture, a figure or a table."""

import re

from annotate.corpus.furniture.patterns import NAME, NAMES, NEWS_AGENCIES, PICTURE_AGENCIES, any_of, whole

_LONGEST = 80  # words
_ALT_TEXT = 8  # words
_PICTURE = any_of(
    (
        "photo(?:graph)?s?",
        "photographers?",
        "pictures?",
        "images?",
        "illustrations?",
        "graphics?",
        "video",
        "screenshots?",
    ),
    ("file photo", "archive photo", "file image", "file picture", "cover", "composite", "main image"),
    ("fotos?", "bild(?:er)?", "grafik", "imagen", "crédito"),
)
_NUMBERED = any_of(
    ("figure", "fig", "table", "tab", "chart", "map", "plate", "exhibit", "graph"),
    ("abbildung", "abb", "tabelle", "figura", "tableau", "tabla"),
)
_MADE = "(?:provided|released|made available|distributed|obtained|supplied|taken)"

_LABELLED = (
    (
        rf"\(?(?:{_PICTURE}|caption|credits?|bildunterschrift|légende)(?:\s(?:credits?|source|courtesy"
        r"|caption|by))?\s?[:©|]\s?\S.*"
    ),
    rf"\(?(?:{_PICTURE})(?:\scourtesy)?\s(?:by|via|courtesy of|from)\s[^.!?]*\)?\.?",
    r"(?:image|media|video|photo) (?:caption|source|copyright),?\s\S.*",
    rf"{_NUMBERED}\b\.?\s\(?(?:\d{{1,3}}[a-z]?|[ivx]{{1,5}})\)?(?:\s?[:–—]|\.(?=\s\S)).*",
    rf"(?:show|hide|toggle|view) (?:caption|{_PICTURE})",
    rf"enlarge (?:this )?{_PICTURE}",
    rf"view {_PICTURE} in (?:full ?screen|gallery)",
)
_AGENCY_STYLE = (
    r"(?:a |an )?(?:file|handout|archive|stock) (?:photo|picture|image)\b[^.!?]{0,120}\.?",
    (
        rf"in this\s[^.]{{0,50}}(?:\d|\bundated\b|\bfile\b|{_MADE})[^.]{{0,60}}\b(?:photo(?:graph)?"
        r"|picture|image|frame grab|video)\b.*"
    ),
    rf"in this (?:photo(?:graph)?|picture|image|frame grab)\s(?:from |{_MADE})[^.]{{0,80}},\s.*",
    (
        rf"this (?:undated|handout|file)\s[^.]{{0,40}}\b(?:photo(?:graph)?|picture|image)\b\s(?:{_MADE}"
        r"|shows)\b.*"
    ),
    (
        r"this (?:\w+ ){0,3}(?:photo(?:graph)?|picture|image) (?:provided|released|made available"
        r"|distributed) by\b[^.]{0,80}\bshows\b.*"
    ),
    r"(?-i:FILE)\s?[-–—:]\s?\S.*",
)
_ENDS = (
    (
        rf".{{1,400}}[(\[]\s?(?:{_PICTURE}|credits?|courtesy|source)(?:\s(?:credits?|by|courtesy"
        r"|of)){0,2}\s?[:/|]?\s.{2,80}[)\]]\.?"
    ),
    rf".{{1,400}}[(\[]\s?(?:{_PICTURE}):.{{2,80}}[)\]]\.?",
    r".{1,400}[(\[](?:file(?: photo| image| picture)?|handout|supplied|courtesy(?: photo)?)[)\]]\.?",
    rf".{{1,400}}[.!?\s](?:{_PICTURE}|credit)(?:\s?credits?)?:\s[^.!?:]{{2,80}}",
    rf".{{1,400}}[.!?]\s\|?\s?(?:{_PICTURE}) (?:by|courtesy(?: of)?)\s[^.!?]{{2,80}}",
)
_CAPTION = whole(_LABELLED, _AGENCY_STYLE, _ENDS)

_NEWS, _PICTURES = any_of(NEWS_AGENCIES), any_of(PICTURE_AGENCIES)
_EITHER = any_of(PICTURE_AGENCIES, NEWS_AGENCIES)
_JOINT = r"(?:\s?[/|]\s?|,\s|\svia\s)"
_FILED = "(?:[Ff]ile(?: [Pp]hoto)?|FILE|Pool|POOL|[Hh]andout)"
_CREDIT = re.compile(
    any_of(
        (
            rf"(?:©\s?)?{NAMES}(?:\s?/\s?|\svia\s){_EITHER}(?:{_JOINT}(?:{_EITHER}|{_FILED})){{0,3}}",
            (
                rf"(?:©\s?)?{NAMES}(?:,\s|\s\|\s){_EITHER}(?:\s?/\s?|\svia\s)(?:{_EITHER}|{_FILED})(?:/"
                rf"(?:{_EITHER}|{_FILED}))?"
            ),
            rf"(?:©\s?)?(?:{NAMES}(?:,\s|\s\|\s))?{_PICTURES}(?:{_JOINT}(?:{_EITHER}|{_FILED}))?",
            rf"\(?{_EITHER}\s(?:Photo|file|Images)\b.{{0,80}}",
            rf"{_EITHER}\s?/\s?{NAMES}(?:/{_FILED})?",
            (
                rf"(?:Photographs?|Pictures?|Photos?|PHOTO|Credits?|Courtesy|Foto):?\s?(?:by\s)?{NAMES}"
                rf"(?:{_JOINT}{NAMES}){{0,3}}"
            ),
        )
    )
)
_CREDITED = re.compile(
    any_of(
        (
            (
                rf".{{1,400}}[(\[](?:(?:{NAME}\s?){{1,4}}/)?(?:(?:{NAME}\s?){{1,6}}(?:/|,\s"
                rf"|\svia\s))?{_EITHER}(?:\s?[/,]\s?[^()]{{2,60}})?[)\]](?:\s{_NEWS})?"
            ),
            rf".{{1,400}}[.!?”]\s?{_EITHER}\s?/\s?(?:Photo by )?{NAMES}(?:/{_FILED})?",
            rf".{{1,400}}[.!?”]\s(?:{NAME}\s?){{1,3}}/\s?{_EITHER}(?:/\s?{_EITHER})?",
        )
    )
)
_ALT = whole(
    (
        (
            r"(?:(?!\b(?:the|a|an|of|to|on|off|in|and|how|why|what|reading|drawing|new)\b)"
            r"[^.!?:,;\"“”]){2,60}"
            r"\s(?:graph|infographic|pie chart|bar chart|line chart|logo|screengrab|locator map|diagram)"
        ),
    ),
    (
        (
            rf"(?:graphs?|maps?|charts?|infographic|diagram|{_PICTURE}) (?:showing|depicting|illustrating)"
            r"\s[^.!?]{2,100}"
        ),
    ),
)


_CAPTION_LABEL = re.compile(r"(?:image|media|video|photo|picture) caption[,:]?", re.IGNORECASE)


def is_caption(line: str) -> bool:
    """Whether a line describes or credits a picture, a figure or a table."""
    words = len(line.split())
    if words > _LONGEST:
        return False
    if is_credit(line) or is_caption_label(line) or _CAPTION.fullmatch(line) or _CREDITED.fullmatch(line):
        return True
    return bool(_ALT.fullmatch(line)) and words <= 2 * _ALT_TEXT


def is_caption_label(line: str) -> bool:
    """Whether a caption stands below a line: "Image caption"."""
    return bool(_CAPTION_LABEL.fullmatch(line))


def is_credit(line: str) -> bool:
    """Whether a line only says who made a picture."""
    return bool(_CREDIT.fullmatch(line))
