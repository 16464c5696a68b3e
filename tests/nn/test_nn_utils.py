"""Clipping gradients; parameters as one vector."""

import math

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from tests.nn.both import array, assert_same_values, outcome


def parameters(torch):
    random = np.random.default_rng(0)
    made = []
    for shape in ((2, 3), (4,), ()):
        parameter = torch.nn.Parameter(torch.zeros(shape))
        parameter.grad = torch.from_numpy(np.asarray(random.standard_normal(shape), np.float32))
        made.append(parameter)
    return [*made, torch.nn.Parameter(torch.zeros(2))]  # the last one has no gradient


@pytest.mark.parametrize("max_norm", [0.5, 100.0])
@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.0, math.inf])
def test_clip_grad_norm(torch, norm_type, max_norm):
    results = []
    for t in (mt, torch):
        made = parameters(t)
        total = t.nn.utils.clip_grad_norm_(iter(made), max_norm, norm_type)
        results.append([total, *(p.grad for p in made[:-1])])
    assert_same_values(*results, 1e-6)


def test_clip_grad_norm_of_half_precision(torch):
    results = []
    for t in (mt, torch):
        half = t.nn.Parameter(t.zeros(2, dtype=t.float16))
        half.grad = t.tensor([300.0, 300.0], dtype=t.float16)  # whose squares overflow
        single = t.nn.Parameter(t.zeros(1))
        single.grad = t.ones(1)
        total = t.nn.utils.clip_grad_norm_([half, single], 1.0)
        results.append([total, half.grad, single.grad])
    assert_same_values(*results, 1e-3)


def test_clip_grad_norm_takes_the_word_inf(torch):
    results = []
    for t in (mt, torch):
        made = parameters(t)
        results.append([t.nn.utils.clip_grad_norm_(made, 0.5, "inf"), made[0].grad])
    assert_same_values(*results, 1e-6)


def test_a_generator_that_is_used_up_is_noticed(torch):
    def script(t):
        return t.nn.utils.clip_grad_norm_((p for p in ()), 1.0).item()

    ours, theirs = outcome(script, mt), outcome(script, torch)
    assert ours == theirs == ("value", (0.0, [theirs[1][1][0]]))


def test_infinite_gradients_are_clipped_without_a_warning():
    parameter = nn.Parameter(mt.zeros(2))
    parameter.grad = mt.tensor([math.inf, 1.0])
    assert nn.utils.clip_grad_norm_(parameter, 1.0).item() == math.inf
    assert math.isnan(parameter.grad[0].item())
    assert parameter.grad[1].item() == 0.0


def test_clip_grad_value(torch):
    results = []
    for t in (mt, torch):
        made = parameters(t)
        assert t.nn.utils.clip_grad_value_(made, 0.3) is None
        results.append([p.grad for p in made[:-1]])
    assert_same_values(*results, 0)


def test_clip_one_tensor_without_pytorch():
    parameter = nn.Parameter(mt.zeros(2))
    parameter.grad = mt.tensor([3.0, 4.0])
    assert nn.utils.clip_grad_norm_(parameter, 1.0).item() == 5.0
    assert parameter.grad.tolist() == pytest.approx([0.6, 0.8])
    assert nn.utils.clip_grad_norm_([nn.Parameter(mt.zeros(2))], 1.0).item() == 0.0


def test_norms_that_are_not_finite(torch):
    def script(t):
        parameter = t.nn.Parameter(t.zeros(2))
        parameter.grad = t.tensor([math.inf, 1.0])
        return t.nn.utils.clip_grad_norm_(parameter, 1.0, error_if_nonfinite=True)

    ours, theirs = outcome(script, mt), outcome(script, torch)
    assert ours[0] == theirs[0] == "RuntimeError"
    assert ours[1][0].startswith("The total norm of order 2.0 for gradients from `parameters` is")


def test_parameters_to_vector_and_back():
    made = [nn.Parameter(mt.ones(2, 2)), nn.Parameter(mt.zeros(3))]
    vector = nn.utils.parameters_to_vector(made)
    assert vector.tolist() == [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    vector.sum().backward()
    assert made[1].grad.tolist() == [1.0, 1.0, 1.0]
    nn.utils.vector_to_parameters(mt.arange(7.0), made)
    assert made[0].tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert made[1].tolist() == [4.0, 5.0, 6.0]
    assert type(made[0]) is nn.Parameter
    assert array(made[0]).shape == (2, 2)
    with pytest.raises(TypeError, match=r"expected torch.Tensor, but got: list"):
        nn.utils.vector_to_parameters([1.0], made)
