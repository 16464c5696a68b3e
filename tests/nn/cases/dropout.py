"""Dropout."""

from tests.nn.cases.rows import Function, FunctionCase, Layer, LayerCase, normal

LAYERS = {
    "Dropout": Layer(
        "(p=0.5, inplace=False)",
        [
            LayerCase(
                "Dropout()",
                [normal(4, 10)],
                "Dropout(p=0.5, inplace=False)",
                value=-20.125248639906047,
            ),
            LayerCase(
                "Dropout(0.3)",
                [normal(4, 10)],
                "Dropout(p=0.3, inplace=False)",
                value=-24.07998721312419,
            ),
            LayerCase(
                "Dropout(0.2, inplace=True)",
                [normal(4, 10)],
                "Dropout(p=0.2, inplace=True)",
                value=-27.971086937878745,
            ),
            LayerCase(
                "Dropout(0.0)",
                [normal(4, 10)],
                "Dropout(p=0.0, inplace=False)",
                value=-26.990073019555577,
                unbatched=True,
            ),
            LayerCase(
                "Dropout(1)",
                [normal(4, 10)],
                "Dropout(p=1, inplace=False)",
                value=0.0,
                unbatched=True,
            ),
        ],
    ),
}

FUNCTIONS = {
    "dropout": Function(
        "(input, p=0.5, training=True, inplace=False)",
        [
            FunctionCase("dropout(x)", {"x": normal(3, 4)}, value=1.3370866224993376),
            FunctionCase(
                "dropout(input=x, p=0.3, training=False, inplace=False)",
                {"x": normal(3, 4)},
                value=-2.4330957362332284,
                unbatched=True,
            ),
            FunctionCase(
                "dropout(x, 0.3, inplace=True)", {"x": normal(3, 4)}, value=1.9526224839873285
            ),
            FunctionCase("dropout(x, 1.0)", {"x": normal(3, 4)}, value=0.0, unbatched=True),
        ],
    ),
}

# call -> (exception, key phrase, what else we say)
ERRORS = {
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
}
