"""``torch.utils.data._utils.collate``: see :mod:`minitorch.utils.data.collate`."""

from minitorch.utils.data.collate import (
    collate,
    default_collate,
    default_collate_fn_map,
    default_convert,
)

__all__ = ["collate", "default_collate", "default_collate_fn_map", "default_convert"]
