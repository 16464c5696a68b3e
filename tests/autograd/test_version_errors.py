"""Version errors: what was saved and is no longer as it was; who saved and who wrote, and where."""

import re
from collections.abc import Callable
from typing import Any

import pytest

import minitorch as mt
from minitorch import nn
from tests.support.table import complaint, leaf, refused, row

_MODIFIED = (
    "one of the variables needed for gradient computation has been modified by an inplace operation"
)


def version_error(backward: Callable[[], Any]) -> str:
    with pytest.raises(RuntimeError, match=_MODIFIED) as caught:
        backward()
    return str(caught.value)


def lines_of(function: Callable[..., Any]) -> dict[str, int]:
    """The line of each statement that a comment ends with a label: ``# label``."""
    import inspect

    source, first = inspect.getsourcelines(function)
    found = {}
    for number, line in enumerate(source, start=first):
        label = re.search(r"# (\w+)$", line)
        if label:
            found[label[1]] = number
    return found


# What is an error, and what is not, in both libraries.


def after(torch: Any, write: Callable[[Any, Any], Any], use: Callable[[Any], Any]) -> Any:
    """The gradient of `use(b)`, where b = a * 2 is written before backward; or its error."""
    a = leaf(torch, 1.0, 2.0)
    b = a * 2
    out = use(b)
    write(b, out)
    problem = complaint(lambda: out.sum().backward())
    return problem or a.grad


REFUSED = refused(RuntimeError, _MODIFIED)


@row([REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED])
def test_writes_that_spoil_what_was_saved(torch: Any) -> Any:
    def unrecorded(b: Any, out: Any) -> None:
        with torch.no_grad():
            b.add_(1)

    return [
        after(torch, lambda b, out: b.add_(1), lambda b: b.sin()),
        after(torch, lambda b, out: b.__setitem__(0, 1.0), lambda b: b.sin()),
        after(torch, lambda b, out: b.__setitem__(1, 1.0), lambda b: b[:1].sin()),
        after(torch, lambda b, out: b.detach().add_(1), lambda b: b.sin()),
        after(torch, unrecorded, lambda b: b.sin()),
        after(torch, lambda b, out: b.unsqueeze_(0), lambda b: b.sin()),
    ]


@row([REFUSED, REFUSED, REFUSED])
def test_writes_that_spoil_a_result_that_was_saved(torch: Any) -> Any:
    return [
        after(torch, lambda b, out: out.add_(1), lambda b: b.exp()),
        after(torch, lambda b, out: out.__setitem__(0, 0.0), lambda b: b.relu()),
        after(torch, lambda b, out: out.mul_(2), lambda b: b.max()),
    ]


@row([[2.0, 2.0], [4.0, 4.0], [-0.832294, -1.307287], [2.0, 2.0], [2.0, 2.0]])
def test_writes_that_spoil_nothing(torch: Any) -> Any:
    return [
        after(torch, lambda b, out: b.add_(1), lambda b: b + 1),
        after(torch, lambda b, out: b.mul_(2), lambda b: b * 2),
        after(torch, lambda b, out: b.clone().add_(1), lambda b: b.sin()),
        after(torch, lambda b, out: b.zero_(), lambda b: b.clone()),
        after(torch, lambda b, out: out.add_(1), lambda b: b.relu() + 1),
    ]


@row([REFUSED, REFUSED])
def test_operands_that_are_their_own_target(torch: Any) -> Any:
    return [
        complaint(lambda: (y := leaf(torch, 1.0) * 2).mul_(y).sum().backward()),
        complaint(lambda: (y := leaf(torch, 1.0) * 2).div_(y).sum().backward()),
    ]


@row([REFUSED, REFUSED, REFUSED])
def test_masks_and_positions_count_too(torch: Any) -> Any:
    def spoilt(use: Callable[[Any, Any, Any], Any]) -> Any:
        x, mask, index = torch.ones(2, 2), torch.tensor([True, False]), torch.tensor([[0, 1]])
        x.requires_grad_()
        out, changed = use(x, mask, index)
        changed.zero_()
        return complaint(lambda: out.sum().backward())

    return [
        spoilt(lambda x, mask, index: (x.masked_fill(mask, 0), mask)),
        spoilt(lambda x, mask, index: (x.gather(0, index), index)),
        spoilt(lambda x, mask, index: tuple(x.max(1))),
    ]


