// SPDX-License-Identifier: MIT
// Result: the rows of an executed statement, decoded as they are read.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/engine/row.hpp>

namespace azoth {

namespace engine {

[[noreturn]] void throw_no_result();
[[noreturn]] void throw_multiple_results();
[[noreturn]] void throw_no_size();

/// What all results share: iteration, and the ways to take few rows. `Reader` decodes row number n.
///
/// All rows are in memory, so reading them takes nothing away: a result may be read as often as wanted.
/// (SQLAlchemy's is used up by the first reading.) Iterators point to the result: it must stay where it is
/// meanwhile.
template <class Reader>
class Rows {
public:
    using value_type = typename Reader::value_type;

    class iterator {
    public:
        using iterator_concept = std::forward_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = typename Reader::value_type;
        using difference_type = std::ptrdiff_t;
        using reference = value_type;
        using pointer = void;

        iterator() noexcept = default;
        iterator(const Reader* reader, std::size_t row) noexcept : reader_(reader), row_(row) {}

        /// Decodes the row, each time anew.
        [[nodiscard]] value_type operator*() const { return reader_->read(row_); }
        iterator& operator++() noexcept {
            ++row_;
            return *this;
        }
        iterator operator++(int) noexcept {
            auto before = *this;
            ++row_;
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.row_ == b.row_; }

    private:
        const Reader* reader_ = nullptr;
        std::size_t row_ = 0;
    };

    explicit Rows(Reader reader) : reader_(std::move(reader)) {}

    /// @throws ResourceClosedError when the statement returned no rows.
    [[nodiscard]] iterator begin() const {
        reader_.data().check_returns_rows();
        return iterator{&reader_, 0};
    }
    [[nodiscard]] iterator end() const noexcept { return iterator{&reader_, reader_.data().row_count()}; }

    [[nodiscard]] std::vector<value_type> all() const {
        const auto rows = count();
        std::vector<value_type> values;
        values.reserve(rows);
        for (std::size_t row = 0; row < rows; ++row) values.push_back(reader_.read(row));
        return values;
    }
    /// The only row. @throws NoResultFound, MultipleResultsFound.
    [[nodiscard]] value_type one() const {
        const auto rows = count();
        if (rows == 0) throw_no_result();
        if (rows > 1) throw_multiple_results();
        return reader_.read(0);
    }
    /// The only row, nothing when there is none. @throws MultipleResultsFound.
    [[nodiscard]] std::optional<value_type> one_or_none() const {
        const auto rows = count();
        if (rows > 1) throw_multiple_results();
        return rows == 0 ? std::nullopt : std::optional<value_type>{reader_.read(0)};
    }
    /// The rows in pieces of `size`; the last may be shorter. @throws ArgumentError for a size of 0.
    [[nodiscard]] std::vector<std::vector<value_type>> partitions(std::size_t size) const {
        if (size == 0) throw_no_size();
        const auto rows = count();
        std::vector<std::vector<value_type>> pieces;
        for (std::size_t row = 0; row < rows; ++row) {
            if (row % size == 0) pieces.emplace_back();
            pieces.back().push_back(reader_.read(row));
        }
        return pieces;
    }
    [[nodiscard]] std::optional<value_type> first() const {
        return count() == 0 ? std::nullopt : std::optional<value_type>{reader_.read(0)};
    }

protected:
    /// @throws ResourceClosedError when the statement returned no rows.
    [[nodiscard]] std::size_t count() const {
        reader_.data().check_returns_rows();
        return reader_.data().row_count();
    }

    Reader reader_;
};

/// Reads rows as tuples.
template <class... Ts>
class TupleReader {
public:
    using value_type = std::tuple<Ts...>;

    explicit TupleReader(ResultData data) : data_(std::move(data)) {
        if (!data_.rows) return;
        data_.check_width(sizeof...(Ts));
        for (std::size_t column = 0; column < sizeof...(Ts); ++column) types_[column] = data_.type(column);
    }
    [[nodiscard]] const ResultData& data() const noexcept { return data_; }
    [[nodiscard]] value_type read(std::size_t row) const {
        return read(row, std::index_sequence_for<Ts...>{});
    }
    /// One column of a row.
    template <std::size_t Column>
    [[nodiscard]] auto read_column(std::size_t row) const {
        return decode_cell<std::tuple_element_t<Column, value_type>>(data_, types_[Column], row, Column);
    }

private:
    template <std::size_t... Is>
    [[nodiscard]] value_type read(std::size_t row, std::index_sequence<Is...>) const {
        return value_type{decode_cell<Ts>(data_, types_[Is], row, Is)...}; // braces: from left to right
    }

