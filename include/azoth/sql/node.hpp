// SPDX-License-Identifier: MIT
// The expression and statement tree: immutable nodes, shared, each with its structural key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <azoth/schema/translate.hpp>
#include <azoth/sql/expression_nodes.hpp>
#include <azoth/sql/from_nodes.hpp>
#include <azoth/sql/statement_nodes.hpp>

namespace azoth {
struct TypeConversion;
} // namespace azoth

namespace azoth::sql {

/// A statement's bound values, in an order that depends on its structure alone.
struct BindList {
    /// BindNode or InListNode; one that occurs again is listed once, as is a named parameter. Where a statement gave a named
    /// parameter its value, what holds that value.
    std::vector<const ExpressionNode*> nodes;
    Key sharing{};                            ///< which occurrences were repeats; zero when none was
    bool literal = false; ///< write the values into the text; such a compilation must not be cached
    bool keeps_lists = false; ///< IN lists are not expanded, but written as `__[POSTCOMPILE_name]`; the same goes for it
    const SchemaTranslateMap* schema_map = nullptr; ///< written into the text; the same goes for it
    bool schema_tokens = false; ///< schemas are left open, for `with_schemas()`
    bool is_element = false;    ///< no statement, but part of one: for reading
    bool fetches_key = false;   ///< an INSERT brings back the key that the database makes
    bool lint = true;     ///< look for FROM elements that nothing connects
    std::shared_ptr<const TypeConversion> documents; ///< of all JSON types that have none of their own; null: none
};
[[nodiscard]] BindList collect_binds(const Node& statement);

/// The key of a whole statement: its node's key with the identities of anonymous aliases and of repeated parameters
/// numbered in order of appearance, so that equal keys mean equal SQL.
[[nodiscard]] Key statement_key(const Node& statement, const BindList& binds);

// Makers for the typed front.
[[nodiscard]] NodePtr make_bind(Value value, const Type& type);
[[nodiscard]] NodePtr make_null();
[[nodiscard]] NodePtr make_constant(Constant constant);
[[nodiscard]] NodePtr make_unary(Operator op, NodePtr operand, Type type);
[[nodiscard]] NodePtr make_binary(Operator op, NodePtr left, NodePtr right, Type type, NodePtr third = {});
/// A comparison; ANY and ALL stand on its right.
[[nodiscard]] NodePtr make_comparison(Operator op, NodePtr left, NodePtr right);
/// Text that is written into the statement as a quoted literal and is part of its key.
[[nodiscard]] NodePtr make_inline_text(std::string text);
/// AND / OR with nested lists of the same operator flattened and true and false folded away; a single condition
/// is itself.
[[nodiscard]] NodePtr make_boolean_list(Operator op, std::vector<NodePtr> conditions);
/// NOT, or the opposite operator where there is one.
[[nodiscard]] NodePtr make_not(const NodePtr& condition);
/// A call. Of the functions that SQLAlchemy knows the name is written as they have it, and the type is theirs unless it is given.
[[nodiscard]] NodePtr make_function(std::string name, std::vector<NodePtr> arguments, Type type);
/// `SELECT expression` of a function or of a sequence's next number. @throws ArgumentError for anything else.
[[nodiscard]] NodePtr make_executable(const NodePtr& expression);
/// The type of `left op right`: a date and an interval make a timestamp, an integer and a decimal a decimal.
[[nodiscard]] Type arithmetic_type(Operator op, const Type& left, const Type& right);
[[nodiscard]] const Type& type_of(const Node& node) noexcept;
/// `base` unless it is unknown, then the other.
[[nodiscard]] const Type& type_or(const Type& base, const Type& other) noexcept;

} // namespace azoth::sql
