"""The Merkle tree: known roots, proofs that hold, and changes that show."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules import merkle

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=40)


def by_the_rfc(leaves: list[bytes]) -> bytes:
    """Section 2.1 word by word: split at the largest power of two below the count."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + by_the_rfc(leaves[:half]) + by_the_rfc(leaves[half:])).digest()


# Made with sha256sum alone: `printf '\0a' | sha256sum`, and so on up.
@pytest.mark.parametrize(
    ("leaves", "root"),
    [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ([b""], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ([b"a"], "022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c"),
        ([b"a", b"b"], "b137985ff484fb600db93107c77b0365c80d78f5b429ded0fd97361d077999eb"),
    ],
)
def test_known_roots(leaves: list[bytes], root: str):
    assert merkle.root(leaves) == root


@given(LEAVES)
def test_the_root_is_that_of_the_rfc(leaves: list[bytes]):
    assert merkle.root(leaves) == by_the_rfc(leaves).hex()


@given(LEAVES, st.data())
def test_every_leaf_has_a_proof_and_no_other_leaf_passes_for_it(leaves: list[bytes], data: st.DataObject):
    position = data.draw(st.integers(0, len(leaves) - 1))
    steps = merkle.proof(leaves, position)
    root = merkle.root(leaves)

    assert merkle.holds(leaves[position], steps, root)
    assert not merkle.holds(leaves[position] + b"!", steps, root)
    assert len(steps) <= 6


def test_a_node_does_not_pass_for_a_leaf():
    inner = bytes.fromhex(merkle.leaf_hash(b"a")) + bytes.fromhex(merkle.leaf_hash(b"b"))

    assert merkle.root([b"a", b"b"]) != merkle.root([inner])


def test_there_is_no_proof_of_a_leaf_that_is_not_there():
    for position in (-1, 2):
        with pytest.raises(IndexError, match=f"no leaf {position} among 2"):
            merkle.proof([b"a", b"b"], position)
