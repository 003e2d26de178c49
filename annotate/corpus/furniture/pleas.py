# ruff: noqa: RUF001 - quotation marks of many languages
"""Pleas of a publisher for the reader's money: "Your donation keeps our reporters in the field."."""

import re

from annotate.corpus.furniture.calls import reports
from annotate.corpus.furniture.patterns import any_of

_GIFT = "(?:support|donation|contribution|gift|subscription|membership|generosity)s?"
_TRADE = any_of(
    ("journalis(?:m|ts?)", "report(?:ing|ers?)", "newsrooms?", "coverage", "paywalls?", "readers?"),
    (
        r"donat\w+",
        r"contribut\w+",
        r"subscri\w+",
        "memberships?",
        "publications?",
        "independent media",
        "our (?:work|site|mission)",
    ),
)
_ABOUT = rf"(?=.*\b{_TRADE}\b)"
_PLEA = re.compile(
    any_of(
        # your gift and our work
        (
            rf"(?:with |without )?your (?:\w+ )?{_GIFT}\b(?=.*\b(?:(?-i:us)|our|we|{_TRADE})\b).*",
            (
                r"if you (?:value|appreciate|enjoy(?:ed)?|like(?:d)?|believe in|care about|can afford"
                rf"|are able|want to support|rely on|found)\b{_ABOUT}.*\b(?:(?-i:us)|our|this|your?"
                r"|independent)\b.*"
            ),
            (
                r"(?:will|would|can|could|won['’]t) you (?:please |also |consider )*(?:support|help"
                rf"|consider|chip|donat|mak|join|becom|contribut|subscrib)\w*\b{_ABOUT}.*"
            ),
            (
                r"(?:please |so please )?consider (?:donating|supporting|subscribing|making|becoming"
                rf"|contributing|a donation)\b(?:{_ABOUT}.*| today| now)?"
            ),
        ),
        # we and our readers
        (
            (
                r"(?:that['’]s why )?we (?:\w+ )?(?:rely|depend|count) (?:\w+ )?on\b.*\b(?:readers?"
                rf"|you|your|{_GIFT}|subscribers|members)\b.*"
            ),
            (
                r"(?:that['’]s why )?we (?:\w+ )?(?:need|ask for|invite|appreciate"
                rf"|are grateful for) your {_GIFT}\b.*"
            ),
            r"we need your help",
            (
                r"our (?:journalism|reporting|newsroom|site|website|publication) (?:is|are|remains?) "
                r"(?:\w+ )?(?:free|funded|made possible|supported|possible|paid for|reader)\b.*"
            ),
            rf"help (?:us|keep)\b{_ABOUT}.*",
            (
                r"(?:every|any|no) (?:contribution|donation|gift)\b.*\b(?:(?-i:us)|our|journalism"
                r"|counts|helps|matters|too small)\b.*"
            ),
        ),
        # support us
        (
            (
                r"(?:please )?(?:support|fund|donate to|make a (?:donation|gift|contribution)"
                rf"|chip in)\b{_ABOUT}.*"
            ),
            (
                r"(?:please )?(?:support|help|fund)\b(?=.*\b(?:journalism|reporting|our work|newsroom"
                r"|donat\w+|this site|independent|keep us)\b).*"
            ),
            r"if everyone who reads\b.*\b(?:our|this)\b.*\b(?:fund|support|help|pay|give)\w*\b.*",
            r"(?=.*\bwe\b).*\bask(?:ing)?(?: you)? for your (?:help|support|contribution)\b.*",
            r"(?:donate|give|contribute) (?:now|today|here|monthly)\b.*",
            r"support us(?: (?:now|today|here|from)\b.*)?",
            r"become an? (?:member|subscriber|supporter|patron|donor|contributor)\b.*",
        ),
    ),
    re.IGNORECASE,
)
_OPENING = re.compile(rf"(?:thank you for )?your (?:\w+ )?{_GIFT}\b.*", re.IGNORECASE)
_WE = re.compile(r"\b(?:[Ww]e|[Oo]ur|us|[Yy]ou|[Yy]ours?)\b")
_PRAISE = re.compile(
    (
        r"\b(?:trusted by|(?:non-?profit|independent|reader-\w+|award-winning) (?:news\w*|media"
        r"|publication|journalism|organi[sz]ation)|paywalls?)\b"
    ),
    re.IGNORECASE,
)
_WOULD = re.compile(r"\bwould\b", re.IGNORECASE)
_TITLE = re.compile(r"[‘'“\"](?:[A-Z]\w*\s?){1,5}[’'”\"]")


def is_plea(line: str) -> bool:
    """Whether a sentence asks the reader to give to those who publish the page."""
    bare = line.rstrip(" .!?:»→>")
    return bool(_PLEA.fullmatch(bare)) and not reports(_WOULD.sub("", bare))


def may_open_plea(line: str) -> bool:
    """Whether a line has a plea's first or last words: "Your support makes all the difference."."""
    return bool(_OPENING.fullmatch(line)) and not reports(line)


def may_be_of_plea(line: str) -> bool:
    """Whether a sentence beside a plea can belong to it: it says "we" or "you", or praises the publisher."""
    bare = _TITLE.sub("", line)
    return not reports(bare) and bool(_WE.search(bare) or _PRAISE.search(bare))
