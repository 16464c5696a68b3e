"""Checkpoints: forward runs again instead of keeping what it saved."""

import functools
import gc
import importlib
import weakref
from typing import Any

from tests.support.table import Complaint, complaint, leaf, refused, row, warned


def checkpoint(torch: Any, *args: Any, **options: Any) -> Any:
    module = importlib.import_module(f"{torch.__name__}.utils.checkpoint")
    return module.checkpoint(*args, **{"use_reentrant": False, **options})


def both(torch: Any, work: Any) -> list[Any]:
    """The same work with checkpoints of either kind."""
    return [
        work(functools.partial(checkpoint, torch, use_reentrant=reentrant))
        for reentrant in (False, True)
    ]


@row([([327.589], [1474.15]), ([327.589], [1474.15])])
def test_gradients_are_those_without_a_checkpoint(torch: Any) -> Any:
    def work(run: Any) -> Any:
        x = leaf(torch, 2.0)
        y = run(lambda t: (t * t).exp() * t, x) * 3
        y.backward()
        return y, x.grad

    return both(torch, work)


@row([[True, "forward is done", True], [False, "forward is done", True]])
def test_forward_runs_again_in_backward(torch: Any) -> Any:
    def work(run: Any) -> Any:
        log = []

        def function(t: Any) -> Any:
            log.append(torch.is_grad_enabled())
            return (t * t).exp()

        y = run(function, leaf(torch, 2.0))
        log.append("forward is done")
        y.backward()
        return log

    return both(torch, work)


@row(["ExpBackward0", "CheckpointFunctionBackward"])
def test_the_nodes_inside_are_hidden_by_the_reentrant_kind_only(torch: Any) -> Any:
    return both(torch, lambda run: type(run(lambda t: t.exp(), leaf(torch, 1.0)).grad_fn).__name__)


@row([(True, True), (True, True)])
def test_what_forward_made_inside_is_not_kept(torch: Any) -> Any:
    def work(run: Any) -> Any:
        inside = []

        def function(t: Any) -> Any:
            hidden = t * t
            inside.append(weakref.ref(hidden))
            return hidden.exp().sum()

        y = run(function, leaf(torch, 2.0))
        gc.collect()
        return inside[0]() is None, y.requires_grad

    return both(torch, work)


@row([([9.0], False), ([9.0], False)])
def test_under_no_grad_it_is_a_call(torch: Any) -> Any:
    def work(run: Any) -> Any:
        with torch.no_grad():
            y = run(lambda t: t * t, leaf(torch, 3.0))
        return y, y.requires_grad

    return both(torch, work)


@row([(True, True), (True, True)])
def test_the_random_state_is_that_of_the_first_run(torch: Any) -> Any:
    def work(run: Any) -> Any:
        torch.manual_seed(0)
        x = torch.ones(64, requires_grad=True)
        y = run(lambda t: torch.nn.functional.dropout(t * 1, 0.5) * t, x)
        torch.rand(3)
        y.sum().backward()
        kept = y.detach() > 0
        return bool(((x.grad > 0) == kept).all()), 0 < int(kept.sum()) < 64

    return both(torch, work)


@row([True, True])
def test_backward_leaves_the_random_state_as_it_was(torch: Any) -> Any:
    def work(run: Any) -> Any:
        torch.manual_seed(0)
        y = run(lambda t: torch.nn.functional.dropout(t, 0.5).exp(), torch.ones(8).requires_grad_())
        state = torch.get_rng_state().tolist()
        y.sum().backward()
        return torch.get_rng_state().tolist() == state

    return both(torch, work)


@row([False, False])
def test_the_random_state_need_not_be_kept(torch: Any) -> Any:
    def work(run: Any) -> Any:
        seen = []

        def function(t: Any) -> Any:
            seen.append(torch.rand(1).item())
            return t.exp()

        torch.manual_seed(0)
        run(function, leaf(torch, 1.0), preserve_rng_state=False).backward()
        return seen[0] == seen[1]

    return both(torch, work)


@row([[2.0], [2.0]])
def test_parameters_inside_get_their_gradients(torch: Any) -> Any:
    def work(run: Any) -> Any:
        w = leaf(torch, 3.0)
        run(lambda t: (t * w).exp().log(), leaf(torch, 2.0)).backward()
        return w.grad

    return both(torch, work)


@row([(True, []), (False, [refused(UserWarning, "None of the inputs have requires_grad=True")])])
def test_parameters_inside_without_an_input_that_requires_grad(torch: Any) -> Any:
    def work(run: Any) -> Any:
        w, out = leaf(torch, 3.0), []
        warnings = warned(lambda: out.append(run(lambda t: t * w, torch.ones(1))))
        return out[0].requires_grad, warnings

    return both(torch, work)