    ResultData data_;
    std::array<Type, sizeof...(Ts)> types_;
};

/// Reads rows as `Row`.
class RowReader {
public:
    using value_type = Row;

    explicit RowReader(ResultData data) : data_(std::make_shared<const ResultData>(std::move(data))) {}
    [[nodiscard]] const ResultData& data() const noexcept { return *data_; }
    [[nodiscard]] Row read(std::size_t row) const { return Row{data_, row}; }

private:
    std::shared_ptr<const ResultData> data_;
};

/// Reads rows as `Mapping`.
class MappingReader {
public:
    using value_type = Mapping;

    explicit MappingReader(ResultData data) : rows_(std::move(data)) {}
    [[nodiscard]] const ResultData& data() const noexcept { return rows_.data(); }
    [[nodiscard]] Mapping read(std::size_t row) const { return Mapping{rows_.read(row)}; }

private:
    RowReader rows_;
};

/// Reads one column.
template <class T>
class ColumnReader {
public:
    using value_type = T;

    ColumnReader(ResultData data, std::size_t column) : data_(std::move(data)), column_(column) {
        if (!data_.rows) return;
        data_.check_column(column_);
        type_ = data_.type(column_);
    }
    [[nodiscard]] const ResultData& data() const noexcept { return data_; }
    [[nodiscard]] T read(std::size_t row) const { return decode_cell<T>(data_, type_, row, column_); }
    [[nodiscard]] std::size_t column() const noexcept { return column_; }

private:
    ResultData data_;
    std::size_t column_;
    Type type_;
};

} // namespace engine

/// One column of a result: `for (std::string name : result.scalars())`.
template <SqlValue T>
class ScalarResult : public engine::Rows<engine::ColumnReader<T>> {
public:
    ScalarResult() : ScalarResult(engine::ResultData{}) {}
    explicit ScalarResult(engine::ResultData data, std::size_t column = 0)
        : engine::Rows<engine::ColumnReader<T>>(engine::ColumnReader<T>{std::move(data), column}) {}

    /// Without values that are as another before.
    [[nodiscard]] ScalarResult unique() const {
        const auto column = this->reader_.column();
        return ScalarResult{this->reader_.data().unique_rows(std::vector<std::size_t>(1, column)), column};
    }
};

/// The rows of a result as maps from names to values.
class MappingResult : public engine::Rows<engine::MappingReader> {
public:
    MappingResult() : MappingResult(engine::ResultData{}) {}
    explicit MappingResult(engine::ResultData data)
        : engine::Rows<engine::MappingReader>(engine::MappingReader{std::move(data)}) {}
};

namespace engine {

// What a result says of an INSERT or UPDATE.
[[nodiscard]] Row inserted_primary_key(const ResultData& data);
[[nodiscard]] std::vector<Row> inserted_primary_key_rows(const ResultData& data);
[[nodiscard]] std::optional<Row> returned_defaults(const ResultData& data);
[[nodiscard]] std::vector<Row> returned_defaults_rows(const ResultData& data);
[[nodiscard]] std::vector<std::string> prefetch_cols(const ResultData& data);
[[nodiscard]] std::vector<std::string> postfetch_cols(const ResultData& data);
[[nodiscard]] std::vector<std::pair<std::string, Value>> last_params(const ResultData& data, sql::NodeKind kind);
[[nodiscard]] bool is_insert(const ResultData& data) noexcept;

/// A column as `columns()` takes it.
template <class T>
[[nodiscard]] auto column_place(const T& column) {
    if constexpr (std::is_integral_v<T>) return static_cast<std::size_t>(column);
    else if constexpr (ColumnExpression<T>) return sql::NodePtr{column.node()};
    else return std::string_view{column};
}

/// What typed and untyped results share beyond the rows.
template <class Reader>
class ResultBase : public Rows<Reader> {
public:
    explicit ResultBase(ResultData data) : Rows<Reader>(Reader{std::move(data)}) {}

