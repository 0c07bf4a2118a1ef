"""A signed paper as a file: what it is, and how it is told from another one."""

import hashlib
from dataclasses import dataclass, field

# How files begin that can be kept as a signed paper.
_BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A scan, or a printed agreement that was signed on the screen."""

    content: bytes = field(repr=False)
    name: str = ""

    @property
    def kind(self):
        """``pdf``, ``png`` or ``jpg``, as the file itself begins; ``None`` for anything else.

        >>> Paper(b"%PDF-1.4").kind
        'pdf'
        >>> Paper(b"<html>", "signed.pdf").kind is None
        True
        """
        for kind, beginning in _BEGINNINGS.items():
            if self.content.startswith(beginning):
                return kind
        return None

    @property
    def file_hash(self):
        """SHA-256 as 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()
