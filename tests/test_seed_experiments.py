"""The experiments with PyTorch's autograd that this framework reproduces, by their numbers.

Rows that need hooks, custom functions, recurrent layers or pretrained models come with those.
"""

import itertools
from typing import Any

import numpy as np
import pytest

import minitorch as torch
import minitorch.nn.functional as F
from examples.cifar10.models import Net1, Net2
from minitorch import nn, optim


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
    assert {node.name() for node in producers} <= {"AccumulateGrad", "TBackward0"}


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
    with pytest.raises(RuntimeError, match="only Tensors of floating point dtype can require grad"):
        torch.tensor([1]).requires_grad = True
    with pytest.raises(RuntimeError, match="Only Tensors of floating point and complex dtype can"):
        torch.tensor([1], requires_grad=True)


def test_21_grad_modes() -> None:
    x = leaf(1.0)
    with torch.no_grad():
        assert (x * 2).grad_fn is None
    with torch.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    with torch.inference_mode():
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad


def test_23_higher_order() -> None:
    x = leaf(3.0)
    (gx,) = torch.autograd.grad(x**2, x, create_graph=True)
    (ggx,) = torch.autograd.grad(gx, x)
    assert (gx.item(), ggx.item()) == (6.0, 2.0)


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
