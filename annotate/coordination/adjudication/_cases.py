"""Which passages an adjudicator has to look at, with which variables open, and the tasks that show them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from annotate.codebook.config_xml import shown_keys
from annotate.codebook.read import Codebook
from annotate.consensus import majority
from annotate.coordination.adjudication.screen import VOTES, Coder, coders, votes_table
from annotate.errors import InputError
from annotate.study.exported import ADJUDICATION, item_id

Only = Literal["ties", "disagreements"]


def unsettled(
    ratings: pd.DataFrame, *, only: Only = "disagreements", variables: Collection[str] | None = None
) -> Mapping[str, tuple[str, ...]]:
    """Find the items that are not settled.

    Parameters
    ----------
    ratings
        The ratings table; of an annotator's rounds the first counts.
    only
        ``disagreements``: all on which two annotators differ, also where most are of one mind; ``ties``:
        those on which no category has more votes than any other.
    variables
        Those that bring an item before an adjudicator; None for all.

    Returns
    -------
    Mapping
        From the item to its open variables, sorted: those that are not settled as ``only`` has it and, of
        such an item, those that not all of its annotators answered, as where one saw no claim and was not
        asked on.

    """
    votes = majority(ratings)
    if votes.empty:
        return {}
    votes["at_issue"] = votes["tie"] if only == "ties" else votes["share"] < 1
    asked = votes["at_issue"] & (True if variables is None else votes["variable"].isin(list(variables)))
    people = ratings.groupby("item")["annotator"].nunique()
    partly = votes["n_ratings"] < votes["item"].map(people)
    found = votes.loc[votes["item"].isin(votes.loc[asked, "item"]) & (votes["at_issue"] | partly)]
    return {str(item): tuple(rows) for item, rows in found.groupby("item")["variable"]}


SETTLED = "settled"
"""The prediction that holds what is settled and nothing else; an adjudicator's answers begin with it."""

Json = Mapping[str, Any]


def cases(
    found: Mapping[str, Sequence[str]],
    ratings: pd.DataFrame,
    tasks: Sequence[Json],
    codebook: Codebook,
    *,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Make the tasks, in the order of the export, as Label Studio imports them.

    Parameters
    ----------
    found
        The open variables by item, as :func:`~annotate.coordination.adjudication.unsettled` finds them.
    ratings
        The ratings of the first round.
    tasks
        The study's export.
    codebook
        Of its label config.
    seed
        Of the order in which the annotators of each passage are numbered.

    Returns
    -------
    list
        For each item ``data``: what the label config shows, ``passage_id``, ``text``, ``votes`` (the table of
        choices, in HTML) and ``adjudication`` (the open variables); neither source nor names. And
        ``predictions``: ``settled``, then the annotators, the last one first: Label Studio shows the latest
        prediction before the others.

    Raises
    ------
    InputError
        If a passage has no text, or is one entry of a list in a task (``<Repeater>``), which has no task of its own.

    """
    repeated = [one.name for one in codebook.variables if one.repeat is not None]
    if repeated:
        raise InputError(
            f"{', '.join(repeated)}: repeated by <Repeater>, and put before no adjudicator; settle them with annotate "
            "consensus"
        )
    shown = sorted(shown_keys(codebook.config))
    by_item: dict[str, list[Json]] = {}
    for task in tasks:
        again = task["data"].get("repeat_of") or task["data"].get(ADJUDICATION)
        if item_id(task["data"]) in found and not again:
            by_item.setdefault(item_id(task["data"]), []).append(task)
    rated = dict(iter(ratings.loc[ratings["item"].isin(found)].groupby("item", sort=False)))
    made = []
    for item, own in by_item.items():
        data = own[0]["data"]
        if not isinstance(data.get("text"), str):
            raise InputError(f"item {item}: its task has no text; make the tasks with annotate ingest")
        people = coders(item, rated[item], own, codebook, seed=seed)
        said = {
            **{key: data[key] for key in shown if key in data},
            "passage_id": item,
            "text": data["text"],
            VOTES: votes_table(people, found[item], codebook),
            ADJUDICATION: list(found[item]),
        }
        made.append({"data": said, "predictions": list(_predictions(people, found[item]))})
    return made


def _predictions(people: Sequence[Coder], open_: Sequence[str]) -> Iterator[dict[str, Any]]:
    yield {"model_version": SETTLED, "result": list(_settled(people, open_))}
    for number, coder in reversed(list(enumerate(people, start=1))):
        yield {"model_version": f"coder {number}", "result": list(coder.results)}


def _settled(people: Sequence[Coder], open_: Sequence[str]) -> Iterator[Json]:
    """Give the answer of most annotators to each variable that is not open."""
    votes: dict[str, list[str]] = {}
    for coder in people:
        for name, category in coder.categories.items():
            votes.setdefault(name, []).append(category)
    for name in [name for name in votes if name not in open_]:
        most = max(votes[name], key=votes[name].count)
        of_most = [coder for coder in people if coder.categories.get(name) == most]
        yield from [one for one in of_most[0].results if one.get("from_name") == name]
