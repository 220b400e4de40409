// SPDX-License-Identifier: MIT
// Opening and closing as tasks: both may wait on the disk.
#include "driver/sqlite/open.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <sqlite3.h>

#include <azoth/error.hpp>

#include "driver/sqlite/error.hpp"
#include "driver/sqlite/functions.hpp"

namespace azoth::sqlite {
namespace {

/// Why a file could not be opened, and what to do about it.
std::string advice(const Options& options) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path path{options.path};
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::current_path(ignored);
    if (!fs::exists(folder, ignored)) {
        return "the folder '" + folder.string()
               + "' does not exist: create it first, SQLite creates files only";
    }
    if (fs::is_directory(path, ignored)) return "it is a folder: name a file in it";
    if (!fs::exists(path, ignored)) {
        if (!options.create) return "there is no such file: leave out mode=ro or mode=rw, and it is created";
        return "it cannot be created: check that '" + folder.string() + "' may be written by this user";
    }
    return "check that this user may read" + std::string{options.writable ? " and write" : ""} + " it";
}

std::string percent_encoded(const std::string& text) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const bool plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (plain) {
            result += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            result.append({'%', hex[byte >> 4], hex[byte & 15]});
        }
    }
    return result;
}

} // namespace

void OpenTask::open() {
    const auto& options = database_.options;
    // No mutex: a connection is on one thread at a time.
    int flags = SQLITE_OPEN_NOMUTEX;
    if (!options.writable) flags |= SQLITE_OPEN_READONLY;
    else flags |= SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0);
    if (options.memory) flags |= SQLITE_OPEN_MEMORY;
    // Only by a URI do two connections find the same memory database.
    flags |= options.shared_cache ? SQLITE_OPEN_SHAREDCACHE | SQLITE_OPEN_URI : SQLITE_OPEN_PRIVATECACHE;
    std::string name = ":memory:";
    if (options.shared_cache) {
        name = "file:" + percent_encoded(options.path);
    } else if (!options.memory) {
        // A path that begins with "file:" or is ":memory:" would mean something else to SQLite, but not
        // behind "./".
        name = (options.path.front() == '/' ? "" : "./") + options.path;
    }

    const int rc = sqlite3_open_v2(name.c_str(), &database_.handle, flags, nullptr);
    if (rc != SQLITE_OK) explain(rc, {});
    if (const int created = create_own_functions(database_.handle); created != SQLITE_OK) explain(created, {});
    sqlite3_extended_result_codes(database_.handle, 1);
    sqlite3_progress_handler(database_.handle, instructions_per_tick, &Database::on_progress, &database_);
}

void OpenTask::explain(int code, const std::string& sql) {
    auto report = diagnose(database_.handle, code);
    const auto& options = database_.options;
    const auto file = "the SQLite database '" + options.path + "'";
    switch (code & 0xff) {
    case SQLITE_CANTOPEN:
        report.code = errc::connection_failed;
        report.message = file + " cannot be opened: " + advice(options);
        break;
    case SQLITE_NOTADB:
        report.message = file + " is not a database: the file holds something else, or is encrypted";
        break;
    case SQLITE_READONLY:
        report.message = file + " can only be read, but an option of the URL wants to write (" + sql
                         + "): leave it out, or make the file writable";
        break;
    default: break;
    }
    throw_error(std::move(report), sql);
}

/// @param expected  what the pragma must answer with, if it was to take effect
int OpenTask::run(const std::string& sql, const std::string* expected) {
    sqlite3_stmt* statement = nullptr;
    int rc = sqlite3_prepare_v2(database_.handle, sql.c_str(), -1, &statement, nullptr);
    std::string answer;
    if (rc == SQLITE_OK) rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW && expected != nullptr) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
        answer = text != nullptr ? text : "";
    }
    while (rc == SQLITE_ROW) rc = sqlite3_step(statement);
    if (rc == SQLITE_DONE) rc = SQLITE_OK;
    // Busy stays to be asked about: finalizing repeats the code and leaves the message.
    sqlite3_finalize(statement);
    if (rc == SQLITE_OK && expected != nullptr && answer != *expected) {
        DiagnosticInfo info;
        info.code = errc::not_supported;
        info.message = "SQLite did not accept " + sql + ", it stays '" + answer + "'";
        throw_error(std::move(info), sql);
    }
    return rc;
}

Outcome OpenTask::advance(Place place) {
    const auto& options = database_.options;
    const bool waits = !options.memory || options.execution == Execution::worker;
    if (place == Place::loop && waits && options.execution != Execution::here) return Outcome::worker;
    database_.begin_budget(place, false);
    if (database_.handle == nullptr) open();

    // One more than there are pragmas: the last reads the schema, which shows what kind of file this is and
    // spares the first statement that work.
    while (next_pragma_ <= options.pragmas.size()) {
        const bool last = next_pragma_ == options.pragmas.size();
        const Pragma* pragma = last ? nullptr : &options.pragmas[next_pragma_];
        const auto sql = last ? std::string{"SELECT count(*) FROM sqlite_schema"} : pragma->sql();
        const bool answers = pragma != nullptr && pragma->name == "journal_mode" && !options.memory;
        const int rc = run(sql, answers ? &pragma->value : nullptr);
        if ((rc & 0xff) == SQLITE_INTERRUPT && database_.canceled()) return Outcome::canceled;
        if ((rc & 0xff) == SQLITE_BUSY || rc == SQLITE_LOCKED_SHAREDCACHE) {
            return wait_for_lock(diagnose(database_.handle, rc));
        }
        if (rc != SQLITE_OK) explain(rc, sql);
        ++next_pragma_;
    }
    database_.read_durability();
    return Outcome::done;
}

Outcome CloseTask::advance(Place place) {
    const bool waits = !database_.options.memory && database_.options.execution != Execution::here;
    if (place == Place::loop && waits) return Outcome::worker;
    database_.shut();
    return Outcome::done;
}

} // namespace azoth::sqlite
