import copy
import pickle

import pytest

import minitorch as mt
from minitorch import nn


def test_a_parameter_is_a_leaf_that_requires_grad_and_shares_memory():
    data = mt.ones(2, 3)
    parameter = nn.Parameter(data)
    assert parameter.requires_grad
    assert parameter.is_leaf
    assert not data.requires_grad
    data.mul_(2)
    assert parameter.tolist() == [[2.0] * 3] * 2


def test_results_of_operations_on_parameters_are_plain_tensors():
    parameter = nn.Parameter(mt.ones(2))
    for result in (parameter * 2, parameter.detach(), parameter.data, parameter[0], -parameter):
        assert type(result) is mt.Tensor


def test_a_write_through_the_data_is_noticed_by_what_was_saved():
    data = mt.ones(2)
    parameter = nn.Parameter(data)
    loss = (parameter**2).sum()
    data.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_defaults_and_refusals():
    assert nn.Parameter().shape == (0,)
    assert not nn.Parameter(mt.arange(3), requires_grad=False).requires_grad
    with pytest.raises(RuntimeError, match="floating point"):
        nn.Parameter(mt.arange(3))
    with pytest.raises(TypeError, match="got list"):
        nn.Parameter([1.0])


def test_printed_form():
    assert repr(nn.Parameter(mt.ones(2))) == (
        "Parameter containing:\ntensor([1., 1.], requires_grad=True)"
    )
    assert repr(nn.Parameter(mt.ones(2), False)) == "Parameter containing:\ntensor([1., 1.])"
    assert repr(nn.Buffer(mt.ones(2))) == "tensor([1., 1.])"


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_copies_keep_class_and_flag_and_share_nothing(duplicate):
    for requires_grad in (True, False):
        parameter = nn.Parameter(mt.ones(2), requires_grad)
        twin = duplicate(parameter)
        assert type(twin) is nn.Parameter
        assert twin.requires_grad is requires_grad
        with mt.no_grad():
            twin.add_(1)
        assert parameter.tolist() == [1.0, 1.0]


def test_deepcopy_keeps_ties():
    parameter = nn.Parameter(mt.ones(2))
    first, second = copy.deepcopy([parameter, parameter])
    assert first is second


def test_requires_grad_is_on_by_default_for_computed_data():
    source = mt.ones(2, requires_grad=True)
    parameter = nn.Parameter(source * 2)
    assert parameter.is_leaf
    (parameter * 3).sum().backward()
    assert parameter.grad.tolist() == [3.0, 3.0]
    assert source.grad is None


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))])
def test_copies_of_a_buffer_stay_as_persistent_as_it_was(duplicate):
    for persistent in (True, False):
        module = nn.Module()
        module.count = nn.Buffer(mt.ones(2), persistent=persistent)
        twin = nn.Module()
        twin.count = duplicate(module).count
        assert type(twin.count) is nn.Buffer
        assert list(twin.state_dict()) == list(module.state_dict())
