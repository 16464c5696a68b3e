"""Losses that ask for a margin."""

from tests.nn.cases.rows import (
    Drawn,
    Function,
    FunctionCase,
    Layer,
    LayerCase,
    constant,
    labels,
    normal,
)

LAYERS = {
    "CosineEmbeddingLoss": Layer(
        "(margin=0.0, size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "CosineEmbeddingLoss()",
                [normal(4, 3), normal(4, 3), labels(2, 4)],
                "CosineEmbeddingLoss()",
                value=0.28142750185336207,
            ),
            LayerCase(
                'CosineEmbeddingLoss(-0.5, reduction="none")',
                [normal(4, 3), normal(4, 3), labels(2, 4)],
                "CosineEmbeddingLoss()",
                value=2.4053958055153046,
            ),
        ],
    ),
    "HingeEmbeddingLoss": Layer(
        "(margin=1.0, size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "HingeEmbeddingLoss()",
                [normal(4, 3), labels(2, 4, 3)],
                "HingeEmbeddingLoss()",
                value=-0.2311477662651122,
            ),
            LayerCase(
                'HingeEmbeddingLoss(0.5, reduction="none")',
                [normal(4, 3), labels(2, 4, 3)],
                "HingeEmbeddingLoss()",
                value=0.9582829869988658,
                unbatched=True,
            ),
        ],
    ),
    "MarginRankingLoss": Layer(
        "(margin=0.0, size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "MarginRankingLoss()",
                [normal(4), normal(4), labels(2, 4)],
                "MarginRankingLoss()",
                value=0.0,
            ),
            LayerCase(
                'MarginRankingLoss(0.5, reduction="none")',
                [normal(4, 3), normal(4, 3), normal(4, 3)],
                "MarginRankingLoss()",
                value=13.76030945364558,
                unbatched=True,
            ),
        ],
    ),
    "MultiLabelMarginLoss": Layer(
        "(size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "MultiLabelMarginLoss()",
                [normal(4, 5), labels(5, 4, 5)],
                "MultiLabelMarginLoss()",
                value=2.6980179125188215,
            ),
            LayerCase(
                'MultiLabelMarginLoss(reduction="none")',
                [normal(4, 5), Drawn((4, 5), -1, 5, grad=False, integer=True)],
                "MultiLabelMarginLoss()",
                value=4.048590300810173,
                unbatched=True,
            ),
        ],
    ),
    "MultiMarginLoss": Layer(
        "(p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "MultiMarginLoss()",
                [normal(4, 5), labels(5, 4)],
                "MultiMarginLoss()",
                value=0.9161656552793402,
            ),
            LayerCase(
                "MultiMarginLoss(2, 0.5, torch.tensor([0.5, 1.0, 2.0, 0.1, 3.0]), "
                'reduction="none")',
                [normal(4, 5), labels(5, 4)],
                "MultiMarginLoss()",
                state="weight",
                value=12.146162844855102,
                unbatched=True,
            ),
        ],
    ),
    "TripletMarginLoss": Layer(
        "(margin=1.0, p=2.0, eps=1e-06, swap=False, size_average=None, reduce=None, "
        "reduction='mean')",
        [
            LayerCase(
                "TripletMarginLoss()",
                [normal(4, 3), normal(4, 3), normal(4, 3)],
                "TripletMarginLoss()",
                value=1.9005372619484058,
            ),
            LayerCase(
                'TripletMarginLoss(0.5, p=3, eps=1e-3, swap=True, reduction="none")',
                [normal(4, 3), normal(4, 3), normal(4, 3)],
                "TripletMarginLoss()",
                value=5.61449171895978,
                unbatched=True,
            ),
        ],
    ),
    "TripletMarginWithDistanceLoss": Layer(
        "(*, distance_function=None, margin=1.0, swap=False, reduction='mean')",
        [
            LayerCase(
                'TripletMarginWithDistanceLoss(distance_function=torch.nn.L1Loss(reduction="none")'
                ", swap=True)",
                [normal(4, 3), normal(4, 3), normal(4, 3)],
                "TripletMarginWithDistanceLoss(\n  (distance_function): L1Loss()\n)",
                value=2.237243060520062,
            ),
            LayerCase(
                'TripletMarginWithDistanceLoss(distance_function=torch.nn.MSELoss(reduction="none"'
                '), margin=0.5, reduction="none")',
                [normal(4, 3), normal(4, 3), normal(4, 3)],
                "TripletMarginWithDistanceLoss(\n  (distance_function): MSELoss()\n)",
                value=20.550226551456895,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "cosine_embedding_loss": Function(
        "(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean')",
        [
            FunctionCase(
                "cosine_embedding_loss(x, y, t)",
                {"x": normal(4, 3), "y": normal(4, 3), "t": labels(2, 4)},
                value=0.053136353531428315,
            ),
            FunctionCase(
                "cosine_embedding_loss(input1=x, input2=y, target=t, margin=-0.5, "
                'reduction="none")',
                {"x": normal(4, 3), "y": normal(4, 3), "t": labels(2, 4)},
                value=3.3814736869529,
            ),
        ],
    ),
    "hinge_embedding_loss": Function(
        "(input, target, margin=1.0, size_average=None, reduce=None, reduction='mean')",
        [
            FunctionCase(
                "hinge_embedding_loss(x, t)",
                {"x": normal(4, 3), "t": labels(2, 4, 3)},
                value=-0.2311477662651122,
            ),
            FunctionCase(
                'hinge_embedding_loss(input=x, target=t, margin=0.5, reduction="sum")',
                {"x": normal(4, 3), "t": labels(2, 4, 3)},
                value=-4.829147001136474,
            ),
        ],
    ),
    "margin_ranking_loss": Function(
        "(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean')",
        [
            FunctionCase(
                "margin_ranking_loss(x, y, t)",
                {"x": normal(4), "y": normal(4), "t": labels(2, 4)},
                value=0.0,
            ),
            FunctionCase(
                'margin_ranking_loss(input1=x, input2=y, target=t, margin=0.5, reduction="none")',
                {"x": normal(4), "y": normal(4), "t": normal(4)},
                value=1.602133462003617,
            ),
        ],
    ),
    "multi_margin_loss": Function(
        "(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, "
        "reduction='mean')",
        [
            FunctionCase(
                "multi_margin_loss(x, t)",
                {"x": normal(4, 5), "t": labels(5, 4)},
                value=0.9161656552793402,
                orders=1,
            ),
            FunctionCase(
                'multi_margin_loss(input=x, target=t, p=2, margin=0.5, weight=w, reduction="none")',
                {"x": normal(4, 5), "t": labels(5, 4), "w": constant(5)},
                value=1.2977832293629863,
                orders=1,
            ),
        ],
    ),
    "multilabel_margin_loss": Function(
        "(input, target, size_average=None, reduce=None, reduction='mean')",
        [
            FunctionCase(
                "multilabel_margin_loss(x, t)",
                {"x": normal(4, 5), "t": Drawn((4, 5), -1, 5, grad=False, integer=True)},
                value=1.159559896204272,
                orders=1,
            ),
            FunctionCase(
                'multilabel_margin_loss(input=x, target=t, reduction="sum")',
                {"x": normal(5), "t": labels(5, 5)},
                value=0.44887036648521667,
                orders=1,
            ),
        ],
    ),
    "triplet_margin_loss": Function(
        "(anchor, positive, negative, margin=1.0, p=2, eps=1e-06, swap=False, size_average=None, "
        "reduce=None, reduction='mean')",
        [
            FunctionCase(
                "triplet_margin_loss(a, p, n)",
                {"a": normal(4, 3), "p": normal(4, 3), "n": normal(4, 3)},
                value=1.890256030744123,
            ),
            FunctionCase(
                "triplet_margin_loss(anchor=a, positive=p, negative=n, margin=0.5, p=3, eps=1e-3, "
                'swap=True, reduction="none")',
                {"a": normal(4, 3), "p": normal(4, 3), "n": normal(4, 3)},
                value=5.707538940204598,
            ),
        ],
    ),
    "triplet_margin_with_distance_loss": Function(
        "(anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, "
        "reduction='mean')",
        [
            FunctionCase(
                "triplet_margin_with_distance_loss(a, p, n)",
                {"a": normal(4, 3), "p": normal(4, 3), "n": normal(4, 3)},
                value=1.890256030744123,
            ),
            FunctionCase(
                "triplet_margin_with_distance_loss(anchor=a, positive=p, negative=n, "
                'distance_function=torch.nn.L1Loss(reduction="none"), margin=0.5, swap=True, '
                'reduction="none")',
                {"a": normal(4, 3), "p": normal(4, 3), "n": normal(4, 3)},
                value=13.310572540195665,
            ),
        ],
    ),
}


# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.cosine_embedding_loss(t.ones(3), t.ones(3), t.ones(2))": (
        "RuntimeError",
        "1D target tensor expects 2D input tensors, but found inputs with sizes [3] and [3]",
        "",
    ),
    "F.cosine_embedding_loss(t.ones(2, 3), t.ones(2, 3), t.ones(2, 3))": (
        "RuntimeError",
        "0D or 1D target tensor expected, multi-target not supported",
        "",
    ),
    "F.hinge_embedding_loss(t.ones(2, 3), t.ones(2))": (
        "RuntimeError",
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1",
        "",
    ),
    "F.hinge_embedding_loss(t.ones(3), t.ones(3), reduction='foo')": (
        "ValueError",
        "foo is not a valid value for reduction",
        "",
    ),
    "F.margin_ranking_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3))": (
        "RuntimeError",
        "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
        "input1: torch.Size([2, 3]), input2: torch.Size([2, 3]), target: torch.Size([3]) ",
        "",
    ),
    "F.multi_margin_loss(t.ones(2, 3), t.tensor([0, 3]))": (
        "RuntimeError",
        "target out of range",
        "",
    ),
    "F.multi_margin_loss(t.ones(2, 3), t.tensor([0, 1, 2]))": (
        "RuntimeError",
        "multi_margin_loss: target tensor should be 1-D with size equal to the number of input "
        "samples (batch size). Expected target size [2], but got [3]. Input has shape [2, 3]",
        "",
    ),
    "F.multi_margin_loss(t.ones(2, 3), t.tensor([0.0, 1.0]))": (
        "RuntimeError",
        "expected scalar type Long but found Float",
        "",
    ),
    "F.multi_margin_loss(t.ones(2, 3), t.tensor([0, 1]), p=3)": (
        "ValueError",
        "only p == 1 and p == 2 supported",
        "",
    ),
    "F.multi_margin_loss(t.ones(2, 3), t.tensor([0, 1]), weight=t.ones(2))": (
        "RuntimeError",
        "inconsistent weight size, expected 3 but got [2]",
        "",
    ),
    "F.multi_margin_loss(t.ones(2, 3), t.tensor([0, 1]), weight=t.ones(3).double())": (
        "RuntimeError",
        "expected scalar type Float but found Double",
        "",
    ),
    "F.multi_margin_loss(t.ones(2, 0), t.tensor([0, 1]))": (
        "RuntimeError",
        "Expected non-empty vector or matrix with optional 0-dim batch size, but got: [2, 0]",
        "",
    ),
    "F.multi_margin_loss(t.ones(2, 3).long(), t.tensor([0, 1]))": (
        "NotImplementedError",
        "\"multi_margin_loss_cpu_kernel\" not implemented for 'Long'",
        "",
    ),
    "F.multilabel_margin_loss(t.ones(2, 3), t.full((2, 3), 3))": (
        "RuntimeError",
        "argument #2 'target' is out of range",
        "",
    ),
    "F.multilabel_margin_loss(t.ones(2, 3), t.full((2, 3), -2))": (
        "RuntimeError",
        "argument #2 'target' is out of range",
        "",
    ),
    "F.multilabel_margin_loss(t.ones(2, 3), t.ones(2, 2).long())": (
        "RuntimeError",
        "inconsistent target size: [2, 2] for input of size: [2, 3]",
        "",
    ),
    "F.multilabel_margin_loss(t.ones(2, 3), t.ones(2, 3))": (
        "RuntimeError",
        "expected scalar type Long but found Float",
        "",
    ),
    "F.triplet_margin_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3))": (
        "RuntimeError",
        "The anchor, positive, and negative tensors are expected to have the same number of "
        "dimensions, but got: anchor 2D, positive 2D, and negative 1D inputs",
        "",
    ),
    "F.triplet_margin_loss(t.ones(2, 3), t.ones(2, 3), t.ones(2, 3), margin=0)": (
        "ValueError",
        "margin must be greater than 0, got 0",
        "",
    ),
    "F.triplet_margin_with_distance_loss(t.ones(3), t.ones(3), t.ones(3), reduction='foo')": (
        "ValueError",
        "foo is not a valid value for reduction",
        "",
    ),
    "nn.CosineEmbeddingLoss()(t.ones(3), t.ones(3), t.ones(2))": (
        "RuntimeError",
        "1D target tensor expects 2D input tensors, but found inputs with sizes [3] and [3]",
        "",
    ),
    "nn.HingeEmbeddingLoss()(t.ones(2, 3), t.ones(2))": (
        "RuntimeError",
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1",
        "",
    ),
    "nn.MarginRankingLoss()(t.ones(2, 3), t.ones(2, 3), t.ones(3))": (
        "RuntimeError",
        "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
        "input1: torch.Size([2, 3]), input2: torch.Size([2, 3]), target: torch.Size([3]) ",
        "",
    ),
    "nn.MultiLabelMarginLoss()(t.ones(2, 3), t.full((2, 3), 3))": (
        "RuntimeError",
        "argument #2 'target' is out of range",
        "",
    ),
    "nn.MultiMarginLoss(p=3)": ("ValueError", "only p == 1 and p == 2 supported", ""),
    "nn.MultiMarginLoss(weight=t.ones(3, 1))": (
        "ValueError",
        "MultiMarginLoss: expected weight to be None or 1D tensor, got 2D instead",
        "",
    ),
    "nn.TripletMarginLoss(margin=0)": (
        "ValueError",
        "TripletMarginLoss: expected margin to be greater than 0, got 0 instead",
        "",
    ),
    "nn.TripletMarginWithDistanceLoss(margin=0)": (
        "ValueError",
        "TripletMarginWithDistanceLoss: expected margin to be greater than 0, got 0 instead",
        "",
    ),
}
