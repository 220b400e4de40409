// SPDX-License-Identifier: MIT
// Making a tree of another with some nodes replaced: each kind of node is put together anew from its changed children.
#include <unordered_map>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/sql/column.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/traverse.hpp>
#include <azoth/sql/visit.hpp>

namespace azoth::sql {

namespace {

class Rebuilder {
public:
    using Function = std::function<NodePtr(const NodePtr&)>;
    Rebuilder(const Function& before, const Function& after) : before_(before), after_(after) {}

    NodePtr operator()(const NodePtr& node) {
        if (!node) return node;
        if (const auto known = done_.find(node.get()); known != done_.end()) return known->second;
        NodePtr made = before_ ? before_(node) : nullptr;
        if (!made) {
            made = rebuilt(node);
            if (after_)
                if (auto changed = after_(made)) made = std::move(changed);
        }
        done_.emplace(node.get(), made);
        return made;
    }

private:
    std::vector<NodePtr> all(const std::vector<NodePtr>& nodes) {
        std::vector<NodePtr> made;
        made.reserve(nodes.size());
        for (const auto& node : nodes) made.push_back((*this)(node));
        return made;
    }

    NodePtr rebuilt(const NodePtr& node) {
        bool changed = false;
        each_child(*node, [&](const NodePtr& child) {
            if ((*this)(child) != child) changed = true;
        });
        return changed ? with_children(*node) : node;
    }

    NodePtr with_children(const Node& node) {
        auto& self = *this;
        switch (node.kind) {
        case NodeKind::column: return column(static_cast<const ColumnNode&>(node));
        case NodeKind::unary: {
            const auto& n = static_cast<const UnaryNode&>(node);
            return std::make_shared<UnaryNode>(n.op, self(n.operand), n.type);
        }
        case NodeKind::binary: return binary(static_cast<const BinaryNode&>(node));
        case NodeKind::boolean_list: {
            const auto& n = static_cast<const BooleanListNode&>(node);
            return make_boolean_list(n.op, all(n.operands));
        }
        case NodeKind::in_list: {
            const auto& n = static_cast<const InListNode&>(node);
            return std::make_shared<InListNode>(self(n.operand), n.values, n.item_types, n.negated, n.name, n.required);
        }
        case NodeKind::function: {
            const auto& n = static_cast<const FunctionNode&>(node);
            return std::make_shared<FunctionNode>(n.name, all(n.arguments), n.type, all(n.order_by));
        }
        case NodeKind::over: {
            const auto& n = static_cast<const OverNode&>(node);
            auto window = n.window;
            window.partition_by = all(window.partition_by);
            window.order_by = all(window.order_by);
            window.frame.lower.distance = self(window.frame.lower.distance);
            window.frame.upper.distance = self(window.frame.upper.distance);
            return std::make_shared<OverNode>(self(n.function), std::move(window), n.type);
        }
        case NodeKind::case_: {
            const auto& n = static_cast<const CaseNode&>(node);
            CaseNode::Whens whens;
            for (const auto& [when, then] : n.whens) whens.emplace_back(self(when), self(then));
            return std::make_shared<CaseNode>(self(n.value), std::move(whens), self(n.else_), n.type);
        }
        case NodeKind::cast: {
            const auto& n = static_cast<const CastNode&>(node);
            return std::make_shared<CastNode>(self(n.operand), n.type, n.is_try);
        }
        case NodeKind::type_coerce: {
            const auto& n = static_cast<const TypeCoerceNode&>(node);
            return std::make_shared<TypeCoerceNode>(self(n.operand), n.type);
        }
        case NodeKind::label: {
            const auto& n = static_cast<const LabelNode&>(node);
            return std::make_shared<LabelNode>(n.name, self(n.operand), n.type);
        }
        case NodeKind::tuple: return std::make_shared<TupleNode>(all(static_cast<const TupleNode&>(node).items));
        case NodeKind::array: {
            const auto& n = static_cast<const ArrayNode&>(node);
            return std::make_shared<ArrayNode>(all(n.items), n.type);
        }
        case NodeKind::scalar_subquery: {
            const auto& n = static_cast<const ScalarSubqueryNode&>(node);
            return std::make_shared<ScalarSubqueryNode>(self(n.select), n.type);
        }
        case NodeKind::exists: {
            const auto& n = static_cast<const ExistsNode&>(node);
            return std::make_shared<ExistsNode>(self(n.select), n.negated);
        }
        case NodeKind::custom: {
            const auto& n = static_cast<const CustomNode&>(node);
            return n.with_arguments(all(n.arguments));
        }
        case NodeKind::entity: {
            const auto& n = static_cast<const EntityNode&>(node);
            return std::make_shared<EntityNode>(self(n.from), all(n.columns), n.tag);
        }
        case NodeKind::alias: {
            const auto& n = static_cast<const AliasNode&>(node);
            Sampling sampling{self(n.sampling.method), self(n.sampling.seed)};
            return std::make_shared<AliasNode>(self(n.element), n.name, n.lateral, std::move(sampling));
        }
        case NodeKind::cte: return cte(static_cast<const CteNode&>(node));
        case NodeKind::join: {
            const auto& n = static_cast<const JoinNode&>(node);
            return std::make_shared<JoinNode>(self(n.left), self(n.right), self(n.on), n.how);
        }
        case NodeKind::values: {
            const auto& n = static_cast<const ValuesNode&>(node);
            ValuesNode::Rows rows;
            for (const auto& row : n.rows) rows.push_back(all(row));
            return std::make_shared<ValuesNode>(n.columns, std::move(rows), n.name, n.literal_binds, n.lateral);
        }
        case NodeKind::table_function: {
            const auto& n = static_cast<const TableFunctionNode&>(node);
            return std::make_shared<TableFunctionNode>(self(n.function), n.columns, n.name, n.options);
        }
        case NodeKind::excluded: return std::make_shared<ExcludedNode>(self(static_cast<const ExcludedNode&>(node).table));
        case NodeKind::textual_select: {
            const auto& n = static_cast<const TextualSelectNode&>(node);
            return std::make_shared<TextualSelectNode>(self(n.text), n.columns);
        }
        case NodeKind::select: return select(static_cast<const SelectNode&>(node));
        case NodeKind::compound: {
            const auto& n = static_cast<const CompoundNode&>(node);
            auto made = std::make_shared<CompoundNode>(n.operation, all(n.selects));
            generative(n, *made);
            return made;
        }
        case NodeKind::insert:
        case NodeKind::update:
        case NodeKind::delete_: return dml(static_cast<const DmlNode&>(node));
        case NodeKind::text: {
            auto made = std::make_shared<TextNode>(static_cast<const TextNode&>(node));
            for (const auto& [name, value] : static_cast<const TextNode&>(node).binds) made->bind(name, self(value));
            return made;
        }
        case NodeKind::bind:
        case NodeKind::constant:
        case NodeKind::literal_column:
        case NodeKind::label_reference:
        case NodeKind::next_value:
        case NodeKind::table:
        case NodeKind::ddl: break;
        }
        throw InvalidRequestError("a part of this statement cannot be replaced");
    }

