"""Fetching a file: complete, what it should be, and in one step, or not at all."""

import hashlib
import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import IO, Any
from urllib.error import ContentTooShortError, HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from minitorch.core.files import replace_file

_SCHEMES = ("http", "https", "file")
_SECONDS = 30  # without an answer, or without another byte of it
_CHUNK = 1 << 17


def download(
    url: str, path: str, expected: str | None = None, algorithm: str = "sha256", shown: bool = True
) -> None:
    """Fetch ``url`` into the file ``path``, which is replaced when all is there and on disk.

    Args:
        url: of http, https or file.
        path: where to; the folder exists.
        expected: what the digest begins with, in hexadecimal digits; None: any.
        algorithm: the digest's name in ``hashlib``.
        shown: whether a progress bar is shown, where ``tqdm`` is installed.

    Raises:
        ValueError: a URL of another kind.
        HTTPError, URLError: it could not be had; the message says what came instead.
        RuntimeError: it is not what was expected.
        OSError: the file cannot be written.
    """
    _check_scheme(url)
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with _opened(url) as response:

        def write(file: IO[bytes]) -> None:
            for piece in _pieces(response, url, shown):
                digest.update(piece)
                file.write(piece)
            _check(digest.hexdigest(), expected, url)

        replace_file(path, write)


def _check_scheme(url: str) -> None:
    if urlsplit(url).scheme not in _SCHEMES:
        raise ValueError(
            f"unknown url type: {url!r:.200}; what is fetched begins with "
            f"{', '.join(f'{scheme}://' for scheme in _SCHEMES)}"
        )


@contextmanager
def _opened(url: str) -> Iterator[Any]:
    with _naming(url):
        response = urlopen(Request(url, headers={"User-Agent": "minitorch"}), timeout=_SECONDS)
    with response:
        _check_scheme(response.url)  # of where it was redirected to
        yield response


def _pieces(response: Any, url: str, shown: bool) -> Iterator[bytes]:
    """Yield what comes, as much as was announced where that was."""
    announced = response.headers.get("Content-Length") or ""
    with _naming(url):
        total = int(announced) if announced.isascii() and announced.isdigit() else None
    done = 0
    with _bar(total, shown) as advance:
        while piece := _read(response, url):
            done += len(piece)
            advance(len(piece))
            if total is not None and done > total:
                break
            yield piece
    if total is not None and done != total:
        raise ContentTooShortError(
            f"{url}: {done:,} bytes came, {total:,} were announced. Nothing of it was kept; try "
            "again.",
            ("", response.headers),  # no file is there to be looked at
        )


def _read(response: Any, url: str) -> bytes:
    with _naming(url):
        return response.read(_CHUNK)


@contextmanager
def _naming(url: str) -> Iterator[None]:
    """Turn whatever goes wrong on the way into urllib's errors, with the URL in them."""
    try:
        yield
    except HTTPError as error:
        error.close()
        error.msg = f"{error.msg}: {url}. Correct the URL, or fetch the file by other means."
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:  # of numbers that came
        reason = error.reason if isinstance(error, URLError) else error
        raise URLError(
            f"{url}: {reason!s:.500} ({type(reason).__name__}). Check the network and the URL, or "
            "fetch the file by other means."
        ) from error


def _check(digest: str, expected: str | None, url: str) -> None:
    if expected is not None and not digest.startswith(expected):
        raise RuntimeError(
            f'invalid hash value (expected "{expected}", got "{digest}") of {url}: that is not the '
            "file that was published. Nothing of it was kept; try again, or correct the URL."
        )


@contextmanager
def _bar(total: int | None, shown: bool) -> Iterator[Callable[[int], object]]:
    try:
        tqdm = import_module("tqdm").tqdm  # which has no types
    except ImportError:
        yield lambda count: None
        return
    with tqdm(total=total, disable=not shown, unit="B", unit_scale=True, unit_divisor=1024) as bar:
        yield bar.update
