"""What every connector promises, as tests. A platform's test class inherits them and says how to set its stage."""

import gc
import io
from abc import abstractmethod
from http.client import HTTPConnection
from typing import ClassVar

import pytest

from connectors.base import Author, Connector, Credential, ReadPlan
from connectors.emulator.faults import BREAKS, Fault, Kind
from connectors.emulator.server import Emulator
from connectors.emulator.tunnel import Tunnel
from connectors.errors import AuthExpired, PermissionLost, Unavailable, UnexpectedAnswer
from tests.connectors.contract_trust import TrustContract
from tests.connectors.stage import Stage, by_id, is_claimed, texts, wrongly_claimed

TROUBLE = (Unavailable, UnexpectedAnswer)


def _connections() -> list[HTTPConnection]:
    return [each for each in gc.get_objects() if isinstance(each, HTTPConnection)]


class ConnectorContract(TrustContract):
    """Inherit it in a class whose name starts with Test."""

    site: ClassVar[str]
    """Under which name the ledger counts."""
    idle_cost: ClassVar[int]
    """What a round costs when nothing happened, in the platform's unit."""
    requests_before_lists: ClassVar[int] = 0
    """So many requests of the first reading bring no comments yet."""
    edits_need_a_full_reading: ClassVar[bool] = False
    residents_have_ids: ClassVar[bool] = True
    """Or only names."""
    kept_open: ClassVar[int] = 0
    """Connections that wait for the next reading, of the same person's session."""

    @abstractmethod
    def set_stage(self, emulator: Emulator) -> Stage:
        """An account without posts and a credential that reads it."""

    @abstractmethod
    def dead_credential(self, stage: Stage) -> Credential | None:
        """One that has expired; None where reading needs none."""

    def blind_credentials(self, stage: Stage) -> list[Credential]:
        """Those that are alive but must not read the comments."""
        return []

    @pytest.fixture
    def stage(self, emulator: Emulator) -> Stage:
        return self.set_stage(emulator)

    def cost(self, stage: Stage, mark: int) -> int:
        return stage.emulator.ledger.since(mark).cost(self.site)

    # -- completeness

    def test_it_is_a_connector(self, stage: Stage) -> None:
        assert isinstance(stage.connector(), Connector)

    def test_a_quiet_account_is_read_without_error(self, stage: Stage) -> None:
        reading = stage.read()
        assert (reading.error, reading.posts, reading.comments) == (None, (), ())

    def test_own_posts_are_read(self, stage: Stage) -> None:
        made = [stage.post(f"Inlägg {number}") for number in range(3)]
        reading = stage.read()
        assert {post.text for post in reading.posts} == {post.text for post in made}
        assert {post.posted_at for post in reading.posts} == {post.at for post in made}
        assert not any(post.by_visitor for post in reading.posts)

    def test_all_comments_and_replies_are_read_however_many_pages(self, stage: Stage) -> None:
        post = stage.post(comments=130)
        first = stage.world.comments_of(post)[0]
        for number in range(60):
            stage.comment(first, f"Svar {number}")
        stage.post(comments=30)
        reading = stage.read()
        assert reading.error is None
        assert texts(reading) == stage.shown()

    def test_a_comment_has_time_thread_parent_and_author(self, stage: Stage) -> None:
        comment = stage.comment(stage.post(), "Får man ta med hund?")
        reply = stage.comment(comment, "Det undrar jag också")
        reading = stage.read()
        top, below = by_id(reading, comment), by_id(reading, reply)
        assert (top.thread_external_id, top.parent_external_id, top.posted_at) == (comment.id, None, comment.at)
        assert (below.thread_external_id, below.parent_external_id) == (comment.id, comment.id)
        assert below.post_external_id == top.post_external_id == reading.posts[0].external_id
        assert top.author is not None
        if self.residents_have_ids:
            assert stage.resident.id == top.author.external_id or stage.resident.handle == top.author.handle
        else:
            assert top.author == Author(name=stage.resident.name)

    def test_a_late_reply_on_an_old_thread_is_found(self, stage: Stage) -> None:
        post = stage.post(comments=40)
        stage.read()
        stage.world.advance(86_400)
        reply = stage.comment(stage.world.comments_of(post)[0], "Hallå?")
        assert reply.id in texts(stage.read())

    def test_an_edit_is_seen(self, stage: Stage) -> None:
        comment = stage.comment(stage.post(), "Nar oppnar ni?")
        stage.read()
        stage.world.advance(60)
        stage.world.edit(comment, "När öppnar ni?")
        reading = stage.read(full=self.edits_need_a_full_reading)
        assert texts(reading)[comment.id] == "När öppnar ni?"

    # -- disappearance

    def test_a_comment_that_has_gone_is_not_given_and_its_place_is_claimed(self, stage: Stage) -> None:
        post = stage.post(comments=3)
        stage.read()
        gone = stage.world.comments_of(post)[1]
        stage.world.delete(gone)
        reading = stage.read()
        assert gone.id not in texts(reading)
        assert is_claimed(reading, gone)

    def test_nothing_that_is_there_is_claimed_to_have_gone(self, stage: Stage) -> None:
        for comments in (0, 3, 70, 130):
            post = stage.post(comments=comments)
            for comment in stage.world.comments_of(post)[:2]:
                for number in range(12):
                    stage.world.comment(comment, stage.resident, f"Svar {number}")  # all in the same second
        for full in (False, False, True, False):
            reading = stage.read(full=full)
            assert wrongly_claimed(reading, stage.world, stage.account) == []

    # -- cost

    def test_an_idle_round_costs_exactly_what_it_should(self, stage: Stage) -> None:
        for comments in (0, 3, 60):
            stage.post(comments=comments)
        stage.read()
        mark = stage.emulator.ledger.mark()
        reading = stage.read()
        assert reading.error is None
        assert self.cost(stage, mark) == reading.counted_cost == self.idle_cost

    def test_each_changed_post_costs_at_most_one_more(self, stage: Stage) -> None:
        posts = [stage.post(comments=comments) for comments in (0, 3, 10, 40, 49)]
        stage.read()
        made = [stage.comment(post, "Hej") for post in posts[2:]]
        mark = stage.emulator.ledger.mark()
        reading = stage.read()
        assert {comment.id for comment in made} <= texts(reading).keys()
        assert self.cost(stage, mark) <= self.idle_cost + len(made)

    def test_requests_and_cost_are_those_that_the_platform_counted(self, stage: Stage) -> None:
        stage.post(comments=130)
        mark = stage.emulator.ledger.mark()
        reading = stage.read()
        ledger = stage.emulator.ledger.since(mark)
        assert (reading.requests, reading.counted_cost) == (ledger.requests(), ledger.cost())

    def test_a_reading_leaves_no_connection_open_until_the_garbage_is_collected(self, stage: Stage) -> None:
        stage.post(comments=2)
        gc.collect()
        known = {id(each) for each in _connections()}
        gc.disable()
        try:
            assert stage.read().comments
            stage.read()
            assert len([each for each in _connections() if each.sock and id(each) not in known]) == self.kept_open
        finally:
            gc.enable()

    def test_keep_alive_is_called_before_every_request(self, stage: Stage) -> None:
        stage.post(comments=130)
        calls: list[int] = []
        plan = ReadPlan(now=stage.world.now, keep_alive=lambda: calls.append(stage.emulator.ledger.requests()))
        reading = stage.connector().read(plan)
        assert set(range(reading.requests)) <= set(calls)

    # -- trouble

    def test_an_error_halfway_keeps_what_came_and_the_next_round_misses_nothing(self, stage: Stage) -> None:
        for _ in range(3):
            stage.post(comments=60)
        stage.emulator.faults.add(Fault("html", site=self.site, after=self.requests_before_lists + 1, times=None))
        reading = stage.read()
        assert isinstance(reading.error, TROUBLE)
        assert reading.comments
        stage.emulator.faults.clear()
        found = texts(reading) | texts(stage.read())
        assert found == stage.shown()

    @pytest.mark.parametrize("kind", BREAKS)
    def test_whatever_breaks_is_told_as_an_error_and_nothing_is_lost(self, stage: Stage, kind: Kind) -> None:
        post = stage.post(comments=3)
        stage.read()
        late = stage.comment(post, "Hallå?")
        stage.emulator.faults.add(Fault(kind, site=self.site, times=None))
        reading = stage.read()
        assert isinstance(reading.error, TROUBLE)
        stage.emulator.faults.clear()
        assert late.id in texts(reading) | texts(stage.read())

    def test_an_expired_credential_is_told_from_a_quiet_account(self, stage: Stage) -> None:
        dead = self.dead_credential(stage)
        if dead is None:
            pytest.skip("reading needs no credential")
        stage.post(comments=3)
        connector = stage.connector(dead)
        assert isinstance(connector.read(ReadPlan(now=stage.world.now)).error, AuthExpired)
        health = connector.check()
        assert isinstance(health.problem, AuthExpired)
        assert not health.can_read

    def test_a_credential_that_may_not_read_is_told_from_a_quiet_account(self, stage: Stage) -> None:
        stage.post(comments=3)
        for credential in self.blind_credentials(stage):
            connector = stage.connector(credential)
            reading = connector.read(ReadPlan(now=stage.world.now))
            assert isinstance(reading.error, PermissionLost)
            assert reading.covered == ()
            health = connector.check()
            assert isinstance(health.problem, PermissionLost)
            assert not health.can_read

    def test_a_good_credential_is_well_on_a_quiet_account_and_on_a_busy_one(self, stage: Stage) -> None:
        assert stage.connector().check().problem is None
        stage.post(comments=3)
        health = stage.connector().check()
        assert health.problem is None
        assert health.can_read

    def test_no_secret_is_shown(self, stage: Stage, log: io.StringIO) -> None:
        stage.post(comments=130)
        connector = stage.connector()
        shown = [repr(connector), repr(stage.credential)]
        for kind in (None, *BREAKS):
            if kind:
                stage.emulator.faults.add(Fault(kind, site=self.site, after=1, times=3))
            reading = connector.read(ReadPlan(now=stage.world.now))
            shown += [repr(reading.error), str(reading.error), repr(reading.error.__context__ if reading.error else "")]
        everything = "\n".join([*shown, log.getvalue()])
        assert [name for name, secret in stage.credential.secrets.items() if secret in everything] == []

    # -- the way there

    def test_it_goes_through_a_proxy_with_an_authority_of_its_own(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage = self.set_stage(emulator)
        for name in emulator.settings():
            monkeypatch.delenv(name)
        with Tunnel(emulator) as tunnel:
            for name, value in tunnel.environment().items():
                monkeypatch.setenv(name, value)
            stage.post(comments=60)
            reading = stage.read()
        assert reading.error is None
        assert texts(reading) == stage.shown()

    def test_it_refuses_a_server_whose_authority_it_does_not_know(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage = self.set_stage(emulator)
        for name in emulator.settings():
            monkeypatch.delenv(name)
        with Tunnel(emulator) as tunnel:
            for name, value in tunnel.environment().items():
                if not name.endswith(("BUNDLE", "CERTS", "FILE")):
                    monkeypatch.setenv(name, value)
            reading = stage.read()
        assert isinstance(reading.error, Unavailable)
        assert emulator.ledger.requests() == 0
