"""What a compressor would make of bytes; one whose library is not on this machine is left out."""

import ctypes
import zlib
from collections.abc import Callable, Mapping
from ctypes.util import find_library

ZSTD_LEVEL, GZIP_LEVEL = 3, 6  # as Kafka's brokers and clients use them
GZIP = 31  # so zlib names the format

Packed = Callable[[bytes], int]


def compressors() -> Mapping[str, Packed]:
    """Return the compressors there are: each tells how many bytes are left."""
    found = {"gzip": _gzip, "lz4": _lz4(), "zstd": _zstd()}
    return {name: packed for name, packed in found.items() if packed}


def _gzip(data: bytes) -> int:
    packer = zlib.compressobj(GZIP_LEVEL, wbits=GZIP)
    return len(packer.compress(data)) + len(packer.flush())


def _lz4() -> Packed | None:
    library = _library("lz4")
    if library is None:
        return None
    bound, compress = library.LZ4F_compressFrameBound, library.LZ4F_compressFrame
    bound.restype = compress.restype = ctypes.c_size_t
    bound.argtypes = (ctypes.c_size_t, ctypes.c_void_p)
    compress.argtypes = (
        *(ctypes.c_char_p, ctypes.c_size_t),
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p),
    )

    def packed(data: bytes) -> int:
        room = bound(len(data), None)
        return int(compress(ctypes.create_string_buffer(room), room, data, len(data), None))

    return packed


def _zstd() -> Packed | None:
    library = _library("zstd")
    if library is None:
        return None
    bound, compress = library.ZSTD_compressBound, library.ZSTD_compress
    bound.restype = compress.restype = ctypes.c_size_t
    bound.argtypes = (ctypes.c_size_t,)
    compress.argtypes = (
        *(ctypes.c_char_p, ctypes.c_size_t),
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int),
    )

    def packed(data: bytes) -> int:
        room = bound(len(data))
        buffer = ctypes.create_string_buffer(room)
        return int(compress(buffer, room, data, len(data), ZSTD_LEVEL))

    return packed


def _library(name: str) -> ctypes.CDLL | None:
    path = find_library(name)
    return ctypes.CDLL(path) if path else None
