// SPDX-License-Identifier: MIT
// Compiled: a statement as SQL text, with where its parameters come from and what its columns are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <azoth/sql/node.hpp>
#include <azoth/types/type.hpp>
#include <azoth/types/value.hpp>

namespace azoth {

/// How placeholders are written.
enum class ParameterStyle : std::uint8_t {
    question_mark,
    dollar,
    named, ///< `:name`, for reading only
};

/// Where the value of one placeholder comes from.
struct BindSlot {
    enum class Source : std::uint8_t {
        statement, ///< the statement's bound value `index` (see `sql::collect_binds`)
        expanding, ///< the same, an IN list: as many placeholders as it has values
        row,       ///< the execution's parameter row, position `index`
        default_,  ///< the column's own default, made anew for each row
        constant,  ///< `value`, the dialect's own
        written,   ///< the statement's bound value `index`, but written into the text: the database takes no parameter there
        output,    ///< none: the database puts the `index`th returned column here (RETURNING … INTO)
    };

    Source source = Source::statement;
    std::size_t index = 0;
    Type type;
    std::size_t width = 1;                         ///< expanding: how many values a member of the list has
    bool parenthesized = false;                    ///< expanding: the members stand in parentheses, tuples
    bool document_path = false;                    ///< statement: the steps of a path, as one text
    std::string list_word;                         ///< expanding: before the first member, "VALUES "
    std::string item_before;                       ///< expanding: what a decorated type puts around a member
    std::string item_after;
    std::string empty_list;                        ///< expanding: what stands in an empty list, "NULL) AND (1 != 1"
    std::shared_ptr<const sql::ColumnNode> column; ///< the column whose value it is, if it is one's
    std::size_t values_row = 0;                    ///< which row of VALUES it stands in
    bool of_update = false;                        ///< default_: what an UPDATE fills in
    Value value;                                   ///< constant

    BindSlot() = default;
};

/// A column of the result: its name and the SQL type its values are read with.
struct ResultColumn {
    std::string name;
    Type type;

    ResultColumn() = default;
    ResultColumn(std::string column_name, Type column_type) : name(std::move(column_name)), type(std::move(column_type)) {}
};

/// How an INSERT that returns rows is executed for many parameter rows at a time: its VALUES once for each.
struct ManyValues {
    enum class Order : std::uint8_t {
        any,       ///< rows come back as the database likes
        counted,   ///< the rows are numbered and inserted in that order, so the keys that they get tell it
        ascending, ///< the keys that they get ascend in the order of the rows
        by_key,    ///< the key is the program's own, so it tells the row
    };

    std::string before;              ///< up to the first row
    std::string after;               ///< behind the last
    std::vector<std::string> pieces; ///< of one row in its parentheses: before each placeholder, and after the last
    std::size_t first_slot = 0;      ///< the row's slots are `pieces.size() - 1` from here
    Order order = Order::any;
    std::vector<std::size_t> sentinels;        ///< counted, ascending, by_key: the result columns that tell the order
    std::vector<std::size_t> sentinel_slots{}; ///< by_key: the slots that hold the same values
    std::size_t hidden = 0;          ///< so many of the last result columns were not asked for

    ManyValues() = default;
};

/// The outcome of compiling one statement for one dialect. Immutable, shared by all statements with the same key.
struct Compiled {
    /// A piece of an expanding statement: text, then the placeholder (or list of them) of a slot.
    struct Piece {
        std::string text;
        std::size_t slot = 0;

        Piece() = default;
        Piece(std::string t, std::size_t s) : text(std::move(t)), slot(s) {}
    };

    std::string sql; ///< the text; when `expanding`, what follows the last piece
    std::size_t sql_hash = 0;
    std::vector<Piece> pieces;       ///< only when `expanding`
    std::vector<BindSlot> slots;     ///< in the order of the placeholders
    std::vector<Type> param_types;   ///< only when not `expanding`: the slots' types
    std::vector<ResultColumn> columns;
    sql::NodeKind kind = sql::NodeKind::text;
    ParameterStyle style = ParameterStyle::question_mark;
    bool expanding = false;
    bool returns_rows = false;
    bool takes_rows = false; ///< some slot takes its value from a parameter row
    std::shared_ptr<const ManyValues> many_values; ///< null: each parameter row is a statement of its own
    std::vector<std::string> warnings;             ///< to be told when it is executed
    bool schema_tokens = false; ///< schemas are still to be put into the text: see `with_schemas()`
    bool fetches = false;       ///< rows come back that are not the result's: what the database made for an INSERT or UPDATE

    /// Where a column of an INSERT's primary key gets its value.
    struct KeySource {
        enum class From : std::uint8_t { unknown, slot, returned, last_insert_id };

        From from = From::unknown;
        std::size_t index = 0; ///< of the slot or of the returned column
    };
    std::vector<KeySource> primary_key; ///< of an INSERT of one row

    Compiled() = default;

    /// The values of an execution without parameter rows, and the text they go with. Views into `binds` and `scratch`.
    struct Bound {
        const std::string* sql = nullptr;
        std::size_t sql_hash = 0;
        std::vector<Param> params;
        std::vector<Type> types; ///< only when expanding
        std::string expanded;    ///< only when expanding
        std::vector<Value> scratch;

        Bound() = default;
        Bound(const Bound&) = delete;
        Bound& operator=(const Bound&) = delete;
    };
    /// Fills `bound` for the bound values `binds` of a statement with this structure. An output's parameter is NULL.
    /// @throws InvalidRequestError when the statement takes parameter rows, or a named parameter has no value.
    /// @throws CompileError when a value that has to be written into the text is neither a number nor text.
    void bind(const sql::BindList& binds, Bound& bound) const;
    /// The value of the default slot `index`. `known(i)` is the value of slot i of the same row; null when it is not known.
    [[nodiscard]] Value make_default(std::size_t index, const std::function<const Param*(std::size_t)>& known) const;

private:
    [[nodiscard]] std::size_t scratch_size(const sql::BindList& binds) const;
};

/// A statement rendered with its values, as `compile()` gives it: for reading, logging and offline SQL.
class CompiledStatement {
public:
    CompiledStatement(std::string text, std::vector<Value> values) : sql_(std::move(text)), params_(std::move(values)) {}

    /// The text as it is executed: placeholders numbered, IN lists expanded.
    [[nodiscard]] const std::string& sql() const noexcept { return sql_; }
    /// The values in the order of the placeholders.
    [[nodiscard]] const std::vector<Value>& params() const noexcept { return params_; }

private:
    std::string sql_;
    std::vector<Value> params_;
};

} // namespace azoth
