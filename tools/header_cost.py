#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the seconds a compiler takes for each public header alone, for azoth.hpp, and for the quickstart program.

    header_cost.py [--only TEXT] [--runs N] [--compiler g++ ...] [--programs FILE ...] [--boost-asio]

Best of N at -O0, one at a time, without ccache; a header is an otherwise empty source that includes it. `empty` is what the
compiler needs for nothing at all. Worst first.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
STANDALONE = ["-DASIO_STANDALONE", "-DASIO_SEPARATE_COMPILATION", "-DASIO_NO_DEPRECATED", "-DASIO_HAS_CO_AWAIT=1",
              "-DASIO_HAS_STD_COROUTINE=1", "-DASIO_HAS_STD_ALIGNED_ALLOC=1"]
BOOST = ["-DAZOTH_USE_BOOST_ASIO", "-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED"]


def seconds(compiler, flags, source, runs):
    """Best of `runs`, or None when it does not compile (the compiler's words go to stderr)."""
    best = None
    for _ in range(runs):
        started = time.perf_counter()
        done = subprocess.run([compiler, *flags, "-c", str(source), "-o", "/dev/null"], capture_output=True, text=True)
        elapsed = time.perf_counter() - started
        if done.returncode:
            print("\n".join(done.stderr.splitlines()[:10]), file=sys.stderr)
            return None
        best = elapsed if best is None else min(best, elapsed)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="TEXT", help="only names that contain TEXT")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--compiler", nargs="+", help="default: g++, and clang++-19 where installed")
    parser.add_argument("--programs", nargs="*", type=pathlib.Path,
                        default=[ROOT / "examples/1_tutorial/01_quickstart.cpp"])
    parser.add_argument("--boost-asio", action="store_true", help="as with AZOTH_USE_BOOST_ASIO")
    args = parser.parse_args()
    compilers = args.compiler or [c for c in ("g++", "clang++-19") if shutil.which(c)]
    flags = ["-std=c++20", "-O0", f"-I{ROOT / 'include'}", *(BOOST if args.boost_asio else STANDALONE)]

    headers = sorted(path.relative_to(ROOT / "include").as_posix() for path in (ROOT / "include").rglob("*.hpp"))
    rows, failed = [], False
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for number, header in enumerate(["", *headers]):
            source = pathlib.Path(folder) / f"{number}.cpp"
            source.write_text(f"#include <{header}>\n" if header else "")
            sources.append((header or "empty", source))
        sources += [(path.name, path) for path in args.programs if path.is_file()]
        for name, source in sources:
            if args.only and args.only not in name:
                continue
            costs = [seconds(compiler, flags, source, args.runs) for compiler in compilers]
            failed |= None in costs
            rows.append((name, costs))

    rows.sort(key=lambda row: -(row[1][0] or 0))
    width = max([len(name) for name, _ in rows] + [6])
    print(f"{'file':<{width}}" + "".join(f"{compiler:>12}" for compiler in compilers))
    for name, costs in rows:
        print(f"{name:<{width}}" + "".join(f"{'fails' if cost is None else f'{cost:.2f}':>12}" for cost in costs))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
