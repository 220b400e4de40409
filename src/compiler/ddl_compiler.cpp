// SPDX-License-Identifier: MIT
// CREATE TABLE in SQLAlchemy's order: columns, primary key, what the table says, then what each column says.
#include <azoth/compiler/ddl_compiler.hpp>

#include <algorithm>
#include <cstdint>
#include <tuple>

#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/node.hpp>
#include <azoth/sql/sequence.hpp>

namespace azoth {

namespace {

constexpr std::string_view separator = ", \n\t";

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The position after the quoted string that begins at `begin`; a doubled quote belongs to it.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) noexcept {
    const char quote = text[begin];
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
        if (text[i] != quote) continue;
        if (i + 1 == text.size() || text[i + 1] != quote) return i + 1;
        ++i;
    }
    return text.size() + 1; // never closed
}

} // namespace

std::string describe_column(const schema::TableData& table, const schema::ColumnData& column) {
    return "column " + table.full_name() + "." + column.name;
}

bool is_single_term(std::string_view text) noexcept {
    if (text.empty()) return false;
    if (std::ranges::all_of(text, is_word)) return true;
    if (text.front() == '\'' || text.front() == '"') return end_of_quoted(text, 0) == text.size();
    if (text.front() != '(') return false;
    int depth = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '\'' || text[i] == '"') {
            i = end_of_quoted(text, i);
            continue;
        }
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return i + 1 == text.size();
        ++i;
    }
    return false;
}

// ---- CREATE TABLE ------------------------------------------------------------------------------

std::vector<std::string> DdlCompiler::create_table(const schema::TableData& table, const ForeignKeys& left_out) const {
    std::vector<std::string> statements{create_table_text(table, false, left_out)};
    for (const auto& each : table.columns) {
        if (!each.index) continue;
        const schema::IndexData data{.name = {}, .columns = {each.name}, .unique = each.unique};
        statements.push_back(create_index(table, data, false));
    }
    for (const auto& each : table.indexes)
        if (is_for_this_dialect(each.settings)) statements.push_back(create_index(table, each, false));
    add_comments(table, statements);
    return statements;
}

std::string DdlCompiler::create_table_text(
    const schema::TableData& table, bool if_not_exists, const ForeignKeys& left_out) const {
    check_options(Owner::of_table, table.options, "table '" + table.full_name() + "'");
    std::string text = "CREATE ";
    for (const auto& prefix : table.prefixes) text += prefix + " ";
    text += if_not_exists ? "TABLE IF NOT EXISTS " : "TABLE ";
    text += quoted(table) + " (";
    std::string_view before = "\n\t";
    for (const auto& each : table.columns) {
        if (each.system) continue;
        check_options(Owner::of_column, each.options, describe_column(table, each));
        text += before;
        before = separator;
        text += column(table, each);
        for (const auto& own : each.checks)
            if (is_for_this_dialect(own.settings)) text += " " + constraint(table, own);
    }
    if (const auto rest = constraints(table, left_out); !rest.empty()) text.append(before).append(rest);
    return text + "\n)" + table_options(table);
}

std::string DdlCompiler::drop_table(const schema::TableData& table) const { return "DROP TABLE " + quoted(table); }

std::string DdlCompiler::column(const schema::TableData& table, const schema::ColumnData& column) const {
    std::string text = dialect_.quote(column.name) + " " + type(table, column);
    if (column.server_default) text += " DEFAULT " + default_text(table, column);
    if (column.computed) text += " " + computed(*column.computed);
    if (has_identity(column)) text += " " + identity(*column.identity);
    else if (!column.nullable) text += " NOT NULL";
    return text;
}

std::string DdlCompiler::type(const schema::TableData& table, const schema::ColumnData& column) const {
    if (column.type.is_null_type() && !column.type.details)
        throw CompileError(describe_column(table, column) + " has no type: give it one, as in Integer{}");
    try {
        return dialect_.type_text(translated_type(in_schema(column.type.on(dialect_.name()), table.metadata_schema)));
    } catch (const CompileError& error) {
        throw CompileError(std::string{error.what()} + " (" + describe_column(table, column) + ")");
    }
}

std::string DdlCompiler::qualified(const QuotedName& schema, const QuotedName& name) const {
    return quote_table(dialect_, translated(schema), name);
}

