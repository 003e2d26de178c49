"""Push passages into a project, each exactly once, even if a push breaks off.

The server decides what is missing. A push lists its tasks and sends the missing ones. After a lost reply it sends
nothing before the tasks are there, or the server cannot act on the request any more: see
:mod:`annotate.studio.late`. So a push after a crash goes on where the last one ended.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.codebook.config_xml import parse_config, without_declaration
from annotate.codebook.read import config_hash
from annotate.coordination.assignment.plan import people_of
from annotate.errors import InputError, ServerError, counted, some
from annotate.studio.client import Connection
from annotate.studio.folder import exclusive, lock_place
from annotate.studio.inventory import (
    Inventory,
    compare,
    remove_twins,
    require_shown,
    take_inventory,
    update_data,
)
from annotate.studio.late import comes_late, forget_sent, let_former_end, note_sent
from annotate.studio.offered import project_salt
from annotate.studio.projects import find_project, is_there
from annotate.studio.refusals import LostReplyError, RefusedError, UnreachableError
from annotate.studio.settings import check_config, ensure_overlap, ensure_project, update_settings
from annotate.study.links import CONTROL, is_pair

Task = Mapping[str, Mapping[str, Any]]
Progress = Callable[[int, int], None]

BATCH_TASKS = 1000
BATCH_BYTES = 10_000_000
_IMPORT_SECONDS = 600.0
_LOCK_SECONDS = 120.0
_LOST_REPLIES = 3


@dataclass(frozen=True)
class PushReport:
    """What a push found and did, in passages.

    ``created`` were sent now. ``already_there`` were in the project before; ``updated`` of them had other data
    besides the text. ``copies_removed`` counts untouched copies from an earlier crash that were deleted. ``doubled``
    passages stand more than once in the end, because more than one of their copies has been worked on.
    ``rehashed`` counts passages whose file named another label config than the one pushed. ``foreign`` tasks in
    the project have no passage id and were left alone. ``config_replaced``: the project had another label
    config, without annotations. ``without_links``: the passages are assigned, and the project has no salt of the
    pseudonyms, by which alone it is known to whom; :func:`annotate.studio.assign.assign` puts it there.
    """

    project_id: int
    title: str
    url: str
    created: int
    already_there: int
    updated: int
    copies_removed: int
    doubled: tuple[str, ...]
    rehashed: int
    foreign: int
    overlap: int
    config_replaced: bool
    without_links: bool = False


def push(
    tasks: Sequence[Task],
    *,
    project: str,
    config: str,
    overlap: int,
    instructions: str,
    connection: Connection,
    on_progress: Progress | None = None,
) -> PushReport:
    """Push passages into the project of that title, which is made if there is none.

    Parameters
    ----------
    tasks
        ``{"data": {...}}`` with at least ``passage_id`` and ``text``.
    project
        Title (3 to 50 characters), or the number of a project that exists.
    config
        The label config. It replaces the project's as long as nothing is annotated there.
    overlap
        How many annotators get each passage, also those that are in the project already. Where passages are
        assigned, this is ignored: the highest number of annotators of a passage is taken.
    instructions
        HTML that annotators see before they begin; where it is empty, a project keeps what it has.
    connection
        The server.
    on_progress
        Called with how many passages are in the project as wanted, and how many there will be.

    Raises
    ------
    InputError
        If there are no tasks, one has no passage id or lacks what the config shows, or an id comes twice.
    ConfigError
        If the config is not XML.
    ServerError
        If the server refuses; a passage is there with another text; what annotators saw would change after
        they annotated it; annotations were made with another label config; or some passages are assigned and
        others are not. Nothing has been pushed then. Also if a passage is not in the project in the end, or the
        reply to an import stays lost.

    """
    parse_config(config)
    config = without_declaration(config).strip()
    wanted, rehashed = _wanted(tasks, config)
    require_shown(wanted, config)
    if overlap < 1:
        raise InputError(f"overlap {overlap}: each passage needs at least one annotator")
    with exclusive(
        lock_place("push", connection.url, project.strip()),
        wait=_LOCK_SECONDS,
        busy=f"project {project!r}: another push into it still runs on this machine; wait for it to end",
    ):
        home = ensure_project(connection, project, config, overlap, instructions)
        let_former_end(connection, home.id, lambda sent: _are_there(connection, home.id, sent))
        inventory = take_inventory(connection, home.id)
        check_config(connection, home, inventory, config, rehashed)
        changes = compare(inventory, wanted, config)
        assigned = _as_assigned(home.title, inventory, wanted)
        overlap = assigned or overlap
        removed = remove_twins(connection, home.id, inventory)
        if removed:
            inventory = take_inventory(connection, home.id)
            changes = compare(inventory, wanted, config)
        update_settings(connection, home, config, overlap, instructions)
        missing = [passage for passage in wanted if passage not in inventory.by_passage]
        right = len(wanted) - len(missing) - len(changes.data)
        for done in update_data(connection, changes):
            _tell(on_progress, right + done, len(wanted))
        _send(connection, home.id, wanted, missing, on_progress)
        inventory = take_inventory(connection, home.id)
        if inventory.twins:
            removed += remove_twins(connection, home.id, inventory)
            inventory = take_inventory(connection, home.id)
        _verify(connection, inventory, wanted)
        ensure_overlap(connection, home, inventory, overlap)
        unlinked = assigned > 0 and not project_salt(connection, home.id)
    return PushReport(
        project_id=home.id,
        title=home.title,
        url=home.url,
        created=len(missing),
        already_there=len(wanted) - len(missing),
        updated=len(changes.data),
        copies_removed=removed,
        doubled=tuple(passage for passage in inventory.twins if passage in wanted),
        rehashed=len(rehashed),
        foreign=inventory.foreign,
        overlap=overlap,
        config_replaced=config_hash(config) != config_hash(home.config),
        without_links=unlinked,
    )


def push_pairs(
    tasks: Sequence[Task],
    *,
    project: str,
    config: str,
    overlap: int,
    instructions: str,
    connection: Connection,
    on_progress: Progress | None = None,
) -> PushReport:
    """Push pairs of passages as :func:`push` does; a project that has some gets the further candidates only.

    What is there stays as it was drawn, also pairs of a control that are candidates by now, and no second
    control is added: what is estimated from a control rests on how it was drawn.

    Raises
    ------
    ServerError
        If the project holds tasks that are not pairs, or as :func:`push` raises it.

    """
    there: dict[str, Mapping[str, Any]] = {}
    if is_there(connection, project):
        home = find_project(connection, project)
        inventory = take_inventory(connection, home.id)
        others = inventory.foreign + sum(not is_pair(task.data) for task in inventory.tasks)
        if others:
            raise ServerError(
                f"project {home.title!r}: holds {counted(others, 'task that is not a pair', 'tasks that are not pairs')} of passages; give the title of a new project"
            )
        there = {str(task.passage_id): task.data for task in inventory.tasks}
    further = [
        task
        for task in tasks
        if task["data"]["passage_id"] not in there and not (there and task["data"]["stratum"] == CONTROL)
    ]
    return push(
        [*({"data": data} for data in there.values()), *further],
        project=project,
        config=config,
        overlap=overlap,
        instructions=instructions,
        connection=connection,
        on_progress=on_progress,
    )


def _wanted(tasks: Sequence[Task], config: str) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Collect the data of each passage, and the passages whose file named another config."""
    digest = config_hash(config)
    wanted: dict[str, dict[str, Any]] = {}
    rehashed: list[str] = []
    for number, task in enumerate(tasks, start=1):
        passage, text = task["data"].get("passage_id"), task["data"].get("text")
        if not isinstance(passage, str) or not passage or not isinstance(text, str):
            raise InputError(
                f"task {number}: has no passage_id or no text; make the file with annotate ingest"
            )
        if passage in wanted:
            raise InputError(f"task {number}: passage {passage} comes twice; keep one")
        if task["data"].get("config_sha256", digest) != digest:
            rehashed.append(passage)
        wanted[passage] = {**task["data"], "config_sha256": digest}
    if not wanted:
        raise InputError("no tasks to push; make a file of them with annotate ingest")
    return wanted, rehashed


