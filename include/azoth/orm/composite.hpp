// SPDX-License-Identifier: MIT
// Composite<T>: several columns as one value of a class.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <optional>
#include <utility>
#include <vector>

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

/// Calls `visit` with each member of a plain struct, in order.
template <class T, class F>
void each_field(T& value, F&& visit) {
    constexpr auto count = field_count<std::remove_const_t<T>>();
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

/// Which of its struct's members F is.
template <auto F>
[[nodiscard]] std::size_t field_position() {
    const typename MemberPointer<decltype(F)>::class_type example{};
    std::size_t position = 0, found = 0;
    each_field(example, [&](const auto& member) {
        if (static_cast<const void*>(&member) == static_cast<const void*>(&(example.*F))) found = position;
        ++position;
    });
    return found;
}
[[noreturn]] void refuse_field_order(const MapperData& data, std::string_view composite);

template <class T>
[[nodiscard]] T with_struct() {
    if constexpr (azoth::detail::is_optional<T>) return T{std::in_place};
    else return T{};
}
template <class T>
[[nodiscard]] azoth::detail::remove_optional_t<T> struct_of(const T& value) {
    if constexpr (azoth::detail::is_optional<T>) return value ? *value : azoth::detail::remove_optional_t<T>{};
    else return value;
}
template <class F>
[[nodiscard]] bool is_null_field([[maybe_unused]] const F& field) {
    if constexpr (azoth::detail::is_optional<F>) return !field.has_value();
    else return false;
}

} // namespace orm

/// Several columns of a row as one value of a plain struct: reads like it (`vertex->start->x`), and assigning it writes the
/// columns that differ. NULL sets every column to what a value-initialised struct has, which are NULLs where its members are
/// optional. Mapped with `m.composite<&Vertex::start>(az::field<&Point::x>("x1"), az::field<&Point::y>("y1"))`.
///
/// `Composite<std::optional<Point>>` is empty when all its columns are NULL, and its columns take NULL.
template <class T>
class Composite {
public:
    using value_type = T;
    using struct_type = detail::remove_optional_t<T>;
    static constexpr bool nullable = detail::is_optional<T>;
    static constexpr std::size_t size = orm::field_count<struct_type>();

    Composite() = default;
    Composite(const Composite&) = delete;

    /// @throws NotLoadedError when a column was neither loaded nor set.
    [[nodiscard]] const T& get() const {
        if constexpr (nullable) {
            bool empty = true;
            for (std::size_t i = 0; i < size; ++i) {
                if (!slots_[i].is_present()) {
                    if (slots_[i].is_new()) continue; // of a new object: NULL
                    slots_[i].require();
                }
                empty = empty && nulls_.is[i];
            }
            if (empty) return none();
        } else {
            for (const auto& slot : slots_)
                if (!slot.is_present()) slot.require();
        }
        return value_;
    }
    [[nodiscard]] const T& operator*() const { return get(); }
    [[nodiscard]] const T* operator->() const { return &get(); }
    [[nodiscard]] bool operator==(const T& other) const { return get() == other; }

    Composite& operator=(const T& value) {
        for (auto& slot : slots_) slot.prepare(); // keeps the old columns aside, while they are there
        raw() = orm::struct_of(value);
        if constexpr (nullable) {
            std::size_t i = 0;
            orm::each_field(raw(), [&](const auto& field) { nulls_.is[i++] = !value || orm::is_null_field(field); });
        }
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
        [[nodiscard]] bool is_new() const noexcept { return owner() == nullptr || owner()->orm_state().lifecycle <= orm::Lifecycle::pending; }
    };
    [[nodiscard]] Slot& slot(std::size_t position) noexcept { return slots_[position]; }
    [[nodiscard]] const Slot& slot(std::size_t position) const noexcept { return slots_[position]; }
    [[nodiscard]] struct_type& raw() noexcept {
        if constexpr (nullable) return *value_;
        else return value_;
    }
    [[nodiscard]] const struct_type& raw() const noexcept { return const_cast<Composite&>(*this).raw(); }
    /// Whether a column is NULL though its member cannot say so.
    [[nodiscard]] bool is_null([[maybe_unused]] std::size_t position) const noexcept {
        if constexpr (nullable) return nulls_.is[position];
        else return false;
    }
    void set_null([[maybe_unused]] std::size_t position, [[maybe_unused]] bool on) noexcept {
        if constexpr (nullable) nulls_.is[position] = on;
    }
    /// The composite that a slot is part of.
    [[nodiscard]] static Composite& of(orm::AttributeBase& slot, std::size_t position) noexcept {
        // The slots come first.
        return *reinterpret_cast<Composite*>(reinterpret_cast<char*>(static_cast<Slot*>(&slot)) - position * sizeof(Slot));
    }

private:
    [[nodiscard]] static const T& none() {
        static const T empty{};
        return empty;
    }
    struct Nulls {
        std::array<bool, size> is;
        Nulls() { is.fill(true); }
    };
    struct NoNulls {};

    std::array<Slot, size> slots_;
    T value_ = orm::with_struct<T>(); ///< an optional one always holds a struct: its columns are set one by one
    [[no_unique_address]] std::conditional_t<nullable, Nulls, NoNulls> nulls_;
};

