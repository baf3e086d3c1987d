"""Tables of a crisis. What was committed, decided or logged is never changed: the database refuses it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.db import Base


class Incident(Base):
    """An extraordinary event. mode: actual or exercise, fixed when it begins. level: elevated, disturbance,
    extraordinary. state: active, stable, closed, evaluated.

    title: what it is about, for people. decided_by: who decided that it is one, in words or by name; note: the legal
    ground or a case number, where there is one (none is needed to begin). area: where, in words; code: of the
    municipality. evaluation: answers of the form afterwards. stage: what residents are told of where it stands; empty
    before anybody has said it.
    """

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    mode: Mapped[str]
    level: Mapped[str]
    title: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    started_by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="active", index=True)
    stage: Mapped[str] = mapped_column(default="")
    stable_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    evaluated_at: Mapped[datetime | None] = mapped_column(default=None)
    evaluation: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Message(Base):
    """One crisis text. kind: alert, update, correction, cancel. state: draft, submitted, approved, committed,
    superseded, cancelled, expired. From `committed_at` on the database refuses any change of what it says.

    happened, meaning, doing, to_do, learn_more: the five questions. headline: in one line. language: of the text.
    earlier_id: what it updates, corrects or cancels. next_update_at: when residents hear more; only what is final has
    none. category, urgency, severity, certainty, expires: as in CAP 1.2. alt_text: of the card. card_text: what it
    shows. video: of older versions, read by nothing. identifier, sent, text_hash: frozen when it is committed.
    submitted_by_id, approved_by_id: never the same person, unless `break_glass` says why one had to do.
    revision: counts the changes of a draft, so that what is approved is what was read. edited_by_id: who changed it
    last.
    """

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("identifier"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[str]
    author_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(default="sv")
    headline: Mapped[str] = mapped_column(default="")
    happened: Mapped[str] = mapped_column(default="")
    meaning: Mapped[str] = mapped_column(default="")
    doing: Mapped[str] = mapped_column(default="")
    to_do: Mapped[str] = mapped_column(default="")
    learn_more: Mapped[str] = mapped_column(default="")
    card_text: Mapped[str] = mapped_column(default="")
    alt_text: Mapped[str] = mapped_column(default="")
    video: Mapped[str] = mapped_column(default="")
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), default=None)
    final: Mapped[bool] = mapped_column(default=False)
    next_update_at: Mapped[datetime | None] = mapped_column(default=None)
    category: Mapped[str] = mapped_column(default="Other")
    urgency: Mapped[str] = mapped_column(default="Unknown")
    severity: Mapped[str] = mapped_column(default="Unknown")
    certainty: Mapped[str] = mapped_column(default="Unknown")
    expires: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default="draft", index=True)
    revision: Mapped[int] = mapped_column(default=0)
    edited_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    submitted_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    break_glass: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    committed_at: Mapped[datetime | None] = mapped_column(default=None)
    committed_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    identifier: Mapped[str | None] = mapped_column(default=None)
    sent: Mapped[datetime | None] = mapped_column(default=None)
    text_hash: Mapped[str | None] = mapped_column(default=None)


class CrisisTemplate(Base):
    """Words of the municipality's own to begin a crisis message with. variety: sv, plain or en. Parts and the words of
    CAP as in Message; what has to be filled in is in brackets. retired: offered no more."""

    __tablename__ = "crisis_template"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    variety: Mapped[str]
    headline: Mapped[str]
    happened: Mapped[str] = mapped_column(default="")
    meaning: Mapped[str] = mapped_column(default="")
    doing: Mapped[str] = mapped_column(default="")
    to_do: Mapped[str] = mapped_column(default="")
    learn_more: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="Other")
    urgency: Mapped[str] = mapped_column(default="Unknown")
    severity: Mapped[str] = mapped_column(default="Unknown")
    certainty: Mapped[str] = mapped_column(default="Unknown")
    retired: Mapped[bool] = mapped_column(default=False)


class Version(Base):
    """A message's text for one place, where it differs from what is made of the five answers. place: a channel's id, or
    "hub"; left_out: it is not published there."""

    __tablename__ = "message_version"
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(default="")
    left_out: Mapped[bool] = mapped_column(default=False)


class Delivery(Base):
    """The fate of one message on one channel, or on the hub. place: the channel's id, or "hub".

    way: machine, by_hand (a person publishes it and says so), best_effort (never counts as delivered), rehearsed (an
    exercise without a test account). text: exactly what goes out; link, marker: in it. state: of rules.Fate. token,
    attempts: of the claim that holds it (a fencing token: whoever has another one has lost it). next_at: when to go on,
    or by when who has claimed it must have said what came. progress: the publisher's own. looks: tries and looks in
    vain since the last news. lost_at: until when the platform may have got what was armed. told_at: people were told
    that it takes long.
    reason, remedy: a rule of ours or the platform's error, and what it means for people, to be translated.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("message_id", "place"), Index("ix_delivery_due", "state", "next_at"))
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    place: Mapped[str] = mapped_column(index=True)
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("channel.id"))
    way: Mapped[str]
    text: Mapped[str] = mapped_column(repr=False)
    link: Mapped[str]
    marker: Mapped[str]
    made_at: Mapped[datetime]
    next_at: Mapped[datetime]
    expires: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="pending")
    token: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    looks: Mapped[int] = mapped_column(default=0)
    progress: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    armed_at: Mapped[datetime | None] = mapped_column(default=None)
    lost_at: Mapped[datetime | None] = mapped_column(default=None)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    remote_id: Mapped[str | None] = mapped_column(default=None)
    url: Mapped[str | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
    remedy: Mapped[str | None] = mapped_column(default=None)


class Hold(Base):
    """The kill switch. place: a channel's id, "hub", or "" for everything. mode: of the incidents that it stops, as in
    Incident: an exercise never stops what is live. It ends by itself at `until`."""

    __tablename__ = "hold"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    place: Mapped[str]
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    mode: Mapped[str] = mapped_column(default="actual")
    reason: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    released_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)


