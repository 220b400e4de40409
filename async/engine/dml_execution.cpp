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

const sql::DmlNode* as_insert(const sql::Node& statement) noexcept {
    return statement.kind == sql::NodeKind::insert ? static_cast<const sql::DmlNode*>(&statement) : nullptr;
}

/// INSERT … VALUES of one row without RETURNING of the user's.
bool takes_one_row(const sql::DmlNode& insert) noexcept {
    return insert.returning.empty() && insert.more_rows.empty() && insert.from_select == nullptr;
}

const sql::AssignmentPair* assignment_to(const sql::DmlNode& dml, const schema::ColumnData& column) noexcept {
    const auto found = std::ranges::find_if(dml.assignments, [&](const sql::AssignmentPair& pair) {
        return pair.column->column == &column && (!pair.target || pair.target->kind == sql::NodeKind::column);
    });
    return found == dml.assignments.end() ? nullptr : &*found;
}

/// The value is sent with the statement, so the program knows it.
bool is_known(const sql::DmlNode& insert, const schema::ColumnData& column) noexcept {
    if (const auto* given = assignment_to(insert, column))
        return !given->value || given->value->kind == sql::NodeKind::bind;
    return static_cast<bool>(column.default_);
}

bool is_made_by_server(const schema::ColumnData& column, bool of_update) noexcept {
    if (column.computed) return true;
    if (of_update) return column.on_update_expression != nullptr;
    return column.server_default || column.identity || column.default_expression || column.sequence;
}

/// What has to be fetched, in the order of the columns.
std::vector<const schema::ColumnData*> to_fetch(const sql::DmlNode& dml, const Dialect& dialect) {
    std::vector<const schema::ColumnData*> columns;
    const bool of_update = dml.kind == sql::NodeKind::update;
    const auto& features = dialect.features();
    if (of_update ? !features.update_returning : !features.insert_returning) return columns;
    const auto& table = dml.table_data();
    const auto* wanted = dml.return_defaults.get();
    const auto is_wanted = [&](const schema::ColumnData& column) {
        if (wanted == nullptr) return false;
        if (!wanted->empty()) return std::ranges::find(*wanted, column.name) != wanted->end();
        return is_made_by_server(column, of_update) && assignment_to(dml, column) == nullptr;
    };
    // With RETURNING there is no last generated key to be asked for.
    const bool returns = std::ranges::any_of(table.columns, is_wanted);
    const bool by_last_id = features.last_insert_id && !returns && table.autoincrement_column() != nullptr;
    for (const auto& column : table.columns) {
        const bool key = !of_update && column.primary_key && !by_last_id && !is_known(dml, column);
        if (key || is_wanted(column)) columns.push_back(&column);
    }
    return columns;
}

const sql::DmlNode* may_fetch(const sql::Node& statement) noexcept {
    if (const auto* insert = as_insert(statement)) return takes_one_row(*insert) ? insert : nullptr;
    if (statement.kind != sql::NodeKind::update) return nullptr;
    const auto& update = static_cast<const sql::DmlNode&>(statement);
    const bool asked_for = update.return_defaults != nullptr && update.returning.empty() && sql::table_data(*update.table) != nullptr;
    return asked_for ? &update : nullptr;
}

/// Values as a row of a result.
class ValueRow final : public RowBuffer {
public:
    explicit ValueRow(std::vector<Value> values) : RowBuffer(1, values.size()), values_(std::move(values)) {
        for (const auto& value : values_) fields_.push_back(field_of(value));
    }
    [[nodiscard]] Field field(std::size_t, std::size_t column) const noexcept override { return fields_[column]; }

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
    data.rows = std::make_shared<const ValueRow>(std::move(values));
    data.columns = std::move(columns);
    data.statement = std::move(statement);
    return Row{std::make_shared<const ResultData>(std::move(data)), 0};
}

[[noreturn]] void throw_not(const std::string& what) { throw InvalidRequestError(what); }

