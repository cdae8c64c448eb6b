"""A practice as tests play it: the trainee says something, time passes, the scripted caller answers."""

import datetime
from collections.abc import Callable

from chat import actions as chat
from chat.transcript import messages_after
from roster import actions as roster
from roster.models import Member
from tests.cast import say
from training import actions
from training.models import Practice, PracticeState
from training.scripted_caller import play
from triage.models import Contact, Offer, OfferState
from wire import clock


class Played:
    """One practice of one trainee."""

    def __init__(self, trainee: Member, code: str, later: Callable[[float], datetime.datetime]) -> None:
        self.trainee, self.later = trainee, later
        self.practice = actions.begin(trainee, code)

    @property
    def contact(self) -> Contact:
        """Return its contact as it stands, opened for the trainee."""
        assert self.practice.contact is not None
        contact = Contact.objects.select_related("key", "volunteer").get(pk=self.practice.contact.pk)
        contact.holder = self.trainee.holder
        return contact

    @property
    def state(self) -> str:
        """Return whether it runs."""
        return Practice.objects.get(pk=self.practice.pk).state

    def accept(self) -> None:
        """Let the offer come to the trainee's desk, and take it."""
        play(clock.now())
        offer = Offer.objects.get(member=self.trainee, state=OfferState.OPEN)
        chat.accept_offer(self.trainee, offer.pk)

    def pass_by(self, seconds: int) -> None:
        """Let seconds pass, with the trainee's desk open and the scripted caller looking every other one."""
        for tick in range(0, seconds, 2):
            roster.renew_lease(self.trainee.pk)
            play(self.later(min(2, seconds - tick)))

    def say(self, text: str) -> list[str]:
        """Say something, and let the caller answer; return what they said."""
        before = self.contact.last_seq
        say(self.contact, text, self.trainee)
        self.pass_by(60)
        return [one.text for one in messages_after(self.contact, before) if one.by == "caller"]

    def heard(self) -> list[str]:
        """Return all that the caller has said."""
        return [one.text for one in messages_after(self.contact, 0) if one.by == "caller"]

    @property
    def runs(self) -> bool:
        """Whether it is still played."""
        return self.state == PracticeState.RUNNING
