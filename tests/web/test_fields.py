"""Fields: what people type, what comes out, what they are told."""

import datetime as dt

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from web.forms import FilesField, JalaliDateField, MobileField, NationalIdField, OtpField, PersianForm

pytestmark = pytest.mark.sqlite


def form_of(**fields):
    return type("Sample", (PersianForm, forms.Form), fields)


def cleaned(field, value):
    form = form_of(it=field)({"it": value})
    return form.cleaned_data["it"] if form.is_valid() else form.errors["it"][0]


@pytest.mark.spec("H22")
@pytest.mark.parametrize(
    "typed",
    [
        "09123456789",
        "9123456789",
        "989123456789",
        "+989123456789",
        "00989123456789",
        "0912 345 6789",
        "0912-345-6789",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "٠٩١٢٣٤٥٦٧٨٩",
        "\u202a۰۹۱۲ ۳۴۵ ۶۷۸۹\u202c",
    ],
)
def test_mobile_in_ten_spellings_is_one_number(typed):
    assert cleaned(MobileField(), typed) == "+989123456789"


@pytest.mark.parametrize("typed", ["0912345678", "02112345678", "abc", "0912345678९"])
def test_mobile_refuses_what_is_none(typed):
    assert "۰۹۱۲ ۳۴۵ ۶۷۸۹" in cleaned(MobileField(), typed)


def test_mobile_may_stay_empty_when_optional():
    assert cleaned(MobileField(required=False), "  ") == ""


def test_mobile_shows_a_stored_number_as_people_type_it():
    form = form_of(it=MobileField())(initial={"it": "+989123456789"})
    assert 'value="09123456789"' in str(form["it"])
    assert 'dir="ltr"' in str(form["it"])


@pytest.mark.spec("H22")
@pytest.mark.parametrize("typed", ["482913", "۴۸۲۹۱۳", "٤٨٢٩١٣", " ۴۸۲ ۹۱۳ ", "482-913"])
def test_otp_takes_any_digits(typed):
    assert cleaned(OtpField(), typed) == "482913"


@pytest.mark.parametrize("typed", ["48291", "4829133", "48291a", "४८२९१३"])
def test_otp_refuses_what_is_not_six_digits(typed):
    assert cleaned(OtpField(), typed) == OtpField.default_error_messages["invalid"]


def test_otp_control_asks_the_phone_for_the_code():
    drawn = str(form_of(it=OtpField())()["it"])
    for part in ('inputmode="numeric"', 'autocomplete="one-time-code"', 'dir="ltr"', 'maxlength="6"'):
        assert part in drawn


@pytest.mark.spec("S15", part=True)
@pytest.mark.parametrize(
    "typed", ["1404/05/01", "1404-5-1", "1404.05.01", "۱۴۰۴/۰۵/۰۱", "١٤٠٤/٥/١", " ۱۴۰۴/۵/۱ "]
)
def test_jalali_date_takes_every_usual_spelling(typed):
    assert cleaned(JalaliDateField(), typed) == dt.date(2025, 7, 23)


@pytest.mark.parametrize(
    "typed",
    ["1404/12/30", "1404/13/01", "1404/05/32", "on 1404-05-01 or so", "140405", "2025-07-23x", "0/0/0"],
)
def test_jalali_date_refuses_days_that_are_not(typed):
    assert "تقویم" in cleaned(JalaliDateField(), typed)


def test_jalali_date_knows_leap_years():
    assert cleaned(JalaliDateField(), "1403/12/30") == dt.date(2025, 3, 20)


def test_jalali_date_may_stay_empty_when_optional():
    assert cleaned(JalaliDateField(required=False), "") is None


def test_jalali_date_shows_a_date_in_persian_digits():
    drawn = str(form_of(it=JalaliDateField())(initial={"it": dt.date(2025, 7, 23)})["it"])
    assert 'value="۱۴۰۴/۰۵/۰۱"' in drawn
    assert "data-jalali" in drawn
    assert 'dir="ltr"' in drawn


def test_jalali_date_keeps_its_bounds():
    field = JalaliDateField(earliest=dt.date(2025, 7, 23), latest=dt.date(2025, 7, 24))
    assert cleaned(field, "1404/05/01") == dt.date(2025, 7, 23)
    assert "۱۴۰۴/۰۵/۰۱" in cleaned(field, "1404/04/31")
    assert "۱۴۰۴/۰۵/۰۲" in cleaned(field, "1404/05/03")


def test_jalali_date_that_did_not_change_is_unchanged():
    form = form_of(it=JalaliDateField())({"it": "۱۴۰۴/۵/۱"}, initial={"it": dt.date(2025, 7, 23)})
    assert not form.has_changed()


def test_national_id_is_folded_and_checked():
    assert cleaned(NationalIdField(), "۰۰۱ ۲۳۴۵۶۷-۹") == "0012345679"
    assert "کد ملی" in cleaned(NationalIdField(), "0012345678")
    assert "شناسهٔ ملی" in cleaned(NationalIdField(kind="company"), "12345678901")
    assert cleaned(NationalIdField(required=False), "") == ""


def test_national_id_refuses_an_unknown_kind():
    with pytest.raises(ValueError, match="kind"):
        NationalIdField(kind="horse")


def send(files, **options):
    form = form_of(it=FilesField(**options))({}, MultiValueDict({"it": files} if files else {}))
    return form.cleaned_data["it"] if form.is_valid() else list(form.errors["it"])


@pytest.mark.spec("H17")
def test_files_come_as_a_list():
    files = [SimpleUploadedFile("گزارش.pdf", b"a"), SimpleUploadedFile("b.png", b"b")]
    assert send(files) == files


def test_files_may_stay_away_when_optional():
    assert send([], required=False) == []
    assert send([]) == [FilesField.default_error_messages["required"]]


def test_files_refuse_empty_ones_by_name():
    [message] = send([SimpleUploadedFile("خالی.txt", b""), SimpleUploadedFile("b.png", b"b")])
    assert "«خالی.txt»" in message


def test_files_refuse_too_many():
    [message] = send([SimpleUploadedFile(f"{n}.txt", b"x") for n in range(3)], max_files=2)
    assert "۲ فایل" in message


def test_files_name_in_a_message_hides_no_extension():
    [message] = send([SimpleUploadedFile("invoice\u202egpj.exe", b"")])
    assert "\u202e" not in message


def test_files_accept_a_name_of_300_persian_letters():
    assert len(send([SimpleUploadedFile("پ" * 300 + ".pdf", b"x")])) == 1
