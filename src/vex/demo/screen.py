"""What the demo shows: bars while it works, tables at the end. Writes to stderr, so that --json has stdout alone."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from vex.demo.figures import Figures


class Screen:
    """One bar a stage."""

    def __init__(self, console: Console) -> None:
        self.console = console
        columns = (SpinnerColumn(), TextColumn("{task.description:<42}"), BarColumn(), MofNCompleteColumn())
        self.progress = Progress(*columns, TimeElapsedColumn(), console=console)
        self._bars: dict[str, int] = {}

    def begin(self, stage: str, total: int, words: str) -> None:
        """Show a bar for `stage`."""
        self._bars[stage] = self.progress.add_task(words, total=total)

    def advance(self, stage: str, count: int = 1) -> None:
        """Move the bar of `stage`; a stage without a bar is not shown."""
        if stage in self._bars:
            self.progress.advance(self.progress.tasks[self._bars[stage]].id, count)

    def say(self, words: str) -> None:
        """Text as it is: an address is neither broken at the right margin nor read as markup."""
        self.console.print(words, markup=False, highlight=False, soft_wrap=True)

    def tables(self, figures: Figures) -> None:
        """The results."""
        self.console.print(_shards(figures))
        self.console.print(_costs(figures))
        self.console.print(_refusals(figures))


def _shards(figures: Figures) -> Table:
    table = Table(title="Shards, as the index was last told", title_justify="left")
    for column in ("shard", "canister", "from id", "tickets", "state", "spawn"):
        numeric = column in {"shard", "from id", "tickets", "spawn"}
        table.add_column(column, justify="right" if numeric else "left", no_wrap=column == "canister")
    for shard in figures.shards:
        took = (shard.spawn_finished - shard.spawn_started) / 1e9 if shard.spawn_finished else None
        table.add_row(
            str(shard.shard),
            str(shard.canister),
            str(shard.start),
            f"{shard.tickets} of {shard.capacity}",
            shard.state or shard.step,
            "" if took is None else f"{took:.2f} s",
        )
    return table


def _costs(figures: Figures) -> Table:
    values = figures.as_json()
    table = Table(title="What it took", title_justify="left", show_header=False)
    survived = "survived" if figures.upgrade_survived else "FAILED OR LOST DATA"
    took = f"{figures.upgrade_instructions:,} instructions, {figures.upgrade_seconds:.2f} s"
    rows = {
        "tickets imported": f"{values['tickets']} ({values['through_index']} of them through the index)",
        "comments": f"{values['comments']:,}",
        "attachments": f"{values['skipped_attachments']} left out: the export names files and does not hold them",
        "reports": f"count {values['tickets_counted']} tickets, without looking at one",
        "create_ticket": f"{values['create_ticket_instructions']:,} instructions, {values['create_ticket_ms']} ms",
        "add_comment": f"{values['add_comment_instructions']:,} instructions",
        "import": f"{values['import_seconds']} s with {values['in_flight']} requests in flight",
        "upgrade of a shard": f"{survived}, {took}",
        "all of it": f"{values['seconds']} s",
    }
    for name, text in rows.items():
        table.add_row(name, text)
    return table


def _refusals(figures: Figures) -> Table:
    table = Table(title="Who was refused what", title_justify="left")
    for column in ("who", "what they tried", "answer"):
        table.add_column(column)
    for outcome in figures.outcomes:
        answer = f"{outcome.code} {outcome.message}" if outcome.code else outcome.message
        table.add_row(outcome.who, outcome.what, answer if outcome.as_expected else f"[red]UNEXPECTED {answer}")
    return table
