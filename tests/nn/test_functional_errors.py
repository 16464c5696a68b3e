"""What functions refuse: PyTorch's exception and key phrase, then the remedy."""

import pytest

import minitorch as mt
from tests.nn.both import outcome

# call -> (exception, key phrase, what else we say)
CONV = {
    "F.conv2d(t.ones(2, 4, 5, 5), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "Given groups=1, weight of size [8, 3, 3, 3], expected input[2, 4, 5, 5] to have 3 "
        "channels, but got 4 channels instead",
        "permute(0, 3, 1, 2)",
    ),
    "F.conv2d(t.ones(2, 4, 5, 5), t.ones(8, 3, 3, 3), groups=2)": (
        "RuntimeError",
        "Given groups=2, weight of size [8, 3, 3, 3], expected input[2, 4, 5, 5] to have 6 "
        "channels, but got 4 channels instead",
        "",
    ),
    "F.conv2d(t.ones(4, 5, 5), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "expected input[1, 4, 5, 5] to have 3 channels, but got 4 channels instead",
        "",
    ),
    "F.conv2d(t.ones(5, 5), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [5, 5]",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 2, 2), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "Calculated padded input size per channel: (2 x 2). Kernel size: (3 x 3). Kernel size "
        "can't be greater than actual input size",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), t.ones(7))": (
        "RuntimeError",
        "Given weight of size [8, 3, 3, 3], expected bias to be 1-dimensional with 8 elements, "
        "but got bias of size [7] instead",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), stride=0)": (
        "RuntimeError",
        "non-positive stride is not supported",
        "stride=(0, 0)",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), padding=-1)": (
        "RuntimeError",
        "negative padding is not supported",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), dilation=0)": (
        "RuntimeError",
        "non-positive dilation is not supported",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), groups=0)": (
        "RuntimeError",
        "non-positive groups is not supported",
        "",
    ),
    "F.conv2d(t.ones(2, 6, 5, 5), t.ones(7, 3, 3, 3), groups=2)": (
        "RuntimeError",
        "Given groups=2, expected weight to be divisible by 2 at dimension 0, but got weight of "
        "size [[7, 3, 3, 3]] instead",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), stride=(1, 2, 3))": (
        "RuntimeError",
        "expected stride to be a single integer value or a list of 2 values to match the "
        "convolution dimensions, but got stride=[1, 2, 3]",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), stride=1.5)": (
        "TypeError",
        "conv2d() received an invalid combination of arguments",
        "stride=1.5",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(3, 3, 3))": (
        "RuntimeError",
        "expected stride to be a single integer value or a list of",
        "4D weight",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3).double())": (
        "RuntimeError",
        "Input type (torch.FloatTensor) and weight type (torch.DoubleTensor) should be the same",
        ".double()",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5).double(), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "expected scalar type Double but found Float",
        ".float()",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5).long(), t.ones(8, 3, 3, 3))": (
        "RuntimeError",
        "expected scalar type Long but found Float",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), padding='same', stride=2)": (
        "RuntimeError",
        "padding='same' is not supported for strided convolutions",
        "",
    ),
    "F.conv2d(t.ones(2, 3, 5, 5), t.ones(8, 3, 3, 3), padding='foo')": (
        "RuntimeError",
        "Invalid padding string: 'foo'",
        "",
    ),
    "nn.Conv2d(3, 4, 3, groups=2)": (
        "ValueError",
        "in_channels must be divisible by groups",
        "in_channels=3",
    ),
    "nn.Conv2d(4, 3, 3, groups=2)": ("ValueError", "out_channels must be divisible by groups", ""),
    "nn.Conv2d(4, 3, 3, groups=0)": ("ValueError", "groups must be a positive integer", ""),
    "nn.Conv2d(4, 3, 3, padding='foo')": (
        "ValueError",
        "Invalid padding string 'foo', should be one of",
        "",
    ),
    "nn.Conv2d(4, 3, 3, padding='same', stride=2)": (
        "ValueError",
        "padding='same' is not supported for strided convolutions",
        "",
    ),
    "nn.Conv2d(4, 3, 3, padding_mode='foo')": (
        "ValueError",
        "padding_mode must be one of",
        "'reflect'",
    ),
}

