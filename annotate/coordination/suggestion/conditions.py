"""Which questions a label config puts, given answers to others."""

from collections.abc import Mapping
from typing import Any

from annotate.codebook.config_xml import parse_config
from annotate.codebook.read import Codebook


def shown(codebook: Codebook, answers: Mapping[str, str]) -> set[str]:
    """The variables of ``answers`` (variable to category) that are certainly asked, given the others.

    One that hangs on an answer which is not given, or on what is marked in the text, is not.
    """
    tags = {tag.get("name"): tag for tag in parse_config(codebook.config).iter() if tag.get("toName")}
    left = {name for name in answers if name in tags}
    while True:
        hidden = {name for name in left if not _asked(tags[name], left, answers, codebook)}
        if not hidden:
            return left
        left -= hidden


def _asked(tag: Any, left: set[str], answers: Mapping[str, str], codebook: Codebook) -> bool:
    return all(
        _holds(one, left, answers, codebook)
        for one in (tag, *tag.iterancestors())
        if one.get("visibleWhen") is not None
    )


def _holds(tag: Any, left: set[str], answers: Mapping[str, str], codebook: Codebook) -> bool:
    on, values = tag.get("whenTagName"), tag.get("whenChoiceValue")
    if on not in left:
        return False
    chosen = codebook.variable(on)
    names = {answers[on], *(one.label for one in chosen.categories if one.id == answers[on])}
    met = values is None or bool(names & {value.strip() for value in values.split(",")})
    return (
        met
        if tag.get("visibleWhen") == "choice-selected"
        else tag.get("visibleWhen") == "choice-unselected" and not met
    )
