"""One key for each contact and case and to whom it is sealed, people's keys, and the append-only trail."""

import uuid
from typing import Any, NoReturn

from django.db import models


class DataKey(models.Model):
    """Share A of a key; share B lies in the keystore under the same id.

    In stage A it is sealed here under the master key. In stage B nothing stands here: it is sealed to those who may
    open it (``ShareWrap``).
    """

    class State(models.TextChoices):
        """A blocked key opens for nobody; a destroyed one erases."""

        ACTIVE = "active"
        BLOCKED = "blocked"
        DESTROYED = "destroyed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ACTIVE)
    sealed_share = models.BinaryField(null=True)
    commitment = models.BinaryField(max_length=32)
    created_on = models.DateField()

    class Meta:
        """The blocked, which still have to be destroyed, are found without reading all."""

        indexes = (models.Index(fields=("state",), condition=models.Q(state="blocked"), name="vault_datakey_blocked"),)

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class StaffKey(models.Model):
    """The public keys of a member; the line vouches for the row, so that a changed one counts for nothing.

    It begins as a place that the line holds free (EXPECTED): the member's first sign-in fills it.
    """

    class State(models.TextChoices):
        """Who is expected has no keys yet; what is retired still opens what was sealed to it."""

        EXPECTED = "expected"
        ACTIVE = "active"
        RETIRED = "retired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.UUIDField()
    role = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=State.choices, default=State.EXPECTED)
    public = models.BinaryField(default=bytes)  # 32 bytes, X25519
    public_of_signatures = models.BinaryField(default=bytes)  # 32 bytes, Ed25519
    made_at = models.DateTimeField()
    voucher = models.BinaryField(max_length=32)

    class Meta:
        """A member has one place or one key in force."""

        constraints = (
            models.UniqueConstraint(
                fields=("member",), condition=~models.Q(state="retired"), name="vault_staffkey_one_in_force"
            ),
        )

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return str(self.pk)


class SeedEnvelope(models.Model):
    """The seed of a member's private keys, closed by something that only they have."""

    class Closure(models.TextChoices):
        """What closes it."""

        PASSWORD = "password"  # noqa: S105 - no password
        RECOVERY_CODE = "recovery_code"

    staff_key = models.ForeignKey(StaffKey, on_delete=models.PROTECT, related_name="envelopes")
    closure = models.CharField(max_length=13, choices=Closure.choices)
    salt = models.BinaryField(max_length=16)
    sealed_seed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        """One of each kind."""

        constraints = (models.UniqueConstraint(fields=("staff_key", "closure"), name="vault_seedenvelope_once"),)

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.staff_key_id} {self.closure}"


class Partner(models.Model):
    """A partner organisation that can, with two others, bring a member's keys back; it holds its own key offline."""

    fingerprint = models.CharField(primary_key=True, max_length=16)
    name = models.CharField(max_length=80)
    public = models.BinaryField()  # 1,216 bytes, ML-KEM-768 and X25519
    voucher = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class QuorumEnvelope(models.Model):
    """The seed of a member's private keys, for any three of the four partner organisations."""

    staff_key = models.OneToOneField(StaffKey, on_delete=models.CASCADE, related_name="+")
    partners = models.CharField(max_length=80)  # the fingerprints of those four
    sealed_seed = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name it by its opaque id."""
        return f"{self.staff_key_id}"


class CircleKey(models.Model):
    """The public key of a circle: people of one duty, to all of whom something is sealed at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    circle = models.CharField(max_length=30)
    public = models.BinaryField()  # 32 bytes, X25519
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    voucher = models.BinaryField(max_length=32)

    class Meta:
        """A circle has one key in force."""

        constraints = (
            models.UniqueConstraint(
                fields=("circle",), condition=models.Q(retired_at=None), name="vault_circlekey_one_in_force"
            ),
        )

    def __str__(self) -> str:
        """Name it by its circle."""
        return f"{self.circle} {self.pk}"


class CircleWrap(models.Model):
    """The seed of a circle's private key, sealed to one of its people."""

    circle_key = models.ForeignKey(CircleKey, on_delete=models.CASCADE, related_name="wraps")
    staff_key = models.ForeignKey(StaffKey, on_delete=models.PROTECT, related_name="circle_wraps")
    sealed_seed = models.BinaryField()
    voucher = models.BinaryField(max_length=32)

    class Meta:
        """One for each pair."""

        constraints = (models.UniqueConstraint(fields=("circle_key", "staff_key"), name="vault_circlewrap_once"),)

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.circle_key_id} to {self.staff_key_id}"


class ShareWrap(models.Model):
    """Share A of a key, sealed to one holder, with the grant that says who let them have it, and why."""

    class Kind(models.TextChoices):
        """What a holder is; ``holder`` names which one (of a return code there is one)."""

        CALLER = "caller"
        CODE = "code"
        PERSON = "person"
        CIRCLE = "circle"

    key = models.ForeignKey(DataKey, on_delete=models.CASCADE, related_name="wraps")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    holder = models.CharField(max_length=36, blank=True)
    sealed_share = models.BinaryField()
    granter = models.CharField(max_length=36)  # the id of a staff key, «caller» or «line»
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()
    signature = models.BinaryField(max_length=64, default=bytes)  # of the granter, if they are of the staff
    voucher = models.BinaryField(max_length=32)

    class Meta:
        """One for each holder; a key's wraps are found by the first half of this."""

        constraints = (models.UniqueConstraint(fields=("key", "kind", "holder"), name="vault_sharewrap_once"),)

    def __str__(self) -> str:
        """Name it by its opaque ids."""
        return f"{self.key_id} to {self.kind} {self.holder}"


class AppendOnly(Exception):
    """A link of the trail is never changed and never deleted."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Sets of entries, which nobody changes, and which only ``trail.append`` adds to."""

    def bulk_create(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: a link needs the digest of the one before."""
        raise AppendOnly

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def update(self, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class Entry(models.Model):
    """One link of the trail: plain values, no foreign key, so that it outlives the account and the case."""

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    act = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=64)
    result = models.CharField(max_length=20)
    reason = models.CharField(max_length=40, blank=True)
    digest = models.BinaryField(max_length=32)

    objects = EntryQuerySet.as_manager()

    class Meta:
        """Found by what it is about."""

        indexes = (models.Index(fields=("subject_kind", "subject"), name="vault_entry_subject"),)
        ordering = ("seq",)

    def __str__(self) -> str:
        """Name it by its number."""
        return f"{self.seq} {self.act}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; never change."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, force_insert=True, **{name: value for name, value in kwargs.items() if name == "using"})

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnly


class Head(models.Model):
    """The one row that says where the trail ends; whoever appends locks it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, default=bytes)

    def __str__(self) -> str:
        """Name it by its number."""
        return f"head at {self.seq}"


class Watch(models.Model):
    """How far the trail was seen: by the line itself (LINE), and by each witness outside.

    It says whose turn it is. What proves anything is what the witnesses keep.
    """

    LINE = "line"

    name = models.CharField(primary_key=True, max_length=300)
    seq = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, default=bytes)
    at = models.DateTimeField(null=True)
    first_bad = models.PositiveBigIntegerField(null=True)
    failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Name it by who saw it, and how far."""
        return f"{self.name} to {self.seq}"
