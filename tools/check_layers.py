#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that no layer includes one above it, and that the pure half knows neither Asio nor a client library.

    types → schema → sql → compiler → dialect → orm, migrate      pure
    driver → engine → session                                     awaitable; may use all of the pure half
    testing                                                       beside session; may use what is below it
    ext                                                           on top

`error.hpp`, `signal.hpp`, `version.hpp`, any `fwd.hpp` and `detail/` may be included from everywhere; a private header belongs to the layer of
its folder. Each finding is one line, `file:line: what`. Exit status 1 when there is one.
"""
import argparse
import pathlib
import re
import sys
import tempfile

# A layer may include itself and every layer of lower rank. Layers of the same rank do not know each other.
RANK = {
    "types": 0, "schema": 1, "sql": 2, "compiler": 3, "dialect": 4, "orm": 5, "migrate": 5,
    "driver": 6, "engine": 7, "session": 8, "testing": 8, "async_migrate": 8, "ext": 9, "umbrella": 10,
}
PURE = {"types", "schema", "sql", "compiler", "dialect", "orm", "migrate"}
PURE_UMBRELLAS = {"core.hpp": "dialect", "orm.hpp": "orm", "migrate.hpp": "migrate"}
# Kept in one folder, used and judged as part of another layer: a URL is a plain value, which the drivers read too.
PLACED = {
    "include/azoth/engine/url.hpp": "types",
    # The abstract Dialect is what compilers are written against; the dialects themselves stand above them.
    "include/azoth/dialect/dialect.hpp": "compiler",
    "include/azoth/dialect/dialects.hpp": "compiler",
}
EVERYWHERE = {"error.hpp", "version.hpp", "fwd.hpp", "export.hpp", "signal.hpp"}

# What only the awaiting half may include. Locks are not among it: caches and mappings are shared between threads, but the
# pure half starts none and waits for none. So: (pattern of the included name, what it is).
FOREIGN = [
    (re.compile(r"^(boost/)?asio(\.hpp$|/)|^azoth/(detail/)?asio[^/]*\.hpp$|^detail/asio[^/]*\.hpp$"), "Asio"),
    (re.compile(r"^(thread|condition_variable|future|stop_token|semaphore|latch|barrier|pthread\.h)$"),
     "threads"),
    (re.compile(r"^(sys/(socket|epoll|poll|select|un)\.h|netinet/.*|arpa/inet\.h|netdb\.h|poll\.h)$"), "sockets"),
]
# Client libraries: their headers stay inside the driver's folder.
CLIENTS = [
    (re.compile(r"^(postgresql/)?(libpq-fe|libpq-events|postgres_ext|pg_config.*)\.h$|^(postgresql/)?libpq/"), "postgresql"),
    (re.compile(r"^((mysql|mariadb)/)?(mysql|mysqld_error|mysql_com|errmsg|ma_.*|mariadb_.*)\.h$"), "mysql"),
    (re.compile(r"^sqlite3(ext)?\.h$"), "sqlite"),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(path):
    """The layer of a repository-relative path, or None where anything may be included."""
    if str(path) in PLACED:
        return PLACED[str(path)]
    parts = pathlib.PurePosixPath(path).parts
    if parts[:2] == ("include", "azoth"):
        rest = parts[2:]
    elif parts[0] == "src":
        rest = parts[1:]
    elif parts[0] == "async":
        rest = ("async_migrate",) if parts[1:2] == ("migrate",) else parts[1:]
    else:
        return None
    if len(rest) == 1 and rest[0] not in RANK:
        return PURE_UMBRELLAS.get(rest[0]) or ("dialect" if parts[0] == "src" else "umbrella")
    return rest[0] if rest[0] in RANK else None


def target_of(root, source, kind, name):
    """The repository-relative path an #include means, or None for a header that is not ours."""
    folders = [root / "include"]
    if source.parts[0] == "async":
        folders += [root / "async", root / "src"]
    else:
        folders += [root / "src", root / "async"]
    if kind == '"':
        folders.insert(0, root / source.parent)
    for folder in folders:
        candidate = (folder / name).resolve()
        if candidate.is_file() and candidate.is_relative_to(root):
            return candidate.relative_to(root)
    if name.startswith("azoth/"):  # not there (yet), but its place is known
        return pathlib.PurePosixPath("include") / name
    return None


