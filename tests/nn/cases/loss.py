"""Losses."""

from tests.nn.cases.rows import (
    Function,
    FunctionCase,
    Layer,
    LayerCase,
    constant,
    labels,
    normal,
    scale,
    unit,
)

LAYERS = {
    "BCEWithLogitsLoss": Layer(
        ("(weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None)"),
        [
            LayerCase(
                "BCEWithLogitsLoss()",
                [normal(4, 3), unit(4, 3)],
                "BCEWithLogitsLoss()",
                value=0.9867212156920278,
            ),
            LayerCase(
                'BCEWithLogitsLoss(reduction="none")',
                [normal(4, 3), unit(4, 3)],
                "BCEWithLogitsLoss()",
                value=12.661866415981738,
                unbatched=True,
            ),
            LayerCase(
                (
                    'BCEWithLogitsLoss(torch.tensor([0.5, 1.0, 2.0]), reduction="sum", '
                    "pos_weight=torch.tensor([3.0, 0.5, 1.0]))"
                ),
                [normal(4, 3), unit(4, 3)],
                "BCEWithLogitsLoss()",
                state="weight pos_weight",
                value=22.599678098910772,
            ),
        ],
    ),
    "CrossEntropyLoss": Layer(
        (
            "(weight=None, size_average=None, ignore_index=-100, reduce=None, "
            "reduction='mean', label_smoothing=0.0)"
        ),
        [
            LayerCase(
                "CrossEntropyLoss()",
                [normal(4, 5), labels(5, 4)],
                "CrossEntropyLoss()",
                value=2.1919469522301878,
            ),
            LayerCase(
                'CrossEntropyLoss(reduction="none")',
                [normal(2, 5, 3), labels(5, 2, 3)],
                "CrossEntropyLoss()",
                value=14.658650480284596,
            ),
            LayerCase(
                'CrossEntropyLoss(reduction="none", label_smoothing=0.1)',
                [normal(4, 5), labels(5, 4)],
                "CrossEntropyLoss()",
                value=6.87511783774022,
                unbatched=True,
            ),
            LayerCase(
                (
                    "CrossEntropyLoss(torch.tensor([0.5, 1.0, 2.0, 0.1, 3.0]), "
                    "ignore_index=2, label_smoothing=0.2)"
                ),
                [normal(4, 5), labels(5, 4)],
                "CrossEntropyLoss()",
                state="weight",
                value=11.96310145424662,
            ),
            LayerCase(
                'CrossEntropyLoss(reduction="sum")',
                [normal(4, 5), unit(4, 5)],
                "CrossEntropyLoss()",
                value=-11.006307846068147,
            ),
        ],
    ),
    "L1Loss": Layer(
        "(size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "L1Loss()", [normal(4, 3), normal(4, 3)], "L1Loss()", value=1.6101874418485276
            ),
            LayerCase(
                'L1Loss(reduction="sum")',
                [normal(4, 3), normal(4, 3)],
                "L1Loss()",
                value=19.322249302182332,
            ),
            LayerCase(
                'L1Loss(reduction="none")',
                [normal(4, 3), normal(4, 3)],
                "L1Loss()",
                value=11.990319343343316,
                unbatched=True,
            ),
        ],
    ),
    "MSELoss": Layer(
        "(size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "MSELoss()", [normal(4, 3), normal(4, 3)], "MSELoss()", value=2.8578939471268265
            ),
            LayerCase(
                'MSELoss(reduction="sum")',
                [normal(4, 3), normal(4, 3)],
                "MSELoss()",
                value=34.294727365521915,
            ),
            LayerCase(
                'MSELoss(reduction="none")',
                [normal(4, 3), normal(4, 3)],
                "MSELoss()",
                value=23.3564873614119,
                unbatched=True,
            ),
        ],
    ),
    "NLLLoss": Layer(
        ("(weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean')"),
        [
            LayerCase(
                "NLLLoss()", [normal(4, 5), labels(5, 4)], "NLLLoss()", value=0.8066550556428312
            ),
            LayerCase(
                'NLLLoss(reduction="none")',
                [normal(4, 5), labels(5, 4)],
                "NLLLoss()",
                value=1.5444921355456733,
                unbatched=True,
            ),
            LayerCase(
                "NLLLoss(torch.tensor([0.5, 1.0, 2.0, 0.1, 3.0]), ignore_index=2)",
                [normal(2, 5, 3, 2), labels(5, 2, 3, 2)],
                "NLLLoss()",
                state="weight",
                value=7.205827292911315,
            ),
        ],
    ),
}

