"""What ``multiprocessing`` imports in a new process in place of the program: that, with the shim.

Functions that the program sends to other processes are looked up here.
"""

import sys

if __name__ == "__mp_main__":
    from minitorch.shim.program import run_again

    program = run_again(__name__)
    names = {name: value for name, value in vars(program).items() if not name.startswith("__")}
    vars(sys.modules[__name__]).update(names)
