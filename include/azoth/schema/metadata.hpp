// SPDX-License-Identifier: MIT
// MetaData: a set of tables that belong together.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <azoth/schema/naming.hpp>
#include <azoth/schema/reflected.hpp>
#include <azoth/schema/table.hpp>

namespace azoth {

/// A set of tables. Not copyable: tables are registered with the one they were made for.
/// Building it is for one thread; once built it may be read by many.
class MetaData {
public:
    MetaData() : MetaData(std::string{}) {}
    /// @param schema  of the tables that name none, and of what their foreign keys refer to
    explicit MetaData(std::string schema, NamingConvention naming = {});
    explicit MetaData(NamingConvention naming) : MetaData(std::string{}, std::move(naming)) {}
    MetaData(const MetaData&) = delete;
    MetaData& operator=(const MetaData&) = delete;
    ~MetaData();

    /// In the order they were added; valid until the next table is added.
    [[nodiscard]] std::vector<const Table*> tables() const;
    [[nodiscard]] const std::string& schema() const noexcept { return schema_; }
    [[nodiscard]] const NamingConvention& naming_convention() const noexcept { return *naming_; }
    /// Referred-to tables before those that refer to them, otherwise by name; foreign keys of tables in a ring do not count.
    [[nodiscard]] std::vector<const Table*> sorted_tables() const;
    /// @return null when there is none.
    [[nodiscard]] const Table* find(std::string_view name, std::string_view schema = {}) const noexcept;
    /// @throws NoSuchTableError that lists the tables there are.
    [[nodiscard]] const Table& table(std::string_view name, std::string_view schema = {}) const;
    [[nodiscard]] bool contains(std::string_view name, std::string_view schema = {}) const noexcept {
        return find(name, schema) != nullptr;
    }
    /// @throws InvalidRequestError when there is a table of that name already.
    void add(const Table& table);
    /// Takes in a table of another MetaData, which it goes on belonging to. @throws InvalidRequestError as `add()`.
    void share(const Table& table);
    /// Forgets a table, which its handles keep. Of one that is not here nothing happens.
    void remove(const Table& table);
    /// Forgets all tables, sequences and types.
    void clear();
    /// A sequence that is created and dropped with the tables though no column of theirs uses it.
    void add(std::shared_ptr<const schema::SequenceData> sequence) { sequences_.push_back(std::move(sequence)); }
    [[nodiscard]] const std::vector<std::shared_ptr<const schema::SequenceData>>& sequences() const noexcept {
        return sequences_;
    }
    /// A type that is created and dropped with the tables though no column of theirs has it: an Enum, a DOMAIN.
    void add(const Type& type) { types_.push_back(type); }
    [[nodiscard]] const std::vector<Type>& types() const noexcept { return types_; }

    /// Executes `statement`, a DDL(), with create_all() or drop_all().
    template <class S>
        requires requires(const S& s) { s.node(); }
    void listen(schema::DdlEvent event, const S& statement) {
        attached_.push_back({event, statement.node()});
    }
    [[nodiscard]] const std::vector<schema::AttachedDdl>& attached() const noexcept { return attached_; }
    /// CREATE VIEW statements, executed behind the tables; `CreateView::metadata()` adds them.
    void add_view(sql::NodePtr view) { views_.push_back(std::move(view)); }
    [[nodiscard]] const std::vector<sql::NodePtr>& views() const noexcept { return views_; }

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
    /// Reads tables, columns, constraints and indexes from the database's catalogue; tables already here are left as they are.
    /// @throws InvalidRequestError when `options` ask for a table that is not there
    template <class Bind>
    [[nodiscard]] auto reflect(Bind& bind, const ReflectOptions& options = ReflectOptions()) {
        return reflect_tables(bind, *this, options);
    }
    /// Has `listener` asked about each column that is read from now on; SQLAlchemy's event of that name.
    void column_reflect(ColumnReflectListener listener) { column_listeners_.push_back(std::move(listener)); }
    [[nodiscard]] const std::vector<ColumnReflectListener>& column_listeners() const noexcept { return column_listeners_; }

private:
    std::string schema_;
    std::shared_ptr<const NamingConvention> naming_;
    std::shared_ptr<schema::ForeignTypes> foreign_types_;
    std::vector<std::unique_ptr<Table>> tables_;
    std::vector<std::shared_ptr<const schema::SequenceData>> sequences_;
    std::vector<Type> types_;
    std::vector<ColumnReflectListener> column_listeners_;
    std::vector<schema::AttachedDdl> attached_;
    std::vector<sql::NodePtr> views_;
};

} // namespace azoth
