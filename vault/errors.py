"""What can go wrong with keys and sealed things; no error ever carries content or key material."""


class VaultError(Exception):
    """The base; its text is one sentence for the operator."""


class KeyProblem(VaultError):
    """The master keys are missing, malformed, readable by others, or not the ones this line was made with."""


class KeystoreProblem(VaultError):
    """The keystore is not the one that holds the other halves of this database's keys."""


class BackupProblem(VaultError):
    """A backup cannot be read, or is none of this line."""


class HeadProblem(VaultError):
    """A head of the trail that somebody kept is damaged, or none of this line's."""


class RecoveryProblem(VaultError):
    """A file of a recovery is damaged or none of its kind, or too few organisations answered."""


class CannotOpen(VaultError):
    """Something sealed cannot be opened."""


class KeyBlocked(CannotOpen):
    """The key is blocked: nobody opens what it seals any more."""


class KeyDestroyed(CannotOpen):
    """The key is gone: what it sealed is noise."""


class KeyUnavailable(CannotOpen):
    """A share of the key is missing or does not fit the other."""


class Damaged(CannotOpen):
    """The ciphertext was changed, moved, or is of an unknown form."""


class TooMuch(VaultError):
    """A value is longer than one sealed value may be."""
