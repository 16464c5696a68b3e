"""Nodes of the graph: their edges, names, hooks and saved values."""

import copy
import pickle
from functools import partial
from typing import Any

import pytest

import minitorch as mt
from tests.support.table import check, complaint, leaf, refused, row, tap

# Edges


@row((True, 0, None, 0))
def test_the_edges_of_a_node_lead_to_the_producers_of_its_inputs(torch: Any) -> Any:
    x, plain = leaf(torch, 1.0), torch.ones(1)
    y = x.exp()
    z = y * plain
    (first, i), (second, j) = z.grad_fn.next_functions
    return first is y.grad_fn, i, second, j


@row((True, True, (), "AccumulateGrad"))
def test_a_leaf_has_one_accumulator(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    (a, _), (b, _) = (x * x).grad_fn.next_functions
    return a is b, a.variable is x, a.next_functions, type(a).__name__


@row((True, 2, 1))
def test_an_edge_names_the_output_it_starts_from(torch: Any) -> Any:
    parts = (leaf(torch, 1.0, 2.0, 3.0) * 1).unbind()
    out = parts[2] * 2
    node, number = out.grad_fn.next_functions[0]
    return node is parts[0].grad_fn, number, parts[1].output_nr


@row(("tuple", ["tuple", "tuple"]))
def test_edges_are_a_tuple_of_tuples(torch: Any) -> Any:
    edges = (leaf(torch, 1.0) * 2).grad_fn.next_functions
    return type(edges).__name__, [type(edge).__name__ for edge in edges]


@row(
    [
        "AddBackward0",
        "ExpBackward0",
        "AccumulateGrad",
        "MulBackward0",
        "AccumulateGrad",
        "AccumulateGrad",
    ]
)
def test_a_graph_may_be_read_from_its_root(torch: Any) -> Any:
    x, w = leaf(torch, 1.0), leaf(torch, 2.0)
    todo, names = [((w * x).exp() + x).grad_fn], []
    while todo:
        node = todo.pop(0)
        names.append(type(node).__name__)
        todo += [producer for producer, _ in node.next_functions if producer is not None]
    return names


@row([True, False])
def test_frozen_inputs_have_no_edge(torch: Any) -> Any:
    x, frozen = leaf(torch, 1.0), leaf(torch, 2.0).requires_grad_(False)
    return [node is None for node, _ in (frozen * x).grad_fn.next_functions]


@row((True, True))
def test_the_node_of_a_result_is_one_object(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 2
    return y.grad_fn is y.grad_fn, y.grad_fn == y.grad_fn


@row((None, None))
def test_a_leaf_has_no_node(torch: Any) -> Any:
    return leaf(torch, 1.0).grad_fn, torch.ones(1).grad_fn


# Names and classes


@row(
    [
        "AddBackward0",
        "MulBackward0",
        "ExpBackward0",
        "SelectBackward0",
        "ViewBackward0",
        "SumBackward0",
    ]
)
def test_names_of_nodes(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    return [y.grad_fn.name() for y in (x + 1, x * 2, x.exp(), x[0], x.view(1, 1), x.sum())]


@row(("MulBackward0", "<MulBackward0"))
def test_the_class_of_a_node_has_its_name(torch: Any) -> Any:
    node = (leaf(torch, 1.0) * 2).grad_fn
    return type(node).__name__, repr(node).split(" object at ")[0]


@row("torch::autograd::AccumulateGrad")
def test_the_name_of_an_accumulator(torch: Any) -> Any:
    return (leaf(torch, 1.0) * 2).grad_fn.next_functions[0][0].name()


@row((True, True, False))
def test_a_node_is_a_node(torch: Any) -> Any:
    node = (leaf(torch, 1.0) * 2).grad_fn
    accumulator = node.next_functions[0][0]
    kind = torch.autograd.graph.Node
    return isinstance(node, kind), isinstance(accumulator, kind), isinstance(3, kind)


@row(({}, 3))
def test_metadata_is_a_dict_for_anything(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 2
    before = dict(y.grad_fn.metadata)
    y.grad_fn.metadata["seen"] = 3
    return before, y.grad_fn.metadata["seen"]


NAMES = ("MulBackward0", "AccumulateGrad", "TwiceBackward")


@row([[refused(TypeError, f"cannot pickle '{name}' object")] * 4 for name in NAMES])
def test_nodes_are_neither_copied_nor_pickled(torch: Any) -> Any:
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    x = leaf(torch, 1.0)
    node = (x * 2).grad_fn
    return [
        [complaint(partial(do, each)) for do in (copy.copy, copy.deepcopy)]
        + [complaint(partial(pickle.dumps, each, protocol)) for protocol in (2, 5)]
        for each in (node, node.next_functions[0][0], Twice.apply(x).grad_fn)
    ]


# Hooks of nodes


@row([(([6.0], None), ([2.0],))])
def test_a_node_hook_sees_gradients_of_inputs_and_outputs(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    y = x * 3
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
    (y * 2).backward()
    return seen


@row([(([5.0], [3.0]), ([1.0],))])
def test_a_node_hook_sees_both_factors(torch: Any) -> Any:
    a, b, seen = leaf(torch, 3.0), leaf(torch, 5.0), []
    y = a * b
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
    y.backward()
    return seen


@row([([2], "torch.float32", [12.0, 12.0]), ([1], "torch.float64", [3.0])])
def test_a_node_hook_sees_gradients_in_the_shapes_of_inputs(torch: Any) -> Any:
    a, seen = leaf(torch, 1.0, 2.0), []
    y = a * torch.tensor([12.0], dtype=torch.float64, requires_grad=True)
    y.grad_fn.register_hook(lambda inputs, outputs: seen.extend(inputs))
    y.sum().backward()
    return [(list(grad.shape), str(grad.dtype), grad) for grad in seen]


@row(([50.0], [3.0]))
def test_a_node_hook_may_replace_gradients_of_inputs(torch: Any) -> Any:
    a, b = leaf(torch, 3.0), leaf(torch, 5.0)
    y = a * b
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 10, inputs[1]))
    y.backward()
    return a.grad, b.grad


@row(
    refused(
        RuntimeError,
        "hook '<lambda>' has returned an incorrect number of values (got 1, but expected 2)",
    )
)
def test_a_node_hook_must_return_as_many_gradients(torch: Any) -> Any:
    y = leaf(torch, 3.0) * leaf(torch, 5.0)
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0],))
    y.backward()


