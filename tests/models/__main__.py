"""Every model at its published size on both libraries: python -m tests.models [NAME ...].

From the same seed each side makes its own weights and the same pictures, and computes outputs and
the gradients of all parameters, in a process of its own. A difference is relative to the largest
output, or to the largest gradient of the same parameter; times are the best of a few, with
``--threads 1`` of the processor's time, which is to be had on a busy machine as well.

In float32 a gradient may differ by some 1e-3: where a sum is zero but for its last digits, ReLU
opens on one side only. Whether the rules agree is seen in float64, and with ``--train``: without
statistics of its own, what enters a deep network in evaluation mode may hardly reach its end.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from minitorch import models
from minitorch.core.threads import usable_cores
from tests.models.full_size import apart, compute, published_size

BAR = 1e-4


def main() -> int:
    published = [name for name in models.list_models() if published_size(name)]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="of models (default: all)")
    parser.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    parser.add_argument("--train", action="store_true", help="in training mode")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=usable_cores())
    options = parser.parse_args()

    print(f"{'':<20} {'difference of':^16} {'seconds here, in PyTorch, ratio':^47} {'MB':>9}")
    print(f"{'model':<20} {'outputs':>7} {'grads':>8} {'forward':>16}{'':7} "
          f"{'backward':>16}{'':7} {'here':>5} {'PyTorch':>7}")  # fmt: skip
    worst = 0.0
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        for name in options.names or published:
            with TemporaryDirectory() as folder:
                files = [Path(folder, "minitorch.npz"), Path(folder, "torch.npz")]
                ours, theirs = (
                    pool.submit(compute, file.stem, name, options, file).result() for file in files
                )
                # Not in this process: children would begin with the peak of their parent.
                of_outputs, of_gradients = pool.submit(apart, *files).result()
            worst = max(worst, of_outputs, of_gradients if options.dtype == "float64" else 0.0)
            times = " ".join(
                f"{here:>8.3f} {there:>7.3f} {here / there:>6.2f}"
                for here, there in zip(ours[:2], theirs[:2], strict=True)
            )
            print(f"{name:<20} {of_outputs:>7.0e} {of_gradients:>8.0e} {times} "
                  f"{ours[2]:>6.0f} {theirs[2]:>7.0f}", flush=True)  # fmt: skip
    print(f"worst difference that counts: {worst:.1e}, allowed: {BAR:.0e}")
    return int(worst > BAR)


if __name__ == "__main__":
    sys.exit(main())
