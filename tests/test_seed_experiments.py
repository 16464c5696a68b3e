"""The experiments with PyTorch's autograd that this framework reproduces, by their numbers.

Where a test takes `torch` it is a row of a table: PyTorch must pass it too.
"""

import itertools
from typing import Any

import numpy as np
import pytest

import minitorch
import minitorch as torch
import minitorch.nn.functional as F
from examples.cifar10.models import Net1, Net2
from minitorch import nn, optim
from tests.support.resnet import resnet18
from tests.support.table import row, warned


def leaf(*values: float) -> Any:
    return torch.tensor(list(values), requires_grad=True)


def test_01_leaves_and_a_non_leaf() -> None:
    torch.manual_seed(0)
    w1, w2 = leaf(2.0), leaf(2.0)
    x2 = torch.rand(1, requires_grad=True)
    y2 = x2**w1
    z2 = w2 * y2 + 1
    z2.backward()
    x = x2.item()
    assert x == pytest.approx(0.4962566, abs=1e-7)
    assert x2.grad.item() == pytest.approx(2 * 2 * x)
    assert w1.grad.item() == pytest.approx(2 * x**2 * np.log(x))
    assert w2.grad.item() == pytest.approx(x**2)
    with pytest.warns(UserWarning, match="not a leaf Tensor"):
        assert y2.grad is None
    assert repr(z2) == "tensor([1.4925], grad_fn=<AddBackward0>)"


def _split_step(order: int) -> Any:
    """One step over the split network; the parameters of its nets are chained in either order."""
    torch.manual_seed(0)
    net1, net2 = Net1(), Net2()
    nets = [net1, net2][::order]
    optimizer = optim.SGD(
        itertools.chain(*(net.parameters() for net in nets)), lr=0.001, momentum=0.9
    )
    before = [p.detach().clone() for p in itertools.chain(net1.parameters(), net2.parameters())]
    inputs, labels = torch.randn(4, 3, 32, 32), torch.tensor([1, 5, 0, 9])
    optimizer.zero_grad()
    outputs1 = net1(inputs)
    outputs2 = net2(outputs1)
    loss = nn.CrossEntropyLoss()(outputs2, labels)
    loss.backward()
    optimizer.step()
    return net1, net2, before, inputs, outputs1, outputs2


def test_02_the_split_network() -> None:
    net1, net2, before, inputs, outputs1, outputs2 = _split_step(order=1)
    assert inputs.requires_grad is False
    assert inputs.grad is None
    assert outputs1.requires_grad is True
    with pytest.warns(UserWarning, match="not a leaf Tensor"):
        assert outputs1.grad is None
    assert outputs2.shape == (4, 10)
    assert net1.conv1.bias.grad is not None
    assert net2.fc3.bias.grad is not None
    after = list(itertools.chain(net1.parameters(), net2.parameters()))
    assert all(bool((a != b).any()) for a, b in zip(after, before, strict=True))


def test_02_the_order_of_the_chain_changes_nothing() -> None:
    one, other = _split_step(order=1), _split_step(order=-1)
    for a, b in zip(
        itertools.chain(one[0].parameters(), one[1].parameters()),
        itertools.chain(other[0].parameters(), other[1].parameters()),
        strict=True,
    ):
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())


def test_03_freezing_a_part() -> None:
    torch.manual_seed(0)
    first, middle, last = nn.Linear(3, 4), nn.Linear(4, 4), nn.Linear(4, 2)
    for p in middle.parameters():
        p.requires_grad = False
    model = nn.Sequential(first, middle, nn.ReLU(), last)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    before = [p.detach().clone() for p in model.parameters()]
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.randn(5, 3)).pow(2).sum().backward()
        optimizer.step()
    moved = [bool((p != b).any()) for p, b in zip(model.parameters(), before, strict=True)]
    assert moved == [True, True, False, False, True, True]
    assert all(p.grad is None for p in middle.parameters())


def test_03_no_work_below_the_cut() -> None:
    trunk, head = nn.Linear(3, 4), nn.Linear(4, 2)
    for p in trunk.parameters():
        p.requires_grad = False
    features = trunk(torch.randn(5, 3))
    assert features.grad_fn is None
    out = head(features)
    producers = [node for node, _ in out.grad_fn.next_functions if node is not None]
    assert {type(node).__name__ for node in producers} <= {"AccumulateGrad", "TBackward0"}


