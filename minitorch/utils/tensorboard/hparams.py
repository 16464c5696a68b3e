"""What TensorBoard's table of hyperparameters goes by, in the messages of its own package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.plugins.hparams import metadata
from tensorboard.plugins.hparams.api_pb2 import (
    DataType,
    Experiment,
    HParamInfo,
    MetricInfo,
    MetricName,
    Status,
)
from tensorboard.plugins.hparams.plugin_data_pb2 import (
    HParamsPluginData,
    SessionEndInfo,
    SessionStartInfo,
)

from minitorch.tensor import Tensor


def summaries(
    hparams: Mapping[str, Any], metrics: Mapping[str, Any], domains: Mapping[str, Any] | None
) -> list[Any]:
    """Return what is known of the experiment, that one run of it began, and that it ended well.

    Raises:
        TypeError: a domain is no list of values like the hyperparameter's own.
        ValueError: a hyperparameter is neither number nor text.
    """
    domains = {} if domains is None else domains
    _check(hparams, domains)
    started, infos = SessionStartInfo(), []
    for name, value in hparams.items():
        if value is None:
            continue
        kind = "string" if isinstance(value, str) else "number"
        setattr(started.hparams[name], f"{kind}_value", _plain(value))
        type_ = DataType.Value("DATA_TYPE_STRING" if kind == "string" else "DATA_TYPE_FLOAT64")
        info = HParamInfo(name=name, type=type_)
        if name in domains:
            info.domain_discrete.SetInParent()  # an empty list is one, too
            for choice in domains[name]:
                info.domain_discrete.values.add(**{f"{kind}_value": choice})
        infos.append(info)
    tags = [MetricInfo(name=MetricName(tag=name)) for name in metrics]
    experiment = Experiment(hparam_infos=infos, metric_infos=tags)
    ended = SessionEndInfo(status=Status.Value("STATUS_SUCCESS"))
    return [
        _value(metadata.EXPERIMENT_TAG, experiment=experiment),
        _value(metadata.SESSION_START_INFO_TAG, session_start_info=started),
        _value(metadata.SESSION_END_INFO_TAG, session_end_info=ended),
    ]


def _check(hparams: Mapping[str, Any], domains: Mapping[str, Any]) -> None:
    if not isinstance(domains, dict):
        raise TypeError("parameter: hparam_domain_discrete should be a dictionary, nothing logged.")
    for name, values in domains.items():
        is_list = name in hparams and isinstance(values, list)
        if not is_list or not all(isinstance(v, type(hparams[name])) for v in values):
            raise TypeError(
                f"parameter: hparam_domain_discrete[{name}] should be a list of same type as "
                f"hparam_dict[{name}]."
            )


def _plain(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.item()
    if not isinstance(value, (int, float, str)):
        raise ValueError("value should be one of int, float, str, bool, or torch.Tensor")
    return value


def _value(tag: str, **content: Any) -> Any:
    data = HParamsPluginData(version=metadata.PLUGIN_DATA_VERSION, **content)
    plugin = SummaryMetadata.PluginData(
        plugin_name=metadata.PLUGIN_NAME, content=data.SerializeToString()
    )
    return Summary.Value(tag=tag, metadata=SummaryMetadata(plugin_data=plugin))