PAD = {
    "F.pad(t.ones(2, 3), (1,))": ("RuntimeError", "Padding length must be divisible by 2", ""),
    "F.pad(t.ones(2, 3), (1, 1, 1, 1, 1, 1))": (
        "RuntimeError",
        "Padding length should be less than or equal to two times the input dimension but got "
        "padding length 6 and input of dimension 2",
        "",
    ),
    "F.pad(t.ones(2, 3), (1, 1), mode='foo')": (
        "NotImplementedError",
        "Unrecognised padding mode foo",
        "'circular'",
    ),
    "F.pad(t.ones(1, 1, 3, 3), (3, 1, 1, 1), mode='reflect')": (
        "RuntimeError",
        "Padding size should be less than the corresponding input dimension, but got: padding "
        "(3, 1) at dimension 3 of input [1, 1, 3, 3]",
        "",
    ),
    "F.pad(t.ones(3, 3), (1, 1, 1, 1), mode='reflect')": (
        "NotImplementedError",
        "Padding size 4 is not supported for 2D input tensor.",
        "",
    ),
    "F.pad(t.ones(1, 1, 3, 3), (1, 1, 1, 1), mode='reflect', value=1.0)": (
        "RuntimeError",
        'Padding mode "reflect" doesn\'t take in value argument',
        "",
    ),
    "F.pad(t.ones(1, 1, 3, 3), (-1, -3))": (
        "RuntimeError",
        "narrow(): length must be non-negative",
        "",
    ),
    "F.pad(t.ones(1, 1, 3, 3), (4, 1, 1, 1), mode='circular')": (
        "RuntimeError",
        "Padding value causes wrapping around more than once.",
        "",
    ),
    "F.pad(t.ones(1, 1, 0, 3), (1, 1, 1, 1), mode='replicate')": (
        "RuntimeError",
        "0 batch size and other non-zero dimensions for input, but got: [1, 1, 0, 3]",
        "",
    ),
}

LINEAR = {
    "F.linear(t.ones(2, 3), t.ones(4, 5))": (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (2x3 and 5x4)",
        "linear expects 5 input features",
    ),
    "F.linear(t.ones(2, 3, 7), t.ones(4, 5))": (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (6x7 and 5x4)",
        "[2, 3, 7]",
    ),
    "F.linear(t.ones(3), t.ones(4, 5))": (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (1x3 and 5x4)",
        "",
    ),
    "F.linear(t.ones(2, 3), t.ones(4, 3), t.ones(3))": (
        "RuntimeError",
        "The expanded size of the tensor (4) must match the existing size (3) at non-singleton "
        "dimension 1.  Target sizes: [2, 4].  Tensor sizes: [3]",
        "",
    ),
    "F.linear(t.ones(()), t.ones(4, 3))": (
        "RuntimeError",
        "both arguments to linear need to be at least 1D, but they are 0D and 2D",
        "",
    ),
    "F.linear(t.ones(2, 3), t.ones(4, 3).double())": (
        "RuntimeError",
        "expected m1 and m2 to have the same dtype, but got: float != double",
        ".to(dtype)",
    ),
    "F.linear(t.ones(2, 3).long(), t.ones(4, 3))": (
        "RuntimeError",
        "expected m1 and m2 to have the same dtype, but got: long int != float",
        "",
    ),
    "F.linear([1.0, 2.0], t.ones(4, 3))": (
        "TypeError",
        "linear(): argument 'input' (position 1) must be Tensor, not list",
        "torch.as_tensor",
    ),
    "F.linear(None, t.ones(4, 3))": (
        "TypeError",
        "linear(): argument 'input' (position 1) must be Tensor, not NoneType",
        "",
    ),
    "nn.Linear(-3, 4)": ("RuntimeError", "Trying to create tensor with negative dimension -3", ""),
}

