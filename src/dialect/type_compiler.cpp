// SPDX-License-Identifier: MIT
// Names of types as SQLAlchemy's generic type compiler has them.
#include <azoth/compiler/type_compiler.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

#include "dialect/type_name.hpp"

namespace azoth {

namespace {

using enum TypeArguments;

constexpr std::array standard_names{
    NamedTypeText{"BIGINT"},
    NamedTypeText{"BINARY", bits},
    NamedTypeText{"BLOB"},
    NamedTypeText{"BOOLEAN"},
    NamedTypeText{"CHAR", length},
    NamedTypeText{"CLOB"},
    NamedTypeText{"DATE"},
    NamedTypeText{"DATETIME"},
    NamedTypeText{"DECIMAL", precision_scale},
    NamedTypeText{"DOUBLE"},
    NamedTypeText{"DOUBLE_PRECISION", none, "DOUBLE PRECISION"},
    NamedTypeText{"FLOAT"},
    NamedTypeText{"INTEGER"},
    NamedTypeText{"NCHAR", length},
    NamedTypeText{"NCLOB"},
    NamedTypeText{"NUMERIC", precision_scale},
    NamedTypeText{"NVARCHAR", length},
    NamedTypeText{"REAL"},
    NamedTypeText{"SMALLINT"},
    NamedTypeText{"TEXT", length},
    NamedTypeText{"TIME"},
    NamedTypeText{"TIMESTAMP"},
    NamedTypeText{"UUID"},
    NamedTypeText{"VARBINARY", bits},
    NamedTypeText{"VARCHAR", length},
};

} // namespace

std::string TypeCompiler::text(const Type& declared) const {
    const Type type = declared.on(dialect_.name());
    const auto& details = details_of(type);
    if (!details.spec.empty()) return details.spec;
    if (details.name.empty()) return generic(type);
    if (details.name != "enum") return named(type);
    return details.has(TypeFlag::not_native) ? TypeCompiler::enumeration(type) : enumeration(type);
}

std::string TypeCompiler::generic(const Type& type) const {
    switch (type.kind) {
    case TypeKind::null_type: throw_no_type();
    case TypeKind::boolean: return "BOOLEAN";
    case TypeKind::small_integer: return "SMALLINT";
    case TypeKind::integer: return "INTEGER";
    case TypeKind::big_integer: return "BIGINT";
    case TypeKind::float_: return "FLOAT";
    case TypeKind::double_: return "DOUBLE";
    case TypeKind::numeric: return numeric_text(type);
    case TypeKind::string: return string_text("VARCHAR", type);
    case TypeKind::text: return string_text("TEXT", type);
    case TypeKind::large_binary: return "BLOB";
    case TypeKind::date: return "DATE";
    case TypeKind::time: return "TIME";
    case TypeKind::date_time: return "DATETIME";
    case TypeKind::interval: return "DATETIME"; // SQLAlchemy's: the distance from 1970-01-01
    case TypeKind::uuid: return "CHAR(32)";
    case TypeKind::json: return "JSON";
    }
    throw_no_type();
}

std::string TypeCompiler::enumeration(const Type& type) const {
    return string_text("VARCHAR", type);
}

std::string TypeCompiler::named(const Type& type) const {
    const auto& name = details_of(type).name;
    const auto own = known_names();
    if (const auto found = std::ranges::find(own, name, &NamedTypeText::name); found != own.end())
        return written(*found, type);
    const auto* found = std::ranges::find(standard_names, name, &NamedTypeText::name);
    if (found == standard_names.end()) refuse(type);
    return written(*found, type);
}

std::string TypeCompiler::written(const NamedTypeText& how, const Type& type) const {
    const auto name = how.text.empty() ? how.name : how.text;
    const bool has_scale = type.precision != Type::unset && type.scale != Type::unset;
    const auto two = [&] {
        return std::string{name} + "(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
    };
    std::string text;
    switch (how.arguments) {
    case none: text = name; break;
    case bits: text = with_argument(name, type.length); break;
    case precision: text = with_argument(name, type.precision); break;
    case precision_scale: text = has_scale ? two() : with_argument(name, type.precision); break;
    case both: text = has_scale ? two() : std::string{name}; break;
    case length: return string_text(name, type);
    case required_length:
        if (type.length == Type::unset)
            throw CompileError(
                std::string{how.name} + " requires a length on dialect " + std::string{dialect_.name()} + ": give "
                + std::string{how.name} + "{n}"
            );
        return string_text(name, type);
    }
    return text + number_suffix(type);
}

std::string TypeCompiler::string_text(std::string_view name, const Type& type) const {
    auto text = with_argument(name, type.length);
    if (const auto& collation = details_of(type).collation; !collation.empty()) text += " COLLATE " + dialect_.quote(collation);
    return text;
}

void TypeCompiler::refuse(const Type& type) const {
    throw UnsupportedCompilationError("dialect " + std::string{dialect_.name()} + " has no type " + to_string(type));
}

} // namespace azoth
