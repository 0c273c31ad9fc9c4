"""`make fuzz`: a fuzzer led by coverage against each family's reading of callbacks, in turn.

Each family has a process of its own, as the fuzzer ends the one it runs in.  A finding ends it all
with the bytes that made it, in `build/fuzz`.
"""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
FOUND = ROOT / "build" / "fuzz"
LENGTH_LIMIT = 4_096


def attack(family: str, seconds: int) -> None:
    """Attack one family in this process, which ends with it."""
    try:
        import atheris  # a tool of 120 MB that only this needs
    except ModuleNotFoundError:
        sys.exit("atheris is not here: `make fuzz` installs it from fuzz.lock.")
    # what is attacked must not have been imported before: only then is its coverage seen
    with atheris.instrument_imports(include=["services.payment"]):
        from tests.fuzz.mutation import SIGNED, packed, unpacked
        from tests.fuzz.oracle import judge, told
        from tests.fuzz.voices import VOICES
    voice = VOICES[family]()
    known = told(voice)

    def one(data: bytes) -> None:
        change = unpacked(data)
        if change.is_signed:
            judge(voice, voice.signed(change.text), None)
        else:
            judge(voice, change.call, known)

    with TemporaryDirectory(prefix="motcua-fuzz-") as corpus:
        for number, call in enumerate(voice.calls):
            (Path(corpus) / f"forged-{number}").write_bytes(packed(call))
            (Path(corpus) / f"signed-{number}").write_bytes(packed(call, SIGNED))
        limits = (f"-max_total_time={seconds}", f"-max_len={LENGTH_LIMIT}", "-timeout=10")
        where = f"-artifact_prefix={FOUND}/{family}-"
        atheris.Setup([sys.argv[0], *limits, where, "-print_final_stats=1", corpus], one)
        atheris.Fuzz()


def main() -> None:
    """Attack all families, or one."""
    parser = ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="of the clock, in all")
    parser.add_argument("--family", help="this one alone, in this process")
    options = parser.parse_args()
    FOUND.mkdir(parents=True, exist_ok=True)
    if options.family:
        attack(options.family, round(options.minutes * 60))
        return
    from tests.fuzz.voices import VOICES

    each = options.minutes / len(VOICES)
    for family in VOICES:
        print(f"{family}: {each:g} minutes", flush=True)  # noqa: T201 - a command's own words
        command = [sys.executable, "-m", "tests.fuzz", "--family", family, "--minutes", f"{each}"]
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            sys.exit(f"{family}: found something; its bytes are in {FOUND}")


if __name__ == "__main__":
    main()
