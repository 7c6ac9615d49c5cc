"""All settings: one frozen object, read once from the environment (prefix ``HONEYDESK_``).

Every field is documented in docs/reference/settings.md, which is generated from here and tested for drift.
Times are seconds unless said otherwise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from conversation import Policy


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="HONEYDESK_", frozen=True, extra="ignore")

    # --- where
    data_dir: Path = Field(Path("data"), description="Everything the server writes is under this folder.")
    database_url: str | None = Field(
        None, description="`postgresql://...` for PostgreSQL; unset: SQLite in the data folder."
    )
    corpus_dir: Path | None = Field(None, description="Seed corpus imported at first start; unset: the shipped one.")
    models_dir: Path | None = Field(None, description="Encoder and gate artefacts; unset: `models/` beside the code.")
    public_url: str = Field("", description="Base of links to tickets, e.g. `https://support.example.com`.")
    host: str = Field("127.0.0.1", description="Address `honeydesk serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port `honeydesk serve` listens on.")
    one_core: bool = Field(
        True,
        description="Run the event loop and SQLite's writer on one processor core: they share the interpreter's lock, "
        "and on two cores they fight for it. The bot's inference keeps the other cores; where there are two in all, "
        "its threads are placed as well.",
    )
    node: str = Field("node-1", description="Name of this process in presence leases and logs.")
    demo_values: bool = Field(
        True,
        description="Fill variables the exchange has not set with their demo values. Set to false in production: then "
        "entries with unset variables are withheld.",
    )
    demo: bool = Field(False, description="Serve `/demo` and hand out demo tokens. Never in production.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Of the structured log.")

    # --- who may come in
    origins: tuple[str, ...] = Field(
        (), description="JSON list of origins that may embed the widget; drives Origin checks, CORS, frame-ancestors."
    )
    trusted_proxies: tuple[str, ...] = Field(
        (), description="JSON list of proxy addresses whose X-Forwarded-For is believed."
    )
    identity_issuer: str = Field("honeydesk", description="`iss` of the customers' identity tokens.")
    identity_audience: str = Field("honeydesk", description="`aud` of the customers' identity tokens.")
    identity_jwks: Path | None = Field(
        None, description="JWKS file with the exchange's RS256/EdDSA keys; unset: the HS256 key in the data folder."
    )
    identity_ttl_max: float = Field(86_400, description="Longest accepted life of an identity token.")
    visitors: bool = Field(True, description="Whether anonymous visitors may chat.")
    visitor_ttl: float = Field(7_200, description="Life of an anonymous visitor's token; refreshed while connected.")
    visitor_share: float = Field(
        0.3,
        ge=0,
        le=1,
        description="Share of the present agents' capacity that anonymous visitors may hold or wait for.",
    )
    visitor_places: int = Field(3, ge=0, description="Least number of places for anonymous visitors.")
    session_ttl: float = Field(43_200, description="Longest life of a staff session.")
    session_idle: float = Field(3_600, description="A staff session unused for this long ends.")
    totp_required: bool = Field(False, description="Refuse staff who have no one-time code set up.")
    sign_in_per_minute: float = Field(10, description="Sign-in attempts per minute and address or account.")

    # --- sockets
    hello_within: float = Field(5, description="The first frame must come within this.")
    beat: float = Field(20, description="Heartbeat interval told to clients; silence of 2.5 times this closes.")
    frame_bytes: int = Field(65_536, description="Larger frames close the socket with 1009.")
    outbox_bytes: int = Field(1_048_576, description="Unsent bytes per socket; past it the socket closes with 4008.")
    frames_per_second: float = Field(20, description="Frames per second and connection, sustained.")
    frames_burst: int = Field(60, description="Frames per connection at once.")
    messages_per_minute: float = Field(120, description="Stored frames per minute and identity, sustained.")
    messages_burst: int = Field(60, description="Stored frames per identity at once.")
    connections_per_address: int = Field(200, description="Open customer sockets per client address.")
    hellos_per_minute: float = Field(600, description="New customer sockets per minute and client address.")
    shutdown_within: float = Field(10, description="A graceful stop ends within this.")

    # --- the bot
    engine: Literal["embedded", "rasa", "sentence-transformers", "toy"] = Field(
        "embedded",
        description="Which engine ranks FAQ entries; `rasa` asks the servers that `make rasa` runs, "
        "`sentence-transformers` needs that extra.",
    )
    sentence_transformers: str = Field(
        "", description="That engine's model, a path or a name; unset: `encoder/` in the models folder."
    )
    rasa_dir: Path | None = Field(
        None, description="Rasa's projects, models and live servers; unset: `rasa/` in the models folder."
    )
    rasa_venv: Path | None = Field(
        None,
        description="Rasa's own environment (`honeydesk rasa install`); unset: `.venv-rasa` beside the code.",
    )
    engine_process: bool = Field(
        True,
        description="Run an engine with encoders in a process of its own: it then holds up no other customer, and the "
        "server outlives it. It costs half a gigabyte of memory; false: a thread of the server.",
    )
    encoder_threads: int = Field(
        2, ge=1, le=64, description="Threads that share what the larger encoder reads when several ask at once."
    )
    engine_delay: float = Field(0, description="Toy engine only: seconds it takes to answer.")
    engine_fail: bool = Field(False, description="Toy engine only: every ranking fails.")
    bot_answer: float = Field(8, description="The bot must have answered by then; else a person.")
    bot_burst: float = Field(0.35, description="A short message waits this long for its continuation.")
    bot_idle: float = Field(86_400, description="A conversation with the bot in which nobody writes ends after this.")
    max_misses: int = Field(1, description="How often the bot asks again before it hands over.")
    max_clarify: int = Field(2, description="How often in a row the bot may offer choices.")
    default_locale: str = Field("zh-CN", description="When neither customer nor message tell the language.")

    # --- look-ups in the exchange's systems
    lookup: Literal["none", "rasa", "webhook"] = Field(
        "none",
        description="How a customer's own case is looked up: a Rasa action server, a signed webhook, or not at all.",
    )
    lookup_url: str = Field("", description="Address of the action server (`http://.../webhook`) or of the webhook.")
    lookup_secret: str = Field(
        "",
        repr=False,
        description="Webhook only: the shared secret (16 characters or more) that requests are signed with.",
    )
    lookup_timeout: float = Field(
        3, gt=0, description="A look-up ends within this, tries included; keep it well below `bot_answer`."
    )

    # --- the queue
    max_wait: float = Field(600, description="The promise of a queued conversation: then a ticket is offered.")
    away: float = Field(1_800, description="How long a queued customer may be away once his promise broke.")
    away_after: float = Field(5, description="A customer without a socket for this long counts as away.")
    ring: float = Field(30, description="An offer not answered by then goes back to the queue.")
    repass: float = Field(60, description="Who passed is not offered that conversation again for this long.")
    lease: float = Field(30, description="An agent's presence without heartbeat lasts this long.")
    grace: float = Field(30, description="An agent whose lease is lost keeps his conversations this long.")
    agent_idle: float = Field(
        14_400, description="A conversation with an agent in which nobody writes ends after this."
    )
    alarm_every: float = Field(10, description="An unacknowledged emergency rings again after this.")
    hours: str = Field(
        "24x7",
        description="Opening hours: `24x7`, or `Asia/Shanghai mon-fri 09:00-18:00` (several separated by `;`).",
    )
    ticket_promise: float = Field(86_400, description="A ticket is answered within this many seconds of open hours.")

    def policy(self) -> Policy:
        """The numbers of the life cycle."""
        return Policy(
            bot_answer=self.bot_answer,
            bot_idle=self.bot_idle,
            max_wait=self.max_wait,
            away=self.away,
            ring=self.ring,
            grace=self.grace,
            agent_idle=self.agent_idle,
            repass=self.repass,
            max_misses=self.max_misses,
            max_clarify=self.max_clarify,
        )
