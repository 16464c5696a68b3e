"""The experiment with one training step."""

import re

import numpy as np
import pytest

from examples.cifar10 import gradients


def test_where_the_gradients_are():
    experiment = gradients.run_experiment()
    rows = {row.name: row for row in experiment.rows}
    assert len(rows) == 14
    inputs, outputs1 = rows["inputs"], rows["outputs1 = net1(inputs)"]
    assert (inputs.is_leaf, inputs.requires_grad, inputs.has_grad) == (True, False, False)
    assert (outputs1.is_leaf, outputs1.requires_grad, outputs1.has_grad) == (False, True, False)
    for name in ("net1.conv1.bias", "net2.fc3.bias"):
        row = rows[name]
        assert (row.is_leaf, row.requires_grad, row.has_grad) == (True, True, True)


def test_both_nets_move_and_the_order_changes_nothing():
    forwards = gradients.run_experiment()
    backwards = gradients.run_experiment(net1_first=False)
    for name, before in forwards.before.items():
        assert (forwards.after[name] != before).any(), name
        np.testing.assert_array_equal(forwards.after[name], backwards.after[name])


def test_the_table_is_printed(capsys):
    assert gradients.main([]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^inputs +4×3×32×32 +yes +no +None +\(1\)$", out, re.MULTILINE)
    assert re.search(
        r"^outputs1 = net1\(inputs\) +4×16×5×5 +no +yes +None +\(3\)$", out, re.MULTILINE
    )
    assert re.search(r"^net2.fc3.bias +10 +yes +yes +set +\(2\)$", out, re.MULTILINE)
    assert "exactly the same value, bit for bit" in out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "All three are the same." in out
    assert re.search(r"^operations recorded in net1:  6$", out, re.MULTILINE)
    assert re.search(r"^operations recorded in net1:  0$", out, re.MULTILINE)
    assert out.count("6 parameters, all of net2\n") == 4


def test_three_ways_to_the_gradient_between_the_networks(torch):
    found = gradients.gradients_of_outputs1()
    assert len(found) == 3
    net1, net2, _ = gradients.build()
    inputs, labels = gradients.draw_batch()
    theirs = [
        torch.nn.Sequential(
            *(torch.nn.Conv2d(3, 6, 5), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
            *(torch.nn.Conv2d(6, 16, 5), torch.nn.ReLU(), torch.nn.MaxPool2d(2)),
        ),
        torch.nn.Sequential(
            *(torch.nn.Flatten(), torch.nn.Linear(400, 120), torch.nn.ReLU()),
            *(torch.nn.Linear(120, 84), torch.nn.ReLU(), torch.nn.Linear(84, 10)),
        ),
    ]
    for ours, net in zip((net1, net2), theirs, strict=True):
        for mine, parameter in zip(ours.parameters(), net.parameters(), strict=True):
            parameter.data = torch.from_numpy(mine.detach().numpy().copy())
    outputs1 = theirs[0](torch.from_numpy(inputs.numpy()))
    loss = torch.nn.CrossEntropyLoss()(theirs[1](outputs1), torch.from_numpy(labels.numpy()))
    (expected,) = torch.autograd.grad(loss, outputs1)
    for grad in found.values():
        np.testing.assert_allclose(grad.numpy(), expected.numpy(), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(("how", "recorded"), [("detach", 6), ("freeze", 0)])
def test_nothing_comes_into_net1(how, recorded):
    cut = gradients.step_with(**{how: True})
    assert (cut.requires_grad, cut.recorded) == (False, recorded)
    net2 = [f"net2.fc{i}.{kind}" for i in (1, 2, 3) for kind in ("weight", "bias")]
    assert cut.with_gradient == net2
    assert cut.moved == net2


def test_the_loss_is_pytorchs():
    """Golden: what PyTorch 2.13 gives for the same weights and images."""
    assert gradients.run_experiment().loss == pytest.approx(2.32304, abs=1e-4)


def test_the_weights_are_pytorchs(torch):
    experiment = gradients.run_experiment()
    torch.manual_seed(0)
    theirs = [torch.nn.Conv2d(3, 6, 5), torch.nn.Conv2d(6, 16, 5), torch.nn.Linear(400, 120)]
    for name, module in zip(("net1.conv1", "net1.conv2", "net2.fc1"), theirs, strict=True):
        np.testing.assert_array_equal(
            experiment.before[f"{name}.weight"], module.weight.detach().numpy()
        )
