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
    "Dropout1d": Layer(
        "(p=0.5, inplace=False)",
        [
            LayerCase(
                "Dropout1d()",
                [normal(3, 4, 5)],
                "Dropout1d(p=0.5, inplace=False)",
                value=-18.554404132131424,
            ),
            LayerCase(
                "Dropout1d(0.3, inplace=True)",
                [normal(3, 4, 5)],
                "Dropout1d(p=0.3, inplace=True)",
                value=-16.49274279905337,
            ),
        ],
    ),
    "Dropout2d": Layer(
        "(p=0.5, inplace=False)",
        [
            LayerCase(
                "Dropout2d()",
                [normal(3, 4, 2, 5)],
                "Dropout2d(p=0.5, inplace=False)",
                value=-37.17105385032457,
            ),
            LayerCase(
                "Dropout2d(0.3, inplace=True)",
                [normal(3, 4, 2, 5)],
                "Dropout2d(p=0.3, inplace=True)",
                value=-40.980728063834604,
            ),
        ],
    ),
    "Dropout3d": Layer(
        "(p=0.5, inplace=False)",
        [
            LayerCase(
                "Dropout3d()",
                [normal(2, 4, 2, 1, 3)],
                "Dropout3d(p=0.5, inplace=False)",
                value=-22.388851278387193,
            ),
            LayerCase(
                "Dropout3d(0.3, inplace=True)",
                [normal(2, 4, 2, 1, 3)],
                "Dropout3d(p=0.3, inplace=True)",
                value=-24.12324998032617,
            ),
        ],
    ),
    "AlphaDropout": Layer(
        "(p=0.5, inplace=False)",
        [
            LayerCase(
                "AlphaDropout()",
                [normal(3, 10)],
                "AlphaDropout(p=0.5, inplace=False)",
                value=-8.508590906520018,
            ),
            LayerCase(
                "AlphaDropout(0.2, inplace=True)",
                [normal(3, 10)],
                "AlphaDropout(p=0.2, inplace=True)",
                value=-12.034671788656205,
            ),
        ],
    ),
    "FeatureAlphaDropout": Layer(
        "(p=0.5, inplace=False)",
        [
            LayerCase(
                "FeatureAlphaDropout()",
                [normal(3, 4, 5)],
                "FeatureAlphaDropout(p=0.5, inplace=False)",
                value=-13.28134324380343,
            ),
            LayerCase(
                "FeatureAlphaDropout(0.2, inplace=True)",
                [normal(3, 4, 5)],
                "FeatureAlphaDropout(p=0.2, inplace=True)",
                value=-13.335716196140869,
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
    "dropout1d": Function(
        "(input, p=0.5, training=True, inplace=False)",
        [
            FunctionCase("dropout1d(x)", {"x": normal(3, 4, 5)}, value=-18.554404132131424),
            FunctionCase(
                "dropout1d(input=x, p=0.3, training=False, inplace=False)",
                {"x": normal(3, 4, 5)},
                value=-28.384242497910982,
            ),
            FunctionCase("dropout1d(x, 1.0)", {"x": normal(3, 4, 5)}, value=0.0),
            FunctionCase(
                "dropout1d(x, inplace=True)", {"x": normal(4, 5)}, value=-0.7959488058426196
            ),
        ],
    ),
    "dropout2d": Function(
        "(input, p=0.5, training=True, inplace=False)",
        [
            FunctionCase("dropout2d(x)", {"x": normal(3, 4, 2, 5)}, value=-37.17105385032457),
            FunctionCase(
                "dropout2d(input=x, p=0.3, training=False, inplace=False)",
                {"x": normal(3, 4, 2, 5)},
                value=-41.21150899342035,
            ),
            FunctionCase("dropout2d(x, 1.0)", {"x": normal(3, 4, 2, 5)}, value=0.0),
        ],
    ),
    "dropout3d": Function(
        "(input, p=0.5, training=True, inplace=False)",
        [
            FunctionCase("dropout3d(x)", {"x": normal(2, 4, 2, 1, 3)}, value=-22.388851278387193),
            FunctionCase(
                "dropout3d(input=x, p=0.3, training=False, inplace=False)",
                {"x": normal(2, 4, 2, 1, 3)},
                value=-34.30264297031982,
            ),
            FunctionCase("dropout3d(x, 1.0)", {"x": normal(2, 4, 2, 1, 3)}, value=0.0),
            FunctionCase("dropout3d(x, 0.4)", {"x": normal(4, 2, 1, 3)}, value=-4.587225808068359),
        ],
    ),
    "alpha_dropout": Function(
        "(input, p=0.5, training=False, inplace=False)",
        [
            FunctionCase(
                "alpha_dropout(x, training=True)", {"x": normal(3, 10)}, value=-8.508590906520018
            ),
            FunctionCase(
                "alpha_dropout(input=x, p=0.3, training=False, inplace=False)",
                {"x": normal(3, 10)},
                value=-22.189749027186934,
            ),
            FunctionCase(
                "alpha_dropout(x, 0.3, True, True)", {"x": normal(3, 10)}, value=-9.509156345401747
            ),
            FunctionCase("alpha_dropout(x, 1.0, True)", {"x": normal(3, 10)}, value=0.0),
        ],
    ),
    "feature_alpha_dropout": Function(
        "(input, p=0.5, training=False, inplace=False)",
        [
            FunctionCase(
                "feature_alpha_dropout(x, training=True)",
                {"x": normal(3, 4, 5)},
                value=-13.28134324380343,
            ),
            FunctionCase(
                "feature_alpha_dropout(input=x, p=0.3, training=False, inplace=False)",
                {"x": normal(3, 4, 5)},
                value=-28.384242497910982,
            ),
            FunctionCase(
                "feature_alpha_dropout(x, 0.3, True, True)",
                {"x": normal(3, 4, 5)},
                value=-15.840796628106077,
            ),
            FunctionCase("feature_alpha_dropout(x, 1.0, True)", {"x": normal(3, 4, 5)}, value=0.0),
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
    "F.dropout1d(t.ones(2))": (
        "RuntimeError",
        "dropout1d: Expected 2D or 3D input, but received a 1D input.",
        "",
    ),
    "F.dropout2d(t.ones(2, 2, 2, 2), p=2)": (
        "ValueError",
        "dropout probability has to be between 0 and 1, but got 2",
        "",
    ),
    "F.dropout3d(t.ones(2, 2, 2, 2).long())": (
        "RuntimeError",
        "result type Float can't be cast to the desired output type Long",
        "",
    ),
    "F.alpha_dropout(t.ones(2).long(), training=True)": (
        "RuntimeError",
        "result type Float can't be cast to the desired output type Long",
        "",
    ),
    "F.feature_alpha_dropout(t.ones(2), training=True)": (
        "RuntimeError",
        "Feature dropout requires at least 2 dimensions in the input",
        "",
    ),
    "t.feature_dropout(t.ones(2), 0.5, True)": (
        "RuntimeError",
        "Feature dropout requires at least 2 dimensions in the input",
        "",
    ),
    "t.alpha_dropout(t.ones(2, 3), 1.5, True)": (
        "RuntimeError",
        "dropout probability has to be between 0 and 1, but got 1.5",
        "",
    ),
    "nn.Dropout1d(1.1)": (
        "ValueError",
        "dropout probability has to be between 0 and 1, but got 1.1",
        "",
    ),
    "nn.Dropout2d(1.1)": (
        "ValueError",
        "dropout probability has to be between 0 and 1, but got 1.1",
        "",
    ),
    "nn.Dropout3d(1.1)": (
        "ValueError",
        "dropout probability has to be between 0 and 1, but got 1.1",
        "",
    ),
    "nn.AlphaDropout(1.1)": (
        "ValueError",
        "dropout probability has to be between 0 and 1, but got 1.1",
        "",
    ),
    "nn.FeatureAlphaDropout(1.1)": (
        "ValueError",
        "dropout probability has to be between 0 and 1, but got 1.1",
        "",
    ),
}
