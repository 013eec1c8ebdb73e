"""Access levels: a name and its rights (S19)."""

from typing import Any

from django import forms

from accounts.models import AccessLevel
from accounts.roles import RIGHT_GROUPS

from .fields import PanelForm


class LevelForm(PanelForm):
    """A level; its rights stand in the groups of ``roles.RIGHT_GROUPS``, each a field of its own."""

    page_id = "level"
    mark_optional = False

    name = forms.CharField(label="نام سطح", max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, (title, rights) in enumerate(RIGHT_GROUPS):
            self.fields[f"rights_{place}"] = forms.MultipleChoiceField(
                label=title,
                required=False,
                choices=[(right.value, right.label) for right in rights],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "دسترسی‌ها را از فهرست انتخاب کنید."},
                help_text=WAITING if place == len(RIGHT_GROUPS) - 1 else "",
            )

    @classmethod
    def of(cls, level: AccessLevel, data: Any = None) -> "LevelForm":
        """The form of a stored level."""
        held = {f"rights_{place}": level.rights for place in range(len(RIGHT_GROUPS))}
        return cls(data, initial={"name": level.name, **held})

    def clean(self) -> dict[str, Any]:
        """The groups together: ``name`` and ``rights``."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        groups = (data.get(f"rights_{place}", []) for place in range(len(RIGHT_GROUPS)))
        return {"name": data.get("name", ""), "rights": [right for group in groups for right in group]}


WAITING = "این سه از حالا نوشته می‌شود و با آمدن همان بخش‌ها به کار می‌افتد."
