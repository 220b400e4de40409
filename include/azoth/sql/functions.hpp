// SPDX-License-Identifier: MIT
// SQL functions: the typed ones everybody uses, and `func::call<T>("name", …)` for any other.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <azoth/sql/expression.hpp>

namespace azoth {

namespace detail {

template <class T, class... Args>
Expr<T> function(std::string name, Type type, const Args&... args) {
    std::vector<sql::NodePtr> nodes;
    nodes.reserve(sizeof...(Args));
    (nodes.push_back(operand<Value>(args, Type{})), ...);
    return Expr<T>{sql::make_function(std::move(name), std::move(nodes), std::move(type))};
}

/// A part of `over()` that is a list of expressions.
struct WindowPart {
    std::vector<sql::NodePtr> sql::Window::*clause;
    std::vector<sql::NodePtr> nodes;

    WindowPart(std::vector<sql::NodePtr> sql::Window::*which, std::vector<sql::NodePtr> n)
        : clause(which), nodes(std::move(n)) {}
    void add_to(sql::Window& window) const {
        auto& list = window.*clause;
        list.insert(list.end(), nodes.begin(), nodes.end());
    }
};
struct FramePart {
    sql::WindowFrame frame;

    FramePart(sql::WindowFrame::Mode mode, sql::FrameBound lower, sql::FrameBound upper) {
        frame.mode = mode;
        frame.lower = std::move(lower);
        frame.upper = std::move(upper);
    }
    void add_to(sql::Window& window) const {
        auto exclude = std::move(window.frame.exclude);
        window.frame = frame;
        window.frame.exclude = std::move(exclude);
    }
};
struct ExcludePart {
    std::string rows;

