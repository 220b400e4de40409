// SPDX-License-Identifier: MIT
// What SQLite's types put around values and columns.
#include <azoth/types/sqlite.hpp>

#include <memory>
#include <utility>
#include <vector>

#include <azoth/sql/node.hpp>
#include <azoth/types/decorator.hpp>

namespace azoth::sqlite {

namespace {

TypeConversion::Wrap call_of(const char* function) {
    return [function](sql::NodePtr node) -> sql::NodePtr {
        auto type = sql::type_of(*node);
        return std::make_shared<sql::FunctionNode>(function, std::vector<sql::NodePtr>{std::move(node)}, std::move(type));
    };
}

const std::shared_ptr<const TypeConversion>& binary_json() {
    static const std::shared_ptr<const TypeConversion> shared = [] {
        auto conversion = std::make_shared<TypeConversion>();
        conversion->bind_expression = call_of("jsonb");
        conversion->column_expression = call_of("json");
        conversion->cache_ok = true;
        return conversion;
    }();
    return shared;
}

} // namespace

JSONB::JSONB() : Type(named_type(TypeKind::json, "JSONB")) {
    change_details(*this, [](TypeDetails& d) { d.conversion = binary_json(); });
}

} // namespace azoth::sqlite
