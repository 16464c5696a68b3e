"""Custom functions beyond one call: whose gradients are, modes, memory, vmap and forward mode."""

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

import minitorch as mt
from tests.support.functions import double, made, nothing, times
from tests.support.table import complaint, leaf, refused, row

# Whose gradients are


@row(([3.0], [3.0, 3.0], [3.0], [3.0]))
def test_gradients_that_are_kept_elsewhere_stay_as_they_are(torch: Any) -> Any:
    """A rule may return what it saved, or one tensor for all: nobody may add to that."""
    kept = torch.tensor([3.0])

    def backward(ctx: Any, grad: Any) -> Any:
        return kept, kept

    x, y = leaf(torch, 1.0), leaf(torch, 1.0)
    function = made(torch, lambda ctx, a, b: a + b, backward)
    function.apply(x, y).backward()
    x.grad.zero_()
    shared = leaf(torch, 1.0)
    inner = shared * 1
    total = function.apply(inner, inner) + function.apply(inner, inner)
    total.backward()
    return kept, torch.cat([kept, y.grad]), kept, y.grad


@row(([6.0], [5.0]))
def test_the_gradient_that_came_may_be_kept(torch: Any) -> Any:
    seen = []

    def backward(ctx: Any, grad: Any) -> Any:
        seen.append(grad)
        return grad

    x = leaf(torch, 1.0)
    y = made(torch, double, backward).apply(x)
    ((y * 5) + x).backward()
    return x.grad, seen[0]


# Grad modes and old names


def test_why_of_what_forward_keeps_and_marks() -> None:
    kept = []

    def forward(ctx: Any, x: Any) -> Any:
        kept.append(x * 3)
        places = x * 5
        ctx.mark_non_differentiable(places)
        return x * 2, places

    _, places = made(mt, forward, lambda ctx, a, b: a).apply(leaf(mt, 1.0))
    assert "in the forward of Made" in mt.why(kept[0])
    assert "Made marks it as not differentiable at file" in mt.why(places)


def test_volatile_inputs_record_nothing() -> None:
    with pytest.warns(UserWarning, match="volatile"):
        v = mt.autograd.Variable(mt.ones(1), volatile=True)
    y = made(mt, lambda ctx, x, w: x * w).apply(v, leaf(mt, 2.0))
    assert not y.requires_grad
    assert not (y * leaf(mt, 1.0)).requires_grad


@row((False, True, refused(RuntimeError, "Inference tensors cannot be saved for backward.")))
def test_inference_tensors(torch: Any) -> Any:
    def forward(ctx: Any, x: Any, w: Any) -> Any:
        ctx.save_for_backward(x)
        return x * w

    function = made(torch, forward, lambda ctx, g: (None, g * ctx.saved_tensors[0]))
    with torch.inference_mode():
        x = torch.ones(1)
        y = function.apply(x, leaf(torch, 1.0))
    return (
        y.requires_grad,
        y.is_inference(),
        complaint(lambda: function.apply(x, leaf(torch, 1.0))),
    )


