"""What migrations make is what the models say: an evaluation's tables are made from the models, an owner's by steps."""

import io

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_models_say_nothing_that_no_migration_makes():
    told = io.StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=told)
    assert "No changes" in told.getvalue()