@row((["fc.weight", "fc.bias"], ["fc.weight", "fc.bias"], [None, None], [4.82509, 3.72948]))
def test_04_fine_tuning(torch: Any) -> Any:
    torch.manual_seed(0)
    model = resnet18(torch)
    for p in model.parameters():
        p.requires_grad = False
    model.fc = torch.nn.Linear(512, 100)
    graphs: list[Any] = []
    model.avgpool.register_forward_hook(lambda module, args, out: graphs.append(out.grad_fn))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer = torch.optim.SGD(model.fc.parameters(), lr=1e-2, momentum=0.9)
    images, labels = torch.randn(4, 3, 64, 64), torch.tensor([1, 4, 99, 50])
    losses = []
    for _ in range(2):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    moved = [name for name, p in model.named_parameters() if bool((p != before[name]).any())]
    with_grad = [name for name, p in model.named_parameters() if p.grad is not None]
    return moved, with_grad, graphs, losses


def test_04_the_network_is_torchvisions(torchvision: Any, torch: Any) -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet18().state_dict()
    minitorch.manual_seed(0)
    ours = resnet18(minitorch).state_dict()
    assert list(ours) == list(theirs)
    for name, value in ours.items():
        np.testing.assert_array_equal(value.numpy(), theirs[name].numpy(), err_msg=name)


def test_05_requires_grad_is_contagious() -> None:
    x, y, z = torch.ones(2), torch.ones(2), torch.ones(2, requires_grad=True)
    assert (x + y).requires_grad is False
    assert (x + y + z).requires_grad is True


def test_06_backward_without_any_grad() -> None:
    with pytest.raises(
        RuntimeError, match="element 0 of tensors does not require grad and does not have a grad_fn"
    ):
        (torch.ones(1) * 2).backward()


def test_07_backward_of_a_vector() -> None:
    x = leaf(1.0, 2.0, 3.0)
    y = x * 2
    with pytest.raises(
        RuntimeError, match="grad can be implicitly created only for scalar outputs"
    ):
        y.backward()
    y.backward(gradient=torch.tensor([1.0, 0.1, 0.01]))
    np.testing.assert_allclose(x.grad.numpy(), [2.0, 0.2, 0.02])


def _hooked(torch: Any) -> Any:
    """x → y = 2x → z = sum(y), as in the articles."""
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    return x, y, y.sum()


@row((["tensor([1., 1., 1.])"], [4.0, 4.0, 4.0]))
def test_08_a_hook_on_a_non_leaf(torch: Any) -> Any:
    x, y, z = _hooked(torch)
    seen: list[Any] = []
    h = y.register_hook(lambda grad: seen.append(repr(grad)))
    z.backward(retain_graph=True)
    h.remove()
    z.backward()
    return seen, x.grad


@row([2.0, 20.0, 200.0])
def test_08_a_hook_that_replaces(torch: Any) -> Any:
    x, y, z = _hooked(torch)
    y.register_hook(lambda grad: grad * torch.tensor([1.0, 10.0, 100.0]))
    z.backward()
    return x.grad


@row(("(tensor([1., 1., 1.]),)", None, ["UserWarning"]))
def test_09_grad_of_a_non_leaf(torch: Any) -> Any:
    x, y, z = _hooked(torch)
    grads = torch.autograd.grad(z, y)
    return repr(grads), x.grad, [w.kind for w in warned(lambda: y.grad)]


def test_10_retained_graphs_accumulate() -> None:
    x = leaf(1.0)
    y = x.sum()
    y.backward(retain_graph=True)
    assert x.grad.tolist() == [1.0]
    y.backward()
    assert x.grad.tolist() == [2.0]


def test_11_a_freed_graph() -> None:
    x = leaf(1.0, 2.0)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match=r"through the graph a second time.*retain_graph=True"):
        y.backward()


def test_12_the_graph_is_rebuilt_each_forward() -> None:
    x = leaf(3.0)
    for expected in (6.0, 12.0, 18.0):
        (x * x).backward()
        assert x.grad.item() == expected


