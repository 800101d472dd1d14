from django.db import migrations, models

AUDIENCES = [("everyone", "Everyone"), ("customers", "Verified customers"), ("logged_in", "Only your colleagues")]
ASKER = models.CharField(
    choices=AUDIENCES,
    default="everyone",
    help_text="Each is answered from the articles that they may see.",
    max_length=12,
    verbose_name="who asks it",
)


def name_readers(apps, schema_editor):
    """Who was logged in is a colleague, as before."""
    for model in ("GoldenQuestion", "ReplayLine"):
        apps.get_model("chat", model).objects.filter(logged_in=True).update(reader="logged_in")


KINDS = [
    "message", "note", "offered", "asked", "replied", "escalated", "returned", "claimed", "transferred", "released",
    "snoozed", "told", "handed_back", "resolved", "reopened", "feedback", "disputed", "verdict", "erased",
]  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [("chat", "0019_training_attempt"), ("knowledge", "0013_audiences")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(choices=[(kind, kind.replace("_", " ").title()) for kind in KINDS], max_length=16),
        ),
        migrations.AddField(
            model_name="comparison", name="with_model", field=models.BooleanField(default=False)
        ),
        migrations.AddField(model_name="goldenquestion", name="reader", field=ASKER),
        migrations.AddField(
            model_name="replayline",
            name="reader",
            field=models.CharField(choices=AUDIENCES, default="everyone", max_length=12),
        ),
        migrations.RunPython(name_readers, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="goldenquestion", name="one_golden_question_per_asker"),
        migrations.AddConstraint(
            model_name="goldenquestion",
            constraint=models.UniqueConstraint(
                fields=("site", "question", "language", "region", "reader"), name="one_golden_question_per_asker"
            ),
        ),
        migrations.RemoveField(model_name="goldenquestion", name="logged_in"),
        migrations.RemoveField(model_name="replayline", name="logged_in"),
    ]
