// SPDX-License-Identifier: MIT
// Stream: the rows of a statement with a bounded number of them in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <azoth/engine/options.hpp>
#include <azoth/engine/result.hpp>
#include <azoth/engine/transaction.hpp>

namespace azoth {

namespace engine {

/// An open cursor, held by its connection.
struct OpenStream {
    Lease lease;
    std::uint64_t serial = 0; ///< which of the connection's streams; 0: none, or moved from
    std::size_t yield_per = 0;
    ResultData head; ///< without rows

    OpenStream() = default;
};

[[nodiscard]] asio::awaitable<OpenStream>
open_stream(Lease lease, sql::NodePtr statement, ExecutionOptions options);
/// The next rows; null at the end, when the cursor is closed already. Views `stream`.
[[nodiscard]] asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(const OpenStream& stream);
[[nodiscard]] asio::awaitable<void> close_stream(Lease lease, std::uint64_t serial);
/// Gives the cursor up without waiting: the connection recovers before its next operation.
void abandon_stream(const Lease& lease, std::uint64_t serial) noexcept;

} // namespace engine

/// Rows as they are fetched. The connection does nothing else meanwhile. Read it to the end or `close()` it:
/// destroyed before, it leaves the server in mid-answer, and the connection's transaction is then rolled back
/// with it.
///
///     auto stream = co_await connection.stream(statement);
///     while (auto row = co_await stream.next()) ...
template <class Reader>
class BasicStream {
public:
    using value_type = typename Reader::value_type;

    /// One at its end. (Asio wants results that can be made out of nothing.)
    BasicStream() : at_end_(true) {}
    explicit BasicStream(engine::OpenStream stream) : stream_(std::move(stream)) {}
    ~BasicStream() {
        if (stream_.serial != 0) engine::abandon_stream(stream_.lease, stream_.serial);
    }
    BasicStream(BasicStream&& other) noexcept : BasicStream() { swap(other); }
    BasicStream& operator=(BasicStream&& other) noexcept {
        BasicStream taken{std::move(other)};
        swap(taken);
        return *this;
    }

    /// The next row, nothing at the end. @throws ResourceClosedError when the stream or its connection was
    /// closed.
    /// @cancellation terminal: the rows that were not read are lost, with the transaction.
    [[nodiscard]] asio::awaitable<std::optional<value_type>> next() {
        if (row_ == rows_) {
            if (at_end_) co_return std::nullopt;
            auto buffer = co_await engine::fetch(stream_);
            if (buffer == nullptr) {
                stream_.serial = 0;
                at_end_ = true;
                co_return std::nullopt;
            }
            row_ = 0;
            rows_ = buffer->row_count();
            stream_.head.rows = std::move(buffer);
            reader_.emplace(stream_.head);
        }
        co_return reader_->read(row_++);
    }
    /// Gives up the rest; the connection is free afterwards. Does nothing when the end was reached.
    [[nodiscard]] asio::awaitable<void> close() {
        const auto serial = std::exchange(stream_.serial, 0);
        row_ = rows_;
        at_end_ = true;
        if (serial != 0) co_await engine::close_stream(stream_.lease, serial);
    }
    /// The names of the columns.
    [[nodiscard]] std::vector<std::string> keys() const { return stream_.head.keys(); }

    /// The stream as it was opened; for layers above.
    [[nodiscard]] const engine::ResultData& head() const noexcept { return stream_.head; }

private:
    void swap(BasicStream& other) noexcept {
        std::swap(stream_, other.stream_);
        std::swap(reader_, other.reader_);
        std::swap(row_, other.row_);
        std::swap(rows_, other.rows_);
        std::swap(at_end_, other.at_end_);
    }

    engine::OpenStream stream_;
    std::optional<Reader> reader_; // of the rows fetched last
    std::size_t row_ = 0;          // the next of them
    std::size_t rows_ = 0;
    bool at_end_ = false;
};

namespace engine {

template <class R>
struct StreamType;
template <>
struct StreamType<Result<>> {
    using type = BasicStream<RowReader>;
};
template <class... Ts>
    requires(sizeof...(Ts) > 0)
struct StreamType<Result<Ts...>> {
    using type = BasicStream<TupleReader<Ts...>>;
};

} // namespace engine

/// What `connection.stream()` gives for a statement with columns of types Ts; rows without types are `Row`.
template <class... Ts>
using Stream = typename engine::StreamType<Result<Ts...>>::type;

} // namespace azoth
