// SPDX-License-Identifier: MIT
// The order of everything: types, sequences, tables, and the foreign keys that close a ring.
#include <azoth/compiler/ddl.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/error.hpp>
#include <azoth/schema/sort.hpp>
#include <azoth/sql/ddl.hpp>
#include <azoth/sql/traverse.hpp>

namespace azoth {

namespace {

/// What CREATE TYPE has to make, each name once, in the order in which tables mention it.
std::vector<Type> needed_types(const MetaData& metadata, const Dialect& dialect, const DdlCompiler& compiler) {
    std::vector<Type> types;
    std::set<std::pair<std::string, std::string>> known;
    const auto add = [&](const Type& declared) {
        Type type = DdlCompiler::in_schema(declared.on(dialect.name()), metadata.schema());
        // The elements of an array have a type of their own, and may have it made.
        while (details_of(type).name == "ARRAY") {
            const Type item = details_of(type).item.front().on(dialect.name());
            type = DdlCompiler::in_schema(item, metadata.schema());
        }
        if (!compiler.needs_create_type(type)) return;
        const auto& details = details_of(type);
        if (known.emplace(details.type_schema, details.type_name).second) types.push_back(type);
    };
    for (const auto& type : metadata.types()) add(type);
    for (const auto* table : metadata.tables())
        for (const auto& column : table->data().columns) add(column.type);
    return types;
}

class Script {
public:
    Script(
        const MetaData& metadata, const Dialect& dialect, const ExistsRule& exists, const SchemaTranslateMap& map,
        std::vector<DdlMark>* marks)
        : metadata_(metadata), dialect_(dialect), exists_(exists), map_(map), marks_(marks), compiler_(dialect.ddl_compiler()) {
        if (!map_.empty()) compiler_->translate(&map_);
    }

    std::vector<std::string> create() {
        attached(metadata_.attached(), schema::DdlEvent::before_create, nullptr);
        for (const auto& type : needed_types(metadata_, dialect_, *compiler_))
            if (!is_there(SchemaObject::type, details_of(type).type_schema, details_of(type).type_name, false))
                statements_.push_back(compiler_->create_type(translated(type)));

        const auto sorted = schema::sort_tables_and_constraints(tables(false));
        const auto of_columns = column_sequences(sorted.tables);
        for (const auto& sequence : metadata_.sequences())
            if (!of_columns.contains({sequence->schema, sequence->name})) create_sequence(*sequence);
        const auto by_alter = compiler_->supports_alter() ? sorted.altered_keys() : DdlCompiler::ForeignKeys{};
        for (const auto* table : sorted.tables) {
            for (const auto& column : table->data().columns)
                if (column.sequence) create_sequence(*column.sequence);
            attached(table->data().attached, schema::DdlEvent::before_create, table);
            for (auto& statement : compiler_->create_table(table->data(), by_alter))
                statements_.push_back(std::move(statement));
            attached(table->data().attached, schema::DdlEvent::after_create, table);
        }
        if (compiler_->supports_alter())
            for (const auto& [table, key] : sorted.by_alter)
                alter(AddConstraint{table->shared_data(), *key}.node());
        for (const auto* view : sorted_views())
            if (!is_there(SchemaObject::view, view->schema, view->name, false)) statements_.push_back(compiler_->statement(*view));
        attached(metadata_.attached(), schema::DdlEvent::after_create, nullptr);
        return std::move(statements_);
    }

    std::vector<std::string> drop() {
        attached(metadata_.attached(), schema::DdlEvent::before_drop, nullptr);
        auto views = sorted_views();
        std::ranges::reverse(views);
        for (const auto* view : views) {
            if (!is_there(SchemaObject::view, view->schema, view->name, true)) continue;
            sql::DdlNode node{sql::DdlAction::drop_view};
            node.name = view->name;
            node.schema = view->schema;
            node.materialized = view->materialized;
            statements_.push_back(compiler_->statement(node));
        }
        const auto existing = tables(true);
        schema::SortedTables sorted;
        try {
            sorted = schema::sort_tables_and_constraints(existing, [this](const schema::ForeignKeyData& key) {
                const bool can_drop = compiler_->supports_alter() && !key.name.empty();
                return can_drop || has_convention() ? std::nullopt : std::optional{false};
            });
            std::ranges::reverse(sorted.tables);
        } catch (const CircularDependencyError&) {
            if (compiler_->supports_alter()) throw;
            sorted.tables = existing; // no order is right, and none is needed
        }
        if (compiler_->supports_alter())
            for (const auto& [table, key] : sorted.by_alter)
                alter(DropConstraint{table->shared_data(), *key}.node());
        for (const auto* table : sorted.tables) {
            attached(table->data().attached, schema::DdlEvent::before_drop, table);
            statements_.push_back(compiler_->drop_table(table->data()));
            attached(table->data().attached, schema::DdlEvent::after_drop, table);
        }

        std::set<std::pair<std::string, std::string>> dropped;
        const auto drop_sequence = [&](const schema::SequenceData& sequence) {
            if (!compiler_->uses(sequence) || !dropped.emplace(sequence.schema, sequence.name).second) return;
            if (!is_there(SchemaObject::sequence, sequence.schema, sequence.name, true)) return;
            sql::DdlNode node{sql::DdlAction::drop_sequence};
            node.sequence = sequence;
            statements_.push_back(compiler_->statement(node));
        };
        for (const auto* table : sorted.tables)
            for (const auto& column : table->data().columns)
                if (column.sequence) drop_sequence(*column.sequence);
        for (const auto& sequence : metadata_.sequences()) drop_sequence(*sequence);
        for (const auto& type : needed_types(metadata_, dialect_, *compiler_))
            if (is_there(SchemaObject::type, details_of(type).type_schema, details_of(type).type_name, true))
                statements_.push_back(compiler_->drop_type(translated(type)));
        attached(metadata_.attached(), schema::DdlEvent::after_drop, nullptr);
        return std::move(statements_);
    }

private:
    using Names = std::set<std::pair<std::string, std::string>>;

    Type translated(const Type& type) const {
        Type copy = type;
        change_details(copy, [&](TypeDetails& d) { d.type_schema = schema::translated(&map_, d.type_schema); });
        return copy;
    }

    /// Without a rule everything is as the caller assumes.
    bool is_there(SchemaObject kind, const std::string& schema, const std::string& name, bool assumed) const {
        return exists_ ? exists_(kind, schema::translated(&map_, schema), name) : assumed;
    }

    /// Those that exist, or those that do not.
    std::vector<const Table*> tables(bool existing) const {
        auto all = metadata_.tables();
        std::erase_if(all, [&](const Table* table) {
            return is_there(SchemaObject::table, table->schema(), table->name(), existing) != existing;
        });
        return all;
    }

    bool has_convention() const { return metadata_.naming_convention().templates.contains("fk") && compiler_->supports_alter(); }

    static Names column_sequences(const std::vector<const Table*>& tables) {
        Names names;
        for (const auto* table : tables)
            for (const auto& column : table->data().columns)
                if (column.sequence) names.emplace(column.sequence->schema, column.sequence->name);
        return names;
    }

    void create_sequence(const schema::SequenceData& sequence) {
        if (!compiler_->uses(sequence) || !created_.emplace(sequence.schema, sequence.name).second) return;
        if (is_there(SchemaObject::sequence, sequence.schema, sequence.name, false)) return;
        sql::DdlNode node{sql::DdlAction::create_sequence};
        node.sequence = sequence;
        statements_.push_back(compiler_->statement(node));
    }

    /// Notes that listeners are told here; for all tables together their list is complete at the end.
    void mark(schema::DdlEvent event, const Table* table) {
        if (marks_ == nullptr) return;
        if (table != nullptr && (event == schema::DdlEvent::before_create || event == schema::DdlEvent::before_drop))
            concerned_.push_back(table);
        auto& added = marks_->emplace_back();
        added.position = statements_.size();
        added.event = event;
        added.table = table;
        if (table != nullptr || event == schema::DdlEvent::before_create || event == schema::DdlEvent::before_drop) return;
        for (auto& each : *marks_)
            if (each.table == nullptr) each.tables = concerned_;
    }

