// SPDX-License-Identifier: MIT
// The base compiler: one virtual function a node, overridden where a dialect differs.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <azoth/compiler/compiled.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/node.hpp>

namespace azoth {

class Dialect;

/// Renders one statement. Used once, then thrown away.
class Compiler {
public:
    Compiler(const Dialect& dialect, const sql::BindList& binds, ParameterStyle style);
    virtual ~Compiler() = default;
    Compiler(const Compiler&) = delete;
    Compiler& operator=(const Compiler&) = delete;

    [[nodiscard]] std::shared_ptr<const Compiled> compile(const sql::Node& statement);
    /// An expression alone, its bound values written as literals: for DDL's DEFAULT and CHECK.
    [[nodiscard]] std::string literal_expression(const sql::Node& expression);

protected:
    // Expressions.
    void visit(const sql::Node& node);
    virtual void visit_column(const sql::ColumnNode& node);
    virtual void visit_bind(const sql::BindNode& node);
    virtual void visit_constant(const sql::ConstantNode& node);
    virtual void visit_unary(const sql::UnaryNode& node);
    virtual void visit_binary(const sql::BinaryNode& node);
    virtual void visit_in_list(const sql::InListNode& node);
    virtual void visit_function(const sql::FunctionNode& node);
    virtual void visit_cast(const sql::CastNode& node);
    /// `left / right` as true division, of integers too.
    virtual void render_divide(const sql::BinaryNode& node);
    /// What a frame says before PRECEDING and FOLLOWING.
    virtual void render_frame_distance(const sql::Node& distance) { visit(distance); }
    /// Integers divide to integers with `/` alone.
    virtual bool divides_integers() const { return true; }
    /// A side of a LIKE that takes either case: as it is where there is ILIKE, else in lower().
    [[nodiscard]] virtual sql::NodePtr case_folded(const sql::NodePtr& node) const;
    [[nodiscard]] virtual std::string_view like_word(bool any_case, bool negated) const;
    virtual void render_regexp(const sql::BinaryNode& node);
    virtual void render_match(const sql::BinaryNode& node);
    virtual void render_extract(std::string_view field, const sql::Node& from);
    void visit_boolean_list(const sql::BooleanListNode& node);
    void visit_over(const sql::OverNode& node);
    void visit_case(const sql::CaseNode& node);
    void visit_tuple(const sql::TupleNode& node);

    // Statements.
    void render_insert(const sql::DmlNode& insert);
    void render_update(const sql::DmlNode& update);
    void render_delete(const sql::DmlNode& delete_statement);
    void render_text(const sql::TextNode& text);
    /// What stands between SELECT and the columns, with a blank after it: TOP.
    virtual void render_precolumns(const sql::SelectNode&) {}
    /// FROM of a SELECT that selects from nothing.
    virtual void render_default_from() {}
    virtual void render_order_by(const sql::SelectNode& select);
    virtual void render_limit(const sql::SelectNode& select);
    virtual void render_for_update(const sql::SelectNode& select);
    virtual std::string_view join_word(bool outer) const { return outer ? " LEFT OUTER JOIN " : " JOIN "; }
    /// Between a FROM element and its alias.
    virtual std::string_view alias_word() const { return " AS "; }
    /// Whether ORDER BY may name a label instead of repeating the labelled expression.
    virtual bool orders_by_label() const { return true; }
    /// Whether columns carry their table's name in RETURNING.
    virtual bool qualifies_returning() const { return true; }
    /// Whether RETURNING stands before VALUES and WHERE instead of at the end.
    virtual bool returning_precedes_values() const { return false; }
    virtual void render_returning(const sql::DmlNode& dml);
    virtual std::string literal(const Param& value) const;
    /// What stands between the parentheses of an empty IN list.
    virtual std::string empty_in_list(bool negated) const;

    // The pieces they share.
    void operand(const sql::Node& node, sql::Operator outer);
    /// Left, operator, right, each side in parentheses where precedence asks for them.
    void infix(const sql::BinaryNode& node, std::string_view op);
    /// In parentheses unless it is a single thing: what SET and WHEN take.
    void grouped(const sql::Node& node);
    void list(const std::vector<sql::NodePtr>& nodes);
    void conditions(std::string_view word, const std::vector<sql::NodePtr>& nodes);
    void bind_placeholder(const BindSlot& slot, const void* identity);
    /// A value where the database takes no parameter: written into the text when the statement is executed, so that it
    /// is no part of the `Compiled`. Anything but a bound value is rendered as it always is.
    void written(const sql::Node& node);
    /// The divisor as a NUMERIC, where integers divide to integers.
    void divide_by_numeric(const sql::BinaryNode& node);
    /// What RETURNING brings back, with or without `AS label`; how many columns that is.
    std::size_t returned_columns(const std::vector<sql::NodePtr>& columns, bool labelled);
    /// `count` more placeholders for what a RETURNING … INTO brings back.
    void output_placeholders(std::size_t count);
    /// Whether what is being rendered is the statement itself or something inside it.
    [[nodiscard]] bool is_subquery() const noexcept;
    void assignments_of_insert(const sql::DmlNode& insert);
    void returning(const sql::DmlNode& dml);
    void raw(std::string_view text);
    [[nodiscard]] static std::string hexadecimal(std::string_view bytes);
    [[nodiscard]] std::string alias_name(const sql::Node& from);
    [[nodiscard]] std::string anonymous(std::string_view base);

    const Dialect& dialect_;
    std::string out_;
    bool qualify_ = true; ///< columns carry their table's name
    [[nodiscard]] bool literal_binds() const noexcept { return literal_binds_; }

private:
    /// What rendering a SELECT needs to know about where it stands.
    enum class Place { top, from_element, expression };

    /// The names of a SELECT's columns so far, each with the first column that had it.
    using UsedNames = std::unordered_map<std::string, const sql::Node*>;

    /// A placeholder as it was met; the final pass numbers them in the order of the text.
    struct Pending {
        BindSlot slot;
        const void* identity;
    };

    void render_select(const sql::SelectNode& select, Place place);
    void select_columns(const std::vector<sql::NodePtr>& columns, Place place, bool record, bool labelled = true);
    void render_from(const sql::Node& from);
    /// What ORDER BY and GROUP BY list: names of columns and labels stand for them.
    void list_by_name(const std::vector<sql::NodePtr>& nodes, const sql::SelectNode& select, std::string_view clause);
    void render_like_family(const sql::BinaryNode& node);
    void frame_bound(const sql::FrameBound& bound);
    void condition(const sql::Node& node, sql::Operator outer);
    void visit_subquery(const sql::Node& select);
    void visit_cte(const sql::CteNode& cte);
    [[nodiscard]] std::vector<sql::NodePtr> from_list(const sql::SelectNode& select, Place place) const;
    [[nodiscard]] std::string label_for(const sql::Node& node, UsedNames& used);
    void finish();

    const sql::BindList& binds_;
    std::unordered_map<const sql::Node*, std::size_t> ordinals_;
    std::vector<Pending> pending_;
    std::vector<const sql::SelectNode*> selects_;           ///< being rendered, outermost first
    std::vector<std::vector<const sql::Node*>> correlated_; ///< the FROM elements that an inner SELECT may refer to
    std::unordered_map<const sql::Node*, std::string> alias_names_;
    std::unordered_map<std::string, int> anonymous_counts_;
    std::vector<std::pair<const sql::CteNode*, std::string>> ctes_; ///< with their text, in the order of WITH
    bool literal_binds_;
    Compiled compiled_;
};

} // namespace azoth
