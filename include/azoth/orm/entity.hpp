// SPDX-License-Identifier: MIT
// Mapped classes in statements: col<&User::name>, select<User>(), insert<User>(), join<&Address::user>().
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <azoth/orm/mapper.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/select.hpp>

namespace azoth {

namespace orm {

template <auto P, class Owner>
class Col;

template <class M>
inline constexpr bool is_composite = false;

/// @throws ArgumentError for an attribute with `init(false)`.
void require_init(const AttributeBase& attribute, bool link);

/// `col<&User::name> = "x"`: sets the member of an object (make) or builds SQL (values()).
template <auto P, class Owner, class V>
class AttributeAssignment {
public:
    explicit AttributeAssignment(V value) : value_(std::move(value)) {}

    template <class T>
    void set(T& object) && {
        if constexpr (std::derived_from<member_of<P>, AttributeBase>) require_init(object.*P, false);
        object.*P = std::move(value_);
    }
    [[nodiscard]] Assignment assignment() const
        requires(!is_composite<member_of<P>>);
    /// Of a composite: its columns.
    [[nodiscard]] std::vector<Assignment> assignments() const
        requires(is_composite<member_of<P>>)
    {
        return Col<P, Owner>::assignments(value_);
    }

private:
    V value_;
};

template <auto P>
using attribute_type = typename member_of<P>::value_type;

/// The expression of an attribute; made once per attribute.
[[nodiscard]] const sql::NodePtr& attribute_node(const MapperData& mapper, std::string_view name);

/// @throws ArgumentError when it is another expression.
[[nodiscard]] std::shared_ptr<const sql::ColumnNode> as_column(const sql::NodePtr& attribute);

/// The type of `col<P>`.
template <auto P, class Owner>
class Col : public ExpressionMethods<Col<P, Owner>, attribute_type<P>> {
public:
    using value_type = attribute_type<P>;

    [[nodiscard]] const sql::NodePtr& node() const {
        // Before the static variable: completing a mapping takes a lock, and may ask for this very node.
        const auto& mapper = mapper_of<Owner>();
        static const sql::NodePtr& found = attribute_node(mapper, member_name<P>());
        return found;
    }
    /// @throws ArgumentError for a column property, which is no column.
    [[nodiscard]] std::shared_ptr<const sql::ColumnNode> column_node() const { return as_column(node()); }

    template <class V>
        requires(!std::same_as<std::remove_cvref_t<V>, Col>)
    [[nodiscard]] auto operator=(V&& value) const {
        return AttributeAssignment<P, Owner, std::decay_t<V>>{std::forward<V>(value)};
    }
};

template <auto P, class Owner, class V>
Assignment AttributeAssignment<P, Owner, V>::assignment() const
    requires(!is_composite<member_of<P>>)
{
    return azoth::detail::assign<attribute_type<P>>(Col<P, Owner>{}.column_node(), value_);
}

/// `col<&Address::user> = user`: a link that make() sets.
template <auto P, class V>
class LinkAssignment {
public:
    explicit LinkAssignment(V value) : value_(std::move(value)) {}