namespace orm {

template <class T>
inline constexpr bool is_composite<Composite<T>> = true;

/// One member of a composite and its column.
template <auto F>
struct CompositeField {
    std::string column;
};

/// The operations on one column of a composite.
template <class C, auto F, std::size_t I>
const AttributeOperations& composite_operations() {
    using V = member_of<F>;
    static const auto whole = [](const AttributeBase& slot) -> C& { return C::of(const_cast<AttributeBase&>(slot), I); };
    static const auto member = [](const AttributeBase& slot) -> V& { return whole(slot).raw().*F; };
    static const AttributeOperations operations{
        TypeTraits<V>::type(),
        azoth::detail::is_optional<V> || C::nullable,
        [](AttributeBase& slot, const Field& field, const Type& type) {
            const bool empty = C::nullable && field.is_null();
            whole(slot).set_null(I, empty);
            member(slot) = empty ? V{} : azoth::detail::decode<V>(field, type);
            slot.set_flags(AttributeBase::present);
        },
        [](const AttributeBase& slot) { return whole(slot).is_null(I) ? Value{} : TypeTraits<V>::value(member(slot)); },
        [](const AttributeBase& slot, Value& scratch) -> Param {
            if (whole(slot).is_null(I)) return {};
            if constexpr (requires { TypeTraits<V>::param(member(slot)); }) return TypeTraits<V>::param(member(slot));
            scratch = TypeTraits<V>::value(member(slot));
            return scratch.param();
        },
        [](const AttributeBase& slot) { return whole(slot).is_null(I) || is_null_field(member(slot)); },
        [](AttributeBase& slot, const Value& value) {
            whole(slot).set_null(I, value.is_null());
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
        const auto& operations = composite_operations<member_of<P>, F, I>();
        AttributeInfo info;
        if (field_position<F>() != I) refuse_field_order(data, member_name<P>());
        if constexpr (I == 0) data.composites.push_back({std::string{member_name<P>()}, {}});
        data.composites.back().attributes.push_back(field.column);
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

/// The attributes that are a composite's columns, by the offset of its first slot, in the order of the struct's members.
[[nodiscard]] std::vector<const AttributeInfo*> composite_attributes(
    const MapperData& mapper, std::uint32_t first, std::size_t count, std::size_t slot_size);
/// The comparison of each column with its value, joined by AND. @param values  empty: with NULL
[[nodiscard]] sql::NodePtr compare_composite(
    const std::vector<const AttributeInfo*>& columns, std::vector<Value> values, sql::Operator operation);

/// `col<&Vertex::start>`: compared as a whole, column by column.
template <auto P, class Owner>
    requires is_composite<member_of<P>>
class Col<P, Owner> {
    using Member = member_of<P>;
    using Held = typename Member::value_type;
    using Struct = typename Member::struct_type;

public:
    using value_type = Member; ///< as an element of a SELECT: several columns

    /// Its columns, in the order of the struct's members.
    [[nodiscard]] sql::NodePtr node() const {
        std::vector<sql::NodePtr> columns;
        for (const auto* info : fields()) columns.push_back(info->node);
        return std::make_shared<sql::EntityNode>(mapper_of<Owner>().table->node(), std::move(columns), nullptr);
    }
    /// One of its columns: `col<&Vertex::start>.field<&Point::x>() > 3`.
    template <auto F>
        requires std::same_as<typename MemberPointer<decltype(F)>::class_type, Struct>
    [[nodiscard]] Expr<member_of<F>> field() const {
        return Expr<member_of<F>>{fields()[field_position<F>()]->node};
    }

    template <class V>
        requires(!std::same_as<std::remove_cvref_t<V>, Col>)
    [[nodiscard]] auto operator=(V&& value) const {
        return AttributeAssignment<P, Owner, std::decay_t<V>>{std::forward<V>(value)};
    }
    /// For values() of INSERT and UPDATE.
    template <class V>
    [[nodiscard]] static std::vector<Assignment> assignments(const V& value) {
        Member given;
        given = value;
        std::vector<Assignment> all;
        for (const auto* info : fields()) {
            auto bind = sql::make_bind(info->operations->value(given.slot(all.size())), sql::type_of(*info->node));
            all.emplace_back(as_column(info->node), std::move(bind));
        }
        return all;
    }
    [[nodiscard]] Expr<bool> operator==(const Held& value) const { return compare(value, sql::Operator::eq); }
    [[nodiscard]] Expr<bool> operator!=(const Held& value) const { return compare(value, sql::Operator::ne); }
    [[nodiscard]] Expr<bool> operator<(const Held& value) const { return compare(value, sql::Operator::lt); }
    [[nodiscard]] Expr<bool> operator<=(const Held& value) const { return compare(value, sql::Operator::le); }
    [[nodiscard]] Expr<bool> operator>(const Held& value) const { return compare(value, sql::Operator::gt); }
    [[nodiscard]] Expr<bool> operator>=(const Held& value) const { return compare(value, sql::Operator::ge); }
    /// All columns are NULL; or none is.
    [[nodiscard]] Expr<bool> operator==(Null) const { return Expr<bool>{compare_composite(fields(), {}, sql::Operator::eq)}; }
    [[nodiscard]] Expr<bool> operator!=(Null) const { return Expr<bool>{compare_composite(fields(), {}, sql::Operator::ne)}; }

private:
    [[nodiscard]] static std::vector<const AttributeInfo*> fields() {
        const auto& mapper = mapper_of<Owner>();
        static const std::uint32_t first = composite_offset<P, Owner>();
        return composite_attributes(mapper, first, Member::size, sizeof(typename Member::Slot));
    }
    [[nodiscard]] static Expr<bool> compare(const Held& value, sql::Operator operation) {
        Member given;
        given = value;
        std::vector<Value> values;
        for (const auto* info : fields()) values.push_back(info->operations->value(given.slot(values.size())));
        return Expr<bool>{compare_composite(fields(), std::move(values), operation)};
    }
};

} // namespace orm

/// A member of a composite: its column's name is the member's unless told otherwise.
template <auto F>
[[nodiscard]] orm::CompositeField<F> field(std::string column = std::string{orm::member_name<F>()}) {
    return {std::move(column)};
}

} // namespace azoth
