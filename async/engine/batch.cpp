// SPDX-License-Identifier: MIT
// Many rows of parameters: put into the order of the placeholders, sent in pieces, their answers put
// together.
#include <azoth/engine/batch.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <azoth/error.hpp>
#include <azoth/sql/from.hpp>

#include "engine/dml_execution.hpp"
#include "engine/execute.hpp"
#include "engine/many_values.hpp"

namespace azoth::engine {

namespace {

/// Parameters in one call of the driver, about: enough that the round trip does not count, not enough to fill
/// memory.
constexpr std::size_t piece_size = 32'768;

/// Rows of several buffers, in an order of their own.
class JoinedRows final : public RowBuffer {
public:
    JoinedRows(std::vector<std::shared_ptr<const RowBuffer>> buffers, std::vector<RowPlace> places, std::size_t columns)
        : RowBuffer(0, columns),
          buffers_(std::move(buffers)),
          places_(std::move(places)) {
        rows_ = places_.size();
    }
    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        return places_[row].first->field(places_[row].second, column);
    }

private:
    std::vector<std::shared_ptr<const RowBuffer>> buffers_;
    std::vector<RowPlace> places_;
};

/// What takes its value from the row, by position: columns, then named parameters that have no value yet.
struct RowNames {
    std::vector<std::string> names;
    std::vector<std::size_t> cells; ///< for each slot: its cell; `none` for others

    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    RowNames(const Compiled& compiled, const sql::BindList& binds) : cells(compiled.slots.size(), none) {
        for (std::size_t i = 0; i < compiled.slots.size(); ++i) {
            const auto& slot = compiled.slots[i];
            if (slot.source != BindSlot::Source::row) continue;
            if (names.size() <= slot.index) names.resize(slot.index + 1);
            names[slot.index] = slot.column ? slot.column->handle_or_name() : "?";
            cells[i] = slot.index;
        }
        const auto columns = names.size();
        for (std::size_t i = 0; i < compiled.slots.size(); ++i) {
            const auto& slot = compiled.slots[i];
            if (slot.source != BindSlot::Source::statement || slot.document_path) continue;
            const auto& node = *binds.nodes[slot.index];
            if (node.kind != sql::NodeKind::bind) continue;
            const auto& bind = static_cast<const sql::BindNode&>(node);
            if (!bind.required) continue;
            const auto known = std::find(names.begin() + static_cast<std::ptrdiff_t>(columns), names.end(), bind.name);
            cells[i] = static_cast<std::size_t>(known - names.begin());
            if (known == names.end()) names.push_back(bind.name);
        }
    }
};

[[noreturn]] void throw_wrong_width(const std::vector<std::string>& names, std::size_t width) {
    std::string message = "this statement takes " + std::to_string(names.size()) + " values a row (";
    for (std::size_t i = 0; i < names.size(); ++i) message += (i > 0 ? ", " : "") + names[i];
    throw ArgumentError(message + "), but a row has " + std::to_string(width));
}

} // namespace

struct BatchRun::State {
    State(Lease given_lease, sql::NodePtr node, ExecutionOptions given_options)
        : lease(std::move(given_lease)),
          operation(lease),
          options(std::move(given_options)),
          statement(announced(operation.slot(), std::move(node))),
          found(lookup(operation.slot(), statement, options.schema_map())),
          row_names(*found.compiled, *found.binds),
          names(row_names.names) {
        const Compiled& compiled = *found.compiled;
        if (names.empty())
            throw ArgumentError(
                "this statement takes no parameter rows; name the columns that they are for, as in "
                "insert(table).columns(table.a, table.b), or use bindparam()"
            );
        if (compiled.expanding)
            throw InvalidRequestError("a statement with an IN list cannot take parameter rows");
        as_given = compiled.slots.size() == names.size();
        for (std::size_t i = 0; i < compiled.slots.size() && as_given; ++i)
            as_given = row_names.cells[i] == i && !wire::converts_params(compiled.slots[i].type);
        cells.resize(names.size());
        if (!is_dml(*statement)) return;
        dml = std::make_shared<DmlExecution>();
        dml->statement = statement;
        dml->found = found;
        dml->many = true;
        if (!compiled.returns_rows) dml->find_keys(); // else the key is among the rows
    }