def test_13_several_losses_over_one_network() -> None:
    torch.manual_seed(0)
    net = nn.Linear(3, 2)
    x = torch.randn(4, 3)
    (net(x).pow(2).mean() + net(x).abs().mean()).backward()
    together = [p.grad.clone() for p in net.parameters()]
    net.zero_grad()
    net(x).pow(2).mean().backward()
    net(x).abs().mean().backward()
    for p, expected in zip(net.parameters(), together, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), expected.numpy(), rtol=1e-5, atol=1e-7)


def test_14_detach_left_alone() -> None:
    a = leaf(1.0, 2.0, 3.0)
    out = a.sigmoid()
    c = out.detach()
    assert c.requires_grad is False
    assert c.data_ptr() == out.data_ptr()
    out.sum().backward()
    np.testing.assert_allclose(a.grad.numpy(), [0.1966, 0.1050, 0.0452], atol=5e-5)


def test_15_detach_and_data_share_memory() -> None:
    t1, t2 = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor([2.0, 3.0])
    v3 = t1 + t2
    v4 = v3.detach()
    v4.data.add_(t1)
    assert (v3.tolist(), v4.tolist()) == ([4.0, 7.0], [4.0, 7.0])
    assert (v3.requires_grad, v4.requires_grad) == (True, False)


def test_16_a_detached_tensor_that_is_written() -> None:
    a = leaf(1.0, 2.0, 3.0)
    out = a.sigmoid()
    out.detach().zero_()
    with pytest.raises(
        RuntimeError,
        match="one of the variables needed for gradient computation has been modified by an "
        r"inplace operation: \[torch.FloatTensor \[3\]\], which is output 0 of SigmoidBackward0, "
        "is at version 1; expected version 0",
    ):
        out.sum().backward()


def test_17_detach_in_place() -> None:
    a = leaf(1.0)
    b = a * 2
    b.detach_()
    assert b.is_leaf
    b.requires_grad_()
    (b * 3).backward()
    assert b.grad.item() == 3.0
    assert a.grad is None


def test_18_in_place_on_a_leaf() -> None:
    with pytest.raises(
        RuntimeError,
        match=r"a leaf Variable that requires grad is being used in an in-place operation\.",
    ):
        leaf(1.0).add_(1)


def test_19_flags_that_cannot_be_set() -> None:
    with pytest.raises(
        RuntimeError, match="you can only change requires_grad flags of leaf variables"
    ):
        (leaf(1.0) * 2).requires_grad = False
    with pytest.raises(RuntimeError, match="only Tensors of floating point and complex dtype can"):
        torch.tensor([1]).requires_grad = True
    with pytest.raises(RuntimeError, match="only Tensors of floating point dtype can require grad"):
        torch.tensor([1]).requires_grad_()
    with pytest.raises(RuntimeError, match="Only Tensors of floating point and complex dtype can"):
        torch.tensor([1], requires_grad=True)


@row(
    ("Tensor", "tensor([1., 1.], requires_grad=True)", ["UserWarning"], True),
    ours=("Tensor", "tensor([1., 1.], requires_grad=True)", ["UserWarning"], False),
)
def test_20_variable_and_volatile(torch: Any) -> Any:
    made = []
    x = torch.autograd.Variable(torch.ones(2), requires_grad=True)
    warnings = warned(lambda: made.append(torch.autograd.Variable(torch.ones(2), volatile=True)))
    return type(x).__name__, repr(x), [w.kind for w in warnings], (made[0] * x).requires_grad


def test_21_grad_modes() -> None:
    x = leaf(1.0)
    with torch.no_grad():
        assert (x * 2).grad_fn is None
    with torch.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    with torch.inference_mode():
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad


def _multiply_add(torch: Any) -> Any:
    class MultiplyAdd(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, w: Any, x: Any, b: Any) -> Any:
            ctx.save_for_backward(w, x)
            return w * x + b

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            w, x = ctx.saved_tensors
            return grad * x, (grad * w if ctx.needs_input_grad[1] else None), grad

    return MultiplyAdd


@row(("tensor([1.2645], grad_fn=<MultiplyAddBackward>)", [1.0], None, [1.0]))
def test_22_a_function_of_ones_own(torch: Any) -> Any:
    torch.manual_seed(0)
    x = torch.ones(1)
    w, b = torch.rand(1, requires_grad=True), torch.rand(1, requires_grad=True)
    z = _multiply_add(torch).apply(w, x, b)
    z.backward()
    return repr(z), w.grad, x.grad, b.grad


