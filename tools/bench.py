#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the contenders of the benchmarks, each in a process of its own, and prints a markdown table.

Called by tools/bench.sh, which builds them and starts the servers. A repeat runs every contender of a workload on a
database once, in another order each time; `ratio` is the median, over the repeats, of a contender's time by the best raw
one's in the same repeat, so what slows the whole machine for a while does not show in it. Contenders whose name does not begin
with `raw` are compared, never compared with.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

DATABASES = {"sqlite": None, "postgresql": "AZOTH_TEST_POSTGRESQL_URL", "mariadb": "AZOTH_TEST_MARIADB_URL"}
# Steps around the contenders: once before all, before each, after each.
SEED, RESET, VERIFY = "seed", "reset", "verify"


def words(text):
    return [word for word in text.split(",") if word]


def contenders(folder):
    """{(workload, database): {contender: program}} in the order of registration, by workload then database."""
    found = {}
    for program in ("azoth_bench_raw", "azoth_bench"):
        path = folder / program
        for line in subprocess.run([path, "--list"], check=True, capture_output=True, text=True).stdout.splitlines():
            workload, database, contender = line.split()
            found.setdefault((workload, database), {})[contender] = path
    order = list(DATABASES)
    return dict(sorted(found.items(), key=lambda item: (int(item[0][0][1:]), order.index(item[0][1]))))


def pin(core):
    """Pins this process and the servers, which are its parent's other descendants, with all their threads, to one core."""
    subprocess.run(["taskset", "-a", "-cp", str(core), str(os.getpid())], check=True, stdout=subprocess.DEVNULL)
    waiting = [os.getppid()] if any(os.environ.get(name) for name in DATABASES.values() if name) else []
    while waiting:
        pid = waiting.pop()
        try:
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has ended meanwhile
        # New threads and processes of the servers inherit it.
        subprocess.run(["taskset", "-a", "-cp", str(core), str(pid)], check=False, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)


class Failed(Exception):
    pass


def run(program, workload, database, contender, url, limit):
    command = [program, workload, database, contender, "--url", url]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failed(f"{workload} {database} {contender}: not done after {limit} s") from None
    if done.returncode:
        raise Failed(done.stderr.strip() or f"{workload} {database} {contender}: exit status {done.returncode}")
    return json.loads(done.stdout)


def measure(workload, database, programs, chosen, url, args):
    """Runs of one workload on one database: {contender: [figures or None]} by repeat."""
    steps = {name: programs[name] for name in (SEED, RESET, VERIFY) if name in programs}
    names = [name for name in programs if name not in steps and chosen(name)]
    figures = {name: [] for name in names}
    wanted = None

    def step(name):
        return run(steps[name], workload, database, name, url, args.timeout) if name in steps else None

    if names:
        step(SEED)
    for repeat in range(args.repeats):
        random.Random(f"{workload} {database} {repeat}").shuffle(names)
        for name in names:
            try:
                step(RESET)
                got = run(programs[name], workload, database, name, url, args.timeout)
                verified = step(VERIFY)
                wanted = wanted or got["check"]
                if got["check"] != wanted or (verified and verified["check"] != wanted):
                    raise Failed(f"{workload} {database} {name}: check value {got['check']}, in the database "
                                 f"{verified and verified['check']}, wanted {wanted}")
                figures[name].append(got)
            except Failed as failure:
                print(failure, file=sys.stderr)
                args.failed = True
                figures[name].append(None)
    return figures


def summary(workload, database, figures):
    """One row for each contender that ran."""
    best = []  # of the raw ones, by repeat
    repeats = max((len(runs) for runs in figures.values()), default=0)
    for repeat in range(repeats):
        raw = [runs[repeat]["wall_seconds"] for name, runs in figures.items() if name.startswith("raw") and runs[repeat]]
        best.append(min(raw, default=None))
    rows = []
    for name, runs in figures.items():
        done = [(got, best[repeat]) for repeat, got in enumerate(runs) if got]
        if not done:
            rows.append({"workload": workload, "database": database, "contender": name, "runs": 0})
            continue
        ratios = [got["wall_seconds"] / raw for got, raw in done if raw]
        rows.append({
            "workload": workload, "database": database, "contender": name, "runs": len(done),
            "operations": done[0][0]["operations"],
            "median_ms": statistics.median(got["wall_seconds"] for got, _ in done) * 1000,
            "ratio": statistics.median(ratios) if ratios else None,
            "cpu_ms": statistics.median(got["cpu_seconds"] for got, _ in done) * 1000,
            "peak_mb": max(got["peak_kib"] for got, _ in done) / 1024,
        })
    return sorted(rows, key=lambda row: row.get("median_ms", float("inf")))


def table_line(row):
    head = f"| {row['workload']} | {row['database']} | {row['contender']} | "
    if not row["runs"]:
        return head + "failed | | | |"
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
    return head + f"{row['median_ms']:.1f} | {ratio} | {row['cpu_ms']:.1f} | {row['peak_mb']:.1f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workload", type=words, help="comma-separated; all")
    parser.add_argument("--database", type=words, default=list(DATABASES), help="comma-separated; all")
    parser.add_argument("--contender", type=words, help="comma-separated; all")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--unpinned", action="store_true", help="use all cores: client and servers wake each other")
    parser.add_argument("--json", type=pathlib.Path, help="write every run and the summary to this file")
    parser.add_argument("--timeout", type=int, default=120, help="seconds, for one process")
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder with the programs")
    args = parser.parse_args()
    args.failed = False
    if unknown := set(args.database) - set(DATABASES):
        parser.error(f"no such database: {', '.join(sorted(unknown))}; there are {', '.join(DATABASES)}")

    if not args.unpinned:
        pin(max(os.sched_getaffinity(0)))
    runs, rows = [], []
    # SQLite's file is in memory where that is possible: what is measured is not the disk.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="azoth-bench.", dir=place) as folder:
        urls = {name: os.environ.get(variable) if variable else f"sqlite:///{folder}/bench.db"
                for name, variable in DATABASES.items()}
        print("| workload | database | contender | median ms | ratio to best raw | client CPU ms | peak MB |")
        print("|---|---|---|---:|---:|---:|---:|")
        for (workload, database), programs in contenders(args.build).items():
            if database not in args.database or (args.workload and workload not in args.workload):
                continue
            if not urls[database]:
                print(f"{workload} {database}: {DATABASES[database]} is not set", file=sys.stderr)
                args.failed = True
                continue
            figures = measure(workload, database, programs, lambda name: not args.contender or name in args.contender,
                              urls[database], args)
            runs.append({"workload": workload, "database": database, "runs": figures})
            summarised = summary(workload, database, figures)
            rows += summarised
            for row in summarised:
                print(table_line(row), flush=True)
    if args.json:
        args.json.write_text(json.dumps({"pinned": not args.unpinned, "repeats": args.repeats, "summary": rows,
                                         "runs": runs}, indent=1) + "\n")
    return 1 if args.failed else 0


if __name__ == "__main__":
    sys.exit(main())
