"""Losses beside PyTorch's, over reductions, weights, shapes and kinds of targets."""

import itertools

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from minitorch.nn import functional as F
from tests.nn.both import assert_same_values, outcome

TOLERANCE = {"float32": 1e-5, "float64": 1e-12}
REDUCTIONS = ("mean", "sum", "none")
# Shapes of logits; class indices go without the second dimension.
SHAPES = {"batch": (4, 5), "images": (2, 5, 3, 2), "sequence": (3, 5, 4), "single": (5,)}


def class_shape(shape):
    return () if len(shape) == 1 else (shape[0], *shape[2:])


def loss_and_grads(torch, dtype, loss, *arrays, weight_shape=None):
    """The loss of random tensors, and its gradient in those that require it."""
    random = np.random.default_rng(3)
    tensors = [
        torch.from_numpy(a.astype(dtype)).requires_grad_()
        if a.dtype.kind == "f"
        else torch.from_numpy(a)
        for a in arrays
    ]
    out = loss(torch, *tensors)
    out.backward(torch.from_numpy(np.asarray(random.standard_normal(tuple(out.shape)), dtype)))
    return [out, *(t.grad for t in tensors if t.requires_grad)]


def draw(shape, kind):
    random = np.random.default_rng(11)
    logits = 3 * random.standard_normal(shape)
    if kind == "probabilities":
        target = random.random(shape)
        return logits, target / target.sum(0 if len(shape) == 1 else 1, keepdims=True)
    target = np.asarray(random.integers(0, 5, class_shape(shape)))
    if kind == "ignored" and target.ndim:
        target.flat[[0, -1]] = -100
    return logits, target


@pytest.mark.filterwarnings("ignore:reduction")
@pytest.mark.parametrize("kinds", [*itertools.permutations(("float16", "bfloat16", "float32"), 2)])
def test_losses_of_two_dtypes_have_pytorchs(torch, kinds):
    def loss(t, name, reduction):
        x, y = (t.tensor([0.5, 0.25]).to(getattr(t, kind)) for kind in kinds)
        x.requires_grad_()
        out = getattr(t.nn.functional, name)(x, y, reduction=reduction)
        grad = t.autograd.grad(out.sum(), x)[0] if name != "huber_loss" else x
        return [str(out.dtype), str(grad.dtype), out.float().tolist()]

    names = "binary_cross_entropy_with_logits mse_loss l1_loss smooth_l1_loss huber_loss kl_div"
    for name in (names + " poisson_nll_loss soft_margin_loss hinge_embedding_loss").split():
        for reduction in REDUCTIONS:
            ours, theirs = loss(mt, name, reduction), loss(torch, name, reduction)
            assert ours[:2] == theirs[:2], name
            np.testing.assert_allclose(ours[2], theirs[2], rtol=2e-2)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", ["indices", "ignored", "probabilities"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_cross_entropy(torch, shape, kind, dtype):
    for reduction, weighted, smoothing in itertools.product(REDUCTIONS, (0, 1), (0.0, 0.2, 1.0)):

        def loss(torch, x, target, reduction=reduction, weighted=weighted, smoothing=smoothing):
            weight = torch.tensor([0.5, 1.0, 2.0, 0.1, 3.0], dtype=x.dtype) if weighted else None
            return torch.nn.CrossEntropyLoss(
                weight, reduction=reduction, label_smoothing=smoothing
            )(x, target)

        ours, theirs = (loss_and_grads(t, dtype, loss, *draw(shape, kind)) for t in (mt, torch))
        assert_same_values(ours, theirs, TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", ["indices", "ignored"])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_nll(torch, shape, kind, dtype):
    for reduction, weighted, ignored in itertools.product(REDUCTIONS, (0, 1), (-100, 2)):

        def loss(torch, x, target, reduction=reduction, weighted=weighted, ignored=ignored):
            target = torch.where(target == -100, torch.tensor(ignored), target)
            weight = torch.tensor([0.5, 1.0, 2.0, 0.1, 3.0], dtype=x.dtype) if weighted else None
            return torch.nn.NLLLoss(weight, ignore_index=ignored, reduction=reduction)(x, target)

        ours, theirs = (loss_and_grads(t, dtype, loss, *draw(shape, kind)) for t in (mt, torch))
        assert_same_values(ours, theirs, TOLERANCE[dtype])


def elementwise(name, **options):
    def loss(torch, x, target):
        made = {k: torch.tensor(v, dtype=x.dtype) for k, v in options.items() if k != "reduction"}
        if name in ("MSELoss", "L1Loss") and made:
            function = (
                torch.nn.functional.mse_loss if name == "MSELoss" else torch.nn.functional.l1_loss
            )
            return function(x, target, reduction=options["reduction"], **made)
        return getattr(torch.nn, name)(reduction=options["reduction"], **made)(x, target)

    return loss


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("MSELoss", {}),
        ("MSELoss", {"weight": [[1.0, 0.5, 2.0]] * 4}),
        ("L1Loss", {}),
        ("L1Loss", {"weight": [[1.0, 0.5, 2.0]] * 4}),
        ("BCEWithLogitsLoss", {}),
        ("BCEWithLogitsLoss", {"weight": [0.5, 1.0, 2.0]}),
        ("BCEWithLogitsLoss", {"pos_weight": [0.5, 1.0, 2.0]}),
        ("BCEWithLogitsLoss", {"weight": [[0.5]], "pos_weight": 3.0}),
    ],
)
def test_elementwise_losses(torch, name, options, reduction, dtype):
    random = np.random.default_rng(2)
    x, target = 5 * random.standard_normal((4, 3)), random.random((4, 3))
    x[0] = [0.0, 200.0, -200.0]  # the kink, and where exp overflows or vanishes
    loss = elementwise(name, reduction=reduction, **options)
    ours, theirs = (loss_and_grads(t, dtype, loss, x, target) for t in (mt, torch))
    assert_same_values(ours, theirs, TOLERANCE[dtype])


