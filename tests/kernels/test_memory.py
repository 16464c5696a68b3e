"""Memory that arrays have given back (Note [Kept memory]), in a program that has just begun."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
import minitorch

def step():
    arrays = [np.ones(1 << 18) for _ in range(8)]  # 16 MB, 4,096 pages

step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what glibc does")
def test_a_second_step_takes_the_memory_of_the_first():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert int(run.stdout) < 400
