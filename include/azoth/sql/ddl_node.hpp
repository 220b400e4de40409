// SPDX-License-Identifier: MIT
// The node of a DDL statement: one thing done to one object of the schema.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/schema/data.hpp>
#include <azoth/sql/node.hpp>

namespace azoth::sql {

enum class DdlAction : std::uint8_t {
    create_table,
    drop_table,
    create_table_as,
    create_view,
    drop_view,
    create_index,
    drop_index,
    add_constraint,
    drop_constraint,
    create_sequence,
    drop_sequence,
    create_schema,
    drop_schema,
    create_type,
    drop_type,
    set_table_comment,
    drop_table_comment,
    set_column_comment,
    drop_column_comment,
    set_constraint_comment,
    drop_constraint_comment,
    text,
    construct, ///< of the user's own
};

/// What decides whether an attached statement is executed.
struct DdlCondition {
    std::string_view dialect;
    const schema::TableData* table = nullptr; ///< null: of the MetaData
    schema::DdlEvent event = schema::DdlEvent::after_create;

    DdlCondition() = default;
};

/// What members mean depends on `action`; those it has no use for are empty. Tables may still change after it is made, so it
/// is never kept compiled: each node has a key of its own.
struct DdlNode final : StatementNode {
    explicit DdlNode(DdlAction what);
    DdlNode(const DdlNode& other);
    ~DdlNode() override;

    DdlAction action;
    bool check_first = false; ///< IF EXISTS, IF NOT EXISTS
    bool cascade = false;
    bool or_replace = false;
    bool temporary = false;
    bool materialized = false;
    std::shared_ptr<const schema::TableData> table;
    schema::ConstraintData constraint;
    schema::IndexData index;
    schema::SequenceData sequence;
    Type type;            ///< Enum, DOMAIN
    std::string name;     ///< of a schema, a view, a column, a new table; the text of DDL()
    std::string schema;   ///< the one that the view or the new table is in
    NodePtr select;       ///< of a view or a new table; a construct
    schema::DialectOptions options;
    std::map<std::string, std::string> context; ///< DDL()'s own %(names)s
    std::vector<std::string> dialects;          ///< attached: only there; empty: everywhere
    std::function<bool(const DdlCondition&)> condition; ///< attached: only if; empty: always
};

} // namespace azoth::sql
