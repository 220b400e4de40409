// SPDX-License-Identifier: MIT
// What SQLite keeps only as text: the names of constraints, CHECK, generated columns, expressions in indexes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace azoth {

/// What a CREATE TABLE says and no PRAGMA tells, in the order of the text.
struct SqliteTableText {
    struct Unique {
        std::string name;
        std::vector<std::string> columns;
    };
    struct ForeignKey {
        std::string name;
        std::vector<std::string> columns;
        std::optional<bool> deferrable;
        std::string initially; ///< "DEFERRED", "IMMEDIATE" or empty
    };
    struct Check {
        std::string name;
        std::string text;
    };
    struct Generated {
        std::string column;
        std::string text;
    };

    std::string primary_key_name;
    bool autoincrement = false;
    bool without_rowid = false;
    bool strict = false;
    std::vector<Unique> uniques;
    std::vector<ForeignKey> foreign_keys;
    std::vector<Check> checks;
    std::vector<Generated> generated;

    SqliteTableText() = default;
};

/// @return nothing for text that is no CREATE TABLE with columns (CREATE VIRTUAL TABLE, say)
[[nodiscard]] std::optional<SqliteTableText> parse_sqlite_table(std::string_view sql);

/// A CREATE INDEX: each part without its order, and the condition.
struct SqliteIndexText {
    std::vector<std::string> parts;
    std::string where;

    SqliteIndexText() = default;
};

/// @return nothing for text that is no CREATE INDEX
[[nodiscard]] std::optional<SqliteIndexText> parse_sqlite_index(std::string_view sql);

} // namespace azoth
