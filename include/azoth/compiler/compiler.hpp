// SPDX-License-Identifier: MIT
// The base compiler: one virtual function a node, overridden where a dialect differs.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <azoth/compiler/compiled.hpp>
#include <azoth/sql/construct.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/node.hpp>
#include <azoth/sql/sequence.hpp>

namespace azoth {

class Dialect;
struct TypeConversion;

/// How rows are embedded in what is around them.
struct Embedding {
    bool lateral = false;
    bool shares_with = false; ///< WITH belongs to the statement around it
};

/// Renders one statement. Used once, then thrown away. A dialect of one's own overrides what it writes otherwise: such a
/// function appends to `out_`, renders parts by `visit()`, and binds nothing of itself.
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
    /// @throws CompileError unless overridden: no sequences here.
    virtual void visit_next_value(const sql::NextValueNode& node);
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
    virtual void render_regexp_replace(const sql::BinaryNode& node);
    virtual void render_match(const sql::BinaryNode& node);
    virtual void render_extract(std::string_view field, const sql::Node& from);
    void visit_boolean_list(const sql::BooleanListNode& node);
    void visit_over(const sql::OverNode& node);
    void visit_case(const sql::CaseNode& node);
    void visit_tuple(const sql::TupleNode& node);
    /// @throws CompileError when the construct has no function for this dialect.
    void visit_custom(const sql::CustomNode& node);

    /// The names of a table function's columns behind its alias, if they are wanted.
    void derived_columns(const sql::TableFunctionNode& function);
    virtual void render_table_function(const sql::TableFunctionNode& function);
    /// `column` of the row that an upsert could not insert.
    virtual void render_excluded(const sql::ColumnNode& column);
    virtual void visit_array(const sql::ArrayNode& node);
    /// An element of an array or a document.
    virtual void render_item(const sql::BinaryNode& node);
    /// An element of a document as text: `->>`.
    virtual void render_item_text(const sql::BinaryNode& node);

    // Statements.
    void render_insert(const sql::DmlNode& insert);
    void render_update(const sql::DmlNode& update);
    void render_delete(const sql::DmlNode& delete_statement);
    void render_text(const sql::TextNode& text);
    /// What stands between SELECT and the columns, with a blank after it: DISTINCT, TOP.
    virtual void render_precolumns(const sql::SelectNode& select);
    /// A hint comment behind SELECT, made of the hints beside tables.
    virtual void render_select_hint(const sql::SelectNode&) {}
    /// A hint beside a FROM element, whose text begins at `start`.
    virtual void render_from_hint(std::size_t, const std::string&) {}
    /// FROM of a SELECT that selects from nothing.
    virtual void render_default_from(const sql::SelectNode&) {}
    virtual void render_order_by(const sql::GenerativeSelectNode& select);
    virtual void render_limit(const sql::GenerativeSelectNode& select);
    virtual void render_fetch(const sql::GenerativeSelectNode& select);
    virtual void render_for_update(const sql::GenerativeSelectNode& select);
    virtual std::string_view join_word(sql::JoinKind how) const;
    /// Between a FROM element and its alias.
    virtual std::string_view alias_word() const { return " AS "; }
    /// WITH of a recursive CTE.
    virtual std::string_view with_word(bool recursive) const { return recursive ? "WITH RECURSIVE " : "WITH "; }
    [[nodiscard]] virtual std::string_view set_operation_word(sql::SetOperation operation) const;
    /// Before a part of a set operation that is to be computed on its own; behind it stands ')'.
    [[nodiscard]] virtual std::string_view part_opening() const { return "("; }
    /// Whether ORDER BY may name a label instead of repeating the labelled expression.
    virtual bool orders_by_label() const { return true; }
    /// Whether WITH stands between INSERT INTO … and its SELECT.
    virtual bool cte_follows_insert() const { return false; }
    /// What the rows of an INSERT of several rows look like. @throws CompileError where there is no such INSERT.
    virtual void check_multiple_rows() const {}
    /// What stands between UPDATE and SET.
    virtual void render_update_tables(const sql::DmlNode& update, const std::vector<sql::NodePtr>& extra);
    /// FROM of an UPDATE. @throws CompileError where an UPDATE has no second table.
    virtual void render_update_from(const sql::DmlNode& update, const std::vector<sql::NodePtr>& extra);
    /// Whether SET qualifies its columns and can change several tables.
    virtual bool updates_many_tables() const { return false; }
    /// What stands between DELETE FROM and WHERE.
    virtual void render_delete_tables(const sql::DmlNode& statement, const std::vector<sql::NodePtr>& extra);
    /// LIMIT of UPDATE and DELETE.
    virtual void render_dml_limit(const sql::DmlNode& statement);
    /// ON CONFLICT, ON DUPLICATE KEY UPDATE.
    virtual void render_upsert(const sql::DmlNode& insert, const sql::UpsertClause& upsert);
    /// Whether columns carry their table's name in RETURNING.
    virtual bool qualifies_returning() const { return true; }
    /// Whether RETURNING stands before VALUES and WHERE instead of at the end.
    virtual bool returning_precedes_values() const { return false; }
    virtual void render_returning(const sql::DmlNode& dml);
    virtual std::string literal(const Param& value) const;
    /// The same of a value whose SQL type is known.
    virtual std::string literal_of(const Param& value, const Type&) const { return literal(value); }
    /// What stands between the parentheses of an empty IN list.
    [[nodiscard]] virtual std::string empty_in_list(bool negated, std::size_t width) const;
    /// A SELECT of no rows: an empty list in text(), where it may stand behind IN or NOT IN.
    [[nodiscard]] virtual std::string empty_set(const Type& type) const;
    /// Before the members of a list of tuples.
    virtual std::string_view tuple_list_word() const { return ""; }

