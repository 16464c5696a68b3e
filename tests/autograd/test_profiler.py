"""The profiler: names, counts and times of ops and rules; the table and the trace file."""

import importlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import minitorch as torch
from minitorch.autograd import layers
from minitorch.autograd.profiler import events as profiler_util
from minitorch.autograd.profiler.profiler import aten_name
from minitorch.profiler import ProfilerAction, ProfilerActivity, profile, record_function, schedule
from tests.support.table import row


@pytest.fixture(autouse=True)
def nothing_is_left_on() -> Iterator[None]:
    yield
    assert layers.active() is None


def counts(prof: Any) -> dict[str, int]:
    return {average.key: average.count for average in prof.key_averages()}


@row({"mine": 1, "aten::mul": 3, "aten::exp": 1, "ExpBackward0": 1, "MulBackward0": 1})
def test_ops_rules_and_blocks_are_counted(torch: Any) -> Any:
    profiler = importlib.import_module(f"{torch.__name__}.profiler")
    x = torch.ones(3, requires_grad=True)
    with profiler.profile(activities=[profiler.ProfilerActivity.CPU]) as prof:
        with profiler.record_function("mine"):
            y = (x * 2).exp()
        y.backward(torch.ones(3))
    wanted = ("aten::mul", "aten::exp", "MulBackward0", "ExpBackward0", "mine")
    return {name: count for name, count in counts(prof).items() if name in wanted}


@row((["aten::mul", "aten::exp"], [[3], [3]], True))
def test_events_in_order_with_shapes(torch: Any) -> Any:
    x = torch.ones(3)
    with torch.autograd.profiler.profile(record_shapes=True) as prof:
        (x * x).exp()
    events = [e for e in prof.function_events if e.name.startswith("aten::")]
    in_time = all(a.cpu_time_total >= a.self_cpu_time_total > 0 for a in events)
    return [e.name for e in events], events[0].input_shapes, in_time


@row([("a", "mine")])
def test_blocks_nest_and_functions_are_decorated(torch: Any) -> Any:
    record = torch.autograd.profiler.record_function

    @record("a")
    def function() -> None: ...

    with torch.autograd.profiler.profile() as prof, record("mine"):
        function()
    return [(e.name, e.cpu_parent.name) for e in prof.function_events if e.cpu_parent is not None]


@pytest.mark.parametrize(
    ("node", "op"),
    [
        ("MulBackward0", "aten::mul"),
        ("MaxPool2DWithIndicesBackward0", "aten::max_pool2d_with_indices"),
        ("ClampBackward1", "aten::clamp"),
        ("CopySlices", "aten::copy_slices"),
        ("LogSoftmaxBackward0", "aten::log_softmax"),
    ],
)
def test_names_of_ops(node: str, op: str) -> None:
    assert aten_name(node) == op


def test_time_inside_is_not_ones_own() -> None:
    x = torch.ones(100, requires_grad=True)
    with profile() as prof:
        x.exp().sum().backward()
    by_name = {average.key: average for average in prof.key_averages()}
    rule = by_name["ExpBackward0"]
    inside = by_name["aten::mul"]
    assert rule.cpu_time_total >= inside.cpu_time_total + rule.self_cpu_time_total - 1e-6
    assert rule.self_cpu_time_total < rule.cpu_time_total
    total = prof.key_averages().self_cpu_time_total
    outermost = [e for e in prof.events() if e.cpu_parent is None]
    assert total == pytest.approx(sum(e.cpu_time_total for e in outermost))
    assert prof.key_averages().total_average().count == len(prof.events())


def filled(times: dict[str, list[float]]) -> profiler_util.EventList:
    """Events of given lengths, one after the other."""
    events, now = profiler_util.EventList(), 0.0
    for name, lengths in times.items():
        for length in lengths:
            event = profiler_util.FunctionEvent(name, "cpu_op", None, 1)
            event.start_us, event.end_us = now, now + length
            now += length
            events.append(event)
    return events


def test_the_table() -> None:
    averages = filled({"aten::mul": [1.0, 3.0], "aten::mm": [12_000.0], "aten::t": [3_984_000.0]})
    text = averages.key_averages().table(sort_by="count", row_limit=2)
    assert text.splitlines() == [
        "---------  ----------  --------  -----------  ---------  ------------  ----------",
        "     Name  Self CPU %  Self CPU  CPU total %  CPU total  CPU time avg  # of Calls",
        "---------  ----------  --------  -----------  ---------  ------------  ----------",
        "aten::mul       0.00%   4.000us        0.00%    4.000us       2.000us           2",
        " aten::mm       0.30%  12.000ms        0.30%   12.000ms      12.000ms           1",
        "---------  ----------  --------  -----------  ---------  ------------  ----------",
        "Self CPU time total: 3.996s",
    ]


@pytest.mark.parametrize(
    ("key", "first"),
    [("count", "often"), ("cpu_time_total", "long"), ("cpu_time", "long"), (None, "short")],
)
def test_the_table_is_sorted(key: str | None, first: str) -> None:
    averages = filled({"short": [1.0], "often": [2.0, 2.0, 2.0], "long": [9.0]}).key_averages()
    assert averages.table(sort_by=key).splitlines()[3].split()[0] == first


def test_an_unknown_key_is_refused_by_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'speed': sort by"):
        filled({"a": [1.0]}).key_averages().table(sort_by="speed")


