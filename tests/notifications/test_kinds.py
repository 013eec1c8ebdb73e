"""The registry of letter kinds."""

import pytest

from notifications import kinds
from notifications.compose import HIDDEN
from tests.stubs.letters import CODE, NOTE


def test_a_registered_kind_is_found_by_its_name() -> None:
    assert kinds.get("test.note") is NOTE
    assert NOTE in kinds.registered() and kinds.register(NOTE) is NOTE
    with pytest.raises(kinds.UnknownKind):
        kinds.get("nobody.knows")


def test_every_kind_of_the_product_has_a_sample_for_each_of_its_variables() -> None:
    for kind in kinds.registered():
        assert kind.title and {*kind.variables, *([kind.secret] if kind.secret else [])} <= set(
            kind.sample
        ), kind.name
        assert any(kind.has(channel) for channel in kind.channels), kind.name


@pytest.mark.parametrize(
    "fields",
    [
        {"sms": "سلام {nobody}"},
        {"sms": "سلام", "lane": "soon"},
        {"sms": "سلام", "channels": ("pigeon",)},
        {"sms": "{code}", "secret": "code", "bell": "کد آمد"},
        {"subject": "کد {code}", "body": "x", "secret": "code"},
    ],
)
def test_a_kind_that_does_not_fit_together_is_refused(fields: dict) -> None:
    with pytest.raises(ValueError, match=r"test\.wrong"):
        kinds.register(kinds.LetterKind(name="test.wrong", title="x", **fields))
    with pytest.raises(kinds.UnknownKind):
        kinds.get("test.wrong")


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        kinds.register(kinds.LetterKind(name="test.note", title="دیگری", sms="x"))


def test_a_kind_has_the_channels_it_has_texts_for() -> None:
    assert [NOTE.has(name) for name in kinds.CHANNELS] == [True, True, True]
    assert [CODE.has(name) for name in kinds.CHANNELS] == [True, True, False]
    assert HIDDEN.strip() and not HIDDEN.isdigit()
