"""The same training steps in frameworks beside PyTorch, each as its own documentation writes them.

    python -m benchmarks.others --installed                       # names and versions, as JSON
    python -m benchmarks.others jax mlp --start start.npz         # one turn, as JSON

`write_start` puts down what minitorch begins with, weights and batches, so that all losses have to
agree. Nothing of minitorch is imported otherwise: `table --others PYTHON` runs this with another
interpreter, that of an environment with the frameworks in it.
"""

import argparse
import itertools
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy

from benchmarks.processes import CHECKED, peak_megabytes, take_steps


class Start(NamedTuple):
    """Where a training begins. Weights are (out, in, ...), each before its bias."""

    parameters: list[numpy.ndarray]
    batches: list[tuple[numpy.ndarray, numpy.ndarray]]
    lr: float
    momentum: float


Update = Callable[[Any, Any], float]
"""One step on inputs and labels: it returns the loss."""


def jax_update(start: Start) -> Update:
    import jax
    import jax.numpy as jnp

    def network(parameters: Any, x: Any) -> Any:
        layers = list(zip(parameters[::2], parameters[1::2], strict=True))
        while layers[0][0].ndim == 4:
            weight, bias = layers.pop(0)
            x = jax.lax.conv(x, weight, (1, 1), "VALID") + bias[:, None, None]
            corners = ((1, 1, 2, 2), (1, 1, 2, 2), "VALID")
            x = jax.lax.reduce_window(jax.nn.relu(x), -jnp.inf, jax.lax.max, *corners)
        x = x.reshape(len(x), -1)
        for weight, bias in layers[:-1]:
            x = jax.nn.relu(x @ weight.T + bias)
        return x @ layers[-1][0].T + layers[-1][1]

    def loss_of(parameters: Any, x: Any, y: Any) -> Any:
        chosen = jax.nn.log_softmax(network(parameters, x))[jnp.arange(len(y)), y]
        return -jnp.mean(chosen)

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(parameters: Any, velocities: Any, x: Any, y: Any) -> Any:
        loss, grads = jax.value_and_grad(loss_of)(parameters, x, y)
        velocities = jax.tree.map(lambda v, g: start.momentum * v + g, velocities, grads)
        parameters = jax.tree.map(lambda p, v: p - start.lr * v, parameters, velocities)
        return parameters, velocities, loss

    parameters = [jnp.array(p) for p in start.parameters]
    state = parameters, [jnp.zeros_like(p) for p in parameters]

    def update(x: Any, y: Any) -> float:
        nonlocal state
        *state, loss = step(*state, x, y)
        return float(loss)

    return update


def tinygrad_update(start: Start) -> Update:
    os.environ.setdefault("DEV", "CPU")
    from tinygrad import Tensor, TinyJit, nn
    from tinygrad.helpers import Context

    parameters = [Tensor(p) for p in start.parameters]
    optimizer = nn.optim.SGD(parameters, start.lr, start.momentum)

    def network(x: Tensor) -> Tensor:
        layers = list(zip(parameters[::2], parameters[1::2], strict=True))
        while layers[0][0].ndim == 4:
            x = x.conv2d(*layers.pop(0)).relu().max_pool2d()
        x = x.flatten(1)
        for weight, bias in layers[:-1]:
            x = x.linear(weight.T, bias).relu()
        return x.linear(layers[-1][0].T, layers[-1][1])

    @TinyJit
    def step(x: Tensor, y: Tensor) -> Tensor:
        optimizer.zero_grad()
        loss = network(x).sparse_categorical_crossentropy(y).backward()
        return loss.realize(*optimizer.schedule_step())

    def update(x: Any, y: Any) -> float:
        with Context(TRAINING=1):
            return step(Tensor(x).realize(), Tensor(y).realize()).item()

    return update


def mygrad_update(start: Start) -> Update:
    import mygrad
    from mygrad.nnet.activations import relu
    from mygrad.nnet.layers import conv_nd, max_pool
    from mygrad.nnet.losses import softmax_crossentropy

    mygrad.turn_memory_guarding_off()  # as its documentation advises for speed
    parameters = [mygrad.tensor(p) for p in start.parameters]
    velocities = [numpy.zeros_like(p) for p in start.parameters]

    def network(x: Any) -> Any:
        layers = list(zip(parameters[::2], parameters[1::2], strict=True))
        while layers[0][0].ndim == 4:
            weight, bias = layers.pop(0)
            x = conv_nd(x, weight, stride=1) + bias.reshape(-1, 1, 1)
            x = max_pool(relu(x), (2, 2), 2)
        x = x.reshape(len(x), -1)
        for weight, bias in layers[:-1]:
            x = relu(x @ weight.T + bias)
        return x @ layers[-1][0].T + layers[-1][1]

    def update(x: Any, y: Any) -> float:
        loss = softmax_crossentropy(network(x), y)
        loss.backward()
        for parameter, velocity in zip(parameters, velocities, strict=True):
            velocity *= start.momentum
            velocity += parameter.grad
            parameter.data -= start.lr * velocity
        return loss.item()

    return update


