"""Who gets a person before a turn reads anything."""

import pytest

from supportsite.sites.models import Site
from tests.chat.test_called_once import kinds, says, told

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_subject_that_the_site_has_just_named_holds_on_a_page_that_is_open_already(site):
    open_page = await Site.objects.aget(pk=site.pk)
    await Site.objects.filter(pk=site.pk).aupdate(sensitive_words=["batch 77"])
    await says(open_page, "My heater is from batch 77", "m1")
    assert [event.body["reasons"] for event in await told(kind="escalated")] == [["sensitive"]]


async def test_a_page_that_is_open_hears_what_the_site_named_before(site):
    await says(site, "My heater is from batch 77", "m1")
    assert "escalated" not in await kinds()
