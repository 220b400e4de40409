// SPDX-License-Identifier: MIT
// MySQL's and MariaDB's DDL: AUTO_INCREMENT, comments inside CREATE TABLE, expressions as defaults in parentheses, and any
// option that a table may have.
#include <algorithm>
#include <array>
#include <utility>

#include <azoth/dialect/mysql.hpp>
#include <azoth/error.hpp>

#include "dialect/base.hpp"

namespace azoth {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

std::string upper_with_blanks(std::string_view option_name) {
    std::string result{option_name};
    for (char& c : result) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == '_') c = ' ';
    }
    return result;
}

/// The option of CREATE TABLE that a keyword of SQLAlchemy's stands for: of several words only where the server has it so.
std::string table_option_name(std::string_view option_name) {
    static constexpr std::array<std::string_view, 6> of_words{"DATA DIRECTORY",  "INDEX DIRECTORY", "DEFAULT CHARACTER SET",
                                                              "CHARACTER SET",   "DEFAULT CHARSET", "DEFAULT COLLATE"};
    auto name = upper_with_blanks(option_name);
    if (std::ranges::find(of_words, name) == of_words.end()) std::ranges::replace(name, ' ', '_');
    return name;
}

bool is_character_set(std::string_view name) {
    return name == "DEFAULT CHARSET" || name == "DEFAULT CHARACTER SET" || name == "CHARSET" || name == "CHARACTER SET";
}

/// The server's own forms of "now" are no expressions to it: CURRENT_TIMESTAMP(3), … ON UPDATE
/// CURRENT_TIMESTAMP.
bool is_timestamp_default(std::string_view text) {
    const auto small = lower(text);
    if (small.find(" on update ") != std::string::npos) return true;
    for (const std::string_view name : {"now(", "current_timestamp("}) {
        if (!small.starts_with(name) || !small.ends_with(')')) continue;
        const auto digits = std::string_view{small}.substr(name.size(), small.size() - name.size() - 1);
        if (!digits.empty() && std::ranges::all_of(digits, is_digit)) return true;
    }
    return false;
}

/// Backslashes are escapes inside strings here, unless the server is told otherwise.
std::string double_backslashes(std::string_view text) {
    std::string doubled;
    for (const char c : text) {
        doubled += c;
        if (c == '\\') doubled += c;
    }
    return doubled;
}

} // namespace

MySQLDdlCompiler::MySQLDdlCompiler(const MySQLDialect& dialect) noexcept
    : DdlCompiler(dialect), is_mariadb_(dialect.flavour().mariadb), escapes_(!dialect.flavour().no_backslash_escapes) {}

std::string MySQLDdlCompiler::column(const schema::TableData& table, const schema::ColumnData& column) const {
    std::string text = dialect_.quote(column.name) + " " + type(table, column);
    if (column.computed) text += " " + computed(*column.computed);
    // MariaDB takes no NOT NULL on computed columns: it is written only when it was asked for.
    const bool unsaid = is_mariadb_ && column.computed && !column.nullable_given;
    if (!column.nullable && !unsaid) text += " NOT NULL";
    else if (is_timestamp(column.type)) text += " NULL"; // or it would be NOT NULL
    if (!column.comment.empty()) text += " COMMENT " + literal(column.comment);
    if (generates_itself(table, column)) return text + " AUTO_INCREMENT";
    if (!column.server_default) return text;
    const auto value = default_text(table, column);
    const bool takes_expressions = dialect_.has(is_mariadb_ ? ServerVersion{10, 2, 1} : ServerVersion{8, 0, 13});
    const bool bare = !takes_expressions || is_single_term(value) || is_timestamp_default(value);
    return text + " DEFAULT " + (bare ? value : "(" + value + ")");
}

std::string MySQLDdlCompiler::identity_options(const schema::IdentityOptions& options) const {
    auto text = DdlCompiler::identity_options(options);
    constexpr std::string_view spaced = "NO CYCLE";
    if (text.ends_with(spaced)) text.replace(text.size() - spaced.size(), spaced.size(), "NOCYCLE");
    return text;
}

std::string MySQLDdlCompiler::primary_key(const schema::TableData& table) const {
    const auto text = DdlCompiler::primary_key(table);
    const auto using_ = shared_option(table.primary_key_constraint.settings.options, "using");
    return text.empty() || using_.empty() ? text : text + " USING " + dialect_.quote(using_);
}

