// SPDX-License-Identifier: MIT
// Watch: what a statement's execution tells the log and those who listen; made only when somebody does.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include <azoth/engine/events.hpp>

#include "engine/slot.hpp"

namespace azoth::engine {

class Watch {
public:
    Watch(
        Slot& slot, const std::string& sql, std::span<const Param> params, std::size_t rows, bool cached, bool row_by_row,
        const ExecutionOptions& options);
    ~Watch() = default;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// The SQL to be sent: a listener may have changed it.
    void apply(driver::Statement& statement) const noexcept {
        if (!changed_) return;
        statement.sql = &event_.sql;
        statement.sql_hash = std::hash<std::string>{}(event_.sql);
    }
    [[nodiscard]] const std::string& sql() const noexcept { return event_.sql; }
    void succeeded(std::int64_t affected);
    /// The same; with Echo::debug its rows are logged.
    void succeeded(const driver::Result& result);
    /// In a catch block.
    void failed() noexcept;

private:
    void tell();

    std::shared_ptr<EngineCore> core_;
    Echo echo_;
    ExecutionOptions options_;
    StatementEvent event_;
    std::chrono::steady_clock::time_point begun_;
    bool changed_ = false;
    bool told_ = false;
};

/// Logs the statement and tells listeners. Null when nobody wants to know.
/// @param rows  of parameters; 0 for SQL that takes none
/// @param row_by_row  the log shows each row as a statement of its own
/// @param options  of this execution alone
[[nodiscard]] inline std::unique_ptr<Watch> watch(
    Slot& slot, const std::string& sql, std::span<const Param> params, std::size_t rows, bool cached, bool row_by_row = false,
    const ExecutionOptions& options = ExecutionOptions()) {
    if (!slot.watched()) return nullptr;
    return std::make_unique<Watch>(slot, sql, params, rows, cached, row_by_row, options);
}

} // namespace azoth::engine
