#!/usr/bin/env python
"""Tandem's commands: `.venv/bin/python manage.py help` lists them."""

import gc
import os
import sys


def main() -> None:
    """Run one of Django's or Tandem's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportsite.settings")
    gc.disable()  # until all is imported: what is made meanwhile stays, and walking through it is an eighth of a start
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed for {sys.executable}. Use .venv/bin/python, after make setup.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
