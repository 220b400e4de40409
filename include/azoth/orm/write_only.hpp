// SPDX-License-Identifier: MIT
// WriteOnly<T>: a link to so many objects that they are never loaded together.
#pragma once

#include <memory>

#include <azoth/orm/entity.hpp>
#include <azoth/orm/load_plan.hpp>

namespace azoth {

namespace orm {

/// `:id = visit.article_id`, for statements about the members of one object's link.
/// @throws InvalidRequestError when the object was not stored yet.
[[nodiscard]] std::shared_ptr<const sql::SelectNode> members_select(const AttributeBase& link);
/// The same for UPDATE and DELETE. @throws InvalidRequestError.
[[nodiscard]] std::vector<sql::NodePtr> members_condition(const AttributeBase& link);
/// What an INSERT of a member sets.
[[nodiscard]] std::vector<Assignment> members_key(const AttributeBase& link);

} // namespace orm

/// A collection that is added to, removed from and queried, never loaded. The database deletes what is left of it with its owner:
/// give it `passive_deletes`.
template <class T>
class WriteOnly : public orm::CollectionBase {
public:
    using target_type = T;
    static constexpr bool write_only = true;

    void add(const std::shared_ptr<T>& object) { link(object.get()); }
    void append(const std::shared_ptr<T>& object) { link(object.get()); }
    template <class Objects>
    void add_all(const Objects& objects) {
        for (const auto& object : objects) add(object);
    }
    void remove(const std::shared_ptr<T>& object) { unlink(object.get()); }

    /// The members, to be filtered and executed: `session.scalars(article->visits.select().limit(10))`.
    /// @throws InvalidRequestError when the owner was not stored yet.
    [[nodiscard]] Select<Entity<T>> select() const {
        const auto node = orm::members_select(*this);
        Select<Entity<T>> statement;
        for (const auto& column : node->columns) statement.own().add(&sql::SelectNode::columns, 'c', column);
        for (const auto& condition : node->where) statement.own().add(&sql::SelectNode::where, 'w', condition);
        for (const auto& order : node->order_by) statement.own().add(&sql::SelectNode::order_by, 'o', order);
        return statement;
    }
    /// INSERT of members, their key to the owner set. @throws ArgumentError for a many-to-many link.
    [[nodiscard]] Insert<> insert() const {
        auto statement = azoth::insert<T>();
        for (const auto& assignment : orm::members_key(*this)) statement = statement.values(assignment);
        return statement;
    }
    [[nodiscard]] Update<> update() const {
        auto statement = azoth::update<T>();
        for (const auto& condition : orm::members_condition(*this)) statement = statement.where(Expr<bool>{condition});
        return statement;
    }
    [[nodiscard]] Delete<> delete_() const {
        auto statement = azoth::delete_<T>();
        for (const auto& condition : orm::members_condition(*this)) statement = statement.where(Expr<bool>{condition});
        return statement;
    }
};

} // namespace azoth
