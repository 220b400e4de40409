// SPDX-License-Identifier: MIT
// The nodes that can stand in FROM: tables, aliases, joins, CTEs, VALUES, functions that return rows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <azoth/schema/data.hpp>
#include <azoth/sql/node_base.hpp>

namespace azoth::sql {

struct TableNode final : Node {
    explicit TableNode(std::shared_ptr<const schema::TableData> data) noexcept
        : Node(NodeKind::table), table(std::move(data)) {
        key.mix(table->serial);
    }
    std::shared_ptr<const schema::TableData> table;
};

/// A FROM element with a name: one without a name of its own is numbered by the compiler, and its serial is its identity.
struct NamedFromNode : Node {
    QuotedName name;          ///< empty: anonymous
    std::uint64_t serial = 0; ///< of an anonymous element; 0 for one with a name

protected:
    NamedFromNode(NodeKind k, QuotedName own_name) noexcept : Node(k), name(std::move(own_name)) {}
    NamedFromNode(const NamedFromNode&) = default;
    /// To be called last, when the rest is mixed into the key.
    void mix_name();
};

/// What TABLESAMPLE says.
struct Sampling {
    NodePtr method; ///< `bernoulli(10)`
    NodePtr seed;   ///< null: none
};

/// A table, subquery or CTE under another name.
struct AliasNode final : NamedFromNode {
    AliasNode(NodePtr what, QuotedName alias_name, bool is_lateral = false, Sampling sample = {});
    NodePtr element; ///< a table, a statement that returns rows, a CTE
    bool lateral;    ///< may refer to the FROM elements beside it
    Sampling sampling;
};

/// Raw text beside a clause: a prefix, suffix or hint; for one dialect, or for all when that is empty.
struct Fragment {
    std::string text;
    std::string dialect;

    Fragment(std::string raw_text, std::string dialect_name) noexcept
        : text(std::move(raw_text)), dialect(std::move(dialect_name)) {}
};

/// `name AS (statement)` in WITH. A recursive one is written in two steps: the second restates the first by a UNION whose later
/// parts refer to the first.
struct CteNode final : NamedFromNode {
    CteNode(NodePtr statement, QuotedName cte_name, bool is_recursive = false, bool is_nesting = false);
    /// `original` with another statement, of which `original` is a part.
    CteNode(const std::shared_ptr<const CteNode>& original, NodePtr statement);
    CteNode(const CteNode&) = default;

    NodePtr select; ///< what returns its rows: SELECT, a set operation, DML with RETURNING, VALUES
    bool recursive;
    bool nesting; ///< stays in the WITH of the statement that mentions it
    std::vector<Fragment> prefixes;
    std::vector<Fragment> suffixes;
    std::shared_ptr<const CteNode> restates; ///< null: stated once
    std::uint64_t identity;                  ///< the same for all restatements

    void add_fragment(std::vector<Fragment> CteNode::*where, std::uint64_t tag, Fragment fragment);
};

enum class JoinKind : std::uint8_t { inner, left_outer, full_outer };

struct JoinNode final : Node {
    JoinNode(NodePtr l, NodePtr r, NodePtr condition, JoinKind join_kind) noexcept
        : Node(NodeKind::join), left(std::move(l)), right(std::move(r)), on(std::move(condition)), how(join_kind) {
        mix_child(left);
        mix_child(right);
        mix_child(on);
        key.mix(static_cast<std::uint64_t>(how));
    }
    NodePtr left;
    NodePtr right;
    NodePtr on; ///< null: ON true
    JoinKind how;
};

/// The name and type of a column that no table declares.
struct NamedColumn {
    std::string name;
    Type type;

    NamedColumn(std::string column_name, Type column_type) noexcept : name(std::move(column_name)), type(column_type) {}
};

/// VALUES with typed columns. Without a name it has none in SQL either.
struct ValuesNode final : Node {
    using Rows = std::vector<std::vector<NodePtr>>;
    ValuesNode(std::vector<NamedColumn> value_columns, Rows value_rows, std::string values_name, bool literal, bool is_lateral);
    std::vector<NamedColumn> columns;
    Rows rows;
    std::string name;
    bool literal_binds; ///< values are written into the text; they are part of the key
    bool lateral;
};

/// A function that returns rows, as a FROM element.
struct TableFunctionNode final : NamedFromNode {
    struct Options {
        bool derived = false;    ///< the names of the columns follow the alias
        bool with_types = false; ///< and their types
        bool ordinality = false; ///< WITH ORDINALITY; the last column is the number
        bool lateral = false;

        Options() = default;
    };
    TableFunctionNode(NodePtr call, std::vector<NamedColumn> function_columns, QuotedName alias_name, Options how);
    NodePtr function;
    std::vector<NamedColumn> columns;
    Options options;
};

/// The row that an INSERT wanted to add: `excluded` on PostgreSQL and SQLite, `new` on MySQL.
struct ExcludedNode final : Node {
    explicit ExcludedNode(NodePtr target) noexcept : Node(NodeKind::excluded), table(std::move(target)) { mix_child(table); }
    NodePtr table;
};

/// text() whose columns are known.
struct TextualSelectNode final : Node {
    TextualSelectNode(NodePtr statement, std::vector<NamedColumn> text_columns);
    NodePtr text;
    std::vector<NamedColumn> columns;
};

} // namespace azoth::sql
