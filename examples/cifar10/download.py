"""Fetches the published archive, with its checksum, through torchvision or minitorch."""

import http.client
import importlib.util
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

from examples.cifar10.errors import DataError
from examples.cifar10.files import FOLDER
from minitorch.vision.datasets import CIFAR10

_SECONDS_TO_ANSWER = 5


def download(root: Path, say: Callable[[str], None]) -> Path:
    """Puts CIFAR-10 into `root / FOLDER`, complete or not at all.

    Raises:
        DataError: it could not be had; the message says why.
    """
    _check_reachable()
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".download-", dir=root) as scratch:
        say(f"CIFAR-10 is not here yet: downloading {CIFAR10.url} (170 MB) into {root}.")
        if not _fetch_with_torchvision(Path(scratch), say):
            try:
                CIFAR10(scratch, download=True)
            except (OSError, RuntimeError) as error:
                raise DataError(f"the download failed: {error}") from error
        os.replace(Path(scratch, FOLDER), root / FOLDER)
    return root / FOLDER


def _check_reachable() -> None:
    """Finds out within seconds; the downloaders themselves may wait for minutes."""
    request = urllib.request.Request(CIFAR10.url, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS_TO_ANSWER):
            pass
    except (OSError, http.client.HTTPException) as error:
        raise DataError(f"{CIFAR10.url} does not answer ({error})") from error


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
        say("torchvision is installed but could not download CIFAR-10; trying minitorch's way.")
    return done.returncode == 0