@row([([2.0],)])
def test_a_node_prehook_sees_gradients_of_outputs(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    y = x * 3
    y.grad_fn.register_prehook(seen.append)
    (y * 2).backward()
    return seen


@row([60.0])
def test_a_node_prehook_may_replace_them(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.grad_fn.register_prehook(lambda outputs: (outputs[0] * 10,))
    (y * 2).backward()
    return x.grad


@row(["within", "b", "c", "b", "c"])
def test_node_hooks_run_in_order_and_can_be_removed(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    y = x * 3
    handles = [y.grad_fn.register_hook(tap(log, name)) for name in "abc"]
    handles[0].remove()
    with y.grad_fn.register_prehook(tap(log, "within")):
        y.backward(retain_graph=True)
    y.backward()
    return log


@row([40.0])
def test_node_hooks_work_on_each_others_results(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] + 1, None))
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 10, None))
    y.backward()
    return x.grad


@row([30.0])
def test_a_prehook_of_an_accumulator_may_replace(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 3
    accumulator = y.grad_fn.next_functions[0][0]
    accumulator.register_prehook(lambda grads: (grads[0] * 10,))
    y.backward()
    return x.grad


@row([(2, ((), ([3.0],)), 3.0)])
def test_a_hook_of_an_accumulator_runs_after_it(torch: Any) -> Any:
    x, seen = leaf(torch, 1.0), []
    y = x * 3
    accumulator = y.grad_fn.next_functions[0][0]
    accumulator.register_hook(lambda *grads: seen.append((len(grads), grads, x.grad.item())))
    y.backward()
    return seen


@row([(None, 1.0)])
def test_a_node_prehook_gets_none_for_outputs_that_were_not_used(torch: Any) -> Any:
    seen = []
    a, b = (leaf(torch, 1.0, 2.0) * 1).unbind()
    a.grad_fn.register_prehook(seen.append)
    b.backward()
    return seen


@row(["first graph"])
def test_accumulators_live_as_long_as_somebody_holds_them(torch: Any) -> Any:
    x, log = leaf(torch, 1.0), []
    y = x * 3
    y.grad_fn.next_functions[0][0].register_hook(tap(log, "first graph"))
    y.backward()
    del y
    (x * 3).backward()
    return log


# Saved values: (op, name of the attribute, what it holds for x = [0.5, 2.0] and w = [3.0, 4.0])

SAVED = [
    (lambda t, x, w: x * w, "_saved_self", [0.5, 2.0]),
    (lambda t, x, w: x * w, "_saved_other", [3.0, 4.0]),
    (lambda t, x, w: x / w, "_saved_self", [0.5, 2.0]),
    (lambda t, x, w: x / w, "_saved_other", [3.0, 4.0]),
    (lambda t, x, w: x**3, "_saved_self", [0.5, 2.0]),
    (lambda t, x, w: x**3, "_saved_exponent", 3),
    (lambda t, x, w: x**w, "_saved_exponent", [3.0, 4.0]),
    (lambda t, x, w: x**w, "_saved_result", [0.125, 16.0]),
    (lambda t, x, w: x.exp(), "_saved_result", [1.64872, 7.38906]),
    (lambda t, x, w: x.log(), "_saved_self", [0.5, 2.0]),
    (lambda t, x, w: x.sqrt(), "_saved_result", [0.707107, 1.41421]),
    (lambda t, x, w: x.sin(), "_saved_self", [0.5, 2.0]),
    (lambda t, x, w: x.abs(), "_saved_self", [0.5, 2.0]),
    (lambda t, x, w: x.sigmoid(), "_saved_result", [0.622459, 0.880797]),
    (lambda t, x, w: x.tanh(), "_saved_result", [0.462117, 0.964028]),
    (lambda t, x, w: x.relu(), "_saved_result", [0.5, 2.0]),
    (lambda t, x, w: x.clamp(1.0, 3.0), "_saved_self", [0.5, 2.0]),
    (lambda t, x, w: x.clamp(1.0, 3.0), "_saved_min", 1.0),
    (lambda t, x, w: x.clamp(1.0, 3.0), "_saved_max", 3.0),
    (lambda t, x, w: x.sum(), "_saved_self_sym_sizes", (2,)),
    (lambda t, x, w: x.max(0)[0], "_saved_indices", 1),
    (lambda t, x, w: x.max(0)[0], "_saved_dim", 0),
    (lambda t, x, w: x.max(0)[0], "_saved_keepdim", False),
    (lambda t, x, w: x.softmax(0), "_saved_result", [0.182426, 0.817574]),
    (lambda t, x, w: x.softmax(0), "_saved_dim", 0),
    (lambda t, x, w: x.log_softmax(0), "_saved_result", [-1.70141, -0.201413]),
    (lambda t, x, w: t.where(x > 1, x, w), "_saved_condition", [False, True]),
    (lambda t, x, w: x.masked_fill(x > 1, 0.0), "_saved_mask", [False, True]),
    (lambda t, x, w: x[1], "_saved_index", 1),
    (lambda t, x, w: x[1], "_saved_dim", 0),
    (lambda t, x, w: x[:1], "_saved_end", 1),
    (lambda t, x, w: x.unsqueeze(0), "_saved_dim", 0),
    (lambda t, x, w: x.view(2, 1).transpose(0, 1), "_saved_dim0", 0),
    (lambda t, x, w: x.view(2, 1).transpose(0, 1), "_saved_dim1", 1),
    (lambda t, x, w: x.view(2, 1).permute(1, 0), "_saved_dims", (1, 0)),
    (lambda t, x, w: t.cat([x, w]), "_saved_dim", 0),
    (lambda t, x, w: t.stack([x, w]), "_saved_dim", 0),
    (lambda t, x, w: x.dot(w), "_saved_tensor", [3.0, 4.0]),
    (lambda t, x, w: x.view(1, 2) @ w.view(2, 1), "_saved_self", [[0.5, 2.0]]),
    (lambda t, x, w: x.view(1, 2) @ w.view(2, 1), "_saved_mat2", [[3.0], [4.0]]),
    (lambda t, x, w: x.view(1, 2).mv(w), "_saved_vec", [3.0, 4.0]),
    (lambda t, x, w: x.gather(0, t.tensor([1])), "_saved_index", [1]),
    (lambda t, x, w: x.cumsum(0), "_saved_dim", 0),
    (lambda t, x, w: t.nn.functional.leaky_relu(x, 0.2), "_saved_negative_slope", 0.2),
    (lambda t, x, w: t.nn.functional.elu(x, 0.5), "_saved_alpha", 0.5),
    (lambda t, x, w: t.nn.functional.gelu(x, approximate="tanh"), "_saved_approximate", "tanh"),
    (lambda t, x, w: t.nn.functional.mse_loss(x, w), "_saved_target", [3.0, 4.0]),
    (lambda t, x, w: t.nn.functional.mse_loss(x, w), "_saved_reduction", 1),
]
CONVOLUTION = {
    "_saved_input": [[[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]]]],
    "_saved_weight": [[[[2.0]]]],
    "_saved_stride": (2, 2),
    "_saved_padding": (0, 0),
    "_saved_dilation": (1, 1),
    "_saved_groups": 1,
    "_saved_transposed": False,
    "_saved_output_padding": (0, 0),
}


