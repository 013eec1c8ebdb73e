"""What the audit log is narrowed by (B10)."""

from typing import Any

from django import forms

from web.forms import JalaliDateField

from .. import audit, audit_words
from .fields import PanelForm


class AuditForm(PanelForm):
    """Everything optional; what it does not know is refused at its field."""

    page_id = "audit"
    mark_optional = False

    person = forms.ChoiceField(label="شخص", required=False)
    verb = forms.ChoiceField(
        label="کار",
        required=False,
        choices=[("", "همه"), *sorted(audit_words.VERBS.items(), key=lambda pair: pair[1])],
    )
    kind = forms.ChoiceField(label="نوع", required=False, choices=[("", "همه"), *audit_words.KINDS.items()])
    since = JalaliDateField(label="از روز", required=False)
    until = JalaliDateField(label="تا روز", required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)
        person.choices = audit.people(data.get("person", ""))
        # An act or kind without a word here is still an act: its code is offered as it is.
        for name, known in (("verb", audit_words.VERBS), ("kind", audit_words.KINDS)):
            code, field = data.get(name, "")[:60], self.fields[name]
            if code and code not in known and isinstance(field, forms.ChoiceField):
                field.choices = [*field.choices, (code, code)]  # type: ignore[list-item, misc]

    @property
    def asked(self) -> dict[str, Any]:
        """The cleaned values that were right; a wrong one narrows nothing and is told at its field."""
        return self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
