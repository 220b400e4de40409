// SPDX-License-Identifier: MIT
// A table's description once more, for another MetaData.
#include <algorithm>

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/traverse.hpp>

namespace azoth {

Table Table::to_metadata(MetaData& metadata, const std::optional<std::string>& schema, const std::string& name) const {
    const auto& from = *data_;
    QuotedName own_schema = from.schema;
    if (schema) own_schema = QuotedName{*schema};
    else if (own_schema.empty()) own_schema = QuotedName{metadata.schema()};
    auto made = std::make_shared<schema::TableData>(name.empty() ? from.name : QuotedName{name}, own_schema);
    made->implicit_returning = from.implicit_returning;
    made->warnings = from.warnings;
    made->comment = from.comment;
    made->prefixes = from.prefixes;
    made->options = from.options;
    made->primary_key_constraint = from.primary_key_constraint;
    made->uniques = from.uniques;
    made->checks = from.checks;
    made->indexes = from.indexes;
    made->excludes = from.excludes;
    made->foreign_keys = from.foreign_keys;
    for (auto& key : made->foreign_keys) {
        const auto& referred = schema::target_schema(from, key);
        key.target_schema = referred == from.schema ? own_schema : referred;
        if (key.target_table == from.name && referred == from.schema) key.target_table = made->name; // itself
    }
    for (const auto& column : from.columns) {
        auto& copy = made->columns.emplace_back(column);
        copy.table = made.get();
    }
    std::uint32_t last = 0;
    const auto count = [&](const auto& constraints) {
        for (const auto& constraint : constraints) last = std::max(last, constraint.settings.order);
    };
    count(made->uniques), count(made->checks), count(made->foreign_keys), count(made->excludes);
    while (made->next_constraint_order() < last) {}

    Table table{made};
    metadata.add(table);
    // Expressions are about the new table's columns.
    const auto moved = [&](sql::NodePtr& node) {
        if (node) node = sql::adapt(node, node_, table.node());
    };
    for (auto& check : made->checks) moved(check.expression);
    for (auto& one : made->indexes)
        for (auto& expression : one.expressions) moved(expression);
    for (auto& exclude : made->excludes) {
        for (auto& element : exclude.elements) moved(element.expression);
        moved(exclude.where);
    }
    for (auto& column : made->columns) {
        for (auto& check : column.checks) moved(check.expression);
        if (!column.computed || !column.computed->expression) continue;
        auto computed = std::make_shared<schema::ComputedData>(*column.computed);
        moved(computed->expression);
        column.computed = std::move(computed);
    }
    return table;
}

} // namespace azoth
