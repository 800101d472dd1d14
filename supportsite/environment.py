"""What an owner may choose: each setting with its default and one sentence, read from the environment and checked."""

import contextlib
import ipaddress
import os
import re
import secrets
import sys
import zoneinfo
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

import pydantic
from pydantic import Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from supportsite import databases, origins

BASE_DIR = Path(__file__).resolve().parent.parent

CommaList = Annotated[tuple[str, ...], NoDecode]


class Environment(BaseSettings):
    """What an owner may choose, read from the environment as TANDEM_NAME. Documented in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="TANDEM_", extra="ignore", frozen=True)

    var: Path = Field(
        BASE_DIR / "var", description="Folder for the database, the index and everything else that is kept."
    )
    url: str = Field(
        "", description="The address people use, such as https://help.example.com; empty means this machine only."
    )
    bind: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=1, le=65535, validation_alias="PORT", description="The port to listen on.")
    demo: bool = Field(True, description="1 loads the demo shop and serves it at /, 0 leaves it out.")
    secret_key: pydantic.SecretStr = Field(
        pydantic.SecretStr(""),
        description="Signs visitors' tokens and sessions; empty means a random one, kept in TANDEM_VAR with mode 600.",
    )
    trusted_proxies: CommaList = Field(
        (), description="Addresses or networks, comma-separated, whose X-Forwarded-For and -Proto headers are believed."
    )
    database_url: pydantic.SecretStr = Field(
        pydantic.SecretStr(""),
        validation_alias="DATABASE_URL",
        description="PostgreSQL, such as postgresql://tandem:password@10.0.0.5/tandem; "
        "empty means SQLite in TANDEM_VAR.",
    )
    redis_url: pydantic.SecretStr = Field(
        pydantic.SecretStr(""),
        validation_alias="REDIS_URL",
        description="Redis, such as redis://10.0.0.5:6379/0, by which several processes wake each other; "
        "empty means that one process is all.",
    )
    embed_worker: bool | None = Field(
        None,
        description="1 runs what may wait in the web process, 0 leaves it to `manage.py work`; "
        "empty means 1 without REDIS_URL, 0 with it.",
    )
    chroma_url: str = Field(
        "",
        validation_alias="CHROMA_URL",
        description="Chroma's own server, such as http://10.0.0.5:8000; empty means that it runs within Tandem.",
    )
    embeddings: str = Field(
        "",
        max_length=60,
        pattern=r"^[A-Za-z0-9_.:/-]*$",
        description="LangChain embeddings such as ollama:nomic-embed-text or mycompany.Embeddings; "
        "empty means the built-in models.",
    )
    reranker: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_.]*$",
        description="A class of LangChain's BaseDocumentCompressor by its dotted path, made without arguments, that "
        "puts the first five passages in order; empty means that they stay as they were found.",
    )
    otlp_endpoint: str = Field(
        "",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        pattern=r"^(https?://\S+)?$",
        description="An OpenTelemetry collector (OTLP over gRPC), such as http://127.0.0.1:4317, that is told of each "
        "turn's steps, decisions and times; empty means that nobody is.",
    )
    time_zone: str = Field("UTC", description="Time zone of pages that are not shown in the reader's own.")
    model: str = Field(
        "", description="A LangChain model such as openai:gpt-4o-mini or ollama:llama3; empty means the built-in model."
    )
    model_url: str = Field(
        "", description="Base address of an OpenAI-compatible or Ollama server, where it is not the vendor's own."
    )
    model_fallbacks: CommaList = Field(
        (),
        description="Models, comma-separated, tried in order when TANDEM_MODEL fails; the built-in one is always last.",
    )
    model_timeout: float = Field(
        20.0, gt=0, description="Seconds to wait for a model's first word, and between two of its words."
    )
    tier_urls: CommaList = Field(
        (),
        description="Addresses of model servers of your own, comma-separated, that a site's tiers may name.",
    )
    light_key: pydantic.SecretStr = Field(
        pydantic.SecretStr(""),
        description="API key for the light tier where it names an address of TANDEM_TIER_URLS; "
        "empty where it wants none.",
    )
    strong_key: pydantic.SecretStr = Field(
        pydantic.SecretStr(""),
        description="API key for the strong tier where it names an address of TANDEM_TIER_URLS; "
        "empty where it wants none.",
    )
    limit_messages: int = Field(
        60, ge=0, description="Messages that a visitor may send in one burst (then 20 a minute); 0 means no limit."
    )
    limit_sockets: int = Field(5, ge=0, description="Sockets that a visitor may hold at once; 0 means no limit.")
    limit_new_visitors: int = Field(60, ge=0, description="New visitors an hour from one address; 0 means no limit.")
    limit_searches: int = Field(
        30,
        ge=0,
        description="Searches of the help centre in one burst from one address (then 20 a minute); 0 means no limit.",
    )
    limit_logins: int = Field(
        5,
        ge=0,
        description="Wrong passwords for one name from one address (then one a minute),"
        " ten times as many for all names; 0 means no limit.",
    )
    smtp_url: pydantic.SecretStr = Field(
        pydantic.SecretStr(""),
        description="Mail server such as smtps://user:password@mail.example.com; empty means that no e-mail is sent.",
    )
    email_from: str = Field("", description="The sender of e-mails; empty means tandem at the host of TANDEM_URL.")
    import_hosts: CommaList = Field(
        (),
        description="Hosts of your own network, comma-separated, such as wiki.lan:8080, that imports may read.",
    )
    action_hosts: CommaList = Field(
        (),
        description="Hosts of your own network, comma-separated, such as erp.lan:8080, that actions and tickets may "
        "ask.",
    )
    action_secrets: CommaList = Field(
        (),
        description="The host of each secret of actions, comma-separated, such as ACTION_SHOP_TOKEN=api.example.com;"
        " no other host is told it.",
    )
    check_links: bool = Field(
        True, description="1 asks now and then whether the pages of other sites that articles link to are there, 0 not."
    )
    zendesk_host: str = Field(
        "", description="Host of the Zendesk help centre to which the two settings below are sent, and no other."
    )
    zendesk_user: str = Field("", description="E-mail address of the Zendesk agent whose token it is.")
    zendesk_token: pydantic.SecretStr = Field(
        pydantic.SecretStr(""),
        description="API token of that help centre; without one, imports read what everybody may read there.",
    )
    ticket_url: str = Field(
        "",
        description="Your Zendesk Support, such as https://acme.zendesk.com, in which tickets are opened for customers "
        "for whom nobody comes; the two settings below go there and nowhere else.",
    )
    ticket_user: str = Field("", description="E-mail address of the Zendesk agent in whose name tickets are opened.")
    ticket_token: pydantic.SecretStr = Field(pydantic.SecretStr(""), description="API token of that Zendesk Support.")
    log_level: str = Field("INFO", description="How much is logged: DEBUG, INFO, WARNING or ERROR.")

    @pydantic.field_validator(
        "trusted_proxies", "model_fallbacks", "import_hosts", "tier_urls", "action_hosts", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @pydantic.field_validator("action_secrets", mode="before")
    @classmethod
    def _bound(cls, value: object) -> object:
        """Each with its port."""
        if not isinstance(value, str):
            return value
        found = []
        for part in filter(None, map(str.strip, value.split(","))):
            bound = re.fullmatch(r"(ACTION_[A-Z0-9_]{1,60})=([^\s/@=]+?)(?::(\d{1,5}))?", part)
            if not bound:
                raise ValueError(f"{part[:80]}: write ACTION_NAME=host or ACTION_NAME=host:port")
            found.append(f"{bound[1]}={bound[2].lower()}:{bound[3] or 443}")
        return tuple(found)

    @pydantic.field_validator("url", "chroma_url", "ticket_url")
    @classmethod
    def _whole_url(cls, value: str) -> str:
        """As browsers write it: with another spelling of the host every page would be refused."""
        if not value:
            return value
        try:
            origin = origins.origin_of(value)
        except ValueError:
            raise ValueError("must be an address such as https://help.example.com") from None
        if not origins.is_bare(value):
            raise ValueError("must end with the host or its port, for nothing is served below a path")
        return origin

    @pydantic.field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            raise ValueError("must be a time zone such as Europe/Berlin")
        return value

    @pydantic.field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @pydantic.field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            try:
                ipaddress.ip_network(part, strict=False)
            except ValueError:
                raise ValueError(f"{part[:80]}: write addresses or networks such as 127.0.0.1 or 10.0.0.0/8") from None
        return value

    @pydantic.field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: pydantic.SecretStr) -> pydantic.SecretStr:
        wrong = ValueError(
            "must be an address such as smtps://user:password@mail.example.com; in the password / is %2F and @ is %40"
        )
        try:
            parts = urlsplit(value.get_secret_value())
            _port = parts.port
        except ValueError:
            raise wrong from None
        if value.get_secret_value() and (parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path):
            raise wrong
        return value

    @pydantic.field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: pydantic.SecretStr) -> pydantic.SecretStr:
        databases.parameters(value.get_secret_value())
        return value

    @pydantic.field_validator("redis_url")
    @classmethod
    def _redis(cls, value: pydantic.SecretStr) -> pydantic.SecretStr:
        databases.check_redis(value.get_secret_value())
        return value

    @pydantic.field_validator("embed_worker", mode="before")
    @classmethod
    def _nothing_said(cls, value: object) -> object:
        return None if value == "" else value

    @pydantic.model_validator(mode="after")
    def _fits_together(self) -> Self:
        shared = bool(self.redis_url.get_secret_value())
        if shared and not self.database_url.get_secret_value():
            raise ValueError("REDIS_URL: needs DATABASE_URL, for SQLite has one process")
        if shared and not self.secret_key.get_secret_value():
            raise ValueError("TANDEM_SECRET_KEY: must be set with REDIS_URL, to the same for every process")
        if self.embed_worker is False and not shared:
            raise ValueError("TANDEM_EMBED_WORKER: 0 needs REDIS_URL, by which `manage.py work` is rung")
        self._check_tickets()
        return self

    def _check_tickets(self) -> None:
        """All three or none; the token goes by TLS, or to a host that is named as one of the owner's own."""
        told = (self.ticket_url, self.ticket_user, self.ticket_token.get_secret_value())
        if any(told) and not all(told):
            raise ValueError("TANDEM_TICKET_URL: needs TANDEM_TICKET_USER and TANDEM_TICKET_TOKEN, and they need it")
        if self.ticket_url.startswith("http://") and self.ticket_place not in self.action_hosts:
            raise ValueError("TANDEM_TICKET_URL: must be https, or a host that TANDEM_ACTION_HOSTS names with its port")

    @property
    def ticket_place(self) -> str:
        """Host and port of the help desk, as TANDEM_ACTION_HOSTS names those of the owner's own network."""
        parts = urlsplit(self.ticket_url)
        return parts.netloc if parts.port else f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}"

    @property
    def is_shared(self) -> bool:
        """Whether there may be other processes."""
        return bool(self.redis_url.get_secret_value())

    @property
    def does_tasks(self) -> bool:
        """Whether a web process does what may wait."""
        return not self.is_shared if self.embed_worker is None else self.embed_worker

    @property
    def public_url(self) -> str:
        """Where people reach this installation, without a slash at the end."""
        return self.url or f"http://127.0.0.1:{self.port}"


