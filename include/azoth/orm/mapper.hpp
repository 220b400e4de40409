// SPDX-License-Identifier: MIT
// Mapper<T>: what a class's map() function says, and mapper_of<T>(), what became of it.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <azoth/orm/mapper_data.hpp>
#include <azoth/schema/options.hpp>

namespace azoth {

namespace orm {

template <class P>
struct MemberPointer;
template <class C, class M>
struct MemberPointer<M C::*> {
    using class_type = C;
    using member_type = M;
};
template <auto P>
using class_of = typename MemberPointer<decltype(P)>::class_type;
template <auto P>
using member_of = typename MemberPointer<decltype(P)>::member_type;

/// The name of the member that P points at, from the compiler's own spelling of it.
template <auto P>
[[nodiscard]] constexpr std::string_view member_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    const auto end = text.find_first_of(";]", text.rfind("P = "));
    text = text.substr(0, end);
    return text.substr(text.rfind(':') + 1);
}
/// The class's name without its namespaces.
template <class T>
[[nodiscard]] constexpr std::string_view class_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    const auto begin = text.rfind("T = ") + 4;
    text = text.substr(begin, text.find_first_of(";]", begin) - begin);
    const auto colon = text.rfind(':');
    return colon == std::string_view::npos ? text : text.substr(colon + 1);
}

/// A mapped class.
template <class T>
concept MappedClass = std::derived_from<T, ModelBase>;

template <class T>
MapperData& mapped_data();

} // namespace orm

/// The mapping of T, complete. Made on first use, thread-safe. @throws ArgumentError that says what map() got wrong.
template <class T>
[[nodiscard]] const orm::MapperData& mapper_of() {
    auto& data = orm::mapped_data<T>();
    data.configure();
    return data;
}

namespace orm {

template <class O>
concept RelationshipOption = requires(const O& option, RelationshipInfo& info) { option.apply(info); };

template <auto P>
struct BackPopulatesOption {
    void apply(RelationshipInfo& info) const { info.back_populates = member_name<P>(); }
};
template <auto P>
struct RemoteSideOption {
    void apply(RelationshipInfo& info) const { info.remote_side = member_name<P>(); }
};
template <auto P>
struct ForeignKeysOption {
    void apply(RelationshipInfo& info) const { info.foreign_key = member_name<P>(); }
};
struct CascadeOption {
    Cascade cascade;
    void apply(RelationshipInfo& info) const { info.cascade = cascade; }
};
[[nodiscard]] Cascade parse_cascade(std::string_view text);

/// `foreign_key<&User::id>()`: the target is a member of a mapped class.
template <auto P>
struct MappedForeignKey {
    schema::ForeignKeyData key;
};

} // namespace orm

/// The attribute on the other side that shows the same links: both follow each other in memory.
template <auto P>
[[nodiscard]] orm::BackPopulatesOption<P> back_populates() {
    return {};
}
/// Which side of a self-referential relationship is the "one".
template <auto P>
[[nodiscard]] orm::RemoteSideOption<P> remote_side() {
    return {};
}
/// Which key a relationship uses, where several would do.
template <auto P>
[[nodiscard]] orm::ForeignKeysOption<P> foreign_keys() {
    return {};
}
/// "save-update, merge, delete, delete-orphan" in any selection, "all" for all but the last, "none".
/// @throws ArgumentError for an unknown word.
[[nodiscard]] inline orm::CascadeOption cascade(std::string_view text) { return {orm::parse_cascade(text)}; }

/// A column that refers to a mapped class's attribute.
template <auto P, class... Options>
[[nodiscard]] orm::MappedForeignKey<P> foreign_key(const Options&... options) {
    orm::MappedForeignKey<P> option;
    (options.apply(option.key), ...);
    return option;
}

/// Given to `T::map`: says what the class's type cannot.
template <class T>
class Mapper {
public:
    explicit Mapper(orm::MapperData& data) : data_(data) {}

    /// The table's name. Comes first.
    void table(std::string name) {
        data_.table = std::make_unique<Table>(std::make_shared<schema::TableData>(std::move(name)));
    }

    /// A column: type and nullability from the member, its name too; options say the rest.
    template <auto P, class... Options>
    void column(const Options&... options) {
        using M = orm::member_of<P>;
        using V = typename M::value_type;
        static_assert(std::derived_from<M, orm::AttributeBase>, "column<>() takes a Mapped<> member");
        auto& table = table_data();
        auto& column = table.add_column(std::string{orm::member_name<P>()}, TypeTraits<V>::type());
        column.nullable = azoth::detail::is_optional<V>;
        (apply(table, column, options), ...);

        orm::AttributeInfo info;
        info.name = column.name;
        info.offset = offset<P>();
        info.operations = &orm::operations_of<V>();
        info.column = column.position;
        data_.attributes.push_back(std::move(info));
    }

    /// A link to other objects: Related<> or Collection<>.
    template <auto P, class... Options>
        requires(orm::RelationshipOption<Options> && ...)
    void relationship(const Options&... options) {
        using M = orm::member_of<P>;
        orm::RelationshipInfo info;
        info.name = orm::member_name<P>();
        info.offset = offset<P>();
        info.collection = std::derived_from<M, orm::CollectionBase>;
        info.target_reference = &orm::mapped_data<typename M::target_type>;
        (options.apply(info), ...);
        data_.relationships.push_back(std::move(info));
    }

private:
    [[nodiscard]] schema::TableData& table_data();

    template <class O>
    void apply(schema::TableData& table, schema::ColumnData& column, const O& option) {
        schema::apply_option(table, column, option);
    }
    template <auto Q>
    void apply(schema::TableData& table, schema::ColumnData& column, const orm::MappedForeignKey<Q>& option) {
        auto key = option.key;
        key.columns = {column.name};
        table.foreign_keys.push_back(std::move(key));
        data_.pending_keys.push_back(
            {table.foreign_keys.size() - 1, &orm::mapped_data<orm::class_of<Q>>, std::string{orm::member_name<Q>()}});
    }

    /// From an object of the class, since the language has no offset of a member of such a class.
    template <auto P>
    [[nodiscard]] std::uint32_t offset() {
        static const T prototype{};
        const auto* member = reinterpret_cast<const char*>(&(prototype.*P));
        const auto* base = reinterpret_cast<const char*>(static_cast<const ModelBase*>(&prototype));
        return static_cast<std::uint32_t>(member - base);
    }

    orm::MapperData& data_;
};

namespace orm {

[[nodiscard]] schema::TableData& require_table(MapperData& data);

/// The data of T after T::map has run, before other classes were looked at.
template <class T>
MapperData& mapped_data() {
    static_assert(MappedClass<T>, "a mapped class derives from az::Model<T>");
    static MapperData& data = []() -> MapperData& {
        static MapperData mapped;
        mapped.class_name = class_name<T>();
        mapped.object_size = sizeof(T);
        mapped.object_alignment = alignof(T);
        mapped.construct = [](void* memory) -> ModelBase* { return ::new (memory) T(); };
        mapped.destroy = [](void* memory) noexcept { static_cast<T*>(memory)->~T(); };
        Mapper<T> mapper{mapped};
        T::map(mapper);
        (void)require_table(mapped);
        return mapped;
    }();
    return data;
}

} // namespace orm

template <class T>
schema::TableData& Mapper<T>::table_data() {
    return orm::require_table(data_);
}

} // namespace azoth
