"""One look at a channel: the queue for approval, what is public, older threads that wait, and the videos they are on.

An idle round costs one unit a queue. The held queue comes first, whole where it matters: a comment that is let through
in between is then seen twice rather than never. What every reading brings comes before what only thorough ones look
for (`thorough.py`), so that an allowance that ends one has not ended the other.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from connectors.base import Covered, ReadComment, ReadPlan, ReadPost, State
from connectors.errors import ConnectorError, PermissionLost, Refused, UnexpectedAnswer
from connectors.youtube.answers import Thread, unknown_post
from connectors.youtube.coverage import Coverage
from connectors.youtube.errors import ALLOWANCE, OF_ONE_VIDEO, OF_THE_QUEUE, TABLE
from connectors.youtube.memory import EVER, Memory
from connectors.youtube.questions import NEVER, Listing, Questions

REFUSALS = (PermissionLost, Refused, UnexpectedAnswer)


class Look:
    """What one reading brings. `ordinary` and `look_up` raise ConnectorError where they have to stop; what came before
    stays.

    full, whole: walk through everything; in one go. listed: the two queues. shallow: threads whose replies were not all
    read, because nothing about them has changed. troubles: what is wrong with single videos. looked_up: as in Reading.
    ordinary_done, saw_everything: what every reading brings was read; what the plan wants was.
    """

    def __init__(self, ask: Questions, channel: str, plan: ReadPlan, *, sees_held: bool) -> None:
        self.ask = ask
        self.plan = plan
        self.before = Memory.from_state(plan.state)
        self.memory = self.before.next()
        self.full = plan.full or self.before.blank or self.before.walk is not None
        self.whole = self.full and self._may_be_done_in_one_go()
        self.coverage = Coverage()
        self.listed = {held: Listing(ask.queue(held)) for held in ((True, False) if sees_held else (False,))}
        self.shallow: dict[str, Thread] = {}
        self.troubles: list[str] = []
        self.looked_up: dict[str, bool] = {}
        self.held_refused: PermissionLost | None = None
        self.new_videos: list[ReadPost] = []
        self.ordinary_done = False
        self.saw_everything = False
        self._channel = channel
        self._fetched: set[str] = set()
        self._comments: dict[str, ReadComment] = {}
        self._videos: dict[str, ReadPost] = {}

    # -- what it brings

    @property
    def comments(self) -> tuple[ReadComment, ...]:
        return tuple(self._comments.values())

    @property
    def posts(self) -> tuple[ReadPost, ...]:
        """The videos that were read; what little is known of other posts that have comments here for the first time."""
        told = self._videos.keys() | self.before.videos.keys()
        first = {one.post_external_id: one for one in reversed(self.comments) if one.post_external_id not in told}
        return (*self._videos.values(), *(unknown_post(id_, one.posted_at) for id_, one in first.items()))

    @property
    def covered(self) -> tuple[Covered, ...]:
        if self.whole:
            posts = self.memory.videos.keys() | self.mentioned
            cut_short = set() if self.listed[False].ended else {self._channel}
            public = posts - cut_short if self.saw_everything else None
            return tuple(self.coverage.claims_of_all(posts, public))
        return tuple(self.coverage.claims(self.before, self.memory))

    @property
    def degraded(self) -> tuple[str, ...]:
        """What YouTube refused, in a few words each."""
        parts = {"held": self.held_refused is not None, "statistics": self.memory.uncounted}
        return (*(name for name, refused in parts.items() if refused), *self.troubles)

    def state(self, error: ConnectorError | None) -> State:
        """For the next reading. A walk that an allowance ended goes on where it came to, and without the held queue all
        that is public was seen; else an error undoes all."""
        in_pieces = self.before.walk is not None or (error is not None and error.code == ALLOWANCE)
        goes_on = error in (None, self.held_refused) or (self.ordinary_done and self.full and in_pieces)
        return self.memory.to_state() if goes_on else self.plan.state

    @property
    def mentioned(self) -> set[str]:
        return {one.post_external_id for one in self._comments.values()}

    def public_by_video(self) -> Counter[str]:
        return Counter(one.post_external_id for one in self._public())

    # -- what every reading looks for

    def ordinary(self) -> None:
        """Both queues, back to what is known. A refusal of the held one alone is kept in `held_refused`."""
        for held in self.listed:
            try:
                self.go_back(held, self._far_enough(held))
            except PermissionLost as refusal:
                if not held or (refusal.code in TABLE and refusal.code not in OF_THE_QUEUE):
                    raise
                self.held_refused = refusal
                self.memory.held = self.before.held
        self.memory.count_new(self._public())
        if not (self.full or self.plan.daily):
            self.look_up_older()
            self.new_videos = self.read_videos(self.mentioned - self.before.videos.keys())
        self.ordinary_done = True

    def _far_enough(self, held: bool) -> datetime:
        """The public queue is read on by `thorough.py`. All of the held one is needed to tell held from gone."""
        if held:
            whole = self.full or self.plan.daily or self.plan.verify
            return EVER if whole else self.before.held.newest
        return NEVER if self.before.blank else self.before.public.newest

    def go_back(self, held: bool, moment: datetime) -> None:
        """Reads on in a queue, to threads written before the moment."""
        listing = self.listed[held]
        for one in listing.back_to(moment):
            self.take(one, held)
        if listing.answered:
            self.coverage.since[held] = listing.since
            self.memory.note_newest(listing.threads, held)

    def end_was_no_end(self) -> None:
        """YouTube counts more than its list showed, though it said that there is no more: how deep it goes is told
        nowhere, so only what was written since its last thread is certain."""
        self.listed[False].cut_short()
        if False in self.coverage.since:
            self.coverage.since[False] = self.listed[False].since

    def take(self, one: Thread, held: bool) -> None:
        """Keeps a thread, and fetches the replies that the list left out if something about them has changed. A walk
        through everything fetches all of them when it has seen the list: an allowance must not end it here."""
        self.coverage.see(one, held)
        self.memory.note(one, held)
        self._keep(*one.replies, one.top)
        if one.whole or one.id in self._fetched:
            return
        later = self.whole or (self.before.walk is not None and self.before.walk.has_read(one))
        if self.before.queue(held).has_changed(one) and not later:
            self.fetch_replies(one, held, whole=self.full)
        else:
            self.shallow[one.id] = one

    def fetch_replies(self, one: Thread, held: bool, *, whole: bool) -> None:
        """All replies, newest first; or, unless `whole`, only so many pages as it takes to explain the new number."""
        self._fetched.add(one.id)
        replies: list[ReadComment] = []
        for more, last in self.ask.replies(one):
            replies += more
            self._keep(*more)
            if last:
                self.coverage.see_all_replies(one)
            elif not whole and self.before.queue(held).explained(one, replies):
                self.shallow[one.id] = one
                return
        self.shallow.pop(one.id, None)
        if self.memory.walk is not None:
            self.memory.walk.replies[one.id] = one.count

    def look_up_older(self) -> None:
        """Threads beyond the listed ones that wait for somebody, or that were held and may have been let through."""
        if not self.listed[False].answered:
            return
        wanted = dict.fromkeys([*self.plan.watch_threads, *self.before.held.marks])
        unseen = [id_ for id_ in wanted if not self.coverage.is_seen(id_)]
        if not self.listed[False].ended:
            for one in self.ask.threads(unseen):
                self.take(one, held=False)
        self.coverage.vanished |= {id_ for id_ in unseen if not self.coverage.is_seen(id_)}

    # -- videos

    def read_videos(self, ids: Iterable[str]) -> list[ReadPost]:
        """What is known of videos and how many comments YouTube says they have; without that where it refuses."""
        self.memory.know(ids := set(ids))
        wanted = sorted(ids - {self._channel})
        try:
            found = self.ask.videos(wanted, "snippet,statistics")
            self.memory.uncounted = self.memory.uncounted and not wanted
        except REFUSALS:
            found = self.ask.videos(wanted, "snippet")
            self.memory.uncounted = True
        for post in found:
            self._videos[post.external_id] = post
            self.memory.meet(post)
        return found

    def walk_below(self, post: str) -> None:
        """Every public comment below one video. What is wrong with it alone is told in `troubles`."""
        try:
            for page in self.ask.below(post):
                for one in page.threads:
                    self.take(one, held=False)
        except ConnectorError as refusal:
            if refusal.code not in OF_ONE_VIDEO:
                raise
            self.troubles.append(f"{post}: {refusal.code}")
        walk = self.memory.walk
        left = [one for one in self.shallow.values() if one.top.post_external_id == post]
        for one in left:
            if walk is None or self.whole or not walk.has_read(one):
                self.fetch_replies(one, held=False, whole=True)
        if not any(one.id in self.shallow for one in left):
            self.coverage.posts.add(post)

    # -- one by one

    def look_up(self) -> None:
        """Asks for each comment that readings did not show any more. What waits for approval is not gone: where that
        queue could not be read to its end, absence proves nothing."""
        wanted = self.plan.verify
        if not wanted:
            return
        for one in [one for one in self.shallow.values() if any(id_.startswith(f"{one.id}.") for id_ in wanted)]:
            self.fetch_replies(one, one.top.held, whole=True)
        there = self.ask.there(wanted) | self._comments.keys()
        tells_absence = all(listing.ended for held, listing in self.listed.items() if held)
        self.looked_up = {id_: id_ in there for id_ in wanted if id_ in there or tells_absence}

    # -- small steps

    def _may_be_done_in_one_go(self) -> bool:
        """Nobody counts, or much more may be spent than when it could not: one list is cheaper than many."""
        walk, allowance = self.before.walk, self.plan.allowance
        return walk is None or allowance is None or allowance > 2 * walk.tried

    def _keep(self, *comments: ReadComment) -> None:
        self._comments |= {one.external_id: one for one in comments}

    def _public(self) -> list[ReadComment]:
        return [one for one in self._comments.values() if not one.held]
