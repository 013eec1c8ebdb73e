"""Which promises count as proven, and markers that name no promise."""

import pytest

from tests.plugins.spec import _claim, known_ids


def _test(outcomes, *, journey=False, part=False):
    import spec

    return spec.Test("tests/x.py::test_x", journey, part, list(outcomes))


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([], "none"),
        ([_test(["failed"])], "none"),
        ([_test([])], "none"),
        ([_test(["passed"])], "partial"),
        ([_test(["passed"], journey=True)], "proven"),
        ([_test(["passed"]), _test(["passed"], journey=True)], "proven"),
        ([_test(["passed"], part=True), _test(["passed"], journey=True)], "partial"),
        ([_test(["failed"]), _test(["passed"], journey=True)], "partial"),
        ([_test(["passed", "failed"]), _test(["passed"], journey=True)], "partial"),
        ([_test(["skipped"]), _test(["passed"], journey=True)], "partial"),
        ([_test([]), _test(["passed"], journey=True)], "partial"),
    ],
)
def test_state_wants_all_passed_none_a_part_and_a_journey(tests, expected):
    import spec

    assert spec.state(tests) == expected


def test_features_hold_every_promise_once():
    ids = [
        *(f"H{n}" for n in range(1, 24)),
        *(f"S{n}" for n in range(1, 35)),
        *(f"B{n}" for n in range(1, 20)),
    ]
    assert list(known_ids()) == ids


def test_unknown_id_in_a_marker_is_refused(request):
    request.node.add_marker(pytest.mark.spec("H99"))
    with pytest.raises(pytest.UsageError, match="H99"):
        _claim(request.node, known_ids())


def test_marker_tells_ids_and_parts_of_a_test(request):
    request.node.add_marker(pytest.mark.spec("H5", "S4"))
    request.node.add_marker(pytest.mark.spec("S22", part=True))
    assert _claim(request.node, known_ids())["ids"] == {"H5": False, "S4": False, "S22": True}
