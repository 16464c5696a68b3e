"""Files as they were published: fetched, checked by their MD5, taken out of archives."""

import functools
import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterable
from typing import Any

from minitorch.core.files import replace_file

MAX_BYTES = 1 << 28  # of a file in an archive; the longest published one has 155 MB

_Path = str | os.PathLike[str]


def calculate_md5(fpath: _Path, chunk_size: int = 1 << 20) -> str:
    """Return the MD5 of a file, in hexadecimal digits.

    Raises:
        OSError: it cannot be read.
    """
    md5 = hashlib.md5(usedforsecurity=False)
    with open(fpath, "rb") as file:
        while piece := file.read(chunk_size):
            md5.update(piece)
    return md5.hexdigest()


def check_integrity(fpath: _Path, md5: str | None = None) -> bool:
    """Tell whether there is such a file, of this MD5 where one is given."""
    return os.path.isfile(fpath) and (md5 is None or md5 == calculate_md5(fpath))


def download_url(
    url: str, root: _Path, filename: _Path | None = None, md5: str | None = None
) -> None:
    """Fetch a file into a folder, unless it is there already.

    Args:
        url: of http, https or file.
        root: the folder, which is made if need be.
        filename: the file's name in it, by default that in the URL.
        md5: what its MD5 is.

    Raises:
        HTTPError, URLError: it could not be had (of ``urllib.error``).
        RuntimeError: what came has another MD5.
    """
    from minitorch.core.downloads import download  # at use: http and ssl are slow to import

    root = os.path.expanduser(root)
    path = os.path.join(root, filename or os.path.basename(url))
    os.makedirs(root, exist_ok=True)
    if check_integrity(path, md5):
        return
    try:
        download(url, path, md5, "md5")
    except RuntimeError as error:
        raise RuntimeError(f"File not found or corrupted. {error}") from None


def extract_files(archive: _Path, folder: _Path, names: Iterable[str]) -> None:
    """Take files of known names out of a ``.tar.gz``; whatever else is in it stays there.

    Args:
        archive: the path.
        folder: where they go, under the same names.
        names: with slashes between folders.

    Raises:
        RuntimeError: it is no such archive, or lacks one of them.
        OSError: they cannot be written.
    """
    missing = dict.fromkeys(names)
    try:
        with tarfile.open(archive, "r|gz") as tar:
            for member in tar:
                if member.name in missing and member.isreg():
                    _extract(
                        tar.extractfile(member), member.size, os.path.join(folder, member.name)
                    )
                    del missing[member.name]
    except tarfile.TarError as error:
        raise RuntimeError(f"{archive} is truncated or no .tar.gz: {error}") from error
    if missing:
        raise RuntimeError(f"{archive} is not the published archive: it lacks {', '.join(missing)}")


def _extract(source: Any, size: int, path: str) -> None:
    if size > MAX_BYTES:
        raise RuntimeError(f"{path} would have {size:,} bytes; at most {MAX_BYTES:,} are taken")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    replace_file(path, functools.partial(shutil.copyfileobj, source))
