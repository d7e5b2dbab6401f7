"""The decorator `dataclass`. It does the same as the standard library's, in a tenth of the time at import.

The standard library compiles up to seven methods for each class when the class is defined. To plan, gwctl defines 200
such classes, but makes instances of only a quarter of them. This decorator shares the methods that need no compiling,
looks for the fields when somebody asks for them, and compiles `__init__` when the first instance is made. `fields`,
`replace` and `is_dataclass` work as usual.
"""

from __future__ import annotations

import dataclasses
from _thread import RLock
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, FrozenInstanceError
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, order=False, slots=False, kw_only=False):
        """Return the class with the methods of a dataclass, or the decorator with these options."""
        if cls is None:
            return partial(dataclass, frozen=frozen, eq=eq, order=order, slots=slots, kw_only=kw_only)
        own = {name for name, method in vars(cls).items() if method is not None}
        cls.__doc__ = cls.__doc__ or cls.__name__  # the standard library would write the parameters here
        if slots:  # the class is made once more, so it cannot be changed later
            cls = _standard(cls, slots=True, kw_only=kw_only)
        else:
            for name in _OF_FIELDS:
                setattr(cls, name, _Late(name, cls, kw_only))
        methods = {"__init__": _first_init(cls, frozen), "__repr__": _repr, "__signature__": _Signature()}
        if eq:
            methods |= _comparing(cls, frozen, order)
        if frozen:
            methods |= {"__setattr__": _refuse, "__delattr__": _refuse, "__setstate__": _set_state}
        for name, method in methods.items():
            if name not in own:
                setattr(cls, name, method)
        return cls


_standard = partial(dataclasses.dataclass, init=False, repr=False, eq=False)
_LOCK = RLock()
_OF_FIELDS = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")  # what the standard library sets


class _Late:
    """An attribute that the standard library sets on a dataclass. It is set when the attribute is read."""

    def __init__(self, name: str, cls: Any, kw_only: bool) -> None:
        self._name, self._cls, self._kw_only = name, cls, kw_only

    def __get__(self, instance: Any, cls: Any) -> Any:
        with _LOCK:  # the fields must be looked for once: the defaults are then no longer where they were found
            if isinstance(vars(self._cls)["__dataclass_fields__"], _Late):
                del self._cls.__match_args__  # which is set only where there is none
                _standard(self._cls, kw_only=self._kw_only)
        return getattr(self._cls, self._name)


def _first_init(cls: Any, frozen: bool) -> Callable[..., None]:
    """Return an `__init__` that compiles the real `__init__` at the first call, and puts the real one in its place."""

    def __init__(self: Any, *args: Any, **values: Any) -> None:
        cls.__init__ = init = _compiled_init(cls, frozen)
        init(self, *args, **values)

    vars(__init__)["compiled"] = partial(_compiled_init, cls, frozen)
    return __init__


def _compiled_init(cls: Any, frozen: bool) -> Callable[..., None]:
    """Return the `__init__` of the class, as the standard library would compile it."""
    fields = dataclasses.fields(cls)
    given = [each for each in fields if each.init]
    words = [_parameter(each) for each in given if not each.kw_only]
    words += ["*", *(_parameter(each) for each in given if each.kw_only)] if any(each.kw_only for each in given) else []
    lines = [*_statements(fields, frozen), *(["self.__post_init__()"] if hasattr(cls, "__post_init__") else []), "pass"]
    known = {"_set": object.__setattr__, "_MADE": _MADE}
    known |= {f"_of_{each.name}": each.default for each in fields}
    known |= {f"_new_{each.name}": each.default_factory for each in fields}
    exec(f"def __init__(self, {', '.join(words)}):\n " + "\n ".join(lines), known)  # noqa: S102 - names of fields alone
    init: Callable[..., None] = known["__init__"]  # type: ignore[assignment]
    init.__annotations__ = {**{each.name: each.type for each in given}, "return": None}
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


class _Made:
    """The default of a field whose value is made for each instance."""

    def __repr__(self) -> str:
        return "<factory>"


_MADE = _Made()


def _parameter(of: dataclasses.Field[Any]) -> str:
    if of.default_factory is not MISSING:
        return f"{of.name}=_MADE"
    return of.name if of.default is MISSING else f"{of.name}=_of_{of.name}"


def _statements(fields: Iterable[dataclasses.Field[Any]], frozen: bool) -> Iterator[str]:
    """Yield the lines that set the fields of an instance."""
    for each in fields:
        name = each.name
        if each.default_factory is not MISSING:
            value = f"_new_{name}() if {name} is _MADE else {name}" if each.init else f"_new_{name}()"
        else:
            value = name if each.init else f"_of_{name}"
        if each.init or value != f"_of_{name}" or each.default is not MISSING:
            yield f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}"


class _Signature:
    """The parameters of a class, for `help` and `inspect.signature`, also before the first instance."""

    def __get__(self, instance: Any, cls: Any) -> Any:
        import inspect

        init = cls.__init__
        signature = inspect.signature(getattr(init, "compiled", lambda: init)())
        return signature.replace(parameters=list(signature.parameters.values())[1:])


def _comparing(cls: Any, frozen: bool, order: bool) -> dict[str, Any]:
    """Return the methods that compare two instances of the class by their fields."""

    def values(self: Any) -> Any:
        nonlocal values
        values = _getter(each.name for each in dataclasses.fields(cls) if each.compare)  # type: ignore[assignment]
        return values(self)

    def hashed(self: Any) -> Any:
        nonlocal hashed
        fields = dataclasses.fields(cls)
        taken = (each.name for each in fields if (each.compare if each.hash is None else each.hash))
        hashed = _getter(taken)  # type: ignore[assignment]
        return hashed(self)

    def compared(operation: Callable[[Any, Any], bool]) -> Any:
        def method(self: Any, other: Any) -> Any:
            return operation(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

        return method

    def __eq__(self: Any, other: Any) -> Any:
        if self is other:
            return True
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
