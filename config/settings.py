"""One typed settings object, read once at the border: settings file, then environment, then secret files."""

import os
import re
from base64 import b64decode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import quote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from config import setting_faults
from config.addresses import BrokerUrl, PublicUrl
from config.language import N_, _
from config.secret_files import SecretFiles

KEY_BYTES = 32
LONGEST_SOCKET = 100  # bytes in the path of a Unix socket; the system allows 107
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
GRAPH_URL = "https://graph.facebook.com"
YOUTUBE_URL = "https://youtube.googleapis.com"
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a secret
FACEBOOK_URL = "https://www.facebook.com"
GOOGLE_AUTH_URL = "https://accounts.google.com/o/oauth2/v2/auth"
INSTAGRAM_URL = "https://www.instagram.com"
INSTAGRAM_API_URL = "https://i.instagram.com"
VMA_URL = "https://vmaapi.sr.se/api/v3/alerts"
SMHI_URL = "https://opendata-download-warnings.smhi.se/ibww/api/version/1/warning.json"
KRISINFORMATION_URL = "https://api.krisinformation.se/v3"


class SettingsError(Exception):
    """The settings cannot be used. The text says which, where it stands and what to do; it never holds a value."""


def _platform_url(value: str) -> str:
    """An https address, or plain http on loopback only: tokens travel with every call."""
    address = urlsplit(value)
    if address.scheme == "https" or (address.scheme == "http" and address.hostname in LOOPBACK):
        return value.rstrip("/")
    raise ValueError(N_("must be an https address (plain http only on 127.0.0.1)"))


def _key_ring(value: SecretStr) -> SecretStr:
    for key in value.get_secret_value().split(","):
        try:
            length = len(b64decode(key.strip(), validate=True))
        except ValueError:
            length = 0
        if length != KEY_BYTES:
            raise ValueError(N_("must be base64 of 32 random bytes, or several such keys with commas between"))
    return value


PlatformUrl = Annotated[str, AfterValidator(_platform_url), WithJsonSchema({"type": "string", "format": "https"})]
KeyRing = Annotated[SecretStr, AfterValidator(_key_ring), WithJsonSchema({"type": "string", "format": "keys"})]


class Polling(BaseModel):
    """How often channels are read."""

    model_config = ConfigDict(extra="forbid")
    interval_seconds: int = Field(900, ge=1, description="between two readings of a channel in service hours")
    around_the_clock: bool = Field(False, description="read outside service hours and on days off too")
    concurrency: int = Field(8, ge=1, le=200, description="channels of one provider read at a time by one worker")
    daily_quota: int | None = Field(
        None, ge=1, description="counted cost a day where a platform limits it; what the platform gives by default else"
    )
    reserve_for_replies: int = Field(1000, ge=0, description="counted cost of a daily quota that polls leave alone")
    reserve_for_crisis: int = Field(1500, ge=0, description="counted cost of it that replies leave alone too")


class Web(BaseModel):
    """Where the web pages listen."""

    model_config = ConfigDict(extra="forbid")
    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 in a container, for the proxy in front")
    port: int = Field(8480, ge=0, le=65535, description="port to listen on; 0: any free one")
    public_url: PublicUrl | None = Field(None, description="address that people use, in links and in browsers")


class Webhook(BaseModel):
    """Hints from Meta: off unless both are set. Half of it would look connected and hear nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    verify_token: SecretStr | None = Field(None, min_length=8, description="our own word, told to the app's dashboard")
    app_secret: SecretStr | None = Field(None, min_length=8, description="of the app that is subscribed to the pages")

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.verify_token is None) != (self.app_secret is None):
            raise ValueError(N_("needs both verify_token and app_secret, or neither"))
        return self

    @property
    def configured(self) -> bool:
        return self.app_secret is not None


class Oidc(BaseModel):
    """The organisation's own directory, as a way in: off unless all three are set."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    issuer: PlatformUrl | None = Field(None, description="as its metadata names it; of Entra ID the tenant's own")
    client_id: str | None = Field(None, description="what the directory calls Kanalvakt")
    client_secret: SecretStr | None = Field(None, description="the secret that the directory gave with it")

    @model_validator(mode="after")
    def _all_or_none(self) -> Self:
        if len({each is None for each in (self.issuer, self.client_id, self.client_secret)}) > 1:
            raise ValueError(N_("needs issuer, client_id and client_secret, or none of them"))
        return self

    @property
    def configured(self) -> bool:
        return self.issuer is not None


