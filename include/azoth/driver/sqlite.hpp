// SPDX-License-Identifier: MIT
// The SQLite driver, over sqlite3 (3.37 or later).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <azoth/driver/driver.hpp>
#include <azoth/types/value.hpp>

namespace azoth::sqlite {

/// A driver for `sqlite:///file.db`, `sqlite:////folder/file.db`, and `sqlite://` or `sqlite:///:memory:`.
///
/// Options of the URL:
/// - `mode`: ro, rw, rwc (create the file when there is none, the default), memory; `cache=shared` lets
///   connections to a
///   memory database of the same name (`sqlite:///name?mode=memory&cache=shared`) see the same data.
/// - `execution`: auto (the default) runs what is short and does not wait on the disk on the caller's thread,
///   all else on
///   the connection's worker thread; worker and inline force one of the two.
/// - `busy_timeout`: milliseconds to wait for another connection's lock (5000); waited for with a timer.
/// - `statement_cache_size`: prepared statements to keep (128; 0 keeps none).
/// - pragmas: `foreign_keys` (on unless said otherwise), `journal_mode`, `synchronous`, `cache_size`,
///   `temp_store`,
///   `mmap_size`, `wal_autocheckpoint`, `locking_mode`, `recursive_triggers`, `page_size`, `auto_vacuum`.
[[nodiscard]] std::shared_ptr<const driver::Driver> make_driver();

// Functions and collations of the program's own, for SQL. They belong to one connection, so a listener of `connect` gives them to
// each:
//
//     engine.events().connect.connect([](az::driver::Connection& connection) -> asio::awaitable<void> {
//         az::sqlite::create_function(connection, "twice", 1, twice);
//         co_return;
//     });
//
// They are called on the thread that executes the statement, the caller's or the connection's worker, and must not use the
// connection. What they throw is the statement's error. The library's own: `regexp`, so that REGEXP works, with the grammar of
// ECMAScript.
//
// All of these throw ArgumentError when the connection is not SQLite's, InvalidRequestError when it is busy, and what SQLite
// says of the name and the number of arguments.

/// Returns NULL, a number, a boolean, text, bytes, a decimal or a UUID.
using ScalarFunction = std::function<Value(std::span<const Value> arguments)>;

/// One computation of an aggregate: over the rows of a group.
class Aggregate {
public:
    virtual ~Aggregate() = default;
    virtual void step(std::span<const Value> arguments) = 0;
    /// Of no rows too.
    virtual Value finish() = 0;
};

/// One that can be asked at any row, and told that a row has left its window.
class WindowAggregate : public Aggregate {
public:
    virtual void inverse(std::span<const Value> arguments) = 0;
    virtual Value value() = 0;
};

/// @param arguments  how many it takes; -1: any number
/// @param deterministic  the same arguments always give the same value: it may stand in indexes
void create_function(
    driver::Connection& connection, const std::string& name, int arguments, ScalarFunction function, bool deterministic = false);
void create_aggregate(
    driver::Connection& connection, const std::string& name, int arguments, std::function<std::unique_ptr<Aggregate>()> make);
/// An aggregate that can be used with OVER too.
void create_window_function(
    driver::Connection& connection, const std::string& name, int arguments,
    std::function<std::unique_ptr<WindowAggregate>()> make);
/// @param compare  negative, zero or positive; a throw counts as comparing the bytes
void create_collation(
    driver::Connection& connection, const std::string& name,
    std::function<int(std::string_view, std::string_view)> compare);

} // namespace azoth::sqlite
