// SPDX-License-Identifier: MIT
// Hanging loader options on a SELECT.
#include <azoth/orm/loader_options.hpp>

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

} // namespace azoth::orm
