"""``harness benchmark``: time methods under the protocol."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.names import Group
from harness.cli.values import COUNT_FROM_ONE, FOLDER, SECONDS, SEED


@click.group("benchmark", cls=Group)
def command() -> None:
    """Time methods under the protocol: one thread, 3 warm-ups dropped, 5 runs and more until they agree to 5 %.

    Example: harness benchmark references --out benchmarks/references
    """


@command.command("references")
@click.option(
    "--out", type=FOLDER, default=Path("benchmarks/references"), show_default=True,
    help="Folder of the tables and the figure; an interrupted run is taken up there.",
)  # fmt: skip
@click.option("--sizes", default="4,6,8,10,12", show_default=True, help="Numbers of spins, separated by commas.")
@click.option("--method", "names", multiple=True, help="Only this row of the table (repeat); lifts its size limit.")
@click.option(
    "--topology", "kind", type=click.Choice(("chain", "ring", "star", "tree")), default="chain", show_default=True,
    help="Who is coupled to whom.",
)  # fmt: skip
@click.option("--entry", default="", metavar="KEY", help="In their place one system of the library, at 11.74 T.")
@click.option("--points", type=int, default=300, show_default=True, help="Number of samples, t = 0 included.")
@click.option("--dt-s", type=float, default=1e-4, show_default=True, help="Dwell time in seconds.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the systems that are drawn.")
@click.option("--observables", default="m,i1z", show_default=True, help="What is computed: m, i1z or both.")
@click.option("--peers/--no-peers", default=False, help="Also spinguin, QuTiP and nmrsim (extra 'peers').")
@click.option("--spinach/--no-spinach", default=True, help="Also the times of Spinach in the packaged cache.")
@click.option("--budget-s", type=SECONDS, default=60.0, show_default=True, help="Time for one measurement at most.")
@click.option("--limit-s", type=SECONDS, default=1800.0, show_default=True, help="A child is stopped after this.")
def references(
    out: Path,
    sizes: str,
    names: tuple[str, ...],
    kind: str,
    entry: str,
    points: int,
    dt_s: float,
    seed: int,
    observables: str,
    peers: bool,
    spinach: bool,
    budget_s: float,
    limit_s: float,
) -> None:
    """Every classical method (and peer) on the same chains: time, memory, error, growth.

    Measurements are stored one by one in OUT/measurements, and a second call measures only what is missing. Writes
    references.json, references.csv and references.png into OUT.

    \b
    harness benchmark references --sizes 4,6,8 --out /tmp/bench
    harness benchmark references --method exact --sizes 14 --budget-s 600
    harness benchmark references --entry bmse000072 --points 32768 --observables m --out /tmp/bench
    """
    from harness.benchmark.figure import scaling_figure
    from harness.benchmark.runner import run, write_table
    from harness.benchmark.timing import Protocol
    from harness.errors import InputError, nearest
    from harness.tasks.spins.benchmarks import references as table
    from harness.tasks.spins.cli.sizes import numbers
    from harness.tasks.spins.references.base import checked_observables
    from harness.tasks.spins.systems import OBSERVABLES, TimeGrid

    wanted = sorted(set(numbers(sizes, "--sizes")))
    requested = checked_observables(observables.split(","), OBSERVABLES, "benchmark")
    known = [row[0] for row in (*table.METHODS, *table.PEERS)]
    for name in names:
        if name not in known:
            raise InputError(f"--method {name!r} is not in the table{nearest(name, known)} (known: {', '.join(known)})")
    TimeGrid(points, dt_s)
    if entry:
        kind, wanted = table.of_library(entry)
    chosen = table.jobs(wanted, names or None, peers, requested, points, dt_s, kind, seed)
    records = run(chosen, out, Protocol(budget_s=budget_s), limit_s, lambda line: click.echo(line, err=True))
    if "dense" in {r["name"] for r in records}:
        records += table.extrapolated(records, "dense", wanted)
    if spinach and kind == "chain":
        records += table.spinach_records()
    write_table(records, out, "references")
    population = f"{kind} at 11.74 T" if entry else f"{kind}s, ±250 Hz, J 5-20 Hz"
    scaling_figure(records, out / "references.png", f"{population}, {points} × {dt_s:g} s", "spins")
    failed = [r for r in records if "error" in r]
    flagged = [r for r in records if "error" not in r and r["group"] != "cache" and r["timing"]["flagged"]]
    click.echo(f"{len(records)} records in {out}: {len(failed)} failed, {len(flagged)} flagged")


@command.command("library")
@click.option(
    "--out", type=FOLDER, default=Path("benchmarks/library"), show_default=True,
    help="Folder of library.json.",
)  # fmt: skip
@click.option("--select", default="", help="Only systems whose key contains this text.")
@click.option("--field-t", type=float, default=11.74, show_default=True, help="Magnetic field in tesla.")
@click.option("--points", type=int, default=10_000, show_default=True, help="Number of samples, t = 0 included.")
@click.option("--dt-s", type=float, default=1e-4, show_default=True, help="Dwell time in seconds.")
@click.option(
    "--checked", type=click.IntRange(0, 14), default=10, show_default=True,
    help="Spins of a part up to which exact is compared with the product basis.",
)  # fmt: skip
@click.option(
    "--largest-block", type=COUNT_FROM_ONE, default=6000, show_default=True,
    help="States of a block up to which a system goes to exact; beyond, to grown clusters.",
)  # fmt: skip
def library_(
    out: Path, select: str, field_t: float, points: int, dt_s: float, checked: int, largest_block: int
) -> None:
    """Every system of the library of molecules: time, memory, error measured or stated, in OUT/library.json.

    \b
    OMP_NUM_THREADS=1 harness benchmark library
    harness benchmark library --select bmse0005 --points 300 --out runs/library
    """
    from tqdm import tqdm

    from harness.durable import write_json
    from harness.errors import InputError
    from harness.tasks.spins.benchmarks.library import Plan, entries, record, run
    from harness.tasks.spins.systems import TimeGrid

    chosen = entries(select)
    if not chosen:
        raise InputError(f"--select {select!r}: no key of the library contains it: see harness molecules search")
    plan = Plan(field_t, TimeGrid(points, dt_s), checked, largest_block)
    with tqdm(total=len(chosen), unit="system", desc="library", disable=None) as bar:
        rows = run(chosen, plan, lambda one: bar.update())
    found = record(rows, plan)
    write_json(out / "library.json", found)
    total = found["totals"]
    wall_s, cpu_s = total["ordinary_wall_s"], total["ordinary_cpu_s"]
    click.echo(f"{total['ordinary']} systems in {wall_s:.3g} s ({cpu_s:.3g} s of the processor)")
    if total["checked"]:
        click.echo(
            f"exact against the product basis: at most {total['largest_difference']:.2g} "
            f"({total['largest_difference_of']}), {total['checked']} systems"
        )
    for name, one in total["beyond"].items():
        stated = "" if one["stated_error"] is None else f", stated error {one['stated_error']:.2g}"
        click.echo(f"{name}: {one['method']}, {one['wall_s']:.3g} s{stated}")


@command.command("relaxing-library")
@click.option(
    "--out", type=FOLDER, default=Path("benchmarks/relaxing-library"), show_default=True,
    help="Folder of relaxing-library.json; an interrupted run is taken up there.",
)  # fmt: skip
@click.option("--select", default="", help="Only systems whose key contains this text.")
@click.option("--points", type=int, default=10_000, show_default=True, help="Number of samples, t = 0 included.")
@click.option("--dt-s", type=float, default=1e-4, show_default=True, help="Dwell time in seconds.")
def relaxing_library_(out: Path, select: str, points: int, dt_s: float) -> None:
    """Every system of the library with R1 and R2: time, stated error, measured error, in OUT/relaxing-library.json.

    \b
    OMP_NUM_THREADS=1 harness benchmark relaxing-library
    harness benchmark relaxing-library --select bmse0005 --points 1000 --out runs/relaxing
    """
    from tqdm import tqdm

    from harness.durable import write_json
    from harness.errors import InputError
    from harness.tasks.spins.benchmarks.library import entries
    from harness.tasks.spins.benchmarks.relaxing_library import Plan, record, run
    from harness.tasks.spins.systems import TimeGrid

    chosen = entries(select)
    if not chosen:
        raise InputError(f"--select {select!r}: no key of the library contains it: see harness molecules search")
    plan = Plan(grid=TimeGrid(points, dt_s))
    with tqdm(total=len(chosen), unit="system", desc="library", disable=None) as bar:
        rows = run(chosen, plan, out / "measurements", lambda one: bar.update())
    found = record(rows, plan)
    write_json(out / "relaxing-library.json", found)
    total = found["totals"]
    click.echo(f"{total['systems']} systems in {total['wall_s']:.3g} s ({total['cpu_s']:.3g} s of the processor)")
    few, small = total["without_truncation"], total["stated_error_to_1_percent"]
    click.echo(
        f"{few} without truncation, {small} with a stated error of at most 1 %; the largest is "
        f"{total['largest_stated_error']:.2g} ({total['largest_stated_error_of']})"
    )
    if total["against_dense"]:
        error = total["largest_error_against_dense"]
        click.echo(f"against the dense reference: at most {error:.2g}, {total['against_dense']} systems")
    if total["damped_with_truncation"]:
        click.echo(
            f"with one rate, the stated error covers {total['damped_covered']} of {total['damped_with_truncation']} "
            f"truncated systems; at most {total['largest_ratio_of_error_to_stated']:.2g} times it "
            f"({total['largest_ratio_of']})"
        )


@command.command("strychnine")
@click.option(
    "--out", type=FOLDER, default=Path("benchmarks/strychnine"), show_default=True, help="Folder of strychnine.json."
)
@click.option("--reference", default=None, help="Engine: spinach-octave or spinach-matlab [the best one here].")
@click.option("--points", type=click.IntRange(2), default=8192, show_default=True, help="Number of samples.")
def strychnine_(out: Path, reference: str | None, points: int) -> None:
    """Strychnine with Redfield's matrix by a live Spinach and by this package in one run, in OUT/strychnine.json.

    Spinach takes minutes.

    Example: OMP_NUM_THREADS=1 harness benchmark strychnine --out runs/strychnine
    """
    from harness.durable import write_json
    from harness.errors import InputError
    from harness.tasks.spins.benchmarks.strychnine import METHOD, run
    from harness.tasks.spins.spinach.ladder import resolve_backend

    backend = resolve_backend(live=True, engine=reference)
    if backend.driver is None or backend.copy is None:
        raise InputError(backend.refusal())
    found = run(backend.driver, backend.copy, points)
    write_json(out / "strychnine.json", found)
    click.echo(f"Spinach: {found['spinach']['wall_s']:.3g} s ({found['spinach']['cpu_s']:.3g} s of the processor)")
    for name, label in (
        ("same_basis", f"{METHOD}, same basis"),
        ("alone", METHOD),
        ("with_estimate", f"{METHOD}, with its error estimate"),
    ):
        one, faster = found[METHOD][name], found["times_faster"][name]
        click.echo(
            f"{label}: {one['wall_s']:.3g} s ({one['cpu_s']:.3g} s), "
            f"{faster['wall_s']:.3g} times faster ({faster['cpu_s']:.3g} times in processor time)"
        )


@command.command("map")
@click.option(
    "--out",
    type=FOLDER,
    default=Path("benchmarks/map"),
    show_default=True,
    help="Folder for tables, figure and measurements.",
)
@click.option(
    "--topology",
    "kind",
    type=click.Choice(("chain", "ring", "star", "tree")),
    default="chain",
    help="Coupling graph of the systems drawn.",
)
@click.option("--cases", type=click.IntRange(1, 10_000), default=4, show_default=True, help="Systems drawn per cell.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Of the systems drawn.")
def map_(out: Path, kind: str, cases: int, seed: int) -> None:
    """Error of the cheap methods over size, offsets and horizon (J 5-20 Hz): map.json, map.csv and map.png.

    Example: harness benchmark map --topology star --out /tmp/stars
    """
    import pandas

    from harness.durable import write_json, write_text
    from harness.tasks.spins.benchmarks.reference_map import map_figure, reference_map

    rows = reference_map(kind, cases=cases, seed=seed, tell=lambda line: click.echo(line, err=True))
    write_json(out / "map.json", {"schema": "reference-map-1", "seed": seed, "rows": rows})
    write_text(out / "map.csv", pandas.DataFrame(rows).to_csv(index=False))
    map_figure(rows, out / "map.png")
    click.echo(f"{len(rows)} rows in {out}")
