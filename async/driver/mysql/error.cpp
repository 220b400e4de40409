// SPDX-License-Identifier: MIT
// The table of native error numbers, and what their messages name.
#include "driver/mysql/error.hpp"

#include "driver/mysql/options.hpp"

#include <algorithm>
#include <array>

namespace azoth::mysql {
namespace {

enum Trait : unsigned { plain = 0, disconnect = 1, retryable = 2 };

struct Entry {
    int number;
    errc code;
    Trait trait = plain;
};

// Sorted by number. Servers: 1000-4999 (MySQL's own from 3000, MariaDB's own 1900-1999 and from
// 4000); client library: 2000-2999 and 5000.
constexpr std::array table{
    Entry{1022, errc::unique_violation},      // duplicate key in table (engines other than InnoDB)
    Entry{1044, errc::authentication_failed}, // access denied for user to database
    Entry{1045, errc::authentication_failed}, // access denied for user
    Entry{1048, errc::not_null_violation},    // column cannot be null
    Entry{1049, errc::connection_failed},     // unknown database
    Entry{1050, errc::duplicate_table},       // table already exists
    Entry{1051, errc::undefined_table},       // unknown table, in DROP
    Entry{1053, errc::connection_lost, disconnect}, // server shutdown in progress
    Entry{1054, errc::undefined_column},            // unknown column
    Entry{1062, errc::unique_violation},            // duplicate entry
    Entry{1064, errc::syntax_error},                // parse error
    Entry{1065, errc::syntax_error},                // query was empty
    Entry{1109, errc::undefined_table},             // unknown table in field list
    Entry{1146, errc::undefined_table},             // table does not exist
    Entry{1149, errc::syntax_error},                // syntax error
    Entry{1153, errc::data_invalid, disconnect},    // packet larger than max_allowed_packet
    Entry{1158, errc::connection_lost, disconnect}, // error reading packets
    Entry{1159, errc::connection_lost, disconnect}, // timeout reading packets
    Entry{1160, errc::connection_lost, disconnect}, // error writing packets
    Entry{1161, errc::connection_lost, disconnect}, // timeout writing packets
    Entry{1169, errc::unique_violation},            // unique constraint (engines other than InnoDB)
    Entry{1205, errc::lock_timeout, retryable},     // lock wait timeout
    Entry{1213, errc::deadlock, retryable},         // deadlock
    Entry{1216, errc::foreign_key_violation},       // child row: parent missing, without a name
    Entry{1217, errc::foreign_key_violation},       // parent row: child exists, without a name
    Entry{1235, errc::not_supported},               // this version does not yet support
    Entry{1264, errc::out_of_range},                // out of range value for column
    Entry{1290, errc::read_only},                   // running with --read-only
    Entry{1292, errc::data_invalid},                // truncated incorrect value
    Entry{1295, errc::not_supported},         // not supported by the prepared statement protocol
    Entry{1317, errc::query_canceled},        // KILL QUERY
    Entry{1364, errc::not_null_violation},    // field has no default value
    Entry{1366, errc::data_invalid},          // incorrect value for column
    Entry{1406, errc::data_invalid},          // data too long for column
    Entry{1451, errc::foreign_key_violation}, // parent row: child exists
    Entry{1452, errc::foreign_key_violation}, // child row: parent missing
    Entry{1557, errc::foreign_key_violation}, // upholding foreign keys would duplicate an entry
    Entry{1586, errc::unique_violation},      // duplicate entry, with the key's name
    Entry{1690, errc::out_of_range},          // arithmetic out of range
    Entry{1698, errc::authentication_failed}, // access denied, no password
    Entry{1761, errc::foreign_key_violation}, // foreign key duplicates an entry in the child
    Entry{1762, errc::foreign_key_violation}, // the same, name unknown
    Entry{1792, errc::read_only},             // READ ONLY transaction
    Entry{1836, errc::read_only},             // server is in read-only mode
    Entry{1927, errc::connection_lost, disconnect},   // KILL CONNECTION
    Entry{1969, errc::query_canceled},                // max_statement_time (MariaDB)
    Entry{2002, errc::connection_failed, disconnect}, // cannot connect
    Entry{2003, errc::connection_failed, disconnect}, // cannot connect
    Entry{2005, errc::connection_failed, disconnect}, // unknown host
    Entry{2006, errc::connection_lost, disconnect},   // server has gone away
    Entry{2012, errc::connection_failed, disconnect}, // error in server handshake
    Entry{2013, errc::connection_lost, disconnect},   // lost connection during query
    Entry{
        2014,
        errc::connection_lost,
        disconnect
    }, // commands out of sync: the protocol state is not known any more
    Entry{2026, errc::connection_failed, disconnect}, // TLS error
    Entry{2027, errc::connection_lost, disconnect},   // malformed packet
    Entry{2055, errc::connection_lost, disconnect},   // lost connection, with errno
    Entry{2059, errc::connection_failed, disconnect}, // authentication plugin cannot be loaded
    Entry{3024, errc::query_canceled},                // max_execution_time (MySQL)
    Entry{3572, errc::lock_timeout, retryable},       // NOWAIT (MySQL)
    Entry{3819, errc::check_violation},               // CHECK (MySQL)
    Entry{4025, errc::check_violation},               // CHECK (MariaDB)
    Entry{4031, errc::connection_lost, disconnect},   // disconnected for inactivity (MySQL)
};
static_assert(std::is_sorted(table.begin(), table.end(), [](const Entry& a, const Entry& b) {
    return a.number < b.number;
}));

const Entry* find(int number) {
    const auto* const found =
        std::lower_bound(table.begin(), table.end(), number, [](const Entry& entry, int n) {
            return entry.number < n;
        });
    return found != table.end() && found->number == number ? &*found : nullptr;
}

/// The text between `before` and the next `after`; empty when it is not there.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    const auto start = text.find(before);
    if (start == std::string_view::npos)
        return {};
    text.remove_prefix(start + before.size());
    const auto end = text.find(after);
    return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

/// Server messages come in the server's language; the English ones are read, others leave the names
/// empty.
void read_names(DiagnosticInfo& info) {
    const std::string_view text = info.message;
    switch (info.native_code) {
    case 1062:
    case 1586: { // Duplicate entry 'a' for key 'uq_name'; MySQL 8 writes 'table.uq_name'
        const auto at = text.rfind("for key '");
        if (at == std::string_view::npos)
            return;
        const auto key = between(text.substr(at), "for key '", "'");
        const auto dot = key.find('.');
        if (dot != std::string_view::npos)
            info.table = std::string{key.substr(0, dot)};
        info.constraint = std::string{dot == std::string_view::npos ? key : key.substr(dot + 1)};
        return;
    }
    case 1451:
    case 1452: // ... fails (`db`.`child`, CONSTRAINT `fk` FOREIGN KEY (`parent_id`) ...
        info.table = last_name(between(text, "fails (", ", CONSTRAINT"));
        info.constraint = last_name(between(text, ", CONSTRAINT ", " FOREIGN KEY"));
        info.column = last_name(between(text, "FOREIGN KEY (", ")"));
        return;
    case 4025: // CONSTRAINT `positive` failed for `db`.`t`
        info.constraint = last_name(between(text, "CONSTRAINT ", " failed for"));
        if (const auto at = text.rfind("failed for "); at != std::string_view::npos) {
            info.table = last_name(text.substr(at + 11));
        }
        return;
    case 3819: // Check constraint 'positive' is violated.
        info.constraint = std::string{between(text, "constraint '", "'")};
        return;
    case 1048: // Column 'name' cannot be null
    case 1054: // Unknown column 'nme' in 'field list'
    case 1364: // Field 'name' doesn't have a default value
        info.column = last_name(between(text, " '", "'"));
        if (info.column.empty())
            info.column = last_name(between(text, "'", "'"));
        return;
    case 1050:
    case 1051:
    case 1146: // Table 'db.t' doesn't exist
        info.table = last_name(between(text, "'", "'"));
        return;
    case 1264:
    case 1292:
    case 1366:
    case 1406: // ... for column 'c' at row 1; MariaDB may write `db`.`t`.`c`
        if (const auto at = text.rfind("for column "); at != std::string_view::npos) {
            info.column = last_name(between(text.substr(at), "for column ", " at row"));
        }
        return;
    default:
        return;
    }
}

std::string_view advice(const NativeError& error) {
    switch (error.number) {
    case 1040:
    case 1203:
        return "; lower pool_size and max_overflow, or raise the server's max_connections";
    case 1044:
        return "; grant the user access to that database";
    case 1045:
    case 1698:
        return "; check user name and password in the URL, and from which hosts the server admits "
               "that user";
    case 1049:
        return "; create it, or name another database in the URL";
    case 1129:
        return "; FLUSH HOSTS on the server admits this machine again";
    case 1130:
        return "; the server admits no user from this machine";
    case 2002:
    case 2003:
        return "; check that the server runs and listens there";
    case 2005:
        return "; check the host in the URL";
    case 2026:
        return "; check the ssl options in the URL and whether the server offers TLS";
    default:
        return {};
    }
}

} // namespace

std::string last_name(std::string_view quoted) {
    const auto is_quote = [](char c) { return c == '`' || c == '\'' || c == '"'; };
    while (!quoted.empty() && is_quote(quoted.back()))
        quoted.remove_suffix(1);
    // A dot inside backquotes is part of a name; between them it separates.
    auto start = quoted.rfind('`');
    if (start == std::string_view::npos)
        start = quoted.rfind('.');
    if (start != std::string_view::npos)
        quoted.remove_prefix(start + 1);
    while (!quoted.empty() && is_quote(quoted.front()))
        quoted.remove_prefix(1);
    return std::string{quoted};
}

DiagnosticInfo diagnose(const NativeError& error) {
    DiagnosticInfo info;
    info.native_code = error.number;
    info.message = error.message;
    // HY000 is "general error": it says nothing.
    info.sqlstate = error.sqlstate;
    if (const auto* entry = find(error.number)) {
        info.code = entry->code;
        info.disconnect = entry->trait == disconnect;
        info.retryable = entry->trait == retryable;
    } else {
        info.code = errc_from_sqlstate(error.sqlstate);
    }
    read_names(info);
    return info;
}

DiagnosticInfo diagnose_connect(const NativeError& error, const ConnectOptions& options) {
    DiagnosticInfo info = diagnose(error);
    if (info.code != errc::authentication_failed)
        info.code = errc::connection_failed;
    info.disconnect = true;
    info.message = "cannot connect to " + options.where();
    if (!options.user.empty())
        info.message += " as user " + options.user;
    info.message += ": " + error.message;
    info.message += advice(error);
    return info;
}

} // namespace azoth::mysql