POOL = {
    "F.max_pool2d(t.ones(4, 4), 2)": (
        "RuntimeError",
        "non-empty 3D or 4D (batch mode) tensor expected for input",
        "[4, 4]",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), 2, padding=2)": (
        "RuntimeError",
        "pad should be at most half of effective kernel size, but got pad=2, kernel_size=2 and "
        "dilation=1",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), (2, 3, 4))": (
        "RuntimeError",
        "max_pool2d: kernel_size must either be a single int, or a tuple of two ints",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), 2, stride=0)": (
        "RuntimeError",
        "stride should not be zero",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), 2, padding=-1)": (
        "RuntimeError",
        "pad must be non-negative, but got pad: -1",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4), 2, dilation=0)": (
        "RuntimeError",
        "dilation should be greater than zero, but got dilation",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 1, 1), 2)": (
        "RuntimeError",
        "Given input size: (1x1x1). Calculated output size: (1x0x0). Output size is too small",
        "",
    ),
    "F.max_pool2d(t.ones(1, 1, 4, 4) > 0, 2)": (
        "NotImplementedError",
        "\"max_pool2d\" not implemented for 'Bool'",
        ".float()",
    ),
    "F.avg_pool2d(t.ones(1, 1, 4, 4), 2, divisor_override=0)": (
        "RuntimeError",
        "divisor must be not zero",
        "",
    ),
    "F.avg_pool2d(t.ones(1, 1, 4, 4), (1, 2, 3))": (
        "RuntimeError",
        "avg_pool2d: kernel_size must either be a single int, or a tuple of two ints",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(4, 4), 2)": (
        "RuntimeError",
        "adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got [4, 4]",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(1, 1, 4, 4), (1, 2, 3))": (
        "RuntimeError",
        "adaptive_avg_pool2d: output_size must be 2",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(1, 1, 4, 4), -1)": (
        "RuntimeError",
        "adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but "
        "received",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(1, 1, 4, 0), 2)": (
        "RuntimeError",
        "adaptive_avg_pool2d(): Expected input to have non-zero size for non-batch dimensions, "
        "but input has sizes [1, 1, 4, 0]",
        "",
    ),
    "F.adaptive_avg_pool2d(t.ones(1, 1, 4, 4).long(), 2)": (
        "NotImplementedError",
        "\"adaptive_avg_pool2d\" not implemented for 'Long'",
        ".float()",
    ),
}

NORM = {
    "F.batch_norm(t.ones(1, 3), t.zeros(3), t.ones(3), training=True)": (
        "ValueError",
        "Expected more than 1 value per channel when training, got input size torch.Size([1, 3])",
        "eval()",
    ),
    "nn.BatchNorm2d(3)(t.ones(1, 3, 1, 1))": (
        "ValueError",
        "Expected more than 1 value per channel when training, got input size "
        "torch.Size([1, 3, 1, 1])",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(2), t.ones(3), training=True)": (
        "RuntimeError",
        "running_mean should contain 3 elements not 2",
        "3 channels",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(3), t.ones(2))": (
        "RuntimeError",
        "running_var should contain 3 elements not 2",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(3), t.ones(3), weight=t.ones(2))": (
        "RuntimeError",
        "weight should contain 3 elements not 2",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), t.zeros(3), t.ones(3), bias=t.ones(2))": (
        "RuntimeError",
        "bias should contain 3 elements not 2",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), None, None)": (
        "RuntimeError",
        "running_mean must be defined in evaluation mode",
        "",
    ),
    "F.batch_norm(t.ones(4), None, None, training=True)": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
        "",
    ),
    "F.batch_norm(t.ones(4, 3).double(), t.zeros(3), t.ones(3), training=True)": (
        "RuntimeError",
        "mixed dtype (CPU): all inputs must share same datatype",
        ".float()",
    ),
    "F.batch_norm(t.ones(4, 3).long(), None, None, training=True)": (
        "NotImplementedError",
        "\"batch_norm\" not implemented for 'Long'",
        "",
    ),
    "F.batch_norm(t.ones(4, 3), None, None, training=True, eps=-1)": (
        "ValueError",
        "batch_norm eps must be positive during training, but got -1",
        "",
    ),
    "nn.BatchNorm2d(3)(t.ones(2, 3))": ("ValueError", "expected 4D input (got 2D input)", ""),
    "nn.BatchNorm1d(3)(t.ones(2, 3, 4, 4))": (
        "ValueError",
        "expected 2D or 3D input (got 4D input)",
        "",
    ),
}