Type DdlCompiler::translated_type(const Type& type) const {
    if (schema_map_ == nullptr || !type.details) return type;
    Type copy = type;
    change_details(copy, [&](TypeDetails& d) {
        for (auto& item : d.item) item = translated_type(item);
        if (!d.type_name.empty()) d.type_schema = translated(d.type_schema);
    });
    return copy;
}

Type DdlCompiler::in_schema(const Type& type, const std::string& schema) {
    const auto& details = details_of(type);
    if (schema.empty()) return type;
    Type copy = type;
    if (details.name == "ARRAY") {
        change_details(copy, [&](TypeDetails& d) { d.item.front() = in_schema(d.item.front(), schema); });
    } else if (details.type_schema.empty() && (details.name == "enum" || details.name == "ENUM" || details.name == "DOMAIN")) {
        change_details(copy, [&](TypeDetails& d) { d.type_schema = schema; });
    }
    return copy;
}

std::string DdlCompiler::computed(const schema::ComputedData& computed) const {
    std::string text = "GENERATED ALWAYS AS (" + (computed.expression ? expression(*computed.expression) : computed.text) + ")";
    if (computed.persisted) text += *computed.persisted ? " STORED" : " VIRTUAL";
    return text;
}

bool DdlCompiler::has_identity(const schema::ColumnData& column) const {
    return column.identity != nullptr && dialect_.features().identity_columns;
}

std::string DdlCompiler::identity(const schema::IdentityData& identity) const {
    std::string text = identity.always ? "GENERATED ALWAYS AS IDENTITY" : "GENERATED BY DEFAULT AS IDENTITY";
    if (const auto options = identity_options(identity.options); !options.empty()) text += " (" + options + ")";
    return text;
}

std::string DdlCompiler::identity_options(const schema::IdentityOptions& options) const {
    std::string text;
    const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : " ") + part; };
    const auto number = [&](const char* word, const std::optional<std::int64_t>& value) {
        if (value) add(word + std::to_string(*value));
    };
    number("INCREMENT BY ", options.increment);
    number("START WITH ", options.start);
    number("MINVALUE ", options.minvalue);
    number("MAXVALUE ", options.maxvalue);
    if (options.nominvalue) add("NO MINVALUE");
    if (options.nomaxvalue) add("NO MAXVALUE");
    number("CACHE ", options.cache);
    if (options.cycle) add(*options.cycle ? "CYCLE" : "NO CYCLE");
    return text;
}

// SQLAlchemy writes constraints in the order in which they were made: those given to the table before those
// that come with a column.
std::string DdlCompiler::constraints(const schema::TableData& table, const ForeignKeys& left_out) const {
    std::string text;
    const auto add = [&text](const std::string& constraint) {
        if (!constraint.empty()) text.append(text.empty() ? "" : separator).append(constraint);
    };
    const auto inline_key = [&](const schema::ForeignKeyData& key) {
        return !left_out.contains(&key) && !(key.use_alter && supports_alter());
    };

    std::vector<std::tuple<std::uint32_t, std::size_t, schema::ConstraintData>> given;
    const auto collect = [&](const auto& constraint) {
        if (is_for_this_dialect(constraint.settings))
            given.emplace_back(constraint.settings.order, given.size(), constraint);
    };
    for (const auto& each : table.checks) collect(each);
    for (const auto& each : table.uniques) collect(each);
    for (const auto& each : table.foreign_keys)
        if (!each.of_column && inline_key(each)) collect(each);
    for (const auto& each : table.excludes) collect(each);
    std::ranges::sort(given, [](const auto& a, const auto& b) {
        return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });

    if (!primary_key_columns(table).empty()) add(constraint(table, table.primary_key_constraint));
    for (const auto& [order, position, data] : given) add(constraint(table, data));
    for (const auto& column : table.columns) {
        // With an index, that is the unique one.
        if (column.unique && !column.index) add(constraint(table, schema::UniqueData{{}, {column.name}}));
        if (!column.system) add(type_check(table, column));
        for (const auto& key : table.foreign_keys) {
            const bool own = key.of_column && key.columns.front() == column.name;
            if (own && inline_key(key) && is_for_this_dialect(key.settings)) add(constraint(table, key));
        }
    }
    return text;
}

