"""The network that a library ships: what it predicts, what it refuses, PyTorch beside it."""

import math

import numpy as np
import pytest

import minitorch as mt
from examples.embed import check, fit, surrogate

ONE = [0.075, 0.016, 0.4, 1.5, 2.0]


def test_the_network_has_as_many_parameters_as_it_says():
    network = surrogate.Network()
    assert sum(p.numel() for p in network.parameters()) == 6690
    assert "6,690 parameters" in surrogate.__doc__


def test_the_truth_is_that_of_two_sources_of_heat():
    """Written out from the resistances of each pipe to the ground and to the other."""
    radius, pipe, place, grout, ground = ONE
    half = pipe + place * (radius - 2 * pipe)
    jump = (grout - ground) / (grout + ground)

    def over_grout(x):
        return x / (2 * math.pi * grout)

    mirror = radius**2 / (radius**2 - half**2), radius**2 / (radius**2 + half**2)
    own = fit.PIPE_RESISTANCE + over_grout(math.log(radius / pipe) + jump * math.log(mirror[0]))
    other = over_grout(math.log(radius / (2 * half)) + jump * math.log(mirror[1]))
    found = fit.resistances(mt.tensor([ONE], dtype=mt.float64))[0].tolist()
    assert found == pytest.approx([(own + other) / 2, 2 * (own - other)], rel=1e-12)


def test_what_is_shipped_is_close_to_the_truth():
    mt.manual_seed(1)
    boreholes = fit.draw_boreholes(1000)
    found, truth = surrogate.predict(boreholes.numpy()), fit.resistances(boreholes).numpy()
    off = np.abs(found / truth - 1)
    assert (found.shape, found.dtype) == ((1000, 2), np.float32)
    assert off.mean() < 0.002 and off.max() < 0.05


def test_boreholes_come_in_any_shape():
    one = surrogate.predict(ONE)
    many = surrogate.predict(np.broadcast_to(np.array(ONE), (2, 3, 5))[:, ::-1])
    assert one.shape == (2,) and many.shape == (2, 3, 2)
    np.testing.assert_allclose(many, np.broadcast_to(one, many.shape), rtol=1e-6)
    assert surrogate.predict(np.empty((0, 5))).shape == (0, 2)


@pytest.mark.parametrize(
    ("boreholes", "said"),
    [
        (ONE[:4], r"a borehole is 5 numbers, got shape \(4,\)"),
        (1.0, r"a borehole is 5 numbers, got shape \(\)"),
        ([ONE, [*ONE[:2], 1.5, *ONE[3:]]], r"place of the pipes: 1.5 is not in 0.0 to 1.0"),
        ([*ONE[:4], math.nan], r"conductivity of the ground, W/\(m K\): nan is not in 1.0 to 4.0"),
    ],
)
def test_what_it_has_not_learnt_is_refused(boreholes, said):
    with pytest.raises(ValueError, match=said):
        surrogate.predict(boreholes)


def test_both_libraries_predict_the_same_from_the_files_of_both(torch, capsys):
    assert check.main([]) == 0
    shown = capsys.readouterr().out
    assert all(f"{name} {module.__version__}" in shown for name, module in
               {"numpy": np, "minitorch": mt, "torch": torch}.items())  # fmt: skip
    assert "borehole.pth, fitted in minitorch: outputs differ by" in shown
    assert "a file fitted in PyTorch: outputs differ by" in shown


def test_without_pytorch_minitorch_is_measured(capsys, monkeypatch):
    monkeypatch.setattr(check, "find_spec", lambda name: None)
    assert check.main([]) == 0
    shown = capsys.readouterr().out
    assert "minitorch" in shown and "PyTorch is not installed" in shown


@pytest.mark.parametrize(
    ("outputs", "said"), [([[1.0, 2.0002]], "1.0e-04"), ([[1.0, 2.0], [math.nan, 2.0]], "nan")]
)
def test_files_that_differ_fail_the_check(capsys, monkeypatch, outputs, said):
    difference = check.largest_difference(outputs, [[1.0, 2.0]] * len(outputs))
    monkeypatch.setattr(check, "compare", lambda path: iter([("a", 0.0), ("a file", difference)]))
    assert check.main([]) == 1
    assert f"a file: outputs differ by {said} of their size at most" in capsys.readouterr().out


def test_a_fit_that_could_not_be_kept_does_not_begin(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(fit, "fit", None)
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        fit.main(["--out", str(tmp_path / "file" / "folder")])
    with pytest.raises(SystemExit):
        fit.main(["--steps", "0", "--out", str(tmp_path / "folder")])
    assert "0 steps are too few: 1 at least" in capsys.readouterr().err
    assert not (tmp_path / "folder").exists()


def test_a_file_that_is_not_there_is_named(capsys):
    with pytest.raises(SystemExit):
        check.main(["nowhere.pth"])
    assert "there is no file nowhere.pth" in capsys.readouterr().err
