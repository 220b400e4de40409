// SPDX-License-Identifier: MIT
// Construct: an expression or a statement of the user's own, with the functions that write it on each dialect; and the same for what
// Azoth has itself.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/sql/expression.hpp>

namespace azoth {

class Dialect;

/// What a construct is written with.
class SqlWriter {
public:
    SqlWriter() = default;
    virtual ~SqlWriter();
    SqlWriter(const SqlWriter&) = delete;
    SqlWriter& operator=(const SqlWriter&) = delete;

    /// Text as it is. Never build it from input.
    virtual SqlWriter& raw(std::string_view text) = 0;
    /// A name, in quotes where it needs them.
    virtual SqlWriter& identifier(std::string_view name) = 0;
    /// Any expression, whose values become parameters; a FROM element as it stands in FROM; a statement, without parentheses.
    virtual SqlWriter& write(const sql::NodePtr& node) = 0;
    /// What is being written, as Azoth itself would: for functions given to `override_compilation()`.
    /// @throws InvalidRequestError for a construct, which has no other form.
    virtual SqlWriter& write_default() = 0;
    [[nodiscard]] virtual std::string_view dialect() const noexcept = 0;
    /// The dialect with its features and its server's version.
    [[nodiscard]] virtual const Dialect& target() const noexcept = 0;
    /// What is being written.
    [[nodiscard]] virtual const sql::Node& element() const noexcept = 0;
    /// What the construct was given; of anything else its parts.
    [[nodiscard]] virtual const std::vector<sql::NodePtr>& arguments() const noexcept = 0;

    /// @throws ArgumentError when the construct was not given so many.
    SqlWriter& argument(std::size_t position);
    /// All of them.
    SqlWriter& list(std::string_view separator = ", ");
};

namespace sql {

using ConstructHandler = std::function<void(SqlWriter&)>;

struct ConstructData {
    std::string name;
    std::map<std::string, ConstructHandler, std::less<>> handlers; ///< by dialect; "" is for all others
    bool cache_ok = false;
    std::uint64_t serial = 0; ///< unique in the process

    ConstructData() = default;
};

/// A construct with its arguments.
struct CustomNode final : ExpressionNode {
    CustomNode(std::shared_ptr<const ConstructData> what, std::vector<NodePtr> parts, Type value_type);
    [[nodiscard]] NodePtr with_arguments(std::vector<NodePtr> parts) const;

    std::shared_ptr<const ConstructData> construct;
    std::vector<NodePtr> arguments;
};

/// Functions that write what Azoth would write otherwise.
class CompilationOverrides {
public:
    /// Null: none for that kind on that dialect.
    [[nodiscard]] const ConstructHandler* find(NodeKind kind, std::string_view dialect) const;
    void set(NodeKind kind, std::string dialect, ConstructHandler handler);

private:
    std::map<NodeKind, std::map<std::string, ConstructHandler, std::less<>>> handlers_;
};
/// Those in force; null: there are none.
[[nodiscard]] std::shared_ptr<const CompilationOverrides> compilation_overrides();
/// Another number whenever they change; 0: there never were any.
[[nodiscard]] std::uint64_t compilation_overrides_serial() noexcept;
/// That of a dialect in a map by dialect; "mysql" is for MariaDB too unless that has its own; then "".
[[nodiscard]] const ConstructHandler*
handler_for(const std::map<std::string, ConstructHandler, std::less<>>& handlers, std::string_view dialect);

} // namespace sql

/// From now on expressions, FROM elements and statements of a kind are written by `handler`, on one dialect or, with "", on all that
/// have none of their own; in the whole process, and by all engines, whose compiled statements are made anew. An empty handler ends
/// it. Of statements only those that are executed, not those inside others. Thread-safe.
///
///     az::override_compilation(az::sql::NodeKind::insert, "mysql",
///         [](az::SqlWriter& w) { w.raw("/*+ SET_VAR(foreign_key_checks=0) */ ").write_default(); });
void override_compilation(sql::NodeKind kind, std::string dialect, sql::ConstructHandler handler);

/// A construct that is executed.
class ConstructStatement {
public:
    static constexpr bool typed = false;
    explicit ConstructStatement(sql::NodePtr node) noexcept : node_(std::move(node)) {}
    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }

private:
    sql::NodePtr node_;
};

namespace detail {

/// What a construct is given: anything that has a node, or a value.
template <class A>
sql::NodePtr construct_argument(const A& argument) {
    if constexpr (requires { { argument.node() } -> std::convertible_to<sql::NodePtr>; }) return argument.node();
    else return operand<Value>(argument, Type{});
}

[[nodiscard]] sql::NodePtr construct_statement(sql::NodePtr construct);
[[nodiscard]] sql::NodePtr construct_ddl(sql::NodePtr construct);

} // namespace detail

/// An expression that Azoth has no words for: what it looks like says a function for each dialect, or one for all.
///
///     const auto greatest = az::Construct{"greatest"}
///         .compiles([](az::SqlWriter& w) { w.raw("greatest(").list().raw(")"); })
///         .compiles("sqlite", [](az::SqlWriter& w) { w.raw("max(").list().raw(")"); })
///         .cache_ok();
///     select(greatest.call<int>(t.a, t.b, 7));
class Construct {
public:
    explicit Construct(std::string name);

    /// How it is written on all dialects that have no function of their own.
    [[nodiscard]] Construct compiles(sql::ConstructHandler handler) const { return compiles({}, std::move(handler)); }
    /// How it is written on one; "mysql" is for MariaDB too unless that has its own.
    [[nodiscard]] Construct compiles(std::string dialect, sql::ConstructHandler handler) const;
    /// What is written depends on the arguments alone: statements with it may be kept compiled. Without, none is.
    [[nodiscard]] Construct cache_ok(bool value = true) const;

    /// The expression, of values, expressions, tables and statements. Compiled for a dialect without a function it throws
    /// UnsupportedCompilationError, which names both.
    template <class T = Value, class... Args>
    [[nodiscard]] Expr<T> call(const Args&... args) const {
        return typed_call<T>(detail::own_type<T>(), args...);
    }
    /// The same with a SQL type.
    template <class T = Value, class... Args>
    [[nodiscard]] Expr<T> typed_call(const Type& type, const Args&... args) const {
        std::vector<sql::NodePtr> nodes;
        nodes.reserve(sizeof...(Args));
        (nodes.push_back(detail::construct_argument(args)), ...);
        return Expr<T>{std::make_shared<sql::CustomNode>(data_, std::move(nodes), type)};
    }
    /// A statement: it can be executed, and may return rows.
    ///
    ///     const auto insert_from = az::Construct{"insert_from"}.compiles([](az::SqlWriter& w) {
    ///         w.raw("INSERT INTO ").argument(0).raw(" ").argument(1); });
    ///     co_await connection.execute(insert_from.statement(archive, select(orders)));
    template <class... Args>
    [[nodiscard]] ConstructStatement statement(const Args&... args) const {
        return ConstructStatement{detail::construct_statement(call<Value>(args...).node())};
    }
    /// The same as DDL: values stand in its text, columns without their table's name, and it is never kept compiled.
    template <class... Args>
    [[nodiscard]] ConstructStatement ddl(const Args&... args) const {
        return ConstructStatement{detail::construct_ddl(call<Value>(args...).node())};
    }

private:
    std::shared_ptr<const sql::ConstructData> data_;
};

} // namespace azoth
