"""What the replies of Label Studio have to look like before anything in them is used.

A reply of status 200 may still be null, a list, an object that lacks a key, or the page of a proxy. Each shape
names the keys that we use, with their types. Other keys stay as they are.
"""

from typing import Any, NotRequired, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # pydantic takes typing's only from Python 3.12 on

from annotate.studio.refusals import LostReplyError

_keep_others = with_config(ConfigDict(extra="allow"))
T = TypeVar("T")


class UnexpectedReplyError(LostReplyError):
    """The answer is not one that Label Studio gives; the server may have carried out the request or not."""


@_keep_others
class Numbered(TypedDict):
    """Anything that has a number."""

    id: int


@_keep_others
class AccountReply(Numbered):
    """An account."""

    email: str


@_keep_others
class TokenReply(TypedDict):
    """A token of an account."""

    token: str


@_keep_others
class InvitationReply(TypedDict):
    """Where an account can be made."""

    invite_url: str


@_keep_others
class ProjectReply(Numbered):
    """A project."""

    title: str | None
    label_config: str | None
    maximum_annotations: int
    task_number: int | None
    description: NotRequired[str | None]


@_keep_others
class ProjectCounts(Numbered):
    """How much work there is in a project."""

    total_annotations_number: int
    skipped_annotations_number: int


@_keep_others
class ProjectPage(TypedDict):
    """A page of the list of projects."""

    results: list[ProjectReply]
    next: NotRequired[str | None]
    count: NotRequired[int]


@_keep_others
class TaskReply(Numbered):
    """A task in a list; which other keys it has depends on the fields that were asked for."""

    data: NotRequired[dict[str, Any]]
    overlap: NotRequired[int]
    total_annotations: NotRequired[int | None]
    cancelled_annotations: NotRequired[int | None]
    drafts: NotRequired[list[dict[str, Any]]]


@_keep_others
class TaskPage(TypedDict):
    """A page of the list of tasks, and how many there are on all pages."""

    tasks: list[TaskReply]
    total: int


@_keep_others
class AnnotationReply(Numbered):
    """An annotation, or a skip. Some servers write out who made it, others give the number."""

    completed_by: int | Numbered | None
    was_cancelled: bool
    result: list[dict[str, Any]]


@_keep_others
class ExportedTask(Numbered):
    """A task as Label Studio exports it, with its annotations."""

    data: dict[str, Any]
    annotations: list[AnnotationReply]
    drafts: NotRequired[list[dict[str, Any]] | None]
    comment_authors: NotRequired[list[Any] | None]
    updated_at: NotRequired[str | None]


@_keep_others
class ServedTask(Numbered):
    """A task that the label stream serves."""

    data: dict[str, Any]


@_keep_others
class PredictionReply(Numbered):
    """A prediction."""

    task: int
    model_version: str | None
    result: list[dict[str, Any]]


@_keep_others
class ViewReply(Numbered):
    """A tab of the Data Manager."""

    data: dict[str, Any]


@_keep_others
class Visibility(TypedDict):
    """Where a column is shown unless it is hidden."""

    labeling: bool


@_keep_others
class ColumnReply(TypedDict):
    """A column of the Data Manager. One that only groups others does not say where it is shown."""

    id: str
    parent: NotRequired[str | None]
    visibility_defaults: NotRequired[Visibility]


@_keep_others
class ColumnPage(TypedDict):
    """The columns of the Data Manager."""

    columns: list[ColumnReply]


ACCOUNT = TypeAdapter(AccountReply)
ACCOUNTS = TypeAdapter(list[AccountReply])
ANNOTATIONS = TypeAdapter(list[AnnotationReply])
COLUMNS = TypeAdapter(ColumnPage)
COUNTS = TypeAdapter(ProjectCounts)
EXPORT = TypeAdapter(list[ExportedTask] | None)
INVITATION = TypeAdapter(InvitationReply)
NUMBERED = TypeAdapter(Numbered)
PREDICTIONS = TypeAdapter(list[PredictionReply])
PROJECT = TypeAdapter(ProjectReply)
PROJECTS = TypeAdapter(ProjectPage)
SERVED = TypeAdapter(ServedTask)
TASKS = TypeAdapter(TaskPage)
TOKEN = TypeAdapter(TokenReply)
VIEWS = TypeAdapter(list[ViewReply])


def checked(url: str, doing: str, shape: TypeAdapter[T], reply: object) -> T:
    """Return a reply if it has the shape that it needs.

    Parameters
    ----------
    url
        The address of the server, for the message.
    doing
        What was being done, such as ``"listing the tasks"``.
    shape
        One of the shapes of this module.
    reply
        The JSON of the answer.

    Raises
    ------
    UnexpectedReplyError
        If it has another shape. The message names the first place that differs.

    """
    try:
        return shape.validate_python(reply, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        what = first["msg"][:1].lower() + first["msg"][1:]
        raise UnexpectedReplyError(
            f"{url}: the answer while {doing} is not what Label Studio answers ({where}{': ' if where else ''}{what}); "
            "try again, and see whether a proxy changes the answers, or the server's version is not supported"
        ) from error
