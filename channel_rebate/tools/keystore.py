"""Where the encryption key lives: outside the database, in the environment or in a file.

``CHANNEL_REBATE_KEY``       the key itself, 32 bytes as base64
``CHANNEL_REBATE_KEY_FILE``  the path of a file that holds it in the same form
neither                      ``<data folder>/channel_rebate/<key id>.key``, made on first use

``CHANNEL_REBATE_NEW_KEY`` and ``CHANNEL_REBATE_NEW_KEY_FILE`` hold in the same way the key that
comes next. Whichever of the variables holds the key that a database knows is the right one, so
nothing has to change at the very moment of a rotation.

Several hosts of one database share the folder or the variable.
"""

import base64
import binascii
import os
import pathlib
import secrets
import stat

from .vault import KEY_BYTES, key_id

KEY_VARIABLE = "CHANNEL_REBATE_KEY"
FILE_VARIABLE = "CHANNEL_REBATE_KEY_FILE"
NEW_KEY_VARIABLE = "CHANNEL_REBATE_NEW_KEY"
NEW_FILE_VARIABLE = "CHANNEL_REBATE_NEW_KEY_FILE"
_NOW = (KEY_VARIABLE, FILE_VARIABLE)
_NEXT = (NEW_KEY_VARIABLE, NEW_FILE_VARIABLE)
# A key file of ours is the service user's alone.
FILE_MODE = 0o600


class KeyStoreError(Exception):
    """The key cannot be had. ``place`` names the file or variable, ``reason`` is a word for why.

    ``reason`` is one of ``missing``, ``malformed``, ``different``, ``unreadable``, ``same``.
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


def _read_variable(environ, name):
    """Return ``(key, place)`` of what a variable that is set holds or points to."""
    if name in (KEY_VARIABLE, NEW_KEY_VARIABLE):
        return _decode(environ[name], name), name
    path = pathlib.Path(environ[name])
    return _read(path), path


def _configured_key(environ, names):
    """Return ``(key, place)`` from the first variable that is set, or ``(None, None)``."""
    for name in names:
        if environ.get(name):
            return _read_variable(environ, name)
    return None, None


def default_path(folder, known_id):
    """Return the path of the key file that is made here."""
    return pathlib.Path(folder, f"{known_id}.key")


def locate_key(environ, folder, known_id):
    """Return ``(key, place)`` of the key whose id the database knows; see :func:`load_key`."""
    errors = []
    for name in (*_NOW, *_NEXT):
        if not environ.get(name):
            continue
        try:
            key, place = _read_variable(environ, name)
            if key_id(key) == known_id:
                return key, place
            raise KeyStoreError("different", place)
        except KeyStoreError as error:
            errors.append((name in _NEXT, error))
    if any(not is_next for is_next, _error in errors):
        raise errors[0][1]
    # The next key alone says nothing about today's, which is in the folder.
    path = default_path(folder, known_id)
    key = _read(path)
    if key_id(key) != known_id:
        raise KeyStoreError("different", path)
    return key, path


def load_key(environ, folder, known_id):
    """Return the key whose id the database knows.

    :param environ: mapping of environment variables
    :param folder: default folder of key files
    :param known_id: the id that the database keeps
    :raise KeyStoreError: it is missing, malformed, unreadable or another one; a new key is
        never made in its place, since everything sealed would be lost behind it
    """
    return locate_key(environ, folder, known_id)[0]


def find_key(environ, folder, wanted_id):
    """Return ``(key, place)`` of a key, wherever it is at hand, or ``(None, None)``.

    Unlike :func:`load_key` it looks into the folder also if variables hold other keys: for keys
    of former times.

    :raise KeyStoreError: only if the file in the folder may not be read
    """
    for name in (*_NOW, *_NEXT):
        try:
            key, place = _configured_key(environ, (name,))
        except KeyStoreError:
            continue
        if key and key_id(key) == wanted_id:
            return key, place
    path = default_path(folder, wanted_id)
    try:
        key = _read(path)
    except KeyStoreError as error:
        if error.reason == "unreadable":
            raise
        return None, None
    return (key, path) if key_id(key) == wanted_id else (None, None)


def make_key(environ, folder):
    """Return the configured key, else a new one that is safely on disk before it is returned.

    The caller holds a lock: two first uses at once would make two keys.
    """
    key, _place = _configured_key(environ, _NOW)
    return key or make_key_file(folder)[0]


def next_key(environ, known_id):
    """Return ``(key, place)`` of the configured key that comes next, or ``(None, None)``.

    None means that a file is to be made, as today's key is in one that was made here.

    :raise KeyStoreError: a variable is wrong; ``missing`` if today's key is configured and the
        next one is not; ``same`` if both are one
    """
    key, place = _configured_key(environ, _NEXT)
    if key is None and any(environ.get(name) for name in _NOW):
        raise KeyStoreError("missing", NEW_KEY_VARIABLE)
    if key and key_id(key) == known_id:
        raise KeyStoreError("same", place)
    return key, place


def replacement_key(environ):
    """Return the configured key that takes the place of a lost one, or ``(None, None)``."""
    return _configured_key(environ, (*_NEXT, *_NOW))


def make_key_file(folder):
    """Return ``(key, path)`` of a new key that is safely on disk."""
    key = secrets.token_bytes(KEY_BYTES)
    path = default_path(folder, key_id(key))
    _write_new(path, base64.b64encode(key) + b"\n")
    return key, path


def is_open_to_others(path):
    """Tell whether others than the service user may read or change a key file."""
    return stat.S_IMODE(path.stat().st_mode) != FILE_MODE


def _write_new(path, content):
    """Write a file that must not exist yet, readable by the service user only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
