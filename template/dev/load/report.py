"""The table and the picture."""

import importlib
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from dev.load.orders import Level

FLAT = 1.25
"""The app's memory is flat if the last of the equal rounds ends with at most so many times that of the first."""


def table(levels: Sequence[Level]) -> Table:
    """A row per level."""
    result = Table(title="orders under load", title_justify="left")
    for name in (
        "orders",
        "done",
        "failed",
        "per s",
        "p50 s",
        "p95 s",
        "p99 s",
        "app MB before",
        "after",
        "client CPU",
    ):
        result.add_column(name, justify="left" if name == "orders" else "right", no_wrap=name == "orders")
    for level in levels:
        result.add_row(
            level.name,
            str(len(level.seconds)),
            str(len(level.failed)),
            f"{level.throughput:.1f}",
            *(f"{level.percentile(share):.2f}" for share in (0.5, 0.95, 0.99)),
            *(f"{megabytes:.0f}" for megabytes in level.memory),
            f"{level.client:.0%}",
        )
    return result


def picture(levels: Sequence[Level], path: Path) -> bool:
    """Draws throughput, latency and memory; false without matplotlib, which is in a dependency group of its own."""
    try:
        importlib.import_module("matplotlib").use("Agg")
        pyplot = importlib.import_module("matplotlib.pyplot")
    except ImportError:
        return False
    names = [level.name for level in levels]
    figure, (speed, latency, memory) = pyplot.subplots(3, 1, figsize=(9, 11), sharex=True, layout="constrained")
    bars = speed.bar(names, [level.throughput for level in levels], color="tab:blue")
    speed.bar_label(bars, fmt="%.1f")
    speed.margins(y=0.15)
    speed.set(title="Throughput", ylabel="orders per second")
    for share, marker in ((0.5, "o"), (0.95, "s"), (0.99, "^")):
        latency.plot(names, [level.percentile(share) for level in levels], marker=marker, label=f"p{share * 100:.0f}")
    latency.set(title="Latency of an order", ylabel="seconds (logarithmic)", yscale="log")
    latency.legend()
    memory.plot(names, [level.memory[1] for level in levels], marker="o", color="tab:red")
    memory.set(title="Memory of the app after each level (RSS)", ylabel="megabytes")
    memory.set_ylim(0, 1.2 * max(level.memory[1] for level in levels))
    memory.tick_params(axis="x", rotation=20)
    for axes in (speed, latency, memory):
        axes.grid(axis="y", alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    figure.savefig(path.with_suffix(".png"), dpi=110)
    return True
