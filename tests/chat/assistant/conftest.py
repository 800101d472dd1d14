"""What holds for every test of the assistant."""

import pytest

from chat.assistant import breaker


@pytest.fixture(autouse=True)
def every_provider_is_well():
    """What one test's provider did is not held against another's of the same name."""
    breaker.forget()
    yield
    breaker.forget()
