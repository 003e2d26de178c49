"""How often the range of independent origins holds the true number, in simulated corpora whose origins are known.

    python benchmarks/coverage_origins.py --claims 400 --seed 3

prints the table of docs/coverage.md. What is tested is ``annotate.provenance.claims`` as it stands.

A claim has 3 to 7 mentions, each in a document and of a source of its own. The first is of an origin; each further one was
taken from an earlier mention (probability 0.5), or has its origin from somewhere else: one that the claim has already (0.25 of
these), or a new one. Of mentions that were not taken, a share of 0.2 does not say whom they have it from, in the text itself. Every
pair of mentions of a claim is asked about, and three pairs with the next claim, which says something else.

Annotators err independently of each other with a known rate: they mark another name or none; call a pair of one claim
something else, or a pair of two claims the same; and name another derivation. The true number is that of origins at
the ends of the true chains, whatever was marked.
"""

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from annotate.provenance.claims._evidence import Evidence, Place
from annotate.provenance.claims._figures import Chances, Coding, Scope, settled, spread
from annotate.provenance.claims._posterior import chances
from annotate.provenance.claims._told import Told
from annotate.provenance.claims.pairs import Answer, groups, most
from annotate.sampling import generator
from annotate.study.links import DERIVATIONS, RELATIONS, SAME
from annotate.study.study import Study, study_of_ratings

TAKEN, SHARED, SILENT = 0.5, 0.25, 0.2
ERRORS, CODERS = (0.0, 0.05, 0.1, 0.2), (2, 3, 5)
NOBODY = Evidence(frozenset(), frozenset(), {})


@dataclass(frozen=True)
class Planted:
    """A claim as it is: by mention from whom it was taken or None, and the origin at the end of its chain."""

    mentions: tuple[str, ...]
    giver: Mapping[str, str | None]
    root: Mapping[str, str]
    silent: frozenset[str]

    @property
    def origins(self) -> int:
        """How many there are."""
        return len(set(self.root.values()))

    def derivation(self, a: str, b: str) -> str:
        """Who has it from whom."""
        if self.giver[a] == b:
            return "a_from_b"
        if self.giver[b] == a:
            return "b_from_a"
        return "common_origin" if self.root[a] == self.root[b] else "independent"


def claim(number: int, rng: np.random.Generator) -> Planted:
    """Make a claim."""
    mentions = tuple(f"c{number:04}m{at}" for at in range(int(rng.integers(3, 8))))
    giver: dict[str, str | None] = {}
    root: dict[str, str] = {}
    silent = set()
    for at, item in enumerate(mentions):
        if at and rng.random() < TAKEN:
            earlier = mentions[int(rng.integers(at))]
            giver[item], root[item] = earlier, root[earlier]
            continue
        known = sorted(set(root.values()))
        again = bool(known) and rng.random() < SHARED
        giver[item] = None
        root[item] = known[int(rng.integers(len(known)))] if again else f"origin {number} {len(known)}"
        if rng.random() < SILENT:
            silent.add(item)
    return Planted(mentions, giver, root, frozenset(silent))


def other(options: Sequence[str], right: str, rng: np.random.Generator) -> str:
    """One of the options that is not right."""
    wrong = [one for one in options if one != right]
    return wrong[int(rng.integers(len(wrong)))]


def coded(
    claims: Sequence[Planted], coders: int, error: float, rng: np.random.Generator
) -> tuple[Study, Coding]:
    """What so many annotators with this rate of errors say of the corpus."""
    people = [f"A{number}" for number in range(coders)]
    told: dict[str, dict[str, Told]] = {}
    rows = []
    for one in claims:
        names = sorted({*one.root.values(), f"bystander {one.mentions[0]}"})
        for item in one.mentions:
            says = one.root[item] if one.giver[item] is None and item not in one.silent else ""
            for who in people:
                said = other([*names, ""], says, rng) if rng.random() < error else says
                told.setdefault(item, {})[who] = Told(said or None)
                rows.append((item, item, who, "attribution", "named_person" if said else "author_voice"))
    pairs: dict[tuple[str, str], dict[str, Answer]] = {}
    for at, one in enumerate(claims):
        asked = [(a, b, SAME, one.derivation(a, b)) for a, b in combinations(one.mentions, 2)]
        if at + 1 < len(claims):
            following = claims[at + 1].mentions
            asked += [
                (one.mentions[k], following[k], "topic_only", "cannot_tell")
                for k in range(min(len(one.mentions), len(following), 3))
            ]
        for a, b, relation, derivation in asked:
            for who in people:
                said = other(RELATIONS, relation, rng) if rng.random() < error else relation
                way = other(DERIVATIONS, derivation, rng) if rng.random() < error else derivation
                pairs.setdefault((a, b), {})[who] = Answer(said, way if said == SAME else None)
    table = pd.DataFrame(rows, columns=["item", "source", "annotator", "variable", "category"])
    place = {item: Place(item, item) for one in claims for item in one.mentions}
    return study_of_ratings(table, None, "simulated"), Coding(told, pairs, NOBODY, place)


def run(n: int, coders: int, error: float, draws: int, seed: int) -> str:
    """One row of the table."""
    rng = generator(seed, coders, error)
    claims = [claim(number, rng) for number in range(n)]
    study, coding = coded(claims, coders, error, rng)
    likely = chances(study, coding, seed)
    decided = {both: answer for both, said in coding.pairs.items() if (answer := most(said)) is not None}
    found = groups(both for both, answer in decided.items() if answer.relation == SAME)
    rows = []
    whole = 0
    for one in claims:
        own = max(found, key=lambda group: len(group & set(one.mentions)), default=frozenset())
        if len(own & set(one.mentions)) < 2:  # noqa: PLR2004 - a claim has two mentions
            continue
        whole += own == set(one.mentions)
        scope = Scope.of(sorted(own), coding, linked=True)
        figures = scope.read(*settled(scope, coding), coding)
        ends: list[tuple[float, float]] = [(figures.low, figures.high)]
        ways: tuple[Chances | None, ...] = (None, likely)
        for way in ways:
            drawn = spread(scope, coding, draws, generator(seed, one.mentions[0]), way)
            low, high = np.percentile(drawn["low"], 2.5), np.percentile(drawn["high"], 97.5)
            ends.append((float(low), float(high)))
        rows.append([(low <= one.origins <= high, high - low) for low, high in ends])
    cells = [
        f"{100 * np.mean([row[at][0] for row in rows]):.1f} ({np.mean([row[at][1] for row in rows]):.1f})"
        for at in range(3)
    ]
    return f"| {coders} | {error:.0%} | {100 * whole / n:.0f} | {' | '.join(cells)} | {n - len(rows)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--claims", type=int, default=400)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=3)
    asked = parser.parse_args()
    print("| coders | errors | claims found whole, % | range | answers | posterior | claims not found |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    began = time.perf_counter()
    for coders in CODERS:
        for error in ERRORS:
            print(run(asked.claims, coders, error, asked.draws, asked.seed), flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
