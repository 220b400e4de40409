// SPDX-License-Identifier: MIT
// The nodes of statements. Builders copy one to change it; what several statements share is immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/sql/expression_nodes.hpp>
#include <azoth/sql/from_nodes.hpp>
#include <azoth/sql/memo.hpp>

namespace azoth::sql {

/// A CTE that a statement carries although nothing mentions it.
struct AttachedCte {
    NodePtr cte;
    bool nest_here;
};

/// A hint that stands beside one FROM element.
struct TableHint {
    NodePtr table;
    Fragment fragment;
};

/// What few statements have.
struct StatementParts {
    std::vector<Fragment> prefixes; ///< behind the verb
    std::vector<Fragment> suffixes;
    std::vector<Fragment> hints;
    std::vector<TableHint> table_hints;
    std::vector<AttachedCte> ctes;
    /// Values for named parameters, as BindNode or InListNode; not part of the key.
    std::vector<std::pair<std::string, std::shared_ptr<const ExpressionNode>>> params;

    StatementParts() = default;
};

/// A statement; builders copy it to change it, so its members are filled by the builder functions in `sql/`.
struct StatementNode : Node {
    using Node::Node;
    StatementMemo memo; ///< not part of the statement: what engines remember of it

    [[nodiscard]] const StatementParts& parts() const noexcept;
    void add_fragment(std::vector<Fragment> StatementParts::*where, std::uint64_t tag, Fragment fragment);
    void add_table_hint(NodePtr table, Fragment fragment);
    void add_cte(NodePtr cte, bool nest_here);
    /// Replaces a value that was given to the same name before.
    void set_param(std::string name, std::shared_ptr<const ExpressionNode> value);

protected:
    StatementNode(const StatementNode&) = default;

private:
    [[nodiscard]] StatementParts& own_parts();
    std::shared_ptr<const StatementParts> parts_; ///< null: none
};

/// FOR UPDATE and its kin.
struct ForUpdateClause {
    bool read = false;
    bool nowait = false;
    bool skip_locked = false;
    bool key_share = false;
    std::vector<NodePtr> of; ///< tables, or columns of them

    ForUpdateClause() = default;
};

/// FETCH FIRST.
struct FetchClause {
    NodePtr count;
    bool percent;
    bool with_ties;
};

/// What SELECT and set operations share.
struct GenerativeSelectNode : StatementNode {
    using StatementNode::StatementNode;

    std::vector<NodePtr> group_by;
    std::vector<NodePtr> order_by;
    NodePtr limit;
    NodePtr offset;
    std::shared_ptr<const FetchClause> fetch;          ///< null: none
    std::shared_ptr<const ForUpdateClause> for_update; ///< null: none

    /// Adds to a clause and to the key. Builders call these on a node nobody else can see yet.
    void add(std::vector<NodePtr> GenerativeSelectNode::*clause, std::uint64_t tag, NodePtr child);
    /// A null child takes the clause away.
    void set(NodePtr GenerativeSelectNode::*clause, std::uint64_t tag, NodePtr child);
    /// Forgets a clause that was added before.
    void clear(std::vector<NodePtr> GenerativeSelectNode::*clause, std::uint64_t tag);
    void set_fetch(FetchClause clause);
    void set_for_update(ForUpdateClause clause);

protected:
    GenerativeSelectNode(const GenerativeSelectNode&) = default;
};

/// How the columns of a SELECT are labelled when nobody labels them.
enum class LabelStyle : std::uint8_t {
    disambiguate_only,        ///< a name that was taken gets a number
    tablename_plus_col,       ///< user_account_id
    none,                     ///< as they are
};

/// What few SELECTs have.
struct SelectParts {
    std::vector<NodePtr> distinct_on;
    std::optional<std::vector<NodePtr>> correlate;        ///< what it refers to outside; nothing else then
    std::optional<std::vector<NodePtr>> correlate_except; ///< refers to all outside but these
    LabelStyle label_style = LabelStyle::disambiguate_only;

    SelectParts() = default;
};

struct SelectNode final : GenerativeSelectNode {
    SelectNode() noexcept : GenerativeSelectNode(NodeKind::select) {}
    SelectNode(const SelectNode&) = default;

    std::vector<NodePtr> columns;
    std::vector<NodePtr> from; ///< named by select_from() and join(); others follow from what is mentioned
    std::vector<NodePtr> where;
    std::vector<NodePtr> having;
    bool distinct = false;
    std::shared_ptr<const void> options; ///< the ORM's loader options; not rendered

