"""Runs a program of the live page and hands on what it prints and draws.

In the browser Pyodide runs this file; out of it the tests do, so that both show the same.
"""

import ast
import io
import linecache
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

NAME = "experiment.py"
MOST = 100_000  # characters a program may print; an endless loop would fill the page
PAUSE = 0.1  # seconds between two messages, so that a loop does not send thousands of them


class Output(io.TextIOBase):
    """Where a program prints to: sends its text on, in order with its pictures.

    Args:
        emit: is called with "text", "error" or "picture", with the content, and for a picture with
            the graph in words.
    """

    def __init__(self, emit: Callable[[str, str, str], Any]) -> None:
        self._emit = emit
        self._waiting: list[str] = []
        self._left = MOST
        self._sent = 0.0

    def write(self, text: str) -> int:
        """Keep the text until the next message is due."""
        if self._left > 0:
            self._waiting.append(text[: self._left])
            self._left -= len(text)
            if self._left <= 0:
                self._waiting.append(f"\n(no more than {MOST:,} characters are shown)\n")
        if time.monotonic() - self._sent > PAUSE:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what is kept."""
        text = "".join(self._waiting)
        self._waiting.clear()
        self._sent = time.monotonic()
        if text:
            self._emit("text", text, "")

    def show(self, value: Any) -> None:
        """Show a picture as one, anything else as Python's prompt would."""
        if hasattr(value, "_repr_svg_"):
            self.flush()
            self._emit("picture", value._repr_svg_(), str(value))
        else:
            self.write(f"{value!r}\n")

    def fail(self, error: BaseException) -> None:
        """Show an error with the lines of the program that led to it, and no others."""
        self.flush()
        report = traceback.TracebackException.from_exception(error)
        for part in _chain(report):
            here = [frame for frame in part.stack if frame.filename == NAME]
            part.stack = traceback.StackSummary.from_list(here)
        self._emit("error", "".join(report.format()), "")


def _chain(
    report: traceback.TracebackException | None,
) -> Iterator[traceback.TracebackException]:
    """Yield a report and those of the errors that led to it."""
    while report is not None:
        yield report
        report = report.__cause__ or report.__context__


def run(code: str, emit: Callable[[str, str, str], Any]) -> None:
    """Run a program with names of its own; the value of a last expression is shown."""
    output = Output(emit)
    # Tracebacks and warnings find the source there.
    linecache.cache[NAME] = (len(code), None, code.splitlines(keepends=True), NAME)
    names = {"__name__": "__main__", "show": output.show}
    with redirect_stdout(output), redirect_stderr(output):
        try:
            value = _value_of(code, names)
            if value is not None:
                output.show(value)
        except BaseException as error:  # SystemExit too: the page goes on
            output.fail(error)
        output.flush()


def _value_of(code: str, names: dict[str, Any]) -> Any:
    """Execute the statements; return the value of the last one where it is an expression."""
    tree = ast.parse(code, NAME)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, NAME, "exec"), names)
    return None if last is None else eval(compile(last, NAME, "eval"), names)
