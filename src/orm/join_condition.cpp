// SPDX-License-Identifier: MIT
#include "orm/join_condition.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/orm/entity.hpp>
#include <azoth/sql/from.hpp>
#include <azoth/sql/traverse.hpp>

namespace azoth::orm {

namespace {

struct Mark {
    sql::NodePtr column;
    bool foreign = false, remote = false;

    Mark() = default;
};
/// Of the condition that this thread is making; null otherwise.
thread_local std::vector<Mark>* marks_being_made = nullptr;

/// A condition with the marks of its columns.
struct Condition {
    sql::NodePtr node;
    std::vector<Mark> marks;

    explicit Condition(const std::function<sql::NodePtr()>& make) {
        struct Recording {
            std::vector<Mark>* before;
            explicit Recording(std::vector<Mark>& marks) : before(std::exchange(marks_being_made, &marks)) {}
            Recording(const Recording&) = delete;
            Recording& operator=(const Recording&) = delete;
            ~Recording() { marks_being_made = before; }
        } const recording{marks};
        node = make();
    }
    [[nodiscard]] bool is_marked(const sql::Node* column, bool Mark::* as) const {
        return std::ranges::any_of(marks, [&](const Mark& mark) { return mark.column.get() == column && mark.*as; });
    }
    [[nodiscard]] bool has_marks(bool Mark::* as) const {
        return std::ranges::any_of(marks, [&](const Mark& mark) { return mark.*as; });
    }
};

const sql::ColumnNode* as_plain_column(const sql::NodePtr& node) {
    return node->kind == sql::NodeKind::column ? static_cast<const sql::ColumnNode*>(node.get()) : nullptr;
}

bool is_of(const sql::ColumnNode& column, const Table& table) {
    return column.from && column.column != nullptr && sql::table_data(*column.from) == &table.data();
}

/// The attribute that holds the column; null for a column of another table.
const AttributeInfo* attribute_of(const MapperData& mapper, const sql::ColumnNode& column) {
    return is_of(column, *mapper.table) ? mapper.by_column(column.column->position) : nullptr;
}
std::uint16_t index_of(const MapperData& mapper, const AttributeInfo& info) {
    return static_cast<std::uint16_t>(&info - mapper.attributes.data());
}

/// The comparisons `a = b` of two columns, wherever they are in the condition.
std::vector<std::pair<const sql::ColumnNode*, const sql::ColumnNode*>> equalities(const sql::NodePtr& condition) {
    std::vector<std::pair<const sql::ColumnNode*, const sql::ColumnNode*>> found;
    sql::traverse(condition, [&](const sql::Node& node) {
        if (node.kind != sql::NodeKind::binary) return;
        const auto& binary = static_cast<const sql::BinaryNode&>(node);
        if (binary.op != sql::Operator::eq) return;
        const auto* left = as_plain_column(binary.left);
        const auto* right = as_plain_column(binary.right);
        if (left != nullptr && right != nullptr) found.emplace_back(left, right);
    });
    return found;
}

/// Whether a foreign key says that `column` refers to `other`.
bool refers(const sql::ColumnNode& column, const sql::ColumnNode& other) {
    const auto* from = sql::table_data(*column.from);
    const auto* to = sql::table_data(*other.from);
    if (from == nullptr || to == nullptr) return false;
    return std::ranges::any_of(from->foreign_keys, [&](const schema::ForeignKeyData& key) {
        if (key.target_table != to->name) return false;
        for (std::size_t i = 0; i < key.columns.size(); ++i)
            if (key.columns[i] == column.column->name && i < key.target_columns.size() && key.target_columns[i] == other.column->name) return true;
        return false;
    });
}

} // namespace

sql::NodePtr mark_column(const sql::NodePtr& column, bool foreign, bool remote) {
    if (column->kind != sql::NodeKind::column) throw ArgumentError("foreign() and remote() take a column");
    const auto& node = static_cast<const sql::ColumnNode&>(*column);
    Mark mark;
    mark.column = std::make_shared<sql::ColumnNode>(node.from, node.name, sql::type_of(node), node.column, node.unnamed, node.handle);
    mark.foreign = foreign;
    mark.remote = remote;
    auto copy = mark.column;
    if (marks_being_made != nullptr) {
        for (const auto& known : *marks_being_made) // foreign(remote(column))
            if (known.column == column) {
                mark.foreign = mark.foreign || known.foreign;
                mark.remote = mark.remote || known.remote;
            }
        marks_being_made->push_back(std::move(mark));
    }
    return copy;
}

std::vector<sql::NodePtr> and_operands(const sql::NodePtr& condition) {
    if (condition->kind == sql::NodeKind::boolean_list) {
        const auto& list = static_cast<const sql::BooleanListNode&>(*condition);
        if (list.op == sql::Operator::and_) return list.operands;
    }
    return {condition};
}

void configure_join(MapperData& mapper, RelationshipInfo& info, const std::string& what) {
    const auto& target = *info.target;
    const Condition condition{info.make_primaryjoin};
    const bool same = &mapper == &target;
    const bool marked = condition.has_marks(&Mark::foreign);
    const auto is_key = [&](const sql::ColumnNode& column, const sql::ColumnNode& other) {
        if (marked) return condition.is_marked(&column, &Mark::foreign);
        if (!info.foreign_key.empty()) {
            const auto* here = attribute_of(mapper, column);
            const auto* there = attribute_of(target, column);
            return (here != nullptr && here->name == info.foreign_key) || (there != nullptr && there->name == info.foreign_key);
        }
        return refers(column, other);
    };
    std::vector<std::pair<const sql::ColumnNode*, const sql::ColumnNode*>> keys; // and what they refer to
    const auto comparisons = equalities(condition.node);
    for (const auto& [left, right] : comparisons) {
        if (is_key(*left, *right)) keys.emplace_back(left, right);
        else if (is_key(*right, *left)) keys.emplace_back(right, left);
    }
    const bool sides_marked = condition.has_marks(&Mark::remote);
    const auto is_remote = [&](const sql::ColumnNode& column) {
        if (!same) return is_of(column, *target.table);
        if (sides_marked) return condition.is_marked(&column, &Mark::remote);
        if (!info.remote_side.empty()) {
            const auto* attribute = attribute_of(target, column);
            return attribute != nullptr && attribute->name == info.remote_side;
        }
        return std::ranges::any_of(keys, [&](const auto& key) { return key.first == &column; }) || condition.is_marked(&column, &Mark::foreign);
    };
    if (!keys.empty()) {
        info.direction = is_remote(*keys.front().first) ? Direction::one_to_many : Direction::many_to_one;
    } else {
        const auto mark = std::ranges::find_if(condition.marks, &Mark::foreign);
        if (mark == condition.marks.end() || !info.viewonly)
            throw ArgumentError(
                what + ": primaryjoin() compares no key with what it refers to; name the key with foreign() or foreign_keys<>()"
                + (mark == condition.marks.end() ? "" : ", or make the relationship viewonly"));
        info.direction = is_remote(static_cast<const sql::ColumnNode&>(*mark->column)) ? Direction::one_to_many : Direction::many_to_one;
    }
    const bool many_to_one = info.direction == Direction::many_to_one;
    if (many_to_one && info.collection && !info.viewonly)
        throw ArgumentError(what + ": a Collection<> needs a key on the other side's table '" + target.table->name() + "'");
    const auto& child = many_to_one ? mapper : target;
    const auto& parent = many_to_one ? target : mapper;
    for (const auto& [key, referred] : keys) {
        if (is_remote(*key) == is_remote(*referred) || is_remote(*key) == many_to_one) continue; // for loading only
        const auto* own = attribute_of(child, *key);
        const auto* theirs = attribute_of(parent, *referred);
        if (own == nullptr || theirs == nullptr)
            throw ArgumentError(what + ": primaryjoin() compares '" + key->name + "' with '" + referred->name + "', which are not both mapped");
        info.child_pairs.emplace_back(index_of(child, *own), index_of(parent, *theirs));
    }
    if (info.child_pairs.empty() && !info.viewonly)
        throw ArgumentError(what + ": primaryjoin() compares no key of one side with the other side");
    for (const auto& [own, theirs] : info.child_pairs) info.pairs.emplace_back(many_to_one ? own : theirs, many_to_one ? theirs : own);

    for (const auto& column : sql::find_columns(condition.node)) {
        const auto* attribute = attribute_of(mapper, *column);
        if (attribute != nullptr && !is_remote(*column)) info.local_columns.emplace_back(column.get(), index_of(mapper, *attribute));
    }
    if (info.local_columns.empty()) throw ArgumentError(what + ": primaryjoin() names no column of '" + mapper.table->name() + "'");
    info.primaryjoin = condition.node;
    info.keys_only = comparisons.size() == info.child_pairs.size() && and_operands(condition.node).size() == comparisons.size();
}

void configure_association_join(MapperData& mapper, RelationshipInfo& info, const std::string& what) {
    const auto& secondary = *info.secondary;
    const auto take = [&](const std::function<sql::NodePtr()>& make, const MapperData& side, auto& pairs, const char* name) {
        const Condition condition{make};
        const auto comparisons = equalities(condition.node);
        for (const auto& [left, right] : comparisons) {
            const bool left_links = is_of(*left, secondary);
            const auto& link = left_links ? *left : *right;
            const auto& other = left_links ? *right : *left;
            const auto* attribute = attribute_of(side, other);
            if (is_of(link, secondary) && attribute != nullptr) pairs.emplace_back(index_of(side, *attribute), link.column->position);
        }
        if (pairs.empty())
            throw ArgumentError(
                what + ": " + name + "() compares no column of the association table '" + secondary.name() + "' with one of '"
                + side.table->name() + "'");
        if (and_operands(condition.node).size() != pairs.size()) info.keys_only = false;
        return condition.node;
    };
    if (info.make_primaryjoin) {
        info.primaryjoin = take(info.make_primaryjoin, mapper, info.secondary_pairs, "primaryjoin");
        for (const auto& column : sql::find_columns(info.primaryjoin))
            if (const auto* attribute = attribute_of(mapper, *column))
                info.local_columns.emplace_back(column.get(), index_of(mapper, *attribute));
    }
    if (info.make_secondaryjoin) info.secondaryjoin = take(info.make_secondaryjoin, *info.target, info.secondary_target_pairs, "secondaryjoin");
}

namespace {

/// A relationship that writes a column.
struct Writer {
    const MapperData* mapper;
    const RelationshipInfo* info;
    std::string from; ///< "users.id"
};

bool names(const std::string& list, const std::string& name) {
    std::size_t begin = 0;
    while (begin < list.size()) {
        const auto end = std::min(list.find_first_of(", ", begin), list.size());
        if (std::string_view{list}.substr(begin, end - begin) == name) return true;
        begin = end + 1;
    }
    return false;
}

bool know_each_other(const Writer& a, const Writer& b) {
    const auto names_other = [](const Writer& one, const Writer& other) {
        return one.info->back_populates == other.info->name && one.info->target == other.mapper;
    };
    return names_other(a, b) || names_other(b, a) || names(a.info->overlaps, b.info->name) || names(b.info->overlaps, a.info->name);
}

} // namespace

void find_overlaps(MapperData& mapper, const RelationshipInfo& info) {
    if (info.viewonly) return;
    // Under the lock of configure().
    static std::map<std::pair<const schema::TableData*, std::size_t>, std::vector<Writer>> writers;
    const auto writes = [&](const Table& table, const schema::ColumnData& column, const MapperData& source, std::uint16_t attribute) {
        const Writer writer{&mapper, &info, source.table->name() + "." + source.column(source.attributes[attribute]).name};
        auto& known = writers[{&table.data(), column.position}];
        std::string others, to_silence;
        for (const auto& other : known) {
            if (other.info == &info || know_each_other(writer, other)) continue;
            others += (others.empty() ? "'" : ", '") + other.mapper->class_name + "." + other.info->name + "' (copies " + other.from + " to "
                + table.name() + "." + column.name + ")";
            to_silence += (to_silence.empty() ? "" : ",") + other.info->name;
        }
        if (!others.empty())
            mapper.warnings.push_back(
                "relationship '" + mapper.class_name + "." + info.name + "' will copy column " + writer.from + " to column " + table.name() + "."
                + column.name + ", which conflicts with relationship(s): " + others
                + ". Link them with back_populates<>(), make one viewonly, or, where it is meant so, give '" + info.name + "' overlaps(\""
                + to_silence + "\")");
        known.push_back(writer);
    };
    if (info.secondary) {
        const auto& columns = info.secondary->data().columns;
        for (const auto& [attribute, column] : info.secondary_pairs) writes(*info.secondary, columns[column], mapper, attribute);
        for (const auto& [attribute, column] : info.secondary_target_pairs) writes(*info.secondary, columns[column], *info.target, attribute);
        return;
    }
    const bool many_to_one = info.direction == Direction::many_to_one;
    const auto& child = many_to_one ? mapper : *info.target;
    const auto& parent = many_to_one ? *info.target : mapper;
    for (const auto& [own, theirs] : info.child_pairs) writes(*child.table, child.column(child.attributes[own]), parent, theirs);
}

} // namespace azoth::orm
