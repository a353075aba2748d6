"""Witnesses: a tree with all pruned but what some paths ask for (interface specification, "Certificate", "Lookup")."""

from collections.abc import Iterable
from typing import TypeAlias

from local_replica.certification import label_map
from local_replica.certification.hash_tree import Empty, Fork, Labeled, Node, Pruned

Path: TypeAlias = tuple[bytes, ...]
Wanted: TypeAlias = dict[bytes, "Wanted | None"]
"""Labels to show: None shows all beneath, an empty dict only that the label exists."""


def wanted(paths: Iterable[Path]) -> "Wanted | None":
    """Merge paths; a path that is a prefix of another one wins. None stands for everything."""
    root: Wanted = {}
    for path in paths:
        if not path:
            return None
        level: Wanted = root
        for label in path[:-1]:
            below = level.setdefault(label, {})
            if below is None:
                break
            level = below
        else:
            level[path[-1]] = None
    return root


def witness(tree: Node, asked: "Wanted | None") -> Node:
    """Return a tree of the same digest that shows what is asked, and for what is absent that it is."""
    if asked is None or isinstance(tree, Empty):
        return tree
    if not isinstance(tree, Fork | Labeled):
        return Pruned(tree.digest)
    if len(asked) == 1:
        [(label, below)] = asked.items()
        alone = _path_to(tree, label, below)
        if alone is not None:
            return alone
    shown: Wanted = {}
    for label, below in asked.items():
        if label_map.lookup(tree, label) is not None:
            shown[label] = below
            continue
        for neighbour in label_map.neighbours(tree, label):
            if neighbour is not None:
                shown.setdefault(neighbour, asked.get(neighbour, {}))
    return _cut(tree, shown)


def _path_to(tree: Node, label: bytes, below: "Wanted | None") -> Node | None:
    """The witness of one label that is there, which most certificates ask for; None when it is absent."""
    forks: list[tuple[Fork, int]] = []
    while isinstance(tree, Fork):
        side = label_map.bit(label, tree.bit)
        forks.append((tree, side))
        tree = tree.right if side else tree.left
    if not isinstance(tree, Labeled) or tree.label != label:
        return None
    shown: Node = Labeled(label, _beneath(tree, below))
    for fork, side in reversed(forks):
        if side:
            shown = Fork(Pruned(fork.left.digest), shown, fork.bit)
        else:
            shown = Fork(shown, Pruned(fork.right.digest), fork.bit)
    return shown


def _beneath(entry: Labeled, below: "Wanted | None") -> Node:
    return Pruned(entry.subtree.digest) if below == {} else witness(entry.subtree, below)


def _cut(tree: Node, shown: Wanted) -> Node:
    if not shown:
        return Pruned(tree.digest)
    if isinstance(tree, Labeled):
        return Labeled(tree.label, _beneath(tree, shown[tree.label]))
    if not isinstance(tree, Fork):
        return Pruned(tree.digest)
    if len(shown) == 1:
        [(label, below)] = shown.items()
        return _path_to(tree, label, below) or Pruned(tree.digest)
    left = {label: below for label, below in shown.items() if not label_map.bit(label, tree.bit)}
    right = {label: below for label, below in shown.items() if label not in left}
    return Fork(_cut(tree.left, left), _cut(tree.right, right), tree.bit)
