"""The blob store: what is put in comes out, packed or not, and nothing unpacks without end."""

import gzip

import pytest

from local_replica.rest import blobs
from local_replica.rest.blobs import BlobStore
from local_replica.rest.errors import RestError


def test_a_packed_blob_is_the_one_that_it_unpacks_to() -> None:
    store = BlobStore()
    named = store.put(gzip.compress(b"content"), "gzip")
    assert named == store.put(b"content", None)
    assert store.get(bytes.fromhex(named)) == b"content"


def test_a_blob_that_unpacks_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "MAX_UNPACKED_BYTES", 1000)
    store = BlobStore()
    store.put(gzip.compress(bytes(1000)), "gzip")
    with pytest.raises(RestError, match="more than 1000 bytes"):
        store.put(gzip.compress(bytes(1001)), "gzip")


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"content", mtime=0)[:-1]], ids=["none", "cut"])
def test_what_does_not_unpack_is_refused(content: bytes) -> None:
    with pytest.raises(RestError, match="Failed to decompress"):
        BlobStore().put(content, "gzip")