def findings_in(root, source):
    layer = layer_of(source)
    pure = layer in PURE or source.parts[0] == "src" or "detail" in source.parts and "asio" not in source.name
    for number, line in enumerate((root / source).read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, name = match.groups()
        where = f"{source}:{number}"
        if pure:
            for pattern, what in FOREIGN:
                if pattern.match(name):
                    yield f"{where}: the pure half includes {what}: {name}"
        for pattern, driver in CLIENTS:
            if pattern.match(name) and source.parts[:3] != ("async", "driver", driver):
                yield f"{where}: {name} belongs inside async/driver/{driver}"
        target = target_of(root, source, kind, name)
        if target is None or layer is None or target.name in EVERYWHERE:
            continue
        driver, other = driver_of(source), driver_of(target)
        if driver and other and driver != other:
            yield f"{where}: driver {driver} includes driver {other}"
        above = layer_of(target)
        if above is None or above == layer or layer == "umbrella":
            continue
        if target.parts[0] == "async" and source.parts[0] != "async":
            yield f"{where}: the pure half includes {target}"
        elif RANK[above] >= RANK[layer]:
            yield f"{where}: {layer} includes {above}, which is not below it: {name}"


def driver_of(path):
    return path.parts[2] if path.parts[:2] == ("async", "driver") and len(path.parts) > 3 else None


def findings(root):
    for half in ("include", "src", "async"):
        for path in sorted((root / half).rglob("*.[chi]pp")):
            yield from findings_in(root, path.relative_to(root))


def self_test():
    """Every rule flags the fixture that breaks it, and the clean tree is clean."""
    bad = {
        "include/azoth/types/text.hpp": ("#include <azoth/sql/select.hpp>", "types includes sql"),
        "include/azoth/sql/select.hpp": ("#include <azoth/compiler/compiled.hpp>", "sql includes compiler"),
        "include/azoth/orm/mapper.hpp": ("#include <azoth/session/session.hpp>", "orm includes session"),
        "include/azoth/orm/registry.hpp": ("#include <azoth/migrate/diff.hpp>", "orm includes migrate"),
        "include/azoth/core.hpp": ("#include <azoth/orm/mapper.hpp>", "dialect includes orm"),
        "include/azoth/driver/driver.hpp": ("#include <azoth/engine/pool.hpp>", "driver includes engine"),
        "include/azoth/schema/table.hpp": ("#  include <asio/awaitable.hpp>", "pure half includes Asio"),
        "include/azoth/detail/hash.hpp": ("#include <boost/asio.hpp>", "pure half includes Asio"),
        "include/azoth/engine/pool.hpp": ("#include <libpq-fe.h>", "belongs inside async/driver/postgresql"),
        "src/error.cpp": ("#include <thread>", "pure half includes threads"),
        "src/sql/select.cpp": ("#include <azoth/detail/asio.hpp>", "pure half includes Asio"),
        "src/types/wire.cpp": ("#include <sys/socket.h>", "pure half includes sockets"),
        "src/compiler/base.cpp": ('#include "dialect/quoting.hpp"', "compiler includes dialect"),
        "src/dialect/quoting.hpp": ("#include <sqlite3.h>", "belongs inside async/driver/sqlite"),
        "async/driver/mysql/row.cpp": ('#include "../sqlite/row.hpp"', "driver mysql includes driver sqlite"),
        "async/driver/sqlite/row.hpp": ("#include <mariadb/mysql.h>", "belongs inside async/driver/mysql"),
        "include/azoth/engine/url.hpp": ("#include <azoth/engine/pool.hpp>", "types includes engine"),
        "async/engine/pool.cpp": ("#include <azoth/session/session.hpp>", "engine includes session"),
    }
    good = {
        "include/azoth/error.hpp": "#include <string>",
        "include/azoth/azoth.hpp": "#include <azoth/ext/hybrid.hpp>",
        "include/azoth/types/text.hpp": "#include <azoth/sql/fwd.hpp>",
        "include/azoth/sql/select.hpp": "#include <azoth/schema/table.hpp>",
        "include/azoth/schema/table.hpp": "#include <azoth/detail/hash.hpp>",
        "include/azoth/detail/asio.hpp": "#include <asio/awaitable.hpp>",
        "include/azoth/engine/pool.hpp": "#include <azoth/driver/driver.hpp>",
        "include/azoth/ext/hybrid.hpp": "#include <azoth/session/session.hpp>",
        "src/compiler/base.cpp": "#include <azoth/error.hpp>",
        "async/driver/mysql/options.hpp": "#include <azoth/engine/url.hpp>",
        "async/driver/sqlite/row.cpp": "#include <sqlite3.h>\n#include <thread>",
        "async/session/session.cpp": "#include <azoth/orm/mapper.hpp>",
    }

    def write(root, name, text):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")

    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, (text, _) in bad.items():
            write(root, name, text)
        found = list(findings(root))
        for name, (_, wanted) in bad.items():
            if not any(line.startswith(name + ":1:") and wanted in line for line in found):
                print(f"self-test: {name} is not flagged with: {wanted}")
                failures += 1
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in good.items():
            write(root, name, text)
        for line in findings(root):
            print(f"self-test: flagged, but is right: {line}")
            failures += 1
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent)
    args = parser.parse_args()
    if args.self_test:
        return 1 if self_test() else 0
    found = list(findings(args.root.resolve()))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
