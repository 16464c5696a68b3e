"""What a profile gives: events, their averages by name, and the table of these."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import IO, Any

from minitorch.core.files import replace_file


class FunctionEvent:
    """One call of an op, of a node's rule, or of a block of the user's; times in microseconds."""

    __slots__ = (
        "children_us",
        "cpu_parent",
        "end_us",
        "input_shapes",
        "kind",
        "name",
        "stack",
        "start_us",
        "thread",
    )

    def __init__(self, name: str, kind: str, parent: FunctionEvent | None, thread: int) -> None:
        self.name = name
        self.kind = kind  # "cpu_op", "backward" or "user_annotation"
        self.cpu_parent = parent
        self.thread = thread
        self.start_us = self.end_us = self.children_us = 0.0
        self.input_shapes: list[list[int]] = []
        self.stack: list[str] = []

    @property
    def key(self) -> str:
        return self.name

    @property
    def cpu_time_total(self) -> float:
        return self.end_us - self.start_us

    cpu_time = cpu_time_total

    @property
    def self_cpu_time_total(self) -> float:
        """Without what was called inside."""
        return self.cpu_time_total - self.children_us

    def __repr__(self) -> str:
        return (
            f"<FunctionEvent name={self.name} thread={self.thread} "
            f"cpu_time={format_time(self.cpu_time_total)} start_us={self.start_us:.3f} "
            f"end_us={self.end_us:.3f} input_shapes={self.input_shapes}>"
        )


class FunctionEventAvg:
    """All events of one name (and shape, where asked): how many, and how long."""

    device_time_total = self_device_time_total = 0.0  # there is no other device

    def __init__(self, key: str, input_shapes: Any = None, stack: Any = ()) -> None:
        self.key = key
        self.input_shapes = input_shapes
        self.stack = list(stack)
        self.count = 0
        self.cpu_time_total = 0.0
        self.self_cpu_time_total = 0.0

    @property
    def cpu_time(self) -> float:
        """The average per call."""
        return self.cpu_time_total / self.count if self.count else 0.0

    def add(self, event: FunctionEvent | FunctionEventAvg) -> None:
        """Count an event, or all events of another average, in."""
        self.count += event.count if isinstance(event, FunctionEventAvg) else 1
        self.cpu_time_total += event.cpu_time_total
        self.self_cpu_time_total += event.self_cpu_time_total

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} count={self.count} "
            f"self_cpu_time={format_time(self.self_cpu_time_total)} "
            f"cpu_time={format_time(self.cpu_time)} input_shapes={self.input_shapes or ''}>"
        )


class EventList(list[Any]):
    """Events, or their averages."""

    @property
    def self_cpu_time_total(self) -> float:
        """The time of everything, in microseconds."""
        return sum([event.self_cpu_time_total for event in self], 0.0)

    def total_average(self) -> FunctionEventAvg:
        """Return all events as one."""
        total = FunctionEventAvg("Total")
        for event in self:
            total.add(event)
        return total

    def key_averages(
        self, group_by_input_shapes: bool = False, group_by_stack_n: int = 0
    ) -> EventList:
        """Return the events averaged by name.

        Args:
            group_by_input_shapes: calls with inputs of other shapes are counted apart.
            group_by_stack_n: so are calls from elsewhere in the user's program, if not 0.
        """
        groups: dict[Any, FunctionEventAvg] = {}
        for event in self:
            shapes = event.input_shapes if group_by_input_shapes else None
            stack = tuple(event.stack) if group_by_stack_n else ()
            group = (event.name, str(shapes), stack)
            if group not in groups:
                groups[group] = FunctionEventAvg(event.name, shapes, stack)
            groups[group].add(event)
        return EventList(groups.values())

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """Return a printable table.

        Args:
            sort_by: "cpu_time_total", "self_cpu_time_total", "cpu_time" or "count", largest first.
            row_limit: how many rows at most; -1 is all.
            max_src_column_width: longer places in the program are cut off.
            max_name_column_width: longer names are cut off.
            max_shapes_column_width: longer shapes are cut off.
            header: a line above.
            top_level_events_only: leave out what was called inside of something else.

        Raises:
            AttributeError: for another key to sort by.
        """
        rows = list(self)
        if top_level_events_only:
            rows = [row for row in rows if getattr(row, "cpu_parent", None) is None]
        if sort_by is not None:
            rows = _sorted(rows, sort_by)
        total = sum([row.self_cpu_time_total for row in rows]) or 1.0
        widths = max_name_column_width, max_shapes_column_width, max_src_column_width
        cells = [_HEAD + _extra_heads(rows)]
        for row in rows if row_limit < 0 else rows[:row_limit]:
            cells.append(_cells(row, total, widths, len(cells[0])))
        text = _aligned(cells)
        if header is not None:
            text = f"{header}\n{text}"
        return f"{text}\nSelf CPU time total: {format_time(self.self_cpu_time_total)}\n"

    def __str__(self) -> str:
        return self.table()

    def export_chrome_trace(self, path: str | os.PathLike[str]) -> None:
        """Write a file for chrome://tracing or https://ui.perfetto.dev, all of it or nothing."""
        import json  # only here: importing minitorch should be quick

        pid = os.getpid()
        events = [_traced(event, pid) for event in self]
        text = json.dumps({"schemaVersion": 1, "displayTimeUnit": "ms", "traceEvents": events})

        def write(file: IO[bytes]) -> None:
            file.write(text.encode())

        replace_file(os.fspath(path), write)


