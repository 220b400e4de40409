// SPDX-License-Identifier: MIT
// Constraints and their names: inside CREATE TABLE, and added to or dropped from a table that exists.
#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/visit.hpp>

#include "schema/foreign_types.hpp"

namespace azoth {

namespace {

/// The columns that an expression mentions, each once, in order.
void collect_columns(const sql::Node& root, std::vector<std::string>& names) {
    std::vector<const sql::Node*> open{&root};
    while (!open.empty()) {
        const auto& node = *open.back();
        open.pop_back();
        if (node.kind == sql::NodeKind::column) {
            const auto& name = static_cast<const sql::ColumnNode&>(node).name;
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
            continue;
        }
        const auto begin = open.size();
        sql::each_child(node, [&open](const sql::NodePtr& child) { open.push_back(child.get()); });
        std::reverse(open.begin() + static_cast<std::ptrdiff_t>(begin), open.end());
    }
}

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

constexpr std::array<std::string_view, 5> actions{"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"};

} // namespace

// ---- names -------------------------------------------------------------------------------------

std::string DdlCompiler::finished_name(const schema::ConventionName& name) const {
    if (name.text.empty()) return {};
    if (name.generated) return dialect_.quote(shorten_name(name.text, max_name_length()));
    if (const auto limit = max_given_name_length(); limit > 0 && name.text.size() > limit)
        throw IdentifierError(
            "the name '" + name.text + "' is longer than the " + std::to_string(limit) + " characters that dialect "
            + std::string{dialect_.name()} + " allows"
        );
    return dialect_.quote(name.text);
}

std::string
DdlCompiler::constraint_name(const schema::TableData& table, const schema::ConstraintData& constraint) const {
    schema::NameRequest request;
    request.table = &table;
    std::visit(
        [&](const auto& data) {
            using Data = std::remove_cvref_t<decltype(data)>;
            request.name = data.name;
            request.is_final = data.settings.final_name;
            if constexpr (std::is_same_v<Data, schema::PrimaryKeyData>) {
                request.kind = "pk";
                request.columns = primary_key_columns(table);
            } else if constexpr (std::is_same_v<Data, schema::UniqueData>) {
                request.kind = "uq";
                request.columns = data.columns;
            } else if constexpr (std::is_same_v<Data, schema::CheckData>) {
                request.kind = "ck";
                if (data.expression) collect_columns(*data.expression, request.columns);
            } else if constexpr (std::is_same_v<Data, schema::ForeignKeyData>) {
                request.kind = "fk";
                request.columns = data.columns;
                request.key = &data;
            } else {
                request.kind = "ex";
                for (const auto& element : data.elements) collect_columns(*element.expression, request.columns);
            }
        },
        constraint
    );
    return finished_name(schema::convention_name(request));
}

std::string DdlCompiler::named(const std::string& quoted_name) const {
    return quoted_name.empty() ? std::string{} : "CONSTRAINT " + quoted_name + " ";
}

bool DdlCompiler::is_for_this_dialect(const schema::ConstraintSettings& settings) const {
    return settings.dialects.empty() || std::ranges::find(settings.dialects, dialect_.name()) != settings.dialects.end();
}

// ---- bodies ------------------------------------------------------------------------------------

std::string DdlCompiler::constraint(const schema::TableData& table, const schema::ConstraintData& constraint) const {
    const auto what = [&](std::string_view kind) { return std::string{kind} + " of table '" + table.full_name() + "'"; };
    const auto body = std::visit(
        Overloaded{
            [&](const schema::PrimaryKeyData& data) {
                check_options(Owner::of_primary_key, data.settings.options, what("the primary key"));
                return primary_key(table);
            },
            [&](const schema::UniqueData& data) {
                check_options(Owner::of_unique, data.settings.options, what("a unique constraint"));
                return unique(table, data);
            },
            [&](const schema::CheckData& data) {
                check_options(Owner::of_check, data.settings.options, what("a check"));
                return check(table, data);
            },
            [&](const schema::ForeignKeyData& data) {
                check_options(Owner::of_foreign_key, data.settings.options, what("a foreign key"));
                return foreign_key(table, data);
            },
            [&](const schema::ExcludeData& data) { return exclude(table, data); },
        },
        constraint
    );
    return body.empty() ? body : named(constraint_name(table, constraint)) + body;
}

std::vector<std::string> DdlCompiler::primary_key_columns(const schema::TableData& table) const {
    if (!table.primary_key_constraint.columns.empty()) return table.primary_key_constraint.columns;
    std::vector<std::string> names;
    const auto* generated = table.autoincrement_column();
    for (const auto* column : table.primary_key()) {
        // InnoDB wants the generated column to lead a key; SQLAlchemy puts it first everywhere.
        if (column == generated) names.insert(names.begin(), column->name);
        else names.push_back(column->name);
    }
    return names;
}

std::string DdlCompiler::primary_key(const schema::TableData& table) const {
    const auto names = primary_key_columns(table);
    if (names.empty()) return {};
    return "PRIMARY KEY (" + column_list(names, &table) + ")" + deferrability(table.primary_key_constraint.settings);
}

std::string DdlCompiler::unique_body(
    const schema::TableData& table, const schema::UniqueData& data, std::string_view behind_word) const {
    if (data.columns.empty()) return {};
    return "UNIQUE " + std::string{behind_word} + "(" + column_list(data.columns, &table) + ")";
}

std::string DdlCompiler::unique(const schema::TableData& table, const schema::UniqueData& data) const {
    const auto body = unique_body(table, data);
    return body.empty() ? body : body + deferrability(data.settings);
}

std::string DdlCompiler::check(const schema::TableData&, const schema::CheckData& check) const {
    return "CHECK (" + (check.expression ? expression(*check.expression) : check.condition) + ")"
        + deferrability(check.settings);
}

std::string
DdlCompiler::foreign_key(const schema::TableData& table, const schema::ForeignKeyData& key) const {
    if (key.columns.empty() || !can_refer(table, key)) return {};
    schema::check_references(table, key);
    return "FOREIGN KEY(" + column_list(key.columns, &table) + ") REFERENCES " + referred_table(table, key) + " ("
        + column_list(key.target_columns) + ")" + match(key) + on_delete(key) + on_update(key)
        + deferrability(key.settings);
}

std::string DdlCompiler::exclude(const schema::TableData&, const schema::ExcludeData&) const {
    throw UnsupportedCompilationError("dialect " + std::string{dialect_.name()} + " has no EXCLUDE constraints");
}

bool DdlCompiler::can_refer(const schema::TableData&, const schema::ForeignKeyData&) const { return true; }

std::string
DdlCompiler::referred_table(const schema::TableData& table, const schema::ForeignKeyData& key) const {
    return qualified(schema::target_schema(table, key), key.target_table);
}

// ON DELETE and its like are no place for foreign text: only what the standard knows.
std::string DdlCompiler::phrase(
    std::string_view clause, const std::string& words, std::span<const std::string_view> known) {
    static_cast<void>(keyword(clause, words, known));
    return words;
}

std::string DdlCompiler::keyword(
    std::string_view clause, const std::string& word, std::span<const std::string_view> known) {
    std::string upper = word;
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (std::ranges::find(known, upper) != known.end()) return upper;
    std::string message = std::string{clause} + " '" + word + "': one of ";
    for (const auto each : known) message.append(each == known.front() ? "" : ", ").append(each);
    throw CompileError(message);
}

std::string DdlCompiler::on_delete(const schema::ForeignKeyData& key) const {
    return key.on_delete.empty() ? std::string{} : " ON DELETE " + phrase("ON DELETE", key.on_delete, actions);
}

std::string DdlCompiler::on_update(const schema::ForeignKeyData& key) const {
    return key.on_update.empty() ? std::string{} : " ON UPDATE " + phrase("ON UPDATE", key.on_update, actions);
}

std::string DdlCompiler::match(const schema::ForeignKeyData& key) const {
    static constexpr std::array<std::string_view, 3> kinds{"FULL", "PARTIAL", "SIMPLE"};
    return key.match.empty() ? std::string{} : " MATCH " + phrase("MATCH", key.match, kinds);
}

std::string DdlCompiler::deferrability(const schema::ConstraintSettings& settings) const {
    static constexpr std::array<std::string_view, 2> times{"DEFERRED", "IMMEDIATE"};
    std::string text;
    if (settings.deferrable) text += *settings.deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
    if (!settings.initially.empty()) text += " INITIALLY " + phrase("INITIALLY", settings.initially, times);
    return text;
}

// ---- ALTER TABLE -------------------------------------------------------------------------------

std::string DdlCompiler::add_constraint(const sql::DdlNode& node) const {
    const auto text = constraint(*node.table, node.constraint);
    if (text.empty())
        throw CompileError(
            "dialect " + std::string{dialect_.name()} + " leaves out the constraint that was to be added to table '"
            + node.table->full_name() + "'"
        );
    return "ALTER TABLE " + quoted(*node.table) + " ADD " + text;
}

std::string DdlCompiler::drop_constraint(const sql::DdlNode& node) const {
    const auto name = constraint_name(*node.table, node.constraint);
    if (name.empty())
        throw CompileError("a constraint of table '" + node.table->full_name() + "' cannot be dropped: it has no name");
    return "ALTER TABLE " + quoted(*node.table) + " DROP CONSTRAINT " + (node.check_first ? "IF EXISTS " : "") + name
        + (node.cascade ? " CASCADE" : "");
}

} // namespace azoth
