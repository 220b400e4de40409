// SPDX-License-Identifier: MIT
// One statement for many rows of parameters: turning the user's rows into parameters, a bounded number at a
// time.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/engine/options.hpp>
#include <azoth/engine/result.hpp>
#include <azoth/engine/transaction.hpp>

namespace azoth::engine {

/// A row of parameters of known width: std::tuple, std::pair, std::array.
template <class Row>
concept TupleLike = requires { std::tuple_size<std::remove_cvref_t<Row>>::value; };

/// A row whose width is known at run time: std::vector<Value>.
template <class Row>
concept ValueRow = std::ranges::sized_range<Row> &&
                   std::same_as<std::remove_cvref_t<std::ranges::range_reference_t<Row>>, Value>;

template <class T>
concept Cell = SqlValue<std::remove_cvref_t<T>> || std::convertible_to<const T&, std::string_view> ||
               std::same_as<std::remove_cvref_t<T>, Null>;

/// A row of values by name, of columns and of named parameters: std::map<std::string, Value>, a vector of pairs.
template <class Row>
concept NamedRow = std::ranges::forward_range<Row> &&
                   requires(std::ranges::range_reference_t<Row> entry) {
                       { entry.first } -> std::convertible_to<std::string_view>;
                       requires Cell<decltype(entry.second)> || std::same_as<std::remove_cvref_t<decltype(entry.second)>, Value>;
                   };

/// Values by name for one execution: std::map<std::string, Value> and its kin.
template <class M>
concept NamedParameters = NamedRow<std::remove_cvref_t<M>> && requires { typename std::remove_cvref_t<M>::mapped_type; };

template <class M>
[[nodiscard]] std::vector<std::pair<std::string, Value>> named_values(const M& parameters) {
    std::vector<std::pair<std::string, Value>> values;
    for (const auto& [name, value] : parameters) {
        using T = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::same_as<T, Value>) values.emplace_back(name, value);
        else if constexpr (std::same_as<T, Null>) values.emplace_back(name, Value{});
        else if constexpr (SqlValue<T>) values.emplace_back(name, TypeTraits<T>::value(value));
        else values.emplace_back(name, TypeTraits<std::string>::value(std::string_view{value}));
    }
    return values;
}

/// A range that `execute()` takes as its parameter rows.
template <class R>
concept ParameterRows = std::ranges::input_range<R> &&
                        (NamedRow<std::remove_cvref_t<std::ranges::range_reference_t<R>>> || TupleLike<std::ranges::range_reference_t<R>> ||
                         ValueRow<std::remove_cvref_t<std::ranges::range_reference_t<R>>> ||
                         Cell<std::ranges::range_reference_t<R>>) &&
                        !std::convertible_to<R, std::string_view> && !NamedParameters<R>;

/// One executemany: begun once, filled and sent piece by piece. The connection is busy while it lives.
class BatchRun {
public:
    /// @throws InvalidRequestError when the connection is busy or closed, or the statement takes no parameter
    ///   rows.
    BatchRun(Lease lease, sql::NodePtr statement, ExecutionOptions options = ExecutionOptions());
    ~BatchRun();
    BatchRun(const BatchRun&) = delete;
    BatchRun& operator=(const BatchRun&) = delete;

    /// True when a piece is large enough to be sent.
    [[nodiscard]] bool full() const noexcept;
    [[nodiscard]] bool empty() const noexcept;
    /// Room for the next row's values. @throws ArgumentError when the statement takes another number.
    [[nodiscard]] Param* begin_row(std::size_t width);
    /// Room for a row whose values come by name.
    void begin_named_row();
    /// The place for one of them. @throws ArgumentError when the statement has no such column or parameter.
    [[nodiscard]] Param& cell(std::string_view name);
    /// @throws ArgumentError that says which values are missing.
    void finish_named_row();
    /// Keeps a value that nobody else does, until the piece is sent.
    [[nodiscard]] Param keep(Value value);
    /// Puts the row together: the values just written, the statement's own, and defaults made for this row.
    void finish_row();
    /// Executes the statement for the rows so far.
    [[nodiscard]] asio::awaitable<void> send();
    [[nodiscard]] ResultData finish();

private:
    struct State;
    [[nodiscard]] ResultData take_rows();

