"""The insights page "Satisfaction": who reads it, and what of a customer's words is on it."""

import pytest

from supportsite.sites.rights import Role
from tests.chat.test_satisfaction import a_case, somebody
from tests.conftest import NOW, logged_in, make_member

pytestmark = pytest.mark.django_db
ADDRESS = "/insights/satisfaction/"


@pytest.fixture
def now(monkeypatch):
    """The page's own clock stands where the cases do."""
    monkeypatch.setattr("agents.satisfaction_page.timezone.now", lambda: NOW)


@pytest.mark.usefixtures("now")
def test_a_manager_reads_shares_from_twenty_on_and_the_number_before(site, agent):
    manager = make_member(site, "Ines", Role.MANAGER)
    for number in range(20):
        a_case(site, agent, 5 if number < 16 else 2, visitor=somebody(number))
    a_case(site, agent, 5, visitor=somebody(99), met=agent)
    page = logged_in(manager).get(ADDRESS).content.decode()
    assert "80.0 %" in page
    assert "16 of 20, likely 58.4 % to 91.9 %" in page
    assert "not enough data: 1 of 20" in page
    assert f'<th scope="row">{agent.name}</th>' in page
    assert "set the site’s kindness to one half" in page


@pytest.mark.usefixtures("now")
def test_what_a_customer_wrote_is_never_markup(site, agent):
    manager = make_member(site, "Ines", Role.MANAGER)
    row = a_case(site, agent, 1, visitor=somebody(1), comment="<script>alert(1)</script>")
    page = logged_in(manager).get(ADDRESS).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert f"#c/{row.public_id}" in page


@pytest.mark.usefixtures("now")
def test_what_kindness_brings_is_told_with_an_interval(site, agent):
    manager = make_member(site, "Ines", Role.MANAGER)
    for number in range(20):
        a_case(site, agent, 5, visitor=somebody(number, "a"), kindness="said")
        a_case(site, agent, 1, visitor=somebody(number, "b"), kindness="held")
    page = logged_in(manager).get(ADDRESS).content.decode()
    assert "+100.0" in page
    assert "more than chance" in page
    assert "+0.0" in page
    assert "may be chance" in page


@pytest.mark.parametrize("role", [Role.AGENT, Role.CURATOR])
def test_others_are_told_who_may(site, role):
    answer = logged_in(make_member(site, "Noor", role)).get(ADDRESS)
    assert answer.status_code == 403
    assert "Managers and owners of a site can." in answer.content.decode()


def test_another_sites_figures_are_not_shown(site, other_site):
    manager = make_member(site, "Ines", Role.MANAGER)
    assert logged_in(manager).get(f"{ADDRESS}{other_site.key}/").status_code == 403
