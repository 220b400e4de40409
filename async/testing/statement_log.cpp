// SPDX-License-Identifier: MIT
// Recording statements.
#include <azoth/testing/statement_log.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace azoth::testing {

struct StatementLog::Record {
    std::mutex mutex;
    std::vector<LoggedStatement> statements;
    bool on = true;

    Record() = default;

    void add(const ExecutedStatement& executed) {
        const std::lock_guard lock{mutex};
        if (!on) return;
        auto& logged = statements.emplace_back();
        logged.sql = executed.sql;
        const auto rows = std::max<std::size_t>(executed.rows, 1);
        const auto width = executed.params.size() / rows;
        for (std::size_t row = 0; row < rows; ++row) {
            auto& values = logged.rows.emplace_back();
            for (const auto& param : executed.params.subspan(row * width, width)) values.push_back(to_value(param));
        }
    }
};

StatementLog::StatementLog() : record_(std::make_shared<Record>()) {}

void StatementLog::attach(EngineOptions& options) const {
    options.statement_sink = [record = record_, other = std::move(options.statement_sink)](const ExecutedStatement& executed) {
        record->add(executed);
        if (other) other(executed);
    };
}

std::vector<LoggedStatement> StatementLog::statements() const {
    const std::lock_guard lock{record_->mutex};
    return record_->statements;
}

std::vector<std::string> StatementLog::texts() const {
    std::vector<std::string> texts;
    for (auto& statement : statements()) texts.push_back(std::move(statement.sql));
    return texts;
}

std::size_t StatementLog::size() const {
    const std::lock_guard lock{record_->mutex};
    return record_->statements.size();
}

std::size_t StatementLog::count(std::string_view prefix) const {
    const std::lock_guard lock{record_->mutex};
    return static_cast<std::size_t>(
        std::ranges::count_if(record_->statements, [&](const auto& statement) { return statement.sql.starts_with(prefix); }));
}

void StatementLog::clear() {
    const std::lock_guard lock{record_->mutex};
    record_->statements.clear();
}

void StatementLog::mark(std::string text) {
    const std::lock_guard lock{record_->mutex};
    record_->statements.emplace_back().sql = std::move(text);
}

void StatementLog::record(bool on) {
    const std::lock_guard lock{record_->mutex};
    record_->on = on;
}

} // namespace azoth::testing