@row([[7.0], [3.0]])
def test_data_escapes_the_check(torch: Any) -> Any:
    """As PyTorch's documentation warns: this gradient is not that of what was computed."""
    a, w = leaf(torch, 3.0), leaf(torch, 2.0)
    out = a * w
    w.data.fill_(7)
    out.sum().backward()
    return [a.grad, w.grad]


@row(REFUSED)
def test_a_step_between_two_walks_over_one_graph(torch: Any) -> Any:
    w = leaf(torch, 1.0, 2.0)
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    torch.optim.SGD([w], lr=0.1).step()
    return complaint(lambda: loss.backward())


# What the error says.


def test_it_names_op_shape_and_versions() -> None:
    a = mt.ones(2, 3, requires_grad=True)
    b = a * 2
    out = b.sin()
    b.add_(1).mul_(2)
    message = version_error(out.sum().backward)
    assert (
        f"{_MODIFIED}: [torch.FloatTensor [2, 3]], which is output 0 of MulBackward0, is at "
        "version 2; expected version 0 instead." in message
    )


@pytest.mark.parametrize(
    ("write", "node", "writer"),
    [
        (lambda b: b.add_(1), "AddBackward0", "add_()"),
        (lambda b: b.__iadd__(1), "AddBackward0", "add_()"),
        (lambda b: b.masked_fill_(b > 0, 1), "MaskedFillBackward0", "masked_fill_()"),
        (lambda b: b.detach().zero_(), "MulBackward0", "zero_()"),
        (lambda b: b[0].mul_(2), "CopySlices", "mul_()"),
        (lambda b: b.__setitem__(0, 1.0), "CopySlices", "fill_()"),
        (lambda b: b.logical_not_(), "MulBackward0", "logical_not_()"),
        (lambda b: b.detach().unsqueeze_(0), "MulBackward0", "unsqueeze_()"),
        (lambda b: mt.exp(mt.ones(2), out=b.detach()), "MulBackward0", "exp(out=...)"),
    ],
)
def test_it_names_who_wrote(write: Callable[[Any], Any], node: str, writer: str) -> None:
    b = mt.ones(2, requires_grad=True) * 2
    out = b.sin()
    write(b)
    message = version_error(out.sum().backward)
    assert f"which is output 0 of {node}, is at version 1" in message
    assert f"it was last written by {writer} at file" in message


def saves_and_writes() -> Any:
    b = mt.ones(2, requires_grad=True) * 2
    out = b.sin()  # saved
    b.add_(1)
    b.mul_(  # written
        2
    )
    return out.sum()


def test_it_gives_both_lines() -> None:
    line = lines_of(saves_and_writes)
    message = version_error(saves_and_writes().backward)
    saved = f'saved for SinBackward0 at file "{__file__}", line {line["saved"]}, in saves_and'
    written = f'last written by mul_() at file "{__file__}", line {line["written"]}, in saves_and'
    assert saved in message
    assert written in message


def uses_a_layer_and_writes() -> Any:
    layer = nn.Linear(2, 2)
    out = layer(mt.ones(1, 2))  # saved
    loss = (out * out).sum()
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(out.detach())  # written
    return loss


def test_lines_are_the_users_and_not_the_packages() -> None:
    line = lines_of(uses_a_layer_and_writes)
    message = version_error(uses_a_layer_and_writes().backward)
    assert f"line {line['saved'] + 1}, in uses_a_layer" in message
    assert f"line {line['written']}, in uses_a_layer" in message
    assert "minitorch/nn" not in message


def steps_too_early() -> Any:
    layer = nn.Linear(2, 1)
    optimizer = mt.optim.SGD(layer.parameters(), lr=0.1)
    hidden = mt.ones(1, 2, requires_grad=True) * 1
    loss = layer(hidden).sum()
    loss.backward(retain_graph=True)
    optimizer.step()  # written
    return loss


def test_an_optimizer_that_stepped_too_early() -> None:
    message = version_error(steps_too_early().backward)
    assert f"line {lines_of(steps_too_early)['written']}, in steps_too_early" in message
    assert "numpy" not in message


def test_it_says_what_to_do() -> None:
    message = version_error(saves_and_writes().backward)
    advice = "Write into a clone(), or use the operation that returns a new tensor."
    assert message.endswith(f"{advice} [explain: modified-in-place]")


def test_the_remedy_works() -> None:
    a = mt.tensor([1.0, 2.0], requires_grad=True)
    b = a * 2
    out = b.sin()
    c = b.clone()
    c.add_(1)
    (out + c).sum().backward()
    assert a.grad.tolist() == pytest.approx([2 - 0.832294, 2 - 1.307287], rel=1e-5)