std::string MySQLDdlCompiler::match(const schema::ForeignKeyData& key) const {
    if (key.match.empty()) return {};
    throw CompileError("MySQL ignores MATCH, and with it ON DELETE and ON UPDATE: leave it out");
}

std::string MySQLDdlCompiler::drop_constraint(const sql::DdlNode& node) const {
    const auto alter = "ALTER TABLE " + quoted(*node.table) + " DROP ";
    if (std::holds_alternative<schema::PrimaryKeyData>(node.constraint)) return alter + "PRIMARY KEY";
    const auto name = constraint_name(*node.table, node.constraint);
    if (name.empty()) return DdlCompiler::drop_constraint(node); // says what is wrong
    if (std::holds_alternative<schema::ForeignKeyData>(node.constraint)) return alter + "FOREIGN KEY " + name;
    if (std::holds_alternative<schema::UniqueData>(node.constraint)) return alter + "INDEX " + name;
    return alter + (is_mariadb_ ? "CONSTRAINT " : "CHECK ") + name;
}

std::string MySQLDdlCompiler::table_options(const schema::TableData& table) const {
    using Option = std::pair<std::string, std::string>;
    static constexpr std::array<std::string_view, 5> partition_words{"PARTITION BY", "PARTITIONS", "SUBPARTITION BY",
                                                                     "SUBPARTITIONS", "PARTITION DEFINITIONS"};
    static constexpr std::array<std::string_view, 4> without_equals{"TABLESPACE", "DEFAULT CHARACTER SET",
                                                                    "CHARACTER SET", "COLLATE"};
    std::vector<Option> options;
    std::array<std::string, partition_words.size()> partitions;
    const auto prefix = std::string{dialect_.name()} + "_";
    for (const auto& [full_name, value] : table.options.all()) {
        if (!full_name.starts_with(prefix)) continue;
        const auto name = std::string_view{full_name}.substr(prefix.size());
        const auto text = text_option(table.options, name);
        const auto* word = std::ranges::find(partition_words, upper_with_blanks(name));
        if (word != partition_words.end())
            partitions[static_cast<std::size_t>(word - partition_words.begin())] = text;
        else if (auto option = table_option_name(name); option == "COMMENT")
            options.emplace_back(std::move(option), table.comment.empty() ? literal(text) : literal(table.comment));
        else if (option == "PASSWORD" || option == "CONNECTION") options.emplace_back(std::move(option), literal(text));
        else options.emplace_back(std::move(option), text);
    }
    const bool has_comment = std::ranges::find(options, "COMMENT", &Option::first) != options.end();
    if (!table.comment.empty() && !has_comment) options.emplace_back("COMMENT", literal(table.comment));

    const auto collation = std::ranges::find(options, "COLLATE", &Option::first);
    const bool has_set = std::ranges::any_of(options, [](const Option& o) { return is_character_set(o.first); });
    if (collation != options.end() && has_set) std::rotate(collation, collation + 1, options.end());

    std::string text;
    const auto add = [&text](const std::string& option) { text += (text.empty() ? "" : " ") + option; };
    for (const auto& [name, value] : options) {
        const bool blank = std::ranges::find(without_equals, name) != without_equals.end();
        add(name + (blank ? " " : "=") + value);
    }
    for (std::size_t i = 0; i < partitions.size(); ++i)
        if (partitions[i].empty()) continue;
        else if (i + 1 == partitions.size()) add("(" + partitions[i] + ")"); // as the catalogue says it, without its word
        else add(std::string{partition_words[i]} + " " + partitions[i]);
    return text;
}

std::string MySQLDdlCompiler::create_index(
    const schema::TableData& table, const schema::IndexData& data, bool if_not_exists) const {
    const auto& options = data.settings.options;
    check_options(Owner::of_index, options, "index '" + data.name + "'");
    std::string text = data.unique ? "CREATE UNIQUE " : "CREATE ";
    if (const auto prefix = text_option(options, "prefix"); !prefix.empty()) text += prefix + " ";
    text += if_not_exists ? "INDEX IF NOT EXISTS " : "INDEX ";
    text += index_name(table, data) + " ON " + quoted(table) + " (";
    const auto parts = index_parts(table, data);
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i > 0 ? ", " : "") + parts[i] + prefix_length(data, i, parts[i]);
    text += ")";
    if (const auto parser = shared_option(options, "with_parser"); !parser.empty()) text += " WITH PARSER " + parser;
    if (const auto using_ = shared_option(options, "using"); !using_.empty()) text += " USING " + dialect_.quote(using_);
    return text;
}

