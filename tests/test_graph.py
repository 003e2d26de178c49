"""The graph of sources, claims and origins, and what is written of it, read back by each standard's own readers."""

import base64
import hashlib
import io
import json
from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
import rdflib
from prov.model import ProvDocument

from annotate.errors import InputError
from annotate.present.graph_page import graph_page
from annotate.provenance.claims.measured import gather
from annotate.provenance.exchange import prov_document, prov_text, schema_claims, web_annotations
from annotate.provenance.graph import EDGES, NODES, graph_of, written
from annotate.study.study import read_study
from tests import claim_example
from tests.export_example import result

EXAMPLE = Path(__file__).parent.parent / "exports/example"
OA = "http://www.w3.org/ns/oa#"
# What the contexts of the two standards say of the terms that are used, so that no test asks the network.
WEB_ANNOTATION = {
    "oa": OA, "id": "@id", "type": "@type", "items": "http://www.w3.org/ns/activitystreams#items",
    **{name: f"oa:{name}" for name in ("Annotation", "TextualBody", "TextPositionSelector", "TextQuoteSelector", "exact", "prefix", "suffix", "start", "end")},
    "AnnotationPage": "http://www.w3.org/ns/activitystreams#OrderedCollectionPage", "Person": "http://xmlns.com/foaf/0.1/Person",
    "body": {"@id": "oa:hasBody", "@type": "@id"}, "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"}, "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"}, "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "tagging": "oa:tagging", "classifying": "oa:classifying", "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "creator": {"@id": "http://purl.org/dc/terms/creator", "@type": "@id"}, "nickname": "http://xmlns.com/foaf/0.1/nick",
    "format": "http://purl.org/dc/elements/1.1/format",
}  # fmt: skip
SCHEMA = {"@vocab": "https://schema.org/"}


@pytest.fixture
def gathered(tmp_path):
    tasks = claim_example.tasks()
    for one in tasks:
        if one["data"]["passage_id"] == "wire":
            cited = result(
                "marks", "labels", start=42, end=54, text=one["data"]["text"][42:54], labels=["CITED"]
            )
            for made in one["annotations"]:
                made["result"].append({**cited, "id": "c"})
                arrow = {
                    "type": "relation",
                    "from_id": "s",
                    "to_id": "c",
                    "labels": ["rests_on"],
                    "direction": "right",
                }
                made["result"].append(arrow)
    return gather(claim_example.study(tmp_path, tasks), claim_example.links(tmp_path))


def edges(graph, kind):
    return {(one, other) for one, other, key in graph.edges(keys=True) if key == kind}


def test_the_graph_holds_what_was_coded(gathered):
    graph = graph_of(gathered)
    assert {kind for _, kind in graph.nodes(data="kind")} <= set(NODES)
    assert {key for *_, key in graph.edges(keys=True)} <= set(EDGES)
    assert edges(graph, "published_by") >= {("document:d-Kestwire", "source:Kestwire")}
    assert len(edges(graph, "contains")) == len(claim_example.PASSAGES)
    assert edges(graph, "makes") == {
        (f"passage:{item}", "claim:1") for item in claim_example.PASSAGES if item != "other"
    }
    assert ("passage:wire", "origin:Ana Mirel") in edges(graph, "attributed_to")
    assert ("passage:blog", "source:Ommer Magazine") in edges(graph, "attributed_to") & edges(graph, "cites")
    assert ("passage:daily", "passage:wire") in edges(graph, "derived_from")
    assert [one for one, _ in edges(graph, "rests_on")] == ["passage:wire"]
    told = graph.edges["passage:daily", "passage:wire", "derived_from"]
    assert (told["how"], told["confirmed"]) == ("coded", True)


def test_the_planted_circle_is_a_directed_cycle_of_the_graph():
    study = read_study(EXAMPLE)
    graph = graph_of(gather(study))
    derived = nx.DiGraph(edges(graph, "derived_from"))
    (circle,) = nx.simple_cycles(derived)
    document = dict(zip(study.passages["item"], study.passages["document"], strict=True))
    assert {document[item.removeprefix("passage:")] for item in circle} == {
        "kestwire", "drellin-notebook", "ommerlight-magazine",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["graphml", "json"])
def test_what_is_written_is_read_back_as_it_was(gathered, form):
    graph = graph_of(gathered)
    graph.add_node('origin:a\x0bb "quoted" <tag>', kind="origin", label="a\x0bb & <tag>")
    text = written(graph, form)
    if form == "json":
        read = nx.node_link_graph(json.loads(text), edges="links")
        assert nx.utils.graphs_equal(read, graph)
    else:
        read = nx.read_graphml(io.BytesIO(text.encode("utf-8")), force_multigraph=True)
        assert set(read.nodes) == {node.replace("\x0b", " ") for node in graph.nodes}
        assert Counter(kind for *_, kind in read.edges(data="kind")) == Counter(
            kind for *_, kind in graph.edges(data="kind")
        )


def test_dot_quotes_what_would_end_a_name(gathered):
    graph = graph_of(gathered)
    graph.add_node('origin:the "Weekly"\nof \\ Kell', kind="origin", label='the "Weekly"')
    text = written(graph, "dot")
    assert '"origin:the \\"Weekly\\" of \\\\ Kell" [label="the \\"Weekly\\""' in text
    assert text.count("->") == graph.number_of_edges()


