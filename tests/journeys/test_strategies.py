"""Strategies compared and one used; a trace read and kept; what the model saw; conversations in four languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fakes.openai_server import Speaks, openai_server
from tests.fakes.speakers import honest
from tests.journeys.axe import check
from tests.journeys.conftest import PHONE, WIDE
from tests.journeys.people import Agent, Customer, enter
from tests.journeys.test_console import open_list, row
from tests.server import ServerProcess

pytestmark = pytest.mark.timeout(600)
ASKED = (
    "How long does delivery take?",
    "I want to make a complaint about the stove",
    "Where is my parcel? It should have come on Friday",
)


def pictures(page: Page, picture, moment: str, at: str = "h1") -> None:
    """The page from `at` on, at both widths in both schemes, each looked over by axe."""
    for size in (PHONE, WIDE):
        for scheme in ("dark", "light"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)  # links change their colour in a breath
            page.locator(at).first.evaluate("element => element.scrollIntoView()")
            check(page)
            picture(page, f"{moment}-{size['width']}-{scheme}")


def compare(page: Page, heading: re.Pattern[str]) -> None:
    """Press the button, and wait until it is done."""
    page.get_by_role("button", name=re.compile("^Compare")).click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=300_000)


def test_an_owner_compares_strategies_uses_one_and_takes_that_back(server, open_context, picture):
    for question in ASKED:
        Customer(open_context(), server).open().ask(question)
    page = open_context(bypass_csp=True).new_page()
    enter(page, server.url + "/admin/chat/intent/", server.demo["admin"])
    page.get_by_role("link", name="Compare strategies").click()
    expect(page.get_by_text("The strategy of Northpine is “by task”")).to_be_visible()
    pictures(page, picture, "1-before")

    compare(page, re.compile(r"^On \d+ examples that were held out"))
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name=re.compile("^Right intent"))).to_contain_text("likely")
    expect(table.get_by_role("columnheader", name=re.compile("By task"))).to_contain_text("in use")
    pictures(page, picture, "2-examples", "#strategy-figures")

    page.get_by_role("link", name=re.compile("Customers' first questions")).click()
    compare(page, re.compile(r"^On \d+ first question"))
    expect(page.get_by_text(ASKED[1])).to_be_visible()
    pictures(page, picture, "3-questions", "#strategy-figures")
    pictures(page, picture, "3-where-they-differ", "#strategy-lines")

    page.get_by_role("link", name="Use this strategy: keyword rules").click()
    pictures(page, picture, "4-asked-first")
    page.get_by_role("button", name="Use “keyword rules”").click()
    expect(page.get_by_text("From now on the strategy is “keyword rules”.")).to_be_visible()
    pictures(page, picture, "5-used")
    page.get_by_role("button", name="Undo: back to “by task”").click()
    expect(page.get_by_text("The strategy is “by task” again.")).to_be_visible()


@pytest.fixture(scope="module")
def with_model(tmp_path_factory) -> Iterator[ServerProcess]:
    """The demo with a model elsewhere, which tells the truth in its own words."""
    with openai_server(Speaks(honest)) as model:
        settings = {"TANDEM_MODEL": "openai:fake", "TANDEM_MODEL_URL": model.url, "TANDEM_MODEL_TIMEOUT": "60"}
        limits = {"TANDEM_LIMIT_MESSAGES": "0", "TANDEM_LIMIT_NEW_VISITORS": "0", "TANDEM_CHECK_LINKS": "0"}
        running = ServerProcess(tmp_path_factory.mktemp("model"), **settings, **limits).start()
        yield running
        assert running.stop() == 0, running.tail()


def test_an_owner_reads_a_trace_keeps_it_and_sees_what_the_model_saw(with_model, open_context, picture):
    asked = "How long does delivery take? Josephine Fieldhouse, jo@field.example"
    customer = Customer(open_context(), with_model).open()
    customer.ask(asked)
    expect(customer.sheet.get_by_role("button", name="1 How long does delivery take?")).to_be_visible(timeout=30_000)
    owner = Agent(open_context(bypass_csp=True), with_model, who="admin").log_in()
    page = owner.page
    open_list(page, "With the assistant")
    row(page, "Josephine").first.click()
    side = page.locator("#side")
    expect(side.get_by_text("likely to answer").first).to_be_visible()
    expect(side.get_by_text("articles in English").first).to_be_visible()
    side.get_by_text("What the model saw").first.click()
    expect(side.get_by_text("How long does delivery take? [NAME_1], [EMAIL_1]").first).to_be_visible()
    check(page)
    picture(page, "1-trace-1440-light")
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme="dark")
        if size == PHONE:
            page.get_by_role("link", name="Details").click()
        side.get_by_text("SHA-256 of what was sent").first.scroll_into_view_if_needed()
        check(page)
        picture(page, f"2-what-the-model-saw-{size['width']}-dark")

    kept = download(page, side.get_by_role("link", name="Download trace (JSON)").first)
    assert "Josephine" not in json.dumps(kept)
    assert "field.example" not in json.dumps(kept)
    assert [step["step"] for step in kept["turns"][0]["steps"]][:3] == ["route", "redact", "language"]
    whole = download(page, side.get_by_role("link", name="Download the whole conversation's trace (JSON)"))
    assert whole["turns"][0]["what_the_model_saw"][0]["question"] == "How long does delivery take? [NAME_1], [EMAIL_1]"
    written = download(page, side.get_by_role("link", name="The same with everything as it was written"))
    assert written["turns"][0]["question"][0]["text"] == asked


def download(page: Page, link) -> dict:
    """What a link gives as a file."""
    with page.expect_download() as coming:
        link.click()
    return json.loads(Path(coming.value.path()).read_text("utf-8"))


LANGUAGES = [
    ("de", "Hilfe", "Wie lange dauert die Lieferung?", re.compile("Werktage"), "Senden"),
    ("es", "Ayuda", "¿Cuánto tarda la entrega?", re.compile("días laborables"), "Enviar"),
    ("fr", "Aide", "Quel est le délai de livraison ?", re.compile("3 à 5 jours ouvrés"), "Envoyer"),
]
ARABIC = "كم تكلفة الشحن؟"


def page_in(page: Page, server: ServerProcess, language: str, direction: str) -> None:
    """The shop as a page that is written in a language: what the widget goes by."""
    page.add_init_script(
        "new MutationObserver(() => {"
        f"  const root = document.documentElement; if (root.lang === '{language}') return;"
        f"  root.lang = '{language}'; root.dir = '{direction}';"
        "}).observe(document, {childList: true, subtree: true});"
    )
    page.goto(server.url + "/")


def converse(page: Page, launcher: str, question: str, send: str):
    """Open the widget and ask; the open sheet."""
    page.get_by_role("button", name=launcher).click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("textbox").fill(question)
    sheet.get_by_role("button", name=send).click()
    return sheet


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (WIDE, "dark")], ids=["390-light", "1440-dark"])
@pytest.mark.parametrize(("language", "launcher", "question", "answer", "send"), LANGUAGES, ids=["de", "es", "fr"])
def test_a_customer_asks_and_reads_in_their_language(
    server, open_context, picture, language, launcher, question, answer, send, size, scheme
):
    page = open_context(size, scheme, bypass_csp=True).new_page()
    page_in(page, server, language, "ltr")
    sheet = converse(page, launcher, question, send)
    expect(sheet.get_by_text(answer).last).to_be_visible(timeout=60_000)
    expect(sheet).to_have_attribute("lang", language)
    check(page)
    picture(page, "answered")


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (WIDE, "dark")], ids=["390-light", "1440-dark"])
def test_an_arabic_customer_reads_from_right_to_left_and_what_language_the_source_is_in(
    server, open_context, picture, size, scheme
):
    page = open_context(size, scheme, bypass_csp=True).new_page()
    page_in(page, server, "ar", "rtl")
    sheet = converse(page, "مساعدة", ARABIC, "إرسال")
    expect(sheet.get_by_text("مصدري لهذا مكتوب بالإنجليزية").last).to_be_visible(timeout=60_000)
    expect(sheet.get_by_text("Standard shipping costs €4.90").last).to_be_visible()
    expect(sheet).to_have_css("direction", "rtl")
    check(page)
    picture(page, "answered")
    sheet.get_by_role("button", name="التحدث إلى شخص").click()
    expect(sheet.get_by_text("سيتابع معك شخص هنا").last).to_be_visible()
    picture(page, "a-person")


def test_an_owner_writes_what_worried_customers_say_trains_on_it_and_uses_it(server, open_context, picture):
    said = ["The stitches of my sling look thin", "My rope has a soft spot", "There is a dent in my carabiner",
            "My harness has a loose buckle", "One of the ice screws is bent"]  # fmt: skip
    odd = "My quickdraw has a dent and the sling looks thin"
    page = open_context(bypass_csp=True).new_page()
    enter(page, server.url + "/admin/chat/emotion/", server.demo["admin"])
    pictures(page, picture, "1-as-tandem-comes", "#content h1")
    page.get_by_role("link", name="Change the sentences for fear").click()
    box = page.get_by_label("Sentences")
    box.fill("\n".join([*said, box.input_value()]))
    pictures(page, picture, "2-sentences", "#content h1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing changes for customers until you train")).to_be_visible()
    pictures(page, picture, "3-written", "#content h1")
    page.get_by_role("button", name="Train on the sentences").click()
    done = page.get_by_role("button", name="Use it")
    while not done.is_visible():
        expect(page.get_by_text("It is at work").or_(done)).to_be_visible()
        page.wait_for_timeout(1000)
        page.reload()
    pictures(page, picture, "4-figures", "#content h1")
    done.click()
    expect(page.get_by_text("It reads what customers write from now on.")).to_be_visible()
    page.goto(f"{server.url}/admin/chat/training/test/")
    page.get_by_label("A question, as a customer would ask it").fill(odd)
    page.get_by_role("button", name="Test it").click()
    expect(page.get_by_text(re.compile("Most like fear"))).to_be_visible()
    pictures(page, picture, "5-tested", "#content h1")
