"""Articles over REST: read, write the draft, publish, by the same verbs as the admin (`/api/v1/docs/`)."""

from typing import Any

from django.core.exceptions import ValidationError as InvalidArticle
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from supportsite.sites.scopes import HasScope, site_of

from . import publish
from .models import Article, Audience, Collection, Version

MayRead = HasScope("articles:read")
MayWrite = HasScope("articles:write")
WRITING = frozenset({"create", "partial_update", "publish", "withdraw", "bring_back"})
QUESTIONS = "As customers ask them, in any language: they help to find the article and are never shown."
ARTICLE_ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH, description="The article's `id`.")


class ById(CursorPagination):
    """Pages that stay where they are while new articles come: follow `next` until it is null."""

    ordering = ("public_id",)  # the cursor carries it in the clear
    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"


class PublishedSerializer(serializers.ModelSerializer[Version]):
    """What readers see."""

    class Meta:
        model = Version
        fields = ("number", "title", "body", "questions", "published_at", "indexed_at")
        read_only_fields = fields


class ArticleSerializer(serializers.ModelSerializer[Article]):
    """An article: `title` and `body` are the draft, `published` is what readers see (null: nothing)."""

    id = serializers.CharField(source="public_id", read_only=True)
    collection = serializers.SlugField(source="collection.slug", help_text="The collection's slug.")
    body = serializers.CharField(trim_whitespace=False, help_text="Markdown.")
    title = serializers.CharField(max_length=200)
    language = serializers.CharField(max_length=12, help_text="A code such as `en` or `pt-br`; fixed once made.")
    region = serializers.CharField(
        max_length=8, required=False, default="", allow_blank=True, help_text="Empty: everywhere; fixed once made."
    )
    slug = serializers.SlugField(max_length=120, help_text="The same in every language and region; fixed once made.")
    questions = serializers.ListField(child=serializers.CharField(), required=False, help_text=QUESTIONS)
    published = PublishedSerializer(read_only=True, allow_null=True)
    replaced_by: serializers.SlugRelatedField[Article] = serializers.SlugRelatedField(
        slug_field="public_id", read_only=True, allow_null=True, help_text="The article that a withdrawn one points to."
    )

    class Meta:
        model = Article
        fields = (
            "id", "slug", "language", "region", "collection", "title", "body", "questions", "audience", "revision",
            "published", "withdrawn_at", "withdrawn_because", "replaced_by", "updated_at",
        )  # fmt: skip
        read_only_fields = ("revision", "withdrawn_at", "withdrawn_because", "updated_at")


class DraftSerializer(serializers.Serializer[Article]):
    """What of an article may be changed; what is left out stays."""

    title = serializers.CharField(max_length=200, required=False)
    body = serializers.CharField(trim_whitespace=False, required=False, help_text="Markdown.")
    collection = serializers.SlugField(required=False, help_text="The collection's slug.")
    questions = serializers.ListField(child=serializers.CharField(), required=False, help_text=QUESTIONS)
    audience = serializers.ChoiceField(Audience.choices, required=False)
    revision = serializers.IntegerField(
        required=False, help_text="The draft's that you read: 409 where somebody has saved another since."
    )


class WithdrawSerializer(serializers.Serializer[Article]):
    """What readers who followed a source to the article are told."""

    because = serializers.CharField(max_length=publish.LONGEST_REASON, required=False, allow_blank=True)
    replaced_by = serializers.CharField(required=False, help_text="The `id` of the article to read instead.")


class PublishSerializer(serializers.Serializer[Article]):
    """The draft that was read, and a reason to publish although golden questions stand against it.

    The reason is kept with the version.
    """

    revision = serializers.IntegerField(
        required=False, help_text="The draft's that you read: 409 where somebody has saved another since."
    )
    despite = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RefusedSerializer(serializers.Serializer[Article]):
    """What stands against publishing."""

    golden_questions = serializers.ListField(child=serializers.CharField())


_NOT_PUBLISHED: list[type[serializers.Serializer[Any]]] = [RefusedSerializer, ArticleSerializer]


