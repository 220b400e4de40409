// SPDX-License-Identifier: MIT
// Many rows of parameters: put into the order of the placeholders, sent in pieces, their answers put
// together.
#include <azoth/engine/batch.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <azoth/error.hpp>

#include "engine/execute.hpp"

namespace azoth::engine {

namespace {

/// Parameters in one call of the driver, about: enough that the round trip does not count, not enough to fill
/// memory.
constexpr std::size_t piece_size = 32'768;

/// The rows of several buffers, one behind the other.
class JoinedRows final : public RowBuffer {
public:
    JoinedRows(std::vector<std::shared_ptr<const RowBuffer>> buffers, std::size_t columns)
        : RowBuffer(0, columns),
          buffers_(std::move(buffers)) {
        for (const auto& buffer : buffers_)
            for (std::size_t row = 0; buffer && row < buffer->row_count(); ++row)
                places_.emplace_back(buffer.get(), row);
        rows_ = places_.size();
    }
    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        return places_[row].first->field(places_[row].second, column);
    }

private:
    std::vector<std::shared_ptr<const RowBuffer>> buffers_;
    std::vector<std::pair<const RowBuffer*, std::size_t>> places_;
};

/// The columns that take their values from the row, by position.
std::vector<std::string> row_columns(const Compiled& compiled) {
    std::vector<std::string> names;
    for (const auto& slot : compiled.slots) {
        if (slot.source != BindSlot::Source::row) continue;
        if (names.size() <= slot.index) names.resize(slot.index + 1);
        names[slot.index] = slot.column ? slot.column->name : "?";
    }
    return names;
}

[[noreturn]] void throw_wrong_width(const std::vector<std::string>& names, std::size_t width) {
    std::string message = "this statement takes " + std::to_string(names.size()) + " values a row (";
    for (std::size_t i = 0; i < names.size(); ++i) message += (i > 0 ? ", " : "") + names[i];
    throw ArgumentError(message + "), but a row has " + std::to_string(width));
}

} // namespace

struct BatchRun::State {
    State(Lease given_lease, sql::NodePtr node)
        : lease(std::move(given_lease)),
          operation(lease),
          statement(std::move(node)),
          found(operation.slot().core->lookup(statement)),
          names(row_columns(*found.compiled)) {
        const Compiled& compiled = *found.compiled;
        if (!compiled.takes_rows)
            throw ArgumentError(
                "this statement takes no parameter rows; name the columns that they are for, as in "
                "insert(table).columns(table.a, table.b)"
            );
        if (compiled.expanding)
            throw InvalidRequestError("a statement with an IN list cannot take parameter rows");
        as_given = compiled.slots.size() == names.size();
        for (std::size_t i = 0; i < compiled.slots.size() && as_given; ++i)
            as_given = compiled.slots[i].source == BindSlot::Source::row && compiled.slots[i].index == i;
        cells.resize(names.size());
    }

    Lease lease;
    Operation operation;
    sql::NodePtr statement;
    Lookup found;
    std::vector<std::string> names;
    bool as_given = false; ///< the placeholders are the row's values, in that order
    std::vector<Param> cells;
    std::vector<Param> params;
    std::deque<Value> kept; // a deque: values stay where they are
    std::size_t rows = 0;
    std::int64_t affected = 0;
    std::vector<std::shared_ptr<const RowBuffer>> answers;
};

BatchRun::BatchRun(Lease lease, sql::NodePtr statement)
    : state_(std::make_unique<State>(std::move(lease), std::move(statement))) {}

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

void BatchRun::finish_row() {
    State& state = *state_;
    ++state.rows;
    if (state.as_given) return;
    for (const auto& slot : state.found.compiled->slots) {
        Param param;
        switch (slot.source) {
        case BindSlot::Source::row:
            param = state.cells[slot.index];
            break;
        case BindSlot::Source::statement:
            param = static_cast<const sql::BindNode&>(*state.found.binds->nodes[slot.index]).value.param();
            break;
        case BindSlot::Source::constant:
            param = slot.value.param();
            break;
        case BindSlot::Source::default_:
            param = keep(slot.made());
            break;
        case BindSlot::Source::expanding:
        case BindSlot::Source::written:
        case BindSlot::Source::output:
            break; // refused at the beginning, or of dialects without a driver
        }
        state.params.push_back(param);
    }
}

asio::awaitable<void> BatchRun::send() {
    State& state = *state_;
    if (state.rows == 0) co_return;
    const bool returns_rows = state.found.compiled->returns_rows;
    const auto wants = returns_rows ? driver::BatchWants::rows : driver::BatchWants::nothing;
    auto result = co_await send_batch(
        state.operation.slot(),
        state.found.compiled,
        state.params,
        state.rows,
        wants,
        state.found.cached
    );
    state.affected += result.affected;
    state.answers.insert(
        state.answers.end(),
        std::make_move_iterator(result.rows.begin()),
        std::make_move_iterator(result.rows.end())
    );
    state.params.clear();
    state.kept.clear();
    state.rows = 0;
}

ResultData BatchRun::finish() {
    State& state = *state_;
    ResultData data;
    data.compiled = state.found.compiled;
    data.affected = state.affected;
    if (!data.compiled->returns_rows) return data;
    auto columns = std::make_shared<std::vector<driver::ColumnInfo>>();
    for (const auto& column : data.compiled->columns) columns->emplace_back(column.name, column.type);
    data.rows = std::make_shared<JoinedRows>(std::move(state.answers), columns->size());
    data.columns = std::move(columns);
    return data;
}

} // namespace azoth::engine
