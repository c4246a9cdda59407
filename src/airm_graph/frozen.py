"""Frozen data classes with slots, made in a third of the time that the standard library takes.

For each class ``dataclass(frozen=True, slots=True)`` writes, compiles and runs the source of six
methods when a module is loaded, which was a fifth of a small command. Here classes share these
methods, and ``__init__``, which is made with the first object and compiled for all classes alike.
"""

import dataclasses
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from types import CodeType, FunctionType
from typing import Any, NoReturn, TypeVar, dataclass_transform, overload

__all__ = ["frozen", "sort_frozen"]

_C = TypeVar("_C", bound=type)
_T = TypeVar("_T")
#: Stands for the default value that a field has not, and for a factory that it has not.
_LACKS = dataclasses.MISSING


@overload
def frozen(cls: _C, /) -> _C: ...
@overload
def frozen(*, order: bool) -> Callable[[_C], _C]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen(cls: Any = None, /, *, order: bool = False) -> Any:
    """Make a class what ``dataclass(frozen=True, slots=True)`` makes of it.

    Args:
        order: Whether objects are compared as tuples of their fields, too.

    >>> @frozen
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(1, 0), dataclasses.replace(Point(1), y=2)
    (Point(x=1, y=0), True, Point(x=1, y=2))
    """
    return _freeze(cls, order=order) if cls else lambda cls: _freeze(cls, order=order)


def _freeze(cls: type, *, order: bool) -> type:
    shared = _METHODS | _ORDER if order else _METHODS
    for name, method in shared.items():
        # A class with __eq__ of its own has __hash__ None unless it says otherwise.
        if vars(cls).get(name) is None:
            setattr(cls, name, method)
    cls.__doc__ = cls.__doc__ or cls.__name__
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    compared = [field.name for field in dataclasses.fields(made) if field.compare]
    made.__key__ = staticmethod(_make_key(compared))
    made.__init__ = _Init(made)
    return made  # type: ignore[no-any-return]


def _make_key(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Make what reads some fields."""
    if len(names) > 1:
        return operator.attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)


def sort_frozen(items: Iterable[_T]) -> list[_T]:
    """Sort objects of one class by their fields, which are read once for each object and not for
    each pair.
    """
    listed: list[Any] = list(items)
    return sorted(listed, key=type(listed[0]).__key__) if listed else listed


class _Init:
    """Stands for ``__init__`` until that is asked for."""

    def __init__(self, owner: type) -> None:
        self._owner = owner

    def __get__(self, instance: object, owner: type | None = None) -> Callable[..., None]:
        made = self._owner.__init__ = _write_init(self._owner)  # type: ignore[misc]
        return made.__get__(instance, owner)  # type: ignore[no-any-return]


def _write_init(cls: Any) -> Any:
    fields = dataclasses.fields(cls)
    factories, known = tuple(field.default_factory is not _LACKS for field in fields), dict[str, Any](_lacks=_LACKS)
    for number, field in enumerate(fields):
        known[f"_set_{number}"], known[f"_make_{number}"] = getattr(cls, field.name).__set__, field.default_factory
    code = _compile_init(factories, hasattr(cls, "__post_init__")).replace(
        co_varnames=("self", *(field.name for field in fields)), co_qualname=f"{cls.__qualname__}.__init__"
    )
    # A field with a factory lacks its value until that is made.
    defaults = (field.default for field, is_made in zip(fields, factories, strict=True) if is_made or field.default is not _LACKS)
    made = FunctionType(code, known, "__init__", tuple(defaults))
    made.__module__ = cls.__module__
    made.__annotations__ = {field.name: field.type for field in fields} | {"return": None}
    return made


@cache
def _compile_init(factories: tuple[bool, ...], is_finished: bool) -> CodeType:  # noqa: FBT001 - a key
    """Compile the ``__init__`` of classes whose fields have or have not a factory each; what is
    compiled once serves all of them under the names of their fields.
    """
    values = (f"_make_{n}() if _{n} is _lacks else _{n}" if is_made else f"_{n}" for n, is_made in enumerate(factories))
    lines = [f"_set_{number}(self, {value})" for number, value in enumerate(values)]
    lines += ["self.__post_init__()"] if is_finished else []
    parameters = "".join(f", _{number}" for number in range(len(factories)))
    made: dict[str, Any] = {}
    exec(f"def __init__(self{parameters}):\n  " + "\n  ".join(lines or ["pass"]), made)  # noqa: S102 - as dataclasses do
    code: CodeType = made["__init__"].__code__
    return code


def _write_repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _hash(self: Any) -> int:
    return hash(self.__key__(self))


def _refuse_change(_: object, name: str, __: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_removal(_: object, name: str) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: Sequence[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _compare(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(self: Any, other: Any) -> Any:
        key = self.__key__
        return holds(key(self), key(other)) if other.__class__ is self.__class__ else NotImplemented

    return compare


_METHODS: dict[str, Any] = {
    "__eq__": _compare(operator.eq),
    "__hash__": _hash,
    "__repr__": _write_repr,
    "__setattr__": _refuse_change,
    "__delattr__": _refuse_removal,
    "__getstate__": _get_state,
    "__setstate__": _set_state,
}
_ORDER = {f"__{name}__": _compare(getattr(operator, name)) for name in ("lt", "le", "gt", "ge")}
