// SPDX-License-Identifier: MIT
// Opening a COPY, and writing its rows.
#include "driver/postgresql/copy.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/error.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {
namespace {

/// Bytes in one message, about.
constexpr std::size_t message_size = std::size_t{64} * 1024;

/// What the binary format begins with: its signature, no flags, no extension.
constexpr std::string_view binary_header{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};

void append_big_endian(std::string& out, std::uint32_t value, int bytes) {
    for (int shift = bytes * 8 - 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

/// The type whose binary form a column that is read as `wire` takes; unknown_to_us where we cannot write it.
std::uint32_t binary_oid(Wire wire) noexcept {
    switch (wire) {
    case Wire::text: return oid::text;
    case Wire::bytes: return oid::bytea;
    case Wire::pg_bool: return oid::boolean;
    case Wire::pg_int2: return oid::int2;
    case Wire::pg_int4: return oid::int4;
    case Wire::pg_int8: return oid::int8;
    case Wire::pg_float4: return oid::float4;
    case Wire::pg_float8: return oid::float8;
    case Wire::pg_numeric: return oid::numeric;
    case Wire::pg_date: return oid::date;
    case Wire::pg_time: return oid::time;
    case Wire::pg_timestamp: return oid::timestamp;
    case Wire::pg_timestamptz: return oid::timestamptz;
    case Wire::pg_interval: return oid::interval;
    case Wire::pg_uuid: return oid::uuid;
    case Wire::pg_jsonb: return oid::json;
    default: return oid::unknown_to_us;
    }
}

std::string joined(const std::vector<std::string>& columns) {
    std::string list;
    for (const auto& column : columns) {
        if (!list.empty()) list += ", ";
        list += column;
    }
    return list;
}

[[noreturn]] void throw_no_binary_form(const std::string& sql) {
    DiagnosticInfo info;
    info.code = errc::not_supported;
    info.message = "a column of this COPY has a type whose binary form Azoth does not know; use CopyFormat::text";
    throw NotSupportedError(std::move(info), sql, {});
}

} // namespace

asio::awaitable<void> Connection::begin_copy(const std::string& sql) {
    sending();
    if (PQsendQuery(channel_.get(), sql.c_str()) != 1) channel_.throw_lost(nullptr, sql);
    const Progress sent = co_await channel_.flush();
    if (sent == Progress::lost) channel_.throw_lost(nullptr, sql);
    Intake intake{channel_.get()};
    for (Step step = intake.advance(); step != Step::copy; step = intake.advance()) {
        if (step == Step::done) {
            settled();
            if (intake.failure != nullptr) throw_database_error(diagnose(intake.failure.get()), sql);
            throw InvalidRequestError("the server has not begun a COPY for: " + sql);
        }
        const Progress progress = co_await channel_.wait_input(no_deadline);
        if (progress == Progress::lost) channel_.throw_lost(intake.failure.get(), sql);
    }
}

asio::awaitable<std::unique_ptr<driver::CopyIn>>
Connection::copy_in(driver::CopyTarget target, driver::CopyFormat format) {
    Operation operation{*this};
    const std::string columns = joined(target.columns);
    std::string sql = "COPY " + target.table + " (" + columns + ") FROM STDIN";
    check_text(sql);
    std::shared_ptr<const Shape> shape;
    if (format != driver::CopyFormat::text) {
        // The binary format wants each value in its column's own type: only the server knows what that is.
        const std::string question = "SELECT " + columns + " FROM " + target.table;
        driver::Statement statement{question, 0};
        statement.prepare = false;
        parameters_.decide(question, {}, {});
        shape = co_await describe(statement);
        if (shape != nullptr && !CopyWriter::has_binary_form(*shape)) {
            if (format == driver::CopyFormat::binary) throw_no_binary_form(sql);
            shape = nullptr;
        }
    }
    if (shape != nullptr) sql += " (FORMAT binary)";
    co_await begin_copy(sql);
    co_return std::make_unique<CopyWriter>(*this, sql, target.columns, std::move(shape));
}

asio::awaitable<std::unique_ptr<driver::Cursor>>
Connection::copy_out(std::string query, driver::CopyFormat format) {
    Operation operation{*this};
    std::string sql = "COPY (" + query + ") TO STDOUT";
    driver::Statement statement{query, 0};
    statement.prepare = false;
    parameters_.decide(query, {}, {});
    auto shape = co_await describe(statement);
    if (shape == nullptr) throw InvalidRequestError("a statement that returns no rows cannot be copied out: " + query);
    const bool known = std::ranges::find(shape->wires, Wire::pg_other) == shape->wires.end();
    const bool binary = format == driver::CopyFormat::binary || (format == driver::CopyFormat::automatic && known);
    if (binary) sql += " (FORMAT binary)";
    co_await begin_copy(sql);
    co_return std::make_unique<CopyReader>(*this, sql, std::move(shape), binary);
}

bool CopyWriter::has_binary_form(const Shape& shape) noexcept {
    return std::ranges::all_of(shape.wires, [](Wire wire) { return binary_oid(wire) != oid::unknown_to_us; });
}

CopyWriter::CopyWriter(
    Connection& connection,
    std::string sql,
    const std::vector<std::string>& columns,
    std::shared_ptr<const Shape> shape)
    : connection_(&connection), sql_(std::move(sql)), binary_(shape != nullptr) {
    oids_.assign(columns.size(), oid::unknown_to_us);
    jsonb_.assign(columns.size(), false);
    for (std::size_t i = 0; binary_ && i < columns.size(); ++i) {
        oids_[i] = binary_oid(shape->wires[i]);
        jsonb_[i] = shape->wires[i] == Wire::pg_jsonb;
    }
    values_.assume(sql_, oids_);
    values_.count_rows(columns);
    if (binary_) buffer_ = binary_header;
    connection.cursor_ = this;
}

CopyWriter::~CopyWriter() {
    if (connection_ != nullptr) connection_->cursor_ = nullptr;
}

void CopyWriter::detach() noexcept {
    if (connection_ != nullptr) connection_->cursor_ = nullptr;
    connection_ = nullptr;
}

void CopyWriter::append_binary(std::size_t column) {
    const char* value = values_.values()[column];
    if (value == nullptr) {
        buffer_.append(4, '\377');
        return;
    }
    if (values_.formats()[column] == 0) {
        values_.refuse_value(
            column, "is of another kind than its column's type; convert it, or use CopyFormat::text");
    }
    const auto size = static_cast<std::uint32_t>(values_.lengths()[column]);
    append_big_endian(buffer_, size + (jsonb_[column] ? 1U : 0U), 4);
    if (jsonb_[column]) buffer_ += '\1';
    buffer_.append(value, size);
}

void CopyWriter::append_text(std::size_t column) {
    const char* value = values_.values()[column];
    if (value == nullptr) {
        buffer_ += "\\N";
        return;
    }
    for (const char c : std::string_view{value, static_cast<std::size_t>(values_.lengths()[column])}) {
        switch (c) {
        case '\\': buffer_ += "\\\\"; break;
        case '\b': buffer_ += "\\b"; break;
        case '\f': buffer_ += "\\f"; break;
        case '\n': buffer_ += "\\n"; break;
        case '\r': buffer_ += "\\r"; break;
        case '\t': buffer_ += "\\t"; break;
        case '\v': buffer_ += "\\v"; break;
        default: buffer_ += c;
        }
    }
}

void CopyWriter::append_row(std::span<const Param> row) {
    values_.encode(row);
    if (binary_) append_big_endian(buffer_, static_cast<std::uint32_t>(row.size()), 2);
    for (std::size_t column = 0; column < row.size(); ++column) {
        if (binary_) {
            append_binary(column);
        } else {
            if (column > 0) buffer_ += '\t';
            append_text(column);
        }
    }
    if (!binary_) buffer_ += '\n';
}

asio::awaitable<void> CopyWriter::send() {
    Channel& channel = connection_->channel_;
    DetachOnFailure guard{*this};
    while (!buffer_.empty()) {
        const int taken = PQputCopyData(channel.get(), buffer_.data(), static_cast<int>(buffer_.size()));
        if (taken < 0) channel.throw_lost(nullptr, sql_);
        if (taken == 1) buffer_.clear();
        // Nothing is kept that can be sent: a slow server slows the caller down.
        const Progress progress = co_await channel.flush();
        if (progress == Progress::lost) channel.throw_lost(nullptr, sql_);
    }
    guard.done();
}

asio::awaitable<void> CopyWriter::write(std::span<const Param> params, std::size_t rows) {
    if (connection_ == nullptr) throw ResourceClosedError("this COPY is over, or its connection was closed or recovered");
    Operation operation{*connection_, Operation::Kind::of_cursor};
    const std::size_t width = oids_.size();
    if (params.size() != rows * width) {
        throw ArgumentError(
            "a COPY of " + std::to_string(width) + " columns was given " + std::to_string(params.size())
            + " values for " + std::to_string(rows) + " rows");
    }
    for (std::size_t row = 0; row < rows; ++row) {
        append_row(params.subspan(row * width, width));
        if (buffer_.size() >= message_size) co_await send();
    }
}

asio::awaitable<void> CopyWriter::end(const char* reason, Intake& intake) {
    Channel& channel = connection_->channel_;
    DetachOnFailure guard{*this};
    for (int taken = 0; taken != 1;) {
        taken = PQputCopyEnd(channel.get(), reason);
        if (taken < 0) channel.throw_lost(nullptr, sql_);
        const Progress progress = co_await channel.flush();
        if (progress == Progress::lost) channel.throw_lost(nullptr, sql_);
    }
    co_await connection_->take_answers(intake, sql_);
    guard.done();
    connection_->cursor_ = nullptr;
    connection_ = nullptr;
}

asio::awaitable<std::int64_t> CopyWriter::finish() {
    if (connection_ == nullptr) throw ResourceClosedError("this COPY is over, or its connection was closed or recovered");
    Operation operation{*connection_, Operation::Kind::of_cursor};
    if (binary_) buffer_.append(2, '\377');
    co_await send();
    Intake intake{connection_->channel_.get()};
    co_await end(nullptr, intake);
    if (intake.failure != nullptr) throw_database_error(diagnose_copy(intake.failure.get()), sql_);
    std::int64_t rows = 0;
    if (intake.answer != nullptr) rows = std::strtoll(PQcmdTuples(intake.answer.get()), nullptr, 10);
    co_return rows;
}

asio::awaitable<void> CopyWriter::abort() {
    if (connection_ == nullptr) co_return;
    Operation operation{*connection_, Operation::Kind::of_cursor};
    Intake intake{connection_->channel_.get()};
    co_await end("the client has given up", intake);
}

} // namespace azoth::postgresql