def test_broadcast_targets_are_warned_of(torch):
    for name in ("mse_loss", "l1_loss"):

        def script(torch, name=name):
            function = getattr(torch.nn.functional, name)
            return function(torch.ones(2, 3), torch.zeros(2, 1)).item()

        _, (ours, warned) = outcome(script, mt)
        _, (theirs, said) = outcome(script, torch)
        assert ours == theirs
        assert warned == [f"{words} [explain: loss-sizes]" for words in said]
        assert "Using a target size (torch.Size([2, 1]))" in warned[0]


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_targets_are_broadcast_before_dtypes_meet(torch, name):
    for own, other in ((3, ()), ((), 3)):

        def script(torch, own=own, other=other):
            x, y = torch.ones(own), torch.zeros(other, dtype=torch.float64)
            return str(getattr(torch.nn.functional, name)(x, y).dtype)

        assert script(mt) == script(torch)


@pytest.mark.parametrize(
    ("dtype", "weight"),
    [("bool", None), ("uint8", None), ("int64", None), ("int64", [1.0, 0.5, 2.0])],
)
def test_mse_loss_takes_integers_on_either_side(torch, dtype, weight):
    def script(torch):
        x = torch.tensor([0.5, -1.0, 3.0], requires_grad=True)
        y = torch.tensor([1, 0, 2]).to(getattr(torch, dtype))
        w = None if weight is None else torch.tensor(weight)
        loss = torch.nn.functional.mse_loss
        total = loss(x, y, weight=w) + 2 * loss(y, x, reduction="sum", weight=w)
        total.backward()
        return [total.item(), str(total.dtype), x.grad.tolist()]

    assert script(mt) == script(torch)


LEGACY = {
    "size_average false": {"size_average": False},
    "size_average true": {"size_average": True},
    "reduce false": {"reduce": False},
    "both": {"size_average": True, "reduce": False},
    "elementwise_mean": {"reduction": "elementwise_mean"},
    "unknown": {"reduction": "foo"},
    "none at all": {"reduction": None},
}


@pytest.mark.parametrize("options", LEGACY.values(), ids=LEGACY)
def test_old_forms_of_reduction(torch, options):
    def by_module(torch):
        return torch.nn.MSELoss(**options)(torch.ones(2), torch.zeros(2)).tolist()

    def by_function(torch):
        return torch.nn.functional.nll_loss(
            torch.zeros(2, 3), torch.tensor([0, 1]), **options
        ).tolist()

    for script in (by_module, by_function):
        kind, (result, warned) = outcome(script, mt)
        their_kind, (their_result, their_warned) = outcome(script, torch)
        assert (kind, warned) == (their_kind, their_warned)
        assert result == their_result if kind == "value" else result.startswith(their_result)


def test_values_without_pytorch():
    logits = mt.tensor([[1.0, 2.0, 0.5], [0.1, 0.2, 3.0]], requires_grad=True)
    loss = nn.CrossEntropyLoss()(logits, mt.tensor([1, 0]))
    assert loss.item() == pytest.approx(1.73699, abs=1e-4)
    loss.backward()
    assert logits.grad[0].tolist() == pytest.approx([0.1156, -0.1857, 0.0701], abs=1e-4)
    assert nn.CrossEntropyLoss(label_smoothing=0.1)(logits, mt.tensor([1, 0])).item() == (
        pytest.approx(1.72865, abs=1e-4)
    )
    assert F.mse_loss(mt.tensor([1.0, 3.0]), mt.tensor([0.0, 0.0])).item() == 5.0
    assert F.l1_loss(mt.tensor([1.0, -3.0]), mt.zeros(2), reduction="none").tolist() == [1.0, 3.0]
    bce = F.binary_cross_entropy_with_logits(mt.tensor([0.0, 2.0]), mt.tensor([1.0, 0.0]))
    assert bce.item() == pytest.approx((np.log(2) + 2 + np.log1p(np.exp(-2))) / 2, rel=1e-6)


