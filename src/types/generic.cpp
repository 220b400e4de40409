// SPDX-License-Identifier: MIT
// Type::as_generic(): from what one database calls a type to what all of them have.
#include <azoth/types/type.hpp>

#include <algorithm>
#include <array>
#include <string_view>

#include <azoth/error.hpp>
#include <azoth/types/decorator.hpp>
#include <azoth/types/details.hpp>
#include <azoth/types/enum.hpp>

namespace azoth {

namespace {

// Read as text, numbers or bytes, yet none of these to a database that does not have them.
constexpr std::array without_generic = std::to_array<std::string_view>({
    "BIT", "CIDR", "DOMAIN", "INET", "INET4", "INET6", "JSONPATH", "MACADDR", "MACADDR8", "MONEY", "OID", "REGCLASS", "REGCONFIG",
    "ROWID", "SMALLMONEY", "SQL_VARIANT", "TSQUERY", "TSVECTOR", "YEAR",
});

} // namespace

Type Type::as_generic(bool allow_null_type) const {
    const auto& own = details_of(*this);
    if (own.conversion && !own.conversion->generic.empty()) return own.conversion->generic.front();
    const bool is_unknown = kind == TypeKind::null_type && own.name != "ARRAY" && own.name != "enum";
    const bool is_foreign = std::ranges::find(without_generic, own.name) != without_generic.end() && kind != TypeKind::boolean;
    if (!own.spec.empty() || is_foreign || (is_unknown && !own.name.empty())) {
        if (allow_null_type) return Type{};
        throw ArgumentError("as_generic(): " + to_string(*this) + " has no generic type; decorate it, with an as_generic() of its own");
    }
    if (own.name == "ENUM") return Enum{own.members, own.type_name, own.type_schema};

    Type generic = *this;
    const bool is_generic = own.name == "ARRAY" || own.name == "enum";
    const bool keeps = is_generic || (is_text() && !own.collation.empty());
    generic.details = nullptr;
    if (keeps)
        change_details(generic, [&](TypeDetails& d) {
            d.collation = own.collation;
            if (!is_generic) return;
            d.name = own.name;
            d.item = own.item;
            d.members = own.members;
            d.dimensions = own.dimensions;
            d.type_name = own.type_name;
            d.type_schema = own.type_schema;
            d.flags = own.flags;
        });
    if (is_integer()) generic.length = unset; // a display width
    if (own.name == "TINYINT" || own.name == "MEDIUMINT") generic.kind = TypeKind::integer;
    if (own.name == "NVARCHAR" || own.name == "NCHAR" || own.name == "NVARCHAR2" || own.has(TypeFlag::national)) generic.national = true;
    if (kind == TypeKind::time || kind == TypeKind::date_time || kind == TypeKind::double_) generic.precision = generic.scale = unset;
    if (kind == TypeKind::float_) generic.scale = unset;
    return generic;
}

} // namespace azoth
