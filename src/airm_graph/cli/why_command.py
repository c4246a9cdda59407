"""`airm-graph why`."""

import sys

import click

from airm_graph.cli import EXIT_NO

__all__ = ["command"]


@click.command(
    "why",
    epilog="""\b
Examples:
  airm-graph why SUBJECT airm:underCode taxonomy/v2/2.3 --data dist
  airm-graph why SUBJECT a prov:Entity --format json
  airm-graph why --all --data dist > justifications.ttl
  airm-graph why --contradictions --data dist

\b
A term is an IRI, a prefixed name (airm:code), "a", a path below the base
(taxonomy/v2/2.3), or a literal in quotes.""",
)
@click.argument("statement", nargs=-1, metavar="[SUBJECT PREDICATE OBJECT]")
@click.option(
    "-d",
    "--data",
    type=click.Path(path_type=str, allow_dash=True),
    help="dist folder, file of quads or captures; the packaged example when left out.",
)
@click.option("--all", "everything", is_flag=True, help="Explain every inferred statement, as Turtle.")
@click.option("--contradictions", is_flag=True, help="Show what belongs to classes that exclude each other; exit code 1 if anything does.")
@click.option("--format", "shape", type=click.Choice(["text", "json", "turtle"]), help="Format of an explanation.  [default: text]")
def command(statement: tuple[str, ...], *, data: str | None, everything: bool, contradictions: bool, shape: str | None) -> int:
    """Say why a statement is in the graph: rule, premises, theirs, down to captured lines and
    cells.
    """
    from airm_graph.analysis.why_formats import describe_contradictions, describe_explanation, explanation_json, explanations_turtle
    from airm_graph.pipeline import load

    if (everything + contradictions + bool(statement)) != 1 or len(statement) not in (0, 3):
        raise click.UsageError("give SUBJECT PREDICATE OBJECT, or --all, or --contradictions")
    if shape and not statement:
        raise click.UsageError("--format goes with SUBJECT PREDICATE OBJECT; --all is Turtle, --contradictions is text")
    graph = load(data)
    if contradictions:
        found = graph.find_contradictions()
        sys.stdout.write(describe_contradictions(found))
        return EXIT_NO if found else 0
    if everything:
        sys.stdout.write(explanations_turtle(graph.explain_all(), base=graph.base))
        return 0
    explanation = graph.explain(*statement)
    if shape == "json":
        sys.stdout.write(explanation_json(explanation))
    elif shape == "turtle":
        sys.stdout.write(explanations_turtle([explanation], base=graph.base))
    else:
        sys.stdout.write(describe_explanation(explanation))
    return 0
