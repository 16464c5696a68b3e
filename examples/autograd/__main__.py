"""Lists the experiments, or runs all of them.

python -m examples.autograd
python -m examples.autograd --all --draw graphs
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

from examples.autograd.telling import add_draw, run
from examples.output import allow_for_a_closed_pipe, allow_for_any_terminal

# In the order of their numbers, from 1.
EXPERIMENTS = (
    *("leaves", "two_networks", "freezing", "fine_tuning", "requires_grad", "no_graph"),
    *("not_a_scalar", "hooks", "grad_of_non_leaf", "retain_graph", "freed_graph"),
    *("rebuilt_graph", "several_losses", "detach", "shared_memory", "modified_in_place"),
    *("detach_in_place", "in_place_on_leaf", "wrong_flags", "variable", "grad_modes"),
    *("custom_function", "higher_order", "two_convolutions", "losses", "storage"),
    *("module_hooks", "training"),
)


def module(name: str) -> ModuleType:
    """An experiment by its name."""
    return importlib.import_module(f"examples.autograd.{name}")


def question(name: str) -> str:
    """What an experiment asks: the first line of its docstring."""
    return (module(name).__doc__ or "").partition("\n")[0]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m examples.autograd",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--all", action="store_true", help="run every experiment")
    add_draw(parser)
    options = parser.parse_args(arguments)
    if not options.all:
        for number, name in enumerate(EXPERIMENTS, start=1):
            print(f"{number:2}  {name:18} {question(name)}")
        print(f"\nTo run one:  python -m examples.autograd.{EXPERIMENTS[0]} --draw graphs")
        print("All of them: python -m examples.autograd --all --draw graphs")
        return 0
    for number, name in enumerate(EXPERIMENTS, start=1):
        print(f"{number}  {question(name)}\n")
        run(module(name).main, options.draw)
        print()
    if options.draw is not None:
        print(f"The graphs are in {options.draw}.")
    return 0


if __name__ == "__main__":
    allow_for_any_terminal()
    allow_for_a_closed_pipe()
    sys.exit(main())