@row([[2.0], None, [1.0]])
def test_22_its_nodes_lead_to_the_inputs_that_need_it(torch: Any) -> Any:
    w, b = torch.tensor([2.0], requires_grad=True), torch.tensor([1.0], requires_grad=True)
    z = _multiply_add(torch).apply(w, torch.ones(1), b)
    return [getattr(node, "variable", None) for node, _ in z.grad_fn.next_functions]


def test_23_higher_order() -> None:
    x = leaf(3.0)
    (gx,) = torch.autograd.grad(x**2, x, create_graph=True)
    (ggx,) = torch.autograd.grad(gx, x)
    assert (gx.item(), ggx.item()) == (6.0, 2.0)


@row(
    {
        "conv": 1821220000.0,
        "max pool": 1270.77,
        "average pool": 148.718,
        "batch norm": 23341.4,
        "cross-entropy": 181.145,
        "mean squared error": 0.408137,
    }
)
def test_23_higher_order_through_layers_and_losses(torch: Any) -> Any:
    F = torch.nn.functional
    x = (torch.arange(32.0).double().view(1, 2, 4, 4) / 10).sin().requires_grad_()
    w = (torch.arange(36.0).double().view(2, 2, 3, 3) / 100).cos().requires_grad_()
    layers = {
        "conv": lambda t: F.conv2d(t, w, padding=1),
        "max pool": lambda t: F.max_pool2d(t * t, 2),
        "average pool": lambda t: F.avg_pool2d(t * t, 2),
        "batch norm": lambda t: F.batch_norm(t, None, None, training=True),
        "cross-entropy": lambda t: F.cross_entropy(t.view(4, 8), torch.tensor([1, 0, 7, 3])),
        "mean squared error": lambda t: F.mse_loss(t, torch.zeros_like(t)),
    }
    found = {}
    for name, layer in layers.items():
        (first,) = torch.autograd.grad((layer(x) ** 3).sum(), x, create_graph=True)
        (second,) = torch.autograd.grad((first**2).sum(), x)
        found[name] = second.abs().sum().item()
    return found


@row(([42.0], ([18.0], [26.0])))
def test_23_higher_order_through_a_function_of_ones_own(torch: Any) -> Any:
    w, x = torch.tensor([2.0], requires_grad=True), torch.tensor([3.0], requires_grad=True)
    z = _multiply_add(torch).apply(w, x, torch.ones(1))
    (first,) = torch.autograd.grad(z * z, w, create_graph=True)
    return first, torch.autograd.grad(first, [w, x])


def test_24_two_ways_to_convolve() -> None:
    inputs = torch.randn(1, 4, 5, 5)
    filters = nn.Parameter(torch.randn(8, 4, 3, 3))
    assert F.conv2d(inputs, filters, stride=2, padding=1).shape == (1, 8, 3, 3)
    assert nn.Conv2d(4, 8, 3, stride=2, padding=1)(inputs).shape == (1, 8, 3, 3)


def test_25_loss_modules() -> None:
    x, target = torch.tensor([1.0, 2.0, 4.0]), torch.zeros(3)
    assert nn.MSELoss()(x, target).item() == 7.0
    assert nn.MSELoss(reduction="sum")(x, target).item() == 21.0
    assert nn.MSELoss(reduction="none")(x, target).tolist() == [1.0, 4.0, 16.0]
    for result in (nn.MSELoss()(x, target), nn.L1Loss()(x, target), nn.ReLU()(x), nn.Tanh()(x)):
        assert result.requires_grad is False
    assert nn.MSELoss()(x.requires_grad_(), target).requires_grad is True


def test_26_views_share_storage() -> None:
    a = torch.arange(12.0)
    for b in (a.view(3, 4), a[2:8], a.reshape(2, 6)):
        assert b.storage().data_ptr() == a.storage().data_ptr()
    b = a.view(3, 4)
    b[1] = 10
    assert a.tolist() == [0, 1, 2, 3, 10, 10, 10, 10, 8, 9, 10, 11]
    part = b[1:, 2]
    assert (part.stride(), part.storage_offset()) == ((4,), 6)
    assert (b.t().stride(), b.t().is_contiguous()) == ((1, 4), False)
    copied = b.t().reshape(12)
    assert copied.storage().data_ptr() != a.storage().data_ptr()