const DmlExecution& insert_of(const ResultData& data) {
    if (!data.dml || data.dml->statement->kind != sql::NodeKind::insert)
        throw_not("the statement was no INSERT: it has made no primary key");
    if (!static_cast<const sql::DmlNode&>(*data.dml->statement).returning.empty() && !data.dml->returned)
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

/// What RETURNING has told of a column.
std::optional<Value> returned_value(const DmlExecution& dml, const schema::ColumnData& column) {
    if (!dml.returned || dml.returned->row_count() == 0) return std::nullopt;
    const auto& returning = static_cast<const sql::DmlNode&>(*dml.statement).returning;
    for (std::size_t i = 0; i < returning.size() && i < dml.returned->column_count(); ++i)
        if (static_cast<const sql::ColumnNode&>(*returning[i]).column == &column)
            return to_value(dml.returned->field(0, i), column.type);
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

} // namespace

ResultData result_of(driver::Result result, const Lookup& found, sql::NodePtr statement, std::shared_ptr<DmlExecution> dml) {
    if (dml && static_cast<const sql::DmlNode&>(*statement).returning.empty() && result.rows) {
        dml->returned = std::move(result.rows);
        result.rows = nullptr;
        result.columns = nullptr;
    }
    ResultData data(std::move(result), found.compiled);
    data.statement = std::move(statement);
    data.dml = std::move(dml);
    return data;
}

bool fetches_keys(const sql::Node& statement, const Dialect& dialect) {
    const auto* dml = may_fetch(statement);
    return dml != nullptr && !to_fetch(*dml, dialect).empty();
}

sql::NodePtr fetching_keys(const sql::Node& statement, const Dialect& dialect) {
    const auto& dml = static_cast<const sql::DmlNode&>(statement);
    auto fetching = std::make_shared<sql::DmlNode>(dml);
    for (const auto* column : to_fetch(dml, dialect))
        fetching->add(&sql::DmlNode::returning, 'r', detail::make_column_node(dml.table, *column));
    return fetching;
}

Row inserted_primary_key(const ResultData& data) {
    const auto& dml = insert_of(data);
    if (dml.many) throw_not("this INSERT was executed with many rows: see inserted_primary_key_rows()");
    const auto& insert = static_cast<const sql::DmlNode&>(*dml.statement);
    if (insert.from_select || !insert.more_rows.empty()) throw_not("this INSERT may have made many rows: their keys are not known");
    const auto& table = insert.table_data();
    const auto key = table.primary_key();
    const auto* generated = table.autoincrement_column();
    std::vector<Value> values;
    for (const auto* column : key) {
        auto value = returned_value(dml, *column);
        if (!value) value = sent_value(dml, *column);
        const bool left_out = !value || value->is_null(); // SQLite and MySQL make a key in place of NULL, too
        if (left_out && column == generated && data.last_insert_id != 0)
            value = TypeTraits<std::int64_t>::value(data.last_insert_id);
        values.push_back(value.value_or(Value{}));
    }
    return row_of(std::move(values), infos(key), nullptr);
}

std::vector<Row> inserted_primary_key_rows(const ResultData& data) {
    const auto& dml = insert_of(data);
    if (dml.many)
        throw_not("the keys of an INSERT of many rows are not kept: ask for them with returning(), which gives them in the order of the rows");
    return std::vector<Row>(1, inserted_primary_key(data));
}

std::vector<Row> returned_defaults_rows(const ResultData& data) {
    const auto& statement = changed(data);
    std::vector<Row> rows;
    const auto& dml = *data.dml;
    if (statement.return_defaults == nullptr)
        throw_not("the statement was not asked for defaults: return_defaults() does that");
    if (!dml.returned) return rows;
    std::vector<const schema::ColumnData*> columns;
    for (const auto& node : statement.returning) columns.push_back(static_cast<const sql::ColumnNode&>(*node).column);
    ResultData returned;
    returned.rows = dml.returned;
    returned.columns = infos(columns);
    returned.statement = dml.statement;
    const auto shared = std::make_shared<const ResultData>(std::move(returned));
    for (std::size_t row = 0; row < dml.returned->row_count(); ++row) rows.emplace_back(shared, row);
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
        const bool returned = data.dml->returned && std::ranges::any_of(dml.returning, [&](const sql::NodePtr& node) {
            return node->kind == sql::NodeKind::column && static_cast<const sql::ColumnNode&>(*node).column == &column;
        });
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