    NodePtr column(const ColumnNode& n) {
        auto from = (*this)(n.from);
        if (const auto* table = table_data(*from); table != nullptr)
            if (const auto* data = table->find(n.name)) return azoth::detail::make_column_node(from, *data);
        const auto inner = n.unnamed == nullptr ? done_.end() : done_.find(n.unnamed);
        const auto* unnamed = inner == done_.end() ? n.unnamed : inner->second.get();
        return std::make_shared<ColumnNode>(std::move(from), n.name, n.type, n.column, unnamed, n.handle);
    }

    NodePtr binary(const BinaryNode& n) {
        auto& self = *this;
        if (n.op == Operator::custom)
            return std::make_shared<BinaryNode>(
                n.custom, self(n.left), self(n.right), n.type, n.custom_precedence, n.custom_eager);
        if (n.custom.empty()) return std::make_shared<BinaryNode>(n.op, self(n.left), self(n.right), n.type, self(n.third));
        return std::make_shared<BinaryNode>(n.op, self(n.left), self(n.right), n.type, self(n.third), n.custom);
    }

    NodePtr cte(const CteNode& n) {
        if (n.restates)
            return std::make_shared<CteNode>(
                std::static_pointer_cast<const CteNode>((*this)(n.restates)), (*this)(n.select));
        auto made = std::make_shared<CteNode>((*this)(n.select), n.name, n.recursive, n.nesting);
        for (const auto& fragment : n.prefixes) made->add_fragment(&CteNode::prefixes, 'P', fragment);
        for (const auto& fragment : n.suffixes) made->add_fragment(&CteNode::suffixes, 'S', fragment);
        return made;
    }

