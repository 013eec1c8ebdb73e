"""Forms in Persian: how a field is drawn, how its data is cleaned, what it says when it is wrong.

`Renderer` is settings.FORM_RENDERER, so every form, mixed with `PersianForm` or not, is drawn by
templates/web/_form.html and its fields by templates/web/_field.html.
"""

from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.template.exceptions import TemplateDoesNotExist

from persian.clean import one_line, strip_controls
from persian.digits import to_persian
from web.errors import DomainError
from web.fields import FilesField, FilesInput, JalaliDateField, MobileField, NationalIdField, OtpField

__all__ = [
    "FilesField",
    "JalaliDateField",
    "MobileField",
    "NationalIdField",
    "OtpField",
    "PersianBoundField",
    "PersianForm",
    "Renderer",
]

ZWNJ = "\u200c"


class PersianBoundField(BoundField):
    """A field in a form: cleans what came before anyone reads it, dresses the control, ties it to its help."""

    @property
    def data(self) -> Any:
        """What was sent, without what hides or reorders text; passwords are left as typed."""
        raw = super().data
        if isinstance(self.field.widget, forms.PasswordInput):
            return raw
        if isinstance(raw, str):
            return self._clean(raw)
        if isinstance(raw, list):
            return [self._clean(item) if isinstance(item, str) else item for item in raw]
        return raw

    def _clean(self, text: str) -> str:
        if not getattr(self.field, "strip", True):
            return strip_controls(text)
        if isinstance(self.field.widget, forms.TextInput):
            return one_line(text)
        # A half-space alone at an end is a blank too; str.strip() does not know it.
        return strip_controls(text).strip().strip(ZWNJ).strip()

    @property
    def kind(self) -> str:
        """How the template lays the field out: check, radios, checks, files or control."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "check"
        # CheckboxSelectMultiple is a RadioSelect by inheritance, so it is asked first.
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "checks"
        if isinstance(widget, forms.RadioSelect):
            return "radios"
        return "files" if isinstance(widget, forms.FileInput) else "control"

    @property
    def says_optional(self) -> bool:
        """Whether the label adds that the field may stay empty."""
        marks = getattr(self.form, "mark_optional", True)
        wanted = self.name in marks if isinstance(marks, tuple) else marks
        return bool(wanted) and not self.field.required and not self.field.disabled and self.kind != "check"

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes, and: our control classes, direction, aria-required; the first wrong field has focus."""
        widget = widget or self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return built
        own = " ".join(filter(None, [str(widget.attrs.get("class", "")), str(built.get("class", ""))]))
        missing = [name for name in control_class(widget).split() if name not in own.split()]
        if css := " ".join([own, *missing]).strip():
            built["class"] = css
        if direction := _direction(widget):
            built.setdefault("dir", widget.attrs.get("dir", direction))
        if isinstance(widget, FilesInput):
            built.setdefault("data-files", f"#{self.auto_id}_list")
        if self.kind in ("radios", "checks"):
            # The group carries the error; a single radio is not wrong by itself.
            built.pop("aria-invalid", None)
        elif self.field.required and self.kind == "control":
            built.setdefault("aria-required", "true")
        if self.errors and self.name == next(
            (name for name in self.form.fields if name in self.form.errors), None
        ):
            built["autofocus"] = True
        return built


class Renderer(TemplatesSetting):
    """Draws forms from the project's templates; a widget without a template of ours is drawn by Django's."""

    form_template_name = "web/_form.html"
    field_template_name = "web/_field.html"
    bound_field_class = PersianBoundField

    def __init__(self) -> None:
        super().__init__()
        self._django = DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        try:
            return super().get_template(template_name)
        except TemplateDoesNotExist:
            return self._django.get_template(template_name)


class PersianForm:
    """Mixin for Form and ModelForm: Persian messages made from the labels, and room for a service's refusal.

    The browser's own `required` bubble is switched off, because it speaks the browser's language.
    A message given to a field by name (`error_messages={"required": …}`) wins over the made one.
    """

    use_required_attribute = False
    bound_field_class = PersianBoundField
    mark_optional: bool | tuple[str, ...] = True  # or the names of those that say so

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in cast(forms.BaseForm, self).fields.items():
            _speak_persian(field, str(field.label or name))

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at the field it names, or above the form."""
        form = cast(forms.BaseForm, self)
        field = form.fields.get(error.field or "")
        form.add_error(error.field if field and not field.widget.is_hidden else None, error.message)


def control_class(widget: forms.Widget) -> str:
    """The look's class for a widget's control."""
    if isinstance(widget, (forms.CheckboxInput, forms.CheckboxSelectMultiple)):
        return "form-check-input"
    if isinstance(widget, forms.RadioSelect):
        return ""
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control read" if isinstance(widget, forms.Textarea) else "form-control"


def _direction(widget: forms.Widget) -> str:
    """What people write goes by its first letter; addresses, numbers and secrets are left to right."""
    if isinstance(widget, (forms.EmailInput, forms.URLInput, forms.PasswordInput, forms.NumberInput)):
        return "ltr"
    if getattr(widget, "input_type", "") == "tel":
        return "ltr"
    return "auto" if isinstance(widget, (forms.TextInput, forms.Textarea)) else ""


def _speak_persian(field: forms.Field, label: str) -> None:
    """Replace the messages nobody chose for this field by ours."""
    usual: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        usual.update(getattr(kind, "default_error_messages", {}))
    for code, message in _messages(field, label).items():
        chosen = field.error_messages.get(code)
        ours = (
            code in vars(type(field)).get("default_error_messages", {})
            and type(field).__module__ == "web.fields"
        )
        if not ours and (chosen is None or str(chosen) == str(usual.get(code))):
            field.error_messages[code] = message


def _messages(field: forms.Field, label: str) -> dict[str, str]:
    picks = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField))
    messages = {
        "required": f"{label} را {'انتخاب کنید' if picks else 'بنویسید'}.",
        "invalid_choice": f"{label} را از فهرست انتخاب کنید.",
        "invalid": f"{label} درست نوشته نشده است.",
        "unique": f"این {label} پیش‌تر ثبت شده است.",
    }
    if isinstance(field, forms.BooleanField):
        messages["required"] = "برای ادامه این گزینه را بزنید."
    elif isinstance(field, forms.FileField):
        messages |= {
            "required": "فایلی انتخاب کنید.",
            "empty": "این فایل خالی است. فایل دیگری انتخاب کنید.",
            "missing": "فایلی انتخاب کنید.",
            "invalid": "فایل نرسید. دوباره انتخابش کنید.",
            "invalid_image": "این فایل تصویر نیست یا باز نمی‌شود.",
        }
    elif isinstance(field, forms.EmailField):
        messages["invalid"] = "نشانی ایمیل کامل نیست، مانند name@example.com بنویسید."
    elif isinstance(field, forms.IntegerField):
        messages["invalid"] = f"{label} را با عدد بنویسید."
    for code, limit, words in (
        ("max_length", getattr(field, "max_length", None), "نویسه می‌تواند باشد. کمی کوتاه‌ترش کنید."),
        ("min_length", getattr(field, "min_length", None), "نویسه می‌خواهد. کمی بلندترش کنید."),
        ("max_value", getattr(field, "max_value", None), "می‌تواند باشد."),
        ("min_value", getattr(field, "min_value", None), "باید باشد."),
    ):
        if isinstance(limit, int) and not isinstance(limit, bool):
            bound = "حداکثر" if code.startswith("max") else "دست‌کم"
            messages[code] = f"{label} {bound} {to_persian(str(limit))} {words}"
    return messages
