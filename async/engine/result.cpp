// SPDX-License-Identifier: MIT
// What rows and results say when they are asked for what they do not have.
#include <azoth/engine/result.hpp>

#include <algorithm>
#include <utility>

#include <azoth/sql/from.hpp>

namespace azoth::engine {

namespace {

std::string list(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

} // namespace

ResultData::ResultData(driver::Result result, std::shared_ptr<const Compiled> how)
    : rows(std::move(result.rows)),
      columns(std::move(result.columns)),
      compiled(std::move(how)),
      affected(result.affected),
      last_insert_id(result.last_insert_id) {
    // A label in the statement stands for the column at its place only when both count alike (SELECT * does
    // not).
    if (compiled && columns && compiled->columns.size() != columns->size()) compiled = nullptr;
}

const std::string& ResultData::name(std::size_t column) const noexcept {
    return compiled && column < compiled->columns.size() ? compiled->columns[column].name
                                                         : (*columns)[column].name;
}

const Type& ResultData::type(std::size_t column) const noexcept {
    if (compiled && column < compiled->columns.size() && !compiled->columns[column].type.is_null_type())
        return compiled->columns[column].type;
    return (*columns)[column].type;
}

std::vector<std::string> ResultData::keys() const {
    std::vector<std::string> names;
    names.reserve(column_count());
    for (std::size_t column = 0; column < column_count(); ++column) names.push_back(name(column));
    return names;
}

std::size_t ResultData::find(std::string_view column_name) const {
    std::size_t found = column_count();
    for (std::size_t column = 0; column < column_count(); ++column) {
        if (name(column) != column_name) continue;
        if (found != column_count())
            throw AmbiguousColumnError(
                "ambiguous column name '" + std::string{column_name} +
                "' in this row: several columns are called so; ask by position, or label() them"
            );
        found = column;
    }
    if (found == column_count())
        throw NoSuchColumnError(
            "there is no column '" + std::string{column_name} + "' in this row; it has: " + list(keys())
        );
    return found;
}

std::size_t ResultData::find(const sql::Node& column) const {
    const auto described = [&column] {
        if (column.kind == sql::NodeKind::column) return static_cast<const sql::ColumnNode&>(column).handle_or_name();
        return column.kind == sql::NodeKind::label ? std::string{static_cast<const sql::LabelNode&>(column).name} : std::string{};
    };
    const bool says = statement && (statement->kind != sql::NodeKind::text ||
                                    !static_cast<const sql::TextNode&>(*statement).columns.empty());
    if (!says) { // then the name has to do
        if (auto name = described(); !name.empty()) return find(std::string_view{name});
    } else if (const auto place = sql::find_result_column(*statement, column)) {
        if (!picked && *place < column_count()) return *place;
        const auto found = picked ? std::ranges::find(*picked, *place) : std::vector<std::size_t>::const_iterator{};
        if (picked && found != picked->end()) return static_cast<std::size_t>(found - picked->begin());
    }
    throw NoSuchColumnError(
        "the column '" + described() + "' that was asked for is none that the statement selects; its rows have: " + list(keys())
    );
}

void ResultData::check_column(std::size_t column) const {
    if (column >= column_count())
        throw NoSuchColumnError(
            "there is no column " + std::to_string(column) + " in this row; it has " +
            std::to_string(column_count()) + ", counted from 0: " + list(keys())
        );
}

void ResultData::check_width(std::size_t wanted) const {
    if (column_count() != wanted)
        throw InvalidRequestError(
            "the statement returned " + std::to_string(column_count()) + " columns (" + list(keys()) +
            "), but its C++ type says " + std::to_string(wanted)
        );
}

void ResultData::throw_no_rows() {
    throw ResourceClosedError(
        "This result object does not return rows. INSERT, UPDATE and DELETE do when they have returning()"
    );
}

void ResultData::rethrow_naming(std::size_t column, const TypeMismatchError& error) const {
    throw TypeMismatchError("column '" + name(column) + "': " + error.what());
}

void throw_no_result() {
    throw NoResultFound("No row was found when one was required");
}

void throw_multiple_results() {
    throw MultipleResultsFound("Multiple rows were found when exactly one was required");
}

} // namespace azoth::engine
