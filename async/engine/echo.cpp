// SPDX-License-Identifier: MIT
// The log of statements: what `echo` shows, in SQLAlchemy's words.
#include <algorithm>
#include <iostream>
#include <mutex>
#include <string>

#include "engine/core.hpp"

namespace azoth::engine {

namespace {

/// Of a batch this many rows are shown from the front, and two from the back.
constexpr std::size_t shown_rows = 8;
constexpr std::size_t shown_last = 2;

void append_row(std::string& text, std::span<const Param> params) {
    text += '(';
    for (std::size_t i = 0; i < params.size(); ++i) {
        if (i > 0) text += ", ";
        text += to_string(params[i]);
    }
    text += ')';
}

} // namespace

std::vector<std::string> describe(std::span<const Param> params) {
    std::vector<std::string> texts;
    texts.reserve(params.size());
    for (const auto& param : params) texts.push_back(to_string(param));
    return texts;
}

void EngineCore::log(Echo echo, std::string_view line) const {
    if (options.statement_sink) {
        ExecutedStatement statement;
        statement.sql = line;
        options.statement_sink(statement);
    }
    if (echo) write_line(line == "BEGIN" ? "BEGIN (implicit)" : line);
}

void EngineCore::write_line(std::string_view line, Echo::Level level, bool warning) const {
    if (options.logging_name.empty()) write("azoth.engine", line, level, warning);
    else write("azoth.engine." + options.logging_name, line, level, warning);
}

void EngineCore::log_pool(Echo::Level level, std::string_view what, std::uint64_t connection) const {
    if (echo_pool().level() < level) return;
    const std::string logger = options.pool_logging_name.empty() ? "azoth.pool" : "azoth.pool." + options.pool_logging_name;
    write(logger, "connection " + std::to_string(connection) + " " + std::string{what}, level, false);
}

void EngineCore::write(std::string_view logger, std::string_view line, Echo::Level level, bool warning) const {
    if (options.log_sink) {
        LogRecord record;
        record.logger = logger;
        record.level = level;
        record.warning = warning;
        record.message = line;
        options.log_sink(record);
        return;
    }
    if (options.echo_sink) {
        options.echo_sink(line);
        return;
    }
    static std::mutex one_at_a_time;
    const std::lock_guard lock{one_at_a_time};
    std::clog << line << std::endl;
}

void EngineCore::log_rows(const driver::Result& result) const {
    if (!result.columns || !result.rows) return;
    std::string line = "Col (";
    for (std::size_t i = 0; i < result.columns->size(); ++i)
        line += (i > 0 ? ", '" : "'") + (*result.columns)[i].name + "'";
    write_line(line + ")", Echo::debug);
    for (std::size_t row = 0; row < result.rows->row_count(); ++row) {
        line = "Row (";
        for (std::size_t i = 0; i < result.columns->size(); ++i) {
            if (i > 0) line += ", ";
            line += to_string(to_value(result.rows->field(row, i), (*result.columns)[i].type).param());
        }
        write_line(line + ")", Echo::debug);
    }
}

void EngineCore::log_statement(
    Echo echo,
    const std::string& sql,
    std::span<const Param> params,
    std::size_t rows,
    bool cached
) const {
    if (options.statement_sink) {
        ExecutedStatement statement;
        statement.sql = sql;
        statement.params = params;
        statement.rows = rows;
        options.statement_sink(statement);
    }
    if (!echo) return;
    write_line(sql);
    std::string line = cached ? "[cached] " : "[generated] ";
    if (options.hide_parameters && !params.empty()) {
        line += "[SQL parameters hidden due to hide_parameters=True]";
    } else if (rows == 1) {
        append_row(line, params);
    } else {
        const std::size_t width = rows == 0 ? 0 : params.size() / rows;
        const bool all = rows <= shown_rows + shown_last;
        line += '[';
        for (std::size_t row = 0; row < rows; ++row) {
            if (row > 0) line += ", ";
            if (!all && row == shown_rows) {
                line += "... displaying " + std::to_string(shown_rows + shown_last) + " of " +
                        std::to_string(rows) + " total bound parameter sets ... ";
                row = rows - shown_last;
            }
            append_row(line, params.subspan(row * width, width));
        }
        line += ']';
    }
    write_line(line);
}

void EngineCore::log_each(
    Echo echo, const std::string& sql, std::span<const Param> params, std::size_t rows, bool cached) const {
    const std::size_t width = rows == 0 ? 0 : params.size() / rows;
    for (std::size_t row = 0; row < rows; ++row) log_statement(echo, sql, params.subspan(row * width, width), 1, cached);
}

} // namespace azoth::engine
