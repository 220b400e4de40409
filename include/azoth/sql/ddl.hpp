// SPDX-License-Identifier: MIT
// DDL as statements that can be executed and printed: `co_await connection.execute(CreateTable{users}.if_not_exists())`.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <azoth/schema/constraint.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/ddl_node.hpp>
#include <azoth/sql/sequence.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

namespace detail {

// Defined once: a node's copy and assignments are costly to compile.
std::shared_ptr<sql::DdlNode> make_ddl_node(sql::DdlAction action);
std::shared_ptr<sql::DdlNode> copy_ddl_node(const sql::DdlNode& node);

template <class Self>
class DdlStatement {
public:
    static constexpr bool typed = false;
    [[nodiscard]] sql::NodePtr node() const noexcept { return node_; }

protected:
    explicit DdlStatement(sql::DdlAction action) : node_(make_ddl_node(action)) {}

    /// A copy with a node of its own, to be changed.
    [[nodiscard]] Self copy() const {
        Self changed = static_cast<const Self&>(*this);
        changed.node_ = copy_ddl_node(*node_);
        return changed;
    }

    std::shared_ptr<sql::DdlNode> node_;
};

/// IF NOT EXISTS.
template <class Self>
class CreateStatement : public DdlStatement<Self> {
public:
    [[nodiscard]] Self if_not_exists(bool value = true) const {
        auto changed = this->copy();
        changed.node_->check_first = value;
        return changed;
    }

protected:
    using DdlStatement<Self>::DdlStatement;
};

/// IF EXISTS.
template <class Self>
class DropStatement : public DdlStatement<Self> {
public:
    [[nodiscard]] Self if_exists(bool value = true) const {
        auto changed = this->copy();
        changed.node_->check_first = value;
        return changed;
    }

protected:
    using DdlStatement<Self>::DdlStatement;
};

} // namespace detail

/// The table alone; its indexes and comments are statements of their own.
class CreateTable : public detail::CreateStatement<CreateTable> {
public:
    explicit CreateTable(const Table& table) : CreateStatement(sql::DdlAction::create_table) { node_->table = table.shared_data(); }
};
class DropTable : public detail::DropStatement<DropTable> {
public:
    explicit DropTable(const Table& table) : DropStatement(sql::DdlAction::drop_table) { node_->table = table.shared_data(); }
};

class CreateIndex : public detail::CreateStatement<CreateIndex> {
public:
    explicit CreateIndex(const Index& made) : CreateIndex(made.table(), made.data()) {}
    CreateIndex(std::shared_ptr<const schema::TableData> table, schema::IndexData data);
};
class DropIndex : public detail::DropStatement<DropIndex> {
public:
    explicit DropIndex(const Index& made) : DropIndex(made.table(), made.data()) {}
    DropIndex(std::shared_ptr<const schema::TableData> table, schema::IndexData data);
};

/// ALTER TABLE … ADD.
class AddConstraint : public detail::DdlStatement<AddConstraint> {
public:
    explicit AddConstraint(const Constraint& constraint) : AddConstraint(constraint.table(), constraint.data()) {}
    AddConstraint(std::shared_ptr<const schema::TableData> table, schema::ConstraintData constraint);
};
/// ALTER TABLE … DROP CONSTRAINT. A constraint without a name cannot be dropped: CompileError.
class DropConstraint : public detail::DropStatement<DropConstraint> {
public:
    explicit DropConstraint(const Constraint& constraint) : DropConstraint(constraint.table(), constraint.data()) {}
    DropConstraint(std::shared_ptr<const schema::TableData> table, schema::ConstraintData constraint);
    [[nodiscard]] DropConstraint cascade(bool value = true) const {
        auto changed = this->copy();
        changed.node_->cascade = value;
        return changed;
    }
};

class CreateSequence : public detail::CreateStatement<CreateSequence> {
public:
    explicit CreateSequence(const Sequence& sequence);
};
class DropSequence : public detail::DropStatement<DropSequence> {
public:
    explicit DropSequence(const Sequence& sequence);
};

class CreateSchema : public detail::CreateStatement<CreateSchema> {
public:
    explicit CreateSchema(std::string name) : CreateStatement(sql::DdlAction::create_schema) { node_->name = std::move(name); }
};
class DropSchema : public detail::DropStatement<DropSchema> {
public:
    explicit DropSchema(std::string name) : DropStatement(sql::DdlAction::drop_schema) { node_->name = std::move(name); }
    /// With all that is in it.
    [[nodiscard]] DropSchema cascade(bool value = true) const {
        auto changed = this->copy();
        changed.node_->cascade = value;
        return changed;
    }
};

/// CREATE TYPE … AS ENUM, or CREATE DOMAIN. CompileError where types are not made.
class CreateType : public detail::DdlStatement<CreateType> {
public:
    explicit CreateType(const Type& type) : DdlStatement(sql::DdlAction::create_type) { node_->type = type; }
};
class DropType : public detail::DdlStatement<DropType> {
public:
    explicit DropType(const Type& type) : DdlStatement(sql::DdlAction::drop_type) { node_->type = type; }
};

