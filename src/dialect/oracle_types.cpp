// SPDX-License-Identifier: MIT
// Oracle's types: strings counted in characters, NUMBER for what has no name of its own.
#include <array>

#include <azoth/compiler/type_compiler.hpp>
#include <azoth/error.hpp>

#include "dialect/oracle.hpp"
#include "dialect/type_name.hpp"

namespace azoth {

namespace {

using enum TypeArguments;

constexpr std::array known{
    NamedTypeText{"BFILE"},
    NamedTypeText{"BINARY_DOUBLE", precision_scale},
    NamedTypeText{"BINARY_FLOAT", precision_scale},
    NamedTypeText{"DOUBLE_PRECISION", precision_scale, "DOUBLE PRECISION"},
    NamedTypeText{"BINARY_PRECISION_FLOAT", precision, "FLOAT"},
    NamedTypeText{"JSON"},
    NamedTypeText{"LONG"},
    NamedTypeText{"NUMBER", precision_scale},
    NamedTypeText{"NVARCHAR", length, "NVARCHAR2"},
    NamedTypeText{"NVARCHAR2", length},
    NamedTypeText{"RAW", bits},
    NamedTypeText{"ROWID"},
    NamedTypeText{"VARCHAR2", length},
};

class OracleTypeCompiler final : public TypeCompiler {
public:
    using TypeCompiler::TypeCompiler;

protected:
    std::span<const NamedTypeText> known_names() const override { return known; }

    std::string generic(const Type& type) const override {
        switch (type.kind) {
        case TypeKind::big_integer: return "NUMBER(19)";
        case TypeKind::float_:
            if (type.precision != Type::unset)
                throw CompileError(
                    "Oracle's FLOAT counts binary digits, which Float{" + std::to_string(type.precision)
                    + "} does not say: use oracle::FLOAT");
            return "FLOAT";
        case TypeKind::double_: return "DOUBLE PRECISION";
        case TypeKind::string: return string_text("VARCHAR2", type);
        case TypeKind::text: return "CLOB";
        case TypeKind::date_time: // DATE has the time of the day too, in whole seconds
            return type.precision == Type::unset ? "DATE" : timestamp(type);
        case TypeKind::interval:
            if (details_of(type).has(TypeFlag::not_native)) return "DATE";
            return with_argument("INTERVAL DAY", details_of(type).day_precision) + with_argument(" TO SECOND", type.precision);
        default: return TypeCompiler::generic(type); // TIME is SQLAlchemy's: the server has none, and says so
        }
    }

    std::string enumeration(const Type& type) const override { return string_text("VARCHAR", type); }

    std::string named(const Type& type) const override {
        const auto& details = details_of(type);
        if (details.name == "TIMESTAMP") return timestamp(type);
        if (details.name == "FLOAT") return generic(type);
        if (details.name == "INTERVAL" && details.fields == "DAY TO SECOND")
            return with_argument("INTERVAL DAY", details.day_precision) + with_argument(" TO SECOND", type.precision);
        return TypeCompiler::named(type);
    }

    /// Lengths are in characters, not bytes; a collation is the database's own matter.
    std::string string_text(std::string_view name, const Type& type) const override {
        if (name.starts_with("NVARCHAR")) return with_argument(name, type.length);
        if (!name.starts_with("VARCHAR")) return TypeCompiler::string_text(name, type);
        std::string text{name};
        if (type.length != Type::unset) text += "(" + std::to_string(type.length) + " CHAR)";
        return text;
    }

private:
    static std::string timestamp(const Type& type) {
        const auto text = with_argument("TIMESTAMP", type.precision);
        if (details_of(type).has(TypeFlag::local_timezone)) return text + " WITH LOCAL TIME ZONE";
        return type.timezone ? text + " WITH TIME ZONE" : text;
    }
};

} // namespace

std::string OracleDialect::type_text(const Type& type) const { return OracleTypeCompiler{*this}.text(type); }

} // namespace azoth
