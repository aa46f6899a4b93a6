"""``harness simulate`` as a user calls it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from harness import SpinSystem, TimeGrid, load_molecule, simulate
from harness.cli import main

PNG = b"\x89PNG\r\n\x1a\n"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in ("simulate", *arguments)])
    return int(ended.value.code or 0)


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    path = tmp_path / "my_system.toml"
    path.write_text("offsets_hz = [10.0, -35.0]\ncouplings_hz = [[0, 7.2], [7.2, 0]]\n", encoding="utf-8")
    return path


def test_csv_is_the_library_call_to_the_bit(tmp_path: Path) -> None:
    out = tmp_path / "alanine.csv"
    options = ("--method", "exact", "--field-t", 14.1, "--carrier-ppm", 2.6, "--points", 300, "--dt-s", 1e-4)
    assert run("alanine", *options, "--out", out) == 0
    rows = list(csv.reader(out.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["t_s", "mx", "my", "i1z"]
    expected = simulate(
        load_molecule("alanine", source="gissmo").at(field_t=14.1, carrier_ppm=2.6), TimeGrid(300, 1e-4)
    )
    table = np.array(rows[1:], dtype=float).T
    for column, array in zip(table, (expected.grid.times_s, expected.mx, expected.my, expected.i1z), strict=True):
        np.testing.assert_array_equal(column, array)


def test_csv_on_stdout_by_default(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(pair, "--points", 2) == 0
    head, first, second = capsys.readouterr().out.splitlines()
    assert head == "t_s,mx,my,i1z"
    np.testing.assert_allclose([float(v) for v in first.split(",")], [0, 1, 0, 1], atol=1e-14)
    system = SpinSystem(offsets_hz=[10.0, -35.0], couplings_hz=[[0, 7.2], [7.2, 0]])
    assert float(second.split(",")[1]) == simulate(system, TimeGrid(2, 1e-4)).mx[1]  # type: ignore[index]


def test_a_csv_has_its_origin_next_to_it_and_in_the_printed_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "alanine.csv"
    assert run("alanine", "--method", "spinach", "--carrier-ppm", 2.6, "--points", 4, "--out", out) == 0
    about = json.loads((tmp_path / "alanine.csv.json").read_text(encoding="utf-8"))
    commit = about["provenance"]["details"]["spinach_commit"]
    assert len(commit) == 40
    assert about["field_t"] == 14.1
    assert about["provenance"]["details"]["engine"] == "octave"
    origin = f"Spinach {commit[:12]} under octave {about['provenance']['details']['engine_version']} (cache entry of "
    assert about["origin"].startswith(origin)
    assert origin in capsys.readouterr().err
    assert out.read_text(encoding="utf-8").startswith("t_s,mx,my,i1z\n0.0,1.0,0.0,1.0\n")
    assert run("alanine", "--points", 2) == 0
    assert ", by exact (numpy " in capsys.readouterr().err


@pytest.mark.parametrize(("field_t", "words"), [(600, "--mhz 600 (14.1 T)?"), (400, "--mhz 400 (9.4 T)?"), (28.2, "")])
def test_megahertz_typed_as_tesla_are_a_warning(field_t: float, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("alanine", "--field-t", field_t, "--points", 2, "--dt-s", 1e-6, "--json") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["field_t"] == field_t
    warning = f"harness: warning: --field-t {field_t} is in tesla: did you mean {words}\n"
    assert printed.err == (warning if words else "")


def test_t2_damps_m_only(pair: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(pair, "--points", 50, "--dt-s", 1e-3, "--t2-s", 0.02, "--json") == 0
    damped = json.loads(capsys.readouterr().out)
    assert run(pair, "--points", 50, "--dt-s", 1e-3, "--json") == 0
    plain = json.loads(capsys.readouterr().out)
    decay = np.exp(-1e-3 * np.arange(50) / 0.02)
    np.testing.assert_allclose(damped["mx"], decay * plain["mx"], rtol=1e-12)
    assert damped["i1z"] == plain["i1z"]
    assert damped["t2_s"] == 0.02


def test_spectrum_has_its_lines_where_the_shifts_are(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    options = ("--points", 16384, "--dt-s", 1.25e-4, "--t2-s", 0.5, "--spectrum", "--out", out)
    assert run("alanine", *options) == 0
    rows = out.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "ppm,real,imag"
    ppm, real, _ = np.array([row.split(",") for row in rows[1:]], dtype=float).T
    for shift in (1.46617, 3.7674):
        near = np.abs(ppm - shift) < 0.05
        centre = np.sum(ppm[near] * real[near]) / np.sum(real[near])
        assert centre == pytest.approx(shift, abs=1e-3)


def test_pictures(tmp_path: Path, pair: Path) -> None:
    for number, arguments in enumerate(
        [
            ("alanine", "--points", 2048, "--dt-s", 5e-4, "--spectrum"),
            ("alanine",),
            (pair, "--points", 64, "--spectrum"),
        ]
    ):
        out = tmp_path / f"{number}.png"
        assert run(*arguments, "--out", out) == 0
        assert out.read_bytes().startswith(PNG)
        assert len(out.read_bytes()) > 5000
    assert not list(tmp_path.glob(".*part"))


def test_the_axis_runs_from_right_to_left() -> None:
    from harness.tasks.spins.spectra import cosine_window, spectrum_of
    from harness.tasks.spins.spectra.figures import spectrum_figure

    grid = TimeGrid(2048, 5e-4)
    signal = simulate(load_molecule("alanine").at(14.1), grid).m
    spectrum = spectrum_of(signal, grid, cosine_window(grid), field_t=14.1, carrier_ppm=2.616785)
    axes = spectrum_figure(spectrum, "a $name$ with dollars").axes[0]
    left, right = axes.get_xlim()
    assert left > 3.7674 > 1.46617 > right
    assert "ppm" in axes.get_xlabel()
    assert axes.get_title(loc="left") == "a $name$ with dollars"


def test_carriers_by_isotope(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("glycine-13c", "--carrier-ppm", "3.0", "--carrier-ppm", "13C=40", "--points", 2, "--json") == 0
    assert json.loads(capsys.readouterr().out)["carrier_ppm"] == {"13C": 40.0, "1H": 3.0}


def test_system_file_with_a_field_gets_a_ppm_axis(tmp_path: Path, pair: Path) -> None:
    out = tmp_path / "s.csv"
    assert run(pair, "--spectrum", "--field-t", 9.4, "--carrier-ppm", 4.7, "--points", 64, "--out", out) == 0
    assert out.read_text(encoding="utf-8").startswith("ppm,")
    assert run(pair, "--spectrum", "--points", 64, "--out", out) == 0
    assert out.read_text(encoding="utf-8").startswith("offset_hz,")


def test_aliasing_is_a_warning_for_samples_and_refused_for_spectra(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("alanine", "--carrier-ppm", 20, "--points", 2) == 0
    assert "warning: offset of spin 'HB1'" in capsys.readouterr().err
    assert run("alanine", "--carrier-ppm", 20, "--points", 2, "--dt-s", 1e-4, "--spectrum") == 2
    assert "use dt_s below" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("alanin",), "molecule 'alanin' is unknown: did you mean 'alanine'? (known: "),
        (("Alanine",), "molecule 'Alanine' is unknown: did you mean 'alanine'? (known: "),
        (("xyz",), "molecule 'xyz' is unknown (known: "),
        (("alanine", "--method", "chebychev"), "'chebychev' is not one of them: did you mean 'chebyshev'? (known: "),
        (("alanine", "--spectrum", "--points", "1", "--out", "a.png"), "a spectrum needs at least 2"),
        (("alanine", "--source", "x"), "source 'x' is not there"),
        (("alanine", "--method", "magic"), "'magic' is not one of"),
        (("alanine", "--points", "0"), "points = 0"),
        (("alanine", "--points", "many"), "'many' is not a valid integer"),
        (("alanine", "--dt-s", "-1"), "dt_s = -1.0"),
        (("alanine", "--dt-s", "nan"), "dt_s = nan"),
        (("alanine", "--field-t", "0"), "field_t = 0.0"),
        (("alanine", "--t2-s", "0"), "t2_s = 0.0"),
        (("alanine", "--t2-s", "inf"), "t2_s = inf"),
        (("alanine", "--points", "1000000000000"), "is more than 1e+09"),
        (("alanine", "--points", "9" * 400), "a whole number of 1329 bits"),
        (("alanine", "--points", "1000000000"), "take at most"),
        (("alanine", "--dt-s", "1e300"), "dt_s = 1e+300"),
        (("alanine", "--dt-s", "1e8"), "double precision loses the phase"),
        (("alanine", "--dt-s", "1e8", "--method", "spin-graph"), "double precision loses the phase"),
        (("my_system.toml", "--dt-s", "0.4", "--points", "1000", "--method", "rk4"), "unstable"),
        (("alanine", "--method", "exact", "--size", "3"), "'exact' does not take it; it is for cluster"),
        (("alanine", "--method", "spin-graph", "--tolerance", "1e-3"), "it is for krylov, chebyshev, grown-cluster"),
        (("alanine", "--carrier-ppm", "x"), "'x': must be a number, or ISOTOPE=number"),
        (("alanine", "--carrier-ppm", "1", "--carrier-ppm", "1H=2"), "1H has a carrier already"),
        (("alanine", "--carrier-ppm", "13C=2"), "carrier for '13C'"),
        (("alanine", "--carrier-ppm", "nan"), "must be finite"),
        (("alanine", "--out", "a.txt"), "ending must be one of"),
        (("alanine", "--out", "nowhere/a.csv"), "there is no folder"),
        (("alanine", "--spectrum", "--out", "a.fid"), "leave --spectrum out"),
        (("my_system.toml", "--out", "a.jdx"), "needs a ppm axis"),
        (("my_system.toml", "--out", "a.fid"), "needs a ppm axis"),
        (("alanine", "--mhz", "600", "--field-t", "14.1"), "one magnet has one field; keep one of them"),
        (("alanine", "--mhz", "-600"), "mhz = -600.0: must be a positive, finite proton frequency"),
        (("alanine", "--mhz", "600", "--mhz", "500"), "--mhz is given twice"),
        (("alanine", "--ppm", "1:2"), "is a range of a spectrum; add --spectrum"),
        (("alanine", "--spectrum", "--ppm", "1"), "'1' is not LOW:HIGH in ppm"),
        (("alanine", "--spectrum", "--ppm", "1:1"), "must be two different, finite shifts"),
        (("alanine", "--spectrum", "--ppm", "nan:1"), "must be two different, finite shifts"),
        (("alanine", "--spectrum", "--ppm", "0:9", "--dt-s", "5e-4"), "lines beyond it alias"),
        (("alanine", "--spectrum", "--ppm", "1.2:1.2000001"), "holds 0 points of the spectrum"),
        (("alanine", "valine", "alanine"), "'alanine' is named twice"),
        (("alanine", "kryptonite"), "molecule 'kryptonite' is unknown"),
        (("alanine", "valine", "--out", "a.fid"), "holds one signal; give one molecule"),
        (("alanine", "valine", "--out", "a.npz", "--spectrum"), "holds one signal; give one molecule"),
        (("alanine", "valine", "--out", "a.png"), "a figure of several molecules is one of spectra; add --spectrum"),
        (("alanine", "my_system.toml", "--spectrum"), "'alanine' and 'my_system.toml' have different axes"),
        (("nowhere.toml",), "cannot be read"),
        (("my_system.toml", "--source", "gissmo"), "leave --source out"),
        (("my_system.toml", "--field-t", "9.4"), "only make a ppm axis, together"),
        (("my_system.toml", "--field-t", "9.4", "--carrier-ppm", "13C=4"), "the observed isotope"),
        ((), "Missing argument"),
    ],
)
def test_refusals(
    arguments: tuple[str, ...],
    words: str,
    pair: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(pair.parent)
    assert run(*arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert words in output.err
    assert len(output.err.strip().splitlines()) == 1
    assert [path.name for path in pair.parent.iterdir()] == ["my_system.toml"]


def test_completion() -> None:
    import click

    from harness.tasks.spins.cli.simulate import command, complete_molecule, complete_source

    context = click.Context(command, info_name="simulate")
    context.params = {"what": "alanine"}
    assert "alanine" in complete_molecule(context, command.params[0], "al")
    assert complete_source(context, command.params[1], "go") == ["govindaraju"]


def test_surrogates_and_options_of_methods_are_the_library_call(capsys: pytest.CaptureFixture[str]) -> None:
    from harness import load_surrogate

    system, grid = load_molecule("alanine").at(14.1), TimeGrid(20, 5e-4)
    expected = {
        ("spin-graph",): load_surrogate("spin-graph").predict([system], grid).mean[0],
        ("cluster", "--size", "3"): simulate(system, grid, "cluster", size=3),
        ("krylov", "--tolerance", "1e-3"): simulate(system, grid, "krylov", tolerance=1e-3),
    }
    for words, trajectory in expected.items():
        assert run("alanine", "--method", *words, "--points", 20, "--dt-s", 5e-4, "--json") == 0
        found = json.loads(capsys.readouterr().out)
        np.testing.assert_array_equal(found["mx"], trajectory.mx)
    assert found["tolerance"] == 1e-3


def test_a_surrogate_beyond_its_training_warns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("alanine", "--method", "spin-graph", "--points", 3000, "--json") == 0
    assert "warning: spin-graph was not trained for this (over its limits: horizon_s" in capsys.readouterr().err


def test_a_spectrum_without_a_file_prints_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """The methyl doublet and the quartet of alanine, by position, instead of thousands of rows."""
    assert run("alanine", "--points", 4096, "--dt-s", 5e-4, "--t2-s", 0.5, "--spectrum") == 0
    printed = capsys.readouterr()
    head, *rows = printed.out.splitlines()
    assert head == "ppm,height_s"
    assert 6 <= len(rows) <= 40
    places = np.array([float(row.split(",")[0]) for row in rows])
    for shift in (1.46617, 3.7674):
        assert np.min(np.abs(places - shift)) < 0.03
    assert "--out spectrum.csv" in printed.err


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("valine", "load_molecule('valine').at(field_t=14.1)"),
        (load_molecule("valine"), ".at(field_t=14.1) makes one"),
        ([load_molecule("valine").at(14.1)], "this is a list; for several systems call it once for each"),
        (None, "this is a NoneType"),
    ],
)
def test_what_is_no_system_is_reported_in_one_sentence(what: object, words: str) -> None:
    from harness.errors import InputError

    with pytest.raises(InputError) as caught:
        simulate(what, TimeGrid(3, 1e-4))  # type: ignore[arg-type]
    assert words in str(caught.value)
    with pytest.raises(InputError, match="takes a TimeGrid"):
        simulate(load_molecule("valine").at(14.1), 300)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is a surrogate: load_surrogate"):
        simulate(load_molecule("valine").at(14.1), TimeGrid(3, 1e-4), "fno")


@pytest.mark.parametrize("name", ["spin-graph", "fno"])
def test_predict_says_what_it_takes(name: str) -> None:
    from harness import load_surrogate
    from harness.errors import InputError

    model, system, grid = load_surrogate(name), load_molecule("valine").at(14.1), TimeGrid(3, 1e-4)
    for systems, words in ((system, "predict([system], grid)"), ("valine", "this is a str"), ([system, 3], "number 1")):
        with pytest.raises(InputError) as caught:
            model.predict(systems, grid)  # type: ignore[arg-type]
        assert words in str(caught.value)
    with pytest.raises(InputError, match="takes a TimeGrid"):
        model.predict([system], 3)  # type: ignore[arg-type]


def test_tensors_are_taken_or_reported_what_to_do() -> None:
    import torch

    from harness.errors import InputError

    couplings = [[0.0, 7.0], [7.0, 0.0]]
    assert SpinSystem(torch.tensor([1.0, 2.0]), torch.tensor(couplings)).offsets_hz[1] == 2  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"pass \.detach\(\)\.cpu\(\)"):
        SpinSystem(torch.tensor([1.0, 2.0], requires_grad=True), couplings)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="beyond 1e\\+12 Hz"):
        SpinSystem([1e13, 0.0], couplings)
    with pytest.raises(InputError, match="offsets_hz: a number in it is beyond"):
        SpinSystem([10**400, 0], couplings)


def test_megahertz_are_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("alanine", "--mhz", 600, "--points", 2, "--json") == 0
    printed = capsys.readouterr()
    content = json.loads(printed.out)
    assert content["field_t"] == pytest.approx(14.0921, abs=1e-3)
    assert content["title"] == "L-alanine, exact, 600 MHz"
    assert printed.err == ""


def test_tesla_typed_as_megahertz_are_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("alanine", "--mhz", 14.1, "--points", 2, "--json") == 0
    assert "did you mean --field-t 14.1 (600.3 MHz)?" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["advise", "peaks", "convert"])
def test_every_verb_with_a_field_takes_megahertz(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same answer as from tesla, and not both."""
    from harness.tasks.spins.systems.isotopes import field_of_mhz

    more = [str(tmp_path / "alanine.m")] if verb == "convert" else []
    printed = []
    for field in (["--mhz", "600"], ["--field-t", repr(field_of_mhz(600))], ["--mhz", "600", "--field-t", "14.1"]):
        with pytest.raises(SystemExit) as ended:
            main([verb, "alanine", *more, *field])
        text = capsys.readouterr()
        printed.append((ended.value.code or 0, text.out.splitlines()[:1], text.err))
    assert printed[0][0] == printed[1][0] == 0
    assert printed[0][1] == printed[1][1]
    assert printed[2][0] == 2
    assert "one magnet has one field" in printed[2][2]


