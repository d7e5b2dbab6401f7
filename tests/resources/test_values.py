"""`reconciler.values.dataclass` does what the standard library's decorator does."""

from __future__ import annotations

import copy
import dataclasses
import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import KW_ONLY, FrozenInstanceError, field, fields, replace
from typing import Any, ClassVar

import pytest

from reconciler.values import dataclass

BOTH = pytest.mark.parametrize("decorator", [dataclasses.dataclass, dataclass], ids=["standard", "ours"])
Decorator = Callable[..., Any]


def point(decorator: Decorator, **options: Any) -> Any:
    """A class with every kind of field."""

    @decorator(**options)
    class Point:
        x: int
        y: int = 2
        tags: list[str] = field(default_factory=list, compare=False)
        note: str = field(default="", repr=False, kw_only=True)

        def __str__(self) -> str:
            return f"{self.x}/{self.y}"

    return Point


@BOTH
@pytest.mark.parametrize("slots", [False, True])
def test_values_are_made_compared_shown_and_copied(decorator: Decorator, slots: bool) -> None:
    cls = point(decorator, frozen=True, slots=slots, order=True)
    one, other = cls(1, tags=["a"]), cls(x=1, y=2, tags=["b"], note="n")
    assert (one.x, one.y, one.tags, one.note, str(one)) == (1, 2, ["a"], "", "1/2")
    assert cls(1).tags is not cls(1).tags
    assert one != other and one == cls(1) and hash(one) == hash(cls(1)) and one != (1, 2, "")
    assert one < other < cls(2) and sorted([cls(3), cls(2)]) == [cls(2), cls(3)]
    assert repr(one) == f"{cls.__qualname__}(x=1, y=2, tags=['a'])"
    assert replace(one, y=5) == cls(1, 5)
    assert [each.name for each in fields(cls)] == ["x", "y", "tags", "note"]
    assert copy.deepcopy(one) == one and copy.copy(one).tags is one.tags


@BOTH
def test_the_parameters_are_known_before_the_first_instance(decorator: Decorator) -> None:
    cls = point(decorator, frozen=True)
    before = inspect.signature(cls)
    assert list(before.parameters) == ["x", "y", "tags", "note"]
    assert before.parameters["note"].kind is inspect.Parameter.KEYWORD_ONLY
    cls(1)
    assert str(inspect.signature(cls)) == str(before)


@BOTH
@pytest.mark.parametrize("slots", [False, True])
def test_a_frozen_value_cannot_change(decorator: Decorator, slots: bool) -> None:
    value = point(decorator, frozen=True, slots=slots)(1)
    with pytest.raises(FrozenInstanceError):
        value.x = 2
    with pytest.raises(FrozenInstanceError):
        del value.x
    assert value.x == 1


@BOTH
def test_a_value_that_can_change_has_no_hash(decorator: Decorator) -> None:
    cls = point(decorator)
    value = cls(1)
    value.x = 2
    assert value == cls(2)
    with pytest.raises(TypeError):
        hash(value)
    assert hash(point(decorator, eq=False)(1)) != hash(point(decorator, eq=False)(1))


@BOTH
@pytest.mark.parametrize("arguments", [((), {}), ((1, 2, [], "n"), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_wrong_arguments_are_a_type_error(decorator: Decorator, arguments: tuple[Any, dict[str, Any]]) -> None:
    cls = point(decorator, frozen=True)
    for _ in range(2):  # the first call compiles, the second one finds the compiled method
        with pytest.raises(TypeError):
            cls(*arguments[0], **arguments[1])


@BOTH
def test_a_subclass_has_the_fields_of_its_base(decorator: Decorator) -> None:
    base = point(decorator, frozen=True)

    @decorator(frozen=True, kw_only=True)
    class Solid(base):
        z: int

        def __hash__(self) -> int:
            return 7

    solid = Solid(1, z=3)
    assert (solid.x, solid.z, hash(solid)) == (1, 3, 7)
    assert solid != base(1) and base(1) == base(1)


@BOTH
def test_fields_that_many_threads_look_for_first_are_complete(decorator: Decorator) -> None:
    for _ in range(20):
        cls = point(decorator, frozen=True)
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda x, cls=cls: (cls(x), cls.__match_args__), range(8)))  # type: ignore[misc]
        assert made == [(cls(x), ("x", "y", "tags")) for x in range(8)]


@BOTH
@pytest.mark.parametrize("slots", [False, True])
def test_a_field_that_is_no_parameter_has_its_default(decorator: Decorator, slots: bool) -> None:
    @decorator(frozen=True, slots=slots)
    class Inner:
        depth: int = field(init=False, default=5)
        unset: int = field(init=False)

    assert Inner().depth == 5
    assert not hasattr(Inner(), "unset")


@BOTH
@pytest.mark.parametrize("read", [fields, lambda cls: cls.__match_args__, lambda cls: cls(1), dataclasses.is_dataclass])
def test_whatever_is_read_first_the_class_is_the_same(decorator: Decorator, read: Callable[[Any], Any]) -> None:
    @decorator(kw_only=True)
    class Inner(point(decorator)):
        count: ClassVar[int] = 3
        depth: int = field(init=False, default=5)
        parts: list[int] = field(init=False, default_factory=list)
        after: str = field(default="", metadata={"a": 1})

        def __post_init__(self) -> None:
            self.note = f"{self.note}!"

    read(Inner)
    made = Inner(1, after="x")
    assert [each.name for each in fields(Inner)] == ["x", "y", "tags", "note", "depth", "parts", "after"]
    assert (made.depth, made.parts, made.after, made.note, Inner.after, Inner.count) == (5, [], "x", "!", "", 3)
    assert Inner(1).parts is not Inner(1).parts
    assert str(inspect.signature(Inner)).startswith("(x: 'int', y: 'int' = 2, tags: 'list[str]' = <factory>, *, note")


@BOTH
@pytest.mark.parametrize("slots", [False, True])
@pytest.mark.parametrize("number", [1, 2, 100])
def test_the_first_instances_are_like_all_others(decorator: Decorator, slots: bool, number: int) -> None:
    """The first ones are filled without a compiled `__init__`."""
    cls = point(decorator, frozen=True, slots=slots)
    made = [cls(1, note=str(each), tags=[each]) for each in range(number)]
    assert [(each.x, each.y, each.tags, each.note) for each in made] == [(1, 2, [n], str(n)) for n in range(number)]
    assert [repr(each) for each in made] == [f"{cls.__qualname__}(x=1, y=2, tags=[{n}])" for n in range(number)]
    assert slots or [*vars(made[0])] == ["x", "y", "tags", "note"]


@BOTH
def test_fields_after_a_bar_are_given_by_their_keywords(decorator: Decorator) -> None:
    @decorator
    class Barred:
        x: int
        _: KW_ONLY
        y: int = 0

    assert (Barred(1).y, Barred(1, y=2).y) == (0, 2)
    with pytest.raises(TypeError):
        Barred(1, 2)
