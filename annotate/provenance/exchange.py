"""Claims and marks in the standards of others: W3C PROV, W3C Web Annotation (JSON-LD), and schema.org Claim (JSON-LD).

PROV: Moreau & Missier (2013), PROV-DM, W3C Recommendation. Web Annotation: Sanderson, Ciccarese & Young (2017), Web Annotation
Data Model, W3C Recommendation. None of the three is given a verdict: schema.org's ClaimReview is not written.
"""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from prov.model import ProvDocument

from annotate.errors import InputError
from annotate.frames import records
from annotate.provenance.claims.measured import Claims, first_to_publish
from annotate.provenance.graph import (
    CONTAINS,
    DERIVED,
    MAKES,
    PUBLISHED,
    QUOTES,
)
from annotate.study.ratings import decode_set

if TYPE_CHECKING:
    import networkx as nx

NAMESPACE = "urn:annotate:"
PROV_FORMATS = {".json": "json", ".ttl": "rdf", ".provn": "provn"}
"""The ending of a file, and what the prov library calls its format."""
_QUOTE = "TextQuoteSelector"
_AROUND = 32  # code points before and behind a quotation, by which it is found again
_AGENTS = ("source", "origin")


def prov_document(graph: "nx.MultiDiGraph[str]") -> ProvDocument:
    """Make the graph of :func:`annotate.provenance.graph.graph_of` a PROV document.

    Sources and origins are agents; documents (collections of their passages), passages, and claims (collections of the
    passages that make them) are entities. A document was attributed to its source; a passage was derived from
    another; two that quote the same are alternates. That a passage was put down to an origin, cites or rests on it, and
    that one relays another, is an influence, whose ``a:kind`` says which. ``a:confirmed`` and ``a:how`` are kept.
    """
    document = ProvDocument()
    document.add_namespace("a", NAMESPACE)
    for node, data in graph.nodes(data=True):
        told: dict[str, Any] = {"prov:label": str(data["label"]), "a:kind": data["kind"]}
        told |= {f"a:{name}": str(data[name]) for name in ("published", "status", "text") if name in data}
        if data["kind"] in _AGENTS:
            document.agent(_name(node), told)
        else:
            if data["kind"] in ("document", "claim"):
                told["prov:type"] = "prov:Collection"
            document.entity(_name(node), told)
    for one, other, data in graph.edges(data=True):
        _relate(document, _name(one), _name(other), data)
    return document


def _relate(document: ProvDocument, one: str, other: str, data: dict[str, Any]) -> None:
    told = {f"a:{name}": data[name] for name in ("kind", "how", "confirmed", "n_annotators") if name in data}
    if data["kind"] == PUBLISHED:
        document.wasAttributedTo(one, other)
    elif data["kind"] == CONTAINS:
        document.hadMember(one, other)
    elif data["kind"] == MAKES:
        document.hadMember(other, one)
    elif data["kind"] == DERIVED:
        document.wasDerivedFrom(one, other, other_attributes=told)
    elif data["kind"] == QUOTES:
        document.alternateOf(one, other)
    else:
        document.wasInfluencedBy(one, other, other_attributes=told)


def _name(node: str) -> str:
    """A name that every serialization of PROV can hold: the kind, and a hash of the node's own name."""
    kind, _, own = node.partition(":")
    return f"a:{kind}-{hashlib.sha256(own.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def web_annotations(claims: Claims) -> dict[str, Any]:
    """Every mark and every code of the first round as a page of W3C Web Annotations.

    Each has its annotator as creator and selects its text by position, in code points of the document, and by quotation.
    """
    study = claims.study
    passages = {row["item"]: row for row in records(study.passages) if row["text"] is not None}
    items = [*_marks(claims, passages), *_codes(claims, passages)]
    return {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{NAMESPACE}annotations",
        "type": "AnnotationPage",
        "items": items,
    }


