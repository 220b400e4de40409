// SPDX-License-Identifier: MIT
// An INSERT that returns rows, for many parameter rows at a time: how its VALUES are repeated, and what tells the order of the
// rows that come back.
#include <algorithm>
#include <memory>

#include <azoth/compiler/compiler.hpp>
#include <azoth/dialect/dialect.hpp>

namespace azoth {

namespace {

/// Values that come back as they were sent.
bool is_comparable(const Type& type) {
    return !type.details && (type.is_integer() || type.is_text() || type.kind == TypeKind::uuid);
}

/// The result column that is `column` of the table; `count` when none is.
std::size_t returned_position(const std::vector<sql::NodePtr>& columns, const schema::ColumnData& column, std::size_t count) {
    const auto returned = sql::expand_entities(columns);
    for (std::size_t i = 0; i < returned.size(); ++i)
        if (returned[i]->kind == sql::NodeKind::column
            && static_cast<const sql::ColumnNode&>(*returned[i]).column == &column)
            return i;
    return count;
}

} // namespace

struct Compiler::ManyValuesPlan {
    std::vector<const schema::ColumnData*> keys;    ///< that tell the order
    std::vector<std::size_t> positions;             ///< in the row, by_key
    std::vector<std::string> columns;               ///< of the INSERT, quoted
    std::vector<std::size_t> hidden;                ///< places in `keys` of what RETURNING does not name
    bool counter = false;                           ///< the key is a column that is given the number of its row
};

void Compiler::mark_values(std::string_view token) {
    out_ += '\0';
    out_ += token;
    out_ += '\0';
}

void Compiler::plan_many_values(const sql::DmlNode& insert, const std::vector<InsertColumn>& columns) {
    auto many = std::make_shared<ManyValues>();
    auto plan = std::make_shared<ManyValuesPlan>();
    for (const auto& column : columns) plan->columns.push_back(dialect_.quote(column.data->name));
    if (insert.sorted) {
        if (insert.upsert) return; // some rows may not come back
        const auto key = insert.table_data().primary_key();
        const auto place = [&](const schema::ColumnData* column) {
            const auto found = std::ranges::find(columns, column, &InsertColumn::data);
            return static_cast<std::size_t>(found - columns.begin());
        };
        const bool own_keys = !key.empty() && std::ranges::all_of(key, [&](const auto* column) {
            const auto at = place(column);
            return at < columns.size() && is_comparable(column->type) && gives_value(insert, columns[at]);
        });
        const auto* generated = insert.table_data().autoincrement_column();
        const auto order = dialect_.features().many_values_order;
        const auto* sentinel = insert.table_data().sentinel();
        if (sentinel != nullptr && sentinel->omitted && place(sentinel) == columns.size()) {
            many->order = ManyValues::Order::counted;
            plan->keys = {sentinel};
            plan->counter = true;
        } else if (sentinel != nullptr && place(sentinel) < columns.size() && gives_value(insert, columns[place(sentinel)])) {
            many->order = ManyValues::Order::by_key;
            plan->keys = {sentinel};
            plan->positions = {place(sentinel)};
        } else if (own_keys) {
            many->order = ManyValues::Order::by_key;
            plan->keys = key;
            for (const auto* column : key) plan->positions.push_back(place(column));
        } else if (generated != nullptr && order != ManyValues::Order::any && place(generated) == columns.size()
                   && !(generated->identity && generated->identity->options.increment.value_or(1) < 0)) {
            many->order = order;
            plan->keys = {generated};
        } else {
            return;
        }
    }
    many_values_ = std::move(many);
    many_plan_ = std::move(plan);
    many_insert_ = &insert;
}

void Compiler::complete_many_values() {
    auto& many = *many_values_;
    const auto& plan = *many_plan_;
    const auto count = compiled_.columns.size();
    std::string hidden;
    for (const auto* key : plan.keys) {
        auto at = returned_position(returned(*many_insert_), *key, count);
        if (at == count) {
            at = count + many.hidden++;
            hidden += ", " + dialect_.quote(key->name);
        }
        many.sentinels.push_back(at);
    }
    if (many.order == ManyValues::Order::by_key) {
        // Each value of the row is one parameter.
        if (compiled_.slots.size() != plan.columns.size()) return;
        many.sentinel_slots = plan.positions;
    }
    if (plan.counter) { // (a, b, sentinel) VALUES ($1, $2, 0), …
        const auto end = many.before.rfind(") VALUES ");
        if (end == std::string::npos) return;
        many.before.insert(end, ", " + dialect_.quote(plan.keys.front()->name));
    } else if (many.order == ManyValues::Order::counted) {
        // INSERT … SELECT p0::INTEGER, … FROM (VALUES ($1, …, 0), …) AS imp_sen(p0, …, sen_counter) ORDER BY sen_counter
        if (compiled_.slots.size() != plan.columns.size()) return;
        for (std::size_t i = 1; i + 1 < many.pieces.size(); ++i)
            if (many.pieces[i] != ", ") return; // something is made of the parameter
        if (many.pieces.front() != "(" || many.pieces.back() != ")") return;
        std::string selected;
        std::string names;
        for (std::size_t i = 0; i < plan.columns.size(); ++i) {
            const auto& type = compiled_.slots[i].type;
            if (type.is_null_type() && !type.details) return;
            const auto name = "p" + std::to_string(i);
            selected += (i > 0 ? ", " : "") + name + "::" + dialect_.type_text(type);
            names += name + ", ";
        }
        const auto values = many.before.rfind(" VALUES ");
        many.before = many.before.substr(0, values) + " SELECT " + selected + " FROM (VALUES ";
        many.after = ") AS imp_sen(" + names + "sen_counter) ORDER BY sen_counter" + many.after;
    }
    many.after += hidden;
    compiled_.many_values = many_values_;
}

} // namespace azoth
