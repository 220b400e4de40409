// SPDX-License-Identifier: MIT
// Keys that are made before their row is inserted, where the INSERT will not bring them back.
#include <azoth/dialect/dialect.hpp>
#include <azoth/orm/flush_plan.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/sequence.hpp>

namespace azoth::orm {

std::vector<std::uint16_t> missing_keys(ModelBase& object) {
    std::vector<std::uint16_t> missing;
    const auto& mapper = *object.orm_state().mapper;
    for (const auto index : mapper.primary_key) {
        const auto& info = mapper.attributes[index];
        const auto& attribute = MapperData::attribute(object, info);
        const auto& column = mapper.column(info);
        if (attribute.is_present() ? !info.operations->is_null(attribute) : attribute.is_changed()) continue; // a value, or SQL
        if (!column.default_ && (column.default_expression || column.sequence || info.autoincrement)) missing.push_back(index);
    }
    return missing;
}

std::shared_ptr<const sql::Node> key_statement(const MapperData& mapper, const AttributeInfo& info, const Dialect& dialect) {
    const auto& column = mapper.column(info);
    const auto& features = dialect.features();
    sql::NodePtr expression = column.default_expression;
    if (!expression && column.sequence && features.sequences) expression = std::make_shared<sql::NextValueNode>(column.sequence);
    if (!expression && info.autoincrement && !features.last_insert_id) {
        auto text = dialect.next_key(mapper.table->data(), column);
        if (!text.empty()) expression = std::make_shared<sql::LiteralColumnNode>(std::move(text), column.type);
    }
    if (!expression) return nullptr;
    auto select = std::make_shared<sql::SelectNode>();
    select->add(&sql::SelectNode::columns, 'c', std::move(expression));
    return select;
}

} // namespace azoth::orm
