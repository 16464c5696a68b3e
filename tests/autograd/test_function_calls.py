"""Calls of custom functions in detail: arguments, aliases, writes, what is saved and checked."""

from typing import Any

import pytest

import minitorch as mt
from tests.support.functions import double, made, nothing, times
from tests.support.table import complaint, leaf, refused, row

VIEW_WRITTEN = "This view was created inside a custom Function (or because an input was returned"


# Arguments


@row(([(True, False)], [3.0]))
def test_defaults_count_in_the_new_style(torch: Any) -> Any:
    seen = []

    def setup(ctx: Any, inputs: Any, output: Any) -> None:
        seen.append(ctx.needs_input_grad)
        ctx.b = inputs[1]

    def forward(x: Any, b: float = 3.0) -> Any:
        return x * b

    x = leaf(torch, 1.0)
    scaled = made(torch, forward, lambda ctx, g: (g * ctx.b, None), setup_context=setup)
    scaled.apply(x).backward()
    return seen, x.grad


@row([([4.0], None), ([4.0], None)])
def test_keywords_in_any_order(torch: Any) -> Any:
    results = []
    for forward, others in (
        (lambda x, b: x * b, {"setup_context": nothing}),
        (lambda ctx, x, b: x * b, {}),
    ):
        x = leaf(torch, 1.0)
        made(torch, forward, lambda ctx, g: (g * 4, None), **others).apply(b=2.0, x=x).backward()
        results.append((x.grad, None))
    return results


@row([TypeError.__name__] * 4)
def test_keywords_that_do_not_fit(torch: Any) -> Any:
    def two(ctx: Any, x: Any, b: float = 1.0, c: float = 2.0) -> Any:
        return x * b * c

    def only(ctx: Any, x: Any, *, b: float = 1.0) -> Any:
        return x * b

    x = leaf(torch, 1.0)
    calls = [
        lambda: made(torch, two).apply(x, d=1),
        lambda: made(torch, two).apply(x, x=x),
        lambda: made(torch, two).apply(x, c=1),
        lambda: made(torch, only).apply(x, b=1),
    ]
    return [complaint(call).kind for call in calls]


@row(
    refused(
        RuntimeError,
        "function MadeBackward returned a gradient different than None at position 2, but the "
        "corresponding forward input was not a Variable",
    )
)
def test_a_gradient_for_what_is_no_tensor(torch: Any) -> Any:
    made(torch, lambda ctx, x, b: x * b, lambda ctx, g: (g, g)).apply(
        leaf(torch, 1.0), 2
    ).backward()