@extend_schema(tags=["articles"])
class ArticleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Article]):
    """The articles of the key's site."""

    serializer_class = ArticleSerializer
    pagination_class = ById
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    queryset = Article.objects.none()

    def get_permissions(self) -> list[BasePermission]:
        """`articles:write` to change something, else `articles:read`."""
        return [(MayWrite if self.action in WRITING else MayRead)()]

    def get_queryset(self) -> QuerySet[Article]:
        """Those of the key's site, filtered by what the address asks for."""
        if getattr(self, "swagger_fake_view", False):
            return Article.objects.none()
        rows = Article.objects.filter(site=site_of(self.request)).select_related("collection", "published")
        wanted = {name: self.request.query_params.get(name) for name in ("slug", "language", "region")}
        if any("\0" in (value or "") for value in wanted.values()):
            return rows.none()  # PostgreSQL would refuse the question
        return rows.filter(**{name: value for name, value in wanted.items() if value is not None})

    @extend_schema(parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in ("slug", "language", "region")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Every article, drafts included."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[ARTICLE_ID])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One article."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=ArticleSerializer, responses={201: ArticleSerializer})
    def create(self, request: Request) -> Response:
        """Make an article as a draft; readers see it once it is published."""
        given = ArticleSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        collection = self._collection(data.pop("collection")["slug"])
        try:
            article = publish.create_article(site=site_of(request), collection=collection, **data)
        except InvalidArticle as error:
            raise ValidationError(error.message_dict) from error
        return Response(ArticleSerializer(article).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[ARTICLE_ID], request=DraftSerializer, responses={200: ArticleSerializer, 409: ArticleSerializer}
    )
    def partial_update(self, request: Request, id: str) -> Response:
        """Change what is given of the draft; the rest stays. 409, with the draft as it is, for an old `revision`."""
        article = self.get_object()
        given = DraftSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        changes = given.validated_data
        if "collection" in changes:
            changes["collection"] = self._collection(changes["collection"])
        try:
            publish.save_draft(article=article, **changes)
        except publish.StaleDraft as error:
            return Response(ArticleSerializer(error.article).data, status=status.HTTP_409_CONFLICT)
        except InvalidArticle as error:
            raise ValidationError(error.message_dict) from error
        return Response(ArticleSerializer(article).data)

    @extend_schema(
        parameters=[ARTICLE_ID],
        request=PublishSerializer,
        responses={200: ArticleSerializer, 409: PolymorphicProxySerializer("NotPublished", _NOT_PUBLISHED, None)},
    )
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """Publish the draft. The same text again changes nothing; found from `indexed_at` on, within 5 s.

        409 where golden questions of the site that block publishing stand against the text; with the draft as it is
        where somebody has saved another than the one of `revision`, or while this one was checked.
        """
        article = self.get_object()
        given = PublishSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            how = {"revision": article.revision} | given.validated_data
            publish.publish(article=article, by=None, now=timezone.now(), **how)
        except publish.StaleDraft as error:
            return Response(ArticleSerializer(error.article).data, status=status.HTTP_409_CONFLICT)
        except publish.Refused as error:
            return Response({"golden_questions": error.faults}, status=status.HTTP_409_CONFLICT)
        except publish.NothingToPublish as error:
            raise ValidationError({"body": [str(error)]}) from error
        return Response(ArticleSerializer(article).data)

    @extend_schema(parameters=[ARTICLE_ID], request=WithdrawSerializer, responses=ArticleSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Show the article to nobody from now on; its draft and its versions stay."""
        article = self.get_object()
        given = WithdrawSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        if "replaced_by" in data:
            data["replaced_by"] = self._replacement(data["replaced_by"])
        publish.withdraw(article=article, by=None, now=timezone.now(), **data)
        return Response(ArticleSerializer(article).data)

    @extend_schema(parameters=[ARTICLE_ID], request=None, responses=ArticleSerializer)
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request: Request, id: str) -> Response:
        """Undo a withdrawal: readers see the same version again."""
        article = self.get_object()
        try:
            publish.bring_back(article=article)
        except publish.NothingToPublish as error:
            raise ValidationError({"detail": [str(error)]}) from error
        return Response(ArticleSerializer(article).data)

    def _replacement(self, public_id: str) -> Article:
        article = Article.objects.filter(site=site_of(self.request), public_id=public_id).first()
        if article is None:
            raise ValidationError({"replaced_by": ["There is no such article."]})
        return article

    def _collection(self, slug: str) -> Collection:
        collection = Collection.objects.filter(site=site_of(self.request), slug=slug).first()
        if collection is None:
            raise ValidationError({"collection": ["There is no such collection."]})
        return collection
