// SPDX-License-Identifier: MIT
// Reading the rows of a COPY. Where one message ends and the next begins says nothing about rows.
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <azoth/error.hpp>

#include "driver/postgresql/copy.hpp"
#include "driver/postgresql/error.hpp"
#include "driver/postgresql/sql_text.hpp"

namespace azoth::postgresql {
namespace {

/// The signature, the flags and the length of an extension.
constexpr std::size_t header_size = 19;
constexpr std::size_t signature_size = 11;

/// How long `close()` may take to stop the query and read what is under way.
constexpr std::chrono::seconds close_limit{30};

std::uint32_t read_big_endian(const char* bytes, int count) noexcept {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/// What stands behind a backslash.
char unescaped(char c) noexcept {
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return c;
    }
}

/// As the text format's cells are read: bytes and booleans in their own form, all else as text.
std::shared_ptr<const Shape> text_shape(const Shape& shape) {
    auto text = std::make_shared<Shape>(shape);
    for (auto& wire : text->wires) {
        if (wire != Wire::bytes && wire != Wire::pg_bool) wire = Wire::text;
    }
    return text;
}

} // namespace

CopyReader::CopyReader(
    Connection& connection, std::string sql, std::shared_ptr<const Shape> shape, bool binary)
    : connection_(&connection), sql_(std::move(sql)), shape_(std::move(shape)), binary_(binary) {
    if (!binary_) shape_ = text_shape(*shape_);
    header_read_ = !binary_;
    connection.cursor_ = this;
}

CopyReader::~CopyReader() {
    if (connection_ != nullptr) connection_->cursor_ = nullptr;
}

void CopyReader::detach() noexcept {
    if (connection_ != nullptr) connection_->cursor_ = nullptr;
    connection_ = nullptr;
    detached_ = true;
}

void CopyReader::throw_malformed() {
    connection_->channel_.close(); // out of step with the server
    DiagnosticInfo info;
    info.code = errc::connection_lost;
    info.disconnect = true;
    info.message = "the server's COPY data cannot be read";
    throw InternalError(std::move(info), sql_, {});
}

bool CopyReader::take_binary_row(PackedBuffer& rows) {
    const std::string_view left = std::string_view{data_}.substr(position_);
    if (left.size() < 2) return false;
    const auto fields = static_cast<std::uint16_t>(read_big_endian(left.data(), 2));
    if (fields == 0xFFFF) { // the trailer
        position_ = data_.size();
        return false;
    }
    if (fields != shape_->wires.size()) throw_malformed();
    // Whether it is all there, first: half a row must not be taken.
    std::size_t end = 2;
    for (std::size_t i = 0; i < fields; ++i) {
        if (left.size() < end + 4) return false;
        const auto size = read_big_endian(left.data() + end, 4);
        end += 4;
        if (size != 0xFFFF'FFFF) end += size;
        if (left.size() < end) return false;
    }
    std::size_t at = 2;
    for (std::size_t i = 0; i < fields; ++i) {
        const auto size = read_big_endian(left.data() + at, 4);
        at += 4;
        if (size == 0xFFFF'FFFF) {
            rows.append_null();
        } else {
            rows.append_cell(left.substr(at, size));
            at += size;
        }
    }
    rows.end_row();
    position_ += end;
    return true;
}

void CopyReader::append_text_cell(PackedBuffer& rows, std::size_t column, std::string_view cell) {
    if (cell == "\\N") return rows.append_null();
    cell_.clear();
    for (std::size_t i = 0; i < cell.size(); ++i) {
        if (cell[i] != '\\' || i + 1 == cell.size()) cell_ += cell[i];
        else cell_ += unescaped(cell[++i]);
    }
    const Wire wire = shape_->wires[column];
    if (wire == Wire::pg_bool) {
        cell_ = cell_ == "t" ? '\1' : '\0';
    } else if (wire == Wire::bytes) { // \x0aff
        std::string bytes;
        for (std::size_t i = 2; i + 1 < cell_.size(); i += 2)
            bytes += static_cast<char>(hex_digit(cell_[i]) << 4 | hex_digit(cell_[i + 1]));
        cell_ = std::move(bytes);
    }
    rows.append_cell(cell_);
}

bool CopyReader::take_text_row(PackedBuffer& rows) {
    const std::string_view left = std::string_view{data_}.substr(position_);
    const auto end = left.find('\n');
    if (end == std::string_view::npos) return false;
    std::string_view line = left.substr(0, end);
    const std::size_t columns = shape_->wires.size();
    for (std::size_t column = 0; column < columns; ++column) {
        const auto tab = line.find('\t');
        if ((tab == std::string_view::npos) != (column + 1 == columns)) throw_malformed();
        append_text_cell(rows, column, line.substr(0, tab));
        if (tab != std::string_view::npos) line.remove_prefix(tab + 1);
    }
    rows.end_row();
    position_ += end + 1;
    return true;
}

bool CopyReader::take_row(PackedBuffer& rows) {
    if (!header_read_) {
        if (data_.size() < header_size) return false;
        const auto extension = read_big_endian(data_.data() + signature_size + 4, 4);
        if (data_.size() < header_size + extension) return false;
        position_ = header_size + extension;
        header_read_ = true;
    }
    return binary_ ? take_binary_row(rows) : take_text_row(rows);
}

Step CopyReader::advance(PackedBuffer& rows, std::size_t max_rows) {
    PGconn* const connection = connection_->channel_.get();
    while (rows.row_count() < max_rows) {
        if (take_row(rows)) continue;
        if (at_end_) return Step::done;
        data_.erase(0, position_);
        position_ = 0;
        char* message = nullptr;
        const int size = PQgetCopyData(connection, &message, 1);
        if (size > 0) data_.append(message, static_cast<std::size_t>(size));
        PQfreemem(message);
        if (size == 0) return Step::blocked;
        if (size < 0) at_end_ = true; // over, or failed: the next result tells
    }
    return Step::done;
}

asio::awaitable<std::shared_ptr<const RowBuffer>> CopyReader::fetch(std::size_t max_rows) {
    if (detached_) throw ResourceClosedError("the COPY's connection was closed or recovered");
    if (connection_ == nullptr) co_return nullptr;
    Operation operation{*connection_, Operation::Kind::of_cursor};
    auto rows = std::make_shared<PackedBuffer>(shape_->wires.size());
    rows->set_shape(shape_);
    Channel& channel = connection_->channel_;
    DetachOnFailure guard{*this};
    if (max_rows == 0) max_rows = 1;
    while (advance(*rows, max_rows) == Step::blocked) {
        const Progress progress = co_await channel.wait_input(no_deadline);
        if (progress == Progress::lost) channel.throw_lost(nullptr, sql_);
    }
    if (rows->row_count() > 0) {
        guard.done();
        co_return rows;
    }
    Intake intake{channel.get()};
    co_await connection_->take_answers(intake, sql_);
    guard.done();
    connection_->cursor_ = nullptr;
    connection_ = nullptr;
    if (intake.failure != nullptr) throw_database_error(diagnose(intake.failure.get()), sql_);
    co_return nullptr;
}

asio::awaitable<void> CopyReader::close() {
    if (connection_ == nullptr) co_return;
    Connection& connection = *connection_;
    Operation operation{connection, Operation::Kind::of_cursor};
    DetachOnFailure guard{*this};
    // Stopping the server would also end the transaction: then the rest is read.
    if (!connection.was_in_transaction_) {
        co_await connection.cancel_and_drain(std::chrono::steady_clock::now() + close_limit);
    } else {
        const bool drained = co_await connection.drain(no_deadline);
        static_cast<void>(drained);
    }
    guard.done();
    connection.cursor_ = nullptr;
    connection_ = nullptr;
}

} // namespace azoth::postgresql
