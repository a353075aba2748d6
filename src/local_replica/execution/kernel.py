"""Linux memory calls by ctypes: mmap at a fixed address, madvise, and which pages of a mapping are private copies."""

import ctypes
import errno
import fcntl
import os
import struct
import threading
from array import array
from ctypes import c_int, c_long, c_size_t, c_void_p
from io import FileIO

PAGE = 4096

_libc = ctypes.PyDLL(None, use_errno=True)

_mmap = _libc.mmap
_mmap.argtypes = [c_void_p, c_size_t, c_int, c_int, c_int, c_long]
_mmap.restype = c_void_p
_munmap = _libc.munmap
_munmap.argtypes = [c_void_p, c_size_t]
_madvise = _libc.madvise
_madvise.argtypes = [c_void_p, c_size_t, c_int]
_mremap = _libc.mremap
_mremap.argtypes = [c_void_p, c_size_t, c_size_t, c_int]
_mremap.restype = c_void_p

compare = _libc.memcmp
"""`compare(address, address, bytes)` is 0 where both hold the same."""
compare.argtypes = [c_void_p, c_void_p, c_size_t]

_STRING_AT_MOST = (1 << 31) - 1
"""`ctypes.string_at` counts in a C int."""
_READ_WRITE = 1 | 2
_SHARED, _PRIVATE, _FIXED, _ANONYMOUS, _NORESERVE = 0x01, 0x02, 0x10, 0x20, 0x4000
_DONTNEED = 4
_MAYMOVE = 1
_FAILED = ctypes.c_void_p(-1).value


def _address(result: int | None) -> int:
    if result is None or result == _FAILED:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def map_private(address: int, size: int, fd: int) -> None:
    """Map `size` bytes of `fd` copy-on-write over whatever is mapped at `address`."""
    _address(_mmap(address, size, _READ_WRITE, _PRIVATE | _FIXED | _NORESERVE, fd, 0))


def map_shared(size: int, fd: int) -> int:
    """Address of a view of `fd`."""
    return _address(_mmap(None, size, _READ_WRITE, _SHARED, fd, 0))


def map_anonymous(size: int) -> int:
    """Address of `size` zero bytes, which take memory only where they are written."""
    return _address(_mmap(None, size, _READ_WRITE, _PRIVATE | _ANONYMOUS | _NORESERVE, -1, 0))


def remap(address: int, size: int, new_size: int) -> int:
    """Grow an anonymous mapping; it may move."""
    return _address(_mremap(address, size, new_size, _MAYMOVE))


def unmap(address: int, size: int) -> None:
    """Give a mapping of `size` bytes back."""
    _munmap(address, size)


def read_memory(address: int, size: int) -> bytes:
    """A copy of `size` bytes, which may be many."""
    if size <= _STRING_AT_MOST:
        return ctypes.string_at(address, size)
    return bytes((ctypes.c_char * size).from_address(address))


def drop_pages(address: int, size: int) -> None:
    """Forget private copies: the next access sees the file again, or zeros in an anonymous mapping."""
    if _madvise(address, size, _DONTNEED):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


_SCAN_BATCH = 4096
_SCAN = struct.Struct("=QQQQQQQQQQQQ")
_SCAN_RANGE = struct.Struct("=QQQ")
_PAGEMAP_SCAN = 0xC0606610
_IS_FILE, _IS_PRESENT, _IS_SWAPPED = 1 << 2, 1 << 3, 1 << 4


class DirtyPages(threading.local):
    """Finds pages that were written since they were mapped: present, yet not the file's own.

    Uses the PAGEMAP_SCAN ioctl (Linux 6.7), else reads the page map. Needs no privilege. Each thread has its own.
    """

    def __init__(self) -> None:
        self._pid = 0
        self._file: FileIO | None = None
        self._regions = (ctypes.c_uint64 * (3 * _SCAN_BATCH))()
        self._argument = bytearray(
            _SCAN.pack(
                *(_SCAN.size, 0, 0, 0, 0, ctypes.addressof(self._regions), _SCAN_BATCH, 0),
                *(_IS_FILE, _IS_FILE, _IS_PRESENT | _IS_SWAPPED, _IS_PRESENT),
            )
        )
        self._has_ioctl = True

    def runs(self, address: int, size: int) -> list[tuple[int, int]]:
        """Runs of dirty pages in `[address, address + size)` as (start, end) offsets in bytes, ascending."""
        page_map = self.page_map()
        if self._has_ioctl:
            try:
                return self._scan(page_map, address, size)
            except OSError as error:
                if error.errno not in (errno.ENOTTY, errno.EINVAL, errno.ENOSYS):
                    raise
                self._has_ioctl = False
        return self._read(page_map, address, size)

    def page_map(self) -> FileIO:
        """This process's page map, opened again after a fork."""
        if self._file is None or self._pid != os.getpid():
            self._pid = os.getpid()
            self._file = FileIO("/proc/self/pagemap")
        return self._file

    def _scan(self, page_map: FileIO, address: int, size: int) -> list[tuple[int, int]]:
        runs: list[tuple[int, int]] = []
        argument, position, end = self._argument, address, address + size
        while position < end:
            _SCAN_RANGE.pack_into(argument, 16, position, end, 0)
            count = fcntl.ioctl(page_map, _PAGEMAP_SCAN, argument)
            found = self._regions[: 3 * count]
            runs += [(start - address, stop - address) for start, stop in zip(found[0::3], found[1::3], strict=True)]
            position = end if count < _SCAN_BATCH else _SCAN_RANGE.unpack_from(argument, 16)[2]
        return runs

    def _read(self, page_map: FileIO, address: int, size: int) -> list[tuple[int, int]]:
        entries = array("Q")
        entries.frombytes(os.pread(page_map.fileno(), size // PAGE * 8, address // PAGE * 8))
        runs: list[tuple[int, int]] = []
        for page, entry in enumerate(entries):
            if entry >> 62 and not entry >> 61 & 1:
                if runs and runs[-1][1] == page * PAGE:
                    runs[-1] = (runs[-1][0], page * PAGE + PAGE)
                else:
                    runs.append((page * PAGE, page * PAGE + PAGE))
        return runs


dirty_pages = DirtyPages()
