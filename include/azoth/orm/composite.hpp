// SPDX-License-Identifier: MIT
// Composite<T>: several columns as one value of a class.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

#include <azoth/orm/entity.hpp>

namespace azoth {

namespace orm {

/// The state of one of a composite's columns.
class CompositeSlot : public AttributeBase {
public:
    void prepare() {
        if (flags_ != (present | changed)) before_change();
    }
};

struct AnyField {
    template <class F>
    operator F() const;
};
/// How many members an aggregate has, up to eight.
template <class T, class... F>
[[nodiscard]] consteval std::size_t field_count() {
    static_assert(std::is_aggregate_v<T>, "a composite is a plain struct");
    if constexpr (sizeof...(F) > 8) return 8;
    else if constexpr (requires { T{F{}..., AnyField{}}; }) return field_count<T, F..., AnyField>();
    else return sizeof...(F);
}

} // namespace orm

/// Several columns of a row as one value of a plain struct: reads like it (`vertex->start->x`), and assigning it writes the
/// columns that differ. NULL sets every column to what a value-initialised struct has, which are NULLs where its members are
/// optional. Mapped with `m.composite<&Vertex::start>(az::field<&Point::x>("x1"), az::field<&Point::y>("y1"))`.
template <class T>
class Composite {
public:
    using value_type = T;
    static constexpr std::size_t size = orm::field_count<T>();

    Composite() = default;
    Composite(const Composite&) = delete;

    /// @throws NotLoadedError when a column was neither loaded nor set.
    [[nodiscard]] const T& get() const {
        for (const auto& slot : slots_)
            if (!slot.is_present()) slot.require();
        return value_;
    }
    [[nodiscard]] const T& operator*() const { return get(); }
    [[nodiscard]] const T* operator->() const { return &get(); }
    [[nodiscard]] bool operator==(const T& other) const { return get() == other; }

    Composite& operator=(const T& value) {
        for (auto& slot : slots_) slot.prepare(); // keeps the old columns aside, while they are there
        value_ = value;
        for (auto& slot : slots_) slot.set_flags(orm::AttributeBase::present | orm::AttributeBase::changed);
        return *this;
    }
    Composite& operator=(const Composite& other) { return *this = other.get(); }
    Composite& operator=(Null) { return *this = T{}; }

    /// The value, its columns loaded again when they are expired.
    /// @return an awaitable of T
    template <class C = Composite>
    [[nodiscard]] auto load() {
        return load_composite(static_cast<C&>(*this));
    }
    /// For loaders and mappers.
    class Slot : public orm::CompositeSlot {
    public:
        void require() const { throw_not_loaded(); }
    };
    [[nodiscard]] Slot& slot(std::size_t position) noexcept { return slots_[position]; }
    [[nodiscard]] const Slot& slot(std::size_t position) const noexcept { return slots_[position]; }
    [[nodiscard]] T& raw() noexcept { return value_; }
    [[nodiscard]] const T& raw() const noexcept { return value_; }
    /// The composite that a slot is part of.
    [[nodiscard]] static Composite& of(orm::AttributeBase& slot, std::size_t position) noexcept {
        // The slots come first.
        return *reinterpret_cast<Composite*>(reinterpret_cast<char*>(static_cast<Slot*>(&slot)) - position * sizeof(Slot));
    }

private:
    std::array<Slot, size> slots_;
    T value_{};
};

namespace orm {

template <class M>
inline constexpr bool is_composite = false;
template <class T>
inline constexpr bool is_composite<Composite<T>> = true;

/// Calls `visit` with each member of a plain struct, in order.
template <class T, class F>
void each_field(T& value, F&& visit) {
    constexpr auto count = field_count<T>();
    static_assert(count >= 1 && count <= 8);
    const auto all = [&](auto&... field) { (visit(field), ...); };
    if constexpr (count == 1) { auto& [a] = value; all(a); }
    else if constexpr (count == 2) { auto& [a, b] = value; all(a, b); }
    else if constexpr (count == 3) { auto& [a, b, c] = value; all(a, b, c); }
    else if constexpr (count == 4) { auto& [a, b, c, d] = value; all(a, b, c, d); }
    else if constexpr (count == 5) { auto& [a, b, c, d, e] = value; all(a, b, c, d, e); }
    else if constexpr (count == 6) { auto& [a, b, c, d, e, f] = value; all(a, b, c, d, e, f); }
    else if constexpr (count == 7) { auto& [a, b, c, d, e, f, g] = value; all(a, b, c, d, e, f, g); }
    else { auto& [a, b, c, d, e, f, g, h] = value; all(a, b, c, d, e, f, g, h); }
}

/// One member of a composite and its column.
template <auto F>
struct CompositeField {
    std::string column;
};

/// The operations on one column of a composite.
template <auto F, std::size_t I>
const AttributeOperations& composite_operations() {
    using T = class_of<F>;
    using V = member_of<F>;
    static const auto member = [](const AttributeBase& slot) -> V& {
        return Composite<T>::of(const_cast<AttributeBase&>(slot), I).raw().*F;
    };
    static const AttributeOperations operations{
        TypeTraits<V>::type(),
        azoth::detail::is_optional<V>,
        [](AttributeBase& slot, const Field& field, const Type& type) {
            member(slot) = azoth::detail::decode<V>(field, type);
            slot.set_flags(AttributeBase::present);
        },
        [](const AttributeBase& slot) { return TypeTraits<V>::value(member(slot)); },
        [](const AttributeBase& slot, Value& scratch) -> Param {
            if constexpr (requires { TypeTraits<V>::param(member(slot)); }) return TypeTraits<V>::param(member(slot));
            scratch = TypeTraits<V>::value(member(slot));
            return scratch.param();
        },
        [](const AttributeBase& slot) {
            if constexpr (azoth::detail::is_optional<V>) return !member(slot).has_value();
            else return false;
        },
        [](AttributeBase& slot, const Value& value) {
            Mapped<V> converted;
            operations_of<V>().assign(converted, value);
            member(slot) = std::move(converted.raw());
        },
    };
    return operations;
}

template <auto P, class Owner>
[[nodiscard]] std::uint32_t composite_offset() {
    static const Owner prototype{};
    const auto* member = reinterpret_cast<const char*>(&(prototype.*P));
    return static_cast<std::uint32_t>(member - reinterpret_cast<const char*>(static_cast<const ModelBase*>(&prototype)));
}

/// Adds a composite's columns to a mapping.
template <auto P>
struct CompositeMapping {
    template <auto... F>
    static void map(MapperData& data, schema::TableData& table, const CompositeField<F>&... fields) {
        using C = member_of<P>;
        static_assert(sizeof...(F) == C::size, "composite<>(): each member of the struct needs a field<>()");
        map_fields(data, table, std::make_index_sequence<sizeof...(F)>{}, fields...);
    }

private:
    template <std::size_t... I, auto... F>
    static void map_fields(
        MapperData& data, schema::TableData& table, std::index_sequence<I...>, const CompositeField<F>&... fields) {
        (map_field<I, F>(data, table, fields), ...);
    }
    template <std::size_t I, auto F>
    static void map_field(MapperData& data, schema::TableData& table, const CompositeField<F>& field) {
        const auto& operations = composite_operations<F, I>();
        AttributeInfo info;
        if (data.given_table) {
            info.column = given_column(data, field.column).position;
        } else {
            auto& column = table.add_column(field.column, operations.type);
            column.nullable = operations.nullable;
            info.column = column.position;
        }
        info.name = field.column;
        info.offset = composite_offset<P, class_of<P>>() + static_cast<std::uint32_t>(I * sizeof(typename member_of<P>::Slot));
        info.operations = &operations;
        data.attributes.push_back(std::move(info));
    }
};

/// `col<&Vertex::start>`: compared as a whole.
template <auto P, class Owner>
    requires is_composite<member_of<P>>
class Col<P, Owner> {
    using Held = typename member_of<P>::value_type;

public:
    using value_type = Composite<Held>; ///< as an element of a SELECT: several columns

