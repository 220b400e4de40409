// SPDX-License-Identifier: MIT
// Rendering FROM: tables, aliases, joins, VALUES, functions that return rows, and the hints beside them.
#include <algorithm>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

namespace azoth {

using sql::NodeKind;
using sql::NodePtr;

void Compiler::from_elements(const std::vector<NodePtr>& elements) {
    bool first = true;
    for (const auto& element : elements) {
        if (!first) out_ += ", ";
        first = false;
        render_from(*element);
    }
}

void Compiler::render_from(const sql::Node& from) {
    if (overrides_ != nullptr && overridden(from)) return;
    const auto start = out_.size();
    switch (from.kind) {
    case NodeKind::table: {
        const auto& table = *static_cast<const sql::TableNode&>(from).table;
        out_ += qualified(table.schema, table.name);
        break;
    }
    case NodeKind::alias: render_alias(static_cast<const sql::AliasNode&>(from)); break;
    case NodeKind::cte: visit_cte(static_cast<const sql::CteNode&>(from), true); break;
    case NodeKind::join: render_join(static_cast<const sql::JoinNode&>(from)); return;
    case NodeKind::values: {
        const auto& values = static_cast<const sql::ValuesNode&>(from);
        if (values.lateral) out_ += "LATERAL ";
        out_ += '(';
        render_values(values);
        out_ += ')';
        if (values.name.empty()) return;
        (out_ += alias_word()) += dialect_.quote(values.name) + " ";
        std::vector<QuotedName> names;
        for (const auto& column : values.columns) names.emplace_back(column.name);
        column_list(names);
        return;
    }
    case NodeKind::table_function: render_table_function(static_cast<const sql::TableFunctionNode&>(from)); break;
    case NodeKind::text: visit(from); return;
    case NodeKind::function: visit(from); return;
    default: throw CompileError("this cannot stand in FROM; make it a subquery()");
    }
    from_hint(from, start);
}

void Compiler::render_alias(const sql::AliasNode& alias) {
    const auto* element = alias.element.get();
    bool lateral = alias.lateral;
    while (element->kind == NodeKind::alias) { // of an alias of its own only what it stands for
        const auto& inner = static_cast<const sql::AliasNode&>(*element);
        lateral = lateral || inner.lateral;
        element = inner.element.get();
    }
    if (lateral) out_ += "LATERAL ";
    if (element->kind == NodeKind::table || element->kind == NodeKind::cte || element->kind == NodeKind::table_function) {
        if (element->kind == NodeKind::table_function) visit(*static_cast<const sql::TableFunctionNode&>(*element).function);
        else render_from(*element);
    } else {
        const bool qualified = std::exchange(qualify_, true);
        const bool records = std::exchange(records_columns_, false);
        out_ += '(';
        render_rows(*element, Place::from_element, {.lateral = lateral});
        out_ += ')';
        records_columns_ = records;
        qualify_ = qualified;
    }
    (out_ += alias_word()) += dialect_.quote(alias_name(alias));
    if (!alias.sampling.method) return;
    out_ += " TABLESAMPLE ";
    visit(*alias.sampling.method);
    if (alias.sampling.seed) {
        out_ += " REPEATABLE (";
        visit(*alias.sampling.seed);
        out_ += ')';
    }
}

void Compiler::render_table_function(const sql::TableFunctionNode& function) {
    if (function.options.lateral) out_ += "LATERAL ";
    visit(*function.function);
    if (function.options.ordinality) out_ += " WITH ORDINALITY";
    (out_ += alias_word()) += dialect_.quote(alias_name(function));
    derived_columns(function);
}

void Compiler::derived_columns(const sql::TableFunctionNode& function) {
    if (!function.options.derived) return;
    out_ += '(';
    bool first = true;
    for (const auto& column : function.columns) {
        if (!first) out_ += ", ";
        first = false;
        out_ += dialect_.quote(column.name);
        if (function.options.with_types) out_ += " " + dialect_.type_text(column.type);
    }
    out_ += ')';
}

std::string_view Compiler::join_word(sql::JoinKind how) const {
    switch (how) {
    case sql::JoinKind::inner: return " JOIN ";
    case sql::JoinKind::left_outer: return " LEFT OUTER JOIN ";
    case sql::JoinKind::full_outer: return " FULL OUTER JOIN ";
    }
    return " JOIN ";
}

void Compiler::render_join(const sql::JoinNode& join) {
    render_from(*join.left);
    out_ += join_word(join.how);
    const bool nested = join.right->kind == NodeKind::join;
    if (nested) out_ += '(';
    render_from(*join.right);
    if (nested) out_ += ')';
    out_ += " ON ";
    condition(join.on ? *join.on : *sql::make_constant(sql::Constant::true_), sql::Operator::comma);
}

void Compiler::column_list(const std::vector<QuotedName>& names) {
    out_ += '(';
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out_ += ", ";
        out_ += dialect_.quote(names[i]);
    }
    out_ += ')';
}

// ---- names and hints --------------------------------------------------------------------------------------------

void Compiler::from_name(const sql::Node& from) {
    if (from.kind == NodeKind::table) out_ += dialect_.quote(static_cast<const sql::TableNode&>(from).table->name);
    else out_ += dialect_.quote(alias_name(from));
}

std::vector<NodePtr> Compiler::locked(const sql::ForUpdateClause& clause) {
    std::vector<NodePtr> froms;
    const auto add = [&](const NodePtr& element, const auto& self) -> void {
        if (element->kind == NodeKind::join) {
            const auto& join = static_cast<const sql::JoinNode&>(*element);
            self(join.left, self);
            self(join.right, self);
        } else if (element->kind == NodeKind::column || element->kind == NodeKind::entity) {
            sql::collect_froms(*element, froms);
        } else if (std::ranges::find(froms, element) == froms.end()) {
            froms.push_back(element);
        }
    };
    for (const auto& element : clause.of) add(element, add);
    return froms;
}

void Compiler::lock_targets(const sql::ForUpdateClause& clause) {
    if (clause.of.empty()) return;
    out_ += " OF ";
    bool first = true;
    for (const auto& from : locked(clause)) {
        if (!first) out_ += ", ";
        first = false;
        from_name(*from);
    }
}

void Compiler::lock_waiting(const sql::ForUpdateClause& clause) {
    if (clause.nowait) out_ += " NOWAIT";
    if (clause.skip_locked) out_ += " SKIP LOCKED";
}

std::vector<std::pair<const sql::Node*, std::string>> Compiler::table_hints(const sql::StatementNode& statement) {
    std::vector<std::pair<const sql::Node*, std::string>> hints;
    for (const auto& hint : statement.parts().table_hints) {
        auto text = fragments({hint.fragment});
        if (text.empty()) continue;
        constexpr std::string_view name_mark = "%(name)s";
        if (const auto at = text.find(name_mark); at != std::string::npos) {
            auto before = std::exchange(out_, {});
            if (hint.table->kind == NodeKind::table) render_from(*hint.table);
            else from_name(*hint.table);
            text.replace(at, name_mark.size(), out_);
            out_ = std::move(before);
        }
        hints.emplace_back(hint.table.get(), std::move(text));
    }
    return hints;
}

void Compiler::from_hint(const sql::Node& from, std::size_t start) {
    for (const auto& [table, text] : hints_) {
        if (table != &from) continue;
        render_from_hint(start, text);
        return;
    }
}

} // namespace azoth
