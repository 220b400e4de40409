// SPDX-License-Identifier: MIT
// ScalarStream: objects made of rows as they are fetched, a bounded number at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include <azoth/engine/stream.hpp>
#include <azoth/session/result.hpp>

namespace azoth {

namespace session {

class Core;

/// An open cursor of a session. Each batch of rows is a graph of its own.
class RowStream {
public:
    RowStream() = default;
    RowStream(Core& core, engine::OpenStream stream, orm::LoadPlan plan)
        : core_(&core), stream_(std::move(stream)), plan_(std::move(plan)) {}
    RowStream(RowStream&& other) noexcept { swap(other); }
    RowStream& operator=(RowStream&& other) noexcept {
        RowStream taken{std::move(other)};
        swap(taken);
        return *this;
    }
    ~RowStream() {
        if (stream_.serial != 0) engine::abandon_stream(stream_.lease, stream_.serial);
    }

    /// The next rows with their objects; null at the end.
    [[nodiscard]] asio::awaitable<std::shared_ptr<const LoadedRows>> next();
    [[nodiscard]] asio::awaitable<void> close();

private:
    void swap(RowStream& other) noexcept {
        std::swap(core_, other.core_);
        std::swap(stream_, other.stream_);
        std::swap(plan_, other.plan_);
    }

    Core* core_ = nullptr;
    engine::OpenStream stream_;
    orm::LoadPlan plan_;
};

} // namespace session

/// What `session.stream_scalars()` gives. The session does nothing else until it is read to its end or closed. Objects that
/// nobody holds are freed with their batch; one that is held keeps its batch. Must not outlive the session.
///
///     auto users = co_await session.stream_scalars(az::select<User>());
///     while (auto user = co_await users.next()) …**user…
template <class T>
class ScalarStream {
public:
    using value_type = session::row_value_t<T>;

    /// One at its end.
    ScalarStream() = default;
    explicit ScalarStream(session::RowStream stream) : stream_(std::move(stream)) {}

    /// The first element of the next row, nothing at the end. @throws ResourceClosedError when the transaction has ended.
    [[nodiscard]] asio::awaitable<std::optional<value_type>> next() {
        if (row_ == rows_) {
            reader_.reset(); // frees the batch before the next one is read
            auto batch = co_await stream_.next();
            if (batch == nullptr) co_return std::nullopt;
            row_ = 0;
            rows_ = batch->data.row_count();
            reader_.emplace(std::move(batch));
        }
        co_return reader_->read(row_++);
    }
    /// The objects of the next batch, empty at the end.
    [[nodiscard]] asio::awaitable<std::vector<value_type>> next_batch() {
        std::vector<value_type> values;
        if (row_ == rows_) {
            auto first = co_await next();
            if (first) values.push_back(std::move(*first));
        }
        while (row_ < rows_) values.push_back(reader_->read(row_++));
        co_return values;
    }
    /// Gives up the rest.
    [[nodiscard]] asio::awaitable<void> close() {
        reader_.reset();
        row_ = rows_ = 0;
        return stream_.close();
    }

private:
    session::RowStream stream_;
    std::optional<session::FirstReader<T>> reader_;
    std::size_t row_ = 0;
    std::size_t rows_ = 0;
};

} // namespace azoth
