"""An owner's reranker puts the first passages in order, and cannot take an answer away."""

import pytest

from knowledge import rerank, search
from supportsite import doctor

from . import rerankers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chroma")]
QUESTION = "How much does a parcel cost?"


@pytest.fixture
def use(settings):
    """Set TANDEM_RERANKER to a class of `rerankers`."""

    def set_to(path: str) -> None:
        settings.TANDEM = settings.TANDEM.model_copy(update={"reranker": path})

    return lambda name: set_to(f"tests.knowledge.rerankers.{name}")


def find(site, question: str = QUESTION) -> search.Found:
    """Short for the tests."""
    return search.find(site=site, question=question, language="en")


def titles(found: search.Found) -> list[tuple[str, str]]:
    """What stands where."""
    return [(one.title, one.heading) for one in found.passages]


def test_its_order_is_the_order_and_how_sure_stays(site, articles, use):
    before = find(site)
    use("LastFirst")
    after = find(site)
    assert len(before.passages) > 1
    assert titles(after) == titles(before)[::-1]
    assert after.probability == before.probability


def test_what_it_leaves_out_comes_last(site, articles, use):
    first, second, *rest = titles(find(site))
    use("OnlyTheSecond")
    assert titles(find(site)) == [second, first, *rest]


@pytest.mark.parametrize("name", ["Broken", "Asleep", "NotThere"])
def test_without_its_help_passages_stay_as_they_were_found(site, articles, use, monkeypatch, caplog, name):
    monkeypatch.setattr(rerank, "WAITS_S", 0.1)
    before = titles(find(site))
    use(name)
    assert titles(find(site)) == before
    assert "reranker failed" in caplog.text
    assert "parcel" not in caplog.text


def test_it_reads_no_personal_data(site, articles, use):
    use("LastFirst")
    find(site, "I am anna@example.com. How much does a parcel cost?")
    assert "anna@example.com" not in rerankers.LastFirst.asked[-1]
    assert "parcel" in rerankers.LastFirst.asked[-1]


def test_the_doctor_says_what_is_wrong_with_it(use):
    use("NotThere")
    faults = [finding.text for finding in doctor.examine() if "TANDEM_RERANKER" in finding.text]
    assert any("NotThere" in text for text in faults)
