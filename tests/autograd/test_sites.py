"""What the user's places are called."""

import sys
from types import SimpleNamespace

import pytest

import minitorch as torch
from minitorch.autograd import sites


def graph_of(file: str) -> torch.Tensor:
    """A result that a line of the file made."""
    names = {"x": torch.ones(2, requires_grad=True)}
    exec(compile("\ny = x.exp()", file, "exec"), names)
    return names["y"]


def in_notebook(cells: dict[str, str]) -> SimpleNamespace:
    """As much of IPython as is asked."""

    def format_code_name(name: str) -> tuple[str, str] | None:
        return ("Cell", cells[name]) if name in cells else None

    shell = SimpleNamespace(compile=SimpleNamespace(format_code_name=format_code_name))
    return SimpleNamespace(get_ipython=lambda: shell)


def test_a_cell_of_a_notebook_is_called_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    file = "/tmp/ipykernel_1/2881931.py"
    monkeypatch.setitem(sys.modules, "IPython", in_notebook({file: "In[3]"}))
    y = graph_of(file)
    assert 'file "In[3]", line 2, in <module>' in torch.why(y)
    assert "In[3]:2" in str(torch.draw(y))


@pytest.mark.parametrize(
    "ipython",
    [
        None,
        SimpleNamespace(),
        SimpleNamespace(get_ipython=lambda: None),
        SimpleNamespace(get_ipython=SimpleNamespace),
        in_notebook({"another.py": "In[1]"}),
    ],
)
def test_a_file_is_called_by_its_name(ipython: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    y = graph_of("folder/train.py")
    assert 'file "folder/train.py", line 2, in <module>' in torch.why(y)
    assert "train.py:2" in str(torch.draw(y))
    assert "folder" not in str(torch.draw(y))
    assert sites.file_of(sites.here()).endswith("test_sites.py")
