"""The blob store: what is put in comes out as it was, and nothing unpacks without end."""

import gzip
import hashlib

import pytest

from local_replica.rest import blobs
from local_replica.rest.blobs import Blob, BlobStore
from local_replica.rest.errors import BodyError, NotConverted

PACKED = gzip.compress(b"content", mtime=0)


def test_a_blob_is_kept_as_it_came_and_unpacked_by_who_uses_it() -> None:
    store = BlobStore()
    blob_id = bytes.fromhex(store.put(PACKED, "gzip"))
    assert blob_id == hashlib.sha256(PACKED).digest()
    assert store.get(blob_id) == Blob(PACKED, is_packed=True)
    assert store.unpacked(blob_id) == b"content"


def test_a_blob_that_unpacks_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "MAX_UNPACKED_BYTES", 1000)
    assert len(Blob(gzip.compress(bytes(1000)), is_packed=True).unpacked()) == 1000
    with pytest.raises(NotConverted, match="Decompression failed"):
        Blob(gzip.compress(bytes(1001)), is_packed=True).unpacked()


@pytest.mark.parametrize("content", [b"", b"no gzip", PACKED[:-1]], ids=["nothing", "none", "cut"])
def test_what_does_not_unpack_is_refused(content: bytes) -> None:
    with pytest.raises(NotConverted, match="Decompression failed"):
        Blob(content, is_packed=True).unpacked()


def test_another_packing_than_gzip_is_refused() -> None:
    with pytest.raises(BodyError, match="Only 'gzip' content encoding is supported"):
        BlobStore().put(b"content", "br")
