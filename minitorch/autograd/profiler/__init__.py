"""Where the time of ops and of nodes' rules goes."""

from minitorch.autograd.profiler.events import (
    EventList as EventList,
    FunctionEvent as FunctionEvent,
    FunctionEventAvg as FunctionEventAvg,
)
from minitorch.autograd.profiler.profiler import (
    profile as profile,
    record_function as record_function,
)

__all__ = [  # what `import *` takes: no files of the package
    "EventList",
    "FunctionEvent",
    "FunctionEventAvg",
    "profile",
    "record_function",
]
