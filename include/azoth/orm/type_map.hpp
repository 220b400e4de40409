// SPDX-License-Identifier: MIT
// TypeMap: which SQL type a member's C++ type becomes, where a mapping wants another one than the library's.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <unordered_map>
#include <utility>

#include <azoth/types/type.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

namespace orm {

/// The C++ type of a mapped member.
struct MemberType {
    std::type_index exact;
    std::type_index plain; ///< without std::optional
    bool enumeration;
    Type type; ///< the library's

    template <class T>
    [[nodiscard]] static MemberType of() {
        using Plain = azoth::detail::remove_optional_t<T>;
        return {typeid(T), typeid(Plain), std::is_enum_v<Plain>, TypeTraits<T>::type()};
    }
};

} // namespace orm

/// C++ types and the SQL types that columns of them get: `types.set<std::string>(az::String{50})`. A resolver is asked first; then
/// the member's exact type is looked for, the type inside std::optional, and, for an enumeration, what all of them are to be. What
/// is not here has the library's own type. Options of a column count more.
class TypeMap {
public:
    /// Asked for each member; nothing: look further.
    using Resolver = std::function<std::optional<Type>(const orm::MemberType&)>;

    template <class T>
    TypeMap& set(Type type) {
        types_.insert_or_assign(std::type_index{typeid(T)}, std::move(type));
        return *this;
    }
    /// The type of all enumerations that are not named themselves.
    TypeMap& set_enumerations(Type type) {
        enumerations_ = std::move(type);
        return *this;
    }
    TypeMap& resolver(Resolver resolver) {
        resolver_ = std::move(resolver);
        return *this;
    }
    [[nodiscard]] Type find(const orm::MemberType& member) const;

private:
    std::unordered_map<std::type_index, Type> types_;
    std::optional<Type> enumerations_;
    Resolver resolver_;
};

namespace orm {
/// @param map  may be null
/// @throws MappedAnnotationError when the map's type cannot hold the member's values.
[[nodiscard]] Type column_type(const TypeMap* map, const MemberType& member, std::string_view name);
} // namespace orm

} // namespace azoth
