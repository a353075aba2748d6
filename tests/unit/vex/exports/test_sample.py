"""The sample has the shape that it claims, and is what its script writes."""

from collections import Counter
from pathlib import Path
from statistics import mean, median

import pytest

from vex.exports import Desk, read_export
from vex.exports.sample import write_sample

SAMPLE = Path(__file__).parents[4] / "samples" / "desk"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return read_export(SAMPLE)


def test_the_same_seed_writes_the_sample_of_the_repository_byte_for_byte(tmp_path: Path) -> None:
    write_sample(tmp_path, tickets=1200, seed=2026)
    for path in sorted(SAMPLE.rglob("*.*")):
        assert (tmp_path / path.relative_to(SAMPLE)).read_bytes() == path.read_bytes(), path


def test_priorities_are_60_25_12_3(desk: Desk) -> None:
    counts = Counter(ticket.priority for ticket in desk.tickets)
    shares = [round(100 * counts[priority] / len(desk.tickets)) for priority in ("normal", "low", "high", "urgent")]
    assert shares == pytest.approx([60, 25, 12, 3], abs=3)


def test_comments_are_geometric_with_mean_5_and_a_fifth_of_them_internal(desk: Desk) -> None:
    comments = [comment for ticket in desk.tickets for comment in ticket.comments]
    assert mean(len(ticket.comments) for ticket in desk.tickets) == pytest.approx(5, abs=0.4)
    assert mean(comment.internal for comment in comments) == pytest.approx(0.2, abs=0.02)


def test_one_organisation_asks_30_percent_and_15_percent_have_attachments(desk: Desk) -> None:
    largest = Counter(ticket.organisation for ticket in desk.tickets).most_common(1)[0][1]
    assert largest / len(desk.tickets) == pytest.approx(0.3, abs=0.03)
    assert mean(ticket.attachment_count > 0 for ticket in desk.tickets) == pytest.approx(0.15, abs=0.03)


def test_texts_have_416_characters_in_the_median_outliers_of_60_000_and_several_scripts(desk: Desk) -> None:
    sizes = [len(ticket.subject) + len(ticket.body) for ticket in desk.tickets]
    assert median(sizes) == pytest.approx(416, abs=25)
    assert max(sizes) == pytest.approx(60_000, abs=100)
    text = "".join(ticket.subject for ticket in desk.tickets)
    assert all(letter in text for letter in "ה注ل注ऑü")
