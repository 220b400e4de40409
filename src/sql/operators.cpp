// SPDX-License-Identifier: MIT
// The table of operators; precedences are SQLAlchemy's (`sqlalchemy.sql.operators`), since parentheses follow from them.
#include <azoth/sql/operators.hpp>

namespace azoth::sql {

namespace {

constexpr int lowest = -100; ///< in parentheses wherever it stands

struct Entry {
    std::string_view text;
    int precedence;
    Operator negation;
    bool associative; ///< a op (b op c) needs no parentheses
};

Entry entry(Operator op) noexcept {
    using enum Operator;
    switch (op) {
    case none: return {"", 100, none, false};
    case eq: return {"=", 5, ne, false};
    case ne: return {"!=", 5, eq, false};
    case lt: return {"<", 5, ge, false};
    case le: return {"<=", 5, gt, false};
    case gt: return {">", 5, le, false};
    case ge: return {">=", 5, lt, false};
    case is: return {"IS", 5, is_not, false};
    case is_not: return {"IS NOT", 5, is, false};
    case is_distinct_from: return {"IS DISTINCT FROM", 5, is_not_distinct_from, false};
    case is_not_distinct_from: return {"IS NOT DISTINCT FROM", 5, is_distinct_from, false};
    case like: return {"LIKE", 5, not_like, false};
    case not_like: return {"NOT LIKE", 5, like, false};
    case ilike: return {"ILIKE", 5, not_ilike, false};
    case not_ilike: return {"NOT ILIKE", 5, ilike, false};
    // SQLAlchemy groups these everywhere.
    case startswith: return {"LIKE", lowest, not_startswith, false};
    case not_startswith: return {"NOT LIKE", lowest, startswith, false};
    case istartswith: return {"ILIKE", lowest, not_istartswith, false};
    case not_istartswith: return {"NOT ILIKE", lowest, istartswith, false};
    case endswith: return {"LIKE", lowest, not_endswith, false};
    case not_endswith: return {"NOT LIKE", lowest, endswith, false};
    case iendswith: return {"ILIKE", lowest, not_iendswith, false};
    case not_iendswith: return {"NOT ILIKE", lowest, iendswith, false};
    case contains: return {"LIKE", lowest, not_contains, false};
    case not_contains: return {"NOT LIKE", lowest, contains, false};
    case icontains: return {"ILIKE", lowest, not_icontains, false};
    case not_icontains: return {"NOT ILIKE", lowest, icontains, false};
    case regexp_match: return {"REGEXP", 5, not_regexp_match, false};
    case not_regexp_match: return {"NOT REGEXP", 5, regexp_match, false};
    case match: return {"MATCH", 5, not_match, false};
    case not_match: return {"MATCH", 5, match, false};
    case in: return {"IN", 5, not_in, false};
    case not_in: return {"NOT IN", 5, in, false};
    case between: return {"BETWEEN", 5, not_between, false};
    case not_between: return {"NOT BETWEEN", 5, between, false};
    case add: return {"+", 7, none, true};
    case subtract: return {"-", 7, none, false};
    case multiply: return {"*", 8, none, true};
    case divide: return {"/", 8, none, false};
    case floor_divide: return {"/", 8, none, false};
    case modulo: return {"%", 8, none, false};
    case concat: return {"||", 5, none, true};
    case bitwise_and: return {"&", 7, none, false};
    case bitwise_or: return {"|", 7, none, false};
    case bitwise_xor: return {"^", 7, none, false};
    case bitwise_not: return {"~", 8, none, false};
    case bitwise_lshift: return {"<<", 7, none, false};
    case bitwise_rshift: return {">>", 7, none, false};
    case and_: return {"AND", 3, none, true};
    case or_: return {"OR", 2, none, true};
    case not_: return {"NOT", 5, none, false};
    case negate: return {"-", 8, none, false};
    case distinct: return {"DISTINCT", 5, none, false};
    case any: return {"ANY", 15, none, false};
    case all: return {"ALL", 15, none, false};
    case collate: return {"COLLATE", 4, none, false};
    case custom: return {"", 0, none, false};
    case extract: return {"EXTRACT", 100, none, false};
    case getitem: return {"[", 15, none, false};
    case slice: return {":", 100, none, false};
    case json_getitem: return {"->", 15, none, false};
    case json_path_getitem: return {"#>", 15, none, false};
    case json_text: return {"->>", 15, none, false};
    case json_path_text: return {"#>>", 15, none, false};
    case regexp_replace: return {"", 100, none, false};
    case filter: return {"FILTER", 6, none, false};
    case within_group: return {"WITHIN GROUP", 100, none, false};
    case asc: return {"ASC", 3, none, false};
    case desc: return {"DESC", 3, none, false};
    case nulls_first: return {"NULLS FIRST", 3, none, false};
    case nulls_last: return {"NULLS LAST", 3, none, false};
    case comma: return {",", -1, none, true};
    case exists: return {"EXISTS", 0, not_exists, false};
    case not_exists: return {"NOT EXISTS", 0, exists, false};
    }
    return {"", 100, none, false};
}

} // namespace

std::string_view text_of(Operator op) noexcept { return entry(op).text; }
int precedence(Operator op) noexcept { return entry(op).precedence; }
Operator negation(Operator op) noexcept { return entry(op).negation; }

bool is_like_family(Operator op) noexcept { return op >= Operator::startswith && op <= Operator::not_icontains; }

bool needs_parentheses(Operator inner, Operator outer) noexcept {
    if (inner == Operator::none || outer == Operator::none) return false;
    if (inner == outer && entry(inner).associative) return false;
    return precedence(inner) <= precedence(outer);
}

} // namespace azoth::sql
