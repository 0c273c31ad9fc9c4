"""How a process keeps memory: measured choices, made once at its start (docs/performance.md)."""

import ctypes
import gc

GC_THRESHOLDS = (50_000, 20, 50)  # objects, rounds of the first, of the second generation
_M_ARENA_MAX = -8  # of glibc's malloc.h


def share_one_heap() -> None:
    """Let all threads allocate from one heap, before there are any; nothing but on glibc.

    The database's driver works in a pool of threads.  With a heap each, what one batch freed in one
    of them is not there for the next in another.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(_M_ARENA_MAX, 1)


def collect_seldom() -> None:
    """Leave what stands now out of the garbage collector's rounds, and make those rarer: the lanes'
    cache is large, holds no cycles, and would be walked through again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
