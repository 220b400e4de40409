// SPDX-License-Identifier: MIT
// TypeDecorator: a type whose values are converted on their way to the database and back.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/sql/fwd.hpp>
#include <azoth/types/details.hpp>
#include <azoth/types/value.hpp>

namespace azoth {

/// What a decorated type does. Empty functions do nothing.
struct TypeConversion {
    using Convert = std::function<Value(const Value& value, std::string_view dialect)>;
    using Wrap = std::function<sql::NodePtr(sql::NodePtr)>;

    std::function<Type(std::string_view dialect)> load_dialect_impl;
    Convert process_bind_param;
    Convert process_literal_param;
    Convert process_result_value;
    Wrap bind_expression;
    Wrap column_expression;
    std::function<Type(sql::Operator, const Value&)> coerce_compared_value;
    std::vector<std::pair<sql::Operator, std::function<sql::NodePtr(sql::NodePtr, sql::NodePtr)>>> operators;
    std::vector<Type> generic; ///< what `as_generic()` gives; one or none
    std::optional<bool> cache_ok; ///< nothing: not said, and so no
    std::uint64_t serial = 0; ///< unique in the process: what the type is compared by

    TypeConversion() = default;
};

/// Another type with conversions around it; NULL is converted too. The functions are called with the dialect's name. Where they
/// depend on nothing else `cache_ok()` says so; a statement with a type that does not say it is compiled whenever it is executed.
///
///     const auto cents = TypeDecorator{Integer{}}.process_bind_param(to_cents).process_result_value(from_cents).cache_ok();
///
/// A C++ type of your own needs no decorator: specialise `TypeTraits`. Copies are the same type; two that were made separately are
/// not, nor is one after another function was given to it.
class TypeDecorator : public Type {
public:
    /// @throws ArgumentError when `impl` is decorated itself.
    explicit TypeDecorator(const Type& impl);
    /// One that is another type on each dialect: `load_dialect_impl` is given the dialect's name.
    TypeDecorator(const Type& impl, std::function<Type(std::string_view dialect)> load_dialect_impl);

    /// Statements with the type may be kept compiled, and used again: its functions give the same for the same. `false` says that
    /// they must not be; who says neither is warned, once for each type and engine.
    [[nodiscard]] TypeDecorator cache_ok(bool value = true) const;
    /// What is sent in place of a value.
    [[nodiscard]] TypeDecorator process_bind_param(TypeConversion::Convert convert) const;
    /// What is written in place of a value where it is a literal of the SQL text; without it what is bound.
    [[nodiscard]] TypeDecorator process_literal_param(TypeConversion::Convert convert) const;
    /// What is read in place of a value.
    [[nodiscard]] TypeDecorator process_result_value(TypeConversion::Convert convert) const;
    /// SQL around every bound value of the type: `type_expression([](auto x) { return func::lower(x); })`.
    [[nodiscard]] TypeDecorator bind_expression(TypeConversion::Wrap wrap) const;
    /// SQL around a column of the type that a SELECT returns to the program; inside subqueries it stands as it is.
    [[nodiscard]] TypeDecorator column_expression(TypeConversion::Wrap wrap) const;
    /// The type of a value beside an expression of this one, by operator: `Type{}` leaves it to the value. Without it the value is
    /// of this type, and so converted as this type's are.
    [[nodiscard]] TypeDecorator
    coerce_compared_value(std::function<Type(sql::Operator op, const Value& value)> choose) const;
    /// What `left op right` is when `left` is of this type, of the binary operators. `make` is given both sides, the left one as an
    /// expression of the type inside, so that it may use the operator itself.
    [[nodiscard]] TypeDecorator
    comparator(sql::Operator op, std::function<sql::NodePtr(sql::NodePtr left, sql::NodePtr right)> make) const;
    /// What `Type::as_generic()` gives, in place of that of the type inside.
    [[nodiscard]] TypeDecorator as_generic(const Type& type) const;
    using Type::as_generic;
};

} // namespace azoth
