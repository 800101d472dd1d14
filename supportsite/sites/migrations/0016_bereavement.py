from typing import Any

from django.db import migrations

FOUR = {"legal", "safety", "self_harm", "payment"}


def add(apps: Any, _editor: Any) -> None:
    """Who left every subject on has the new one too; who chose among them is asked nothing."""
    for site in apps.get_model("sites", "Site").objects.all():
        if set(site.sensitive_topics) == FOUR:
            site.sensitive_topics = [*site.sensitive_topics, "bereavement"]
            site.save(update_fields=["sensitive_topics"])


class Migration(migrations.Migration):
    dependencies = [("sites", "0015_ticket_rule")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
