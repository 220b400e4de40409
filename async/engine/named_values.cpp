// SPDX-License-Identifier: MIT
// One execution with values by name: named parameters get theirs, columns of an INSERT or UPDATE are added.
#include <algorithm>
#include <string>
#include <utility>

#include <azoth/engine/connection.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/from.hpp>

namespace azoth::engine {

namespace {

using Named = std::vector<std::pair<std::string, Value>>;

/// A copy that nobody else can see.
std::shared_ptr<sql::StatementNode> own_copy(const sql::NodePtr& statement) {
    switch (statement->kind) {
    case sql::NodeKind::select: return std::make_shared<sql::SelectNode>(static_cast<const sql::SelectNode&>(*statement));
    case sql::NodeKind::compound: return std::make_shared<sql::CompoundNode>(static_cast<const sql::CompoundNode&>(*statement));
    case sql::NodeKind::insert:
    case sql::NodeKind::update:
    case sql::NodeKind::delete_: return std::make_shared<sql::DmlNode>(static_cast<const sql::DmlNode&>(*statement));
    case sql::NodeKind::text: return std::make_shared<sql::TextNode>(static_cast<const sql::TextNode&>(*statement));
    default: throw ArgumentError("this statement takes no values by name");
    }
}

const std::string& name_of(const sql::ExpressionNode& node) noexcept {
    return node.kind == sql::NodeKind::bind ? static_cast<const sql::BindNode&>(node).name
                                            : static_cast<const sql::InListNode&>(node).name;
}

bool takes_columns(const sql::Node& statement) noexcept {
    return statement.kind == sql::NodeKind::insert || statement.kind == sql::NodeKind::update;
}

/// A column by the name that code has for it; null when there is none.
std::shared_ptr<const sql::ColumnNode> column_named(const sql::DmlNode& dml, const std::string& name) {
    for (const auto& each : sql::columns_of(dml.table)) {
        auto column = std::static_pointer_cast<const sql::ColumnNode>(each);
        if (column->handle_or_name() == name) return column;
    }
    return nullptr;
}

[[noreturn]] void throw_unknown(const std::string& name, const std::vector<std::string>& names, const sql::Node& statement) {
    std::string message = "a value is given for '" + name + "', which is no parameter of this statement";
    if (takes_columns(statement)) message += ", nor a column of its table";
    message += "; it has";
    if (names.empty()) message += " no parameters";
    for (const auto& known : names) message += " '" + known + "'";
    throw ArgumentError(message);
}

sql::NodePtr with_values(const sql::NodePtr& statement, Named values) {
    auto copy = own_copy(statement);
    std::vector<std::string> names;
    const auto binds = sql::collect_binds(*statement);
    for (const auto* node : binds.nodes)
        if (!name_of(*node).empty()) names.push_back(name_of(*node));
    for (auto& [name, value] : values) {
        if (std::ranges::find(names, name) != names.end()) {
            if (copy->kind == sql::NodeKind::text) static_cast<sql::TextNode&>(*copy).bind(name, sql::make_bind(std::move(value), Type{}));
            else copy->set_param(name, std::make_shared<sql::BindNode>(name, std::move(value), Type{}));
            continue;
        }
        auto column = takes_columns(*copy) ? column_named(static_cast<const sql::DmlNode&>(*copy), name) : nullptr;
        if (!column) throw_unknown(name, names, *copy);
        // What is said when it is executed wins over what the statement says.
        auto bind = sql::make_bind(std::move(value), column->type);
        static_cast<sql::DmlNode&>(*copy).assign({std::move(column), std::move(bind)});
    }
    return copy;
}

} // namespace

asio::awaitable<ResultData>
execute_named(Lease lease, sql::NodePtr statement, Named values, ExecutionOptions options) {
    auto complete = with_values(statement, std::move(values));
    auto data = co_await execute_statement_within(std::move(lease), std::move(complete), std::move(options));
    co_return data;
}

} // namespace azoth::engine
