"""`python -m minitorch explain`: every program shown raises what is said of it, or runs."""

import os
import re
import subprocess
import sys

import pytest

import minitorch as mt
from minitorch import __main__ as command, explanations
from tests.support.source import REPOSITORY, sources

PAGES = explanations.pages()
PROGRAMS = {(name, i): p for name, page in PAGES.items() for i, p in enumerate(page.programs)}
MENDS = [key for key in PROGRAMS if key[1]]
# What PyTorch has not, or says in other words.
OURS = {"frozen-group"}
OTHER_WORDS = {"corrupt-file"}
OUR_MENDS = {("no-graph", 4), ("state-dict-shapes", 2)}

# They stand in messages that people keep and search for: names are added, none is changed.
NAMES = """
    backward-twice modified-in-place leaf-in-place view-in-place scalar-outputs no-graph
    unused-input gradient-shape non-leaf-grad non-leaf-frozen integer-grad hook-without-grad
    numpy-of-grad detach-view inference-tensor function-gradients save-for-backward
    legacy-function volatile anomaly-nan matmul-shapes broadcast-shapes expand-sizes view-size
    view-strides in-place-shape in-place-dtype overlapping-write bool-minus dtype-mismatch
    mean-of-integers no-such-dim index-range too-many-indices ragged-list cat-shapes
    stack-shapes conv-channels conv-dims kernel-too-large one-value-per-channel norm-shape
    rnn-sizes item-of-many bool-of-many no-cuda target-batch target-shape target-dtype
    target-range loss-sizes not-probabilities module-init no-forward parameter-type
    state-dict-keys state-dict-shapes not-parameters no-parameters non-leaf-parameter
    parameter-in-two-groups frozen-group optimizer-state scheduler-order collate-type
    sampler-and-shuffle loader-worker worker-pickle weights-only corrupt-file
"""


def outcome(program: str, path) -> str:
    """The last line of a traceback, or ""; warnings count as errors, as pytest has them."""
    if "num_workers=1" not in program:
        try:
            exec(compile(program, "program.py", "exec"), {"__name__": "__main__"})
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""
    # Other start methods than fork import the program again: it has to be a file.
    file = path / "program.py"
    file.write_text(program, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", str(file)],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    return run.stderr.strip().rpartition("\n")[2] if run.returncode else ""


def of_pytorch(program: str) -> str:
    return re.sub(r"\bminitorch\b", "torch", program)


def said(page: explanations.Page) -> str:
    return re.escape(page.error).replace(re.escape("…"), ".*")


@pytest.mark.parametrize("name", PAGES)
def test_the_program_raises_that_error_under_that_name(name, tmp_path):
    raised = outcome(PROGRAMS[name, 0], tmp_path)
    kind, _, phrase = said(PAGES[name]).partition(":\\ ")
    assert re.match(f"{kind}: .*{phrase}", raised, re.DOTALL), raised
    assert raised.endswith(f" [explain: {name}]")


@pytest.mark.parametrize(("name", "number"), MENDS)
def test_the_mend_runs(name, number, tmp_path):
    assert outcome(PROGRAMS[name, number], tmp_path) == ""


@pytest.mark.parametrize("name", [name for name in PAGES if name not in OURS])
def test_pytorch_raises_the_same(torch, name, tmp_path):
    raised = outcome(of_pytorch(PROGRAMS[name, 0]), tmp_path)
    kind, _, phrase = said(PAGES[name]).partition(":\\ ")
    phrase = ".*" if name in OTHER_WORDS else f".*{phrase}"
    assert re.match(f"{kind}: {phrase}", raised, re.DOTALL), raised


@pytest.mark.parametrize(("name", "number"), [key for key in MENDS if key not in OUR_MENDS])
def test_the_mend_runs_in_pytorch(torch, name, number, tmp_path):
    assert outcome(of_pytorch(PROGRAMS[name, number]), tmp_path) == ""


def test_names_stay():
    assert list(PAGES) == NAMES.split()


def test_the_names_in_messages_are_those_of_the_pages():
    named = {
        name
        for source in sources("minitorch")
        if "explanations" not in source.name and not source.name.endswith("__main__.py")
        for name in re.findall(r"\[explain: ([^\]]*)\]", source.text)
    }
    assert named == set(PAGES)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_has_a_cause_and_mends_in_eighty_columns(page):
    prose = [part.strip() for part in re.split(r"```python\n.*?```\n", page.text, flags=re.S)]
    error, *reasons, end = prose
    assert re.fullmatch(r"(`+)\w+: [^\n]+\1", error) and end == ""
    assert len(reasons) == len(page.programs) - 1 >= 1 and all(reasons)
    assert "\n\n" in reasons[0]  # why the rule exists, then the first mend
    assert max(map(len, page.plain.splitlines())) <= 80


def test_the_page_of_the_docs_is_up_to_date():
    """After a change: python -m minitorch explain --all > docs/errors.md."""
    written = (REPOSITORY / "docs" / "errors.md").read_text(encoding="utf-8")
    assert written == explanations.document()


SHOWN = """\
detach-view

RuntimeError: Can't detach views in-place.

    import minitorch as torch

    x = torch.ones(4, requires_grad=True) * 1
    x[:2].detach_()

A view's history is its base's: it cannot be cut off alone.

Take a tensor without history, which shares the memory.

    import minitorch as torch

    x = torch.ones(4, requires_grad=True) * 1
    part = x[:2].detach()

Or cut off the base, before the view is taken.

    import minitorch as torch

    x = torch.ones(4, requires_grad=True) * 1
    x.detach_()
    part = x[:2]
"""


def test_the_command_shows_a_page():
    run = subprocess.run(
        [sys.executable, "-m", "minitorch", "explain", "detach-view"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (run.stdout, run.stderr) == (SHOWN, "")


def test_without_a_name_the_command_lists_them(capsys):
    assert command.main(["explain"]) is None
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == list(PAGES)
    assert lines[:4] == [
        "Gradients and graphs",
        "",
        "  backward-twice          Trying to backward through the graph a second time",
        "  modified-in-place       one of the variables needed for gradient computation …",
    ]
    assert max(map(len, lines)) <= 80


def test_the_end_of_a_message_will_do_for_a_name(capsys):
    with pytest.raises(RuntimeError) as caught:
        mt.ones(2).backward()
    assert command.main(["explain", str(caught.value)]) is None
    assert capsys.readouterr().out.startswith("no-graph\n")


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ("backwardtwice", " Did you mean 'backward-twice'?"),
        ("Weights_Only", " Did you mean 'weights-only'?"),
        ("backward", " There is 'backward-twice', 'save-for-backward'."),
        ("channels of a conv", " There is 'conv-channels'."),
        ("inplace", " There is 'modified-in-place', 'leaf-in-place', 'view-in-place'"),
        ("linalg", ""),
        ("", ""),
    ],
)
def test_an_unknown_name_is_told_what_is_near(asked, advice):
    refusal = command.main(["explain", asked])
    assert refusal.startswith(f"no error is called '{asked}'.{advice}")
    assert advice or refusal.split(". ")[1].startswith("python -m minitorch explain")


@pytest.mark.parametrize("asked", ["-h", "--help"])
def test_help_is_no_error(asked, capsys):
    assert command.main([asked]) is None
    assert capsys.readouterr().out == f"{command.USAGE}\n"


def test_what_the_command_does_not_know_gets_its_usage():
    run = subprocess.run(
        [sys.executable, "-m", "minitorch", "exlain"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.strip() == command.USAGE