def test_losses_of_huge_logits_stay_finite():
    x = mt.tensor([1000.0, -1000.0], requires_grad=True)
    loss = nn.BCEWithLogitsLoss(reduction="none")(x, mt.tensor([1.0, 1.0]))
    assert loss.tolist() == [0.0, 1000.0]
    loss.sum().backward()
    assert x.grad.tolist() == [0.0, -1.0]
    assert nn.CrossEntropyLoss()(mt.tensor([[1000.0, -1000.0]]), mt.tensor([1])).item() == 2000.0


def test_second_derivatives_at_the_kink():
    x = mt.tensor([0.0, 1.0], dtype=mt.float64, requires_grad=True)
    loss = nn.BCEWithLogitsLoss(reduction="sum")(x, mt.tensor([0.3, 0.3], dtype=mt.float64))
    (gradient,) = mt.autograd.grad(loss, x, create_graph=True)
    (curvature,) = mt.autograd.grad(gradient.sum(), x)
    sigmoid = 1 / (1 + np.exp(-x.detach().numpy()))
    np.testing.assert_allclose(gradient.detach().numpy(), sigmoid - 0.3, rtol=1e-12)
    np.testing.assert_allclose(curvature.numpy(), sigmoid * (1 - sigmoid), rtol=1e-12)


def test_the_mean_over_nothing_is_nan():
    assert np.isnan(F.cross_entropy(mt.ones(0, 3), mt.ones(0).long()).item())
    assert np.isnan(F.cross_entropy(mt.ones(2, 3), mt.tensor([-100, -100])).item())
    assert F.cross_entropy(mt.ones(0, 3), mt.ones(0).long(), reduction="sum").item() == 0.0


def test_byte_targets():
    assert F.nll_loss(mt.zeros(2, 3), mt.tensor([0, 2], dtype=mt.uint8)).item() == 0.0


def test_losses_print_their_functions():
    x = mt.ones(2, 3, requires_grad=True)
    assert "grad_fn=<NllLossBackward0>" in repr(F.cross_entropy(x, mt.tensor([0, 1])))
    assert not F.cross_entropy(x.detach(), mt.tensor([0, 1])).requires_grad


def natives(torch):
    """PyTorch's native losses at the root, with a reduction by its number, and without."""
    random = np.random.default_rng(5)
    x, y, z = (torch.from_numpy(random.uniform(0.1, 0.9, (4, 3))) for _ in range(3))
    signs = torch.tensor([1, -1, 1, -1])
    targets = torch.tensor([[1, 2], [2, 2], [1, 1], [2, 1]])
    sequences = torch.from_numpy(np.log(random.uniform(0.1, 0.9, (5, 4, 3))))
    calls = {
        "binary_cross_entropy_with_logits": (x, y),
        "cosine_embedding_loss": (x, y, signs),
        "ctc_loss": (sequences, targets, (5, 5, 4, 5), (2, 1, 1, 2)),
        "hinge_embedding_loss": (x, signs[:, None]),
        "kl_div": (x, y),
        "margin_ranking_loss": (x, y, signs[:, None]),
        "triplet_margin_loss": (x, y, z),
    }
    for name, arguments in calls.items():
        function = getattr(torch, name)
        yield function(*arguments)
        for reduction in (0, 1, 2, 3, -1):
            yield function(*arguments, reduction=reduction)
        with pytest.raises(TypeError, match=r"argument 'reduction'|invalid combination"):
            function(*arguments, reduction="mean")


def test_native_losses_take_reductions_by_number(torch):
    assert_same_values(list(natives(mt)), list(natives(torch)), TOLERANCE["float64"])


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(
    "name",
    ["binary_cross_entropy_with_logits", "huber_loss", "smooth_l1_loss", "soft_margin_loss"],
)
def test_losses_of_many_elements_are_summed_in_tiles(torch, name, reduction):
    """Of both orders, in tiles and, transposed, without."""
    random = np.random.default_rng(0)
    arrays = [random.standard_normal((300, 257)), np.sign(random.standard_normal((300, 257)))]

    def losses(torch, transposed):
        x, y = (torch.from_numpy(a.T.copy() if transposed else a) for a in arrays)
        x.requires_grad_()
        target = y.T if transposed else y
        out = getattr(torch.nn.functional, name)(
            x.T if transposed else x, target, reduction=reduction
        )
        (grad,) = torch.autograd.grad((out * out).sum(), x, create_graph=True)
        (second,) = torch.autograd.grad((grad * grad).sum(), x)
        return [out, grad, second]

    for transposed in (False, True):
        ours, theirs = losses(mt, transposed), losses(torch, transposed)
        for got, want in zip(ours, theirs, strict=True):
            got, want = got.detach().numpy(), want.detach().numpy()
            scale = np.abs(want).max()
            np.testing.assert_allclose(got, want, rtol=1e-10, atol=1e-12 * scale)


def test_poisson_loss_of_half_inputs_and_counts_has_the_inputs_dtype(torch):
    def run(torch):
        x = torch.tensor([0.5, 2.0, -1.0], dtype=torch.float16)
        return torch.nn.functional.poisson_nll_loss(x, torch.tensor([0, 3, 7]), full=True)

    ours, theirs = run(mt), run(torch)
    assert str(ours.dtype) == str(theirs.dtype)
    assert_same_values([ours], [theirs], 2e-3)