    /// False for INSERT, UPDATE and DELETE without RETURNING, and for DDL: such a result has no rows to read.
    [[nodiscard]] bool returns_rows() const noexcept { return data().rows != nullptr; }
    /// Rows that an INSERT, UPDATE or DELETE changed (matched, for UPDATE); -1 when unknown, as for SELECT.
    [[nodiscard]] std::int64_t rowcount() const noexcept { return data().affected; }
    /// The key that the database generated for an INSERT; nothing where none was, or the database does not
    /// tell (PostgreSQL): ask for it with `returning()`.
    [[nodiscard]] std::optional<std::int64_t> last_insert_id() const noexcept {
        if (data().last_insert_id == 0) return std::nullopt;
        return data().last_insert_id;
    }
    /// The primary key of the row that an INSERT has made, by the columns' names: given, made by a default, or generated by the
    /// database. A part that nobody knows here is NULL.
    /// @throws InvalidRequestError when it was no INSERT of one row, or has RETURNING: then the key is among its rows.
    [[nodiscard]] Row inserted_primary_key() const { return engine::inserted_primary_key(data()); }
    /// The same for each row of an INSERT of many: what the program gave or made; with `return_defaults()` what the database made
    /// too, where it has RETURNING.
    [[nodiscard]] std::vector<Row> inserted_primary_key_rows() const { return engine::inserted_primary_key_rows(data()); }
    /// What `return_defaults()` asked for, of the one row; nothing when the database has no RETURNING, or no row was met.
    /// @throws InvalidRequestError when it was neither INSERT nor UPDATE, or of many rows.
    [[nodiscard]] std::optional<Row> returned_defaults() const { return engine::returned_defaults(data()); }
    [[nodiscard]] std::vector<Row> returned_defaults_rows() const { return engine::returned_defaults_rows(data()); }
    /// Of an INSERT or UPDATE: the columns that were filled in by the program, or by SQL that runs first.
    [[nodiscard]] std::vector<std::string> prefetch_cols() const { return engine::prefetch_cols(data()); }
    /// Of an INSERT or UPDATE: the columns whose values only the database knows.
    [[nodiscard]] std::vector<std::string> postfetch_cols() const { return engine::postfetch_cols(data()); }
    /// Whether `postfetch_cols()` has any.
    [[nodiscard]] bool lastrow_has_defaults() const { return !postfetch_cols().empty(); }
    /// The values that an INSERT was sent with, by column. @throws InvalidRequestError when it was none, or of many rows.
    [[nodiscard]] std::vector<std::pair<std::string, Value>> last_inserted_params() const {
        return engine::last_params(data(), sql::NodeKind::insert);
    }
    /// The same of an UPDATE.
    [[nodiscard]] std::vector<std::pair<std::string, Value>> last_updated_params() const {
        return engine::last_params(data(), sql::NodeKind::update);
    }
    /// True for an INSERT.
    [[nodiscard]] bool is_insert() const noexcept { return engine::is_insert(data()); }
    /// The names of the columns.
    [[nodiscard]] std::vector<std::string> keys() const { return data().keys(); }
    /// The rows as maps from names to values.
    [[nodiscard]] MappingResult mappings() const { return MappingResult{data()}; }

    /// What the rows are read from; for layers above.
    [[nodiscard]] const ResultData& data() const noexcept { return this->reader_.data(); }
};

} // namespace engine

template <class... Ts>
class Result;

/// A result to be kept: calling it gives the result again, as often as wanted. It may be shared between threads.
template <class... Ts>
class FrozenResult {
public:
    explicit FrozenResult(Result<Ts...> result) : result_(std::make_shared<const Result<Ts...>>(std::move(result))) {}
    [[nodiscard]] Result<Ts...> operator()() const { return *result_; }

private:
    std::shared_ptr<const Result<Ts...>> result_;
};

/// The rows of a statement whose column types are known: tuples, decoded as they are read.
///
///     for (const auto& [name, n] : co_await connection.execute(statement)) ...
template <class... Ts>
class Result : public engine::ResultBase<engine::TupleReader<Ts...>> {
    using First = std::tuple_element_t<0, std::tuple<Ts...>>;

public:
    /// One without rows. (Asio wants results that can be made out of nothing.)
    Result() : Result(engine::ResultData{}) {}
    /// @throws InvalidRequestError when the statement returned another number of columns.
    explicit Result(engine::ResultData data)
        : engine::ResultBase<engine::TupleReader<Ts...>>(std::move(data)) {}

