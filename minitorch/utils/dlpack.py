"""Memory shared with other libraries: ``torch.utils.dlpack``."""

from __future__ import annotations

from enum import IntEnum

from minitorch.interchange import from_dlpack as from_dlpack, to_dlpack as to_dlpack


class DLDeviceType(IntEnum):
    """The kinds of devices that tensors here are on."""

    kDLCPU = 1
