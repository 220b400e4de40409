// SPDX-License-Identifier: MIT
// Relationships that come with their owners' rows: LEFT OUTER JOINs to aliases of their tables, and what their columns bring.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <azoth/orm/aliased.hpp>
#include <azoth/orm/load_plan.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/traverse.hpp>

#include "orm/join_condition.hpp"

namespace azoth::orm {

namespace {

using Path = std::vector<const MapperData*>;

const std::vector<LoaderOption> no_options;

const LoaderOption* option_of(const std::vector<LoaderOption>& options, const MapperData& mapper, std::uint16_t relationship) {
    const auto found = std::ranges::find_if(
        options, [&](const LoaderOption& option) { return option.mapper == &mapper && option.relationship == relationship; });
    return found == options.end() ? nullptr : &*found;
}

bool is_on(const Path& path, const MapperData* mapper) { return std::ranges::find(path, mapper) != path.end(); }

/// Adds joins to one SELECT.
class Joiner {
public:
    /// @param from  what the entity is selected from
    /// @param multiplies  an owner may have several rows
    Joiner(sql::NodePtr from, bool multiplies) : from_(std::move(from)), multiplies_(multiplies) {}

    /// Joins what `mapper`'s objects in `owner` link to, and what that links to in turn: a class once on each way, so that no way
    /// is endless. SQLAlchemy's columns stand in this order, too: those of the far end first.
    void add(const MapperData& mapper, const sql::NodePtr& owner, int owner_link, Path& path, const std::vector<LoaderOption>& options) {
        for (const auto& info : mapper.relationships) {
            const auto* option = option_of(options, mapper, info.index);
            if ((option != nullptr ? option->how : info.lazy) != Lazy::joined) continue;
            if (info.write_only || is_on(path, info.target) || (info.collection && !multiplies_)) continue;
            const auto& table = info.target->table->node();
            const sql::NodePtr target = std::make_shared<sql::AliasNode>(table, QuotedName{});
            join(mapper, info, owner, target);
            for (const auto& [name, descending] : info.order_by) {
                auto node = sql::adapt(info.target->attributes[info.target->attribute_index(name)].node, table, target);
                if (descending) node = sql::make_unary(sql::Operator::desc, std::move(node), Type{});
                order.push_back(std::move(node));
            }
            const auto link = static_cast<int>(links.size());
            links.push_back({&info, owner_link, 0});
            path.push_back(info.target);
            add(*info.target, target, link, path, option != nullptr ? option->nested : no_options);
            path.pop_back();
            const AliasInspection alias{*info.target, target, QuotedName{}};
            links[static_cast<std::size_t>(link)].entity = columns.size();
            columns.push_back(alias.entity());
            has_collection = has_collection || info.collection;
        }
    }

    [[nodiscard]] const sql::NodePtr& from() const noexcept { return from_; }

    std::vector<JoinedLink> links;     ///< their entities count from 0
    std::vector<sql::NodePtr> columns; ///< entities
    std::vector<sql::NodePtr> order;
    bool has_collection = false;

private:
    void join(const MapperData& mapper, const RelationshipInfo& info, const sql::NodePtr& owner, const sql::NodePtr& target) {
        const auto& owner_table = mapper.table->node();
        const auto& target_table = info.target->table->node();
        const auto of_owner = [&](const sql::NodePtr& node) { return owner == owner_table ? node : sql::adapt(node, owner_table, owner); };
        const auto of_target = [&](const sql::NodePtr& node) { return sql::adapt(node, target_table, target); };
        std::vector<sql::NodePtr> first;
        const auto equal = [](std::vector<sql::NodePtr>& conditions, sql::NodePtr a, sql::NodePtr b) {
            conditions.push_back(sql::make_binary(sql::Operator::eq, std::move(a), std::move(b), Boolean{}));
        };
        sql::NodePtr secondary;
        const auto of_secondary = [&](const sql::NodePtr& node) { return sql::adapt(node, info.secondary->node(), secondary); };
        const auto link = [&](std::size_t column) {
            return of_secondary(azoth::detail::make_column_node(info.secondary->node(), info.secondary->data().columns[column]));
        };
        if (info.secondary) secondary = std::make_shared<sql::AliasNode>(info.secondary->node(), QuotedName{});
        if (info.primaryjoin) {
            first.push_back(sql::replacement_traverse(info.primaryjoin, [&](const sql::NodePtr& node) -> sql::NodePtr {
                if (node->kind != sql::NodeKind::column) return nullptr;
                const bool local = std::ranges::any_of(info.local_columns, [&](const auto& column) { return column.first == node.get(); });
                if (local) return of_owner(node);
                return secondary ? of_secondary(node) : of_target(node);
            }));
        } else if (secondary) {
            for (const auto& [attribute, column] : info.secondary_pairs) equal(first, of_owner(mapper.attributes[attribute].node), link(column));
        } else {
            for (const auto& [here, there] : info.pairs) {
                auto own = of_owner(mapper.attributes[here].node);
                auto other = of_target(info.target->attributes[there].node);
                // SQLAlchemy writes the referred column first.
                if (info.direction == Direction::many_to_one) equal(first, std::move(other), std::move(own));
                else equal(first, std::move(own), std::move(other));
            }
        }
        auto right = target;
        if (secondary) {
            std::vector<sql::NodePtr> second;
            if (info.secondaryjoin) second.push_back(of_target(of_secondary(info.secondaryjoin)));
            else
                for (const auto& [attribute, column] : info.secondary_target_pairs)
                    equal(second, of_target(info.target->attributes[attribute].node), link(column));
            right = std::make_shared<sql::JoinNode>(
                secondary, target, sql::make_boolean_list(sql::Operator::and_, std::move(second)), sql::JoinKind::inner);
        }
        from_ = std::make_shared<sql::JoinNode>(
            from_, std::move(right), sql::make_boolean_list(sql::Operator::and_, std::move(first)), sql::JoinKind::left_outer);
    }