@row([[16.0], [16.0]])
def test_several_results_and_other_arguments(torch: Any) -> Any:
    def work(run: Any) -> Any:
        x = leaf(torch, 2.0)
        a, b = run(lambda t, n, name: (t**n, t * len(name)), x, 3, "four")
        (a + b).backward()
        return x.grad

    return both(torch, work)


@row([[4.0], [4.0]])
def test_one_result_need_not_be_used(torch: Any) -> Any:
    def work(run: Any) -> Any:
        x = leaf(torch, 2.0)
        run(lambda t: (t**3, t**2), x)[1].backward()
        return x.grad

    return both(torch, work)


@row([[8.0], refused(ValueError, "Unexpected keyword arguments: n")])
def test_keywords(torch: Any) -> Any:
    def work(run: Any) -> Any:
        return complaint(lambda: run(lambda t, n: t**n, leaf(torch, 2.0), n=3), result=True)

    return both(torch, work)


@row(
    [
        ([12.0],),
        refused(
            RuntimeError,
            "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or",
        ),
    ]
)
def test_grad_and_inputs(torch: Any) -> Any:
    def work(run: Any) -> Any:
        x = leaf(torch, 2.0)
        y = run(lambda t: t**3, x)
        return complaint(lambda: torch.autograd.grad(y, x), result=True)

    return both(torch, work)


