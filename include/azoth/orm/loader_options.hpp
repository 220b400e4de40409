// SPDX-License-Identifier: MIT
// Loader options: `select<User>().options(selectinload<&User::addresses>())`.
#pragma once

#include <string_view>
#include <utility>

#include <azoth/orm/entity.hpp>
#include <azoth/orm/load_plan.hpp>

namespace azoth {

namespace orm {

/// A loader option for `options()`; further relationships of the target hang on it.
class RelationshipLoad {
public:
    explicit RelationshipLoad(LoaderOption option) : option_(std::move(option)) {}

    /// `selectinload<&User::addresses>().selectinload<&Address::country>()`
    template <auto P>
    [[nodiscard]] RelationshipLoad selectinload() const;
    template <auto P>
    [[nodiscard]] RelationshipLoad joinedload() const;
    /// For Select::options().
    void apply(sql::SelectNode& select) const;

private:
    [[nodiscard]] RelationshipLoad nested(LoaderOption option) const;

    LoaderOption option_;
};

template <auto P>
[[nodiscard]] LoaderOption loader_option(Lazy how) {
    const auto& mapper = mapper_of<class_of<P>>();
    return {&mapper, mapper.relationship_index(member_name<P>()), {}, how};
}

template <auto P>
RelationshipLoad RelationshipLoad::selectinload() const {
    return nested(loader_option<P>(Lazy::selectin));
}
template <auto P>
RelationshipLoad RelationshipLoad::joinedload() const {
    return nested(loader_option<P>(Lazy::joined));
}

} // namespace orm

/// Loads a relationship for all objects of a result by one more SELECT (one for every 500 owners).
template <auto P>
[[nodiscard]] orm::RelationshipLoad selectinload() {
    return orm::RelationshipLoad{orm::loader_option<P>(orm::Lazy::selectin)};
}
/// Loads a relationship with its owners' rows, by LEFT OUTER JOIN: of a SELECT of one entity whose rows are not grouped, and for a collection
/// not counted either. Elsewhere as `selectinload()`. An owner that has several rows then is one object of the result.
template <auto P>
[[nodiscard]] orm::RelationshipLoad joinedload() {
    return orm::RelationshipLoad{orm::loader_option<P>(orm::Lazy::joined)};
}

namespace orm {

/// `undefer<&Article::body>()`
class UndeferOption {
public:
    UndeferOption(const MapperData& mapper, std::uint16_t attribute) : mapper_(&mapper), attribute_(attribute) {}
    void apply(sql::SelectNode& select) const;

private:
    const MapperData* mapper_;
    std::uint16_t attribute_;
};

/// `with_expression<&User::score>(…)`
class WithExpressionOption {
public:
    /// @throws ArgumentError when the attribute is no query_expression<>().
    WithExpressionOption(const MapperData& mapper, std::string_view attribute, sql::NodePtr expression);
    void apply(sql::SelectNode& select) const;

private:
    ExpressionOption option_;
};

} // namespace orm

/// Fills an attribute that is mapped by `query_expression<>()`, for objects that this statement loads; those that the session has
/// already keep theirs, unless they are expired or `populate_existing` is on. Of entities only: a subquery does not select it.
template <auto P, Expression E>
[[nodiscard]] orm::WithExpressionOption with_expression(const E& expression) {
    return {mapper_of<orm::class_of<P>>(), orm::member_name<P>(), expression.node()};
}

/// Loads a deferred attribute along with its objects.
template <auto P>
[[nodiscard]] orm::UndeferOption undefer() {
    const auto& mapper = mapper_of<orm::class_of<P>>();
    return {mapper, mapper.attribute_index(orm::member_name<P>())};
}

} // namespace azoth
