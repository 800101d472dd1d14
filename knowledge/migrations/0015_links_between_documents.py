"""An origin remembers which documents its links wait for, and what its source calls the parts of its text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0014_origins_as_filed")]

    operations = [
        migrations.AddField("origin", "waits_for", models.JSONField(null=True)),
        migrations.AddField("origin", "parts", models.JSONField(default=dict)),
    ]
