"""The widget on a foreign page, on a socket that a test plays. Screens stay in var/screenshots/widget."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import HOST, Files
from .face import ANSWER, SOURCES, Face, Server, answer, axe, make_face

STRICT = (
    "default-src 'none'; script-src {0}; connect-src {0} {1}; style-src 'none'; img-src 'none'; "
    "base-uri 'none'; require-trusted-types-for 'script'"
)


def test_a_conversation_from_question_to_end(every_face: Face) -> None:
    face, server, page = every_face, every_face.server, every_face.page
    face.shot("01-launcher")
    face.open()
    face.shot("02-empty")
    face.say("How long can I return my boots?")
    server.tell(type="turn", turn="t1", attempt=1, state="thinking", doing="Looking in Returns…")
    expect(page.get_by_text("Looking in Returns…")).to_be_visible()
    face.shot("03-thinking")
    server.tell(type="turn", turn="t1", attempt=1, state="writing")
    server.tell(type="delta", turn="t1", attempt=1, offset=0, text="You can return unused items ")
    server.tell(type="delta", turn="t1", attempt=1, offset=28, text="within 30 days of delivery.")
    expect(page.get_by_text("You can return unused items within 30 days of delivery.")).to_be_visible()
    face.shot("04-streaming")
    answer(face)
    page.get_by_role("button", name="2 Rücksendung in Schritten").click()
    expect(page.get_by_text("German")).to_be_visible()
    link = page.get_by_role("link", name="Open article")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener")
    assert str(link.get_attribute("href")).endswith("/help/steps")
    face.shot("05-sources")
    face.say("Do you sell submarines?")
    server.add(
        "message", "assistant", text="I don't know. I found nothing about this in our articles.", answered="unknown"
    )
    server.add("offered", "assistant", text="Shall I get a person for you?")
    expect(page.get_by_role("button", name="Yes, get a person")).to_be_visible()
    face.shot("06-offer")
    assert not axe(face)
    page.get_by_role("button", name="Yes, get a person").click()
    assert server.heard_of("person")
    server.escalate()
    expect(page.get_by_text("You are in the queue, place 2.")).to_be_visible()
    face.shot("07-queue")
    assert not axe(face)
    server.add("claimed", "agent", name_of="Maya", agent="m1", name="Maya")
    html = "<p>Hello, I am <strong>Maya</strong>. I have read everything above.</p>"
    server.add("message", "agent", name_of="Maya", text="Hello, I am Maya. I have read everything above.", html=html)
    server.tell(type="typing", **{"from": "agent", "name": "Maya", "on": True})
    expect(face.sheet.get_by_role("heading", name="Maya")).to_be_visible()
    expect(page.get_by_text("Maya is writing…")).to_be_visible()
    face.shot("08-person")
    face.say("سؤال: أين طلبي رقم 12345؟ شكراً")
    face.say("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3)
    face.say('Line one\n\nLine three: <b>not bold</b> & "quoted"\n' + "and a good deal more to read. " * 40)
    face.shot("09-long-and-rtl")
    page.evaluate("document.querySelector('tandem-widget').shadowRoot.querySelector('.box').scrollTop = 300")
    expect(page.get_by_role("button", name="Latest")).to_be_visible()
    face.shot("10-scrolled-up")
    page.get_by_role("button", name="Latest").click()
    server.cut()
    face.say("Are you still there?")
    page.clock.run_for(2000)
    expect(page.get_by_text("No connection. Your message is kept and will be sent.")).to_be_visible()
    face.shot("11-offline")
    server.away = False
    page.clock.run_for(8000)
    expect(page.get_by_text("No connection")).to_have_count(0)
    server.add("resolved", "agent", text="This conversation is resolved. Write again whenever you need us.")
    expect(page.get_by_text("Resolved", exact=True)).to_be_visible()
    face.shot("12-resolved")
    assert not axe(face)
    assert [event["text"] for event in server.events if event.get("id")][-1] == "Are you still there?"


def test_no_request_before_it_is_opened_and_no_cookie_ever(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + "/host")
    page.get_by_role("button", name="Help").wait_for()
    page.wait_for_timeout(900)
    assert [url.removeprefix(address) for url in asked] == ["/host", "/widget.js"]
    page.get_by_role("button", name="Help").click()
    page.get_by_role("textbox").wait_for()
    names = sorted(url.split("/")[-1] for url in asked[2:])
    assert names == ["en.js", "widget.css", "widget.js"]
    assert not context.cookies()
    assert page.evaluate("Object.keys(window).filter((name) => /tandem/i.test(name))") == ["Tandem"]
    context.close()


def test_a_strict_content_policy_is_enough_for_everything(browser: Browser, address: str) -> None:
    Files.pages["/strict"] = (HOST, STRICT.format(address, address.replace("http", "ws")))
    face = make_face(browser, address, path="/strict")
    broken: list[str] = []
    face.page.on("console", lambda message: broken.append(message.text) if "Content Security" in message.text else None)
    face.page.on("pageerror", lambda error: broken.append(str(error)))
    face.open()
    face.say("How long can I return my boots?")
    answer(face)
    face.page.get_by_role("button", name="1 How long can I return something?").click()
    expect(face.page.get_by_role("link", name="Open article")).to_be_visible()
    box = face.sheet.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (380, 640)
    # Trusted Types refuse the server's HTML: the same text stands there plain.
    expect(face.log.get_by_text(ANSWER)).to_be_visible()
    assert [text for text in broken if "TrustedHTML" not in text] == []
    face.page.context.close()


def test_what_people_write_is_never_markup(face: Face) -> None:
    face.open()
    nasty = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>&amp;"
    face.say(nasty)
    face.server.add("message", "visitor", text=nasty, html=nasty)
    face.server.add("claimed", "agent", name_of=nasty, agent="m", name=nasty)
    face.server.add("offered", "assistant", text=nasty)
    face.server.tell(type="turn", turn="t9", attempt=1, state="thinking", doing=nasty)
    face.page.wait_for_timeout(200)
    assert face.page.title() != "owned"
    assert (
        face.page.evaluate("document.querySelector('tandem-widget').shadowRoot.querySelectorAll('img, script').length")
        == 0
    )
    expect(face.page.get_by_text(nasty).first).to_be_visible()


def test_a_link_that_is_no_web_address_is_not_shown(face: Face) -> None:
    face.open()
    face.server.conversation = {"id": "c1"}
    source = SOURCES[0] | {"url": "javascript:document.title='owned'"}
    face.server.add("message", "assistant", text="x", html="<p>x</p>", sources=[source], answered="answer")
    face.page.get_by_role("button", name="1 How long").click()
    expect(face.page.get_by_text("You can return unused items")).to_be_visible()
    assert face.page.get_by_role("link", name="Open article").count() == 0


def test_four_thousand_characters_go_and_one_more_does_not(face: Face) -> None:
    face.open()
    face.say("  " + "👋" * 4001 + "\n")
    expect(face.page.get_by_text("1 characters too many. Nothing was sent.")).to_be_visible()
    assert not face.server.heard_of("message")
    face.shot("13-too-long")
    face.say("\u2003" + "👋" * 4000 + "\n")
    assert face.server.heard_of("message")[0]["text"] == "\u2003" + "👋" * 4000 + "\n"
    face.say(" \u00a0\u3000\n")
    assert len(face.server.heard_of("message")) == 1
    face.say("\ufeff")
    assert face.server.heard_of("message")[1]["text"] == "\ufeff"


def test_a_refused_message_can_be_mended(face: Face) -> None:
    face.open()
    face.server.answers = False
    face.say("Something odd")
    expect(face.page.get_by_text("Sending", exact=True)).to_be_visible()
    frame = face.server.heard_of("message")[0]
    face.server.tell(
        type="error", code="internal", message="Something went wrong here. Reference: ab12", id=frame["id"]
    )
    expect(face.page.get_by_text("Reference: ab12")).to_be_visible()
    face.shot("14-refused")
    face.field.fill("half a thought")
    face.page.get_by_role("button", name="Edit").click()
    expect(face.field).to_have_value("Something odd\nhalf a thought")
    assert face.page.get_by_text("Reference: ab12").count() == 0


def test_a_limit_is_explained_and_waited_out(face: Face) -> None:
    face.open()
    face.server.answers = False
    face.say("Quick")
    frame = face.server.heard_of("message")[0]
    face.server.tell(type="error", code="rate_limited", message="", id=frame["id"], retry_after=2)
    expect(face.page.get_by_text("That was quick. It will be sent in a moment.")).to_be_visible()
    face.server.answers = True
    face.page.clock.run_for(2100)
    expect(face.page.get_by_text("That was quick")).to_have_count(0)
    assert [event["text"] for event in face.server.events] == ["Quick"]


def test_a_person_is_one_press_away_and_can_be_called_off(face: Face) -> None:
    face.open()
    face.page.get_by_role("button", name="Talk to a person").click()
    face.server.escalate(position=1, wait=150)
    expect(face.page.get_by_text("You are in the queue, place 1. About 3 min.")).to_be_visible()
    face.page.get_by_role("button", name="Cancel").click()
    assert face.server.heard_of("cancel_person")
    face.server.add("returned", "visitor", why="cancelled", text="All right, no person is called.")
    expect(face.page.get_by_role("button", name="Talk to a person")).to_be_enabled()


def test_a_translated_message_is_marked_and_the_original_is_one_click_away(face: Face) -> None:
    face.open()
    html = "<p>Es kommt morgen.</p><details><summary>Übersetzt · Original</summary><p>It comes tomorrow.</p></details>"
    face.server.add("message", "agent", text="Es kommt morgen.", html=html, original="It comes tomorrow.")
    expect(face.log.get_by_text("Es kommt morgen.")).to_be_visible()
    expect(face.log.get_by_text("It comes tomorrow.")).to_be_hidden()
    face.log.get_by_text("Übersetzt · Original").click()
    expect(face.log.get_by_text("It comes tomorrow.")).to_be_visible()


def test_that_a_colleague_is_asked_reads_as_the_assistants_word(face: Face) -> None:
    face.open()
    face.server.add("asked", "assistant", text="I have asked a colleague.")
    expect(face.log.locator(".said.assistant").get_by_text("I have asked a colleague.")).to_be_visible()
    expect(face.page.get_by_role("button", name="Talk to a person")).to_be_enabled()


def test_declining_an_offer_leaves_the_field(face: Face) -> None:
    face.open()
    face.field.fill("I was writing")
    face.server.add("offered", "assistant", text="Shall I get a person for you?")
    face.page.get_by_role("button", name="No, thanks").click()
    expect(face.page.get_by_role("button", name="Yes, get a person")).to_have_count(0)
    expect(face.field).to_be_focused()
    expect(face.field).to_have_value("I was writing")


def test_keys_and_focus_on_a_desk(face: Face) -> None:
    face.page.get_by_role("button", name="Help").wait_for()
    face.page.keyboard.press("Tab")
    face.page.keyboard.press("Enter")
    expect(face.field).to_be_focused()
    face.page.keyboard.type("One")
    face.page.keyboard.press("Shift+Enter")
    face.page.keyboard.type("two")
    face.page.keyboard.press("Enter")
    expect(face.log.get_by_text("One")).to_be_visible()
    while not face.server.heard_of("message"):  # it may still be on its way, or the line is not up yet
        face.page.wait_for_timeout(20)
    assert face.server.heard_of("message")[0]["text"] == "One\ntwo"
    face.page.keyboard.press("Escape")
    expect(face.sheet).to_have_count(0)
    expect(face.page.get_by_role("button", name="Help")).to_be_focused()


def test_a_whole_answer_is_announced_once_and_its_pieces_never(face: Face) -> None:
    face.open()
    voice = "document.querySelector('tandem-widget').shadowRoot.querySelector('[aria-live=polite]').textContent"
    face.say("Boots?")
    face.server.tell(type="delta", turn="t1", attempt=1, offset=0, text="You can")
    expect(face.log.get_by_text("You can", exact=True)).to_be_visible()
    assert face.page.evaluate(voice) == ""
    answer(face)
    face.page.wait_for_function(f"{voice} === {json.dumps(ANSWER)}")
    face.page.clock.run_for(6000)
    assert face.page.evaluate(voice) == ""


def test_nothing_jumps_while_an_answer_grows(face: Face) -> None:
    face.open()
    for number in range(40):
        face.server.add("message", "agent", name_of="Maya", text=f"Message {number}")
    box = "document.querySelector('tandem-widget').shadowRoot.querySelector('.box')"
    face.page.evaluate(f"{box}.scrollTop = 120")
    face.page.wait_for_timeout(50)
    text = ""
    for number in range(30):
        piece = f"Sentence {number} of a long answer. "
        face.server.tell(type="delta", turn="t2", attempt=1, offset=len(text), text=piece)
        text += piece
    expect(face.page.get_by_text("Sentence 29")).to_have_count(1)
    assert face.page.evaluate(f"{box}.scrollTop") == 120
    face.page.get_by_role("button", name="Latest").click()
    face.page.wait_for_function(f"{box}.scrollHeight - {box}.scrollTop - {box}.clientHeight < 2")


def test_a_long_answer_stops_at_its_first_line(face: Face) -> None:
    face.open()
    face.say("Tell me everything")
    text = ""
    for number in range(60):
        piece = f"Sentence {number} of a long answer. "
        face.server.tell(type="delta", turn="t3", attempt=1, offset=len(text), text=piece)
        text += piece
    expect(face.page.get_by_text("Sentence 59")).to_have_count(1)
    gap = face.page.evaluate(
        """() => {
          const root = document.querySelector('tandem-widget').shadowRoot;
          const turn = root.querySelector('.log').lastElementChild;
          return turn.getBoundingClientRect().top - root.querySelector('.box').getBoundingClientRect().top;
        }"""
    )
    assert 0 <= gap <= 24
    expect(face.page.get_by_role("button", name="Latest")).to_be_visible()


def test_older_messages_come_as_one_scrolls_up_and_the_place_is_kept(face: Face) -> None:
    for number in range(1, 131):
        face.server.add("message", "visitor", live=False, text=f"Message number {number}.")
    face.server.conversation = {"id": "c1", "handler": "assistant"}
    face.open()
    expect(face.page.get_by_text("Message number 130.")).to_be_visible()
    box = "document.querySelector('tandem-widget').shadowRoot.querySelector('.box')"
    first = face.page.get_by_text("Message number 91.")
    face.page.evaluate(f"{box}.scrollTop = 60")
    expect(face.page.get_by_text("Message number 51.")).to_have_count(1)
    expect(first).to_be_in_viewport()
    assert face.server.heard_of("earlier") == [{"type": "earlier", "before": 91, "n": 40}]


def test_what_was_said_while_it_was_closed_is_counted(face: Face) -> None:
    face.open()
    face.say("Hello?")
    face.page.keyboard.press("Escape")
    face.server.add("message", "agent", name_of="Maya", text="Here I am")
    expect(face.page.get_by_role("button", name="Help 1")).to_be_visible()
    face.shot("15-unread")
    face.page.get_by_role("button", name="Help 1").click()
    face.page.wait_for_timeout(100)
    assert face.server.heard_of("read")[-1]["seq"] == 2
    face.page.keyboard.press("Escape")
    expect(face.page.get_by_role("button", name="Help", exact=True)).to_be_visible()


def test_after_a_reload_the_conversation_is_simply_there(face: Face) -> None:
    face.open()
    face.say("Remember me")
    face.page.reload()
    expect(face.sheet).to_be_visible()
    expect(face.page.get_by_text("Remember me")).to_be_visible()
    hello = face.server.heard_of("hello")[-1]
    assert (hello["token"], hello["conversation"], hello["epoch"]) == ("token", "c1", "e1")


def test_a_message_that_was_not_sent_survives_a_reload(face: Face) -> None:
    face.open()
    face.say("First")
    face.server.cut()
    face.say("Written in a tunnel")
    face.server.away = False
    face.page.reload()
    expect(face.page.get_by_text("Sent", exact=True)).to_be_visible()
    assert [event["text"] for event in face.server.events] == ["First", "Written in a tunnel"]


def test_two_tabs_are_one_visitor(face: Face, address: str) -> None:
    face.open()
    other = face.page.context.new_page()
    second = Server(other, events=face.server.events)
    second.attach()
    other.goto(address + "/host")
    other.get_by_role("button", name="Help").click()
    expect(other.get_by_role("heading", name="Northpine")).to_be_visible()
    assert second.heard_of("hello")[-1]["token"] == "token"


def test_on_a_phone_it_fills_the_screen_and_back_closes_it(phone: Face, address: str) -> None:
    phone.open()
    box = phone.sheet.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert phone.field.evaluate("(field) => getComputedStyle(field).fontSize") == "16px"
    assert phone.page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    phone.field.focus()
    phone.page.keyboard.type("One")
    phone.page.keyboard.press("Enter")
    phone.page.keyboard.type("two")
    expect(phone.field).to_have_value("One\ntwo")
    phone.page.go_back()
    expect(phone.sheet).to_have_count(0)
    assert phone.page.url == address + "/host"
    assert phone.page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"
    phone.open()
    phone.page.get_by_role("button", name="Close").click()
    expect(phone.sheet).to_have_count(0)
    assert phone.page.evaluate("history.state") is None


def test_on_a_phone_the_keyboard_leaves_field_and_last_line_in_sight(phone: Face) -> None:
    phone.open()
    for number in range(20):
        phone.server.add("message", "agent", name_of="Maya", text=f"Message {number}")
    phone.field.focus()
    phone.page.set_viewport_size({"width": 390, "height": 460})
    expect(phone.field).to_be_in_viewport(ratio=1)
    expect(phone.log.get_by_text("Message 19")).to_be_in_viewport(ratio=1)
    phone.shot("16-keyboard")


def test_everything_that_is_pressed_is_large_enough(phone: Face) -> None:
    phone.open()
    phone.say("Boots?")
    answer(phone)
    phone.server.add("offered", "assistant", text="Shall I get a person for you?")
    measure = "(all) => all.map((b) => [b.textContent || b.ariaLabel, b.offsetWidth, b.offsetHeight])"
    sizes = phone.sheet.get_by_role("button").evaluate_all(measure)
    assert [size for size in sizes if min(size[1:]) < 24] == []


def test_a_page_may_call_it_before_it_is_there(browser: Browser, address: str) -> None:
    stub = (
        "<script>window.Tandem=function(){(Tandem.q=Tandem.q||[]).push(arguments)};"
        "Tandem('on','open',function(){document.title='opened'});Tandem('open')</script>"
    )
    Files.pages["/early"] = (HOST.replace("<script async", stub + "<script async"), "")
    face = make_face(browser, address, path="/early")
    expect(face.sheet).to_be_visible()
    assert face.page.title() == "opened"
    face.page.evaluate("Tandem('close')")
    expect(face.sheet).to_have_count(0)
    face.page.context.close()


WORDS = {"de": "Nachricht schreiben", "es": "Escriba un mensaje", "fr": "Écrire un message", "pt": "Write a message"}


@pytest.mark.parametrize(("language", "word"), WORDS.items())
def test_it_speaks_the_page_s_language(browser: Browser, address: str, language: str, word: str) -> None:
    Files.pages[f"/{language}"] = (HOST.replace('lang="en"', f'lang="{language}"'), "")
    face = make_face(browser, address, path=f"/{language}")
    face.page.locator("tandem-widget button").click()
    expect(face.field).to_have_attribute("placeholder", word)
    assert not axe(face)
    face.page.context.close()


@pytest.mark.parametrize("language", ["x-default", "C", "*", "i-default", "de_DE"])
def test_a_page_whose_language_no_browser_knows_has_the_widget_all_the_same(
    browser: Browser, address: str, language: str
) -> None:
    where = f"/odd-{abs(hash(language))}"
    Files.pages[where] = (HOST.replace('lang="en"', f'lang="{language}"'), "")
    face = make_face(browser, address, path=where)
    face.page.locator("tandem-widget button").click()
    expect(face.field).to_be_visible()
    face.server.add("message", "agent", text="Good morning")
    expect(face.sheet).to_contain_text("Good morning")
    face.page.context.close()


def test_right_to_left_the_title_stands_as_far_from_the_edge_as_left_to_right(browser: Browser, address: str) -> None:
    far = []
    for language in ("en", "ar"):
        Files.pages[f"/edge-{language}"] = (HOST.replace('lang="en"', f'lang="{language}"'), "")
        face = make_face(browser, address, path=f"/edge-{language}")
        face.page.locator("tandem-widget button").click()
        expect(face.field).to_be_visible()
        style = "(it) => { const s = getComputedStyle(it); return [s.paddingLeft, s.paddingRight] }"
        far.append([face.sheet.locator(name).evaluate(style) for name in ("header", "form")])
        face.page.context.close()
    assert far[1] == [one[::-1] for one in far[0]]


def test_every_language_has_every_word(page: Page) -> None:
    keys = page.evaluate(
        """() => Promise.all(["en", "de", "es", "fr"].map(async (lang) => {
          const words = (await import(`/static/shared/words/${lang}.js`)).default;
          return Object.entries(words).map(([key, text]) => [key, ...(text.match(/{\\w+}/g) || [])].join());
        }))"""
    )
    assert keys[1:] == [keys[0]] * 3