def test_a_spectrum_is_seconds_long_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("valine", "--mhz", 600, "--spectrum", "--json") == 0
    printed = capsys.readouterr()
    content = json.loads(printed.out)
    assert 2 <= content["points"] * content["dt_s"] <= 4.01
    assert content["t2_s"] == 0.5
    assert content["i1z"] is None
    expected = "acquisition: 8400 points of 0.00047619 s (sweep 2100 Hz, 4 s), T2 0.5 s (lines 0.64 Hz"
    assert printed.err.startswith(expected)


def test_a_range_cuts_every_kind_of_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("valine", "--mhz", 600, "--spectrum", "--ppm", "0.8:1.2")
    assert run(*options, "--out", tmp_path / "a.csv") == 0
    ppm, real, _ = np.loadtxt(tmp_path / "a.csv", delimiter=",", skiprows=1).T
    assert 0.8 <= ppm[0] < 0.8005
    assert 1.1995 < ppm[-1] <= 1.2
    assert real.max() > 0.05
    assert run(*options, "--out", tmp_path / "a.jdx") == 0
    assert f"##NPOINTS= {len(ppm)}\n" in (tmp_path / "a.jdx").read_text(encoding="ascii")
    capsys.readouterr()
    assert run(*options) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) >= 5
    assert all(0.8 < float(row.split(",")[0]) < 1.2 for row in rows[1:])