ACTIVATIONS = {
    "F.dropout(t.ones(2), p=1.5)": (
        "ValueError",
        "dropout probability has to be between 0 and 1, but got 1.5",
        "",
    ),
    "nn.Dropout(-0.1)": (
        "ValueError",
        "dropout probability has to be between 0 and 1, but got -0.1",
        "",
    ),
    "F.dropout(t.arange(5))": (
        "RuntimeError",
        "result type Float can't be cast to the desired output type Long",
        ".float()",
    ),
    "F.softmax(t.ones(2, 3), dim=2)": (
        "IndexError",
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "",
    ),
    "F.log_softmax(t.arange(3), dim=0)": ("NotImplementedError", "not implemented for", ".float()"),
    "F.gelu(t.ones(2), approximate='foo')": (
        "RuntimeError",
        "approximate argument must be either none or tanh",
        "'foo'",
    ),
    "F.gelu(t.arange(3))": ("NotImplementedError", "not implemented for", ".float()"),
    "F.leaky_relu(t.arange(3))": ("NotImplementedError", "not implemented for", ".float()"),
    "F.relu(t.ones(2) > 0)": ("RuntimeError", "Boolean inputs not supported for relu", ""),
    "F.relu([1.0])": ("TypeError", "must be Tensor, not list", ""),
    "nn.Unflatten(1, 3)": (
        "TypeError",
        "unflattened_size must be a tuple of ints, but found type int",
        "",
    ),
    "nn.Unflatten(1, (2, 3))(t.ones(2, 7))": (
        "RuntimeError",
        "unflatten: Provided sizes [2, 3] don't multiply up to the size of dim 1 (7) in the input "
        "tensor",
        "",
    ),
    "nn.Flatten(2)(t.ones(2, 7))": ("IndexError", "Dimension out of range", ""),
}

