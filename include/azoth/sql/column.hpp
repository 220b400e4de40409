// SPDX-License-Identifier: MIT
// Columns as expressions: Column<T>, a typed member of a table, and ColumnRef, found by name at run time.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <azoth/schema/options.hpp>
#include <azoth/schema/table.hpp>
#include <azoth/sql/expression.hpp>

namespace azoth {

/// `column = value` in values(): of INSERT and UPDATE.
struct Assignment {
    Assignment(std::shared_ptr<const sql::ColumnNode> assigned, sql::NodePtr v, sql::NodePtr element = {})
        : column(std::move(assigned)), value(std::move(v)), target(std::move(element)) {}
    std::shared_ptr<const sql::ColumnNode> column;
    sql::NodePtr value;
    sql::NodePtr target; ///< null: the column itself; else an element of it, or a tuple that it is the first of
};

namespace detail {

/// What typed columns share; `alias()` points it at another FROM element.
class ColumnBase {
public:
    [[nodiscard]] const sql::NodePtr& node() const noexcept { return node_; }
    [[nodiscard]] std::shared_ptr<const sql::ColumnNode> column_node() const noexcept {
        return std::static_pointer_cast<const sql::ColumnNode>(node_);
    }
    [[nodiscard]] const std::string& name() const noexcept { return static_cast<const sql::ColumnNode&>(*node_).name; }

protected:
    friend class azoth::Table;
    explicit ColumnBase(sql::NodePtr node) noexcept : node_(std::move(node)) {}
    void rebind(const sql::NodePtr& from);

    sql::NodePtr node_;
};

/// The column that a target of SET is about. @throws ArgumentError when it is none.
[[nodiscard]] std::shared_ptr<const sql::ColumnNode> target_column(const sql::NodePtr& node);

[[nodiscard]] sql::NodePtr make_column_node(const sql::NodePtr& from, const schema::ColumnData& data);

/// Points a copy of a table at another FROM element.
struct TableAccess : Table {
    TableAccess(std::shared_ptr<schema::TableData> data, sql::NodePtr node) noexcept : Table(std::move(data), std::move(node)) {}
    static void point(Table& table, sql::NodePtr node) { (table.*&TableAccess::rebind)(std::move(node)); }
    static void become(Table& table, const Table& other) {
        table.*&TableAccess::data_ = other.shared_data();
        point(table, other.node());
    }
};

template <class T>
T sampled(const T& table, sql::Sampling sampling, std::string name) {
    T copy{table};
    TableAccess::point(copy, std::make_shared<sql::AliasNode>(table.node(), std::move(name), false, std::move(sampling)));
    return copy;
}

/// The node of `column = value`; a value becomes a parameter of the column's type.
template <class T, class V>
Assignment assign(std::shared_ptr<const sql::ColumnNode> column, const V& v) {
    auto value = [&]() -> sql::NodePtr {
        if constexpr (Expression<V>) return v.node();
        else if constexpr (std::same_as<V, Null>) return sql::make_bind(Value{}, column->type);
        else return sql::make_bind(value_for<T>(v), column->type.is_null_type() && !column->type.details ? own_type<V>() : column->type);
    }();
    return Assignment{std::move(column), std::move(value)};
}

} // namespace detail

/// A typed column of a table class. `std::optional<T>` makes it nullable. Usable in expressions; assignment does not change
/// it but builds an `Assignment` for `values()`.
template <class T>
class Column : public detail::ColumnBase, public ExpressionMethods<Column<T>, T> {
public:
    using value_type = T;

    /// Adds the column to `table`. @throws ArgumentError when it has one of that name.
    template <class... Options>
    Column(Table& table, QuotedName name, const Options&... options)
        : ColumnBase(nullptr) {
        static_assert(
            (schema::ColumnOption<Options> && ...),
            "after its name a column takes a SQL type (String{30}) and options (primary_key, unique, foreign_key(...), ...)");
        auto& data = *table.data_;
        const auto [column, fresh] = data.declare_column(std::move(name), TypeTraits<T>::type(), table.existing_);
        if (fresh) {
            column->nullable = detail::is_optional<T>;
            (schema::apply_option(data, *column, options), ...);
            data.declared(*column);
        }
        node_ = detail::make_column_node(table.node_, *column);
        table.column_offsets_.push_back(reinterpret_cast<const char*>(static_cast<ColumnBase*>(this))
                                        - reinterpret_cast<const char*>(&table));
    }
    Column(const Column&) = default;

    template <OperandFor<T> V>
        requires(!std::same_as<std::remove_cvref_t<V>, Null> || detail::is_optional<T> || std::same_as<T, Value>)
    [[nodiscard]] Assignment operator=(const V& value) const {
        return detail::assign<T>(column_node(), value);
    }
    /// `a.x = b.x` sets one column from another.
    [[nodiscard]] Assignment operator=(const Column& other) const { return detail::assign<T>(column_node(), other); }
    // Deleted, so that the compiler says it in one line.
    void operator=(Null null_for_a_column_that_is_not_optional) const
        requires(!detail::is_optional<T> && !std::same_as<T, Value>)
    = delete;
    template <class V>
        requires(!OperandFor<V, T>)
    void operator=(const V& value_of_another_type) const = delete;
};

/// A column of a table: Column<T>, ColumnRef, col<&User::name>.
template <class C>
concept HasColumnNode = requires(const C& c) {
    { c.column_node() } -> std::convertible_to<std::shared_ptr<const sql::ColumnNode>>;
};

/// A column found by name: its C++ type is not known, so it can be compared with anything.
class ColumnRef : public ExpressionMethods<ColumnRef, Value> {
public:
    using value_type = Value;