    void statement(const StatementNode& from, StatementNode& to) {
        const auto& parts = from.parts();
        for (const auto& fragment : parts.prefixes) to.add_fragment(&StatementParts::prefixes, 'P', fragment);
        for (const auto& fragment : parts.suffixes) to.add_fragment(&StatementParts::suffixes, 'S', fragment);
        for (const auto& fragment : parts.hints) to.add_fragment(&StatementParts::hints, 'H', fragment);
        for (const auto& hint : parts.table_hints) to.add_table_hint((*this)(hint.table), hint.fragment);
        for (const auto& attached : parts.ctes) to.add_cte((*this)(attached.cte), attached.nest_here);
        for (const auto& [name, value] : parts.params) to.set_param(name, value);
    }

    void generative(const GenerativeSelectNode& from, GenerativeSelectNode& to) {
        auto& self = *this;
        statement(from, to);
        for (const auto& node : from.group_by) to.add(&GenerativeSelectNode::group_by, 'g', self(node));
        for (const auto& node : from.order_by) to.add(&GenerativeSelectNode::order_by, 'o', self(node));
        if (from.limit) to.set(&GenerativeSelectNode::limit, 'l', self(from.limit));
        if (from.offset) to.set(&GenerativeSelectNode::offset, 'O', self(from.offset));
        if (from.fetch) to.set_fetch({self(from.fetch->count), from.fetch->percent, from.fetch->with_ties});
        if (from.for_update) {
            auto lock = *from.for_update;
            lock.of = all(lock.of);
            to.set_for_update(std::move(lock));
        }
    }

    NodePtr select(const SelectNode& n) {
        auto made = std::make_shared<SelectNode>();
        const auto add = [&](std::vector<NodePtr> SelectNode::*clause, std::uint64_t tag) {
            for (const auto& node : n.*clause) made->add(clause, tag, (*this)(node));
        };
        add(&SelectNode::columns, 'c');
        add(&SelectNode::from, 'f');
        add(&SelectNode::where, 'w');
        add(&SelectNode::having, 'h');
        if (n.distinct) made->set_flag(&SelectNode::distinct, 'd');
        made->options = n.options;
        const auto& parts = n.select_parts();
        for (const auto& node : parts.distinct_on) made->add_distinct_on((*this)(node));
        if (parts.correlate) made->set_correlate(&SelectParts::correlate, 'x', all(*parts.correlate));
        if (parts.correlate_except) made->set_correlate(&SelectParts::correlate_except, 'y', all(*parts.correlate_except));
        if (parts.label_style != LabelStyle::disambiguate_only) made->set_label_style(parts.label_style);
        generative(n, *made);
        return made;
    }

    AssignmentPair assignment(const AssignmentPair& pair) {
        return {std::static_pointer_cast<const ColumnNode>((*this)(pair.column)), (*this)(pair.value), (*this)(pair.target)};
    }

    NodePtr dml(const DmlNode& n) {
        auto& self = *this;
        auto made = std::make_shared<DmlNode>(n.kind, self(n.table));
        statement(n, *made);
        for (const auto& pair : n.assignments) made->assign(assignment(pair));
        for (const auto& row : n.more_rows) made->add_row(all(row));
        for (const auto& node : n.where) made->add(&DmlNode::where, 'w', self(node));
        for (const auto& node : n.returning) made->add(&DmlNode::returning, 'r', self(node));
        if (n.limit) made->set_limit(self(n.limit));
        if (n.ordered) made->set_ordered();
        if (!n.sorted) made->set_sorted(false);
        if (!n.fills_in) made->set_fills_in(false);
        if (n.from_select) {
            InsertFromSelect source{{}, self(n.from_select->select), n.from_select->include_defaults};
            for (const auto& column : n.from_select->columns)
                source.columns.push_back(std::static_pointer_cast<const ColumnNode>(self(column)));
            made->set_from_select(std::move(source));
        }
        if (n.upsert) {
            auto clause = *n.upsert;
            clause.elements = all(clause.elements);
            clause.index_where = all(clause.index_where);
            clause.where = all(clause.where);
            for (auto& pair : clause.assignments) pair = assignment(pair);
            made->set_upsert(std::move(clause));
        }
        return made;
    }

    const Function& before_;
    const Function& after_;
    std::unordered_map<const Node*, NodePtr> done_;
};

} // namespace

NodePtr replacement_traverse(const NodePtr& root, const std::function<NodePtr(const NodePtr&)>& replace) {
    const Rebuilder::Function none;
    return Rebuilder{replace, none}(root);
}

NodePtr cloned_traverse(const NodePtr& root, const std::function<NodePtr(const NodePtr&)>& change) {
    const Rebuilder::Function none;
    return Rebuilder{none, change}(root);
}

} // namespace azoth::sql
