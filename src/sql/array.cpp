// SPDX-License-Identifier: MIT
// Elements of arrays: what they are, and where they are.
#include <azoth/sql/postgresql.hpp>

#include <cstdint>
#include <limits>

#include <azoth/error.hpp>

namespace azoth::postgresql::detail {

sql::NodePtr array_position(const Type& array, sql::NodePtr index) {
    if (!details_of(array).has(TypeFlag::zero_indexes)) return index;
    if (index->kind == sql::NodeKind::bind) {
        const auto& bind = static_cast<const sql::BindNode&>(*index);
        const auto* number = std::get_if<std::int64_t>(&bind.value.variant());
        if (number != nullptr && bind.name.empty()) {
            if (*number == std::numeric_limits<std::int64_t>::max()) throw ArgumentError("no array has so many elements");
            return sql::make_bind(Value{*number + 1}, bind.type);
        }
    }
    return sql::make_binary(
        sql::Operator::add, std::move(index), sql::make_bind(Value{std::int64_t{1}}, Integer{}), Integer{});
}

sql::NodePtr array_item(const sql::NodePtr& array, sql::NodePtr index, const Type& wanted) {
    const auto& type = sql::type_of(*array);
    const auto& details = details_of(type);
    Type element = wanted;
    if (wanted.is_null_type() && !wanted.details && !details.item.empty()) {
        element = details.item.front();
        if (details.dimensions != Type::unset && details.dimensions > 1) {
            element = type;
            change_details(element, [](TypeDetails& d) { --d.dimensions; });
        }
    }
    return sql::make_binary(sql::Operator::getitem, array, array_position(type, std::move(index)), element);
}

} // namespace azoth::postgresql::detail
