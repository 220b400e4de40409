// SPDX-License-Identifier: MIT
// The operators of SQL expressions and what is known of each: its text, its precedence, what negates it.
#pragma once

#include <cstdint>
#include <string_view>

namespace azoth::sql {

enum class Operator : std::uint8_t {
    none,
    eq, ne, lt, le, gt, ge,
    is, is_not, is_distinct_from, is_not_distinct_from,
    like, not_like, ilike, not_ilike,
    startswith, not_startswith, istartswith, not_istartswith, ///< LIKE with the pattern's wild cards added
    endswith, not_endswith, iendswith, not_iendswith,
    contains, not_contains, icontains, not_icontains,
    regexp_match, not_regexp_match, match, not_match,
    in, not_in,
    between, not_between,
    add, subtract, multiply, divide, floor_divide, modulo, concat,
    bitwise_and, bitwise_or, bitwise_xor, bitwise_not, bitwise_lshift, bitwise_rshift,
    and_, or_, not_,
    negate, distinct, any, all,
    collate, custom, ///< custom: the text is the node's
    extract, filter, within_group,
    getitem, slice, json_getitem, json_path_getitem, json_text, json_path_text, ///< access to arrays and documents
    regexp_replace,
    asc, desc, nulls_first, nulls_last,
    comma,
    exists, not_exists,
};

/// As it stands between (or before, or after) its operands, without blanks: "=", "IS NOT", "DESC".
[[nodiscard]] std::string_view text_of(Operator op) noexcept;
/// Larger binds tighter.
[[nodiscard]] int precedence(Operator op) noexcept;
/// The operator that says the opposite, `none` when only NOT (...) does.
[[nodiscard]] Operator negation(Operator op) noexcept;
/// LIKE whose pattern the compiler completes: startswith() and its kin.
[[nodiscard]] bool is_like_family(Operator op) noexcept;
/// True when an operand made with `inner` must be put in parentheses under `outer`.
[[nodiscard]] bool needs_parentheses(Operator inner, Operator outer) noexcept;

} // namespace azoth::sql
