"""The page as text: what it says first, what it contains, and that nothing from outside gets into its markup."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.report import Exclusion, Exhibit, Figure, Interval, SuitePage, Target
from harness.report.html import render, smaller_png
from harness.report.page import SuiteRun
from tests.report.making import record, report_of

# The smallest valid PNG: one transparent pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


def page(tmp_path: Path, records, headline: str = "PASS: toy against truth", **suite) -> str:
    (tmp_path / "f.png").write_bytes(PNG)
    figure = Figure(Path("f.png"), "a dot", "A dot, for want of anything better.")
    made = SuitePage("Toys", "May toys be trusted?", **{"figures": (figure,), **suite})
    header = ["toy against truth", "backend: cache"]
    return render(report_of(records, headline=headline), {"toys": made}, header, tmp_path, "toy")


def test_the_headline_is_the_first_thing_on_the_page(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1)], "NOT a validation against Spinach: it was requested. PASS")
    body = re.sub(r"<[^>]+>", " ", html[html.index("<main>") :])
    assert body.split()[:6] == ["NOT", "a", "validation", "against", "Spinach:", "it"]


def test_nothing_is_loaded_from_anywhere(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1)])
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    assert "@import" not in html
    assert "url(" not in html
    assert html.count('src="data:image/png;base64,') == 1


def test_every_picture_has_words(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1)])
    assert all(re.search(r'alt="[^"]+"', image) for image in re.findall(r"<img[^>]*>", html))


def test_words_from_outside_stay_words(tmp_path: Path) -> None:
    evil = '</script><script>alert(1)</script><img src=x onerror="alert(2)">'
    records = [record(1, None, case=evil, problem=evil, metric=evil), record(2, note=evil, worst=evil)]
    html = page(tmp_path, records, evil, exhibits=(Exhibit(evil, evil, rows=((evil, evil),), caption=evil),))
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert html.count("</script>") == 2


def test_the_embedded_records_are_the_records(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1, worst="t = 1 ms"), record(2, None, problem="raised")])
    text = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert text is not None
    data = json.loads(text[1])
    row = dict(zip(data["columns"], data["rows"][0], strict=True))
    assert row["id"] == "r1"
    assert row["value"] == 5e-4
    assert data["words"][row["worst"]] == "t = 1 ms"


def test_numbers_link_to_records_that_exist(tmp_path: Path) -> None:
    records = [record(k, k * 1e-3) for k in range(1, 6)]
    html = page(tmp_path, records, exhibits=(Exhibit("one", "x", records=("r1", "r2")),))
    links = set(re.findall(r'href="#(r\d+)"', html))
    assert links
    assert links <= {r.id for r in records}


def test_controls_and_noted_numbers_stand_apart(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1), record(2, 0.5, expected="miss", subject="control"), record(3, target=None)])
    assert "must miss" in html
    assert "Recorded, not judged" in html


def test_a_control_that_misses_is_not_called_a_pass(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1), record(2, 0.5, expected="miss", subject="control")])
    row = html[html.index("Negative controls") :]
    row = row[row.index("<tbody>") : row.index("</tbody>")]
    assert "missed, as it must" in row
    assert ">pass<" not in row


def test_who_stated_no_number_about_the_subject_has_no_pass(tmp_path: Path) -> None:
    """A control that misses and methods of the harness that meet their targets are no success of the subject."""
    silent = record(1, None, determined=False, target=None)
    control = record(2, 0.5, expected="miss", subject="control")
    method = record(3, subject="krylov", subject_provenance={"kind": "reference"})
    for records, badge in (
        ([silent, control, method], "n/d"), ([record(4), control, method], "pass"), ([record(5, 1.0), method], "fail"),
        ([record(6, None, problem="raised"), method], "error"),
    ):  # fmt: skip
        html = page(tmp_path, records)
        heading = html[html.index('<h2 id="title-toys">') :]
        assert re.sub(r"<[^>]+>", "", heading[: heading.index("</h2>")]).split() == ["Toys", badge]


def test_a_suite_about_the_harness_alone_is_no_aside(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1, subject="all suites", subject_provenance={"kind": "harness"})])
    assert "The harness itself, not the subject" not in html
    assert '<h2 id="title-toys">Toys <span class="badge pass">' in html


def test_targets_of_the_harness_are_no_success_of_the_subject(tmp_path: Path) -> None:
    """Bands calibrated in the run follow their law whatever the subject is."""
    silent = record(2, None, determined=False, target=None)
    html = page(tmp_path, [record(1), silent], harness_targets=("error",))
    assert '<h2 id="title-toys">Toys <span class="badge not-determined"' in html
    assert "The harness itself, not the subject: 1 of 1 met" in html
    html = page(tmp_path, [record(1, 1.0), silent], harness_targets=("error",))
    assert '<h2 id="title-toys">Toys <span class="badge fail"' in html


def test_an_error_without_a_target_is_still_an_error(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1, None, problem="raised", target=None), record(2, 0.5, expected="miss")])
    assert '<h2 id="title-toys">Toys <span class="badge error"' in html


def test_methods_of_the_harness_are_folded_and_counted(tmp_path: Path) -> None:
    method: dict[str, Any] = {"subject": "krylov", "subject_provenance": {"kind": "reference"}}
    html = page(tmp_path, [record(1), record(2, **method), record(3, **method)]).partition('<div id="suites">')[2]
    assert "The harness itself, not the subject: 2 of 2 met" in html
    assert html.index("<details") < html.index("krylov") < html.index("</details>")


def test_a_subject_without_any_number_is_an_error_and_not_a_miss(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1, None, problem="wrote no result file")], "ERROR: toy gave no answer")
    assert "<title>ERROR" in html
    assert '<span class="badge big error">error</span>' in html
    assert "no number: wrote no result file" in html


def test_the_worst_cases_name_their_reference_and_speak_plainly(tmp_path: Path) -> None:
    (tmp_path / "f.png").write_bytes(PNG)
    pages = {"toys": SuitePage("Toys", "?", compared=("Truth 1.0, 3 cases",), provenance=(("Truth", "commit 1"),))}
    report = report_of([record(1, 1.0, reference="elsewhere")])
    html = render(report, pages, ["toy against truth"], tmp_path, "toy", lambda metric: f"{metric}, in plain words")
    first = html[: html.index("<nav")]
    for words in ("Truth 1.0, 3 cases", "against elsewhere", "error, in plain words", "missed targets first"):
        assert words in first
    assert "<dt>Truth</dt><dd>commit 1</dd>" in html[html.index('id="provenance"') :]


def test_the_counts_say_what_they_count(tmp_path: Path) -> None:
    records = [record(1), record(2, 0.5, expected="miss"), record(3, None, determined=False), record(4, target=None)]
    badges = page(tmp_path, records).partition('<p class="badges">')[2].partition("</p>")[0]
    words = re.sub(r"<[^>]+>", " ", badges)
    requested = ("against the reference:  1 of 1 met", "1 could not be determined", "1 of 1 negative controls miss")
    for predicted in requested:
        assert predicted in words
    assert "without an answer" not in words


def test_a_report_without_suites_and_figures_is_still_a_page(tmp_path: Path) -> None:
    html = render(report_of([], complete=False, headline="INCOMPLETE: nothing ran"), {}, [], tmp_path)
    assert "INCOMPLETE: nothing ran" in html
    assert "Nothing was judged" in html


def test_the_leading_page_gives_the_first_figure(tmp_path: Path) -> None:
    (tmp_path / "f.png").write_bytes(PNG)
    dot, other = (Figure(Path("f.png"), alt, alt) for alt in ("first suite", "leading suite"))
    leading = SuitePage("More", "?", figures=(other,), lead=True)
    pages = {"toys": SuitePage("Toys", "?", figures=(dot,)), "more": leading}
    html = render(report_of([record(1)]), pages, [], tmp_path)
    assert re.findall(r'alt="([^"]+)"', html) == ["leading suite", "first suite"]


def test_pictures_are_embedded_with_a_palette(tmp_path: Path) -> None:
    from PIL import Image

    rng = np.random.default_rng(1)
    lines = np.full((200, 300, 3), 255, np.uint8)
    lines[rng.integers(0, 200, 4000), rng.integers(0, 300, 4000)] = (0, 114, 178)
    Image.fromarray(lines).save(tmp_path / "lines.png")
    before = (tmp_path / "lines.png").read_bytes()
    after = smaller_png(before)
    assert len(after) < 0.7 * len(before)
    with Image.open(io.BytesIO(after)) as image:
        assert np.abs(np.asarray(image.convert("RGB"), int) - lines).max() <= 2
    assert smaller_png(b"no picture") == b"no picture"


def test_a_missing_figure_does_not_cost_the_page(tmp_path: Path) -> None:
    html = page(tmp_path, [record(1)], figures=(Figure(Path("gone.png"), "gone", "gone"),))
    assert 'src=""' in html


def test_retained_arrays_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "toys"
    folder.mkdir(parents=True)
    np.savez(folder / "a.npz", x=np.arange(3), role=np.array("chain"))
    run = SuiteRun("toys", "toy", "truth", (), tmp_path)
    assert run.retained() == ["a"]
    assert str(run.arrays("a")["role"]) == "chain"


@pytest.mark.parametrize("verdict", ["pass", "fail", "incomplete"])
def test_the_title_begins_with_the_verdict(tmp_path: Path, verdict: str) -> None:
    made = {
        "pass": report_of([record(1)]),
        "fail": report_of([record(1, 1.0)]),
        "incomplete": report_of([record(1)], complete=False),
    }[verdict]
    html = render(made, {}, [], tmp_path)
    assert f"<title>{verdict.upper()} · toy" in html


def first_screen(report, tmp_path: Path, **predicted: Any) -> str:
    html = render(report, {}, [], tmp_path, "toy", reference="spinach", apart="Spinach", **predicted)
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main>") : html.index("<nav")]).split())


def test_one_badge_for_each_question(tmp_path: Path) -> None:
    goal = Target("hope", 1e-4, "<=", "1", "asked", "a reason", "goal")
    records = [
        record(1, reference="spinach"), record(2, reference="exact"), record(3, 1.0, reference="exact"),
        record(4, 0.2, reference="exact", target=goal, case="ring-6"),
    ]  # fmt: skip
    text = first_screen(report_of(records), tmp_path)
    assert "against Spinach: 1 of 1 met" in text
    assert "against our own references: 1 of 2 met" in text
    assert "goals: 0 of 1 met" in text
    assert "Open goals ring-6 error: 0.2 , goal ≤ 0.0001".replace(" ,", ",") in text


def test_the_worst_case_says_in_which_direction_it_missed(tmp_path: Path) -> None:
    coverage = Target("coverage", (0.85, 0.97), "between", "1", "ours", "a reason")
    report = report_of([record(1, 0.835, target=coverage)])
    text = first_screen(report, tmp_path, direction=lambda metric, side: {"low": "the band is too narrow"}[side])
    assert "0.835 is below 0.85 … 0.97: the band is too narrow" in text


def test_what_is_no_part_of_the_run_has_its_place_on_the_page(tmp_path: Path) -> None:
    report = replace(report_of([record(1)]), excluded=(Exclusion("toys", "trace", "toys have no trace"),))
    html = render(report, {}, [], tmp_path)
    assert "<dt>toys: trace</dt><dd>toys have no trace</dd>" in html[html.index('id="excluded"') :]
    assert "could not be determined" not in html
    assert 'id="excluded"' not in render(report_of([record(1)]), {}, [], tmp_path)


def test_a_section_with_nothing_but_open_goals_is_no_pass(tmp_path: Path) -> None:
    goal = Target("hope", 1e-4, "<=", "1", "asked", "a reason", "goal")
    html = page(tmp_path, [record(1, target=goal)])
    assert '<h2 id="title-toys">Toys <span class="badge open-goal">open goal' in html
    wide = record(1, 9e-4, interval=Interval(8e-4, 1.1e-3, 0.95, "bootstrap"))
    assert '<h2 id="title-toys">Toys <span class="badge fail"' in page(tmp_path, [record(2), wide])
