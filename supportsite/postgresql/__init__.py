"""Django's PostgreSQL, to which a text with U+0000 is no error: see base.py."""
