"""What a process does about memory is seen from inside a process of its own."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, gc, sys, threading
from shared import memory

if sys.argv[1] == "one":
    memory.share_one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
barrier = threading.Barrier(5)

def allocate():
    libc.malloc(5_000)
    barrier.wait()

threads = [threading.Thread(target=allocate) for _ in range(4)]
for thread in threads:
    thread.start()
barrier.wait()
libc.fopen.restype = ctypes.c_void_p
told = ctypes.c_void_p(libc.fopen(b"/dev/stdout", b"w"))
libc.malloc_info(0, told)
libc.fclose(told)
"""


def heaps(how_many: str) -> int:
    run = [sys.executable, "-c", PROGRAM, how_many]
    said = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
    return said.stdout.count("<heap nr=")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="heaps of threads are glibc's")
def test_threads_share_one_heap_and_would_not_by_themselves() -> None:
    assert heaps("one") == 1
    assert heaps("many") > 1


def test_what_stands_at_the_start_is_out_of_the_collectors_rounds() -> None:
    program = """
import gc
from shared import memory

memory.collect_seldom()
print(gc.get_freeze_count(), *gc.get_threshold())
"""
    run = [sys.executable, "-c", program]
    said = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60).stdout
    frozen, *thresholds = map(int, said.split())
    assert frozen > 1_000
    assert thresholds == [50_000, 20, 50]
