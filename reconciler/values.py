"""The decorator `dataclass`. It does the same as the standard library's, in a tenth of the time at import.

The standard library compiles up to seven methods for each class when the class is defined. To plan, gwctl defines 200
such classes, but makes instances of only a quarter of them, and of most of these only one or two. This decorator shares
the methods that need no compiling, and looks for the fields when somebody asks for them. It fills the first instances
from the annotations, and compiles `__init__` when a class has more of them, because compiling takes as long as filling
40 instances. `fields`, `replace` and `is_dataclass` work as usual.
"""

from __future__ import annotations

import dataclasses
from _thread import RLock
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import MISSING, FrozenInstanceError
from functools import partial
from operator import attrgetter
from types import MemberDescriptorType
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
_FILLED = 20  # instances of a class that are made without a compiled `__init__`
_OF_FIELDS = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")  # what the standard library sets


class _Late:
    """An attribute that the standard library sets on a dataclass. It is set when the attribute is read."""

    def __init__(self, name: str, cls: Any, kw_only: bool) -> None:
        self._name, self._cls, self.kw_only = name, cls, kw_only

    def __get__(self, instance: Any, cls: Any) -> Any:
        with _LOCK:  # the fields must be looked for once: the defaults are then no longer where they were found
            if isinstance(vars(self._cls)["__dataclass_fields__"], _Late):
                del self._cls.__match_args__  # which is set only where there is none
                _standard(self._cls, kw_only=self.kw_only)
        return getattr(self._cls, self._name)


def _first_init(cls: Any, frozen: bool) -> Callable[..., None]:
    """Return an `__init__` that fills the first instances, and then puts the compiled `__init__` in its place.

    The compiled one also gets the arguments that do not fit, and says what is wrong with them.
    """
    left, parameters, setting = _FILLED, None, object.__setattr__ if frozen else setattr

    def __init__(self: Any, *args: Any, **values: Any) -> None:
        nonlocal left, parameters
        left -= 1
        parameters = parameters or _parameters(cls)
        filled = _filled(parameters, args, values) if parameters and left >= 0 else None
        if filled is None:
            cls.__init__ = init = _compiled_init(cls, frozen)
            init(self, *args, **values)
            return
        for name, value in filled.items():
            setting(self, name, value)
        if hasattr(cls, "__post_init__"):
            self.__post_init__()

    vars(__init__)["compiled"] = partial(_compiled_init, cls, frozen)
    return __init__


def _parameters(cls: Any) -> dict[str, Any] | None:
    """Return {field: (whether it is given by its keyword alone, its default, what makes its default)}.

    Return None if only the standard library can tell: for a field that is no parameter, for example.
    """
    found: dict[str, Any] = {}
    with _LOCK:  # the standard library takes the defaults away from where they are found
        for base in reversed(cls.__mro__):
            late, notes = vars(base).get("__dataclass_fields__"), vars(base).get("__annotations__", {})
            if isinstance(late, _Late):
                own = [name for name, note in notes.items() if not str(note).startswith("ClassVar")]
                found |= {name: _parameter_of(vars(base).get(name, MISSING), late.kw_only) for name in own}
            elif late is not None:
                found |= {each.name: _parameter_of(each, each.kw_only) for each in dataclasses.fields(base)}
            if late is not None and any(_is_special(str(note)) for note in notes.values()):
                return None
    return None if None in found.values() else found


def _is_special(note: str) -> bool:
    return "InitVar" in note or "KW_ONLY" in note or note.find("ClassVar") > 0


def _parameter_of(default: Any, kw_only: Any) -> tuple[bool, Any, Any] | None:
    if not isinstance(default, dataclasses.Field):
        return kw_only, default, MISSING
    own = kw_only if default.kw_only is MISSING else default.kw_only
    return (own, default.default, default.default_factory) if default.init else None


def _filled(parameters: dict[str, Any], args: Sequence[Any], values: dict[str, Any]) -> dict[str, Any] | None:
    """Return the fields of an instance in their order, or None if the arguments do not fit the parameters."""
    by_place = [name for name, (kw_only, *_) in parameters.items() if not kw_only]
    given = {**dict(zip(by_place, args, strict=False)), **values}
    if len(given) < len(args) + len(values) or not given.keys() <= parameters.keys():
        return None
    filled = {}
    for name, (_, default, factory) in parameters.items():
        if name in given:
            filled[name] = given[name]
        elif factory is not MISSING:
            filled[name] = factory()
        elif default is not MISSING:
            filled[name] = default
        else:
            return None
    return filled


def _compiled_init(cls: Any, frozen: bool) -> Callable[..., None]:
    """Return the `__init__` of the class, as the standard library would compile it."""
    fields = dataclasses.fields(cls)
    given = [each for each in fields if each.init]
    words = [_parameter(each) for each in given if not each.kw_only]
    words += ["*", *(_parameter(each) for each in given if each.kw_only)] if any(each.kw_only for each in given) else []
    setters = _setters(cls, fields) if frozen else {}
    lines = [
        *_statements(fields, frozen, setters),
        *(["self.__post_init__()"] if hasattr(cls, "__post_init__") else []),
        "pass",
    ]
    known = {"_set": object.__setattr__, "_MADE": _MADE, **setters}
    known |= {f"_of_{each.name}": each.default for each in fields}
    known |= {f"_new_{each.name}": each.default_factory for each in fields}
    exec(f"def __init__(self, {', '.join(words)}):\n " + "\n ".join(lines), known)  # noqa: S102 - names of fields alone
    init: Callable[..., None] = known["__init__"]
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


def _setters(cls: Any, fields: Iterable[dataclasses.Field[Any]]) -> dict[str, Any]:
    """Return {name: function that sets the slot} for the fields that are slots. It needs no look-up of the slot."""
    slots = {each.name: getattr(cls, each.name, None) for each in fields}
    return {f"_set_{name}": slot.__set__ for name, slot in slots.items() if isinstance(slot, MemberDescriptorType)}


def _statements(fields: Iterable[dataclasses.Field[Any]], frozen: bool, setters: Collection[str]) -> Iterator[str]:
    """Yield the lines that set the fields of an instance."""
    for each in fields:
        name = each.name
        if each.default_factory is not MISSING:
            value = f"_new_{name}() if {name} is _MADE else {name}" if each.init else f"_new_{name}()"
        else:
            value = name if each.init else f"_of_{name}"
        if each.init or value != f"_of_{name}" or each.default is not MISSING:
            if f"_set_{name}" in setters:
                yield f"_set_{name}(self, {value})"
            else:
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
