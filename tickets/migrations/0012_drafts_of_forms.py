from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_low_ratings_told")]

    operations = [
        migrations.RemoveConstraint(model_name="draft", name="one_draft_in_a_place"),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("tenant", "user", "place", "client_key"), name="one_draft_of_a_form"
            ),
        ),
    ]
