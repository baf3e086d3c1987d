"""Claims are kept as long as somebody waits with them, and not a moment longer."""

import multiprocessing
import threading
import time
from contextlib import ExitStack

import pytest
from sqlalchemy.exc import SQLAlchemyError

from monitor.emergency.keeper import Keeper
from tests.waiting import eventually

EVERY, LONG = 0.02, 60.0


class Claim:
    """Counts its renewals. lost_after: so many succeed."""

    def __init__(self, lost_after: int = 1_000_000) -> None:
        self.renewed, self.lost_after = 0, lost_after

    def renew(self) -> bool:
        self.renewed += 1
        return self.renewed <= self.lost_after


def keepers() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "keeps claims"]


@pytest.fixture
def keeper() -> Keeper:
    eventually(lambda: not keepers())
    return Keeper(EVERY)


def test_a_claim_is_kept_while_somebody_waits_with_it_and_never_afterwards(keeper: Keeper) -> None:
    claim = Claim()
    with keeper.keep(claim.renew, LONG):
        eventually(lambda: claim.renewed >= 3)
    renewed = claim.renewed
    time.sleep(EVERY * 10)
    assert claim.renewed == renewed


def test_whoever_is_done_waits_for_a_renewal_that_is_being_written(keeper: Keeper) -> None:
    """Else it would be written over what comes next."""
    writes, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def renew() -> bool:
        writes.set()
        may_end.wait(20)
        ended.set()
        return True

    with keeper.keep(renew, LONG):
        assert writes.wait(20)
        threading.Timer(0.1, may_end.set).start()
    assert ended.is_set()


def test_a_claim_that_is_lost_is_not_taken_back(keeper: Keeper) -> None:
    lost, kept = Claim(lost_after=0), Claim()
    with keeper.keep(lost.renew, LONG), keeper.keep(kept.renew, LONG):
        eventually(lambda: kept.renewed >= 3)
    assert lost.renewed == 1


def test_a_claim_is_not_kept_for_ever(keeper: Keeper) -> None:
    claim, other = Claim(), Claim()
    with keeper.keep(claim.renew, 0.0), keeper.keep(other.renew, LONG):
        eventually(lambda: other.renewed >= 3)
    assert claim.renewed == 0


@pytest.mark.parametrize("error", [SQLAlchemyError, OSError])
def test_what_goes_wrong_for_a_moment_with_one_claim_loses_neither_it_nor_another(
    keeper: Keeper, error: type[Exception]
) -> None:
    claim, other = Claim(), Claim()

    def renew() -> bool:
        if claim.renew() and claim.renewed == 1:
            raise error
        return True

    with keeper.keep(renew, LONG), keeper.keep(other.renew, LONG):
        eventually(lambda: claim.renewed >= 3 and other.renewed >= 3)


def test_all_who_wait_share_a_thread_which_ends_with_the_last_and_begins_again_with_the_next(keeper: Keeper) -> None:
    for _time in range(2):
        with ExitStack() as waiting:
            for _each in range(20):
                waiting.enter_context(keeper.keep(Claim().renew, LONG))
            assert len(keepers()) == 1
        eventually(lambda: not keepers())


def test_a_process_that_was_forked_keeps_its_own_claims(keeper: Keeper) -> None:
    fork = multiprocessing.get_context("fork")
    renewed = fork.Event()

    def child() -> None:
        with keeper.keep(lambda: bool(renewed.set()) or True, LONG):
            renewed.wait(20)

    with keeper.keep(Claim().renew, LONG):
        process = fork.Process(target=child)
        process.start()
        assert renewed.wait(20)
        process.join(20)
    assert process.exitcode == 0