@row(([12.0], ([12.0],)))
def test_the_second_order(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = checkpoint(torch, lambda t: t**3, x)
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    return first, torch.autograd.grad(first, x)


@row((3, [24.0]))
def test_a_retained_graph_runs_forward_each_time(torch: Any) -> Any:
    runs, x = [], leaf(torch, 2.0)
    y = checkpoint(torch, lambda t: (runs.append(1), t**3)[1], x)
    y.backward(retain_graph=True)
    y.backward()
    return len(runs), x.grad


@row(
    (
        refused(
            RuntimeError,
            "Trying to backward through the graph a second time",
        ),
        [12.0],
    )
)
def test_a_graph_that_is_not_retained_is_freed(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = checkpoint(torch, lambda t: t**3, x)
    y.backward()
    return complaint(y.backward), x.grad


@row(([4.0], ["outer", "inner", "outer", "inner", "inner"]))
def test_checkpoints_nest(torch: Any) -> Any:
    x, runs = leaf(torch, 2.0), []

    def inner(t: Any) -> Any:
        runs.append("inner")
        return t.exp()

    def outer(t: Any) -> Any:
        runs.append("outer")
        return checkpoint(torch, inner, t * t).log()

    checkpoint(torch, outer, x).backward()
    return x.grad, runs


@row(["before the last saved value", "after it", "before the last saved value"])
def test_forward_stops_once_all_is_there(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)

    def function(t: Any) -> Any:
        y = t * t
        log.append("before the last saved value")
        y = y.exp()
        log.append("after it")
        return y + 1

    checkpoint(torch, function, x).backward()
    return log


@row(["end", "end"])
def test_unless_it_is_told_not_to(torch: Any) -> Any:
    log, x = [], leaf(torch, 2.0)
    checkpoint(torch, lambda t: [t.exp() + 1, log.append("end")][0], x, early_stop=False).backward()
    return log


@row([(2, [3.0]), (2, [3.0]), (2, [3.0]), (2, [3.0])])
def test_batch_statistics_move_as_often_as_batches_are_counted(torch: Any) -> Any:
    """Running again counts a batch, so it moves the statistics too, however early it stops."""

    def work(**options: Any) -> Any:
        norm = torch.nn.BatchNorm1d(1, momentum=None)
        for mean in (2.0, 4.0):
            x = torch.tensor([[mean - 1], [mean + 1]], requires_grad=True)
            checkpoint(torch, norm, x, **options).sum().backward()
        return int(norm.num_batches_tracked) // 2, norm.running_mean

    return [
        work(early_stop=early_stop, preserve_rng_state=preserve)
        for early_stop in (True, False)
        for preserve in (True, False)
    ]


@row((3, [0.542], 2, [0.0]))
def test_statistics_of_nested_checkpoints(torch: Any) -> Any:
    inner, outer = torch.nn.BatchNorm1d(1), torch.nn.BatchNorm1d(1)
    x = torch.tensor([[1.0], [3.0]], requires_grad=True)
    checkpoint(torch, lambda t: outer(checkpoint(torch, inner, t)), x).sum().backward()
    moved = inner.running_mean.tolist(), outer.running_mean.tolist()
    return int(inner.num_batches_tracked), moved[0], int(outer.num_batches_tracked), moved[1]


@row([[[0.5, 0.0], [0.5, 0.0]], [[1.648721, 0.606531], [1.648721, 0.606531]], [[0.25], [0.5]]])
def test_what_an_op_writes_is_written_before_its_result_is_saved(torch: Any) -> Any:
    """And what it saves of its inputs is saved before: the last row stops at that."""

    def work(write: Any, *values: float) -> Any:
        seen = []

        def function(t: Any) -> Any:
            seen.append(t * 1)
            return write(seen[-1])

        checkpoint(torch, function, leaf(torch, *values)).sum().backward()
        return [t.detach() for t in seen]

    return [
        work(torch.relu_, 0.5, -0.5),
        work(torch.exp_, 0.5, -0.5),
        work(lambda t: t.square_(), 0.5),
    ]


@row(
    Complaint(
        "CheckpointError",
        "torch.utils.checkpoint: A different number of tensors was saved during the",
    )
)
def test_another_number_of_saved_values_is_refused(torch: Any) -> Any:
    runs, x = [], leaf(torch, 2.0)

    def function(t: Any) -> Any:
        runs.append(1)
        return t.exp().log() if len(runs) == 1 else t * 1

    checkpoint(torch, function, x).backward()


@row(
    Complaint(
        "CheckpointError",
        "torch.utils.checkpoint: Recomputed values for the following tensors have",
    )
)
def test_other_shapes_are_refused(torch: Any) -> Any:
    runs, x = [], leaf(torch, 2.0, 3.0)

    def function(t: Any) -> Any:
        runs.append(1)
        return (t if len(runs) == 1 else t[:1]).exp()

    checkpoint(torch, function, x).sum().backward()


@row([1.0, 1.0])
def test_unless_the_check_is_off(torch: Any) -> Any:
    runs, x = [], leaf(torch, 2.0, 3.0)

    def function(t: Any) -> Any:
        runs.append(1)
        return (t if len(runs) == 1 else t[:1] * 0).exp()

    checkpoint(torch, function, x, determinism_check="none").sum().backward()
    return x.grad


@row(["enter first", "leave first", "enter again", "leave again"])
def test_contexts_for_both_runs(torch: Any) -> Any:
    log = []

    class Note:
        def __init__(self, name: str) -> None:
            self.name = name

        def __enter__(self) -> None:
            log.append(f"enter {self.name}")

        def __exit__(self, *exc_info: object) -> None:
            log.append(f"leave {self.name}")

    checkpoint(
        torch,
        lambda t: t.exp(),
        leaf(torch, 1.0),
        context_fn=lambda: (Note("first"), Note("again")),
    ).backward()
    return log


@row([refused(LookupError, "inside"), refused(LookupError, "inside")])
def test_an_error_in_forward_comes_out_as_it_is(torch: Any) -> Any:
    def function(t: Any) -> Any:
        raise LookupError("inside")

    return both(torch, lambda run: complaint(lambda: run(function, leaf(torch, 1.0))))


@row(refused(ValueError, "Unexpected keyword arguments: x"))
def test_unknown_options_of_the_reentrant_kind(torch: Any) -> Any:
    return complaint(
        lambda: checkpoint(torch, torch.exp, leaf(torch, 1.0), use_reentrant=True, x=1)
    )


@row(
    (
        [
            refused(
                UserWarning,
                "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly",
            )
        ],
        [None],
    )
)
def test_the_kind_should_be_said(torch: Any) -> Any:
    out = []
    return warned(
        lambda: out.append(
            complaint(lambda: checkpoint(torch, torch.exp, leaf(torch, 1.0), use_reentrant=None))
        )
    ), out


def _note_and_square(runs: list[int], i: int, t: Any) -> Any:
    runs.append(i)
    return t * t


@row([([524288.0], [0, 1, 2, 3, 0, 1]), ([524288.0], [0, 1, 2, 3, 0, 1])])
def test_checkpoint_sequential(torch: Any) -> Any:
    module = importlib.import_module(f"{torch.__name__}.utils.checkpoint")
    grads = []
    for reentrant in (False, True):
        x, runs = leaf(torch, 2.0), []
        steps = [functools.partial(_note_and_square, runs, i) for i in range(4)]
        module.checkpoint_sequential(steps, 2, x, use_reentrant=reentrant).backward()
        grads.append((x.grad, runs))
    return grads


@row(True)
def test_checkpoint_sequential_of_a_module(torch: Any) -> Any:
    module = importlib.import_module(f"{torch.__name__}.utils.checkpoint")
    nn = torch.nn
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1), nn.Tanh(), nn.Linear(1, 1))
    x = torch.tensor([[1.0, 2.0]])
    model(x).sum().backward()
    want = [p.grad.tolist() for p in model.parameters()]
    model.zero_grad()
    module.checkpoint_sequential(model, 2, x, use_reentrant=False).sum().backward()
    return [p.grad.tolist() for p in model.parameters()] == want