    template <class T>
    void set(T& object) && {
        require_init(object.*P, true);
        object.*P = std::move(value_);
    }

private:
    V value_;
};

/// A link: nothing but what make() takes.
template <auto P, class Owner>
    requires std::derived_from<member_of<P>, RelatedBase> || std::derived_from<member_of<P>, CollectionBase>
class Col<P, Owner> {
public:
    template <class V>
        requires(!std::same_as<std::remove_cvref_t<V>, Col>)
    [[nodiscard]] auto operator=(V&& value) const {
        return LinkAssignment<P, std::decay_t<V>>{std::forward<V>(value)};
    }
};

} // namespace orm

/// A mapped attribute in SQL: `col<&User::name> == "sandy"`. For a mixin's member name the class: `col<&Base::x, User>`.
template <auto P, class Owner = orm::class_of<P>>
inline constexpr orm::Col<P, Owner> col{};

namespace orm {
/// A copy of a column that a mapping's join condition tells from others. @throws ArgumentError when it is no column.
[[nodiscard]] sql::NodePtr mark_column(const sql::NodePtr& column, bool foreign, bool remote);
} // namespace orm

/// In a join condition: this column is the key, which a flush writes, and which refers to the other.
template <class C>
    requires requires(const C& c) { { c.node() } -> std::convertible_to<sql::NodePtr>; typename C::value_type; }
[[nodiscard]] Expr<typename C::value_type> foreign(const C& column) {
    return Expr<typename C::value_type>{orm::mark_column(column.node(), true, false)};
}
/// In a join condition of a class with itself: this column is the other object's.
template <class C>
    requires requires(const C& c) { { c.node() } -> std::convertible_to<sql::NodePtr>; typename C::value_type; }
[[nodiscard]] Expr<typename C::value_type> remote(const C& column) {
    return Expr<typename C::value_type>{orm::mark_column(column.node(), false, true)};
}

template <class T>
struct EntityFrom {
    [[nodiscard]] static const sql::NodePtr& node() { return mapper_of<T>().table->node(); }
};

/// SELECT of mapped classes: rows hold shared_ptr<T> of each.
template <orm::MappedClass... T>
    requires(sizeof...(T) > 0)
[[nodiscard]] Select<Entity<T>...> select() {
    Select<Entity<T>...> statement;
    (statement.own().add(&sql::SelectNode::columns, 'c', mapper_of<T>().entity), ...);
    return statement;
}

template <orm::MappedClass T>
[[nodiscard]] Insert<> insert() {
    return Insert<>{mapper_of<T>().table->node()};
}
template <orm::MappedClass T>
[[nodiscard]] Update<> update() {
    return Update<>{mapper_of<T>().table->node()};
}
template <orm::MappedClass T>
[[nodiscard]] Delete<> delete_() {
    return Delete<>{mapper_of<T>().table->node()};
}

namespace orm {
/// The target's table and the ON condition of a relationship.
[[nodiscard]] sql::NodePtr relationship_condition(const MapperData& mapper, const RelationshipInfo& relationship);
/// EXISTS (SELECT 1 FROM the target WHERE it is linked AND `criterion`). @param criterion  may be null
/// Where both sides are one class the target's columns in `criterion` are those of an alias of the table.
[[nodiscard]] sql::NodePtr
relationship_exists(const MapperData& mapper, const RelationshipInfo& relationship, sql::NodePtr criterion);
template <auto P>
[[nodiscard]] sql::NodePtr linked_node(sql::NodePtr criterion) {
    const auto& mapper = mapper_of<class_of<P>>();
    return relationship_exists(mapper, mapper.relationships[mapper.relationship_index(member_name<P>())], std::move(criterion));
}
[[nodiscard]] const Table& association_table(const MapperData& mapper, std::string_view relationship);
} // namespace orm

/// Whether a collection has a member, or one that fits: `where(any<&User::addresses>(col<&Address::city> == "Ulm"))`.
template <auto P>
    requires std::derived_from<orm::member_of<P>, orm::CollectionBase>
[[nodiscard]] Expr<bool> any() {
    return Expr<bool>{orm::linked_node<P>(nullptr)};
}
template <auto P, Condition C>
    requires std::derived_from<orm::member_of<P>, orm::CollectionBase>
[[nodiscard]] Expr<bool> any(const C& criterion) {
    return Expr<bool>{orm::linked_node<P>(criterion.node())};
}
/// The same of a link to one object.
template <auto P>
    requires std::derived_from<orm::member_of<P>, orm::RelatedBase>
[[nodiscard]] Expr<bool> has() {
    return Expr<bool>{orm::linked_node<P>(nullptr)};
}
template <auto P, Condition C>
    requires std::derived_from<orm::member_of<P>, orm::RelatedBase>
[[nodiscard]] Expr<bool> has(const C& criterion) {
    return Expr<bool>{orm::linked_node<P>(criterion.node())};
}

/// The association table of a many-to-many relationship, in SQL. @throws ArgumentError when it has none.
template <auto P>
[[nodiscard]] const Table& secondary_table() {
    return orm::association_table(mapper_of<orm::class_of<P>>(), orm::member_name<P>());
}

template <auto Relationship>
struct RelationshipJoin {
    static void apply(detail::SelectBase& select, bool outer) {
        const auto& mapper = mapper_of<orm::class_of<Relationship>>();
        const auto& info = mapper.relationships[mapper.relationship_index(orm::member_name<Relationship>())];
        select.join_elements(
            mapper.table->node(), info.target->table->node(), orm::relationship_condition(mapper, info), outer);
    }
};

} // namespace azoth
