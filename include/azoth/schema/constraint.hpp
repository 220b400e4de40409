// SPDX-License-Identifier: MIT
// Constraints and indexes as members of a table class, or made at run time. Each registers itself with its table.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <azoth/schema/options.hpp>
#include <azoth/schema/table.hpp>

namespace azoth {

namespace detail {

/// A column, by its handle or its name.
template <class C>
concept HasColumnNode = requires(const C& c) { c.column_node(); };
template <class C>
concept NamesColumn = std::convertible_to<const C&, std::string_view> || HasColumnNode<C>;

template <class C>
std::string column_name(const C& column) {
    if constexpr (std::convertible_to<const C&, std::string_view>) return std::string{std::string_view{column}};
    else return column.name();
}

/// Either one more column or an option.
template <class Data, class Part>
void add_part(Data& data, const Part& part) {
    if constexpr (NamesColumn<Part>) data.columns.push_back(column_name(part));
    else part.apply(data);
}

/// @throws ArgumentError for a column that the table does not have, or for no column at all.
void check_columns(const schema::TableData& table, const std::vector<std::string>& columns, std::string_view what);

} // namespace detail

namespace detail {
/// The table whose column it is. @throws ArgumentError when it is no table's.
[[nodiscard]] Table table_of(const sql::NodePtr& column);
/// The one table that an expression is about. @throws ArgumentError when there is none, or several.
[[nodiscard]] Table only_table_of(const sql::NodePtr& expression);
/// @throws ArgumentError when `column` is of another table.
void check_owner(const Table& table, const sql::NodePtr& column);
template <class P>
void check_owner_of(const Table& table, const P& part) {
    if constexpr (HasColumnNode<P>) check_owner(table, part.node());
}
} // namespace detail

/// Names of columns: `columns(a, "b")`.
template <detail::NamesColumn... C>
[[nodiscard]] std::vector<std::string> columns(const C&... c) {
    return {detail::column_name(c)...};
}

/// What AddConstraint and DropConstraint take.
class Constraint {
public:
    [[nodiscard]] const std::shared_ptr<schema::TableData>& table() const noexcept { return table_; }
    [[nodiscard]] const schema::ConstraintData& data() const noexcept { return data_; }

protected:
    /// Of one of the alternatives.
    template <class Data>
    Constraint(const Table& table, Data data);
    /// Of a table that comes later.
    template <class Data>
    explicit Constraint(Data data);
    Constraint(const Constraint& other);
    Constraint(Constraint&& other) noexcept;
    Constraint& operator=(const Constraint& other);
    Constraint& operator=(Constraint&& other) noexcept;
    ~Constraint();