    std::unique_ptr<State> state_;
};

/// @tparam Stable  the value stays where it is until the piece is sent, so that a view of it will do
/// @tparam Run  BatchRun, CopyRun
template <bool Stable, class Run, class T>
[[nodiscard]] Param to_param(Run& run, const T& value) {
    if constexpr (std::same_as<T, Null>) {
        return Param{};
    } else if constexpr (!SqlValue<T>) {
        const std::string_view text{value};
        if constexpr (Stable) return TypeTraits<std::string>::param(text);
        else return run.keep(TypeTraits<std::string>::value(text));
    } else if constexpr (requires { TypeTraits<T>::param(value); } && (Stable || std::is_arithmetic_v<T>)) {
        return TypeTraits<T>::param(value);
    } else {
        return run.keep(TypeTraits<T>::value(value));
    }
}

template <bool Stable, class Run, class Row>
void add_row(Run& run, const Row& row) {
    if constexpr (TupleLike<Row>) {
        constexpr std::size_t width = std::tuple_size_v<Row>;
        Param* cells = run.begin_row(width);
        [&]<std::size_t... Is>(std::index_sequence<Is...>) {
            using std::get;
            static_assert(
                (Cell<std::tuple_element_t<Is, Row>> && ...),
                "a parameter row has a value of a type that cannot be bound; specialise azoth::TypeTraits "
                "for it"
            );
            ((cells[Is] = to_param<Stable>(run, get<Is>(row))), ...);
        }(std::make_index_sequence<width>{});
    } else if constexpr (NamedRow<Row>) {
        run.begin_named_row();
        for (const auto& [name, value] : row) {
            auto& cell = run.cell(name);
            if constexpr (std::same_as<std::remove_cvref_t<decltype(value)>, Value>) cell = run.keep(value);
            else cell = to_param<false>(run, value);
        }
        run.finish_named_row();
        return;
    } else if constexpr (ValueRow<Row>) {
        Param* cells = run.begin_row(static_cast<std::size_t>(std::ranges::size(row)));
        for (const auto& value : row) *cells++ = to_param<Stable>(run, value);
    } else {
        *run.begin_row(1) = to_param<Stable>(run, row);
    }
    run.finish_row();
}

/// The statement with the columns that `names` are of taken from parameter rows, where it is an INSERT or UPDATE and they are
/// no parameters of it.
[[nodiscard]] sql::NodePtr with_row_columns(const sql::NodePtr& statement, const std::vector<std::string>& names);

/// Executes a statement for each row of `rows`, a view that this coroutine owns.
template <class R, class View>
[[nodiscard]] asio::awaitable<R>
execute_rows(Lease lease, sql::NodePtr statement, View rows, ExecutionOptions options = ExecutionOptions()) {
    constexpr bool stable =
        std::ranges::forward_range<View> && std::is_lvalue_reference_v<std::ranges::range_reference_t<View>>;
    auto row = std::ranges::begin(rows);
    const auto end = std::ranges::end(rows);
    if constexpr (NamedRow<std::remove_cvref_t<std::ranges::range_reference_t<View>>>) {
        if (row != end) {
            std::vector<std::string> names;
            for (const auto& entry : *row) names.emplace_back(entry.first);
            statement = with_row_columns(statement, names);
        }
    }
    BatchRun run(std::move(lease), std::move(statement), std::move(options));
    while (row != end) {
        for (; row != end && !run.full(); ++row) add_row<stable>(run, *row);
        co_await run.send();
    }
    co_return R(run.finish());
}

} // namespace azoth::engine
