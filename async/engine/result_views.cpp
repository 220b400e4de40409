// SPDX-License-Identifier: MIT
// Parts of a result as results: some of its columns, rows without duplicates, rows as maps.
#include <numeric>
#include <string>
#include <unordered_set>
#include <utility>

#include <azoth/engine/result.hpp>

namespace azoth::engine {

namespace {

/// Some rows and columns of another buffer.
class SelectedRows final : public RowBuffer {
public:
    SelectedRows(std::shared_ptr<const RowBuffer> source, std::vector<std::size_t> rows, std::vector<std::size_t> columns)
        : RowBuffer(rows.size(), columns.size()),
          source_(std::move(source)),
          chosen_(std::move(rows)),
          places_(std::move(columns)) {}
    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        return source_->field(chosen_[row], places_[column]);
    }

private:
    std::shared_ptr<const RowBuffer> source_;
    std::vector<std::size_t> chosen_;
    std::vector<std::size_t> places_;
};

std::vector<std::size_t> up_to(std::size_t count) {
    std::vector<std::size_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
    return numbers;
}

/// A text that two fields have in common exactly when they are the same.
void append_key(std::string& key, const Field& field) {
    const bool has_bytes = field.wire >= Wire::text;
    const auto* const held = reinterpret_cast<const char*>(&field.integer);
    const std::string_view bytes =
        field.is_null() ? std::string_view{}
                        : (has_bytes ? field.view() : std::string_view{held, sizeof field.integer});
    key += static_cast<char>(field.wire);
    const auto size = bytes.size();
    key.append(reinterpret_cast<const char*>(&size), sizeof size);
    key += bytes;
}

} // namespace

std::vector<std::size_t> ResultData::all_columns() const {
    return up_to(column_count());
}

ResultData ResultData::unique_rows(const std::vector<std::size_t>& by) const {
    check_returns_rows();
    std::unordered_set<std::string> seen;
    std::vector<std::size_t> kept;
    std::string key;
    for (std::size_t row = 0; row < rows->row_count(); ++row) {
        key.clear();
        for (const auto column : by) append_key(key, rows->field(row, column));
        if (seen.insert(key).second) kept.push_back(row);
    }
    ResultData data{*this};
    data.rows = std::make_shared<SelectedRows>(rows, std::move(kept), all_columns());
    return data;
}

ResultData ResultData::pick_columns(const std::vector<std::size_t>& wanted) const {
    check_returns_rows();
    auto infos = std::make_shared<std::vector<driver::ColumnInfo>>();
    for (const auto column : wanted) infos->emplace_back(name(column), type(column));
    auto places = wanted;
    if (picked)
        for (auto& place : places) place = (*picked)[place];
    ResultData data{*this};
    data.picked = std::make_shared<const std::vector<std::size_t>>(std::move(places));
    data.compiled = nullptr;
    data.columns = std::move(infos);
    data.rows = std::make_shared<SelectedRows>(rows, up_to(rows->row_count()), wanted);
    return data;
}

namespace {

/// The rows of several buffers, one after the other.
class ChainedRows final : public RowBuffer {
public:
    ChainedRows(std::vector<std::shared_ptr<const RowBuffer>> parts, std::size_t columns)
        : RowBuffer(0, columns),
          parts_(std::move(parts)) {
        for (std::size_t part = 0; part < parts_.size(); ++part)
            for (std::size_t row = 0; row < parts_[part]->row_count(); ++row) places_.emplace_back(part, row);
        rows_ = places_.size();
    }
    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        const auto [part, place] = places_[row];
        return parts_[part]->field(place, column);
    }

private:
    std::vector<std::shared_ptr<const RowBuffer>> parts_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;
};

} // namespace

ResultData ResultData::merged(const std::vector<const ResultData*>& others) const {
    check_returns_rows();
    ResultData all{*this};
    std::vector<std::shared_ptr<const RowBuffer>> parts{rows};
    for (const auto* other : others) {
        other->check_returns_rows();
        bool alike = other->keys() == keys();
        for (std::size_t i = 0; alike && i < column_count(); ++i) alike = other->type(i).kind == type(i).kind;
        if (!alike) throw InvalidRequestError("merge(): the results have different columns");
        parts.push_back(other->rows);
        if (all.affected >= 0 && other->affected >= 0) all.affected += other->affected;
    }
    all.rows = std::make_shared<const ChainedRows>(std::move(parts), column_count());
    return all;
}

void throw_no_size() {
    throw ArgumentError("partitions(): a piece has to have one row at least");
}

} // namespace azoth::engine

namespace azoth {

std::size_t Mapping::place(std::string_view column_name) const {
    const auto names = row_.keys();
    std::size_t column = 0;
    while (column < names.size() && names[column] != column_name) ++column;
    return column;
}

std::vector<std::pair<std::string, Value>> Mapping::items() const {
    std::vector<std::pair<std::string, Value>> all;
    const auto names = row_.keys();
    for (std::size_t column = 0; column < names.size(); ++column) all.emplace_back(names[column], row_[column]);
    return all;
}

} // namespace azoth
