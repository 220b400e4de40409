// SPDX-License-Identifier: MIT
// What kind of work a statement is, and whether it may be long: decides on which thread it runs.
#include "driver/sqlite/analysis.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sqlite3.h>

#include "driver/sqlite/sql_text.hpp"

namespace azoth::sqlite {
namespace {

// A statement works through its parameters once each; with more than this it may take a while.
constexpr int many_parameters = 2000;
constexpr std::size_t long_text = 64 * 1024;

// Reading one of these is looking something up in memory or in the schema.
constexpr auto quick_pragmas = std::to_array<std::string_view>({
    "application_id",     "cache_size",     "collation_list",   "compile_options", "database_list",
    "defer_foreign_keys", "encoding",       "foreign_key_list", "foreign_keys",    "function_list",
    "index_info",         "index_list",     "index_xinfo",      "page_size",       "query_only",
    "read_uncommitted",   "schema_version", "synchronous",      "table_info",      "table_list",
    "table_xinfo",        "user_version",
});

struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

StatementPtr prepare(sqlite3* handle, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, sql.c_str(), static_cast<int>(sql.size()) + 1, &statement, nullptr);
    return StatementPtr{statement};
}

/// The page where the table of AUTOINCREMENT's counters begins; 0 when there is none.
int sequence_table_page(sqlite3* handle) {
    const auto statement =
        prepare(handle, "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_sequence'");
    if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW) return 0;
    return sqlite3_column_int(statement.get(), 0);
}

/// What the bytecode shows. Unknown opcodes are no loops: those of SQLite have kept their names for ten
/// years, and a change that turns out long in spite of this is sent to the worker from then on
/// (`PreparedStatement::slow`).
struct Bytecode {
    bool readable = false;
    bool loops = false;    ///< over a table or index, so its length depends on the data
    bool programs = false; ///< triggers, foreign key actions
    bool sweeps = false;   ///< one instruction that handles a whole table
    bool counts = false;   ///< a whole table, in one instruction
};

Bytecode inspect(sqlite3* handle, const std::string& sql) {
    Bytecode found;
    const auto listing = prepare(handle, "EXPLAIN " + sql);
    if (!listing) return found;
    // Cursor number → does it walk through rows that this statement itself has put there?
    std::unordered_map<int, bool> own_rows;
    int sequence_page = -1;
    std::vector<std::string> opcodes;
    std::vector<std::size_t> backward; // where jumps back lead to
    int violations_until = 0;
    int rc = SQLITE_ROW;
    while ((rc = sqlite3_step(listing.get())) == SQLITE_ROW) {
        const int address = sqlite3_column_int(listing.get(), 0);
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(listing.get(), 1));
        const std::string_view opcode = text != nullptr ? text : "";
        const int p1 = sqlite3_column_int(listing.get(), 2);
        const int p2 = sqlite3_column_int(listing.get(), 3);
        if (opcode == "OpenEphemeral" || opcode == "OpenPseudo" || opcode == "SorterOpen") {
            own_rows[p1] = true;
        } else if (
            opcode == "OpenRead" || opcode == "OpenWrite" || opcode == "ReopenIdx" || opcode == "VOpen") {
            // An AUTOINCREMENT insert looks through the counters, one row per such table.
            if (opcode == "OpenRead" && sequence_page < 0 && mentions(sql, "insert")) {
                sequence_page = sequence_table_page(handle);
            }
            own_rows[p1] = sequence_page > 0 && p2 == sequence_page;
        } else if (opcode == "Next" || opcode == "Prev" || opcode == "VNext") {
            // RETURNING and IN lists loop as well, over a table of their own whose cursor may be opened
            // further down.
            const auto cursor = own_rows.find(p1);
            const bool table = cursor != own_rows.end() ? !cursor->second : opcode == "VNext";
            if (table && address >= violations_until) found.loops = true;
        } else if (opcode == "FkIfZero") {
            // Up to there only while foreign keys are violated: looks for the rows that an INSERT puts right.
            violations_until = p2;
        } else if (opcode == "Program") {
            found.programs = true;
        } else if (
            opcode == "Clear" || opcode == "Destroy" || opcode == "VUpdate" || opcode == "VDestroy"
            || opcode == "CreateBtree" || opcode == "ParseSchema" || opcode == "Vacuum"
            || opcode == "IntegrityCk") {
            found.sweeps = true;
        } else if (opcode == "Count") {
            found.counts = true;
        } else if (opcode == "Goto" && p2 > 1 && static_cast<std::size_t>(p2) < opcodes.size()) {
            backward.push_back(static_cast<std::size_t>(p2));
        }
        opcodes.emplace_back(opcode);
    }
    // Back to the next row of a VALUES list is fine, and to the start (1) after the prologue; a recursive CTE
    // is not.
    for (const auto target : backward) {
        if (opcodes[target] != "Yield") found.loops = true;
    }
    found.readable = rc == SQLITE_DONE;
    return found;
}

