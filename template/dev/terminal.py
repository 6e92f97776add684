"""Output for people: one line per thing; no colours when it is not a terminal."""

from rich.console import Console

console = Console(highlight=False, markup=False, soft_wrap=True)


def say(who: str, what: str, *, style: str | None = None) -> None:
    console.print(f"{who:<9}", style="bold cyan", end="")
    console.print(what, style=style)
