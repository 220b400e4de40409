// SPDX-License-Identifier: MIT
// Pages of rows: the text of each, and putting what comes back into the order of the rows.
#include "engine/many_values.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/types/details.hpp>

#include "engine/execute.hpp"
#include "engine/failure.hpp"
#include "engine/watch.hpp"

namespace azoth::engine {

namespace {

std::string page_text(const Compiled& compiled, std::size_t rows) {
    const auto& many = *compiled.many_values;
    std::string text = many.before;
    std::size_t number = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        if (row > 0) text += ", ";
        for (std::size_t i = 0; i < many.pieces.size(); ++i) {
            text += many.pieces[i];
            if (i + 1 == many.pieces.size()) break;
            if (compiled.style == ParameterStyle::dollar) text += "$" + std::to_string(++number);
            else text += '?';
        }
        if (many.order != ManyValues::Order::counted) continue;
        text.pop_back(); // the closing parenthesis
        text += ", " + std::to_string(row) + ")";
    }
    return text + many.after;
}

using Key = std::vector<std::string>;

Key key_of(const RowBuffer& rows, std::size_t row, const ManyValues& many, const Compiled& compiled) {
    Key key;
    for (std::size_t i = 0; i < many.sentinels.size(); ++i) {
        auto type = compiled.slots[many.sentinel_slots[i]].type;
        if (details_of(type).conversion) // what was sent is to come back
            change_details(type, [](TypeDetails& details) { details.conversion.reset(); });
        key.push_back(to_string(to_value(rows.field(row, many.sentinels[i]), type).param(), std::string::npos));
    }
    return key;
}

/// Adds the rows of one page in the order of its parameter rows.
void add_in_order(
    ManyRows& all, const RowBuffer& rows, const Compiled& compiled, std::span<const Param> params, std::size_t count) {
    const auto& many = *compiled.many_values;
    std::vector<std::pair<std::size_t, std::size_t>> order; // place, row
    const auto found = rows.row_count();
    if (many.order != ManyValues::Order::any && found != count)
        throw InvalidRequestError(
            "an INSERT of " + std::to_string(count) + " rows returned " + std::to_string(found)
            + ", which cannot be matched with them; use sort_by_parameter_order(false)");
    if (many.order == ManyValues::Order::by_key) {
        const auto width = compiled.slots.size();
        std::map<Key, std::size_t> places;
        for (std::size_t row = 0; row < count; ++row) {
            Key key;
            for (const auto slot : many.sentinel_slots)
                key.push_back(to_string(to_value(params[row * width + slot]).param(), std::string::npos));
            places.emplace(std::move(key), row);
        }
        for (std::size_t row = 0; row < found; ++row) {
            const auto place = places.find(key_of(rows, row, many, compiled));
            if (place == places.end())
                throw InvalidRequestError(
                    "an INSERT of many rows returned one whose sentinel value, '" + key_of(rows, row, many, compiled).front()
                    + "', is none of theirs: the type that it is sent as and the one that comes back may differ; use one "
                      "execution for each row, or sort_by_parameter_order(false)");
            order.emplace_back(place->second, row);
        }
    } else {
        for (std::size_t row = 0; row < found; ++row) {
            const auto key = many.order == ManyValues::Order::any
                ? static_cast<std::int64_t>(row)
                : wire::decode_integer(rows.field(row, many.sentinels.front()));
            order.emplace_back(static_cast<std::size_t>(key), row);
        }
    }
    std::ranges::sort(order);
    for (const auto& [place, row] : order) all.places.emplace_back(&rows, row);
}

std::size_t rows_of_page(const Slot& slot, const Compiled& compiled, std::size_t page_size) {
    const auto most = slot.core->dialect()->features().max_parameters / std::max<std::size_t>(compiled.slots.size(), 1);
    return std::max<std::size_t>(1, std::min(page_size == 0 ? most : page_size, most));
}

/// One row of a buffer.
class OneRow final : public RowBuffer {
public:
    OneRow(std::shared_ptr<const RowBuffer> rows, std::size_t row)
        : RowBuffer(1, rows->column_count()),
          all_(std::move(rows)),
          row_(row) {}
    [[nodiscard]] Field field(std::size_t, std::size_t column) const noexcept override { return all_->field(row_, column); }

private:
    std::shared_ptr<const RowBuffer> all_;
    std::size_t row_;
};

} // namespace

asio::awaitable<ManyRows> send_many_values(
    Slot& slot,
    std::shared_ptr<const Compiled> compiled,
    std::span<const Param> params,
    std::size_t rows,
    std::size_t page_size,
    bool cached,
    ExecutionOptions options
) {
    if (slot.needs_attention()) co_await attend(slot);
    const auto width = compiled->slots.size();
    const auto page = rows_of_page(slot, *compiled, page_size);
    ManyRows all;
    std::string text;
    std::vector<Type> types;
    std::size_t text_rows = 0;
    for (std::size_t begin = 0; begin < rows; begin += page) {
        const auto count = std::min(page, rows - begin);
        if (count != text_rows) {
            text = page_text(*compiled, count);
            types.clear();
            for (std::size_t row = 0; row < count; ++row)
                for (const auto& one : compiled->slots) types.push_back(one.type);
            text_rows = count;
        }
        const auto values = params.subspan(begin * width, count * width);
        driver::Statement request{text, std::hash<std::string>{}(text)};
        request.params = values;
        request.param_types = types;
        request.returns_rows = true;
        request.prepare = count == page; // the rest is executed once
        if (!slot.on_server && !begin_with(slot, request)) co_await begin_on_server(slot);
        const auto watched = watch(slot, text, values, 1, cached, false, options);
        if (watched) watched->apply(request);
        driver::Result result;
        try {
            result = co_await slot.driver->execute(request);
        } catch (...) {
            if (watched) watched->failed();
            rethrow_failure(slot, text, values);
        }
        note_success(slot);
        if (watched) watched->succeeded(result);
        all.affected += result.affected;
        if (!result.rows) continue;
        add_in_order(all, *result.rows, *compiled, values, count);
        all.buffers.push_back(std::move(result.rows));
    }
    co_return all;
}

asio::awaitable<driver::BatchResult>
send_in_pages(Slot& slot, std::shared_ptr<const Compiled> compiled, std::span<const Param> params, std::size_t rows) {
    const auto page_size = slot.core->options.insertmanyvalues_page_size;
    const auto page = rows_of_page(slot, *compiled, page_size);
    const bool numbered = compiled->many_values && compiled->many_values->order == ManyValues::Order::counted;
    const auto paged = numbered && page > 1 ? rows / page * page : 0;
    if (paged == 0) co_return co_await send_batch(slot, std::move(compiled), params, rows, driver::BatchWants::rows, true, ExecutionOptions());
    const auto sent = params.size() / rows * paged;
    const auto many = co_await send_many_values(slot, compiled, params.first(sent), paged, page_size, true, ExecutionOptions());
    driver::BatchResult rest;
    if (paged < rows)
        rest = co_await send_batch(slot, std::move(compiled), params.subspan(sent), rows - paged, driver::BatchWants::rows, true, ExecutionOptions());
    driver::BatchResult result;
    result.affected = many.affected + rest.affected;
    result.rows.reserve(rows);
    auto buffer = many.buffers.begin();
    for (const auto& [in, row] : many.places) {
        while (buffer->get() != in) ++buffer;
        result.rows.push_back(std::make_shared<OneRow>(*buffer, row));
    }
    std::ranges::move(rest.rows, std::back_inserter(result.rows));
    co_return result;
}

} // namespace azoth::engine