    // The pieces they share.
    /// "schema"."name"; the schema is what stands for it, or is left open for `with_schemas()`.
    /// @param in_literal  inside a literal of the text: quotes are doubled
    [[nodiscard]] std::string qualified(const QuotedName& schema, const QuotedName& name, bool in_literal = false) const;
    void operand(const sql::Node& node, sql::Operator outer);
    /// Left, operator, right, each side in parentheses where precedence asks for them.
    void infix(const sql::BinaryNode& node, std::string_view op);
    /// With the precedence of what is around, for operators of the user's own.
    void operand_within(const sql::Node& node, sql::Operator outer, int outer_precedence);
    /// @throws CompileError for a type that is another database's own.
    void check_known(Type type) const;
    /// Text as a literal.
    [[nodiscard]] std::string quoted_text(const std::string& text) const;
    /// The same where what is inside does not count as an operand of an operator: LIKE.
    void infix_plain(const sql::BinaryNode& node, std::string_view op);
    /// As SQLAlchemy puts access to documents in parentheses: inside another operator.
    void infix_eager(const sql::BinaryNode& node, std::string_view op);
    /// In parentheses unless it is a single thing: what SET and WHEN take.
    void grouped(const sql::Node& node);
    void list(const std::vector<sql::NodePtr>& nodes);
    void conditions(std::string_view word, const std::vector<sql::NodePtr>& nodes);
    void bind_placeholder(BindSlot slot, const void* identity);
    /// The type's variant here, or what a decorated type is here.
    [[nodiscard]] Type on_this_dialect(const Type& type) const;
    /// A value as a literal, by way of what a decorated type makes of it.
    [[nodiscard]] std::string literal_value(const Value& value, const Type& declared) const;
    /// Of a decorated type, as it is on this dialect; else null.
    [[nodiscard]] std::shared_ptr<const TypeConversion> conversion_of(const Type& type) const;
    /// Renders what a decorated type puts around its bound values, if it does.
    [[nodiscard]] bool wrapped(const sql::Node& node, const Type& type);
    /// The same of a value that no node stands for.
    [[nodiscard]] bool wrapped_slot(const BindSlot& slot);
    /// What a decorated type puts around each member of an IN list.
    void wrap_items(BindSlot& slot);
    /// A value where the database takes no parameter: written into the text when the statement is executed, so that it
    /// is no part of the `Compiled`. Anything but a bound value is rendered as it always is.
    void written(const sql::Node& node);
    /// The step or path into a document, bound as the text that MySQL and SQLite take: `$."a"[0]`.
    /// `in_text`: the database takes no parameter there.
    void visit_document_path(const sql::Node& node, bool in_text = false);
    /// The divisor as a NUMERIC, where integers divide to integers.
    void divide_by_numeric(const sql::BinaryNode& node);
    /// What RETURNING brings back, with or without `AS label`; how many columns that is.
    std::size_t returned_columns(const std::vector<sql::NodePtr>& columns, bool labelled);
    /// `count` more placeholders for what a RETURNING … INTO brings back.
    void output_placeholders(std::size_t count);
    /// Whether what is being rendered is the statement itself or something inside it.
    [[nodiscard]] bool is_subquery() const noexcept;
    void returning(const sql::DmlNode& dml);
    /// What INSERT and UPDATE bring back without being asked for rows: made by the database, wanted by the program.
    [[nodiscard]] std::vector<sql::NodePtr> fetched(const sql::DmlNode& dml) const;
    /// The columns of RETURNING, asked for or `fetched()`.
    [[nodiscard]] std::vector<sql::NodePtr> returned(const sql::DmlNode& dml) const;
    void note_primary_key(const sql::DmlNode& insert);
    /// ON CONFLICT as PostgreSQL and SQLite have it.
    void on_conflict(const sql::DmlNode& insert, const sql::UpsertClause& upsert);
    /// `column = value, …` of an upsert.
    void upsert_assignments(const sql::DmlNode& insert, const sql::UpsertClause& upsert);
    void render_from(const sql::Node& from);
    void from_elements(const std::vector<sql::NodePtr>& elements);
    /// The name by which hints and FOR UPDATE OF call a FROM element.
    void from_name(const sql::Node& from);
    /// The FROM elements that FOR UPDATE OF names, each once.
    [[nodiscard]] static std::vector<sql::NodePtr> locked(const sql::ForUpdateClause& clause);
    /// ` OF a, b`, if the lock is of some tables only.
    void lock_targets(const sql::ForUpdateClause& clause);
    /// ` NOWAIT`, ` SKIP LOCKED`.
    void lock_waiting(const sql::ForUpdateClause& clause);
    /// A value as a literal of the text.
    void in_text(const sql::Node& node);
    /// `name(x, 'separator' ORDER BY y)`.
    void aggregate_strings(const sql::FunctionNode& node, std::string_view name);
    /// The same with its order behind it: WITHIN GROUP.
    void aggregate_strings_within_group(const sql::FunctionNode& node, std::string_view name);
    /// The hints of the current statement that this dialect takes, beside their tables.
    [[nodiscard]] std::vector<std::pair<const sql::Node*, std::string>> table_hints(const sql::StatementNode& statement);
    /// Fragments of this dialect, with a blank between them.
    [[nodiscard]] std::string fragments(const std::vector<sql::Fragment>& all) const;
    /// The SELECT that names the columns of a set operation.
    [[nodiscard]] static const sql::Node& first_select(const sql::Node& rows);
    void raw(std::string_view text);
    [[nodiscard]] static std::string hexadecimal(std::string_view bytes);
    [[nodiscard]] QuotedName alias_name(const sql::Node& from);
    [[nodiscard]] std::string anonymous(std::string_view base);
    /// An invented name, cut to what the dialect takes: the same for the same name.
    [[nodiscard]] std::string truncated(std::string name, bool of_from = false);

