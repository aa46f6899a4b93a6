"""One function reads every text that users write: marks are dropped, other encodings named, no locale asked."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from harness.data.mix import load_mix
from harness.errors import InputError
from harness.suites.targets import load_targets
from harness.surrogates.training.ablation import load_ablation
from harness.surrogates.training.plan import load_plan
from harness.tasks.spins.exchange.gissmo_xml import read_gissmo_xml
from harness.tasks.spins.exchange.spinxml import read_spinxml
from harness.tasks.spins.systems.system_file import load_toml
from harness.text_files import read_text

TEXT = "name = 'Zoë'\nline = 2\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_utf8_in_any_dress(tmp_path: Path, mark: bytes, end: str) -> None:
    path = tmp_path / "räum.txt"
    path.write_bytes(mark + TEXT.replace("\n", end).encode())
    assert read_text(path) == TEXT


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-16", "is UTF-16 text"),
        ("utf-32", "is UTF-32 text"),
        ("utf-16-le", "null bytes, as UTF-16"),
        ("cp1252", r"byte 0xeb in line 1\)"),
    ],
)
def test_other_encodings_are_named(tmp_path: Path, encoding: str, words: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(TEXT.encode(encoding))
    with pytest.raises(InputError, match=words) as caught:
        read_text(path, "plan")
    assert "a.toml" in str(caught.value)
    assert "save it as UTF-8" in str(caught.value)


@pytest.mark.parametrize(
    ("reader", "name"),
    [
        (load_toml, "a.toml"), (load_mix, "a.toml"), (partial(load_plan, "fno"), "a.toml"), (load_ablation, "a.toml"),
        (load_targets, "a.toml"), (read_gissmo_xml, "a.xml"), (read_spinxml, "a.sxml"),
    ],
)  # fmt: skip
def test_every_reader_goes_through_it(tmp_path: Path, reader: object, name: str) -> None:
    """UTF-16 is named as such by each of them; a byte-order mark gives the message that the file has without one."""
    path = tmp_path / name
    path.write_bytes("a = 1\n".encode("utf-16"))
    with pytest.raises(InputError, match="UTF-16"):
        reader(path)  # type: ignore[operator]
    predicted = []
    for mark in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(mark + b"not_a_key = 1\n")
        with pytest.raises(InputError) as caught:
            reader(path)  # type: ignore[operator]
        predicted.append(str(caught.value))
    assert predicted[0] == predicted[1]


def test_the_locale_has_no_say(tmp_path: Path) -> None:
    """The same text under the C locale, with Python's UTF-8 mode and coercion switched off."""
    path = tmp_path / "a.toml"
    path.write_bytes(TEXT.encode())
    code = "import sys; from harness.text_files import read_text; print(ascii(read_text(sys.argv[1])))"
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ascii(TEXT)
