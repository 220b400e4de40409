#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that a source does not compile, and that the compiler says why in the words expected.

The first line of the source is `// expect: <regular expression>`; it must match the compiler's output. A
later line `// expect-gcc:` or `// expect-clang:` replaces it for that compiler.

    check.py --compiler g++ --flags flags.txt source.cpp
    check.py --compiler g++ --flags flags.txt --must-compile azoth/azoth.hpp    positive control
    check.py --compiler g++ --flags flags.txt --self-test
"""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

EXPECT = re.compile(r"^// expect: (.+)$")


def flags_of(path):
    return [line.strip() for line in path.read_text().splitlines() if line.strip() not in ("", "-I", "-D")]


def compiler_kind(compiler):
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout
    return "clang" if "clang" in version else "gcc"


def run_compiler(compiler, flags, source):
    done = subprocess.run(
        [compiler, *flags, "-fsyntax-only", "-fdiagnostics-color=never", "-fmessage-length=0", str(source)],
        capture_output=True, text=True, env=None)
    return done.returncode, done.stdout + done.stderr


def expectation(source, kind):
    """The pattern for this compiler, or None when the first line does not state one."""
    lines = source.read_text().splitlines()
    first = EXPECT.match(lines[0]) if lines else None
    if first is None:
        return None
    for line in lines:
        special = re.match(rf"^// expect-{kind}: (.+)$", line)
        if special:
            return special.group(1)
    return first.group(1)


def check(compiler, flags, source):
    """An empty string when the source fails as expected, else what is wrong."""
    pattern = expectation(source, compiler_kind(compiler))
    if pattern is None:
        return f"{source}: the first line must be `// expect: <regular expression>`"
    status, output = run_compiler(compiler, flags, source)
    if status == 0:
        return f"{source}: compiled, but must not"
    # The compiler quotes source lines; a comment there must not satisfy the expectation.
    messages = "\n".join(line for line in output.splitlines() if "// expect" not in line)
    if not re.search(pattern, messages):
        return f"{source}: fails to compile, but nothing matches /{pattern}/ in:\n{output}"
    return ""


def self_test(compiler, flags):
    """The checker accepts the one right case and refuses each way of being wrong."""
    bad = '#include <string>\nint n = std::string{"x"};\n'
    cases = [
        ("right", "// expect: std::(__cxx11::)?(basic_)?string\n" + bad, ""),
        ("compiles", "// expect: error\nint n = 1;\n", "compiled, but must not"),
        ("other_message", "// expect: no such words\n" + bad, "nothing matches"),
        ("comment_only", "// expect: no such words\nint n = \"x\"; // expect: no such words\n", "nothing matches"),
        ("silent", bad, "the first line must be"),
    ]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, text, wanted in cases:
            source = pathlib.Path(folder) / f"{name}.cpp"
            source.write_text(text)
            found = check(compiler, flags, source)
            if (found == "") != (wanted == "") or wanted not in found:
                print(f"self-test {name}: wanted {wanted!r}, found {found!r}")
                failures += 1
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--flags", type=pathlib.Path, required=True, help="file with one compiler flag a line")
    parser.add_argument("--must-compile", metavar="HEADER")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("source", type=pathlib.Path, nargs="?")
    args = parser.parse_args()
    flags = flags_of(args.flags)
    if args.self_test:
        return 1 if self_test(args.compiler, flags) else 0
    if args.must_compile:
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "control.cpp"
            source.write_text(f"#include <{args.must_compile}>\n")
            status, output = run_compiler(args.compiler, flags, source)
        print(output, end="")
        return 1 if status else 0
    if args.source is None:
        parser.error("no source given")
    problem = check(args.compiler, flags, args.source)
    if problem:
        print(problem)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