def test_several_molecules_share_one_axis(tmp_path: Path) -> None:
    """Their methyl groups at the shifts of the library, in one table and one figure."""
    names = ("valine", "leucine", "isoleucine")
    options = ("--mhz", 600, "--ppm", "0.8:1.2", "--spectrum", "--out")
    assert run(*names, *options, tmp_path / "bcaa.csv") == 0
    with (tmp_path / "bcaa.csv").open(encoding="utf-8") as file:
        head = next(csv.reader(file))
        table = np.loadtxt(file, delimiter=",")
    assert head == ["ppm", *(f"{name}_{part}" for name in names for part in ("real", "imag"))]
    for column, name in zip((1, 3, 5), names, strict=True):
        molecule = load_molecule(name)
        inside = molecule.shifts_ppm[(molecule.shifts_ppm > 0.8) & (molecule.shifts_ppm < 1.2)]
        assert np.min(np.abs(inside - table[np.argmax(table[:, column]), 0])) < 0.02
    about = json.loads((tmp_path / "bcaa.csv.json").read_text(encoding="utf-8"))
    assert [one["label"] for one in about["results"]] == list(names)
    assert len({one["carrier_ppm"]["1H"] for one in about["results"]}) == 1
    assert run(*names, *options, tmp_path / "bcaa.png") == 0
    assert (tmp_path / "bcaa.png").read_bytes().startswith(PNG)


