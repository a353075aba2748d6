"""Generators on chain: each without a seed of its own takes it from os.urandom, which raises until seeded."""

import _ic0

SEED_BYTES = 32


def seeded(plain: type) -> type:
    """What stands for `_random.Random`, which in C would ask the operating system and get zeros.

    The classes of `random` inherit it and see to their seeds themselves, the shared one when it is first used.
    """

    def seed_of(generator: object, seed: object) -> object:
        if seed is None and type(generator).__module__ != "random":
            return int.from_bytes(_ic0.urandom(SEED_BYTES), "big")
        return seed

    class Random(plain):
        def __init__(self, seed: object = None, /) -> None:
            plain.__init__(self, seed_of(self, seed))

        def seed(self, seed: object = None, /) -> None:
            plain.seed(self, seed_of(self, seed))

    Random.__module__, Random.__qualname__ = plain.__module__, plain.__qualname__
    return Random


def await_seed(module: object) -> None:
    """Change the module `random`, just imported, so that it draws nothing before the canister was seeded."""
    plain = module.Random
    seed_from = plain.seed

    def seed(self: object, a: object = None, version: int = 2) -> None:
        seed_from(self, _ic0.urandom(SEED_BYTES) if a is None else a, version)

    class UnseededRandom(plain):
        """The generator behind the module's functions: becomes a plain one when first used."""

        def random(self) -> float:
            _awake(self)
            return plain.random(self)

        def getrandbits(self, k: int, /) -> int:
            _awake(self)
            return plain.getrandbits(self, k)

        def seed(self: object, a: object = None, version: int = 2) -> None:
            plain.seed(self, a, version)
            self.__class__ = plain

        def setstate(self, state: object) -> None:
            plain.setstate(self, state)
            self.__class__ = plain

    def _awake(generator: object) -> None:
        if type(generator) is UnseededRandom:
            generator.seed()

    plain.seed = seed
    shared = module._inst
    shared.__class__ = UnseededRandom
    for name in ("random", "getrandbits", "seed", "setstate"):
        setattr(module, name, getattr(shared, name))
