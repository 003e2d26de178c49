"""A project as it was last seen, looked at again and again by a thread of its own."""

import threading
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self

import pandas as pd

from annotate.agreement import contributions
from annotate.coordination.following import Followed
from annotate.errors import AnnotateError, ServerError
from annotate.provenance.ledger import Ledger, ledger_of
from annotate.studio.client import Connection
from annotate.studio.offered import tab_links
from annotate.studio.pull import Look, look_again
from annotate.study.links import of_pairs
from annotate.study.passages import passages_of_study
from annotate.study.study import Study

MOST_DISAGREEMENTS = 20


@dataclass(frozen=True)
class Seen:
    """A look, and what follows from it. What takes long is computed when it is first asked for, and once."""

    look: Look
    followed: Followed
    links: dict[str, str]
    """The link of each annotator's label stream, by e-mail address."""

    @cached_property
    def study(self) -> Study:
        """What is coded so far."""
        return self.look.study()

    @cached_property
    def disagreements(self) -> pd.DataFrame:
        """Of :func:`annotate.agreement.contributions`, the first of each variable."""
        study = self.study
        if study.first_round.empty:
            return pd.DataFrame()
        return contributions(study.first_round, scales=study.scales, top=MOST_DISAGREEMENTS)

    @cached_property
    def ledger(self) -> Ledger:
        """The claims that recur."""
        passages = passages_of_study(self.study)
        return ledger_of(
            passages.head(0) if of_pairs(self.study) else passages,
            self.study.first_round,
            codebook=self.study.codebook,
        )


class Watching:
    """A thread that looks at a project every few seconds. Use it as a context manager."""

    def __init__(self, first: Look, connection: Connection, every: float) -> None:
        self.connection = connection
        self._every = every
        self._stop = threading.Event()
        self._seen = Seen(first, first.followed(), self._links(first))
        self.at = first.at
        """When the project was last looked at; it may have said nothing new since :attr:`now`."""
        self.trouble = ""
        """Why the last look failed, or nothing."""
        self._thread = threading.Thread(target=self._watch, name="desk", daemon=True)

    @property
    def now(self) -> Seen:
        """What was last seen."""
        return self._seen

    def again(self) -> Seen:
        """Look now. If the server does not answer, what was last seen stays, with what went wrong."""
        try:
            look = look_again(self._seen.look, self.connection)
            if not look.tells_the_same_as(self._seen.look):
                self._seen = Seen(look, look.followed(), self._links(look))
            self.at, self.trouble = look.at, ""
        except AnnotateError as error:
            self.trouble = str(error)
        return self._seen

    def _links(self, seen: Look) -> dict[str, str]:
        try:
            return tab_links(self.connection, seen.project.id)
        except ServerError:  # the progress is worth showing without them
            return {}

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            self.again()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=2 * self._every)
