"""docs/settings.md names every setting with its type, its default and the sentence that stands in the code."""

import re
import types
import typing
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from supportsite.environment import BASE_DIR, Environment, read_environment

PAGE = (BASE_DIR / "docs" / "settings.md").read_text("utf-8")
TYPES = {
    "Path": "folder",
    "str": "text",
    "SecretStr": "text",
    "int": "whole number",
    "float": "number",
    "bool": "0 or 1",
    "tuple": "list, comma-separated",
}


def rows() -> dict[str, list[str]]:
    """The page's table, by the setting's name."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")
    ]
    return {row[0].strip("`"): row[1:] for row in cells}


def name_of(field: str, info: FieldInfo) -> str:
    return str(info.validation_alias or f"TANDEM_{field.upper()}")


def default_of(info: FieldInfo) -> str:
    default = info.get_default()
    if isinstance(default, Path):
        return f"{default.relative_to(BASE_DIR)}/ beside manage.py"
    if hasattr(default, "get_secret_value"):
        default = default.get_secret_value()
    if isinstance(default, tuple):
        default = ",".join(default)
    if isinstance(default, bool):
        default = int(default)
    if isinstance(default, float):
        default = f"{default:g}"
    return f"`{default}`" if default not in ("", None) else "empty"


def kind_of(info: FieldInfo) -> str:
    annotation = info.annotation
    if isinstance(annotation, types.UnionType):  # or nothing
        annotation = next(each for each in typing.get_args(annotation) if each is not type(None))
    return TYPES[(typing.get_origin(annotation) or annotation).__name__]


@pytest.mark.parametrize("field", Environment.model_fields)
def test_each_setting_stands_on_the_page_as_in_the_code(field):
    info = Environment.model_fields[field]
    kind = kind_of(info)
    assert rows().get(name_of(field, info)) == [kind, default_of(info), info.description]


def test_the_page_names_no_setting_that_does_not_exist():
    names = {name_of(field, info) for field, info in Environment.model_fields.items()}
    assert rows().keys() == names
    assert set(re.findall(r"TANDEM_[A-Z_]+", PAGE)) <= names


@pytest.mark.parametrize(
    "page", [*sorted((BASE_DIR / "docs").glob("**/*.md")), BASE_DIR / "README.md"], ids=lambda p: p.name
)
def test_no_page_names_a_setting_that_does_not_exist(page):
    names = {name_of(field, info) for field, info in Environment.model_fields.items()}
    text = page.read_text("utf-8") if page.exists() else ""
    of_tests = {"TANDEM_NAME", "TANDEM_FAULT_ROUNDS", "TANDEM_FAULT_SEED", "TANDEM_RACES"}
    assert set(re.findall(r"\bTANDEM_[A-Z_]+\b", text)) - names - of_tests == set()


def test_a_wrong_secret_is_named_and_not_shown(monkeypatch, capsys):
    monkeypatch.setenv("TANDEM_SMTP_URL", "https://name:hush-hush@mail.example.com")
    with pytest.raises(SystemExit):
        read_environment()
    told = capsys.readouterr().err
    assert "TANDEM_SMTP_URL" in told
    assert "smtps://" in told
    assert "hush-hush" not in told


def test_a_secret_of_actions_is_bound_to_a_host_and_its_port(monkeypatch, capsys):
    monkeypatch.setenv("TANDEM_ACTION_SECRETS", "ACTION_SHOP=API.example.com, ACTION_ERP=erp.lan:8080")
    assert read_environment().action_secrets == ("ACTION_SHOP=api.example.com:443", "ACTION_ERP=erp.lan:8080")
    monkeypatch.setenv("TANDEM_ACTION_SECRETS", "SHOP_TOKEN=api.example.com")
    with pytest.raises(SystemExit):
        read_environment()
    assert "ACTION_NAME=host" in capsys.readouterr().err


DESK = {"URL": "https://acme.zendesk.com", "USER": "desk@acme.example", "TOKEN": "hush-hush"}


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({**DESK, "TOKEN": ""}, "TANDEM_TICKET_TOKEN"),
        ({**DESK, "URL": ""}, "TANDEM_TICKET_URL"),
        ({**DESK, "URL": "http://desk.lan:8080"}, "must be https"),
        ({**DESK, "URL": "https://acme.zendesk.com/agent"}, "path"),
        ({**DESK, "URL": "acme.zendesk.com"}, "https://"),
    ],
)
def test_a_help_desk_is_named_whole_and_asked_by_tls(monkeypatch, capsys, told, word):
    for name, value in told.items():
        monkeypatch.setenv(f"TANDEM_TICKET_{name}", value)
    with pytest.raises(SystemExit):
        read_environment()
    said = capsys.readouterr().err
    assert "TANDEM_TICKET_URL" in said
    assert word in said
    assert "hush-hush" not in said


@pytest.mark.parametrize(
    ("url", "own", "place"),
    [
        ("https://Acme.zendesk.com/", "", "acme.zendesk.com:443"),
        ("http://desk.lan", "desk.lan:80", "desk.lan:80"),
        ("https://desk.lan:8443", "desk.lan:8443", "desk.lan:8443"),
    ],
)
def test_a_help_desk_of_the_own_network_is_one_of_the_hosts_of_actions(monkeypatch, url, own, place):
    for name, value in {**DESK, "URL": url}.items():
        monkeypatch.setenv(f"TANDEM_TICKET_{name}", value)
    monkeypatch.setenv("TANDEM_ACTION_HOSTS", own)
    assert read_environment().ticket_place == place


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("TANDEM_SMTP_URL", "smtps://user:hush/hush@mail.example.com", "%2F"),
        ("TANDEM_SMTP_URL", "smtps://user:hush@mail.example.com:99999", "smtps://"),
        ("TANDEM_TIME_ZONE", "Mars/Phobos", "Europe/Berlin"),
        ("TANDEM_LOG_LEVEL", "LOUD", "WARNING"),
        ("TANDEM_TRUSTED_PROXIES", "proxy.local", "10.0.0.0/8"),
        ("TANDEM_URL", "https://help.example.com/support", "path"),
        ("TANDEM_URL", "https://help.example.com:99999", "https://help.example.com"),
        ("TANDEM_URL", "https://[::1", "https://help.example.com"),
    ],
)
def test_a_wrong_value_ends_the_start_with_a_line_that_says_what_is_wanted(monkeypatch, capsys, name, value, word):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        read_environment()
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert name in told
    assert word in told
    assert "hush" not in told


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://hilfe.müller.de/", "https://hilfe.xn--mller-kva.de"),
        ("https://Help.Example.com:443", "https://help.example.com"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_address_is_kept_as_browsers_write_it(monkeypatch, written, read):
    monkeypatch.setenv("TANDEM_URL", written)
    assert read_environment().public_url == read


def test_a_level_of_the_log_may_be_written_small(monkeypatch):
    monkeypatch.setenv("TANDEM_LOG_LEVEL", "debug")
    assert read_environment().log_level == "DEBUG"
