// SPDX-License-Identifier: MIT
// The names of SQL types, for messages.
#include <azoth/types/type.hpp>

#include <string_view>

#include <azoth/types/details.hpp>

namespace azoth {

namespace {

std::string_view kind_name(TypeKind kind) {
    switch (kind) {
    case TypeKind::null_type: return "NullType";
    case TypeKind::boolean: return "Boolean";
    case TypeKind::small_integer: return "SmallInteger";
    case TypeKind::integer: return "Integer";
    case TypeKind::big_integer: return "BigInteger";
    case TypeKind::float_: return "Float";
    case TypeKind::double_: return "Double";
    case TypeKind::numeric: return "Numeric";
    case TypeKind::string: return "String";
    case TypeKind::text: return "Text";
    case TypeKind::large_binary: return "LargeBinary";
    case TypeKind::date: return "Date";
    case TypeKind::time: return "Time";
    case TypeKind::date_time: return "DateTime";
    case TypeKind::interval: return "Interval";
    case TypeKind::uuid: return "Uuid";
    case TypeKind::json: return "JSON";
    }
    return "unknown type";
}

} // namespace

std::string to_string(const Type& type) {
    std::string arguments;
    const auto add = [&arguments](std::string_view argument) {
        if (!arguments.empty()) arguments += ", ";
        arguments += argument;
    };
    if (type.length != Type::unset) add(std::to_string(type.length));
    if (type.precision != Type::unset) add(std::to_string(type.precision));
    if (type.scale != Type::unset) add(std::to_string(type.scale));
    if (type.timezone) add("timezone");

    const auto& details = details_of(type);
    std::string name{kind_name(type.kind)};
    if (!details.spec.empty()) name = details.spec;
    else if (!details.name.empty()) name = details.name == "enum" ? "Enum" : details.name;
    if (!arguments.empty()) name.append("(").append(arguments).append(")");
    return name;
}

} // namespace azoth
