"""What recurs, put into tasks as data. No label config of this package shows it to annotators."""

from annotate.corpus.tasks import Task
from annotate.figures import quantities
from annotate.frames import records
from annotate.reuse import MIN_SCORE, reuse
from annotate.study.passages import passages_of

_FIGURE = ("start", "end", "surface", "low", "high", "unit", "rate", "currency", "hedge")


def with_findings(tasks: list[Task], *, min_score: float = MIN_SCORE) -> list[Task]:
    """Add to the data of each task its figures (``quantities``) and what it shares (``reuse``).

    Parameters
    ----------
    tasks
        As :func:`annotate.corpus.ingest` makes them; they are not changed.
    min_score
        Of :func:`annotate.reuse.reuse`.

    Returns
    -------
    list of tasks
        With two more keys where there is something to say. ``quantities``: the columns of
        :func:`annotate.figures.quantities` that belong to the figure. ``reuse``: for each
        passage that shares text, best first: passage_id, document_id, source, score, kind, start and end here,
        their_start and their_end there. Open bounds and what is not known are null.

    """
    passages = passages_of(tasks)
    found: dict[str, dict[str, list[dict[str, object]]]] = {}
    for row in records(quantities(passages)):
        figures = found.setdefault(str(row["item"]), {}).setdefault("quantities", [])
        figures.append({name: row[name] for name in _FIGURE})
    for row in records(reuse(passages, min_score=min_score)):
        for here, there in (("a", "b"), ("b", "a")):
            shared = found.setdefault(str(row[f"{here}_item"]), {}).setdefault("reuse", [])
            shared.append(
                {
                    "passage_id": row[f"{there}_item"],
                    "document_id": row[f"{there}_document"],
                    "source": row[f"{there}_source"],
                    **{name: row[name] for name in ("score", "kind")},
                    **{name: row[f"{here}_{name}"] for name in ("start", "end")},
                    **{f"their_{name}": row[f"{there}_{name}"] for name in ("start", "end")},
                }
            )
    return [
        {**task, "data": task["data"] | found.get(task["data"]["passage_id"].strip(), {})} for task in tasks
    ]
