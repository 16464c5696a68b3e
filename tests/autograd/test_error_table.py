"""The errors of autograd: PyTorch's class and first sentence, and after it what to do."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import minitorch as mt


class Case(NamedTuple):
    """A call that is refused, PyTorch's words for it, and a word of the advice that follows."""

    call: Callable[[Any], Any]
    error: type[Exception]
    phrase: str
    advice: str


def leaf(torch: Any) -> Any:
    return torch.ones(3, requires_grad=True)


def freed(torch: Any) -> None:
    y = (leaf(torch) ** 2).sum()
    y.backward()
    y.backward()


def written(torch: Any) -> None:
    x = leaf(torch) * 1
    y = x.exp()
    y.add_(1)
    y.sum().backward()


def view_of_split(torch: Any) -> None:
    part, _ = (leaf(torch) * 1)[:2].split(1)
    part.mul_(2)


def under_no_grad(torch: Any) -> None:
    x = leaf(torch) * 1
    with torch.no_grad():
        view = x[:2]
    view.mul_(2)


def inference_saved(torch: Any) -> None:
    with torch.inference_mode():
        x = torch.ones(3)
    (leaf(torch) * x).sum().backward()


def inference_written(torch: Any) -> None:
    with torch.inference_mode():
        x = torch.ones(3)
    x.add_(1)


def custom(torch: Any, returned: Callable[[Any], Any]) -> None:
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return returned(grad)

    Scale.apply(leaf(torch)).sum().backward()


def assign_grad(torch: Any, grad: Any) -> None:
    leaf(torch).grad = grad


CASES = {
    "no graph": Case(
        lambda t: t.ones(1).sum().backward(),
        RuntimeError,
        "element 0 of tensors does not require grad and does not have a grad_fn",
        "why(tensor)",
    ),
    "no scalar": Case(
        lambda t: leaf(t).mul(2).backward(),
        RuntimeError,
        "grad can be implicitly created only for scalar outputs",
        "pass gradient=",
    ),
    "shape of the gradient": Case(
        lambda t: leaf(t).mul(2).backward(t.ones(2)),
        RuntimeError,
        "Mismatch in shape: grad_output[0] has a shape of torch.Size([2]) and output[0] has a",
        "",
    ),
    "freed": Case(
        freed, RuntimeError, "Trying to backward through the graph a second time", "retain_graph"
    ),
    "unused": Case(
        lambda t: t.autograd.grad(leaf(t).sum(), leaf(t)),
        RuntimeError,
        "appears to not have been used in the graph. Set allow_unused=True if this is the desired",
        "gives None",
    ),
    "does not require grad": Case(
        lambda t: t.autograd.grad(leaf(t).sum(), t.ones(1)),
        RuntimeError,
        "One of the differentiated Tensors does not require grad",
        "requires_grad_()",
    ),
    "written": Case(
        written,
        RuntimeError,
        "one of the variables needed for gradient computation has been modified by an inplace",
        "Write into a clone()",
    ),
    "leaf in place": Case(
        lambda t: leaf(t).add_(1),
        RuntimeError,
        "a leaf Variable that requires grad is being used in an in-place operation.",
        "no_grad()",
    ),
    "view of a leaf in place": Case(
        lambda t: leaf(t)[:2].add_(1),
        RuntimeError,
        "a view of a leaf Variable that requires grad is being used in an in-place operation.",
        "no_grad()",
    ),
    "one of several views": Case(
        view_of_split,
        RuntimeError,
        "Output 0 of Split is a view and is being modified inplace",
        "out-of-place",
    ),
    "a view made under no_grad": Case(under_no_grad, RuntimeError, "no_grad mode", "no_grad"),
    "flags of a result": Case(
        lambda t: leaf(t).mul(2).requires_grad_(False),
        RuntimeError,
        "you can only change requires_grad flags of leaf variables.",
        "detach()",
    ),
    "integers": Case(
        lambda t: t.ones(3, dtype=t.int64).requires_grad_(),
        RuntimeError,
        "only Tensors of floating point",
        "float()",
    ),
    "hook without grad": Case(
        lambda t: t.ones(3).register_hook(print),
        RuntimeError,
        "cannot register a hook on a tensor that doesn't require gradient",
        "requires_grad_()",
    ),
    "hook after accumulation": Case(
        lambda t: leaf(t).mul(2).register_post_accumulate_grad_hook(print),
        RuntimeError,
        "post accumulate grad hooks cannot be registered on non-leaf tensors",
        "register_hook()",
    ),
    "retain without grad": Case(
        lambda t: t.ones(3).retain_grad(),
        RuntimeError,
        "can't retain_grad on Tensor that has requires_grad=False",
        "requires grad",
    ),
    "numpy with grad": Case(
        lambda t: leaf(t).numpy(), RuntimeError, "Can't call numpy() on Tensor that", "detach()"
    ),
    "saved inference tensor": Case(
        inference_saved, RuntimeError, "Inference tensors cannot be saved for backward", "clone"
    ),
    "written inference tensor": Case(
        inference_written,
        RuntimeError,
        "Inplace update to inference tensor outside InferenceMode is not allowed.",
        "clone",
    ),
    "number of gradients": Case(
        lambda t: custom(t, lambda g: (g, g)),
        RuntimeError,
        "function ScaleBackward returned an incorrect number of gradients (expected 1, got 2)",
        "",
    ),
    "shape of a gradient": Case(
        lambda t: custom(t, lambda g: g[:2]),
        RuntimeError,
        "Function ScaleBackward returned an invalid gradient at index 0 - got [2] but expected",
        "",
    ),
    "grad of another size": Case(lambda t: assign_grad(t, t.ones(2)), RuntimeError, "size", "[2]"),
    "dual without a level": Case(
        lambda t: t.autograd.forward_ad.make_dual(t.ones(1), t.ones(1)),
        RuntimeError,
        "Trying to create a dual Tensor for forward AD but no level exists",
        "enter_dual_level()",
    ),
    "gradient of no number": Case(
        lambda t: t.func.grad(lambda x: x)(t.ones(3)),
        RuntimeError,
        "Expected f(*args) to return a scalar",
        "jacrev",
    ),
    "item in vmap": Case(
        lambda t: t.func.vmap(lambda x: x.item())(t.ones(3)),
        RuntimeError,
        "vmap: It looks like you're calling .item() on a Tensor.",
        "rewrite",
    ),
    "random numbers in vmap": Case(
        lambda t: t.func.vmap(lambda x: x + t.rand(1))(t.ones(3)),
        RuntimeError,
        "vmap: called random operation while in randomness error mode.",
        "same",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_words_are_pytorchs_and_advice_follows(case: Case) -> None:
    with pytest.raises(case.error) as caught:
        case.call(mt)
    message = str(caught.value)
    assert case.phrase in message
    assert case.advice in message


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # its forward mode's own
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_pytorch_says_so(torch: Any, case: Case) -> None:
    with pytest.raises(case.error) as caught:
        case.call(torch)
    assert case.phrase in str(caught.value)
