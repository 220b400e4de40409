// SPDX-License-Identifier: MIT
// What is known of functions and of arithmetic: the standard's names, and the types that come out.
#include <azoth/sql/functions.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <utility>

#include <azoth/error.hpp>

namespace azoth::sql {

namespace {

/// Functions that are known whatever the case of their letters, and how the type of their result follows.
enum class Returns { nothing_known, first_argument, integer, numeric, text, date, time, date_time };
struct Known {
    std::string_view name;
    Returns returns;
};
constexpr Known known_functions[] = {
    {"aggregate_strings", Returns::text},
    {"array_agg", Returns::nothing_known},
    {"char_length", Returns::integer},
    {"coalesce", Returns::first_argument},
    {"concat", Returns::text},
    {"count", Returns::integer},
    {"cube", Returns::nothing_known},
    {"cume_dist", Returns::numeric},
    {"current_date", Returns::date},
    {"current_time", Returns::time},
    {"current_timestamp", Returns::date_time},
    {"current_user", Returns::text},
    {"dense_rank", Returns::integer},
    {"grouping_sets", Returns::nothing_known},
    {"localtime", Returns::date_time},
    {"localtimestamp", Returns::date_time},
    {"max", Returns::first_argument},
    {"min", Returns::first_argument},
    {"mode", Returns::nothing_known},
    {"now", Returns::date_time},
    {"percent_rank", Returns::numeric},
    {"percentile_cont", Returns::nothing_known},
    {"percentile_disc", Returns::nothing_known},
    {"phraseto_tsquery", Returns::nothing_known},
    {"plainto_tsquery", Returns::nothing_known},
    {"pow", Returns::first_argument},
    {"random", Returns::nothing_known},
    {"rank", Returns::integer},
    {"rollup", Returns::nothing_known},
    {"session_user", Returns::text},
    {"sum", Returns::first_argument},
    {"sysdate", Returns::date_time},
    {"to_tsquery", Returns::nothing_known},
    {"to_tsvector", Returns::nothing_known},
    {"ts_headline", Returns::nothing_known},
    {"user", Returns::text},
    {"websearch_to_tsquery", Returns::nothing_known},
};

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

Type result_of(Returns returns, const std::vector<NodePtr>& arguments) {
    switch (returns) {
    case Returns::nothing_known: return {};
    case Returns::first_argument:
        for (const auto& argument : arguments)
            if (!type_of(*argument).is_null_type()) return type_of(*argument);
        return {};
    case Returns::integer: return Integer{};
    case Returns::numeric: return Numeric{};
    case Returns::text: return String{};
    case Returns::date: return DateType{};
    case Returns::time: return TimeType{};
    case Returns::date_time: return DateTime{};
    }
    return {};
}

bool is_span(const Type& type) { return type.kind == TypeKind::interval; }
bool is_fraction(const Type& type) { return type.is_numeric() && !type.is_integer(); }

/// What comes of moments and spans; null_type when these do not go together.
Type temporal_type(Operator op, const Type& left, const Type& right) {
    const auto moment = [](const Type& type) { return type.kind == TypeKind::date || type.kind == TypeKind::date_time; };
    if (op == Operator::add) {
        if (is_span(left) && !is_span(right)) return temporal_type(op, right, left);
        if (left.is_integer() && right.kind == TypeKind::date) return right;
        if (left.kind == TypeKind::time && right.kind == TypeKind::date) return DateTime{};
    }
    if (op == Operator::add || op == Operator::subtract) {
        if (is_span(right)) {
            if (left.kind == TypeKind::date) return DateTime{};
            if (left.kind == TypeKind::date_time || left.kind == TypeKind::time || is_span(left)) return left;
        }
        if (left.kind == TypeKind::date && right.is_integer()) return left;
        if (left.kind == TypeKind::date && right.kind == TypeKind::time && op == Operator::add) return DateTime{};
    }
    if (op == Operator::subtract) {
        if (left.kind == TypeKind::date && right.kind == TypeKind::date) return Integer{};
        if (moment(left) && moment(right)) return IntervalType{};
        if (left.kind == TypeKind::time && right.kind == TypeKind::time) return IntervalType{};
    }
    if (op == Operator::multiply && is_span(right) && left.is_numeric()) return right;
    if ((op == Operator::multiply || op == Operator::divide) && is_span(left) && right.is_numeric()) return left;
    return {};
}

} // namespace

namespace {

/// What programs have registered, by name in lower case, its package in front.
struct Registered {
    std::string name;
    std::function<Type(const std::vector<NodePtr>&)> returns;
};
struct Registry {
    std::shared_mutex mutex;
    std::map<std::string, Registered, std::less<>> functions;
};
Registry& registry() {
    static Registry all;
    return all;
}
std::optional<Registered> find_registered(const std::string& lower) {
    const std::shared_lock lock{registry().mutex};
    const auto found = registry().functions.find(lower);
    return found == registry().functions.end() ? std::nullopt : std::optional{found->second};
}

} // namespace

void register_function(
    std::string name, std::function<Type(const std::vector<NodePtr>&)> returns, const std::string& package) {
    if (name.empty()) throw ArgumentError("register_function(): a function needs a name");
    auto key = lower_case(package.empty() ? name : package + "." + name);
    const std::unique_lock lock{registry().mutex};
    registry().functions.insert_or_assign(std::move(key), Registered{std::move(name), std::move(returns)});
}

NodePtr make_function(std::string name, std::vector<NodePtr> arguments, Type type) {
    auto lower = lower_case(name);
    if (const auto registered = find_registered(lower)) {
        if (type.is_null_type() && !type.details && registered->returns) type = registered->returns(arguments);
        return std::make_shared<FunctionNode>(registered->name, std::move(arguments), std::move(type));
    }
    const auto* known = std::ranges::find(known_functions, lower, &Known::name);
    if (known != std::end(known_functions)) {
        name = std::move(lower);
        if (type.is_null_type() && !type.details) type = result_of(known->returns, arguments);
        if (arguments.empty() && name == "count") arguments.push_back(make_constant(Constant::star));
    }
    return std::make_shared<FunctionNode>(std::move(name), std::move(arguments), std::move(type));
}

Type arithmetic_type(Operator op, const Type& left, const Type& right) {
    if (auto temporal = temporal_type(op, left, right); !temporal.is_null_type()) return temporal;
    if (left.is_null_type()) return op == Operator::add || op == Operator::multiply ? right : left;
    if (left.is_integer() && is_fraction(right)) return right;
    if (left.is_integer() && right.is_integer() && op == Operator::divide) return Numeric{};
    return left;
}

NodePtr make_executable(const NodePtr& expression) {
    const auto* inner = expression.get();
    while (inner->kind == NodeKind::label || inner->kind == NodeKind::type_coerce)
        inner = inner->kind == NodeKind::label ? static_cast<const LabelNode&>(*inner).operand.get()
                                               : static_cast<const TypeCoerceNode&>(*inner).operand.get();
    if (inner->kind != NodeKind::function && inner->kind != NodeKind::next_value && inner->kind != NodeKind::custom)
        throw ObjectNotExecutableError(
            "not an executable object: only statements, functions and sequences can be executed; use select()");
    auto select = std::make_shared<SelectNode>();
    select->add(&SelectNode::columns, 'c', expression);
    return select;
}

} // namespace azoth::sql

namespace azoth::func {

void register_function(std::string name, const Type& returns, std::string package) {
    sql::register_function(std::move(name), [returns](const auto&) { return returns; }, package);
}

void register_function(
    std::string name, std::function<Type(const std::vector<sql::NodePtr>&)> returns, std::string package) {
    sql::register_function(std::move(name), std::move(returns), package);
}

} // namespace azoth::func
