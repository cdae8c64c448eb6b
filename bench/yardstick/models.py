"""What the naive chat stores of a message."""

from django.db import models


class Message(models.Model):
    """One row a message, its words sealed."""

    room = models.IntegerField(db_index=True)
    seat = models.CharField(max_length=10)
    words = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True)

    objects: "models.Manager[Message]" = models.Manager()

    def __str__(self) -> str:
        return f"{self.room}/{self.pk}"
