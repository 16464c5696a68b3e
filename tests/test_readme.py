"""What README.md shows is true: its program runs and prints that, and its links lead somewhere."""

import re
import subprocess
import sys

import pytest

from tests.support.source import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PROGRAM = re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1)
PRINTED = re.search(r"print\(loss\)  # (.*)", PROGRAM).group(1)


def output_of(program: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def test_the_program_prints_what_is_shown():
    assert output_of(PROGRAM) == PRINTED


def test_pytorch_prints_the_same(torch):
    assert output_of(PROGRAM.replace("minitorch", "torch")) == PRINTED


@pytest.mark.parametrize("document", ["README.md", "minitorch/README.md", "benchmarks/README.md"])
def test_links_lead_to_files(document):
    path = REPOSITORY / document
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []
