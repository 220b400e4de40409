// SPDX-License-Identifier: MIT
// SQL Server's DDL: NULL always said, IDENTITY, clustered keys and indexes, comments as extended properties.
#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/compiler/literal.hpp>
#include <azoth/error.hpp>

#include "dialect/mssql.hpp"

namespace azoth {

namespace {

/// Where FROM of the outermost SELECT begins; npos when it has none.
std::size_t outer_from(std::string_view sql) {
    int depth = 0;
    char quote = 0;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        const char c = sql[i];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '[') {
            quote = ']';
        } else if (c == '(') {
            ++depth;
        } else if (c == ')') {
            --depth;
        } else if (depth == 0 && sql.substr(i).starts_with(" FROM ")) {
            return i;
        }
    }
    return std::string_view::npos;
}

class MSSQLDdlCompiler final : public DdlCompiler {
public:
    using DdlCompiler::DdlCompiler;

protected:
    std::string column(const schema::TableData& table, const schema::ColumnData& column) const override {
        std::string text = dialect_.quote(column.name) + " ";
        text += column.computed ? computed(*column.computed) : type(table, column);
        const bool not_null = !column.nullable || column.primary_key || column.sequence || column.identity ||
                              column.autoincrement == schema::Autoincrement::on;
        if (not_null) text += " NOT NULL";
        else if (!column.computed) text += " NULL";
        if (column.identity) return text + " " + identity(*column.identity);
        if (generates_itself(table, column)) return text + " IDENTITY";
        return column.server_default ? text + " DEFAULT " + default_text(table, column) : text;
    }

    /// The type follows from the expression.
    std::string computed(const schema::ComputedData& computed) const override {
        const auto text = computed.expression ? expression(*computed.expression) : computed.text;
        return "AS (" + text + ")" + (computed.persisted.value_or(false) ? " PERSISTED" : "");
    }

    std::string identity(const schema::IdentityData& identity) const override {
        const auto& options = identity.options;
        if (!options.start && !options.increment) return "IDENTITY";
        return "IDENTITY(" + std::to_string(options.start.value_or(1)) + "," +
               std::to_string(options.increment.value_or(1)) + ")";
    }

    std::string primary_key(const schema::TableData& table) const override {
        const auto& settings = table.primary_key_constraint.settings;
        const auto columns = primary_key_columns(table);
        if (columns.empty()) return {};
        return "PRIMARY KEY " + clustered(settings.options) + "(" + column_list(columns, &table) + ")" + deferrability(settings);
    }

    std::string unique(const schema::TableData& table, const schema::UniqueData& data) const override {
        const auto body = unique_body(table, data, clustered(data.settings.options));
        return body.empty() ? body : body + deferrability(data.settings);
    }

    // SQLAlchemy leaves out IF NOT EXISTS here.
    std::string create_index(const schema::TableData& table, const schema::IndexData& data, bool) const override {
        const auto& options = data.settings.options;
        check_options(Owner::of_index, options, "index '" + data.name + "'");
        std::string text = data.unique ? "CREATE UNIQUE " : "CREATE ";
        text += clustered(options);
        const bool columnstore = flag(options, "columnstore");
        if (columnstore) text += "COLUMNSTORE ";
        text += "INDEX " + index_name(table, data) + " ON " + quoted(table);
        const bool of_the_whole_table = columnstore && data.columns.empty() && data.expressions.empty();
        if (!of_the_whole_table) {
            text += " (";
            const auto parts = index_parts(table, data);
            for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? ", " : "") + parts[i];
            text += ")";
        }
        if (const auto include = list_option(options, "include"); !include.empty())
            text += " INCLUDE (" + column_list(include) + ")";
        if (const auto where = sql_option(options, "where"); !where.empty()) text += " WHERE " + where;
        return text;
    }

    std::string
    drop_index(const schema::TableData& table, const schema::IndexData& data, bool if_exists) const override {
        return std::string{if_exists ? "DROP INDEX IF EXISTS " : "DROP INDEX "} + index_name(table, data) + " ON " +
               quoted(table);
    }

    std::string create_sequence(const sql::DdlNode& node) const override {
        auto text = DdlCompiler::create_sequence(node);
        const auto& type = node.sequence.data_type;
        if (type.is_null_type()) return text;
        const auto name = quoted(node.sequence);
        return text.insert(text.find(name) + name.size(), " AS " + dialect_.type_text(type));
    }

    std::string create_view(const sql::DdlNode& node) const override {
        auto text = DdlCompiler::create_view(node);
        constexpr std::string_view replace = "CREATE OR REPLACE";
        if (text.starts_with(replace)) text.replace(0, replace.size(), "CREATE OR ALTER");
        return text;
    }

    /// SELECT … INTO.
    std::string create_table_as(const sql::DdlNode& node) const override {
        auto text = literal_sql_node(*node.select, dialect_, schema_map());
        const auto from = outer_from(text);
        if (from == std::string::npos)
            throw CompileError("SELECT INTO '" + node.name + "' needs a SELECT with a FROM");
        return text.insert(from, " INTO " + qualified(node.schema, node.name));
    }

    void add_comments(const schema::TableData& table, std::vector<std::string>& statements) const override {
        if (!table.comment.empty()) statements.push_back(table_comment(table, table.comment));
        for (const auto& column : table.columns)
            if (!column.comment.empty()) statements.push_back(column_comment(table, column, column.comment));
    }

    std::string
    table_comment(const schema::TableData& table, const std::optional<std::string>& comment) const override {
        return description(comment) + owner(table);
    }

    std::string column_comment(
        const schema::TableData& table,
        const schema::ColumnData& column,
        const std::optional<std::string>& comment
    ) const override {
        return description(comment) + owner(table) + ", 'column', " + dialect_.quote(column.name);
    }

    std::size_t max_name_length() const override { return 128; }

    bool checks_booleans() const override { return false; } // a BIT is 0 or 1

    bool knows_option(Owner owner, std::string_view name) const override {
        switch (owner) {
        case Owner::of_primary_key:
        case Owner::of_unique: return name == "clustered";
        case Owner::of_index:
            return name == "clustered" || name == "include" || name == "where" || name == "columnstore";
        default: return false;
        }
    }

private:
    std::string clustered(const schema::DialectOptions& options) const {
        if (option(options, "clustered") == nullptr) return {};
        return flag(options, "clustered") ? "CLUSTERED " : "NONCLUSTERED ";
    }

    std::string description(const std::optional<std::string>& comment) const {
        if (!comment) return "execute sp_dropextendedproperty 'MS_Description'";
        return "execute sp_addextendedproperty 'MS_Description', N" + literal(*comment);
    }

    std::string owner(const schema::TableData& table) const {
        const auto schema = translated(table.schema).empty() ? std::string{"dbo"} : dialect_.quote_schema(translated(table.schema));
        return ", 'schema', " + schema + ", 'table', " + dialect_.quote(table.name);
    }
};

} // namespace

std::unique_ptr<DdlCompiler> MSSQLDialect::ddl_compiler() const { return std::make_unique<MSSQLDdlCompiler>(*this); }

Type MSSQLDialect::type_from_text(std::string_view) const { throw_no_driver(name()); }
ReflectionQueries MSSQLDialect::reflection(const ReflectionScope&) const { throw_no_driver(name()); }

} // namespace azoth
