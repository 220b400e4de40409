// SPDX-License-Identifier: MIT
#include <azoth/orm/type_map.hpp>

#include <string>

#include <azoth/orm/errors.hpp>

namespace azoth {

Type TypeMap::find(const orm::MemberType& member) const {
    if (resolver_)
        if (auto type = resolver_(member)) return *std::move(type);
    for (const auto& key : {member.exact, member.plain})
        if (const auto found = types_.find(key); found != types_.end()) return found->second;
    return member.enumeration && enumerations_ ? *enumerations_ : member.type;
}

namespace orm {

namespace {

/// Whether values of one type can be kept in a column of the other; types with names of their own say for themselves.
bool holds(const Type& column, const Type& member) {
    if (column.details || member.details || column.kind == member.kind) return true;
    if (column.is_numeric() || column.kind == TypeKind::boolean) return member.is_numeric() || member.kind == TypeKind::boolean;
    return column.is_null_type() || (column.is_text() && member.is_text());
}

} // namespace

Type column_type(const TypeMap* map, const MemberType& member, std::string_view name) {
    if (map == nullptr) return member.type;
    auto type = map->find(member);
    if (!holds(type, member.type))
        throw MappedAnnotationError(
            "the type map gives the member '" + std::string{name} + "' the type " + to_string(type) + ", which cannot hold its "
            + to_string(member.type));
    return type;
}

} // namespace orm
} // namespace azoth