def test_shapes_and_places_make_groups() -> None:
    with profile(record_shapes=True, with_stack=True) as prof:
        for n in (2, 2, 3):
            torch.ones(n) + 1
        torch.ones(2) + 1
    assert [a.count for a in prof.key_averages()] == [4]
    assert [a.count for a in prof.key_averages(group_by_input_shape=True)] == [3, 1]
    assert [a.count for a in prof.key_averages(group_by_stack_n=1)] == [3, 1]
    table = prof.key_averages(group_by_input_shape=True).table()
    assert "Input Shapes" in table
    assert "[[3], []]" in table
    assert "test_profiler.py" in prof.key_averages(group_by_stack_n=1).table()


def test_the_trace_is_valid_and_whole(tmp_path: Path) -> None:
    x = torch.ones(3, requires_grad=True)
    with profile(record_shapes=True) as prof, record_function("step"):
        x.exp().sum().backward()
    path = tmp_path / "trace.json"
    path.write_text("old")
    prof.export_chrome_trace(path)
    trace = json.loads(path.read_text())
    events = trace["traceEvents"]
    assert [e["name"] for e in events[:2]] == ["step", "aten::exp"]
    step = events[0]
    for e in events:
        assert e["ph"] == "X"
        assert step["ts"] <= e["ts"]
        assert e["ts"] + e["dur"] <= step["ts"] + step["dur"] + 0.01
    assert {e["cat"] for e in events} == {"cpu_op", "backward", "user_annotation"}
    assert events[1]["args"] == {"Input Dims": [[3]]}
    assert list(tmp_path.iterdir()) == [path]  # no temporary file is left


def test_results_are_the_same_while_it_is_on() -> None:
    def work() -> list[Any]:
        torch.manual_seed(0)
        x = torch.randn(2, 3, 8, 8, requires_grad=True)
        net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Dropout())
        y = net(x)
        y.mul_(2)[0].add_(1)
        y.sum().backward()
        return [y.tolist(), x.grad.tolist()]

    wanted = work()
    with profile():
        assert work() == wanted


def test_an_error_in_an_op_ends_its_event() -> None:
    with profile() as prof:
        with pytest.raises(RuntimeError):
            torch.ones(2) + torch.ones(3)
        torch.ones(2) * 2
    failed, fine = prof.events()
    assert fine.cpu_parent is None
    assert failed.end_us > 0


def test_another_thread_is_not_looked_at() -> None:
    with profile() as prof:
        thread = threading.Thread(target=lambda: torch.ones(1) * 2)
        thread.start()
        thread.join()
    assert len(prof.events()) == 0


def test_profiles_nest_and_the_inner_one_takes_over() -> None:
    with profile() as outer:
        torch.ones(1) + 1
        with profile() as inner:
            torch.ones(1) * 2
        torch.ones(1) - 1
    assert counts(inner) == {"aten::mul": 1}
    assert counts(outer) == {"aten::add": 1, "aten::sub": 1}


def test_with_inference_mode_and_anomaly_detection() -> None:
    with profile() as prof:
        with torch.inference_mode():
            assert (torch.ones(1) * 2).is_inference()
        with torch.autograd.set_detect_anomaly(True):
            x = torch.zeros(1, requires_grad=True)
            with pytest.warns(UserWarning), pytest.raises(RuntimeError, match="returned nan"):
                (x.sqrt() * 0).backward()
    assert counts(prof)["SqrtBackward0"] == 1


def test_a_profile_is_read_when_it_is_over_and_used_once() -> None:
    prof = torch.autograd.profiler.profile()
    with prof, pytest.raises(RuntimeError, match="Profiler didn't finish running"):
        prof.key_averages()
    with pytest.raises(RuntimeError, match="Profiler context manager is not reentrant"):
        prof.__enter__()


def test_switched_off_it_does_nothing() -> None:
    with torch.autograd.profiler.profile(enabled=False):
        assert layers.active() is None


def test_what_is_not_there_is_said() -> None:
    with pytest.warns(UserWarning, match="profile_memory is not there"):
        profile(profile_memory=True)
    with pytest.warns(UserWarning, match="disabling CUDA profiling"):
        profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA])


@row("NWRSNWRSNN")
def test_a_schedule(torch: Any) -> Any:
    profiler = importlib.import_module(f"{torch.__name__}.profiler")
    action = profiler.schedule(wait=1, warmup=1, active=2, repeat=2)
    letters = {"NONE": "N", "WARMUP": "W", "RECORD": "R", "RECORD_AND_SAVE": "S"}
    return "".join(letters[action(step).name] for step in range(10))


def test_a_schedule_records_its_steps_alone() -> None:
    ready: list[dict[str, int]] = []
    with profile(
        schedule=schedule(wait=1, warmup=0, active=2, repeat=2, skip_first=1),
        on_trace_ready=lambda prof: ready.append(counts(prof)),
    ) as prof:
        for _ in range(10):
            torch.ones(1) * 2
            prof.step()
    assert ready == [
        {"ProfilerStep#2": 1, "aten::mul": 2, "ProfilerStep#3": 1},
        {"ProfilerStep#5": 1, "aten::mul": 2, "ProfilerStep#6": 1},
    ]


def test_a_schedule_that_ends_early_completes_what_it_has() -> None:
    ready: list[int] = []
    actions = [ProfilerAction.RECORD, ProfilerAction.NONE]
    with profile(
        schedule=lambda step: actions[step], on_trace_ready=lambda prof: ready.append(1)
    ) as prof:
        torch.ones(1) * 2
        prof.step()
        torch.ones(1) * 2
    assert counts(prof)["aten::mul"] == 1
    assert ready == [1]
