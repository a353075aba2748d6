"""Structures behave as frozen dataclasses with slots do."""

import copy
import pickle

import pytest

from candid.structures import Structure
from candid.types import NAT8, NAT64, Field, Func, Opt, Record, Vec


class Place(Structure):
    """A place with a default."""

    room: str
    floor: int = 0


def test_attributes_are_given_by_position_or_by_name() -> None:
    assert Place("hall", 2) == Place(floor=2, room="hall")
    assert Place("hall").floor == 0


def test_equal_ones_are_of_the_same_class_and_hash_alike() -> None:
    assert Opt(NAT8) == Opt(NAT8) != Vec(NAT8)
    assert len({Opt(NAT8), Opt(NAT8), Vec(NAT8), Opt(NAT64)}) == 3


def test_what_is_printed_makes_an_equal_one() -> None:
    made = Record((Field("id", NAT64), Field(0, Func((), (NAT8,), ("query",)))))
    assert eval(repr(made), vars(__import__("candid.types", fromlist=["*"]))) == made  # noqa: S307 - our own text


@pytest.mark.parametrize("call", [(), ("hall", 1, 2)])
def test_too_few_and_too_many_attributes_are_refused(call: tuple[object, ...]) -> None:
    with pytest.raises(TypeError, match=r"Place takes \('room', 'floor'\)"):
        Place(*call)


@pytest.mark.parametrize("named", [{"room": "x"}, {"cellar": 1}])
def test_names_that_are_given_twice_or_unknown_are_refused(named: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="Place takes"):
        Place("hall", **named)


def test_nothing_can_be_changed_or_added() -> None:
    place = Place("hall")
    for name in ("room", "garden"):
        with pytest.raises(AttributeError, match=f"cannot assign to '{name}' of Place"):
            setattr(place, name, "x")
        with pytest.raises(AttributeError, match=f"cannot delete '{name}' of Place"):
            delattr(place, name)
    assert not hasattr(place, "__dict__")


def test_they_are_matched_by_position() -> None:
    match Place("hall", 3):
        case Place("hall", floor):
            assert floor == 3


def test_copies_and_pickles_are_equal() -> None:
    place = Place("hall", 3)
    assert copy.deepcopy(place) == place == pickle.loads(pickle.dumps(place))  # noqa: S301 - our own bytes
