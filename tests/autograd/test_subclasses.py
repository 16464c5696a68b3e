"""Note [Subclasses]: what is computed of a user's subclass of ``Tensor`` is of that class."""

import copy
import gc
import pickle
import threading
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

import minitorch as mt
from minitorch.autograd.variable import subclasses
from tests.support.parity import assert_same


def classes(lib: Any) -> Any:
    class Metres(lib.Tensor):  # type: ignore[misc]
        pass

    class Tall(Metres):
        pass

    class Seconds(lib.Tensor):  # type: ignore[misc]
        pass

    class Weight(lib.nn.Parameter):  # type: ignore[misc]
        pass

    return SimpleNamespace(Metres=Metres, Tall=Tall, Seconds=Seconds, Weight=Weight)


CALLS = """
x + 1 ;; 1 - x ;; x > 1 ;; x[0] ;; x.view(3, 1) ;; x.T ;; x.detach() ;; x.data ;; x.clone()
torch.exp(x) ;; torch.relu(x) ;; torch.sum(x) ;; x.max(0) ;; x.unbind() ;; x.argsort() ;; x.shape
torch.cat([x, torch.ones(2)]) ;; torch.ones(3) * x ;; torch.where(x > 1, x, x) ;; x.softmax(0)
torch.zeros_like(x) ;; torch.rand_like(x) ;; x.new_zeros(2) ;; x.double() ;; x.add_(1)
torch.nonzero(x) ;; x.numpy() ;; x.tolist() ;; x.contiguous() ;; x.cpu() ;; list(x) ;; repr(x)
torch.nn.Linear(3, 2)(x) ;; torch.nn.functional.gelu(x) ;; x.as_subclass(torch.Tensor)
x + x.as_subclass(c.Tall) ;; x.as_subclass(c.Tall) + x ;; x + x.as_subclass(c.Seconds)
c.Weight(torch.ones(3)) * 2 ;; c.Weight(torch.ones(3)) * x ;; torch.nn.Parameter(torch.ones(3)) + x
x.as_subclass(int) ;; x.as_subclass(3) ;; torch.Tensor._make_subclass(c.Metres, x.detach(), True)
torch.overrides.has_torch_function([x]) ;; torch.overrides.is_tensor_like(x)
torch.overrides.has_torch_function([torch.ones(2), torch.nn.Parameter(torch.ones(2))])
"""


def names(result: Any) -> Any:
    if isinstance(result, tuple | list):
        return [names(x) for x in result]
    return type(result).__name__


@pytest.mark.parametrize("expression", CALLS.strip().replace("\n", " ;; ").split(" ;; "))
def test_results_have_pytorchs_classes(torch: Any, expression: str) -> None:
    def call(lib: Any) -> Any:
        c = classes(lib)
        x = lib.arange(3.0).as_subclass(c.Metres)
        return names(eval(expression, {"torch": lib, "x": x, "c": c}))

    assert_same(torch, call)


def test_gradients_pass_and_are_plain(torch: Any) -> None:
    def call(lib: Any) -> Any:
        leaf = lib.ones(2, requires_grad=True)
        x = leaf.as_subclass(classes(lib).Metres)
        (x * x).sum().backward()
        return names(leaf.grad), leaf.grad, x.is_leaf, x.grad_fn.name()

    assert_same(torch, call)


class Metres(mt.Tensor):
    """A subclass that pickle finds."""


def test_copies_keep_the_class_and_other_threads_know_it() -> None:
    x = mt.arange(3.0).as_subclass(Metres)
    for other in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert type(other) is Metres and other.tolist() == [0.0, 1.0, 2.0]
    found: list[type] = []
    thread = threading.Thread(target=lambda: found.append(type(x * 2)))
    thread.start()
    thread.join()
    assert found == [Metres]


class Logged(mt.Tensor):
    """A subclass that would see calls."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return super().__torch_function__(func, types, args, kwargs)


def test_classes_that_nobody_holds_are_forgotten() -> None:
    class Passing(mt.Tensor):
        pass

    assert type(mt.ones(2).as_subclass(Passing) + 1) is Passing
    before, alive = len(subclasses), weakref.ref(Passing)
    del Passing
    gc.collect()
    assert alive() is None and len(subclasses) < before


def test_a_torch_function_of_ones_own_is_refused_where_ops_would_need_it() -> None:
    with pytest.raises(NotImplementedError, match="Logged defines __torch_function__"):
        mt.ones(2).as_subclass(Logged) + 1


class Diagonal:
    """No tensor, but known to functions that ask."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func.__name__ if func is trace else NotImplemented


def trace(x: Any) -> Any:
    if mt.overrides.has_torch_function((x,)):
        return mt.overrides.handle_torch_function(trace, (x,), x)
    return x.trace()


def rank(x: Any) -> Any:
    return mt.overrides.handle_torch_function(rank, (x,), x)


def test_functions_of_ones_own_ask_their_arguments() -> None:
    assert trace(Diagonal()) == "trace" and trace(mt.eye(2)) == 2
    with pytest.raises(TypeError, match=r"Multiple dispatch failed for 'rank'.*Diagonal"):
        rank(Diagonal())
    plain = mt.ones(2).as_subclass(Metres)
    assert type(mt.overrides.handle_torch_function(mt.exp, (plain,), plain)) is Metres
