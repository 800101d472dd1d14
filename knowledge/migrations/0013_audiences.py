from django.db import migrations, models

AUDIENCES = [("everyone", "Everyone"), ("customers", "Verified customers"), ("logged_in", "Only your colleagues")]


class Migration(migrations.Migration):

    dependencies = [("knowledge", "0012_approved_answers")]

    operations = [
        migrations.AlterField(
            model_name="article",
            name="audience",
            field=models.CharField(choices=AUDIENCES, default="everyone", max_length=12, verbose_name="who may see it"),
        ),
        migrations.AddField(
            model_name="asked",
            name="reader",
            field=models.CharField(choices=AUDIENCES, default="everyone", max_length=12),
        ),
        migrations.AddField(
            model_name="approvedanswer",
            name="audience",
            field=models.CharField(
                choices=AUDIENCES,
                default="everyone",
                help_text="It names no article, so nobody but you can know for whom it is.",
                max_length=12,
                verbose_name="who is given it",
            ),
        ),
        migrations.AddField(
            model_name="approvedversion",
            name="audience",
            field=models.CharField(choices=AUDIENCES, default="everyone", max_length=12),
        ),
    ]
