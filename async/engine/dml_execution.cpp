// SPDX-License-Identifier: MIT
// Keys that the database makes, and what a result says of an INSERT or UPDATE afterwards.
#include "engine/dml_execution.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include <azoth/engine/result.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth::engine {

namespace {

const sql::AssignmentPair* assignment_to(const sql::DmlNode& dml, const schema::ColumnData& column) noexcept {
    const auto found = std::ranges::find_if(dml.assignments, [&](const sql::AssignmentPair& pair) {
        return pair.column->column == &column && (!pair.target || pair.target->kind == sql::NodeKind::column);
    });
    return found == dml.assignments.end() ? nullptr : &*found;
}

bool is_made_by_server(const schema::ColumnData& column, bool of_update) noexcept {
    if (column.computed) return true;
    if (of_update) return column.on_update_expression || column.fetched_on_update;
    return column.server_default || column.fetched || column.identity || column.default_expression || column.sequence;
}

/// Values as rows of a result.
class ValueRows final : public RowBuffer {
public:
    ValueRows(std::vector<Value> values, std::size_t columns)
        : RowBuffer(columns == 0 ? 1 : values.size() / columns, columns), values_(std::move(values)) {
        fields_.reserve(values_.size());
        for (const auto& value : values_) fields_.push_back(field_of(value));
    }
    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        return fields_[row * column_count() + column];
    }

private:
    Field bytes(Wire wire, std::string_view text) const noexcept {
        return Field{wire, text.data(), static_cast<std::uint32_t>(text.size())};
    }
    Field field_of(const Value& value) {
        const auto param = value.param();
        switch (param.kind) {
        case ParamKind::null: return {};
        case ParamKind::boolean:
        case ParamKind::integer: return Field{Wire::integer, param.integer};
        case ParamKind::unsigned_integer: return Field{param.unsigned_integer};
        case ParamKind::real: return Field{param.real};
        case ParamKind::text:
        case ParamKind::json: return bytes(Wire::text, param.view());
        case ParamKind::bytes: return bytes(Wire::bytes, param.view());
        case ParamKind::date: return Field{Wire::date, param.integer};
        case ParamKind::time: return Field{Wire::time, param.integer};
        case ParamKind::timestamp:
        case ParamKind::timestamp_tz: return Field{Wire::timestamp, param.integer};
        case ParamKind::decimal: return bytes(Wire::text, texts_.emplace_back(param.decimal->to_string()));
        case ParamKind::uuid: return bytes(Wire::text, texts_.emplace_back(azoth::to_string(*param.uuid)));
        case ParamKind::array: return bytes(Wire::text, texts_.emplace_back(array_text(*param.array)));
        case ParamKind::range: return bytes(Wire::text, texts_.emplace_back(range_text(*param.range)));
        case ParamKind::multirange: return bytes(Wire::text, texts_.emplace_back(multirange_text(*param.multirange)));
        case ParamKind::interval: return bytes(Wire::text, texts_.emplace_back(to_string(param, std::string::npos)));
        }
        return {};
    }

    std::vector<Value> values_;
    std::vector<Field> fields_;
    std::deque<std::string> texts_; // a deque: they stay where they are
};

Row row_of(std::vector<Value> values, std::shared_ptr<const std::vector<driver::ColumnInfo>> columns, sql::NodePtr statement) {
    ResultData data;
    data.rows = std::make_shared<const ValueRows>(std::move(values), columns->size());
    data.columns = std::move(columns);
    data.statement = std::move(statement);
    return Row{std::make_shared<const ResultData>(std::move(data)), 0};
}

[[noreturn]] void throw_not(const std::string& what) { throw InvalidRequestError(what); }

const DmlExecution& insert_of(const ResultData& data) {
    if (!data.dml || data.dml->statement->kind != sql::NodeKind::insert)
        throw_not("the statement was no INSERT: it has made no primary key");
    if (!static_cast<const sql::DmlNode&>(*data.dml->statement).returning.empty())
        throw_not("this INSERT has RETURNING: the primary key is among the rows of the result");
    return *data.dml;
}

