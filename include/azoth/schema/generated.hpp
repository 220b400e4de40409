// SPDX-License-Identifier: MIT
// Columns whose values the database makes: Identity and Computed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <azoth/schema/data.hpp>

namespace azoth {

namespace detail {

/// What Identity and Sequence are told alike. `Self` has `options()`.
template <class Self>
class IdentityBuilder {
public:
    [[nodiscard]] Self start(std::int64_t value) const {
        auto changed = copy();
        changed.options().start = value;
        return changed;
    }
    [[nodiscard]] Self increment(std::int64_t value) const {
        auto changed = copy();
        changed.options().increment = value;
        return changed;
    }
    [[nodiscard]] Self minvalue(std::int64_t value) const {
        auto changed = copy();
        changed.options().minvalue = value;
        return changed;
    }
    [[nodiscard]] Self maxvalue(std::int64_t value) const {
        auto changed = copy();
        changed.options().maxvalue = value;
        return changed;
    }
    /// NO MINVALUE.
    [[nodiscard]] Self nominvalue() const {
        auto changed = copy();
        changed.options().nominvalue = true;
        return changed;
    }
    [[nodiscard]] Self nomaxvalue() const {
        auto changed = copy();
        changed.options().nomaxvalue = true;
        return changed;
    }
    [[nodiscard]] Self cycle(bool value = true) const {
        auto changed = copy();
        changed.options().cycle = value;
        return changed;
    }
    [[nodiscard]] Self cache(std::int64_t value) const {
        auto changed = copy();
        changed.options().cache = value;
        return changed;
    }
    /// ORDER, on Oracle.
    [[nodiscard]] Self order(bool value = true) const {
        auto changed = copy();
        changed.options().order = value;
        return changed;
    }

private:
    [[nodiscard]] Self copy() const { return static_cast<const Self&>(*this); }
};

} // namespace detail

/// GENERATED … AS IDENTITY, where the database has it; elsewhere a key generates itself in the database's own way.
///
///     az::Column<std::int64_t> id{*this, "id", az::Identity{}.always().start(100), az::primary_key};
class Identity : public detail::IdentityBuilder<Identity> {
public:
    Identity() = default;

    /// ALWAYS: a statement cannot give the value. Otherwise BY DEFAULT.
    [[nodiscard]] Identity always(bool value = true) const {
        Identity copy = *this;
        copy.data_.always = value;
        return copy;
    }
    /// ON NULL, on Oracle.
    [[nodiscard]] Identity on_null(bool value = true) const {
        Identity copy = *this;
        copy.data_.on_null = value;
        return copy;
    }
    void apply(schema::TableData&, schema::ColumnData& column) const {
        column.identity = std::make_shared<const schema::IdentityData>(data_);
        if (!column.nullable_given) column.nullable = false;
    }

private:
    friend class detail::IdentityBuilder<Identity>;
    [[nodiscard]] schema::IdentityOptions& options() noexcept { return data_.options; }
    schema::IdentityData data_;
};

/// GENERATED ALWAYS AS (…): `Computed{"price * quantity"}`, or an expression over the table's columns.
class Computed {
public:
    explicit Computed(std::string sql) { data_.text = std::move(sql); }
    template <class Expression>
        requires requires(const Expression& e) { e.node(); }
    explicit Computed(const Expression& expression) {
        data_.expression = expression.node();
    }

    /// true: STORED; false: VIRTUAL; not said: as the database does.
    [[nodiscard]] Computed persisted(bool value = true) const {
        Computed copy = *this;
        copy.data_.persisted = value;
        return copy;
    }
    void apply(schema::TableData&, schema::ColumnData& column) const {
        column.computed = std::make_shared<const schema::ComputedData>(data_);
    }

private:
    schema::ComputedData data_;
};

} // namespace azoth
