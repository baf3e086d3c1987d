"""What every connector promises about completeness over time, doubt and cost. Part of the contract of all connectors.

Each group has a switch, off by default: a platform's test class turns on what its platform can.
"""

from abc import abstractmethod
from datetime import timedelta
from typing import ClassVar

import pytest

from connectors.base import GROWN, Credential, ReadPlan
from connectors.emulator.faults import Fault
from connectors.errors import RateLimited
from tests.connectors.stage import Stage, texts

DAY = timedelta(days=1).total_seconds()


class TrustContract:
    """Inherited by ConnectorContract."""

    site: ClassVar[str]
    idle_cost: ClassVar[int]

    tiers: ClassVar[bool] = False
    """Young posts are looked into every round, grown ones daily, older ones when their count changes."""
    verifies: ClassVar[bool] = False
    """A comment can be looked up by its id."""
    declares: ClassVar[bool] = False
    """Posts tell how many comments there are below them."""
    keeps_allowance: ClassVar[bool] = False
    """A reading stops before it costs more than it may."""
    lookup_fails: ClassVar[str] = ""
    """A regular expression for the path of a look-up: that of a listing does not match."""

    def refuse_a_field(self, stage: Stage) -> str:
        """The platform refuses one field from now on; its name in `degraded`. "" where that cannot be."""
        return ""

    def grant_it_again(self, stage: Stage) -> None:
        """The platform gives the field again."""

    @abstractmethod
    def cost(self, stage: Stage, mark: int) -> int: ...

    @abstractmethod
    def blind_credentials(self, stage: Stage) -> list[Credential]: ...

    def _only_if(self, able: object) -> None:
        if not able:
            pytest.skip("this platform cannot")

    # -- tiers

    def test_every_round_looks_into_all_young_posts_however_many(self, stage: Stage) -> None:
        self._only_if(self.tiers)
        posts = [stage.post(comments=1) for _ in range(70)]
        stage.read()
        stage.world.advance(6 * DAY)
        late = stage.comment(posts[0], "Hallå?")
        assert late.id in texts(stage.read())

    def test_a_daily_reading_looks_into_every_post_of_90_days(self, stage: Stage) -> None:
        self._only_if(self.tiers)
        post = stage.post(comments=130)
        for _ in range(60):
            stage.post()
        stage.read()
        stage.world.advance(GROWN.total_seconds() - DAY)
        stage.read(full=True)
        edited = stage.world.comments_of(post)[0]
        stage.world.edit(edited, "Ny lydelse")
        assert texts(stage.read(daily=True))[edited.id] == "Ny lydelse"

    def test_a_daily_reading_looks_into_an_older_post_only_when_its_count_changed(self, stage: Stage) -> None:
        self._only_if(self.tiers)
        post = stage.post(comments=130)
        for _ in range(60):
            stage.post()
        stage.world.advance(GROWN.total_seconds() + DAY)
        stage.read()
        mark = stage.emulator.ledger.mark()
        stage.read(daily=True)
        idle = self.cost(stage, mark)
        late = stage.comment(stage.world.comments_of(post)[0], "Hallå?")
        mark = stage.emulator.ledger.mark()
        assert late.id in texts(stage.read(daily=True))
        assert idle < self.cost(stage, mark)
        mark = stage.emulator.ledger.mark()
        stage.read(daily=True)
        assert self.cost(stage, mark) == idle

    # -- looking comments up

    def test_a_comment_that_is_looked_up_is_there_or_not(self, stage: Stage) -> None:
        self._only_if(self.verifies)
        post = stage.post(comments=2)
        stage.read()
        there, gone = stage.world.comments_of(post)
        stage.world.delete(gone)
        assert stage.read(verify=(there.id, gone.id)).looked_up == {there.id: True, gone.id: False}

    def test_what_was_not_answered_clearly_was_not_looked_up(self, stage: Stage) -> None:
        self._only_if(self.verifies)
        post = stage.post(comments=2)
        stage.read()
        gone = stage.world.comments_of(post)[0]
        stage.world.delete(gone)
        stage.emulator.faults.add(Fault("html", site=self.site, path=self.lookup_fails, times=None))
        assert stage.read(verify=(gone.id,)).looked_up == {}

    def test_a_blind_credential_looks_nothing_up(self, stage: Stage) -> None:
        self._only_if(self.verifies)
        gone = stage.comment(stage.post(comments=1), "Hej")
        stage.world.delete(gone)
        for credential in self.blind_credentials(stage):
            plan = ReadPlan(now=stage.world.now, verify=(gone.id,))
            assert stage.connector(credential).read(plan).looked_up == {}

    # -- what the platform will not tell

    def test_a_field_that_is_refused_is_left_out_and_said_and_everything_else_is_read(self, stage: Stage) -> None:
        field = self.refuse_a_field(stage)
        self._only_if(field)
        stage.post(comments=130)
        reading = stage.read()
        assert (reading.error, reading.degraded) == (None, (field,))
        assert texts(reading) == stage.shown()

    def test_an_idle_round_costs_no_more_where_a_field_is_refused(self, stage: Stage) -> None:
        self._only_if(self.refuse_a_field(stage))
        stage.post(comments=3)
        degraded = stage.read().degraded
        mark = stage.emulator.ledger.mark()
        assert stage.read().degraded == degraded
        assert self.cost(stage, mark) == self.idle_cost

    def test_a_daily_reading_tries_all_fields_again(self, stage: Stage) -> None:
        field = self.refuse_a_field(stage)
        self._only_if(field)
        stage.post(comments=3)
        stage.read()
        assert stage.read(daily=True).degraded == (field,)
        self.grant_it_again(stage)
        assert [stage.read(daily=daily).degraded for daily in (False, True, False)] == [(field,), (), ()]

    # -- counts and cost

    def test_posts_declare_how_many_comments_they_have(self, stage: Stage) -> None:
        self._only_if(self.declares)
        for comments in (0, 3, 60):
            stage.post(comments=comments)
        assert sorted(post.declared_comments or 0 for post in stage.read().posts) == [0, 3, 60]

    @pytest.mark.parametrize("allowance", [0, 1, 2, 3])
    def test_a_reading_never_costs_more_than_it_may(self, stage: Stage, allowance: int) -> None:
        self._only_if(self.keeps_allowance)
        for _ in range(4):
            stage.post(comments=130)
        reading = stage.read(allowance=allowance)
        assert isinstance(reading.error, RateLimited)
        assert (reading.error.code, reading.error.retry_at > stage.world.now) == ("allowance", True)
        assert stage.emulator.ledger.cost(self.site) <= allowance
        assert texts(reading) | texts(stage.read()) == stage.shown()
