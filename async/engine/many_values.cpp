// SPDX-License-Identifier: MIT
// Pages of rows: the text of each, and putting what comes back into the order of the rows.
#include "engine/many_values.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

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
            if (many.order == ManyValues::Order::counted && i + 1 == many.pieces.size())
                text += ", " + std::to_string(row);
            text += many.pieces[i];
            if (i + 1 == many.pieces.size()) break;
            if (compiled.style == ParameterStyle::dollar) text += "$" + std::to_string(++number);
            else text += '?';
        }
    }
    return text + many.after;
}

using Key = std::vector<std::string>;

Key key_of(const RowBuffer& rows, std::size_t row, const ManyValues& many, const Compiled& compiled) {
    Key key;
    for (std::size_t i = 0; i < many.sentinels.size(); ++i) {
        const auto& type = compiled.slots[many.sentinel_slots[i]].type;
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
                    "an INSERT of many rows returned one whose key is none of theirs; use one execution for each row, or "
                    "sort_by_parameter_order(false)");
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
    const auto most = slot.core->dialect()->features().max_parameters / std::max<std::size_t>(width, 1);
    const auto page = std::max<std::size_t>(1, std::min(page_size == 0 ? most : page_size, most));
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

} // namespace azoth::engine
