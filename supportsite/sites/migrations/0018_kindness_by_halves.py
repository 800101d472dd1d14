from django.db import migrations, models


def say_off(apps, schema_editor):
    """Who had turned it off keeps it off."""
    apps.get_model("sites", "Site").objects.filter(was_kind=False).update(kindness="off")


def say_false(apps, schema_editor):
    """One half is more than none."""
    apps.get_model("sites", "Site").objects.filter(kindness="off").update(was_kind=False)


class Migration(migrations.Migration):

    dependencies = [("sites", "0017_speaks_to")]

    operations = [
        migrations.RenameField("site", "kindness", "was_kind"),
        migrations.AddField(
            model_name="site",
            name="kindness",
            field=models.CharField(
                choices=[
                    ("on", "on"),
                    ("half", "in one half of the conversations, to see what it brings"),
                    ("off", "off"),
                ],
                default="on",
                help_text="A short line that fits the customer's mood goes before an answer. With one half, the "
                "insights compare how satisfied both are.",
                max_length=4,
                verbose_name="kindness",
            ),
        ),
        migrations.RunPython(say_off, say_false),
        migrations.RemoveField("site", "was_kind"),
    ]
