"""Errors of the connection, each turned into one line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from annotate.errors import ServerError

_LONGEST = 300
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_REDIRECT, _REFUSED, _SERVER_FAULT = 300, 400, 500


class RefusedError(ServerError):
    """Label Studio answered and declined; asking again will not help."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class LostReplyError(ServerError):
    """No usable answer came, so the server may have carried out the request or not."""


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
        raise refused(url, doing, error.status_code or 0, error.body) from error
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise ServerError(
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
        raise refused(url, doing, status, _body(answer))
    if status >= _REDIRECT:
        # following it would turn a POST into a GET: a creation into a listing
        target = _bare(answer.headers.get("location", "elsewhere"))
        raise ServerError(
            f"{url}: sends on to {target[:_LONGEST]}; set LABEL_STUDIO_URL to the address it ends at"
        )


def _bare(address: str) -> str:
    """An address without what may be secret in it: names, passwords, and all behind a question mark."""
    return re.sub(r"//[^/]*@", "//", re.split(r"[?#]", address)[0])


def refused(url: str, doing: str, status: int, body: Any) -> ServerError:
    """Give the error for an answer with an error status."""
    said = _detail(body)
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        return RefusedError(
            f"{url}: does not accept the token while {doing} ({said or status}); copy one from Label Studio, "
            "Account & Settings, into LABEL_STUDIO_API_KEY",
            status,
        )
    if status >= _SERVER_FAULT:
        return LostReplyError(
            f"{url}: Label Studio failed while {doing} (status {status}: {said}); see its log"
        )
    if status == _NOT_FOUND and not said:
        return RefusedError(f"{url}: does not have what was asked for while {doing} (status 404)", status)
    return RefusedError(f"{url}: Label Studio refused while {doing} (status {status}): {said}", status)


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
