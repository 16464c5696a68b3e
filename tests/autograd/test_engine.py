"""The walk: order, accumulation, freeing, depth, pruning."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import minitorch as mt


def leaf(*values: float) -> Any:
    return mt.tensor(list(values), requires_grad=True)


def test_a_deep_chain_backpropagates_and_is_freed() -> None:
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1
    y.backward()
    assert x.grad.tolist() == [1.0]
    last = weakref.ref(y.grad_fn)
    gc.disable()
    try:
        del y
        assert last() is None
    finally:
        gc.enable()


def test_a_wide_fan_adds_up() -> None:
    x = leaf(2.0)
    total = x * 0
    for i in range(1_000):
        total = total + x * i
    total.backward()
    assert x.grad.tolist() == [float(sum(range(1_000)))]


def test_shared_parts_run_once_with_the_whole_gradient() -> None:
    x = leaf(3.0)
    shared = x * x
    (shared * 2 + shared * 5).backward()
    assert x.grad.tolist() == [42.0]


def test_nodes_run_latest_recorded_first() -> None:
    order = []
    x = leaf(1.0)

    class Recorder(mt.autograd.op.Op):
        @staticmethod
        def forward(a: Any, *, label: str) -> Any:
            return a.copy()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            order.append(ctx.label)
            return grad

    a = Recorder.apply(x, label="first")
    b = Recorder.apply(x, label="second")
    c = Recorder.apply(a, label="third")
    (b + c).backward()
    assert order == ["third", "second", "first"]


def test_leaves_do_not_share_the_memory_of_one_gradient() -> None:
    a, b = leaf(1.0), leaf(2.0)
    (a + b).backward()
    a.grad.add_(5)
    assert b.grad.tolist() == [1.0]


def test_the_gradient_given_is_not_taken_over() -> None:
    a = leaf(1.0, 2.0)
    start = mt.ones(2)
    a.backward(start)
    a.grad.add_(1)
    assert start.tolist() == [1.0, 1.0]


def test_grad_accumulates_in_place_and_keeps_its_identity() -> None:
    x = leaf(2.0)
    (x * x).backward()
    first = x.grad
    (x * x).backward()
    assert x.grad is first
    assert first.tolist() == [8.0]


@pytest.mark.filterwarnings("ignore:Using backward")
def test_create_graph_makes_a_new_grad() -> None:
    x = leaf(2.0)
    (x * x * x).backward(create_graph=True)
    first = x.grad
    assert first.requires_grad
    (x * x * x).backward(create_graph=True)
    assert x.grad is not first
    assert first.tolist() == [12.0]


def test_create_graph_warns_of_the_cycle() -> None:
    x = leaf(2.0)
    for walk in (x.exp().backward, lambda **options: mt.autograd.backward(x.exp(), **options)):
        with pytest.warns(UserWarning, match="will create a reference cycle") as caught:
            walk(create_graph=True)
        assert caught[0].filename == __file__
    x.grad = None


@pytest.mark.filterwarnings("ignore:Using backward")
def test_grads_with_a_graph_share_no_memory_either() -> None:
    a, b, start = leaf(1.0), leaf(2.0), mt.ones(1)
    out = a + b
    out.backward(start, create_graph=True)
    out.backward(start)
    assert (a.grad.tolist(), b.grad.tolist(), start.tolist()) == ([2.0], [2.0], [1.0])


@pytest.mark.filterwarnings("ignore:Using backward")
@pytest.mark.parametrize("create_graph", [False, True])
def test_grad_lies_in_memory_as_its_leaf_does(create_graph: bool) -> None:
    x = mt.ones(3, 4).t().requires_grad_()
    (x * x).sum().backward(create_graph=create_graph)
    assert x.grad.stride() == (1, 4)


def test_a_second_backward_names_the_remedy() -> None:
    x = leaf(2.0)
    y = x * x
    y.backward()
    with pytest.raises(RuntimeError, match=r"through the graph a second time.*retain_graph=True"):
        y.backward()


def test_a_graph_that_saved_nothing_may_be_walked_again() -> None:
    x = leaf(2.0)
    y = x + 1
    y.backward()
    y.backward()
    assert x.grad.tolist() == [2.0]


def test_saved_tensors_are_released_as_the_walk_goes() -> None:
    x = leaf(2.0)
    y = x * 3
    z = y * y
    held = weakref.ref(y.detach().numpy().base)
    del y
    assert held() is not None
    z.backward()
    assert held() is None


def test_inputs_limits_the_work_and_the_accumulation() -> None:
    a, b = leaf(2.0), leaf(3.0)
    (a * b).backward(inputs=[a])
    assert a.grad.tolist() == [3.0]
    assert b.grad is None


def test_nodes_no_target_needs_do_not_run() -> None:
    ran = []

    class Spy(mt.autograd.op.Op):
        @staticmethod
        def forward(a: Any, *, label: str) -> Any:
            return a.copy()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            ran.append(ctx.label)
            return grad

    a, b = leaf(1.0), leaf(1.0)
    middle = Spy.apply(a, label="above a")
    out = Spy.apply(middle, label="above middle") + Spy.apply(b, label="above b")
    mt.autograd.grad(out, middle)
    assert ran == ["above middle"]


def test_a_walk_to_some_inputs_leaves_the_graph_fit_for_all() -> None:
    x, w = mt.ones(2, 3, requires_grad=True), mt.ones(3, 2, requires_grad=True)
    h = x @ w
    out = (h * h).sum()
    mt.autograd.grad(out, x, retain_graph=True)
    mt.autograd.grad(out, h, retain_graph=True)
    out.backward()
    assert x.grad.tolist() == [[12.0] * 3] * 2
    assert w.grad.tolist() == [[12.0] * 2] * 3


def test_a_rule_that_fails_leaves_the_graph_fit_for_another_walk() -> None:
    fails = [True]

    class Fragile(mt.autograd.op.Op):
        @staticmethod
        def forward(a: Any, b: Any) -> Any:
            return a + b

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            if fails.pop():
                raise KeyboardInterrupt
            needs_a, needs_b = ctx.needs_input_grad
            return grad * 1 if needs_a else None, grad * 1 if needs_b else None

    a, b = leaf(1.0), leaf(1.0)
    out = Fragile.apply(a, b)
    with pytest.raises(KeyboardInterrupt):
        mt.autograd.grad(out, a)
    fails.append(False)
    out.backward()
    assert (a.grad.tolist(), b.grad.tolist()) == ([1.0], [1.0])


def test_inputs_that_are_no_leaves_get_a_grad() -> None:
    x = leaf(2.0)
    y = x * 3
    out = y * y
    out.backward(inputs=[y, y], retain_graph=True)
    assert y.grad.tolist() == [12.0]
    assert x.grad is None
    out.backward(inputs=[y, x])
    assert y.grad.tolist() == [24.0]
    assert x.grad.tolist() == [36.0]


def test_several_roots_are_summed() -> None:
    x = leaf(2.0)
    mt.autograd.backward([x * 3, x * x])
    assert x.grad.tolist() == [7.0]


def test_a_root_that_is_also_on_the_way_to_another() -> None:
    x = leaf(2.0)
    y = x * x
    mt.autograd.backward([y, y * 3])
    assert x.grad.tolist() == [16.0]


def test_grad_of_a_leaf_with_respect_to_itself() -> None:
    x = leaf(2.0)
    (g,) = mt.autograd.grad(x, x)
    assert g.tolist() == [1.0]


def test_grad_writes_no_grad() -> None:
    x = leaf(2.0)
    y = x * x
    (gy, gx) = mt.autograd.grad(y * 3, [y, x])
    assert (gy.item(), gx.item()) == (3.0, 12.0)
    assert x.grad is None


def test_unused_inputs() -> None:
    x, other = leaf(2.0), leaf(1.0)
    with pytest.raises(RuntimeError, match=r"not have been used in the graph.*allow_unused=True"):
        mt.autograd.grad(x * 2, other)
    assert mt.autograd.grad(x * 2, other, allow_unused=True) == (None,)
    (zero,) = mt.autograd.grad(x * 2, other, materialize_grads=True)
    assert zero.tolist() == [0.0]


def test_grad_takes_its_arguments_in_pytorchs_order() -> None:
    x, other = mt.ones((), requires_grad=True), mt.ones((), requires_grad=True)
    one = mt.ones(())
    assert mt.autograd.grad(x * 2, (x,), one, True, True, True, True)[0].item() == 2.0
    with pytest.raises(RuntimeError, match="not have been used"):  # only_inputs comes before
        mt.autograd.grad(x * 2, other, one, True, True, True)
    with pytest.warns(FutureWarning, match="only_inputs argument is deprecated"):
        mt.autograd.grad(x * 2, x, only_inputs=False)


def test_backward_without_a_graph() -> None:
    with pytest.raises(RuntimeError, match="element 0 of tensors does not require grad"):
        mt.ones(1).backward()


def test_backward_of_several_elements() -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="implicitly created only for scalar outputs"):
        (x * 2).backward()
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        (x * 2).backward(mt.ones(3))
    (x * 2).backward(mt.tensor([1.0, 10.0]))
    assert x.grad.tolist() == [2.0, 20.0]


@pytest.mark.parametrize("start", [[1.0], np.ones(1)])
def test_gradients_to_start_with_are_tensors(start: Any) -> None:
    with pytest.raises(TypeError, match="gradients can be either Tensors or None, but got float"):
        leaf(1.0).backward(start)


def test_promotion_is_undone_in_gradients() -> None:
    a = mt.tensor([1.0, 2.0], dtype=mt.float64, requires_grad=True)
    b = mt.tensor([3.0, 4.0], requires_grad=True)
    (a * b).sum().backward()
    assert (a.grad.dtype, b.grad.dtype) == (mt.float64, mt.float32)


def test_broadcasting_is_undone_in_gradients() -> None:
    a = mt.ones(2, 1, requires_grad=True)
    b = mt.ones(3, requires_grad=True)
    (a * b).sum().backward()
    assert a.grad.tolist() == [[3.0], [3.0]]
    assert b.grad.tolist() == [2.0, 2.0, 2.0]


def test_half_precision_gradients_of_what_was_broadcast_are_summed_in_float32() -> None:
    bias = mt.zeros(3, dtype=mt.float16, requires_grad=True)
    rows = mt.ones(10_000, 3, dtype=mt.float16)
    (rows + bias).backward(mt.ones_like(rows))
    assert bias.grad.tolist() == [10_000.0] * 3
    assert bias.grad.dtype == mt.float16


def test_third_order() -> None:
    x = mt.tensor(2.0, requires_grad=True)
    (g1,) = mt.autograd.grad(x**4, x, create_graph=True)
    (g2,) = mt.autograd.grad(g1, x, create_graph=True)
    (g3,) = mt.autograd.grad(g2, x)
    assert (g1.item(), g2.item(), g3.item()) == (32.0, 48.0, 48.0)


def test_a_thousand_steps_leave_no_object_behind() -> None:
    x = mt.ones(3, requires_grad=True)

    def step() -> None:
        ((x * 2).exp().view(3, 1)[0:2] * x).sum().backward()
        x.grad = None

    step()
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(1000):
            step()
        assert len(gc.get_objects()) - before < 50
    finally:
        gc.enable()


def test_random_graphs_agree_with_pytorch(torch: Any) -> None:
    for seed in range(30):
        grads = [_random_graph(lib, seed) for lib in (mt, torch)]
        for ours, theirs in zip(*grads, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def _random_graph(lib: Any, seed: int) -> list[Any]:
    """Grow the same graph in either library and return the leaves' gradients."""
    random = np.random.default_rng(seed)
    leaves = [
        lib.tensor(random.uniform(0.5, 1.5, (2, 3)).tolist(), dtype=lib.float64, requires_grad=True)
        for _ in range(3)
    ]
    pool = list(leaves)
    for _ in range(15):
        a, b = pool[random.integers(len(pool))], pool[random.integers(len(pool))]
        choice = random.integers(6)
        if choice == 0:
            pool.append(a + b)
        elif choice == 1:
            pool.append(a * b * 0.5)
        elif choice == 2:
            pool.append(a / (b * b + 1))
        elif choice == 3:
            pool.append((a * 0.1).exp() - b)
        elif choice == 4:
            pool.append(a.sqrt() if bool((a > 0.1).all()) else a * 2)
        else:
            pool.append(lib.where(a > b, a, b * 2))
    sum(p.sum() for p in pool[3:]).backward()
    return [x.grad.numpy() for x in leaves if x.grad is not None]


def test_factors_are_kept_only_where_the_other_needs_them() -> None:
    x, frozen = mt.ones(2, requires_grad=True), mt.ones(2)
    assert (x * frozen).grad_fn.unpack()[0] is None
    assert (x * x).grad_fn.unpack()[0].data_ptr() == x.data_ptr()
    images, weight = mt.ones(1, 1, 4, 4, requires_grad=True), mt.ones(1, 1, 3, 3)
    out = mt.nn.functional.conv2d(images, weight)
    assert out.grad_fn.unpack()[0] is None
    assert out.grad_fn.unpack()[1].data_ptr() == weight.data_ptr()


def test_what_forward_complains_of_is_not_taken_for_broadcasting() -> None:
    class Fussy(mt.autograd.op.Op):
        @staticmethod
        def forward(a: Any, b: Any) -> Any:
            raise ValueError("not today")

    with pytest.raises(ValueError, match="not today"):
        Fussy.apply(mt.ones(2), mt.ones(3))
