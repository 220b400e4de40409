// SPDX-License-Identifier: MIT
#include <azoth/orm/aliased.hpp>

#include <azoth/sql/from.hpp>
#include <azoth/sql/traverse.hpp>

namespace azoth::orm {

namespace {

/// An attribute's expression with the table's columns taken from `rows`, found there by what they come from.
sql::NodePtr derived(const sql::NodePtr& node, const sql::NodePtr& table, const sql::NodePtr& rows) {
    return sql::replacement_traverse(node, [&](const sql::NodePtr& part) -> sql::NodePtr {
        if (part->kind != sql::NodeKind::column) return nullptr;
        const auto& column = static_cast<const sql::ColumnNode&>(*part);
        if (column.from != table) return nullptr;
        auto found = sql::corresponding_column(rows, column);
        return found ? sql::NodePtr{std::move(found)} : part;
    });
}

} // namespace

AliasInspection::AliasInspection(const MapperData& mapper, sql::NodePtr selectable, QuotedName name)
    : mapper_(&mapper), selectable_(std::move(selectable)), name_(std::move(name)) {
    const auto& table = mapper.selectable();
    const bool renamed = sql::table_data(*selectable_) == &mapper.table->data(); // the table itself
    if (name_.empty() && selectable_->kind == sql::NodeKind::alias) name_ = static_cast<const sql::AliasNode&>(*selectable_).name;
    for (const auto& info : mapper.attributes) {
        if (!info.node) attributes_.emplace_back();
        else attributes_.push_back(renamed ? sql::adapt(info.node, table, selectable_) : derived(info.node, table, selectable_));
    }
    entity_ = mapper.make_entity_from(selectable_, attributes_);
}

} // namespace azoth::orm
