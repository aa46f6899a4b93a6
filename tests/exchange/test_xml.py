"""SpinXML both ways and GISSMO in: values bit for bit, names as data, one line for what is broken."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import load_molecule
from harness.errors import InputError
from harness.tasks.spins.exchange.gissmo_xml import read_gissmo_xml
from harness.tasks.spins.exchange.molecule_toml import toml_of
from harness.tasks.spins.exchange.spinxml import read_spinxml, spinxml_of
from harness.tasks.spins.systems import Molecule, molecule_names
from tests.exchange.hostile import hostile_molecule


def written(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def same(one: Molecule, other: Molecule) -> None:
    assert one.labels == other.labels
    assert one.isotopes == other.isotopes
    np.testing.assert_array_equal(one.shifts_ppm, other.shifts_ppm)
    np.testing.assert_array_equal(one.couplings_hz, other.couplings_hz)


@pytest.mark.parametrize("name", molecule_names())
def test_spinxml_and_toml_round_trip(tmp_path: Path, name: str) -> None:
    for source in molecule_names()[name]:
        molecule = load_molecule(name, source)
        through = read_spinxml(written(tmp_path, spinxml_of(molecule), "a.sxml"))
        same(molecule, through)
        back = load_molecule(written(tmp_path, toml_of(molecule), "b.toml"))
        same(molecule, back)
        assert (back.name, back.tagged_spin, back.groups) == (molecule.name, molecule.tagged_spin, molecule.groups)
        assert dict(back.conditions) == dict(molecule.conditions)
        assert dict(back.citation) == dict(molecule.citation)
        assert set(back.status.values()) == set(molecule.status.values())


def test_names_are_data(tmp_path: Path) -> None:
    molecule = hostile_molecule()
    same(molecule, read_spinxml(written(tmp_path, spinxml_of(molecule), "a.sxml")))
    back = load_molecule(written(tmp_path, toml_of(molecule), "b.toml"))
    assert back.name == molecule.name
    assert back.labels == tuple("_".join(label.split()) for label in molecule.labels)
    np.testing.assert_array_equal(back.couplings_hz, molecule.couplings_hz)
    assert back.tagged_spin == 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5, unique=True),
    st.floats(-1e3, 1e3),
    st.floats(-300, 300),
)
def test_any_label(tmp_path_factory: pytest.TempPathFactory, labels: list[str], shift: float, coupling: float) -> None:
    n = len(labels)
    couplings = np.full((n, n), coupling) - np.diag(np.full(n, coupling))
    names = tuple(labels)
    molecule = Molecule("any", "file", names, ("1H",) * n, names, np.full(n, shift), couplings)
    folder = tmp_path_factory.mktemp("any")
    try:
        text = spinxml_of(molecule)
    except InputError as refused:
        assert "XML cannot" in str(refused)  # noqa: PT017 (a refusal is one of the two right outcomes)
    else:
        same(molecule, read_spinxml(written(folder, text, "a.sxml")))
    try:
        text = toml_of(molecule)
    except InputError as refused:
        assert "without spaces" in str(refused)  # noqa: PT017
    else:
        back = load_molecule(written(folder, text, "b.toml"))
        np.testing.assert_array_equal(back.couplings_hz, molecule.couplings_hz)
        np.testing.assert_array_equal(back.shifts_ppm, molecule.shifts_ppm)


def test_what_is_written_follows_the_schema() -> None:
    """The rules of SpinXML that a reader relies on: consecutive ids, kinds, units, no pair with itself."""
    root = ElementTree.fromstring(spinxml_of(load_molecule("valine")))
    assert [s.get("id") for s in root.findall("spin")] == [str(k + 1) for k in range(8)]
    items = root.findall("interaction")
    assert [i.get("id") for i in items] == [str(k + 1) for k in range(len(items))]
    assert {(i.get("kind"), i.get("units")) for i in items} == {("shift", "ppm"), ("jcoupling", "Hz")}
    assert all(i.get("spin_b") is None for i in items if i.get("kind") == "shift")
    assert all(i.get("spin_a") != i.get("spin_b") for i in items)
    assert all(len(i) == 1 and i[0].tag == "scalar" for i in items)


TENSORS = """<?xml version="1.0" encoding="utf-8"?>
<spin_system>
  <spin id="2" isotope="13C" label="C"><coordinates x="0" y="0" z="1"/></spin>
  <spin id="1" isotope="1H" label="H"/>
  <spin id="3" isotope="17O"/>
  <interaction kind="shift" id="1" units="ppm" spin_a="1"><tensor xx="1" xy="9" xz="0" yx="9" yy="2" yz="0" zx="0"
    zy="0" zz="6"/></interaction>
  <interaction kind="shift" id="2" units="ppm" spin_a="2"><eigenvalues xx="10" yy="20" zz="30"/>
    <orientation><euler_angles alpha="0" beta="1" gamma="0"/></orientation></interaction>
  <interaction kind="jcoupling" id="3" units="Hz" spin_a="2" spin_b="1"><aniso_asymm iso="140.5" aniso="3" asymm="0"/>
    <orientation><euler_angles alpha="0" beta="1" gamma="0"/></orientation></interaction>
  <interaction kind="dipolar" id="4" units="Hz" spin_a="1" spin_b="2"><scalar iso="0"/></interaction>
  <interaction kind="quadrupolar" id="5" units="MHz" spin_a="3"><scalar iso="0"/></interaction>
  <interaction kind="jcoupling" id="6" units="Hz" spin_a="1" spin_b="3"><scalar iso="5"/></interaction>
