// SPDX-License-Identifier: MIT
// The untyped part of building expressions: LIKE's escapes, FILTER, EXTRACT, frames.
#include <azoth/error.hpp>
#include <azoth/sql/constructs.hpp>
#include <azoth/sql/functions.hpp>

#include <algorithm>

namespace azoth {

namespace detail {

std::string escape_like(std::string_view value, char escape) {
    std::string escaped;
    escaped.reserve(value.size() + 8);
    for (const char c : value) {
        if (c == '%' || c == '_' || c == escape)
            escaped += escape;
        escaped += c;
    }
    return escaped;
}

bool keeps_own_type(const Type& own, const Type& other_side) noexcept {
    // Beside an array, a range or an hstore stands another, perhaps as its text; anything else is to be found in it.
    if (other_side.is_null_type()) return !other_side.details || (!own.is_null_type() && !own.is_text());
    if (own.kind == TypeKind::interval) return true; // a timestamp may stand beside it
    return !own.is_null_type() && own.is_numeric() && other_side.is_numeric() && !own.is_integer() && other_side.is_integer();
}

sql::NodePtr escape_node(LikeEscape escape) {
    return escape.character == 0 ? nullptr : sql::make_inline_text(std::string(1, escape.character));
}

sql::NodePtr like_value(sql::NodePtr value, LikeEscape escape) {
    if (!escape.automatic)
        return value;
    if (value->kind == sql::NodeKind::bind) {
        const auto& bind = static_cast<const sql::BindNode&>(*value);
        if (const auto* text = std::get_if<std::string>(&bind.value.variant()))
            return sql::make_bind(Value{escape_like(*text, escape.character)}, bind.type);
    }
    throw ArgumentError(
        "autoescape needs a text value: what an expression yields is known to the database only"
    );
}

sql::NodePtr make_filter(sql::NodePtr function, std::vector<sql::NodePtr> conditions) {
    const Type type = sql::type_of(*function);
    // filter() of a filtered function adds to its conditions
    if (function->kind == sql::NodeKind::binary) {
        const auto& inner = static_cast<const sql::BinaryNode&>(*function);
        if (inner.op == sql::Operator::filter) {
            conditions.insert(conditions.begin(), inner.right);
            return make_filter(inner.left, std::move(conditions));
        }
    }
    auto condition = sql::make_boolean_list(sql::Operator::and_, std::move(conditions));
    return sql::make_binary(sql::Operator::filter, std::move(function), std::move(condition), type);
}

sql::NodePtr make_ordered_aggregate(const sql::NodePtr& function, std::vector<sql::NodePtr> order) {
    if (function->kind != sql::NodeKind::function)
        throw ArgumentError("aggregate_order_by(): only an aggregate function has an order");
    const auto& node = static_cast<const sql::FunctionNode&>(*function);
    return std::make_shared<sql::FunctionNode>(node.name, node.arguments, node.type, std::move(order));
}

sql::NodePtr make_extract(std::string_view field, sql::NodePtr from) {
    const bool word = !field.empty() && std::ranges::all_of(field, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!word)
        throw ArgumentError(
            "extract(): '" + std::string{field} + "' is no field such as \"year\" or \"dow\""
        );
    auto name = std::make_shared<sql::LiteralColumnNode>(std::string{field}, Type{});
    return sql::make_binary(sql::Operator::extract, std::move(name), std::move(from), Integer{});
}

} // namespace detail

Expr<std::optional<std::string>> JsonItem::astext() const {
    const auto& item = static_cast<const sql::BinaryNode&>(*node());
    const auto op = item.op == sql::Operator::json_getitem ? sql::Operator::json_text : sql::Operator::json_path_text;
    return Expr<std::optional<std::string>>{sql::make_binary(op, item.left, item.right, Text{})};
}

detail::ExcludePart exclude(std::string rows) {
    for (const std::string_view known : {"CURRENT ROW", "GROUP", "TIES", "NO OTHERS"})
        if (rows == known) return detail::ExcludePart{std::move(rows)};
    throw ArgumentError("exclude() takes \"CURRENT ROW\", \"GROUP\", \"TIES\" or \"NO OTHERS\", not \"" + rows + "\"");
}

sql::FrameBound FrameEnd::bound() const {
    sql::FrameBound bound;
    if (unbounded_)
        return bound;
    if (distance_ == 0) {
        bound.kind = sql::FrameBound::Kind::current_row;
        return bound;
    }
    bound.kind = distance_ < 0 ? sql::FrameBound::Kind::preceding : sql::FrameBound::Kind::following;
    bound.distance = sql::make_bind(TypeTraits<std::int64_t>::value(std::abs(distance_)), Integer{});
    return bound;
}

} // namespace azoth