def read_environment() -> Environment:
    """The checked environment; ends the process with a line for each setting that is wrong."""
    try:
        return Environment()
    except pydantic.ValidationError as error:
        for fault in error.errors():
            if not fault["loc"]:  # of two settings together: the words name them
                sys.stderr.write(f"{fault['msg'].removeprefix('Value error, ')}. See docs/settings.md.\n")
                continue
            place = str(fault["loc"][0])
            name = place if place.isupper() else "TANDEM_" + place.upper()
            field = next((f for n, f in Environment.model_fields.items() if place in (n, f.validation_alias)), None)
            is_secret = field is not None and field.annotation is pydantic.SecretStr
            value = "" if is_secret else f" (it is {fault.get('input')!r})"
            told = fault["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"{name}: {told}{value}. See docs/settings.md.\n")
        raise SystemExit(2) from None


def read_secret(environment: Environment) -> str:
    """The key from the environment, else the one kept in var/, made at the first start."""
    if given := environment.secret_key.get_secret_value():
        return given
    path = environment.var / "secret-key"
    try:
        return path.read_text("ascii") if path.exists() else make_secret(path)
    except OSError as error:
        sys.stderr.write(f"Nothing can be kept in {environment.var}: {error.strerror}. Make room there or make it ")
        sys.stderr.write("writable, or set TANDEM_VAR to another folder.\n")
        raise SystemExit(2) from None


def make_secret(path: Path) -> str:
    """A new key in `path`; of two processes that make one at once, both take the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"secret-key.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(secrets.token_urlsafe(48), "ascii")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path.read_text("ascii")