std::vector<std::string> MySQLDdlCompiler::index_parts(
    const schema::TableData& table, const schema::IndexData& data) const {
    auto parts = DdlCompiler::index_parts(table, data);
    for (std::size_t i = 0; i < data.expressions.size(); ++i)
        if (is_functional(without_label(*data.expressions[i]))) parts[i] = "(" + parts[i] + ")";
    return parts;
}

std::string MySQLDdlCompiler::drop_index(
    const schema::TableData& table, const schema::IndexData& data, bool if_exists) const {
    return "DROP INDEX " + std::string{if_exists ? "IF EXISTS " : ""} + index_name(table, data) + " ON " + quoted(table);
}

std::string MySQLDdlCompiler::table_comment(
    const schema::TableData& table, const std::optional<std::string>& comment) const {
    return "ALTER TABLE " + quoted(table) + " COMMENT " + literal(comment.value_or(""));
}

std::string MySQLDdlCompiler::column_comment(
    const schema::TableData& table, const schema::ColumnData& changed, const std::optional<std::string>& comment) const {
    if (!comment) return DdlCompiler::column_comment(table, changed, comment); // SQLAlchemy's; no server here takes it
    return "ALTER TABLE " + quoted(table) + " CHANGE " + dialect_.quote(changed.name) + " " + column(table, changed);
}

std::size_t MySQLDdlCompiler::max_name_length() const { return 64; }

std::size_t MySQLDdlCompiler::max_given_name_length() const { return 255; } // SQLAlchemy's: the server decides

std::string MySQLDdlCompiler::literal(std::string_view text) const {
    return DdlCompiler::literal(escapes_ ? double_backslashes(text) : std::string{text});
}

bool MySQLDdlCompiler::knows_option(Owner owner, std::string_view name) const {
    switch (owner) {
    case Owner::of_table: return true;
    case Owner::of_index: return name == "using" || name == "length" || name == "prefix" || name == "with_parser";
    case Owner::of_primary_key: return name == "using";
    default: return false;
    }
}

bool MySQLDdlCompiler::is_timestamp(const Type& type) const { return details_of(type.on(dialect_.name())).name == "TIMESTAMP"; }

bool MySQLDdlCompiler::is_functional(const sql::Node& node) {
    if (node.kind == sql::NodeKind::binary || node.kind == sql::NodeKind::function || node.kind == sql::NodeKind::in_list)
        return true;
    if (node.kind != sql::NodeKind::unary) return false;
    const auto op = static_cast<const sql::UnaryNode&>(node).op;
    return op != sql::Operator::asc && op != sql::Operator::desc;
}

std::string MySQLDdlCompiler::shared_option(const schema::DialectOptions& options, std::string_view name) const {
    auto text = text_option(options, name);
    if (!text.empty() || !is_mariadb_) return text;
    const auto* value = options.find("mysql_" + std::string{name});
    const auto* as_text = value != nullptr ? std::get_if<std::string>(value) : nullptr;
    return as_text != nullptr ? *as_text : std::string{};
}

std::string MySQLDdlCompiler::prefix_length(
    const schema::IndexData& data, std::size_t i, const std::string& part) const {
    const auto* value = option(data.settings.options, "length");
    if (value == nullptr) return {};
    const auto* pairs = std::get_if<schema::OptionPairs>(value);
    if (pairs == nullptr) return "(" + text_option(data.settings.options, "length") + ")";
    auto key = part;
    if (data.expressions.empty()) key = data.columns[i];
    else if (data.expressions[i]->kind == sql::NodeKind::column)
        key = static_cast<const sql::ColumnNode&>(*data.expressions[i]).name;
    const auto found = std::ranges::find(*pairs, key, &std::pair<std::string, std::string>::first);
    return found == pairs->end() ? std::string{} : "(" + found->second + ")";
}

std::unique_ptr<DdlCompiler> MySQLDialect::ddl_compiler() const {
    return std::make_unique<MySQLDdlCompiler>(*this);
}

} // namespace azoth
