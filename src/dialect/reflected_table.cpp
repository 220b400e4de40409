// SPDX-License-Identifier: MIT
// From what the catalogue says to a table's description. Here, not in src/schema: defaults and parts of indexes are SQL.
#include <azoth/schema/reflected.hpp>

#include <algorithm>

#include <azoth/sql/node.hpp>

namespace azoth {

namespace schema {

namespace {

/// Fills one table. What covers a column that is not taken is left out.
class Builder {
public:
    Builder(
        TableData& table, const ReflectedTable& reflected, const ReflectOptions& options, const Quote& quote,
        const std::vector<ColumnReflectListener>& listeners)
        : table_(table), reflected_(reflected), options_(options), quote_(quote), listeners_(listeners) {}

    void run() {
        if (table_.comment.empty()) table_.comment = reflected_.comment;
        for (const auto& [name, value] : reflected_.table_options.all())
            if (table_.options.find(name) == nullptr) table_.options.set(name, value);
        for (const auto& column : reflected_.columns)
            if (options_.takes_column(column.name)) add_column(column);
        add_primary_key();
        for (const auto& key : reflected_.foreign_keys) add(key);
        for (const auto& each : reflected_.unique_constraints) add(each);
        for (const auto& each : reflected_.indexes) add(each);
        for (const auto& each : reflected_.check_constraints) add(each);
        for (const auto& each : reflected_.exclude_constraints) add(each);
    }

private:
    void add_column(ReflectedColumn column) {
        for (const auto& listener : listeners_) listener(reflected_, column);
        auto found = std::ranges::find(table_.columns, column.name, &ColumnData::name);
        if (found != table_.columns.end() && !options_.replaces()) return;
        const bool is_new = found == table_.columns.end();
        ColumnData& data = is_new ? table_.add_column(column.name, column.type) : *found;
        if (!column.key.empty()) data.key = column.key;
        data.type = column.type;
        data.nullable = column.nullable;
        data.comment = column.comment;
        data.options = column.dialect_options;
        // A default's text is the database's own SQL: it goes back unchanged. A key's own sequence is made anew with it.
        const auto& key = reflected_.pk_constraint.constrained_columns;
        const bool is_serial = column.autoincrement && !column.sequence.empty() && std::ranges::find(key, column.name) != key.end();
        data.server_default = nullptr;
        if (column.default_ && !is_serial)
            data.server_default = std::make_shared<sql::LiteralColumnNode>(*column.default_, column.type);
        data.autoincrement = column.autoincrement && !data.server_default ? Autoincrement::on : Autoincrement::automatic;
        data.identity = column.identity ? std::make_shared<const IdentityData>(*column.identity) : nullptr;
        data.computed = nullptr;
        if (column.computed) {
            ComputedData computed;
            computed.text = column.computed->sqltext;
            computed.persisted = column.computed->persisted;
            data.computed = std::make_shared<const ComputedData>(std::move(computed));
        }
        if (is_new) return;
        data.primary_key = false;
    }

    [[nodiscard]] bool takes_all(const std::vector<std::string>& columns) const {
        return std::ranges::all_of(columns, [this](const auto& name) { return table_.find(name) != nullptr; });
    }

    void add_primary_key() {
        const bool has_one = std::ranges::any_of(table_.columns, &ColumnData::primary_key);
        if (has_one) return; // said by who made the table
        auto& key = table_.primary_key_constraint;
        if (key.name.empty()) key.name = reflected_.pk_constraint.name;
        key.settings.final_name = !key.name.empty();
        key.columns.clear();
        for (const auto& name : reflected_.pk_constraint.constrained_columns) {
            const auto column = std::ranges::find(table_.columns, name, &ColumnData::name);
            if (column == table_.columns.end()) continue;
            key.columns.push_back(name);
            column->primary_key = true;
            column->nullable = false;
            // Whether a key generates itself is known here, not to be guessed from its type.
            if (column->autoincrement != Autoincrement::on) column->autoincrement = Autoincrement::off;
        }
    }

    void finish(ConstraintSettings& settings, const std::string& name, const DialectOptions& options) {
        settings.final_name = !name.empty();
        settings.options = options;
        settings.order = table_.next_constraint_order();
    }

    void add(const ReflectedForeignKey& key) {
        if (!takes_all(key.constrained_columns)) return;
        const bool known = std::ranges::any_of(table_.foreign_keys, [&](const ForeignKeyData& each) {
            return each.columns == key.constrained_columns && each.target_table == key.referred_table;
        });
        if (known) return;
        ForeignKeyData data;
        data.name = key.name;
        data.columns = key.constrained_columns;
        data.target_schema = options_.ignores_search_path() ? key.schema_ignoring_search_path : key.referred_schema;
        data.target_table = key.referred_table;
        data.target_columns.assign(key.referred_columns.begin(), key.referred_columns.end());
        data.on_delete = key.ondelete;
        data.on_update = key.onupdate;
        data.match = key.match;
        data.by_name = true;
        finish(data.settings, data.name, key.dialect_options);
        data.settings.deferrable = key.deferrable;
        data.settings.initially = key.initially;
        table_.foreign_keys.push_back(std::move(data));
    }

