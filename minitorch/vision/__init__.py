"""Pictures on their way into a network: ``minitorch.vision.datasets`` and ``.transforms``."""

import typing as _typing

if _typing.TYPE_CHECKING:
    from minitorch.vision import datasets as datasets, transforms as transforms
else:
    from minitorch.core.late import late as _late

    _FILES = {"minitorch.vision.datasets": "", "minitorch.vision.transforms": ""}
    __getattr__, __dir__, __all__ = _late(__name__, "", _FILES)
