#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Says which rows of a specification have a passing test.

A row is a line of a Markdown table that begins with an ID and has a cell that is its priority: `| core.select.limit | P0 | …`. A test names
the rows it covers among its tags: TEST_CASE("…", "[core.select.limit]"). What passed is what the last run of ctest in the
build folder says.

    spec_coverage.py FILE.md [--build build/dev]
    spec_coverage.py --self-test
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROW = re.compile(r"^\|\s*`?(?P<id>[a-z0-9_]+(?:\.[A-Za-z0-9_]+)+)`?\s*\|.*?(?<=\|)\s*(?P<priority>P[0-2])\s*\|", re.M)
TAG = re.compile(r"\[([^\]]+)\]")


def rows_of(text):
    """ID → priority, in the order of the file."""
    return {m["id"]: m["priority"] for m in ROW.finditer(text)}


def squeezed(name):
    return re.sub(r"\s+", "", name)


def tags_of(listing):
    """Catch2's --list-tests: names indented by two blanks (four where they go on), tags by six, broken
    anywhere. Squeezed name → tags."""
    tests, name = {}, None
    for line in listing.splitlines():
        indent = len(line) - len(line.lstrip())
        if not line.strip() or indent < 2:
            continue
        if indent == 2:
            name = squeezed(line)
            tests[name] = ""
        elif name is not None and indent == 4:
            tests[name + squeezed(line)] = tests.pop(name)
            name += squeezed(line)
        elif name is not None:
            tests[name] += line.strip()
    return {name: set(TAG.findall(tags)) for name, tags in tests.items()}


def passed_in(log):
    """Squeezed names, without `unit/`, of what passed by CTest's LastTest.log."""
    passed = set()
    for part in re.split(r"^\d+/\d+ Testing: ", log, flags=re.M)[1:]:
        name, _, rest = part.partition("\n")
        if re.search(r"^Test Passed\.", rest, re.M):
            passed.add(squeezed(re.sub(r"^[a-z]+/", "", name)))
    return passed


def report(rows, covered):
    for priority in ("P0", "P1", "P2"):
        ids = [i for i, p in rows.items() if p == priority]
        missing = [i for i in ids if i not in covered]
        print(f"{priority}: {len(ids) - len(missing)} of {len(ids)} have a passing test")
        for name in missing:
            print(f"    {name}")


def self_test():
    rows = rows_of("| ID | P | x |\n|---|---|---|\n| a.b | P0 | t |\n| `a.c_d` | P2 | t |\nsee a.e | P1 |\n| b.c | x | y | P1 |\n")
    assert rows == {"a.b": "P0", "a.c_d": "P2", "b.c": "P1"}, rows
    tags = tags_of("All test cases:\n  one: long name\n    that goes on\n      [a.\n      b][unit]\n  two\n      [a.c_d]\n")
    assert tags == {"one:longnamethatgoeson": {"a.b", "unit"}, "two": {"a.c_d"}}, tags
    log = "1/2 Testing: unit/one: long name that goes on\nOutput\nTest Passed.\n2/2 Testing: unit/two\nTest Failed.\n"
    assert passed_in(log) == {"one:longnamethatgoeson"}, passed_in(log)
    print("spec_coverage: self-test passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("specification", nargs="?", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/dev"))
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    if arguments.specification is None:
        parser.error("which specification?")
    rows = rows_of(arguments.specification.read_text(encoding="utf-8"))
    if not rows:
        sys.exit(f"{arguments.specification}: no row with an ID and a priority")
    log = arguments.build / "Testing/Temporary/LastTest.log"
    if not log.exists():
        sys.exit(f"{log}: not there; run ctest in {arguments.build} first")
    passed = passed_in(log.read_text(encoding="utf-8", errors="replace"))
    covered = set()
    for program in sorted(arguments.build.glob("tests/azoth_*_tests")):
        listing = subprocess.run([program, "--list-tests"], capture_output=True, text=True, check=False).stdout
        for name, tags in tags_of(listing).items():
            if name in passed:
                covered |= tags
    report(rows, covered)
    return None


if __name__ == "__main__":
    main()
