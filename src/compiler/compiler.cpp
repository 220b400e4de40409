// SPDX-License-Identifier: MIT
// The base compiler's frame: placeholders, names that it invents, and putting the text together.
#include <azoth/compiler/compiler.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/compiler/literal.hpp>
#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/schema/translate.hpp>
#include <azoth/types/decorator.hpp>
#include <azoth/types/details.hpp>
#include <azoth/types/type_traits.hpp>

#include "compiler/document_path.hpp"

namespace azoth {

namespace {

/// Stands in the text where a placeholder will be, followed by its number in decimal and another mark. NUL cannot occur
/// in SQL: `raw()` and quoting refuse it.
constexpr char mark = '\0';

} // namespace

Compiler::Compiler(const Dialect& dialect, const sql::BindList& binds, ParameterStyle style)
    : dialect_(dialect), binds_(binds), overrides_(sql::compilation_overrides()), names_parameters_(style == ParameterStyle::named || binds.keeps_lists),
      literal_binds_(binds.literal) {
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
    if (overridden(statement)) compiled_.returns_rows = compiled_.returns_rows || statement.kind != sql::NodeKind::ddl; // unknown
    else render_statement(statement);
    finish();
    return std::make_shared<const Compiled>(std::move(compiled_));
}

void Compiler::render_statement(const sql::Node& statement) {
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
        for (const auto& column : static_cast<const sql::TextNode&>(statement).columns)
            compiled_.columns.emplace_back(
                static_cast<const sql::ColumnNode&>(*column).handle_or_name(), on_this_dialect(sql::type_of(*column)));
        break;
    case sql::NodeKind::ddl:
        out_ = [&] {
            const auto ddl = dialect_.ddl_compiler();
            ddl->translate(binds_.schema_map);
            return ddl->statement(static_cast<const sql::DdlNode&>(statement));
        }();
        break;
    default:
        if (!binds_.is_element) throw CompileError("only statements can be compiled, not a part of one");
        render_element(statement);
    }
}