</spin_system>
"""


def test_isotropic_parts_are_read(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="spins 2 are given by principal values"):
        molecule = read_spinxml(written(tmp_path, TENSORS, "t.xml"), keep=["1H", "13C"])
    assert molecule.labels == ("H", "C")
    assert molecule.isotopes == ("1H", "13C")
    assert molecule.shifts_ppm.tolist() == [3.0, 20.0]
    assert molecule.couplings_hz.tolist() == [[0, 140.5], [140.5, 0]]
    with pytest.warns(UserWarning, match="principal values"):
        carbon = read_spinxml(tmp_path / "t.xml", keep=["13C"])
    assert carbon.labels == ("C",)
    assert (carbon.positions_angstrom, carbon.csa_ppm) == (pytest.approx(np.array([[0.0, 0.0, 1.0]])), None)
    hydrogen = read_spinxml(tmp_path / "t.xml", keep=["1H"])
    assert hydrogen.positions_angstrom is None  # it has no coordinates
    assert hydrogen.csa_ppm is not None
    assert hydrogen.csa_ppm.tolist() == [[[1.0, 9.0, 0.0], [9.0, 2.0, 0.0], [0.0, 0.0, 6.0]]]


GOOD = spinxml_of(load_molecule("alanine"))
BROKEN = {
    "isotope": (TENSORS, ["'17O' of spin 3", "--keep"]),
    "not xml": ("<spin_system>", ["not well-formed"]),
    "root": ("<molecule/>", ["'molecule'", "'spin_system'"]),
    "doctype": ('<!DOCTYPE x [<!ENTITY a "b">]><spin_system/>', ["document type"]),
    "empty": ("<spin_system/>", ["ids of <spin>"]),
    "id twice": (GOOD.replace('spin id="2"', 'spin id="1"'), ["ids of <spin>", "[1, 1, 3, 4]"]),
    "id word": (GOOD.replace('spin id="2"', 'spin id="two"'), ["id = 'two'"]),
    "unit": (GOOD.replace('units="Hz"', 'units="kHz"', 1), ["'kHz'", "must be Hz"]),
    "shift unit": (GOOD.replace('units="ppm"', 'units="Hz"', 1), ["shift in 'Hz'", "must be ppm"]),
    "kind": (GOOD.replace('kind="jcoupling"', 'kind="hfc"', 1), ["'hfc'", "only shift and jcoupling"]),
    "unknown spin": (GOOD.replace('spin_b="2"', 'spin_b="9"', 1), ["spin_b = '9'", "1 to 4"]),
    "nan": (GOOD.replace('iso="3.7674"', 'iso="nan"'), ["iso = 'nan'", "finite"]),
    "no value": (GOOD.replace('<scalar iso="3.7674" />', ""), ["no value"]),
    "no shift": (GOOD.replace('kind="shift" id="1"', 'kind="dipolar" id="1"'), ["spin 1 has no interaction"]),
    "unknown element": (GOOD.replace("</spin_system>", "<exchange/></spin_system>"), ["<exchange>", "not known here"]),
    "unknown group": (
        GOOD.replace("<spin_system>", "<spin_system><more>").replace("</spin_system>", "</more></spin_system>"),
        ["<more> in <spin_system>"],
    ),
    "unknown attribute": (
        GOOD.replace('label="HA"', 'multiplicity="3"', 1).replace('isotope="1H"', 'isotope="1H" count="3"', 1),
        ["count = '3' of <spin>"],
    ),
    "scaled": (GOOD.replace('units="Hz"', 'units="Hz" scale="2"', 1), ["scale = '2' of <interaction>"]),
    "unknown part": (GOOD.replace('<scalar iso="3.7674" />', '<scalar iso="3.7674" /><strain/>'), ["<strain>"]),
    "two values": (GOOD.replace('<scalar iso="3.7674" />', '<scalar iso="3.7674" /><scalar iso="1" />'), ["2 values"]),
    "shift of two": (
        GOOD.replace(
            'kind="shift" id="1" units="ppm" spin_a="1"', 'kind="shift" id="1" units="ppm" spin_a="1" spin_b="2"'
        ),
        ["spin_b = '2'", "one spin"],
    ),
    "pair twice, first zero": (
        GOOD.replace(
            "</spin_system>",
            2
            * ('<interaction kind="jcoupling" id="90" units="Hz" spin_a="2" spin_b="3"><scalar iso="0"/></interaction>')
            + "</spin_system>",
        ),
        ["is there already"],
    ),
    "two shifts": (GOOD.replace('spin_a="2">', 'spin_a="1">', 1), ["has a shift already"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_spinxml(tmp_path: Path, case: str) -> None:
    text, words = BROKEN[case]
    with pytest.raises(InputError) as caught:
        read_spinxml(written(tmp_path, text, "case.sxml"))
    message = str(caught.value)
    assert "\n" not in message
    for word in ["case.sxml", *words]:
        assert word in message


GISSMO = """<spin_simulation><version>2</version><name>Some acid; system('x')</name><ID>bmse000000_simulation_1</ID>
<field_strength>499.84</field_strength>
<coupling_matrix><label>merged</label><index>1</index><lw>1.2</lw>
<additional_coupling_constants>
</additional_coupling_constants>
<spin_names><spin index="1" name="9"></spin><spin index="2" name="12"></spin></spin_names>
<chemical_shifts_ppm><cs index="2" ppm="2.5"></cs><cs index="1" ppm="1.0533"></cs></chemical_shifts_ppm>
<couplings_Hz><coupling from_index="2" to_index="1" value="7.3360420"></coupling></couplings_Hz></coupling_matrix>
<coupling_matrix><chemical_shifts_ppm><cs index="1" ppm="5.5"></cs></chemical_shifts_ppm></coupling_matrix>
</spin_simulation>
"""


def test_gissmo(tmp_path: Path) -> None:
    path = written(tmp_path, GISSMO, "g.xml")
    molecule = read_gissmo_xml(path)
    assert molecule.labels == ("H9", "H12")
    assert molecule.shifts_ppm.tolist() == [1.0533, 2.5]
    assert molecule.couplings_hz.tolist() == [[0, 7.336042], [7.336042, 0]]
    assert molecule.name == "Some acid; system('x')"
    assert "bmse000000" in molecule.citation["id"]
    assert read_gissmo_xml(path, matrix=2).shifts_ppm.tolist() == [5.5]
    same(molecule, load_molecule(written(tmp_path, toml_of(molecule), "g.toml")))


BROKEN_GISSMO = {
    "matrix": (GISSMO, 3, ["no coupling_matrix 3", "there are 2"]),
    "gap": (GISSMO.replace('cs index="2"', 'cs index="3"'), 1, ["[1, 3]"]),
    "twice": (GISSMO.replace('cs index="2"', 'cs index="1"'), 1, ["spin 1 has two shifts"]),
    "value": (GISSMO.replace('"7.3360420"', '"seven"'), 1, ["value = 'seven'"]),
    "index": (GISSMO.replace('to_index="1"', 'to_index="7"'), 1, ["to_index = '7'", "1 to 2"]),
    "itself": (GISSMO.replace('to_index="1"', 'to_index="2"'), 1, ["one spin"]),
    "root": ("<a/>", 1, ["'spin_simulation'"]),
    "version": (GISSMO.replace("<version>2", "<version>3"), 1, ["version '3'", "read are 1 and 2"]),
    "no version": (GISSMO.replace("<version>2</version>", ""), 1, ["version ''"]),
    "other nuclei": (
        GISSMO.replace("</additional_coupling_constants>", '<acc spin_index="1" coupling="47.1" spin_group_index="1" '
                       'coupling_group_index="1"></acc></additional_coupling_constants>'),
        1, ["<additional_coupling_constants>", "other nuclei"],
    ),
    "unknown element": (GISSMO.replace("<lw>", "<isotope>13C</isotope><lw>"), 1, ["<isotope> in <coupling_matrix>"]),
    "unknown at the top": (GISSMO.replace("<ID>", "<exchange/><ID>"), 1, ["<exchange> in <spin_simulation>"]),
    "unknown shift": (GISSMO.replace('<cs index="2" ppm="2.5"></cs>', "<shift>2.5</shift>"), 1, ["<shift>"]),
    "unknown coupling": (GISSMO.replace("</couplings_Hz>", "<dipolar/></couplings_Hz>"), 1, ["<dipolar>"]),
    "both forms": (GISSMO.replace('ppm="2.5"></cs>', 'ppm="2.5">2.6</cs>'), 1, ["attributes and the text '2.6'"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN_GISSMO)
def test_broken_gissmo(tmp_path: Path, case: str) -> None:
    text, matrix, words = BROKEN_GISSMO[case]
    with pytest.raises(InputError) as caught:
        read_gissmo_xml(written(tmp_path, text, "case.xml"), matrix)
    message = str(caught.value)
    assert "\n" not in message
    for word in ["case.xml", *words]:
        assert word in message


GISSMO_1 = """<spin_simulation>
\t<version>1</version>
\t<name>three protons</name>
\t<ID>invented</ID>
\t<coupling_matrix>
\t\t<label>merged</label>
\t\t<index>1</index>
\t\t<spin_names>
\t\t\t<spin>7</spin>
\t\t\t<spin>8</spin>
\t\t\t<spin>11</spin>
\t\t</spin_names>
\t\t<chemical_shifts_ppm>
\t\t\t<cs>7.10000</cs>
\t\t\t<cs> 4.20000 </cs>
\t\t\t<cs>-0.5</cs>
\t\t</chemical_shifts_ppm>
\t\t<couplings_Hz>
\t\t\t<coupling>from_index="1" to_index="2" value="7.5000000"</coupling>
\t\t\t<coupling>from_index="3" to_index="2" value="-12.25"</coupling>
\t\t\t<coupling>from_index="2" to_index="1" value="7.5000000"</coupling>
\t\t</couplings_Hz>
\t</coupling_matrix>
</spin_simulation>
"""


def test_gissmo_of_the_first_version(tmp_path: Path) -> None:
    molecule = read_gissmo_xml(written(tmp_path, GISSMO_1, "g.xml"))
    assert molecule.labels == ("H7", "H8", "H11")
    assert molecule.shifts_ppm.tolist() == [7.1, 4.2, -0.5]
    assert molecule.couplings_hz.tolist() == [[0, 7.5, 0], [7.5, 0, -12.25], [0, -12.25, 0]]


def test_gissmo_of_both_versions_is_one_molecule(tmp_path: Path) -> None:
    """The same numbers in the form of version 2, whatever number the file states: the form is read, not the number."""
    first = read_gissmo_xml(written(tmp_path, GISSMO_1, "a.xml"))
    text = GISSMO_1
    for k, (name, shift) in enumerate(zip(("7", "8", "11"), ("7.10000", " 4.20000 ", "-0.5"), strict=True), 1):
        text = text.replace(f"<spin>{name}</spin>", f'<spin index="{k}" name="{name}"></spin>')
        text = text.replace(f"<cs>{shift}</cs>", f'<cs index="{k}" ppm="{shift.strip()}"></cs>')
    text = text.replace("<coupling>", "<coupling ").replace('"</coupling>', '"></coupling>')
    same(first, read_gissmo_xml(written(tmp_path, text, "b.xml")))
    same(first, read_gissmo_xml(written(tmp_path, text.replace("<version>1", "<version>2"), "c.xml")))


BROKEN_GISSMO_1 = {
    "shift": (GISSMO_1.replace("<cs>7.10000</cs>", "<cs>seven</cs>"), ["ppm = 'seven'", "finite number"]),
    "missing value": (GISSMO_1.replace(' value="-12.25"', ""), ["must be from_index, to_index and value"]),
    "more": (GISSMO_1.replace('"-12.25"', '"-12.25" kind="dipolar"'), ["must be from_index, to_index and value"]),
    "index": (GISSMO_1.replace('from_index="3"', 'from_index="4"'), ["from_index = '4'", "1 to 3"]),
    "two values": (GISSMO_1.replace('to_index="1" value="7.5', 'to_index="1" value="8.5'), ["has two values"]),
    "a zero, then a value": (GISSMO_1.replace('"7.5000000"', '"0"', 1), ["has two values"]),
    "prose": (GISSMO_1.replace('from_index="3" to_index="2" value="-12.25"', "3 2 -12.25"), ["text '3 2 -12.25'"]),
}


@pytest.mark.parametrize("case", BROKEN_GISSMO_1)
def test_broken_gissmo_of_the_first_version(tmp_path: Path, case: str) -> None:
    text, words = BROKEN_GISSMO_1[case]
    assert text != GISSMO_1
    with pytest.raises(InputError) as caught:
        read_gissmo_xml(written(tmp_path, text, "case.xml"))
    message = str(caught.value)
    assert "\n" not in message
    for word in ["case.xml", *words]:
        assert word in message
