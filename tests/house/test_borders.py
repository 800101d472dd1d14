"""The borders that no linter sees: foreign keys, task names, and who writes a conversation's rows."""

import re
from pathlib import Path

from celery import current_app
from django.apps import apps
from django.conf import settings

FLOORS = ["sites", "knowledge", "chat", "agents"]
CODE = [file for app in ("supportsite", "knowledge", "chat", "agents") for file in Path(app).rglob("*.py")]


def test_no_foreign_key_points_up():
    up = []
    for config in apps.get_app_configs():
        if config.label not in FLOORS:
            continue
        for model in config.get_models():
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if not field.auto_created and target and target._meta.app_label in FLOORS:
                    higher = FLOORS.index(target._meta.app_label) > FLOORS.index(config.label)
                    up += [f"{model.__name__}.{field.name}"] if higher else []
    assert up == []


def test_every_task_that_is_rung_by_name_exists():
    current_app.loader.import_default_modules()
    rung = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    for file in CODE:
        rung |= set(re.findall(r"send_task\(\s*[\"']([\w.]+)", file.read_text("utf-8")))
    assert rung
    assert rung <= set(current_app.tasks)


def test_only_the_verbs_write_a_conversations_rows():
    door = {"log.py", "leases.py", "ledger.py", "log_check.py"}
    writes = re.compile(
        r"\b(?:Event|Conversation|Turn|Escalation|Receipt)\.objects\b[^\n]*\.(?:create|update|delete|bulk_create)\("
    )
    outside = [
        str(file)
        for file in CODE
        if file.name not in door and file.parent.name != "lifecycle" and writes.search(file.read_text("utf-8"))
    ]
    assert outside == []


def test_no_page_holds_a_script_or_a_style_of_its_own():
    bad = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=\"")
    pages = [page for page in Path("templates").rglob("*.html") if bad.search(page.read_text("utf-8"))]
    assert pages == []