LOSSES = {
    "F.cross_entropy(t.ones(4, 5), t.tensor([0, 1, 2, 10]))": (
        "IndexError",
        "Target 10 is out of bounds.",
        "0 to 4",
    ),
    "F.nll_loss(t.ones(4, 5), t.tensor([0, 1, 2, -1]))": (
        "IndexError",
        "Target -1 is out of bounds.",
        "",
    ),
    "F.nll_loss(t.ones(2, 3, 4, 5), t.full((2, 4, 5), 7))": (
        "IndexError",
        "Target 7 is out of bounds.",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.tensor([0, 1, 2]))": (
        "ValueError",
        "Expected input batch_size (4) to match target batch_size (3).",
        "",
    ),
    "F.nll_loss(t.ones(4, 5), t.ones(4))": (
        "RuntimeError",
        "expected target dtype to be Long or Byte, but got Float",
        ".long()",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4).int())": (
        "RuntimeError",
        "expected target dtype to be Long or Byte, but got Int",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4, 1).long())": (
        "RuntimeError",
        "0D or 1D target tensor expected, multi-target not supported",
        "a target of shape [4], but got [4, 1]",
    ),
    "F.nll_loss(t.ones(5), t.ones(4).long())": (
        "ValueError",
        "For 1D input, 1D target must have size 1, but got target size: 4",
        "",
    ),
    "F.nll_loss(t.ones(2, 3, 4, 5), t.zeros(2, 4, 4).long())": (
        "RuntimeError",
        "size mismatch (got input: [2, 3, 4, 5] , target: [2, 4, 4]",
        "",
    ),
    "F.nll_loss(t.ones(2, 3, 4, 5), t.zeros(2, 4).long())": (
        "RuntimeError",
        "only batches of spatial targets supported (3D tensors) but got targets of dimension: 2",
        "[2, 4, 5]",
    ),
    "F.nll_loss(t.ones(()), t.tensor(0))": (
        "ValueError",
        "Expected 1 or more dimensions (got 0)",
        "",
    ),
    "F.nll_loss(t.ones(4, 5), t.ones(4).long(), weight=t.ones(4))": (
        "RuntimeError",
        "weight tensor should be defined either for all 5 classes or no classes but got weight "
        "tensor of shape: [4]",
        "",
    ),
    "F.nll_loss(t.ones(4, 5), t.ones(4).long(), weight=t.ones(5).double())": (
        "RuntimeError",
        "expected scalar type Float but found Double",
        "",
    ),
    "F.nll_loss(t.ones(4, 5).long(), t.ones(4).long())": (
        "NotImplementedError",
        "not implemented for 'Long'",
        "",
    ),
    "F.nll_loss(t.ones(4, 5), t.ones(4).long(), reduction='foo')": (
        "ValueError",
        "foo is not a valid value for reduction",
        "'mean', 'sum' or 'none'",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4, 5).long())": (
        "RuntimeError",
        "Expected floating point type for target with class probabilities, got Long",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4, 5), weight=t.ones(4))": (
        "RuntimeError",
        "weight tensor should be defined either for all 5 classes or no classes but got weight "
        "tensor of shape: [4]",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4, 5), ignore_index=1)": (
        "RuntimeError",
        "ignore_index is not supported for floating point target",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), t.ones(4).long(), label_smoothing=1.5)": (
        "RuntimeError",
        "label_smoothing must be between 0.0 and 1.0. Got: 1.5",
        "",
    ),
    "F.cross_entropy(t.ones(4, 5), [0, 1, 2, 3])": (
        "TypeError",
        "cross_entropy_loss(): argument 'target' (position 2) must be Tensor, not list",
        "",
    ),
    "F.mse_loss(t.ones(2, 3), t.ones(2, 3), weight=t.ones(3))": (
        "ValueError",
        "Weights and input must have the same size",
        "",
    ),
    "F.mse_loss(t.arange(3), t.arange(3))": (
        "NotImplementedError",
        "\"mse_cpu\" not implemented for 'Long'",
        "",
    ),
    "F.l1_loss(t.ones(2, 3), t.ones(2, 3), reduction='x')": (
        "ValueError",
        "x is not a valid value for reduction",
        "",
    ),
    "F.binary_cross_entropy_with_logits(t.ones(2, 3), t.ones(2, 1))": (
        "ValueError",
        "Target size (torch.Size([2, 1])) must be the same as input size (torch.Size([2, 3]))",
        "",
    ),
    "F.binary_cross_entropy_with_logits(t.ones(2, 3), t.ones(2, 3).long())": (
        "RuntimeError",
        "result type Float can't be cast to the desired output type Long",
        ".float()",
    ),
    "F.binary_cross_entropy_with_logits(t.ones(2, 3), t.ones(2, 3), pos_weight=t.ones(4))": (
        "RuntimeError",
        "The size of tensor a (4) must match the size of tensor b (3) at non-singleton dimension 1",
        "",
    ),
}

TABLE = CONV | PAD | LINEAR | POOL | NORM | ACTIVATIONS | LOSSES


def script(call):
    return lambda torch: eval(call, {"t": torch, "nn": torch.nn, "F": torch.nn.functional})


@pytest.mark.parametrize(("call", "error"), TABLE.items(), ids=TABLE)
def test_bad_calls_say_what_came_and_what_to_do(call, error):
    kind, phrase, remedy = error
    came, (message, _) = outcome(script(call), mt)
    assert (came, phrase in str(message)) == (kind, True), message
    assert remedy in message


@pytest.mark.parametrize(("call", "error"), TABLE.items(), ids=TABLE)
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
