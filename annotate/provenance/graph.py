"""The graph of sources, documents, passages, claims and origins, with networkx; and it as GraphML, JSON or DOT.

Every edge says by its ``kind`` what it is, and by ``how`` and ``n_annotators`` on what it rests; ``confirmed`` is whether
annotators say it, or only texts and dates.
"""

import io
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import networkx as nx

from annotate.provenance.claims._told import CITED, RELAYS, RESTS, most
from annotate.provenance.claims.measured import Claims, steps
from annotate.reuse.documents import namings
from annotate.study.words import visible

NODES = ("source", "document", "passage", "claim", "origin")
PUBLISHED, CONTAINS, MAKES, ATTRIBUTED, RELAYED, RESTED, CITES, DERIVED, QUOTES = EDGES = (
    *("published_by", "contains", "makes", "attributed_to", "relays", "rests_on", "cites", "derived_from"),
    "same_quotation",
)
_SHAPES = {
    "source": "box",
    "document": "note",
    "passage": "plaintext",
    "claim": "ellipse",
    "origin": "diamond",
}
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LABEL = 60  # code points of a passage in its label

Edge = tuple[str, str, dict[str, Any]]


def graph_of(claims: Claims) -> "nx.MultiDiGraph[str]":
    """Build the graph of a study.

    Parameters
    ----------
    claims
        Of :func:`annotate.provenance.claims.measured.gather`.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes have a ``kind`` (:data:`NODES`) and a ``label``; their names begin with the kind. An origin that is a source of the
        corpus is that source. Edges, each with its ``kind`` (:data:`EDGES`) as key: document published_by source, document
        contains passage, passage makes claim; passage attributed_to the nearest of whom most annotators say it has its
        claim from, and origin relays origin from there; passage rests_on and cites the works that annotators tied to its
        claim and marked; passage cites the source, and document the document, that it names; passage derived_from
        passage (``how``: coded, cites, text, names); passage same_quotation passage.

    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    place = claims.coding.place
    for row in claims.passages.to_dict("records"):
        source, document, item = str(row["source"]), str(row["document"]), str(row["item"])
        graph.add_node(f"source:{source}", kind="source", label=source)
        dated = {"published": row["published"]} if row["published"] else {}
        graph.add_node(f"document:{document}", kind="document", label=row["title"] or document, **dated)
        text = " ".join(row["text"].split())
        graph.add_node(
            f"passage:{item}",
            kind="passage",
            label=text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…",
            text=row["text"],
        )
        _add(graph, (f"document:{document}", f"source:{source}", {"kind": PUBLISHED}))
        _add(graph, (f"document:{document}", f"passage:{item}", {"kind": CONTAINS}))
    for row in claims.book.claims.to_dict("records"):
        name = f"claim:{row['claim']}"
        graph.add_node(name, kind="claim", label=str(row["what"]), status=row["status"])
        for mention in row["mentions"]:
            _add(
                graph,
                (
                    f"passage:{mention['item']}",
                    name,
                    {"kind": MAKES, "confirmed": row["status"] != "unconfirmed"},
                ),
            )
    sources = {one.source for one in place.values()}
    for edge in (*_origins(claims, sources), *_marked(claims, sources), *_drawn(claims, sources)):
        _add(graph, edge)
    for naming in namings(claims.passages):
        told = {"kind": CITES, "how": naming.how, "confirmed": False, "text": naming.text}
        _add(graph, (f"document:{naming.document}", f"document:{naming.named}", told))
    for row in steps(claims).to_dict("records"):
        told = {
            "kind": DERIVED,
            "how": row["how"],
            "confirmed": bool(row["confirmed"]),
            "claim": int(row["claim"]),
        }
        _add(graph, (f"passage:{row['item']}", f"passage:{row['from_item']}", told))
    for one, other in sorted(claims.coding.evidence.quotations):
        _add(graph, (f"passage:{one}", f"passage:{other}", {"kind": QUOTES, "confirmed": False}))
    return graph


def without_texts(graph: "nx.MultiDiGraph[str]") -> "nx.MultiDiGraph[str]":
    """The graph without the words of passages: these and claims are called by their ids."""
    bare = graph.copy()
    for node, data in bare.nodes(data=True):
        data.pop("text", None)
        if data["kind"] in ("passage", "claim"):
            data["label"] = node.replace(":", " ", 1)
    for _, _, data in bare.edges(data=True):
        data.pop("text", None)
    return bare


def _add(graph: "nx.MultiDiGraph[str]", edge: Edge) -> None:
    """Add an edge, and the origins at its ends; one edge of a kind between two nodes."""
    one, other, told = edge
    for node in (one, other):
        if node not in graph:
            kind, _, label = node.partition(":")
            graph.add_node(node, kind=kind, label=label)
    graph.add_edge(one, other, key=told["kind"], **told)


def _node(name: str, sources: set[str]) -> str:
    return f"{'source' if name in sources else 'origin'}:{name}"


def _origins(claims: Claims, sources: set[str]) -> Iterator[Edge]:
    """Whom passages are put down to, and whom these relay, as most annotators mark."""
    for item, said in claims.coding.told.items():
        told = most(said)
        if item not in claims.coding.place:
            continue
        agree = {"confirmed": True, "n_annotators": sum(one.origin == told.origin for one in said.values())}
        way = [_node(name, sources) for name in told.hands]
        if not way and told.origin is not None:
            way = [_node(told.origin, sources)]
        if way:
            yield f"passage:{item}", way[0], {"kind": ATTRIBUTED, **agree}
        for nearer, further in pairwise(way):
            yield nearer, further, {"kind": RELAYED, **agree, "item": item}
        for source in sorted(told.cites):
            yield f"passage:{item}", _node(source, sources), {"kind": CITES, "how": "marked", **agree}


def _marked(claims: Claims, sources: set[str]) -> Iterator[Edge]:
    """The works that passages cite, as they were marked."""
    spans = claims.study.spans
    marks = spans.loc[
        (spans["round"] == 1) & (spans["label"] == CITED) & spans["item"].isin(list(claims.coding.place))
    ]
    for (item, text, source), rows in marks.groupby(["item", "text", "source"], sort=True):
        work = claims.origins.of(str(text), str(source))
        if work is not None and work.is_known:
            told = {
                "kind": CITES,
                "how": "marked",
                "confirmed": True,
                "n_annotators": int(rows["annotator"].nunique()),
            }
            yield f"passage:{item}", _node(work.name, sources), told


def _drawn(claims: Claims, sources: set[str]) -> Iterator[Edge]:
    """What annotators drew as relations: on which cited work a claim rests, and which source relays which."""
    drawn = claims.study.first_relations
    drawn = drawn.loc[drawn["label"].isin((RELAYS, RESTS)) & drawn["item"].isin(list(claims.coding.place))]
    ends = ["item", "source", "label", "from_text", "to_text"]
    for (item, source, label, first, last), rows in drawn.groupby(ends, sort=True):
        told = {"confirmed": True, "n_annotators": int(rows["annotator"].nunique()), "item": str(item)}
        further = claims.origins.of(str(last), str(source))
        nearer = claims.origins.of(str(first), str(source))
        if further is None:
            continue
        if label == RESTS:
            yield f"passage:{item}", _node(further.name, sources), {"kind": RESTED, **told}
        elif nearer is not None and nearer.name != further.name:
            yield _node(nearer.name, sources), _node(further.name, sources), {"kind": RELAYED, **told}


def written(graph: "nx.MultiDiGraph[str]", form: str) -> str:
    """Write a graph as ``graphml``, ``json`` (node-link, as networkx and D3 read it) or ``dot`` (Graphviz)."""
    if form == "json":
        return json.dumps(nx.node_link_data(graph, edges="links"), ensure_ascii=False, indent=1) + "\n"
    if form == "dot":
        return "\n".join(_dot(graph)) + "\n"
    page = io.BytesIO()
    nx.write_graphml(_for_xml(graph), page)
    return page.getvalue().decode("utf-8") + "\n"


def _for_xml(graph: "nx.MultiDiGraph[str]") -> "nx.MultiDiGraph[str]":
    """The graph without the signs that XML cannot hold."""
    plain = nx.relabel_nodes(graph, {node: _NO_XML.sub(" ", node) for node in graph})
    for *_, data in (*plain.nodes(data=True), *plain.edges(data=True)):
        data.update({name: _NO_XML.sub(" ", value) for name, value in data.items() if isinstance(value, str)})
    return plain


def _dot(graph: "nx.MultiDiGraph[str]") -> Iterator[str]:
    yield "digraph provenance {"
    yield "  rankdir=LR;"
    for node, data in graph.nodes(data=True):
        yield f"  {_quoted(node)} [label={_quoted(data['label'])}, shape={_SHAPES[data['kind']]}];"
    for one, other, data in graph.edges(data=True):
        style = "" if data.get("confirmed", True) else ", style=dashed"
        yield f"  {_quoted(one)} -> {_quoted(other)} [label={_quoted(data['kind'])}{style}];"
    yield "}"


def _quoted(text: object) -> str:
    line = " ".join(visible(str(text)).split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{line}"'