@row([3.0])
def test_a_gradient_for_what_requires_none_is_dropped(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    scaled = made(torch, lambda ctx, x, b: x * b, lambda ctx, g: (g * 3, g))
    scaled.apply(x, torch.ones(1)).backward()
    return x.grad


@row(
    [refused(RuntimeError, "got 1)"), refused(RuntimeError, "expected Variable or None (got list)")]
)
def test_a_list_of_gradients_is_one_thing(torch: Any) -> Any:
    two = made(torch, lambda ctx, x, y: x * y, lambda ctx, g: [g, g])
    one = made(torch, double, lambda ctx, g: [g])
    return [
        complaint(two.apply(leaf(torch, 1.0), leaf(torch, 2.0)).backward),
        complaint(one.apply(leaf(torch, 1.0)).backward),
    ]


@row(
    [
        refused(RuntimeError, "got [] but expected shape compatible with [2]"),
        refused(RuntimeError, "got [1] but expected shape compatible with [2]"),
        refused(RuntimeError, "an invalid gradient at index 0 - got [5] but"),
    ]
)
def test_gradients_that_are_too_small_are_not_spread(torch: Any) -> Any:
    def outcome(shape: tuple[int, ...]) -> Any:
        rule = made(torch, lambda ctx, n, x: x * n, lambda ctx, g: (None, torch.ones(shape)))
        return complaint(rule.apply(2, leaf(torch, 1.0, 2.0)).sum().backward)

    return [outcome(()), outcome((1,)), outcome((5,))]


@row(([1.0, 1.0], "torch.float32"))
def test_a_gradient_of_integers_is_cast(torch: Any) -> Any:
    x = leaf(torch, 1.0, 2.0)
    ones = made(torch, double, lambda ctx, g: torch.ones(2, dtype=torch.int64))
    ones.apply(x).sum().backward()
    return x.grad, str(x.grad.dtype)


def test_errors_name_the_argument() -> None:
    def forward(ctx: Any, weight: Any, factor: float, bias: Any) -> Any:
        return weight * factor + bias

    def outcome(*grads: Any) -> str:
        out = made(mt, forward, lambda ctx, g: grads).apply(leaf(mt, 1.0), 2.0, leaf(mt, 1.0, 2.0))
        call = out.sum().backward
        message: str = complaint(call).message
        return message

    assert "argument 'bias' of Made.forward" in outcome(None, None, mt.ones(5))
    assert "argument 'bias' of Made.forward" in outcome(None, None, 2.0)
    assert "argument 'factor' of Made.forward" in outcome(None, mt.ones(1), None)
    assert "(weight, factor, bias)" in outcome(None, None)


# What comes out


@row((True, 1, ([0.0], [2.0]), [40.0]))
def test_one_tensor_returned_twice_is_the_last_output(torch: Any) -> Any:
    seen = []

    def forward(ctx: Any, x: Any) -> Any:
        y = x * 2
        return y, y

    def backward(ctx: Any, a: Any, b: Any) -> Any:
        seen.append((a, b))
        return a * 2 + b * 20

    x = leaf(torch, 1.0)
    a, b = made(torch, forward, backward).apply(x)
    (a + b).backward()
    return a is b, a.output_nr, seen[0], x.grad


@row((False, 0, 1, [202.0]))
def test_an_input_returned_twice_is_two_tensors(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    a, b = made(torch, lambda ctx, x: (x, x), lambda ctx, a, b: a * 2 + b * 20).apply(x)
    (a + 10 * b).backward()
    return a is b, a.output_nr, b.output_nr, x.grad


@row((False, False, False, True, False, True))
def test_an_input_returned_without_recording(torch: Any) -> Any:
    identity = made(torch, lambda ctx, x: x, times(5))
    x, n = leaf(torch, 1.0), torch.ones(1)
    with torch.no_grad():
        r = identity.apply(x)
    q = identity.apply(n)
    return r is x, r.requires_grad, r._is_view(), r.is_leaf, q is n, q._is_view()


@row((True, "MadeBackward", False))
def test_a_tensor_from_elsewhere_becomes_an_output(torch: Any) -> Any:
    elsewhere = leaf(torch, 2.0)
    y = made(torch, lambda ctx, x: elsewhere, times(5)).apply(leaf(torch, 1.0))
    return y is elsewhere, type(y.grad_fn).__name__, elsewhere.is_leaf


@row(("MadeBackward", [5.0]))
def test_what_forward_records_itself_is_left_out(torch: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        with torch.enable_grad():
            return x * 2

    x = leaf(torch, 1.0)
    y = made(torch, forward, times(5)).apply(x)
    y.backward()
    return type(y.grad_fn).__name__, x.grad


@row(("tuple", (), None))
def test_other_outcomes(torch: Any) -> Any:
    from collections import namedtuple

    Pair = namedtuple("Pair", "a b")
    x = leaf(torch, 1.0)
    pair = made(torch, lambda ctx, x: Pair(x * 2, x * 3), lambda ctx, a, b: a).apply(x)
    empty = made(torch, lambda ctx, x: (), lambda ctx: None).apply(x)
    return type(pair).__name__, empty, made(torch, lambda ctx, x: None, times(1)).apply(x)


@row(
    [
        refused(RuntimeError, "Output 0 of Made is a view and is being modified inplace"),
        refused(
            RuntimeError, "Output 0 of Made is a view and its base or another view of its base"
        ),
    ]
)
def test_views_returned_and_writes(torch: Any) -> Any:
    first = made(torch, lambda ctx, x: x[:1], lambda ctx, g: torch.cat([g, g]))
    x = leaf(torch, 1.0, 2.0) * 1
    y = first.apply(x)
    errors = [complaint(lambda: y.add_(1))]
    x.add_(1)
    errors.append(complaint(lambda: y * 2))
    assert all(VIEW_WRITTEN in error.message for error in errors)
    return errors


@row(([6.0], [3.0], [1.0]))
def test_views_as_inputs(torch: Any) -> Any:
    x = leaf(torch, 1.0, 2.0) * 1
    v = x[1:]
    x.mul_(1.5)  # the view's history is stale now
    y = made(torch, double, times(2)).apply(v)
    first = torch.autograd.grad(y, x)[0][1:]
    return y, v, first / 2


# mark_dirty


def multiply_(ctx: Any, x: Any, w: Any) -> Any:
    x.mul_(w)
    ctx.mark_dirty(x)
    return x


@row((True, False, [7.0, 7.0], 2))
def test_a_dirty_input_that_required_no_grad(torch: Any) -> Any:
    x, w = torch.ones(2), leaf(torch, 3.0, 4.0)
    y = made(torch, multiply_, lambda ctx, g: (g * 5, g * 7)).apply(x, w)
    y.sum().backward()
    return y is x, x.is_leaf, w.grad, x._version


@row((True, "AsStridedBackward0", "CopySlices", [7.0]))
def test_a_dirty_view_of_a_base_that_required_no_grad(torch: Any) -> Any:
    base, w = torch.ones(2), leaf(torch, 3.0)
    v = base[:1]
    y = made(torch, multiply_, lambda ctx, g: (g * 5, g * 7)).apply(v, w)
    base.sum().backward()
    return y is v, type(y.grad_fn).__name__, type(base.grad_fn).__name__, w.grad


@row(
    refused(
        RuntimeError, "a view of a leaf Variable that requires grad is being used in an in-place"
    )
)
def test_a_dirty_view_of_a_leaf(torch: Any) -> Any:
    made(torch, multiply_, lambda ctx, g: (g, g)).apply(leaf(torch, 1.0, 2.0)[:1], torch.ones(1))


@row(refused(RuntimeError, "If your Function modifies inplace an input that is a view of another"))
def test_a_dirty_view_among_several_outputs(torch: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        x.add_(1)
        ctx.mark_dirty(x)
        return x, x * 2

    base = leaf(torch, 1.0, 2.0) * 1
    made(torch, forward, lambda ctx, a, b: a).apply(base[:1])


@row((False, False, True, (False, False)))
def test_dirty_inputs_that_get_no_history(torch: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        x.mul_(2)
        ctx.mark_dirty(x)
        ctx.mark_non_differentiable(x)
        return x

    x = leaf(torch, 1.0) * 1
    y = made(torch, forward, times(5)).apply(x)
    z = leaf(torch, 1.0) * 1
    with torch.no_grad():
        w = made(torch, multiply_).apply(z, torch.ones(1))
    return y is x, y.requires_grad, x.requires_grad, (w is z, w.requires_grad)


def test_only_inputs_are_dirty() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        y = x * 2
        ctx.mark_dirty(y)
        return y

    with pytest.warns(UserWarning, match="received a tensor that was not an input"):
        y = made(mt, forward, times(2)).apply(leaf(mt, 1.0))
    assert type(y.grad_fn).__name__ == "MadeBackward"


@row(
    [
        refused(RuntimeError, "mark_dirty can only accept variables, but argument"),
        refused(RuntimeError, "mark_non_differentiable only accepts variable arguments, but"),
        refused(AssertionError, "save_for_forward expects all arguments to be tensors; you should"),
    ]
)
def test_marks_are_for_tensors(torch: Any) -> Any:
    def outcome(name: str) -> Any:
        def forward(ctx: Any, x: Any) -> Any:
            getattr(ctx, name)(3)
            return x * 2

        return complaint(lambda: made(torch, forward).apply(leaf(torch, 1.0)))

    return [outcome(name) for name in ("mark_dirty", "mark_non_differentiable", "save_for_forward")]


# What is saved


@row(([(), (), 1], [([1.0], [2.0])]))
def test_the_last_save_counts_and_is_there_after_forward(torch: Any) -> Any:
    in_forward: list[Any] = []
    seen = []

    def forward(ctx: Any, x: Any) -> Any:
        in_forward.append(ctx.saved_tensors)
        ctx.save_for_backward(x)
        ctx.save_for_backward(x, x * 2)
        in_forward.append(ctx.saved_tensors)
        in_forward.append(len(ctx.to_save) - 1)
        return x * 2

    def backward(ctx: Any, grad: Any) -> Any:
        seen.append(ctx.saved_tensors)
        return grad * 2

    made(torch, forward, backward).apply(leaf(torch, 1.0)).backward()
    return in_forward, seen


@row([True])
def test_an_input_returned_may_be_saved(torch: Any) -> Any:
    seen = []

    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x

    def backward(ctx: Any, grad: Any) -> Any:
        seen.append(ctx.saved_tensors[0] is x)
        return grad

    x = leaf(torch, 1.0)
    made(torch, forward, backward).apply(x).backward()
    return seen


@row(
    refused(RuntimeError, "An input that has been returned as-is as output is being saved for back")
)
def test_but_not_by_setup_context(torch: Any) -> Any:
    made(
        torch,
        lambda x: x,
        times(1),
        setup_context=lambda ctx, inputs, output: ctx.save_for_backward(output),
    ).apply(leaf(torch, 1.0))


@row(
    refused(RuntimeError, "one of the variables needed for gradient computation has been modified")
)
def test_a_saved_output_that_was_written(torch: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        y = x * 2
        ctx.save_for_backward(y)
        return y

    y = made(torch, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(leaf(torch, 1.0))
    y.add_(1)
    y.backward()


def test_the_error_names_both_lines() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * 2

    x = leaf(mt, 3.0) * 1
    y = made(mt, forward, lambda ctx, g: g * ctx.saved_tensors[0]).apply(x)
    x.add_(1)
    message = complaint(y.backward).message
    assert "saved for MadeBackward at file" in message
    assert message.count("in test_the_error_names_both_lines") == 2


@row((True, [12.0], [4.0]))
def test_saved_tensors_lead_on_through_closures_and_views(torch: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x, scale)
        return x * x * scale

    def backward(ctx: Any, grad: Any) -> Any:
        x, s = ctx.saved_tensors
        return 2 * x * s * grad

    scale = leaf(torch, 3.0)
    base = leaf(torch, 1.0, 2.0) * 1
    x = base[1:]
    (g,) = torch.autograd.grad(made(torch, forward, backward).apply(x), x, create_graph=True)
    return g.requires_grad, g, torch.autograd.grad(g, scale)[0]


@row(([1.0], [1.0]))
def test_saved_tensors_hooks_pack_outputs_too(torch: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        y = x.exp()
        ctx.save_for_backward(y, None)
        return y

    def backward(ctx: Any, grad: Any) -> Any:
        return grad * ctx.saved_tensors[0]

    x = leaf(torch, 0.0)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach(), lambda t: t):
        y = made(torch, forward, backward).apply(x)
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    return g, torch.autograd.grad(g, x)[0]


@row(refused(AttributeError, "'MadeBackward' object has no attribute 'scale'"))
def test_an_attribute_that_was_not_set(torch: Any) -> Any:
    made(torch, double, lambda ctx, g: g * ctx.scale).apply(leaf(torch, 1.0)).backward()


@row([2.0])
def test_ctx_may_hold_anything_under_plain_names(torch: Any) -> Any:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.op, ctx.edges, ctx.outputs, ctx.saved, ctx.hooks = "sum", [1, 2], 3, 4, 5
        return x * 2

    x = leaf(torch, 1.0)
    made(torch, forward, lambda ctx, g: g * len(ctx.edges)).apply(x).backward()
    return x.grad


# Once


@row(
    (
        True,
        "Error",
        refused(RuntimeError, "trying to differentiate twice a function that was marked"),
    )
)
def test_once_differentiable_gives_an_error_later(torch: Any) -> Any:
    once = torch.autograd.function.once_differentiable
    x, start = leaf(torch, 3.0), leaf(torch, 1.0)
    y = made(torch, double, once(lambda ctx, g: g * 2)).apply(x)
    (g,) = torch.autograd.grad(y, x, start, create_graph=True)
    return g.requires_grad, type(g.grad_fn).__name__, complaint(g.backward)


def test_also_where_pytorch_says_that_nothing_was_used() -> None:
    once = mt.autograd.function.once_differentiable
    x, start = leaf(mt, 3.0), leaf(mt, 1.0)
    y = made(mt, double, once(lambda ctx, g: g * 2)).apply(x)
    (g,) = mt.autograd.grad(y, x, start, create_graph=True)
    assert (
        "gradient that MadeBackward computes" in complaint(lambda: mt.autograd.grad(g, x)).message
    )