    std::shared_ptr<schema::TableData> table_;
    schema::ConstraintData data_;
};

/// `UniqueConstraint uq{*this, a, b, named("uq_ab")};` columns by handle or name, then options.
class UniqueConstraint : public Constraint {
public:
    /// @throws ArgumentError when the table has no such column.
    template <class... Parts>
    explicit UniqueConstraint(const Table& table, const Parts&... parts) : Constraint(table, schema::UniqueData{}) {
        add_parts(parts...);
        attach_to(table);
    }
    /// Of columns of one table, which it becomes a constraint of: `UniqueConstraint{t.a, t.b}`.
    /// @throws ArgumentError when they are of several tables.
    template <detail::HasColumnNode First, class... Parts>
    explicit UniqueConstraint(const First& first, const Parts&... parts) : Constraint(schema::UniqueData{}) {
        const auto owner = detail::table_of(first.node());
        (detail::check_owner_of(owner, parts), ...);
        table_ = owner.shared_data();
        add_parts(first, parts...);
        attach_to(owner);
    }
    /// For a mapped class: `m.table("user", az::UniqueConstraint{"name", "city"})`.
    template <class... Parts>
    explicit UniqueConstraint(std::string first_column, const Parts&... parts) : Constraint(schema::UniqueData{}) {
        add_parts(first_column, parts...);
    }
    /// @throws ArgumentError when the table has no such column.
    void attach_to(const Table& table) const;

private:
    template <class... Parts>
    void add_parts(const Parts&... parts) {
        auto& data = std::get<schema::UniqueData>(data_);
        (detail::add_part(data, parts), ...);
    }
};

/// A primary key with a name, an order of columns or options of its own. Its columns become primary key columns.
class PrimaryKeyConstraint : public Constraint {
public:
    template <class... Parts>
    explicit PrimaryKeyConstraint(const Table& table, const Parts&... parts) : Constraint(table, schema::PrimaryKeyData{}) {
        auto& data = std::get<schema::PrimaryKeyData>(data_);
        (detail::add_part(data, parts), ...);
        attach_to(table);
    }
    /// Without a table, for `append_constraint()`.
    template <class... Parts>
    explicit PrimaryKeyConstraint(std::string first_column, const Parts&... parts) : Constraint(schema::PrimaryKeyData{}) {
        auto& data = std::get<schema::PrimaryKeyData>(data_);
        data.columns.push_back(std::move(first_column));
        (detail::add_part(data, parts), ...);
    }
    /// Its columns are the key from now on, whatever was said of columns before; where that differs the table notes a warning.
    /// @throws ArgumentError when the table has no such column.
    void attach_to(const Table& table) const;
};

/// A condition on rows: SQL text, or an expression over the table's columns.
class CheckConstraint : public Constraint {
public:
    template <class... Options>
    CheckConstraint(const Table& table, std::string condition, const Options&... options)
        : Constraint(table, schema::CheckData{{}, std::move(condition)}) {
        finish(options...);
    }
    template <class Expression, class... Options>
        requires requires(const Expression& e) { e.node(); }
    CheckConstraint(const Table& table, const Expression& condition, const Options&... options)
        : Constraint(table, schema::CheckData{{}, {}, condition.node()}) {
        finish(options...);
    }
    /// About columns of one table, which it becomes a constraint of: `CheckConstraint{t.a > 5}`.
    template <class Expression, class... Options>
        requires(requires(const Expression& e) { e.node(); } && !std::derived_from<Expression, Table>)
    explicit CheckConstraint(const Expression& condition, const Options&... options)
        : CheckConstraint(detail::only_table_of(condition.node()), condition, options...) {}
    /// For a mapped class: `m.table("article", az::CheckConstraint{"version > 0"})`.
    template <class... Options>
        requires(!(std::convertible_to<const Options&, std::string_view> || ...))
    explicit CheckConstraint(std::string condition, const Options&... options)
        : Constraint(schema::CheckData{{}, std::move(condition)}) {
        (options.apply(std::get<schema::CheckData>(data_)), ...);
    }
    void attach_to(const Table& table) const;

private:
    template <class... Options>
    void finish(const Options&... options) {
        (options.apply(std::get<schema::CheckData>(data_)), ...);
        attach();
    }
    void attach();
};

/// `ForeignKeyConstraint{*this, columns(order_id, item_id), {"order_item.order_id", "order_item.item_id"}}`, or
/// `…, references(order_items.order_id, order_items.item_id)}`.
class ForeignKeyConstraint : public Constraint {
public:
    /// @throws ArgumentError when there are not as many targets as columns, or targets of several tables.
    template <class... Options>
    ForeignKeyConstraint(
        const Table& table, std::vector<std::string> own, const std::vector<std::string>& targets, const Options&... options)
        : ForeignKeyConstraint(table, std::move(own), parse_targets(targets), options...) {}
    template <class... Options>
    ForeignKeyConstraint(
        const Table& table, std::vector<std::string> own, schema::ForeignKeyData targets, const Options&... options)
        : Constraint(table, std::move(targets)) {
        auto& data = std::get<schema::ForeignKeyData>(data_);
        data.columns = std::move(own);
        (options.apply(data), ...);
        attach();
    }

private:
    [[nodiscard]] static schema::ForeignKeyData parse_targets(const std::vector<std::string>& targets);
    void attach();
};

/// The columns that a foreign key refers to, of a table that is there already.
template <detail::HasColumnNode... Targets>
[[nodiscard]] schema::ForeignKeyData references(const Targets&... targets) {
    schema::ForeignKeyData key;
    (schema::add_target(key, *targets.column_node()->column), ...);
    return key;
}

/// `Index{*this, "ix_name", name, created.desc(), unique}`: columns and expressions over them, then options. An empty name
/// leaves it to the naming convention.
class Index {
public:
    template <class... Parts>
    Index(const Table& table, std::string name, const Parts&... parts) : table_(table.shared_data()) {
        data_.name = std::move(name);
        bool plain = true;
        const auto add = [&](const auto& part) {
            using Part = std::remove_cvref_t<decltype(part)>;
            if constexpr (detail::NamesColumn<Part>) {
                data_.columns.push_back(detail::column_name(part));
                data_.expressions.push_back(expression_of(table, part));
            } else if constexpr (requires { part.node(); }) {
                plain = false;
                data_.expressions.push_back(part.node());
            } else {
                part.apply(data_);
            }
        };
        (add(parts), ...);
        attach(plain);
    }
    /// Of columns of one table, which it becomes an index of: `Index{"ix_name", t.a, t.b}`.
    /// @throws ArgumentError when they are of several tables.
    template <detail::HasColumnNode First, class... Parts>
    Index(std::string name, const First& first, const Parts&... parts)
        : Index(detail::table_of(first.node()), std::move(name), first, parts...) {
        (detail::check_owner_of(detail::table_of(first.node()), parts), ...);
    }
    /// For a mapped class: `m.table("article", az::Index{"ix_title", "title"})`: columns by name, then options.
    template <class... Parts>
    Index(std::string name, std::string first_column, const Parts&... parts) {
        data_.name = std::move(name);
        data_.columns.push_back(std::move(first_column));
        (detail::add_part(data_, parts), ...);
    }
    /// @throws ArgumentError when the table has no such column.
    void attach_to(const Table& table) const;

