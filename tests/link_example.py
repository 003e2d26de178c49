"""Pairs of passages and what annotators said of them, as a link project exports them, to build tests from."""

from typing import Any

from annotate.study.links import pair_id
from tests.export_example import annotation

Json = dict[str, Any]


def link_task(a: str, b: str, *annotations: Json, **data: Any) -> Json:
    """The task of two passages, such as ``a1`` and ``b7``, which lie in the documents ``a`` and ``b``."""
    sides = {
        f"{side}_{name}": value
        for side, item in (("a", a), ("b", b))
        for name, value in {
            "item": item,
            "document": item[0],
            "source": item[0].upper(),
            "text": f"Text of {item}.",
            "published": None,
        }.items()
    }
    told = {
        **sides,
        "stratum": "candidate",
        "drawn": 1.0,
        "score": 0.5,
        "rank": 1,
        "reasons": ["likeness"],
        **data,
    }
    documents = [str(told[f"{side}_document"]) for side in ("a", "b")]
    sources = [str(told[f"{side}_source"]) for side in ("a", "b")]
    return {
        "id": 1,
        "data": {
            "passage_id": pair_id(a, b),
            "document_id": " + ".join(sorted(documents)),
            "source": " + ".join(sorted(sources)),
            "text": f"{told['a_text']}\n\n{told['b_text']}",
            "kind": "body",
            **told,
        },
        "annotations": list(annotations),
    }


def labelled(number: int, annotator: int, relation: str, derivation: str | None = None) -> Json:
    """An annotation of a pair."""
    results = [_chosen("relation", relation)] + ([_chosen("derivation", derivation)] if derivation else [])
    return annotation(number, annotator, *results)


def _chosen(name: str, value: str) -> Json:
    return {"id": name, "from_name": name, "to_name": "a", "type": "choices", "value": {"choices": [value]}}
