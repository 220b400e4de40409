// SPDX-License-Identifier: MIT
// MetaData: a set of tables that belong together.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <azoth/schema/table.hpp>

namespace azoth {

/// A set of tables. Not copyable: tables are registered with the one they were made for.
/// Building it is for one thread; once built it may be read by many.
class MetaData {
public:
    MetaData() = default;
    MetaData(const MetaData&) = delete;
    MetaData& operator=(const MetaData&) = delete;

    /// In the order they were added; valid until the next table is added.
    [[nodiscard]] std::vector<const Table*> tables() const;
    /// Referred-to tables before those that refer to them, otherwise by name; a ring is broken at its first table by name.
    [[nodiscard]] std::vector<const Table*> sorted_tables() const;
    /// @return null when there is none.
    [[nodiscard]] const Table* find(std::string_view name, std::string_view schema = {}) const noexcept;
    /// @throws NoSuchTableError that lists the tables there are.
    [[nodiscard]] const Table& table(std::string_view name, std::string_view schema = {}) const;
    /// @throws ArgumentError when there is a table of that name already.
    void add(const Table& table);

    /// Creates the tables that do not exist yet, in one transaction where the database can.
    /// @param bind  an Engine, a Connection or a Session
    /// @return      an awaitable<void>
    template <class Bind>
    [[nodiscard]] auto create_all(Bind& bind) const {
        return create_tables(bind, *this);
    }
    /// Drops the tables that exist, dependents first.
    template <class Bind>
    [[nodiscard]] auto drop_all(Bind& bind) const {
        return drop_tables(bind, *this);
    }
    /// Reads tables, columns and keys from the database's catalogue; tables already here are left as they are.
    template <class Bind>
    [[nodiscard]] auto reflect(Bind& bind) {
        return reflect_tables(bind, *this);
    }

private:
    std::vector<std::unique_ptr<Table>> tables_;
};

} // namespace azoth
