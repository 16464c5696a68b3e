"""The writer of a training's curves, pictures and texts; how they are written is tensorboard's."""

from __future__ import annotations

import datetime
import io
import math
import os
import socket
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.plugins.text.plugin_data_pb2 import TextPluginData
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from minitorch.core.dtypes import bfloat16
from minitorch.tensor import Tensor
from minitorch.utils.tensorboard import hparams

_COLUMNS = 8  # of a grid of images


class SummaryWriter:
    """Writes event files into a folder that ``tensorboard --logdir`` shows.

    Args:
        log_dir: the folder; by default runs/ with time and host name.
        comment: after the name of the default folder.
        purge_step: what stands in the folder from this step on is not shown any more: for a
            training that goes on from an earlier checkpoint.
        max_queue: how many values wait at most before they are written.
        flush_secs: for how many seconds at most.
        filename_suffix: after the names of the files.

    Raises:
        ModuleNotFoundError: on importing this, where ``tensorboard`` is not installed.

    Source: https://docs.pytorch.org/docs/stable/tensorboard.html, of which graphs, embeddings,
        curves of precision, meshes, sound and video are left out.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:
        if not log_dir:
            now = datetime.datetime.now().strftime("%b%d_%H-%M-%S")
            log_dir = os.path.join("runs", f"{now}_{socket.gethostname()}{comment}")
        self.log_dir = os.fspath(log_dir)
        self.purge_step = purge_step
        self._options = (max_queue, flush_secs, filename_suffix)
        self._files: dict[str, EventFileWriter] = {}  # by folder; one to begin with
        self._file(self.log_dir)

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """Add a point to a curve; the value is a number, or a tensor or an array of one."""
        value = _scalar(tag, scalar_value, new_style, double_precision)
        self._add(self.log_dir, value, global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Add a point to each of several curves of one plot; each has a folder of its own."""
        for tag, scalar in tag_scalar_dict.items():
            folder = os.path.join(self.log_dir, f"{main_tag.replace('/', '_')}_{tag}")
            self._add(folder, _scalar(main_tag, scalar, False, False), global_step, walltime)

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: int | None = None,
        bins: Any = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """Add how numbers are spread: (*), over bins that grow by a tenth, or NumPy's ``bins``."""
        edges = _bins() if isinstance(bins, str) and bins == "tensorflow" else bins
        histogram = _histogram(_array(values).astype(float).ravel(), edges, max_bins)
        self._add(self.log_dir, Summary.Value(tag=tag, histo=histogram), global_step, walltime)

    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """Add a picture: bytes, or numbers from 0 to 1; ``dataformats`` names its dimensions."""
        picture = _encode(_pixels(_array(img_tensor), dataformats))
        self._add(self.log_dir, Summary.Value(tag=tag, image=picture), global_step, walltime)

    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Add pictures as one, eight in a row."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

    def add_figure(
        self,
        tag: str,
        figure: Any,
        global_step: int | None = None,
        close: bool = True,
        walltime: float | None = None,
    ) -> None:
        """Add one of Matplotlib's figures, or a list of them; ``close`` has pyplot forget them."""
        figures = figure if isinstance(figure, list) else [figure]
        drawn = np.stack([_draw(one) for one in figures])
        self.add_image(tag, drawn, global_step, walltime, dataformats="NHWC")
        if close:
            import matplotlib.pyplot as plt

            for one in figures:
                plt.close(one)

    def add_text(
        self,
        tag: str,
        text_string: str,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Add a text, which may be Markdown."""
        content = TextPluginData(version=0).SerializeToString()
        shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)])
        text = TensorProto(dtype="DT_STRING", string_val=[text_string.encode()], tensor_shape=shape)
        value = Summary.Value(
            tag=f"{tag}/text_summary", metadata=_metadata("text", content), tensor=text
        )
        self._add(self.log_dir, value, global_step, walltime)

    def add_hparams(
        self,
        hparam_dict: Mapping[str, Any],
        metric_dict: Mapping[str, Any],
        hparam_domain_discrete: Mapping[str, list[Any]] | None = None,
        run_name: str | None = None,
        global_step: int | None = None,
    ) -> None:
        """Add a line to the table of hyperparameters: settings, and what came of them.

        It is a run of its own, in a folder within this one: ``run_name``, by default the time.
        ``hparam_domain_discrete`` names the values that a setting may have.
        """
        if type(hparam_dict) is not dict or type(metric_dict) is not dict:
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        values = hparams.summaries(hparam_dict, metric_dict, hparam_domain_discrete)
        with SummaryWriter(os.path.join(self.log_dir, run_name or str(time.time()))) as run:
            for value in values:
                run._add(run.log_dir, value, global_step, None)
            for name, metric in metric_dict.items():
                run.add_scalar(name, metric, global_step)

    def get_logdir(self) -> str:
        """Return the folder."""
        return self.log_dir

    def flush(self) -> None:
        """Write what waits."""
        for file in self._files.values():
            file.flush()

    def close(self) -> None:
        """Write what waits, and close the files; what is added later goes into new ones."""
        for file in self._files.values():
            file.close()
        self._files = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.close()

    def _file(self, folder: str) -> EventFileWriter:
        if folder not in self._files:
            queue, seconds, suffix = self._options
            file = self._files[folder] = EventFileWriter(folder, queue, seconds, suffix)
            if self.purge_step is not None and folder == self.log_dir:
                start = SessionLog(status=SessionLog.START)
                file.add_event(Event(step=self.purge_step, file_version="brain.Event:2"))
                file.add_event(Event(step=self.purge_step, session_log=start))
                self.purge_step = None
        return self._files[folder]

    def _add(self, folder: str, value: Any, step: int | None, walltime: float | None) -> None:
        event = Event(summary=Summary(value=[value]))
        event.wall_time = time.time() if walltime is None else walltime
        if step is not None:
            event.step = int(step)
        self._file(folder).add_event(event)


def _array(value: Any) -> np.ndarray[Any, Any]:
    if isinstance(value, Tensor):
        known = value.float() if value.dtype == bfloat16 else value  # NumPy has no such type
        return np.asarray(known.detach().numpy())
    if not isinstance(value, np.ndarray) and not np.isscalar(value):
        raise NotImplementedError(
            f"Got {type(value)}, but numpy array or torch tensor are expected."
        )
    return np.asarray(value)


def _metadata(plugin: str, content: bytes = b"") -> Any:
    data = SummaryMetadata.PluginData(plugin_name=plugin, content=content)
    return SummaryMetadata(plugin_data=data)


def _scalar(tag: str, value: Any, new_style: bool, double_precision: bool) -> Any:
    number = _array(value).squeeze()
    assert number.ndim == 0, (
        f"Tensor should contain one element (0 dimensions). Was given size: {number.size} and "
        f"{number.ndim} dimensions."
    )
    if not new_style:
        return Summary.Value(tag=tag, simple_value=float(number))
    if double_precision:
        tensor = TensorProto(double_val=[float(number)], dtype="DT_DOUBLE")
    else:
        tensor = TensorProto(float_val=[float(number)], dtype="DT_FLOAT")
    return Summary.Value(tag=tag, tensor=tensor, metadata=_metadata("scalars"))


def _bins() -> list[float]:
    """Edges a tenth apart, from 1e-12 to 1e20 on both sides of zero: those of TensorFlow."""
    edges, edge = [], 1e-12
    while edge < 1e20:
        edges.append(edge)
        edge *= 1.1
    return [-x for x in reversed(edges)] + [0.0, *edges]


def _histogram(values: np.ndarray[Any, Any], bins: Any, max_bins: int | None) -> Any:
    """Counts between edges; empty bins at both ends are left out, but for one at the left.

    TensorBoard knows each bin by its right edge, so that one says where the next begins.
    """
    if values.size == 0:
        raise ValueError("The input has no element.")
    counts, limits = np.histogram(values, bins=bins)
    if max_bins is not None and len(counts) > max_bins:
        width = len(counts) // max_bins
        limits = np.append(limits[:-1:width], limits[-1])
        counts = np.add.reduceat(counts, np.arange(0, len(counts), width))
    found = np.flatnonzero(counts)
    if found.size == 0:
        raise ValueError("The histogram is empty, please file a bug report.")
    first, last = found[0], found[-1] + 1
    return HistogramProto(
        min=values.min(), max=values.max(), num=len(values), sum=values.sum(),
        sum_squares=values.dot(values), bucket_limit=limits[first : last + 1].tolist(),
        bucket=[0, *counts[first:last].tolist()],
    )  # fmt: skip


def _pixels(array: np.ndarray[Any, Any], formats: str) -> np.ndarray[Any, Any]:
    """Any layout to bytes (H, W, channels); several pictures become one, eight in a row."""
    formats = formats.upper()
    assert len(set(formats)) == len(formats), (
        f"You can not use the same dimension shorthand twice. input_format: {formats}"
    )
    assert array.ndim == len(formats), (
        f"size of input tensor and input format are different. tensor shape: {array.shape}, "
        f"input_format: {formats}"
    )
    is_one = "N" not in formats
    for letter in "NC":
        if letter not in formats:
            formats, array = letter + formats, array[None]
    array = array.transpose([formats.index(letter) for letter in "NHWC"])
    if array.dtype != np.uint8:
        array = (array.astype(np.float32) * 255).clip(0, 255).astype(np.uint8)
    if array.shape[3] == 1:
        array = np.repeat(array, 3, axis=3)
    assert is_one or array.shape[3] == 3, "Input should be a 4D numpy array with 3 channels"
    count, height, width, channels = array.shape
    columns = min(count, _COLUMNS)
    rows = math.ceil(count / columns)
    grid = np.zeros((rows * columns, height, width, channels), np.uint8)
    grid[:count] = array
    grid = grid.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    return grid.reshape(rows * height, columns * width, channels)


def _encode(pixels: np.ndarray[Any, Any]) -> Any:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    height, width, channels = pixels.shape
    return Summary.Image(
        height=height, width=width, colorspace=channels, encoded_image_string=file.getvalue()
    )


def _draw(figure: Any) -> np.ndarray[Any, Any]:
    """One of Matplotlib's figures as bytes (H, W, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)  # which has no types
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]
