"""What the benchmark writes: medians and maxima, for programs and for documents."""

import pytest
import typer
from benchmarks.figures import Figure, markdown, typical
from benchmarks.run import run


def test_a_figure_is_the_median_with_the_maximum_beside_it() -> None:
    figure = typical("noop_update", [(10, 1.0), (30, 3.0), (20, 2.0)])
    assert (figure.instructions, figure.instructions_maximum, figure.ms) == (20, 30, 2.0)


def test_a_group_that_is_not_there_is_refused_before_anything_is_measured() -> None:
    with pytest.raises(typer.BadParameter, match="no group await; there are operations, product"):
        run(only=["operations", "await"])


def test_programs_read_each_figure_beside_kybras() -> None:
    written = Figure("map_get", instructions=5).as_json()
    assert {"instructions", "ms", "per_second", "bytes", "kybra"} <= written.keys()
    assert (written["instructions"], written["kybra"]) == (5, "0.65-2.0 M")
    assert Figure("ticket_heap").as_json()["kybra"] is None


def test_a_document_gets_one_row_a_figure() -> None:
    rows = markdown([Figure("ticket_heap", bytes=1_234, note="growth")]).splitlines()
    assert len(rows) == 3
    assert rows[2] == "| ticket_heap |  |  |  |  | 1,234 |  | growth |"
