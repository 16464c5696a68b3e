"""What a program shows in a terminal, without what depends on the machine and the minute."""

import contextlib
import importlib
import os
import re
import struct
import subprocess
import sys

BAR = re.compile(r"(run|training|all steps) +\d+%")


def python(program, *arguments):
    return [sys.executable, "-m", f"examples.{program}", *map(str, arguments)]


def in_a_terminal(command, columns=80, cwd=None):
    """The exit code of a command, and what a terminal of so many columns gets from it."""
    fcntl, pty, termios = map(importlib.import_module, ("fcntl", "pty", "termios"))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24 * (columns > 0), columns, 0, 0))
    with subprocess.Popen(command, cwd=cwd, stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        text = b""
        with contextlib.suppress(OSError):  # how a terminal ends
            while part := os.read(ours, 10_000):
                text += part
    os.close(ours)
    return child.returncode, text.decode()


def settled(text, begin="Synthetic images"):
    """The lines from the one that begins so, numbers of no account being zeros; and the bars."""
    lines = [line.rstrip() for line in text.replace("\r", "\n").split("\n")]
    bars = [line for line in lines if BAR.search(line)]
    lines = [line for line in lines if line and line not in bars]
    first = next(i for i, line in enumerate(lines) if line.startswith(begin))
    text = "\n".join(lines[first:]) + "\n"
    text = re.sub(r"\S*python\S* -m", "python -m", text.replace("  best", ""))
    text = zeroed(r"[\d,]+(?= +\d\d:\d\d)", "0", text)
    text = re.sub(r"\d\d:\d\d", "00:00", text)
    text = zeroed(r"\d+\.\d%", "0.0%", text)
    text = re.sub(r"(?<=[ -])\d+%", "0%", text)
    for zero in ("0.0", "0.00", "0.000"):  # sizes in KB are what they are
        text = zeroed(rf"(?<!\d)\d+\.\d{{{len(zero) - 2}}}(?![\d.%]| KB)", zero, text)
    return text, bars


def zeroed(pattern, zero, text):
    """Puts a zero for each number; in a table, after two spaces, it ends where the number did."""

    def put(found):
        return zero.rjust(len(found[0])) if found[1] else zero

    return re.sub(rf"(  +)?(?:{pattern})", put, text)
