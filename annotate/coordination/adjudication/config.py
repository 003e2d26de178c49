"""The adjudicator's screen: the study's own label config with the annotators' choices beside the text."""

from lxml import etree

from annotate.codebook.config_xml import Element, parse_config
from annotate.errors import ConfigError

VOTES = "votes"
"""The key of the task's data under which the table of choices stands, and the name of its tag."""

_STYLE = """
    .adjudicate { display: flex; gap: 24px; align-items: flex-start; }
    .adjudicate .adjudicate-text { flex: 1 1 0; min-width: 0; }
    .adjudicate .adjudicate-votes { flex: 1 1 0; min-width: 0; max-height: 300px; overflow-y: auto; }
    .adjudicate-votes table { width: 100%; border-collapse: collapse; font-size: 13px; line-height: 18px; }
    .adjudicate-votes th { text-align: left; font-weight: 400; vertical-align: top; padding: 3px 12px 3px 0; white-space: nowrap; }
    .adjudicate-votes td { vertical-align: top; padding: 3px 0; }
    .adjudicate-votes .begins { border-top: 1px solid var(--color-neutral-border-subtle, #e1e1e1); }
    .adjudicate-votes .open th { font-weight: 600; }
    .adjudicate-votes .settled { color: var(--color-neutral-content-subtler, #737373); }
    .adjudicate-votes .who { color: var(--color-neutral-content-subtler, #737373); white-space: nowrap; padding-left: 10px; text-align: right; }
"""


def adjudication_config(config: str) -> str:
    """Put the table of choices beside the first text that a label config shows.

    The controls stay as they are, so what comes back is read as any annotation is. The tag of the table is
    ``<HyperText name="votes" value="$votes"/>``.

    Raises
    ------
    ConfigError
        If the config is no XML, shows nothing that is annotated, or has a tag named ``votes``.

    """
    root = parse_config(config)
    shown = {name for tag in root.iter() for name in (tag.get("toName") or "").split(",")}
    tags = [tag for tag in root.iter() if tag.get("name") in shown and tag.get("toName") is None]
    if not tags:
        raise ConfigError("label config: no control is about an object that it shows; see annotate check")
    if any(tag.get("name") == VOTES for tag in root.iter()):
        raise ConfigError(f"label config: a tag is named {VOTES!r}, as the table of choices is; rename it")
    part = _surroundings(tags[0])
    row = etree.Element("View", className="adjudicate")
    if part is root:
        row.append(root)
        root = etree.Element("View")
        root.append(row)
    else:
        part.getparent().replace(part, row)
        row.append(part)
    part.tail = None
    left = etree.Element("View", className="adjudicate-text")
    row.replace(part, left)
    left.append(part)
    right = etree.SubElement(row, "View", className="adjudicate-votes")
    etree.SubElement(right, "HyperText", name=VOTES, value=f"${VOTES}", inline="true")
    style = etree.Element("Style")
    style.text = _STYLE
    root.insert(0, style)
    return str(etree.tostring(root, encoding="unicode"))


def _surroundings(shown: Element) -> Element:
    """The largest part of the config around an object in which there is no control: it and its context."""
    part = shown
    while (parent := part.getparent()) is not None and all(
        tag.get("toName") is None for tag in parent.iter()
    ):
        part = parent
    return part
