"""The Merkle tree of RFC 6962: many hashes bound into one, and a short proof that one of them is in it.

A leaf is hashed with a zero byte before it and a node with a one, so that neither can pass for the other.
Hashes are lower-case hex outside, 32 bytes inside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> str:
    return hashlib.sha256(b"\0" + leaf).hexdigest()


def root(leaves: Sequence[bytes]) -> str:
    """The hash of the whole tree; of no leaves at all that of nothing."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = [bytes.fromhex(leaf_hash(leaf)) for leaf in leaves]
    while len(level) > 1:
        level = _above(level)
    return level[0].hex()


def proof(leaves: Sequence[bytes], position: int) -> list[tuple[str, str]]:
    """What to hash the leaf with, from the bottom up: ("left" or "right", hash) of each neighbour.

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= position < len(leaves):
        raise IndexError(f"There is no leaf {position} among {len(leaves)}.")
    level = [bytes.fromhex(leaf_hash(leaf)) for leaf in leaves]
    steps = []
    while len(level) > 1:
        neighbour = position ^ 1
        if neighbour < len(level):
            side = "left" if neighbour < position else "right"
            steps.append((side, level[neighbour].hex()))
        level, position = _above(level), position // 2
    return steps


def holds(leaf: bytes, steps: Sequence[tuple[str, str]], expected_root: str) -> bool:
    """Whether the leaf and its proof lead to that root."""
    found = leaf_hash(leaf)
    for side, neighbour in steps:
        pair = (neighbour, found) if side == "left" else (found, neighbour)
        found = _node(*map(bytes.fromhex, pair)).hex()
    return found == expected_root


def _above(level: list[bytes]) -> list[bytes]:
    """The level above; one that has no neighbour goes up as it is, which gives the tree of the RFC."""
    pairs = [_node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