/// CREATE VIEW … AS a SELECT, whose values are written into the text.
class CreateView : public detail::DdlStatement<CreateView> {
public:
    template <Statement S>
    CreateView(const S& select, std::string name, std::string schema = {}) : DdlStatement(sql::DdlAction::create_view) {
        node_->select = select.node();
        node_->name = std::move(name);
        node_->schema = std::move(schema);
    }
    [[nodiscard]] CreateView or_replace(bool value = true) const {
        auto changed = this->copy();
        changed.node_->or_replace = value;
        return changed;
    }
    [[nodiscard]] CreateView temporary(bool value = true) const {
        auto changed = this->copy();
        changed.node_->temporary = value;
        return changed;
    }
    [[nodiscard]] CreateView materialized(bool value = true) const {
        auto changed = this->copy();
        changed.node_->materialized = value;
        return changed;
    }
    /// `option(dialect_option("sqlite_if_not_exists", true))`, `"postgresql_with"`.
    [[nodiscard]] CreateView option(const schema::DialectOption& option) const {
        auto changed = this->copy();
        changed.node_->options.set(option.name, option.value);
        return changed;
    }
    /// Created with the tables of `metadata`, behind them and the views that it selects from, and dropped before them.
    /// @return this
    CreateView metadata(MetaData& metadata) const;
    /// The view as a table that can be selected from: the columns of its SELECT, by name and type.
    [[nodiscard]] Table table() const;
};
class DropView : public detail::DropStatement<DropView> {
public:
    explicit DropView(const Table& view) : DropStatement(sql::DdlAction::drop_view) {
        node_->name = view.name();
        node_->schema = view.schema();
    }
    explicit DropView(std::string name, std::string schema = {}) : DropStatement(sql::DdlAction::drop_view) {
        node_->name = std::move(name);
        node_->schema = std::move(schema);
    }
    [[nodiscard]] DropView materialized(bool value = true) const {
        auto changed = this->copy();
        changed.node_->materialized = value;
        return changed;
    }
};

/// CREATE TABLE … AS a SELECT, whose values are written into the text.
class CreateTableAs : public detail::CreateStatement<CreateTableAs> {
public:
    template <Statement S>
    CreateTableAs(const S& select, std::string name, std::string schema = {})
        : CreateStatement(sql::DdlAction::create_table_as) {
        node_->select = select.node();
        node_->name = std::move(name);
        node_->schema = std::move(schema);
    }
    [[nodiscard]] CreateTableAs temporary(bool value = true) const {
        auto changed = this->copy();
        changed.node_->temporary = value;
        return changed;
    }
    /// The table that it makes.
    [[nodiscard]] Table table() const;
};

/// The comment that the table has.
class SetTableComment : public detail::DdlStatement<SetTableComment> {
public:
    explicit SetTableComment(const Table& table) : DdlStatement(sql::DdlAction::set_table_comment) {
        node_->table = table.shared_data();
    }
};
class DropTableComment : public detail::DdlStatement<DropTableComment> {
public:
    explicit DropTableComment(const Table& table) : DdlStatement(sql::DdlAction::drop_table_comment) {
        node_->table = table.shared_data();
    }
};
/// The comment that the table's column of that name has. @throws ArgumentError when there is no such column.
class SetColumnComment : public detail::DdlStatement<SetColumnComment> {
public:
    SetColumnComment(const Table& table, std::string column);
};
class DropColumnComment : public detail::DdlStatement<DropColumnComment> {
public:
    DropColumnComment(const Table& table, std::string column);
};
/// The comment that the constraint has, on PostgreSQL.
class SetConstraintComment : public detail::DdlStatement<SetConstraintComment> {
public:
    explicit SetConstraintComment(const Constraint& constraint);
};
class DropConstraintComment : public detail::DdlStatement<DropConstraintComment> {
public:
    explicit DropConstraintComment(const Constraint& constraint);
};

/// Any other statement about the schema: `DDL{"ALTER TABLE %(fullname)s SET LOGGED"}.against(events)`. `%(table)s`,
/// `%(schema)s` and `%(fullname)s` are the table's names in quotes where they need them; `%%` is a percent sign. Never build
/// the text from input.
class DDL : public detail::DdlStatement<DDL> {
public:
    explicit DDL(std::string text) : DdlStatement(sql::DdlAction::text) { node_->name = std::move(text); }
    [[nodiscard]] DDL against(const Table& table) const {
        auto changed = this->copy();
        changed.node_->table = table.shared_data();
        return changed;
    }
    /// Where it is attached by `listen()`: on these dialects only. Executed by itself it is executed everywhere.
    template <std::convertible_to<std::string>... Names>
    [[nodiscard]] DDL execute_if(const Names&... dialects) const {
        auto changed = this->copy();
        changed.node_->dialects = {std::string(dialects)...};
        return changed;
    }
    /// Where it is attached by `listen()`: when `condition` says so.
    [[nodiscard]] DDL execute_if(std::function<bool(const sql::DdlCondition&)> condition) const {
        auto changed = this->copy();
        changed.node_->condition = std::move(condition);
        return changed;
    }
    /// A `%(name)s` of its own, written as it is.
    [[nodiscard]] DDL context(std::string name, std::string text) const {
        auto changed = this->copy();
        changed.node_->context.insert_or_assign(std::move(name), std::move(text));
        return changed;
    }
};

} // namespace azoth
