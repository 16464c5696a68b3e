"""Executes the notebooks of this folder and writes them anew, or compares with `--check`.

    python docs/notebooks/execute.py                      # what `make notebooks` does
    python docs/notebooks/execute.py --check fine_tuning  # fails where a cell says something else

What is written depends on the cells alone: no times, no paths, cells numbered from the top.
CIFAR-10 is not looked for, so that everybody's outputs are those of the drawn images.

A cell with the tag `varies` depends on long sums of rounded numbers, which differ between machines:
it is executed, and not compared.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
HERE = f"{FOLDER.parents[1]}{os.sep}"  # the checkout, whose files pictures name
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
NUMBER = re.compile(r"-?\d+\.\d*(?:e[-+]\d+)?")
LINE = re.compile(r"(?<=\.py):\d+")  # where something stands in the examples, which change
TIMEOUT = 600  # seconds for a cell; all of a notebook takes less than 40


def executed(path: Path) -> Any:
    """Return the notebook as it is after all its cells ran, from the top.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell did not run to its end.
    """
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(
        notebook, timeout=TIMEOUT, kernel_name="python3", resources=resources, record_timing=False
    )
    client.execute()
    return cleaned(notebook)


def cleaned(notebook: Any) -> Any:
    """Take away what differs from run to run."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number:02}"
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.outputs = joined([output for output in cell.outputs if not is_noise(output)])
    return notebook


def joined(outputs: list[Any]) -> list[Any]:
    """Put together what was printed in one go, which falls apart by chance; shorten paths."""
    together: list[Any] = []
    for output in outputs:
        last = together[-1] if together else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            last["text"] += output.text
        else:
            together.append(output)
        for kind, content in output.get("data", {}).items():
            if isinstance(content, str):
                output.data[kind] = content.replace(HERE, "")
    return together


def is_noise(output: Any) -> bool:
    """Whether matplotlib says that it looks for fonts, as it does once on each machine."""
    return output.get("name") == "stderr" and "font cache" in output.text


def texts(cell: Any) -> list[str]:
    """What a cell has printed and returned, pictures by their words."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append(f"{output.name}: {output.text}")
        elif output.output_type == "error":
            found.append(f"{output.ename}: {output.evalue}")
        else:
            found.append(", ".join(sorted(output.data)) + ": " + output.data.get("text/plain", ""))
    return found


def is_same(found: str, stored: str) -> bool:
    """Whether words are the same and numbers nearly so, as they are on another machine."""
    found, stored = LINE.sub("", found), LINE.sub("", stored)
    if NUMBER.sub("#", found) != NUMBER.sub("#", stored):
        return False
    pairs = zip(NUMBER.findall(found), NUMBER.findall(stored), strict=True)
    return all(abs(float(a) - float(b)) <= 2e-3 + 1e-3 * abs(float(b)) for a, b in pairs)


def differences(found: Any, stored: Any) -> Iterator[str]:
    """Yield a sentence for each cell that says something else."""
    for number, (new, old) in enumerate(zip(found.cells, stored.cells, strict=True), start=1):
        if new.cell_type != "code":
            continue
        now, then = texts(new), texts(old)
        if any(text.startswith("stderr: ") for text in now):
            yield f"cell {number} warns:\n{now}"
        if "varies" in new.metadata.get("tags", []):
            continue
        if len(now) != len(then) or not all(map(is_same, now, then)):
            yield f"cell {number} gives\n{now}\nand what is stored is\n{then}"


def main() -> int:
    """Execute what is named, or all; return 1 where something differs from what is stored."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="notebooks, without .ipynb")
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    options = parser.parse_args()
    os.environ.pop("CIFAR10_ROOT", None)
    os.environ["PYTHONPATH"] = HERE  # this checkout, whatever is installed
    paths = [FOLDER / f"{name}.ipynb" for name in options.names] or sorted(FOLDER.glob("*.ipynb"))
    is_different = False
    for path in paths:
        notebook = executed(path)
        if options.check:
            for sentence in differences(notebook, nbformat.read(path, as_version=4)):
                is_different = True
                print(f"{path.name}: {sentence}")
        else:
            nbformat.write(notebook, path)
            print(f"{path.name}: {len(notebook.cells)} cells")
    return int(is_different)


if __name__ == "__main__":
    sys.exit(main())
