"""A second lock on rates: whoever has the public half of a pair locks, a passphrase unlocks.

A locked payload is a sealed box around a payload of :mod:`tools.vault`: X25519 with a key of its
own for each (RFC 7748), HKDF-SHA256, AES-256-GCM. It is bound to its context, so that one which
is copied to another record does not open. The private half of the pair is kept encrypted under a
key that scrypt (RFC 7914) makes of the passphrase, slowly, so that guesses cost time and memory.

``version 2 | pair id | one-time public key | nonce | encrypted payload``, of one fixed length.
"""

import hashlib
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

KEY_BYTES = 32
PAIR_ID_BYTES = 8
# Long enough that guessing is hopeless at a fifth of a second for each try.
MIN_LENGTH = 12

_VERSION = 2
_LEAD = bytes([_VERSION])  # of a locked payload, and of no plain one
_NONCE_BYTES = 12
_SALT_BYTES = 16
_BOX_START = 1 + PAIR_ID_BYTES + KEY_BYTES
# 64 MiB and about 0.2 s for each passphrase. It stands in the wrapped key: it may be raised.
_SCRYPT_LOG_N = 16
_LABEL = b"channel_rebate lock 2\0"


class LockError(Exception):
    """Something does not unlock. ``reason`` is ``passphrase``, ``pair`` or ``damaged``."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


def pair_id(public):
    """Return the short name of a pair (bytes): a hash of its public half."""
    return hashlib.sha256(b"channel_rebate pair\0" + public).digest()[:PAIR_ID_BYTES]


def public_half(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def make_private():
    """Return the private half of a new pair: 32 bytes."""
    return X25519PrivateKey.generate().private_bytes_raw()


# === The private half under a passphrase === #


def wrap(private, passphrase):
    """Return the private half (bytes) encrypted with a passphrase (text).

    >>> private = make_private()
    >>> wrapped = wrap(private, "correct horse battery")
    >>> unwrap(wrapped, "correct horse battery") == private
    True
    >>> unwrap(wrapped, "correct horse batterie")
    Traceback (most recent call last):
    ...
    odoo.addons.channel_rebate.tools.lockbox.LockError: passphrase
    """
    head = bytes([_SCRYPT_LOG_N]) + os.urandom(_SALT_BYTES)
    nonce = os.urandom(_NONCE_BYTES)
    return head + nonce + AESGCM(_stretch(head, passphrase)).encrypt(nonce, private, head)


def unwrap(wrapped, passphrase):
    """Return the private half that :func:`wrap` encrypted.

    :raise LockError: the passphrase is wrong, or the wrapped key was changed
    """
    head, body = wrapped[: 1 + _SALT_BYTES], wrapped[1 + _SALT_BYTES :]
    try:
        key = _stretch(head, passphrase)
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], head)
    except (InvalidTag, ValueError):
        raise LockError("passphrase") from None


def _stretch(head, passphrase):
    # The same letters may be typed as different characters, on another keyboard.
    text = unicodedata.normalize("NFKC", passphrase)
    # What was put in place of the key can't make a guess cheaper, nor exhaust the memory.
    if head[0] not in range(_SCRYPT_LOG_N, 21):
        raise ValueError("unknown cost")
    scrypt = Scrypt(salt=head[1:], length=KEY_BYTES, n=2 ** head[0], r=8, p=1)
    return scrypt.derive(text.encode())


# === Payloads under the pair === #


def is_locked(payload):
    """Tell whether a payload is a locked one.

    >>> is_locked(lock(b"3.25", public_half(make_private()), "rate,1")), is_locked(b"\\1...")
    (True, False)
    """
    return payload.startswith(_LEAD)


def lock(payload, public, context):
    """Return ``payload`` (bytes) locked with a public half, bound to ``context`` (text).

    >>> private = make_private()
    >>> locked = lock(b"3.25", public_half(private), "rate,1")
    >>> unlock(locked, private, "rate,1")
    b'3.25'
    >>> unlock(locked, private, "rate,2")
    Traceback (most recent call last):
    ...
    odoo.addons.channel_rebate.tools.lockbox.LockError: damaged
    >>> unlock(locked, make_private(), "rate,1")
    Traceback (most recent call last):
    ...
    odoo.addons.channel_rebate.tools.lockbox.LockError: pair
    """
    once = X25519PrivateKey.generate()
    head = bytes([_VERSION]) + pair_id(public) + once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    nonce = os.urandom(_NONCE_BYTES)
    return head + nonce + _cipher(shared, head, public, context).encrypt(nonce, payload, head)


def unlock(locked, private, context):
    """Return the payload that :func:`lock` locked.

    :raise LockError: it is of another pair, of another context, or changed
    """
    return Opener(private).unlock(locked, context)


class Opener:
    """Unlocks many payloads: what it takes for each of them is computed once."""

    def __init__(self, private):
        self._private = X25519PrivateKey.from_private_bytes(private)
        self._public = public_half(private)
        self._head = bytes([_VERSION]) + pair_id(self._public)

    def unlock(self, locked, context):
        """Return a payload; see :func:`unlock`."""
        head, body = locked[:_BOX_START], locked[_BOX_START:]
        if not head.startswith(self._head):
            raise LockError("pair")
        try:
            once = X25519PublicKey.from_public_bytes(head[len(self._head) :])
            cipher = _cipher(self._private.exchange(once), head, self._public, context)
            return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], head)
        except (InvalidTag, ValueError):
            raise LockError("damaged") from None


def _cipher(shared, head, public, context):
    derivation = HKDF(
        algorithm=hashes.SHA256(),
        length=KEY_BYTES,
        salt=head + public,
        info=_LABEL + context.encode(),
    )
    return AESGCM(derivation.derive(shared))


def token_body_length(payload_bytes):
    """Return how many letters the third part of a token has around a locked payload.

    :param int payload_bytes: length of the payload before it is locked

    >>> from .vault import PAYLOAD_BYTES, Vault
    >>> locked = lock(bytes(PAYLOAD_BYTES), public_half(make_private()), "rate,1")
    >>> body = Vault(bytes(32)).seal(locked, "rate,1").split(":")[2]
    >>> len(body) == token_body_length(PAYLOAD_BYTES)
    True
    """
    tag_bytes = 16
    inner = _BOX_START + _NONCE_BYTES + payload_bytes + tag_bytes
    return -(-(inner + _NONCE_BYTES + tag_bytes) // 3) * 4
