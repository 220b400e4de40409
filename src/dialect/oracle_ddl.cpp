// SPDX-License-Identifier: MIT
// Oracle's DDL: indexes named with their schema, COMPRESS and TABLESPACE, virtual columns, no ON UPDATE.
#include <algorithm>
#include <array>

#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/error.hpp>

#include "dialect/oracle.hpp"

namespace azoth {

namespace {

class OracleDdlCompiler final : public DdlCompiler {
public:
    using DdlCompiler::DdlCompiler;

protected:
    std::string computed(const schema::ComputedData& computed) const override {
        if (computed.persisted.value_or(false))
            throw CompileError("Oracle computes columns when they are read and stores none: leave out persisted()");
        return DdlCompiler::computed(computed);
    }

    std::string identity(const schema::IdentityData& identity) const override {
        auto text = DdlCompiler::identity(identity);
        constexpr std::string_view before = " AS IDENTITY";
        if (identity.on_null.value_or(false)) text.insert(text.find(before), " ON NULL");
        return text;
    }

    std::string identity_options(const schema::IdentityOptions& options) const override {
        auto text = DdlCompiler::identity_options(options);
        for (const std::string_view spaced : {"NO MINVALUE", "NO MAXVALUE", "NO CYCLE"})
            if (const auto at = text.find(spaced); at != std::string::npos) text.erase(at + 2, 1);
        if (options.order) text += std::string{text.empty() ? "" : " "} + (*options.order ? "ORDER" : "NOORDER");
        return text;
    }

    std::string table_options(const schema::TableData& table) const override {
        const auto& options = table.options;
        std::string text;
        if (auto when = text_option(options, "on_commit"); !when.empty()) {
            std::ranges::replace(when, '_', ' ');
            static constexpr std::array<std::string_view, 4> known{
                "DELETE ROWS", "PRESERVE ROWS", "DROP DEFINITION", "PRESERVE DEFINITION"};
            text += "\n ON COMMIT " + keyword("ON COMMIT", when, known);
        }
        if (const auto compress = text_option(options, "compress"); compress == "true") text += "\n COMPRESS";
        else if (!compress.empty() && compress != "false") text += "\n COMPRESS FOR " + compression(compress);
        if (const auto space = text_option(options, "tablespace"); !space.empty())
            text += "\n TABLESPACE " + dialect_.quote(space);
        return text;
    }

    // SQLAlchemy leaves out IF NOT EXISTS here.
    std::string create_index(const schema::TableData& table, const schema::IndexData& data, bool) const override {
        const auto& options = data.settings.options;
        check_options(Owner::of_index, options, "index '" + data.name + "'");
        std::string text = data.unique ? "CREATE UNIQUE " : "CREATE ";
        if (flag(options, "bitmap")) text += "BITMAP ";
        text += "INDEX ";
        if (const auto schema = translated(table.schema); !schema.empty()) text += dialect_.quote_schema(schema) + ".";
        text += index_name(table, data) + " ON " + quoted(table) + " (";
        const auto parts = index_parts(table, data);
        for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? ", " : "") + parts[i];
        text += ")";
        const auto compress = text_option(options, "compress");
        if (compress.empty() || compress == "false") return text;
        if (compress == "true") return text + " COMPRESS";
        if (!std::ranges::all_of(compress, [](char c) { return c >= '0' && c <= '9'; }))
            throw ArgumentError("oracle_compress of an index is true or the number of columns to compress");
        return text + " COMPRESS " + compress;
    }

    std::string on_update(const schema::ForeignKeyData&) const override { return {}; } // triggers do it

    void add_comments(const schema::TableData& table, std::vector<std::string>& statements) const override {
        if (!table.comment.empty()) statements.push_back(table_comment(table, table.comment));
        for (const auto& column : table.columns)
            if (!column.comment.empty()) statements.push_back(column_comment(table, column, column.comment));
    }

    std::string
    table_comment(const schema::TableData& table, const std::optional<std::string>& comment) const override {
        return DdlCompiler::table_comment(table, comment.value_or(std::string{}));
    }

    std::size_t max_name_length() const override { return 128; }

    bool knows_option(Owner owner, std::string_view name) const override {
        if (owner == Owner::of_table) return name == "on_commit" || name == "compress" || name == "tablespace";
        return owner == Owner::of_index && (name == "bitmap" || name == "compress");
    }

private:
    /// OLTP, QUERY HIGH, …: words.
    static const std::string& compression(const std::string& words) {
        const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' '; };
        if (!std::ranges::all_of(words, plain))
            throw CompileError("oracle_compress '" + words + "': what COMPRESS FOR says is made of words");
        return words;
    }
};

} // namespace

std::unique_ptr<DdlCompiler> OracleDialect::ddl_compiler() const { return std::make_unique<OracleDdlCompiler>(*this); }

Type OracleDialect::type_from_text(std::string_view) const { throw_no_driver(name()); }
ReflectionQueries OracleDialect::reflection(const ReflectionScope&) const { throw_no_driver(name()); }

} // namespace azoth