def autograd_update(start: Start) -> Update:
    import autograd
    import autograd.numpy as np

    def network(parameters: Any, x: Any) -> Any:
        *hidden, (weight, bias) = zip(parameters[::2], parameters[1::2], strict=True)
        for each, its_bias in hidden:
            x = np.maximum(x @ each.T + its_bias, 0)
        return x @ weight.T + bias

    def loss_of(parameters: Any, x: Any, y: Any) -> Any:
        scores = network(parameters, x)
        scores = scores - np.max(scores, axis=1, keepdims=True)
        chosen = scores[np.arange(len(y)), y] - np.log(np.sum(np.exp(scores), axis=1))
        return -np.mean(chosen)

    loss_and_grads = autograd.value_and_grad(loss_of)
    velocities = [np.zeros_like(p) for p in start.parameters]

    def update(x: Any, y: Any) -> float:
        loss, grads = loss_and_grads(start.parameters, x, y)
        for parameter, velocity, grad in zip(start.parameters, velocities, grads, strict=True):
            velocity *= start.momentum
            velocity += grad
            parameter -= start.lr * velocity
        return float(loss)

    return update


FRAMEWORKS = {
    "jax": jax_update,
    "tinygrad": tinygrad_update,
    "mygrad": mygrad_update,
    "autograd": autograd_update,
}
NETWORKS = {  # that they can express
    "tutorial": ("jax", "tinygrad", "mygrad"),  # autograd has no convolution
    "mlp": tuple(FRAMEWORKS),
    "small_mlp": tuple(FRAMEWORKS),
}


def write_start(path: Path, case: str, batch: int) -> None:
    """Weights, batches and rates of a case of `step_worker`."""
    import minitorch
    from benchmarks.step_worker import CASES, begin

    settings = replace(CASES[case], batch=batch)
    (nets, _), batches = begin(minitorch, settings)
    parameters = [p.detach().numpy() for net in nets for p in net.parameters()]
    arrays = {f"parameter{i}": p for i, p in enumerate(parameters)}
    for i, (inputs, labels) in enumerate(batches):
        arrays |= {f"inputs{i}": inputs.numpy(), f"labels{i}": labels.numpy()}
    rates = {"lr": settings.options["lr"], "momentum": settings.options.get("momentum", 0.0)}
    path.parent.mkdir(parents=True, exist_ok=True)
    numpy.savez(path, **arrays, **rates)


def read_start(path: Path) -> Start:
    with numpy.load(path) as found:

        def numbered(name: str) -> list[numpy.ndarray]:
            names = (f"{name}{i}" for i in itertools.count())
            return [found[name] for name in itertools.takewhile(found.files.__contains__, names)]

        batches = list(zip(numbered("inputs"), numbered("labels"), strict=True))
        rates = float(found["lr"]), float(found["momentum"])
        return Start(numbered("parameter"), batches, *rates)


def train(framework: str, start: Start, steps: int, seconds: float) -> dict[str, Any]:
    """One turn, measured as `step_worker` does."""
    update = FRAMEWORKS[framework](start)
    endless = itertools.cycle(start.batches)

    def step() -> tuple[float, float]:
        inputs, labels = next(endless)
        begin = time.perf_counter()
        loss = update(inputs, labels)
        return time.perf_counter() - begin, loss

    times, losses = take_steps(step, steps // 10, steps, seconds)
    return {
        "version": metadata.version(framework),
        "seconds": times,
        "loss": losses[-1],
        "losses": losses[:CHECKED],
        "peak_mb": peak_megabytes(),
    }


def installed() -> dict[str, str]:
    found = {}
    for framework in FRAMEWORKS:
        try:
            found[framework] = metadata.version(framework)
        except metadata.PackageNotFoundError:
            continue
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("framework", nargs="?", choices=list(FRAMEWORKS))
    parser.add_argument("case", nargs="?", choices=list(NETWORKS))
    parser.add_argument("--start", type=Path, help="written by write_start")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=2.5)
    parser.add_argument("--installed", action="store_true")
    options = parser.parse_args()
    if options.installed:
        print(json.dumps(installed()))
        return
    start = read_start(options.start)
    print(json.dumps(train(options.framework, start, options.steps, options.seconds)))


if __name__ == "__main__":
    main()