    static sql::NodePtr announced(Slot& slot, sql::NodePtr node) {
        slot.core->events.before_execute.emit(node);
        return node;
    }

    Lease lease;
    Operation operation;
    ExecutionOptions options;
    sql::NodePtr statement;
    Lookup found;
    RowNames row_names;
    std::vector<std::string>& names;
    Param* named = nullptr; ///< where the values of a row by name go
    std::vector<bool> given;
    bool as_given = false; ///< the placeholders are the row's values, in that order
    std::vector<Param> cells;
    std::vector<Param> params;
    std::deque<Value> kept; // a deque: values stay where they are
    std::size_t rows = 0;
    std::size_t row_count = 0; ///< of all pieces
    std::size_t made = 0;      ///< defaults of the row that come before this slot are made
    std::int64_t affected = 0;
    std::vector<std::shared_ptr<const RowBuffer>> answers;
    std::vector<RowPlace> places; ///< their rows, in the order of the parameter rows

    std::shared_ptr<DmlExecution> dml; ///< null for what changes nothing

    /// Of the row that is complete now.
    void note_key() {
        if (dml && !dml->key_slots.empty()) dml->keep_key(std::span{params}.last(found.compiled->slots.size()));
    }

    [[nodiscard]] std::size_t page_size() const {
        const auto& core = *operation.slot().core;
        const auto said = options.over(operation.slot().options).insertmanyvalues_page_size();
        return said.value_or(core.options.insertmanyvalues_page_size);
    }
};

BatchRun::BatchRun(Lease lease, sql::NodePtr statement, ExecutionOptions options)
    : state_(std::make_unique<State>(std::move(lease), std::move(statement), std::move(options))) {}

BatchRun::~BatchRun() = default;

bool BatchRun::full() const noexcept {
    return state_->params.size() >= piece_size || state_->rows >= piece_size;
}

bool BatchRun::empty() const noexcept {
    return state_->rows == 0;
}

Param* BatchRun::begin_row(std::size_t width) {
    State& state = *state_;
    if (width != state.names.size()) throw_wrong_width(state.names, width);
    if (!state.as_given) return state.cells.data();
    state.params.resize(state.params.size() + width);
    return state.params.data() + (state.params.size() - width);
}

Param BatchRun::keep(Value value) {
    return state_->kept.emplace_back(std::move(value)).param();
}

void BatchRun::begin_named_row() {
    State& state = *state_;
    state.named = begin_row(state.names.size());
    state.given.assign(state.names.size(), false);
}

Param& BatchRun::cell(std::string_view name) {
    State& state = *state_;
    const auto found = std::ranges::find(state.names, name);
    if (found == state.names.end()) {
        std::string message = "a row has a value '" + std::string{name} + "', but this statement takes";
        for (const auto& known : state.names) message += " '" + known + "'";
        throw ArgumentError(message);
    }
    const auto position = static_cast<std::size_t>(found - state.names.begin());
    state.given[position] = true;
    return state.named[position];
}

void BatchRun::finish_named_row() {
    State& state = *state_;
    for (std::size_t i = 0; i < state.given.size(); ++i)
        if (!state.given[i])
            throw ArgumentError(
                "row " + std::to_string(state.row_count + 1) + " has no value for '" + state.names[i]
                + "', which the first row has or the statement asks for");
    finish_row();
}

