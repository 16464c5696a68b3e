"""What moves the weights: the optimizer, its learning rates, an average to return to."""

import math
from typing import Any

import numpy as np

from examples.cifar10.config import Config
from examples.cifar10.errors import ConfigError
from minitorch import Tensor, nn
from minitorch.optim import SGD, Optimizer, swa_utils
from minitorch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

RETURN_EVERY = 5  # steps


def build_optimizer(networks: nn.Module, config: Config) -> Optimizer:
    """SGD over both networks; where batch norm has biases, they are a group with its own rate."""
    norms = [module for module in networks.modules() if isinstance(module, nn.BatchNorm2d)]
    biases = {id(norm.bias) for norm in norms}
    others = [p for p in networks.parameters() if p.requires_grad and id(p) not in biases]
    groups = [{"params": others}]
    if norms:
        groups.append(
            {
                "params": [norm.bias for norm in norms],
                "lr": config.learning_rate * config.norm_bias_rate,
                # A step takes rate * decay of a weight: the larger rate is not to take more.
                "weight_decay": config.weight_decay / config.norm_bias_rate,
            }
        )
    return SGD(
        groups,
        lr=config.learning_rate,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        nesterov=config.nesterov,
    )


def build_schedule(optimizer: Optimizer, config: Config, total_steps: int) -> LRScheduler:
    """The learning rate of every step, as a factor or a curve of the optimizer's own."""
    if config.schedule == "constant":
        return LambdaLR(optimizer, lambda step: 1.0)
    if config.warmup * total_steps == 1:
        raise ConfigError(
            f"warmup = {config.warmup} of {total_steps} steps is the first one alone, and a climb "
            "takes two: set a larger warmup, more epochs or schedule=constant."
        )
    triangle = {"anneal_strategy": "linear", "div_factor": 1 / 0.2, "final_div_factor": 0.2 / 0.07}
    return OneCycleLR(
        optimizer,
        max_lr=[group["lr"] for group in optimizer.param_groups],
        total_steps=total_steps,
        pct_start=config.warmup,
        cycle_momentum=False,  # the momentum stays what the config says
        **(triangle if config.schedule == "triangle" else {}),
    )


def gradient_norms(**networks: nn.Module) -> dict[str, float]:
    """Of each network the norm of all its gradients, as if they were one vector.

    In NumPy: a norm of tensors would take a third of the time of the smallest network's step.
    """
    norms = {}
    for name, network in networks.items():
        grads = [p.grad.numpy() for p in network.parameters() if p.grad is not None]
        norms[name] = math.sqrt(sum(float(np.vdot(grad, grad)) for grad in grads))
    return norms


class Lookahead:
    """An average of parameters and batch norm's statistics, to which `networks` return at times.

    It takes in every fifth step. What it keeps of itself grows with the third power of the time, so
    that the networks move fast at first and are smooth at the end.

    Source: Zhang et al. 2019, "Lookahead Optimizer: k steps forward, 1 step back"; the growing
    decay is of airbench94 (see record.py).
    """

    def __init__(self, networks: nn.Module, config: Config, total_steps: int) -> None:
        self.networks, self.config, self.total_steps = networks, config, total_steps
        self.share = 0.0  # of the steps done
        self.average = swa_utils.AveragedModel(networks, multi_avg_fn=self.mix, use_buffers=True)

    def mix(self, averages: list[Tensor], values: list[Tensor], number: Any) -> None:
        decay = self.config.lookahead**RETURN_EVERY * self.share**3
        swa_utils.get_ema_multi_avg_fn(decay)(averages, values, number)

    def after_step(self, step: int, epoch: int) -> None:
        """Takes in what the networks have become, and has them be the average."""
        if epoch >= self.config.lookahead_after and step % RETURN_EVERY == 0:
            self.share = step / self.total_steps
            self.average.update_parameters(self.networks)
            self.return_to_average()

    def return_to_average(self) -> None:
        """At the end of an epoch: the steps since the last one are given up."""
        if self.average.n_averaged > 0:
            self.networks.load_state_dict(self.average.module.state_dict())

    def state_dict(self) -> dict[str, Any]:
        return self.average.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> object:
        return self.average.load_state_dict(state_dict)