    const Dialect& dialect_;
    std::string out_;
    bool qualify_ = true; ///< columns carry their table's name
    [[nodiscard]] bool literal_binds() const noexcept { return literal_binds_; }

private:
    class Writer;
    /// Has what is overridden written by its function. @return whether it is
    [[nodiscard]] bool overridden(const sql::Node& node);
    void render_statement(const sql::Node& statement);
    /// A statement, a FROM element or an expression, where a function of the user's puts it.
    void write_part(const sql::Node& node);

    /// What rendering rows needs to know about where they stand.
    enum class Place {
        top,          ///< the statement itself
        from_element, ///< FROM, a CTE: every column has its name
        expression,
        source, ///< INSERT … SELECT
    };

    /// A placeholder as it was met; the final pass numbers them in the order of the text.
    struct Pending {
        BindSlot slot;
        const void* identity;
    };

    /// A statement that is being rendered, and what statements inside it may refer to.
    struct Scope {
        std::vector<const sql::Node*> nearest; ///< its own FROM elements
        std::vector<const sql::Node*> all;     ///< and those of all statements around it
    };

    /// A CTE that was met.
    struct CteState {
        const sql::CteNode* cte;
        std::size_t level; ///< of the statement whose WITH it stands in
        bool nesting;
        bool nested_explicitly;
        bool rendered = false;
        std::string text{};
    };

