"""Lines around a text that are none of it: by-lines, captions, and boilerplate, told by their wording.

Every rule is for a whole line or sentence, and made for precision: a sentence of the text must never be
taken for furniture.
"""

from annotate.corpus.furniture.bylines import is_bare_name, is_byline, is_publication_label, is_role
from annotate.corpus.furniture.calls import is_call, reports
from annotate.corpus.furniture.captions import is_caption, is_caption_label, is_credit
from annotate.corpus.furniture.datelines import is_dateline
from annotate.corpus.furniture.notices import is_duration, is_link_label, is_notice
from annotate.corpus.furniture.pleas import is_plea, may_be_of_plea, may_open_plea

__all__ = [
    "LONGEST",
    "is_bare_name",
    "is_boilerplate",
    "is_byline",
    "is_caption",
    "is_caption_label",
    "is_credit",
    "is_dateline",
    "is_duration",
    "is_link_label",
    "is_plea",
    "is_publication_label",
    "is_role",
    "may_be_of_plea",
    "may_open_plea",
    "reports",
]

LONGEST = 500  # characters: no line of furniture is longer
_CALL = 45  # words: nor is a call to the reader


def is_boilerplate(line: str) -> bool:
    """Whether a line belongs to the page and not to the text: calls, notices, links, menus, rules."""
    if len(line) > LONGEST or len(line.split()) > _CALL:
        return False
    return is_notice(line) or is_call(line) or is_plea(line)
