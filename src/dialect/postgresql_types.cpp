// SPDX-License-Identifier: MIT
// PostgreSQL's types.
#include <array>

#include <azoth/compiler/quoting.hpp>
#include <azoth/compiler/type_compiler.hpp>
#include <azoth/dialect/postgresql.hpp>
#include <azoth/error.hpp>

#include "dialect/type_name.hpp"

namespace azoth {

namespace {

using enum TypeArguments;

constexpr std::array known{
    NamedTypeText{"BYTEA"},         NamedTypeText{"CIDR"},           NamedTypeText{"CITEXT"},
    NamedTypeText{"DATEMULTIRANGE"}, NamedTypeText{"DATERANGE"},     NamedTypeText{"FLOAT", precision},
    NamedTypeText{"HSTORE"},        NamedTypeText{"INET"},           NamedTypeText{"INT4MULTIRANGE"},
    NamedTypeText{"INT4RANGE"},     NamedTypeText{"INT8MULTIRANGE"}, NamedTypeText{"INT8RANGE"},
    NamedTypeText{"JSON"},          NamedTypeText{"JSONB"},          NamedTypeText{"JSONPATH"},
    NamedTypeText{"MACADDR"},       NamedTypeText{"MACADDR8"},       NamedTypeText{"MONEY"},
    NamedTypeText{"NUMMULTIRANGE"}, NamedTypeText{"NUMRANGE"},       NamedTypeText{"OID"},
    NamedTypeText{"REGCLASS"},      NamedTypeText{"REGCONFIG"},      NamedTypeText{"TSMULTIRANGE"},
    NamedTypeText{"TSQUERY"},       NamedTypeText{"TSRANGE"},        NamedTypeText{"TSTZMULTIRANGE"},
    NamedTypeText{"TSTZRANGE"},     NamedTypeText{"TSVECTOR"},
};

class PostgreSQLTypeCompiler final : public TypeCompiler {
public:
    using TypeCompiler::TypeCompiler;

protected:
    std::span<const NamedTypeText> known_names() const override { return known; }

    std::string generic(const Type& type) const override {
        switch (type.kind) {
        case TypeKind::float_: return with_argument("FLOAT", type.precision);
        case TypeKind::double_: return "DOUBLE PRECISION";
        case TypeKind::large_binary: return "BYTEA";
        case TypeKind::text: return TypeCompiler::string_text("TEXT", without_length(type));
        case TypeKind::time: return temporal("TIME", type);
        case TypeKind::date_time: return temporal("TIMESTAMP", type);
        case TypeKind::interval:
            return details_of(type).has(TypeFlag::not_native) ? "TIMESTAMP WITHOUT TIME ZONE" : interval(type);
        case TypeKind::uuid: return details_of(type).has(TypeFlag::not_native) ? "CHAR(32)" : "UUID";
        default: return TypeCompiler::generic(type);
        }
    }

    std::string enumeration(const Type& type) const override { return type_name(type); }

    std::string named(const Type& type) const override {
        const auto& details = details_of(type);
        const auto& name = details.name;
        if (name == "TIME" || name == "TIMESTAMP") return temporal(name, type);
        if (name == "INTERVAL") return interval(type);
        if (name == "BIT") return with_argument(details.has(TypeFlag::varying) ? "BIT VARYING" : "BIT", type.length);
        if (name == "ENUM" || name == "DOMAIN") return type_name(type);
        if (name == "ARRAY") return array(details);
        return TypeCompiler::named(type);
    }

private:
    static Type without_length(Type type) { // TEXT takes none
        type.length = Type::unset;
        return type;
    }

    static std::string temporal(std::string_view name, const Type& type) {
        return with_argument(name, type.precision) + (type.timezone ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
    }

    static std::string interval(const Type& type) {
        std::string text = "INTERVAL";
        if (const auto& fields = details_of(type).fields; !fields.empty()) text += " " + fields;
        if (type.precision != Type::unset) text += " (" + std::to_string(type.precision) + ")";
        return text;
    }

    /// The brackets stand before a collation.
    std::string array(const TypeDetails& details) const {
        auto inner = text(details.item.front());
        const auto collate = std::min(inner.find(" COLLATE "), inner.size());
        std::string brackets;
        for (std::int32_t i = 0; i < (details.dimensions == Type::unset ? 1 : details.dimensions); ++i) brackets += "[]";
        return inner.insert(collate, brackets);
    }

    std::string type_name(const Type& type) const {
        const auto& details = details_of(type);
        if (details.type_name.empty())
            throw CompileError("PostgreSQL's " + to_string(type) + " needs a name: give it one, as in Enum{{\"a\", \"b\"}, \"name\"}");
        return quote_table(dialect_, details.type_schema, details.type_name);
    }
};

} // namespace

std::string PostgreSQLDialect::type_text(const Type& type) const { return PostgreSQLTypeCompiler{*this}.text(type); }

} // namespace azoth