FUNCTIONS = {
    "binary_cross_entropy_with_logits": Function(
        (
            "(input, target, weight=None, size_average=None, reduce=None, "
            "reduction='mean', pos_weight=None)"
        ),
        [
            FunctionCase(
                "binary_cross_entropy_with_logits(x, y)",
                {"x": normal(4, 3), "y": unit(4, 3)},
                value=0.6396949374958667,
            ),
            FunctionCase(
                (
                    "binary_cross_entropy_with_logits(input=x, target=y, weight=w, "
                    'reduction="none", pos_weight=p)'
                ),
                {"x": normal(4, 3), "y": unit(4, 3), "w": constant(3), "p": constant(4, 3)},
                value=6.800229512934445,
            ),
            FunctionCase(
                'binary_cross_entropy_with_logits(x, y, reduction="sum")',
                {"x": normal(4, 3), "y": unit(4, 3)},
                value=7.6763392499504,
            ),
        ],
    ),
    "cross_entropy": Function(
        (
            "(input, target, weight=None, size_average=None, ignore_index=-100, "
            "reduce=None, reduction='mean', label_smoothing=0.0)"
        ),
        [
            FunctionCase(
                "cross_entropy(x, y)",
                {"x": normal(4, 5), "y": labels(5, 4)},
                value=2.226700177909757,
            ),
            FunctionCase(
                (
                    "cross_entropy(input=x, target=y, weight=w, ignore_index=2, "
                    'reduction="mean", label_smoothing=0.2)'
                ),
                {"x": normal(4, 5), "y": labels(5, 4), "w": constant(5)},
                value=2.0346496876111155,
            ),
            FunctionCase(
                'cross_entropy(x, y, reduction="none")',
                {"x": normal(2, 5, 3), "y": labels(5, 2, 3)},
                value=14.64156850923768,
            ),
            FunctionCase(
                "cross_entropy(x, y, w)",
                {"x": normal(4, 5), "y": unit(4, 5), "w": scale(5)},
                value=0.030536560237332644,
            ),
        ],
    ),
    "l1_loss": Function(
        ("(input, target, size_average=None, reduce=None, reduction='mean', weight=None)"),
        [
            FunctionCase(
                "l1_loss(x, y)", {"x": normal(4, 3), "y": normal(4, 3)}, value=1.6101874418485276
            ),
            FunctionCase(
                'l1_loss(input=x, target=y, reduction="none")',
                {"x": normal(4, 3), "y": normal(4, 3)},
                value=11.990319343343316,
            ),
            FunctionCase(
                "l1_loss(x, y, weight=w)",
                {"x": normal(4, 3), "y": normal(4, 3), "w": scale(4, 3)},
                value=1.8370689813945091,
            ),
        ],
    ),
    "mse_loss": Function(
        ("(input, target, size_average=None, reduce=None, reduction='mean', weight=None)"),
        [
            FunctionCase(
                "mse_loss(x, y)", {"x": normal(4, 3), "y": normal(4, 3)}, value=3.0578458641037893
            ),
            FunctionCase(
                'mse_loss(input=x, target=y, reduction="sum")',
                {"x": normal(4, 3), "y": normal(4, 3)},
                value=36.69415036924547,
            ),
            FunctionCase(
                "mse_loss(x, y, weight=w)",
                {"x": normal(4, 3), "y": normal(4, 3), "w": scale(4, 3)},
                value=3.0537451988322744,
            ),
        ],
    ),
    "nll_loss": Function(
        (
            "(input, target, weight=None, size_average=None, ignore_index=-100, "
            "reduce=None, reduction='mean')"
        ),
        [
            FunctionCase(
                "nll_loss(x, y)", {"x": normal(4, 5), "y": labels(5, 4)}, value=0.8066550556428312
            ),
            FunctionCase(
                'nll_loss(input=x, target=y, weight=w, ignore_index=2, reduction="mean")',
                {"x": normal(4, 5), "y": labels(5, 4), "w": constant(5)},
                value=0.45752777669981487,
            ),
            FunctionCase(
                'nll_loss(x, y, reduction="none")',
                {"x": normal(2, 5, 3), "y": labels(5, 2, 3)},
                value=5.515392630737793,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.cross_entropy(t.ones(4, 5), t.tensor([0, 1, 2, 10]))": (
        "IndexError",
        "Target 10 is out of bounds.",
        "0 to 4",
    ),
    "F.nll_loss(t.ones(4, 5), t.tensor([0, 1, 2, -1]))": (
        "IndexError",
        "Target -1 is out of bounds.",
        "",
    ),
    "F.nll_loss(t.ones(2, 3, 4, 5), t.full((2, 4, 5), 7))": (
        "IndexError",
        "Target 7 is out of bounds.",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.tensor([0, 1, 2]))": (
        "ValueError",
        "Expected input batch_size (4) to match target batch_size (3).",
        "",
    ),
    "F.nll_loss(t.ones(4, 5), t.ones(4))": (
        "RuntimeError",
        "expected target dtype to be Long or Byte, but got Float",
        ".long()",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4).int())": (
        "RuntimeError",
        "expected target dtype to be Long or Byte, but got Int",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4, 1).long())": (
        "RuntimeError",
        "0D or 1D target tensor expected, multi-target not supported",
        "a target of shape [4], but got [4, 1]",
    ),
    "F.nll_loss(t.ones(5), t.ones(4).long())": (
        "ValueError",
        "For 1D input, 1D target must have size 1, but got target size: 4",
        "",
    ),
    "F.nll_loss(t.ones(2, 3, 4, 5), t.zeros(2, 4, 4).long())": (
        "RuntimeError",
        "size mismatch (got input: [2, 3, 4, 5] , target: [2, 4, 4]",
        "",
    ),
    "F.nll_loss(t.ones(2, 3, 4, 5), t.zeros(2, 4).long())": (
        "RuntimeError",
        "only batches of spatial targets supported (3D tensors) but got targets of dimension: 2",
        "[2, 4, 5]",
    ),
    "F.nll_loss(t.ones(()), t.tensor(0))": (
        "ValueError",
        "Expected 1 or more dimensions (got 0)",
        "",
    ),
    "F.nll_loss(t.ones(4, 5), t.ones(4).long(), weight=t.ones(4))": (
        "RuntimeError",
        "weight tensor should be defined either for all 5 classes or no classes but got weight "
        "tensor of shape: [4]",
        "",
    ),
    "F.nll_loss(t.ones(4, 5), t.ones(4).long(), weight=t.ones(5).double())": (
        "RuntimeError",
        "expected scalar type Float but found Double",
        "",
    ),
    "F.nll_loss(t.ones(4, 5).long(), t.ones(4).long())": (
        "NotImplementedError",
        "not implemented for 'Long'",
        "",
    ),
    "F.nll_loss(t.ones(4, 5), t.ones(4).long(), reduction='foo')": (
        "ValueError",
        "foo is not a valid value for reduction",
        "'mean', 'sum' or 'none'",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4, 5).long())": (
        "RuntimeError",
        "Expected floating point type for target with class probabilities, got Long",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4, 5), weight=t.ones(4))": (
        "RuntimeError",
        "weight tensor should be defined either for all 5 classes or no classes but got weight "
        "tensor of shape: [4]",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4, 5), ignore_index=1)": (
        "RuntimeError",
        "ignore_index is not supported for floating point target",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4).long(), label_smoothing=1.5)": (
        "RuntimeError",
        "label_smoothing must be between 0.0 and 1.0. Got: 1.5",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), [0, 1, 2, 3])": (
        "TypeError",
        "cross_entropy_loss(): argument 'target' (position 2) must be Tensor, not list",
        "",
    ),
    "F.mse_loss(t.ones(2, 3), t.ones(2, 3), weight=t.ones(3))": (
        "ValueError",
        "Weights and input must have the same size",
        "",
    ),
    "F.mse_loss(t.arange(3), t.arange(3))": (
        "NotImplementedError",
        "\"mse_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.l1_loss(t.ones(2, 3), t.ones(2, 3), reduction='x')": (
        "ValueError",
        "x is not a valid value for reduction",
        "",
    ),
    "F.binary_cross_entropy_with_logits(t.ones(2, 3), t.ones(2, 1))": (
        "ValueError",
        "Target size (torch.Size([2, 1])) must be the same as input size (torch.Size([2, 3]))",
        "",
    ),
    "F.binary_cross_entropy_with_logits(t.ones(2, 3), t.ones(2, 3).long())": (
        "RuntimeError",
        "result type Float can't be cast to the desired output type Long",
        ".float()",
    ),
    "F.binary_cross_entropy_with_logits(t.ones(2, 3), t.ones(2, 3), pos_weight=t.ones(4))": (
        "RuntimeError",
        "The size of tensor a (4) must match the size of tensor b (3) at non-singleton dimension 1",
        "",
    ),
    "nn.BCEWithLogitsLoss()(t.ones(2, 3), t.ones(2, 1))": (
        "ValueError",
        "Target size (torch.Size([2, 1])) must be the same as input size (torch.Size([2, 3]))",
        "",
    ),
    "nn.CrossEntropyLoss()(t.ones(4, 5), t.tensor([0, 1, 2, 10]))": (
        "IndexError",
        "Target 10 is out of bounds.",
        "0 to 4",
    ),
    "nn.L1Loss(reduction='foo')(t.ones(2), t.ones(2))": (
        "ValueError",
        "foo is not a valid value for reduction",
        "'mean', 'sum' or 'none'",
    ),
    "nn.MSELoss()(t.arange(3), t.arange(3))": (
        "NotImplementedError",
        "\"mse_cpu\" not implemented for 'Long'",
        ".float()",
    ),
    "nn.NLLLoss()(t.ones(4, 5), t.tensor([0, 1, 2]))": (
        "ValueError",
        "Expected input batch_size (4) to match target batch_size (3).",
        "",
    ),
}
