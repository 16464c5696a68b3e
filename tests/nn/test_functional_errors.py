"""What layers and functions refuse: PyTorch's exception and key phrase, then the remedy."""

import pytest

import minitorch as mt
from tests.nn.both import outcome
from tests.nn.cases import ERRORS


def script(call):
    return lambda torch: eval(call, {"t": torch, "nn": torch.nn, "F": torch.nn.functional})


@pytest.mark.parametrize(("call", "error"), ERRORS.items(), ids=ERRORS)
def test_bad_calls_say_what_came_and_what_to_do(call, error):
    kind, phrase, remedy = error
    came, (message, _) = outcome(script(call), mt)
    assert (came, phrase in str(message)) == (kind, True), message
    assert remedy in message


@pytest.mark.parametrize(("call", "error"), ERRORS.items(), ids=ERRORS)
def test_the_table_is_pytorchs(torch, call, error):
    kind, phrase, _ = error
    came, (message, _) = outcome(script(call), torch)
    assert (came, phrase in str(message)) == (kind, True), message


def test_implicit_softmax_dimension_is_warned_of_where_it_is_called(torch):
    def scripts(torch):
        x = torch.arange(24.0).reshape(2, 3, 4)
        return [
            torch.nn.functional.softmax(x[0]).tolist(),
            torch.nn.Softmax()(x).tolist(),
            torch.nn.functional.log_softmax(x[0, 0]).exp().sum().round().item(),
        ]

    ours = outcome(scripts, mt)
    theirs = outcome(scripts, torch)
    assert ours[0] == "value"
    assert ours[1][1] == theirs[1][1]
    assert len(ours[1][1]) == 3
    with pytest.warns(UserWarning, match="Implicit dimension") as caught:
        mt.nn.functional.softmax(mt.ones(2))
        mt.nn.Softmax()(mt.ones(2))
    assert [w.filename for w in caught] == [__file__, __file__]
