// SPDX-License-Identifier: MIT
// aliased<T>(): a mapped class under another name, or from other rows than its table's.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <azoth/orm/entity.hpp>

namespace azoth {

namespace orm {

/// What an alias of a class is: told by `inspect(alias)`.
class AliasInspection {
public:
    AliasInspection(const MapperData& mapper, sql::NodePtr selectable, QuotedName name);

    /// The class's mapping: there is one, however many aliases there are.
    [[nodiscard]] const MapperData& mapper() const noexcept { return *mapper_; }
    /// What the alias selects from.
    [[nodiscard]] const sql::NodePtr& selectable() const noexcept { return selectable_; }
    /// Empty: each statement numbers it.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// True: the entity is no table.
    [[nodiscard]] bool is_aliased_class() const noexcept { return selectable_ != mapper_->selectable(); }
    /// An attribute of the class as an expression over the alias. @throws UnmappedColumnError.
    [[nodiscard]] const sql::NodePtr& attribute(std::string_view member) const { return attributes_[mapper_->attribute_index(member)]; }
    /// All columns, for a SELECT of the entity.
    [[nodiscard]] const sql::NodePtr& entity() const noexcept { return entity_; }

private:
    const MapperData* mapper_;
    sql::NodePtr selectable_;
    std::string name_;
    std::vector<sql::NodePtr> attributes_; ///< of the class, in its order
    sql::NodePtr entity_;
};

} // namespace orm

/// A mapped class under another name: `const auto boss = aliased<Employee>("boss")`, then `select(boss)`, or `boss[col<&Employee::name>]` in
/// an expression. Stands in FROM as a table does. Its objects are those of the class: one for each row, however it was selected.
template <orm::MappedClass T>
class Aliased : public FromClause {
public:
    using entity_type = T;

    explicit Aliased(std::shared_ptr<const orm::AliasInspection> alias) : FromClause(alias->selectable()), alias_(std::move(alias)) {}

    /// An attribute; of a column property the expression over this alias.
    template <auto P, class Owner>
        requires std::derived_from<T, Owner> && (!orm::is_composite<orm::member_of<P>>)
    [[nodiscard]] Expr<orm::attribute_type<P>> operator[](const orm::Col<P, Owner>&) const {
        return Expr<orm::attribute_type<P>>{alias_->attribute(orm::member_name<P>())};
    }
    [[nodiscard]] const orm::AliasInspection& inspection() const noexcept { return *alias_; }

private:
    std::shared_ptr<const orm::AliasInspection> alias_;
};

/// @param name  empty: each statement numbers it
template <orm::MappedClass T>
[[nodiscard]] Aliased<T> aliased(QuotedName name = {}) {
    const auto& mapper = mapper_of<T>();
    auto alias = std::make_shared<sql::AliasNode>(mapper.selectable(), name);
    return Aliased<T>{std::make_shared<orm::AliasInspection>(mapper, std::move(alias), std::move(name))};
}
/// The class from a subquery, CTE or join that has the columns of its table: `aliased<User>(select<User>().limit(5).subquery("few"))`.
/// An attribute whose column is not among them stays the table's.
template <orm::MappedClass T, FromElement F>
[[nodiscard]] Aliased<T> aliased(const F& rows) {
    return Aliased<T>{std::make_shared<orm::AliasInspection>(mapper_of<T>(), rows.node(), QuotedName{})};
}

/// SELECT of aliased classes: rows hold shared_ptr<T> of each.
template <class... T>
    requires(sizeof...(T) > 0)
[[nodiscard]] Select<Entity<T>...> select(const Aliased<T>&... aliases) {
    Select<Entity<T>...> statement;
    (statement.own().add(&sql::SelectNode::columns, 'c', aliases.inspection().entity()), ...);
    return statement;
}

/// What is known of an alias.
template <class T>
[[nodiscard]] const orm::AliasInspection& inspect(const Aliased<T>& alias) noexcept {
    return alias.inspection();
}

} // namespace azoth
