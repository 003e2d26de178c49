"""What annotators said of pairs of passages, as it is used here: the answers on each pair, and what most of them say."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from annotate.provenance.claims._chains import Step
from annotate.provenance.claims.corrections import Corrections
from annotate.study.links import A_FROM_B, B_FROM_A, COMMON, DERIVATION, RELATION, SAME, Links

UNDECIDED = "undecided"
CONTRADICTION_COLUMNS = ("a_item", "b_item", "relation", "votes", "chain")


@dataclass(frozen=True)
class Answer:
    """What was said of a pair: how the two relate, and who has it from whom, None where it was not said."""

    relation: str
    derivation: str | None = None


Pairs = Mapping[Step, Mapping[str, Answer]]
"""What each annotator said of each pair (a, b)."""


def answers(
    links: Links | None, corrections: Corrections = Corrections(), decided: pd.DataFrame | None = None
) -> dict[Step, dict[str, Answer]]:
    """What each annotator said of each pair, with what was decided and corrected in their place.

    Parameters
    ----------
    links
        Of :func:`annotate.study.links.read_links`; None where nobody was asked.
    corrections
        A pair of which one passage was split off is nobody's any more; two that are joined are the same claim.
    decided
        What an adjudicator decided, which counts alone: item (of the pair), variable, category.

    """
    found: dict[Step, dict[str, Answer]] = {}
    for row in [] if links is None else links.labels.to_dict("records"):
        both = row["a_item"], row["b_item"]
        if row[RELATION] is not None and not corrections.split & set(both):
            found.setdefault(both, {})[row["annotator"]] = Answer(row[RELATION], row[DERIVATION])
    if decided is not None and links is not None:
        sides = {row["item"]: (row["a_item"], row["b_item"]) for row in links.pairs.to_dict("records")}
        for item, rows in decided.groupby("item"):
            said = dict(zip(rows["variable"], rows["category"], strict=True))
            both = sides.get(item, ("", ""))
            if RELATION in said and both in found:
                found[both] = {"adjudicated": Answer(said[RELATION], said.get(DERIVATION))}
    for one, other in corrections.join if links is not None else ():
        both = (other, one) if (other, one) in found else (one, other)
        before = most(found.get(both, {}))
        found[both] = {"corrected": Answer(SAME, before.derivation if before else None)}
    return found


def most(said: Mapping[str, Answer], without: str | None = None) -> Answer | None:
    """What most annotators say of a pair: ``undecided`` in a tie, None if nobody said anything."""
    counted = [one for annotator, one in said.items() if annotator != without]
    if not counted:
        return None
    relation = _first(one.relation for one in counted) or UNDECIDED
    derivations = [
        one.derivation for one in counted if one.relation == relation and one.derivation is not None
    ]
    return Answer(relation, _first(derivations) if relation == SAME else None)


def _first(values: Iterable[str]) -> str | None:
    """The most frequent value, None in a tie or without one."""
    votes = Counter(values).most_common(2)
    return votes[0][0] if votes and (len(votes) == 1 or votes[0][1] > votes[1][1]) else None


def taken(decided: Mapping[Step, Answer]) -> Iterator[Step]:
    """Who has it from whom, of pairs that make the same claim."""
    for (a, b), answer in decided.items():
        if answer.relation == SAME and answer.derivation in (A_FROM_B, B_FROM_A):
            yield (a, b) if answer.derivation == A_FROM_B else (b, a)


def between(decided: Mapping[Step, Answer]) -> Iterator[Step]:
    """Pairs that have it from one origin, which is neither of them."""
    for both, answer in decided.items():
        if answer.relation == SAME and answer.derivation == COMMON:
            yield both


def groups(pairs: Iterable[Step]) -> list[frozenset[str]]:
    """Passages that pairs of the same claim join, those of the first passage first."""
    joined = nx.connected_components(nx.Graph(list(pairs)))
    return sorted((frozenset(one) for one in joined), key=min)


def contradictions(pairs: Pairs) -> pd.DataFrame:
    """Pairs that others join into one claim, and that most do not call the same claim themselves, for adjudication.

    Returns
    -------
    DataFrame
        One row a pair: ``a_item``, ``b_item``, ``relation`` (what most say, or undecided), ``votes`` (each answer
        with how many gave it) and ``chain``, the passages by which the two are one claim all the same.

    """
    decided = {both: answer for both, said in pairs.items() if (answer := most(said)) is not None}
    same = nx.Graph([both for both, answer in decided.items() if answer.relation == SAME])
    rows = []
    for (a, b), answer in sorted(decided.items()):
        if answer.relation == SAME or a not in same or b not in same or not nx.has_path(same, a, b):
            continue
        votes = Counter(one.relation for one in pairs[a, b].values())
        told = ", ".join(f"{relation} {count}" for relation, count in sorted(votes.items()))
        rows.append((a, b, answer.relation, told, list(nx.shortest_path(same, a, b))))
    return pd.DataFrame(rows, columns=list(CONTRADICTION_COLUMNS), dtype=object)
