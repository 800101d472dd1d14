"""Finds personal data in a text: what has a structure by rules, names and addresses by a small model of ours."""
