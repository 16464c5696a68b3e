"""``torch.hub``: refused, since what it fetches is programs for PyTorch, and files with code."""

from typing import Any, NoReturn

from minitorch.core.errors import missing_attribute


def load(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse, as all functions here do.

    Raises:
        RuntimeError: always, with what to do instead.
    """
    raise RuntimeError(
        "torch.hub is left out of minitorch: it runs code that it fetches. Fetch a checkpoint by "
        "other means, and read it with torch.load()."
    )


load_state_dict_from_url = download_url_to_file = get_dir = set_dir = load
list = help = load


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
