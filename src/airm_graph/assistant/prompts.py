"""Worked questions that an assistant can offer."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PROMPTS", "Prompt"]

_RULES = (
    "Use the tools of airm-graph only. Give for every statement its IRI and the file and line that state it. "
    "Say what the graph does not hold. Repeat that the data is preliminary and must not be shared or cited."
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question with places for arguments.

    Attributes:
        arguments: Name → what it takes.
        question: Text in which ``{name}`` stands for an argument.
    """

    name: str
    title: str
    arguments: Mapping[str, str]
    question: str

    def write(self, given: Mapping[str, str]) -> str:
        """Write the question; arguments stand in it as quoted data.

        >>> PROMPTS[2].write({"edition": "v2"}).startswith("Which codes of the edition “v2”")
        True
        """
        question = self.question
        for name in self.arguments:
            question = question.replace("{" + name + "}", f"“{given[name][:200]}”")
        return f"{question} {_RULES}"


PROMPTS = (
    Prompt(
        "duties-of-a-role",
        "What should this actor do at this stage, and who says so?",
        {"actor": "Such as Deployer", "lifecycle": "Such as Deployment"},
        "What should the actor {actor} do at the lifecycle stage {lifecycle}, and which sources say so? "
        "Search mitigations by both facets, group them by code, and count the sources of each.",
    ),
    Prompt(
        "evidence-for-a-measure",
        "Where is this measure stated, and in which words?",
        {"measure": "Name or words of a measure"},
        "Where is the measure {measure} stated? Search for it, describe the best hit, and quote the captured lines with file and line.",
    ),
    Prompt(
        "what-is-missing",
        "Which codes does no source cover?",
        {"edition": "v1 or v2"},
        "Which codes of the edition {edition} have no mitigation? Run the query check-uncovered-codes, and list them with their labels.",
    ),
)