@pytest.mark.parametrize("ending", [".json", ".ttl", ".provn"])
def test_prov_is_read_back_by_its_own_library(gathered, ending):
    graph = graph_of(gathered)
    made = prov_document(graph)
    text = prov_text(graph, ending)
    if ending == ".json":
        assert ProvDocument.deserialize(content=text, format="json") == made
    elif ending == ".ttl":
        read = ProvDocument.deserialize(content=text, format="rdf", rdf_format="turtle")
        kinds = [Counter(type(record).__name__ for record in one.get_records()) for one in (read, made)]
        assert kinds[0]["ProvEntity"] == kinds[1]["ProvEntity"]
        assert kinds[0]["ProvAgent"] == kinds[1]["ProvAgent"]
        rows = rdflib.Graph().parse(data=text, format="turtle").query(
            "PREFIX p: <http://www.w3.org/ns/prov#> SELECT DISTINCT ?a ?b WHERE { ?a p:wasDerivedFrom|(p:qualifiedDerivation/p:entity) ?b }"
        )  # fmt: skip
        assert len(rows) == len(edges(graph, "derived_from"))
    else:
        assert text.startswith("document")
        assert text.count("wasDerivedFrom(") == len(edges(graph, "derived_from"))
        assert text.count("hadMember(") == len(edges(graph, "contains")) + len(edges(graph, "makes"))
    with pytest.raises(InputError, match=r"PROV is written to \.json, \.ttl, \.provn"):
        prov_text(graph, ".xml")


def test_web_annotations_select_the_very_text_and_are_linked_data():
    study = read_study(EXAMPLE)
    page = web_annotations(gather(study))
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    text = {}
    for row in study.passages.to_dict("records"):
        whole = text.setdefault(
            row["url"] if isinstance(row["url"], str) else f"urn:annotate:document:{row['document']}", {}
        )
        whole |= dict(enumerate(row["text"], start=row["start"]))
    for one in page["items"]:
        place, quotation = one["target"]["selector"]
        held = "".join(text[one["target"]["source"]][at] for at in range(place["start"], place["end"]))
        assert held == quotation["exact"]
    marks = [one for one in page["items"] if one["motivation"] == "tagging"]
    assert len(marks) == len(study.spans)
    chosen = study.first_round["category"] != "[]"  # where nothing was ticked there is nothing to say
    assert len(page["items"]) - len(marks) == chosen.sum()
    read = rdflib.Graph().parse(data=json.dumps({**page, "@context": WEB_ANNOTATION}), format="json-ld")
    annotations = set(read.subjects(rdflib.RDF.type, rdflib.URIRef(f"{OA}Annotation")))
    assert len(annotations) == len(page["items"])
    for name in ("hasBody", "hasTarget", "motivatedBy"):
        assert set(read.subjects(rdflib.URIRef(OA + name))) >= annotations
    assert {type(one) for one in read.objects(None, rdflib.URIRef(f"{OA}hasSource"))} == {rdflib.URIRef}


def test_claims_of_schema_org_have_appearances_and_no_verdict(gathered):
    made = schema_claims(gathered)
    (claim,) = made["@graph"]
    assert (claim["@type"], len(claim["appearance"]), claim["citation"]) == ("Claim", 6, ["Ana Mirel"])
    assert claim["firstAppearance"]["publisher"]["name"] == "Kestwire"
    read = rdflib.Graph().parse(data=json.dumps({**made, "@context": SCHEMA}), format="json-ld")
    assert len(list(read.triples((None, rdflib.URIRef("https://schema.org/appearance"), None)))) == 6
    assert not any("Review" in word or "rating" in word.lower() for word in json.dumps(made).split('"'))


def test_the_page_says_in_a_table_all_that_it_draws(gathered):
    graph = graph_of(gathered)
    page = graph_page(graph, "A <study>")
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; script-src 'sha256-{digest}'" in page
    assert "A &lt;study&gt;" in page
    assert "http://" not in page
    assert "https://" not in page
    assert page.count("<line ") == page.count("<tr><td>")
    assert page.count('tabindex="0"') == page.count("aria-label=") - 1
    assert "attributed to" in page


def test_the_command_writes_each_form_and_each_standard(run, tmp_path):
    claim_example.study(tmp_path)
    claim_example.links(tmp_path)
    given = ("graph", "export.json", "--links", "links.csv")
    code, out, words = run(*given, "--format", "dot")
    assert (code, out.startswith("digraph")) == (0, True), words
    code, out, words = run(*given, "--format", "html", "-o", "g.html", "--prov", "p.ttl", "--web-annotation", "w.json", "--schema-org", "s.json")  # fmt: skip
    assert (code, out) == (0, ""), words
    assert all((tmp_path / name).stat().st_size for name in ("g.html", "p.ttl", "w.json", "s.json"))
    code, out, words = run(*given, "--prov", "p.xml", "-o", "g.json")
    assert (code, out, (tmp_path / "g.json").exists()) == (1, "", False)