_HEAD = ["Name", "Self CPU %", "Self CPU", "CPU total %", "CPU total", "CPU time avg", "# of Calls"]
_KEYS = ["cpu_time_total", "self_cpu_time_total", "cpu_time", "count"]


def _sorted(rows: list[Any], key: str) -> list[Any]:
    known = [*_KEYS, "device_time_total", "self_device_time_total"]
    name = key.replace("cuda", "device")
    if name not in known:
        raise AttributeError(f"'FunctionEventAvg' object has no attribute '{key}': sort by {known}")
    return sorted(rows, key=lambda row: getattr(row, name, 1), reverse=True)


def _extra_heads(rows: Iterable[Any]) -> list[str]:
    rows = list(rows)
    heads = ["Input Shapes"] if any([row.input_shapes for row in rows]) else []
    return heads + (["Source Location"] if any([row.stack for row in rows]) else [])


def _cells(row: Any, total: float, widths: tuple[int, int, int], columns: int) -> list[str]:
    cells = [
        _cut(row.key, widths[0]),
        f"{row.self_cpu_time_total / total:.2%}",
        format_time(row.self_cpu_time_total),
        f"{row.cpu_time_total / total:.2%}",
        format_time(row.cpu_time_total),
        format_time(row.cpu_time),
        str(getattr(row, "count", 1)),
    ]
    if row.input_shapes is not None and len(cells) < columns:
        cells.append(_cut(str(row.input_shapes), widths[1]))
    if len(cells) < columns:
        cells.append(_cut(" ".join(row.stack), widths[2]))
    return cells


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _aligned(cells: list[list[str]]) -> str:
    widths = [max([len(row[i]) for row in cells]) for i in range(len(cells[0]))]
    rule = "  ".join(["-" * width for width in widths])
    lines = [
        "  ".join([text.rjust(width) for text, width in zip(row, widths, strict=True)])
        for row in cells
    ]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule])


def format_time(us: float) -> str:
    """Return a time given in microseconds in a unit that suits it."""
    if us >= 1e6:
        return f"{us / 1e6:.3f}s"
    return f"{us / 1e3:.3f}ms" if us >= 1e3 else f"{us:.3f}us"


def _traced(event: FunctionEvent, pid: int) -> dict[str, Any]:
    about: dict[str, Any] = {}
    if event.input_shapes:
        about["Input Dims"] = event.input_shapes
    if event.stack:
        about["Call stack"] = ";".join(event.stack)
    return {
        "ph": "X",
        "cat": event.kind,
        "name": event.name,
        "pid": pid,
        "tid": event.thread,
        "ts": round(event.start_us, 3),
        "dur": round(event.cpu_time_total, 3),
        "args": about,
    }
