// SPDX-License-Identifier: MIT
// Construct: an expression of the user's own, with the functions that write it on each dialect.
#pragma once

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
    /// Any expression; values become parameters.
    virtual SqlWriter& write(const sql::NodePtr& node) = 0;
    [[nodiscard]] virtual std::string_view dialect() const noexcept = 0;
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

} // namespace sql

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

    /// The expression. @throws CompileError, when it is compiled for a dialect without a function, that names both.
    template <class T = Value, class... Args>
    [[nodiscard]] Expr<T> call(const Args&... args) const {
        return typed_call<T>(detail::own_type<T>(), args...);
    }
    /// The same with a SQL type.
    template <class T = Value, class... Args>
    [[nodiscard]] Expr<T> typed_call(const Type& type, const Args&... args) const {
        std::vector<sql::NodePtr> nodes;
        nodes.reserve(sizeof...(Args));
        (nodes.push_back(detail::operand<Value>(args, Type{})), ...);
        return Expr<T>{std::make_shared<sql::CustomNode>(data_, std::move(nodes), type)};
    }

private:
    std::shared_ptr<const sql::ConstructData> data_;
};

} // namespace azoth