def _marks(claims: Claims, passages: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    spans = claims.study.spans
    for number, row in enumerate(records(spans.loc[spans["round"] == 1]), start=1):
        if passage := passages.get(row["item"]):
            body = {
                "type": "TextualBody",
                "value": row["label"],
                "purpose": "tagging",
                "format": "text/plain",
            }
            yield _annotation(
                f"mark:{number}", "tagging", body, row["annotator"], passage, row["start"], row["end"]
            )


def _codes(claims: Claims, passages: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    levels = claims.study.levels
    for number, row in enumerate(records(claims.study.first_round), start=1):
        if passage := passages.get(row["item"]):
            chosen = (
                decode_set(row["category"]) if levels.get(row["variable"]) == "set" else [row["category"]]
            )
            bodies = [
                {
                    "type": "TextualBody",
                    "value": f"{row['variable']}: {one}",
                    "purpose": "classifying",
                    "format": "text/plain",
                }
                for one in chosen
            ]
            if bodies:
                ends = 0, len(passage["text"])
                yield _annotation(f"code:{number}", "classifying", bodies, row["annotator"], passage, *ends)


def _annotation(
    name: str, motivation: str, body: object, annotator: str, passage: dict[str, Any], start: int, end: int
) -> dict[str, Any]:
    text, at = passage["text"], passage["start"] or 0
    return {
        "id": f"{NAMESPACE}{name}",
        "type": "Annotation",
        "motivation": motivation,
        "creator": {
            "id": f"{NAMESPACE}annotator:{quote(annotator)}",
            "type": "Person",
            "nickname": annotator,
        },
        "body": body,
        "target": {
            "source": _address(passage),
            "selector": [
                {"type": "TextPositionSelector", "start": at + start, "end": at + end},
                {
                    "type": _QUOTE,
                    "exact": text[start:end],
                    "prefix": text[max(0, start - _AROUND) : start],
                    "suffix": text[end : end + _AROUND],
                },
            ],
        },
    }


def _address(passage: dict[str, Any]) -> str:
    """Where a document is: its address if that is one of the web, else a name."""
    url = passage["url"]
    if isinstance(url, str) and url.startswith(("http://", "https://")):
        return quote(url, safe=":/?#[]@!$&'()*+,;=%-._~")
    return f"{NAMESPACE}document:{quote(str(passage['document'] or passage['source']), safe='')}"


def schema_claims(claims: Claims) -> dict[str, Any]:
    """The claims as schema.org Claims, each with the works in which it appears and those that it cites; no verdict."""
    passages = {row["item"]: row for row in records(claims.passages)}
    found = []
    for claim, scope in claims.scopes:
        mentions = claim["mentions"]
        works = [_work(mention, passages[mention["item"]]) for mention in mentions]
        first = first_to_publish(mentions)
        known = sorted(claims.figures(scope).sure.known)
        found.append(
            {
                "@type": "Claim",
                "@id": f"{NAMESPACE}claim:{claim['claim']}",
                "name": str(claim["what"]),
                "text": str(mentions[0]["wording"]),
                "appearance": works,
                **({"firstAppearance": works[mentions.index(first.dated[0])]} if first.dated else {}),
                **({"citation": known} if known else {}),
            }
        )
    return {"@context": "https://schema.org", "@graph": found}


def wordless(told: Any) -> Any:
    """Web annotations or claims without the words of passages: what is quoted goes, and claims are called by their ids."""
    if isinstance(told, list):
        return [wordless(one) for one in told if not (isinstance(one, dict) and one.get("type") == _QUOTE)]
    if not isinstance(told, dict):
        return told
    named = {"name": told["@id"]} if told.get("@type") == "Claim" else {}
    return {name: wordless(value) for name, value in told.items() if name != "text"} | named


def _work(mention: dict[str, Any], passage: dict[str, Any]) -> dict[str, Any]:
    dated = {"datePublished": mention["published"]} if mention["published"] else {}
    return {
        "@type": "CreativeWork",
        "@id": f"{NAMESPACE}passage:{quote(str(mention['item']), safe='')}",
        "text": mention["text"],
        "publisher": {"@type": "Organization", "name": mention["source"]},
        "isPartOf": {
            "@type": "CreativeWork",
            "@id": _address(passage),
            **({"name": passage["title"]} if passage["title"] else {}),
        },
        **dated,
    }


def prov_text(graph: "nx.MultiDiGraph[str]", ending: str) -> str:
    """The PROV document as PROV-JSON (``.json``), Turtle (``.ttl``) or PROV-N (``.provn``).

    Raises
    ------
    InputError
        For another ending.

    """
    if ending not in PROV_FORMATS:
        raise InputError(f"{ending or 'no ending'}: PROV is written to {', '.join(PROV_FORMATS)}")
    more = {"rdf_format": "turtle"} if ending == ".ttl" else {}
    return str(prov_document(graph).serialize(format=PROV_FORMATS[ending], **more))
