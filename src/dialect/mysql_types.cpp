// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's types.
#include <array>

#include <azoth/compiler/type_compiler.hpp>
#include <azoth/dialect/mysql.hpp>
#include <azoth/error.hpp>

#include "dialect/type_name.hpp"

namespace azoth {

namespace {

using enum TypeArguments;

constexpr std::array known{
    NamedTypeText{"BIGINT", bits},
    NamedTypeText{"BIT", bits},
    NamedTypeText{"BLOB", bits},
    NamedTypeText{"BOOLEAN", none, "BOOL"},
    NamedTypeText{"DATETIME", precision},
    NamedTypeText{"DOUBLE", both},
    NamedTypeText{"FLOAT", precision_scale},
    NamedTypeText{"INTEGER", bits},
    NamedTypeText{"JSON"},
    NamedTypeText{"LONGBLOB"},
    NamedTypeText{"LONGTEXT", length},
    NamedTypeText{"MEDIUMBLOB"},
    NamedTypeText{"MEDIUMINT", bits},
    NamedTypeText{"MEDIUMTEXT", length},
    NamedTypeText{"NVARCHAR", required_length, "VARCHAR"},
    NamedTypeText{"NCHAR", length, "CHAR"},
    NamedTypeText{"REAL", both},
    NamedTypeText{"SMALLINT", bits},
    NamedTypeText{"TIME", precision},
    NamedTypeText{"TIMESTAMP", precision},
    NamedTypeText{"TINYBLOB"},
    NamedTypeText{"TINYINT", bits},
    NamedTypeText{"TINYTEXT", length},
    NamedTypeText{"VARBINARY", required_length},
    NamedTypeText{"VARCHAR", required_length},
    NamedTypeText{"YEAR", bits},
};

class MySQLTypeCompiler final : public TypeCompiler {
public:
    MySQLTypeCompiler(const Dialect& dialect, bool is_mariadb) noexcept : TypeCompiler(dialect), is_mariadb_(is_mariadb) {}

protected:
    std::span<const NamedTypeText> known_names() const override { return known; }

    std::string generic(const Type& type) const override {
        switch (type.kind) {
        case TypeKind::boolean: return "BOOL";
        case TypeKind::float_: return with_argument("FLOAT", type.precision);
        case TypeKind::string:
            if (type.length == Type::unset)
                throw CompileError(
                    "VARCHAR requires a length on dialect " + std::string{dialect_.name()} + ": give String{n}");
            return string_text("VARCHAR", type);
        case TypeKind::large_binary: return with_argument("BLOB", type.length);
        case TypeKind::time: return with_argument("TIME", type.precision);
        case TypeKind::date_time: return with_argument("DATETIME", type.precision);
        case TypeKind::uuid:
            return is_mariadb_ && dialect_.has(ServerVersion{10, 7}) && !details_of(type).has(TypeFlag::not_native) ? "UUID" : "CHAR(32)";
        default: return TypeCompiler::generic(type);
        }
    }

    std::string enumeration(const Type& type) const override { return members("ENUM", type); }

    std::string named(const Type& type) const override {
        const auto& name = details_of(type).name;
        if (name == "ENUM" || name == "SET") return members(name, type);
        if (name == "INET4" || name == "INET6") return is_mariadb_ ? name : TypeCompiler::named(type);
        return TypeCompiler::named(type);
    }

    /// The character set before the collation; NATIONAL stands for both.
    std::string string_text(std::string_view name, const Type& type) const override {
        const auto& details = details_of(type);
        return extended(with_argument(name, type.length), type,
                        details.has(TypeFlag::national) || details.name == "NCHAR" || details.name == "NVARCHAR");
    }

    std::string number_suffix(const Type& type) const override {
        const auto& details = details_of(type);
        std::string text;
        if (details.has(TypeFlag::unsigned_)) text += " UNSIGNED";
        if (details.has(TypeFlag::zerofill)) text += " ZEROFILL";
        return text;
    }

private:
    static std::string extended(std::string text, const Type& type, bool national) {
        const auto& details = details_of(type);
        if (national) text.insert(0, "NATIONAL ");
        else if (!details.charset.empty()) text += " CHARACTER SET " + details.charset;
        else if (details.has(TypeFlag::ascii)) text += " ASCII";
        else if (details.has(TypeFlag::unicode)) text += " UNICODE";
        if (!details.collation.empty()) text += " COLLATE " + details.collation;
        else if (details.has(TypeFlag::binary)) text += " BINARY";
        return text;
    }

    static std::string members(std::string_view word, const Type& type) {
        const auto& details = details_of(type);
        std::string text{word};
        text += '(';
        for (const auto& member : details.members) {
            if (text.back() != '(') text += ',';
            text += '\'';
            for (const char c : member) {
                if (c == '\0') throw CompileError("a member of " + to_string(type) + " contains a NUL character");
                text += c;
                if (c == '\'' || c == '\\') text += c;
            }
            text += '\'';
        }
        return extended(text + ")", type, details.has(TypeFlag::national));
    }

    bool is_mariadb_;
};

} // namespace

std::string MySQLDialect::type_text(const Type& type) const { return MySQLTypeCompiler{*this, is_mariadb_}.text(type); }

} // namespace azoth
