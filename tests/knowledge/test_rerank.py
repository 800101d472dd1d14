"""An owner's reranker puts the first passages in order, and cannot take an answer away."""

import os
import subprocess
import sys
import time
from threading import Thread

import pytest

from knowledge import rerank, search
from supportsite import doctor

from . import rerankers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chroma")]
QUESTION = "How much does a parcel cost?"


def at_its_end() -> None:
    """Wait for what was given up."""
    deadline = time.monotonic() + 10
    while rerank._free._value < rerank._AT_ONCE and time.monotonic() < deadline:
        time.sleep(0.01)
    assert rerank._free._value == rerank._AT_ONCE


@pytest.fixture
def use(settings, monkeypatch):
    """Set TANDEM_RERANKER to a class of `rerankers`, of which no failure is known."""
    monkeypatch.setattr(rerank, "_failing", rerank._Failing())
    at_its_end()

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


ASKED = ["It costs 4 euros.", "We are open on Mondays."]


def test_one_that_keeps_failing_is_left_alone_for_a_minute(use, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(rerank.time, "monotonic", lambda: now[0])
    use("Broken")
    for _ in range(3):
        assert rerank.order_of(QUESTION, ASKED) == [0, 1]
    use("LastFirst")
    rerankers.LastFirst.asked.clear()
    assert rerank.order_of(QUESTION, ASKED) == [0, 1]
    assert rerankers.LastFirst.asked == []
    now[0] += 61
    assert rerank.order_of(QUESTION, ASKED) == [1, 0]


def test_failures_that_are_not_in_a_row_leave_it_at_work(use):
    for name in ("Broken", "Broken", "LastFirst", "Broken", "Broken"):
        use(name)
        rerank.order_of(QUESTION, ASKED)
    use("LastFirst")
    assert rerank.order_of(QUESTION, ASKED) == [1, 0]


def test_nobody_waits_behind_calls_that_are_given_up(use, monkeypatch):
    use("Held")
    asking = [Thread(target=rerank.order_of, args=(QUESTION, ASKED)) for _ in range(rerank._AT_ONCE)]
    for one in asking:
        one.start()
    assert all(rerankers.Held.began.acquire(timeout=10) for _ in asking)
    for one in asking:
        one.join()  # it has given up
    use("LastFirst")
    monkeypatch.setattr(rerank, "WAITS_S", 10.0)
    rerankers.LastFirst.asked.clear()
    assert rerank.order_of(QUESTION, ASKED) == [0, 1]
    rerankers.Held.let_go.set()
    at_its_end()
    assert rerankers.LastFirst.asked == [], "it was not put off until later either"
    assert rerank.order_of(QUESTION, ASKED) == [1, 0]


def test_one_that_hangs_does_not_hold_up_the_end_of_the_process():
    code = (
        "import django; django.setup()\n"
        "from knowledge import rerank\n"
        "from tests.knowledge import rerankers\n"
        "rerank.WAITS_S, rerankers.SLEEPS_S = 0.05, 30\n"
        "assert rerank.order_of('Where?', ['a', 'b']) == [0, 1]\n"
    )
    own = {"DJANGO_SETTINGS_MODULE": "supportsite.settings", "TANDEM_RERANKER": "tests.knowledge.rerankers.Asleep"}
    ended = subprocess.run([sys.executable, "-c", code], env={**os.environ, **own}, timeout=25, check=False)
    assert ended.returncode == 0


def test_it_reads_no_personal_data(site, articles, use):
    use("LastFirst")
    find(site, "I am anna@example.com. How much does a parcel cost?")
    assert "anna@example.com" not in rerankers.LastFirst.asked[-1]
    assert "parcel" in rerankers.LastFirst.asked[-1]


def test_the_doctor_says_what_is_wrong_with_it(use):
    use("NotThere")
    faults = [finding.text for finding in doctor.examine() if "TANDEM_RERANKER" in finding.text]
    assert any("NotThere" in text for text in faults)
