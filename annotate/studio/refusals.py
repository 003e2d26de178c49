"""Errors of the connection, each turned into one line; and what may be asked again after one."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from annotate.errors import ServerError

_LONGEST = 300
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_REDIRECT, _REFUSED, _SERVER_FAULT = 300, 400, 500
_BUSY = (408, 425, 429)
PAUSES = (0.5, 1.0, 2.0)  # seconds before a question that broke is asked again
_LONGEST_PAUSE, _UNANNOUNCED = 60.0, 2.0
T = TypeVar("T")


class RefusedError(ServerError):
    """Label Studio answered and declined.

    ``after`` are the seconds after which it may be asked again, if it says so.
    """

    def __init__(self, message: str, status: int, after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.after = after


class UnreachableError(ServerError):
    """No connection came about, so nothing was sent."""

    after: float | None = None


class LostReplyError(ServerError):
    """No usable answer came, so the server may have carried out the request or not.

    ``ended``: Label Studio itself said that it failed, so that it will do nothing any more. ``after`` are the
    seconds after which it may be asked again, if the answer says so.
    """

    def __init__(self, message: str, *, ended: bool = False, after: float | None = None) -> None:
        super().__init__(message)
        self.ended = ended
        self.after = after


def repeated(
    ask: Callable[[], T], tell: Callable[[str], None], *, unreachable: bool = True, sent: bool = True
) -> T:
    """Ask for something that changes nothing, and a few times again where the answer broke or the server is busy.

    What did not answer in time is asked once more only. The pauses are those that the server asks for, or grow.
    ``unreachable``: also where no connection came about, because the server was there before. Unless ``sent``, only there.
    """
    slow = False
    for pause in PAUSES:
        try:
            return ask()
        except (LostReplyError, UnreachableError, RefusedError) as error:
            timed_out = isinstance(error.__cause__, httpx.TimeoutException)
            declined = isinstance(error, RefusedError) and error.status not in _BUSY
            away = isinstance(error, UnreachableError)
            if declined or (slow and timed_out) or (not unreachable if away else not sent):
                raise
            slow = slow or timed_out
            after = pause if error.after is None else error.after
            if after > _UNANNOUNCED:
                tell(f"{error}; asking again in {after:.0f} s")
            time.sleep(after)
    return ask()


@contextmanager
def asking(url: str, doing: str) -> Iterator[None]:
    """Turn whatever the SDK and httpx raise in the block into one of our errors.

    Parameters
    ----------
    url
        The server's address, for the message.
    doing
        What was being done, such as ``"importing tasks"``.

    """
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise refused(url, doing, error.status_code or 0, error.body, error.headers) from error
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise ServerError(
                f"{url}: its certificate cannot be trusted ({_line(error)}); if an authority of your own signed it, "
                "set SSL_CERT_FILE to the file with its certificate"
            ) from error
        raise UnreachableError(
            f"{url}: no server answers there ({_line(error)}); check that Label Studio runs (it takes a minute to start), and LABEL_STUDIO_URL if it is set"
        ) from error
    except httpx.TimeoutException as error:
        raise LostReplyError(f"{url}: no answer in time while {doing}; try again") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise ServerError(
            f"{url}: not the address of a server ({_line(error)}); correct LABEL_STUDIO_URL"
        ) from error
    except httpx.HTTPError as error:
        raise LostReplyError(
            f"{url}: the connection broke while {doing} ({_line(error)}); try again"
        ) from error
    except ValueError as error:  # JSON was expected
        raise ServerError(not_label_studio(url)) from error


def check(url: str, doing: str, answer: httpx.Response) -> None:
    """Raise the fitting error unless the status says that the request succeeded."""
    status = answer.status_code
    if status >= _REFUSED:
        raise refused(url, doing, status, _body(answer), answer.headers)
    if status >= _REDIRECT:
        # following it would turn a POST into a GET: a creation into a listing
        target = _bare(answer.headers.get("location", "elsewhere"))
        raise ServerError(
            f"{url}: sends on to {target[:_LONGEST]}; set LABEL_STUDIO_URL to the address it ends at"
        )


def _bare(address: str) -> str:
    """An address without what may be secret in it: names, passwords, and all behind a question mark."""
    return re.sub(r"//[^/]*@", "//", re.split(r"[?#]", address)[0])


def refused(
    url: str, doing: str, status: int, body: Any, headers: Mapping[str, str] | None = None
) -> ServerError:
    """Give the error for an answer with an error status."""
    said, after = _detail(body), _after(headers or {})
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        return RefusedError(
            f"{url}: does not accept the token while {doing} ({said or status}); copy one from Label Studio, "
            "Account & Settings, into LABEL_STUDIO_API_KEY",
            status,
        )
    if status >= _SERVER_FAULT:
        return LostReplyError(
            f"{url}: Label Studio failed while {doing} (status {status}: {said}); see its log",
            ended=isinstance(body, dict) and {"status_code", "version", "detail"} <= body.keys(),
            after=after,
        )
    if status in _BUSY:
        when = "" if after is None else f" in {after:.0f} s"
        return RefusedError(
            f"{url}: is too busy while {doing} (status {status}); try again{when}", status, after
        )
    if status == _NOT_FOUND and not said:
        return RefusedError(f"{url}: does not have what was asked for while {doing} (status 404)", status)
    return RefusedError(f"{url}: Label Studio refused while {doing} (status {status}): {said}", status)


def _after(headers: Mapping[str, str]) -> float | None:
    """How long a server asks one to wait: so many seconds, or until a date (RFC 9110, section 10.2.3)."""
    said = str(headers.get("retry-after", "")).strip()
    if said.isdecimal():
        return min(float(said), _LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    seconds = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_PAUSE)


def not_label_studio(url: str) -> str:
    """Give the message for a server that is something else."""
    return f"{url}: answers, but is not a Label Studio server; LABEL_STUDIO_URL is its address without a path of a page"


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None  # a page for people, of which nothing is worth repeating


def _detail(body: Any) -> str:
    """Label Studio's own words, the fields' complaints first."""
    if not isinstance(body, dict):
        return ""
    complaints = body.get("validation_errors")
    if isinstance(complaints, dict):
        said = [f"{field}: {text}" for field, texts in complaints.items() for text in _texts(texts)]
        if said:
            more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
            first = said[0].removeprefix("non_field_errors: ").split(" :: ")[0]  # then the whole task
            return _line(first) + more
    return _line(body.get("detail", ""))


def _texts(value: Any) -> list[str]:
    return [str(text) for text in (value if isinstance(value, list) else [value]) if text]


def _line(what: object) -> str:
    return re.sub(r"\s+", " ", str(what)).strip()[:_LONGEST]
