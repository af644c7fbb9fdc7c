"""Figures are images that run nothing, say their numbers in words too, and draw what the records hold."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from pytest_steering.comparison import estimated_change
from pytest_steering.comparison.wrong_way import wrong_way
from pytest_steering.records import Record
from pytest_steering.report.cell_summary import Group, scored_groups
from pytest_steering.report.html.charts import item_shifts
from pytest_steering.report.html.charts.item_shifts import LISTED
from pytest_steering.report.html.charts.item_shifts import MOST as MOST_BARS
from pytest_steering.report.html.charts.lettering import SMALL, text_width
from pytest_steering.report.html.charts.palette import WRONG
from pytest_steering.report.html.charts.view import View
from pytest_steering.report.html.figures import (
    CHARTS,
    Figure,
    compared_figures,
    experiment_figures,
    missing_figures,
)
from tests.report.html.charts.experiments_at_hand import (
    HOSTILE,
    doses,
    group_of,
    points,
    record,
    samples,
    steered_margins,
    texts,
    unsteered_margins,
    verdicts,
)

SVG = "{http://www.w3.org/2000/svg}"
SEARCHED_ALONE = Group("tiny", "test_it", "", "test_it", ())


def hostile() -> list[Record]:
    names = (HOSTILE, HOSTILE[::-1], "ok")
    run = verdicts(24, names, prefix=HOSTILE)
    return [*run, replace(run[2], arm=HOSTILE), *points(2, (0.5,))]


def many() -> list[Record]:
    random = verdicts(160)[2].outcomes
    arms = [replace(verdicts(4)[2], arm=f"random:{n}", outcomes=random) for n in range(12)]
    groups = [f"a group with quite a long name, number {n}" for n in range(40)]
    return [*verdicts(160, groups)[:2], *arms, *points(80, [n / 8 for n in range(1, 25)])]


def gaps() -> list[Record]:
    before = [1.0, None, math.nan, math.inf, -1.0, 0.5]
    return [
        record("unsteered", samples(before)),
        record("steered", samples([None, 1.0, 2.0, 3.0, math.nan, 0.7])),
        *points(2, (0.5, 1.0), joy=None, broken_share=None, allowed_broken_share=None),
    ]


def one() -> list[Record]:
    return [record("unsteered", samples([1.0])), record("steered", samples([2.0])), *points(1, (1.0,))]


def invalid() -> list[Record]:
    first, steered, *rest = verdicts()
    finding = {"id": "not-added", "severity": "invalid", "sentence": "The vector was not added."}
    return [first, replace(steered, findings=(finding,)), *rest]


def dosed() -> list[Record]:
    return [*verdicts(), doses([[0.0, 1.0, 2.0], [0.5, 1.0, 0.0], [1.0, 2.0, 4.0], [0.0, 0.5, 1.5]])]


CASES = {
    "verdicts": lambda: [*verdicts(), *points(4, (0.5, 1.0, 1.5))],
    "texts": lambda: [*texts(), *points(3, (1.0, 2.0), joy=0.2, broken_share=0.9, allowed_broken_share=0.1)],
    "hostile": hostile,
    "many": many,
    "gaps": gaps,
    "one": one,
    "invalid": invalid,
    "dosed": dosed,
}


@pytest.fixture(scope="module", params=CASES)
def figures(request: pytest.FixtureRequest) -> list[Figure]:
    records = CASES[request.param]()
    return [figure for group in scored_groups(records) for figure in experiment_figures(records, group)]


def drawn(records: list[Record], name: str) -> tuple[Figure, ElementTree.Element]:
    (group,) = scored_groups(records) or [SEARCHED_ALONE]
    (figure,) = [one for one in experiment_figures(records, group) if one.name == name]
    return figure, ElementTree.fromstring(figure.svg)


def data(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [one for one in root.iter() if f"data-{name}" in one.attrib]


def shown_texts(root: ElementTree.Element) -> Iterable[ElementTree.Element]:
    return root.iter(f"{SVG}text")


def span(text: ElementTree.Element) -> tuple[float, float]:
    """Return about where a text begins and ends."""
    said = "".join(part for part in (text.text, *(child.tail for child in text)) if part)
    wide = text_width(said, float(text.get("font-size", 12)))
    x = float(text.get("x", 0))
    return {"start": (x, x + wide), "middle": (x - wide / 2, x + wide / 2), "end": (x - wide, x)}[
        text.get("text-anchor", "start")
    ]


def test_a_figure_is_an_image_with_a_name_and_a_description_of_its_own(figures: list[Figure]) -> None:
    assert figures
    names = []
    for figure in figures:
        root = ElementTree.fromstring(figure.svg)
        by_id = {part.get("id"): part.text for part in root.iter() if part.get("id")}
        title, told = (by_id[name] for name in root.attrib["aria-labelledby"].split())
        assert (root.get("role"), title) == ("img", figure.title)
        assert told is not None
        assert figure.summary.startswith(told[:100])
        assert figure.summary.endswith(".")
        names += [root.attrib["aria-labelledby"]]
    assert len(set(names)) == len(names)


def test_nothing_in_a_figure_runs_or_loads(figures: list[Figure]) -> None:
    for figure in figures:
        for part in ElementTree.fromstring(figure.svg).iter():
            assert part.tag.removeprefix(SVG) not in ("script", "style", "image", "use", "a", "foreignObject")
            assert not [name for name in part.attrib if name.startswith("on") or name.endswith("href")]
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", figure.svg)


def test_texts_stay_in_the_figure_and_ticks_do_not_touch(figures: list[Figure]) -> None:
    for figure in figures:
        root = ElementTree.fromstring(figure.svg)
        lines: dict[str, list[tuple[float, float]]] = {}
        for text in shown_texts(root):
            low, high = span(text)
            assert low >= -1, (figure.name, "".join(text.itertext()))
            assert high <= 641, (figure.name, "".join(text.itertext()))
            if "tick" in text.get("class", ""):
                lines.setdefault(text.get("y", ""), []).append((low, high))
        for places in lines.values():
            ordered = sorted(places)
            assert all(one[1] < two[0] for one, two in pairwise(ordered)), figure.name


def test_lines_of_names_do_not_stand_on_each_other(figures: list[Figure]) -> None:
    for figure in figures:
        root = ElementTree.fromstring(figure.svg)
        boxes = [(*span(text), float(text.get("y", 0))) for text in shown_texts(root)]
        for place, (low, high, y) in enumerate(boxes):
            for other_low, other_high, other_y in boxes[:place]:
                apart = high <= other_low or other_high <= low or abs(y - other_y) >= SMALL - 1
                assert apart, (figure.name, y, other_y)


def test_every_place_is_a_number_and_every_row_has_all_columns(figures: list[Figure]) -> None:
    for figure in figures:
        assert "nan" not in re.sub("data-[a-z]+=.[^\"']*|>[^<]*<", "", figure.svg)
        assert figure.rows
        assert {len(row) for row in figure.rows} == {len(figure.columns)}


@pytest.mark.parametrize("case", CASES)
def test_a_figure_is_drawn_or_it_is_said_what_would_make_it_appear(case: str) -> None:
    records = CASES[case]()
    for group in scored_groups(records):
        there = {figure.name for figure in experiment_figures(records, group)}
        missing = {gap.name: gap.why for gap in missing_figures(records, group)}
        assert there | missing.keys() == {chart.name for chart in CHARTS}
        assert not there & missing.keys()
        assert all(why.startswith("It needs") and why.endswith(".") for why in missing.values())


def test_arms_are_drawn_at_their_paired_changes() -> None:
    records = verdicts()
    _, root = drawn(records, "arms")
    marks = {part.attrib["data-arm"]: float(part.attrib["data-value"]) for part in data(root, "arm")}
    for arm in group_of(*records).arms[1:]:
        assert arm.facts.beside is not None
        assert marks[arm.name] == pytest.approx(estimated_change(arm.facts.beside, "accuracy").number)
    zero, steered = (float(part.attrib["cx"]) for part in data(root, "arm") if "cx" in part.attrib)
    negated = next(part for part in data(root, "arm") if part.attrib["data-arm"] == "negated")
    middle = float(negated.attrib["points"].split()[0].split(",")[0])
    unit = (steered - zero) / marks["steered"]
    assert middle == pytest.approx(zero + marks["negated"] * unit, abs=0.05)


def test_no_effect_is_drawn_of_an_invalid_arm() -> None:
    figure, root = drawn(invalid(), "arms")
    assert "steered" not in {part.attrib["data-arm"] for part in data(root, "arm")}
    assert "not-added" in figure.summary
    names = {one.name for one in experiment_figures(invalid(), group_of(*invalid()))}
    assert not names & {"shifts", "groups"}


def test_a_search_shows_each_point_the_broken_ones_and_what_was_taken() -> None:
    search = points(4, (0.5, 1.0))
    found = {"joy": 0.5, "broken_share": 0.4, "allowed_broken_share": 0.1}
    search[3] = replace(search[3], evidence={"skipped": "float16 overflows at block 3"})
    figure, root = drawn([*verdicts(), *search], "search")
    cells = {(int(p.attrib["data-layer"]), float(p.attrib["data-scale"])): p for p in data(root, "layer")}
    assert len(cells) == 8
    assert float(cells[2, 0.5].attrib["data-value"]) == search[4].metrics["accuracy_by_margin"]
    assert "data-value" not in cells[1, 1.0].attrib
    assert "overflows" in "".join(row[-1] for row in figure.rows)
    (frame,) = [part for part in root.iter() if part.get("class") == "chosen"]
    taken = cells[2, 1.0].attrib
    assert float(frame.attrib["x"]) == pytest.approx(float(taken["x"]) - 0.5)
    assert float(frame.attrib["y"]) == pytest.approx(float(taken["y"]) - 0.5)
    broken = [*points(1, (1.0,), **{**found, "broken_share": 0.0}), *points(2, (2.0,), **found)]
    _, root = drawn([*texts(), *broken], "search")
    assert len([part for part in root.iter() if part.get("class") == "broken"]) == 2


def test_a_search_by_halving_is_one_figure_whose_points_have_the_number_of_their_most_samples() -> None:
    asked = {"dataset": "films", "split": "dev", "sha256": "x"}
    first, last = (
        [
            replace(one, spec={**one.spec, "data": {**asked, "samples": samples}})
            for one in points(3, (1.0, 2.0))
        ]
        for samples in (5, 45)
    )
    again = replace(last[3], metrics={**last[3].metrics, "accuracy_by_margin": 0.125})
    figure, root = drawn([*first, again], "search")
    cells = root.findall(".//*[@data-layer]")

    assert len(cells) == 6
    where = next(one for one in cells if float(one.attrib["data-value"]) == 0.125)
    assert (where.attrib["data-layer"], where.attrib["data-scale"]) == ("1", "2.0")
    assert "5 were dropped before they were asked all 45 samples" in figure.summary
    assert sum("on 5 of 45 samples" in row[-1] for row in figure.rows) == 5


def test_a_search_without_a_scored_run_is_drawn_too() -> None:
    figure, _ = drawn(points(3, (1.0, 2.0)), "search")
    assert "6 points of 3 layers and 2 scales on dev" in figure.summary


def test_samples_that_moved_the_wrong_way_are_told_by_their_colour() -> None:
    records = verdicts()
    figure, root = drawn(records, "shifts")
    against = [part for part in data(root, "value") if part.attrib["fill"] == WRONG]
    found = wrong_way(group_of(*records).arms[1].facts.beside)  # type: ignore[arg-type]
    assert found is not None
    assert len(against) == round(found.share * found.samples) > 0
    values = [float(part.attrib["data-value"]) for part in data(root, "value")]
    assert values == sorted(values, reverse=True)
    assert figure.summary.startswith(f"{len(against)} of 24 samples")


def test_of_ten_thousand_samples_medians_are_drawn_and_that_is_said() -> None:
    arms = {"unsteered": unsteered_margins(10_000), "steered": steered_margins(10_000)}
    records = [record(arm, samples(margins)) for arm, margins in arms.items()]
    (figure,) = item_shifts.CHART.draw(View(group_of(*records)))
    root = ElementTree.fromstring(figure.svg)
    drawn_values = [part.attrib["data-values"].split() for part in data(root, "values")]
    assert sum(map(len, drawn_values)) == MOST_BARS
    along, against = (part for part in data(root, "values"))
    assert against.attrib["fill"] == WRONG
    assert max(map(float, drawn_values[1])) < 0 <= min(map(float, drawn_values[0]))
    assert along.attrib["d"].count("V") == len(drawn_values[0]) + 1
    assert len(figure.rows) == 2 * LISTED + 1
    assert "median of about 17 samples" in figure.note
    assert len(figure.svg) < 20_000


def test_samples_without_a_finite_number_turn_no_direction() -> None:
    figure, root = drawn(gaps(), "shifts")
    assert [float(part.attrib["data-value"]) for part in data(root, "value")] == [pytest.approx(0.2)]
    assert "5 have no number in one of the arms" in figure.summary


def test_groups_stand_in_natural_order_with_all_samples_last() -> None:
    figure, root = drawn(verdicts(40, ("part 10", "part 9", "part 2")), "groups")
    names = [part.attrib["data-group"] for part in data(root, "group")]
    assert names == ["part 2", "part 9", "part 10", "all samples"]
    assert [row[1] for row in figure.rows] == ["12", "14", "14", "40"]


def test_a_dose_is_drawn_at_the_mean_of_its_items_beside_null_directions() -> None:
    figure, root = drawn(dosed(), "doses")
    found = [
        (float(one.attrib["data-scale"]), float(one.attrib["data-value"])) for one in data(root, "scale")
    ]
    assert found == [(0.0, 0.375), (1.0, 1.125), (2.0, 1.875)]
    assert "slope +.900 [+.500, +1.300], 25% of the samples are anti-steerable" in figure.summary
    assert [row[-1] for row in figure.rows] == ["0 to 0", "−.10 to .30", "−.20 to .20"]


def test_doses_that_were_scored_as_arms_are_a_curve() -> None:
    first, steered, *_ = verdicts()
    half = replace(steered, arm="dose:0.5", outcomes=first.outcomes)
    figure, root = drawn([first, half, steered], "doses")
    assert [float(one.attrib["data-scale"]) for one in data(root, "scale")] == [0.0, 0.5, 1.0]
    assert figure.columns[1] == "accuracy"


def test_arms_whose_sensitivity_cannot_be_told_are_named() -> None:
    always = record("unsteered", samples([1.0] * 24))
    figure, root = drawn([always, *verdicts()[1:]], "plane")
    assert "unsteered" not in {part.attrib["data-arm"] for part in data(root, "arm")}
    assert "not identifiable" in "".join(root.itertext())
    assert "1 of 5 arms cannot be placed" in figure.summary


def test_two_runs_are_paired_cell_by_cell_with_flips_both_ways() -> None:
    before, now = verdicts(), verdicts()
    turned = [replace(one, correct=not one.correct) for one in now[1].outcomes[:3]]
    now[1] = replace(now[1], outcomes=(*turned, *now[1].outcomes[3:]))
    (figure,) = compared_figures([group_of(*before)], [group_of(*now)])
    rows = {row[1]: row for row in figure.rows}
    lost = sum(bool(one.correct) for one in before[1].outcomes[:3])
    assert rows["steered"][5:7] == (str(lost), str(3 - lost))
    assert rows["unsteered"][5:7] == ("0", "0")
    root = ElementTree.fromstring(figure.svg)
    values = {part.attrib["data-arm"]: float(part.attrib["data-value"]) for part in data(root, "arm")}
    assert values["steered"] == pytest.approx((3 - 2 * lost) / 24)


def test_runs_without_a_cell_in_common_have_no_figure() -> None:
    other = [replace(one, experiment="test_other") for one in verdicts()]
    assert compared_figures([group_of(*verdicts())], [group_of(*other)]) == []
