"""What every script says before it trains: flags, devices, precision, what there is not.

A row is a question to both packages; the answers, or the errors, are the same.
"""

import copy
import pickle
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import minitorch as mt

ANSWERS = [
    "are_deterministic_algorithms_enabled()",
    "is_deterministic_algorithms_warn_only_enabled()",
    "get_deterministic_debug_mode()",
    "use_deterministic_algorithms(1)",
    "use_deterministic_algorithms(True, True)",
    "set_deterministic_debug_mode('x')",
    "set_deterministic_debug_mode(5)",
    "set_deterministic_debug_mode(1.5)",
    "get_float32_matmul_precision()",
    "set_float32_matmul_precision(1)",
    "set_flush_denormal(1)",
    "set_default_device('cpu')",
    "set_default_device('foo')",
    "set_default_device(3)",
    "get_default_device()",
    "set_default_tensor_type(m.LongTensor)",
    "set_default_tensor_type('torch.cuda.FloatTensor')",
    "set_default_tensor_type(m.float32)",
    "strided",
    "ones(2).layout == m.strided",
    "ones(2).is_pinned()",
    "ones(2).pin_memory()",
    "bfloat16",
    "bfloat16.itemsize",
    "bfloat16.is_floating_point",
    "version.cuda",
    "version.hip",
    "backends.cudnn.enabled",
    "backends.cudnn.benchmark",
    "backends.cudnn.deterministic",
    "backends.cudnn.allow_tf32",
    "backends.cudnn.version()",
    "backends.cudnn.is_available()",
    "backends.cudnn.is_acceptable(m.ones(2))",
    "backends.cuda.is_built()",
    "backends.cuda.matmul.allow_tf32",
    "backends.cuda.matmul.allow_fp16_reduced_precision_reduction",
    "backends.cuda.matmul.zork",
    "backends.cuda.flash_sdp_enabled()",
    "backends.mps.is_available()",
    "backends.mps.is_built()",
    "backends.mkldnn.enabled",
    "backends.mkldnn.deterministic",
    "backends.opt_einsum.is_available()",
    "compiler.is_compiling()",
    "compile(3)",
    "jit.is_scripting()",
    "jit.is_tracing()",
    "distributed.is_initialized()",
    "distributed.get_rank()",
    "distributed.get_world_size()",
    "distributed.barrier()",
    "distributed.all_reduce(m.ones(2))",
    "multiprocessing.get_sharing_strategy()",
    "multiprocessing.get_all_sharing_strategies()",
    "multiprocessing.get_context('fork').get_start_method()",
    "cuda.is_available()",
    "cuda.is_initialized()",
    "cuda.is_bf16_supported()",
    "cuda.device_count()",
    "cuda.manual_seed_all(0)",
    "cuda.empty_cache()",
    "cuda.memory_allocated()",
    "cuda.max_memory_allocated()",
    "cuda.memory_stats()",
    "cuda.get_rng_state_all()",
    "cuda.get_arch_list()",
    "cuda.current_device()",
    "cuda.synchronize()",
    "cuda.get_device_name(0)",
    "cuda.get_device_properties(0)",
    "cuda.mem_get_info()",
    "cuda.Event(enable_timing=True)",
    "issubclass(m.cuda.OutOfMemoryError, RuntimeError)",
    "cuda.OutOfMemoryError is m.OutOfMemoryError",
    "mps.is_available()",
    "mps.device_count()",
    "mps.synchronize()",
    "mps.empty_cache()",
    "xpu.is_available()",
    "xpu.device_count()",
    "xpu.synchronize()",
    "cpu.is_available()",
    "cpu.device_count()",
    "cpu.current_device()",
    "cpu.synchronize()",
    "accelerator.is_available()",
    "accelerator.current_accelerator()",
    "accelerator.current_device_index()",
    "accelerator.set_device_index(0)",
    "accelerator.synchronize()",
    "is_autocast_enabled()",
    "is_autocast_enabled('cpu')",
    "get_autocast_dtype('cpu')",
    "get_autocast_dtype('cuda')",
    "get_autocast_dtype('foo')",
    "autocast('foo')",
    "autocast('meta')",
    "autocast(3)",
    "autocast()",
    "autocast('cuda')._enabled",
    "autocast('cpu', dtype=m.float32)._enabled",
    "autocast('cpu')(3)",
    "amp.is_autocast_available('cuda')",
    "amp.GradScaler().is_enabled()",
    "amp.GradScaler('cuda').state_dict()",
    "amp.GradScaler('cpu').state_dict()",
    "amp.GradScaler('cpu', growth_factor=1.0)",
    "amp.GradScaler('cpu', backoff_factor=1.0)",
    "amp.GradScaler('cpu').scale(3)",
    "amp.GradScaler('cpu').update()",
    "amp.GradScaler('cpu').load_state_dict({})",
    "cuda.amp.autocast()._enabled",
    "cuda.amp.GradScaler().is_enabled()",
    "cpu.amp.GradScaler().is_enabled()",
    "cpu.amp.autocast().fast_dtype",
    "backends.zork",
]
# Settings: what is written, and what is read after it; both are undone.
SETTINGS = [
    ("backends.cudnn.benchmark = True", "backends.cudnn.benchmark"),
    ("backends.cudnn.benchmark = 1", "backends.cudnn.benchmark"),
    ("backends.cudnn.deterministic = 'x'", "backends.cudnn.deterministic"),
    ("backends.cudnn.set_flags(_benchmark=True)", "backends.cudnn.benchmark"),
    ("backends.cuda.matmul.zork = 1", "backends.cudnn.benchmark"),
    ("backends.cuda.matmul.allow_tf32 = True", "get_float32_matmul_precision()"),
    ("set_float32_matmul_precision('medium')", "backends.cuda.matmul.allow_tf32"),
    ("set_float32_matmul_precision('x')", "get_float32_matmul_precision()"),
    ("backends.cuda.enable_flash_sdp(False)", "backends.cuda.flash_sdp_enabled()"),
    ("use_deterministic_algorithms(True)", "get_deterministic_debug_mode()"),
    ("use_deterministic_algorithms(True, warn_only=True)", "get_deterministic_debug_mode()"),
    ("set_deterministic_debug_mode('error')", "are_deterministic_algorithms_enabled()"),
    ("set_deterministic_debug_mode(1)", "is_deterministic_algorithms_warn_only_enabled()"),
    ("set_default_tensor_type('torch.DoubleTensor')", "get_default_dtype()"),
    ("set_default_tensor_type(m.HalfTensor)", "tensor(1.0)"),
]


