"""What a trained network says about pictures from files."""

import io
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from examples.cifar10 import classify
from examples.cifar10.checkpoint import read_checkpoint
from examples.cifar10.data import load_data
from examples.cifar10.evaluation import evaluate


@pytest.fixture
def picture(tmp_path):
    """picture(name, array) writes a file and returns its path."""

    def write(name, array):
        Image.fromarray(array).save(tmp_path / name)
        return tmp_path / name

    return write


def test_a_test_image_in_a_file_gets_the_answer_of_the_test(trained, synthetic_root, picture):
    test_set = load_data(synthetic_root).test
    classifier = classify.load_classifier(trained)
    result = evaluate(classifier.net1, classifier.net2, test_set, classifier.config.scaling)
    for net in (classifier.net1, classifier.net2):
        net.eval()
    for index in range(3):
        image = test_set.images[index].transpose(1, 2, 0)
        answer = classifier.answer(picture("a.png", image))
        assert (answer.seen == image).all()
        assert answer.probabilities.argmax() == result.predictions[index]
        assert answer.probabilities.max() == pytest.approx(result.confidences[index], rel=1e-4)


def test_it_prints_and_draws_what_it_says(trained, picture, tmp_path, capsys):
    wide = np.zeros((40, 90, 3), np.uint8)
    wide[:, 25:65] = (255, 0, 0)  # the square in the middle
    paths = [picture("wide.png", wide), picture("grey $a_$.png", np.full((8, 8), 7, np.uint8))]
    out = tmp_path / "answer.png"
    assert classify.main([*map(str, paths), "--run", str(trained), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("wide.png       ") and "\ngrey $a_$.png  " in said
    assert said.splitlines()[0].count("%") == 3
    with Image.open(out) as drawn:
        assert drawn.size == (990, 616)
    square, seen = classify.read_picture(paths[0])
    assert (square.shape, seen.shape) == ((40, 40, 3), (32, 32, 3))
    assert (square == (255, 0, 0)).all() and (seen == (255, 0, 0)).all()
    assert classify.read_picture(paths[1])[1].shape == (32, 32, 3), "a small one is enlarged"
    deep = picture("16 bits.png", np.full((8, 8), 0x8000, np.uint16))
    assert (classify.read_picture(deep)[1] == 0x80).all()


def test_the_best_epoch_answers_where_there_is_one(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "run")
    best = read_checkpoint(trained / "best.pt")["net1"]["conv1.bias"]
    found = classify.load_classifier(tmp_path / "run").net1.conv1.bias
    assert (found == best).all()
    (tmp_path / "run" / "best.pt").unlink()
    last = read_checkpoint(trained / "checkpoint.pt")["net1"]["conv1.bias"]
    assert (classify.load_classifier(tmp_path / "run").net1.conv1.bias == last).all()


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"", "is no picture that Pillow knows"),
     (b"\x89PNG\r\n\x1a\n" + b"cut", "picture")],
)  # fmt: skip
def test_a_file_that_is_no_picture(trained, tmp_path, capsys, content, said):
    path = tmp_path / "file.png"
    if content is not None:
        path.write_bytes(content)
    assert classify.main([str(path), "--run", str(trained)]) == 1
    assert said in capsys.readouterr().err


def test_without_a_run(tmp_path, capsys):
    assert classify.main(["a.png"]) == 1
    assert "no network in runs/. Give --run, or train one:" in capsys.readouterr().err


def test_a_terminal_without_the_signs_shows_others(trained, picture, monkeypatch):
    path = picture("\N{SNOWMAN}.png", np.zeros((8, 8, 3), np.uint8))
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    assert classify.main([str(path), "--run", str(trained)]) == 0
    out.flush()
    assert out.buffer.getvalue().startswith(b"?.png  ")
