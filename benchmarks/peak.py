"""The most floating-point arithmetic that this machine does: a small loop in C, compiled here.

    python -m benchmarks.peak [--threads 2]

Prints, as JSON, GFLOP/s of float32 by number of threads; nothing is known without a C compiler.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

from benchmarks.processes import REPOSITORY, positive

# The whole instruction set of this processor; the second is what ARM's compilers call it.
NATIVE = ("-march=native", "-mcpu=native")


def compiled(folder: Path) -> Path | None:
    """The program, or None where nothing compiles it."""
    program = folder / "peak"
    source = REPOSITORY / "benchmarks" / "peak.c"
    for option in NATIVE:
        command = [os.environ.get("CC", "cc"), "-std=gnu11", "-O3", option, "-pthread"]
        try:
            subprocess.run(
                [*command, source, "-o", program], capture_output=True, check=True, text=True
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return program
    return None


def measured_peak(threads: int) -> dict[str, float]:
    """GFLOP/s on one thread and on all of them."""
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(Path(folder))
        if program is None:
            return {}
        return {
            str(count): float(subprocess.check_output([program, str(count)]))
            for count in sorted({1, threads})
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=positive, default=os.cpu_count())
    print(json.dumps(measured_peak(parser.parse_args().threads)))


if __name__ == "__main__":
    main()
