// SPDX-License-Identifier: MIT
#include <azoth/orm/composite.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth::orm {

std::vector<const AttributeInfo*>
composite_attributes(const MapperData& mapper, std::uint32_t first, std::size_t count, std::size_t slot_size) {
    std::vector<const AttributeInfo*> found;
    for (std::size_t i = 0; i < count; ++i) {
        const auto info = std::ranges::find(mapper.attributes, first + i * slot_size, &AttributeInfo::offset);
        if (info != mapper.attributes.end()) found.push_back(&*info);
    }
    if (found.size() != count)
        throw ArgumentError(mapper.class_name + " has a composite that is not mapped: give it a composite<>() in map()");
    return found;
}

sql::NodePtr compare_composite(const std::vector<const AttributeInfo*>& columns, std::vector<Value> values, sql::Operator operation) {
    std::vector<sql::NodePtr> conditions;
    values.resize(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& column = columns[i]->node;
        if (!values[i].is_null()) {
            conditions.push_back(
                sql::make_binary(operation, column, sql::make_bind(std::move(values[i]), sql::type_of(*column)), Boolean{}));
            continue;
        }
        if (operation != sql::Operator::eq && operation != sql::Operator::ne)
            throw ArgumentError("a composite with a NULL in it is compared by == and != only");
        const auto is = operation == sql::Operator::eq ? sql::Operator::is : sql::Operator::is_not;
        conditions.push_back(sql::make_binary(is, column, sql::make_null(), Boolean{}));
    }
    return sql::make_boolean_list(sql::Operator::and_, std::move(conditions));
}

void refuse_field_order(const MapperData& data, std::string_view composite) {
    throw ArgumentError(
        data.class_name + "::" + std::string{composite} + ": the field<>()s of a composite come in the order of the struct's members");
}

} // namespace azoth::orm
