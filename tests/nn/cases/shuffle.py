"""Elements that change places between channels and places, or among channels."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, constant, normal

LAYERS = {
    "ChannelShuffle": Layer(
        "(groups)",
        [
            LayerCase(
                "ChannelShuffle(2)",
                [normal(2, 6, 3)],
                "ChannelShuffle(groups=2)",
                value=-25.02675301287635,
            )
        ],
    ),
    "PixelShuffle": Layer(
        "(upscale_factor)",
        [
            LayerCase(
                "PixelShuffle(2)",
                [normal(2, 8, 2, 3)],
                "PixelShuffle(upscale_factor=2)",
                unbatched=True,
                value=-33.284549278014794,
            )
        ],
    ),
    "PixelUnshuffle": Layer(
        "(downscale_factor)",
        [
            LayerCase(
                "PixelUnshuffle(2)",
                [normal(2, 1, 4, 6)],
                "PixelUnshuffle(downscale_factor=2)",
                unbatched=True,
                value=-33.54167021409119,
            )
        ],
    ),
}

FUNCTIONS = {
    "channel_shuffle": Function(
        "(input, groups)",
        [
            FunctionCase(
                "channel_shuffle(input=x, groups=3)",
                {"x": normal(2, 6, 2, 2)},
                value=-30.495079255939295,
            )
        ],
    ),
    "native_channel_shuffle": Function(
        "(input, groups)",
        [
            FunctionCase(
                "native_channel_shuffle(input=x, groups=3)",
                {"x": constant(2, 6, 2, 2)},
                value=61.465036801739856,
            )
        ],
    ),
    "pixel_shuffle": Function(
        "(input, upscale_factor)",
        [
            FunctionCase(
                "pixel_shuffle(input=x, upscale_factor=3)",
                {"x": normal(2, 9, 2, 1)},
                unbatched=True,
                value=-22.733976869194855,
            )
        ],
    ),
    "pixel_unshuffle": Function(
        "(input, downscale_factor)",
        [
            FunctionCase(
                "pixel_unshuffle(input=x, downscale_factor=3)",
                {"x": normal(2, 1, 3, 6)},
                unbatched=True,
                value=-30.12161284747971,
            )
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.ChannelShuffle(2)(t.ones(2, 3, 4))": (
        "RuntimeError",
        "Number of channels must be divisible by groups. Got 3 channels and 2 groups.",
        "",
    ),
    "F.channel_shuffle(t.ones(2, 4), 2)": (
        "RuntimeError",
        "channel_shuffle expects input with > 2 dims, but got input with sizes [2, 4]",
        "",
    ),
    "F.native_channel_shuffle(t.ones(2, 4, 2), 0)": (
        "RuntimeError",
        "Number of groups to divide channels in must be positive",
        "0",
    ),
    "nn.PixelShuffle(2)(t.ones(3, 2, 2))": (
        "RuntimeError",
        "input.size(-3)=3 is not divisible by 4",
        "",
    ),
    "F.pixel_shuffle(t.ones(4, 2, 2), 0)": (
        "RuntimeError",
        "pixel_shuffle expects a positive upscale_factor, but got 0",
        "",
    ),
    "F.pixel_shuffle(t.ones(4, 2, 2), 2.0)": (
        "TypeError",
        "argument 'upscale_factor' (position 2) must be int, not float",
        "",
    ),
    "nn.PixelUnshuffle(2)(t.ones(1, 3, 4))": (
        "RuntimeError",
        "input.size(-2)=3 is not divisible by 2",
        "",
    ),
    "F.pixel_unshuffle(t.ones(4, 4), 2)": (
        "RuntimeError",
        "pixel_unshuffle expects input to have at least 3 dimensions",
        "2 dimension",
    ),
}
