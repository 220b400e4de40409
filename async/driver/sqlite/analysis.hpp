// SPDX-License-Identifier: MIT
// What kind of work a statement is, and whether it may be long: decides on which thread it runs.
#pragma once

#include <cstdint>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace azoth::sqlite {

enum class StatementKind : std::uint8_t {
    read,        ///< SELECT, VALUES, EXPLAIN: can be stopped and begun again
    change,      ///< INSERT, UPDATE, DELETE: stopped half-way, it is undone
    begin,       ///< BEGIN, SAVEPOINT
    end,         ///< COMMIT, END, ROLLBACK, RELEASE
    rollback_to, ///< ROLLBACK TO a savepoint
    pragma,
    other, ///< DDL, VACUUM, ATTACH, ...
};

struct Traits {
    Traits() = default;

    StatementKind kind = StatementKind::other;
    bool inserts = false; ///< leaves a last inserted rowid
    /// A change or pragma whose work is limited by its text and parameters: no loop over a table, no trigger.
    bool bounded = false;
    /// A read with a single step of unknown length, which no budget can stop: counting a whole table.
    bool opaque = false;
    bool attaches = false; ///< ATTACH: another file, with a durability of its own
    bool sets = false;     ///< a pragma that may have changed how the connection behaves
};

/// Looks at the text and, where it matters, at the bytecode (`EXPLAIN`). Meant to be done once per prepared
/// statement.
/// @param look  false: skip the bytecode and assume the worst, for a statement that is used once.
[[nodiscard]] Traits analyse(sqlite3* handle, sqlite3_stmt* statement, const std::string& sql, bool look);

} // namespace azoth::sqlite
