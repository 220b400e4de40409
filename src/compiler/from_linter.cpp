// SPDX-License-Identifier: MIT
// FROM elements are nodes of a graph, comparisons and joins its edges; what cannot be reached from the first is a mistake.
#include "compiler/from_linter.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include <azoth/sql/from.hpp>
#include <azoth/sql/visit.hpp>

namespace azoth {

namespace {

using sql::NodeKind;

/// Union-find over FROM elements.
class Components {
public:
    explicit Components(const std::vector<sql::NodePtr>& froms) {
        for (const auto& from : froms) add(from);
        parents_.resize(elements_.size());
        std::iota(parents_.begin(), parents_.end(), std::size_t{0});
    }

    [[nodiscard]] const std::vector<sql::NodePtr>& elements() const noexcept { return elements_; }

    std::size_t root(std::size_t i) {
        while (parents_[i] != i) i = parents_[i] = parents_[parents_[i]];
        return i;
    }
    void connect(const sql::Node& a, const sql::Node& b) {
        const auto left = positions_.find(&a);
        const auto right = positions_.find(&b);
        if (left != positions_.end() && right != positions_.end()) parents_[root(right->second)] = root(left->second);
    }
    void connect_all(const std::vector<sql::NodePtr>& left, const std::vector<sql::NodePtr>& right) {
        for (const auto& a : left)
            for (const auto& b : right) connect(*a, *b);
    }

private:
    void add(const sql::NodePtr& from) {
        if (from->kind == NodeKind::join) {
            const auto& join = static_cast<const sql::JoinNode&>(*from);
            add(join.left);
            add(join.right);
        } else if (from->kind != NodeKind::text && positions_.emplace(from.get(), elements_.size()).second) {
            elements_.push_back(from);
        }
    }

    std::vector<sql::NodePtr> elements_;
    std::unordered_map<const sql::Node*, std::size_t> positions_;
    std::vector<std::size_t> parents_;
};

void elements_of(const sql::NodePtr& from, std::vector<sql::NodePtr>& into) {
    if (from->kind != NodeKind::join) {
        into.push_back(from);
        return;
    }
    const auto& join = static_cast<const sql::JoinNode&>(*from);
    elements_of(join.left, into);
    elements_of(join.right, into);
}

void walk_condition(const sql::Node& node, Components& components) {
    switch (node.kind) {
    case NodeKind::scalar_subquery:
    case NodeKind::exists:
    case NodeKind::column: return;
    case NodeKind::binary: {
        const auto& binary = static_cast<const sql::BinaryNode&>(node);
        std::vector<sql::NodePtr> left;
        std::vector<sql::NodePtr> right;
        sql::collect_froms(*binary.left, left);
        sql::collect_froms(*binary.right, right);
        if (binary.third) sql::collect_froms(*binary.third, right);
        components.connect_all(left, right);
        break;
    }
    default: break;
    }
    sql::each_child(node, [&](const sql::NodePtr& child) { walk_condition(*child, components); });
}

void walk_join(const sql::Node& from, Components& components) {
    if (from.kind != NodeKind::join) return;
    const auto& join = static_cast<const sql::JoinNode&>(from);
    std::vector<sql::NodePtr> left;
    std::vector<sql::NodePtr> right;
    elements_of(join.left, left);
    elements_of(join.right, right);
    components.connect_all(left, right);
    if (join.on) walk_condition(*join.on, components);
    walk_join(*join.left, components);
    walk_join(*join.right, components);
}

bool refers_beside(const sql::Node& from) {
    if (from.kind == NodeKind::table_function) return true;
    if (from.kind == NodeKind::values) return static_cast<const sql::ValuesNode&>(from).lateral;
    return from.kind == NodeKind::alias && static_cast<const sql::AliasNode&>(from).lateral;
}

std::string quoted_name(const sql::Node& from) {
    if (from.kind == NodeKind::table) return '"' + static_cast<const sql::TableNode&>(from).table->full_name() + '"';
    if (from.kind == NodeKind::alias || from.kind == NodeKind::cte) {
        const auto& name = static_cast<const sql::NamedFromNode&>(from).name;
        if (!name.empty()) return '"' + name + '"';
    }
    return sql::describe(from);
}

} // namespace

std::string
cartesian_warning(std::string_view verb, const std::vector<sql::NodePtr>& froms, const std::vector<sql::NodePtr>& criteria) {
    if (froms.size() < 2) return {}; // one element, or joins only
    Components components{froms};
    const auto& elements = components.elements();
    if (elements.size() < 2) return {};
    for (const auto& from : froms) walk_join(*from, components);
    for (const auto& criterion : criteria) walk_condition(*criterion, components);
    for (const auto& element : elements)
        if (refers_beside(*element))
            for (const auto& other : elements) {
                if (other == element) continue;
                components.connect(*other, *element);
                break;
            }
    std::string apart;
    for (std::size_t i = 1; i < elements.size(); ++i) {
        if (components.root(i) == components.root(0)) continue;
        if (!apart.empty()) apart += ", ";
        apart += quoted_name(*elements[i]);
    }
    if (apart.empty()) return {};
    return std::string{verb} + " statement has a cartesian product between FROM element(s) " + apart + " and FROM element "
        + quoted_name(*elements.front()) + ".  Apply join condition(s) between each element to resolve.";
}

} // namespace azoth
