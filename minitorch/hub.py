"""``torch.hub``: checkpoints by their URLs. What runs code that it fetched is refused."""

import os
import re
import sys
import warnings
from typing import Any, NoReturn
from urllib.parse import urlsplit

from minitorch import serialization
from minitorch.core.downloads import download
from minitorch.core.errors import missing_attribute

_HASH = re.compile(r"-([a-f0-9]*)\.")
_dir: str | None = None


def download_url_to_file(
    url: str, dst: str, hash_prefix: str | None = None, progress: bool = True
) -> None:
    """Fetch a file, complete or not at all.

    Args:
        url: of http, https or file.
        dst: the path to save it at, in a folder that exists; a file there is replaced in one step.
        hash_prefix: what the file's SHA256 begins with.
        progress: whether a progress bar is shown, where ``tqdm`` is installed.

    Raises:
        ValueError: a URL of another kind.
        HTTPError, URLError: it could not be had, or not all of it (of ``urllib.error``).
        RuntimeError: its SHA256 is another one.
        OSError: it cannot be written.

    Source: ``torch.hub.download_url_to_file``, which keeps what came before a connection was cut.
    """
    download(url, os.path.expanduser(dst), hash_prefix, shown=progress)


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> Any:
    """Load the checkpoint at a URL, which is fetched once and then kept.

    Args:
        url: of http, https or file.
        model_dir: the folder to keep it in; by default ``checkpoints`` in that of ``get_dir``,
            where PyTorch keeps its own: neither fetches again what the other has.
        map_location: as for ``load``.
        progress: whether a progress bar is shown, where ``tqdm`` is installed.
        check_hash: the file's name is ``name-<digits>.ext``, and what is fetched must have a
            SHA256 that begins with these digits.
        file_name: the name to keep it under, instead of that in the URL.
        weights_only: accepted and without effect: nothing that is loaded can run code.

    Raises:
        ValueError, HTTPError, URLError, RuntimeError, OSError: as ``download_url_to_file``.
        UnpicklingError, RuntimeError: as ``load``.

    Source: ``torch.hub.load_state_dict_from_url``, which also unpacks a zip around a checkpoint.
    """
    _warn_of("TORCH_MODEL_ZOO")
    if model_dir is None:
        model_dir = os.path.join(get_dir(), "checkpoints")
    os.makedirs(model_dir, exist_ok=True)
    name = file_name if file_name is not None else os.path.basename(urlsplit(url).path)
    path = os.path.join(model_dir, name)
    if not os.path.exists(path):
        sys.stdout.write(f'Downloading: "{url}" to {path}\n')
        found = _HASH.search(name) if check_hash else None
        download_url_to_file(url, path, found and found[1], progress)
    return serialization.load(path, map_location=map_location)


def get_dir() -> str:
    """Return the folder of what is fetched: that of ``set_dir``, or ``$TORCH_HOME/hub``.

    ``$TORCH_HOME`` is by default ``$XDG_CACHE_HOME/torch``, and that ``~/.cache/torch``: PyTorch's
    folder, as the files are the same.
    """
    _warn_of("TORCH_HUB")
    if _dir is not None:
        return _dir
    cache = os.path.join(os.getenv("XDG_CACHE_HOME", "~/.cache"), "torch")
    return os.path.join(os.path.expanduser(os.getenv("TORCH_HOME", cache)), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    """Set the folder of what is fetched, for this process."""
    global _dir
    _dir = os.path.expanduser(os.fspath(d))


def _warn_of(variable: str) -> None:
    if os.getenv(variable):
        warnings.warn(f"{variable} is deprecated, please use env TORCH_HOME instead", stacklevel=3)


def load(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse, as ``list`` and ``help`` do.

    Raises:
        RuntimeError: always, with what to do instead.
    """
    raise RuntimeError(
        "minitorch leaves out torch.hub.load, list and help: they run code that they fetch. "
        "load_state_dict_from_url(url) fetches a checkpoint, for a model of your own."
    )


list = help = load


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
