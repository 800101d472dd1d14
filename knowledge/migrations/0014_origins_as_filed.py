"""An origin names its language and region, and where the article was filed; files of an archive are named by it too."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def complete(apps, schema_editor):
    """What the article has today is the best that is known; an archive is known where it was an import's only file."""
    Origin, Article = apps.get_model("knowledge", "Origin"), apps.get_model("knowledge", "Article")
    own = Article.objects.filter(pk=OuterRef("article_id"))
    Origin.objects.update(language=Subquery(own.values("language")[:1]), region=Subquery(own.values("region")[:1]))
    packed = Origin.objects.filter(source__kind="files", source__source__iendswith=".zip").select_related("source")
    for origin in list(packed.exclude(source__source__contains=", ").exclude(key__startswith="zendesk:")):
        key = f"{origin.source.source}/{origin.key}"
        if len(key) <= 1000:
            Origin.objects.filter(pk=origin.pk).update(key=key)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0013_audiences")]

    operations = [
        migrations.AddField("origin", "language", models.CharField(default="", max_length=12), preserve_default=False),
        migrations.AddField("origin", "region", models.CharField(blank=True, default="", max_length=8), preserve_default=False),
        migrations.AddField("origin", "read_filed_digest", models.CharField(default="", max_length=64)),
        migrations.AddField("origin", "filed_digest", models.CharField(default="", max_length=64)),
        migrations.AddField("origin", "is_hidden", models.BooleanField(default=False)),
        migrations.RemoveConstraint("origin", "one_article_per_origin"),
        migrations.RunPython(complete, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint("origin", models.UniqueConstraint(fields=("site", "key", "language", "region"), name="one_article_per_document")),
    ]
