"""Forms as they are drawn, and what they say."""

import pytest
from django import forms
from django.http import QueryDict

from web.errors import Conflict, Invalid
from web.forms import FilesField, MobileField, PersianForm, Renderer

pytestmark = pytest.mark.sqlite


class Sample(PersianForm, forms.Form):
    subject = forms.CharField(label="موضوع", max_length=20, help_text="در یک خط")
    department = forms.ChoiceField(label="دپارتمان", choices=[("1", "فنی"), ("2", "مالی")])
    priority = forms.ChoiceField(
        label="اولویت",
        choices=[("1", "کم"), ("2", "معمولی"), ("3", "زیاد"), ("4", "فوری")],
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(label="ایمیل", required=False)
    body = forms.CharField(label="شرح", widget=forms.Textarea)
    sms = forms.BooleanField(label="کد را پیامک کنید", required=False)
    mobile = MobileField(label="همراه", required=False)
    password = forms.CharField(label="رمز", widget=forms.PasswordInput, strip=False, required=False)
    count = forms.IntegerField(label="تعداد", required=False, max_value=9)


def filled(**data):
    return Sample({"subject": "چاپ", "department": "1", "priority": "2", "body": "متن", **data})


def test_empty_fields_are_told_by_their_own_name():
    form = Sample({})
    assert form.errors["subject"] == ["موضوع را بنویسید."]
    assert form.errors["department"] == ["دپارتمان را انتخاب کنید."]
    assert form.errors["priority"] == ["اولویت را انتخاب کنید."]
    assert form.errors["body"] == ["شرح را بنویسید."]


def test_a_message_of_the_form_itself_wins():
    class Own(PersianForm, forms.Form):
        name = forms.CharField(label="نام", error_messages={"required": "نامتان را هم بنویسید."})

    assert Own({}).errors["name"] == ["نامتان را هم بنویسید."]


def test_other_messages_are_persian_with_persian_digits():
    form = filled(subject="الف" * 20, department="9", email="x", mobile="12", count="۱۲")
    assert form.errors["subject"] == ["موضوع حداکثر ۲۰ نویسه می‌تواند باشد. کمی کوتاه‌ترش کنید."]
    assert form.errors["department"] == ["دپارتمان را از فهرست انتخاب کنید."]
    assert "ایمیل" in form.errors["email"][0]
    assert form.errors["mobile"] == [MobileField.default_error_messages["invalid"]]
    assert form.errors["count"] == ["تعداد حداکثر ۹ می‌تواند باشد."]


def test_controls_and_outer_blanks_are_gone_before_anyone_reads():
    form = filled(
        subject=" \u202eچاپ\x00\u200c  فاکتور \u200c", body="  یک\r\n\r\nدو می\u200cروم\u202e \u200c\n"
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data["subject"] == "چاپ فاکتور"
    assert form.cleaned_data["body"] == "یک\n\nدو می\u200cروم"


def test_only_a_half_space_is_nothing():
    assert filled(body="\u200c \u200c").errors["body"] == ["شرح را بنویسید."]


def test_passwords_are_left_as_typed():
    form = filled(password=" \u200cرمز ")
    assert form.is_valid()
    assert form.cleaned_data["password"] == " \u200cرمز "


def test_refusal_of_a_service_stands_at_its_field_or_above_the_form():
    form = filled()
    form.is_valid()
    form.refuse(Invalid("این موضوع را پیش‌تر فرستاده‌اید.", field="subject"))
    form.refuse(Conflict("پیام تازه‌ای رسید.", field="elsewhere"))
    assert form.errors["subject"] == ["این موضوع را پیش‌تر فرستاده‌اید."]
    assert form.non_field_errors() == ["پیام تازه‌ای رسید."]
    assert "پیام تازه‌ای رسید." in str(form)


def test_a_control_is_tied_to_its_label_help_and_error():
    drawn = str(Sample({})["subject"].as_field_group())
    assert '<label class="form-label" for="id_subject">موضوع' in drawn
    assert 'aria-describedby="id_subject_helptext id_subject_error"' in drawn
    assert 'id="id_subject_helptext"' in drawn
    assert 'id="id_subject_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-required="true"' in drawn
    assert " required" not in drawn.replace("aria-required", "")


def test_the_first_wrong_field_has_the_focus_and_no_other():
    assert str(Sample({})).count("autofocus") == 1
    assert "autofocus" in str(Sample({})["subject"])
    assert "autofocus" not in str(Sample())


def test_controls_wear_the_classes_of_the_look():
    form = Sample()
    assert 'class="form-control"' in str(form["subject"])
    assert 'class="form-select"' in str(form["department"])
    assert 'class="form-control read"' in str(form["body"])
    assert 'class="form-check-input"' in str(form["sms"])
    assert 'class="pill-set"' in form["priority"].as_field_group()


def test_a_class_of_the_form_itself_is_kept():
    class Own(PersianForm, forms.Form):
        name = forms.CharField(widget=forms.TextInput(attrs={"class": "wide form-control", "dir": "rtl"}))

    drawn = str(Own()["name"])
    assert 'class="wide form-control"' in drawn
    assert 'dir="rtl"' in drawn


def test_what_people_write_has_its_own_direction():
    form = Sample()
    assert 'dir="auto"' in str(form["subject"])
    assert 'dir="auto"' in str(form["body"])
    assert 'dir="ltr"' in str(form["email"])
    assert 'dir="ltr"' in str(form["password"])
    assert "dir=" not in str(form["sms"])


def test_radios_are_a_named_group_tied_to_their_error():
    drawn = Sample({})["priority"].as_field_group()
    assert '<fieldset class="field" aria-describedby="id_priority_error">' in drawn
    assert '<legend class="form-label">اولویت' in drawn
    assert drawn.count('type="radio"') == 4
    assert "aria-invalid" not in drawn


def test_optional_fields_say_so_unless_the_form_does_not_want_it():
    assert "اختیاری" in Sample()["email"].as_field_group()
    assert "اختیاری" not in Sample()["subject"].as_field_group()
    assert "اختیاری" not in Sample()["sms"].as_field_group()
    quiet = type("Quiet", (Sample,), {"mark_optional": False})
    assert "اختیاری" not in quiet()["email"].as_field_group()


def test_typed_script_is_text():
    drawn = str(filled(subject='"><script>', body="</textarea><script>alert(1)</script>"))
    assert "<script>" not in drawn


def test_files_control_tells_the_script_where_to_list():
    form = type("Files", (PersianForm, forms.Form), {"files": FilesField(label="پیوست‌ها", required=False)})()
    drawn = form["files"].as_field_group()
    assert 'data-files="#id_files_list"' in drawn
    assert 'id="id_files_list"' in drawn
    assert "multiple" in drawn


def test_choices_of_several_are_cleaned_too():
    field = forms.MultipleChoiceField(
        choices=[("a", "الف")], widget=forms.CheckboxSelectMultiple, label="گروه"
    )
    form = type("Several", (PersianForm, forms.Form), {"it": field})(QueryDict("it=a%00"))
    assert form.is_valid(), form.errors
    assert '<label class="form-check">' in form["it"].as_field_group()


def test_forms_without_the_mixin_are_drawn_the_same_way(settings):
    assert settings.FORM_RENDERER == "web.forms.Renderer"
    form = type("Bare", (forms.Form,), {"name": forms.CharField(label="نام")})(renderer=Renderer())
    assert 'class="form-control"' in str(form)
    assert 'class="field"' in str(form)
