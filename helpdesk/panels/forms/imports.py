"""The table of customers an owner sends (H11)."""

from django import forms

from .fields import PanelForm


class ImportForm(PanelForm):
    """One file; what it really is, its bytes tell."""

    page_id = "import"

    sheet = forms.FileField(
        label="فایل مشتریان",
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,.csv,.txt,text/csv", "data-files": "#import_sheet_list"}
        ),
        help_text="اکسل (xlsx) یا CSV، حداکثر ۱۰ مگابایت و ۲۰٬۰۰۰ ردیف.",
    )
