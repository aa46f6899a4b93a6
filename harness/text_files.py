"""Text that users write (molecule, system, mix, plan and target files, XML): all of it is read by :func:`read_text`.

Such files are UTF-8. A byte-order mark, which Windows editors write, is not part of the text. For another encoding the
error names it, because a guess could change names without a warning. The locale has no effect.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from harness.errors import InputError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_text(path: str | Path, what: str = "file") -> str:
    """The text of a UTF-8 file without its byte-order mark, lines ended by a line feed.

    Parameters
    ----------
    path
        The file.
    what
        The kind of file, for messages: "molecule file", "training plan".

    Raises
    ------
    InputError
        If the file cannot be read, or is UTF-16, UTF-32 or not UTF-8: one line that names the encoding, or the line of
        the first byte that is not UTF-8.
    """
    name = f"{what} {str(path)!r}"
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a path with a null byte
        raise InputError(f"{name}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    for mark, encoding in _OTHER_MARKS:
        if content.startswith(mark):
            raise InputError(f"{name}: is {encoding} text; save it as UTF-8")
    if b"\0" in content:
        raise InputError(f"{name}: holds null bytes, as UTF-16 or binary data do; save it as UTF-8 text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name}: is not UTF-8 text (byte 0x{content[error.start]:02x} in line {line}); save it as UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