class Emergency(BaseModel):
    """How crisis messages go out, and where warnings come from."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    hub_url: PlatformUrl | None = Field(None, description="where the crisis page is seen from outside; our own else")
    cms_url: PlatformUrl | None = Field(None, description="the website's own receiver of crisis messages")
    cms_secret: SecretStr | None = Field(None, min_length=24, description="what is signed with for it: whsec_…")
    image_url: PlatformUrl | None = Field(None, description="where platforms fetch image cards; the hub's else")
    youtube_text: bool = Field(True, description="put the short text in front of a YouTube channel's own, for a while")
    youtube_video: bool = Field(False, description="upload a short video to YouTube; takes the extra kanalvakt[video]")
    hub_patience_seconds: float = Field(5.0, ge=0, le=60, description="how long the channels wait for the hub")
    without_hub: str = Field("go_on", pattern="^(go_on|wait)$", description="what they do when it has not answered")
    approval_minutes: int = Field(3, ge=0, le=60, description="after this one person may send alone, with a reason")
    alarm_centre: str = Field("SOS Alarm", description="who passes on that the public is to be warned")
    civil_defence: str = Field(
        "Myndigheten för civilt försvar", description="the authority for it, by its present name"
    )
    call: dict[str, str] = Field(
        default_factory=dict, description="whom to call for a public warning: names with their telephone numbers"
    )
    feeds: bool = Field(False, description="read the warnings of the authorities")
    vma_url: PlatformUrl = Field(VMA_URL, description="Sveriges Radio's warnings to the public")
    smhi_url: PlatformUrl = Field(SMHI_URL, description="SMHI's weather warnings")
    krisinformation_url: PlatformUrl = Field(KRISINFORMATION_URL, description="krisinformation.se's news and warnings")


class InstagramQueries(BaseModel):
    """Names of what is asked of instagram.com (query hashes and doc ids); Instagram changes them every few months."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    login: str = Field("d6f4427fbe92d846298cf93df0b937d3", pattern=r"^\w+$", description="who is logged in")
    timeline: str = Field("29104886249145907", pattern=r"^\w+$", description="an account's posts")
    comments: str = Field("97b41c52301f77ce508f55e66d17620e", pattern=r"^\w+$", description="comments below a post")
    answers: str = Field("51fdd02b67508306ad4484ff574a0b62", pattern=r"^\w+$", description="answers to a comment")


