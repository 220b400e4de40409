// SPDX-License-Identifier: MIT
// SQLite's types. Lengths and precisions mean nothing to it; they are written where SQLAlchemy writes them, for who reads the
// schema.
#include <array>

#include <azoth/compiler/quoting.hpp>
#include <azoth/compiler/type_compiler.hpp>
#include <azoth/dialect/sqlite.hpp>

namespace azoth {

namespace {

constexpr std::array known{NamedTypeText{"JSON"}, NamedTypeText{"JSONB"}};

class SQLiteTypeCompiler final : public TypeCompiler {
public:
    using TypeCompiler::TypeCompiler;

protected:
    std::span<const NamedTypeText> known_names() const override { return known; }

    std::string named(const Type& type) const override {
        const auto& details = details_of(type);
        if (details.name == "JSONB" && details.conversion) require(dialect_, "JSONB", ServerVersion{3, 45}); // not PostgreSQL's
        return TypeCompiler::named(type);
    }
};

} // namespace

std::string SQLiteDialect::type_text(const Type& type) const { return SQLiteTypeCompiler{*this}.text(type); }

} // namespace azoth