def test_several_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("alanine", "valine", "--points", 3) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("t_s,alanine_mx,alanine_my,alanine_i1z,valine_mx,valine_my,valine_i1z\n0.0,")
    assert printed.err.startswith("alanine, valine: exact, 14.1 T, by exact")
    assert run("alanine", "valine", "--spectrum", "--mhz", 600, "--json") == 0
    content = json.loads(capsys.readouterr().out)
    assert [len(one["spectrum"]["ppm"]) for one in content["results"]] == [65536] * 2
    assert run("alanine", "valine", "--spectrum", "--mhz", 600) == 0
    printed = capsys.readouterr()
    assert printed.out.count("ppm,height_s") == 2
    assert printed.err.count("highest lines") == 2


def test_a_stack_has_areas_of_spins() -> None:
    """Equal concentrations: the methyl doublets of alanine (3 of 4 spins) and valine (6 of 8) in the ratio 1 to 2."""
    from harness.tasks.spins.spectra.figures import stacked_figure

    made = [(name, load_molecule(name)) for name in ("alanine", "valine")]
    spectra = [(name, len(one), one.spectrum(mhz=600, ppm=(0.7, 1.7))) for name, one in made]
    axes = stacked_figure(spectra, "x", ppm=(0.7, 1.7)).axes[0]
    assert axes.get_xlim() == (1.7, 0.7)
    areas = []
    for line in axes.lines:
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        areas.append(np.sum(y - y.min()) * (x[1] - x[0]))
    assert areas[1] / areas[0] == pytest.approx(2, rel=0.05)
    assert [text.get_text().strip() for text in axes.texts] == ["alanine", "valine"]
    lows = [float(np.min(np.asarray(line.get_ydata(), float))) for line in axes.lines]
    assert lows[0] > lows[1]


