"""Where the encryption key lives: outside the database, in the environment or in a file.

``CHANNEL_REBATE_KEY``       the key itself, 32 bytes as base64
``CHANNEL_REBATE_KEY_FILE``  the path of a file that holds it in the same form
neither                      ``<data folder>/channel_rebate/<key id>.key``, made on first use

Several hosts of one database share the folder or the variable.
"""

import base64
import binascii
import os
import pathlib
import secrets

from .vault import KEY_BYTES, key_id

KEY_VARIABLE = "CHANNEL_REBATE_KEY"
FILE_VARIABLE = "CHANNEL_REBATE_KEY_FILE"


class KeyStoreError(Exception):
    """The key cannot be had. ``place`` names the file or variable, ``reason`` is a word for why.

    ``reason`` is one of ``missing``, ``malformed``, ``different``, ``unreadable``.
    """

    def __init__(self, reason, place):
        super().__init__(f"{reason}: {place}")
        self.reason = reason
        self.place = str(place)


def _decode(text, place):
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise KeyStoreError("malformed", place) from None
    if len(key) != KEY_BYTES:
        raise KeyStoreError("malformed", place)
    return key


def _read(path):
    try:
        return _decode(path.read_text("ascii"), path)
    except FileNotFoundError:
        raise KeyStoreError("missing", path) from None
    except UnicodeDecodeError:
        raise KeyStoreError("malformed", path) from None
    except OSError:
        raise KeyStoreError("unreadable", path) from None


def _configured_key(environ):
    """Return ``(key, place)`` from the environment, or ``(None, None)``."""
    if environ.get(KEY_VARIABLE):
        return _decode(environ[KEY_VARIABLE], KEY_VARIABLE), KEY_VARIABLE
    if environ.get(FILE_VARIABLE):
        path = pathlib.Path(environ[FILE_VARIABLE])
        return _read(path), path
    return None, None


def load_key(environ, folder, known_id):
    """Return the key whose id the database knows.

    :param environ: mapping of environment variables
    :param folder: default folder of key files
    :param known_id: the id that the database keeps
    :raise KeyStoreError: it is missing, malformed, unreadable or another one; a new key is
        never made in its place, since everything sealed would be lost behind it
    """
    key, place = _configured_key(environ)
    if key is None:
        place = pathlib.Path(folder, f"{known_id}.key")
        key = _read(place)
    if key_id(key) != known_id:
        raise KeyStoreError("different", place)
    return key


def make_key(environ, folder):
    """Return the configured key, else a new one that is safely on disk before it is returned.

    The caller holds a lock: two first uses at once would make two keys.
    """
    key, _place = _configured_key(environ)
    if key is None:
        key = secrets.token_bytes(KEY_BYTES)
        _write_new(pathlib.Path(folder, f"{key_id(key)}.key"), base64.b64encode(key) + b"\n")
    return key


def _write_new(path, content):
    """Write a file that must not exist yet, readable by the service user only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