    using GenerativeSelectNode::add;
    void add(std::vector<NodePtr> SelectNode::*clause, std::uint64_t tag, NodePtr child);
    void set_flag(bool SelectNode::*flag, std::uint64_t tag);
    /// Replaces `from[position]` by a join that begins with it, or appends the join.
    void join(std::optional<std::size_t> position, NodePtr joined);
    /// Other columns instead of those it has.
    void replace_columns(std::vector<NodePtr> replacement);
    [[nodiscard]] const SelectParts& select_parts() const noexcept;
    void add_distinct_on(NodePtr expression);
    /// Adds to the FROM elements of an enclosing SELECT; without any it refers to none.
    void set_correlate(std::optional<std::vector<NodePtr>> SelectParts::*which, std::uint64_t tag, const std::vector<NodePtr>& froms);
    void set_label_style(LabelStyle style);

private:
    [[nodiscard]] SelectParts& own_select_parts();
    std::shared_ptr<const SelectParts> select_parts_; ///< null: none
};

enum class SetOperation : std::uint8_t { union_, union_all, except, except_all, intersect, intersect_all };

/// UNION, EXCEPT and INTERSECT of two and more statements.
struct CompoundNode final : GenerativeSelectNode {
    CompoundNode(SetOperation op, std::vector<NodePtr> parts);
    CompoundNode(const CompoundNode&) = default;

    SetOperation operation;
    std::vector<NodePtr> selects;
};

/// `column = expression` of an INSERT or UPDATE. A null expression takes its value from the parameter row.
struct AssignmentPair {
    std::shared_ptr<const ColumnNode> column; ///< of a target that is no column: one that it is made of
    NodePtr value;
    NodePtr target{}; ///< null: the column; else an element of it, or a tuple of columns

    [[nodiscard]] bool same_target(const AssignmentPair& other) const noexcept;
};

/// ON CONFLICT … DO, ON DUPLICATE KEY UPDATE.
struct UpsertClause {
    enum class Action : std::uint8_t { do_nothing, do_update, on_duplicate_key_update };

    Action action = Action::do_nothing;
    std::string constraint;         ///< ON CONSTRAINT
    std::vector<NodePtr> elements;  ///< of the index; columns of the table or expressions
    std::vector<NodePtr> index_where;
    std::vector<AssignmentPair> assignments;
    std::vector<NodePtr> where;
    bool ordered = false; ///< assignments keep their order

    UpsertClause() = default;
};

/// INSERT … SELECT.
struct InsertFromSelect {
    std::vector<std::shared_ptr<const ColumnNode>> columns;
    NodePtr select;
    bool include_defaults;
};

/// What the database made of a row and the program wants to know, without RETURNING rows.
struct ReturnDefaults {
    std::vector<NodePtr> columns;      ///< empty: all that the database makes
    std::vector<NodePtr> supplemental; ///< these as well

    ReturnDefaults() = default;
};

/// What INSERT, UPDATE and DELETE share.
struct DmlNode final : StatementNode {
    DmlNode(NodeKind k, NodePtr target) noexcept : StatementNode(k), table(std::move(target)) { mix_child(table); }
    DmlNode(const DmlNode&) = default;

    NodePtr table; ///< a table, an alias of one; of an UPDATE also a join
    std::vector<AssignmentPair> assignments;
    std::vector<std::vector<NodePtr>> more_rows; ///< of an INSERT of several rows: the values after the first row's
    std::vector<NodePtr> where;
    std::vector<NodePtr> returning;
    NodePtr limit; ///< of MySQL
    bool ordered = false; ///< UPDATE: SET keeps the order of its assignments
    bool sorted = true;   ///< INSERT of many rows: RETURNING in their order
    bool fills_in = true; ///< UPDATE: what columns are to be on an update is added; the unit of work does it itself
    std::shared_ptr<const InsertFromSelect> from_select; ///< null: VALUES
    std::shared_ptr<const UpsertClause> upsert;          ///< null: none
    std::shared_ptr<const ReturnDefaults> return_defaults; ///< null: not asked for
    bool is_inline = false; ///< INSERT: nothing is fetched that was not asked for

    void assign(AssignmentPair pair);
    /// Another row for the columns of the first. @throws ArgumentError when the number of values is another one.
    void add_row(std::vector<NodePtr> values);
    void add(std::vector<NodePtr> DmlNode::*clause, std::uint64_t tag, NodePtr child);
    void set_limit(NodePtr count);
    void set_ordered();
    void set_sorted(bool value);
    void set_fills_in(bool value);
    void set_from_select(InsertFromSelect source);
    void set_upsert(UpsertClause clause);
    void set_return_defaults(ReturnDefaults wanted);
    void set_inline();
    /// Of the table that is changed; the leftmost of a join.
    [[nodiscard]] const schema::TableData& table_data() const noexcept;
};

struct TextNode final : StatementNode {
    TextNode() noexcept : StatementNode(NodeKind::text) {}
    TextNode(const TextNode&) = default;

    /// The text in pieces: before each parameter, and after the last.
    std::vector<std::string> pieces;
    std::vector<std::string> names; ///< the parameter behind each piece but the last
    std::vector<std::pair<std::string, NodePtr>> binds;
    std::vector<NodePtr> columns; ///< what it returns, in order, where columns() said so with columns of tables

    /// Says what it returns.
    void set_columns(std::vector<NodePtr> returned);
    /// Sets the pieces and names.
    void parse(std::string_view sql);
    void bind(std::string_view name, NodePtr value);
};

} // namespace azoth::sql