    sql::NodePtr from_;
    bool multiplies_;
};

} // namespace

namespace {

/// Whether a FROM element is the table, or a join that has it.
bool holds(const sql::Node& from, const sql::NodePtr& table) {
    if (&from == table.get()) return true;
    if (from.kind != sql::NodeKind::join) return false;
    const auto& join = static_cast<const sql::JoinNode&>(from);
    return holds(*join.left, table) || holds(*join.right, table);
}

} // namespace

bool loads_eagerly(const MapperData& mapper) noexcept {
    return std::ranges::any_of(mapper.relationships, [](const RelationshipInfo& info) { return info.lazy != Lazy::select; });
}

std::vector<LoaderOption> eager_options(const MapperData& mapper) {
    if (!loads_eagerly(mapper)) return {};
    Path path{&mapper};
    const auto collect = [&path](const auto& self, const MapperData& of) -> std::vector<LoaderOption> {
        std::vector<LoaderOption> options;
        for (const auto& info : of.relationships) {
            if (info.lazy == Lazy::select || info.write_only || is_on(path, info.target)) continue;
            path.push_back(info.target);
            options.push_back({&of, info.index, self(self, *info.target), info.lazy});
            path.pop_back();
        }
        return options;
    };
    return collect(collect, mapper);
}

JoinedLinks join_links(sql::NodePtr& statement) {
    JoinedLinks joined;
    const auto& select = static_cast<const sql::SelectNode&>(*statement);
    const auto* options = static_cast<const LoaderOptions*>(select.options.get());
    if (select.columns.size() != 1 || select.columns.front()->kind != sql::NodeKind::entity || select.from.size() > 1) return joined;
    const auto& entity = static_cast<const sql::EntityNode&>(*select.columns.front());
    if (entity.tag == nullptr) return joined;
    const auto& mapper = *static_cast<const MapperData*>(entity.tag);
    const bool asked = options != nullptr
        && std::ranges::any_of(options->options, [](const LoaderOption& option) { return option.how == Lazy::joined; });
    if (entity.from != mapper.table->node() || !(asked || loads_eagerly(mapper))) return joined;
    if (!select.from.empty() && !holds(*select.from.front(), entity.from)) return joined;
    // Rows that were grouped are no object's; PostgreSQL locks no rows that an outer join may lack.
    if (!select.group_by.empty() || !select.having.empty() || select.for_update) return joined;
    // Rows that are counted, or made distinct, are to stay one for each object.
    const bool multiplies = !select.limit && !select.offset && !select.fetch && !select.distinct;
    Joiner joiner{select.from.empty() ? entity.from : select.from.front(), multiplies};
    Path path{&mapper};
    joiner.add(mapper, entity.from, -1, path, options != nullptr ? options->options : no_options);
    if (joiner.links.empty()) return joined;

    auto executed = std::make_shared<sql::SelectNode>(select);
    auto columns = select.columns;
    columns.insert(columns.end(), joiner.columns.begin(), joiner.columns.end());
    executed->replace_columns(std::move(columns));
    executed->join(select.from.empty() ? std::nullopt : std::optional<std::size_t>{0}, joiner.from());
    for (auto& node : joiner.order) executed->add(&sql::SelectNode::order_by, 'o', std::move(node));
    statement = std::move(executed);
    joined.links = std::move(joiner.links);
    joined.multiplies = joiner.has_collection;
    return joined;
}

void fill_joined(const JoinedLinks& joined, const std::vector<std::vector<ModelBase*>>& objects) {
    for (const auto& link : joined.links) {
        const auto& owners = link.owner < 0 ? objects.front() : objects[joined.links[static_cast<std::size_t>(link.owner)].entity + 1];
        const auto& targets = objects[link.entity + 1];
        struct Found {
            std::vector<ModelBase*> targets;
            std::unordered_set<const ModelBase*> known;
        };
        std::unordered_map<ModelBase*, Found> found;
        std::vector<ModelBase*> order;
        for (std::size_t row = 0; row < owners.size(); ++row) {
            auto* owner = owners[row];
            if (owner == nullptr || MapperData::link(*owner, *link.info).is_present()) continue;
            auto [entry, fresh] = found.try_emplace(owner);
            if (fresh) order.push_back(owner);
            auto* target = targets[row];
            if (target != nullptr && entry->second.known.insert(target).second) entry->second.targets.push_back(target);
        }
        for (auto* owner : order) {
            auto& of_owner = found.at(owner).targets;
            if (link.info->collection) fill_collection(*owner, *link.info, std::move(of_owner));
            else fill_related(*owner, *link.info, of_owner.empty() ? nullptr : of_owner.front());
        }
    }
}

} // namespace azoth::orm
