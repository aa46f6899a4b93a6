"""Reading XML from unknown sources: UTF-8 only, no document type (so no entities), and one line for every fault."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path
from xml.etree import ElementTree

from harness.errors import InputError
from harness.text_files import read_text


def read_xml(path: Path, root: str) -> ElementTree.Element:
    """The root element of a file, which must be named ``root``.

    Raises
    ------
    InputError
        If the file cannot be read, is not UTF-8, has a document type declaration, is not well-formed, or has another
        root.
    """
    text = read_text(path, "XML file")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError(f"{path.name}: has a document type declaration, which is not read; remove it")
    try:
        element = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise InputError(f"{path.name}: is not well-formed XML ({str(error).splitlines()[0]})") from None
    if element.tag != root:
        raise InputError(f"{path.name}: root element {element.tag!r}, expected {root!r}")
    return element


def only_children(element: ElementTree.Element, known: Collection[str], where: str) -> None:
    """Refuse a child that is not known: what is not read may change the spectrum."""
    for child in element:
        if child.tag not in known:
            raise InputError(f"{where}: <{child.tag}> in <{element.tag}> is not known here; it is not read, remove it")


def only_attributes(element: ElementTree.Element, known: Collection[str], where: str) -> None:
    """Refuse an attribute that is not known."""
    for key in element.attrib:
        if key not in known:
            raise InputError(f"{where}: {key} = {element.get(key)!r} of <{element.tag}> is not known here; remove it")


def number_of(element: ElementTree.Element, key: str, where: str) -> float:
    """A finite number in an attribute."""
    text = element.get(key)
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{where}: {key} = {text!r} of <{element.tag}> must be a finite number")
    return value


def index_of(element: ElementTree.Element, key: str, where: str, count: int | None = None) -> int:
    """A whole number from 1 (to ``count``) in an attribute."""
    text = element.get(key, "")
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if value < 1 or (count is not None and value > count):
        upto = "" if count is None else f" to {count}"
        raise InputError(f"{where}: {key} = {text!r} of <{element.tag}> must be a number from 1{upto}")
    return value
