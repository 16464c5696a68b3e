"""autograd.functional beside PyTorch: values, how results are nested, strictness, errors."""

from collections.abc import Callable
from typing import Any

import pytest

import minitorch as mt
from tests.support.table import complaint, refused, row


def point(torch: Any) -> Any:
    return torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)


def cubes(a: Any) -> Any:
    return (a**3).sum()


def pairs(a: Any, b: Any) -> Any:
    return a * b, a.sum()


WAYS = [{}, {"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}]
OUTER = [{}, {"vectorize": True}, {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}]


@row([[[0.0, 4.0, 12.0], [6.0, 16.0, 30.0]]] * 3)
def test_the_jacobian_has_a_row_per_output_however_it_is_computed(torch: Any) -> Any:
    w = torch.arange(6, dtype=torch.float64).view(2, 3)
    return [
        torch.autograd.functional.jacobian(lambda a: w @ (a * a), point(torch), **way)
        for way in WAYS
    ]


@row([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 3.0]])
def test_one_block_of_several(torch: Any) -> Any:
    x = point(torch)
    return torch.autograd.functional.jacobian(pairs, (x, x.clone()))[0][0]


def nesting(x: Any) -> Any:
    return tuple(map(nesting, x)) if isinstance(x, tuple) else list(x.shape)


@row((([3, 3], [3, 3]), ([3], [3])))
def test_blocks_are_nested_as_outputs_of_inputs(torch: Any) -> Any:
    x = point(torch)
    return nesting(torch.autograd.functional.jacobian(pairs, (x, x)))


@row((([3, 3],), ([3],)))
def test_a_tuple_of_one_stays_a_tuple(torch: Any) -> Any:
    x = point(torch)
    return nesting(torch.autograd.functional.jacobian(lambda a: pairs(a, a), (x,)))


@row([[[6.0, 0.0, 0.0], [0.0, 12.0, 0.0], [0.0, 0.0, 18.0]]] * 3)
def test_the_hessian_however_it_is_computed(torch: Any) -> Any:
    return [torch.autograd.functional.hessian(cubes, point(torch), **way) for way in OUTER]


@row((([3, 3], [3, 3]), ([3, 3], [3, 3])))
def test_the_hessian_by_two_inputs(torch: Any) -> Any:
    x = point(torch)
    return nesting(torch.autograd.functional.hessian(lambda a, b: (a**3 * b).sum(), (x, x)))


@row((36.0, [3.0, 12.0, 27.0]))
def test_vjp(torch: Any) -> Any:
    return torch.autograd.functional.vjp(cubes, point(torch))


@row((36.0, 120.0))
def test_jvp(torch: Any) -> Any:
    v = torch.tensor([1.0, 0.0, 13 / 3], dtype=torch.float64)
    return torch.autograd.functional.jvp(cubes, point(torch), v)


@row([(36.0, [6.0, 24.0, 54.0])] * 2)
def test_products_with_the_hessian(torch: Any) -> Any:
    x = point(torch)
    functional = torch.autograd.functional
    return [functional.hvp(cubes, x, x), functional.vhp(cubes, x, x)]


@row([(True, True), (False, False)])
def test_results_have_a_graph_if_asked(torch: Any) -> Any:
    x = point(torch).requires_grad_()
    return [
        tuple(
            t.requires_grad
            for t in torch.autograd.functional.vjp(cubes, x, create_graph=create_graph)
        )
        for create_graph in (True, False)
    ]


@row([6.0, 12.0, 18.0])
def test_through_the_graph_of_a_jacobian(torch: Any) -> Any:
    x = point(torch).requires_grad_()
    jacobian = torch.autograd.functional.jacobian(cubes, x, create_graph=True)
    return torch.autograd.grad(jacobian.sum(), x)[0]


@row((None, False))
def test_inputs_are_left_alone(torch: Any) -> Any:
    x = point(torch)
    torch.autograd.functional.hessian(cubes, x)
    return x.grad, x.requires_grad


@row([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
def test_what_does_not_depend_on_an_input_has_zeros(torch: Any) -> Any:
    x = point(torch)
    functional = torch.autograd.functional
    return [
        functional.jacobian(lambda a: torch.ones((), dtype=torch.float64), x),
        functional.vjp(lambda a: torch.ones((), dtype=torch.float64), x)[1],
        functional.jvp(lambda a: torch.ones(3, dtype=torch.float64), x, x)[1],
        functional.hvp(lambda a: a.sum(), x, x)[1],
    ]


@row(
    [
        refused(RuntimeError, "Output 0 of the user-provided function does not require gradients"),
        refused(RuntimeError, "Output 1 of the user-provided function is independent of input 1"),
        refused(RuntimeError, "function with respect to input 0 is independent of the input"),
        refused(RuntimeError, "`strict=True` and `vectorized=True` are not supported together"),
        refused(RuntimeError, "The output of the user-provided function is independent of input 1"),
    ]
)
def test_strictness(torch: Any) -> Any:
    x = point(torch)
    functional = torch.autograd.functional
    calls: list[Callable[[], Any]] = [
        lambda: functional.jacobian(lambda a: torch.ones(2), x, strict=True),
        lambda: functional.jacobian(pairs, (x, x), strict=True),
        lambda: functional.hessian(lambda a: a.sum(), x, strict=True),
        lambda: functional.jacobian(cubes, x, strict=True, vectorize=True),
        lambda: functional.vjp(lambda a, b: a.sum(), (x, x), strict=True),
    ]
    return [complaint(call) for call in calls]


@row(
    [
        refused(TypeError, "The inputs given to jacobian must be either a Tensor or a tuple"),
        refused(TypeError, "the value at index 1 has type"),
        refused(RuntimeError, "The vector v can only be None if the user-provided function"),
        refused(RuntimeError, "The given v should contain a single Tensor"),
        refused(RuntimeError, "v is a tuple of invalid length: should be 2 but got 1"),
        refused(RuntimeError, "v has invalid size: should be torch.Size([3]) but got"),
        refused(RuntimeError, "hvp should contain a single element"),
        refused(RuntimeError, "function given to hessian should return a single Tensor"),
        refused(AssertionError, 'Expected strategy to be either "forward-mode" or "reverse-mode"'),
        refused(NotImplementedError, "only implemented for `vectorize=True`"),
    ]
)
def test_refusals(torch: Any) -> Any:
    x = point(torch)
    functional = torch.autograd.functional
    calls: list[Callable[[], Any]] = [
        lambda: functional.jacobian(cubes, 3),
        lambda: functional.jacobian(pairs, (x, 3)),
        lambda: functional.vjp(lambda a: a, x),
        lambda: functional.vjp(lambda a: a, x, (x, x)),
        lambda: functional.jvp(pairs, (x, x), (x,)),
        lambda: functional.vjp(lambda a: a, x, x[:2]),
        lambda: functional.hvp(lambda a: a, x, x),
        lambda: functional.hessian(lambda a: (a, a), x),
        lambda: functional.jacobian(cubes, x, strategy="sideways"),
        lambda: functional.jacobian(cubes, x, strategy="forward-mode"),
    ]
    return [complaint(call) for call in calls]


@pytest.mark.parametrize("way", WAYS)
def test_the_jacobian_of_a_network(torch: Any, way: dict[str, Any]) -> None:
    answers = []
    for lib in (mt, torch):
        lib.manual_seed(0)
        net = lib.nn.Sequential(lib.nn.Linear(3, 4), lib.nn.Tanh(), lib.nn.Linear(4, 2)).double()
        answers.append(lib.autograd.functional.jacobian(net, point(lib), **way).tolist())
    assert answers[0] == [pytest.approx(r, rel=1e-6) for r in answers[1]]
