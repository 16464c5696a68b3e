"""``nn.attention``: programs that choose a back end run, and get the same numbers."""

import minitorch as mt


def test_a_choice_of_back_end_changes_nothing(torch):
    for choose in (
        lambda t: t.nn.attention.SDPBackend.MATH,
        lambda t: [t.nn.attention.SDPBackend.FLASH_ATTENTION, t.nn.attention.SDPBackend.MATH],
    ):
        found = []
        for t in (mt, torch):
            x = t.arange(24.0).view(1, 2, 3, 4) / 24
            with t.nn.attention.sdpa_kernel(choose(t), set_priority=True) as nothing:
                out = t.nn.functional.scaled_dot_product_attention(x, x, x)
            found.append((nothing, [round(v, 5) for v in out.flatten().tolist()]))
        assert found[0] == found[1]


def test_back_ends_have_the_names_and_numbers_of_pytorch(torch):
    ours, theirs = (
        [(str(b), repr(b), int(b)) for b in t.nn.attention.SDPBackend.__members__.values()]
        for t in (mt, torch)
    )
    assert ours == theirs
