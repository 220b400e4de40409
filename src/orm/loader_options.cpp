// SPDX-License-Identifier: MIT
// Hanging loader options on a SELECT.
#include <azoth/orm/loader_options.hpp>

#include <algorithm>
#include <memory>

namespace azoth::orm {

RelationshipLoad RelationshipLoad::nested(LoaderOption option) const {
    RelationshipLoad copy{*this};
    // At the end of the chain: each further call goes one relationship deeper.
    auto* last = &copy.option_;
    while (!last->nested.empty()) last = &last->nested.back();
    last->nested.push_back(std::move(option));
    return copy;
}

void RelationshipLoad::apply(sql::SelectNode& select) const {
    auto options = std::make_shared<LoaderOptions>();
    if (select.options) *options = *static_cast<const LoaderOptions*>(select.options.get());
    options->options.push_back(option_);
    select.options = std::move(options);
}

void UndeferOption::apply(sql::SelectNode& select) const {
    auto columns = select.columns;
    for (auto& column : columns) {
        if (column->kind != sql::NodeKind::entity) continue;
        const auto& entity = static_cast<const sql::EntityNode&>(*column);
        if (entity.tag != mapper_) continue;
        std::vector<std::uint16_t> undeferred{attribute_};
        for (std::size_t i = 0; i < mapper_->attributes.size(); ++i)
            if (mapper_->attributes[i].deferred && std::ranges::find(entity.columns, mapper_->attributes[i].node) != entity.columns.end())
                undeferred.push_back(static_cast<std::uint16_t>(i));
        column = mapper_->make_entity(undeferred);
    }
    select.replace_columns(std::move(columns));
}

} // namespace azoth::orm
