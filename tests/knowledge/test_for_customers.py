"""Articles for verified customers: they are answered from them and open them by a link; nobody else learns of them."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from agents import api_keys
from knowledge import answered, approved, gaps, indexing, links, passes, publish, search, slugs
from knowledge.addresses import article_path, index_path, place_of
from knowledge.models import ApprovedAnswer, Article, Asked, Audience, Gap
from supportsite.sites.models import Site
from tests.conftest import NOW, logged_in, make_member

pytestmark = pytest.mark.django_db
POLES = "How is a bent pole straightened?"


def limit(article: Article, audience: str = "customers") -> None:
    publish.save_draft(article=article, audience=audience)


@pytest.fixture
def tents(articles) -> Article:
    """For customers alone; the index is not told of it yet."""
    limit(articles["tents"])
    return articles["tents"]


def slugs_found(site: Site, reader: Audience, question: str = POLES) -> set[str]:
    return {one.slug for one in search.find(site=site, question=question, language="en", reader=reader).passages}


@pytest.mark.parametrize("told", [False, True])
def test_a_customer_is_answered_from_it_and_a_visitor_never(site, tents, now, told):
    if told:
        indexing.index_version(tents.published_id, now=now)
    assert "tents" in slugs_found(site, Audience.CUSTOMERS)
    assert "tents" in slugs_found(site, Audience.LOGGED_IN)
    assert "tents" not in slugs_found(site, Audience.EVERYONE)


def test_what_is_for_colleagues_is_not_for_customers(site, tents):
    limit(tents, "logged_in")
    assert "tents" not in slugs_found(site, Audience.CUSTOMERS)


def test_in_another_language_too(site, write):
    """What customers alone have in their language leaves a visitor to what everybody has."""
    write("poles", "A bent pole can be straightened by hand.")
    limit(write("poles", "Eine verbogene Stange wird von Hand gerade.", language="de"))
    asked = {"site": site, "question": "Wie wird eine verbogene Stange wieder gerade?", "language": "de"}
    by = {one: search.find(**asked, reader=one).passages[0] for one in (Audience.EVERYONE, Audience.CUSTOMERS)}
    assert {one: passage.language for one, passage in by.items()} == {"everyone": "en", "customers": "de"}


# --- the page


def opened(client: Client, site: Site, path: str, begun: int = 0) -> tuple[int, str]:
    address = passes.with_pass(site, path, passes.begin(begun or None))
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


def test_nobody_finds_it_in_the_help_centre(client, site, tents):
    path = article_path(site.key, "en", "tents")
    assert client.get(path).status_code == 404
    assert client.get(path + "?v=1").status_code == 404
    assert client.get(path + "?v=1&pass=9999999999-" + "0" * 32).status_code == 404
    for where in ("en/", "en/?q=bent+pole", "sitemap.xml", "en/feed.atom"):
        page = client.get(f"/help/{site.key}/{where}").content.decode()
        assert ("/shipping/" in page, "/tents/" in page) == (True, False), where


def test_the_link_of_a_customers_source_opens_the_version_that_was_cited(client, site, tents, now):
    cited = search.find(site=site, question=POLES, language="en", reader=Audience.CUSTOMERS).passages[0]
    link = passes.with_pass(site, cited.url, passes.begin())
    assert link.startswith(settings.TANDEM.public_url)
    assert link.endswith("#poles")
    answer = client.get(link.removeprefix(settings.TANDEM.public_url))
    assert "straightened by hand" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert 'name="robots" content="noindex"' in answer.content.decode()
    publish.save_draft(article=tents, body="Throw it away.")
    publish.publish(article=tents, by=None, now=now + timedelta(days=1))
    page = client.get(link.removeprefix(settings.TANDEM.public_url)).content.decode()
    assert "straightened by hand" in page
    current = re.search(r'<a href="([^"]+)">Read the current text', page)
    assert "Throw it away" in client.get(current[1].replace("&amp;", "&")).content.decode()


def test_it_opens_nothing_else(client, site, other_site, tents, write, articles):
    limit(write("poles", "Only for customers."))
    path = article_path(site.key, "en", "tents", version=1)
    word = passes.word_of(site, place_of(path), passes.begin())
    assert client.get(f"{path}&pass={word}").status_code == 200
    for other in (
        article_path(site.key, "en", "poles", version=1),
        article_path(site.key, "en", "tents", version=2),
        article_path(site.key, "en", "tents", region="UK", version=1),
        article_path(site.key, "de", "tents", version=1),
        article_path(other_site.key, "en", "tents", version=1),
    ):
        assert client.get(f"{other}&pass={word}").status_code == 404, other
    until, signature = word.split("-")
    assert client.get(f"{path}&pass={int(until) + 60}-{signature}").status_code == 404
    limit(tents, "logged_in")
    assert client.get(f"{path}&pass={word}").status_code == 404
    assert (
        passes.with_pass(site, "https://elsewhere.example/help/", passes.begin()) == "https://elsewhere.example/help/"
    )


def test_a_query_that_is_read_in_two_ways_opens_nothing_else(client, site, tents, write, now):
    publish.save_draft(article=tents, body="Dry it well.")
    publish.publish(article=tents, by=None, now=now + timedelta(days=1))
    for region in ("DE", "AT"):
        limit(write("warranty", f"As in {region}.", region=region))
    begun = passes.begin()
    second = passes.with_pass(site, article_path(site.key, "en", "tents", version=2), begun)
    german = passes.with_pass(site, article_path(site.key, "en", "warranty", region="DE"), begun)
    anywhere = passes.with_pass(site, article_path(site.key, "en", "tents"), begun)
    assert [client.get(link).status_code for link in (second, german, anywhere)] == [200, 200, 200]
    austrian = german.replace("region=DE", "region=AT")
    for link in (
        f"{second}&v=1", f"{second}&x=#&v=1", f"{second}&x=%23&v=1", second.replace("?", "?v=1&"),
        f"{german}&region=AT", f"{german}&x=#&region=AT", german.replace("?", "?region=AT&"), austrian,
        german.replace("?", "?region=&"), f"{german}&v=1", f"{anywhere}&x=#&region=AT&v=1", f"{anywhere}&v=1",
        f"{anywhere}&v=", f"{anywhere}&region=&region=", f"{second}&pass=1",
    ):  # fmt: skip
        path, query = link.split("?", 1)
        assert client.get(path, QUERY_STRING=query).status_code == 404, link  # the # too, as no browser sends it


def test_no_pass_is_made_for_an_address_that_names_two_versions(site, tents):
    for said in ("v=1&v=2", "region=&region=DE"):
        address = f"{article_path(site.key, 'en', 'tents')}?{said}"
        assert passes.with_pass(site, address, passes.begin()) == address


def test_it_is_soon_over_and_says_so(client, site, tents):
    path = article_path(site.key, "en", "tents", version=1)
    before = passes.begin().until - 2 * passes.LASTS_S - 60
    status, page = opened(client, site, path, begun=before)
    assert (status, "This link has ended" in page, "straightened" in page) == (403, True, False)


def test_another_identity_key_ends_it(client, site, tents):
    link = passes.with_pass(site, article_path(site.key, "en", "tents", version=1), passes.begin())
    assert client.get(link).status_code == 200
    Site.objects.filter(pk=site.pk).update(identity_key=2)
    assert client.get(link).status_code == 404


def test_its_links_lead_a_customer_on_to_what_is_theirs_and_no_longer_than_its_own(client, site, tents, write):
    limit(write("poles", "Only for customers, too."))
    publish.save_draft(article=tents, body="See [poles](article:poles).")
    publish.publish(article=tents, by=None, now=NOW + timedelta(days=1))
    given = passes.begin()
    page = client.get(passes.with_pass(site, article_path(site.key, "en", "tents"), given)).content.decode()
    onward = re.search(r'href="(/help/[^"]+/poles/[^"]*)"', page)[1].replace("&amp;", "&")
    assert f"pass={given.until}-" in onward
    assert "Only for customers, too" in client.get(onward).content.decode()


def test_what_is_for_everyone_has_an_address_to_pass_on(client, site, articles):
    path = article_path(site.key, "en", "shipping", version=1)
    answer = client.get(passes.with_pass(site, path, passes.begin()))
    assert (answer.status_code, answer.headers["Location"]) == (302, path)


def test_a_former_address_and_a_withdrawal_are_told_to_whoever_may_know(client, site, tents, now):
    link = passes.with_pass(site, article_path(site.key, "en", "tents", version=1), passes.begin())
    slugs.rename(article=tents, slug="tent-care")
    assert "straightened by hand" in client.get(link, follow=True).content.decode()
    slugs.rename(article=tents, slug="tents")
    publish.withdraw(article=tents, by=None, now=now)
    answer = client.get(link)
    assert (answer.status_code, "was withdrawn" in answer.content.decode()) == (410, True)
    assert client.get(article_path(site.key, "en", "tents", version=1)).status_code == 404


@pytest.mark.parametrize("audience", ["customers", "logged_in"])
def test_a_former_address_tells_nobody_else_the_new_one(client, site, tents, agent, audience):
    limit(tents, audience)
    path = article_path(site.key, "en", "tents", version=1)
    over = passes.with_pass(site, path, passes.begin(NOW.timestamp() - 10**7))
    given = passes.with_pass(site, path, passes.begin())
    slugs.rename(article=tents, slug="spare-part-prices")
    for link in (path, over, article_path(site.key, "de", "tents")):
        answer = client.get(link)
        assert answer.status_code in (403, 404), link
        assert "spare-part-prices" not in str(answer.headers) + answer.content.decode(), link
    assert "straightened by hand" in logged_in(agent).get(path, follow=True).content.decode()
    assert ("straightened by hand" in client.get(given, follow=True).content.decode()) == (audience == "customers")


def test_a_customer_says_whether_it_helped(client, site, tents):
    page = opened(client, site, article_path(site.key, "en", "tents"))[1]
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    path = article_path(site.key, "en", "tents") + "helpful/"
    answer = client.post(path, form | {"helped": "yes"})
    assert answer.status_code == 302
    assert "Thank you" in client.get(answer.headers["Location"].partition("#")[0]).content.decode()
    assert client.post(path, {**form, "pass": "", "helped": "yes"}).status_code == 404


def test_colleagues_read_it_by_their_session(site, tents, agent, stranger):
    path = article_path(site.key, "en", "tents", version=1)
    assert logged_in(agent).get(path).status_code == 200
    assert logged_in(stranger).get(path).status_code == 404
    assert ">Tents" in logged_in(agent).get(index_path(site.key, "en")).content.decode()


# --- beside the pages


def test_no_program_reads_it_without_the_right(site, other_site, tents):
    _row, right = api_keys.make(site=site, name="All", scopes=["articles:read"], now=NOW)
    _row, wrong = api_keys.make(site=site, name="Talk", scopes=["conversations:read"], now=NOW)
    _row, foreign = api_keys.make(site=other_site, name="Theirs", scopes=["articles:read"], now=NOW)
    seen = {}
    for name, secret in (("right", right), ("wrong", wrong), ("foreign", foreign), ("none", "")):
        head = {"authorization": f"Bearer {secret}"} if secret else {}
        seen[name] = Client().get(f"/api/v1/articles/{tents.public_id}/", headers=head).status_code
    assert seen == {"right": 200, "wrong": 403, "foreign": 404, "none": 401}


def test_an_approved_answer_may_be_for_customers(site):
    row = ApprovedAnswer(site=site, questions=["What is the spare part line?"], text="It is 0800 1.")
    approved.save(answer=row, by=None, now=NOW)
    asked = {"site": site, "question": "What is the spare part line?", "language": "en"}
    row.audience = "customers"
    approved.save(answer=row, by=None, now=NOW)
    assert approved.find(**asked) is None
    assert approved.find(**asked, reader=Audience.CUSTOMERS).text == "It is 0800 1."
    other = ApprovedAnswer(site=site, questions=["What is the spare part line?"], text="We have none.")
    approved.save(answer=other, by=None, now=NOW)
    assert approved.find(**asked).text == "We have none."
    assert approved.find(**asked, reader=Audience.CUSTOMERS).text == "It is 0800 1."
    approved.undo(answer=row, by=None, now=NOW)
    assert row.audience == "everyone"


def test_a_gap_closes_once_those_who_asked_would_be_answered(site, tents):
    for ref, reader in (("visitor", Audience.EVERYONE), ("customer", Audience.CUSTOMERS)):
        gaps.record(site=site, question=POLES, language="en", reader=reader, asker=ref, ref=ref, now=NOW)
        gap = Gap.objects.create(site=site, language="en", text=ref, asked_at=NOW)
        Asked.objects.filter(ref=ref).update(gap=gap)
    indexing.index_version(tents.published_id, now=NOW)
    answered.close_answered(now=NOW, seconds=60)
    assert dict(Gap.objects.values_list("text", "state")) == {"visitor": "open", "customer": "closed"}


def test_a_link_to_it_is_found_in_what_more_people_read(site, tents, write):
    from_all = write("all", "See [tents](article:tents).")
    assert [one.detail["fault"] for one in links.broken(from_all)] == ["hidden"]
    limit(from_all)
    assert links.broken(from_all) == []


def test_the_curator_chooses_it_and_tries_it_as_a_customer(site, tents):
    desk = logged_in(make_member(site, "Carla", "curator"))
    form = desk.get(f"/admin/knowledge/article/{tents.pk}/change/").content.decode()
    assert '<option value="customers" selected>Verified customers</option>' in form
    for reader, rank in (("everyone", "is not found"), ("customers", "is found first"), ("", "is not found")):
        page = desk.get("/admin/try/", {"q": POLES, "expected": tents.pk, "reader": reader}).content.decode()
        assert rank in page, reader