@row(([((4, 3), (4, 2)), ((4, 3), (4, 2))], [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]], True))
def test_27_forward_hooks(torch: Any) -> Any:
    torch.manual_seed(0)
    layer, shapes = torch.nn.Linear(3, 2), []
    look = layer.register_forward_hook(
        lambda module, args, output: shapes.append((tuple(args[0].shape), tuple(output.shape)))
    )
    replace = layer.register_forward_hook(lambda module, args, output: output * 0 + 1)
    x = torch.ones(4, 3)
    replaced = layer(x)
    replace.remove()
    restored = layer(x)
    look.remove()
    layer(x)
    return shapes, replaced, bool((restored != 1).all())


@row(([1.0, 0.0], [0.0, 2.0]))
def test_27_a_forward_pre_hook(torch: Any) -> Any:
    layer = torch.nn.ReLU()
    with layer.register_forward_pre_hook(lambda module, args: (-args[0],)):
        inside = layer(torch.tensor([-1.0, 2.0]))
    return inside, layer(torch.tensor([-1.0, 2.0]))


@row(([(([0.0, 1.0],), ([1.0, 1.0],))], [0.0, 6.0]))
def test_27_full_backward_hooks(torch: Any) -> Any:
    layer, seen, x = torch.nn.ReLU(), [], torch.tensor([-1.0, 2.0], requires_grad=True)
    look = layer.register_full_backward_hook(
        lambda module, grad_input, grad_output: seen.append((grad_input, grad_output))
    )
    layer(x).sum().backward()
    look.remove()
    layer.register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0] * 5,))
    layer(x).sum().backward()
    return seen, x.grad


@row([0.0, 5.0])
def test_27_full_backward_pre_hooks(torch: Any) -> Any:
    layer, x = torch.nn.ReLU(), torch.tensor([-1.0, 2.0], requires_grad=True)
    layer.register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 5,))
    layer(x).sum().backward()
    return x.grad


def _lenet(torch: Any) -> Any:
    nn = torch.nn
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


@row([2.30831, 2.29989, 2.28518, 2.26654, 2.24502])
def test_28_a_lenet(torch: Any) -> Any:
    torch.manual_seed(0)
    net = _lenet(torch)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    images, labels = torch.randn(16, 1, 28, 28), torch.randint(10, (16,))
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@row((13.7072, 0.0850207, [1.99, -3.39, 4.2]))
def test_28_least_squares_by_hand(torch: Any) -> Any:
    torch.manual_seed(0)
    x = torch.randn(50, 2)
    y = x @ torch.tensor([2.0, -3.4]) + 4.2 + 0.01 * torch.randn(50)
    w, b = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
    losses = []
    for _ in range(30):
        loss = ((x @ w + b - y) ** 2).mean() / 2
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.3 * p.grad
                p.grad.zero_()
        losses.append(loss.item())
    return losses[0], losses[10], [round(v, 2) for v in [*w.tolist(), b.item()]]


def _sine_losses(torch: Any, layer: Any, forward: Any) -> list[float]:
    """Five steps towards predicting the next number of a sine."""
    head = torch.nn.Linear(16, 1)
    optimizer = torch.optim.SGD([*layer.parameters(), *head.parameters()], lr=0.1)
    wave = torch.sin(torch.arange(21) * 0.4).reshape(21, 1, 1)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(head(forward(wave[:-1])), wave[1:])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@row([0.491749, 0.466892, 0.444687, 0.42153, 0.396109])
def test_28_a_recurrent_layer(torch: Any) -> Any:
    torch.manual_seed(0)
    layer = torch.nn.RNN(1, 16, num_layers=2)
    return _sine_losses(torch, layer, lambda wave: layer(wave)[0])


@row([0.6141, 0.548971, 0.501709, 0.462288, 0.426487])
def test_28_a_recurrent_cell(torch: Any) -> Any:
    torch.manual_seed(0)
    cell = torch.nn.RNNCell(1, 16)

    def forward(wave: Any) -> Any:
        h, outs = torch.zeros(1, 16), []
        for x in wave:
            h = cell(x, h)
            outs.append(h)
        return torch.stack(outs)

    return _sine_losses(torch, cell, forward)