/// The value that a column was sent with; nothing when it was not, or as SQL.
std::optional<Value> sent_value(const DmlExecution& dml, const schema::ColumnData& column) {
    const auto& compiled = *dml.found.compiled;
    for (std::size_t i = 0; i < compiled.slots.size(); ++i) {
        const auto& slot = compiled.slots[i];
        if (!slot.column || slot.column->column != &column || slot.values_row != 0) continue;
        if (slot.source == BindSlot::Source::statement) {
            const auto& node = *dml.found.binds->nodes[slot.index];
            if (node.kind == sql::NodeKind::bind && !static_cast<const sql::BindNode&>(node).required)
                return static_cast<const sql::BindNode&>(node).value;
        }
        if (!compiled.expanding && i < dml.bound.params.size()) return to_value(dml.bound.params[i]);
    }
    return std::nullopt;
}

std::shared_ptr<const std::vector<driver::ColumnInfo>> infos(const std::vector<const schema::ColumnData*>& columns) {
    auto result = std::make_shared<std::vector<driver::ColumnInfo>>();
    for (const auto* column : columns) result->emplace_back(column->name, column->type);
    return result;
}

const sql::DmlNode& changed(const ResultData& data) {
    const bool known = data.dml && data.dml->statement->kind != sql::NodeKind::delete_;
    if (!known) throw_not("the statement was neither INSERT nor UPDATE");
    return static_cast<const sql::DmlNode&>(*data.dml->statement);
}

/// What an INSERT or UPDATE brought back beside its result, and the key of the row that was inserted.
void note_fetched(ResultData& data, const Compiled& compiled, const Compiled::Bound& bound) {
    if (compiled.fetches) data.fetched = std::move(data.rows);
    if (compiled.primary_key.empty()) return;
    const auto& rows = compiled.fetches ? data.fetched : data.rows;
    data.primary_key.reserve(compiled.primary_key.size());
    for (const auto& source : compiled.primary_key) {
        auto& value = data.primary_key.emplace_back();
        switch (source.from) {
        case Compiled::KeySource::From::unknown: break;
        case Compiled::KeySource::From::slot:
            if (source.index < bound.params.size()) value = to_value(bound.params[source.index]);
            break;
        case Compiled::KeySource::From::returned:
            if (rows && rows->row_count() > 0 && data.columns && source.index < data.columns->size())
                value = to_value(rows->field(0, source.index), data.type(source.index));
            break;
        case Compiled::KeySource::From::last_insert_id:
            if (data.last_insert_id != 0) value = data.last_insert_id;
            break;
        }
    }
    // What SQLite tells of a table whose key is something else is the number of the row, and no key.
    const bool is_number = data.primary_key.size() == 1 && std::holds_alternative<std::int64_t>(data.primary_key.front().variant());
    if (!is_number) data.last_insert_id = 0;
}

} // namespace

void DmlExecution::find_keys() {
    if (statement->kind != sql::NodeKind::insert) return;
    const auto& slots = found.compiled->slots;
    for (const auto* column : static_cast<const sql::DmlNode&>(*statement).table_data().primary_key()) {
        const auto slot = std::ranges::find_if(slots, [column](const BindSlot& one) { return one.column && one.column->column == column; });
        auto& place = key_slots.emplace_back();
        if (slot != slots.end()) place = static_cast<std::size_t>(slot - slots.begin());
    }
}

void DmlExecution::keep_key(std::span<const Param> params) {
    for (const auto& slot : key_slots)
        if (slot) keys.push_back(to_value(params[*slot]));
}

ResultData result_of(driver::Result result, const Lookup& found, sql::NodePtr statement, std::shared_ptr<DmlExecution> dml) {
    ResultData data(std::move(result), found.compiled);
    data.statement = std::move(statement);
    if (dml) note_fetched(data, *found.compiled, dml->bound);
    data.dml = std::move(dml);
    return data;
}

Row inserted_primary_key(const ResultData& data) {
    const auto& dml = insert_of(data);
    if (dml.many) throw_not("this INSERT was executed with many rows: see inserted_primary_key_rows()");
    const auto& insert = static_cast<const sql::DmlNode&>(*dml.statement);
    if (insert.from_select || !insert.more_rows.empty()) throw_not("this INSERT may have made many rows: their keys are not known");
    const auto key = insert.table_data().primary_key();
    auto values = data.primary_key;
    values.resize(key.size());
    return row_of(std::move(values), infos(key), nullptr);
}