    [[nodiscard]] const std::shared_ptr<schema::TableData>& table() const noexcept { return table_; }
    [[nodiscard]] const schema::IndexData& data() const noexcept { return data_; }

private:
    template <class C>
    [[nodiscard]] static sql::NodePtr expression_of(const Table& table, const C& column) {
        if constexpr (std::convertible_to<const C&, std::string_view>) return schema::column_node(table, column);
        else return column.node();
    }
    void attach(bool plain);

    std::shared_ptr<schema::TableData> table_;
    schema::IndexData data_;
};

/// EXCLUDE, on PostgreSQL: `ExcludeConstraint{*this, exclude(room, "="), exclude(during, "&&")}`.
class ExcludeConstraint : public Constraint {
public:
    template <class... Parts>
    explicit ExcludeConstraint(const Table& table, const Parts&... parts) : Constraint(table, schema::ExcludeData{}) {
        auto& data = std::get<schema::ExcludeData>(data_);
        (parts.apply(data), ...);
        data.settings.order = table_->next_constraint_order();
        table_->excludes.push_back(data);
    }
};

namespace schema {
struct ExcludeElement {
    ExcludeData::Element element;
    void apply(ExcludeData& data) const { data.elements.push_back(element); }
};
struct ExcludeUsing {
    std::string method;
    void apply(ExcludeData& data) const { data.access_method = method; }
};
struct ExcludeWhere {
    sql::NodePtr condition;
    void apply(ExcludeData& data) const { data.where = condition; }
};
} // namespace schema

/// One expression of an ExcludeConstraint and the operator that compares it.
template <class Expression>
[[nodiscard]] schema::ExcludeElement exclude(const Expression& expression, std::string op) {
    return {{expression.node(), std::move(op)}};
}
/// The index that enforces it; "gist" unless said.
[[nodiscard]] inline schema::ExcludeUsing exclude_using(std::string method) { return {std::move(method)}; }
template <class Expression>
[[nodiscard]] schema::ExcludeWhere exclude_where(const Expression& condition) {
    return {condition.node()};
}

} // namespace azoth