void Compiler::render_element(const sql::Node& node) {
    switch (node.kind) {
    case sql::NodeKind::table:
    case sql::NodeKind::alias:
    case sql::NodeKind::cte:
    case sql::NodeKind::values:
    case sql::NodeKind::table_function:
    case sql::NodeKind::join:
        scopes_.push_back({});
        render_from(node);
        scopes_.pop_back();
        return;
    case sql::NodeKind::excluded: out_ += "excluded"; return;
    case sql::NodeKind::textual_select: render_text(static_cast<const sql::TextNode&>(*static_cast<const sql::TextualSelectNode&>(node).text)); return;
    default: visit(node);
    }
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

std::string Compiler::truncated(std::string name, bool of_from) {
    const auto limit = dialect_.features().max_identifier_length;
    if (limit < 6 || name.size() <= limit - 6) return name;
    auto [entry, fresh] = truncated_.try_emplace((of_from ? 'a' : 'c') + name);
    if (fresh) {
        std::size_t kept = limit - 6;
        while (kept > 0 && (static_cast<unsigned char>(name[kept]) & 0xC0U) == 0x80U) --kept; // no half character
        std::array<char, 16> counter{};
        const auto end = std::to_chars(counter.data(), counter.data() + counter.size(), ++truncated_counts_[of_from ? 1 : 0], 16);
        entry->second = name.substr(0, kept) + "_" + std::string{counter.data(), end.ptr};
    }
    return entry->second;
}

QuotedName Compiler::alias_name(const sql::Node& from) {
    switch (from.kind) {
    case sql::NodeKind::cte: return cte_name(static_cast<const sql::CteNode&>(from));
    case sql::NodeKind::values: return QuotedName{static_cast<const sql::ValuesNode&>(from).name};
    case sql::NodeKind::alias:
    case sql::NodeKind::table_function: break;
    default: throw CompileError(sql::describe(from) + " has no name of its own");
    }
    const auto& named = static_cast<const sql::NamedFromNode&>(from);
    if (!named.name.empty()) return named.name;
    auto [entry, fresh] = alias_names_.try_emplace(&from);
    if (fresh) {
        const auto* table = sql::table_data(from);
        entry->second = truncated(anonymous(table != nullptr ? std::string_view{table->name} : std::string_view{"anon"}), true);
    }
    return entry->second;
}

Type Compiler::on_this_dialect(const Type& type) const {
    if (!binds_.documents) return type.details ? type.on(dialect_.name()) : type;
    Type chosen = type.details ? type.on(dialect_.name()) : type;
    const auto& own = details_of(chosen).conversion;
    if (chosen.kind == TypeKind::json && (!own || (!own->process_bind_param && !own->process_result_value)))
        change_details(chosen, [this](TypeDetails& d) {
            d.conversion = binds_.documents;
            d.conversion_dialect = dialect_.name();
        });
    return chosen;
}

std::string Compiler::literal_value(const Value& value, const Type& declared) const {
    const auto type = on_this_dialect(declared);
    return literal_of(wire::convert_literal(value, type).param(), type);
}

std::shared_ptr<const TypeConversion> Compiler::conversion_of(const Type& type) const {
    if (!type.details) return nullptr;
    return type.details->variants.empty() ? type.details->conversion : details_of(type.on(dialect_.name())).conversion;
}

bool Compiler::wrapped(const sql::Node& node, const Type& type) {
    const auto conversion = conversion_of(type);
    if (!conversion || !conversion->bind_expression || inside_wrap_ == &node) return false;
    const auto* outer = std::exchange(inside_wrap_, &node);
    visit(*conversion->bind_expression(sql::NodePtr{sql::NodePtr{}, &node}));
    inside_wrap_ = outer;
    return true;
}

bool Compiler::wrapped_slot(const BindSlot& slot) {
    const auto conversion = conversion_of(slot.type);
    if (!conversion || !conversion->bind_expression) return false;
    const sql::BindNode stand_in{Value{}, slot.type};
    const auto* outer_slot = std::exchange(slot_in_wrap_, &slot);
    const auto* outer = std::exchange(inside_wrap_, &stand_in);
    visit(*conversion->bind_expression(sql::NodePtr{sql::NodePtr{}, &stand_in}));
    inside_wrap_ = outer;
    slot_in_wrap_ = outer_slot;
    return true;
}

void Compiler::wrap_items(BindSlot& slot) {
    auto text = std::exchange(out_, {});
    const auto before = pending_.size();
    if (wrapped_slot(slot)) {
        // The stand-in for a member is the one placeholder.
        auto begin = out_.find(mark);
        while (begin != std::string::npos && out_[begin + 1] == 'S') begin = out_.find(mark, out_.find(mark, begin + 1) + 1);
        const auto end = begin == std::string::npos ? begin : out_.find(mark, begin + 1);
        if (pending_.size() != before + 1 || end == std::string::npos)
            throw CompileError("the bind_expression of a type in an IN list takes no other parameters");
        slot.item_before = out_.substr(0, begin);
        slot.item_after = out_.substr(end + 1);
        pending_.pop_back();
    }
    out_ = std::move(text);
}

void Compiler::bind_placeholder(BindSlot slot, const void* identity) {
    slot.type = on_this_dialect(slot.type);
    if (literal_binds_) {
        switch (slot.source) {
        case BindSlot::Source::constant: out_ += literal_of(slot.value.param(), slot.type); return;
        case BindSlot::Source::default_: {
            const auto& column = *slot.column->column;
            out_ += literal_value((slot.of_update ? column.on_update : column.default_)(), slot.type);
            return;
        }
        default: throw CompileError("parameter rows cannot be written as literals");
        }
    }
    out_ += mark;
    out_ += std::to_string(pending_.size());
    out_ += mark;
    pending_.push_back({slot, identity});
    pending_.back().slot.values_row = values_row_;
}

void Compiler::visit_bind(const sql::BindNode& node) {
    if (&node == inside_wrap_ && slot_in_wrap_ != nullptr) {
        const auto* slot = std::exchange(slot_in_wrap_, nullptr);
        bind_placeholder(*slot, nullptr);
        slot_in_wrap_ = slot;
        return;
    }
    if (in_default_ && !literal_binds_ && !node.inlined) {
        BindSlot slot;
        slot.source = BindSlot::Source::constant;
        slot.type = node.type;
        slot.value = node.value;
        bind_placeholder(slot, &node);
        return;
    }
    if (wrapped(node, node.type)) return;
    if (literal_binds_ && node.required)
        throw CompileError("the parameter '" + node.name + "' has no value that could be written into the text");
    if (node.inlined || (literal_binds_ && !node.position)) {
        out_ += literal_value(node.value, node.type);
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
        out_ += literal(Value{document_path(bind.value)}.param());
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
    if (literal_binds_ || in_default_) {
        if (!node.values.empty()) out_ += tuples ? tuple_list_word() : "";
        for (std::size_t i = 0; i < node.values.size(); ++i) {
            if (i > 0) out_ += ", ";
            if (tuples && i % node.item_types.size() == 0) out_ += '(';
            out_ += literal_value(node.values[i], node.item_types[i % node.item_types.size()]);
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
        if (!tuples) wrap_items(slot);
        bind_placeholder(slot, node.name.empty() ? &node : binds_.nodes[slot.index]);
    }
    out_ += node.negated ? "))" : ")";
}

void Compiler::finish() {
    compiled_.expanding = !names_parameters_ && std::ranges::any_of(pending_, [](const Pending& p) {
        return p.slot.source == BindSlot::Source::expanding || p.slot.source == BindSlot::Source::written;
    });
    std::unordered_map<const void*, std::size_t> known; // PostgreSQL: a parameter that occurs again keeps its number
    std::string text;
    struct Placeholder {
        std::size_t begin;
        std::size_t end;
    };
    std::vector<Placeholder> places; // of what may be repeated
    std::size_t values_begin = 0;
    std::size_t values_end = 0;
    std::size_t first_slot = 0;
    std::size_t end_slot = 0;
    bool repeats = false;
    std::vector<std::size_t> slot_of(pending_.size(), 0);
    for (std::size_t i = 0; i < out_.size();) {
        if (out_[i] != mark) {
            const auto end = std::min(out_.find(mark, i), out_.size());
            text.append(out_, i, end - i);
            i = end;
            continue;
        }
        const auto end = out_.find(mark, i + 1);
        const auto token = std::string_view{out_}.substr(i + 1, end - i - 1);
        i = end + 1;
        if (token == values_begin_token) {
            values_begin = text.size();
            first_slot = compiled_.slots.size();
            continue;
        }
        if (token == values_end_token) {
            values_end = text.size();
            end_slot = compiled_.slots.size();
            continue;
        }
        if (!token.empty() && token.front() == 'S') { // a schema: stays open
            compiled_.schema_tokens = true;
            text.append(1, mark).append(token).append(1, mark);
            continue;
        }
        std::size_t met = 0;
        std::from_chars(token.data(), token.data() + token.size(), met);
        const auto& pending = pending_[met];

        auto number = compiled_.slots.size();
        const bool reuses = compiled_.style == ParameterStyle::dollar && pending.identity != nullptr;
        const auto earlier = reuses ? known.find(pending.identity) : known.end();
        if (earlier != known.end()) {
            number = earlier->second;
            repeats = true;
        } else {
            if (reuses) known.emplace(pending.identity, number);
            compiled_.takes_rows = compiled_.takes_rows || pending.slot.source == BindSlot::Source::row;
            compiled_.slots.push_back(pending.slot);
        }
        slot_of[met] = number;
        if (compiled_.expanding) {
            compiled_.pieces.emplace_back(std::move(text), number);
            text.clear();
            continue;
        }
        const auto begin = text.size();
        if (names_parameters_ && pending.slot.source == BindSlot::Source::expanding)
            text += "__[POSTCOMPILE_" + parameter_name(pending) + "]";
        else if (compiled_.style == ParameterStyle::named) text += ":" + parameter_name(pending);
        else if (compiled_.style == ParameterStyle::dollar) text += "$" + std::to_string(number + 1);
        else text += '?';
        if (many_values_) places.push_back({begin, text.size()});
    }
    // Rows can be repeated when all parameters are theirs, each once.
    if (many_values_ && !compiled_.expanding && !repeats && first_slot == 0 && end_slot == compiled_.slots.size()) {
        auto& many = *many_values_;
        auto from = values_begin;
        for (const auto& place : places) {
            many.pieces.push_back(text.substr(from, place.begin - from));
            from = place.end;
        }
        many.pieces.push_back(text.substr(from, values_end - from));
        many.before = text.substr(0, values_begin);
        many.after = text.substr(values_end);
        complete_many_values();
    }
    for (auto& source : compiled_.primary_key)
        if (source.from == Compiled::KeySource::From::slot) source.index = slot_of[source.index];
    compiled_.sql = std::move(text);
    if (!compiled_.expanding) {
        compiled_.sql_hash = std::hash<std::string>{}(compiled_.sql);
        for (const auto& slot : compiled_.slots) compiled_.param_types.push_back(slot.type);
    }
}

std::string literal_sql_node(const sql::Node& statement, const Dialect& dialect) {
    return literal_sql_node(statement, dialect, nullptr);
}

std::string literal_sql_node(const sql::Node& statement, const Dialect& dialect, const SchemaTranslateMap* map) {
    auto binds = sql::collect_binds(statement);
    binds.literal = true;
    binds.schema_map = map;
    return dialect.compile(statement, binds)->sql;
}

CompiledStatement compile_node(const sql::Node& statement, const Dialect& dialect) {
    return compile_node(statement, dialect, CompileOptions{});
}

CompiledStatement compile_node(const sql::Node& statement, const Dialect& dialect, const CompileOptions& options) {
    auto binds = sql::collect_binds(statement);
    binds.literal = options.has_literal_binds();
    binds.keeps_lists = !options.renders_postcompile();
    if (!options.schema_map().empty()) binds.schema_map = &options.schema_map();
    const auto compiled = dialect.compile(statement, binds);
    if (compiled->takes_rows || compiled->style == ParameterStyle::named || binds.keeps_lists) return {compiled->sql, {}};
    Compiled::Bound bound;
    compiled->bind(binds, bound);
    std::vector<Value> values;
    for (const auto& param : bound.params) values.push_back(to_value(param));
    return {*bound.sql, std::move(values)};
}

} // namespace azoth
