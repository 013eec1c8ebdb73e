"""The security code of the gate and of every public form (S32)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from captcha.models import CaptchaStore
from django import forms

from accounts.models import OtpChallenge
from notifications.models import Delivery
from persian.digits import to_persian
from tenants.scope import tenant_scope
from tests.accounts.folk import (
    PASSWORD,
    ask_code,
    challenges,
    give_password,
    make_folk,
    past_the_sum,
    solved,
)
from web import captcha

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)


def _wrong(browser, name="siavash", **extra):
    return browser.post("/login/", {"way": "pass", "username": name, "password": "نادرست", **extra})


@pytest.mark.spec("S32")
def test_the_code_is_asked_after_three_wrong_passwords_and_opens_for_the_right_answer():
    folk, statuses = make_folk(), []
    give_password(folk.staff, username="siavash")
    browser = folk.browser()
    for _ in range(3):
        answer = _wrong(browser)
        statuses.append(bool(solved(answer, "pass")))
    assert statuses == [False, False, True]
    fields = {"way": "pass", "username": "siavash", "password": PASSWORD}
    without = browser.post("/login/", fields)
    assert without.status_code == 422 and "پاسخ جمع را با رقم بنویسید" in without.content.decode()
    given = solved(without, "pass")
    wrong = browser.post("/login/", {**fields, **given, "sum_1": "99"})
    assert wrong.status_code == 422 and "پاسخ آن جمع درست نبود" in wrong.content.decode()
    # Each question takes one answer: the right one for the question just missed is too late.
    assert browser.post("/login/", {**fields, **given}).status_code == 422
    assert past_the_sum(browser, fields).status_code == 302


@pytest.mark.spec("S32")
@pytest.mark.parametrize("digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"])
def test_the_answer_is_taken_in_any_digits(digits):
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    browser = folk.browser()
    for _ in range(3):
        answer = _wrong(browser)
    given = solved(answer, "pass")
    given["sum_1"] = given["sum_1"].translate(str.maketrans("0123456789", digits))
    fields = {"way": "pass", "username": "siavash", "password": PASSWORD, **given}
    assert browser.post("/login/", fields).status_code == 302


@pytest.mark.spec("S32")
def test_the_code_is_asked_before_the_fourth_sms_for_a_number():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        for at in range(3):
            fields = {"way": "code", "mobile": folk.staff.mobile}
            assert folk.browser().post("/login/", fields, REMOTE_ADDR=f"10.9.0.{at}").status_code == 302
            clock.shift(timedelta(seconds=121))
        refused = folk.browser().post("/login/", fields, REMOTE_ADDR="10.9.0.9")
        assert refused.status_code == 422 and solved(refused)
        assert len(challenges(folk.tenant)) == 3
        assert ask_code(folk.browser(), folk.staff.mobile, REMOTE_ADDR="10.9.0.9").status_code == 302


def test_the_page_asks_at_once_where_the_address_has_failed_often():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        for at in range(5):
            _wrong(folk.browser(), f"name{at}")
        assert solved(folk.browser().get("/login/?way=pass"), "pass")
        assert not solved(folk.browser().get("/login/?way=pass", REMOTE_ADDR="10.9.1.1"), "pass")
        clock.shift(timedelta(minutes=31))
        assert not solved(folk.browser().get("/login/?way=pass"), "pass")


@pytest.mark.spec("S32")
def test_who_cannot_see_the_picture_is_asked_in_words():
    folk = make_folk()
    for at in range(5):
        _wrong(folk.browser(), f"name{at}")
    page = folk.browser().get("/login/?way=pass").content.decode()
    link = re.search(r'href="(\?[^"]*words=1[^"]*)"[^>]*>تصویر را نمی‌بینم', page)
    assert link and "چند می‌شود؟" not in page
    spoken = folk.browser().get("/login/" + link[1].replace("&amp;", "&"))
    text = spoken.content.decode()
    store = CaptchaStore.objects.get(hashkey=solved(spoken, "pass")["sum_0"])
    assert f"{captcha.in_words(store.challenge)} چند می‌شود؟" in text
    assert 'class="captcha"><img' not in text.partition('class="pane-pass')[2].partition("</form>")[0]


def test_the_picture_is_drawn_for_a_waiting_question_alone():
    folk = make_folk()
    key = CaptchaStore.generate_key()
    drawn = folk.browser().get(f"/captcha.png?key={key}")
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/png")
    assert drawn.content.startswith(b"\x89PNG") and "no-store" in drawn["Cache-Control"]
    for wrong in ("", "x" * 900, "0" * 40, "\x00", "../../etc/passwd"):
        assert folk.browser().get("/captcha.png", {"key": wrong}).status_code == 404


def test_drawing_is_limited_by_address():
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        key = CaptchaStore.generate_key()
        statuses = {folk.browser().get(f"/captcha.png?key={key}").status_code for _ in range(120)}
        assert statuses == {200}
        refused = folk.browser().get(f"/captcha.png?key={key}")
        assert refused.status_code == 429 and refused["Retry-After"]
        assert folk.browser().get(f"/captcha.png?key={key}", REMOTE_ADDR="10.9.2.1").status_code == 200


@pytest.mark.spec("S32")
def test_a_robot_that_fills_the_trap_is_answered_and_gets_nothing():
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    for fields in (
        {"way": "code", "mobile": folk.staff.mobile},
        {"way": "pass", "username": "siavash", "password": PASSWORD},
    ):
        answer = folk.browser().post("/login/", {**fields, "homepage": "https://spam.example"})
        assert answer.status_code == 302 and answer["Location"] == "/login/"
    with tenant_scope(folk.tenant):
        assert not OtpChallenge.objects.exists() and not Delivery.objects.exists()


def test_questions_whose_time_is_over_are_refused_and_swept():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        give_password(folk.staff, username="siavash")
        browser = folk.browser()
        for _ in range(3):
            answer = _wrong(browser)
        given = solved(answer, "pass")
        clock.shift(timedelta(minutes=11))
        late = browser.post("/login/", {"way": "pass", "username": "siavash", "password": PASSWORD, **given})
        assert late.status_code == 422
        CaptchaStore.generate_key()
        clock.shift(timedelta(minutes=11))
        assert captcha.sweep() >= 1 and not CaptchaStore.objects.exists()


# Any public form --------------------------------------------------------------------------------------------------
class Question(captcha.GuardedForm, forms.Form):
    """A form of the kind the site's visitors get."""

    text = forms.CharField(label="پرسش")


@pytest.mark.spec("S32")
def test_a_public_form_always_asks_and_takes_each_answer_once():
    form = Question()
    assert "sum" in form.fields and 'name="sum_0"' in str(form["sum"])
    key = CaptchaStore.generate_key()
    answer = to_persian(CaptchaStore.objects.get(hashkey=key).response)
    data = {"text": "سلام", "sum_0": key, "sum_1": answer}
    assert Question(data).is_valid()
    again = Question(data)
    assert not again.is_valid() and list(again.errors) == ["sum"]
    empty = Question({"text": "سلام"})
    assert empty.errors["sum"] == ["پاسخ جمع را با رقم بنویسید."]
    assert Question({**data, "homepage": "x"}).is_robot and not again.is_robot


def test_sums_stay_small_and_are_read_aloud_rightly():
    for _ in range(300):
        question, answer = captcha.sum_challenge()
        first, second = (
            int(part) for part in question.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")).split("+")
        )
        assert str(first + second) == answer and 2 <= first <= 19 and "۰" not in question and 1 <= second <= 9
    assert captcha.in_words("۱۷+۸") == "هفده به‌علاوهٔ هشت"
