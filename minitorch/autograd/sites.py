"""Where in the user's program something happened, cheap enough to note at every saved tensor."""

from __future__ import annotations

import contextlib
import sys
import warnings
from os import path
from types import CodeType

import numpy as np

from minitorch.core.fields import connect

# The code that ran and the position of its instruction: what is left of a frame when the frame,
# and with it all its local variables, has been let go.
Site = tuple[CodeType, int]

_PACKAGE = path.join(path.dirname(path.dirname(path.abspath(__file__))), "")
# What the package is decorated with stands between it and the user too.
_INSIDE = (_PACKAGE, path.join(path.dirname(np.__file__), ""), contextlib.__file__)

# Whether a file belongs to the package, asked again and again of the same few.
_inside: dict[str, bool] = {}


def here(skip: int = 1) -> Site:
    """Return the place outside the package that led to this call.

    Args:
        skip: this many callers are known to be inside the package; they cost nothing.
    """
    frame = sys._getframe(skip)
    while True:
        code = frame.f_code
        file = code.co_filename
        inside = _inside.get(file)
        if inside is None:
            inside = _inside[file] = _is_between(file)
        if not inside or frame.f_back is None:
            return (code, frame.f_lasti)
        frame = frame.f_back


def _is_between(file: str) -> bool:
    """Whether a file's code stands between the user and the package."""
    return file.startswith(_INSIDE)


connect(inside=_inside, is_inside=_is_between)


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn of the line outside the package that led to this call, by whatever way."""
    frame, level = sys._getframe(1), 2
    while frame.f_code.co_filename.startswith(_INSIDE) and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def is_inside(file: str) -> bool:
    """Whether a file of code belongs to the package."""
    return file.startswith(_PACKAGE)


def line_of(site: Site) -> int:
    """Return the line number of a site."""
    code, instruction = site
    for start, end, line in code.co_lines():
        if start <= instruction < end and line is not None:
            return line
    return code.co_firstlineno


def file_of(site: Site) -> str:
    """Return the file of a site; of a notebook's cell, which has none, its number: ``In[3]``."""
    file = site[0].co_filename
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    name_of = getattr(getattr(shell, "compile", None), "format_code_name", None)
    cell = name_of(file) if name_of is not None else None  # what it is, and its name
    return cell[1] if cell is not None else file


def describe(site: Site) -> str:
    """Return a site in words: ``file "train.py", line 12, in step``."""
    return f'file "{file_of(site)}", line {line_of(site)}, in {site[0].co_name}'
