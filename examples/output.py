"""What a terminal or a pipe may not take, and what to do then."""

import io
import signal
import sys


def allow_for_any_terminal() -> None:
    """Shows a question mark for a sign that the terminal does not have, where it would be an error.

    So it is with LANG=C, and where Windows writes into a pipe.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def allow_for_a_closed_pipe() -> None:
    """Ends the program without a word when nobody reads on, as `| head` does."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