def _as_assigned(title: str, inventory: Inventory, wanted: Mapping[str, Mapping[str, Any]]) -> int:
    """Find the highest number of annotators to whom a passage is assigned; 0 if none is assigned."""
    data = {str(task.passage_id): task.data for task in inventory.tasks}
    data |= {passage: {**data.get(passage, {}), **one} for passage, one in wanted.items()}
    number = {passage: _assigned(one) for passage, one in data.items()}
    most = max(number.values())
    nobodys = [passage for passage in wanted if not number[passage]]
    if most and nobodys:
        raise ServerError(
            f"project {title!r}: its passages are assigned, and {len(nobodys)} of those to push are not: "
            f"{some(nobodys)}; give them out with annotate assign"
        )
    return most


def _assigned(data: Mapping[str, Any]) -> int:
    """To how many annotators a passage is assigned; 0 if ``assigned`` was not written by ``annotate assign``."""
    try:
        return len(people_of(data))
    except InputError:
        return 0


def _send(
    connection: Connection,
    project_id: int,
    wanted: Mapping[str, Mapping[str, Any]],
    missing: Sequence[str],
    on_progress: Progress | None,
) -> None:
    """Import the missing passages; after a lost reply, see what became of them before going on."""
    left = list(missing)
    lost = 0
    _tell(on_progress, len(wanted) - len(left), len(wanted))
    while left:
        batch = next(_batches(left, wanted))
        note_sent(connection, project_id, batch)
        try:
            connection.ask(
                "POST",
                f"api/projects/{project_id}/import",
                "importing the passages",
                json=[{"data": dict(wanted[passage])} for passage in batch],
                params={"commit_to_project": "true"},
                timeout=_IMPORT_SECONDS,
            )
            left = left[len(batch) :]
        except LostReplyError as error:
            lost += 1
            _await_batch(connection, project_id, batch, error)
            there = take_inventory(connection, project_id).by_passage
            left = [passage for passage in left if passage not in there]
            if lost >= _LOST_REPLIES and left:
                forget_sent(connection, project_id)
                raise
        except (RefusedError, UnreachableError):
            forget_sent(connection, project_id)
            raise
        forget_sent(connection, project_id)
        _tell(on_progress, len(wanted) - len(left), len(wanted))


