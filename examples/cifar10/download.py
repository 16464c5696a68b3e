"""Fetches the published archive, with its checksum, through torchvision or pooch."""

import http.client
import importlib.util
import os
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

from examples.cifar10.errors import DataError
from examples.cifar10.files import BATCH_FILES, FOLDER, META_FILE

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
ARCHIVE_MD5 = "c58f30108f718f92721af3b95e74349a"
_SECONDS_TO_ANSWER = 5


def download(root: Path, say: Callable[[str], None]) -> Path:
    """Puts CIFAR-10 into `root / FOLDER`, complete or not at all.

    Raises:
        DataError: it could not be had; the message says why.
    """
    _check_reachable()
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".download-", dir=root) as scratch:
        say(f"CIFAR-10 is not here yet: downloading {URL} (163 MB) into {root}.")
        if not _fetch_with_torchvision(Path(scratch), say):
            unpack(_fetch_with_pooch(Path(scratch)), Path(scratch))
        os.replace(Path(scratch, FOLDER), root / FOLDER)
    return root / FOLDER


def unpack(archive: Path, target: Path) -> None:
    """Copies the files we know out of the archive; whatever else is in it stays there."""
    (target / FOLDER).mkdir()
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for name in (*BATCH_FILES, META_FILE):
                member = tar.extractfile(f"{FOLDER}/{name}")
                if member is None:
                    raise DataError(f"{archive}: {name} is not a plain file in there.")
                Path(target, FOLDER, name).write_bytes(member.read())
    except (tarfile.TarError, KeyError, EOFError, OSError) as error:
        raise DataError(f"{archive} is not CIFAR-10's archive: {error}.") from error


def _check_reachable() -> None:
    """Finds out within seconds; the downloaders themselves may wait for minutes."""
    request = urllib.request.Request(URL, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS_TO_ANSWER):
            pass
    except (OSError, http.client.HTTPException) as error:
        raise DataError(f"{URL} does not answer ({error})") from error


def _fetch_with_torchvision(root: Path, say: Callable[[str], None]) -> bool:
    """Tries torchvision's downloader, in a process of its own.

    Importing torchvision imports PyTorch, and in one process PyTorch's threads and NumPy's disturb
    each other for the whole training.
    """
    if importlib.util.find_spec("torchvision") is None:
        return False
    program = "import sys, torchvision; torchvision.datasets.CIFAR10(sys.argv[1], download=True)"
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)], stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        say("torchvision is installed but could not download CIFAR-10; trying pooch.")
    return done.returncode == 0


def _fetch_with_pooch(root: Path) -> Path:
    try:
        import pooch
    except ImportError as error:
        raise DataError(
            "downloading needs pooch: pip install 'minitorch-numpy[cifar10]'"
        ) from error
    fetch = pooch.HTTPDownloader(progressbar=True, timeout=30)
    try:
        path = pooch.retrieve(
            URL, known_hash=f"md5:{ARCHIVE_MD5}", path=root, fname="archive", downloader=fetch
        )
    except (OSError, ValueError) as error:  # ValueError: the checksum
        raise DataError(f"the download failed: {error}") from error
    return Path(path)
