// SPDX-License-Identifier: MIT
// Making nodes: aliases with identities, statements that grow clause by clause, negation and flattening.
#include <azoth/sql/node.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <random>

#include <azoth/error.hpp>
#include <azoth/types/decorator.hpp>

namespace azoth::sql {

namespace {

std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> serial{0};
    return ++serial;
}

void mix_columns(Key& key, const std::vector<NamedColumn>& columns) {
    key.mix(columns.size());
    for (const auto& column : columns) {
        key.mix(column.name);
        key.mix(column.type.hash());
    }
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

void NamedFromNode::mix_name() {
    mix_quoted(name);
    if (name.empty()) {
        serial = next_serial();
        anonymous = true;
    }
}

AliasNode::AliasNode(NodePtr what, QuotedName alias_name, bool is_lateral, Sampling sample)
    : NamedFromNode(NodeKind::alias, std::move(alias_name)), element(std::move(what)), lateral(is_lateral),
      sampling(std::move(sample)) {
    mix_child(element);
    if (lateral || sampling.method) {
        key.mix(std::uint64_t{lateral});
        mix_child(sampling.method);
        mix_child(sampling.seed);
    }
    mix_name();
}

CteNode::CteNode(NodePtr statement, QuotedName cte_name, bool is_recursive, bool is_nesting)
    : NamedFromNode(NodeKind::cte, std::move(cte_name)), select(std::move(statement)), recursive(is_recursive),
      nesting(is_nesting), identity(next_serial()) {
    mix_child(select);
    key.mix((recursive ? 2U : 0U) + (nesting ? 1U : 0U));
    mix_name();
}

CteNode::CteNode(const std::shared_ptr<const CteNode>& original, NodePtr statement)
    : NamedFromNode(NodeKind::cte, original->name), select(std::move(statement)), recursive(original->recursive),
      nesting(original->nesting), prefixes(original->prefixes), suffixes(original->suffixes), restates(original),
      identity(original->identity) {
    serial = original->serial;
    mix_child(original);
    mix_child(select);
}

void CteNode::add_fragment(std::vector<Fragment> CteNode::*where, std::uint64_t tag, Fragment fragment) {
    key.mix(tag);
    key.mix(fragment.text);
    key.mix(fragment.dialect);
    (this->*where).push_back(std::move(fragment));
}

ValuesNode::ValuesNode(
    std::vector<NamedColumn> value_columns, Rows value_rows, std::string values_name, bool literal, bool is_lateral)
    : Node(NodeKind::values), columns(std::move(value_columns)), rows(std::move(value_rows)), name(std::move(values_name)),
      literal_binds(literal), lateral(is_lateral) {
    mix_columns(key, columns);
    uncacheable = true; // each number of rows would be another statement
    key.mix(rows.size());
    for (const auto& row : rows) {
        if (row.size() != columns.size())
            throw ArgumentError(
                "values(): a row has " + std::to_string(row.size()) + " values for " + std::to_string(columns.size())
                + " columns");
        mix_children(row);
        if (!literal_binds) continue;
        for (const auto& item : row)
            if (item->kind == NodeKind::bind)
                key.mix(to_string(static_cast<const BindNode&>(*item).value.param(), std::string::npos));
    }
    key.mix(name);
    key.mix((literal_binds ? 2U : 0U) + (lateral ? 1U : 0U));
}

TableFunctionNode::TableFunctionNode(
    NodePtr call, std::vector<NamedColumn> function_columns, QuotedName alias_name, Options how)
    : NamedFromNode(NodeKind::table_function, std::move(alias_name)), function(std::move(call)),
      columns(std::move(function_columns)), options(how) {
    mix_child(function);
    mix_columns(key, columns);
    key.mix(
        (options.derived ? 1U : 0U) + (options.with_types ? 2U : 0U) + (options.ordinality ? 4U : 0U)
        + (options.lateral ? 8U : 0U));
    mix_name();
}

TextualSelectNode::TextualSelectNode(NodePtr statement, std::vector<NamedColumn> text_columns)
    : Node(NodeKind::textual_select), text(std::move(statement)), columns(std::move(text_columns)) {
    mix_child(text);
    mix_columns(key, columns);
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
    if (op == Operator::negate && operand->kind == NodeKind::label) { // it keeps its name
        const auto& label = static_cast<const LabelNode&>(*operand);
        return std::make_shared<LabelNode>(label.name, make_unary(op, label.operand, type), type);
    }
    return std::make_shared<UnaryNode>(op, std::move(operand), type);
}

namespace {

/// A value beside an expression of a decorated type, with the type that that one chooses for it.
NodePtr coerced(const TypeConversion& conversion, Operator op, NodePtr value) {
    if (!conversion.coerce_compared_value || !value || value->kind != NodeKind::bind) return value;
    const auto& bind = static_cast<const BindNode&>(*value);
    if (bind.inlined || bind.position || !bind.name.empty()) return value;
    return make_bind(bind.value, conversion.coerce_compared_value(op, bind.value));
}

} // namespace

NodePtr make_binary(Operator op, NodePtr left, NodePtr right, Type type, NodePtr third) {
    if (const auto conversion = details_of(type_of(*left)).conversion) {
        right = coerced(*conversion, op, std::move(right));
        if (op == Operator::between || op == Operator::not_between) third = coerced(*conversion, op, std::move(third));
        const auto own = std::ranges::find(conversion->operators, op, [](const auto& one) { return one.first; });
        if (own != conversion->operators.end()) {
            auto inside = type_of(*left); // so that it may use the operator itself
            change_details(inside, [](TypeDetails& details) { details.conversion.reset(); });
            return own->second(std::make_shared<TypeCoerceNode>(std::move(left), std::move(inside)), std::move(right));
        }
    }
    return std::make_shared<BinaryNode>(op, std::move(left), std::move(right), type, std::move(third));
}

NodePtr make_comparison(Operator op, NodePtr left, NodePtr right) {
    if (left->kind == NodeKind::unary) {
        const auto collective = static_cast<const UnaryNode&>(*left).op;
        if (collective == Operator::any || collective == Operator::all) {
            std::swap(left, right);
            switch (op) {
            case Operator::lt: op = Operator::gt; break;
            case Operator::le: op = Operator::ge; break;
            case Operator::gt: op = Operator::lt; break;
            case Operator::ge: op = Operator::le; break;
            default: break;
            }
        }
    }
    const bool null = right->kind == NodeKind::constant && static_cast<const ConstantNode&>(*right).constant == Constant::null;
    if (null && op == Operator::eq) op = Operator::is;
    if (null && op == Operator::ne) op = Operator::is_not;
    return make_binary(op, std::move(left), std::move(right), Boolean{});
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

namespace {

/// ANY, ALL.
bool is_collective(const Node& node) {
    if (node.kind != NodeKind::unary) return false;
    const auto op = static_cast<const UnaryNode&>(node).op;
    return op == Operator::any || op == Operator::all;
}

} // namespace

NodePtr make_not(const NodePtr& condition) {
    switch (condition->kind) {
    case NodeKind::binary: {
        const auto& binary = static_cast<const BinaryNode&>(*condition);
        if (is_collective(*binary.right)) break; // not equal to any is something else
        if (const auto opposite = negation(binary.op); opposite != Operator::none)
            return std::make_shared<BinaryNode>(opposite, binary.left, binary.right, binary.type, binary.third, binary.custom);
        break;
    }
    case NodeKind::in_list: {
        const auto& list = static_cast<const InListNode&>(*condition);
        return std::make_shared<InListNode>(
            list.operand, list.values, list.item_types, !list.negated, list.name, list.required);
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
    case NodeKind::label: { // it keeps its name
        const auto& label = static_cast<const LabelNode&>(*condition);
        return std::make_shared<LabelNode>(label.name, make_not(label.operand), label.type);
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
    case NodeKind::values:
    case NodeKind::table_function:
    case NodeKind::excluded:
    case NodeKind::textual_select:
    case NodeKind::select:
    case NodeKind::compound:
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
    return sql::make_bind(Value{std::move(text)}, String{});
}

} // namespace azoth::schema
