"""Derivatives of functions as functions, row by row, here and in PyTorch."""

import gc
from typing import Any

import minitorch as mt
from tests.support.table import complaint, refused, row


def cubic(x: Any) -> Any:
    return x**3


def along_one(torch: Any, f: Any) -> Any:
    return lambda x: torch.func.jvp(f, (x,), (torch.ones_like(x),))[1]


@row([48.0] * 4)
def test_second_derivatives_in_any_order(torch: Any) -> Any:
    grad, x = torch.func.grad, torch.tensor(2.0)

    def f(x: Any) -> Any:
        return x**4

    def push(f: Any) -> Any:
        return along_one(torch, f)

    return [d(x).item() for d in (grad(grad(f)), push(grad(f)), grad(push(f)), push(push(f)))]


@row([1.0, 1.0, 4.0, 4.0])
def test_no_confusion_of_perturbations(torch: Any) -> Any:
    grad, x, one = torch.func.grad, torch.tensor(1.0), torch.tensor(1.0)
    two = torch.tensor(2.0)

    def push(f: Any) -> Any:
        return along_one(torch, f)

    return [
        grad(lambda x: x * grad(lambda y: x + y)(one))(x).item(),
        push(lambda x: x * push(lambda y: x + y)(one))(x).item(),
        grad(lambda x: x * push(lambda y: x * y)(two))(two).item(),
        push(lambda x: x * grad(lambda y: x * y)(two))(two).item(),
    ]


@row([False, False, True])
def test_only_variables_outside_leave_a_graph(torch: Any) -> Any:
    grad, x, w = torch.func.grad, torch.tensor(2.0), torch.tensor(3.0, requires_grad=True)
    results = [
        grad(cubic)(x),
        grad(lambda x: x * grad(lambda y: x * y * y)(torch.tensor(3.0)))(x),
        grad(lambda x: w * x * x)(x),
    ]
    return [r.requires_grad for r in results]


@row([1.0, 2.0, 4.0])
def test_grad_in_inference_mode(torch: Any) -> Any:
    with torch.inference_mode():
        return torch.func.grad(lambda x: (x**2).sum())(torch.tensor([0.5, 1.0, 2.0]))


@row((([[5.0]], [[3.0]]), ([[1.0]], [[0.0]])))
def test_jacfwd_follows_argnums(torch: Any) -> Any:
    jacobian = torch.func.jacfwd(lambda a, b: (a * b, b), argnums=(1, 0))
    return jacobian(torch.tensor([5.0]), torch.tensor([3.0]))


@row([[12.0, 0.0], [0.0, 18.0]])
def test_hessian(torch: Any) -> Any:
    return torch.func.hessian(lambda x: cubic(x).sum())(torch.tensor([2.0, 3.0]))


@row([12.0, 27.0])
def test_vmap_of_grad(torch: Any) -> Any:
    return torch.func.vmap(torch.func.grad(cubic))(torch.tensor([2.0, 3.0]))


@row(refused(RuntimeError, "Expected f(*args) to return a scalar Tensor, got tensor with 1 dims"))
def test_grad_is_of_a_number(torch: Any) -> Any:
    torch.func.grad(cubic)(torch.tensor([2.0]))


@row(refused(RuntimeError, "Got argnum=5, but only 1 positional inputs"))
def test_jacfwd_by_an_argument_that_is_not_there(torch: Any) -> Any:
    torch.func.jacfwd(cubic, argnums=5)(torch.tensor([2.0]))


@row(refused(RuntimeError, "The output of f is independent of the inputs"))
def test_strict_jvp(torch: Any) -> Any:
    x = torch.tensor([2.0])
    torch.func.jvp(lambda _: torch.ones(1), (x,), (x,), strict=True)


def test_nothing_is_left_for_the_collector() -> None:
    """Tangents have graphs that lead to the nodes which keep them: they end with their level."""
    x, w = mt.ones(3), mt.ones(3, 3, requires_grad=True)

    def f(x: Any) -> Any:
        return (w @ x).exp().softmax(0)[0]

    def tensors() -> int:
        return sum(type(o) is mt.Tensor for o in gc.get_objects())

    def run() -> None:
        mt.func.jvp(mt.func.grad(f), (x,), (x,))
        mt.func.hessian(f)(x)

    run()
    gc.collect()
    gc.disable()
    try:
        before = tensors()
        run()
        assert tensors() == before
    finally:
        gc.enable()


def _transforms(torch: Any) -> list[Any]:
    func = torch.func
    return [
        func.grad,
        func.jacrev,
        func.jacfwd,
        lambda f: along_one(torch, f),
        lambda f: lambda x: func.vjp(f, x),
        lambda f: lambda x: func.vmap(func.grad(f))(x.view(1, -1)),
    ]


@row([refused(RuntimeError, "You are attempting to call Tensor.requires_grad_() (or perhaps")] * 30)
def test_what_cuts_the_graph_of_a_transform_is_refused(torch: Any) -> Any:
    """Derivatives through it would be zero, silently."""
    functional = torch.autograd.functional
    functions = [
        lambda x: x.detach().requires_grad_().sum(),
        lambda x: functional.jacobian(cubic, x).sum(),
        lambda x: functional.hessian(lambda y: cubic(y).sum(), x).sum(),
        lambda x: functional.vjp(cubic, x, x)[1].sum(),
        lambda x: functional.hvp(lambda y: cubic(y).sum(), x, x)[1].sum(),
    ]
    return [
        complaint(lambda f=f, t=t: t(f)(torch.ones(2)))
        for f in functions
        for t in _transforms(torch)
    ]


@row([refused(RuntimeError, "backward() called inside a functorch transform. This is not")] * 6)
def test_backward_inside_a_transform_is_refused(torch: Any) -> Any:
    w = torch.ones(2, requires_grad=True)

    def f(x: Any) -> Any:
        (x * w).sum().backward()
        return x.sum()

    return [complaint(lambda t=t: t(f)(torch.ones(2))) for t in _transforms(torch)]


@row([4.0, 4.0])
def test_leaves_may_be_made_inside_a_transform(torch: Any) -> Any:
    def f(x: Any) -> Any:
        w = torch.ones(1, requires_grad=True)
        (g,) = torch.autograd.grad((w**2 * x).sum(), w, create_graph=True)
        return (g * x).sum()

    x = torch.ones(())
    return [torch.func.grad(f)(x).item(), along_one(torch, f)(x).item()]