def test_results_at_different_fields_do_not_share_a_figure() -> None:
    from harness.errors import InputError
    from harness.tasks.spins.spectra.several import Several
    from harness.tasks.spins.spectra.write import Result

    grid = TimeGrid(8, 1e-4)
    made = [
        Result("x", simulate(load_molecule("alanine").at(field_t, 2.6), grid), label=f"{field_t} T")
        for field_t in (9.4, 14.1)
    ]
    with pytest.raises(InputError, match=r"'9\.4 T' and '14\.1 T' have different axes \(ShiftAxis.*one field"):
        Several("x", tuple(made))
    other = Result("x", simulate(load_molecule("alanine").at(9.4, 2.6), TimeGrid(9, 1e-4)), label="y")
    with pytest.raises(InputError, match="results on 2 grids"):
        Several("x", (made[0], other))


@pytest.mark.parametrize("arguments", [
    ["simulate", "glycine", "--method", "rk4", "--size", "9" * 400],
    ["simulate", "glycine", "--method", "cluster", "--size", "9" * 400],
    ["simulate", "glycine", "--points", "9" * 400],
    ["cache", "verify", "--recompute", "9" * 400],
    ["advise", "glycine", "--points", "9" * 400],
    ["simulate", "glycine", "--spectrum", "--dt-s", "5e-324"],
])  # fmt: skip
def test_whole_numbers_without_sense_are_refused_in_one_line(arguments: list[str], capsys):
    """One of 400 digits is no float: whoever formats it as one raises."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
