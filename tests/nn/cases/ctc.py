"""The loss of sequences without an alignment."""

from tests.nn.cases.rows import Drawn, Function, FunctionCase, Layer, LayerCase, labels, normal


def marks(classes: int, *shape: int) -> Drawn:
    """Labels, of which 0 is none."""
    return Drawn(shape, 1, classes, grad=False, integer=True)


def lengths(low: int, high: int, *shape: int) -> Drawn:
    return Drawn(shape, low, high + 1, grad=False, integer=True)


BATCH = [normal(7, 4, 5), marks(5, 4, 3), lengths(6, 7, 4), lengths(0, 3, 4)]

LAYERS = {
    "CTCLoss": Layer(
        "(blank=0, reduction='mean', zero_infinity=False)",
        [
            LayerCase("CTCLoss()", BATCH, "CTCLoss()", value=-18.67928440241682),
            LayerCase(
                'CTCLoss(4, "sum", True)',
                [normal(7, 4, 5), labels(4, 4, 3), *BATCH[2:]],
                "CTCLoss()",
                value=-120.67224039203938,
            ),
            LayerCase(
                'CTCLoss(reduction="none")',
                [normal(7, 5), marks(5, 3), lengths(6, 7), lengths(3, 3)],
                "CTCLoss()",
                value=-18.615751446758292,
            ),
        ],
    ),
}

FUNCTIONS = {
    "ctc_loss": Function(
        "(log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', "
        "zero_infinity=False)",
        [
            FunctionCase(
                "ctc_loss(x.log_softmax(2), t, n, m)",
                {"x": normal(7, 4, 5), "t": BATCH[1], "n": BATCH[2], "m": BATCH[3]},
                value=5.653846713150615,
                orders=1,
            ),
            FunctionCase(
                "ctc_loss(log_probs=x.log_softmax(2), targets=t, input_lengths=(2, 7, 0), "
                'target_lengths=(3, 4, 1), blank=4, reduction="none", zero_infinity=True)',
                {"x": normal(7, 3, 5), "t": labels(4, 8)},
                value=6.089227440177235,
                orders=1,
            ),
            FunctionCase(
                "ctc_loss(x.log_softmax(1), t, (6,), (3,))",
                {"x": normal(7, 5), "t": marks(5, 3)},
                value=3.2132415146766165,
                orders=1,
            ),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
_X = "t.zeros(6, 2, 4), "
ERRORS = {
    f"F.ctc_loss({_X}t.ones(2, 3).long(), (7, 6), (3, 3))": (
        "RuntimeError",
        "Expected input_lengths to have value at most 6, but got value 7",
        "",
    ),
    f"F.ctc_loss({_X}t.ones(2, 3).long(), (6, 6), (3, -1))": (
        "RuntimeError",
        "Expected target_lengths to have value at least 0, but got value -1",
        "",
    ),
    f"F.ctc_loss({_X}t.ones(2, 3).long(), (6, 6), (3, 4))": (
        "RuntimeError",
        "Expected tensor to have size at least 4 at dimension 1, but got size 3 for argument #2 "
        "'targets'",
        "target_lengths (3, 4)",
    ),
    f"F.ctc_loss({_X}t.ones(6).long(), (6, 6), (3, 2))": (
        "RuntimeError",
        "Expected tensor to have size 5 at dimension 0, but got size 6 for argument #2 'targets'",
        "target_lengths (3, 2)",
    ),
    f"F.ctc_loss({_X}t.ones(1, 2, 3).long(), (6, 6), (3, 3))": (
        "RuntimeError",
        "Expected 1 to 2 dimensions, but got 3-dimensional tensor for argument #2 'targets'",
        "",
    ),
    "F.ctc_loss(t.zeros(6), t.ones(3).long(), (6,), (3,))": (
        "RuntimeError",
        "Expected 3-dimensional tensor, but got ",
        "(T, C)",
    ),
    f"F.ctc_loss({_X}t.ones(2, 3).long(), (6,), (3, 3))": (
        "RuntimeError",
        "input_lengths must be of size batch_size",
        "2, but there are 1",
    ),
    f"F.ctc_loss({_X}t.ones(2, 3).long(), t.ones(2), t.ones(2))": (
        "RuntimeError",
        "input_lengths must be integral",
        "Float",
    ),
    f"F.ctc_loss({_X}t.ones(2, 3).long(), (6, 6), t.tensor([3, 3]))": (
        "TypeError",
        "ctc_loss() received an invalid combination of arguments - got (Tensor, Tensor, tuple, "
        "Tensor, int",
        "",
    ),
    f"F.ctc_loss({_X}t.ones(2, 3).long(), (6, 6.0), (3, 3))": (
        "TypeError",
        "ctc_loss()",
        "lengths must be ints",
    ),
    f"F.ctc_loss({_X}t.ones(2, 3).long(), (6, 6), (3, 3), blank=4)": (
        "RuntimeError",
        "blank must be in label range",
        "0 to 3",
    ),
    "F.ctc_loss(t.zeros(6, 0, 4), t.ones(0, 3).long(), (), ())": (
        "RuntimeError",
        "log_probs tensor must not be empty",
        "[6, 0, 4]",
    ),
    f"F.ctc_loss({_X}t.ones(2, 3).long(), (6, 6), (3, 3), reduction='foo')": (
        "ValueError",
        "foo is not a valid value for reduction",
        "",
    ),
    "F.ctc_loss(t.zeros(6, 2, 4).half(), t.ones(2, 3).long(), (6, 6), (3, 3))": (
        "NotImplementedError",
        "\"ctc_loss_cpu\" not implemented for 'Half'",
        ".float()",
    ),
    "t.autograd.functional.hessian(lambda x: F.ctc_loss(x, t.ones(1, 1).long(), (2,), (1,)), "
    "t.zeros(2, 1, 3))": (
        "RuntimeError",
        "derivative for aten::_ctc_loss_backward is not implemented",
        "no second derivative",
    ),
    "nn.CTCLoss(blank=-1)(t.zeros(6, 2, 4), t.ones(2, 3).long(), (6, 6), (3, 3))": (
        "RuntimeError",
        "blank must be in label range",
        "",
    ),
}
