"""Losses of pairs."""

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
    "BCELoss": Layer(
        "(weight=None, size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase("BCELoss()", [unit(4, 3), unit(4, 3)], "BCELoss()", value=12.06108077854296),
            LayerCase(
                'BCELoss(reduction="none")',
                [unit(4, 3), unit(4, 3)],
                "BCELoss()",
                value=59.28679994539235,
                unbatched=True,
            ),
            LayerCase(
                'BCELoss(torch.tensor([0.5, 1.0, 2.0]), reduction="sum")',
                [unit(4, 3), unit(4, 3)],
                "BCELoss()",
                state="weight",
                value=82.25684834811726,
            ),
        ],
    ),
    "GaussianNLLLoss": Layer(
        "(*, full=False, eps=1e-06, reduction='mean')",
        [
            LayerCase(
                "GaussianNLLLoss()",
                [normal(4, 3), normal(4, 3), scale(4, 3)],
                "GaussianNLLLoss()",
                value=1.7490532756805575,
            ),
            LayerCase(
                'GaussianNLLLoss(full=True, eps=1e-3, reduction="none")',
                [normal(4, 3), normal(4, 3), scale(4, 1)],
                "GaussianNLLLoss()",
                value=24.305403590745957,
            ),
        ],
    ),
    "HuberLoss": Layer(
        "(reduction='mean', delta=1.0)",
        [
            LayerCase(
                "HuberLoss()", [normal(4, 3), normal(4, 3)], "HuberLoss()", value=1.0698641575491614
            ),
            LayerCase(
                'HuberLoss("sum", 0.5)',
                [normal(4, 3), normal(4, 3)],
                "HuberLoss()",
                value=7.813088689869738,
            ),
            LayerCase(
                'HuberLoss(reduction="none")',
                [normal(4, 3), normal(4, 3)],
                "HuberLoss()",
                value=8.666109288968542,
                unbatched=True,
            ),
        ],
    ),
    "KLDivLoss": Layer(
        "(size_average=None, reduce=None, reduction='mean', log_target=False)",
        [
            LayerCase(
                'KLDivLoss(reduction="batchmean")',
                [normal(4, 3), unit(4, 3)],
                "KLDivLoss()",
                value=0.24167598699313286,
            ),
            LayerCase(
                'KLDivLoss(reduction="sum", log_target=True)',
                [normal(4, 3), normal(4, 3)],
                "KLDivLoss()",
                value=0.505649899770301,
            ),
            LayerCase(
                'KLDivLoss(reduction="none")',
                [normal(4, 3), unit(4, 3)],
                "KLDivLoss()",
                value=2.340919378452198,
                unbatched=True,
            ),
        ],
    ),
    "MultiLabelSoftMarginLoss": Layer(
        "(weight=None, size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "MultiLabelSoftMarginLoss()",
                [normal(4, 3), unit(4, 3)],
                "MultiLabelSoftMarginLoss()",
                value=0.9867212156920275,
            ),
            LayerCase(
                'MultiLabelSoftMarginLoss(torch.tensor([0.5, 1.0, 2.0]), reduction="none")',
                [normal(4, 3), unit(4, 3)],
                "MultiLabelSoftMarginLoss()",
                state="weight",
                value=6.1119892075323,
                unbatched=True,
            ),
        ],
    ),
    "NLLLoss2d": Layer(
        "(weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean')",
        [
            LayerCase(
                "NLLLoss2d()",
                [normal(2, 5, 3, 2), labels(5, 2, 3, 2)],
                "NLLLoss2d()",
                value=1.168872523376721,
            ),
        ],
    ),
    "PoissonNLLLoss": Layer(
        "(log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, reduction='mean')",
        [
            LayerCase(
                "PoissonNLLLoss()",
                [normal(4, 3), scale(4, 3)],
                "PoissonNLLLoss()",
                value=1.8937459716423597,
            ),
            LayerCase(
                'PoissonNLLLoss(log_input=False, full=True, eps=1e-3, reduction="none")',
                [scale(4, 3), scale(4, 3)],
                "PoissonNLLLoss()",
                value=15.969496722788822,
                unbatched=True,
            ),
        ],
    ),
    "SmoothL1Loss": Layer(
        "(size_average=None, reduce=None, reduction='mean', beta=1.0)",
        [
            LayerCase(
                "SmoothL1Loss()",
                [normal(4, 3), normal(4, 3)],
                "SmoothL1Loss()",
                value=1.0698641575491614,
            ),
            LayerCase(
                'SmoothL1Loss(reduction="sum", beta=0.5)',
                [normal(4, 3), normal(4, 3)],
                "SmoothL1Loss()",
                value=15.626177379739476,
            ),
            LayerCase(
                'SmoothL1Loss(reduction="none", beta=0.0)',
                [normal(4, 3), normal(4, 3)],
                "SmoothL1Loss()",
                value=11.990319343343316,
                unbatched=True,
            ),
        ],
    ),
    "SoftMarginLoss": Layer(
        "(size_average=None, reduce=None, reduction='mean')",
        [
            LayerCase(
                "SoftMarginLoss()",
                [normal(4, 3), labels(2, 4, 3)],
                "SoftMarginLoss()",
                value=1.3140781664666579,
            ),
            LayerCase(
                'SoftMarginLoss(reduction="none")',
                [normal(4, 3), labels(2, 4, 3)],
                "SoftMarginLoss()",
                value=9.103531697440516,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "binary_cross_entropy": Function(
        "(input, target, weight=None, size_average=None, reduce=None, reduction='mean')",
        [
            FunctionCase(
                "binary_cross_entropy(x, y)",
                {"x": unit(4, 3), "y": unit(4, 3)},
                value=918.001288883854,
            ),
            FunctionCase(
                'binary_cross_entropy(input=x, target=y, weight=w, reduction="none")',
                {"x": unit(4, 3), "y": unit(4, 3), "w": constant(3)},
                value=5016.382487242976,
            ),
        ],
    ),
    "gaussian_nll_loss": Function(
        "(input, target, var, full=False, eps=1e-06, reduction='mean')",
        [
            FunctionCase(
                "gaussian_nll_loss(x, y, v)",
                {"x": normal(4, 3), "y": normal(4, 3), "v": scale(4, 3)},
                value=1.6533114151198312,
            ),
            FunctionCase(
                'gaussian_nll_loss(input=x, target=y, var=v, full=True, eps=1e-3, reduction="sum")',
                {"x": normal(4, 3), "y": normal(4, 3), "v": scale(4)},
                value=23.535342783980504,
            ),
            FunctionCase(
                "gaussian_nll_loss(x, y, 0.5)",
                {"x": normal(4, 3), "y": normal(4, 3)},
                value=2.582953677905602,
            ),
        ],
    ),
    "huber_loss": Function(
        "(input, target, reduction='mean', delta=1.0, weight=None)",
        [
            FunctionCase(
                "huber_loss(x, y)", {"x": normal(4, 3), "y": normal(4, 3)}, value=1.1477334257655005
            ),
            FunctionCase(
                'huber_loss(input=x, target=y, reduction="none", delta=0.5)',
                {"x": normal(4, 3), "y": normal(4, 3)},
                value=6.572400253810664,
            ),
            FunctionCase(
                "huber_loss(x, y, weight=w)",
                {"x": normal(4, 3), "y": normal(4, 3), "w": scale(4, 3)},
                value=1.0571448274730133,
            ),
        ],
    ),
    "kl_div": Function(
        "(input, target, size_average=None, reduce=None, reduction='mean', log_target=False)",
        [
            FunctionCase(
                'kl_div(x, y, reduction="batchmean")',
                {"x": normal(4, 3), "y": unit(4, 3)},
                value=4.149362066773332,
            ),
            FunctionCase(
                'kl_div(input=x, target=y, reduction="none", log_target=True)',
                {"x": normal(4, 3), "y": normal(4, 3)},
                value=0.8835873619189822,
            ),
        ],
    ),
    "multilabel_soft_margin_loss": Function(
        "(input, target, weight=None, size_average=None, reduce=None, reduction='mean')",
        [
            FunctionCase(
                "multilabel_soft_margin_loss(x, y)",
                {"x": normal(4, 3), "y": unit(4, 3)},
                value=0.6396949374958664,
            ),
            FunctionCase(
                'multilabel_soft_margin_loss(input=x, target=y, weight=w, reduction="sum")',
                {"x": normal(4, 3), "y": unit(4, 3), "w": scale(3)},
                value=2.6772902423631466,
            ),
        ],
    ),
    "poisson_nll_loss": Function(
        "(input, target, log_input=True, full=False, size_average=None, eps=1e-08, reduce=None, "
        "reduction='mean')",
        [
            FunctionCase(
                "poisson_nll_loss(x, y)",
                {"x": normal(4, 3), "y": scale(4, 3)},
                value=1.9232795340788549,
            ),
            FunctionCase(
                "poisson_nll_loss(input=x, target=y, log_input=False, full=True, eps=1e-3, "
                'reduction="sum")',
                {"x": scale(4, 3), "y": scale(4, 3)},
                value=17.16909365699155,
            ),
        ],
    ),
    "smooth_l1_loss": Function(
        "(input, target, size_average=None, reduce=None, reduction='mean', beta=1.0)",
        [
            FunctionCase(
                "smooth_l1_loss(x, y)",
                {"x": normal(4, 3), "y": normal(4, 3)},
                value=1.1477334257655005,
            ),
            FunctionCase(
                'smooth_l1_loss(input=x, target=y, reduction="none", beta=0.5)',
                {"x": normal(4, 3), "y": normal(4, 3)},
                value=13.144800507621328,
            ),
            FunctionCase(
                "smooth_l1_loss(x, y, beta=0)",
                {"x": normal(4, 3), "y": normal(4, 3)},
                value=1.6101874418485276,
            ),
        ],
    ),
    "soft_margin_loss": Function(
        "(input, target, size_average=None, reduce=None, reduction='mean')",
        [
            FunctionCase(
                "soft_margin_loss(x, y)",
                {"x": normal(4, 3), "y": labels(2, 4, 3)},
                value=1.3233025377844678,
            ),
            FunctionCase(
                'soft_margin_loss(input=x, target=y, reduction="none")',
                {"x": normal(4, 3), "y": constant(4, 3)},
                value=13.632513841692997,
            ),
        ],
    ),
}


# call -> (exception, key phrase, what else we say)
ERRORS = {
    "F.binary_cross_entropy(t.ones(2, 3), t.ones(2, 3).long())": (
        "RuntimeError",
        "Found dtype Long but expected Float",
        "",
    ),
    "F.binary_cross_entropy(t.ones(3).long(), t.ones(3))": (
        "RuntimeError",
        "Found dtype Float but expected Long",
        "",
    ),
    "F.binary_cross_entropy(t.full((2,), 2.0), t.ones(2))": (
        "RuntimeError",
        "all elements of input should be between 0 and 1",
        "",
    ),
    "F.binary_cross_entropy(t.ones(2), -t.ones(2))": (
        "RuntimeError",
        "all elements of target should be between 0 and 1",
        "",
    ),
    "F.binary_cross_entropy(t.full((2,), float('nan')), t.ones(2))": (
        "RuntimeError",
        "all elements of input should be between 0 and 1",
        "",
    ),
    "F.binary_cross_entropy(t.ones(2, 3), t.ones(2, 1))": (
        "ValueError",
        "Using a target size (torch.Size([2, 1])) that is different to the input size "
        "(torch.Size([2, 3])) is deprecated",
        "",
    ),
    "F.binary_cross_entropy(t.ones(2, 3), t.ones(2, 3), t.ones(4, 2, 3))": (
        "RuntimeError",
        "output with shape [2, 3] doesn't match the broadcast shape [4, 2, 3]",
        "",
    ),
    "F.gaussian_nll_loss(t.ones(2, 3), t.ones(2, 3), -t.ones(2, 3))": (
        "ValueError",
        "var has negative entry/entries",
        "",
    ),
    "F.gaussian_nll_loss(t.ones(2, 3), t.ones(2, 3), -1.0)": (
        "ValueError",
        "var has negative entry/entries",
        "",
    ),
    "F.gaussian_nll_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3))": (
        "ValueError",
        "var is of incorrect size",
        "",
    ),
    "F.gaussian_nll_loss(t.ones(2), t.ones(2), t.ones(2), reduction='foo')": (
        "ValueError",
        "foo is not",
        "",
    ),
    "F.huber_loss(t.ones(3), t.ones(3), delta=0.0)": (
        "RuntimeError",
        "huber_loss does not support non-positive values for delta",
        "",
    ),
    "F.huber_loss(t.ones(3).long(), t.ones(3).long())": (
        "NotImplementedError",
        "\"huber_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.huber_loss(t.ones(2, 3), t.ones(2, 3), weight=t.ones(3))": (
        "ValueError",
        "Weights and input must have the same size",
        "",
    ),
    "F.kl_div(t.ones(3).long(), t.ones(3), reduction='sum')": (
        "RuntimeError",
        "kl_div: Integral inputs not supported",
        "",
    ),
    "F.kl_div(t.ones(3), t.ones(3), reduction='foo')": (
        "ValueError",
        "foo is not a valid value for reduction",
        "",
    ),
    "F.multilabel_soft_margin_loss(t.ones(2, 3).long(), t.ones(2, 3))": (
        "NotImplementedError",
        "\"log_sigmoid_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.multilabel_soft_margin_loss(t.ones(2, 3), t.ones(2, 3), t.ones(2))": (
        "RuntimeError",
        "The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1",
        "",
    ),
    "F.poisson_nll_loss(t.ones(3), t.ones(3), reduction='foo')": (
        "ValueError",
        "foo is not a valid value for reduction",
        "",
    ),
    "F.smooth_l1_loss(t.ones(3), t.ones(3), beta=-1)": (
        "RuntimeError",
        "smooth_l1_loss does not support negative values for beta",
        "",
    ),
    "F.smooth_l1_loss(t.ones(3).long(), t.ones(3).long())": (
        "NotImplementedError",
        "\"smooth_l1_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.soft_margin_loss(t.ones(3).long(), t.ones(3).long())": (
        "RuntimeError",
        "result type Float can't be cast to the desired output type Long",
        "",
    ),
    "F.soft_margin_loss(t.ones(3), t.ones(3, requires_grad=True))": (
        "RuntimeError",
        "The function 'soft_margin_loss' is not differentiable with respect to argument 'target'. "
        "This input cannot have requires_grad True",
        "",
    ),
    "nn.BCELoss()(t.ones(2, 3), t.ones(2, 1))": (
        "ValueError",
        "Using a target size (torch.Size([2, 1])) that is different to the input size "
        "(torch.Size([2, 3])) is deprecated",
        "",
    ),
    "nn.GaussianNLLLoss('mean')": ("TypeError", "takes 1 positional argument but 2 were given", ""),
    "nn.HuberLoss(delta='a')": (
        "TypeError",
        "delta must be a float or int, got: <class 'str'>",
        "",
    ),
    "nn.HuberLoss(delta=-1.0)(t.ones(2), t.ones(2))": (
        "RuntimeError",
        "huber_loss does not support non-positive values for delta",
        "",
    ),
    "nn.KLDivLoss(reduction='sum')(t.ones(3).long(), t.ones(3))": (
        "RuntimeError",
        "kl_div: Integral inputs not supported",
        "",
    ),
    "nn.MultiLabelSoftMarginLoss(reduction='foo')(t.ones(2, 3), t.ones(2, 3))": (
        "ValueError",
        "foo is not",
        "",
    ),
    "nn.NLLLoss2d()(t.ones(4, 5), t.tensor([0, 1, 2]))": (
        "ValueError",
        "Expected input batch_size (4) to match target batch_size (3)",
        "",
    ),
    "nn.PoissonNLLLoss(reduction='foo')(t.ones(3), t.ones(3))": (
        "ValueError",
        "foo is not a valid value for reduction",
        "",
    ),
    "nn.SmoothL1Loss(beta=-1)(t.ones(3), t.ones(3))": (
        "RuntimeError",
        "smooth_l1_loss does not support negative values for beta",
        "",
    ),
    "nn.SoftMarginLoss(reduction='foo')(t.ones(3), t.ones(3))": (
        "ValueError",
        "foo is not a valid value for reduction",
        "",
    ),
}
