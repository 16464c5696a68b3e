"""Grad modes as function, context and decorator; on generators and coroutines; in threads."""

import asyncio
import inspect
import threading
from typing import Any

from tests.support.table import complaint, leaf, refused, row, warned

# Contexts


@row(True)
def test_recording_is_on_at_first(torch: Any) -> Any:
    return torch.is_grad_enabled()


@row((False, None, True))
def test_no_grad_records_nothing(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.no_grad():
        y = x * 2
    return y.requires_grad, y.grad_fn, y.is_leaf


@row([True, True, True])
def test_leaves_made_under_no_grad_may_require_grad(torch: Any) -> Any:
    with torch.no_grad():
        x = torch.ones(1, requires_grad=True)
        y = torch.nn.Parameter(torch.ones(1))
        z = torch.ones(1).requires_grad_()
    return [t.requires_grad for t in (x, y, z)]


@row([False, True, False, True, False, True])
def test_modes_nest(torch: Any) -> Any:
    seen = []
    with torch.no_grad():
        seen.append(torch.is_grad_enabled())
        with torch.enable_grad():
            seen.append(torch.is_grad_enabled())
            with torch.set_grad_enabled(False):
                seen.append(torch.is_grad_enabled())
            seen.append(torch.is_grad_enabled())
        seen.append(torch.is_grad_enabled())
    return [*seen, torch.is_grad_enabled()]


@row((refused(LookupError, "inside"), True))
def test_an_exception_restores_the_mode(torch: Any) -> Any:
    def fail() -> None:
        with torch.no_grad():
            raise LookupError("inside")

    return complaint(fail), torch.is_grad_enabled()


@row((False, True))
def test_enable_grad_changes_nothing_of_what_was_made_before(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.no_grad():
        y = x * 2
        with torch.enable_grad():
            return (y * 2).requires_grad, (y * x).requires_grad


@row((None, None, None))
def test_contexts_give_nothing_to_as(torch: Any) -> Any:
    with torch.no_grad() as a, torch.enable_grad() as b, torch.set_grad_enabled(True) as c:
        return a, b, c


@row([6.0])
def test_backward_works_under_no_grad(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    y = x * x
    with torch.no_grad():
        y.backward()
    return x.grad


@row(True)
def test_create_graph_records_also_under_no_grad(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    y = x * x
    with torch.no_grad():
        (first,) = torch.autograd.grad(y, x, create_graph=True)
    return first.requires_grad


@row((True, True, True))
def test_views_made_under_no_grad_are_views(torch: Any) -> Any:
    x = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        view = x[0]
    return view.requires_grad, view._is_view(), view.data_ptr() == x.data_ptr()


# set_grad_enabled


@row((False, True))
def test_set_grad_enabled_acts_at_once(torch: Any) -> Any:
    torch.set_grad_enabled(False)
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    return before, torch.is_grad_enabled()


@row((True, True))
def test_as_a_function_inside_of_a_block_it_ends_with_the_block(torch: Any) -> Any:
    with torch.no_grad():
        torch.set_grad_enabled(True)
        inside = torch.is_grad_enabled()
    with torch.no_grad():
        torch.set_grad_enabled(True)
        torch.set_grad_enabled(True)
    return inside, torch.is_grad_enabled()


@row((False, True))
def test_as_a_context_it_restores(torch: Any) -> Any:
    with torch.set_grad_enabled(False):
        inside = torch.is_grad_enabled()
    return inside, torch.is_grad_enabled()


@row((False, False, True))
def test_an_instance_acts_before_its_block(torch: Any) -> Any:
    mode = torch.set_grad_enabled(False)
    before = torch.is_grad_enabled()
    with mode:
        inside = torch.is_grad_enabled()
    return before, inside, torch.is_grad_enabled()


@row((True, False, True))
def test_as_a_decorator_it_leaves_the_mode_of_its_place(torch: Any) -> Any:
    @torch.set_grad_enabled(False)
    def function() -> bool:
        return torch.is_grad_enabled()

    return torch.is_grad_enabled(), function(), torch.is_grad_enabled()


@row(False)
def test_the_mode_is_an_argument(torch: Any) -> Any:
    with torch.set_grad_enabled(mode=False):
        return torch.is_grad_enabled()


# Decorators


@row((False, False, True, True))
def test_decorators_with_and_without_parentheses(torch: Any) -> Any:
    @torch.no_grad()
    def called() -> bool:
        return torch.is_grad_enabled()

    @torch.no_grad
    def bare() -> bool:
        return torch.is_grad_enabled()

    @torch.enable_grad
    def enabled() -> bool:
        return torch.is_grad_enabled()

    with torch.no_grad():
        again = enabled()
    return called(), bare(), again, torch.is_grad_enabled()


@row(("function", "What it does.", 3, 6))
def test_a_decorated_function_keeps_its_name_and_arguments(torch: Any) -> Any:
    @torch.no_grad()
    def function(a: int, *, b: int = 2) -> int:
        """What it does."""
        return a + b

    return function.__name__, function.__doc__, function(1), function(1, b=5)


@row(([False, False, False, False, False, False], True))
def test_a_decorated_function_may_call_itself(torch: Any) -> Any:
    seen = []

    @torch.no_grad()
    def function(depth: int) -> None:
        seen.append(torch.is_grad_enabled())
        if depth:
            function(depth - 1)
        seen.append(torch.is_grad_enabled())

    function(2)
    return seen, torch.is_grad_enabled()


@row((False, True))
def test_a_decorated_method(torch: Any) -> Any:
    class Model:
        @torch.no_grad()
        def mode(self) -> bool:
            return torch.is_grad_enabled()

    return Model().mode(), torch.is_grad_enabled()


@row((refused(LookupError, "inside"), True))
def test_an_exception_leaves_a_decorated_function(torch: Any) -> Any:
    @torch.no_grad()
    def function() -> None:
        raise LookupError("inside")

    return complaint(function), torch.is_grad_enabled()


@row(((False, False), True))
def test_one_instance_may_decorate_several_functions(torch: Any) -> Any:
    mode = torch.no_grad()

    @mode
    def inner() -> bool:
        return torch.is_grad_enabled()

    @mode
    def outer() -> tuple[bool, bool]:
        return inner(), torch.is_grad_enabled()

    return outer(), torch.is_grad_enabled()


@row(([refused(FutureWarning, "Decorating classes is deprecated")], False, True))
def test_classes_are_decorated_with_a_warning(torch: Any) -> Any:
    class Model:
        def __init__(self) -> None:
            self.mode = torch.is_grad_enabled()

        def later(self) -> bool:
            return torch.is_grad_enabled()

    decorated: list[Any] = []
    warnings = warned(lambda: decorated.append(torch.no_grad()(Model)))
    model = decorated[0]()
    return warnings, model.mode, model.later()


# PyTorch remembers one mode per instance: entered twice, the first is lost.
@row((False, False, False), ours=(False, False, True))
def test_one_instance_may_be_entered_twice(torch: Any) -> Any:
    mode = torch.no_grad()
    with mode:
        with mode:
            inner = torch.is_grad_enabled()
        outer = torch.is_grad_enabled()
    return inner, outer, torch.is_grad_enabled()


# Generators


@row([False, True, False, True])
def test_a_generator_runs_in_the_mode_and_its_caller_does_not(torch: Any) -> Any:
    @torch.no_grad()
    def items() -> Any:
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    seen = []
    for item in items():
        seen += [item, torch.is_grad_enabled()]
    return seen


@row((True, False))
def test_a_generator_in_the_mode_of_its_caller_again(torch: Any) -> Any:
    @torch.enable_grad()
    def items() -> Any:
        yield torch.is_grad_enabled()

    generator = items()
    with torch.no_grad():
        return next(generator), torch.is_grad_enabled()


@row(["ready", (1, False), True, "stopped"])
def test_what_is_sent_arrives(torch: Any) -> Any:
    @torch.no_grad()
    def echo() -> Any:
        received = yield "ready"
        while received != "stop":
            received = yield received, torch.is_grad_enabled()
        return "stopped"

    generator = echo()
    seen = [next(generator), generator.send(1), torch.is_grad_enabled()]
    try:
        generator.send("stop")
    except StopIteration as stop:
        seen.append(stop.value)
    return seen


@row(("ready", ("caught", False), True))
def test_what_is_thrown_arrives(torch: Any) -> Any:
    @torch.no_grad()
    def catch() -> Any:
        try:
            yield "ready"
        except LookupError:
            yield "caught", torch.is_grad_enabled()

    generator = catch()
    return next(generator), generator.throw(LookupError()), torch.is_grad_enabled()


@row(([False], True))
def test_closing_runs_what_is_left_in_the_mode(torch: Any) -> Any:
    seen = []

    @torch.no_grad()
    def items() -> Any:
        try:
            yield 1
        finally:
            seen.append(torch.is_grad_enabled())

    generator = items()
    next(generator)
    generator.close()
    return seen, torch.is_grad_enabled()


@row((True, True))
def test_a_decorated_generator_is_a_generator(torch: Any) -> Any:
    @torch.no_grad()
    def items() -> Any:
        yield 1

    return inspect.isgeneratorfunction(items), inspect.isgenerator(items())


@row((False, True))
def test_a_mode_inside_of_a_generator_holds_for_its_caller_too(torch: Any) -> Any:
    def items() -> Any:
        with torch.no_grad():
            yield 1

    for _ in items():
        inside = torch.is_grad_enabled()
    return inside, torch.is_grad_enabled()


# Coroutines. PyTorch wraps the call that makes the coroutine, so its body records; and its modes
# belong to the thread, not to the task, so a block reaches into whatever else runs meanwhile.


@row(True, ours=False)
def test_a_decorated_coroutine_runs_in_the_mode(torch: Any) -> Any:
    @torch.no_grad()
    async def step() -> bool:
        await asyncio.sleep(0)
        return torch.is_grad_enabled()

    return asyncio.run(step())


@row(([("other", True), ("quiet", True)], True), ours=([("other", True), ("quiet", False)], True))
def test_the_mode_of_a_coroutine_is_not_that_of_its_neighbours(torch: Any) -> Any:
    seen: list[Any] = []

    @torch.no_grad()
    async def quiet() -> None:
        for _ in range(3):
            seen.append(("quiet", torch.is_grad_enabled()))
            await asyncio.sleep(0)

    async def other() -> None:
        for _ in range(3):
            seen.append(("other", torch.is_grad_enabled()))
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(quiet(), other())

    asyncio.run(both())
    return sorted(set(seen)), torch.is_grad_enabled()


@row(([("other", False), ("quiet", False)], True), ours=([("other", True), ("quiet", False)], True))
def test_a_block_in_a_coroutine_does_not_reach_its_neighbours(torch: Any) -> Any:
    seen: list[Any] = []

    async def quiet() -> None:
        with torch.no_grad():
            for _ in range(3):
                seen.append(("quiet", torch.is_grad_enabled()))
                await asyncio.sleep(0)

    async def other() -> None:
        for _ in range(3):
            seen.append(("other", torch.is_grad_enabled()))
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(quiet(), other())

    asyncio.run(both())
    return sorted(set(seen)), torch.is_grad_enabled()


@row([True, True, True, True], ours=[False, True, False, True])
def test_a_decorated_asynchronous_generator(torch: Any) -> Any:
    @torch.no_grad()
    async def items() -> Any:
        yield torch.is_grad_enabled()
        await asyncio.sleep(0)
        yield torch.is_grad_enabled()

    async def run() -> list[Any]:
        seen = []
        async for item in items():
            seen += [item, torch.is_grad_enabled()]
        return seen

    return asyncio.run(run())


@row(False, ours=True)
def test_a_decorated_coroutine_function_is_one(torch: Any) -> Any:
    @torch.no_grad()
    async def step() -> None: ...

    return inspect.iscoroutinefunction(step)


# Threads


@row([True])
def test_each_thread_has_its_own_mode(torch: Any) -> Any:
    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
    return seen


@row(True)
def test_what_a_thread_sets_stays_there(torch: Any) -> Any:
    thread = threading.Thread(target=lambda: torch.set_grad_enabled(False))
    thread.start()
    thread.join()
    return torch.is_grad_enabled()


@row([False, True, True])
def test_one_instance_in_two_threads_at_a_time(torch: Any) -> Any:
    mode, entered, leave, seen = torch.no_grad(), threading.Event(), threading.Event(), []

    def work() -> None:
        with mode:
            entered.set()
            leave.wait(10)
        seen.append(torch.is_grad_enabled())

    thread = threading.Thread(target=work)
    thread.start()
    entered.wait(10)
    with mode:
        seen.append(torch.is_grad_enabled())
    seen.append(torch.is_grad_enabled())
    leave.set()
    thread.join()
    return seen


@row([True, True, True, True])
def test_the_names_below_autograd(torch: Any) -> Any:
    names = ("no_grad", "enable_grad", "set_grad_enabled", "inference_mode")
    return [getattr(torch.autograd, name) is getattr(torch, name) for name in names]
