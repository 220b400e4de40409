// SPDX-License-Identifier: MIT
// SQL Server's types: BIT, UNIQUEIDENTIFIER, and (max) where no length is said.
#include <array>

#include <azoth/compiler/type_compiler.hpp>

#include "dialect/mssql.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

using enum TypeArguments;

constexpr std::array known{
    NamedTypeText{"BIT"},
    NamedTypeText{"DATETIME2", precision},
    NamedTypeText{"DATETIMEOFFSET", precision},
    NamedTypeText{"FLOAT", precision},
    NamedTypeText{"IMAGE"},
    NamedTypeText{"JSON", none, "NVARCHAR(max)"},
    NamedTypeText{"MONEY"},
    NamedTypeText{"NTEXT", length},
    NamedTypeText{"ROWVERSION"},
    NamedTypeText{"ROWVERSION_TIMESTAMP", none, "TIMESTAMP"},
    NamedTypeText{"SMALLDATETIME"},
    NamedTypeText{"SMALLMONEY"},
    NamedTypeText{"SQL_VARIANT"},
    NamedTypeText{"TIME", precision},
    NamedTypeText{"TINYINT"},
    NamedTypeText{"UNIQUEIDENTIFIER"},
    NamedTypeText{"XML"},
};

class MSSQLTypeCompiler final : public TypeCompiler {
public:
    using TypeCompiler::TypeCompiler;

protected:
    std::span<const NamedTypeText> known_names() const override { return known; }

    std::string generic(const Type& type) const override {
        switch (type.kind) {
        case TypeKind::boolean: return "BIT";
        case TypeKind::float_: return with_argument("FLOAT", type.precision);
        case TypeKind::double_: return "DOUBLE PRECISION";
        case TypeKind::string:
        case TypeKind::text: return string_text(type.national ? "NVARCHAR" : "VARCHAR", type);
        case TypeKind::large_binary: return sized("VARBINARY", type);
        case TypeKind::time: return with_argument("TIME", type.precision);
        case TypeKind::date_time:
            if (type.timezone) return with_argument("DATETIMEOFFSET", type.precision);
            return type.precision == Type::unset ? "DATETIME" : with_argument("DATETIME2", type.precision);
        case TypeKind::uuid: return details_of(type).has(TypeFlag::not_native) ? "CHAR(32)" : "UNIQUEIDENTIFIER";
        case TypeKind::json: return "NVARCHAR(max)";
        default: return TypeCompiler::generic(type);
        }
    }

    std::string named(const Type& type) const override {
        if (details_of(type).name == "VARBINARY") return sized("VARBINARY", type);
        return TypeCompiler::named(type);
    }

    std::string string_text(std::string_view name, const Type& type) const override {
        auto text = name.ends_with("VARCHAR") ? sized(name, type) : with_argument(name, type.length);
        if (const auto& collation = details_of(type).collation; !collation.empty())
            text += " COLLATE " + checked_collation(collation);
        return text;
    }

private:
    static std::string sized(std::string_view name, const Type& type) {
        return type.length == Type::unset ? std::string{name} + "(max)" : with_argument(name, type.length);
    }
};

} // namespace

std::string MSSQLDialect::type_text(const Type& type) const { return MSSQLTypeCompiler{*this}.text(type); }

} // namespace azoth