void BatchRun::finish_row() {
    State& state = *state_;
    ++state.rows;
    ++state.row_count;
    if (state.as_given) {
        state.note_key();
        return;
    }
    const auto& compiled = *state.found.compiled;
    const auto begin = state.params.size();
    state.params.resize(begin + compiled.slots.size());
    Param seen;
    const std::function<const Param*(std::size_t)> known = [&](std::size_t at) -> const Param* {
        const auto& slot = compiled.slots[at];
        if (state.row_names.cells[at] != RowNames::none) seen = state.cells[state.row_names.cells[at]];
        else if (slot.source == BindSlot::Source::default_ && at >= state.made) return nullptr;
        else seen = state.params[begin + at];
        return &seen;
    };
    // Defaults last: they may look at the row.
    for (std::size_t i = 0; i < compiled.slots.size(); ++i) {
        const auto& slot = compiled.slots[i];
        auto& param = state.params[begin + i];
        if (state.row_names.cells[i] != RowNames::none) param = state.cells[state.row_names.cells[i]];
        else if (slot.source == BindSlot::Source::statement)
            param = static_cast<const sql::BindNode&>(*state.found.binds->nodes[slot.index]).value.param();
        else if (slot.source == BindSlot::Source::constant) param = slot.value.param();
    }
    for (std::size_t i = 0; i < compiled.slots.size(); ++i) {
        if (compiled.slots[i].source != BindSlot::Source::default_) continue;
        state.made = i;
        state.params[begin + i] = keep(compiled.make_default(i, known));
    }
    state.note_key();
    for (std::size_t i = 0; i < compiled.slots.size(); ++i) {
        const auto& slot = compiled.slots[i];
        if (slot.source != BindSlot::Source::constant && wire::converts_params(slot.type))
            state.params[begin + i] = keep(wire::convert_param(to_value(state.params[begin + i]), slot.type));
    }
}

asio::awaitable<void> BatchRun::send() {
    State& state = *state_;
    if (state.rows == 0) co_return;
    const auto& compiled = state.found.compiled;
    const auto& settings = state.operation.slot().core->options;
    if (compiled->many_values && settings.use_insertmanyvalues && state.rows > 1) {
        auto rows = co_await send_many_values(
            state.operation.slot(),
            compiled,
            state.params,
            state.rows,
            state.page_size(),
            state.found.cached,
            state.options
        );
        state.affected += rows.affected;
        state.places.insert(state.places.end(), rows.places.begin(), rows.places.end());
        std::ranges::move(rows.buffers, std::back_inserter(state.answers));
    } else {
        const auto wants = compiled->returns_rows || compiled->fetches ? driver::BatchWants::rows : driver::BatchWants::nothing;
        auto result = co_await send_batch(
            state.operation.slot(), compiled, state.params, state.rows, wants, state.found.cached, state.options);
        state.affected += result.affected;
        for (const auto& buffer : result.rows)
            for (std::size_t row = 0; buffer && row < buffer->row_count(); ++row)
                state.places.emplace_back(buffer.get(), row);
        std::ranges::move(result.rows, std::back_inserter(state.answers));
    }
    state.params.clear();
    state.kept.clear();
    state.rows = 0;
}

ResultData BatchRun::finish() {
    auto data = take_rows();
    state_->operation.slot().core->events.after_execute.emit(state_->statement, data);
    return data;
}

ResultData BatchRun::take_rows() {
    State& state = *state_;
    ResultData data;
    data.compiled = state.found.compiled;
    data.affected = state.affected;
    data.statement = state.statement;
    if (state.dml) {
        state.dml->rows = state.row_count;
        data.dml = state.dml;
    }
    if (!data.compiled->returns_rows && !data.compiled->fetches) return data;
    auto columns = std::make_shared<std::vector<driver::ColumnInfo>>();
    for (const auto& column : data.compiled->columns) columns->emplace_back(column.name, column.type);
    data.rows = std::make_shared<JoinedRows>(std::move(state.answers), std::move(state.places), columns->size());
    data.columns = std::move(columns);
    if (data.compiled->fetches) data.fetched = std::move(data.rows);
    return data;
}

sql::NodePtr with_row_columns(const sql::NodePtr& statement, const std::vector<std::string>& names) {
    if (statement->kind != sql::NodeKind::insert && statement->kind != sql::NodeKind::update) return statement;
    const auto& dml = static_cast<const sql::DmlNode&>(*statement);
    std::vector<std::string> parameters;
    for (const auto* node : sql::collect_binds(dml).nodes)
        if (node->kind == sql::NodeKind::bind) parameters.push_back(static_cast<const sql::BindNode&>(*node).name);
    auto changed = std::make_shared<sql::DmlNode>(dml);
    for (const auto& name : names) {
        const bool assigned = std::ranges::any_of(
            dml.assignments, [&](const auto& pair) { return pair.column->handle_or_name() == name; });
        if (!assigned && std::ranges::find(parameters, name) == parameters.end())
            changed->assign({sql::column_of(dml.table, name), nullptr});
    }
    return changed;
}

} // namespace azoth::engine
