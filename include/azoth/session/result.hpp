// SPDX-License-Identifier: MIT
// Results that hold mapped objects: handles for entities, values for columns.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/engine/result.hpp>
#include <azoth/orm/composite.hpp>
#include <azoth/orm/load_plan.hpp>
#include <azoth/sql/select.hpp>

namespace azoth {

namespace session {

/// The rows of a statement with their objects made.
struct LoadedRows {
    engine::ResultData data;
    orm::LoadPlan plan;
    std::vector<std::vector<ModelBase*>> objects; ///< by entity, then by row
    orm::GraphRef graph;                          ///< owns the objects that are new, keeps the others

    LoadedRows() = default;
};

/// Rows whose first element is new: the first of each object, or value.
[[nodiscard]] std::shared_ptr<const LoadedRows> unique_rows(const LoadedRows& rows);

template <class T>
struct RowValue {
    using type = T;
};
template <class T>
struct RowValue<Entity<T>> {
    using type = std::shared_ptr<T>;
};
template <class T>
struct RowValue<Composite<T>> {
    using type = T;
};
template <class T>
using row_value_t = typename RowValue<T>::type;

template <class T>
inline constexpr bool is_entity = false;
template <class T>
inline constexpr bool is_entity<Entity<T>> = true;

/// Reads element I of a row: a handle on an object, or a decoded value.
template <class T>
[[nodiscard]] row_value_t<T> read_element(const LoadedRows& rows, orm::HandleSource& handles, std::size_t row, std::size_t element) {
    const auto& place = rows.plan.elements[element];
    if constexpr (is_entity<T>) {
        auto* object = rows.objects[static_cast<std::size_t>(place.entity)][row];
        if (object == nullptr) return nullptr;
        using U = typename row_value_t<T>::element_type;
        return handles(object->orm_state().graph, static_cast<U*>(object));
    } else if constexpr (orm::is_composite<T>) {
        typename T::struct_type value{};
        auto column = place.column;
        bool empty = T::nullable; // until a column is not NULL
        orm::each_field(value, [&](auto& field) {
            const bool missing = T::nullable && rows.data.rows->field(row, column).is_null();
            if (!missing) field = engine::decode_cell<std::remove_cvref_t<decltype(field)>>(rows.data, rows.data.type(column), row, column);
            empty = empty && missing;
            ++column;
        });
        if constexpr (T::nullable) {
            if (empty) return typename T::value_type{};
        }
        return value;
    } else {
        return engine::decode_cell<T>(rows.data, rows.data.type(place.column), row, place.column);
    }
}

/// Reads rows as tuples.
template <class... Ts>
class ObjectReader {
public:
    using value_type = std::tuple<row_value_t<Ts>...>;

    explicit ObjectReader(std::shared_ptr<const LoadedRows> rows) : rows_(std::move(rows)) {}
    [[nodiscard]] const engine::ResultData& data() const noexcept { return rows_->data; }
    [[nodiscard]] const std::shared_ptr<const LoadedRows>& rows() const noexcept { return rows_; }
    [[nodiscard]] value_type read(std::size_t row) const { return read(row, std::index_sequence_for<Ts...>{}); }

private:
    template <std::size_t... Is>
    [[nodiscard]] value_type read(std::size_t row, std::index_sequence<Is...>) const {
        return value_type{read_element<Ts>(*rows_, handles_, row, Is)...};
    }

    std::shared_ptr<const LoadedRows> rows_;
    mutable orm::HandleSource handles_;
};

/// Reads the first element of each row.
template <class T>
class FirstReader {
public:
    using value_type = row_value_t<T>;

    explicit FirstReader(std::shared_ptr<const LoadedRows> rows) : rows_(std::move(rows)) {}
    [[nodiscard]] const engine::ResultData& data() const noexcept { return rows_->data; }
    [[nodiscard]] const std::shared_ptr<const LoadedRows>& rows() const noexcept { return rows_; }
    [[nodiscard]] value_type read(std::size_t row) const { return read_element<T>(*rows_, handles_, row, 0); }

private:
    std::shared_ptr<const LoadedRows> rows_;
    mutable orm::HandleSource handles_;
};

} // namespace session

/// The first element of each row: `for (const auto& user : co_await session.scalars(select<User>()))`.
/// Read by one thread at a time; may be read as often as wanted.
template <class T>
class ScalarRows : public engine::Rows<session::FirstReader<T>> {
public:
    explicit ScalarRows(std::shared_ptr<const session::LoadedRows> rows)
        : engine::Rows<session::FirstReader<T>>(session::FirstReader<T>{std::move(rows)}) {}

    [[nodiscard]] std::size_t size() const { return this->count(); }
    /// Each object, or value, once. SQLAlchemy's `unique()`.
    [[nodiscard]] ScalarRows unique() const { return ScalarRows{session::unique_rows(*this->reader_.rows())}; }
};

/// Rows of objects and values as tuples.
template <class... Ts>
class ObjectRows : public engine::Rows<session::ObjectReader<Ts...>> {
public:
    explicit ObjectRows(std::shared_ptr<const session::LoadedRows> rows)
        : engine::Rows<session::ObjectReader<Ts...>>(session::ObjectReader<Ts...>{std::move(rows)}) {}

    [[nodiscard]] std::size_t size() const { return this->count(); }
    [[nodiscard]] auto scalars() const {
        return ScalarRows<std::tuple_element_t<0, std::tuple<Ts...>>>{this->reader_.rows()};
    }
};

} // namespace azoth