    /// The names that columns of one list have taken.
    struct LabelNames;

    void render_select(const sql::SelectNode& select, Place place, Embedding embedding = {});
    void render_compound(const sql::CompoundNode& compound, Place place, Embedding embedding = {});
    /// Anything that returns rows, without parentheses.
    void render_rows(const sql::Node& rows, Place place, Embedding embedding = {});
    void render_values(const sql::ValuesNode& values);
    void render_tail(const sql::GenerativeSelectNode& select);
    void select_columns(const std::vector<sql::NodePtr>& columns, Place place, sql::LabelStyle style, bool labelled = true);
    [[nodiscard]] std::string
    label_for(const sql::Node& node, LabelNames& names, sql::LabelStyle style, Place place);
    /// The name of a column where it is referred to: an unnamed one of a subquery is numbered.
    [[nodiscard]] QuotedName column_name(const sql::ColumnNode& column);
    [[nodiscard]] std::string qualified_label(const sql::ColumnNode& column);
    /// The invented name of an expression that has none.
    [[nodiscard]] std::string
    unnamed(const sql::Node& node, std::string_view base, const std::vector<std::string>& taken = {});
    [[nodiscard]] std::vector<QuotedName> names_in_from(const std::vector<sql::NodePtr>& columns, sql::LabelStyle style);
    /// The columns of a CTE whose list stands behind its name.
    [[nodiscard]] std::vector<QuotedName> cte_column_names(const sql::Node& rows);

    void render_alias(const sql::AliasNode& alias);
    void render_join(const sql::JoinNode& join);
    void from_hint(const sql::Node& from, std::size_t start);
    void column_list(const std::vector<QuotedName>& names);
    void render_like_family(const sql::BinaryNode& node);
    void frame_bound(const sql::FrameBound& bound);
    void condition(const sql::Node& node, sql::Operator outer);
    void order_item(const sql::Node& node, const std::vector<sql::NodePtr>& columns, bool in_compound);
    void visit_subquery(const sql::Node& rows);
    void visit_cte(const sql::CteNode& cte, bool in_from, bool nest_here = false);
    void attached_ctes(const sql::StatementNode& statement);
    /// Writes WITH at `start`, for the CTEs that belong to the statement that is being rendered.
    void write_with(std::size_t start, bool includes_next = false);
    [[nodiscard]] QuotedName cte_name(const sql::CteNode& cte);
    [[nodiscard]] std::vector<sql::NodePtr> from_list(const sql::SelectNode& select, Place place, bool lateral) const;
    void push_scope(const std::vector<sql::NodePtr>& froms, bool sees_outside);
    /// Warns of a cartesian product, unless nobody wants to know.
    void lint(std::string_view verb, const std::vector<sql::NodePtr>& froms, const std::vector<sql::NodePtr>& criteria);

