// SPDX-License-Identifier: MIT
// Sequences: a source of numbers of its own, which a column may take its values from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <azoth/schema/generated.hpp>
#include <azoth/schema/metadata.hpp>
#include <azoth/sql/expression.hpp>

namespace azoth {

namespace sql {

/// The next number of a sequence, in whichever way the database says that.
struct NextValueNode final : ExpressionNode {
    explicit NextValueNode(std::shared_ptr<const schema::SequenceData> source)
        : ExpressionNode(NodeKind::next_value, source->data_type.is_null_type() ? Type{Integer{}} : source->data_type),
          sequence(std::move(source)) {
        key.mix(sequence->schema);
        key.mix(sequence->name);
    }
    std::shared_ptr<const schema::SequenceData> sequence;
};

} // namespace sql

/// A sequence. Given to a column it is created with the table, and its numbers are the column's values:
///
///     az::Column<std::int64_t> id{*this, "id", az::Sequence{"order_numbers"}.start(1000), az::primary_key};
///
/// Databases without sequences leave it out.
class Sequence : public detail::IdentityBuilder<Sequence> {
public:
    explicit Sequence(std::string name, std::string schema = {});

    /// Registers it as it is by now: it is created and dropped with the tables of `metadata`, in that one's schema unless it
    /// names its own. @return what was registered
    Sequence metadata(MetaData& metadata) const;
    /// The type of its numbers, where CREATE SEQUENCE says it.
    [[nodiscard]] Sequence data_type(const Type& type) const;
    /// Not used where a key generates itself without.
    [[nodiscard]] Sequence optional(bool value = true) const;

    /// The next number, as an expression: `server_default(sequence.next_value())`, `select(sequence.next_value())`.
    [[nodiscard]] Expr<std::int64_t> next_value() const {
        return Expr<std::int64_t>{std::make_shared<sql::NextValueNode>(std::make_shared<const schema::SequenceData>(data_))};
    }
    [[nodiscard]] const schema::SequenceData& data() const noexcept { return data_; }
    void apply(schema::TableData&, schema::ColumnData& column) const {
        column.sequence = std::make_shared<const schema::SequenceData>(data_);
    }

private:
    friend class detail::IdentityBuilder<Sequence>;
    [[nodiscard]] schema::IdentityOptions& options() noexcept { return data_.options; }
    schema::SequenceData data_;
};

} // namespace azoth
