// SPDX-License-Identifier: MIT
// What functions of the user's write: constructs, and what they have Azoth write otherwise.
#include <algorithm>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/sql/visit.hpp>

namespace azoth {

using sql::NodeKind;

/// Lets a function write into the statement.
class Compiler::Writer final : public SqlWriter {
public:
    Writer(Compiler& compiler, const sql::CustomNode& node) : compiler_(compiler), node_(node), arguments_(node.arguments) {}
    Writer(Compiler& compiler, const sql::Node& node, std::vector<sql::NodePtr> parts)
        : compiler_(compiler), node_(node), parts_(std::move(parts)), arguments_(parts_) {}

    SqlWriter& raw(std::string_view text) override {
        compiler_.raw(text);
        return *this;
    }
    SqlWriter& identifier(std::string_view name) override {
        compiler_.out_ += compiler_.dialect_.quote(name);
        return *this;
    }
    SqlWriter& write(const sql::NodePtr& node) override {
        compiler_.write_part(*node);
        return *this;
    }
    SqlWriter& write_default() override {
        if (node_.kind == NodeKind::custom)
            throw InvalidRequestError("write_default(): a construct is written by its own functions alone");
        switch (node_.kind) {
        case NodeKind::table:
        case NodeKind::alias:
        case NodeKind::cte:
        case NodeKind::join:
        case NodeKind::values:
        case NodeKind::table_function: compiler_.render_from(node_); break;
        case NodeKind::select:
        case NodeKind::compound:
        case NodeKind::insert:
        case NodeKind::update:
        case NodeKind::delete_:
        case NodeKind::ddl: compiler_.render_statement(node_); break;
        case NodeKind::text:
            if (compiler_.scopes_.empty()) compiler_.render_statement(node_);
            else compiler_.visit(node_);
            break;
        default: compiler_.visit(node_);
        }
        return *this;
    }
    std::string_view dialect() const noexcept override { return compiler_.dialect_.name(); }
    const Dialect& target() const noexcept override { return compiler_.dialect_; }
    const sql::Node& element() const noexcept override { return node_; }
    const std::vector<sql::NodePtr>& arguments() const noexcept override { return arguments_; }

private:
    Compiler& compiler_;
    const sql::Node& node_;
    std::vector<sql::NodePtr> parts_;
    const std::vector<sql::NodePtr>& arguments_;
};

void Compiler::write_part(const sql::Node& node) {
    switch (node.kind) {
    case NodeKind::table:
    case NodeKind::alias:
    case NodeKind::cte:
    case NodeKind::join:
    case NodeKind::table_function: render_from(node); return;
    case NodeKind::select:
    case NodeKind::compound:
    case NodeKind::values:
    case NodeKind::insert:
    case NodeKind::update:
    case NodeKind::delete_: {
        const bool records = std::exchange(records_columns_, false);
        const bool qualified = std::exchange(qualify_, true);
        render_rows(node, Place::source);
        qualify_ = qualified;
        records_columns_ = records;
        return;
    }
    default: operand(node, sql::Operator::comma);
    }
}

void Compiler::visit_custom(const sql::CustomNode& node) {
    const auto* handler = sql::handler_for(node.construct->handlers, dialect_.name());
    if (handler == nullptr)
        throw UnsupportedCompilationError(
            "the construct '" + node.construct->name + "' is not written for dialect " + std::string{dialect_.name()}
            + "; give it a function with compiles()");
    Writer writer{*this, node};
    (*handler)(writer);
}

bool Compiler::overridden(const sql::Node& node) {
    if (overrides_ == nullptr || std::ranges::find(open_overrides_, &node) != open_overrides_.end()) return false;
    const auto* handler = overrides_->find(node.kind, dialect_.name());
    if (handler == nullptr) return false;
    std::vector<sql::NodePtr> parts;
    sql::each_child(node, [&](const sql::NodePtr& child) { parts.push_back(child); });
    open_overrides_.push_back(&node);
    Writer writer{*this, node, std::move(parts)};
    (*handler)(writer);
    open_overrides_.pop_back();
    return true;
}

} // namespace azoth