    /// Its columns, in the order of the struct's members.
    [[nodiscard]] sql::NodePtr node() const {
        std::vector<sql::NodePtr> columns;
        for (const auto* info : fields()) columns.push_back(info->node);
        return std::make_shared<sql::EntityNode>(mapper_of<Owner>().table->node(), std::move(columns), nullptr);
    }

    template <class V>
        requires(!std::same_as<std::remove_cvref_t<V>, Col>)
    [[nodiscard]] auto operator=(V&& value) const {
        return AttributeAssignment<P, Owner, std::decay_t<V>>{std::forward<V>(value)};
    }
    [[nodiscard]] Expr<bool> operator==(const Held& value) const { return compare(value, sql::Operator::eq); }
    [[nodiscard]] Expr<bool> operator!=(const Held& value) const { return compare(value, sql::Operator::ne); }
    /// Column by column: all of them.
    [[nodiscard]] Expr<bool> operator<(const Held& value) const { return compare(value, sql::Operator::lt); }
    [[nodiscard]] Expr<bool> operator<=(const Held& value) const { return compare(value, sql::Operator::le); }
    [[nodiscard]] Expr<bool> operator>(const Held& value) const { return compare(value, sql::Operator::gt); }
    [[nodiscard]] Expr<bool> operator>=(const Held& value) const { return compare(value, sql::Operator::ge); }

private:
    /// Of the columns, in the order of the struct's members.
    [[nodiscard]] static std::vector<const AttributeInfo*> fields() {
        const auto& mapper = mapper_of<Owner>();
        static const std::uint32_t first = composite_offset<P, Owner>();
        std::vector<const AttributeInfo*> found;
        for (std::size_t i = 0; i < Composite<Held>::size; ++i)
            for (const auto& info : mapper.attributes)
                if (info.offset == first + i * sizeof(typename Composite<Held>::Slot)) found.push_back(&info);
        return found;
    }
    [[nodiscard]] static Expr<bool> compare(const Held& value, sql::Operator operation) {
        Composite<Held> given;
        given.raw() = value;
        std::vector<sql::NodePtr> conditions;
        for (const auto* info : fields())
            conditions.push_back(sql::make_binary(
                operation, info->node,
                sql::make_bind(info->operations->value(given.slot(conditions.size())), sql::type_of(*info->node)), Boolean{}));
        return Expr<bool>{sql::make_boolean_list(
            operation == sql::Operator::ne ? sql::Operator::or_ : sql::Operator::and_, std::move(conditions))};
    }
};

} // namespace orm

/// A member of a composite: its column's name is the member's unless told otherwise.
template <auto F>
[[nodiscard]] orm::CompositeField<F> field(std::string column = std::string{orm::member_name<F>()}) {
    return {std::move(column)};
}

} // namespace azoth
