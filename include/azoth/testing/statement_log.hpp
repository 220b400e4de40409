// SPDX-License-Identifier: MIT
// StatementLog: what an engine sent to its database, for tests that count or compare statements.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/engine/options.hpp>
#include <azoth/types/value.hpp>

namespace azoth::testing {

/// One statement as it was sent.
struct LoggedStatement {
    std::string sql;
    std::vector<std::vector<Value>> rows; ///< the parameters: one row, or one for each execution of a batch

    LoggedStatement() = default;
};

/// Records the statements of the engines that it is attached to. A cheap handle: copies share the record. Thread-safe.
///
///     az::testing::StatementLog log;
///     az::EngineOptions options;
///     log.attach(options);
///     auto engine = az::create_engine(executor, "sqlite://", options);
///     …
///     log.clear();
///     co_await session.commit();
///     CHECK(log.texts() == std::vector<std::string>{"INSERT INTO …", "COMMIT"});
class StatementLog {
public:
    StatementLog();

    /// An engine created with `options` reports here. Another sink that the options have goes on being called.
    void attach(EngineOptions& options) const;

    [[nodiscard]] std::vector<LoggedStatement> statements() const;
    /// The texts alone. BEGIN, COMMIT, ROLLBACK and savepoints are statements, too.
    [[nodiscard]] std::vector<std::string> texts() const;
    [[nodiscard]] std::size_t size() const;
    /// Statements whose text begins with `prefix`: `log.count("SELECT")`.
    [[nodiscard]] std::size_t count(std::string_view prefix) const;
    void clear();
    /// Puts a text of the test's own between the statements.
    void mark(std::string text);
    /// Whether statements are recorded (they are, unless told otherwise).
    void record(bool on);

private:
    struct Record;
    std::shared_ptr<Record> record_;
};

} // namespace azoth::testing
