"""Frozen classes are in all that can be seen what the standard library makes of them."""

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any

import pytest

from airm_graph.frozen import frozen


@frozen(order=True)
class Ours:
    """Has a field of each kind."""

    name: str
    size: int = 1
    parts: list[str] = field(default_factory=list)
    hidden: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a name that is none."""
        if not self.name:
            raise ValueError("no name")


@dataclass(frozen=True, slots=True, order=True)
class Theirs:
    """Has a field of each kind."""

    name: str
    size: int = 1
    parts: list[str] = field(default_factory=list)
    hidden: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a name that is none."""
        if not self.name:
            raise ValueError("no name")


@frozen
class One:
    """Has one field."""

    only: str


BOTH = pytest.mark.parametrize("kind", [Ours, Theirs])
SEEN: list[Callable[[Any], object]] = [
    lambda kind: repr(kind("a", 2, hidden="x")).removeprefix(kind.__name__),
    lambda kind: (kind("a") == kind("a", hidden="x"), kind("a") == kind("b"), kind("a") == ("a", 1, [])),
    lambda kind: (kind("a") < kind("b"), kind("b") <= kind("a"), kind("a", 2) > kind("a"), kind("a") >= kind("a")),
    lambda kind: asdict(replace(kind("a"), size=3)),
    lambda kind: [(one.name, one.type) for one in fields(kind)],
    lambda kind: (kind.__slots__, kind.__match_args__, kind.__doc__),
    lambda kind: [(name, one.annotation, one.kind) for name, one in inspect.signature(kind).parameters.items()],
    lambda kind: kind("a").parts is not kind("a").parts,
    lambda kind: hash(replace(kind("a"), parts=())) == hash(("a", 1, ())),
]


@pytest.mark.parametrize("see", SEEN)
def test_frozen_classes_answer_as_those_of_the_standard_library(see: Callable[[Any], object]) -> None:
    assert see(Ours) == see(Theirs)


@BOTH
def test_copies_are_equal(kind: type[Ours]) -> None:
    one = kind("a", 2, ["b"], "c")
    for made in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one), copy.copy(one)):
        assert made == one
        assert made.hidden == "c"


@BOTH
def test_fields_cannot_be_changed(kind: type[Ours]) -> None:
    one = kind("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
        one.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
        del one.name
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        one.other = 1  # type: ignore[attr-defined]


@BOTH
def test_wrong_arguments_are_refused(kind: type[Ours]) -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        kind()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'none'"):
        kind("a", none=1)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="no name"):
        kind("")


def test_class_of_one_field_is_compared_by_it() -> None:
    assert {One("a"), One("a"), One("b")} == {One("b"), One("a")}
    assert hash(One("a")) == hash(("a",))
    assert One.__doc__
