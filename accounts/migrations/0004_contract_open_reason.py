"""Why a contract was left open past its end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_people_and_rights"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="open_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
    ]
