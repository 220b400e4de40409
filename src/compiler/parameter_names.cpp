// SPDX-License-Identifier: MIT
// What parameters are called where people read them: after what they are compared with, and numbered: `:name_1`.
#include <string>
#include <utility>

#include <azoth/compiler/compiler.hpp>

namespace azoth {

using sql::NodeKind;

void Compiler::note_base(const sql::NodePtr& value, const sql::Node& name) {
    if (!value || value->kind != NodeKind::bind) return;
    if (name.kind == NodeKind::column) bases_.emplace(value.get(), static_cast<const sql::ColumnNode&>(name).handle_or_name());
    else if (name.kind == NodeKind::function) bases_.emplace(value.get(), static_cast<const sql::FunctionNode&>(name).name);
}

void Compiler::note_names(const sql::Node& node) {
    switch (node.kind) {
    case NodeKind::binary: {
        const auto& binary = static_cast<const sql::BinaryNode&>(node);
        note_base(binary.right, *binary.left);
        note_base(binary.third, *binary.left);
        note_base(binary.left, *binary.right);
        return;
    }
    case NodeKind::function:
        for (const auto& argument : static_cast<const sql::FunctionNode&>(node).arguments) note_base(argument, node);
        return;
    case NodeKind::in_list: {
        const auto& list = static_cast<const sql::InListNode&>(node);
        if (list.operand && list.operand->kind == NodeKind::column)
            bases_.emplace(&node, static_cast<const sql::ColumnNode&>(*list.operand).handle_or_name());
        return;
    }
    default: return;
    }
}

std::string Compiler::parameter_name(const Pending& pending) {
    const auto& slot = pending.slot;
    if (slot.column) {
        const auto& name = slot.column->handle_or_name();
        return compiled_.kind == NodeKind::insert && has_more_rows_ ? name + "_m" + std::to_string(slot.values_row) : name;
    }
    const auto numbered = [&](const std::string& base) { return base + "_" + std::to_string(++base_counts_[base]); };
    if (pending.identity == nullptr) return numbered("param");
    const auto [entry, fresh] = parameter_names_.try_emplace(pending.identity);
    if (!fresh) return entry->second;
    std::string name;
    if (slot.source == BindSlot::Source::statement || slot.source == BindSlot::Source::expanding) {
        const auto& node = *binds_.nodes[slot.index];
        const bool list = node.kind == NodeKind::in_list;
        const auto& given = list ? static_cast<const sql::InListNode&>(node).name : static_cast<const sql::BindNode&>(node).name;
        const bool is_unique = !list && static_cast<const sql::BindNode&>(node).unique;
        if (!given.empty()) name = is_unique ? numbered(given) : given;
    }
    if (name.empty()) {
        const auto base = bases_.find(pending.identity);
        name = numbered(base == bases_.end() ? std::string{"param"} : base->second);
    }
    parameter_names_[pending.identity] = name;
    return name;
}

} // namespace azoth
