import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0002_people_and_rights"),
        ("tickets", "0002_answered_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="from_department",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.department",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="to_department",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="departments.department",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "ثبت شد"),
                    ("routed", "رسید"),
                    ("taken", "برداشته شد"),
                    ("assigned", "واگذار شد"),
                    ("status", "وضعیت عوض شد"),
                    ("closed", "بسته شد"),
                    ("reopened", "باز شد"),
                    ("priority", "اولویت عوض شد"),
                    ("moved", "به دپارتمان دیگری رفت"),
                ],
                max_length=12,
            ),
        ),
    ]