    /// The first column of the first row; nothing when there is no row, or when it is NULL.
    [[nodiscard]] detail::make_optional_t<First> scalar() const {
        if (this->count() == 0) return std::nullopt;
        return this->reader_.template read_column<0>(0);
    }
    /// The first column of the only row. @throws NoResultFound, MultipleResultsFound.
    [[nodiscard]] First scalar_one() const {
        check_one();
        return this->reader_.template read_column<0>(0);
    }
    /// The first column of the only row; nothing when there is no row, or when it is NULL. @throws
    /// MultipleResultsFound.
    [[nodiscard]] detail::make_optional_t<First> scalar_one_or_none() const {
        if (this->count() > 1) engine::throw_multiple_results();
        return scalar();
    }
    /// The first column of each row.
    [[nodiscard]] ScalarResult<First> scalars() const { return ScalarResult<First>{this->data()}; }
    /// Another column of each row, by position.
    template <std::size_t Column>
    [[nodiscard]] auto scalars() const {
        return ScalarResult<std::tuple_element_t<Column, std::tuple<Ts...>>>{this->data(), Column};
    }
    /// Some of the columns, by position, in the order asked for: `result.columns<1, 0>()`.
    template <std::size_t... Columns>
    [[nodiscard]] auto columns() const {
        return Result<std::tuple_element_t<Columns, std::tuple<Ts...>>...>{
            this->data().pick_columns(std::vector<std::size_t>{Columns...})
        };
    }
    /// Without rows that are as another before, in the form in which the database sent them.
    [[nodiscard]] Result unique() const {
        return Result{this->data().unique_rows(this->data().all_columns())};
    }
    /// What caches keep of it.
    [[nodiscard]] FrozenResult<Ts...> freeze() const { return FrozenResult<Ts...>(*this); }
    /// These rows, then those of `others`. @throws InvalidRequestError when their columns are others.
    template <std::same_as<Result>... R>
    [[nodiscard]] Result merge(const R&... others) const {
        return Result{this->data().merged(std::vector<const engine::ResultData*>{&others.data()...})};
    }

private:
    void check_one() const {
        const auto rows = this->count();
        if (rows == 0) engine::throw_no_result();
        if (rows > 1) engine::throw_multiple_results();
    }
};

/// The rows of a statement whose column types are known only at run time: see `Row`.
template <>
class Result<> : public engine::ResultBase<engine::RowReader> {
public:
    Result() : Result(engine::ResultData{}) {}
    explicit Result(engine::ResultData data) : ResultBase(std::move(data)) {}

    /// As for typed results, read as a T.
    template <SqlValue T = Value>
    [[nodiscard]] detail::make_optional_t<T> scalar() const {
        if (count() == 0) return std::nullopt;
        return reader_.read(0).template get<T>(std::size_t{0});
    }
    template <SqlValue T = Value>
    [[nodiscard]] T scalar_one() const {
        return one().template get<T>(std::size_t{0});
    }
    template <SqlValue T = Value>
    [[nodiscard]] detail::make_optional_t<T> scalar_one_or_none() const {
        if (count() > 1) engine::throw_multiple_results();
        return scalar<T>();
    }
    template <SqlValue T = Value>
    [[nodiscard]] ScalarResult<T> scalars(std::size_t column = 0) const {
        return ScalarResult<T>{data(), column};
    }
    template <SqlValue T = Value>
    [[nodiscard]] ScalarResult<T> scalars(std::string_view column_name) const {
        return ScalarResult<T>{data(), data().find(column_name)};
    }
    template <engine::ColumnExpression C>
    [[nodiscard]] ScalarResult<typename C::value_type> scalars(const C& column) const {
        return ScalarResult<typename C::value_type>{data(), data().find(*column.node())};
    }
    /// Some of the columns, by position, name or column, in the order asked for: `result.columns("name", 0, users.id)`.
    /// @throws NoSuchColumnError when there is no such column.
    template <class... Columns>
        requires(sizeof...(Columns) > 0)
    [[nodiscard]] Result columns(const Columns&... wanted) const {
        return Result{data().pick_columns(std::vector<std::size_t>{data().place(engine::column_place(wanted))...})};
    }
    /// Without rows that are as another before, in the form in which the database sent them.
    [[nodiscard]] Result unique() const { return Result{data().unique_rows(data().all_columns())}; }
    /// As for typed results.
    [[nodiscard]] inline FrozenResult<> freeze() const;
    template <std::same_as<Result>... R>
    [[nodiscard]] Result merge(const R&... others) const {
        return Result{data().merged(std::vector<const engine::ResultData*>{&others.data()...})};
    }
};

inline FrozenResult<> Result<>::freeze() const {
    return FrozenResult<>(*this);
}

namespace engine {

template <class S>
struct ResultType {
    using type = Result<>;
};
template <template <class...> class S, class... Ts>
    requires(sizeof...(Ts) > 0 && (SqlValue<Ts> && ...))
struct ResultType<S<Ts...>> {
    using type = Result<Ts...>;
};

/// What executing an S gives: `Result<Ts...>` when its columns are values, else `Result<>`.
template <class S>
using result_type_t = typename ResultType<S>::type;

} // namespace engine
} // namespace azoth
