"""Seconds that `import minitorch` takes beyond `import numpy`: medians over fresh processes.

python -m benchmarks.import_time [--runs 15]
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from statistics import median

from benchmarks.processes import REPOSITORY, positive, provenance
from minitorch.core.threads import usable_cores

SCRIPT = """
import time
start = time.perf_counter()
import numpy
middle = time.perf_counter()
import {module}
print(middle - start, time.perf_counter() - middle)
"""


def import_seconds(module: str) -> tuple[float, float]:
    """Seconds for NumPy, and for the module after it."""
    script = SCRIPT.format(module=module)
    # Compiled files are kept, as they are for everybody who has not switched that off.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    numpy, beyond = map(float, run.stdout.split())
    return numpy, beyond


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=positive, default=15)
    runs = parser.parse_args().runs
    print(provenance(usable_cores(), runs))
    for module in ("minitorch", "torch"):
        if importlib.util.find_spec(module) is None:
            continue
        import_seconds(module)  # the first one compiles and fills the page cache
        times = [import_seconds(module) for _ in range(runs)]
        numpy, beyond = (median(column) for column in zip(*times, strict=True))
        print(f"import {module:<9} {beyond:.3f} s beyond import numpy ({numpy:.3f} s)")


if __name__ == "__main__":
    main()
