// SPDX-License-Identifier: MIT
// The base compiler's frame: placeholders, names that it invents, and putting the text together.
#include "compiler/compiler.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <azoth/compiler/literal.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

#include "compiler/ddl_compiler.hpp"
#include "compiler/document_path.hpp"
#include "dialect/base.hpp"

namespace azoth {

namespace {

/// Stands in the text where a placeholder will be, followed by its number in decimal and another mark. NUL cannot occur
/// in SQL: `raw()` and quoting refuse it.
constexpr char mark = '\0';

} // namespace

Compiler::Compiler(const Dialect& dialect, const sql::BindList& binds, ParameterStyle style)
    : dialect_(dialect), binds_(binds), literal_binds_(binds.literal) {
    compiled_.style = style;
    for (std::size_t i = 0; i < binds.nodes.size(); ++i) {
        const auto* node = binds.nodes[i];
        const auto& name = node->kind == sql::NodeKind::bind ? static_cast<const sql::BindNode&>(*node).name
                                                             : static_cast<const sql::InListNode&>(*node).name;
        const bool shared =
            !name.empty() && !(node->kind == sql::NodeKind::bind && static_cast<const sql::BindNode&>(*node).unique);
        if (shared) named_ordinals_.emplace(name, i);
        else ordinals_.emplace(node, i);
        has_names_ = has_names_ || !name.empty();
    }
}

std::shared_ptr<const Compiled> Compiler::compile(const sql::Node& statement) {
    compiled_.kind = statement.kind;
    switch (statement.kind) {
    case sql::NodeKind::select:
        compiled_.returns_rows = true;
        render_select(static_cast<const sql::SelectNode&>(statement), Place::top);
        break;
    case sql::NodeKind::compound:
        compiled_.returns_rows = true;
        render_compound(static_cast<const sql::CompoundNode&>(statement), Place::top);
        break;
    case sql::NodeKind::insert: render_insert(static_cast<const sql::DmlNode&>(statement)); break;
    case sql::NodeKind::update: render_update(static_cast<const sql::DmlNode&>(statement)); break;
    case sql::NodeKind::delete_: render_delete(static_cast<const sql::DmlNode&>(statement)); break;
    case sql::NodeKind::text:
        compiled_.returns_rows = true; // unknown: the driver sees what comes back
        render_text(static_cast<const sql::TextNode&>(statement));
        break;
    case sql::NodeKind::ddl:
        out_ = dialect_.ddl_compiler()->statement(static_cast<const sql::DdlNode&>(statement));
        break;
    default: throw CompileError("only statements can be compiled, not a part of one");
    }
    finish();
    return std::make_shared<const Compiled>(std::move(compiled_));
}

std::string Compiler::literal_expression(const sql::Node& expression) {
    literal_binds_ = true;
    qualify_ = false;
    visit(expression);
    return std::move(out_);
}

void Compiler::raw(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) throw CompileError("SQL text must not contain a NUL character");
    out_ += text;
}

std::string Compiler::anonymous(std::string_view base) {
    const auto count = ++anonymous_counts_[std::string{base}];
    return std::string{base} + "_" + std::to_string(count);
}

std::string Compiler::alias_name(const sql::Node& from) {
    switch (from.kind) {
    case sql::NodeKind::cte: return cte_name(static_cast<const sql::CteNode&>(from));
    case sql::NodeKind::values: return static_cast<const sql::ValuesNode&>(from).name;
    case sql::NodeKind::alias:
    case sql::NodeKind::table_function: break;
    default: throw CompileError(sql::describe(from) + " has no name of its own");
    }
    const auto& named = static_cast<const sql::NamedFromNode&>(from);
    if (!named.name.empty()) return named.name;
    auto [entry, fresh] = alias_names_.try_emplace(&from);
    if (fresh) {
        const auto* table = sql::table_data(from);
        entry->second = anonymous(table != nullptr ? std::string_view{table->name} : std::string_view{"anon"});
    }
    return entry->second;
}

