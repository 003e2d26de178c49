"""The graph of sources, claims and origins as one page that needs no network, with all of it in a table as well."""

import base64
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from annotate.errors import counted
from annotate.provenance.graph import NODES
from annotate.study.words import in_words, visible

if TYPE_CHECKING:
    import networkx as nx

_COLOURS = dict(zip(NODES, ("#1f77b4", "#7f7f7f", "#8c564b", "#2ca02c", "#9467bd"), strict=True))
_PAGE = "graph.html.j2"
_COLUMNS = ("source", "document", "passage", "claim", "origin")
_WIDTH, _STEP, _TOP, _SHOWN = 280, 22, 40, 42


def graph_page(graph: "nx.MultiDiGraph[str]", title: str) -> str:
    """Render what is tied to a claim or an origin; passages of neither stand in none of it, and are counted."""
    told = {"makes", "attributed_to", "derived_from", "same_quotation", "cites", "rests_on"}
    tied = {end for one, other, kind in graph.edges(keys=True) if kind in told for end in (one, other)}
    shown = graph.subgraph(
        [node for node, kind in graph.nodes(data="kind") if kind != "passage" or node in tied]
    )
    rows: Counter[str] = Counter()
    nodes: dict[str, dict[str, Any]] = {}
    for number, (node, data) in enumerate(shown.nodes(data=True)):
        column = _COLUMNS.index(data["kind"])
        label = visible(str(data["label"]))
        nodes[node] = {
            "number": number,
            "kind": data["kind"],
            "label": label,
            "short": label if len(label) <= _SHOWN else f"{label[: _SHOWN - 1]}…",
            "degree": shown.degree(node),
            "x": 12 + column * _WIDTH,
            "y": _TOP + _STEP * rows[data["kind"]],
            "colour": _COLOURS[data["kind"]],
        }
        rows[data["kind"]] += 1
    edges = [_edge(nodes[one], nodes[other], data) for one, other, data in shown.edges(data=True)]
    left_out = len(graph) - len(shown)
    loader = PackageLoader("annotate.present")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    script = loader.get_source(environment, _PAGE)[0].partition("<script>")[2].partition("</script>")[0]
    return environment.get_template(_PAGE).render(
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        title=visible(title),
        about=f"{counted(left_out, 'passage that makes no claim and names no origin is', 'passages that make no claim and name no origin are')} left out."
        if left_out
        else "",
        nodes=list(nodes.values()),
        edges=edges,
        columns=[{"x": 12 + at * _WIDTH, "name": f"{in_words(name)}s"} for at, name in enumerate(_COLUMNS)],
        width=_WIDTH * len(_COLUMNS),
        height=_TOP + _STEP * max(rows.values(), default=1),
    )


def _edge(one: dict[str, Any], other: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    kind, confirmed = in_words(data["kind"]).lower(), bool(data.get("confirmed", True))
    how = ", ".join(filter(None, [visible(str(data.get("how", ""))), "" if confirmed else "unconfirmed"]))
    return {
        "one": one["number"],
        "other": other["number"],
        **{f"{axis}{end}": node[axis] for end, node in ((1, one), (2, other)) for axis in ("x", "y")},
        "kind": kind,
        "confirmed": confirmed,
        "how": how,
        "from_label": f"{one['kind']}: {one['label']}",
        "to_label": f"{other['kind']}: {other['label']}",
        "said": f"{one['label']} {kind} {other['label']}",
    }
