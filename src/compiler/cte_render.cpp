// SPDX-License-Identifier: MIT
// Rendering WITH: each CTE once, before what reads it, in the statement that it belongs to.
#include <algorithm>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

namespace azoth {

QuotedName Compiler::cte_name(const sql::CteNode& cte) {
    if (!cte.name.empty()) return cte.name;
    auto [entry, fresh] = cte_names_.try_emplace(cte.identity);
    if (fresh) entry->second = anonymous("anon");
    return entry->second;
}

void Compiler::attached_ctes(const sql::StatementNode& statement) {
    for (const auto& attached : statement.parts().ctes)
        visit_cte(static_cast<const sql::CteNode&>(*attached.cte), false, attached.nest_here);
}

void Compiler::visit_cte(const sql::CteNode& cte, bool in_from, bool nest_here) {
    const auto name = cte_name(cte);
    const bool nesting = cte.nesting || nest_here;
    const std::size_t level = nesting ? scopes_.size() : 1;
    auto known = std::ranges::find_if(ctes_, [&](const CteState& state) { return state.cte->identity == cte.identity; });
    bool fresh = known == ctes_.end();
    if (!fresh) {
        if (nest_here) {
            if (known->nested_explicitly) throw CompileError("CTE '" + name + "' is to nest in more than one place");
            known->level = level;
            known->nesting = true;
            known->nested_explicitly = true;
        }
        // What is restated here was met first: the restatement takes its place.
        if (cte.restates.get() == known->cte && known->rendered) {
            ctes_.erase(known);
            fresh = true;
        }
    } else if (std::ranges::any_of(ctes_, [&](const CteState& state) {
                   return state.level == level && cte_name(*state.cte) == name;
               })) {
        throw CompileError("there are two CTEs with the name '" + name + "'");
    }

    if (fresh) {
        ctes_.push_back({&cte, level, nesting, nest_here});
        auto outer_text = std::exchange(out_, {});
        const bool records = std::exchange(records_columns_, false);
        const bool qualified = std::exchange(qualify_, true);
        auto outer_hints = std::exchange(hints_, {});

        out_ += dialect_.quote(name);
        const bool lists_columns = cte.recursive || cte.select->kind == sql::NodeKind::values;
        if (lists_columns) column_list(cte_column_names(*cte.select));
        out_ += " AS ";
        if (const auto prefixes = fragments(cte.prefixes); !prefixes.empty()) out_ += prefixes + " ";
        out_ += '(';
        render_rows(*cte.select, Place::from_element);
        out_ += ')';
        if (const auto suffixes = fragments(cte.suffixes); !suffixes.empty()) out_ += " " + suffixes;

        hints_ = std::move(outer_hints);
        qualify_ = qualified;
        records_columns_ = records;
        auto text = std::exchange(out_, std::move(outer_text));
        // CTEs stand in the order in which they were finished: what this one reads is before it.
        const auto own = std::ranges::find_if(ctes_, [&](const CteState& state) { return state.cte == &cte; });
        if (own != ctes_.end()) {
            auto state = std::move(*own);
            ctes_.erase(own);
            state.text = std::move(text);
            state.rendered = true;
            ctes_.push_back(std::move(state));
        }
    }
    if (in_from) out_ += dialect_.quote(name);
}

void Compiler::write_with(std::size_t start, bool includes_next) {
    if (ctes_.empty()) return;
    const auto depth = scopes_.size();
    const auto belongs = [&](const CteState& state) {
        if (!state.rendered) return false;
        if (depth == 1) return true;
        return state.nesting && (state.level == depth || (includes_next && state.level == depth + 1));
    };
    if (std::ranges::none_of(ctes_, belongs)) return;
    const bool recursive = std::ranges::any_of(
        ctes_, [&](const CteState& state) { return belongs(state) && state.cte->recursive; });
    std::string with{with_word(recursive)};
    bool first = true;
    for (const auto& state : ctes_) {
        if (!belongs(state)) continue;
        if (!first) with += ", ";
        first = false;
        with += state.text;
    }
    with += ' ';
    out_.insert(start, with);
    std::erase_if(ctes_, belongs);
}

} // namespace azoth
