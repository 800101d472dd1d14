"""Conversations over REST, to be read: a site's list, one of them, and its log with a cursor (`/api/v1/docs/`)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from supportsite.sites.models import Member, Team
from supportsite.sites.scopes import HasScope, site_of

from . import frames
from .customer_rows import Customer
from .models import Conversation, EventRole, Handler, Kind
from .protocol import MOST_SEQ

MayRead = HasScope("conversations:read")
ROW_ID = OpenApiParameter(
    "conversation", OpenApiTypes.STR, OpenApiParameter.PATH, description="The conversation's `id`."
)


class NewestFirst(CursorPagination):
    """Pages that stay where they are while new conversations come: follow `next` until it is null."""

    ordering = ("-made_at",)
    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """A cursor that nobody was given is as one that leads nowhere. Raises NotFound."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except ValidationError:  # its place is no moment
            raise NotFound(self.invalid_cursor_message) from None


class PersonSerializer(serializers.ModelSerializer[Member]):
    """The member who has the conversation."""

    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = Member
        fields = ("id", "name")


class TeamSerializer(serializers.ModelSerializer[Team]):
    """The team that the conversation is for."""

    id = serializers.CharField(source="public_id", read_only=True)

    class Meta:
        model = Team
        fields = ("id", "name")


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    """Whom the owner's server vouches for (docs/identity.md)."""

    id = serializers.CharField(source="external_id", read_only=True, help_text="Your own id of the customer (`sub`).")

    class Meta:
        model = Customer
        fields = ("id", "name")


class ConversationSerializer(serializers.ModelSerializer[Conversation]):
    """One conversation as its log says it stands."""

    id = serializers.CharField(source="public_id", read_only=True)
    customer = CustomerSerializer(
        source="visitor.customer", read_only=True, allow_null=True, help_text="Null: a visitor nobody vouched for."
    )
    assignee = PersonSerializer(read_only=True, allow_null=True)
    team = TeamSerializer(read_only=True, allow_null=True)
    moods = serializers.ListField(
        child=serializers.FloatField(min_value=-1, max_value=1),
        read_only=True,
        help_text="Of the last five messages, -1 to 1.",
    )

    class Meta:
        model = Conversation
        fields = (
            "id", "customer", "handler", "assignee", "team", "case", "language", "locale", "page", "moods", "unknowns",
            "waiting_since", "last_seq", "made_at", "changed_at",
        )  # fmt: skip
        read_only_fields = fields


SourceSerializer = inline_serializer(
    "Source",
    {
        "n": serializers.IntegerField(),
        "title": serializers.CharField(),
        "url": serializers.CharField(),
        "section": serializers.CharField(allow_blank=True),
        "quote": serializers.CharField(allow_blank=True),
        "language": serializers.CharField(),
        "date": serializers.CharField(allow_blank=True),
    },
    many=True,
    required=False,
)
AuthorSerializer = inline_serializer(
    "Author", {"role": serializers.ChoiceField(EventRole.choices), "name": serializers.CharField(required=False)}
)
EventSerializer = inline_serializer(
    "Event",
    {
        "seq": serializers.IntegerField(min_value=1),
        "prev": serializers.IntegerField(min_value=0),
        "kind": serializers.ChoiceField(Kind.choices),
        "erased": serializers.BooleanField(required=False, help_text="What was said was erased."),
        "upto": serializers.IntegerField(required=False, help_text="Of `erased`: the last event that it emptied."),
        "at": serializers.DateTimeField(),
        "from": AuthorSerializer,
        "text": serializers.CharField(required=False, help_text="As it was sent."),
        "html": serializers.CharField(required=False, help_text="The same, rendered and sanitised."),
        "sources": SourceSerializer,
        "answered": serializers.ChoiceField(("answer", "clarify", "unknown", "action"), required=False),
        "turn": serializers.CharField(required=False, help_text="The turn whose answer this is."),
        "mood": serializers.FloatField(required=False),
        "language": serializers.CharField(required=False),
        "reasons": serializers.ListField(child=serializers.CharField(), required=False),
        "why": serializers.CharField(required=False),
        "handler": serializers.ChoiceField(Handler.choices, required=False),
        "agent": serializers.CharField(required=False, help_text="The id of the member who claimed."),
        "name": serializers.CharField(required=False, help_text="Theirs."),
        "for_assistant": serializers.BooleanField(required=False),
        "attachments": serializers.ListField(child=serializers.DictField(), required=False),
    },
    many=True,
)
EventPageSerializer = inline_serializer(
    "EventPage",
    {
        "events": EventSerializer,
        "next": serializers.IntegerField(
            allow_null=True, help_text="The next page's `after`; null where the log ends here."
        ),
    },
)


class ListQuery(serializers.Serializer[Any]):
    """What the list may be asked for."""

    handler = serializers.ChoiceField(Handler.choices, required=False, help_text="Only those that this one has.")
    customer = serializers.CharField(
        source="visitor__customer__external_id", required=False, help_text="Only this customer's, by your own id."
    )


class EventQuery(serializers.Serializer[Any]):
    """Where a page of the log begins."""

    after = serializers.IntegerField(
        min_value=0, max_value=MOST_SEQ, default=0, help_text="The last `seq` that you have."
    )
    limit = serializers.IntegerField(min_value=1, max_value=200, default=100)


class _OfSite(generics.GenericAPIView[Conversation]):
    permission_classes = [MayRead]
    serializer_class = ConversationSerializer
    lookup_field = "public_id"
    lookup_url_kwarg = "conversation"

    def get_queryset(self) -> QuerySet[Conversation]:
        """Those of the key's own site."""
        if getattr(self, "swagger_fake_view", False):
            return Conversation.objects.none()
        return Conversation.objects.filter(site=site_of(self.request)).select_related(
            "assignee", "team", "visitor__customer"
        )


@extend_schema(parameters=[ListQuery])
class ConversationList(_OfSite, generics.ListAPIView[Conversation]):
    """The site's conversations, the newest first."""

    pagination_class = NewestFirst

    def get_queryset(self) -> QuerySet[Conversation]:
        """Those that the query asks for."""
        query = ListQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return super().get_queryset().filter(**query.validated_data)


@extend_schema(parameters=[ROW_ID])
class ConversationDetail(_OfSite, generics.RetrieveAPIView[Conversation]):
    """One conversation."""


class ConversationEvents(APIView):
    """One conversation's log, as the team reads it: oldest first, notes and moods included."""

    permission_classes = [MayRead]

    @extend_schema(parameters=[ROW_ID, EventQuery], responses=EventPageSerializer)
    def get(self, request: Request, conversation: str) -> Response:
        """The events behind `after`. A page may be shorter than `limit`; `next` says whether more follow."""
        query = EventQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        row = get_object_or_404(Conversation, site=site_of(request), public_id=conversation)
        wanted = query.validated_data
        page = frames.after(conversation_id=row.pk, seq=wanted["after"], team=True, limit=wanted["limit"])
        return Response(
            {"events": [seen.fields for seen in page.events], "next": page.events[-1].seq if page.more else None}
        )
