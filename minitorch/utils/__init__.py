"""Helpers around training: ``minitorch.utils.data``, ``minitorch.utils.checkpoint``."""

import typing as _typing

if _typing.TYPE_CHECKING:
    from minitorch.utils import (
        checkpoint as checkpoint,
        data as data,
        dlpack as dlpack,
        einops as einops,
        hooks as hooks,
    )
else:
    from minitorch.core.late import late as _late

    _FILES = {
        "minitorch.utils.checkpoint": "",
        "minitorch.utils.data": "",
        "minitorch.utils.dlpack": "",
        "minitorch.utils.einops": "",
        "minitorch.utils.hooks": "",
    }
    __getattr__, __dir__, __all__ = _late(__name__, "", _FILES)
