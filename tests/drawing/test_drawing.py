"""Pictures of graphs: what they say, and that they can be looked at."""

import itertools
import re
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

import minitorch as mt
from minitorch import nn
from minitorch.drawing import Picture, watch
from minitorch.drawing.layout import arrange
from minitorch.nn.modules import hooks
from tests.drawing.experiments import DRAWN, GOLDEN, golden_text
from tests.support.resnet import resnet18
from tests.support.source import REPOSITORY

SVG = "{http://www.w3.org/2000/svg}"
Draw = Callable[[], Picture]
every = pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)


def leaf(*shape: int) -> Any:
    return mt.ones(*shape, requires_grad=True)


@every
def test_each_experiment_is_drawn_as_it_was(draw: Draw) -> None:
    texts = dict(
        re.findall(r"^# (\w+)\n(.*?)\n(?=\n#|\n?\Z)", GOLDEN.read_text("utf-8"), re.M | re.S)
    )
    assert golden_text(draw) == texts[draw.__name__].rstrip("\n")


def boxes_of(svg: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each box."""
    found = []
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if group.get("data-key") is not None:
            x, y, width, height = [float(group[1].get(k)) for k in ("x", "y", "width", "height")]
            found.append((x, y, x + width, y + height))
    return found


@every
def test_no_box_lies_over_another_or_over_the_edge(draw: Draw) -> None:
    picture = draw()
    svg = picture.svg()
    boxes = boxes_of(svg)
    assert len(boxes) == len(picture.items)
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert all(0 <= a[0] < a[2] <= width and 0 <= a[1] < a[3] <= height for a in boxes)
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@every
def test_all_that_is_said_is_in_each_form(draw: Draw) -> None:
    picture = draw()
    shown = "\n".join(ElementTree.fromstring(picture.svg()).itertext())
    mermaid = picture.mermaid()
    for item in picture.items:
        for word in (item.label.name, item.label.what, item.label.shape, *item.label.notes):
            assert word in shown
            assert word in mermaid
    arrows = sum(len(item.inputs) for item in picture.items)
    assert len(re.findall(r"n\d+ (==>|-\.->|-\. cut \.->) n\d+$", mermaid, re.M)) == arrows


@every
def test_what_is_computed_stands_below(draw: Draw) -> None:
    picture = draw()
    boxes = boxes_of(picture.svg())
    for place, item in enumerate(picture.items):
        for source, _ in item.inputs:
            assert source < place
            assert boxes[source][3] < boxes[place][1]


def test_a_picture_is_the_same_each_time() -> None:
    for draw in DRAWN[:6]:
        one, other = draw(), draw()
        assert (one.svg(), one.mermaid(), one.text()) == (
            other.svg(),
            other.mermaid(),
            other.text(),
        )


def test_a_resnet_fits_on_a_page() -> None:
    model = resnet18(mt)
    x = mt.zeros(2, 3, 64, 64)
    called = mt.draw(model, x)
    assert len(called.items) <= 20
    assert sum("BasicBlock" in item.label.what for item in called.items) == 8
    recorded = mt.draw(model(x))  # a graph alone does not know what called its nodes
    assert len(recorded.items) <= 30
    assert "Sequential" in str(recorded)
    whole = mt.draw(model, x, depth=0)
    assert [item.key for item in whole.items] == ["x", "model"]
    assert "11,689,512 parameters" in str(whole)
    ops = mt.draw(model, x, depth=9, limit=1000)
    assert sum("ConvolutionBackward0" in item.label.what for item in ops.items) == 20


def test_a_long_graph_is_cut_with_a_sentence() -> None:
    y = w = leaf(2)
    for _ in range(50_000):
        y = y + w
    text = str(mt.draw(y, limit=10))
    assert text.count("AddBackward0") == 9
    assert "[w]" in text
    assert "no more than the last 20,000 are looked at" in text
    assert "are not shown, the earliest: limit=10" in text


def test_frozen_layers_and_cut_paths_are_told_apart() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 1))
    model[0].requires_grad_(False)
    with watch():
        hidden = model[1](model[0](mt.ones(1, 2)))
        out = model[2](hidden.detach())
        picture = mt.draw(out, depth=0)
    svg = picture.svg()
    for sign in ("mt-frozen", "mt-cut", "mt-cut-line", "mt-plain-line", "mt-module"):
        assert f'class="{sign}"' in svg, sign
    modules = [item for item in picture.items if item.kind == "module"]
    assert [(item.key, item.has_gradient) for item in modules] == [
        ("0", False),
        ("1", False),
        ("2", True),
    ]
    assert "no gradient comes here" in modules[1].label.notes
    assert "prefers-color-scheme:dark" in svg


def test_a_graph_knows_the_line_where_an_input_was_cut_off() -> None:
    w, frozen = leaf(2), leaf(2).requires_grad_(False)
    y = (w * 2).detach() + w
    with mt.no_grad():
        z = w * 3
    text = str(mt.draw(y + z.exp() + frozen))
    assert re.search(r"cut off .* detach\(\) test_drawing\.py:\d+", text)
    assert re.search(r"cut off .* no_grad\(\) test_drawing\.py:\d+", text)
    assert re.search(r"\[frozen\] +frozen, or made of it .* test_drawing\.py:\d+", text)


def test_hooks_and_kept_gradients_are_shown() -> None:
    w = leaf(2)
    y = w * 2
    y.retain_grad()
    y.grad_fn.register_hook(lambda *grads: None)
    w.register_post_accumulate_grad_hook(lambda leaf: None)
    z = y.sum()
    text = str(mt.draw(z))
    assert re.search(r"\[w\].*1 hook", text)
    assert re.search(r"\[y\].*1 hook; retain_grad", text)
    z.backward()
    assert re.search(r"\[y\].*retain_grad, has \.grad", str(mt.draw(z)))


def test_a_call_leaves_the_module_as_it_was() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = mt.get_rng_state()
    mt.draw(model, mt.randn(4, 3))
    assert all(bool((value == before[name]).all()) for name, value in model.state_dict().items())
    assert not hooks.everywhere
    mt.set_rng_state(state)
    again = mt.randn(4, 3)
    mt.set_rng_state(state)
    assert bool((again == mt.randn(4, 3)).all())


def test_a_picture_keeps_nothing_alive() -> None:
    w = leaf(2)
    with watch():
        y = w * 2
        picture = mt.draw(y, mark=y)
    node, gone = weakref.ref(y.grad_fn), weakref.ref(y)
    del y
    assert gone() is None
    assert node() is None
    assert "MulBackward0" in str(picture)


def test_nothing_is_watched_after_an_error_or_in_another_thread() -> None:
    with pytest.raises(ZeroDivisionError), watch():
        raise ZeroDivisionError
    assert not hooks.everywhere
    layer, seen = nn.Linear(2, 2), []
    with watch():
        thread = threading.Thread(target=lambda: seen.append(layer(mt.ones(1, 2))))
        thread.start()
        thread.join()
        assert "AddmmBackward0" in str(mt.draw(seen[0]))


def test_unrecorded_writes_keep_their_place() -> None:
    x = mt.ones(3)
    with watch():
        y = x * 2
        y.add_(1)
        y.mul_(3)
        text = str(mt.draw(y))
    assert [line.split()[1] for line in text.splitlines()[:4]] == ["requires", "Mul", "Add", "Mul"]


def test_a_node_goes_by_the_names_of_its_results() -> None:
    first, second = (leaf(4) * 2).split(2)
    picture = mt.draw(second * first)
    assert [item.label.name for item in picture.items] == ["", "", "first, second", ""]
    assert "<- first" in str(picture)


def test_names_can_be_given() -> None:
    model = nn.Linear(2, 1)
    x = mt.ones(1, 2, requires_grad=True)
    text = str(mt.draw(model(x).exp(), names={"the input": x, "head": model}, depth=0))
    assert "[the input]" in text
    assert "[head]" in text


def test_a_mark_points_at_a_box_and_says_why() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    model[0].weight.requires_grad = False
    loss = model(mt.ones(1, 2)).sum()
    picture = mt.draw(loss, mark=model[0].weight)
    assert 'mt-mark" data-key="0.weight"' in picture.svg()
    assert "the frozen leaf '0.weight' of Sequential" in str(picture)
    other = mt.draw(loss, mark=leaf(1))
    assert "is not in this graph" in str(other)


def test_names_that_mean_something_elsewhere_are_only_names() -> None:
    w = leaf(2)
    picture = mt.draw(w * 2, names={'<b>"&\x07#;': w})
    assert '<b>"&\N{REPLACEMENT CHARACTER}#;' in "".join(
        ElementTree.fromstring(picture.svg()).itertext()
    )
    assert "#lt;b#gt;#quot;" in picture.mermaid()


@pytest.mark.parametrize("ending", ["svg", "mmd", "txt"])
def test_a_file_is_written(ending: str, tmp_path: Any) -> None:
    picture = mt.draw(leaf(2) * 2)
    path = tmp_path / f"graph.{ending}"
    picture.save(path)
    forms = {"svg": picture._repr_svg_(), "mmd": picture.mermaid(), "txt": repr(picture)}
    assert path.read_text("utf-8") == forms[ending] + "\n"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


WRONG: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: mt.draw(3), TypeError, "shows the graph of a Tensor"),
    (lambda: mt.draw([]), TypeError, "but got list"),
    (lambda: mt.draw(nn.Linear(2, 2)), TypeError, r"draw\(model, input\) calls Linear"),
    (lambda: mt.draw(leaf(2), leaf(2)), TypeError, "calls modules and functions, but got Tensor"),
    (lambda: mt.draw(leaf(2), mark=3), TypeError, "mark is a Tensor"),
    (lambda: mt.draw(leaf(2), names={3: leaf(2)}), TypeError, "names is a dict, of names to"),
    (lambda: mt.draw(leaf(2), limit=1), ValueError, "limit of 2 or more"),
    (lambda: mt.draw(leaf(2), depth=-1), ValueError, "depth of 0 or more"),
    (lambda: mt.draw(leaf(2)).save("graph.png"), ValueError, r"\.svg, \.mmd, \.txt"),
]


@pytest.mark.parametrize(("call", "kind", "words"), WRONG)
def test_what_cannot_be_drawn(call: Callable[[], Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        call()


def test_lazy_layers_are_drawn_and_begin_as_new_ones() -> None:
    mt.manual_seed(0)
    model = nn.Sequential(nn.LazyConv2d(2, 3), nn.LazyBatchNorm2d(), nn.LazyInstanceNorm2d())
    assert "BatchNorm" in str(mt.draw(model, mt.randn(4, 3, 5, 5) + 7, depth=1))
    norm = model[1]
    assert type(norm) is nn.BatchNorm2d
    assert norm.running_mean.tolist() == [0, 0] and norm.running_var.tolist() == [1, 1]
    assert norm.num_batches_tracked == 0
    with pytest.raises(ValueError, match="expected 2D or 3D input"):  # of the call itself
        mt.draw(nn.LazyBatchNorm1d(), mt.randn(2, 3, 4, 5, 6))


def test_importing_minitorch_imports_nothing_of_this() -> None:
    script = "import sys, minitorch; print('minitorch.drawing' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


def test_layers_are_in_the_order_with_few_crossings() -> None:
    # Two chains and what joins them, given crosswise: side by side they do not cross.
    arrows = [(0, 3), (1, 2), (2, 4), (3, 4), (0, 4)]
    layout = arrange([(80, 30)] * 5, arrows)
    x = [place.x for place in layout.places]
    assert (x[0] < x[1]) == (x[3] < x[2])
    assert arrange([], []).width == 0


def test_a_tensor_has_its_name_though_its_fields_lie_in_a_dict() -> None:
    a = leaf(3)
    c = a.sigmoid().detach()
    vars(c)  # where nothing is compiled they do from here on
    total = (c * a).sum()
    assert "[c]      cut off" in str(mt.draw(total))


def test_files_are_named_as_seen_from_where_the_user_is(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    for place, shown in {
        "work/deep/train.py": "deep/train.py",
        "packages/mine/net.py": "mine/net.py",
        "train.py": "~/train.py",
        "worker/train.py": "~/worker/train.py",
    }.items():
        names: dict[str, Any] = {"w": leaf(2), "mt": mt}
        exec(compile("y = (w * 2).detach() + w", tmp_path / place, "exec"), names)
        picture = mt.draw(names["y"], mark=names["y"])
        assert f'file "{shown}", line 1' in picture.svg().replace("&quot;", '"')
        assert str(tmp_path) not in picture.svg() + str(picture)


def test_the_first_call_of_a_process_is_drawn_with_its_inputs() -> None:
    script = (
        "import minitorch as mt; x = mt.ones(2); print(mt.draw(lambda: x * 2))\n"
        "with mt.drawing.watch(): print(mt.draw(x + 1))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert re.search(r"Mul +\(2\) +<- ~x", run.stdout), run.stdout


def test_what_initialized_and_trained_a_frozen_leaf_is_not_shown() -> None:
    w = leaf(2)
    with watch():
        model = nn.Linear(2, 2)
        nn.init.ones_(model.weight)
        model(mt.ones(1, 2)).sum().backward()
        with mt.no_grad():
            model.weight -= 0.1 * model.weight.grad
            w.mul_(2)
        model.bias.data = model.bias.data - 0.1 * model.bias.grad
        model.requires_grad_(False)
        w.requires_grad_(False)
        picture = mt.draw(model(mt.ones(1, 2)) * w)
    shown = [(item.key, item.label.what) for item in picture.items]
    assert shown == [
        ("#0", "requires no grad"),
        ("weight", "frozen"),
        ("bias", "frozen"),
        ("#3", "Addmm"),
        ("w", "frozen"),
        ("#5", "Mul"),
    ]
