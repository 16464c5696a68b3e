"""Exceptions and message parts that every layer shares.

Messages start with PyTorch's class and key phrase, so that code and searches which know PyTorch's
find them, and go on with what came, what was expected and what to do.
"""

import difflib
import sys
from collections.abc import Iterable


def near(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the known name closest to ``name``, or ""."""
    matches = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean '{matches[0]}'?" if matches else ""


def missing_attribute(module: str, name: str) -> AttributeError:
    """Build the error for a name of PyTorch's that a module of this package does not have."""
    known = [n for n in dir(sys.modules[module]) if not n.startswith("_")]
    return AttributeError(f"module '{module}' has no attribute '{name}'.{near(name, known)}")
