"""Authenticated encryption of rates, and the fixed-width form in which they are encrypted.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. The context string (which record the
token belongs to) is authenticated too, so a token copied to another record does not open.
"""

import base64
import binascii
import hashlib
import os
import struct
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .chain import mac, mac_key

KEY_BYTES = 32
SALT_BYTES = 32
MAX_BRACKETS = 10

_FORMAT = "1"
_NONCE_BYTES = 12
_SCALE = Decimal("0.0001")
_HEAD = struct.Struct(f">BB{SALT_BYTES}s")
_BRACKET = struct.Struct(">qq")
# Version 2 is a payload of version 1 that is locked as well: see :mod:`tools.lockbox`.
_PAYLOAD_VERSION = 1
PAYLOAD_BYTES = _HEAD.size + _BRACKET.size * MAX_BRACKETS


class VaultError(Exception):
    """A token that cannot be opened. Its text never holds a plain value."""


class LostKeyError(VaultError):
    """A token whose key is known to be lost and is not at hand."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What is sealed for one agreement line.

    :param brackets: ``((from, rate), …)`` ascending; a plain rate is the single bracket from 0.
        Rates are percentages of the base amount, or amounts per unit, with four decimals.
    :param salt: 256 random bits of the line's commitment.

    The values stay out of ``repr``, so that they reach no log and no traceback:

    >>> Secret.plain(Decimal("3.1"))
    Secret()
    """

    brackets: tuple = field(repr=False)
    salt: bytes = field(repr=False)

    @classmethod
    def plain(cls, rate):
        """Return a new secret with one rate and a fresh salt.

        >>> Secret.plain(Decimal("3.1")).rate
        Decimal('3.1000')
        """
        return cls.tiered(((Decimal(0), rate),))

    @classmethod
    def tiered(cls, brackets):
        """Return a new secret with ``((from, rate), …)`` and a fresh salt.

        >>> Secret.tiered(((Decimal(0), Decimal(1)), (Decimal(100), Decimal(2)))).highest
        Decimal('2.0000')
        """
        values = tuple(
            (start.quantize(_SCALE), rate.quantize(_SCALE, ROUND_HALF_EVEN))
            for start, rate in brackets
        )
        return cls(brackets=values, salt=os.urandom(SALT_BYTES))

    @property
    def rate(self):
        """The first bracket's rate: the only one of a line without tiers."""
        return self.brackets[0][1]

    @property
    def lowest(self):
        return min([rate for _start, rate in self.brackets])

    @property
    def highest(self):
        return max([rate for _start, rate in self.brackets])


def pack(secret):
    """Return ``secret`` as bytes of one fixed length, so that a token's length tells nothing.

    >>> len(pack(Secret.plain(Decimal(3)))) == len(pack(Secret.plain(Decimal("12.3456"))))
    True
    """
    if not 1 <= len(secret.brackets) <= MAX_BRACKETS:
        raise ValueError("a rate has between one and ten brackets")
    body = b"".join(
        _BRACKET.pack(int(start / _SCALE), int(rate / _SCALE)) for start, rate in secret.brackets
    )
    head = _HEAD.pack(_PAYLOAD_VERSION, len(secret.brackets), secret.salt)
    return (head + body).ljust(PAYLOAD_BYTES, b"\0")


def unpack(payload, known=None):
    """Return the :class:`Secret` that :func:`pack` wrote.

    :param dict known: brackets that were unpacked before, by their bytes; of many secrets that
        have the same ones, they are then one object

    >>> secret = Secret.plain(Decimal("4.5"))
    >>> unpack(pack(secret)) == secret
    True
    """
    version, count, salt = _HEAD.unpack_from(payload)
    if version != _PAYLOAD_VERSION:
        raise VaultError("unknown payload version")
    body = payload[_HEAD.size : _HEAD.size + count * _BRACKET.size]
    brackets = None if known is None else known.get(body)
    if brackets is None:
        pairs = _BRACKET.iter_unpack(body)
        brackets = tuple((start * _SCALE, rate * _SCALE) for start, rate in pairs)
        if known is not None:
            known[body] = brackets
    return Secret(brackets, salt)


def key_id(key):
    """Return the public name of ``key``: 16 hexadecimal digits that do not lead back to it."""
    return hashlib.sha256(b"channel_rebate key\0" + key).hexdigest()[:16]


class Vault:
    """Seals and opens bytes under one key.

    >>> vault = Vault(bytes(32))
    >>> vault.unseal(vault.seal(b"3.25", "rate,1"), "rate,1")
    b'3.25'
    >>> vault.unseal(vault.seal(b"3.25", "rate,1"), "rate,2")
    Traceback (most recent call last):
    ...
    odoo.addons.channel_rebate.tools.vault.VaultError: the token is damaged or belongs elsewhere
    """

    def __init__(self, key, find_key=None):
        """Take a key, and a way to find those of former times.

        :param find_key: function from the id of another key to that key, or nothing; it may raise
            :class:`LostKeyError`
        """
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        self.key_id = key_id(key)
        self._find_key = find_key
        self._others = {}
        self._mac_key = mac_key(key)
        self._cipher = AESGCM(key)

    def seal(self, plain, context):
        """Return ``plain`` (bytes) as a token (ASCII text) bound to ``context`` (text)."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, context.encode())
        return ":".join((_FORMAT, self.key_id, base64.b64encode(sealed).decode()))

    def unseal(self, token, context):
        """Return the bytes in ``token``.

        :raise VaultError: the token is of an unknown key, of another context, or changed
        :raise LostKeyError: its key is lost
        """
        version, token_key_id, body = token.split(":", 2)
        if token_key_id != self.key_id or version != _FORMAT:
            if version == _FORMAT and self._find_key:
                return self._other(token_key_id).unseal(token, context)
            raise VaultError(f"the token was made with key {token_key_id}")
        sealed = binascii.a2b_base64(body)
        try:
            return self._cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode()
            )
        except InvalidTag:
            raise VaultError("the token is damaged or belongs elsewhere") from None

    def _other(self, other_id):
        """Return the vault of another key, which is looked for once, whatever comes of it."""
        if other_id not in self._others:
            try:
                key = self._find_key(other_id)
                self._others[other_id] = Vault(key) if key else VaultError
            except LostKeyError:
                self._others[other_id] = LostKeyError
        found = self._others[other_id]
        if isinstance(found, Vault):
            return found
        raise found(f"the token was made with key {other_id}")

    def has_key(self, wanted_id):
        """Tell whether tokens of a key open, as far as it is at hand."""
        try:
            return wanted_id == self.key_id or bool(self._find_key and self._other(wanted_id))
        except VaultError:
            return False

    def verify(self, mark, hash_text):
        """Tell whether a mark on a hash is right: of this key, or of a former one at hand."""
        name = mark.partition(":")[0]
        if not self.has_key(name):
            return False
        own = self if name == self.key_id else self._other(name)
        return own.mac(hash_text) == mark

    def mac(self, hash_text):
        """Return the mark of this key on a hash of :mod:`tools.chain`, led by the key's id."""
        return f"{self.key_id}:{mac(self._mac_key, hash_text)}"
