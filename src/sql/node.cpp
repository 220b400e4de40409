// SPDX-License-Identifier: MIT
// Making nodes: aliases with identities, statements that grow clause by clause, negation and flattening.
#include <azoth/sql/node.hpp>

#include <atomic>
#include <cstring>
#include <random>

#include <azoth/error.hpp>

namespace azoth::sql {

namespace {

std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> serial{0};
    return ++serial;
}

} // namespace

void Key::mix(std::string_view text) noexcept {
    mix(text.size());
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, 8);
        mix(word);
    }
    if (i < text.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + i, text.size() - i);
        mix(word);
    }
}

Key Key::seed() noexcept {
    static const Key seeded = [] {
        std::random_device device;
        Key key;
        key.a = (static_cast<std::uint64_t>(device()) << 32U) | device();
        key.b = (static_cast<std::uint64_t>(device()) << 32U) | device();
        return key;
    }();
    return seeded;
}

AliasNode::AliasNode(NodePtr what, std::string alias_name)
    : Node(NodeKind::alias), element(std::move(what)), name(std::move(alias_name)) {
    mix_child(element);
    key.mix(name);
    if (name.empty()) {
        serial = next_serial();
        anonymous = true;
    }
}

CteNode::CteNode(NodePtr statement, std::string cte_name)
    : Node(NodeKind::cte), select(std::move(statement)), name(std::move(cte_name)) {
    mix_child(select);
    key.mix(name);
    if (name.empty()) {
        serial = next_serial();
        anonymous = true;
    }
}

void SelectNode::add(std::vector<NodePtr> SelectNode::*clause, std::uint64_t tag, NodePtr child) {
    key.mix(tag);
    mix_child(child);
    (this->*clause).push_back(std::move(child));
}

void SelectNode::set(NodePtr SelectNode::*clause, std::uint64_t tag, NodePtr child) {
    key.mix(tag);
    mix_child(child);
    this->*clause = std::move(child);
}

void SelectNode::set_flag(bool SelectNode::*flag, std::uint64_t tag) {
    key.mix(tag);
    this->*flag = true;
}

void SelectNode::join(std::optional<std::size_t> position, NodePtr joined) {
    key.mix(std::uint64_t{'j'});
    key.mix(position ? *position + 1 : 0);
    mix_child(joined);
    if (position) from[*position] = std::move(joined);
    else from.push_back(std::move(joined));
}

void DmlNode::assign(AssignmentPair pair) {
    key.mix(std::uint64_t{'='});
    key.mix(pair.column->key);
    mix_child(pair.value);
    for (auto& existing : assignments) {
        if (existing.column->name == pair.column->name) {
            existing.value = std::move(pair.value);
            return;
        }
    }
    assignments.push_back(std::move(pair));
}

void DmlNode::add(std::vector<NodePtr> DmlNode::*clause, std::uint64_t tag, NodePtr child) {
    key.mix(tag);
    mix_child(child);
    (this->*clause).push_back(std::move(child));
}

NodePtr make_bind(Value value, const Type& type) { return std::make_shared<BindNode>(std::move(value), type); }

NodePtr make_inline_text(std::string text) { return std::make_shared<BindNode>(std::move(text), String{}, true); }

NodePtr make_constant(Constant constant) {
    static const NodePtr null_node = std::make_shared<ConstantNode>(Constant::null, Type{});
    static const NodePtr true_node = std::make_shared<ConstantNode>(Constant::true_, Boolean{});
    static const NodePtr false_node = std::make_shared<ConstantNode>(Constant::false_, Boolean{});
    static const NodePtr star_node = std::make_shared<ConstantNode>(Constant::star, Type{});
    switch (constant) {
    case Constant::null: return null_node;
    case Constant::true_: return true_node;
    case Constant::false_: return false_node;
    case Constant::star: return star_node;
    }
    return null_node;
}

NodePtr make_null() { return make_constant(Constant::null); }

NodePtr make_unary(Operator op, NodePtr operand, Type type) {
    return std::make_shared<UnaryNode>(op, std::move(operand), type);
}

NodePtr make_binary(Operator op, NodePtr left, NodePtr right, Type type, NodePtr third) {
    return std::make_shared<BinaryNode>(op, std::move(left), std::move(right), type, std::move(third));
}

NodePtr make_boolean_list(Operator op, std::vector<NodePtr> conditions) {
    if (conditions.empty()) throw ArgumentError("and_() and or_() need at least one condition");
    // `false` decides an AND and says nothing in an OR; `true` the other way round.
    const auto deciding = op == Operator::and_ ? Constant::false_ : Constant::true_;
    const auto neutral = op == Operator::and_ ? Constant::true_ : Constant::false_;
    std::vector<NodePtr> flat;
    for (auto& condition : conditions) {
        if (condition->kind == NodeKind::constant) {
            const auto constant = static_cast<const ConstantNode&>(*condition).constant;
            if (constant == deciding) return make_constant(deciding);
            if (constant == neutral) continue;
        }
        if (condition->kind == NodeKind::boolean_list) {
            const auto& nested = static_cast<const BooleanListNode&>(*condition);
            if (nested.op == op) {
                flat.insert(flat.end(), nested.operands.begin(), nested.operands.end());
                continue;
            }
        }
        flat.push_back(std::move(condition));
    }
    if (flat.empty()) return make_constant(neutral);
    if (flat.size() == 1) return flat.front();
    return std::make_shared<BooleanListNode>(op, std::move(flat));
}

NodePtr make_not(const NodePtr& condition) {
    switch (condition->kind) {
    case NodeKind::binary: {
        const auto& binary = static_cast<const BinaryNode&>(*condition);
        if (const auto opposite = negation(binary.op); opposite != Operator::none)
            return make_binary(opposite, binary.left, binary.right, binary.type, binary.third);
        break;
    }
    case NodeKind::in_list: {
        const auto& list = static_cast<const InListNode&>(*condition);
        return std::make_shared<InListNode>(list.operand, list.values, list.item_type, !list.negated);
    }
    case NodeKind::exists: {
        const auto& exists = static_cast<const ExistsNode&>(*condition);
        return std::make_shared<ExistsNode>(exists.select, !exists.negated);
    }
    case NodeKind::unary: {
        const auto& unary = static_cast<const UnaryNode&>(*condition);
        if (unary.op == Operator::not_) return unary.operand;
        break;
    }
    case NodeKind::constant: {
        const auto& constant = static_cast<const ConstantNode&>(*condition);
        if (constant.constant == Constant::true_) return make_constant(Constant::false_);
        if (constant.constant == Constant::false_) return make_constant(Constant::true_);
        break;
    }
    default: break;
    }
    return make_unary(Operator::not_, condition, Boolean{});
}

const Type& type_of(const Node& node) noexcept {
    static const Type unknown;
    switch (node.kind) {
    case NodeKind::entity:
    case NodeKind::table:
    case NodeKind::alias:
    case NodeKind::cte:
    case NodeKind::join:
    case NodeKind::select:
    case NodeKind::insert:
    case NodeKind::update:
    case NodeKind::delete_:
    case NodeKind::text:
    case NodeKind::ddl: return unknown;
    default: return static_cast<const ExpressionNode&>(node).type;
    }
}

const Type& type_or(const Type& base, const Type& other) noexcept { return base.is_null_type() ? other : base; }

} // namespace azoth::sql

namespace azoth::schema {

sql::NodePtr default_text(std::string text) {
    return sql::make_bind(Value{Value::Variant{std::move(text)}}, String{});
}

} // namespace azoth::schema
