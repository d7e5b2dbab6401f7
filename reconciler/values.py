"""The decorator `dataclass`. It does the same as the standard library's, in a tenth of the time at import.

The standard library compiles up to seven methods for each class when the class is defined. To plan, gwctl defines 200
such classes, but makes instances of only a quarter of them. This decorator shares the methods that need no compiling,
and compiles `__init__` when the first instance is made. `fields`, `replace` and `is_dataclass` work as usual.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import FrozenInstanceError, field, make_dataclass
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, order=False, **options):
        """Return the class with the methods of a dataclass, or the decorator with these options."""
        if cls is None:
            return partial(dataclass, frozen=frozen, eq=eq, order=order, **options)
        own = {name for name, method in vars(cls).items() if method is not None}
        made = dataclasses.dataclass(cls, init=False, repr=False, eq=False, **options)
        methods = {"__init__": _first_init(made, frozen), "__repr__": _repr, "__signature__": _Signature()}
        if eq:
            methods |= _comparing(made, frozen, order)
        if frozen:
            methods |= {"__setattr__": _refuse, "__delattr__": _refuse, "__setstate__": _set_state}
        for name, method in methods.items():
            if name not in own:
                setattr(made, name, method)
        return made


def _first_init(cls: Any, frozen: bool) -> Callable[..., None]:
    """Return an `__init__` that compiles the real `__init__` at the first call, and puts the real one in its place."""

    def __init__(self: Any, *args: Any, **values: Any) -> None:
        cls.__init__ = init = _compiled_init(cls, frozen)
        init(self, *args, **values)

    vars(__init__)["compiled"] = partial(_compiled_init, cls, frozen)
    return __init__


def _compiled_init(cls: Any, frozen: bool) -> Callable[..., None]:
    after = {"__post_init__": cls.__post_init__} if hasattr(cls, "__post_init__") else {}
    copies = [(each.name, each.type, _copy(each)) for each in dataclasses.fields(cls)]
    model = make_dataclass(cls.__name__, copies, namespace=after, frozen=frozen, repr=False, eq=False)
    init: Callable[..., None] = vars(model)["__init__"]
    return init


class _Signature:
    """The parameters of a class, for `help` and `inspect.signature`, also before the first instance."""

    def __get__(self, instance: Any, cls: Any) -> Any:
        import inspect

        init = cls.__init__
        signature = inspect.signature(getattr(init, "compiled", lambda: init)())
        return signature.replace(parameters=list(signature.parameters.values())[1:])


def _copy(of: Any) -> Any:
    return field(default=of.default, default_factory=of.default_factory, init=of.init, kw_only=of.kw_only)


def _comparing(cls: Any, frozen: bool, order: bool) -> dict[str, Any]:
    """Return the methods that compare two instances of the class by their fields."""
    fields = dataclasses.fields(cls)
    values = _getter(each.name for each in fields if each.compare)
    hashed = _getter(each.name for each in fields if (each.compare if each.hash is None else each.hash))

    def compared(operation: Callable[[Any, Any], bool]) -> Any:
        def method(self: Any, other: Any) -> Any:
            return operation(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

        return method

    def __eq__(self: Any, other: Any) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: Any) -> int:
        return hash(hashed(self))

    hashing = {"__hash__": __hash__ if frozen else None}
    if not order:
        return {"__eq__": __eq__, **hashing}
    from operator import ge, gt, le, lt

    orders = {f"__{operation.__name__}__": compared(operation) for operation in (lt, le, gt, ge)}
    return {"__eq__": __eq__, **hashing, **orders}


def _getter(names: Iterable[str]) -> Callable[[Any], Any]:
    these = tuple(names)
    return attrgetter(*these) if these else lambda _: ()


def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in dataclasses.fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: Any, name: str, *_value: Any) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r} of {type(self).__name__}")


def _set_state(self: Any, state: Any) -> None:
    """Set the fields of a copy."""
    plain, slots = state if isinstance(state, tuple) else (state, None)
    for name, value in {**(plain or {}), **(slots or {})}.items():
        object.__setattr__(self, name, value)
