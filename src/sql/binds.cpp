// SPDX-License-Identifier: MIT
// Finding a statement's bound values and its cache key without rendering it.
#include <algorithm>
#include <concepts>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <azoth/sql/node.hpp>
#include <azoth/sql/visit.hpp>

namespace azoth::sql {

namespace {

/// Collects in the order of the walk; a FROM element that several columns share is walked once.
class BindCollector {
public:
    explicit BindCollector(BindList& list) : list_(list) {}

    void walk(const Node& node) {
        if (!node.has_binds) return;
        switch (node.kind) {
        case NodeKind::bind: found(static_cast<const BindNode&>(node)); return;
        case NodeKind::in_list:
            each_child(node, [this](const NodePtr& child) { walk(*child); });
            found(static_cast<const InListNode&>(node));
            return;
        case NodeKind::alias:
        case NodeKind::cte:
        case NodeKind::values:
        case NodeKind::table_function:
            if (const auto [entry, first] = walked_.emplace(&node, walked_.size()); !first) {
                repeated((std::uint64_t{1} << 63U) | entry->second);
                return;
            }
            break;
        case NodeKind::select:
        case NodeKind::compound:
        case NodeKind::insert:
        case NodeKind::update:
        case NodeKind::delete_:
        case NodeKind::text:
            for (const auto& [name, value] : static_cast<const StatementNode&>(node).parts().params)
                given_.emplace(name, value.get()); // the outermost statement's counts
            break;
        default: break;
        }
        each_child(node, [this](const NodePtr& child) { walk(*child); });
    }

private:
    template <class N>
    void found(const N& node) {
        if (node.name.empty()) {
            found_value(node);
            return;
        }
        bool is_unique = false;
        if constexpr (std::same_as<N, BindNode>) is_unique = node.unique;
        if (is_unique) {
            found_value(node);
            return;
        }
        if (named_.contains(node.name)) return; // the name in the key says that it is the same
        named_.insert(node.name);
        const auto given = given_.find(node.name);
        list_.nodes.push_back(given == given_.end() ? &node : given->second);
    }

    void found_value(const ExpressionNode& node) {
        if (const auto known = position(node); known < list_.nodes.size()) {
            repeated(known);
            return;
        }
        ++occurrences_;
        list_.nodes.push_back(&node);
        if (list_.nodes.size() > linear_limit) positions_.emplace(&node, list_.nodes.size() - 1);
    }

    void repeated(std::uint64_t what) {
        ++occurrences_;
        list_.sharing.mix(occurrences_);
        list_.sharing.mix(what);
    }

    /// Where `node` stands in the list; its size when it does not. A short list is searched, a long one indexed.
    std::size_t position(const ExpressionNode& node) {
        const auto short_end = list_.nodes.begin()
            + static_cast<std::ptrdiff_t>(std::min(list_.nodes.size(), linear_limit));
        const auto found = std::find(list_.nodes.begin(), short_end, &node);
        if (found != short_end) return static_cast<std::size_t>(found - list_.nodes.begin());
        if (list_.nodes.size() <= linear_limit) return list_.nodes.size();
        const auto indexed = positions_.find(&node);
        return indexed == positions_.end() ? list_.nodes.size() : indexed->second;
    }

    static constexpr std::size_t linear_limit = 16;
    BindList& list_;
    std::uint64_t occurrences_ = 0;
    std::unordered_map<const Node*, std::uint64_t> walked_;
    std::unordered_map<const ExpressionNode*, std::size_t> positions_;
    std::unordered_set<std::string_view> named_;
    std::unordered_map<std::string_view, const ExpressionNode*> given_;
};

/// Numbers anonymous aliases in order of appearance and mixes the sequence into the key.
class AliasNumberer {
public:
    explicit AliasNumberer(Key& key) : key_(key) {}

    void walk(const Node& node) {
        if (!node.anonymous) return;
        std::uint64_t serial = 0;
        const bool named = node.kind == NodeKind::alias || node.kind == NodeKind::cte || node.kind == NodeKind::table_function;
        if (named) serial = static_cast<const NamedFromNode&>(node).serial;
        if (serial != 0) {
            const auto [entry, first] = numbers_.emplace(serial, numbers_.size());
            key_.mix(entry->second);
            if (!first) return;
        }
        each_child(node, [this](const NodePtr& child) { walk(*child); });
    }

private:
    Key& key_;
    std::unordered_map<std::uint64_t, std::uint64_t> numbers_;
};

} // namespace

BindList collect_binds(const Node& statement) {
    BindList list;
    if (statement.has_binds) BindCollector{list}.walk(statement);
    return list;
}

Key statement_key(const Node& statement, const BindList& binds) {
    Key key = statement.key;
    if (statement.anonymous) AliasNumberer{key}.walk(statement);
    if (binds.sharing != Key{}) key.mix(binds.sharing);
    return key;
}

} // namespace azoth::sql