std::vector<Row> inserted_primary_key_rows(const ResultData& data) {
    const auto& dml = insert_of(data);
    if (!dml.many) return std::vector<Row>(1, inserted_primary_key(data));
    const auto key = static_cast<const sql::DmlNode&>(*dml.statement).table_data().primary_key();
    std::vector<Row> rows;
    if (key.empty() || dml.rows == 0) return rows;
    const bool is_fetched = data.fetched && data.fetched->row_count() == dml.rows;
    std::vector<Value> values;
    values.reserve(dml.rows * key.size());
    auto known = dml.keys.begin();
    for (std::size_t row = 0; row < dml.rows; ++row)
        for (std::size_t i = 0; i < key.size(); ++i) {
            const bool is_known = i < dml.key_slots.size() && dml.key_slots[i];
            Value value = is_known ? *known++ : Value{};
            const auto place = std::ranges::find(data.compiled->columns, key[i]->name, &ResultColumn::name);
            if (is_fetched && place != data.compiled->columns.end()) {
                const auto column = static_cast<std::size_t>(place - data.compiled->columns.begin());
                value = to_value(data.fetched->field(row, column), key[i]->type);
            }
            values.push_back(std::move(value));
        }
    ResultData all;
    all.rows = std::make_shared<const ValueRows>(std::move(values), key.size());
    all.columns = infos(key);
    const auto shared = std::make_shared<const ResultData>(std::move(all));
    for (std::size_t row = 0; row < dml.rows; ++row) rows.emplace_back(shared, row);
    return rows;
}

std::vector<Row> returned_defaults_rows(const ResultData& data) {
    const auto& statement = changed(data);
    std::vector<Row> rows;
    if (statement.return_defaults == nullptr)
        throw_not("the statement was not asked for defaults: return_defaults() does that");
    if (!data.fetched) return rows;
    auto reading = std::make_shared<sql::DmlNode>(statement);
    for (const auto& fetched : data.compiled->columns)
        if (const auto* column = statement.table_data().find(fetched.name))
            reading->add(&sql::DmlNode::returning, 'r', detail::make_column_node(statement.table, *column));
    ResultData returned;
    returned.rows = data.fetched;
    returned.columns = data.columns;
    returned.compiled = data.compiled;
    returned.statement = std::move(reading);
    const auto shared = std::make_shared<const ResultData>(std::move(returned));
    for (std::size_t row = 0; row < data.fetched->row_count(); ++row) rows.emplace_back(shared, row);
    return rows;
}

std::optional<Row> returned_defaults(const ResultData& data) {
    if (data.dml && data.dml->many) throw_not("the statement was executed with many rows");
    auto rows = returned_defaults_rows(data);
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
}

std::vector<std::string> prefetch_cols(const ResultData& data) {
    const auto& dml = changed(data);
    const bool of_update = dml.kind == sql::NodeKind::update;
    std::vector<std::string> names;
    for (const auto& column : dml.table_data().columns) {
        const auto& maker = of_update ? column.on_update : column.default_;
        if (maker && assignment_to(dml, column) == nullptr) names.push_back(column.name);
    }
    return names;
}

std::vector<std::string> postfetch_cols(const ResultData& data) {
    const auto& dml = changed(data);
    const bool of_update = dml.kind == sql::NodeKind::update;
    std::vector<std::string> names;
    for (const auto& column : dml.table_data().columns) {
        if (!of_update && column.primary_key) continue; // inserted_primary_key() says it
        const auto* given = assignment_to(dml, column);
        const bool as_sql = given != nullptr && given->value && given->value->kind != sql::NodeKind::bind;
        const bool unsaid = given == nullptr && is_made_by_server(column, of_update);
        const bool returned =
            data.fetched && std::ranges::any_of(data.compiled->columns, [&](const auto& fetched) { return fetched.name == column.name; });
        if ((as_sql || unsaid) && !returned) names.push_back(column.name);
    }
    return names;
}

std::vector<std::pair<std::string, Value>> last_params(const ResultData& data, sql::NodeKind kind) {
    const auto& dml = changed(data);
    if (dml.kind != kind)
        throw_not(kind == sql::NodeKind::insert ? "the statement was no INSERT" : "the statement was no UPDATE");
    if (data.dml->many) throw_not("the statement was executed with many rows: they are not kept");
    std::vector<std::pair<std::string, Value>> params;
    for (const auto& column : dml.table_data().columns)
        if (auto value = sent_value(*data.dml, column)) params.emplace_back(column.name, std::move(*value));
    return params;
}

bool is_insert(const ResultData& data) noexcept {
    return data.dml && data.dml->statement->kind == sql::NodeKind::insert;
}

} // namespace azoth::engine