@pytest.mark.parametrize("library", ["minitorch", "pytorch"])
@pytest.mark.parametrize(
    ("op", "name", "expected"), SAVED, ids=[f"{i}-{s[1]}" for i, s in enumerate(SAVED)]
)
def test_saved_values(library: str, request: Any, op: Any, name: str, expected: Any) -> None:
    def saved(torch: Any) -> Any:
        return getattr(op(torch, leaf(torch, 0.5, 2.0), leaf(torch, 3.0, 4.0)).grad_fn, name)

    lib = mt if library == "minitorch" else request.getfixturevalue("torch")
    check(saved, lib, expected)


@row(CONVOLUTION)
def test_saved_values_of_a_convolution(torch: Any) -> Any:
    x = torch.arange(9.0).view(1, 1, 3, 3).requires_grad_()
    w = torch.full((1, 1, 1, 1), 2.0, requires_grad=True)
    node = torch.nn.functional.conv2d(x, w, stride=2).grad_fn
    return {name: getattr(node, name) for name in CONVOLUTION}


# A node here keeps memory and version, never the tensor: no write can make a cycle of it.
@row((True, True), ours=(False, False))
def test_a_saved_input_is_the_input_itself(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x.exp()
    z = y * x
    return z.grad_fn._saved_self is y, z.grad_fn._saved_other is x


@row((True, True))
def test_a_saved_result_has_its_history(torch: Any) -> Any:
    y = leaf(torch, 1.0).exp()
    saved = y.grad_fn._saved_result
    return saved.grad_fn is y.grad_fn, saved.data_ptr() == y.data_ptr()


@row((None, [1.0]))
def test_a_factor_the_other_does_not_need_is_not_saved(torch: Any) -> Any:
    node = (leaf(torch, 1.0) * torch.ones(1)).grad_fn
    return node._saved_self, node._saved_other


@row(
    refused(
        RuntimeError,
        "Trying to backward through the graph a second time (or directly access saved tensors a",
    )
)
def test_saved_values_are_gone_after_backward(torch: Any) -> Any:
    y = leaf(torch, 1.0).exp()
    y.backward()
    return y.grad_fn._saved_result


@row([1.0])
def test_saved_values_stay_in_a_retained_graph(torch: Any) -> Any:
    y = leaf(torch, 0.0).exp()
    y.backward(retain_graph=True)
    return y.grad_fn._saved_result


@row(0)
def test_parameters_stay_after_backward(torch: Any) -> Any:
    y = leaf(torch, 1.0).softmax(0)
    y.backward()
    return y.grad_fn._saved_dim


@row(
    refused(
        RuntimeError,
        "one of the variables needed for gradient computation has been modified by",
    )
)
def test_a_saved_value_that_was_written_is_refused(torch: Any) -> Any:
    y = leaf(torch, 1.0) * 1
    z = y * y
    y.add_(1)
    return z.grad_fn._saved_self


@row(refused(AttributeError, "'MulBackward0' object has no attribute '_saved_nonsense'"))
def test_what_a_node_does_not_save_is_no_attribute(torch: Any) -> Any:
    return complaint(lambda: (leaf(torch, 1.0) * 2).grad_fn._saved_nonsense)


@row(([False] * 7, True))
def test_nodes_of_custom_functions_alone_have_saved_tensors(torch: Any) -> Any:
    """Tools that draw graphs tell them by it."""

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    x = leaf(torch, 1.0, 2.0)
    written = x * 1
    written[:1].exp_()
    results = [x * 2, x * x, x.exp(), x.sum(), x[:1], written]
    nodes = [y.grad_fn for y in results] + [(x * 2).grad_fn.next_functions[0][0]]
    return [hasattr(n, "saved_tensors") for n in nodes], hasattr(
        Double.apply(x).grad_fn, "saved_tensors"
    )