void Compiler::bind_placeholder(const BindSlot& slot, const void* identity) {
    if (literal_binds_) {
        switch (slot.source) {
        case BindSlot::Source::constant: out_ += literal_of(slot.value.param(), slot.type); return;
        case BindSlot::Source::default_: out_ += literal_of(slot.made().param(), slot.type); return;
        default: throw CompileError("parameter rows cannot be written as literals");
        }
    }
    out_ += mark;
    out_ += std::to_string(pending_.size());
    out_ += mark;
    pending_.push_back({slot, identity});
}

void Compiler::visit_bind(const sql::BindNode& node) {
    if (node.inlined || (literal_binds_ && !node.position)) {
        out_ += literal_of(node.value.param(), node.type);
        return;
    }
    BindSlot slot;
    slot.source = node.position ? BindSlot::Source::row : BindSlot::Source::statement;
    slot.index = node.position ? *node.position : ordinal(node);
    slot.type = node.type;
    if (has_names_ && !node.name.empty()) claim_name(node.unique ? unnamed(node, node.name) : node.name, node.unique ? 'u' : 'n');
    bind_placeholder(slot, identity(node));
}

std::size_t Compiler::ordinal(const sql::BindNode& node) const {
    return node.name.empty() || node.unique ? ordinals_.at(&node) : named_ordinals_.at(node.name);
}

const void* Compiler::identity(const sql::BindNode& node) const {
    return node.name.empty() || node.unique ? static_cast<const void*>(&node) : binds_.nodes[named_ordinals_.at(node.name)];
}

void Compiler::visit_document_path(const sql::Node& node, bool in_text) {
    if (node.kind != sql::NodeKind::bind) {
        visit(node);
        return;
    }
    const auto& bind = static_cast<const sql::BindNode&>(node);
    if (literal_binds_) {
        out_ += literal(Value{Value::Variant{document_path(bind.value)}}.param());
        return;
    }
    BindSlot slot;
    slot.index = ordinal(bind);
    slot.type = String{};
    slot.document_path = true;
    if (in_text) slot.source = BindSlot::Source::written;
    bind_placeholder(slot, nullptr);
}

void Compiler::claim_name(const std::string& name, char use) {
    if (!has_names_) return;
    const auto [entry, fresh] = names_in_use_.emplace(name, use);
    if (fresh || entry->second == use) return;
    if (use == 'c' || entry->second == 'c')
        throw CompileError(
            "the name of the parameter '" + name
            + "' stands for the column's own value in VALUES or SET; give the parameter another name");
    throw CompileError("the parameter '" + name + "' has the name of a unique parameter; give it another name");
}

void Compiler::written(const sql::Node& node) {
    if (node.kind != sql::NodeKind::bind || literal_binds_) return visit(node);
    const auto& bind = static_cast<const sql::BindNode&>(node);
    if (bind.inlined || bind.position || !bind.name.empty()) return visit(node);
    BindSlot slot;
    slot.source = BindSlot::Source::written;
    slot.index = ordinal(bind);
    slot.type = bind.type;
    bind_placeholder(slot, nullptr);
}

void Compiler::output_placeholders(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out_ += ", ";
        BindSlot slot;
        slot.source = BindSlot::Source::output;
        slot.index = i;
        slot.type = compiled_.columns[i].type;
        bind_placeholder(slot, nullptr);
    }
}

bool Compiler::is_subquery() const noexcept {
    return scopes_.size() > 1;
}