def outcome(module: Any, line: str) -> list[str]:
    """What a line gives: an answer as it prints, or an error's class; warnings' classes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if " = " in line:
                exec(f"m.{line}", {"m": module})
                answer = "set"
            else:
                answer = repr(eval(f"m.{line}", {"m": module}))
        except Exception as error:
            answer = f"{type(error).__name__}: {phrase(error)}"
    # PyTorch warns of itself, too: that TorchScript, or a setting, is old.
    own = ("TorchScript", "torch.jit", "set_default_tensor_type() is deprecated", "torch.compile")
    said = {w.category.__name__ for w in caught if not any(x in str(w.message) for x in own)}
    return [answer, *sorted(said)]


def phrase(error: Exception) -> str:
    """The key phrase: the first words, which ours goes on from."""
    return "" if isinstance(error, AttributeError | TypeError) else str(error)[:15]


@pytest.mark.parametrize("line", ANSWERS)
def test_the_answer_is_pytorchs(torch: Any, line: str) -> None:
    assert outcome(mt, line) == outcome(torch, line)


@pytest.mark.parametrize(("line", "read"), SETTINGS)
def test_a_setting_is_read_back(torch: Any, line: str, read: str) -> None:
    found = []
    for module in (mt, torch):
        before = module.backends.cudnn.benchmark, module.backends.cudnn.deterministic
        found.append([outcome(module, line), outcome(module, read)])
        module.backends.cudnn.benchmark, module.backends.cudnn.deterministic = before
        module.backends.cuda.enable_flash_sdp(True)
        module.set_float32_matmul_precision("highest")
        module.set_deterministic_debug_mode(0)
        module.set_default_dtype(module.float32)
    assert found[0] == found[1]


def test_a_misspelt_flag_is_refused() -> None:
    with pytest.raises(AttributeError, match=r"'benchmrk'.*'benchmark'"):
        mt.backends.cudnn.benchmrk = True  # type: ignore[attr-defined]
    with mt.backends.cudnn.flags(enabled=False, benchmark=True):
        assert (mt.backends.cudnn.enabled, mt.backends.cudnn.benchmark) == (False, True)
    assert (mt.backends.cudnn.enabled, mt.backends.cudnn.benchmark) == (True, False)


def test_flags_of_which_one_is_of_another_kind_stay_as_they_were() -> None:
    cudnn: Any = mt.backends.cudnn
    with pytest.raises(RuntimeError, match="set_deterministic_cudnn expects a bool"):
        cudnn.set_flags(_benchmark=True, _deterministic="x")
    with pytest.raises(RuntimeError), cudnn.flags(enabled=False, benchmark=None, deterministic=1):
        pass
    assert (cudnn.enabled, cudnn.benchmark, cudnn.deterministic) == (True, False, False)
    with pytest.raises(RuntimeError, match="expects a list, but got int"):
        mt.backends.quantized.supported_engines = 3  # type: ignore[assignment]


def test_another_device_is_refused_at_once() -> None:
    """PyTorch refuses at the first tensor."""
    with pytest.raises(AssertionError, match="Torch not compiled with CUDA enabled"):
        mt.set_default_device("cuda")
    with pytest.raises(RuntimeError, match="the only one"):
        mt.set_default_device("mps")
    assert str(mt.get_default_device()) == "cpu"


def test_multiprocessing_has_what_the_standard_library_exports() -> None:
    import multiprocessing.spawn  # a file of its, by the name of a function of PyTorch's

    assert mt.multiprocessing.Process is multiprocessing.Process
    for name in ("spawn", "__path__", "zork"):
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
            getattr(mt.multiprocessing, name)
    with pytest.raises(AttributeError, match="computes in one process"):
        mt.multiprocessing.start_processes  # noqa: B018


def test_what_a_tensor_is_not(torch: Any) -> None:
    theirs = torch.ones(2)
    names = [n for n in dir(theirs) if n.startswith("is_") and getattr(theirs, n) is False]
    assert len(names) > 10
    assert [n for n in names if getattr(mt.ones(2), n) is not False] == []


def test_bfloat16_is_a_name_where_its_numbers_are_not_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("minitorch.core.bfloat16.entered", [])
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    for copied in (copy.copy(mt.bfloat16), pickle.loads(pickle.dumps(mt.bfloat16))):
        assert copied is mt.bfloat16
    assert mt.finfo(mt.bfloat16).bits == 16 and mt.bfloat16.itemsize == 2
    for make in (lambda: mt.ones(2, dtype=mt.bfloat16), lambda: mt.ones(2).bfloat16()):
        with pytest.raises(ModuleNotFoundError, match="pip install ml_dtypes"):
            make()


def test_autocast_says_once_that_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minitorch.amp.autocast_mode._Said.once", False)
    layer = mt.nn.Linear(2, 2)
    with pytest.warns(UserWarning, match="torch.bfloat16 changes nothing"), mt.autocast("cpu"):
        assert layer(mt.ones(1, 2)).dtype is mt.float32
        assert mt.is_autocast_enabled("cpu")
        with mt.autocast("cpu", enabled=False):
            assert not mt.is_autocast_enabled("cpu")
        assert mt.is_autocast_enabled("cpu")
    assert not mt.is_autocast_enabled("cpu")

    @mt.autocast("cpu", dtype=mt.float16)
    def decorated() -> Any:
        return mt.get_autocast_dtype("cpu"), mt.is_autocast_enabled("cpu")

    assert decorated() == (mt.float16, True)


def scaled_training(m: Any, last: Any) -> list[Any]:
    """Scales and weights of steps, of which those with an infinite gradient are left out."""
    w = m.tensor([1.0, 2.0], requires_grad=True)
    other = m.tensor([3.0], requires_grad=True)
    optimizers = [m.optim.SGD([w], lr=0.1), m.optim.SGD([other], lr=0.1)]
    scaler = m.amp.GradScaler("cpu", init_scale=10.1, growth_interval=2)
    found: list[Any] = []
    for factor in (1.0, 2.0, float("inf"), 1.0, 0.5, 3.0):
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss = (w * w).sum() * factor + other.sum()
        scaled, pair = scaler.scale(loss), scaler.scale([loss, (loss,)])
        assert type(pair) is list and type(pair[1]) is tuple
        scaled.backward()
        scaler.unscale_(optimizers[0])
        found.append([w.grad.tolist(), other.grad.tolist()])
        for optimizer in optimizers:
            scaler.step(optimizer)
        scaler.update()
        found.append([scaler.get_scale(), w.tolist(), other.tolist(), scaler.state_dict()])
    again = m.amp.GradScaler("cpu")
    again.load_state_dict(scaler.state_dict())
    found.append(again.state_dict())
    again = pickle.loads(pickle.dumps(scaler))
    found.append(again.state_dict())
    try:
        last(m, scaler, optimizers[0], w)
    except Exception as error:
        found.append([type(error).__name__, str(error)[:40]])
    return found


def unscale_twice(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    scaler.unscale_(optimizer)


def unscale_after_step(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    scaler.scale(w.sum()).backward()
    scaler.step(optimizer)
    scaler.unscale_(optimizer)


def step_twice(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    scaler.scale(w.sum()).backward()
    scaler.step(optimizer)
    scaler.step(optimizer)


def step_with_a_closure(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    scaler.step(optimizer, closure=lambda: None)


def step_without_gradients(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    optimizer.zero_grad()
    scaler.step(optimizer)


def update_without_step(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    scaler.update()


def update_of_two(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    scaler.update(m.ones(2))


def pickle_too_early(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    scaler.scale(w.sum()).backward()
    scaler.step(optimizer)
    pickle.dumps(scaler)


def half_gradients(m: Any, scaler: Any, optimizer: Any, w: Any) -> None:
    half = m.ones(2, dtype=m.float16, requires_grad=True)
    half.grad = m.ones(2, dtype=m.float16)
    scaler.step(m.optim.SGD([half], lr=0.1))


LAST = [unscale_twice, unscale_after_step, step_twice, step_with_a_closure, half_gradients]
LAST += [step_without_gradients, update_without_step, update_of_two, pickle_too_early]


@pytest.mark.parametrize("last", LAST)
def test_scaled_training_is_pytorchs(torch: Any, last: Any) -> None:
    ours, theirs = scaled_training(mt, last), scaled_training(torch, last)
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_equal(*(np.array(x, object) for x in (a, b)))


def test_what_would_be_compiled_stays_as_it_is() -> None:
    def f(x: Any) -> Any:
        return x

    layer = mt.nn.Linear(1, 1)
    layer.compile()
    same = [mt.compile(f), mt.compile(mode="default")(f), mt.jit.script(f), mt.jit.trace(f, ())]
    same += [mt.jit.ignore(f), mt.jit.ignore(drop=True)(f), mt.jit.unused(f), mt.jit.export(f)]
    same += [mt.compiler.disable(f), mt.compiler.disable()(f), mt.jit.script_method(f)]
    assert {id(x) for x in same} == {id(f)}
    assert mt.jit.script(layer) is layer and mt.compile(layer, disable=True) is layer
    assert issubclass(mt.jit.ScriptModule, mt.nn.Module)


def test_a_compiled_module_is_one_around_it() -> None:
    """As in PyTorch, where a first compilation would take a minute here."""
    layer = mt.nn.Linear(2, 1)
    model = mt.compile(layer, backend="eager")
    assert repr(model).splitlines() == [
        "OptimizedModule(",
        "  (_orig_mod): Linear(in_features=2, out_features=1, bias=True)",
        ")",
    ]
    assert list(model.state_dict()) == ["_orig_mod.weight", "_orig_mod.bias"]
    assert [name for name, _ in model.named_parameters()] == list(model.state_dict())
    assert isinstance(model, mt.nn.Module) and mt.compile(model) is model
    assert model._orig_mod is layer and model.weight is layer.weight and model.in_features == 2
    assert "in_features" in dir(model) and not hasattr(model, "zork")
    assert len(mt.compile(mt.nn.Sequential(layer))) == 1
    with pytest.raises(TypeError, match=r"Linear does not support len\(\)"):
        len(model)
    assert not model.eval().training and not layer.training
    assert model.train().training and layer.training
    model.extra = mt.nn.Parameter(mt.ones(1))
    assert "extra" in dict(layer.named_parameters())
    del model.extra
    assert "extra" not in dict(layer.named_parameters())
    calls: list[int] = []
    model.register_forward_hook(lambda *args: calls.append(1))
    model(mt.ones(1, 2)).backward()
    layer(mt.ones(1, 2))
    assert calls == [1] and layer.weight.grad is not None
    for other in (copy.deepcopy(mt.compile(layer)), pickle.loads(pickle.dumps(mt.compile(layer)))):
        assert other._orig_mod is not layer
        assert str(other.load_state_dict(model.state_dict())) == "<All keys matched successfully>"
        assert mt.equal(other(mt.ones(1, 2)), layer(mt.ones(1, 2)))
    assert model.to(mt.float64) is model and layer.weight.dtype is mt.float64


@pytest.mark.parametrize(
    ("options", "said"),
    [({"mode": "x"}, "Unrecognized mode=x"), ({"mode": "default", "options": {}}, "Either mode")],
)
def test_what_compile_would_not_understand_is_refused(options: Any, said: str) -> None:
    for call in (lambda: mt.compile(abs, **options), lambda: mt.compile(**options)):
        with pytest.raises(RuntimeError, match=said):
            call()
    with pytest.raises(TypeError, match="zork"):
        mt.compile(abs, zork=True)


@pytest.mark.parametrize("call", [mt.hub.load, mt.jit.save, mt.distributed.init_process_group])
def test_what_there_is_not_is_refused_in_words(call: Any) -> None:
    with pytest.raises(RuntimeError, match="minitorch"):
        call("x", "y")
