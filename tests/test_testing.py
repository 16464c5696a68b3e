"""``minitorch.testing``, and the small names that programs for PyTorch import."""

import re
from typing import Any

import pytest

import minitorch as mt
from minitorch.optim.optimizer import ParamsT
from tests.support.parity import assert_same, written

CLOSE = """
torch.ones(3), torch.tensor([1., 1, 2]) ;; torch.ones(3), torch.tensor([1., 1, 2]), rtol=0, atol=0
torch.ones(3).to(torch.uint16), torch.arange(3), check_dtype=False
torch.ones(3).to(torch.uint64), torch.ones(3), check_dtype=False
torch.ones(3), torch.ones(3).double() ;; torch.ones(3), torch.ones(3).double(), check_dtype=False
torch.ones(3), torch.ones(2) ;; torch.tensor(1.), torch.tensor(2.) ;; torch.ones(2), [1., 1.]
torch.tensor([1, 2]), torch.tensor([1, 4]) ;; torch.tensor([True]), torch.tensor([False])
1., 2. ;; 1, 2 ;; 1, 1. ;; True, False ;; None, 3 ;; 0., 1e-3 ;; 1e-3, 0. ;; 'a', 'a' ;; 1., 1.
[1., 2.], [1., 3.] ;; [1., 2.], [1.] ;; {'a': 1}, {'b': 1} ;; {'a': torch.ones(2)}, {'a': 1}
{'a': [torch.ones(2), torch.ones(2)]}, {'a': [torch.ones(2), torch.zeros(2)]}
torch.tensor([float('nan')]), torch.tensor([float('nan')])
torch.tensor([float('nan')]), torch.tensor([float('nan')]), equal_nan=True
float('nan'), float('nan') ;; float('nan'), float('nan'), equal_nan=True
torch.ones(2), np.ones(2, np.float32) ;; np.ones(2), np.ones(2) ;; torch.ones(1), 1.
torch.ones(2), torch.ones(2), rtol=1 ;; torch.ones(2), torch.zeros(2), msg='oops'
torch.ones(2), torch.zeros(2), msg=lambda text: 'oops ' + text ;; torch.zeros(0), torch.zeros(0)
torch.ones(2, 3), torch.ones(3, 2).t(), check_stride=True
torch.ones(2, requires_grad=True), torch.ones(2) ;; torch.nn.Parameter(torch.ones(2)), torch.ones(2)
torch.nn.Parameter(torch.ones(2)), torch.ones(2), allow_subclasses=False
torch.tensor([float('inf')]), torch.tensor([float('inf')])
torch.ones(2, 3), torch.ones(2, 3) * torch.tensor([1, 2, 1.])
torch.tensor([1j]), torch.tensor([2j]) ;; 1j, 1j ;; 1j, 2j
torch.tensor([1j]), torch.tensor([1.0])
"""


def outcome(call: Any, lib: Any) -> str:
    try:
        call(lib)
    except (AssertionError, TypeError, ValueError) as error:
        return re.sub(r"minitorch(\.tensor)?", "torch", f"{type(error).__name__}: {error}")
    return "close"


@pytest.mark.parametrize("arguments", re.split(r" ;; |\n", CLOSE.strip()))
def test_assert_close_says_what_pytorchs_does(torch: Any, arguments: str) -> None:
    call = written(f"torch.testing.assert_close({arguments})")
    assert outcome(call, mt) == outcome(call, torch)


MADE = """
3, 4, dtype=torch.float32 ;; (3, 4), dtype=torch.int64 ;; (3, 4), dtype=torch.uint8
(3, 4), dtype=torch.bool, exclude_zero=True ;; (3,), dtype=torch.float32, low=-1e39, high=1e39
(3, 4), dtype=torch.float64, low=0, high=1, requires_grad=True
(3, 4), dtype=torch.float32, noncontiguous=True ;; 2, dtype=torch.int8, requires_grad=True
(2, 3, 4, 5), dtype=torch.float16, memory_format=torch.channels_last ;; (), dtype=torch.int16
(3, 4), dtype=torch.float32, low=2, high=1 ;; (3, 4), dtype=torch.uint8, low=300, high=400
(3,), dtype=torch.float32, low=float('nan') ;; (0, 2), dtype=torch.float32
2, dtype=torch.float32, noncontiguous=True, memory_format=torch.contiguous_format
(2, 3), dtype=torch.complex64 ;; (40,), dtype=torch.complex128, low=-1, high=1, requires_grad=True
(2, 3), dtype=torch.complex64, noncontiguous=True ;; (), dtype=torch.complex64, exclude_zero=True
"""


@pytest.mark.parametrize("arguments", re.split(r" ;; |\n", MADE.strip()))
def test_make_tensor_makes_pytorchs_numbers(torch: Any, arguments: str) -> None:
    call = written(f"torch.testing.make_tensor({arguments}, device='cpu')")

    def seeded(lib: Any) -> Any:
        lib.manual_seed(3)
        return call(lib)

    assert_same(torch, seeded)


SMALL = """
torch.grid_sampler(torch.arange(16.).view(1, 1, 4, 4), torch.zeros(1, 2, 2, 2), 0, 0, False)
torch.grid_sampler(torch.arange(16.).view(1, 1, 4, 4), torch.ones(1, 2, 2, 2) * 2, 1, 2, True)
torch.affine_grid_generator(torch.eye(2, 3)[None], [1, 1, 2, 2], False)
torch.utils.dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(torch.arange(3)))
torch.utils.dlpack.from_dlpack(torch.arange(3)) | torch.is_autocast_cpu_enabled()
torch.get_autocast_cpu_dtype() | torch.get_autocast_gpu_dtype() | torch.is_autocast_cache_enabled()
"""


@pytest.mark.parametrize("expression", re.split(r" \| |\n", SMALL.strip()))
@pytest.mark.filterwarnings("ignore:.*autocast:DeprecationWarning")
def test_small_names_agree_with_pytorch(torch: Any, expression: str) -> None:
    assert_same(torch, written(expression))


def test_autocast_is_set_for_good_and_undone_at_the_end_of_a_block() -> None:
    with mt.autocast("cpu", enabled=False):
        mt.set_autocast_cpu_enabled(True)
        mt.set_autocast_cpu_dtype(mt.float16)
        assert mt.is_autocast_enabled("cpu") and mt.get_autocast_dtype("cpu") is mt.float16
    assert not mt.is_autocast_cpu_enabled() and mt.get_autocast_cpu_dtype() is mt.bfloat16


def test_globals_that_a_file_may_hold_are_kept() -> None:
    mt.serialization.add_safe_globals([set])
    with mt.serialization.safe_globals([dict, set]):
        assert mt.serialization.get_safe_globals() == [set, dict]
    assert mt.serialization.get_safe_globals() == [set]
    mt.serialization.clear_safe_globals()
    assert mt.serialization.get_safe_globals() == []


def test_random_numbers_are_forked_for_a_type_of_device() -> None:
    with mt.random.fork_rng(device_type="cpu"):
        first = mt.rand(2)
    with pytest.raises(AssertionError, match="not compiled with CUDA"), mt.random.fork_rng([0]):
        pass
    assert mt.equal(mt.rand(2), first) and ParamsT
