"""Images that were built before."""

import gzip
import os
from pathlib import Path

import pytest

from canister_runtime.image.images import Image, KeptImages

IMAGE = Image(b"module", gzip.compress(b"module", mtime=0), "service : {}", 65536, 3, ("hello",))


def test_an_image_is_found_by_its_key_as_it_was_kept(tmp_path: Path) -> None:
    images = KeptImages(tmp_path / "images")
    assert images.find("a") is None
    images.keep("a", IMAGE)
    assert images.find("a") == IMAGE
    assert images.find("b") is None


def test_the_oldest_images_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canister_runtime.image.images.MOST_KEPT", 2)
    images = KeptImages(tmp_path)
    for age, key in enumerate("abc"):
        images.keep(key, IMAGE)
        os.utime(tmp_path / f"{key}.wasm.gz", (age, age))
    images.keep("d", IMAGE)
    assert [images.find(key) is None for key in "abcd"] == [True, True, False, False]