void Compiler::visit_in_list(const sql::InListNode& node) {
    const bool tuples = node.item_types.size() > 1;
    if (node.negated) out_ += '(';
    if (node.operand) {
        const bool inside = std::exchange(in_operator_, true);
        operand(*node.operand, sql::Operator::in);
        in_operator_ = inside;
        out_ += node.negated ? " NOT IN " : " IN ";
    }
    out_ += '(';
    if (literal_binds_) {
        if (!node.values.empty()) out_ += tuples ? tuple_list_word() : "";
        for (std::size_t i = 0; i < node.values.size(); ++i) {
            if (i > 0) out_ += ", ";
            if (tuples && i % node.item_types.size() == 0) out_ += '(';
            out_ += literal_of(node.values[i].param(), node.item_types[i % node.item_types.size()]);
            if (tuples && i % node.item_types.size() + 1 == node.item_types.size()) out_ += ')';
        }
        if (node.values.empty())
            out_ += node.operand ? empty_in_list(node.negated, node.item_types.size()) : empty_set(node.item_types.front());
    } else {
        BindSlot slot;
        slot.source = BindSlot::Source::expanding;
        slot.index = node.name.empty() ? ordinals_.at(&node) : named_ordinals_.at(node.name);
        slot.type = node.item_types.front();
        slot.width = node.item_types.size();
        slot.parenthesized = tuples;
        slot.list_word = tuples ? tuple_list_word() : "";
        slot.empty_list =
            node.operand ? empty_in_list(node.negated, node.item_types.size()) : empty_set(node.item_types.front());
        bind_placeholder(slot, node.name.empty() ? &node : binds_.nodes[slot.index]);
    }
    out_ += node.negated ? "))" : ")";
}

void Compiler::finish() {
    compiled_.expanding = std::ranges::any_of(pending_, [](const Pending& p) {
        return p.slot.source == BindSlot::Source::expanding || p.slot.source == BindSlot::Source::written;
    });
    std::unordered_map<const void*, std::size_t> known; // PostgreSQL: a parameter that occurs again keeps its number
    std::string text;
    for (std::size_t i = 0; i < out_.size();) {
        if (out_[i] != mark) {
            const auto end = std::min(out_.find(mark, i), out_.size());
            text.append(out_, i, end - i);
            i = end;
            continue;
        }
        const auto end = out_.find(mark, i + 1);
        const auto& pending = pending_[std::stoul(out_.substr(i + 1, end - i - 1))];
        i = end + 1;

        auto number = compiled_.slots.size();
        const bool reuses = compiled_.style == ParameterStyle::dollar && pending.identity != nullptr;
        const auto earlier = reuses ? known.find(pending.identity) : known.end();
        if (earlier != known.end()) {
            number = earlier->second;
        } else {
            if (reuses) known.emplace(pending.identity, number);
            compiled_.takes_rows = compiled_.takes_rows || pending.slot.source == BindSlot::Source::row;
            compiled_.slots.push_back(pending.slot);
        }
        if (compiled_.expanding) {
            compiled_.pieces.emplace_back(std::move(text), number);
            text.clear();
        } else if (compiled_.style == ParameterStyle::dollar) {
            text += "$" + std::to_string(number + 1);
        } else {
            text += '?';
        }
    }
    compiled_.sql = std::move(text);
    if (!compiled_.expanding) {
        compiled_.sql_hash = std::hash<std::string>{}(compiled_.sql);
        for (const auto& slot : compiled_.slots) compiled_.param_types.push_back(slot.type);
    }
}

std::string literal_sql_node(const sql::Node& statement, const Dialect& dialect) {
    auto binds = sql::collect_binds(statement);
    binds.literal = true;
    return dialect.compile(statement, binds)->sql;
}

CompiledStatement compile_node(const sql::Node& statement, const Dialect& dialect) {
    const auto binds = sql::collect_binds(statement);
    const auto compiled = dialect.compile(statement, binds);
    if (compiled->takes_rows) return {compiled->sql, {}};
    Compiled::Bound bound;
    compiled->bind(binds, bound);
    std::vector<Value> values;
    for (const auto& param : bound.params) values.push_back(to_value(param));
    return {*bound.sql, std::move(values)};
}

} // namespace azoth