class LogLine(Base):
    """One line of an incident's crisis log; never changed or removed. kind: event, decision, message, note, handover,
    report. by_id: None where the system wrote it."""

    __tablename__ = "crisis_log"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(repr=False)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)


class Intake(Base):
    """What a resident wrote during an incident, as the board sorts it.

    kind: question, observation, rumour, help, other. by_id: who sorted it; None: a rule did. topic_id: what it is
    about, with others alike.
    """

    __tablename__ = "crisis_intake"
    __table_args__ = (UniqueConstraint("incident_id", "comment_id"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("crisis_topic.id"), default=None)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class Topic(Base):
    """What several residents write about in an incident. answer: what is answered to all of them; shown_at: since when
    question and answer stand on the hub."""

    __tablename__ = "crisis_topic"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    title: Mapped[str]
    made_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    shown_at: Mapped[datetime | None] = mapped_column(default=None)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)


class OutsideWarning(Base):
    """What an authority warns of, as its feed tells it. source: vma, smhi, krisinformation. thread: what an alert and
    its cancel share. level: how grave, in the source's word. status, kind: as in CAP (Actual, Exercise …; Alert,
    Update, Cancel). ours: it concerns the municipality. dismissed_*: somebody has looked and let it be; incident_id:
    somebody began one because of it."""

    __tablename__ = "outside_warning"
    __table_args__ = (UniqueConstraint("source", "identifier"),)
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    source: Mapped[str]
    identifier: Mapped[str]
    thread: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]
    kind: Mapped[str]
    sent: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    ours: Mapped[bool]
    level: Mapped[str] = mapped_column(default="")
    headline: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    web: Mapped[str] = mapped_column(default="")
    areas: Mapped[list[str]] = mapped_column(default_factory=list)
    expires: Mapped[datetime | None] = mapped_column(default=None)
    dismissed_at: Mapped[datetime | None] = mapped_column(default=None)
    dismissed_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), default=None)


class Feed(Base):
    """How reading one feed of warnings goes. etag, modified: of the last answer. failing_since, problem: while it
    fails."""

    __tablename__ = "outside_feed"
    source: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    etag: Mapped[str] = mapped_column(default="")
    modified: Mapped[str] = mapped_column(default="")
    failing_since: Mapped[datetime | None] = mapped_column(default=None)
    problem: Mapped[str] = mapped_column(default="")


class Readiness(Base):
    """What one check of readiness found. findings: {"checks": [{"check", "ok", "detail", "remedy"}]}, sentences to be
    translated."""

    __tablename__ = "readiness"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    at: Mapped[datetime] = mapped_column(index=True)
    ok: Mapped[bool]
    findings: Mapped[dict[str, Any]]