@row((["backward", "forward"], [2.0]))
def test_a_forward_that_raises_leaves_recording_as_it_was(torch: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        torch.set_grad_enabled(True)  # left on
        raise LookupError

    def backward(ctx: Any, grad: Any) -> Any:
        raise LookupError

    log = []
    if complaint(made(torch, double, backward).apply(leaf(torch, 1.0)).backward):
        log.append("backward")
    with torch.no_grad():
        assert complaint(lambda: made(torch, forward).apply(leaf(torch, 1.0)))
        if not torch.is_grad_enabled():
            log.append("forward")
    x = leaf(torch, 1.0)
    made(torch, double, times(2)).apply(x).backward()
    return log, x.grad


# Memory


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def save(ctx: Any, x: Any, *others: Any) -> None:
    ctx.save_for_backward(x, *others)
    ctx.kept = 3


def saves_output(ctx: Any, x: Any) -> Any:
    y = x * 2
    save(ctx, y, None, x)
    return y


def saves_written(ctx: Any, x: Any) -> Any:
    x.mul_(2)
    ctx.mark_dirty(x)
    save(ctx, x)
    return x


def marks(ctx: Any, x: Any) -> Any:
    y, z = x * 2, x * 3
    ctx.mark_non_differentiable(z)
    save(ctx, y, z)
    return y, z


def returns_input(ctx: Any, x: Any) -> Any:
    save(ctx, x)
    return x, x[:1]


def of_a_view(x: Any) -> Any:
    return (x * 1)[:1]


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("argument", [lambda x: x * 1, of_a_view], ids=["result", "view"])
@pytest.mark.parametrize("forward", [saves_output, saves_written, marks, returns_input])
@pytest.mark.parametrize("walked", [True, False])
def test_calls_die_by_reference_count(forward: Any, argument: Any, walked: bool) -> None:
    x = leaf(mt, 1.0, 2.0)
    out = made(mt, forward, lambda ctx, g, *others: g * 2).apply(argument(x))
    first = out[0] if isinstance(out, tuple) else out
    if walked:
        first.sum().backward()
    alive = [weakref.ref(first), weakref.ref(first.grad_fn)]
    del out, first
    assert [ref() for ref in alive] == [None, None]


@pytest.mark.usefixtures("no_collector")
def test_a_saved_input_that_is_written_with_the_result_makes_no_cycle() -> None:
    """PyTorch leaks here: the node holds the input, whose new history holds the node."""

    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * 2

    x = leaf(mt, 1.0) * 1
    y = made(mt, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(x)
    node = weakref.ref(y.grad_fn)
    x.mul_(y)
    del x, y
    assert node() is None


@pytest.mark.usefixtures("no_collector")
def test_saved_values_go_as_the_walk_passes() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        inner = x * 3
        sizes.append(weakref.ref(inner))
        ctx.save_for_backward(inner)
        return x * 2

    sizes: list[Any] = []
    y = made(mt, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(leaf(mt, 1.0))
    array = weakref.ref(y.grad_fn.saved_tensors[0]._array)
    assert sizes[0]() is None  # the tensor is gone; its memory is kept
    assert array() is not None
    y.backward()
    assert array() is None


# vmap


def weigh(torch: Any, **others: Any) -> Any:
    def forward(x: Any, w: Any) -> Any:
        return x * w, (x * w).sum()

    def backward(ctx: Any, grad: Any, grad_sum: Any) -> Any:
        x, w = ctx.saved_tensors
        return (grad + grad_sum) * w, (grad + grad_sum) * x

    function = made(
        torch,
        forward,
        backward,
        setup_context=lambda ctx, inputs, output: ctx.save_for_backward(*inputs),
        **others,
    )
    function.generate_vmap_rule = not others
    return function


def weigh_by_rule(torch: Any, seen: Any) -> Any:
    def rule(info: Any, in_dims: Any, x: Any, w: Any) -> Any:
        seen.append((info.batch_size, in_dims))
        x = x.movedim(in_dims[0], 0)
        return (x * w, (x * w).sum(1)), (0, 0)

    return weigh(torch, vmap=rule)


@row(([2.0, 2.0, 2.0, 2.0], [8.0, 12.0], [4.0, 6.0]))
def test_gradients_of_what_all_examples_share(torch: Any) -> Any:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    w = leaf(torch, 1.0, 1.0)
    a, b = torch.func.vmap(weigh(torch).apply, (0, None))(x, w)
    (a.sum() + b.sum()).backward()
    return x.grad.flatten(), w.grad, a.sum(0)


@row(([[1.0, 3.0], [2.0, 4.0]], [4.0, 6.0], [(2, (0, None))], [2.0, 2.0]))
def test_a_rule_of_ones_own_with_several_outputs(torch: Any) -> Any:
    seen: list[Any] = []
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    a, b = torch.func.vmap(weigh_by_rule(torch, seen).apply, (1, None), (1, 0))(x, torch.ones(2))
    (a.sum() + b.sum()).backward()
    return a.T, b, [(n, (0, None)) for n, _ in seen], x.grad[0]


@row(([[1.0, 2.0], [2.0, 4.0]], [2, 2]))
def test_a_rule_of_ones_own_within_two_vmaps(torch: Any) -> Any:
    sizes = []

    def rule(info: Any, in_dims: Any, x: Any, w: Any) -> Any:
        sizes.append(info.batch_size)
        if in_dims[0] is None:
            x = x.unsqueeze(0).expand(info.batch_size, *x.shape)
        if in_dims[1] is None:
            w = w.unsqueeze(0).expand(info.batch_size, *w.shape)
        return function.apply(x, w), 0

    function = made(torch, lambda x, w: x * w, setup_context=nothing, vmap=rule)
    vmap = torch.func.vmap
    x = torch.tensor([1.0, 2.0])
    return vmap(vmap(function.apply, (None, 0)), (0, None))(x, x), sizes


def test_rules_that_give_other_dimensions_are_refused() -> None:
    def outcome(answer: Any) -> Any:
        function = made(mt, lambda x: x, setup_context=nothing, vmap=lambda *args: answer)
        return complaint(lambda: mt.func.vmap(function.apply)(mt.ones(2)))

    assert "tuple of two" in outcome(mt.ones(2)).message
    assert "no dimension of 2 examples" in outcome((mt.ones(3), 0)).message
    assert "no dimension of 2 examples" in outcome((mt.ones(()), 0)).message
    assert "2 outputs" in outcome(((mt.ones(2), mt.ones(2)), (0,))).message


# Forward mode: the call that it makes


def test_tangents_are_checked_and_filled_in() -> None:
    seen = []

    def jvp(ctx: Any, *tangents: Any) -> Any:
        seen.append((tangents, ctx.saved_tensors))
        return answer

    def forward(ctx: Any, x: Any, y: Any, n: Any) -> Any:
        ctx.save_for_forward(x)
        return x * y, x > 1

    x, y, t = mt.ones(2), mt.ones(3)[:2], mt.ones(2)
    function = made(mt, forward, jvp=jvp)
    answer: Any = (t * 2, None)
    (_, above), tangents = function._op.with_tangents((x, y, 3), (t, None, None))
    assert [tangents[0].tolist(), tangents[1], above.dtype] == [[2.0, 2.0], None, mt.bool]
    (given, saved) = seen[0]
    assert (given[0] is t, given[1].tolist(), given[2]) == (True, [0.0, 0.0], None)
    assert saved[0] is x

    def outcome() -> str:
        message: str = complaint(
            lambda: function._op.with_tangents((x, y, 3), (t, None, None))
        ).message
        return message

    answer = t
    assert "invalid number of forward gradients (expected 2 but got 1)" in outcome()
    answer = (t, t)
    assert "returned a gradient at position 1" in outcome()
    answer = (2.0, None)
    assert "expected Variable or None (got float) for grad output 0" in outcome()
    answer = (mt.ones(5), None)
    assert "different size than that of the original Tensor" in outcome()


def test_the_profiler_names_the_call_and_what_it_calls() -> None:
    from minitorch.autograd.profiler import profiler

    with profiler.profile() as profile:
        made(mt, double, times(2)).apply(leaf(mt, 1.0)).backward()
    names = [event.key for event in profile.key_averages()]
    assert {"Made", "MadeBackward", "aten::mul"} <= set(names)