    void add(const ReflectedUniqueConstraint& unique) {
        if (!unique.duplicates_index.empty() || !takes_all(unique.column_names)) return;
        if (std::ranges::find(table_.uniques, unique.column_names, &UniqueData::columns) != table_.uniques.end()) return;
        UniqueData data{unique.name, unique.column_names};
        finish(data.settings, data.name, unique.dialect_options);
        table_.uniques.push_back(std::move(data));
    }

    void add(const ReflectedIndex& index) {
        if (!index.duplicates_constraint.empty()) return;
        if (std::ranges::find(table_.indexes, index.name, &IndexData::name) != table_.indexes.end()) return;
        IndexData data{index.name, {}, index.unique};
        for (const auto& name : index.column_names)
            if (name) data.columns.push_back(*name);
        if (!takes_all(data.columns)) return;
        finish(data.settings, data.name, index.dialect_options);
        if (!index.expressions.empty() || !index.column_sorting.empty()) data.expressions = parts_of(index, data);
        table_.indexes.push_back(std::move(data));
    }

    /// What an option of whatever dialect says by column; it says nothing afterwards.
    static OptionPairs take(DialectOptions& options, std::string_view ending) {
        for (const auto& [name, value] : options.all()) {
            const auto* pairs = std::get_if<OptionPairs>(&value);
            if (!name.ends_with(ending) || pairs == nullptr) continue;
            auto taken = *pairs;
            options.set(name, OptionPairs{});
            return taken;
        }
        return {};
    }

    /// The parts of an index as SQL, where columns' names do not say it all.
    std::vector<sql::NodePtr> parts_of(const ReflectedIndex& index, IndexData& data) const {
        // Said with the parts, in front of their order, and so no longer by column.
        const auto classes = take(data.settings.options, "_ops");
        const auto lengths = take(data.settings.options, "_length");
        std::vector<sql::NodePtr> parts;
        for (std::size_t i = 0; i < index.column_names.size(); ++i) {
            const auto& name = index.column_names[i];
            const std::string& key = name ? *name : index.expressions.at(i);
            std::string text = name ? quote_(*name) : key;
            using Pair = std::pair<std::string, std::string>;
            if (const auto found = std::ranges::find(lengths, key, &Pair::first); found != lengths.end())
                text += "(" + found->second + ")";
            if (const auto found = std::ranges::find(classes, key, &Pair::first); found != classes.end())
                text += " " + found->second;
            if (const auto sorting = index.column_sorting.find(key); sorting != index.column_sorting.end())
                for (const auto& word : sorting->second)
                    text += word == "desc" ? " DESC" : word == "nulls_first" ? " NULLS FIRST" : " NULLS LAST";
            parts.push_back(std::make_shared<sql::LiteralColumnNode>(std::move(text), Type{}));
        }
        return parts;
    }

    void add(const ReflectedCheckConstraint& check) {
        const bool known = std::ranges::any_of(table_.checks, [&](const CheckData& each) {
            return check.name.empty() ? each.condition == check.sqltext : each.name == check.name;
        });
        if (known) return;
        CheckData data{check.name, check.sqltext};
        finish(data.settings, data.name, check.dialect_options);
        table_.checks.push_back(std::move(data));
    }

    void add(const ReflectedExcludeConstraint& exclude) {
        if (std::ranges::find(table_.excludes, exclude.name, &ExcludeData::name) != table_.excludes.end()) return;
        ExcludeData data;
        data.name = exclude.name;
        for (const auto& [element, op] : exclude.elements)
            data.elements.push_back({std::make_shared<sql::LiteralColumnNode>(element, Type{}), op});
        data.access_method = exclude.access_method;
        if (!exclude.where.empty()) data.where = std::make_shared<sql::LiteralColumnNode>(exclude.where, Type{});
        finish(data.settings, data.name, {});
        data.settings.deferrable = exclude.deferrable;
        data.settings.initially = exclude.initially;
        table_.excludes.push_back(std::move(data));
    }

    TableData& table_;
    const ReflectedTable& reflected_;
    const ReflectOptions& options_;
    const Quote& quote_;
    const std::vector<ColumnReflectListener>& listeners_;
};

} // namespace

std::shared_ptr<TableData> make_table(
    const ReflectedTable& reflected, const ReflectOptions& options, const Quote& quote,
    const std::vector<ColumnReflectListener>& listeners) {
    auto table = std::make_shared<TableData>(reflected.name, reflected.schema);
    if (reflected.temporary) table->prefixes.emplace_back("TEMPORARY");
    Builder(*table, reflected, options, quote, listeners).run();
    return table;
}

void extend_table(
    TableData& table, const ReflectedTable& reflected, const ReflectOptions& options, const Quote& quote,
    const std::vector<ColumnReflectListener>& listeners) {
    Builder(table, reflected, options, quote, listeners).run();
}

} // namespace schema
} // namespace azoth
