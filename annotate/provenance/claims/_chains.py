"""Where the chains of a claim end: how many independent origins there are, what is circular, how long a chain is.

A mention that was taken from another has its origin from there. One that was not has its own: whom it is put down
to, where that is known. Mentions that lead to each other are a circle, of which nobody knows where it begins. Mentions
that were said to have one origin between them, and do not say which, have that which the others of them name.

So many origins there are at least as are named where chains end, and one if none is; for all that are not known may
be one, and one of those. Names that were said to be of one origin, and are not one in the table of origins, count as one
there: they may be two names of it. So many there are at most as there would be if all that are not known were different.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Step = tuple[str, str]
"""A mention, and the one that it was taken from."""


@dataclass(frozen=True)
class Chains:
    """What follows from who took a claim from whom.

    ``known`` are the origins that are named where chains end, ``n_unknown`` how many others there are at most; ``one`` are
    names of which annotators said that they are of one origin;
    ``circles`` the mentions that lead to each other, each in the order in which one leads to the next; ``length`` of
    a mention is the most steps from it to where its chain ends, a circle counted once round.
    """

    known: frozenset[str]
    n_unknown: int
    circles: tuple[tuple[str, ...], ...]
    length: Mapping[str, int]
    one: tuple[frozenset[str], ...] = ()

    @property
    def high(self) -> int:
        """How many origins there are, if all that are not known are different."""
        return len(self.known) + self.n_unknown


def least(known: Collection[str], one: Iterable[Collection[str]], n_mentions: int) -> int:
    """How many origins there are at least: all that are not known may be one, and one of those that are.

    ``one`` are names of one origin, which count once.
    """
    classes = [{name} for name in known]
    for names in one:
        meeting = [names, *(held for held in classes if not held.isdisjoint(names))]
        classes = [held for held in classes if held.isdisjoint(names)] + [set().union(*meeting)]
    return max(sum(not held.isdisjoint(known) for held in classes), min(1, n_mentions))


def chains(
    mentions: Sequence[str],
    own: Mapping[str, str | None],
    steps: Iterable[Step],
    common: Iterable[Step] = (),
    own_steps: Mapping[str, int] | None = None,
) -> Chains:
    """Follow every mention of a claim to where its chain ends.

    Parameters
    ----------
    mentions
        The mentions of one claim.
    own
        The origin that each names, or None.
    steps
        Who took it from whom; what leads out of the mentions is passed over.
    common
        Pairs that have one origin, which is neither of them.
    own_steps
        How many hands a mention itself names between it and its origin.

    """
    place = {item: at for at, item in enumerate(mentions)}
    leads = [0] * len(mentions)  # a set of places, one bit each
    for taker, giver in steps:
        if taker in place and giver in place and taker != giver:
            leads[place[taker]] |= 1 << place[giver]
    reached = _closed(leads)
    back = [_leads_back(reached, at) for at in range(len(mentions))]
    known: set[str] = set()
    unknown: set[Hashable] = set()
    between = _groups([pair for pair in common if pair[0] in place and pair[1] in place])
    named = _named(between, own)
    for item, at in place.items():
        if reached[at] & ~back[at] & ~(1 << at):
            continue  # it leads to what does not lead back: its origin is there
        if back[at]:
            unknown.add(("circle", back[at] | 1 << at))
        elif name := own.get(item):
            known.add(name)
        elif others := named.get(between.get(item, "")):
            known |= others
        else:
            unknown.add(("between", between[item]) if item in between else ("mention", item))
    length = _lengths(mentions, leads, reached, back, own_steps or {})
    circles = {back[at] | 1 << at for at in range(len(mentions)) if back[at]}
    return Chains(
        frozenset(known),
        len(unknown),
        tuple(_round(circle, mentions, leads) for circle in sorted(circles)),
        length,
        tuple(frozenset(names) for _, names in sorted(named.items()) if len(names) > 1),
    )


def _closed(leads: Sequence[int]) -> list[int]:
    """What each place leads to in one step or more (Warshall 1962)."""
    reached = list(leads)
    for through in range(len(reached)):
        bit, further = 1 << through, reached[through]
        if further:
            reached = [each | further if each & bit else each for each in reached]
    return reached


def _leads_back(reached: Sequence[int], at: int) -> int:
    """The other places that this one leads to and that lead to it."""
    bit = 1 << at
    return sum(1 << other for other in _places(reached[at] & ~bit) if reached[other] & bit)


def _places(bits: int) -> Iterable[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _groups(pairs: Sequence[Step]) -> dict[str, str]:
    """Name the group of each item that is in a pair: the first in order of those that pairs join."""
    group: dict[str, str] = {}
    for one, other in pairs:
        first, second = sorted((group.get(one, one), group.get(other, other)))
        group |= {item: first for item, held in group.items() if held == second}
        group |= {one: first, other: first}
    return group


def _named(between: Mapping[str, str], own: Mapping[str, str | None]) -> dict[str, set[str]]:
    """The origins that the mentions of each group name."""
    named: dict[str, set[str]] = {}
    for item, group in between.items():
        if name := own.get(item):
            named.setdefault(group, set()).add(name)
    return named


def _lengths(
    mentions: Sequence[str],
    leads: Sequence[int],
    reached: Sequence[int],
    back: Sequence[int],
    own: Mapping[str, int],
) -> dict[str, int]:
    """The most steps to where a chain ends; those that lead to fewer others are done first."""
    found = [0] * len(mentions)
    order = sorted(range(len(mentions)), key=lambda at: (reached[at] | 1 << at).bit_count())
    for at in order:
        circle = back[at] | 1 << at
        members = list(_places(circle))
        if back[at] and at != members[0]:
            found[at] = found[members[0]]
            continue
        onward = [other for member in members for other in _places(leads[member] & ~circle)]
        longest = max((found[other] + 1 for other in onward), default=0)
        ends = 0 if back[at] or onward else own.get(mentions[at], 0)
        found[at] = (len(members) if back[at] else 0) + max(longest, ends)
    return {item: found[at] for at, item in enumerate(mentions)}


def _round(circle: int, mentions: Sequence[str], leads: Sequence[int]) -> tuple[str, ...]:
    """A shortest way round a circle from the first of its places."""
    start = next(iter(_places(circle)))
    ways: list[tuple[int, ...]] = [(start,)]
    seen = 0
    for way in ways:  # ways are added as they are found, the shortest first
        for onward in _places(leads[way[-1]] & circle & ~seen):
            if onward == start:
                return tuple(mentions[at] for at in way)
            seen |= 1 << onward
            ways.append((*way, onward))
    return tuple(mentions[at] for at in _places(circle))  # there is a way round, so this is not reached
