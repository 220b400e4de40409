#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds what GCC 12 miscompiles or refuses inside one statement with `co_await`.

    lambda       a lambda that captures by value, made in the statement: its captures are destroyed twice
    braces       a braced list as an argument: "array used as initializer", or an aggregate destroyed twice
    conditional  `?:` beside co_await: what it yields is destroyed twice
    switch       `switch (co_await …)`: destroyed twice
    initialiser  co_await inside a braced initialiser or a lambda's capture: destroyed twice

All have the same cure: a named local on the line above. `// coroutine_lint: ok, <reason>` on a line of the statement lets it
pass. The check reads text, not C++, and errs on the strict side.

    coroutine_lint.py [--self-test] [file or folder...]       default: include async examples
"""
import argparse
import bisect
import pathlib
import re
import sys

PASS = "coroutine_lint: ok"
PARTNER_OF = {")": "(", "]": "[", "}": "{"}
LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^()\s\\]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
# What stands before the brace of a block: the end of a parameter list, a specifier, a trailing return type, a class head.
BLOCK_HEAD = re.compile(
    r"(^|[;{}:)]|\b(else|do|try|noexcept|const|override|final|mutable)|(->|\brequires\b|\b(struct|class|union|enum|namespace)\b)[^;{}()]*)$")


class Source:
    """A source with comments and literals blanked out (offsets stay), its brackets paired, its lambdas and blocks found."""

    def __init__(self, original):
        self.lines = original.splitlines()
        text = LITERAL.sub(lambda m: '"' + re.sub(r"[^\n]", "_", m[0][2:]) + '"' if m[0][0] not in "/" else spaces(m[0]), original)
        self.text = DIRECTIVE.sub(lambda m: spaces(m[0]), text)
        self.newlines = [at for at, char in enumerate(self.text) if char == "\n"]
        self.partner = self._pairs()
        self.lambdas = {}  # offset of `[` → (offset of `]`, offset of the body's `{`)
        for at, char in enumerate(self.text):
            if char == "[" and (found := self._lambda_at(at)):
                self.lambdas[at] = found
        self.bodies = {body for _, body in self.lambdas.values()}
        braces = [at for at, char in enumerate(self.text) if char == "{" and at in self.partner]
        self.blocks = {at for at in braces if at in self.bodies or BLOCK_HEAD.search(self.text[max(0, at - 400):at].rstrip())}
        self.initialisers = [at for at in braces if at not in self.blocks]

    def line(self, at):
        return bisect.bisect_left(self.newlines, at) + 1

    def _pairs(self):
        partner, stack = {}, []
        for at, char in enumerate(self.text):
            if char in "([{":
                stack.append(at)
            elif char in ")]}" and stack and self.text[stack[-1]] == PARTNER_OF[char]:
                partner[stack.pop()] = at
        return partner

    def _lambda_at(self, at):
        text, end = self.text, self.partner.get(at)
        before = text[max(0, at - 40):at].rstrip()
        if end is None or text[at + 1:at + 2] == "[" or before.endswith("[") or re.search(r"\bauto\s*&{0,2}$", before):
            return None  # an attribute, a structured binding
        if re.search(r"[\w)\]]$", before) and not re.search(r"\b(return|co_return|co_await|co_yield)$", before):
            return None  # a subscript
        i = end + 1
        while i < len(text):
            if text[i] == "{":
                return (end, i) if i in self.partner else None
            if text[i] in ";,)]}=":
                return None
            if text[i] == "(":
                i = self.partner.get(i, len(text))
            elif text[i] == "<":  # template parameters, or the type returned
                depth = 1
                while depth and i + 1 < len(text):
                    i += 1
                    depth += (text[i] == "<") - (text[i] == ">" and text[i - 1] != "-")
            i += 1
        return None

    def statement(self, word):
        """Start and end of the statement around an offset, or None outside of any block."""
        around = [at for at in self.blocks if at < word < self.partner[at]]
        if not around:
            return None
        block = max(around)
        start = at = block + 1
        while at < self.partner[block]:
            if self.text[at] == ";":
                if at > word:
                    break
                start = at + 1
            elif at in self.blocks and at not in self.bodies:  # the body of if, for, try...
                if at > word:
                    break
                at = self.partner[at]
                start = at + 1
            elif at in self.partner:
                at = self.partner[at]
            at += 1
        return start, at


def spaces(text):
    return re.sub(r"[^\n]", " ", text)


def problems(source, word):
    """Yields (offset, what) for the statement around the co_await at `word`."""
    extent = source.statement(word)
    if extent is None:
        return
    start, end = extent
    if any(PASS in line for line in source.lines[source.line(start + 1) - 1:source.line(end)]):
        return
    bodies = [at for at in source.bodies if start <= at < end]

    def outside_bodies(at):
        return not any(body < at < source.partner[body] for body in bodies)

    text, partner = source.text, source.partner
    for match in re.finditer(r"\bswitch\s*\(", text[start:word]):
        if partner.get(start + match.end() - 1, 0) > word:
            yield word, "switch over co_await: name the value, then switch"
    for at in range(start, end):
        if text[at] == "?" and outside_bodies(at):
            yield at, "conditional `?:` in a co_await statement: use if and else"
    for at, (close, _) in source.lambdas.items():
        if not (start <= at < end and outside_bodies(at)):
            continue
        if at < word < close:
            yield word, "co_await in a lambda's capture: name the value first"
        for capture in re.split(r",(?![^([{]*[)\]}])", text[at + 1:close]):
            capture = capture.strip()
            if capture and not capture.startswith("&") and capture != "this":
                yield at, f"lambda captures `{capture}` by value in a co_await statement: name the lambda first, or capture by reference"
    for at in source.initialisers:
        if not (start <= at < end and outside_bodies(at)):
            continue
        if at < word < partner[at] and not re.match(r"co_await\s+(\w+::)*this_coro::", text[word:]):
            yield word, "co_await in a braced initialiser: name the value first"
        elif re.search(r"[(,{]$", text[start:at].rstrip()) or re.match(r"\{\s*\.", text[at:]):
            yield at, "braced list in a co_await statement: name it first"


def findings(name, original):
    source = Source(original)
    found = {(source.line(at), what) for match in re.finditer(r"\bco_await\b", source.text)
             for at, what in problems(source, match.start())}
    return [f"{name}:{line}: {what}" for line, what in sorted(found)]


BAD = {
    "lambda captures `s`": "co_await f([s] { return s; });",
    "lambda captures `s ": "co_await f(1, [&t, s = std::move(s)](int x) -> asio::awaitable<void> { co_return; });",
    "lambda captures `=`": "if (co_await run([=]() mutable { return 1; })) { g(); }",
    "braced list": "co_await f({a, b});",
    "braced list ": "auto r = co_await run(x.in_({1, 2, 3}));",
    "braced list  ": "co_await f(Opts{.name = s});",
    "braced list   ": "for (auto& x : co_await f({1})) { g(x); }",
    "conditional": "co_await (c ? a() : b());",
    "conditional ": "co_return c ? co_await a() : x;",
    "switch": "switch (co_await f()) { case 1: co_return 2; }",
    "braced initialiser": "T arr[]{co_await a(), T()};",
    "braced initialiser ": "co_return Opts{.x = co_await a()};",
    "lambda's capture": "auto l = [x = co_await a()] { return x; };",
}
GOOD = [
    "co_await engine.begin([&](Connection& c) -> asio::awaitable<void> { const int x = c ? 1 : 2; std::vector<int> v{1, x}; f({x}); co_await c.g(v); });",
    "auto l = [s] { return s; }; co_await f(std::move(l));",
    "std::vector<int> rows{1, 2}; co_await f(rows);",
    "const int n = c ? 1 : 2; co_await f(n);",
    "for (auto& [a, b] : co_await f()) { auto v = {a, b}; }",
    "if (auto t = co_await f(); t) { int x = t ? 1 : 2; } else { co_await g(); }",
    "co_await f(Text{\"a ? b : {c}\"}, 'x'); // {1} ? [s]",
    "auto v = co_await f(); switch (v) { case 1: co_return 2; default: break; }",
    "while (auto next = co_await stream.next()) { const auto& [id, total] = *next; use(id, a[total]); }",
    "try { co_await f(x[1], T()); } catch (...) { e = std::current_exception(); }",
    "co_await f(Decimal{}); g({1, 2});",
    "asio::steady_timer timer{co_await asio::this_coro::executor, 200ms};",
    "co_await f({1, 2}); // coroutine_lint: ok, shown as the wrong way",
    "co_spawn(io, [s]() -> asio::awaitable<void> { co_await g(); }, asio::detached);",
]


def self_test():
    failures = 0
    for wanted, statement in BAD.items():
        found = findings("x", f"asio::awaitable<int> f(int c) {{\n  int before = 1;\n  {statement}\n}}\n")
        if not any(wanted.strip() in line and line.startswith("x:3:") for line in found):
            print(f"self-test: not flagged as `{wanted.strip()}`: {statement}  {found}")
            failures += 1
    for statement in GOOD:
        for line in findings("x", f"struct S : B {{ S() : a_{{1}} {{}} }};\nasio::awaitable<int> f(int c) noexcept {{\n  {statement}\n}}\n"):
            if "co_spawn" in statement and "captures" in line:
                continue
            print(f"self-test: flagged, but is right: {statement}  {line}")
            failures += 1
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("paths", type=pathlib.Path, nargs="*")
    args = parser.parse_args()
    if args.self_test:
        return 1 if self_test() else 0
    root = pathlib.Path(__file__).parent.parent
    count = 0
    default = [path for name in ("include", "async", "examples") if (path := root / name).is_dir()]
    for path in args.paths or default:
        for file in sorted(path.rglob("*.[chi]pp")) if path.is_dir() else [path]:
            text = file.read_text(errors="replace")
            if "co_await" in text:
                for line in findings(file, text):
                    print(line)
                    count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
