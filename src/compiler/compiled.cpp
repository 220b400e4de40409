// SPDX-License-Identifier: MIT
// Putting a statement's values into the order of its placeholders, and expanding IN lists.
#include <azoth/compiler/compiled.hpp>

#include <functional>

#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>

#include "compiler/document_path.hpp"

namespace azoth {

namespace {

[[noreturn]] void throw_no_value(const std::string& name) {
    throw InvalidRequestError("the parameter '" + name + "' has no value; give it one with params()");
}

const std::vector<Value>& list_values(const sql::BindList& binds, std::size_t index) {
    const auto& node = *binds.nodes[index];
    if (node.kind != sql::NodeKind::in_list) throw InvalidRequestError("a list is needed for an IN, not a single value");
    const auto& list = static_cast<const sql::InListNode&>(node);
    if (list.required) throw_no_value(list.name);
    return list.values;
}

const Value& single_value(const sql::BindList& binds, std::size_t index) {
    const auto& node = *binds.nodes[index];
    if (node.kind != sql::NodeKind::bind) throw InvalidRequestError("a single value is needed, not a list");
    const auto& bind = static_cast<const sql::BindNode&>(node);
    if (bind.required) throw_no_value(bind.name);
    return bind.value;
}

/// What takes the place of a parameter that the database does not take there.
void write_value(std::string& text, const Param& value) {
    switch (value.kind) {
    case ParamKind::integer: text += std::to_string(value.integer); return;
    case ParamKind::unsigned_integer: text += std::to_string(value.unsigned_integer); return;
    case ParamKind::decimal: text += value.decimal->to_string(); return;
    case ParamKind::text:
        text += '\'';
        for (const char c : value.view()) {
            if (c == '\0') throw CompileError("a literal must not contain a NUL character");
            text += c;
            if (c == '\'') text += c;
        }
        text += '\'';
        return;
    default: throw CompileError("a number or text is needed here: the database takes no parameter");
    }
}

} // namespace

std::size_t Compiled::scratch_size(const sql::BindList& binds) const {
    std::size_t size = 0;
    for (const auto& slot : slots) {
        size += 2; // a value made here, and what a decorated type makes of it
        if (slot.source == BindSlot::Source::expanding && wire::converts_params(slot.type))
            size += list_values(binds, slot.index).size();
    }
    return size;
}

Value Compiled::make_default(std::size_t position, const std::function<const Param*(std::size_t)>& known) const {
    const auto& slot = slots[position];
    const auto& column = *slot.column->column;
    const auto& maker = slot.of_update ? column.on_update : column.default_;
    if (!maker.reads_row()) return maker();
    schema::DefaultContext::Parameters row;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        const auto& other = slots[i];
        if (i == position || !other.column || other.values_row != slot.values_row) continue;
        if (const auto* value = known(i)) row.emplace_back(other.column->handle_or_name(), to_value(*value));
    }
    return maker(row);
}

void Compiled::bind(const sql::BindList& binds, Bound& bound) const {
    if (takes_rows)
        throw InvalidRequestError("this INSERT takes its values from parameter rows: execute(statement, rows)");
    bound.params.clear();
    bound.scratch.clear();
    bound.scratch.reserve(scratch_size(binds)); // params view them: they must not move
    bound.params.reserve(slots.size());
    const auto converted = [&](const Value& value, const Type& type) -> Param {
        if (!wire::converts_params(type)) return value.param();
        bound.scratch.push_back(wire::convert_param(value, type));
        return bound.scratch.back().param();
    };

    Param seen;
    const std::function<const Param*(std::size_t)> known = [&](std::size_t at) -> const Param* {
        const auto& slot = slots[at];
        if (slot.source == BindSlot::Source::statement) seen = single_value(binds, slot.index).param();
        else if (slot.source == BindSlot::Source::default_ && !expanding && at < bound.params.size()) seen = bound.params[at];
        else return nullptr;
        return &seen;
    };
    const auto single = [&](const BindSlot& slot) -> Param {
        switch (slot.source) {
        case BindSlot::Source::statement: {
            const auto& value = single_value(binds, slot.index);
            if (!slot.document_path || value.is_null()) return converted(value, slot.type);
            bound.scratch.push_back(Value{document_path(value)});
            return bound.scratch.back().param();
        }
        case BindSlot::Source::constant: return slot.value.param();
        case BindSlot::Source::default_:
            bound.scratch.push_back(make_default(static_cast<std::size_t>(&slot - slots.data()), known));
            return converted(bound.scratch.back(), slot.type);
        case BindSlot::Source::expanding:
        case BindSlot::Source::written:
        case BindSlot::Source::output:
        case BindSlot::Source::row: break;
        }
        return {};
    };

    if (!expanding) {
        for (const auto& slot : slots) bound.params.push_back(single(slot));
        bound.sql = &sql;
        bound.sql_hash = sql_hash;
        return;
    }

    bound.expanded.clear();
    bound.types.clear();
    std::vector<std::size_t> first_number(slots.size(), 0); // $n of a slot that was written before
    const auto placeholders = [&](const BindSlot& slot, std::size_t number, std::size_t count) {
        bound.expanded += slot.list_word;
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0) bound.expanded += ", ";
            if (slot.parenthesized && i % slot.width == 0) bound.expanded += '(';
            bound.expanded += slot.item_before;
            if (style == ParameterStyle::dollar) bound.expanded += "$" + std::to_string(number + i);
            else bound.expanded += '?';
            bound.expanded += slot.item_after;
            if (slot.parenthesized && i % slot.width + 1 == slot.width) bound.expanded += ')';
        }
    };
    for (const auto& piece : pieces) {
        bound.expanded += piece.text;
        const auto& slot = slots[piece.slot];
        if (slot.source == BindSlot::Source::written) {
            const auto& value = single_value(binds, slot.index);
            if (slot.document_path) write_value(bound.expanded, Value{document_path(value)}.param());
            else write_value(bound.expanded, value.param());
            continue;
        }
        const bool is_list = slot.source == BindSlot::Source::expanding;
        const std::size_t count = is_list ? list_values(binds, slot.index).size() : 1;
        if (is_list && count == 0) {
            bound.expanded += slot.empty_list;
            continue;
        }
        auto& number = first_number[piece.slot];
        if (style == ParameterStyle::question_mark || number == 0) {
            number = bound.params.size() + 1;
            if (is_list)
                for (const auto& value : list_values(binds, slot.index)) bound.params.push_back(converted(value, slot.type));
            else bound.params.push_back(single(slot));
            bound.types.insert(bound.types.end(), count, slot.type);
        }
        placeholders(slot, number, count);
    }
    bound.expanded += sql;
    bound.sql = &bound.expanded;
    bound.sql_hash = std::hash<std::string>{}(bound.expanded);
}

} // namespace azoth
