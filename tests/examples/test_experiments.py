"""The two small programs beside the training."""

import re

import numpy as np
import pytest

import minitorch as mt
from examples.cifar10 import finetune, gradients
from examples.cifar10.checkpoint import read_checkpoint


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
    assert all(len(line) <= 100 for line in out.splitlines()[:20])


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


def test_only_the_head_moves(trained, synthetic_root, capsys):
    code = finetune.main(
        ["--checkpoint", str(trained), "--data-root", str(synthetic_root), "--steps", "60"]
    )
    out = capsys.readouterr().out
    assert code == 0
    assert "Two classes: shapes and textures; always saying the more frequent one" in out
    assert re.search(r"^Moved: +net2\.fc3\.weight, net2\.fc3\.bias$", out, re.MULTILINE)
    assert re.search(
        r"^Bit for bit as they were: +net1\.conv1\.weight, .*net2\.fc2\.bias$", out, re.M
    )
    assert re.search(r"^outputs1 = net1\(images\) +requires_grad False +grad_fn none$", out, re.M)
    assert re.search(r"^outputs2 = net2\(…\) +requires_grad True +grad_fn \w+Backward0$", out, re.M)
    assert len(re.findall(r"^(?:everything|only fc3) trains( +\d+\.\d\d){3}$", out, re.M)) == 2


def test_frozen_parameters_get_no_gradient(trained, synthetic_root):
    _, net1, net2 = finetune.load_networks(*finetune.open_run(trained))
    finetune.freeze([net1, net2.fc1, net2.fc2])
    assert all(parameter.requires_grad for parameter in net2.fc3.parameters())
    images, labels = mt.randn(4, 3, 32, 32), mt.tensor([0, 1, 0, 1])
    outputs1 = net1(images)
    assert not outputs1.requires_grad
    mt.nn.functional.cross_entropy(net2(outputs1), labels).backward()
    with_grad = [name for net in (net1, net2) for name, parameter in net.named_parameters()
                 if parameter.grad is not None]  # fmt: skip
    assert with_grad == ["fc3.weight", "fc3.bias"]


def test_the_report_notices_what_moved(capsys):
    before = {"net1.conv1.weight": np.zeros(2), "net2.fc3.weight": np.zeros(2)}
    after = {"net1.conv1.weight": np.full(2, -0.0), "net2.fc3.weight": np.ones(2)}
    assert not finetune.show_movement(before, after)
    assert "Moved:                    net1.conv1.weight, net2.fc3.weight" in capsys.readouterr().out


def test_finetuning_goes_on_with_the_images_it_was_trained_on(trained, cifar10_root, capsys):
    assert finetune.main(["--checkpoint", str(trained), "--data-root", str(cifar10_root)]) == 1
    said = capsys.readouterr().err
    assert "belongs to a run on synthetic images, and these are CIFAR-10" in said
    assert "give --synthetic, or --data-root" in said


@pytest.mark.parametrize("content", [b"", b"text"])
def test_finetuning_needs_a_checkpoint(tmp_path, monkeypatch, capsys, content):
    path = tmp_path / "checkpoint.pt"
    arguments = ["--checkpoint", str(path)]
    monkeypatch.setattr(finetune, "load_data", None)  # no image is looked for
    assert finetune.main(arguments) == 1
    assert "cannot read the checkpoint" in capsys.readouterr().err
    path.write_bytes(content)
    assert finetune.main(arguments) == 1
    assert "is no checkpoint, or a damaged one" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop("is_synthetic"), "lacks is_synthetic"),
        (lambda c: c.update(config=[1]), "expected the settings of a run"),
        (lambda c: c["config"].update(depth=3), "unknown key 'depth'"),
        (lambda c: c["config"].update(width=1e9), "width must be 0.01 … 4"),
        (lambda c: c["config"].update(width=0.5), "the net1 in"),
    ],
)
def test_finetuning_needs_one_that_fits(trained, tmp_path, monkeypatch, capsys, change, said):
    content = read_checkpoint(trained / "checkpoint.pt")
    change(content)
    mt.save(content, tmp_path / "checkpoint.pt")
    monkeypatch.setattr(finetune, "load_data", None)
    assert finetune.main(["--checkpoint", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err
