"""Someone clones the repository, types what README.md says, and then what the programs say.

Nothing of this checkout is used but what git has of it, so what is not committed is not tested.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.support.source import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
SMALL = "configs/cifar10_smoke.toml"
# The smoke config names no full run, for it is none of a longer one: here it is its own.
TRAIN = f"--synthetic --set full_run={SMALL}"
# What each printed command is known by, and what has to be said where it is typed.
CHAIN = {
    r"train --config": r"\n3/3 .*\n(.*\n)*test accuracy .*\n(.*\n)*Everything is in runs/",
    r"train --resume \S+ --set epochs=\d+": r"Goes on in epoch 4 of 5, at its start, with a new",
    r"finetune --checkpoint": r"Bit for bit as they were: (.*\n)*.*from scratch, step 150/150: ",
    r"gradients": r"net1\.conv1\.weight",
    r"classify --help": r"usage: ",
}

# Variables that the tests' own process has and a new shell has not.
OURS = "CIFAR10_ROOT$|PYTEST|PYTHON|VIRTUAL_ENV$|MAKE|MFLAGS$|MINITORCH|COV"


class Shell:
    """Where the newcomer types: in the clone, with nothing set that a new shell has not."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items()
            if not re.match(OURS, name)
        }  # fmt: skip

    def __call__(self, command, expected=""):
        """Types a command, which has to go through and to say what is expected."""
        began = time.monotonic()
        done = subprocess.run(
            command, shell=True, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        print(f"{time.monotonic() - began:6.1f} s  {command}")
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert re.search(expected, done.stdout), f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def interrupted(self, command, line):
        """Types a command, and Ctrl-C when the log of its run has a line that begins so."""
        # What is ignored here, as by all that runs behind a shell, would be ignored there, too.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        child = subprocess.Popen(
            command, shell=True, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        signal.signal(signal.SIGINT, before)
        known = set(self.folder.glob("runs/*/log.txt"))
        try:
            while child.poll() is None:
                logs = set(self.folder.glob("runs/*/log.txt")) - known
                if any(f"\n{line}" in log.read_text(encoding="utf-8") for log in logs):
                    os.killpg(child.pid, signal.SIGINT)  # all that run in a terminal get it
                    break
                time.sleep(0.05)
            return child.communicate()[0], child.returncode
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)


@pytest.fixture
def shell(tmp_path):
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a checkout of git: there is nothing to clone")
    missing = [name for name in ("git", "make", "bash") if shutil.which(name) is None]
    if missing or os.name == "nt":
        pytest.skip(f"needs {', '.join(missing) or 'a POSIX shell'}")
    clone = ["git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(tmp_path / "clone")]
    subprocess.run(clone, check=True)
    new = Shell(tmp_path / "clone")
    pip = [sys.executable, "-m", "pip", "--quiet", "download", "--no-deps", "tqdm"]
    asked = subprocess.run(pip, cwd=tmp_path, env=new.environment, capture_output=True, check=False)
    if asked.returncode:
        pytest.skip("no package registry that pip reaches")
    return new


def block_of(words):
    """The lines of README's only fenced block that has these words, without their comments."""
    blocks = [
        block for block in re.findall(r"^```\n(.*?)^```", README, re.M | re.S) if words in block
    ]
    assert len(blocks) == 1
    return [line.partition("#")[0].strip() for line in blocks[0].splitlines()]


def printed(text):
    """The commands that a program prints to be typed next."""
    return re.findall(r"^  (\S.* -m examples\..*)$", text, re.M)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_newcomer_gets_through(shell):
    train, test = block_of("make cifar10")
    said = shell(f'{train} CONFIG={SMALL} ARGS="{TRAIN}"', r"kernels: +\w+")
    follow(shell, said)
    shell(f'{test} ARGS="tests/test_smoke.py"', r"\b5 passed in ")
    shell("make gradients", CHAIN["gradients"])
    go_on_after_ctrl_c(shell, train)
    without_make(shell)


def follow(shell, said):
    """Types each command that is printed, as it is printed, and what that prints in turn."""
    waiting, typed = printed(said), []
    while waiting:
        command = waiting.pop(0)
        (kind,) = [kind for kind in CHAIN if re.search(rf" -m examples\.cifar10\.{kind}", command)]
        if kind not in typed:
            typed.append(kind)
            waiting += printed(shell(command, CHAIN[kind]))
    assert sorted(typed) == sorted(CHAIN)

    python = shlex.split(command)[0]
    (picture, *_) = shell.folder.glob("runs/cifar10_smoke-*/mistakes.png")
    shell(f"{python} -m examples.cifar10.classify {picture}", r"mistakes\.png +\w[\w ]* \d+%, ")
    assert (shell.folder / "answer.png").exists()


def go_on_after_ctrl_c(shell, train):
    """Ctrl-C is no error of make, and the run is gone on with where it was."""
    longer = f'{train} CONFIG={SMALL} ARGS="--synthetic --set epochs=9"'
    said, code = shell.interrupted(longer, "1/9 ")
    assert code in (0, -signal.SIGINT), said  # make ends by the signal, as all that get Ctrl-C do
    assert "***" not in said and "setting up .venv" not in said, said
    assert "To go on exactly where it was:" in said, said
    (again,) = printed(said)
    where = r"Goes on in epoch \d of 9, (after batch \d+ of 40|at its start): \d+ of 360 steps are"
    done = shell(again, where)
    (more,) = [command for command in printed(done) if "epochs=11" in command]
    shell(more.partition(" --set ")[0], r"All 9 epochs are done\. (.*\n)*Two more epochs")


def without_make(shell):
    """The other block, in a shell of POSIX: `py -3` and the way to the environment differ there."""
    shutil.rmtree(shell.folder / ".venv")
    make_venv, activate, install, train, test = block_of("py -3")
    assert activate == r".venv\Scripts\activate"
    lines = [
        make_venv.replace("py -3", shlex.quote(getattr(sys, "_base_executable", sys.executable))),
        ". .venv/bin/activate",
        f"{install} --quiet",
        train.replace("cifar10_quick", "cifar10_smoke") + " --synthetic",
        f"{test} -q tests/test_smoke.py",
    ]
    said = shell(f"bash -c {shlex.quote(' && '.join(lines))}", r"\b5 passed in ")
    assert re.search(CHAIN["train --config"], said)
