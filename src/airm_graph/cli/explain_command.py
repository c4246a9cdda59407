"""`airm-graph explain`."""

import json
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from airm_graph.validate.rulebook import RulePage

__all__ = ["command"]

_ORIGINS = {
    "DEC": "Found when decisions are read and followed.",
    "INF": "Found when conclusions are drawn.",
    "MRG": "Found when captures are merged.",
    "SSM": "Found when a table of mappings is read.",
}


def _complete_rule(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from airm_graph.validate.rulebook import load_rulebook

    return [rule for rule in load_rulebook() if rule.startswith(incomplete.upper())]


@click.command(
    "explain",
    epilog="""\b
Examples:
  airm-graph explain MIT-03
  airm-graph explain
  airm-graph explain CAP-08 --format json""",
)
@click.argument("rule", required=False, shell_complete=_complete_rule)
@click.option("--format", "shape", type=click.Choice(["human", "json"]), default="human", show_default=True, help="Format of the page.")
def command(rule: str | None, *, shape: str) -> int:
    """Explain a rule: why it is there, what fails, what passes, how to fix; without RULE list all
    rules.
    """
    from dataclasses import asdict

    from airm_graph.validate.rulebook import find_page, load_rulebook

    pages = list(load_rulebook().values()) if rule is None else [find_page(rule)]
    if shape == "json":
        found = [asdict(page) for page in pages]
        sys.stdout.write(json.dumps(found if rule is None else found[0], ensure_ascii=False, indent=2) + "\n")
    elif rule is None:
        for page in pages:
            click.echo(f"{page.rule:<8} {page.severity.value:<10} {page.title}")
    else:
        _write_page(pages[0])
    return 0


def _write_page(page: "RulePage") -> None:
    click.echo(f"{page.rule} ({page.severity.value}): {page.title}\n")
    for title, text in (("Why", page.why), ("To fix", page.remedy)):
        if text:
            click.echo(f"{title}: {text}\n")
    for title, text in (("This fails", page.fails), ("This passes", page.passes)):
        if text:
            click.echo(f"{title}:\n\n" + "".join(f"    {line}\n" if line else "\n" for line in text.split("\n")))
    origin = _ORIGINS.get(page.rule.partition("-")[0], "Found when a capture is read.")
    click.echo(f"Shape: <{page.shape}> in shapes/{page.group}.ttl" if page.shape else origin)
