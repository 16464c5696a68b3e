"""Calls of custom functions in detail: arguments, aliases, writes, what is saved and checked."""

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minitorch as mt
from tests.support.table import complaint, leaf, refused, row

VIEW_WRITTEN = "This view was created inside a custom Function (or because an input was returned"


def made(torch: Any, forward: Any, backward: Any = None, **others: Any) -> Any:
    """A function of static methods, called Made."""
    methods = {"forward": forward, "backward": backward, **others}
    named = {name: staticmethod(m) for name, m in methods.items() if m is not None}
    return type("Made", (torch.autograd.Function,), named)


def double(ctx: Any, x: Any) -> Any:
    return x * 2


def nothing(ctx: Any, inputs: Any, output: Any) -> None:
    """A setup_context that keeps nothing."""


def times(factor: float) -> Callable[..., Any]:
    return lambda ctx, grad: grad * factor


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


def test_attributes_that_the_graph_needs_are_refused() -> None:
    def forward(ctx: Any, x: Any) -> Any:
        ctx.edges = [1, 2]
        return x * 2

    with pytest.raises(RuntimeError, match=r"Made sets ctx\.edges, which the graph needs itself"):
        made(mt, forward).apply(leaf(mt, 1.0))


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
