"""Random programs that write in place, under every transform, beside twins that do not."""

import warnings
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from tests.support.inplace_programs import ELEMENTS, Maker, Program, functional, written
from tests.support.table import complaint, refused, row
from tests.support.transforms import OF_WRITTEN_INPUT, TRANSFORMS, leaves

EACH = 14  # programs per transform
# What may be refused: the graph would need what was written over; a view cannot follow; examples
# would write into what they share.
REASONS = ("modified by an inplace operation", "modified inplace", "vmap: inplace arithmetic")


def outcome(lib: Any, form: Any, program: Program, transform: str, seed: int) -> Any:
    """The arrays that a form of a program gives under a transform; or why it is refused."""
    numbers = np.random.default_rng(seed)
    x, v = (lib.tensor(numbers.uniform(-1.3, 1.3, ELEMENTS)) for _ in "xv")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(leaves(TRANSFORMS[transform](lib, lambda t: form(lib, program, t), x, v)))
    except RuntimeError as error:
        if not any(reason in str(error) for reason in REASONS):
            raise
        return str(error)


def compare(transform: str, seed: int, writes_input: bool) -> bool:
    """Compare a program with its twin; False if it is refused."""
    program = Maker(seed, writes_input).make(4 + seed % 8)
    expected = outcome(mt, functional, program, transform, seed)
    ours = outcome(mt, written, program, transform, seed)
    if isinstance(ours, str):
        return False
    for a, b in zip(ours, expected, strict=True):
        if np.isfinite(b).all():
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7, err_msg=f"{seed}:\n{program}")
    return True


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_program_and_its_twin_agree(transform: str) -> None:
    first = 1000 * list(TRANSFORMS).index(transform)
    assert sum(compare(transform, first + k, False) for k in range(EACH)) >= EACH // 3


@pytest.mark.parametrize("transform", OF_WRITTEN_INPUT)
def test_a_program_that_writes_into_its_argument(transform: str) -> None:
    first = 1000 * list(TRANSFORMS).index(transform) + 500
    assert sum(compare(transform, first + k, True) for k in range(EACH // 2)) >= EACH // 4


@pytest.mark.parametrize("transform", ["grad", "jvp", "jvp of grad", "jvp of jvp"])
def test_programs_beside_pytorch(transform: str, torch: Any) -> None:
    """PyTorch gives the same; what is refused here is refused there."""
    for seed in range(EACH):
        program = Maker(seed).make(4 + seed % 8)
        ours = outcome(mt, written, program, transform, seed)
        theirs = outcome(torch, written, program, transform, seed)
        if isinstance(ours, str):
            assert isinstance(theirs, str), f"{seed}: {ours}\n{program}"
        elif not isinstance(theirs, str):
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7, err_msg=str(program))


# Single facts


@row([12.0, 1344.0, 10206.0])
def test_forward_over_reverse_of_a_write_through_a_view(torch: Any) -> Any:
    def f(x: Any) -> Any:
        h = x**3
        h[1:].pow_(2)
        return (h * x).sum()

    x = torch.tensor([1.0, 2.0, 3.0])
    return torch.func.jvp(torch.func.grad(f), (x,), (torch.ones(3),))[1]


@row([[0.0, 2.0], [1.0, 3.0]])
def test_a_turned_tensor_has_a_turned_tangent(torch: Any) -> Any:
    tangent = torch.arange(4.0).view(2, 2)
    return torch.func.jvp(lambda x: (x * 1).transpose_(0, 1), (torch.ones(2, 2),), (tangent,))[1]


def dual(torch: Any) -> Any:
    return torch.autograd.forward_ad.make_dual(torch.ones(2), torch.ones(2))


@row([[0.0, 0.0], [0.0, 0.0], None])
def test_writes_that_record_nothing_reach_tangents(torch: Any) -> Any:
    """Numbers at random, initial values; and a cut leaves none."""
    fw, found = torch.autograd.forward_ad, []
    with fw.dual_level():
        for write in (lambda h: h.uniform_(), torch.nn.init.zeros_, lambda h: h.detach_()):
            h = dual(torch) * 1
            view = h[:]
            write(h)
            tangent = fw.unpack_dual(h if len(found) == 2 else view).tangent
            # No tangent stands for zeros, which PyTorch makes.
            found.append(torch.zeros(2) if tangent is None and len(found) < 2 else tangent)
    return found


@row(
    [
        refused(NotImplementedError, "forward AD with mul_out that does not support it"),
        refused(RuntimeError, "cannot resize variables that has a forward grad"),
        refused(NotImplementedError, "forward AD with set_ that does not support it"),
    ]
)
def test_what_would_lose_tangents_is_refused(torch: Any) -> Any:
    with torch.autograd.forward_ad.dual_level():
        return [
            complaint(lambda: torch.mul(dual(torch), 2, out=torch.zeros(2))),
            complaint(lambda: (dual(torch) * 1).resize_(1)),
            complaint(lambda: (dual(torch) * 1).set_(torch.zeros(2))),
        ]


@row([True, True, [[0.0], [32.0], [128.0]]])
def test_what_leaves_vmap_is_a_view(torch: Any) -> Any:
    w = torch.ones(3, 1, requires_grad=True)
    x = torch.arange(6.0).reshape(3, 2) * 1
    y = torch.func.vmap(lambda t: t[:1])(x)
    based = y._base is x
    y.mul_(w * 2)
    (grad,) = torch.autograd.grad(x.square().sum(), w)
    return [based, x.requires_grad, grad]


def test_a_shared_tensor_joins_the_level_of_what_is_written() -> None:
    """In a Hessian arguments are the same in all columns: so is what is written, but not slopes."""

    def f(x: Any) -> Any:
        h = mt.zeros(3)
        view = h[1:]
        h[:2] = x[1:] * x[0]
        return (h * x).sum() + view[:].square().sum()

    def twin(x: Any) -> Any:
        h = mt.cat([x[1:] * x[0], mt.zeros(1)])
        return (h * x).sum() + h[1:].square().sum()

    x = mt.tensor([0.5, 0.7, -0.3])
    ours, expected = mt.func.hessian(f)(x), mt.func.hessian(twin)(x)
    np.testing.assert_allclose(ours.numpy(), expected.numpy(), rtol=1e-5, atol=1e-6)


def test_a_version_error_under_forward_mode() -> None:
    def f(x: Any) -> Any:
        h = x * 2
        out = h * h
        h.add_(1)
        return out.sum()

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        mt.func.jvp(mt.func.grad(f), (mt.ones(2),), (mt.ones(2),))
