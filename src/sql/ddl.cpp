// SPDX-License-Identifier: MIT
// DDL statements and sequences, as far as they are more than data.
#include <azoth/sql/ddl.hpp>

#include <atomic>

#include <azoth/error.hpp>
#include <azoth/sql/from.hpp>

namespace azoth {

namespace sql {

namespace {

std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> serial{0};
    return ++serial;
}

} // namespace

DdlNode::DdlNode(DdlAction what) : StatementNode(NodeKind::ddl), action(what) { key.mix(next_serial()); }

DdlNode::DdlNode(const DdlNode& other)
    : StatementNode(other), action(other.action), check_first(other.check_first), cascade(other.cascade),
      or_replace(other.or_replace), temporary(other.temporary), materialized(other.materialized), table(other.table),
      constraint(other.constraint), index(other.index), sequence(other.sequence), type(other.type), name(other.name),
      schema(other.schema), select(other.select), options(other.options), context(other.context),
      dialects(other.dialects), condition(other.condition) {
    key.mix(next_serial());
}

DdlNode::~DdlNode() = default;

} // namespace sql

namespace {

/// What a SELECT's columns are as those of a table.
Table table_of(const sql::DdlNode& node) {
    auto data = std::make_shared<schema::TableData>(node.name, node.schema);
    const sql::NodePtr subquery = std::make_shared<sql::AliasNode>(node.select, std::string{});
    for (const auto& column : sql::columns_of(subquery)) {
        const auto& named = static_cast<const sql::ColumnNode&>(*column);
        data->add_column(named.name, named.type);
    }
    return Table{std::move(data)};
}

void check_column(const schema::TableData& table, const std::string& column) {
    detail::check_columns(table, {column}, "a comment");
}

} // namespace

Sequence::Sequence(std::string name, std::string schema) {
    if (name.empty()) throw ArgumentError("a sequence needs a name");
    data_.name = std::move(name);
    data_.schema = std::move(schema);
}

Sequence Sequence::metadata(MetaData& metadata) const {
    Sequence copy = *this;
    if (copy.data_.schema.empty()) copy.data_.schema = metadata.schema();
    metadata.add(std::make_shared<const schema::SequenceData>(copy.data_));
    return copy;
}

Sequence Sequence::data_type(const Type& type) const {
    Sequence copy = *this;
    copy.data_.data_type = type;
    return copy;
}

Sequence Sequence::optional(bool value) const {
    Sequence copy = *this;
    copy.data_.optional = value;
    return copy;
}

namespace detail {

std::shared_ptr<sql::DdlNode> make_ddl_node(sql::DdlAction action) { return std::make_shared<sql::DdlNode>(action); }
std::shared_ptr<sql::DdlNode> copy_ddl_node(const sql::DdlNode& node) { return std::make_shared<sql::DdlNode>(node); }

} // namespace detail

CreateIndex::CreateIndex(std::shared_ptr<const schema::TableData> table, schema::IndexData data)
    : CreateStatement(sql::DdlAction::create_index) {
    node_->table = std::move(table);
    node_->index = std::move(data);
}

DropIndex::DropIndex(std::shared_ptr<const schema::TableData> table, schema::IndexData data)
    : DropStatement(sql::DdlAction::drop_index) {
    node_->table = std::move(table);
    node_->index = std::move(data);
}

AddConstraint::AddConstraint(std::shared_ptr<const schema::TableData> table, schema::ConstraintData constraint)
    : DdlStatement(sql::DdlAction::add_constraint) {
    node_->table = std::move(table);
    node_->constraint = std::move(constraint);
}

DropConstraint::DropConstraint(std::shared_ptr<const schema::TableData> table, schema::ConstraintData constraint)
    : DropStatement(sql::DdlAction::drop_constraint) {
    node_->table = std::move(table);
    node_->constraint = std::move(constraint);
}

CreateSequence::CreateSequence(const Sequence& sequence) : CreateStatement(sql::DdlAction::create_sequence) {
    node_->sequence = sequence.data();
}

DropSequence::DropSequence(const Sequence& sequence) : DropStatement(sql::DdlAction::drop_sequence) {
    node_->sequence = sequence.data();
}

SetConstraintComment::SetConstraintComment(const Constraint& constraint)
    : DdlStatement(sql::DdlAction::set_constraint_comment) {
    node_->table = constraint.table();
    node_->constraint = constraint.data();
}

DropConstraintComment::DropConstraintComment(const Constraint& constraint)
    : DdlStatement(sql::DdlAction::drop_constraint_comment) {
    node_->table = constraint.table();
    node_->constraint = constraint.data();
}

CreateView CreateView::metadata(MetaData& metadata) const {
    CreateView view = *this;
    if (node_->schema.empty() && !metadata.schema().empty()) {
        view = copy();
        view.node_->schema = metadata.schema();
    }
    metadata.add_view(view.node_);
    return view;
}

Table CreateView::table() const { return table_of(*node_); }
Table CreateTableAs::table() const { return table_of(*node_); }

SetColumnComment::SetColumnComment(const Table& table, std::string column)
    : DdlStatement(sql::DdlAction::set_column_comment) {
    check_column(table.data(), column);
    node_->table = table.shared_data();
    node_->name = std::move(column);
}

DropColumnComment::DropColumnComment(const Table& table, std::string column)
    : DdlStatement(sql::DdlAction::drop_column_comment) {
    check_column(table.data(), column);
    node_->table = table.shared_data();
    node_->name = std::move(column);
}

} // namespace azoth