bool is_quick_pragma(std::string_view sql) {
    auto rest = behind_first_word(sql);
    // "main.table_info(t)": the schema's name is not of interest.
    const auto end = rest.find_first_of("(= ;\t\n");
    auto name = rest.substr(0, end);
    if (const auto dot = name.rfind('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
    const bool assigns = rest.find('=') != std::string_view::npos;
    return !assigns && std::any_of(quick_pragmas.begin(), quick_pragmas.end(), [&](std::string_view quick) {
        return name.size() == quick.size() && mentions(name, quick);
    });
}

StatementKind kind_of(const std::string& word, sqlite3_stmt* statement, const std::string& sql) {
    if (word == "PRAGMA") return StatementKind::pragma;
    if (word == "BEGIN" || word == "SAVEPOINT") return StatementKind::begin;
    if (word == "ROLLBACK" && mentions(sql, " to ")) return StatementKind::rollback_to;
    if (word == "COMMIT" || word == "END" || word == "ROLLBACK" || word == "RELEASE")
        return StatementKind::end;
    if (word == "INSERT" || word == "UPDATE" || word == "DELETE" || word == "REPLACE")
        return StatementKind::change;
    if (word == "SELECT" || word == "VALUES" || word == "EXPLAIN" || word == "WITH") {
        return sqlite3_stmt_readonly(statement) != 0 ? StatementKind::read : StatementKind::change;
    }
    return StatementKind::other;
}

} // namespace

Traits analyse(sqlite3* handle, sqlite3_stmt* statement, const std::string& sql, bool look) {
    const auto word = first_word(sql);
    Traits traits;
    traits.kind = kind_of(word, statement, sql);
    switch (traits.kind) {
    case StatementKind::read: {
        // Only count(*) of a whole table becomes that instruction, so the bytecode of others is not worth a
        // look.
        traits.opaque = mentions(sql, "count(") && sqlite3_stmt_isexplain(statement) == 0
                        && (!look || inspect(handle, sql).counts);
        break;
    }
    case StatementKind::change: {
        traits.inserts = word == "INSERT" || word == "REPLACE" || (word == "WITH" && mentions(sql, "insert"));
        if (!look || sql.size() > long_text || sqlite3_bind_parameter_count(statement) > many_parameters)
            break;
        const auto code = inspect(handle, sql);
        traits.bounded = code.readable && !code.loops && !code.programs && !code.sweeps && !code.counts;
        break;
    }
    case StatementKind::pragma:
        traits.bounded = is_quick_pragma(sql);
        traits.sets = !traits.bounded;
        break;
    case StatementKind::other: traits.attaches = word == "ATTACH"; break;
    case StatementKind::begin:
    case StatementKind::end:
    case StatementKind::rollback_to: break;
    }
    return traits;
}

} // namespace azoth::sqlite