def _await_batch(
    connection: Connection, project_id: int, batch: Sequence[str], error: LostReplyError
) -> None:
    """Wait until the passages of an import whose reply was lost are there, or cannot come any more."""
    what = f"{counted(len(batch), 'passage')}"
    if comes_late(connection, lambda: _are_there(connection, project_id, batch), what, error):
        connection.tell(f"{what} are there")


def _are_there(connection: Connection, project_id: int, passages: Collection[str]) -> bool:
    """Whether each of these passages is in the project."""
    return set(passages) <= take_inventory(connection, project_id).by_passage.keys()


def _batches(left: Sequence[str], wanted: Mapping[str, Mapping[str, Any]]) -> Iterator[list[str]]:
    """Divide the passages into batches that are small enough for one request."""
    batch: list[str] = []
    size = 0
    for passage in left:
        weight = len(json.dumps(wanted[passage]))
        if batch and (len(batch) == BATCH_TASKS or size + weight > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(passage)
        size += weight
    if batch:
        yield batch


def _verify(connection: Connection, inventory: Inventory, wanted: Mapping[str, object]) -> None:
    lost = [passage for passage in wanted if passage not in inventory.by_passage]
    if lost:
        raise ServerError(
            f"{connection.url}: {counted(len(lost), 'passage is', 'passages are')} not there after the push: {some(lost)}; push again"
        )


def _tell(on_progress: Progress | None, done: int, total: int) -> None:
    if on_progress is not None:
        on_progress(done, total)