/// The CHECK that stands in for a type that the database does not have: of an Enum, of a Boolean.
std::string DdlCompiler::type_check(const schema::TableData& table, const schema::ColumnData& column) const {
    const Type type = column.type.on(dialect_.name());
    const auto& details = details_of(type);
    if (!details.has(TypeFlag::create_constraint)) return {};
    std::string members;
    if (details.name == "enum") {
        const bool native = !details.has(TypeFlag::not_native) && dialect_.features().native_enum;
        if (native) return {};
        for (const auto& member : details.members) members += (members.empty() ? "" : ", ") + literal(member);
    } else {
        if (!checks_booleans()) return {};
        members = "0, 1";
    }
    return constraint(
        table, schema::CheckData{details.type_name, dialect_.quote(column.name) + " IN (" + members + ")"});
}

bool DdlCompiler::checks_booleans() const { return !dialect_.features().native_boolean; }

// ---- shared pieces -----------------------------------------------------------------------------

std::string DdlCompiler::table_options(const schema::TableData&) const { return {}; }

void DdlCompiler::add_comments(const schema::TableData&, std::vector<std::string>&) const {}

std::string
DdlCompiler::default_text(const schema::TableData& table, const schema::ColumnData& column) const {
    const sql::Node& node = *column.server_default;
    if (node.kind == sql::NodeKind::bind) {
        const auto& value = static_cast<const sql::BindNode&>(node).value.variant();
        if (const auto* text = std::get_if<std::string>(&value)) return literal(*text);
    }
    if (node.kind == sql::NodeKind::text) {
        const auto& text = static_cast<const sql::TextNode&>(node);
        if (!text.names.empty())
            throw CompileError(
                "the server default of " + describe_column(table, column) +
                " has parameters: DDL can have none"
            );
        return text.pieces.empty() ? std::string{} : text.pieces.front();
    }
    return expression(node);
}

bool DdlCompiler::generates_itself(const schema::TableData& table, const schema::ColumnData& column) const {
    if (table.autoincrement_column() != &column || column.server_default) return false;
    if (column.sequence && uses(*column.sequence)) return false;
    const Type type = column.type.on(dialect_.name());
    const bool counts = type.is_integer() || (type.kind == TypeKind::numeric && type.scale == 0);
    if (!counts)
        throw CompileError(
            describe_column(table, column) +
            " is to generate itself but is no integer: " + to_string(column.type)
        );
    return true;
}

bool DdlCompiler::uses(const schema::SequenceData& sequence) const {
    return dialect_.features().sequences && !sequence.optional;
}

std::string DdlCompiler::column_name(const schema::TableData& table, const std::string& name) const {
    const auto* column = table.find(name);
    return column != nullptr ? dialect_.quote(column->name) : dialect_.quote(name);
}

std::string
DdlCompiler::column_list(const std::vector<std::string>& names, const schema::TableData* table) const {
    std::string text;
    for (const auto& name : names) {
        if (!text.empty()) text += ", ";
        text += table != nullptr ? column_name(*table, name) : dialect_.quote(name);
    }
    return text;
}

std::string DdlCompiler::column_list(const std::vector<QuotedName>& names) const {
    std::string text;
    for (const auto& name : names) {
        if (!text.empty()) text += ", ";
        text += dialect_.quote(name);
    }
    return text;
}

std::string DdlCompiler::quoted(const schema::TableData& table) const {
    return qualified(table.schema, table.name);
}

std::string DdlCompiler::quoted(const schema::SequenceData& sequence) const {
    return qualified(sequence.schema, sequence.name);
}

std::string DdlCompiler::literal(std::string_view text) const {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\0') throw CompileError("a literal must not contain a NUL character");
        quoted += c;
        if (c == '\'') quoted += c;
    }
    return quoted + "'";
}

std::string DdlCompiler::expression(const sql::Node& node) const {
    if (node.kind == sql::NodeKind::text) {
        const auto& text = static_cast<const sql::TextNode&>(node);
        if (!text.names.empty()) throw CompileError("text() in DDL cannot have parameters");
        return text.pieces.empty() ? std::string{} : text.pieces.front();
    }
    if (schema_map_ != nullptr && node.kind == sql::NodeKind::next_value) {
        auto sequence = std::make_shared<schema::SequenceData>(*static_cast<const sql::NextValueNode&>(node).sequence);
        sequence->schema = translated(sequence->schema);
        return dialect_.literal_expression(sql::NextValueNode{std::move(sequence)});
    }
    return dialect_.literal_expression(node);
}

} // namespace azoth