    /// A column of an INSERT: given by the statement, or filled in by the program.
    struct InsertColumn {
        const schema::ColumnData* data;
        std::shared_ptr<const sql::ColumnNode> node; ///< null: the program's default
        std::size_t given = 0;                       ///< position among the assignments
        std::size_t row_position = 0;                ///< in the parameter row, when no value is given
    };
    struct ManyValuesPlan;
    void insert_values(const sql::DmlNode& insert);
    void insert_from_select(const sql::DmlNode& insert, std::size_t start);
    void insert_value(const sql::DmlNode& insert, const InsertColumn& column, const sql::NodePtr& value);
    [[nodiscard]] bool has_default(const schema::ColumnData& column) const;
    void default_value(const schema::ColumnData& column, const sql::DmlNode& insert);
    /// The same of an expression or a function that makes it.
    void default_slot(const schema::ColumnData& column, const sql::NodePtr& table, const sql::NodePtr& expression, bool of_update);
    /// Marks the parameter of a column that was just written as the column's value.
    void note_column(std::size_t pending_before, const std::shared_ptr<const sql::ColumnNode>& column);
    /// What columns of the target are to be on an update, of those that SET leaves out.
    void add_on_updates(sql::DmlNode& update) const;
    void assignment(
        const sql::DmlNode& update, const sql::AssignmentPair& pair, bool qualified,
        const std::unordered_map<const sql::ColumnNode*, std::size_t>& row_positions);
    /// How the INSERT that was just rendered is executed for many rows at a time, if it can be.
    void plan_many_values(const sql::DmlNode& insert, const std::vector<InsertColumn>& columns);
    /// The same once text and slots are known.
    void complete_many_values();
    /// Stand in the output around the row of VALUES that may be repeated.
    static constexpr std::string_view values_begin_token = "(";
    static constexpr std::string_view values_end_token = ")";
    void mark_values(std::string_view token);
    /// The column's value is a parameter, of the statement or made by the program.
    [[nodiscard]] static bool gives_value(const sql::DmlNode& insert, const InsertColumn& column);
    [[nodiscard]] static std::vector<sql::NodePtr> extra_froms(const sql::DmlNode& statement);
    [[nodiscard]] std::size_t ordinal(const sql::BindNode& node) const;
    /// What makes two placeholders one parameter.
    [[nodiscard]] const void* identity(const sql::BindNode& node) const;
    /// Takes the name of a parameter: of a named one ('n'), a unique one ('u'), a column's own value ('c').
    /// @throws CompileError when it was taken for something else.
    void claim_name(const std::string& name, char use);
    /// Any part of a statement, for reading.
    void render_element(const sql::Node& node);
    void finish();
    /// The names of the parameters in the order of the text, for ParameterStyle::named and lists that stay unexpanded.
    [[nodiscard]] std::string parameter_name(const Pending& pending);
    /// Notes that `value`, if it is a parameter, is named after `name`.
    void note_base(const sql::NodePtr& value, const sql::Node& name);
    void note_names(const sql::Node& node);

    const sql::BindList& binds_;
    std::shared_ptr<const sql::CompilationOverrides> overrides_; ///< null: none
    std::vector<const sql::Node*> open_overrides_;               ///< being written by their functions
    bool names_parameters_;                                        ///< by what they are compared with
    std::unordered_map<const void*, std::string> bases_;           ///< of the names of parameters
    std::unordered_map<const void*, std::string> parameter_names_; ///< by identity
    std::unordered_map<std::string, int> base_counts_;
    std::unordered_map<const sql::Node*, std::size_t> ordinals_;
    std::unordered_map<std::string_view, std::size_t> named_ordinals_; ///< of named parameters
    std::unordered_map<std::string, char> names_in_use_;               ///< of parameters, when some are named
    bool has_names_ = false;                                           ///< some parameter is named
    std::vector<Pending> pending_;
    std::vector<Scope> scopes_; ///< statements being rendered, outermost first
    std::unordered_map<const sql::Node*, std::string> alias_names_;
    std::unordered_map<const sql::Node*, std::string> unnamed_;
    std::unordered_map<std::uint64_t, std::string> cte_names_;
    std::unordered_map<std::string, int> anonymous_counts_;
    std::unordered_map<std::string, std::string> truncated_; ///< by 'a' or 'c', for FROM elements and columns, and name
    std::array<unsigned, 2> truncated_counts_{};
    std::vector<CteState> ctes_; ///< in the order of WITH
    std::vector<std::pair<const sql::Node*, std::string>> hints_; ///< of the SELECT being rendered
    const sql::DmlNode* select_defaults_ = nullptr; ///< the INSERT whose defaults the next SELECT has to add
    bool literal_binds_;
    const BindSlot* slot_in_wrap_ = nullptr;
    const sql::Node* inside_wrap_ = nullptr; ///< the value whose wrapping is being rendered
    bool in_default_ = false;      ///< a column's default is being rendered: its values are no statement's
    std::size_t values_row_ = 0;   ///< the row of VALUES that is being rendered
    bool has_more_rows_ = false;   ///< VALUES has several
    std::shared_ptr<ManyValues> many_values_; ///< of the INSERT that is the statement
    std::shared_ptr<const ManyValuesPlan> many_plan_;
    const sql::DmlNode* many_insert_ = nullptr;
    bool in_operator_ = false;     ///< an operand is being rendered
    bool records_columns_ = true;  ///< the columns being rendered are the result's
    bool schema_qualifies_ = true; ///< tables carry their schema's name
    Compiled compiled_;
};

} // namespace azoth
