"""Sections belong to an edition of the site's index; those that are there to the first one, which is searched."""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def first_editions(apps, schema_editor):
    """How the sections that are there were cut is not known: edition.cut is 0, and the server cuts them anew."""
    Edition, Section = apps.get_model("knowledge", "Edition"), apps.get_model("knowledge", "Section")
    sites = Section.objects.order_by().values_list("version__article__site_id", flat=True).distinct()
    for site_id in list(sites):
        edition = Edition.objects.create(site_id=site_id, state="live", cut=0, live_at=timezone.now())
        Section.objects.filter(version__article__site_id=site_id).update(edition=edition)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0010_contradictions_and_outside_pages"), ("sites", "0002_answering")]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=[("building", "being built"), ("live", "searched"), ("former", "no longer searched")], max_length=10, verbose_name="state")),
                ("cut", models.PositiveSmallIntegerField(default=0)),
                ("embeddings", models.CharField(blank=True, max_length=60, verbose_name="models")),
                ("made_at", models.DateTimeField(null=True, verbose_name="begun at")),
                ("live_at", models.DateTimeField(null=True, verbose_name="searched since")),
                ("former_at", models.DateTimeField(null=True)),
                ("try_at", models.DateTimeField(null=True)),
                ("detail", models.TextField(blank=True)),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="editions", to="sites.site")),
            ],
            options={
                "verbose_name": "edition of the index",
                "verbose_name_plural": "editions of the index",
                "ordering": ("site", "-pk"),
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("state", "live")), fields=("site",), name="one_live_edition"),
                    models.UniqueConstraint(condition=models.Q(("state", "building")), fields=("site",), name="one_edition_at_work"),
                ],
            },
        ),
        migrations.AddField("section", "edition", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="sections", to="knowledge.edition")),
        migrations.RunPython(first_editions, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("section", "edition", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="sections", to="knowledge.edition")),
        migrations.RemoveConstraint("section", "one_section_per_position"),
        migrations.AddConstraint("section", models.UniqueConstraint(fields=("version", "edition", "position"), name="one_section_per_position")),
    ]