    explicit ExcludePart(std::string which) : rows(std::move(which)) {}
    void add_to(sql::Window& window) const { window.frame.exclude = rows; }
};

template <class T>
struct SumOf {
    using type = std::optional<T>;
};
template <std::integral T>
struct SumOf<T> {
    using type = std::optional<std::int64_t>;
};
template <>
struct SumOf<Value> {
    using type = Value;
};

} // namespace detail

/// PARTITION BY for `over()`.
template <Expression... E>
[[nodiscard]] auto partition_by(const E&... expressions) {
    return detail::WindowPart{&sql::Window::partition_by, {expressions.node()...}};
}
/// ORDER BY for `over()`.
template <Expression... E>
[[nodiscard]] auto order_by(const E&... expressions) {
    return detail::WindowPart{&sql::Window::order_by, {expressions.node()...}};
}

/// One end of a frame: `unbounded`, or a distance; negative ones precede the current row, 0 is the row itself.
class FrameEnd {
public:
    FrameEnd(std::int64_t distance) noexcept : distance_(distance) {}
    static FrameEnd unbounded() noexcept {
        FrameEnd end{0};
        end.unbounded_ = true;
        return end;
    }
    [[nodiscard]] sql::FrameBound bound() const;

private:
    std::int64_t distance_;
    bool unbounded_ = false;
};
inline const FrameEnd unbounded = FrameEnd::unbounded();

/// `ROWS BETWEEN … AND …` for `over()`: `rows(-2, 0)` is this row and the two before it; `rows(unbounded, 0)` all until it.
[[nodiscard]] inline detail::FramePart rows(FrameEnd lower, FrameEnd upper) {
    return {sql::WindowFrame::Mode::rows, lower.bound(), upper.bound()};
}
[[nodiscard]] inline detail::FramePart range(FrameEnd lower, FrameEnd upper) {
    return {sql::WindowFrame::Mode::range, lower.bound(), upper.bound()};
}
[[nodiscard]] inline detail::FramePart groups(FrameEnd lower, FrameEnd upper) {
    return {sql::WindowFrame::Mode::groups, lower.bound(), upper.bound()};
}

/// Rows that are not in the frame after all: "CURRENT ROW", "GROUP", "TIES" or "NO OTHERS".
/// @throws ArgumentError for anything else.
[[nodiscard]] detail::ExcludePart exclude(std::string rows);

namespace func {

/// Makes a function known: in whatever case `call()` names it, it is written as `name` is here, and its result has a type
/// without being told. Of a package it is called as `call("package.name")`. Thread-safe; an earlier one of that name is
/// replaced. The built-in ones, of no package, can be replaced, too.
/// @throws ArgumentError for an empty name.
void register_function(std::string name, const Type& returns, std::string package = {});
/// The same where the type follows from the arguments.
void register_function(
    std::string name, std::function<Type(const std::vector<sql::NodePtr>& arguments)> returns, std::string package = {});

/// Any function by name. T says what it returns.
template <class T = Value, class... Args>
[[nodiscard]] Expr<T> call(std::string name, const Args&... args) {
    return detail::function<T>(std::move(name), detail::own_type<T>(), args...);
}

/// count(*)
[[nodiscard]] inline Expr<std::int64_t> count() {
    std::vector<sql::NodePtr> star{sql::make_constant(sql::Constant::star)};
    return Expr<std::int64_t>{std::make_shared<sql::FunctionNode>("count", std::move(star), BigInteger{})};
}
template <Expression E>
[[nodiscard]] Expr<std::int64_t> count(const E& expression) {
    return detail::function<std::int64_t>("count", BigInteger{}, expression);
}
/// NULL for no rows, so optional. The type is the argument's.
template <Expression E>
[[nodiscard]] auto sum(const E& expression) {
    using R = typename detail::SumOf<detail::base_t<typename E::value_type>>::type;
    return detail::function<R>("sum", sql::type_of(*expression.node()), expression);
}
template <Expression E>
[[nodiscard]] auto max(const E& expression) {
    using R = detail::make_optional_t<typename E::value_type>;
    return detail::function<R>("max", sql::type_of(*expression.node()), expression);
}
template <Expression E>
[[nodiscard]] auto min(const E& expression) {
    using R = detail::make_optional_t<typename E::value_type>;
    return detail::function<R>("min", sql::type_of(*expression.node()), expression);
}
template <Expression E>
[[nodiscard]] auto avg(const E& expression) {
    return detail::function<std::optional<double>>("avg", Numeric{}, expression);
}
template <Expression E>
[[nodiscard]] auto lower(const E& expression) {
    return detail::function<typename E::value_type>("lower", String{}, expression);
}
template <Expression E>
[[nodiscard]] auto upper(const E& expression) {
    return detail::function<typename E::value_type>("upper", String{}, expression);
}
template <Expression E>
[[nodiscard]] auto length(const E& expression) {
    using R = std::conditional_t<detail::is_optional<typename E::value_type>, std::optional<std::int32_t>, std::int32_t>;
    return detail::function<R>("length", Integer{}, expression);
}
/// The first that is not NULL; its type is the first argument's.
template <Expression E, class... Args>
[[nodiscard]] auto coalesce(const E& first, const Args&... others) {
    const Type type = sql::type_of(*first.node());
    std::vector<sql::NodePtr> nodes{first.node()};
    (nodes.push_back(detail::operand<typename E::value_type>(others, type)), ...);
    return Expr<typename E::value_type>{std::make_shared<sql::FunctionNode>("coalesce", std::move(nodes), type)};
}
/// All values of a group in one text, with a separator that is written into the statement. In what order, says
/// `aggregate_order_by()`.
template <Expression E>
[[nodiscard]] auto aggregate_strings(const E& expression, std::string separator) {
    std::vector<sql::NodePtr> nodes{expression.node(), sql::make_inline_text(std::move(separator))};
    return Expr<std::optional<std::string>>{
        std::make_shared<sql::FunctionNode>("aggregate_strings", std::move(nodes), String{})};
}
/// The transaction's time as the database says it; CURRENT_TIMESTAMP where there is no now().
[[nodiscard]] inline Expr<Timestamp> now() { return detail::function<Timestamp>("now", DateTime{}); }
[[nodiscard]] inline Expr<Date> current_date() { return detail::function<Date>("current_date", DateType{}); }
[[nodiscard]] inline Expr<Timestamp> current_timestamp() {
    return detail::function<Timestamp>("current_timestamp", DateTime{});
}
/// A number from 0 up to 1: random(), rand() on MySQL; on SQLite a 64-bit integer.
[[nodiscard]] inline Expr<Value> random() { return detail::function<Value>("random", Type{}); }
template <Expression E>
[[nodiscard]] auto char_length(const E& expression) {
    using R = std::conditional_t<detail::is_optional<typename E::value_type>, std::optional<std::int32_t>, std::int32_t>;
    return detail::function<R>("char_length", Integer{}, expression);
}
template <class... Args>
[[nodiscard]] Expr<std::string> concat(const Args&... args) {
    return detail::function<std::string>("concat", String{}, args...);
}
[[nodiscard]] inline Expr<std::int64_t> rank() { return detail::function<std::int64_t>("rank", BigInteger{}); }
[[nodiscard]] inline Expr<std::int64_t> dense_rank() { return detail::function<std::int64_t>("dense_rank", BigInteger{}); }
[[nodiscard]] inline Expr<std::int64_t> row_number() { return detail::function<std::int64_t>("row_number", BigInteger{}); }

} // namespace func
} // namespace azoth
