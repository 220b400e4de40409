// SPDX-License-Identifier: MIT
// Hanging loader options on a SELECT.
#include <azoth/orm/loader_options.hpp>

#include <memory>
#include <string>

#include <azoth/error.hpp>

namespace azoth::orm {

RelationshipLoad RelationshipLoad::nested(LoaderOption option) const {
    RelationshipLoad copy{*this};
    // At the end of the chain: each further call goes one relationship deeper.
    auto* last = &copy.option_;
    while (!last->nested.empty()) last = &last->nested.back();
    last->nested.push_back(std::move(option));
    return copy;
}

namespace {

/// The options of a SELECT with one more.
template <class Option>
void hang_on(sql::SelectNode& select, std::vector<Option> LoaderOptions::* list, const Option& option) {
    auto options = std::make_shared<LoaderOptions>();
    if (select.options) *options = *static_cast<const LoaderOptions*>(select.options.get());
    (*options.*list).push_back(option);
    select.options = std::move(options);
}

} // namespace

void RelationshipLoad::apply(sql::SelectNode& select) const { hang_on(select, &LoaderOptions::options, option_); }

WithExpressionOption::WithExpressionOption(const MapperData& mapper, std::string_view attribute, sql::NodePtr expression) {
    option_.mapper = &mapper;
    option_.attribute = mapper.attribute_index(attribute);
    option_.expression = std::move(expression);
    if (!mapper.attributes[option_.attribute].query_expression)
        throw ArgumentError(
            "with_expression(): " + mapper.class_name + "::" + std::string{attribute} + " is not mapped by query_expression<>()");
}

void WithExpressionOption::apply(sql::SelectNode& select) const { hang_on(select, &LoaderOptions::expressions, option_); }

sql::NodePtr with_expressions(const sql::NodePtr& statement) {
    if (statement->kind != sql::NodeKind::select) return statement;
    const auto& select = static_cast<const sql::SelectNode&>(*statement);
    const auto* options = static_cast<const LoaderOptions*>(select.options.get());
    if (options == nullptr || options->expressions.empty()) return statement;
    auto columns = select.columns;
    auto told = std::make_shared<LoaderOptions>(*options);
    for (auto& column : columns) {
        if (column->kind != sql::NodeKind::entity) continue;
        const auto& entity = static_cast<const sql::EntityNode&>(*column);
        if (entity.tag == nullptr) continue;
        const auto& mapper = *static_cast<const MapperData*>(entity.tag);
        if (entity.from != mapper.selectable()) continue;
        std::vector<sql::NodePtr> nodes(mapper.attributes.size());
        auto selected = entity_members(entity);
        for (std::size_t i = 0; i < selected.size(); ++i) nodes[selected[i]] = entity.columns[i];
        for (const auto& option : options->expressions) {
            if (option.mapper != &mapper) continue;
            nodes[option.attribute] = option.expression;
            selected.push_back(option.attribute);
        }
        column = mapper.make_entity_from(entity.from, nodes, selected);
        std::vector<std::uint16_t> members;
        for (std::size_t i = 0; i < nodes.size(); ++i)
            if (nodes[i]) members.push_back(static_cast<std::uint16_t>(i));
        told->filled.emplace_back(column.get(), std::move(members));
    }
    auto executed = std::make_shared<sql::SelectNode>(select);
    executed->replace_columns(std::move(columns));
    executed->options = std::move(told);
    return executed;
}

void UndeferOption::apply(sql::SelectNode& select) const {
    auto columns = select.columns;
    for (auto& column : columns) {
        if (column->kind != sql::NodeKind::entity) continue;
        const auto& entity = static_cast<const sql::EntityNode&>(*column);
        if (entity.tag != mapper_ || entity.from != mapper_->selectable()) continue;
        auto undeferred = entity_members(entity); // those that are selected already stay
        undeferred.push_back(attribute_);
        column = mapper_->make_entity(undeferred);
    }
    select.replace_columns(std::move(columns));
}

} // namespace azoth::orm
