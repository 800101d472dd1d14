"""The providers of a site, and what leaves the machine by another way than them: nothing."""

import subprocess
import sys

import pytest

from chat.assistant import providers
from tests.chat.assistant.shop import a_site


def test_the_built_in_model_is_always_last():
    assert [p.name for p in providers.chain(a_site())] == ["built-in"]
    site = a_site(model="openai:big", fallbacks=("ollama:llama3", "anthropic:claude-x"), model_url="http://127.0.0.1:1")
    assert [(p.name, p.model) for p in providers.chain(site)] == [
        ("openai", "big"),
        ("ollama", "llama3"),
        ("anthropic", "claude-x"),
        ("built-in", "extractive"),
    ]


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-key-of-a-test")


def test_the_address_of_a_model_is_not_that_of_another_vendors_fallback():
    site = a_site(
        model="openai:big", fallbacks=("openai:spare", "anthropic:claude-x"), model_url="http://127.0.0.1:1/v1"
    )
    big, spare, other, _ = providers.chain(site)
    assert big.chat.openai_api_base == spare.chat.openai_api_base == "http://127.0.0.1:1/v1"
    assert "127.0.0.1" not in other.chat.anthropic_api_url


def test_a_model_that_cannot_be_is_named():
    with pytest.raises(providers.BadModel, match="nonesuch"):
        providers.chain(a_site(model="nonesuch:x"))
    with pytest.raises(providers.BadModel, match="vendor:model"):
        providers.warm(a_site(model="gibberish"))


def test_a_vendor_without_its_key_is_a_bad_model(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(providers.BadModel, match="OPENAI_API_KEY"):
        providers.chain(a_site(model="openai:needs-a-key"))


def test_the_clients_do_not_retry_behind_our_back():
    provider, _ = providers.chain(a_site(model="openai:big", model_url="http://127.0.0.1:1/v1"))
    assert provider.chat.max_retries == 0


def test_no_vendor_is_loaded_without_a_model():
    code = (
        "import sys\nfrom chat.assistant import providers\nproviders.warm()\n"
        "vendors = ('openai', 'anthropic', 'ollama', 'langchain_openai')\n"
        "print([name for name in vendors if name in sys.modules])"
    )
    assert _python(code) == "[]"


def test_langchain_sends_no_traces_whatever_the_environment_says():
    code = "import chat.assistant.respond\nfrom langsmith.utils import tracing_is_enabled\nprint(tracing_is_enabled())"
    assert _python(code, LANGSMITH_TRACING="true", LANGCHAIN_TRACING_V2="true", LANGSMITH_API_KEY="x") == "False"


def _python(code: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()
