// SPDX-License-Identifier: MIT
// COPY: many rows into a table, or out of a query, past the planner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <azoth/driver/driver.hpp>
#include <azoth/engine/batch.hpp>
#include <azoth/engine/stream.hpp>
#include <azoth/schema/table.hpp>
#include <azoth/sql/column.hpp>

namespace azoth {

using driver::CopyFormat;

/// How rows are copied. A builder, safe in a `co_await` expression.
class CopyOptions {
public:
    CopyOptions() = default;

    /// `automatic`, the default, is binary where every column has a binary form that Azoth knows, else text.
    [[nodiscard]] CopyOptions format(CopyFormat value) const {
        CopyOptions copy{*this};
        copy.format_ = value;
        return copy;
    }
    /// Rows that `copy_out()` holds in memory at a time.
    [[nodiscard]] CopyOptions yield_per(std::size_t rows) const {
        CopyOptions copy{*this};
        copy.yield_per_ = rows;
        return copy;
    }

    [[nodiscard]] CopyFormat format() const noexcept { return format_; }
    [[nodiscard]] std::size_t yield_per() const noexcept { return yield_per_; }

private:
    CopyFormat format_ = CopyFormat::automatic;
    std::size_t yield_per_ = 1000;
};

namespace engine {

/// Columns of one table, in the order of the rows' values.
struct CopyColumns {
    std::shared_ptr<const schema::TableData> table;
    std::vector<std::string> names;

    CopyColumns() = default;
};

[[nodiscard]] CopyColumns all_columns(const Table& table);
/// @throws ArgumentError when they are not columns of one table.
[[nodiscard]] CopyColumns these_columns(const std::vector<sql::NodePtr>& columns);

template <class... C>
[[nodiscard]] CopyColumns columns_of(const std::tuple<C...>& columns) {
    return std::apply(
        [](const auto&... column) {
            std::vector<sql::NodePtr> nodes;
            (nodes.push_back(column.node()), ...);
            return these_columns(nodes);
        },
        columns
    );
}

/// One COPY into a table: begun with the first piece, filled and sent piece by piece. The connection is busy while it
/// lives.
class CopyRun {
public:
    /// @throws InvalidRequestError when the connection is busy or closed.
    CopyRun(Lease lease, CopyColumns columns, CopyFormat format);
    ~CopyRun();
    CopyRun(const CopyRun&) = delete;
    CopyRun& operator=(const CopyRun&) = delete;

    [[nodiscard]] bool full() const noexcept;
    /// Room for the next row's values. @throws ArgumentError when there are more or fewer columns.
    [[nodiscard]] Param* begin_row(std::size_t width);
    /// Keeps a value that nobody else does, until the piece is sent.
    [[nodiscard]] Param keep(Value value);
    void finish_row() noexcept;
    [[nodiscard]] asio::awaitable<void> send();
    /// The server's answer. @return how many rows it has taken
    [[nodiscard]] asio::awaitable<std::int64_t> finish();
    /// After an exception while the rows were made: the COPY is given up, then the exception is thrown.
    [[nodiscard]] asio::awaitable<void> give_up(std::exception_ptr error);

private:
    struct State;
    std::unique_ptr<State> state_;
};

template <class View>
[[nodiscard]] asio::awaitable<std::int64_t>
copy_rows_in(Lease lease, CopyColumns columns, CopyFormat format, View rows) {
    constexpr bool stable =
        std::ranges::forward_range<View> && std::is_lvalue_reference_v<std::ranges::range_reference_t<View>>;
    CopyRun run(std::move(lease), std::move(columns), format);
    std::exception_ptr error;
    auto row = std::ranges::begin(rows);
    const auto end = std::ranges::end(rows);
    while (row != end && !error) {
        try {
            for (; row != end && !run.full(); ++row) add_row<stable>(run, *row);
        } catch (...) {
            error = std::current_exception();
        }
        if (!error) co_await run.send();
    }
    if (error) co_await run.give_up(error);
    const auto taken = co_await run.finish();
    co_return taken;
}

[[nodiscard]] asio::awaitable<OpenStream> open_copy_out(Lease lease, sql::NodePtr statement, CopyOptions options);

template <class S>
[[nodiscard]] asio::awaitable<S> copy_out_as(Lease lease, sql::NodePtr statement, CopyOptions options) {
    auto opened = co_await open_copy_out(std::move(lease), std::move(statement), options);
    S stream(std::move(opened));
    if constexpr (requires { std::tuple_size<typename S::value_type>::value; })
        stream.head().check_width(std::tuple_size_v<typename S::value_type>);
    co_return stream;
}

[[nodiscard]] asio::awaitable<void> send_notification(Lease lease, std::string channel, std::string payload);

} // namespace engine
} // namespace azoth
