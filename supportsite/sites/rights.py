"""The one table of rights: what each role may do on its site."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Right(StrEnum):
    """One thing that a member may be allowed to do."""

    READ_CONVERSATIONS = "read_conversations"
    READ_EVERY_TEAM = "read_every_team"
    ANSWER = "answer"
    READ_ARTICLES = "read_articles"
    EDIT_ARTICLES = "edit_articles"
    PUBLISH = "publish"
    READ_OUTBOUND = "read_outbound"
    READ_INSIGHTS = "read_insights"
    PAUSE_ASSISTANT = "pause_assistant"
    ROUTE = "route"
    FORGET_CUSTOMERS = "forget_customers"
    MANAGE_SITE = "manage_site"


class Role(StrEnum):
    """What a member is on a site."""

    AGENT = "agent"
    CURATOR = "curator"
    MANAGER = "manager"
    OWNER = "owner"


ROLE_NAMES = {
    Role.AGENT: _("Agent"),
    Role.CURATOR: _("Curator"),
    Role.MANAGER: _("Manager"),
    Role.OWNER: _("Owner"),
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.AGENT: frozenset({Right.READ_CONVERSATIONS, Right.ANSWER, Right.READ_ARTICLES}),
    Role.CURATOR: frozenset({Right.READ_ARTICLES, Right.EDIT_ARTICLES, Right.PUBLISH}),
    Role.MANAGER: frozenset(
        {
            Right.READ_CONVERSATIONS,
            Right.READ_EVERY_TEAM,
            Right.ANSWER,
            Right.READ_ARTICLES,
            Right.EDIT_ARTICLES,
            Right.PUBLISH,
            Right.READ_OUTBOUND,
            Right.READ_INSIGHTS,
            Right.PAUSE_ASSISTANT,
            Right.ROUTE,
            Right.FORGET_CUSTOMERS,
        }
    ),
    Role.OWNER: frozenset(Right),
}


def role_may(role: str, right: Right) -> bool:
    """Whether `role` carries `right`; an unknown role carries none."""
    return role in RIGHTS and right in RIGHTS[Role(role)]