class Settings(BaseSettings):
    """Everything that can be set, with INTERFACE's names. Unknown keys are errors."""

    model_config = SettingsConfigDict(
        env_prefix="KANALVAKT_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )
    home: Path = Field(
        Path("kanalvakt-data"), description="folder of the embedded database and broker, the crisis page, keys and logs"
    )
    database_url: SecretStr | None = Field(None, description="PostgreSQL's address; SQLite in the home folder else")
    redis_url: BrokerUrl | None = Field(None, description="Redis' or Valkey's address; `up` starts one of its own else")
    encryption_keys: KeyRing | None = Field(
        None, description="keys to what is stored encrypted, the newest first; `secrets.key` in the home folder else"
    )
    graph_url: PlatformUrl = Field(GRAPH_URL, description="the Graph API of Facebook and Instagram")
    graph_version: str = Field("23.0", pattern=r"^\d{2}\.\d$", description="the version that is asked of the Graph API")
    youtube_url: PlatformUrl = Field(YOUTUBE_URL, description="the YouTube Data API")
    google_token_url: PlatformUrl = Field(GOOGLE_TOKEN_URL, description="where Google gives tokens")
    facebook_url: PlatformUrl = Field(FACEBOOK_URL, description="where the browser logs in to Facebook, to connect")
    google_auth_url: PlatformUrl = Field(GOOGLE_AUTH_URL, description="where the browser logs in to Google, to connect")
    instagram_url: PlatformUrl = Field(INSTAGRAM_URL, description="Instagram's web pages, for instaloader")
    instagram_api_url: PlatformUrl = Field(INSTAGRAM_API_URL, description="Instagram's other host, for instaloader")
    instagram_public: bool = Field(False, description="allow reading through instaloader; breaches Instagram's terms")
    instagram_queries: InstagramQueries = InstagramQueries()
    private_addresses: bool = Field(
        False, description="let addresses in the register lead into the organisation's own network"
    )
    smtp_url: SecretStr | None = Field(None, description="the mail server, and the address that mails come from")
    sms_url: SecretStr | None = Field(None, description="the SMS gateway as Apprise writes it, without a recipient")
    demo_mails: Path | None = Field(None, description="folder of the mails that the demo received")
    heartbeat_url: SecretStr | None = Field(None, description="outside watcher, fetched each minute while all is well")
    metrics_token: SecretStr | None = Field(
        None, min_length=24, description="of those who read /metrics from elsewhere"
    )
    sentry_dsn: SecretStr | None = Field(None, description="error tracker; takes the extra kanalvakt[sentry]")
    log_format: str = Field("auto", pattern="^(auto|json|text)$", description="auto: text on a terminal, else JSON")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="the least that is logged")
    polling: Polling = Polling()
    web: Web = Web()
    webhook: Webhook = Webhook()
    oidc: Oidc = Oidc()
    emergency: Emergency = Emergency()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use; the embedded SQLite file where none is set."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home.absolute() / 'kanalvakt.sqlite3'}"

    @property
    def embedded_broker(self) -> Path:
        """Unix socket of the embedded broker; in a folder of its own below /tmp where the home has too long a path.

        Not below TMPDIR, which may be as long, and differ from process to process.
        """
        usual = self.home.absolute() / "valkey.sock"
        if len(os.fsencode(usual)) <= LONGEST_SOCKET:
            return usual
        short = f"kanalvakt-{os.geteuid()}-{sha256(os.fsencode(usual)).hexdigest()[:16]}"
        return Path("/tmp") / short / "valkey.sock"  # noqa: S108 - the folder must be ours alone, or is refused

    @property
    def broker(self) -> str:
        """The broker's URL in Celery's spelling (Valkey speaks Redis); the embedded server's where none is set."""
        if self.redis_url is not None:
            return re.sub("^valkey", "redis", self.redis_url.get_secret_value())
        return f"redis+socket://{quote(str(self.embedded_broker))}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - ours knows nested names
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, toml_file=settings_file())
        return init_settings, SecretFiles(settings_cls), env_settings, file


def settings_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the settings file lies (it need not exist)."""
    home = environment.get("KANALVAKT_HOME", "kanalvakt-data")
    return Path(environment.get("KANALVAKT_CONFIG") or Path(home) / "kanalvakt.toml")


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises SettingsError with every fault at once, one line each: what, where, what to do. Values are never shown.
    """
    unknown = setting_faults.unknown_variables(os.environ, Settings)
    if unknown:
        raise SettingsError("\n".join(unknown))
    try:
        return Settings()
    except ValidationError as error:
        place = _("in {file}, the environment or a secret file", file=settings_file())
        sentences = (setting_faults.sentence(fault, Settings, place) for fault in error.errors())
        raise SettingsError("\n".join(sentences)) from None
    except ValueError as error:  # the file is not TOML, or a nested variable is not JSON
        raise SettingsError(
            _("The settings in {file} cannot be read: {why}", file=settings_file(), why=error)
        ) from None
    except OSError as error:
        file, why = error.filename or settings_file(), error.strerror or type(error).__name__
        raise SettingsError(_("The settings in {file} cannot be read: {why}", file=file, why=why)) from None