    /// What was attached for this event and is meant for this dialect.
    void attached(const std::vector<schema::AttachedDdl>& all, schema::DdlEvent event, const Table* table) {
        mark(event, table);
        for (const auto& one : all) {
            if (one.event != event || one.statement->kind != sql::NodeKind::ddl) continue;
            sql::DdlNode node{static_cast<const sql::DdlNode&>(*one.statement)};
            const auto& names = node.dialects;
            if (!names.empty() && std::ranges::find(names, dialect_.name()) == names.end()) continue;
            sql::DdlCondition condition;
            condition.dialect = dialect_.name();
            condition.event = event;
            condition.table = table != nullptr ? &table->data() : nullptr;
            if (node.condition && !node.condition(condition)) continue;
            if (!node.table && table != nullptr) node.table = table->shared_data();
            statements_.push_back(compiler_->statement(node));
        }
    }

    /// Views behind those that they select from, otherwise in the order in which they were added.
    std::vector<const sql::DdlNode*> sorted_views() const {
        std::vector<const sql::DdlNode*> sorted;
        std::set<const sql::DdlNode*> seen;
        const auto add = [&](const sql::DdlNode& view, const auto& self) -> void {
            if (!seen.insert(&view).second) return;
            for (const auto& table : sql::find_tables(view.select))
                for (const auto& other : metadata_.views()) {
                    const auto& node = static_cast<const sql::DdlNode&>(*other);
                    if (node.name == table->table->name && node.schema == table->table->schema) self(node, self);
                }
            sorted.push_back(&view);
        };
        for (const auto& view : metadata_.views()) add(static_cast<const sql::DdlNode&>(*view), add);
        return sorted;
    }

    void alter(const sql::NodePtr& node) {
        statements_.push_back(compiler_->statement(static_cast<const sql::DdlNode&>(*node)));
    }

    const MetaData& metadata_;
    const Dialect& dialect_;
    const ExistsRule& exists_;
    const SchemaTranslateMap& map_;
    std::vector<DdlMark>* marks_;
    std::vector<const Table*> concerned_;
    std::unique_ptr<DdlCompiler> compiler_;
    std::vector<std::string> statements_;
    Names created_;
};

} // namespace

std::vector<std::string> create_all_sql(
    const MetaData& metadata, const Dialect& dialect, const ExistsRule& exists, const SchemaTranslateMap& map,
    std::vector<DdlMark>* marks) {
    return Script{metadata, dialect, exists, map, marks}.create();
}

std::vector<std::string> drop_all_sql(
    const MetaData& metadata, const Dialect& dialect, const ExistsRule& exists, const SchemaTranslateMap& map,
    std::vector<DdlMark>* marks) {
    return Script{metadata, dialect, exists, map, marks}.drop();
}

std::vector<std::string> schemas_of(const MetaData& metadata, const Dialect& dialect, const SchemaTranslateMap& map) {
    std::set<std::string> schemas;
    for (const auto* table : metadata.tables()) {
        schemas.insert(table->schema());
        for (const auto& column : table->data().columns)
            if (column.sequence) schemas.insert(column.sequence->schema);
    }
    for (const auto& sequence : metadata.sequences()) schemas.insert(sequence->schema);
    for (const auto& view : metadata.views()) schemas.insert(static_cast<const sql::DdlNode&>(*view).schema);
    for (const auto& type : needed_types(metadata, dialect, *dialect.ddl_compiler()))
        schemas.insert(details_of(type).type_schema);
    std::set<std::string> used;
    for (const auto& schema : schemas) used.insert(schema::translated(&map, schema));
    return {used.begin(), used.end()};
}

} // namespace azoth
