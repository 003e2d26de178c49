"""Small exports in Label Studio's format, to build tests from."""

from typing import Any

CONFIG = """<View><Text name="text" value="$text"/>
<Choices name="kind" toName="text" required="true"><Choice value="A claim" alias="a"/><Choice value="b"/></Choices>
<Choices name="flags" toName="text" choice="multiple"><Choice value="x"/><Choice value="y"/></Choices>
<Rating name="force" toName="text" maxRating="4"/>
<Number name="depth" toName="text" min="0" max="5"/>
<Taxonomy name="topic" toName="text"><Choice value="war"><Choice value="sea"/></Choice></Taxonomy>
<Labels name="marks" toName="text"><Label value="SOURCE"/><Label value="CUE"/></Labels>
<Relations><Relation value="relays"/></Relations>
<TextArea name="comment" toName="text"/></View>"""

Json = dict[str, Any]


def task(
    item: str = "p1", *annotations: Json, text: str = "He said so.", source: str = "S", **data: Any
) -> Json:
    return {
        "id": 1,
        "data": {"passage_id": item, "source": source, "text": text, "document_id": "d", **data},
        "annotations": list(annotations),
    }


def annotation(number: int, annotator: int, *results: Json, **fields: Any) -> Json:
    return {
        "id": number,
        "completed_by": annotator,
        "result": list(results),
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-01-01T10:00:00Z",
        "updated_at": f"2026-01-01T10:{number:02d}:00Z",
        "updated_by": annotator,
        "lead_time": 12.5,
        **fields,
    }


def choice(*values: str, name: str = "kind") -> Json:
    return result(name, "choices", choices=list(values))


def span(start: int, end: int, text: str, label: str = "SOURCE") -> Json:
    return result("marks", "labels", start=start, end=end, text=text, labels=[label])


def result(name: str, kind: str, **value: Any) -> Json:
    return {"id": "r1", "from_name": name, "to_name": "text", "type": kind, "value": value}
