"""The short examples: tiny runs, from the command line to the picture."""

import pytest

import examples.char_gpt.train as char_gpt
import examples.embed.fit as embed
import examples.time_series_gru.train as time_series_gru
import examples.vae.train as vae
import minitorch as torch

SHORT = {
    "embed": (embed, ["--steps=2", "--examples=100"], "fit.png"),
    "vae": (vae, ["--epochs=1", "--images=128"], "digits.png"),
    "char_gpt": (char_gpt, ["--steps=2", "--length=20", "--text=text.txt"], "surprise.png"),
    "time_series_gru": (time_series_gru, ["--steps=2", "--weeks=4"], "forecast.png"),
}


@pytest.mark.parametrize("name", SHORT)
def test_a_short_run_leaves_a_picture_and_weights(name, tmp_path, capsys):
    program, arguments, picture = SHORT[name]
    (tmp_path / "text.txt").write_text(char_gpt.project_documents()[:2000], encoding="utf-8")
    program.main([*arguments, "--out", str(tmp_path / "run")])
    assert (tmp_path / "run" / picture).read_bytes().startswith(b"\x89PNG")
    (weights,) = (tmp_path / "run").glob("*.pt*")
    assert torch.load(weights)
    assert f"Look at {tmp_path / 'run' / picture}: " in capsys.readouterr().out


def test_digits_are_ink_on_paper():
    torch.manual_seed(0)
    images, labels = vae.draw_digits(100)
    assert (images.shape, labels.shape) == ((100, 1, 28, 28), (100,))
    assert 0 <= images.min() < 0.01
    assert 0.8 < images.max() <= 1
    assert 0.03 < images.mean() < 0.3


@pytest.mark.parametrize(
    ("program", "arguments", "said"),
    [
        (embed, ["--examples=99"], "99 examples are too few"),
        (vae, ["--images=63"], "63 images are too few"),
        (time_series_gru, ["--weeks=1"], "too little to learn from, --weeks 1"),
        (char_gpt, ["--text=absent.txt"], "cannot read absent.txt as text: [Errno 2] No such file"),
        (char_gpt, ["--text=picture.png"], "cannot read picture.png as text: 'utf-8' codec"),
        (char_gpt, ["--text=short.txt"], "a text of 9 characters is too short"),
        (char_gpt, ["--text=long.txt", "--prompt=xy"], "'xy' has no character that is in the text"),
    ],
)
def test_what_cannot_be_learnt_is_refused(tmp_path, capsys, program, arguments, said):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "short.txt").write_text("too short", encoding="utf-8")
    (tmp_path / "long.txt").write_text("ab" * 1000, encoding="utf-8")
    with pytest.raises(SystemExit):
        program.main(arguments)
    assert said in capsys.readouterr().err


def test_half_of_the_futures_lie_below_the_middle():
    torch.manual_seed(0)
    futures = torch.randn(3, time_series_gru.PATHS, 5)
    middle, high = time_series_gru.quantiles(futures, 0.5, 1.0)
    assert middle.shape == (3, 5)
    assert torch.equal(high, futures.amax(1))
    assert ((futures <= middle.unsqueeze(1)).float().mean(1) - 0.5).abs().max() <= 0.01