    explicit ColumnRef(std::shared_ptr<const sql::ColumnNode> node) noexcept : column_(std::move(node)), node_(column_) {}
    ColumnRef(const ColumnRef&) = default;

    [[nodiscard]] const sql::NodePtr& node() const noexcept { return node_; }
    [[nodiscard]] const std::shared_ptr<const sql::ColumnNode>& column_node() const noexcept { return column_; }
    [[nodiscard]] const std::string& name() const noexcept { return column_->name; }
    [[nodiscard]] const Type& type() const noexcept { return column_->type; }
    /// Null for a column of a subquery.
    [[nodiscard]] const schema::ColumnData* data() const noexcept { return column_->column; }

    template <OperandFor<Value> V>
    [[nodiscard]] Assignment operator=(const V& value) const {
        return detail::assign<Value>(column_, value);
    }
    [[nodiscard]] Assignment operator=(const ColumnRef& other) const { return detail::assign<Value>(column_, other); }

private:
    std::shared_ptr<const sql::ColumnNode> column_;
    sql::NodePtr node_;
};

template <class... Options>
ColumnRef Table::add_column(QuotedName column_name, const Type& type, const Options&... options) {
    static_assert((schema::ColumnOption<Options> && ...), "after its type a column takes options (primary_key, unique, ...)");
    constexpr bool replaces = (std::same_as<Options, schema::ReplaceOption> || ...);
    const auto how = replaces ? schema::Redeclare::extend_existing : existing_;
    const auto [column, fresh] = data_->declare_column(std::move(column_name), type, how);
    if (fresh) {
        column->type_given = true;
        (schema::apply_option(*data_, *column, options), ...);
        data_->declared(*column);
    }
    return c(column->key_name());
}
template <class... Options>
ColumnRef Table::append_column(QuotedName column_name, const Type& type, const Options&... options) {
    return add_column(std::move(column_name), type, options...);
}

/// The same table under another name, typed columns included: `auto u2 = alias(users, "u2")`. Without a name the compiler
/// numbers it ("user_account_1").
template <class T>
[[nodiscard]] T alias(const T& table, QuotedName name) {
    static_assert(std::is_base_of_v<Table, T>, "alias() takes a table");
    T copy{table};
    copy.rebind(std::make_shared<sql::AliasNode>(table.node(), std::move(name)));
    return copy;
}
template <class T>
    requires std::is_base_of_v<Table, T>
[[nodiscard]] T alias(const T& table) {
    return alias(table, QuotedName{});
}

/// `table.to_metadata(…)` with typed columns.
template <class T>
    requires std::is_base_of_v<Table, T>
[[nodiscard]] T to_metadata(
    const T& table, MetaData& metadata, const std::optional<std::string>& schema = std::nullopt, const std::string& name = {}) {
    T copy{table};
    detail::TableAccess::become(copy, static_cast<const Table&>(table).to_metadata(metadata, schema, name));
    return copy;
}

/// A part of a table's rows, typed columns included: `tablesample(users, func::call("bernoulli", 10), "t")`. With a seed it
/// is the same part each time.
template <class T, Expression M>
    requires std::is_base_of_v<Table, T>
[[nodiscard]] T tablesample(const T& table, const M& method, std::string name = {}) {
    return detail::sampled(table, {method.node(), nullptr}, std::move(name));
}
template <class T, Expression M, Expression S>
    requires std::is_base_of_v<Table, T>
[[nodiscard]] T tablesample(const T& table, const M& method, std::string name, const S& seed) {
    return detail::sampled(table, {method.node(), seed.node()}, std::move(name));
}

namespace detail {

/// The schema of a table that no MetaData describes.
struct InSchema {
    QuotedName name;
};
template <class P>
concept LightTablePart = std::convertible_to<P, std::string> || std::same_as<P, InSchema> || Expression<P>;

/// @throws ArgumentError for an expression that is no `column()`.
void add_light_column(schema::TableData& table, const sql::NodePtr& column);

template <LightTablePart P>
void add_light_part(schema::TableData& table, const P& part) {
    if constexpr (std::same_as<P, InSchema>) table.schema = part.name;
    else if constexpr (std::convertible_to<P, std::string>) table.add_column(QuotedName(part), Type{});
    else add_light_column(table, part.node());
}

} // namespace detail

/// The schema of a `table()`.
[[nodiscard]] inline detail::InSchema in_schema(QuotedName name) { return {std::move(name)}; }

/// A table that no MetaData describes: columns by their names, or with types, and a schema: `table("tbl", "a", "b")`,
/// `table("tbl", column<int>("a"), column("b", Text{}), in_schema("stats"))`.
/// @throws DuplicateColumnError for a column that occurs again.
template <detail::LightTablePart... Parts>
[[nodiscard]] Table table(QuotedName name, const Parts&... parts) {
    auto data = std::make_shared<schema::TableData>(std::move(name));
    (detail::add_light_part(*data, parts), ...);
    return Table{std::move(data)};
}

} // namespace azoth
